"""The reference agrees with itself two ways, with published numbers, and catches mistakes."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook_networks import DIFFERENTIABLE, MAZUR, PAIRS, SQUARED, Network, agree

import symbackprop.reference
from symbackprop.reference.compare import compare
from symbackprop.reference.differences import differentiate_complex
from symbackprop.reference.loops import backprop, forward_cost


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
