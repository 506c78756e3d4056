"""An argument line by line: expressions with their reasons, and how each was proved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sympy import Expr

from symbackprop.equations import Axis, Equation, System
from symbackprop.proofs import WORLDS, Proof, find_prover

REASONS = (
    "chain rule",
    "cost",
    "activation",
    "weighted sum",
    "bias",
    "recurrence",
    "intermediate",
    "factors",
    "error",
    "definition of the error",
    "expanded",
    "through the output",
    "mean over samples",
    "definition",
    "derivative",
    "rewriting",
    "update",
)


@dataclass(frozen=True)
class Step:
    """One line: left = right, because of `reason` (a key of REASONS).

    `form` is the form of a formula that this line is ("chain", "factors", "delta", "expanded"),
    or "" for a line in between, such as the value of one factor. `axes` are indices free in
    this line beside those of the whole derivation: p in ∂z[l+1, p]/∂a[l, j].
    """

    left: Expr
    right: Expr
    reason: str
    form: str = ""
    axes: tuple[Axis, ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True)
class Argument:
    """The steps that lead to one derived equation; `domain` says for which indices they hold."""

    target: Expr
    axes: tuple[Axis, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    def form(self, name: str) -> Step | None:
        """The line that is this form of the formula, or None."""
        return next((s for s in self.steps if s.form == name), None)


def prove_argument(
    system: System, argument: Argument, worlds: int = WORLDS, seed: int = 1
) -> Argument:
    """Prove every step of an argument; the result has the proofs in its steps.

    Raises:
        ProofError: names the step that does not hold.
    """
    prover = find_prover(system, worlds, seed)
    steps = (
        replace(s, proof=prover.prove(Equation(s.left, s.right, (*argument.axes, *s.axes))))
        for s in argument.steps
    )
    return replace(argument, steps=tuple(steps))
