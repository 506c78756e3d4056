"""Costs by hand: alone, and together with the activation that they are meant for."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from symbackprop.reference.activations import ACTIVATIONS
from symbackprop.reference.costs import COSTS
from symbackprop.reference.rounding import Noisy, make_noisy


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("activation", "cost"), [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy")]
)
def test_pairs_are_finite_and_silent_at_750(activation, cost, kind):
    z, y = np.array([750, -750, 0], dtype=kind), np.array([0, 1, 0], dtype=kind)
    row = COSTS[cost]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = ACTIVATIONS[activation].forward(z)
        value = row.evaluate(z, a, y, activation)
        delta = row.delta(z, a, y, activation)
        stepped = row.evaluate(z + np.array([1e-30j, 0, 0]), a, y, activation)
    assert value == pytest.approx(1500, rel=1e-3)
    assert delta == pytest.approx(a - y)
    assert delta.dtype == z.dtype
    assert stepped.imag / 1e-30 == pytest.approx(delta[0])


def test_pairs_give_what_the_plain_formulas_give():
    z, y = np.array([0.3, -1.2, 0.8]), np.array([0.2, 0.5, 0.3])
    for name, activation in [("cross-entropy", "softmax"), ("binary-cross-entropy", "sigmoid")]:
        row, a = COSTS[name], ACTIVATIONS[activation].forward(z)
        assert row.evaluate(z, a, y, activation) == pytest.approx(row.cost(a, y))
        assert row.delta(z, a, y, activation) == pytest.approx(
            ACTIVATIONS[activation].pull_back(z, row.gradient(a, y))
        )


@pytest.mark.parametrize("cost", list(COSTS))
def test_errors_thrown_in_go_through_every_cost(cost):
    a = make_noisy(np.array([0.3, 0.6]), np.random.default_rng(0))
    y, row = np.array([0.4, 0.6]), COSTS[cost]
    results = [row.cost(a, y), row.gradient(a, y)]
    if row.pair is not None:
        results += [row.pair.cost(a, y), row.pair.delta(a, y)]
    assert all(isinstance(result, Noisy) for result in results)
