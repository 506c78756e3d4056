"""Every network derived and explained once: what tests of explanations go over."""

from __future__ import annotations

from functools import cache

from cases import SYSTEMS
from derived import derive as derive_system
from kinds import KINDS

from symbackprop.derivation.arguments import Argument
from symbackprop.derivation.passes import Passes
from symbackprop.derivation.steps import explain_quantity
from symbackprop.equations import System, split_adjoint

ALL = SYSTEMS | KINDS


def derive(system: System) -> Passes:
    return Passes(system, derive_system(system))


@cache
def explain_all(name: str) -> tuple[Passes, dict[str, tuple[Argument, ...]]]:
    passes = derive(ALL[name])
    quantities = [split[1] for n in passes.folded.definitions if (split := split_adjoint(n))]
    return passes, {quantity: explain_quantity(passes, quantity) for quantity in quantities}
