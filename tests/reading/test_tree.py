"""Trees: what is below a node, in the order it is printed; and errors that point at their place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from spelled_trees import spell

from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import (
    Name,
    Node,
    Number,
    ReadError,
    Span,
    Statement,
    list_children,
    relocate,
    walk,
    walk_formula,
)


def read_side(latex: str) -> Node:
    (side,) = read_formula(latex).statements[0].sides
    return side


@pytest.mark.parametrize(
    ("latex", "children"),
    [
        ("a + b - c", ["a", "b", "c"]),
        (r"\frac{\partial C}{\partial w_{jk}}", ["C", "w_{j k}"]),
        (r"\sum_{j=1}^n x_j", ["j", "1", "n", "x_{j}"]),
        ("w^{(l)}_{jk}", ["l", "j", "k"]),
        ("f(x, y)", ["f", "x", "y"]),
        (r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}", ["1", "(x > 0)", "0"]),
        ("x", []),
    ],
)
def test_children_stand_from_left_to_right(latex: str, children: list[str]) -> None:
    assert [spell(child) for child in list_children(read_side(latex))] == children


def test_a_walk_meets_every_name_once() -> None:
    side = read_side(r"\sigma(W x_i) + \underbrace{u}_{\delta} - \sqrt{v}")
    walked = [n.base for n in walk(side) if isinstance(n, Name)]
    assert sorted(walked) == ["W", "delta", "i", "sigma", "sqrt", "u", "v", "x"]
    # the label of a brace is no part of what the formula says
    said = [n.base for n in walk_formula(side) if isinstance(n, Name)]
    assert sorted(walked) == sorted([*said, "delta"])


def test_a_formula_is_moved_with_all_that_stands_in_it() -> None:
    formula = read_formula("x = ) y_{i}")

    def shift(span: Span) -> Span:
        return span[0] + 10, span[1] + 10

    moved = relocate(formula, "a longer  x = ) y_{i}", shift)
    assert moved.text[slice(*moved.repairs[0].span)] == ")"
    pairs = zip(walk(formula.statements[0]), walk(moved.statements[0]), strict=True)
    for one, other in pairs:
        assert type(one) is type(other) and shift(one.span) == other.span
    assert [spell(side) for side in moved.statements[0].sides] == ["x", "y_{i}"]


@pytest.mark.parametrize(
    ("text", "offset", "place", "shown"),
    [
        ("(a + b", 0, (1, 1), "  (a + b\n  ^"),
        ("a = b\n  + )", 10, (2, 5), "    + )\n      ^"),
        ("a\n", 2, (2, 1), "  \n  ^"),
        # only \n ends a line, as it does where places are counted
        ("a\u2028b\n(c", 4, (2, 1), "  (c\n  ^"),
        ("", 0, (1, 1), "  \n  ^"),
    ],
)
def test_an_error_points_at_its_place(
    text: str, offset: int, place: tuple[int, int], shown: str
) -> None:
    error = ReadError("lost", text, offset)
    assert error.place == place
    assert str(error) == f"line {place[0]}, column {place[1]}: lost\n{shown}"


def test_of_a_long_line_only_what_is_near_is_shown() -> None:
    error = ReadError("lost", "a" * 500 + "!" + "b" * 500, 500)
    _, shown, caret = str(error).split("\n")
    assert len(shown) <= 102 and shown[caret.index("^")] == "!"


def test_what_is_not_said_of_a_node_is_not_so() -> None:
    (one, other) = read_formula(r"a = 2 \\ = b").statements
    assert (one.continues, other.continues) == (False, True)
    assert (one.label, one.heading) == ("", "") and not Statement((0, 1), (), ()).continues
    assert Number((0, 1), Fraction(2)).decimals == 0
