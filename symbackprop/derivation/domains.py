"""For which indices a definition holds: where the ranges of indices begin, end and meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr, Indexed, Integer, Max, Min, S, Sum, Symbol, expand

from symbackprop.equations import Axis, Equation, peel

INFINITE = 10**12
SIZE, WIDTH = Integer(10**6), Integer(10**9)


def rank(bound: Expr) -> int:
    """Where a bound lies when every size is large: 0 < 1 < L - 1 < L.

    Two different sizes never bound the same axis, so one large number stands for each.
    """
    if bound.is_Integer:
        return int(bound)
    if bound in (S.Infinity, -S.Infinity):
        return INFINITE if bound is S.Infinity else -INFINITE
    value = bound.xreplace(dict.fromkeys(bound.atoms(Indexed), WIDTH))
    return int(value.xreplace(dict.fromkeys(value.free_symbols, SIZE)))


def highest(index: Expr, ranges: Mapping[Symbol, Axis]) -> int:
    """The rank of the largest value of an index; inner ranges may depend on outer ones.

    >>> from sympy import symbols
    >>> i, m, n = symbols("i m n", integer=True)
    >>> outer = Axis(m, Integer(1), n)
    >>> inner = Axis(i, Max(Integer(1), m - 2), Min(n, m))
    >>> highest(m - i, {m: outer, i: inner})
    2
    """
    if index.is_Integer:
        return int(index)
    index = expand(index.xreplace(dict.fromkeys(index.atoms(Indexed), WIDTH)))
    for term in index.as_ordered_terms():
        factor, extreme = term.as_coeff_Mul()
        if isinstance(extreme, Max | Min):
            values = [highest(index - term + factor * a, ranges) for a in extreme.args]
            return max(values) if isinstance(extreme, Max) == (factor > 0) else min(values)
    for symbol, axis in reversed(tuple(ranges.items())):
        factor = index.coeff(symbol)
        if factor:
            end = axis.high if factor > 0 else axis.low
            return highest(index - factor * symbol + factor * end, ranges)
    return rank(index)


def is_within(index: Expr, low: Expr, high: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Whether an index never leaves low..high."""
    own = ranges.get(index)
    if own is not None and (own.low, own.high) == (low, high):
        return True
    if index.is_Integer and low.is_Integer and high.is_Integer:
        return bool(low <= index <= high)
    return highest(low - index, ranges) <= 0 and highest(index - high, ranges) <= 0


def is_apart(index: Expr, low: Expr, high: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Whether an index is never in low..high."""
    return highest(index - low, ranges) < 0 or highest(high - index, ranges) < 0


def meet(
    indices: tuple[Expr, ...], definition: Equation, axes: Mapping[Symbol, Axis]
) -> dict[Symbol, Axis] | None:
    """Narrow the axes to where the definition covers these indices; None where it never does, or
    where that is no range of its own."""
    narrowed = dict(axes)
    for given, low, high in _pair(indices, definition):
        if is_within(given, low, high, narrowed):
            continue
        if given not in narrowed:
            return None
        axis = narrowed[given]
        if (axis.low.free_symbols | axis.high.free_symbols) & narrowed.keys():
            # where an inner range begins and ends depends on outer indices
            return None
        low, high = max(axis.low, low, key=rank), min(axis.high, high, key=rank)
        if rank(low) > rank(high):
            return None
        narrowed[given] = Axis(axis.symbol, low, high, axis.kind)
    return narrowed


def never_meet(
    indices: tuple[Expr, ...], definition: Equation, axes: Mapping[Symbol, Axis]
) -> bool:
    """Whether a definition holds at none of these indices."""
    return any(is_apart(i, low, high, axes) for i, low, high in _pair(indices, definition))


def _pair(indices: tuple[Expr, ...], definition: Equation) -> Iterator[tuple[Expr, Expr, Expr]]:
    """Each index with the range that the definition has there."""
    own = {a.symbol: (a.low, a.high) for a in definition.axes}
    for given, defined in zip(indices, definition.indices, strict=True):
        yield given, *own.get(defined, (defined, defined))


def covers(definition: Equation, indices: tuple[Expr, ...], axes: Mapping[Symbol, Axis]) -> bool:
    """Whether a definition holds at these indices, over the whole of the axes in them."""
    return meet(indices, definition, axes) == dict(axes)


def list_sums_around(expression: Expr, part: Expr) -> dict[Symbol, Axis]:
    """The indices that an expression sums over where it has this part, from the outside in.

    >>> from sympy import IndexedBase, symbols
    >>> j, k, n, x = *symbols("j k n"), IndexedBase("x")
    >>> list(list_sums_around(Sum(x[j], (j, 1, n)) + Sum(x[k], (k, 1, n)), x[k]))
    [k]
    """
    if expression == part:
        return {}
    for argument in expression.args:
        if argument.has(part):
            if not isinstance(expression, Sum):
                return list_sums_around(argument, part)
            body, bound, low, high = peel(expression)
            return {bound: Axis(bound, low, high), **list_sums_around(body, part)}
    return {}
