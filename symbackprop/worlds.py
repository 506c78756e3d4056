"""One concrete world: the numbers of all entries, and the derivative of any one by any other.

Derivatives are found without differentiating any formula: an entry is computed once more with dual
numbers, which gives its slope by each entry that its equation reads, and slopes are multiplied
along the paths from entry to entry. So they do not depend on `diff`, on the backward pass or on
folding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Symbol

from symbackprop.equations import Axis, Equation, System, split_adjoint
from symbackprop.errors import InputError
from symbackprop.number_types import (
    DOUBLE,
    Dual,
    Field,
    FloatingPoint,
    GenericFunction,
    Number,
    add_all,
)
from symbackprop.primitives import KINDS, X, Y
from symbackprop.semantics import Indices, Key, compile_expression, read_key


class MissingError(InputError):
    """An entry is read that no equation defines and that has no number."""


Arithmetic = FloatingPoint | Field


@dataclass
class World:
    """One concrete world: sizes, generic functions, and numbers, computed when they are looked up.

    Entries have keys: ("a", 1, 2) is a[1, 2]. What has a number keeps it, so whatever was
    computed of it may be remembered.
    """

    system: System
    arithmetic: Arithmetic
    generic: Mapping[str, GenericFunction]
    numbers: dict[Key, Number]
    sizes: Mapping[Key, int] = field(default_factory=dict)
    traced: bool = True
    order: list[Key] = field(default_factory=list)
    slopes: dict[Key, dict[Key, Number]] = field(default_factory=dict)
    memory: dict[Any, Number] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.definitions = _index_equations(self.system)
        self._pending: set[Key] = set()
        self._constants: dict[Expr, Number] = {}
        self._places: dict[Key, int] = {}
        self._first_reader: dict[Key, int] = {}
        self._sweeps: dict[Key, _Sweep] = {}

    # --- values ---------------------------------------------------------------------------------

    def value(self, expression: Expr, indices: Mapping[Symbol, int] | None = None) -> Number:
        """The number that an expression stands for, its free indices given.

        >>> from sympy import Integer, IndexedBase, Sum, Symbol
        >>> x, k = IndexedBase("x"), Symbol("k")
        >>> numbers = {("x", 1): 2.0, ("x", 2): 3.0}
        >>> world = build_world(System([Equation(Symbol("C"), x[1] + x[2])]), {}, numbers)
        >>> world.value(Sum(k * x[k], (k, 1, 2)))
        8.0
        """
        return compile_expression(expression)(self, dict(indices or {}))

    def look_up(self, key: Key) -> Number:
        if key in self.numbers:
            return self.numbers[key]
        return self.compute(key)

    def compute(self, key: Key) -> Number:
        """Evaluate the equation that defines an entry, with its slope by each entry it reads."""
        # Proofs must not read derived equations: derivatives are those of the forward pass.
        split = split_adjoint(key[0]) if self.traced else None
        if split is not None:
            self.numbers[key] = self._find_adjoint(*split, key)
            return self.numbers[key]
        equation, indices = _find_equation(self, key)
        if key in self._pending:
            raise InputError(f"{spell(key)} is defined in terms of itself")
        self._pending.add(key)
        try:
            scope = Traced(self) if self.traced else self
            result = compile_expression(equation.rhs)(scope, indices)
        finally:
            self._pending.discard(key)
        slopes: dict[Key, Number] = {}
        if isinstance(result, Dual):
            result, slopes = result.value, result.slopes
        # An exact 0 of a branch is a value like any other, not a size.
        self.numbers[key] = self.arithmetic.make(result) if isinstance(result, int) else result
        if self.traced:
            self._keep_slopes(key, {source: slope for source, slope in slopes.items() if slope})
        return self.numbers[key]

    def make(self, constant: Expr) -> Number:
        """The number for a constant such as 1/2 or pi."""
        if constant not in self._constants:
            self._constants[constant] = self.arithmetic.make(constant)
        return self._constants[constant]

    def apply(self, kind: type, x: Number) -> Number:
        """The value of exp, tanh, ... at a number."""
        return self.arithmetic.apply(kind, x)

    def slope_of(self, kind: type, x: Number, value: Number) -> Number:
        """The slope of exp, tanh, ... at a number; its rule counts only where no step can be
        taken, among exact numbers."""
        if isinstance(self.arithmetic, FloatingPoint):
            return self.arithmetic.slope_of(kind, x)
        return compile_expression(KINDS[kind].rule)(self, {X: x, Y: value})

    def apply_generic(self, spelling: str, order: int, x: Number) -> Number:
        """The value of a generic function, or of a derivative of it."""
        return self.generic[spelling](order, x)

    def power(self, base: Number, exponent: Number) -> Number:
        if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
            return base**exponent
        return self.arithmetic.power(base, exponent)

    @property
    def splits_exponents(self) -> bool:
        return self.arithmetic.is_exact

    def places(self, axes: tuple[Axis, ...]) -> list[dict[Symbol, int]]:
        """Every choice of indices within the ranges of some axes."""
        places: list[dict[Symbol, int]] = [{}]
        for axis in axes:
            low, high = compile_expression(axis.low), compile_expression(axis.high)
            places = [
                {**place, axis.symbol: number}
                for place in places
                for number in range(int(low(self, place)), int(high(self, place)) + 1)
            ]
        return places

    def key(self, quantity: Expr, indices: Mapping[Symbol, int]) -> Key:
        return read_key(quantity)(self, dict(indices))

    def keys(self, quantity: Expr, axes: tuple[Axis, ...]) -> list[Key]:
        """The keys of a quantity's entries at every place within the ranges of some axes."""
        read = read_key(quantity)
        return [read(self, place) for place in self.places(axes)]

    # --- derivatives ----------------------------------------------------------------------------

    def derivative(self, of: Key, by: Key) -> Number:
        """The total derivative of one entry by another: 0 where there is no path.

        Raises:
            MissingError: there is no such entry.
        """
        self.look_up(by)
        self.look_up(of)
        sweep = self._sweeps.get(of)
        if sweep is None:
            sweep = self._sweeps[of] = _Sweep({of: 1}, self._places.get(of, -1))
        totals = sweep.totals
        # What was computed before the first reader of an entry has no part in its derivative.
        first = self._first_reader.get(by, len(self.order))
        while sweep.place >= first:
            entry = self.order[sweep.place]
            sweep.place -= 1
            weight = totals.get(entry, 0)
            if weight:
                for source, slope in self.slopes[entry].items():
                    totals[source] = totals.get(source, 0) + weight * slope
        return totals.get(by, 0)

    def direct(self, of: Key, by: Key) -> Number:
        """The part of a derivative that an entry's own equation has: what lies between is held."""
        self.look_up(by)
        self.look_up(of)
        return self.slopes.get(of, {}).get(by, 0)

    def _keep_slopes(self, key: Key, slopes: dict[Key, Number]) -> None:
        self._places[key] = len(self.order)
        for source in slopes:
            self._first_reader.setdefault(source, len(self.order))
        self.order.append(key)
        self.slopes[key] = slopes

    def _find_adjoint(self, upper: str, lower: str, key: Key) -> Number:
        """What ∂C/∂z[l, j] means; a sample's cost is that of the sample of the entry."""
        by = (lower, *key[1:])
        if lower not in self.system.quantities:
            self.look_up(by)  # raises: nothing defines it
        if upper not in self.system.quantities or not self.system.quantities[upper].axes:
            return self.derivative((upper,), by)
        kinds = self.system.quantities[lower].kinds
        if "sample" not in kinds:
            raise InputError(f"{spell(key)}: {upper} has indices; write a derivative of one entry")
        return self.derivative((upper, by[1 + kinds.index("sample")]), by)


@dataclass
class _Sweep:
    """The derivatives of one entry: those by entries computed after `place` are complete."""

    totals: dict[Key, Number]
    place: int


class Traced:
    """A world in which every entry that is read is a dual number, with slope 1 by itself."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sizes = world.sizes
        self.memory: dict[Any, Number] = {}

    def look_up(self, key: Key) -> Number:
        number = self.world.look_up(key)
        return number if key in self.sizes else Dual(number, {key: 1})

    def make(self, constant: Expr) -> Number:
        return self.world.make(constant)

    def apply(self, kind: type, x: Number) -> Number:
        world = self.world
        if not isinstance(x, Dual):
            return world.apply(kind, x)
        value = world.apply(kind, x.value)
        return x.scale(value, world.slope_of(kind, x.value, value))

    def apply_generic(self, spelling: str, order: int, x: Number) -> Number:
        ask = self.world.apply_generic
        if not isinstance(x, Dual):
            return ask(spelling, order, x)
        return x.scale(ask(spelling, order, x.value), ask(spelling, order + 1, x.value))

    def power(self, base: Number, exponent: Number) -> Number:
        world = self.world
        power, slope = world.power, world.arithmetic.slope
        if isinstance(exponent, Dual):
            b, e = _plain(base), exponent.value
            by_exponent = exponent.scale(power(b, e), slope(lambda x: power(b, x), e))
            held = self.power(base, e)
            slopes = [by_exponent, held] if isinstance(held, Dual) else [by_exponent]
            return Dual(power(b, e), add_all(slopes).slopes)
        if not isinstance(base, Dual):
            return world.power(base, exponent)
        b = base.value
        if isinstance(exponent, int):
            return base.scale(power(b, exponent), exponent * power(b, exponent - 1))
        return base.scale(power(b, exponent), slope(lambda x: power(x, exponent), b))

    @property
    def splits_exponents(self) -> bool:
        return self.world.splits_exponents

    def derivative(self, of: Key, by: Key) -> Number:
        raise InputError(f"the derivative of {spell(of)} stands in the equation of an entry")

    direct = derivative


def _plain(number: Number) -> Number:
    return number.value if isinstance(number, Dual) else number


def spell(key: Key) -> str:
    name, *indices = key
    return f"{name}[{', '.join(map(str, indices))}]" if indices else name


Definitions = dict[tuple[str, int | None], list[tuple[Equation, list[Any]]]]


def _index_equations(system: System) -> Definitions:
    """Equations by name and first index, as far as it is a number, with what each index must be."""
    found: Definitions = {}
    for equation in system.equations:
        free = {axis.symbol for axis in equation.axes}
        wanted = [i if i in free else compile_expression(i) for i in equation.indices]
        first = equation.indices[:1]
        number = int(first[0]) if first and first[0].is_Integer else None
        found.setdefault((equation.name, number), []).append((equation, wanted))
    return found


def _find_equation(world: World, key: Key) -> tuple[Equation, Indices]:
    name, *numbers = key
    by_number = world.definitions.get((name, numbers[0]), []) if numbers else []
    for equation, wanted in (*by_number, *world.definitions.get((name, None), [])):
        if len(wanted) != len(numbers):
            continue
        indices: Indices = {}
        for index, number in zip(wanted, numbers, strict=True):
            if isinstance(index, Symbol):
                if indices.setdefault(index, number) != number:
                    break
            elif index(world, {}) != number:
                break
        else:
            if _in_range(world, equation, indices):
                return equation, indices
    raise MissingError(f"{spell(key)} is read, but no equation defines it and no value is given")


def _in_range(world: World, equation: Equation, indices: dict[Symbol, int]) -> bool:
    """Whether an equation holds at these indices: delta[L] and delta[l] differ by range only."""
    for axis in equation.axes:
        low, high = compile_expression(axis.low), compile_expression(axis.high)
        if not low(world, indices) <= indices[axis.symbol] <= high(world, indices):
            return False
    return True


def build_world(
    system: System,
    sizes: Mapping[Key, int],
    numbers: Mapping[Key, Number],
    generic: Mapping[str, GenericFunction] | None = None,
    arithmetic: Arithmetic = DOUBLE,
    traced: bool = True,
) -> World:
    """A world of a system from sizes {("L",): 2, ("n", 0): 3} and numbers {("x", 1): 0.5}.

    Without `traced` no slopes are kept, derived equations are evaluated as they stand, and
    numbers may be complex.
    """
    held = {
        key: arithmetic.make(number) if isinstance(number, int | float) else number
        for key, number in numbers.items()
    }
    return World(
        system,
        arithmetic,
        {} if generic is None else generic,
        {**held, **sizes},
        dict(sizes),
        traced,
    )


def forward(world: World) -> None:
    """Compute every entry of every forward equation, in order."""
    for equation in world.system.equations:
        if equation.role == "forward":
            for key in world.keys(equation.lhs, equation.axes):
                world.look_up(key)
