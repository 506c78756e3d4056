"""Derive the formulas of backpropagation, print them, compute them, and check them.

>>> from symbackprop import derive, mlp
>>> derived = derive(mlp([2, 2, 2], activation="sigmoid"))
>>> print(derived.show(wrt="delta2"))
network
view: matrix (also --view scalar, indexed, component)
<BLANKLINE>
Errors
  δ² = (a² − y) ⊙ a² ⊙ (1 − a²)
"""

from __future__ import annotations

# name --> where it lives; imported when asked for, so that `symbackprop --help` answers at once
_HOMES = {
    "Equation": "equations",
    "System": "equations",
    "explain_activation": "derivation.steps",
    "find_preset": "notation",
    "draw_world": "random_worlds",
    "prove_system": "proofs",
    "Declared": "network.declared",
    "load": "network.declared",
    "declare": "network.declared",
    "Network": "network.network",
    "mlp": "network.network",
    "define_activation": "network.activations",
    "define_cost": "network.costs",
    "lambdify": "programs.callables",
    "evaluate": "pipeline",
    "Derived": "pipeline",
    "Explanation": "printing.explanations",
    "derive": "pipeline",
    "explain": "pipeline",
    "show": "pipeline",
    "show_parts": "pipeline",
    "check": "crosscheck.check",
    "CheckReport": "crosscheck.reports",
    "Finding": "verification.findings",
    "InputError": "errors",
    "ProofError": "proofs",
    "same": "verification.verify",
    "verify": "verification.verify",
    "verify_formulas": "verification.verify",
}

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str):  # of any type
    if name not in _HOMES:
        raise AttributeError(f"module 'symbackprop' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"symbackprop.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
