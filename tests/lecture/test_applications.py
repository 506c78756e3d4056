"""A function of a value is one of its entries, but softmax, sum and diag are of all of them."""

from __future__ import annotations

import pytest
from own_lectures import ONE_LAYER, judge, lower
from sympy import Max

from symbackprop.lecture.letters import Unclear


def test_the_softmax_of_one_neuron_is_certain() -> None:
    definitions = (ONE_LAYER[0], r"a = \mathrm{softmax}(z)", r"C = -y^T \ln a")
    twice = r"a_j = \frac{2 e^{z_j}}{\sum_k e^{z_k}}"
    assert judge(definitions, twice) == "wrong"
    assert judge(definitions, twice.replace("2", "")) == "holds"


def test_a_maximum_is_taken_entry_by_entry() -> None:
    value = lower(r"\max(0, z)")
    assert isinstance(value.entry, Max)
    assert len(value.axes) == 1


def test_a_diagonal_is_of_a_vector() -> None:
    assert judge(ONE_LAYER, r"\mathrm{diag}(z) x = z \odot x") == "holds-for-one-neuron"
    assert judge(ONE_LAYER, r"\mathrm{diag}(z) b = z \odot b") == "holds"
    with pytest.raises(Unclear, match="no vector"):
        lower(r"\mathrm{diag}(W) x")
