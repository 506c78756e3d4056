"""Complex steps catch wrong gradients, and judge a sample of the entries where there are many."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from textbook_networks import Network, agree

from symbackprop.reference.compare import compare
from symbackprop.reference.differences import choose_entries, differentiate_complex

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


def test_complex_step_refuses_a_function_that_drops_the_imaginary_part():
    with pytest.raises(ValueError, match="drops the imaginary part"):
        differentiate_complex(lambda a: abs(a["x"]).sum(), {"x": np.ones(2)})


def test_differences_leave_the_arrays_and_undone_entries_alone():
    arrays = {"x": np.array([1.0, 2.0])}
    entries = {"x": np.array([False, True])}
    result = differentiate_complex(lambda a: (a["x"] ** 2).sum(), arrays, entries=entries)["x"]
    assert np.isnan(result[0]) and result[1] == pytest.approx(4)
    assert arrays["x"].tolist() == [1.0, 2.0]
