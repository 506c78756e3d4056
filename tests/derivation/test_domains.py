"""Where ranges of indices begin, end and meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import IndexedBase, Integer, Max, Min, Sum, symbols

from symbackprop.derivation.domains import (
    covers,
    highest,
    is_apart,
    is_within,
    list_sums_around,
    meet,
    never_meet,
    rank,
)
from symbackprop.equations import Axis, Equation

i, j, k, l, m, n, L = symbols("i j k l m n L", integer=True)
d, W = IndexedBase("d"), IndexedBase("n")
LAYERS = Axis(l, Integer(1), L, "layer")


def test_bounds_lie_in_order() -> None:
    assert rank(Integer(0)) < rank(Integer(1)) < rank(L - 1) < rank(L) < rank(W[l])


@given(st.integers(-3, 3), st.integers(1, 4), st.integers(0, 4))
def test_the_highest_value_is_the_highest_of_all(shift: int, low: int, length: int) -> None:
    outer = Axis(m, Integer(low), Integer(low + length))
    inner = Axis(i, Max(Integer(1), m - 2), Min(Integer(4), m + 1))
    ranges = {m: outer, i: inner}
    for index in (m + shift, m - i, i - m, i + shift, shift - i):
        values = [
            int(index.xreplace({m: Integer(a), i: Integer(b)}))
            for a in range(low, low + length + 1)
            for b in range(max(1, a - 2), min(4, a + 1) + 1)
        ]
        if values:
            assert highest(index, ranges) >= max(values)


def test_a_range_with_its_own_symbols_ends_where_it_says() -> None:
    inner = {m: Axis(m, Integer(1), n), i: Axis(i, Max(Integer(1), m - 2), Min(n, m))}
    assert is_within(m - i, Integer(0), Integer(2), inner)
    assert not is_within(m - i, Integer(0), Integer(1), inner)
    assert is_apart(m - i, Integer(3), Integer(4), inner)


def test_an_axis_is_narrowed_to_where_a_definition_holds() -> None:
    last, before = Equation(d[L], n), Equation(d[l], n, (Axis(l, Integer(1), L - 1, "layer"),))
    assert meet((m,), last, {m: Axis(m, Integer(1), L, "layer")})[m].low == L
    assert meet((m,), before, {m: Axis(m, Integer(1), L, "layer")})[m].high == L - 1
    assert meet((Integer(0),), before, {}) is None
    assert covers(before, (l + 1,), {l: Axis(l, Integer(0), L - 2, "layer")})
    assert not covers(before, (l + 1,), {l: LAYERS})


def test_what_is_neither_within_nor_apart_is_not_decided() -> None:
    last = Equation(d[L], n)
    shifted = {l: Axis(l, Integer(1), L - 1, "layer")}
    assert meet((l + 1,), last, shifted) is None
    assert not never_meet((l + 1,), last, shifted)
    assert never_meet((l - 1,), last, shifted)


def test_neurons_have_cases_as_layers_have() -> None:
    first = Equation(d[1], n)
    assert meet((j,), first, {j: Axis(j, Integer(1), n)})[j].high == 1


@pytest.mark.parametrize("letter", [j, k])
def test_a_sum_around_a_part_is_that_of_its_own_term(letter) -> None:
    x = IndexedBase("x")
    whole = Sum(x[j], (j, 1, 2)) + Sum(Sum(x[k] * x[i], (i, 1, 3)), (k, 1, n))
    found = list_sums_around(whole, x[letter])
    assert list(found) == ([j] if letter == j else [k, i])


def test_a_range_that_begins_at_an_outer_index_is_not_narrowed() -> None:
    """k = max(1, j - 1), ... begins at 1 for j = 2, where a definition from 2 on says nothing."""
    outer = Axis(j, Integer(1), n + 2)
    inner = Axis(k, Max(Integer(1), j - 1), Min(j, n + 1))
    within = Equation(d[i], W[i], (Axis(i, Integer(2), n),))
    assert meet((k,), within, {j: outer, k: inner}) is None
    assert not covers(within, (k,), {j: outer, k: inner})
    whole = Equation(d[i], W[i], (Axis(i, Integer(1), n + 1),))
    assert covers(whole, (k,), {j: outer, k: inner})
