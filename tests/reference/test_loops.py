"""The reference agrees with itself two ways, with published numbers, and catches mistakes."""

from __future__ import annotations

import ast
import itertools
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbackprop.reference
from symbackprop.reference.activations import ACTIVATIONS, sigmoid, softmax
from symbackprop.reference.compare import compare
from symbackprop.reference.costs import COSTS
from symbackprop.reference.differences import choose_entries, differentiate_complex
from symbackprop.reference.loops import backprop, forward_cost
from symbackprop.reference.rounding import Noisy, make_noisy, measure_rounding

DIFFERENTIABLE = [name for name, row in ACTIVATIONS.items() if row.differentiable]
SQUARED = ["half-sse", "sse", "mse"]
# A cost with logarithms makes sense only where the output lies between 0 and 1.
PAIRS = [
    *itertools.product(DIFFERENTIABLE, SQUARED),
    *itertools.product(["sigmoid", "softmax"], ["cross-entropy", "binary-cross-entropy"]),
]


class Network:
    """One network with random values, and its parameters by name."""

    def __init__(self, widths, activations, cost, *, batch=None, bias="neuron", l2=0.0, seed=0):
        generator = np.random.default_rng(seed)
        shapes = list(itertools.pairwise(widths))
        self.weights = [
            generator.normal(size=(after, before)) / np.sqrt(before) for before, after in shapes
        ]
        self.biases = (
            None
            if bias == "none"
            else [
                np.array(generator.normal(size=() if bias == "shared" else after))
                for _, after in shapes
            ]
        )
        rows = () if batch is None else (batch,)
        self.x = generator.normal(size=(*rows, widths[0]))
        self.y = generator.uniform(0.1, 0.9, size=(*rows, widths[-1]))
        if cost == "cross-entropy":
            self.y = np.eye(widths[-1])[generator.integers(widths[-1], size=rows)]
        self.rest = (self.x, self.y, activations, cost)
        self.l2 = l2

    @property
    def parameters(self):
        return self.name(self.weights, self.biases)

    @staticmethod
    def name(weights, biases):
        named = {f"W{layer}": value for layer, value in enumerate(weights, 1)}
        return named | {f"b{layer}": value for layer, value in enumerate(biases or (), 1)}

    def backprop(self):
        return self.backprop_with(self.parameters)

    def backprop_with(self, parameters):
        weights, biases = self.split(parameters)
        return backprop(weights, biases, *self.rest, regularization=self.l2)

    def split(self, parameters):
        depth = range(1, len(self.weights) + 1)
        return (
            [parameters[f"W{layer}"] for layer in depth],
            None if self.biases is None else [parameters[f"b{layer}"] for layer in depth],
        )

    def gradients_with(self, parameters):
        result = self.backprop_with(parameters)
        return self.name(result.weights, result.biases)

    def gradients(self):
        return self.gradients_with(self.parameters)

    def cost(self, parameters):
        return forward_cost(*self.split(parameters), *self.rest, regularization=self.l2)

    def rounding(self):
        return measure_rounding(self.gradients_with, self.parameters)

    def judge(self, gradients, entries=None):
        judged = differentiate_complex(self.cost, self.parameters, entries=entries)
        return compare(gradients, judged, self.rounding(), entries=entries)


def agree(rows):
    return all(row.agrees for row in rows)


MAZUR = dict(
    weights=[[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
    biases=[0.35, 0.60],
    x=[0.05, 0.10],
    y=[0.01, 0.99],
    activations="sigmoid",
    cost="half-sse",
)


def test_mazur_numbers():
    result = backprop(**MAZUR)
    assert result.cost == pytest.approx(0.298371109, abs=5e-10)
    assert result.pre_activations[0][0] == pytest.approx(0.3775)
    assert result.activations[1] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert result.activations[2] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    assert result.weights[1][0, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert result.weights[0][0, 0] == pytest.approx(0.000438568, abs=5e-10)
    updated = np.array(MAZUR["weights"]) - 0.5 * np.array(result.weights)
    assert updated[1].ravel() == pytest.approx(
        [0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=5e-9
    )
    assert updated[0].ravel() == pytest.approx(
        [0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=5e-9
    )
    assert [bias.shape for bias in result.biases] == [(), ()]
    assert result.biases[1] == pytest.approx(result.deltas[1].sum())


def test_batch_is_the_mean_of_samples_and_deltas_are_each_samples_own():
    network = Network([3, 4, 2], "tanh", "sse", batch=5)
    whole = network.backprop()
    single = [
        backprop(network.weights, network.biases, x, y, "tanh", "sse")
        for x, y in zip(network.x, network.y, strict=True)
    ]
    assert whole.cost == pytest.approx(np.mean([one.cost for one in single]))
    for layer in range(2):
        assert whole.weights[layer] == pytest.approx(
            np.mean([one.weights[layer] for one in single], axis=0)
        )
        assert (whole.deltas[layer] == [one.deltas[layer] for one in single]).all()
    assert (whole.activations[0] == network.x).all()


def test_l2_adds_lambda_w_to_weights_alone_whatever_the_batch():
    plain = Network([3, 4, 2], "tanh", "sse", batch=5).backprop()
    network = Network([3, 4, 2], "tanh", "sse", batch=5, l2=0.3)
    with_l2 = network.backprop()
    squares = sum((weight**2).sum() for weight in network.weights)
    assert with_l2.cost - plain.cost == pytest.approx(0.15 * squares)
    for before, after, weight in zip(plain.weights, with_l2.weights, network.weights, strict=True):
        assert after - before == pytest.approx(0.3 * weight)
    assert all((a == b).all() for a, b in zip(plain.biases, with_l2.biases, strict=True))


@pytest.mark.parametrize(("activation", "cost"), PAIRS)
@pytest.mark.parametrize(
    ("batch", "bias", "l2"), [(None, "neuron", 0.0), (4, "shared", 0.3), (1, "none", 0.0)]
)
def test_loops_agree_with_differences(activation, cost, batch, bias, l2):
    hidden = activation if cost in SQUARED else "tanh"
    network = Network([3, 4, 3], [hidden, activation], cost, batch=batch, bias=bias, l2=l2)
    assert agree(network.judge(network.gradients()))


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


WELL_CONDITIONED = [
    ([2, 2, 2], None, "sigmoid", "sigmoid", "half-sse"),
    ([8, 6, 4], None, "tanh", "softmax", "cross-entropy"),
    ([8, 6, 4], 5, "sigmoid", "sigmoid", "binary-cross-entropy"),
    ([30, 20, 10], 5, "tanh", "identity", "mse"),
]


@pytest.mark.parametrize(("widths", "batch", "hidden", "output", "cost"), WELL_CONDITIONED)
def test_complex_judge_catches_1e_11(widths, batch, hidden, output, cost):
    network = Network(widths, [hidden, output], cost, batch=batch)
    right = network.gradients()
    judged = differentiate_complex(network.cost, network.parameters)
    rounding = network.rounding()
    assert agree(compare(right, judged, rounding))
    for name in right:
        for factor in (1 + 1e-11, 1 - 1e-11):
            wrong = right | {name: right[name] * factor}
            rows = compare(wrong, judged, rounding)
            assert [row.name for row in rows if not row.agrees] == [name]
        missed = 0
        for index in np.ndindex(right[name].shape):
            entry = right[name].copy()
            entry[index] *= 1 + 1e-11
            missed += agree(compare(right | {name: entry}, judged, rounding))
        # What is left of terms a thousand times its size is within their rounding.
        assert missed <= 0.02 * right[name].size


def test_smallest_entry_is_judged_by_itself_and_not_by_the_largest():
    network = Network([3, 4, 2], "tanh", "half-sse")
    network.x[1] = 1e-9
    right = network.gradients()
    assert agree(network.judge(right))
    wrong = right["W1"].copy()
    wrong[2, 1] *= 1 + 1e-11
    rows = network.judge(right | {"W1": wrong})
    assert [row.agrees for row in rows] == [False, True, True, True]


def test_complex_steps_catch_wrong_gradients():
    network = Network([3, 3, 3, 3], "tanh", "half-sse", batch=2)
    right = network.gradients()
    assert agree(network.judge(right))
    wrong = {
        "sign": {"W2": -right["W2"]},
        "transpose": {"W2": right["W2"].T},
        "factor 2": {"b1": 2 * right["b1"]},
        "layer index": {"W2": right["W3"], "W3": right["W2"]},
        "sum, not mean": {name: 2 * value for name, value in right.items()},
        "one entry zero": {"W1": right["W1"] * (np.arange(9).reshape(3, 3) != 4)},
        "1e-11": {"W1": right["W1"] * (1 + 1e-11)},
    }
    for mistake, values in wrong.items():
        found = {row.name for row in network.judge(right | values) if not row.agrees}
        assert found == set(values), mistake


def test_right_gradients_are_never_flagged():
    choices = itertools.product(
        [([2, 2, 2], None), ([8, 6, 4], 5), ([5, 4, 4, 4, 3], 3)],
        ["sigmoid", "tanh", "softplus", "silu", "gelu"],
        [("sigmoid", "half-sse"), ("softmax", "cross-entropy"), ("identity", "mse")],
        ["neuron", "shared"],
    )
    for seed, ((widths, batch), hidden, (output, cost), bias) in enumerate(choices):
        activations = [hidden] * (len(widths) - 2) + [output]
        network = Network(widths, activations, cost, batch=batch, bias=bias, seed=seed)
        network.weights[0] *= 1 + seed % 7
        entries = choose_entries(network.parameters, 12, seed=seed)
        rows = network.judge(network.gradients(), entries)
        assert agree(rows), (activations, cost, widths, seed, rows)


@pytest.mark.parametrize("distance", [1e-3, 1e-9, -1e-9, 0.0])
def test_a_corner_close_by_does_not_mislead_the_complex_step(distance):
    network = Network([4, 3, 2], ["relu", "identity"], "half-sse", batch=5)
    # The first neuron of the first sample sits next to its corner, or exactly on it.
    network.weights[0][0] = 0
    network.biases[0][0] = distance
    assert agree(network.judge(network.gradients()))


def test_sampled_entries_alone_are_judged_in_a_large_network():
    network = Network([784, 15, 10], "sigmoid", "half-sse")
    entries = choose_entries(network.parameters, 20, seed=3)
    right = network.gradients()
    rows = network.judge(right, entries)
    assert agree(rows)
    assert [row.count for row in rows] == [20, 20, 15, 10]
    chosen, other = np.argwhere(entries["W1"])[0], np.argwhere(~entries["W1"])[0]
    for index, caught in [(chosen, True), (other, False)]:
        wrong = right["W1"].copy()
        wrong[tuple(index)] *= 2
        assert agree(network.judge(right | {"W1": wrong}, entries)) is not caught


def test_the_same_seed_chooses_the_same_entries():
    arrays = {"W": np.zeros((9, 9)), "b": np.zeros(())}
    first, again = (choose_entries(arrays, 5, seed=1) for _ in range(2))
    assert (first["W"] == again["W"]).all() and first["b"].all()
    assert (first["W"] != choose_entries(arrays, 5, seed=2)["W"]).any()
    with pytest.raises(ValueError, match="at least one entry"):
        choose_entries(arrays, 0)


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


def test_complex_step_refuses_a_function_that_drops_the_imaginary_part():
    with pytest.raises(ValueError, match="drops the imaginary part"):
        differentiate_complex(lambda a: abs(a["x"]).sum(), {"x": np.ones(2)})


def test_differences_leave_the_arrays_and_undone_entries_alone():
    arrays = {"x": np.array([1.0, 2.0])}
    entries = {"x": np.array([False, True])}
    result = differentiate_complex(lambda a: (a["x"] ** 2).sum(), arrays, entries=entries)["x"]
    assert np.isnan(result[0]) and result[1] == pytest.approx(4)
    assert arrays["x"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [[0.05], [0.10]]}, r"W1 must be \(n_out, 1\).* but is \(2, 2\)"),
        ({"y": [[0.01], [0.99]]}, r"y must be \(2,\), but is \(2, 1\)"),
        ({"x": 1.0}, r"x must be \(n,\) or \(m, n\), but is \(\)"),
        ({"x": np.ones((0, 2))}, "at least one sample"),
        ({"biases": [[[1.0], [2.0]], 0.6]}, r"b1 must be \(2,\), or \(\) .* but is \(2, 1\)"),
        ({"biases": [[1.0], 0.6]}, r"b1 must be \(2,\), or \(\) .* but is \(1,\)"),
        ({"biases": [0.35]}, "2 layers need 2 biases, but 1"),
        ({"weights": []}, "at least one weight"),
        ({"activations": ["tanh"]}, "2 layers need 2 activations, but 1"),
        ({"activations": "sigmod"}, "unknown activation 'sigmod'"),
        ({"cost": "entropy"}, "unknown cost 'entropy'"),
        ({"y": ["a", "b"]}, "y must hold numbers"),
        ({"activations": ["step", "sigmoid"]}, "layer 1 has the activation 'step'"),
    ],
)
def test_bad_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        backprop(**(MAZUR | change))


def test_step_goes_forward():
    assert forward_cost([[[1.0, 1.0]]], [-1.5], [1.0, 1.0], [1.0], "step", "half-sse") == 0
    with pytest.raises(ValueError, match="no derivative"):
        ACTIVATIONS["step"].pull_back(np.ones(1), np.ones(1))


@settings(max_examples=25)
@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    batch=st.none() | st.integers(1, 3),
    bias=st.sampled_from(["neuron", "shared", "none"]),
    activation=st.sampled_from(DIFFERENTIABLE),
    cost=st.sampled_from(SQUARED),
)
def test_shapes(widths, batch, bias, activation, cost):
    network = Network(widths, activation, cost, batch=batch, bias=bias)
    result = network.backprop()
    rows = () if batch is None else (batch,)
    assert np.shape(result.cost) == ()
    assert [g.shape for g in result.weights] == [w.shape for w in network.weights]
    assert (result.biases is None) == (bias == "none")
    if result.biases is not None:
        assert [g.shape for g in result.biases] == [b.shape for b in network.biases]
    assert [a.shape for a in result.activations] == [(*rows, width) for width in widths]
    for layers in (result.pre_activations, result.deltas):
        assert [layer.shape for layer in layers] == [(*rows, width) for width in widths[1:]]
    rounding = network.rounding()
    assert {n: r.shape for n, r in rounding.items()} == {
        n: g.shape for n, g in network.gradients().items()
    }
    assert forward_cost(network.weights, network.biases, *network.rest) == result.cost


@settings(max_examples=50)
@given(st.lists(st.floats(-800, 800), min_size=1, max_size=5))
def test_softmax_sums_to_one_and_sigmoid_to_its_mirror(values):
    z = np.array(values)
    assert softmax(z).sum() == pytest.approx(1)
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(np.ones_like(z))


def test_float32_stays_float32_and_agrees_within_its_own_precision():
    network = Network([5, 4, 3], ["tanh", "softmax"], "cross-entropy", batch=4)
    halved = [np.asarray(w, np.float32) for w in network.weights]
    biases = [b.astype(np.float32) for b in network.biases]
    network.rest = (network.x.astype(np.float32), network.y.astype(np.float32), *network.rest[2:])
    network.weights, network.biases = halved, biases
    right = network.gradients()
    assert {g.dtype for g in right.values()} == {np.dtype(np.float32)}
    rounding = network.rounding()
    network.rest = (*(part.astype(float) for part in network.rest[:2]), *network.rest[2:])
    judged = differentiate_complex(network.cost, network.parameters)
    assert agree(compare(right, judged, rounding))
    for name in right:
        wrong = right | {name: right[name] * np.float32(1.001)}
        assert not agree(compare(wrong, judged, rounding)), name


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


@pytest.mark.parametrize("cost", list(COSTS))
def test_errors_thrown_in_go_through_every_cost(cost):
    a = make_noisy(np.array([0.3, 0.6]), np.random.default_rng(0))
    y, row = np.array([0.4, 0.6]), COSTS[cost]
    results = [row.cost(a, y), row.gradient(a, y)]
    if row.pair is not None:
        results += [row.pair.cost(a, y), row.pair.delta(a, y)]
    assert all(isinstance(result, Noisy) for result in results)


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


def test_reference_imports_numpy_and_itself_alone():
    allowed = {"__future__", "collections", "dataclasses", "math", "numpy", "types", "typing"}
    files = sorted(Path(symbackprop.reference.__file__).parent.glob("*.py"))
    assert len(files) >= 6
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module]
            for name in names:
                assert name.startswith("symbackprop.reference.") or name.split(".")[0] in allowed, (
                    f"{file.name} imports {name}"
                )
