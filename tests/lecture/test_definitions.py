"""Which statements say what a name stands for, and at which place."""

from __future__ import annotations

import pytest
from own_lectures import read, read_all

from symbackprop.lecture.definitions import is_number, read_definitions


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        ("q = W x", [("q", "")]),
        (r"h^L = \tanh(u)", [("h^", "L")]),
        (r"h^l = \tanh(u)", [("h^", "")]),
        # a value, an update, entries, a derivative, and where an index runs
        ("q = 3", []),
        (r"W = W - \eta V", []),
        (r"x = (x_1, \dots, x_n)", []),
        (r"q = \frac{\partial E}{\partial u}", []),
        ("q < W x", []),
    ],
)
def test_what_a_statement_defines(text: str, defined: list[tuple[str, str]]) -> None:
    statements = read_all(text, r"\sum_l \|h^l\|^2 = c")
    letters = read(text, r"\sum_l \|h^l\|^2 = c").letters
    found = [(d.family, d.place) for d in read_definitions(letters, statements[0])]
    assert found == defined


def test_the_first_statement_about_a_name_defines_it() -> None:
    first, second = (d for d in read("q = W x", "q = V x", "p = q = c u").definitions)
    assert (first.family, second.family) == ("q", "p")
    assert first.statement.sides == read_all("q = W x")[0].sides


def test_a_later_link_defines_what_nothing_else_does() -> None:
    found = read("p = q = c u").definitions
    assert [d.family for d in found] == ["p", "q"]


@pytest.mark.parametrize(
    ("text", "says"), [("3", True), ("-10/3", True), (r"0.5 \cdot 4", True), ("3 x", False)]
)
def test_digits_alone_are_a_number(text: str, says: bool) -> None:
    assert is_number(read_all(text)[0].sides[0]) is says
