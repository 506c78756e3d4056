"""What an index counts and how far: as the quantities in whose places it stands declare it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from sympy import Expr, Integer, Symbol

from symbackprop.equations import (
    Axis,
    Kind,
    Quantity,
    find_entries,
    indices_of,
    name_of,
    plain_name,
)


def find_quantity(name: str, quantities: Mapping[str, Quantity]) -> Quantity | None:
    """The quantity of a name; for an adjoint or an updated parameter that which it belongs to.

    >>> find_quantity("∂C/∂z", {"z": Quantity("z", "pre-activation")}).name
    'z'
    """
    return quantities.get(plain_name(name))


@lru_cache(maxsize=4096)
def put_in_indices(quantity: Quantity, indices: tuple[Expr, ...]) -> tuple[Axis, ...]:
    """The axes of a quantity as they are at these indices: a[l-1, k] has k = 1..n[l-1]."""
    put = {a.symbol: i for a, i in zip(quantity.axes, indices, strict=True)}
    return tuple(
        replace(a, low=a.low.xreplace(put), high=a.high.xreplace(put)) for a in quantity.axes
    )


def find_places(
    symbol: Symbol, expression: Expr, quantities: Mapping[str, Quantity]
) -> Iterator[tuple[Expr, Axis]]:
    """Every place of a quantity in which an index stands: what is written there, and its axis.

    >>> from sympy import IndexedBase, Integer, symbols
    >>> i, r, n = symbols("i r n")
    >>> x = Quantity("x", "input", (Axis(Symbol("k"), Integer(1), n),))
    >>> ((index, axis),) = find_places(r, x.at(i + r), {"x": x})
    >>> index, axis.high
    (i + r, n)
    """
    for read in find_entries(expression):
        quantity = find_quantity(name_of(read), quantities)
        if quantity is None or symbol not in read.free_symbols:
            continue
        indices = indices_of(read)
        for index, axis in zip(indices, put_in_indices(quantity, indices), strict=True):
            if symbol in index.free_symbols:
                yield index, axis


def kind_of(symbol: Symbol, expression: Expr, quantities: Mapping[str, Quantity]) -> Kind:
    """The kind of a bound index: that of the places where it stands.

    >>> from sympy import Integer, symbols
    >>> t = symbols("t")
    >>> h = Quantity("h", "input", (Axis(t, Integer(1), Integer(9), "time"),))
    >>> kind_of(t, h.at(t), {"h": h})
    'time'
    """
    return next((axis.kind for _, axis in find_places(symbol, expression, quantities)), "neuron")


def is_whole(
    symbol: Symbol,
    limits: tuple[Expr, Expr],
    expression: Expr,
    quantities: Mapping[str, Quantity],
    sizes: Mapping[Expr, int] | None = None,
) -> bool:
    """Whether an index runs over all that the quantities have: then nobody need say how far.

    `sizes` has numbers for sizes where they are known.

    >>> from sympy import Integer, symbols
    >>> k, n = symbols("k n")
    >>> x = Quantity("x", "input", (Axis(k, Integer(1), n),))
    >>> is_whole(k, (Integer(1), n), x.at(k), {"x": x})
    True
    >>> is_whole(k, (Integer(2), n), x.at(k), {"x": x})
    False
    """
    places = find_places(symbol, expression, quantities)
    ranges = {(axis.low, axis.high) for index, axis in places if index == symbol}
    if sizes and ranges != {limits}:
        numbers = {size: Integer(number) for size, number in sizes.items()}
        limits = limits[0].xreplace(numbers), limits[1].xreplace(numbers)
        ranges = {(low.xreplace(numbers), high.xreplace(numbers)) for low, high in ranges}
    return ranges == {limits}
