"""An argument line by line: expressions with their reasons, and how each was proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from symbackprop.equations import Axis, Equation, System
from symbackprop.proofs import WORLDS, Proof, Report, find_prover

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

    `ways` tell where a quantity acts on the cost in several ways: W = Ways(W, C, C, z).
    """

    target: Expr
    axes: tuple[Axis, ...] = ()
    steps: tuple[Step, ...] = field(default=())
    ways: tuple[Equation, ...] = ()


def fix_indices(argument: Argument, indices: Mapping[Symbol, Expr]) -> Argument:
    """The same argument for some indices only: for layer L, for neuron 2.

    >>> from sympy import IndexedBase, Integer
    >>> l, d = Symbol("l"), IndexedBase("d")
    >>> general = Argument(d[l], (Axis(l, Integer(1), Integer(3), "layer"),))
    >>> fix_indices(general, {l: Integer(2)})
    Argument(target=d[2], axes=(), steps=(), ways=())
    """

    def fix(left: Expr, right: Expr, axes: tuple[Axis, ...]) -> Equation:
        return Equation(left, right, axes).substitute(indices)

    whole = fix(argument.target, argument.target, argument.axes)
    lines = [(s, fix(s.left, s.right, s.axes)) for s in argument.steps]
    steps = tuple(replace(s, left=e.lhs, right=e.rhs, axes=e.axes) for s, e in lines)
    ways = tuple(fix(w.lhs, w.rhs, w.axes) for w in argument.ways)
    return Argument(whole.lhs, whole.axes, steps, ways)


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


def report_arguments(arguments: Iterable[Argument]) -> Report:
    """What was proved of the lines of some arguments."""
    return Report(tuple(s.proof for a in arguments for s in a.steps if s.proof is not None))
