"""Random values for the programs of networks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.network import Network


def draw_values(
    network: Network, seed: int = 0, samples: int = 4
) -> tuple[dict[str, Any], Any, Any]:
    """Random parameters, inputs, and targets that fit the cost."""
    random = np.random.default_rng(seed)
    assert network.widths is not None
    parameters: dict[str, Any] = {}
    for layer, (before, here) in enumerate(pairwise(network.widths), start=1):
        parameters[f"W{layer}"] = random.normal(size=(here, before))
        if network.bias == "neuron":
            parameters[f"b{layer}"] = random.normal(size=here)
        elif network.bias == "shared":
            parameters[f"b{layer}"] = random.normal()
    x = random.normal(size=(samples, network.widths[0]))
    y = random.uniform(0.1, 0.9, size=(samples, network.widths[-1]))
    if network.cost.one_hot:
        y /= y.sum(axis=1, keepdims=True)
    if network.regularized:
        parameters["lambda"] = 0.3
    return (parameters, x, y) if network.batch else (parameters, x[0], y[0])


SMOOTH = [name for name in ACTIVATIONS if name not in ("sigma", "step")]
