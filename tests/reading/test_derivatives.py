r"""Derivatives: a mark above and one below make one; else it is a ratio, and d a letter."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, spell, spell_formula, start_reader

from symbackprop.reading.derivatives import Part, join_slash, make_fraction, take_mark
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import Call, Name, Node


@pytest.mark.parametrize(("latex", "said"), list_fixtures("derivatives"))
def test_derivatives_are_read_as_written(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "mark", "order", "taken"),
    [
        (r"\partial C", "partial", 1, 1),
        (r"\partial^2 C", "partial", 2, 3),
        (r"\partial^{3} C", "partial", 3, 5),
        ("d x", "d", 1, 1),
        (r"\delta C", "delta", 1, 1),
        ("d", "d", 1, 1),
        # quantities of their own
        (r"\delta", "", 1, 0),
        (r"\delta^{l} x", "", 1, 0),
        ("d_1 x", "", 1, 0),
        ("d + x", "", 1, 0),
        (r"\partial^4 C", "", 1, 0),
        ("x", "", 1, 0),
    ],
)
def test_a_mark_is_taken(latex: str, mark: str, order: int, taken: int) -> None:
    reader = start_reader(latex)
    assert take_mark(reader, reader.length) == (mark, order)
    assert reader.spot == taken


C, W = Name((0, 1), "C"), Name((2, 3), "w")


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        (("partial", 1, C), ("partial", 1, W), "(partial/partial C w)"),
        (("d", 1, C), ("partial", 1, W), "(d/partial C w)"),
        (("d", 1, C), ("delta", 1, W), "(ratio (* d ~ C) (* delta ~ w))"),
        (("", 1, C), ("partial", 1, W), "(nothing/partial C w)"),
        (("partial", 1, C), ("", 1, W), "(partial/nothing C w)"),
        (("", 1, C), ("d", 1, W), "(ratio C (* d ~ w))"),
        (("", 1, C), ("", 1, W), "(ratio C w)"),
        (("partial", 2, C), ("partial", 2, W), "(partial/partial _ w of (partial/partial C w))"),
        (("d", 1, None), ("d", 1, W), "(d/d _ w)"),
        (("", 1, None), ("", 1, W), None),
        (("", 1, C), ("", 1, None), None),
    ],
)
def test_the_marks_decide(
    above: tuple[str, int, Node | None], below: tuple[str, int, Node | None], said: str | None
) -> None:
    made = make_fraction(Part(*above, (0, 1)), Part(*below, (2, 3)), (0, 3))
    assert (made if made is None else spell(made)) == said


@pytest.mark.parametrize(
    ("marks", "braced", "said"),
    [
        (("partial", "partial"), False, ["a", "(partial/partial C w)"]),
        (("d", "d"), False, ["a", "(d/d C w)"]),
        (("", ""), True, ["a", "(ratio C w)"]),
        (("", ""), False, ["a", "C", "w"]),
        # marks that differ: ∂C/dw stays a quotient
        (("partial", "d"), False, ["a", "(call partial C)", "(call d w)"]),
    ],
)
def test_a_slash_joins_the_last_two(marks: tuple[str, str], braced: bool, said: list[str]) -> None:
    def change(mark: str, body: Name) -> Node:
        return Call(body.span, Name(body.span, mark), (body,)) if mark else body

    factors: list[Node] = [Name((0, 1), "a"), change(marks[0], C), change(marks[1], W)]
    signs = ["", "/"]
    join_slash(factors, signs, braced)
    assert [spell(factor) for factor in factors] == said
    assert len(signs) == len(factors) - 1
