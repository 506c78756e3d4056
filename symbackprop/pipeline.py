"""The whole story in one screen: declare, derive, prove, show, check, evaluate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from symbackprop.crosscheck import CheckReport, check_gradients
from symbackprop.derivation import Derivation
from symbackprop.derive.backward import derive_backward
from symbackprop.derive.deltas import gather_deltas
from symbackprop.derive.fold import fold
from symbackprop.derive.steps import Passes, explain
from symbackprop.derive.updates import add_updates
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.evaluation import Evaluation, evaluate_system
from symbackprop.network.files import read_network_file
from symbackprop.network.network import Network, mlp
from symbackprop.network.pre_activations import name_pre_activations
from symbackprop.verify.proofs import Report, prove_derivation, prove_system

WIDTHS = re.compile(r"\d+(-\d+)*")


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

    @property
    def system(self) -> System:
        return self.passes.folded

    def explain(self, quantity: str) -> tuple[Derivation, ...]:
        """The derivation of ∂C/∂quantity line by line, each line proved."""
        proved = tuple(
            prove_derivation(self.system, d) for d in explain(self.passes, quantity)
        )
        self.reports.append(_report_steps(proved))
        return proved

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
        return _evaluate(self.declared, self.system)


def _report_steps(derivations: tuple[Derivation, ...]) -> Report:
    proofs = [s.proof for d in derivations for s in d.steps if s.proof is not None]
    return Report(
        len(proofs), max(p.instances for p in proofs), max(p.worst_error for p in proofs)
    )


def load(net: str | Path, **options: Any) -> Declared:
    """Read 'mlp', widths such as '2-2-2', or a network file.

    The options are those of `mlp`; a network file declares them itself.

    Raises:
        InputError: an argument or a file that declares no network; the message says why.

    >>> load("2-3-1", activation="tanh").network.widths
    (2, 3, 1)
    """
    text = str(net)
    if text == "mlp" or WIDTHS.fullmatch(text):
        widths = None if text == "mlp" else _read_widths(text)
        network = mlp(widths, **{k: v for k, v in options.items() if v is not None})
        return Declared(text, network.system, network)
    given = [k for k, v in options.items() if v]
    if given:
        raise InputError(f"--{given[0]}: {text} is a file, which declares this itself")
    file = read_network_file(text)
    system = file.system if file.network else name_pre_activations(file.system)
    return Declared(
        file.title,
        system,
        file.network,
        file.values,
        file.learning_rate,
        file.notation,
        file.notation_changes,
        file.digits,
    )


def _read_widths(text: str) -> list[int]:
    parts = text.split("-")
    if any(len(part) > 7 for part in parts):
        raise InputError(f"{text}: a width has at most seven digits")
    return [int(part) for part in parts]


def declare(net: Declared | Network | System) -> Declared:
    """A network or a system declared in Python, ready to be derived."""
    if isinstance(net, Declared):
        return net
    if isinstance(net, Network):
        return Declared("network", net.system, net)
    return Declared("system", name_pre_activations(net))


def derive(net: Declared | Network | System) -> Derived:
    """Derive every formula and prove it.

    Raises:
        ProofError: a derived equation does not hold (a mistake of ours).
        InputError: the system has no gradient, or is not well-formed.

    >>> derived = derive(mlp())
    >>> print(derived.system.definitions["∂C/∂W"][0].rhs)
    a[l - 1, k]*∂C/∂z[l, j]
    >>> derived.summary.split(";")[0]
    '7 equations checked on 2 random instances'
    """
    declared = declare(net)
    raw = gather_deltas(derive_backward(declared.system))
    folded = fold(raw)
    report = prove_system(folded)
    if declared.learning_rate is not None:
        folded = add_updates(folded)
    return Derived(declared, Passes(declared.system, raw, folded), [report])


def check(declared: Declared, seed: int = 1) -> CheckReport:
    """Hold the gradients of the compiled program against those of independent ways.

    A declaration without values is checked on random ones.
    """
    from symbackprop.compute.program import lambdify

    declared = declared if declared.values else with_random_values(declared, seed)
    program = lambdify(declared.network or declared.system)
    gradients = program.differentiate(declared.values)
    return check_gradients(declared.system, declared.network, gradients, declared.values)


def evaluate(declared: Declared) -> Evaluation:
    """Forward values, cost, errors, gradients and updated parameters.

    Raises:
        InputError: a declaration without values.
    """
    if not declared.values:
        raise InputError(f"{declared.title}: there are no values to evaluate; add a [values] table")
    if declared.is_forward_only:
        return _evaluate(declared, declared.system)
    return derive(declared).evaluation


def _evaluate(declared: Declared, system: System) -> Evaluation:
    return evaluate_system(system, declared.values, declared.learning_rate)
