"""An argument line by line: expressions with their reasons, and how each was proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr

from symbackprop.equations import Axis, Equation, System
from symbackprop.proofs import INSTANCES, ROUNDING, Proof, draw_true_world, measure, settle
from symbackprop.worlds import World

REASONS = (
    "chain rule",
    "cost",
    "activation",
    "weighted sum",
    "local derivative",
    "no way",
    "factors",
    "known factors",
    "definition of the error",
    "through the output",
    "definition",
    "derivative",
    "rewriting",
    "expanded",
    "update",
)


@dataclass(frozen=True)
class Step:
    """One line: left = right, because of `reason` (a key of REASONS).

    `axes` are indices free in this line beside those of the whole argument: p in
    ∂z[l+1, p]/∂a[l, j].
    """

    left: Expr
    right: Expr
    reason: str
    axes: tuple[Axis, ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True)
class Argument:
    """The steps that lead to one derived equation; `axes` say for which indices they hold.

    `ways` tell where a quantity acts on the cost in several ways: Ways(W, C, C, z).
    """

    target: Expr
    axes: tuple[Axis, ...] = ()
    steps: tuple[Step, ...] = field(default=())
    ways: tuple[Expr, ...] = ()


def prove_argument(
    system: System,
    argument: Argument,
    instances: int = INSTANCES,
    seed: int = 1,
    worlds: Sequence[World] = (),
) -> Argument:
    """Check every step of an argument; the result has the proofs in its steps. The worlds are
    those of the seeds, where somebody has them drawn already.

    Raises:
        ProofError: names the step that does not hold.
    """
    worlds = worlds or [draw_true_world(system, seed + number) for number in range(instances)]
    steps = []
    for step in argument.steps:
        worst = 0.0
        for number, world in enumerate(worlds):
            equation = Equation(step.left, step.right, (*argument.axes, *step.axes))
            error = measure(world, equation)
            if error > ROUNDING:
                error = settle(system, seed + number, equation, error)
            worst = max(worst, error)
        steps.append(replace(step, proof=Proof(instances, worst)))
    return replace(argument, steps=tuple(steps))
