"""Which letters of a formula are free, and which are bound by a sum."""

from __future__ import annotations

import pytest
from own_lectures import read_all

from symbackprop.lecture.indices import find_clashes, find_free, list_counting

LETTERS = frozenset("ijkq")


@pytest.mark.parametrize(
    ("latex", "free"),
    [
        (r"\sum_k w_{jk} x_k", "j"),
        (r"\sum_{j \ne i} m_j", "i"),
        (r"g(\sum_k w_{kj} (x)_k + b_j)", "j"),
        (r"\sum_k p_k \mathbf{1}(i = k)", "i"),
        (r"\sum_{ij} \left(\frac{\partial h_j}{\partial x_i}\right)^2", ""),
        (r"\frac{\partial E}{\partial v_{ij}}", "ij"),
        (r"\underbrace{p_i}_{q}", "i"),
    ],
)
def test_free_letters(latex: str, free: str) -> None:
    assert find_free(read_all(latex)[0].sides[0], LETTERS) == frozenset(free)


@pytest.mark.parametrize(
    ("latex", "clashes"),
    [
        (r"\sum_k \sum_k a_k b_k", "k"),
        (r"b_k \sum_k a_k", "k"),
        (r"\sum_q a_q g(\sum_q b_q)", ""),
        (r"\sum_k a_k \sum_j b_j", ""),
    ],
)
def test_letters_that_stand_for_two_things(latex: str, clashes: str) -> None:
    assert find_clashes(read_all(latex)[0].sides[0]) == frozenset(clashes)


def test_letters_that_sums_run_over() -> None:
    assert list_counting(read_all(r"z = \sum_\beta M_\beta + \sum_j q_j")) == {"beta", "j"}
