"""Products are sums over shared axes, norms are sums, quotients are taken by entries."""

from __future__ import annotations

import pytest
from own_lectures import ONE_LAYER, judge, lower
from sympy import Sum

from symbackprop.lecture.letters import Unclear


def test_a_product_is_a_sum_over_the_shared_axis() -> None:
    value = lower("W x")
    assert isinstance(value.entry, Sum)
    assert [axis.size.node for axis in value.axes] == ["W.row"]


def test_a_norm_is_a_sum_and_no_vector() -> None:
    assert lower(r"\|a - y\|^2").is_scalar
    with pytest.raises(Unclear, match="not squared"):
        lower(r"\|a - y\|")


def test_the_norm_of_a_matrix_is_frobenius_s() -> None:
    assert judge(ONE_LAYER, r"\|W\|_F^2 = \sum_i \sum_j W_{ij}^2") == "holds"
    with pytest.raises(Unclear, match="not Euclid's"):
        lower(r"\|W\|_1^2")


def test_a_quotient_of_arrays_is_one_of_entries() -> None:
    assert judge(ONE_LAYER, r"\frac{\partial C}{\partial z} = (a - y) \oslash \phi'(z)") == "wrong"
    assert judge(ONE_LAYER, r"(a - y) \odot a \oslash y = a \odot a \oslash y - a") == "holds"


def test_a_power_of_a_matrix_is_refused() -> None:
    with pytest.raises(Unclear, match="a power of a matrix"):
        lower("(W^T W)^2 x")
    assert lower("z^2").axes


def test_a_sum_runs_over_the_size_of_what_has_its_index() -> None:
    value = lower(r"\sum_j W_{ij} x_j")
    assert isinstance(value.entry, Sum)
    assert value.is_scalar
    with pytest.raises(Unclear, match="runs over"):
        lower(r"\sum_j 2")
