"""The chain rule with nothing worked out: ∂C/∂q as a sum over the places that read q.

Every link is the direct part of a derivative, `Direct(z[l, j], W[l, j, k])`: what the equation of
z has by itself. Whether it is the whole derivative too is another question (`ways`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Dummy, Expr, Mul, Symbol

from symbackprop.derivation.backward import (
    Contribution,
    adjoint_factor,
    run_backward,
    sum_over,
    unify,
)
from symbackprop.equations import Axis, Equation, Quantity, System, substitute
from symbackprop.partials import Chain, Direct


def derive_links(system: System) -> System:
    """The backward pass as the chain rule says it: ∂C/∂q = ∂C/∂e · ∂e/∂q.

    >>> from symbackprop.network.network import mlp
    >>> print(derive_links(mlp().system).definitions["∂C/∂W"][0].rhs)
    Chain(∂C/∂z[l, j], Direct(z[l, j], W[l, j, k]))
    """
    return run_backward(system, _write_links)


@dataclass(frozen=True)
class Places:
    """The places of an equation that read one entry: each axis has one value, or a range."""

    axes: tuple[tuple[Symbol, Expr | Axis], ...]

    def is_apart_from(self, other: Places) -> bool:
        """Whether no place is in both: j = m and j = m - 1."""
        return any(
            isinstance(one, Expr) and isinstance(two, Expr) and (one - two).is_nonzero
            for (_, one), (_, two) in zip(self.axes, other.axes, strict=True)
        )

    def join(self, other: Places, full: dict[Symbol, Axis]) -> Places:
        """Places that hold both: where they differ, the whole axis. A place that does not read
        the entry has a link of 0, so nothing is counted that should not be."""
        return Places(
            tuple(
                (symbol, one if one == two else full[symbol])
                for (symbol, one), (_, two) in zip(self.axes, other.axes, strict=True)
            )
        )


def _write_links(
    system: System,
    quantity: Quantity,
    wanted: tuple[Dummy, ...],
    contributions: list[Contribution],
) -> Iterator[Expr]:
    """One link for every place that reads the entry, however often it does."""
    readers: dict[Equation, list[Contribution]] = {}
    for contribution in contributions:
        readers.setdefault(contribution.equation, []).append(contribution)
    for equation, reads in readers.items():
        full = {a.symbol: a for a in equation.axes}
        found: list[Places] = []
        for read in reads:
            found = _add(_find_places(read, wanted), found, full)
        link = Direct(equation.lhs, quantity.at(*wanted))
        outer = adjoint_factor(system, quantity, equation)
        factors = [f for f in Mul.make_args(outer) if f != 1]
        for places in found:
            yield _sum_over_places(Chain(*factors, link), places)


def _add(places: Places, found: list[Places], full: dict[Symbol, Axis]) -> list[Places]:
    """Put places to others, so that all are apart from one another."""
    apart = []
    for other in found:
        if places.is_apart_from(other):
            apart.append(other)
        else:
            places = places.join(other, full)
    return [*apart, places] if len(apart) == len(found) else _add(places, apart, full)


def _find_places(read: Contribution, wanted: tuple[Dummy, ...]) -> Places:
    """Solve for the indices that the reading equation sums over by itself first: what is left
    are its own axes."""
    bound, own = read.read.bound, read.equation.axes
    mapping, _, open_axes, _ = unify(read.read.indices, wanted, (*bound, *own))
    inner = {a.symbol for a in bound}
    left = {a.symbol: a for a in open_axes}
    places: list[tuple[Symbol, Expr | Axis]] = []
    for axis in own:
        value = mapping[axis.symbol] if axis.symbol in mapping else left[axis.symbol]
        parts = (value.low, value.high) if isinstance(value, Axis) else (value,)
        # several of the inner indices may lead to one place: it counts once
        depends = any(inner & part.free_symbols for part in parts)
        places.append((axis.symbol, axis if depends else value))
    return Places(tuple(places))


def _sum_over_places(link: Expr, places: Places) -> Expr:
    solved = {symbol: v for symbol, v in places.axes if not isinstance(v, Axis)}
    total = substitute(link, solved)
    for _, axis in reversed(places.axes):
        if isinstance(axis, Axis):
            low, high = substitute(axis.low, solved), substitute(axis.high, solved)
            total = sum_over(total, Axis(axis.symbol, low, high, axis.kind))
    return total
