"""Values of links: what one equation has as its derivative by one entry that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Add, Dummy, Expr, KroneckerDelta, Piecewise, Symbol

from symbackprop.derivation.backward import Read, find_reads, sum_over, unify
from symbackprop.derivation.deltas import freshen
from symbackprop.derivation.domains import covers, highest, is_apart
from symbackprop.derivation.fold import pull_out
from symbackprop.equations import Axis, Equation, System, indices_of, name_of, substitute
from symbackprop.errors import InputError


def differentiate_link(system: System, link: Expr, axes: tuple[Axis, ...]) -> Expr:
    """The value of ∂⁺X/∂Y, read off the equation of X.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.partials import Direct
    >>> from sympy import IndexedBase, symbols
    >>> L, j, k = symbols("L j k", integer=True)
    >>> link = Direct(IndexedBase("z")[L, j], IndexedBase("a")[L - 1, k])
    >>> differentiate_link(mlp().system, link, ())
    W[L, j, k]
    """
    upper, lower = link.args
    ranges = {a.symbol: a for a in axes}
    definition = _find_definition(system, upper, ranges)
    reads = find_reads(definition.rhs, name_of(lower))
    placed = [_place(read, definition, indices_of(upper)) for read in reads]
    return pull_out(Add(*(_differentiate(read, indices_of(lower), ranges) for read in placed)))


def _find_definition(system: System, quantity: Expr, ranges: Mapping[Symbol, Axis]) -> Equation:
    indices = indices_of(quantity)
    for definition in system.definitions[name_of(quantity)]:
        if definition.role == "forward" and covers(definition, indices, ranges):
            return definition
    raise InputError(f"{quantity}: no equation defines it over the whole of its range")


def _place(read: Read, definition: Equation, indices: tuple[Expr, ...]) -> Read:
    """A read of a definition at these indices."""
    own = {a.symbol for a in definition.axes}
    pairs = zip(definition.indices, indices, strict=True)
    mapping = {symbol: index for symbol, index in pairs if symbol in own}
    return Read(
        substitute(freshen(read.coefficient), mapping),
        tuple(
            replace(a, low=a.low.xreplace(mapping), high=a.high.xreplace(mapping))
            for a in read.bound
        ),
        tuple(index.xreplace(mapping) for index in read.indices),
    )


def _differentiate(read: Read, wanted: tuple[Expr, ...], ranges: Mapping[Symbol, Axis]) -> Expr:
    """The part that one read has: its coefficient, where its indices are the wanted ones."""
    stand_ins = tuple(Dummy(integer=True) for _ in wanted)
    back = dict(zip(stand_ins, wanted, strict=True))
    mapping, points, open_axes, domain = unify(read.indices, stand_ins, read.bound)
    term = substitute(read.coefficient, mapping).xreplace(back)
    for stand_in, value in points.items():
        place, index = value.xreplace(back), back[stand_in]
        term = 0 if is_apart(index, place, place, ranges) else term * KroneckerDelta(place, index)
    for axis in open_axes:
        low, high = axis.low.xreplace(back), axis.high.xreplace(back)
        term = sum_over(term, Axis(axis.symbol, low, high))
    for stand_in, (low, high) in domain.items():
        index, low, high = back[stand_in], low.xreplace(back), high.xreplace(back)
        if highest(low - index, ranges) > 0:
            term = Piecewise((term, low <= index), (0, True))
        if highest(index - high, ranges) > 0:
            term = Piecewise((term, index <= high), (0, True))
    return term
