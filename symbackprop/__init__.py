"""Derive the formulas of backpropagation, print them, compute them, and check them.

>>> from symbackprop import derive, mlp
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

# name --> where it lives; imported when asked for, so that `symbackprop --help` answers at once
_HOMES = {
    "InputError": "errors",
    "Equation": "equations",
    "System": "equations",
    "find_preset": "notation",
    "draw_world": "worlds",
    "prove_system": "proofs",
    "Declared": "network.declared",
    "load": "network.declared",
    "Network": "network.network",
    "mlp": "network.network",
    "define_activation": "network.activations",
    "define_cost": "network.costs",
    "explain_activation": "derivation.steps",
    "lambdify": "programs.callables",
    "evaluate": "pipeline",
    "Derived": "pipeline",
    "derive": "pipeline",
    "explain": "pipeline",
    "show": "pipeline",
    "check": "crosscheck",
    "same": "verification.verify",
    "verify": "verification.verify",
    "verify_formulas": "verification.verify",
}

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")
    return getattr(import_module(f"symbackprop.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
