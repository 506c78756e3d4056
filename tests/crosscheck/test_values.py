"""Random values: defined, of every parameter some gradient, the same for the same seed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from sympy import Eq, IndexedBase, Sum, log, sqrt, symbols, tanh

from symbackprop.crosscheck.check import check
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.declared import declare
from symbackprop.network.network import mlp


def test_a_system_without_values_is_checked_on_random_ones() -> None:
    W, x, y, u = map(IndexedBase, "Wxyu")
    j, k, n = symbols("j k n", integer=True)
    system = System(
        [
            Eq(u[j], tanh(Sum(W[j, k] * x[k], (k, 1, n)))),
            Eq(symbols("C"), Sum(sqrt(u[j]) * log(y[j] + 1), (j, 1, n))),
        ],
        parameters=[W],
        targets=[y],
        axes={j: (1, n), k: (1, n)},
        sizes={n: 3},
    )
    # the root asks for numbers that are all positive
    assert check(system).agrees
    drawn = check(replace(system, sizes={}))
    assert drawn.agrees and drawn.drawn.startswith("n = ")


@pytest.mark.parametrize(
    "network",
    [
        mlp(activation=["tanh", "softmax"], cost="cross-entropy"),
        mlp(activation="softplus", batch=True, regularized=True),
        mlp(bias="shared"),
    ],
    ids=repr,
)
def test_a_symbolic_depth_is_drawn(network) -> None:
    report = check(network)
    assert report.agrees and report.summary.endswith(f"on {report.drawn}")
    assert len(set(report.drawn.split("-"))) == 4


def test_values_need_a_depth() -> None:
    declared = replace(declare(mlp(activation="tanh")), values={"x": [1.0]})
    with pytest.raises(InputError, match="give widths such as 2-3-1"):
        check(declared)


def test_the_seed_decides_the_values() -> None:
    network = mlp([2, 3, 1], activation="tanh")
    assert check(network, seed=1) == check(network, seed=1) != check(network, seed=2)


def test_values_that_show_nothing_are_drawn_anew() -> None:
    """A network of dead neurons has the gradient 0, and twice 0 is 0."""
    for seed in range(20):
        report = check(mlp([2, 1, 1], activation="relu"), seed=seed)
        assert all(math.isfinite(row.sharpness) for row in report.judgements[0].rows)
