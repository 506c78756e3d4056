"""What was declared and what was derived from it: the records that the pipeline hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Eq, Symbol

from symbackprop.derivation import Derivation
from symbackprop.derive.steps import Passes, explain, explain_activation
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.evaluation import Evaluation, evaluate_system
from symbackprop.network.network import Network
from symbackprop.verify.proofs import Report, prove_derivation


@dataclass(frozen=True)
class Declared:
    """What is to be derived: a system of equations, with numbers where a file gives them."""

    title: str
    system: System
    network: Network | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    notation: str | None = None
    notation_changes: Mapping[str, Any] = field(default_factory=dict)
    digits: int | None = None

    @property
    def is_forward_only(self) -> bool:
        """A network with a step has outputs, but no gradient."""
        return self.network is not None and not all(
            row.differentiable for row in self.network.activations
        )


@dataclass
class Derived:
    """A derived and proved system; explanations are made, and proved, when asked for."""

    declared: Declared
    passes: Passes
    reports: list[Report]
    explained: dict[str, tuple[Derivation, ...]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.passes.folded

    def explain(self, quantity: str) -> tuple[Derivation, ...]:
        """The derivation of ∂C/∂quantity line by line, each line proved."""
        if quantity not in self.explained:
            found = explain(self.passes, quantity)
            proved = tuple(prove_derivation(self.system, d) for d in found)
            self.reports.append(_report_steps(proved))
            self.explained[quantity] = proved
        return self.explained[quantity]

    def explain_activations(self) -> tuple[Derivation, ...]:
        """The derivation of each activation's derivative, proved at random z."""
        z, a = Symbol("z", real=True), Symbol("a")
        network, found = self.declared.network, []
        for row in dict.fromkeys(network.activations if network else ()):
            if row.formula is None or row.name == "identity":
                continue
            unit = System([Eq(a, row.function(z))])
            found.append(prove_derivation(unit, explain_activation(row)))
        if found:
            self.reports.append(_report_steps(tuple(found)))
        return tuple(found)

    @property
    def summary(self) -> str:
        """How many equations were proved, on how many instances, and the worst error."""
        return str(
            Report(
                sum(r.equations for r in self.reports),
                max(r.instances for r in self.reports),
                max(r.worst_error for r in self.reports),
                sum(r.doubtful for r in self.reports),
            )
        )

    @cached_property
    def evaluation(self) -> Evaluation:
        """All numbers, where the declaration has values."""
        return evaluate_declared(self.declared, self.system)

    @cached_property
    def slopes(self) -> Evaluation:
        """The same numbers with the derivative of any entry by any other."""
        return evaluate_declared(self.declared, self.declared.system, traced=True)


def _report_steps(derivations: tuple[Derivation, ...]) -> Report:
    proofs = [s.proof for d in derivations for s in d.steps if s.proof is not None]
    return Report(
        len(proofs), max(p.instances for p in proofs), max(p.worst_error for p in proofs)
    )


def evaluate_declared(declared: Declared, system: System, traced: bool = False) -> Evaluation:
    """A system with the numbers of its declaration.

    Raises:
        InputError: the declaration has no values.
    """
    if not declared.values:
        raise InputError(
            f"{declared.title}: there are no values to work with; add a [values] table to the file"
        )
    return evaluate_system(system, declared.values, declared.learning_rate, traced)
