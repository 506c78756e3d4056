"""The networks that the fixtures of printing are about, derived once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from derived import derive as derive_system
from sympy import Integer

from symbackprop.derivation.views import instantiate_everywhere
from symbackprop.equations import Equation, System
from symbackprop.network.network import mlp

# name of a network --> how it is declared
NETWORKS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "batch": {"batch": True},
    "mazur": {"widths": [2, 2, 2], "activation": "sigmoid", "bias": "shared"},
    "softmax": {
        "widths": [3, 4, 3],
        "activation": ["tanh", "softmax"],
        "cost": "cross-entropy",
        "batch": True,
    },
    "penalty": {
        "widths": [2, 1],
        "activation": "relu",
        "cost": "binary-cross-entropy",
        "regularized": True,
    },
    "mean": {"widths": [2, 3], "activation": "sigmoid", "cost": "mse"},
}


@cache
def derive(network: str) -> System:
    return derive_system(mlp(**NETWORKS[network]).system)


def list_entries(system: System) -> Iterator[Equation]:
    numbers = {size: Integer(width) for size, width in system.sizes.items()}
    for equation in system.equations:
        yield from instantiate_everywhere(equation, numbers, {"layer", "neuron"}, system.quantities)
