"""Sizes that equations make one, from layer to layer too."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sympy import Symbol

from symbackprop.lecture.sizes import Size, Sizes

L = Symbol("l", integer=True)


def test_columns_of_a_weight_are_as_many_as_the_layer_before_has_entries() -> None:
    sizes = Sizes()
    sizes.join(Size("W.column", L), Size("a.row", L - 1))
    sizes.join(Size("W.row", L), Size("a.row", L))
    assert sizes.are_one(Size("W.column", L + 1), Size("a.row", L))
    assert not sizes.are_one(Size("W.column", L), Size("a.row", L))
    assert str(sizes.write(Size("a.row", L))) == str(sizes.write(Size("W.row", L)))


def test_a_size_that_meets_its_neighbour_is_the_same_for_all_layers() -> None:
    sizes = Sizes()
    assert sizes.join(Size("h.row", L), Size("h.row", L - 1))
    assert sizes.are_one(Size("h.row", L), Size("h.row", L + 3))
    assert sizes.write(Size("h.row", L)).is_Symbol


def test_the_output_is_as_long_as_the_last_layer() -> None:
    sizes = Sizes()
    last = Symbol("L", integer=True)
    sizes.join(Size("y.row"), Size("a.row", last))
    assert sizes.resolve(Size("y.row")) == Size("a.row", last)


def test_sizes_are_free_until_they_are_anchored() -> None:
    sizes = Sizes()
    sizes.join(Size("x"), Size("y"))
    assert sizes.is_free(Size("x"))
    sizes.anchor()
    assert not sizes.is_free(Size("y"))
    assert sizes.is_free(Size("z"))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_joining_is_an_equivalence(pairs: list[tuple[int, int]]) -> None:
    sizes = Sizes()
    groups = {n: {n} for n in range(6)}
    for one, other in pairs:
        sizes.join(Size(str(one)), Size(str(other)))
        merged = groups[one] | groups[other]
        for member in merged:
            groups[member] = merged
    for one in range(6):
        for other in range(6):
            assert sizes.are_one(Size(str(one)), Size(str(other))) == (other in groups[one])
