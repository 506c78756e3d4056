"""Entry by entry: each is held against what is known of it, not against the largest."""

from __future__ import annotations

import numpy as np
import pytest
from textbook_networks import Network, agree

from symbackprop.reference.compare import compare


def test_smallest_entry_is_judged_by_itself_and_not_by_the_largest():
    network = Network([3, 4, 2], "tanh", "half-sse")
    network.x[1] = 1e-9
    right = network.gradients()
    assert agree(network.judge(right))
    wrong = right["W1"].copy()
    wrong[2, 1] *= 1 + 1e-11
    rows = network.judge(right | {"W1": wrong})
    assert [row.agrees for row in rows] == [False, True, True, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_never_agree(value):
    bad, good = {"W": np.array([1.0, value])}, {"W": np.array([1.0, 2.0])}
    for derived, judged in [(bad, good), (good, bad), (bad, bad)]:
        [row] = compare(derived, judged, {"W": np.inf})
        assert not row.agrees
        assert row.absolute == np.inf
    [row] = compare(good, {"W": np.array([1.0, 3.0])}, {"W": [np.nan, np.nan]})
    assert not row.agrees


def test_compare_refuses_what_it_cannot_compare():
    exact = {"W": 0.0}
    with pytest.raises(ValueError, match=r"W: the derived gradient is \(2,\), .* \(2, 1\)"):
        compare({"W": np.ones(2)}, {"W": np.ones((2, 1))}, exact)
    with pytest.raises(ValueError, match="name different gradients"):
        compare({"W": 1.0}, {"V": 1.0}, exact)
    with pytest.raises(ValueError, match="no gradient"):
        compare({}, {}, exact)
    with pytest.raises(ValueError, match="no entry is left"):
        compare({"W": [1.0]}, {"W": [1.0]}, exact, entries={"W": np.array([False])})
    with pytest.raises(ValueError, match=r"rounding must be \(2,\)"):
        compare({"W": [1.0, 2.0]}, {"W": [1.0, 2.0]}, {"W": [1.0]})


def test_zero_against_zero_agrees_and_against_something_does_not():
    [row] = compare({"W": [0.0, 1.0]}, {"W": [0.0, 1.0]}, {"W": 0.0})
    assert row.agrees and row.relative == 0
    [row] = compare({"W": [1e-6, 1.0]}, {"W": [0.0, 1.0]}, {"W": 0.0})
    assert not row.agrees and row.relative == np.inf
    [row] = compare({"W": [0.0, 0.0]}, {"W": [0.0, 0.0]}, {"W": 0.0})
    assert row.agrees and row.sharpness == np.inf


def test_the_last_places_are_those_of_the_derived_numbers():
    [row] = compare({"W": np.float32([1.0])}, {"W": np.array([1 + 1e-7])}, {"W": 0.0})
    assert row.agrees and 1e-7 < row.sharpness < 1e-6
    [row] = compare({"W": np.array([1.0])}, {"W": np.array([1 + 1e-7])}, {"W": 0.0})
    assert not row.agrees and row.sharpness < 1e-14
