"""Names that would be printed like an entry of something else: θ2 beside θ[2], W1 beside W[1].

Such a name has what hangs on its letter in brackets, θ_(2): then it can be nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from symbackprop.equations import COST_TERM, SAMPLE_COST, Axis, Quantity, System, split_adjoint
from symbackprop.notation import Notation
from symbackprop.printing.letters import split_name

BELOW = ("neuron", "sample")


@dataclass(frozen=True)
class Shape:
    """How a quantity is written: its letter, and below it the parts of its name and its indices;
    `above` counts its indices there."""

    stem: str
    parts: tuple[str, ...]
    indices: tuple[Axis, ...]
    above: int

    @property
    def below(self) -> tuple[str | Axis, ...]:
        return (*self.parts, *self.indices)


def list_alike(system: System, notation: Notation) -> frozenset[str]:
    """The quantities whose names look like entries of others.

    >>> from sympy import Eq, IndexedBase, Sum, symbols
    >>> C, w0, w2, j, n = symbols("C w0 w2 j n")
    >>> w = IndexedBase("w")
    >>> system = System([Eq(C, Sum(w[j], (j, 1, n)) + w0 * w2)])
    >>> list_alike(system, Notation(letters={}))
    frozenset({'w2'})
    >>> sorted(list_alike(system, Notation(letters={}, index_base=0)))
    ['w0', 'w2']
    """
    shapes: dict[str, list[tuple[str, Shape]]] = {}
    for name, shape in _list_shapes(system, notation):
        shapes.setdefault(shape.stem, []).append((name, shape))
    shift = notation.index_base - 1
    return frozenset(
        name
        for named in shapes.values()
        for (name, one), (_, other) in permutations(named, 2)
        if len(one.parts) > len(other.parts) and _look_alike(one, other, shift)
    )


def _list_shapes(system: System, notation: Notation) -> Iterator[tuple[str, Shape]]:
    for name, quantity in system.quantities.items():
        if split_adjoint(name) is None and name not in (SAMPLE_COST, COST_TERM):
            stem, parts = split_name(notation.find_letter(name))
            yield name, _find_shape(stem, parts, quantity)


def _find_shape(stem: str, parts: tuple[str, ...], quantity: Quantity) -> Shape:
    below = tuple(axis for axis in quantity.axes if axis.kind in BELOW)
    return Shape(stem, parts, below, len(quantity.axes) - len(below))


def _look_alike(one: Shape, other: Shape, shift: int) -> bool:
    if one.above != other.above or len(one.below) != len(other.below):
        return False
    pairs = zip(one.below, other.below, strict=True)
    return all(_may_be_same(left, right, shift) for left, right in pairs)


def _may_be_same(part: str | Axis, other: str | Axis, shift: int) -> bool:
    """Whether a part of a name can be taken for an index: a number within its range, a letter."""
    if isinstance(part, Axis):
        return isinstance(other, Axis) or _may_be_same(other, part, shift)
    if not isinstance(other, Axis):
        return part == other
    if not part.isdigit():
        return len(part) == 1
    low, high = (end + shift for end in (other.low, other.high))
    number = int(part)
    return not (low.is_Integer and number < low) and not (high.is_Integer and number > high)
