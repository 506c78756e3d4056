"""Which letters are free in a formula, and which two sums give to different things."""

from __future__ import annotations

from symbackprop.lecture.indices import find_clashes, find_free, list_counting
from symbackprop.reading.parser import read_formula


def read_sides(formula: str):
    return read_formula(formula).statements[0].sides


def test_what_a_sum_runs_over_is_not_free() -> None:
    left, right = read_sides(r"u_j = \sum_k V_{jk} s_k")
    letters = frozenset("jk")
    assert find_free(left, letters) == find_free(right, letters) == {"j"}
    (dangling,) = read_sides(r"\sum_k V_{jk} s_k + V_{jk}")
    assert find_free(dangling, letters) == {"j", "k"}


def test_a_letter_that_two_sums_share_clashes() -> None:
    (nested,) = read_sides(r"\sum_k V_{jk} \sum_k s_k u_k")
    (apart,) = read_sides(r"\sum_k V_{jk} s_k + \sum_k u_k")
    assert find_clashes(nested) and not find_clashes(apart)


def test_letters_that_count() -> None:
    statements = read_formula(r"u_j = \sum_q V_{jq} s_q").statements
    assert "q" in list_counting(statements)
