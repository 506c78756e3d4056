"""The error delta: ∂C/∂a is put into ∂C/∂z, so that layer follows layer without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Dummy, Expr, Sum, Symbol

from symbackprop.derivation.backward import rank, sum_over, tidy
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    check,
    find_entries,
    indices_of,
    is_entry_of,
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
        for definition in _list_meeting(system, by_number[name], name, equation):
            merged = put_in(equation, definition)
            if merged is not None:
                equations.append(tidy(merged, system.quantities))
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


def put_in(equation: Equation, definition: Equation) -> Equation | None:
    """Replace what the definition defines by its right side; None where their ranges do not meet.

    The ranges of the equation shrink to where the definition holds.

    >>> from sympy import Integer, IndexedBase, Symbol
    >>> l, L, d, g = Symbol("l"), Symbol("L"), IndexedBase("d"), IndexedBase("g")
    >>> layers = Axis(l, Integer(1), L, "layer")
    >>> put_in(Equation(d[l], 2 * g[l], (layers,)), Equation(g[L], Symbol("C"))).lhs
    d[L]
    """
    axes = {a.symbol: a for a in equation.axes}
    for read in {e for e in find_entries(equation.rhs) if name_of(e) == definition.name}:
        ends = _meet(indices_of(read), definition, axes)
        if ends is None:
            return None
        axes = ends
    points = {s: a.low for s, a in axes.items() if a.low == a.high}
    narrowed = replace(
        equation, axes=tuple(axes[a.symbol] for a in equation.axes), rhs=equation.rhs
    ).substitute(points)

    def insert(expression: Expr) -> Expr:
        if is_entry_of(expression, definition.name):
            return instantiate(definition, indices_of(expression))
        if isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
            return sum_over(insert(body), Axis(bound, low, high))
        if not expression.args or not any(
            name_of(e) == definition.name for e in find_entries(expression)
        ):
            return expression
        return expression.func(*(insert(a) for a in expression.args))

    return replace(narrowed, rhs=insert(narrowed.rhs))


def covers(definition: Equation, indices: tuple[Expr, ...], axes: Mapping[Symbol, Axis]) -> bool:
    """Whether a definition holds at these indices, over the whole of the axes in them."""
    return _meet(indices, definition, axes) == dict(axes)


def _meet(
    indices: tuple[Expr, ...], definition: Equation, axes: Mapping[Symbol, Axis]
) -> dict[Symbol, Axis] | None:
    """Narrow the axes to where the definition covers these indices."""
    narrowed = dict(axes)
    own = {a.symbol: a for a in definition.axes}
    for given, defined in zip(indices, definition.indices, strict=True):
        low, high = (own[defined].low, own[defined].high) if defined in own else (defined, defined)
        if given in narrowed:
            axis = narrowed[given]
            if axis.kind in ("neuron", "sample"):
                continue
            low, high = max(low, axis.low, key=rank), min(high, axis.high, key=rank)
            if rank(low) > rank(high):
                return None
            narrowed[given] = replace(axis, low=low, high=high)
        elif defined not in own:
            if given != defined:
                return None
        elif defined in own and own[defined].kind in ("layer", "time"):
            first, last = _extent(given, narrowed)
            if not rank(low) <= first <= last <= rank(high):
                return None
    return narrowed


def _extent(index: Expr, axes: Mapping[Symbol, Axis]) -> tuple[int, int]:
    """Where an index such as l + 1 begins and ends, given the range of l."""
    lows = {s: axes[s].low for s in index.free_symbols if s in axes}
    highs = {s: axes[s].high for s in index.free_symbols if s in axes}
    return rank(index.xreplace(lows)), rank(index.xreplace(highs))


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
