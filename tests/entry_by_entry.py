"""The meaning of equations once more, as slow and obvious as can be: the oracle for `worlds`.

Every sum is written out entry by entry, every slope is an imaginary step of one entry with all
others held, and a total derivative is followed along every path. Nothing is remembered but the
numbers of entries. Doubles only.
"""

from __future__ import annotations

import cmath
from collections.abc import Iterator

from sympy import (
    Add,
    Expr,
    Function,
    Indexed,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    erf,
)
from sympy.core.relational import Relational

from symbackprop.equations import indices_of, name_of, peel
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.number_types import DOUBLE
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.worlds import World

STEP = 1e-100


class NoSuchEntryError(LookupError):
    """An entry is read that is neither given nor computed."""


class EntryByEntry:
    """The given numbers, sizes and generic functions of a world; all else is computed anew."""

    def __init__(self, world: World) -> None:
        self.generic, self.sizes = world.generic, world.sizes
        defined = set(world.system.definitions)
        self.numbers = {k: complex(v) for k, v in world.numbers.items() if k[0] not in defined}
        self.rules: dict[tuple, tuple[Expr, dict]] = {}
        self.slopes: dict[tuple, dict[tuple, float]] = {}
        for equation in world.system.select("forward"):
            for place in self.places([(a.symbol, a.low, a.high) for a in equation.axes], {}):
                key = self.key(equation.lhs, place)
                self.rules[key] = (equation.rhs, place)
        for key in self.rules:
            self.number(key)

    def places(self, limits: list, place: dict) -> Iterator[dict]:
        """Every choice of indices: an index runs from low to high, then the next within it."""
        if not limits:
            yield place
            return
        (symbol, low, high), *rest = limits
        for number in range(self.count(low, place), self.count(high, place) + 1):
            yield from self.places(rest, {**place, symbol: number})

    def count(self, index: Expr, place: dict) -> int:
        return int(self.value(index, place).real)

    def key(self, entry: Expr, place: dict) -> tuple:
        return (name_of(entry), *(self.count(i, place) for i in indices_of(entry)))

    def number(self, key: tuple) -> complex:
        if key not in self.numbers:
            if key not in self.rules:
                raise NoSuchEntryError(key)
            self.numbers[key] = self.value(*self.rules[key])
        return self.numbers[key]

    def value(self, e: Expr, place: dict) -> complex:
        if isinstance(e, Sum):
            body, bound, low, high = peel(e)
            return sum(self.value(body, p) for p in self.places([(bound, low, high)], place))
        if isinstance(e, Indexed):
            return self.number(self.key(e, place))
        if isinstance(e, Symbol):
            return complex(place[e] if e in place else self.number((e.name,)))
        if isinstance(e, Add):
            return sum(self.value(a, place) for a in e.args)
        if isinstance(e, Mul | Chain):
            product = 1 + 0j
            for factor in e.args:
                product *= self.value(factor, place)
            return product
        if e.is_number and not e.has(Function):
            return complex(e)
        if isinstance(e, Pow):
            return self.value(e.base, place) ** self.value(e.exp, place).real
        if isinstance(e, Softmax):
            return self.value(e.definition, place)
        if isinstance(e, Braced):
            return self.value(e.args[0], place)
        if isinstance(e, Partial):
            return self.derivative(*(self.key(a, place) for a in e.args))
        if isinstance(e, Direct):
            return self.slope(*(self.key(a, place) for a in e.args))
        return self.apply(e, place)

    def apply(self, e: Expr, place: dict) -> complex:
        if isinstance(e, Piecewise):
            return next(self.value(v, place) for v, c in e.args if self.truth(c, place))
        if isinstance(e, Max | Min):
            choose = max if isinstance(e, Max) else min
            return choose((self.value(a, place) for a in e.args), key=lambda x: x.real)
        argument = self.value(e.args[0], place)
        if isinstance(e, NamedFunction) and type(e).formula is None:
            return complex(self.generic[type(e).spelling](type(e).order, argument))
        if isinstance(e, NamedFunction):
            z = Symbol("the argument")
            return self.value(type(e).apply_formula(z), {**place, z: argument})
        if isinstance(e, erf):
            return DOUBLE.functions[erf](argument)
        return getattr(cmath, e.func.__name__)(argument)

    def truth(self, condition: Expr, place: dict) -> bool:
        if not isinstance(condition, Relational):
            return bool(condition)
        left, right = (self.value(a, place).real for a in condition.args)
        return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[
            condition.rel_op
        ]

    def slope(self, of: tuple, by: tuple) -> float:
        """The derivative by one entry that the equation reads, all others held."""
        rhs, place = self.rules[of]
        held = self.numbers[by]
        self.numbers[by] = held + STEP * 1j
        slope = self.value(rhs, place).imag / STEP
        self.numbers[by] = held
        return slope

    def derivative(self, of: tuple, by: tuple) -> float:
        """Over every path: the slope by each entry that is read, times the derivative of that."""
        if of == by:
            return 1.0
        if of not in self.rules:
            return 0.0
        if of not in self.slopes:
            entries = self.numbers.keys() - self.sizes.keys() - {of}
            self.slopes[of] = {entry: self.slope(of, entry) for entry in entries}
        read = {entry: slope for entry, slope in self.slopes[of].items() if slope}
        return sum(slope * self.derivative(entry, by) for entry, slope in read.items())
