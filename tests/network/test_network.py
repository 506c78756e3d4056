"""What `mlp` declares: its equations by option, what it says of itself, and what it refuses."""

from __future__ import annotations

import pytest

from symbackprop.errors import InputError
from symbackprop.network.network import mlp


def tell(**options: object) -> list[str]:
    return [f"{e.lhs} = {e.rhs}" for e in mlp(**options).system.equations]  # type: ignore[arg-type]


def test_one_layer_of_softmax_reads_its_scores_and_the_targets_sum_to_one() -> None:
    net = mlp([3, 2], activation="softmax", cost="cross-entropy", bias="none")
    assert [f"{e.lhs} = {e.rhs}" for e in net.system.equations] == [
        "a[0, j] = x[j]",
        "z[1, j] = Sum(W[1, j, k]*a[0, k], (k, 1, n[0]))",
        "a[1, j] = Softmax(z[1, j], z[1, k], k, 1, n[1])",
        "C = -Sum(log(a[1, j])*y[j], (j, 1, n[1]))",
    ]
    assert [str(e) for e, _ in net.system.assumptions] == ["Sum(y[j], (j, 1, n[1]))"]


def test_a_batch_has_a_sample_before_the_neuron_and_the_mean_of_their_costs() -> None:
    lines = tell(batch=True, bias="shared", regularized=True)
    assert "z[l, i, j] = b[l] + Sum(W[l, j, k]*a[l - 1, i, k], (k, 1, n[l - 1]))" in lines
    assert lines[-1].startswith("C = lambda*Sum(W[l, j, k]**2") and "/m" in lines[-1]


def test_hidden_and_last_layer_may_differ_at_any_depth() -> None:
    lines = tell(activation=["tanh", "softmax"], cost="cross-entropy")
    assert [line for line in lines if line.startswith("a[")][1:] == [
        "a[l, j] = tanh(z[l, j])",
        "a[L, j] = Softmax(z[L, j], z[L, k], k, 1, n[L])",
    ]


def test_a_network_says_what_was_declared() -> None:
    net = mlp([2, 3, 2], activation=["tanh", "softmax"], cost="cross-entropy", bias="shared")
    assert repr(net) == ("Network(2-3-2, tanh and softmax, cross-entropy, one bias for each layer)")
    page = net._repr_html_()
    assert "<td>2</td><td>2</td><td>softmax</td><td>2 × 3</td><td>one number</td>" in page
    assert (
        "<td>1, …, L−1</td><td>nₗ</td><td>relu</td>"
        in mlp(activation=["relu", "identity"])._repr_html_()
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"widths": [2]}, "at least two"),
        ({"widths": [2, 0]}, "not a positive integer"),
        ({"widths": "2-3"}, r"a list such as \[2, 3, 1\]"),
        ({"bias": "layer"}, "unknown bias 'layer'"),
        ({"activation": "sigmod"}, "did you mean 'sigmoid'"),
        ({"cost": "ssee"}, "did you mean 'sse'"),
        ({"widths": [2, 3, 1], "activation": ["tanh"] * 3}, "activation"),
        ({"widths": [2, 1], "activation": "softmax"}, "softmax on a scalar is always 1"),
        ({"activation": "softmax", "cost": "binary-cross-entropy"}, "for sigmoid outputs"),
    ],
)
def test_what_cannot_be_a_network_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mlp(**options)
