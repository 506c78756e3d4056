"""Activations by hand: known values, slopes by complex steps, finite far from zero."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook_networks import DIFFERENTIABLE

from symbackprop.reference.activations import ACTIVATIONS, sigmoid, softmax
from symbackprop.reference.costs import COSTS
from symbackprop.reference.loops import forward_cost
from symbackprop.reference.rounding import Noisy, make_noisy


@pytest.mark.parametrize("activation", DIFFERENTIABLE)
def test_derivative_follows_the_complex_step_everywhere(activation):
    row = ACTIVATIONS[activation]
    z = np.concatenate([np.linspace(-30, 30, 241), [-1e-9, 0.0, 1e-9]])
    if row.derivative is None:
        direction = np.cos(z)
        expected = row.forward(z + 1e-30j * direction).imag / 1e-30
        assert row.pull_back(z, direction) == pytest.approx(expected, rel=1e-12, abs=1e-15)
    else:
        expected = row.forward(z + 1e-30j).imag / 1e-30
        assert row.derivative(z) == pytest.approx(expected, rel=1e-12, abs=1e-250)
    assert row.forward(z + 0j).real == pytest.approx(row.forward(z), rel=1e-13, abs=1e-250)


def test_derivatives_at_zero_are_the_declared_ones():
    zero = np.zeros(1)
    declared = {
        "relu": 0,
        "leaky-relu": 0.01,
        "elu": 1,
        "sigmoid": 0.25,
        "tanh": 1,
        "identity": 1,
        "softplus": 0.5,
        "silu": 0.5,
        "gelu": 0.5,
    }
    assert {name: ACTIVATIONS[name].derivative(zero)[0] for name in declared} == declared
    assert ACTIVATIONS["step"].forward(np.array([-1.0, 0.0, 1e-9])).tolist() == [0, 0, 1]


def test_known_values():
    z = np.array([-1.0, 2.0])
    expected = {
        "sigmoid": [0.2689414213699951, 0.8807970779778823],
        "leaky-relu": [-0.01, 2.0],
        "relu": [0.0, 2.0],
        "elu": [-0.6321205588285577, 2.0],
        "softplus": [0.31326168751822286, 2.1269280110429727],
        "silu": [-0.2689414213699951, 1.7615941559557646],
        "gelu": [-0.15865525393145707, 1.9544997361036416],
        "softmax": [0.04742587317756678, 0.9525741268224334],
    }
    for name, values in expected.items():
        assert ACTIVATIONS[name].forward(z) == pytest.approx(values, rel=1e-14), name
    a, y = np.array([0.25, 0.5]), np.array([1.0, 0.0])
    costs = {
        "half-sse": 0.40625,
        "sse": 0.8125,
        "mse": 0.40625,
        "cross-entropy": np.log(4),
        "binary-cross-entropy": np.log(8),
    }
    for name, value in costs.items():
        assert COSTS[name].cost(a, y) == pytest.approx(value), name


@pytest.mark.parametrize("kind", [np.float64, np.float32, complex])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_activations_are_finite_and_silent_at_750(name, kind):
    row = ACTIVATIONS[name]
    z = np.array([-750, -1, 0, 1, 750], dtype=kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [row.forward(z)]
        if row.differentiable and kind is not complex:
            results += [row.pull_back(z, np.ones_like(z))]
    for result in results:
        assert np.isfinite(result).all()
        assert result.shape == z.shape
        assert result.dtype == z.dtype


def test_step_goes_forward():
    assert forward_cost([[[1.0, 1.0]]], [-1.5], [1.0, 1.0], [1.0], "step", "half-sse") == 0
    with pytest.raises(ValueError, match="no derivative"):
        ACTIVATIONS["step"].pull_back(np.ones(1), np.ones(1))


@settings(max_examples=50)
@given(st.lists(st.floats(-800, 800), min_size=1, max_size=5))
def test_softmax_sums_to_one_and_sigmoid_to_its_mirror(values):
    z = np.array(values)
    assert softmax(z).sum() == pytest.approx(1)
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(np.ones_like(z))


def kinds_on_the_way(activation):
    """The kinds of arrays that come out when noisy ones go in."""
    generator = np.random.default_rng(0)
    z = make_noisy(np.array([-1.0, 0.5]), generator)
    row = ACTIVATIONS[activation]
    yield row.forward(z)
    if row.differentiable:
        yield row.pull_back(z, z)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_errors_thrown_in_go_through_every_activation(activation):
    """An np.asarray on the way would silence them, and the bound would be too small."""
    assert all(isinstance(result, Noisy) for result in kinds_on_the_way(activation))
