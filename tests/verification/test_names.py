"""Names are written again as their authors wrote them."""

from __future__ import annotations

import pytest

from symbackprop.reading.parser import read_formula
from symbackprop.verification.names import say_undefined, write_name


@pytest.mark.parametrize(
    "latex",
    [
        "L", r"\delta", r"\delta^l", r"z^{(l+1)}", "a^{[L-1]}_j", "w_{jk}", "w_{11}", "net_{h1}",
        r"\hat{y}_{t,1}", "x_{t-1}", r"\bar{s}'_2", "w^+", r"\Delta w", "W^{ss}_o",
    ],
)  # fmt: skip
def test_what_is_written_means_the_same(latex: str) -> None:
    def read(text: str) -> object:
        (statement,) = read_formula(f"{text} = 1").statements
        return statement.sides[0]

    name = read(latex)
    again = write_name(name)
    assert write_name(read(again)) == again
    assert "(" not in again or "{(" in again


def test_long_formulas_are_not_repeated() -> None:
    (statement,) = read_formula(r"\frac{a}{b} = 1").statements
    assert write_name(statement.sides[0]) == "this formula"


def test_what_is_missing_is_said_with_what_to_add() -> None:
    (statement,) = read_formula(r"\hat{y}_t = 1").statements
    name = statement.sides[0]
    assert say_undefined(name) == (
        r"nothing says what \hat{y}_t is; say it, for example \hat{y}_t = …"
    )
