"""Programs agree with the textbook loops, stay finite, and refuse what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_values import SMOOTH, draw_values
from sympy import (
    Eq,
    IndexedBase,
    Max,
    Sum,
    Symbol,
    exp,
    symbols,
)

from symbackprop.equations import System, index_symbol
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.network import Network, mlp
from symbackprop.programs.callables import lambdify
from symbackprop.programs.program import Statement, share
from symbackprop.reference.loops import backprop


def hold_against_reference(network: Network, seed: int = 0, samples: int = 4) -> None:
    parameters, x, y = draw_values(network, seed, samples)
    assert network.widths is not None
    depth = len(network.widths) - 1
    result = lambdify(network)(parameters, x, y, details=True)
    wanted = backprop(
        [parameters[f"W{l}"] for l in range(1, depth + 1)],
        [parameters[f"b{l}"] for l in range(1, depth + 1)] if network.bias != "none" else None,
        x,
        y,
        [row.name for row in network.activations],
        network.cost.name,
        regularization=parameters.get("lambda", 0.0),
    )
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(result.cost, wanted.cost, **close)
    for l in range(1, depth + 1):
        pairs = [
            (result.gradients[f"W{l}"], wanted.weights[l - 1]),
            (result.forward[f"z{l}"], wanted.pre_activations[l - 1]),
            (result.forward[f"a{l}"], wanted.activations[l]),
            (result.deltas[f"delta{l}"], wanted.deltas[l - 1]),
        ]
        if wanted.biases is not None:
            pairs.append((result.gradients[f"b{l}"], wanted.biases[l - 1]))
        for found, right in pairs:
            assert np.shape(found) == np.shape(right)
            np.testing.assert_allclose(found, right, **close)


PAIRS = [
    *((activation, cost) for activation in SMOOTH for cost in ("half-sse", "sse", "mse")),
    ("softmax", "cross-entropy"),
    ("sigmoid", "cross-entropy"),
    ("sigmoid", "binary-cross-entropy"),
]


@pytest.mark.parametrize("batch", [False, True], ids=["single", "batch"])
@pytest.mark.parametrize(("activation", "cost"), PAIRS)
def test_gradients_agree_with_the_loops(activation: str, cost: str, batch: bool) -> None:
    hidden = activation if cost in ("half-sse", "sse", "mse") else "tanh"
    hold_against_reference(mlp([3, 4, 2], activation=[hidden, activation], cost=cost, batch=batch))


@pytest.mark.parametrize("bias", ["neuron", "shared", "none"])
@pytest.mark.parametrize("batch", [False, True], ids=["single", "batch"])
@pytest.mark.parametrize("regularized", [False, True], ids=["", "L2"])
def test_biases_and_penalty(bias: str, batch: bool, regularized: bool) -> None:
    hold_against_reference(
        mlp([2, 5, 3], activation="tanh", bias=bias, batch=batch, regularized=regularized)
    )


@settings(max_examples=15, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    seed=st.integers(0, 1000),
    samples=st.integers(1, 4),
    batch=st.booleans(),
    bias=st.sampled_from(["neuron", "shared", "none"]),
    activation=st.sampled_from(["sigmoid", "tanh", "silu", "softplus"]),
)
def test_any_widths(
    widths: list[int], seed: int, samples: int, batch: bool, bias: str, activation: str
) -> None:
    network = mlp(widths, activation=activation, bias=bias, batch=batch)
    hold_against_reference(network, seed, samples)


def test_mazurs_numbers() -> None:
    """https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/"""
    program = lambdify(mlp([2, 2, 2], activation="sigmoid", bias="shared"))
    parameters = {
        "W1": [[0.15, 0.20], [0.25, 0.30]],
        "W2": [[0.40, 0.45], [0.50, 0.55]],
        "b1": 0.35,
        "b2": 0.60,
    }
    result = program(parameters, [0.05, 0.10], [0.01, 0.99], details=True)
    assert result.cost == pytest.approx(0.298371109, abs=1e-9)
    assert result.forward["z1"][0] == pytest.approx(0.3775, abs=1e-12)
    assert result.forward["a1"] == pytest.approx([0.593269992, 0.596884378], abs=1e-9)
    assert result.forward["a2"] == pytest.approx([0.75136507, 0.772928465], abs=1e-9)
    updated = np.array(parameters["W2"]) - 0.5 * result.gradients["W2"]
    wanted = [[0.35891648, 0.408666186], [0.511301270, 0.561370121]]
    assert updated == pytest.approx(np.array(wanted), abs=1e-9)
    assert result.gradients["W1"][0, 0] == pytest.approx(0.000438568, abs=1e-9)
    assert np.shape(result.gradients["b1"]) == ()


@pytest.mark.parametrize(("name", "wanted"), [("relu", 0.0), ("leaky-relu", 0.01)])
def test_the_derivative_at_the_corner_is_the_declared_one(name: str, wanted: float) -> None:
    result = lambdify(mlp([1, 1], activation=name))({"W1": [[1.0]], "b1": [0.0]}, [0.0], [1.0])
    assert result.gradients["b1"] == [-wanted]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [90.0, 750.0])
@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("softmax", "cross-entropy"),
        ("sigmoid", "binary-cross-entropy"),
        ("sigmoid", "cross-entropy"),
        ("sigmoid", "half-sse"),
        *((a, "mse") for a in ("softmax", "softplus", "silu", "gelu", "elu", "tanh", "relu")),
    ],
)
def test_finite_far_from_zero(activation: str, cost: str, size: float, dtype: type) -> None:
    network = mlp([1, 2, 2], activation=[activation, activation], cost=cost, batch=True)
    parameters = {"W1": np.array([[1.0], [-1.0]]), "b1": np.zeros(2), "b2": np.array([size, -size])}
    parameters["W2"] = np.array([[1.0, -1.0], [0.5, 2.0]])
    x = np.array([[size], [-size], [0.0]])
    y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    result = lambdify(network, dtype)(parameters, x, y, details=True)
    assert np.isfinite(result.cost)
    assert result.cost.dtype == dtype
    for group in (result.gradients, result.forward, result.deltas):
        for name, array in group.items():
            assert np.isfinite(array).all(), name
            assert array.dtype == dtype, name


def test_costs_far_from_zero_are_right() -> None:
    values = {"W1": [[750.0], [-750.0]], "b1": [0.0, 0.0]}
    softmax = mlp([1, 2], activation="softmax", cost="cross-entropy")
    assert lambdify(softmax)(values, [1.0], [0.0, 1.0]).cost == 1500
    sigmoid = mlp([1, 2], activation="sigmoid", cost="binary-cross-entropy")
    assert lambdify(sigmoid)(values, [1.0], [0.0, 1.0]).cost == 1500


def test_single_precision_is_kept_where_all_arrays_have_it() -> None:
    network = mlp([2, 3, 2], activation=["leaky-relu", "gelu"], cost="mse", batch=True)
    program = lambdify(network)
    parameters, x, y = draw_values(network)
    single = {name: value.astype(np.float32) for name, value in parameters.items()}
    result = program(single, x.astype(np.float32), y.astype(np.float32), details=True)
    for group in (result.gradients, result.forward, result.deltas):
        assert {array.dtype for array in group.values()} == {np.dtype(np.float32)}
    assert program(single, x, y).cost.dtype == np.float64
    with pytest.raises(InputError, match="float32 or float64"):
        lambdify(network, np.float16)


def test_what_has_no_program_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="and L is a symbol"):
        lambdify(mlp(activation="tanh"))
    with pytest.raises(InputError, match="sigma has no formula"):
        lambdify(mlp([2, 2]))


def test_a_depth_may_be_given_later() -> None:
    depth = index_symbol("L")
    widths = IndexedBase("n", integer=True)
    sizes = {depth: 2, widths[0]: 2, widths[1]: 3, widths[2]: 2}
    network = mlp([2, 3, 2], activation="tanh")
    values = draw_values(network)
    found = lambdify(mlp(activation="tanh"), sizes=sizes)(*values)
    wanted = lambdify(network)(*values)
    for name, gradient in wanted.gradients.items():
        np.testing.assert_allclose(found.gradients[name], gradient, rtol=1e-14)


def test_a_graph_of_numbers() -> None:
    x, y, z, q, f = symbols("x y z q f")
    program = lambdify(System([Eq(q, x + y), Eq(f, q * z)]))
    result = program({}, {"x": -2, "y": 5, "z": -4}, details=True)
    assert result.cost == -12
    assert result.gradients == {"x": -4, "y": -4, "z": 3}
    assert result.forward == {"q": 3}
    assert result.adjoints == {"q": -4}
    with pytest.raises(InputError, match="inputs x, y, z; give a mapping"):
        program({}, [1.0])


def test_the_max_gate_and_the_sigmoid_neuron() -> None:
    x, y, w, f, g = symbols("x y w f g")
    program = lambdify(System([Eq(f, Max(x, y) * w), Eq(g, 1 / (1 + exp(-f)))], parameters=[w]))
    result = program({"w": 2.0}, {"x": 3.0, "y": -1.0})
    slope = result.cost * (1 - result.cost)
    assert result.gradients["w"] == pytest.approx(3 * slope, rel=1e-12)
    assert program({"w": -400.0}, {"x": 3.0, "y": -1.0}).cost == 0


def recurrent() -> System:
    t, j, k, i, steps, n, p = (index_symbol(s) for s in ("t", "j", "k", "i", "T", "n", "p"))
    h, w, u, x, b, y = (IndexedBase(s) for s in ("h", "W", "U", "x", "b", "y"))
    inner = Sum(w[j, k] * h[t - 1, k], (k, 1, n)) + Sum(u[j, i] * x[t, i], (i, 1, p)) + b[j]
    return System(
        [
            Eq(h[0, j], 0),
            Eq(h[t, j], ACTIVATIONS["tanh"].function(inner)),
            Eq(Symbol("C"), Sum((h[steps, j] - y[j]) ** 2, (j, 1, n)) / 2),
        ],
        parameters=[w[j, k], u[j, i], b[j]],
        axes={t: (1, steps), j: (1, n)},
    )


def test_a_recurrent_network_against_differences() -> None:
    program = lambdify(recurrent(), sizes={index_symbol("T"): 4})
    random = np.random.default_rng(1)
    parameters = {"W": random.normal(size=(3, 3)), "U": random.normal(size=(3, 2))}
    parameters["b"] = random.normal(size=3)
    given = {"x": random.normal(size=(4, 2)), "y": random.normal(size=3)}
    result = program(parameters, given)
    for name, value in parameters.items():
        assert result.gradients[name].shape == value.shape
        for place in np.ndindex(value.shape):
            costs = []
            for step in (1e-6, -1e-6):
                moved = value.copy()
                moved[place] += step
                costs.append(program({**parameters, name: moved}, given).cost)
            slope = (costs[0] - costs[1]) / 2e-6
            assert result.gradients[name][place] == pytest.approx(slope, abs=1e-8)
    with pytest.raises(InputError, match="T is a symbol"):
        lambdify(recurrent())
    with pytest.raises(InputError, match=r"x has the shape \(3, 2\); wanted \(4, 2\)"):
        program(parameters, {**given, "x": np.ones((3, 2))})


def test_what_is_repeated_is_computed_once() -> None:
    x, first, second = symbols("x first second")
    statements = (
        Statement(first, exp(x) + 1, None, "forward"),
        Statement(second, exp(x) * first, None, "forward"),
    )
    shared, one, two = share(statements)
    assert shared.value == exp(x)
    assert one.value == shared.variable + 1
    assert two.value == shared.variable * first


def test_gradients_do_not_change_with_details() -> None:
    network = mlp([3, 4, 2], activation="silu", cost="mse", batch=True)
    program, values = lambdify(network), draw_values(network)
    plain, full = program(*values), program(*values, details=True)
    for name, gradient in plain.gradients.items():
        np.testing.assert_array_equal(gradient, full.gradients[name])
    assert full.gradients["x"].shape == values[1].shape
    assert full.forward["C_i"].shape == (4,)


def test_every_cost_has_been_tried() -> None:
    assert {cost for _, cost in PAIRS} == set(COSTS)
