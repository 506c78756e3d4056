"""Which entries read which, in networks of some sizes: whether there is a way, and only one.

Numbers cannot tell: the slope of a way may be 0 in the worlds that were drawn, of a max that takes
its other side, say. So nothing is evaluated here but the indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, Indexed, KroneckerDelta, Sum, Symbol
from sympy.core.relational import Relational

from symbackprop.equations import Axis, System, name_of, peel
from symbackprop.functions import Softmax
from symbackprop.random_worlds import draw_sizes
from symbackprop.semantics import Key
from symbackprop.worlds import World, build_world

# depths and least widths of the networks that are looked at: so many steps in time that the first
# ones, the last ones and others are told apart
SIZES = ((4, 3), (5, 4))


@dataclass
class Paths:
    """The entries of one world, by what reads them.

    >>> from sympy import Eq, symbols
    >>> x, y, z, C = symbols("x y z C")
    >>> paths = Paths(System([Eq(y, 2 * x), Eq(z, x * y), Eq(C, z)]))
    >>> paths.lead(("x",), ("C",)), paths.is_only_way(("C",), ("z",))
    (True, True)
    >>> paths.is_only_way(("z",), ("x",)), paths.is_only_way(("z",), ("y",))
    (False, True)
    """

    system: System
    sizes: Mapping[Key, int] = field(default_factory=dict)
    sources: dict[Key, set[Key]] = field(default_factory=dict, repr=False)

    @cached_property
    def world(self) -> World:
        """A world without numbers."""
        return build_world(self.system, self.sizes, {})

    @cached_property
    def reads(self) -> dict[Key, set[Key]]:
        """What the equation of each entry reads."""
        found: dict[Key, set[Key]] = {}
        for equation in self.system.equations:
            if equation.role == "forward":
                for place in self.world.places(equation.axes):
                    key = self.world.key(equation.lhs, place)
                    found[key] = set(self._list_reads(equation.rhs, place))
        return found

    @cached_property
    def readers(self) -> dict[Key, set[Key]]:
        """What reads each entry."""
        found: dict[Key, set[Key]] = {}
        for reader, keys in self.reads.items():
            for key in keys:
                found.setdefault(key, set()).add(reader)
        return found

    def lead(self, start: Key, goal: Key) -> bool:
        """Whether there is a way from one entry to another; from each to itself there is."""
        if goal not in self.sources:
            found, waiting = {goal}, [goal]
            while waiting:
                new = self.reads.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
            self.sources[goal] = found
        return start in self.sources[goal]

    def is_only_way(self, of: Key, by: Key) -> bool:
        """Whether nothing but the equation of `of` itself leads there from `by`."""
        readers = self.readers.get(by, set()) - {of}
        return not any(self.lead(reader, of) for reader in readers)

    def list_pairs(self, of: Expr, by: Expr, axes: tuple[Axis, ...]) -> list[tuple[Key, Key]]:
        """Two entries at every place within the ranges of some axes."""
        world = self.world
        return [(world.key(of, place), world.key(by, place)) for place in world.places(axes)]

    def _list_reads(self, expression: Expr, place: dict[Symbol, int]) -> Iterator[Key]:
        """Every entry that a slope is passed on to: not those that a condition alone reads."""
        if isinstance(expression, Softmax):
            expression = expression.definition
        if isinstance(expression, Indexed | Symbol):
            if name_of(expression) in self.system.quantities:
                yield self.world.key(expression, place)
        elif isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
            first, last = (int(self.world.value(end, place)) for end in (low, high))
            for number in range(first, last + 1):
                yield from self._list_reads(body, {**place, bound: number})
        elif not isinstance(expression, Relational | KroneckerDelta):
            for argument in expression.args:
                yield from self._list_reads(argument, place)


def draw_paths(system: System) -> tuple[Paths, ...]:
    """The entries of some networks of different sizes."""
    return tuple(
        Paths(system, draw_sizes(system, seed, depth, smallest))
        for seed, (depth, smallest) in enumerate(SIZES, start=1)
    )
