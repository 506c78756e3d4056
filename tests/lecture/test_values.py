"""Numbers that a text gives are those of its world."""

from __future__ import annotations

from fractions import Fraction

import pytest
from own_lectures import read, read_all

from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.values import build_value_world, evaluate, find_key, list_values
from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula

TEXT = ("q = u + v", "f = q w", "u = -2", "v = 5", "w = -4")


def side(text: str) -> tree.Node:
    return read_formula(text).statements[0].sides[0]


def test_numbers_are_found_with_their_places() -> None:
    given = list(list_values(read(*TEXT), read_all(*TEXT)))
    assert [(g.key, g.value, g.place) for g in given] == [
        (("u",), Fraction(-2), 2),
        (("v",), Fraction(5), 3),
        (("w",), Fraction(-4), 4),
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [("f", -12), (r"\frac{\partial f}{\partial u}", -4), (r"\frac{\partial f}{\partial w}", 3)],
)
def test_what_follows_from_them_is_worked_out(expression: str, value: float) -> None:
    lecture = read(*TEXT, rf"{expression} = 1")
    values = {g.key: g.value for g in list_values(lecture, read_all(*TEXT))}
    world = build_value_world(lecture.numbers, values)
    assert evaluate(lecture.numbers, world, side(expression)) == pytest.approx(value)


def test_a_vector_is_no_number() -> None:
    lecture = read("z = W x", r"E = \|z\|^2")
    world = build_value_world(lecture.arrays, {})
    with pytest.raises(Unclear, match="vector"):
        evaluate(lecture.arrays, world, side("x"))


def test_only_entries_with_numbers_for_indices_have_a_key() -> None:
    lecture = read(r"z_j = \sum_k w_{jk} x_k", "w_{12} = 3")
    key = find_key(lecture.letters, side("w_{12}"))  # type: ignore[arg-type]
    assert key is None or key == ("w", 1, 2)
    assert find_key(lecture.letters, side("w_{jk}")) is None  # type: ignore[arg-type]
