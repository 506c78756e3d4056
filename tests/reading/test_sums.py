"""Sums: over which index, from where to where, on which condition, and how far they reach."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, read_rest, spell, spell_formula, start_reader

from symbackprop.reading.parser import read_formula
from symbackprop.reading.sums import (
    list_free_indices,
    read_sum,
    sums_its_letter,
    turn_conditions,
)
from symbackprop.reading.tree import ReadError, Statement


@pytest.mark.parametrize(("latex", "said"), list_fixtures("sums"))
def test_sums_are_read_as_written(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "said", "rest"),
    [
        (r"\sum_j x_j + y", "(sum j _ _ : x_{j})", "+y"),
        (r"\sum_{j=0}^{n-1} u v + y", "(sum j 0 (+n -1) : (* u ~ v))", "+y"),
        (r"\sum_{t \ge s \ge 1} u", "(sum s 1 t : u)", ""),
        (r"\sum_{k: y_k = 1} u", "(sum k _ _ if (y_{k} = 1) : u)", ""),
        (r"\prod_{\substack{i = 1 \\ i \ne j}}^n u", "(prod i 1 n if (i neq j) : u)", ""),
        (r"\int_0^1 u", "(int _ 0 1 : u)", ""),
        (r"\sum_{i=1, j=2}^{n, m} u", "(sum i 1 n : (sum j 2 m : u))", ""),
        (r"\sum - u + y", "(sum _ _ _ : (-u))", "+y"),
        # nothing is summed: the sum of which the text speaks
        (r"\sum_1 = u", "sum_{1}", "=u"),
        (r"\sum' u", "sum", "'u"),
    ],
)
def test_a_sum_takes_what_belongs_to_it(latex: str, said: str, rest: str) -> None:
    reader = start_reader(latex)
    assert spell(read_sum(reader)) == said
    assert read_rest(reader) == rest


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\sum_i_j x", "more than two bounds on one sum"),
        (r"\sum_{i,j,k,l,m,n,p} x", "more than 6 indices on one sum"),
    ],
)
def test_too_many_bounds_are_refused(latex: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_sum(start_reader(latex))


@pytest.mark.parametrize(
    ("latex", "is_sum"),
    [
        (r"\Sigma_j w_j x_j", True),
        (r"\Sigma_{i=1}^n x", True),
        (r"\Sigma_j x_k", False),
        (r"\Sigma_j + x_j", False),
        (r"\Sigma_1 x_1", False),
        (r"\Sigma x", False),
    ],
)
def test_a_capital_sigma_sums_the_letter_behind_it(latex: str, is_sum: bool) -> None:
    reader = start_reader(latex)
    reader.advance()
    assert sums_its_letter(reader) is is_sum


def read_side(latex: str) -> Statement:
    return read_formula(latex).statements[0]


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"u_{ij} + \sum_j v_j", ["i", "j"]),
        (r"\sum_j w_{jk} x_j", ["k"]),
        (r"\sum_j v_j", []),
        ("z^{(l)}_1", ["l"]),
        # which of the two is summed is not known yet
        (r"\sum_{i \ne j} u_i + v_k", ["k"]),
    ],
)
def test_free_indices_stand_outside_of_their_sums(latex: str, letters: list[str]) -> None:
    (side,) = read_side(latex).sides
    assert sorted(list_free_indices(side)) == letters


def test_a_condition_is_turned_where_its_letter_stands_outside() -> None:
    # read as a sum over i; of u_i = ... it runs over j
    statement = read_side(r"u_k = \sum_{i \ne j} v_j w_i")
    free = read_side("u_i + x").sides
    turned = turn_conditions(Statement(statement.span, (*free, statement.sides[1]), ("=",)))
    assert spell(statement.sides[1]).startswith("(sum i ")
    assert spell(turned.sides[1]).startswith("(sum j ")
    assert turn_conditions(statement) == statement
