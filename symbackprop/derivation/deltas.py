"""The error delta: ∂C/∂a is put into ∂C/∂z, so that layer follows layer without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sympy import Dummy, Expr, Sum

from symbackprop.derivation.backward import sum_over
from symbackprop.derivation.domains import list_sums_around, meet
from symbackprop.derivation.letters import tidy
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    check,
    find_entries,
    indices_of,
    name_of,
    peel,
    split_adjoint,
    substitute,
)
from symbackprop.progress import track


def gather_deltas(system: System) -> System:
    """Write every error without the derivative by the activation it passes through.

    The derivative by the activation differs by layer (the cost for the last, the next layer for
    the others), so one equation for delta becomes two: the base case and the recurrence.
    """
    equations: list[Equation] = []
    by_number = _index_definitions(system)
    for equation in track(system.equations, "gathering errors"):
        name = activation_adjoint(system, equation)
        if name is None:
            equations.append(equation)
            continue
        met = _list_meeting(system, by_number[name], name, equation)
        cases = [put_in(equation, definition) for definition in met]
        merged = [tidy(case, system) for case in cases if case is not None]
        # where a sum runs over several cases, the derivative by the activation keeps its name
        equations += merged or [equation]
    return check(replace(system, equations=tuple(equations)))


def _index_definitions(system: System) -> dict[str, dict[int | None, list[Equation]]]:
    """name --> its equations by the number of their first index, None where that is no number."""
    found: dict[str, dict[int | None, list[Equation]]] = {}
    for name, definitions in system.definitions.items():
        for definition in definitions:
            numbered = found.setdefault(name, {})
            numbered.setdefault(_first_number(definition.lhs), []).append(definition)
    return found


def _list_meeting(
    system: System,
    by_number: Mapping[int | None, list[Equation]],
    name: str,
    equation: Equation,
) -> Sequence[Equation]:
    """Of a thousand layers with numbers, the one or two whose definition an equation can read."""
    numbers = {_first_number(e) for e in find_entries(equation.rhs) if name_of(e) == name}
    if None in numbers:
        return system.definitions[name]
    own = [
        d
        for number in sorted(n for n in numbers if n is not None)
        for d in by_number.get(number, ())
    ]
    return [*by_number.get(None, ()), *own]


def _first_number(entry: Expr) -> int | None:
    first = indices_of(entry)[:1]
    return int(first[0]) if first and first[0].is_Integer else None


def activation_adjoint(system: System, equation: Equation) -> str | None:
    """The name of ∂C/∂a in an equation for ∂C/∂z, where a = f(z)."""
    adjoint = split_adjoint(equation.name)
    if adjoint is None or system.quantities[adjoint[1]].role != "pre-activation":
        return None
    for read in find_entries(equation.rhs):
        name = name_of(read)
        other = split_adjoint(name)
        if other and other[1] != adjoint[1] and name in system.definitions:
            return name
    return None


def put_in(
    equation: Equation, definition: Equation, heads: Collection[Expr] | None = None
) -> Equation | None:
    """Replace what the definition defines by its right side; None where their ranges do not meet.

    The ranges of the equation shrink to where the definition holds. With `heads` only these
    entries are replaced, else all of that name.

    >>> from sympy import Integer, IndexedBase, Symbol
    >>> l, L, d, g = Symbol("l"), Symbol("L"), IndexedBase("d"), IndexedBase("g")
    >>> layers = Axis(l, Integer(1), L, "layer")
    >>> put_in(Equation(d[l], 2 * g[l], (layers,)), Equation(g[L], Symbol("C"))).lhs
    d[L]
    """
    if heads is None:
        heads = {e for e in find_entries(equation.rhs) if name_of(e) == definition.name}
    axes = {a.symbol: a for a in equation.axes}
    for head in heads:
        summed = list_sums_around(equation.rhs, head)
        ends = meet(indices_of(head), definition, axes | summed)
        if ends is None or any(ends[s] != axis for s, axis in summed.items()):
            return None
        axes = {s: ends[s] for s in axes}
    narrowed = replace(equation, axes=tuple(axes.values()))
    points = {s: a.low for s, a in axes.items() if a.low == a.high}
    wanted = {substitute(head, points) for head in heads}

    def insert(expression: Expr) -> Expr:
        if expression in wanted:
            return instantiate(definition, indices_of(expression))
        if isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
            return sum_over(insert(body), Axis(bound, low, high))
        if not any(expression.has(head) for head in wanted):
            return expression
        return expression.func(*(insert(a) for a in expression.args))

    narrowed = narrowed.substitute(points)
    return replace(narrowed, rhs=insert(narrowed.rhs))


def instantiate(definition: Equation, indices: tuple[Expr, ...]) -> Expr:
    """The right side of a definition for given indices, with bound indices kept apart."""
    mapping = {
        d: g
        for d, g in zip(definition.indices, indices, strict=True)
        if d in {a.symbol for a in definition.axes}
    }
    return substitute(freshen(definition.rhs), mapping)


def freshen(expression: Expr) -> Expr:
    """Give every bound index a letter that stands nowhere else."""
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        fresh = Dummy(bound.name, integer=True)
        return Sum(freshen(substitute(body, {bound: fresh})), (fresh, low, high))
    if not expression.has(Sum):
        return expression
    return expression.func(*(freshen(a) for a in expression.args))
