"""Derive the formulas of backpropagation, print them, compute them, and check them.

>>> from symbackprop import mlp
>>> from symbackprop.pipeline import derive
>>> derived = derive(mlp([2, 2, 2], activation="sigmoid"))
>>> print(derived.show(wrt="delta2"))
network
<BLANKLINE>
Errors
  δ² = (a² − y) ⊙ a² ⊙ (1 − a²)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# name --> where it lives; imported when asked for, so that `symbackprop --help` answers at once.
# The verbs that are folders too (derive, show, verify) are in symbackprop.pipeline.
_HOMES = {
    "System": "equations",
    "Equation": "equations",
    "InputError": "errors",
    "Network": "network.network",
    "mlp": "network.network",
    "define_activation": "network.activations",
    "define_cost": "network.costs",
    "load": "pipeline",
    "check": "pipeline",
    "evaluate": "pipeline",
    "Formulas": "pipeline",
    "explain_activation": "derive.steps",
    "lambdify": "compute.program",
    "find_preset": "notation",
    "draw_instance": "instances",
    "prove_system": "verify.proofs",
    "same": "pipeline",
    "verify_document": "verification",
}

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")
    return getattr(import_module(f"symbackprop.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
