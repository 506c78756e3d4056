"""Right gradients, and wrong ones made of them: each slip of one parameter at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symbackprop.crosscheck.check import check_gradients
from symbackprop.crosscheck.reports import CheckReport
from symbackprop.crosscheck.values import draw_values
from symbackprop.network.declared import declare
from symbackprop.network.network import Network
from symbackprop.programs.callables import lambdify
from symbackprop.reference.loops import backprop

Gradients = dict[str, np.ndarray]


def solve(network: Network, seed: int = 1) -> tuple[dict, Gradients]:
    """Random values, and the right gradients from the textbook loops."""
    values = draw_values(declare(network), lambdify(network), seed)
    layers = range(1, len(network.widths or ()))
    result = backprop(
        [values[f"W{layer}"] for layer in layers],
        [values[f"b{layer}"] for layer in layers],
        values["x"],
        values["y"],
        [row.name for row in network.activations],
        network.cost.name,
    )
    assert result.biases is not None
    named = {f"W{layer}": result.weights[layer - 1] for layer in layers}
    return values, named | {f"b{layer}": result.biases[layer - 1] for layer in layers}


def differing(report: CheckReport) -> list[set[str]]:
    """The gradients that differ, by judge."""
    return [{row.name for row in j.rows if not row.agrees} for j in report.judgements]


SLIPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "factor 2": lambda g: 2 * g,
    "sign": lambda g: -g,
    "transpose": lambda g: g.T,
    "zero": lambda g: 0 * g,
    "scaled by 1 + 1e-9": lambda g: g * (1 + 1e-9),
    "not a number": lambda g: g * np.nan,
}
FINE = {"scaled by 1 + 1e-11": lambda g: g * (1 + 1e-11)}


def plant(right: Gradients, name: str, slip: str) -> Gradients:
    if slip != "wrong layer":
        return right | {name: {**SLIPS, **FINE}[slip](right[name])}
    other = f"{name[0]}{int(name[1:]) % (len(right) // 2) + 1}"
    return right | {name: right[other]}


def count_missed(network: Network, slips: list[str]) -> list[tuple[str, str]]:
    """Plant each slip in all parameters at once; list those that a judge has not seen."""
    values, right = solve(network)
    program = lambdify(network)
    report = check_gradients(network.system, network, right, values, program)
    assert differing(report) == [set(), set()]
    missed = []
    for slip in slips:
        wrong = {
            name: plant(right, name, slip)[name]
            for name in right
            # a vector has no transpose
            if slip != "transpose" or name[0] == "W"
        }
        report = check_gradients(network.system, network, right | wrong, values, program)
        missed += [(slip, n) for seen in differing(report) for n in wrong.keys() - seen]
    return missed
