"""What an indexed expression means, in numbers: one concrete world to try a formula in.

Slow and obvious on purpose: every entry is computed by itself, by loops over the axes. Proofs and
verdicts rest on this meaning, never on the compiled programs.

Derivatives are found without any rule of differentiation: each entry's equation is evaluated at
a point with an imaginary step of 1e-100 (the real part is exact, the imaginary part is the slope),
and slopes are multiplied along the paths from entry to entry. So they do not depend on `diff`, on
the backward pass or on folding.
Source: Squire and Trapp, Using complex variables to estimate derivatives, SIAM Review 40, 1998.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import mpmath
from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    NumberSymbol,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    cos,
    erf,
    exp,
    log,
    sign,
    sin,
    tanh,
)
from sympy import Number as NumericConstant
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from symbackprop.equations import GIVEN, Axis, Equation, System, indices_of, name_of, peel
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.partials import Braced, Chain, Direct, Partial

Number = Any
Key = tuple
Meaning = Callable[["World", dict], Number]

TINY = 1e-100


class UndefinedError(ArithmeticError):
    """An expression has no value here: a logarithm of 0, a division by 0, an overflow."""


@dataclass(frozen=True)
class Arithmetic:
    """The functions of one number type: doubles, or 50 digits."""

    name: str
    functions: Mapping[type, Callable[[Number], Number]]
    make: Callable[[Any], Number]
    step: Number


def _either(real: Callable, complex_: Callable) -> Callable[[Number], Number]:
    return lambda x: complex_(x) if isinstance(x, complex) else real(x)


def _double_erf(x: Number) -> Number:
    if isinstance(x, complex):
        slope = 2 / math.sqrt(math.pi) * math.exp(-x.real * x.real)
        return complex(math.erf(x.real), x.imag * slope)
    return math.erf(x)


def _make_double(x: Any) -> float:
    return float(x)


DOUBLE = Arithmetic(
    "double precision",
    {
        exp: _either(math.exp, cmath.exp),
        log: _either(math.log, cmath.log),
        tanh: _either(math.tanh, cmath.tanh),
        sin: _either(math.sin, cmath.sin),
        cos: _either(math.cos, cmath.cos),
        erf: _double_erf,
    },
    _make_double,
    complex(0, TINY),
)
DIGITS = 50
_PRECISE = mpmath.MPContext()
_PRECISE.dps = DIGITS + 10
PRECISE = Arithmetic(
    f"{DIGITS} digits",
    {
        exp: _PRECISE.exp,
        log: _PRECISE.log,
        tanh: _PRECISE.tanh,
        sin: _PRECISE.sin,
        cos: _PRECISE.cos,
        erf: _PRECISE.erf,
    },
    lambda x: _PRECISE.mpf(x.p) / x.q if getattr(x, "is_Rational", False) else _PRECISE.mpf(x),
    _PRECISE.mpc(0, _PRECISE.mpf(10) ** -40),
)


@dataclass
class World:
    """One concrete world: sizes, generic functions, and numbers, computed when they are looked up.

    Entries have keys: ("a", 1, 2) is a[1, 2].
    """

    system: System
    arithmetic: Arithmetic
    generic: Mapping[str, Callable[[Number], Number]]
    numbers: dict[Key, Number]
    sizes: Mapping[Key, int] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)
    slopes: dict[Key, dict[Key, Number]] = field(default_factory=dict)
    pending: set[Key] = field(default_factory=set)
    reads: list[Key] | None = None
    known: dict[Key, dict[Key, Number]] = field(default_factory=dict)
    traced: bool = True
    prepared: dict[str, list[tuple[Equation, list[Any]]]] = field(init=False)

    def __post_init__(self) -> None:
        self.prepared = _index_equations(self.system, self.traced)

    def look_up(self, key: Key) -> Number:
        if self.reads is not None:
            self.reads.append(key)
        if key in self.numbers:
            return self.numbers[key]
        return self.compute(key)

    def compute(self, key: Key) -> Number:
        """Evaluate the equation that defines an entry, and the slope by each entry it reads."""
        equation, indices = _find_equation(self, key)
        if key in self.pending:
            raise InputError(f"{_spell(key)} is defined in terms of itself")
        self.pending.add(key)
        meaning = compile_expression(equation.rhs)
        outer, self.reads = self.reads, []
        value = meaning(self, indices)
        read, self.reads = dict.fromkeys(self.reads), outer
        # An exact 0 of a branch is a value like any other, not a size.
        self.numbers[key] = value = self.arithmetic.make(value) if isinstance(value, int) else value
        self.pending.discard(key)
        if not self.traced:
            return value
        self.order.append(key)
        self.slopes[key] = {}
        for source in read:
            slope = self.slope(meaning, indices, source)
            if slope != 0:
                self.slopes[key][source] = slope
        return value

    def slope(self, meaning: Meaning, indices: dict, source: Key) -> Number:
        """The derivative by one entry, all others held: an imaginary step, no subtraction."""
        kept = self.numbers[source]
        if isinstance(kept, int):
            return 0
        reads, self.reads = self.reads, None
        self.numbers[source] = kept + self.arithmetic.step
        try:
            value = meaning(self, indices)
        finally:
            self.numbers[source] = kept
            self.reads = reads
        return value.imag / self.arithmetic.step.imag if hasattr(value, "imag") else 0

    def derivatives_of(self, key: Key) -> dict[Key, Number]:
        """The total derivatives of one entry by every entry it depends on."""
        if key not in self.known:
            self.look_up(key)
            total: dict[Key, Number] = {key: 1}
            start = self.order.index(key) if key in self.slopes else -1
            for entry in reversed(self.order[: start + 1]):
                weight = total.get(entry)
                if weight:
                    for source, slope in self.slopes[entry].items():
                        total[source] = total.get(source, 0) + weight * slope
            self.known[key] = total
        return self.known[key]

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

    def derivative(self, of: Key, by: Key) -> Number:
        """The total derivative of one entry by another: 0 where there is no path."""
        return self.derivatives_of(of).get(by, 0)

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
        return _read_key(quantity)(self, dict(indices))


def _spell(key: Key) -> str:
    name, *indices = key
    return f"{name}[{', '.join(map(str, indices))}]" if indices else name


def _find_equation(world: World, key: Key) -> tuple[Equation, dict[Symbol, int]]:
    name, *numbers = key
    for equation, matches in world.prepared.get(name, ()):
        indices: dict[Symbol, int] = {}
        for index, number in zip(matches, numbers, strict=True):
            if isinstance(index, int):
                if index != number:
                    break
            elif index in world.system.size_symbols:
                if world.numbers[index.name,] != number:
                    break
            elif indices.setdefault(index, number) != number:
                break
        else:
            if _in_range(world, equation, indices):
                return equation, indices
    raise InputError(f"{_spell(key)} is read, but no equation defines it and no value is given")


def _index_equations(system: System, traced: bool) -> dict[str, list[tuple[Equation, list[Any]]]]:
    """Proofs must not read derived equations: a traced world knows forward equations only."""
    prepared: dict[str, list[tuple[Equation, list[Any]]]] = {}
    for equation in system.equations:
        if equation.role == "forward" or not traced:
            matches = [int(i) if i.is_Integer else i for i in equation.indices]
            prepared.setdefault(equation.name, []).append((equation, matches))
    return prepared


def _in_range(world: World, equation: Equation, indices: dict[Symbol, int]) -> bool:
    """Whether an equation holds at these indices: delta[L] and delta[l] differ by range only."""
    for axis in equation.axes:
        if axis.kind in ("layer", "time"):
            low, high = compile_expression(axis.low), compile_expression(axis.high)
            if not low(world, indices) <= indices[axis.symbol] <= high(world, indices):
                return False
    return True


def build_world(
    system: System,
    sizes: Mapping[Key, int],
    numbers: Mapping[Key, Number],
    generic: Mapping[str, Callable[[Number], Number]] | None = None,
    arithmetic: Arithmetic = DOUBLE,
    traced: bool = True,
) -> World:
    """An world of a system from sizes {("L",): 2, ("n", 0): 3} and numbers {("x", 1): 0.5}.

    Without `traced` no slopes are kept, derived equations are evaluated as they stand, and
    numbers may be complex.
    """
    held = {
        key: number if isinstance(number, complex) else arithmetic.make(number)
        for key, number in numbers.items()
    }
    return World(system, arithmetic, generic or {}, {**held, **sizes}, dict(sizes), traced=traced)


def forward(world: World) -> None:
    """Compute every entry of every forward equation, in order."""
    for equation in world.system.equations:
        if equation.role == "forward":
            for place in world.places(equation.axes):
                world.look_up(world.key(equation.lhs, place))


# --- random worlds -----------------------------------------------------------------------------

TRIES = 60


def draw_world(
    system: System,
    seed: int,
    arithmetic: Arithmetic = DOUBLE,
    longest: int = 3,
    depth: int | None = None,
) -> World:
    """A random world with every forward entry computed: distinct widths above 1, generic
    values, and a generic analytic function wherever an activation is generic.

    A symbolic depth is `depth`, or random up to `longest`. Declared widths and numbers of samples
    are not used: formulas hold for all of them. Where a formula is undefined (the logarithm of a
    negative output), other values are drawn.

    Raises:
        InputError: no values were found for which every equation is defined.
    """
    problem: Exception | None = None
    for attempt in range(TRIES):
        generator = random.Random(f"{seed}/{attempt}")
        sizes = _draw_sizes(system, generator, (depth, depth) if depth else (2, longest))
        blank = build_world(system, sizes, {}, _draw_functions(system, generator, arithmetic))
        numbers = _draw_numbers(system, generator, blank, positive=attempt >= TRIES // 3)
        world = build_world(system, sizes, numbers, blank.generic, arithmetic)
        try:
            forward(world)
        except UndefinedError as error:
            problem = error
            continue
        return world
    raise InputError(
        f"no values were found for which all equations are defined: {problem}; "
        f"use an activation whose outputs the cost can take (sigmoid or softmax for logarithms)"
    )


def _draw_sizes(
    system: System, generator: random.Random, depths: tuple[int, int]
) -> dict[Key, int]:
    sizes: dict[Key, int] = {}
    widths = [2, 3, 4, 5]
    generator.shuffle(widths)
    for symbol in sorted(system.size_symbols, key=str):
        if symbol.name == "L":
            sizes["L",] = generator.randint(*depths)
        elif symbol.name != "n" or not _has_layers(system):
            sizes[symbol.name,] = widths.pop() if widths else generator.randint(2, 6)
    if not _has_layers(system):
        # Written out by number: the declared widths are part of the equations themselves.
        declared = {k: v for k, v in system.sizes.items() if isinstance(k, Indexed)}
        return sizes | {(name_of(w), int(w.indices[0])): size for w, size in declared.items()}
    depth = sizes.get(("L",)) or max(int(s.indices[0]) for s in _widths_of(system))
    widths = [2, 3, 4, 5]
    generator.shuffle(widths)
    for layer in range(depth + 1):
        # Distinct where the network is not deeper than there are small numbers.
        sizes["n", layer] = widths[layer % len(widths)] + (layer // len(widths)) % 2
    return sizes


def _widths_of(system: System) -> set[Indexed]:
    return {w for e in system.equations for a in e.axes for w in a.high.atoms(Indexed)}


def _has_layers(system: System) -> bool:
    return bool(_widths_of(system))


def _draw_functions(
    system: System, generator: random.Random, arithmetic: Arithmetic
) -> dict[str, Callable[[Number], Number]]:
    spellings = {
        f.spelling
        for e in system.equations
        for f in e.rhs.atoms(NamedFunction)
        if f.formula is None
    }
    return {s: _draw_function(generator, arithmetic) for s in sorted(spellings)}


def _draw_function(generator: random.Random, arithmetic: Arithmetic) -> Callable[[Number], Number]:
    """An analytic function with values in (0, 1), with no identity of its own such as a(1 - a)."""
    steepness, shift = generator.uniform(0.6, 1.2), generator.uniform(-0.5, 0.5)
    height, ripple = generator.uniform(0.2, 0.35), generator.uniform(0.02, 0.08)
    bend, wave = arithmetic.functions[tanh], arithmetic.functions[sin]
    return lambda x: 0.5 + height * bend(steepness * x + shift) + ripple * wave(x + shift)


def _draw_numbers(
    system: System, generator: random.Random, blank: World, positive: bool
) -> dict[Key, float]:
    """Numbers for what is given; all positive where others led to no value (a square root)."""
    numbers: dict[Key, float] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        symbols = [a.symbol for a in quantity.axes]
        for place in blank.places(quantity.axes):
            numbers[(quantity.name, *(place[s] for s in symbols))] = (
                generator.uniform(0.1, 0.9)
                if quantity.role in ("target", "constant")
                else generator.choice((1, 1 if positive else -1)) * generator.uniform(0.1, 1.2)
            )
    for given, total in system.assumptions:
        _scale(numbers, given, float(total))
    return numbers


def _scale(numbers: dict[Key, float], given: Expr, total: float) -> None:
    """Make the sum of a quantity over its last index the declared total, for each sample."""
    name = name_of(given.function)
    groups: dict[Key, list[Key]] = {}
    for key in numbers:
        if key[0] == name:
            groups.setdefault(key[:-1], []).append(key)
    for keys in groups.values():
        present = sum(numbers[key] for key in keys)
        for key in keys:
            numbers[key] *= total / present


# --- from expressions to functions ------------------------------------------------------------


@lru_cache(maxsize=4096)
def compile_expression(expression: Expr) -> Meaning:
    """A function from (world, indices) to the number that the expression stands for.

    Raises:
        InputError: a kind of expression that has no meaning here; the message names it.
    """
    for kind, compiler in _COMPILERS.items():
        if isinstance(expression, kind):
            return compiler(expression)
    raise InputError(f"{expression}: no meaning is known for {type(expression).__name__}")


def _compile_number(expression: Expr) -> Meaning:
    if expression.is_Integer:
        number = int(expression)
        return lambda world, indices: number
    if expression.is_Rational:
        return lambda world, indices: world.arithmetic.make(expression)
    precise = _PRECISE.mpf(str(expression.evalf(DIGITS + 10)))
    return lambda world, indices: float(precise) if world.arithmetic is DOUBLE else precise


def _compile_symbol(symbol: Symbol) -> Meaning:
    key = (symbol.name,)

    def look_up(world: World, indices: dict) -> Number:
        return indices[symbol] if symbol in indices else world.look_up(key)

    return look_up


def _read_key(quantity: Expr) -> Callable[[World, dict], Key]:
    name = name_of(quantity)
    parts = [compile_expression(i) for i in indices_of(quantity)]
    return lambda world, indices: (name, *(part(world, indices) for part in parts))


def _compile_indexed(quantity: Indexed) -> Meaning:
    key = _read_key(quantity)
    return lambda world, indices: world.look_up(key(world, indices))


def _compile_add(expression: Add) -> Meaning:
    terms = [compile_expression(a) for a in expression.args]

    def add(world: World, indices: dict) -> Number:
        total = terms[0](world, indices)
        for term in terms[1:]:
            total = total + term(world, indices)
        return total

    return add


def _compile_product(expression: Expr) -> Meaning:
    factors = [compile_expression(a) for a in expression.args]

    def multiply(world: World, indices: dict) -> Number:
        result = factors[0](world, indices)
        for factor in factors[1:]:
            result = result * factor(world, indices)
        return result

    return multiply


def _compile_power(expression: Pow) -> Meaning:
    base, exponent = (compile_expression(a) for a in expression.args)

    def raise_power(world: World, indices: dict) -> Number:
        b, e = base(world, indices), exponent(world, indices)
        try:
            if isinstance(e, int) and e < 0:
                return world.arithmetic.make(1) / b**-e
            result = b**e
        except (ZeroDivisionError, OverflowError) as error:
            raise UndefinedError(f"{expression}: {error}") from error
        if isinstance(result, complex) and not isinstance(b, complex):
            raise UndefinedError(f"{expression}: no real power of a negative number")
        return result

    return raise_power


def _compile_sum(expression: Sum) -> Meaning:
    body, bound, low, high = peel(expression)
    summand, first, last = (compile_expression(e) for e in (body, low, high))

    def add_up(world: World, indices: dict) -> Number:
        total: Number = 0
        start, stop = int(first(world, indices)), int(last(world, indices))
        for number in range(start, stop + 1):
            total = total + summand(world, {**indices, bound: number})
        return total

    return add_up


def _compile_function(expression: Expr) -> Meaning:
    argument = compile_expression(expression.args[0])
    kind = expression.func

    def apply(world: World, indices: dict) -> Number:
        x = argument(world, indices)
        try:
            if kind is log and not isinstance(x, complex) and x.real <= 0:
                raise UndefinedError(f"{expression}: a logarithm of {x}")
            return world.arithmetic.functions[kind](x)
        except (OverflowError, ValueError, ZeroDivisionError) as error:
            raise UndefinedError(f"{expression}: {error}") from error

    return apply


def _compile_named(expression: NamedFunction) -> Meaning:
    argument, function = compile_expression(expression.args[0]), type(expression)
    if function.formula is not None:
        variable = Symbol("_z", real=True)
        formula = compile_expression(function.apply_formula(variable))
        return lambda world, indices: formula(world, {variable: argument(world, indices)})

    def apply_generic(world: World, indices: dict) -> Number:
        x = argument(world, indices)
        return _differentiate(world, world.generic[function.spelling], function.order, x)

    return apply_generic


def _differentiate(
    world: World, function: Callable[[Number], Number], order: int, x: Number
) -> Number:
    """Derivatives of a generic function, from its values only."""
    if order == 0:
        return function(x)
    if order == 1 and not isinstance(x, complex | mpmath.mpc):
        return function(x + world.arithmetic.step).imag / world.arithmetic.step.imag
    # Of a derivative, or at a complex point: around a circle, exact for an analytic function.
    points, radius = 32, world.arithmetic.make(1) / 4
    factorial = math.factorial(order)
    total: Number = 0
    for turn in range(points):
        angle = _PRECISE.expjpi(_PRECISE.mpf(2 * turn) / points)
        direction = complex(angle) if world.arithmetic is DOUBLE else angle
        total += function(x + radius * direction) / direction**order
    result = total * factorial / points / radius**order
    return result if isinstance(x, complex | mpmath.mpc) else result.real


def _compile_softmax(expression: Softmax) -> Meaning:
    return compile_expression(expression.definition)


def _compile_extreme(expression: Max | Min) -> Meaning:
    terms = [compile_expression(a) for a in expression.args]
    choose = max if isinstance(expression, Max) else min
    return lambda world, indices: choose(
        (term(world, indices) for term in terms), key=lambda x: x.real
    )


def _compile_cases(expression: Piecewise) -> Meaning:
    cases = [(compile_expression(v), compile_expression(c)) for v, c in expression.args]

    def choose(world: World, indices: dict) -> Number:
        for value, condition in cases:
            if condition(world, indices):
                return value(world, indices)
        raise UndefinedError(f"{expression}: no case applies")

    return choose


_COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _compile_relation(expression: Relational) -> Meaning:
    left, right = (compile_expression(a) for a in expression.args)
    compare = _COMPARE[expression.rel_op]
    return lambda world, indices: compare(left(world, indices).real, right(world, indices).real)


def _compile_truth(expression: Any) -> Meaning:
    truth = bool(expression)
    return lambda world, indices: truth


def _compile_delta(expression: KroneckerDelta) -> Meaning:
    left, right = (compile_expression(a) for a in expression.args)
    return lambda world, indices: int(left(world, indices) == right(world, indices))


def _compile_sign(expression: Expr) -> Meaning:
    argument = compile_expression(expression.args[0])

    def sign_of(world: World, indices: dict) -> Number:
        x = argument(world, indices).real
        return (x > 0) - (x < 0)

    return sign_of


def _compile_absolute(expression: Expr) -> Meaning:
    argument = compile_expression(expression.args[0])

    def absolute(world: World, indices: dict) -> Number:
        x = argument(world, indices)
        return -x if x.real < 0 else x

    return absolute


def _compile_braced(expression: Braced) -> Meaning:
    return compile_expression(expression.args[0])


def _compile_partial(expression: Partial) -> Meaning:
    of, by = (_read_key(a) for a in expression.args)
    return lambda world, indices: world.derivative(of(world, indices), by(world, indices))


def _compile_direct(expression: Direct) -> Meaning:
    of, by = (_read_key(a) for a in expression.args)

    def look_up(world: World, indices: dict) -> Number:
        upper, lower = of(world, indices), by(world, indices)
        world.look_up(upper)
        return world.slopes.get(upper, {}).get(lower, 0)

    return look_up


_COMPILERS: dict[Any, Callable[[Any], Meaning]] = {
    NumericConstant: _compile_number,
    NumberSymbol: _compile_number,
    Indexed: _compile_indexed,
    Symbol: _compile_symbol,
    Add: _compile_add,
    Mul: _compile_product,
    Chain: _compile_product,
    Pow: _compile_power,
    Sum: _compile_sum,
    NamedFunction: _compile_named,
    Softmax: _compile_softmax,
    Max: _compile_extreme,
    Min: _compile_extreme,
    Piecewise: _compile_cases,
    Relational: _compile_relation,
    BooleanTrue: _compile_truth,
    BooleanFalse: _compile_truth,
    KroneckerDelta: _compile_delta,
    Partial: _compile_partial,
    Direct: _compile_direct,
    Braced: _compile_braced,
    Abs: _compile_absolute,
    sign: _compile_sign,
    **{kind: _compile_function for kind in DOUBLE.functions},
}
