"""A name stands for an entry, with the axes that it leaves out."""

from __future__ import annotations

from own_lectures import lower, read
from sympy import KroneckerDelta

from symbackprop.equations import indices_of, name_of
from symbackprop.lecture.lowering import Lowerer
from symbackprop.reading.parser import read_formula


def test_delta_with_two_indices_is_kronecker_s() -> None:
    lecture = read(r"S_{ij} = p_i (\delta_{ij} - p_j)", r"q_i = \sum_j S_{ij} x_j")
    node = read_formula(r"\delta_{ij}").statements[0].sides[0]
    assert Lowerer(lecture.arrays.context).lower(node).entry.has(KroneckerDelta)


def test_indices_that_are_left_out_are_axes() -> None:
    whole, part = lower("W"), lower("W_{ij}", (r"z_i = \sum_j W_{ij} x_j",))
    assert [a.symbol for a in whole.axes] == list(indices_of(whole.entry))
    assert part.is_scalar
    assert name_of(part.entry) == "W" and [str(i) for i in indices_of(part.entry)] == ["i", "j"]


def test_what_is_read_is_noted_with_its_indices() -> None:
    lecture = read(r"z_i = \sum_j W_{ij} x_j")
    lowerer = Lowerer(lecture.arrays.context)
    lowerer.lower(read_formula("W_{ij} x_j").statements[0].sides[0])
    assert [name for name, _ in lowerer.reads] == ["W", "x"]
    # j is one index in all of it
    assert {str(symbol) for symbol in lowerer.indices} == {"i", "j"}
