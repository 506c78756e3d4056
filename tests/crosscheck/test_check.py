"""The cross-check agrees with right gradients and catches every wrong one, at every depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cases import NETWORKS
from planted_gradients import FINE, SLIPS, count_missed

from symbackprop.crosscheck.check import check, check_gradients
from symbackprop.crosscheck.values import draw_values
from symbackprop.errors import InputError
from symbackprop.network.declared import declare, load
from symbackprop.network.network import mlp
from symbackprop.programs.callables import lambdify
from symbackprop.reference.activations import ACTIVATIONS as TEXTBOOK

EXAMPLES = Path(__file__).parents[2] / "examples"


# as many layers and as wide as the promise goes, and the shapes between
SHAPES = [(1, 2), (2, 3), (4, 16), (8, 4), (8, 32), (12, 32), (16, 8), (24, 2), (24, 32)]
HIDDEN = ("tanh", "sigmoid", "relu", "gelu")


@pytest.mark.parametrize(("depth", "width"), SHAPES)
def test_every_slip_is_caught_in_every_parameter_by_both_judges(depth: int, width: int) -> None:
    activation = HIDDEN[(depth + width) % len(HIDDEN)]
    network = mlp([width] * (depth + 1), activation=[activation] * (depth - 1) + ["tanh"])
    slips = [*SLIPS, *(["wrong layer"] if depth > 1 else []), *(FINE if depth <= 8 else [])]
    assert count_missed(network, slips) == []


@pytest.mark.parametrize(
    ("output", "cost"), [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy")]
)
def test_slips_behind_a_cross_entropy_are_caught(output: str, cost: str) -> None:
    network = mlp([5, 5, 5, 5], activation=["silu", "elu", output], cost=cost, batch=True)
    assert count_missed(network, [*SLIPS, *FINE, "wrong layer"]) == []


OUTPUTS = (
    (None, "half-sse"),
    ("identity", "mse"),
    ("softmax", "cross-entropy"),
    ("sigmoid", "binary-cross-entropy"),
    ("sigmoid", "cross-entropy"),
)


@pytest.mark.parametrize("hidden", [n for n, row in TEXTBOOK.items() if row.derivative])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_gradients_are_not_accused(hidden: str, dtype: type) -> None:
    """With weights that saturate, too, and what single precision makes of them; every second
    output in each precision, so that each has each hidden layer in one of them."""
    generator = np.random.default_rng(len(hidden))
    start = (len(hidden) + (dtype is np.float32)) % 2
    for seed, (output, cost) in list(enumerate(OUTPUTS))[start::2]:
        depth, width = ((1, 5), (3, 4), (6, 8), (16, 3), (2, 2))[seed]
        network = mlp(
            [width] * (depth + 1),
            activation=[hidden] * (depth - 1) + [output or hidden],
            cost=cost,
            bias=("neuron", "shared", "none")[generator.integers(3)],
            batch=bool(generator.integers(2)),
            regularized=bool(generator.integers(2)),
        )
        program = lambdify(network, dtype)
        values = draw_values(declare(network), program, seed)
        for scale in (1, 4):
            scaled = {n: scale * v if n[0] == "W" else v for n, v in values.items()}
            gradients = program(scaled).gradients
            if all(np.isfinite(g).all() for g in gradients.values()):
                report = check_gradients(network.system, network, gradients, scaled, program)
                assert report.agrees, (hidden, cost, seed, scale, report.text)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_case_is_checked(name: str) -> None:
    case = NETWORKS[name]
    report = check(case)
    assert report.agrees and all(j.rows for j in report.judgements)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_is_checked(path: Path) -> None:
    declared = load(path)
    if declared.is_forward_only:
        with pytest.raises(InputError):
            check(declared)
    else:
        assert check(declared).agrees


def test_single_precision_is_checked_as_such() -> None:
    report = check(mlp([4, 4, 4], activation="tanh"), dtype=np.float32)
    assert report.agrees
    assert all(1e-8 < row.sharpness < 1e-4 for j in report.judgements for row in j.rows)
