"""How far rounding goes: it follows the condition of each entry."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.reference.rounding import make_noisy, measure_rounding


def test_rounding_follows_the_condition_of_each_entry():
    given = {"x": np.array([1e8 + 1, 3.0]), "y": np.array([1e8, 1.0])}
    spread = measure_rounding(lambda a: {"d": a["x"] - a["y"]}, given)["d"]
    assert 1e-8 < spread[0] < 1e-6 and 1e-16 < spread[1] < 1e-13


def test_rounding_of_a_sum_is_as_large_as_its_terms():
    given = {"x": np.array([1e8, -1e8])}
    sums = {
        "sum": lambda a: a["x"].sum(),
        "matmul": lambda a: a["x"] @ np.ones(2),
        "einsum": lambda a: np.einsum("i,i", a["x"], np.ones(2)),
        "vdot": lambda a: np.vdot(a["x"], np.ones(2)),
    }
    for name, add in sums.items():
        spread = measure_rounding(lambda a, add=add: {"s": add(a)}, given)["s"]
        assert 1e-8 < spread < 1e-5, name


def test_a_difference_of_two_numbers_errs_by_its_own_size_only():
    """The numbers themselves are exact here: 1e8 less 1e8 has no error."""
    large = make_noisy(np.array([1e8, 3.0]), np.random.default_rng(0))
    less = large + np.array([-1e8, -1.0])
    assert less[0] == 0 and 0 < abs(float(less[1]) - 2) < 1e-12
    opposite = make_noisy(np.array([1e8, -1e8]), np.random.default_rng(0))
    assert opposite.sum() != 0 and opposite @ np.ones(2) != 0


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_noisy_numbers_keep_their_precision(kind):
    u = make_noisy(np.array([0.5, 2.0], kind), np.random.default_rng(0))
    for result in (-u, 1 + u, np.exp(-u), u @ u, u.sum(), np.where(u > 1, u, 0), abs(u)):
        assert result.dtype == kind
    assert (make_noisy([1, 2], np.random.default_rng(0)) + 1).dtype.kind == "i"


def test_rounding_is_none_where_nothing_is_rounded():
    given = {"x": np.zeros(2)}
    assert (measure_rounding(lambda a: {"m": np.maximum(-a["x"], 0)}, given)["m"] == 0).all()


def test_rounding_is_infinite_where_an_error_leaves_no_value():
    given = {"x": np.array([1.0, 4.0]), "y": np.array([1.0, 1.0])}
    with np.errstate(invalid="ignore"):
        spread = measure_rounding(lambda a: {"r": np.sqrt(a["x"] - a["y"])}, given)["r"]
    assert spread[0] == np.inf and spread[1] < 1e-13


def test_rounding_neither_vanishes_nor_overflows_far_from_1():
    for size in (1e-200, 1e200):
        spread = measure_rounding(lambda a: {"s": a["x"] * 3}, {"x": size})["s"]
        assert 1e-15 * size < spread < 1e-12 * size


def test_an_overflow_on_purpose_does_not_make_the_rounding_unknown():
    with np.errstate(over="ignore"):
        spread = measure_rounding(lambda a: {"s": 1 / (1 + np.exp(-a["x"]))}, {"x": -750.0})
    assert spread["s"] == 0
