"""How long axes are: sizes that equations make one, also from layer to layer.

A size may differ from layer to layer: then it has an argument, n[l]. That W^l has as many columns
as a^{l-1} has entries joins two sizes with a shift; a size that is joined to itself with a shift
is the same for all layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sympy import Expr, IndexedBase, Symbol


class Size(NamedTuple):
    """The length of one axis: that of a node, at a layer where it has layers."""

    node: str
    at: Expr | None = None


class Clash(ValueError):
    """Shapes that do not fit."""


class SizeClash(Clash):
    """Two sizes that the text's definitions tell apart."""


@dataclass
class Sizes:
    """A forest of sizes: node --> (node above, shift or fixed place)."""

    above: dict[str, tuple[str, Expr | None, bool]] = field(default_factory=dict)
    flat: set[str] = field(default_factory=set)
    layered: set[str] = field(default_factory=set)
    # nodes that the text's definitions speak of; others are free to be anything
    anchored: set[str] = field(default_factory=set)

    def resolve(self, size: Size) -> Size:
        """The size that stands for all that are the same."""
        node, at = size
        while node in self.above:
            upper, shift, fixed = self.above[node]
            if fixed or at is None:
                at = shift if fixed else None
            else:
                at = at + shift if shift is not None else None
            node = upper
        if node in self.flat:
            at = None
        return Size(node, at)

    seen: set[str] = field(default_factory=set)
    # what stands in bounds of sums and in ranges
    written: set[str] = field(default_factory=set)

    # sizes of what is put below each other: [h, x]
    sums: dict[str, tuple[Size, Size]] = field(default_factory=dict)

    def join(self, one: Size, other: Size) -> bool:
        """Make two sizes one; False where they were, or were made flat for it."""
        self.seen |= {one.node, other.node}
        a, b = self.resolve(one), self.resolve(other)
        if a == b:
            return False
        if a.node == b.node:
            self._flatten(a.node)
            return True
        if a.node in self.sums or b.node in self.sums:
            self._join_sum(a, b)
            return True
        if a.at is None and b.at is None:
            self._flatten(b.node)
            self.above[a.node] = (b.node, None, True)
        elif a.at is None or b.at is None:
            constant, layered = (a, b) if a.at is None else (b, a)
            assert layered.at is not None
            if constant.node in self.flat or _varies(layered.at):
                self._flatten(layered.node)
                self.above[constant.node] = (layered.node, None, True)
            else:
                self.above[constant.node] = (layered.node, layered.at, True)
        else:
            shift = b.at - a.at
            if shift.free_symbols:
                self._flatten(a.node)
                self._flatten(b.node)
                self.above[a.node] = (b.node, None, True)
            else:
                self.above[a.node] = (b.node, shift, False)
        return True

    def _join_sum(self, one: Size, other: Size) -> None:
        """Join with what is put below each other, whose size stays the sum of both."""
        if one.node not in self.sums:
            one, other = other, one
        if other.node in self.sums:
            for mine, yours in zip(self.sums[one.node], self.sums[other.node], strict=True):
                self.join(mine, yours)
        self._flatten(other.node)
        self.above[other.node] = (one.node, None, True)

    def anchor(self) -> None:
        """From now on sizes that have been joined are what they are."""
        self.anchored |= {self.resolve(Size(node)).node for node in self.above} | set(self.flat)
        self.anchored |= {self.resolve(Size(node)).node for node in self.seen}

    def is_free(self, size: Size) -> bool:
        return self.resolve(size).node not in self.anchored

    def are_one(self, one: Size, other: Size) -> bool:
        return self.resolve(one) == self.resolve(other)

    def flatten(self, size: Size) -> None:
        """Make a size the same for all layers."""
        self.seen.add(size.node)
        self._flatten(self.resolve(size).node)

    def _flatten(self, node: str) -> None:
        self.flat.add(node)

    def write(self, size: Size) -> Expr:
        """The size as an expression: n or n[l]."""
        self.written.add(size.node)
        root = self.resolve(size)
        if root.node in self.sums:
            first, second = self.sums[root.node]
            return self.write(first) + self.write(second)
        if root.at is None:
            return Symbol(f"n_{root.node}", integer=True)
        return IndexedBase(f"n_{root.node}", integer=True)[root.at]


def _varies(at: Expr) -> bool:
    """Whether a place is a letter that runs (l), and not a number or a last layer (L)."""
    return any(s.name.islower() for s in at.free_symbols)
