"""A function that the text gives by its formula is that function."""

from __future__ import annotations

import pytest
from own_lectures import judge, read

OUTPUT = ("q = w x", "p = f(q)", r"E = \frac12 (p - y)^2")


@pytest.mark.parametrize(
    ("formulas", "slope", "verdict"),
    [
        (("f(x) = x^3",), "3 q^2", "holds"),
        (("f(x) = x^3",), "2 q^2", "wrong"),
    ],
)
def test_a_formula_says_what_a_function_is(
    formulas: tuple[str, ...], slope: str, verdict: str
) -> None:
    claim = rf"\frac{{\partial E}}{{\partial q}} = (p - y) {slope}"
    assert judge((*formulas, *OUTPUT), claim) == verdict


def test_of_two_formulas_that_differ_neither_counts() -> None:
    assert read("f(x) = x^3", *OUTPUT).unknown_functions == frozenset()
    assert read("f(x) = x^3", "f(x) = x^2", *OUTPUT).unknown_functions == {"f"}
    assert read(*OUTPUT).unknown_functions == {"f"}


def test_a_loss_is_applied_by_its_formula() -> None:
    definitions = ("q = w x", r"\ell(q, y) = \frac12 (q - y)^4", r"E = \ell(q, y)")
    assert judge(definitions, r"\frac{\partial E}{\partial q} = 2 (q - y)^3") == "holds"
    assert judge(definitions, r"\frac{\partial E}{\partial q} = (q - y)^3") == "wrong"
