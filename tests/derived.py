"""A system with its backward pass, and its formulas as text: what tests of derivations hold."""

from __future__ import annotations

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import System


def derive(system: System) -> System:
    return fold(gather_deltas(derive_backward(system)))


def formulas(system: System, name: str) -> list[str]:
    """The equations of one quantity: "∂C/∂b[l, j] = ∂C/∂z[l, j]"."""
    return [f"{e.lhs} = {e.rhs}" for e in derive(system).definitions[name]]
