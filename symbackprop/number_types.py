"""The number types of a world: doubles, 50 digits, exact numbers; and dual numbers over each.

Exact numbers are residues modulo the prime 2^61 - 1, or fractions where an order is needed. They
know no exp and no sigma, so a function is an oracle there: a random number for every argument, the
same for the same argument. Of exp, sin, log, ... an oracle knows the slope and a few identities,
and nothing else. Two expressions that agree on random numbers of a field are the same polynomial
of what they read, up to a chance of degree / 2^61.
Source: Schwartz, Fast probabilistic algorithms for verification of polynomial identities, Journal
of the ACM 27, 1980; Zippel, Probabilistic algorithms for sparse polynomials, EUROSAM 1979.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, partial
from random import Random
from typing import Any

import mpmath
from sympy import Expr, Pow, Rational, pi, sin

from symbackprop.primitives import KINDS, tanh

Number = Any
Function = Callable[[Number], Number]
# the value of a generic function's derivative of some order at a number
GenericFunction = Callable[[int, Number], Number]

PRIME = 2**61 - 1
# so many fractions between 0 and 1 are drawn from, about as many as there are residues
FINENESS = 2**61
TINY = 1e-100
DIGITS = 50


class UndefinedError(ArithmeticError):
    """An expression has no value here: a logarithm of 0, a division by 0, an overflow."""


class InexactError(ArithmeticError):
    """Exact numbers cannot say what an expression is: an order of residues, a root, a decimal."""


class Residue:
    """An integer modulo the prime 2^61 - 1: it is added, multiplied and divided exactly.

    >>> third = Residue(1) / Residue(3)
    >>> third + third + third == 1
    True
    """

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number % PRIME

    def __add__(self, other: Any) -> Residue:
        if type(other) is Residue:
            return Residue(self.number + other.number)
        return Residue(self.number + other) if type(other) is int else NotImplemented

    __radd__ = __add__

    def __mul__(self, other: Any) -> Residue:
        if type(other) is Residue:
            return Residue(self.number * other.number)
        return Residue(self.number * other) if type(other) is int else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Residue:
        return Residue(-self.number)

    def __sub__(self, other: Residue | int) -> Residue:
        return self + -other

    def __rsub__(self, other: int) -> Residue:
        return -self + other

    def __pow__(self, exponent: int) -> Residue:
        if type(exponent) is not int:
            return NotImplemented
        if exponent < 0 and not self.number:
            raise ZeroDivisionError("a division by 0")
        return Residue(pow(self.number, exponent, PRIME))

    def __truediv__(self, other: Residue) -> Residue:
        return self * other**-1

    def __rtruediv__(self, other: int) -> Residue:
        return self**-1 * other

    def __bool__(self) -> bool:
        return self.number != 0

    def __eq__(self, other: object) -> bool:
        if type(other) is Residue:
            return self.number == other.number
        return type(other) is int and self.number == other % PRIME

    def __hash__(self) -> int:
        return hash(self.number)

    def __repr__(self) -> str:
        return f"Residue({self.number})"

    @property
    def real(self) -> Residue:
        return self

    def __lt__(self, other: Any) -> bool:
        raise InexactError("residues have no order")

    __le__ = __gt__ = __ge__ = __lt__


class Dual:
    """A number with its slope by each entry that it was computed from.

    Its rules are those of sums and products; slopes of functions are the arithmetic's.

    >>> x, y = Dual(3, {"x": 1}), Dual(5, {"y": 1})
    >>> (x * x * y + 2).slopes == {"x": 30, "y": 9}
    True
    """

    __slots__ = ("slopes", "value")

    def __init__(self, value: Number, slopes: dict[Any, Number]) -> None:
        self.value = value
        self.slopes = slopes

    def __add__(self, other: Any) -> Dual:
        return add_all((self, other))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return self.scale(self.value * other, other)
        slopes = {key: slope * other.value for key, slope in self.slopes.items()}
        _add_slopes(slopes, other.slopes, self.value)
        return Dual(self.value * other.value, slopes)

    __rmul__ = __mul__

    def __neg__(self) -> Dual:
        return self.scale(-self.value, -1)

    def scale(self, value: Number, slope: Number) -> Dual:
        """A function of this number: its value, and its slope by this number."""
        return Dual(value, {key: each * slope for key, each in self.slopes.items()})

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def real(self) -> Number:
        return self.value.real


def add_all(numbers: Iterable[Number]) -> Number:
    """The sum of some numbers; slopes are gathered in one place, whatever their number."""
    total: Number = 0
    slopes: dict[Any, Number] | None = None
    for number in numbers:
        if isinstance(number, Dual):
            slopes = {} if slopes is None else slopes
            _add_slopes(slopes, number.slopes, 1)
            number = number.value
        total = total + number
    return total if slopes is None else Dual(total, slopes)


def _add_slopes(slopes: dict[Any, Number], others: dict[Any, Number], factor: Number) -> None:
    for key, slope in others.items():
        term = slope * factor
        slopes[key] = slopes[key] + term if key in slopes else term


# --- doubles and 50 digits ---------------------------------------------------------------------


@dataclass(frozen=True)
class FloatingPoint:
    """Numbers that are rounded. A slope is found by an imaginary step: the real part keeps its
    value, the imaginary part is the slope, and nothing is subtracted.
    Source: Squire and Trapp, Using complex variables to estimate derivatives, SIAM Review 40, 1998.
    """

    name: str
    functions: Mapping[type, Function]
    convert: Callable[[Any], Number]
    imaginary: type
    step: Number
    points: int = 32
    is_exact: bool = False

    def make(self, constant: Any) -> Number:
        """The number that an integer, a float or a number of sympy's stands for."""
        return self.convert(constant)

    def apply(self, kind: type, x: Number) -> Number:
        """The value of exp, tanh, ... at a number."""
        row = KINDS[kind]
        if row.domain == "positive" and not isinstance(x, self.imaginary) and x <= 0:
            raise UndefinedError(f"a {row.said} of {x}")
        return self.functions[kind](x)

    def slope(self, function: Function, x: Number) -> Number:
        return getattr(function(x + self.step), "imag", 0) / self.step.imag

    def slope_of(self, kind: type, x: Number) -> Number:
        return self.slope(self.functions[kind], x)

    def power(self, base: Number, exponent: Number) -> Number:
        if isinstance(exponent, int) and exponent < 0:
            return self.make(1) / base**-exponent
        result = base**exponent
        if isinstance(result, self.imaginary) and not (
            isinstance(base, self.imaginary) or isinstance(exponent, self.imaginary)
        ):
            raise UndefinedError("no real power of a negative number")
        return result

    def draw(self, generator: Random, low: float, high: float) -> Number:
        return self.make(generator.uniform(low, high))

    def draw_function(self, generator: Random) -> GenericFunction:
        """An analytic function with values in (0, 1), with no identity such as a(1 - a)."""
        steepness, shift = generator.uniform(0.6, 1.2), generator.uniform(-0.5, 0.5)
        height, ripple = generator.uniform(0.2, 0.35), generator.uniform(0.02, 0.08)
        bend, wave = self.functions[tanh], self.functions[sin]

        def function(x: Number) -> Number:
            return 0.5 + height * bend(steepness * x + shift) + ripple * wave(x + shift)

        return lambda order, x: self._differentiate(function, order, x)

    def _differentiate(self, function: Function, order: int, x: Number) -> Number:
        """Derivatives of a function, from its values only."""
        if order == 0:
            return function(x)
        if order == 1 and not isinstance(x, self.imaginary):
            return self.slope(function, x)
        # Of a derivative, or at a complex point: around a circle, exact for an analytic function.
        points, radius = self.points, self.make(1) / 4
        total: Number = 0
        for direction in _list_directions(self.imaginary, points):
            total += function(x + radius * direction) / direction**order
        result = total * math.factorial(order) / points / radius**order
        return result if isinstance(x, self.imaginary) else result.real


_PRECISE = mpmath.MPContext()
# an imaginary step of half as many digits leaves its slope the other half
_PRECISE.dps = 2 * DIGITS + 10


@cache
def _list_directions(imaginary: Callable[[Any], Number], points: int) -> tuple[Number, ...]:
    """Numbers of length 1, at equal angles."""
    angles = [_PRECISE.mpf(2 * turn) / points for turn in range(points)]
    return tuple(imaginary(_PRECISE.expjpi(angle)) for angle in angles)


def _make_precise(x: Any) -> Number:
    if getattr(x, "is_Rational", False):
        return _PRECISE.mpf(x.p) / x.q
    return _PRECISE.mpf(str(x.evalf(_PRECISE.dps)) if isinstance(x, Expr) else x)


DOUBLE = FloatingPoint(
    "double precision",
    {kind: row.double for kind, row in KINDS.items()},
    float,
    complex,
    complex(0, TINY),
)
PRECISE = FloatingPoint(
    f"{DIGITS} digits",
    {kind: partial(row.precise, _PRECISE) for kind, row in KINDS.items()},
    _make_precise,
    _PRECISE.mpc,
    _PRECISE.mpc(0, _PRECISE.mpf(10) ** -(DIGITS + 5)),
    points=96,
)


# --- exact numbers -----------------------------------------------------------------------------


@dataclass
class Field:
    """Exact numbers of one kind, Residue or Fraction, and the oracles for functions of them.

    `leans` becomes true when exp, pi or the like was asked for: they have identities that an
    oracle does not know (e^(a + b), erf(1)), so that a difference is no evidence any more.

    >>> from symbackprop.primitives import cosh, exp, sinh
    >>> field = Field("seed 1")
    >>> x = field.make(5)
    >>> field.apply(exp, x) * field.apply(exp, -x) == 1
    True
    >>> field.apply(cosh, x) ** 2 - field.apply(sinh, x) ** 2 == 1
    True
    """

    seed: str
    number: Callable[[int], Number] = Residue
    leans: bool = False
    asked: dict[tuple[str, Number], Number] = field(default_factory=dict)
    name: str = "exact"
    is_exact: bool = True

    def make(self, constant: Any) -> Number:
        """The number for an integer, a rational, or a constant such as sqrt(2) or pi.

        Raises:
            InexactError: a decimal, which may be rounded; a root that this kind of number lacks.
        """
        if isinstance(constant, int):
            return self.number(constant)
        if isinstance(constant, Rational):
            number: Any = self.number
            return number(constant.p) / number(constant.q)
        self.leans = True
        if constant is pi:
            # a square, for the sake of sqrt(pi)
            return self.ask("root of pi", 0) ** 2
        if isinstance(constant, Pow) and constant.exp.is_Rational and constant.exp.q == 2:
            return self._find_root(constant.base) ** constant.exp.p
        raise InexactError(f"{constant} is no exact number")

    def _find_root(self, square: Expr) -> Number:
        """The root that is a square itself: roots of products are then products of roots."""
        given = self.make(square)
        if self.number is Residue:
            root = given ** ((PRIME + 1) // 4)
            if root * root == given:
                return root
        raise InexactError(f"the root of {square} is no exact number")

    def ask(self, name: str, x: Number) -> Number:
        """An oracle: a random number other than 0, always the same for this name and number."""
        if (name, x) not in self.asked:
            text = f"{self.seed}/{name}/{x}".encode()
            drawn = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())
            self.asked[name, x] = (
                Residue(1 + drawn % (PRIME - 1))
                if self.number is Residue
                else Fraction(1 + drawn % FINENESS, FINENESS >> 2)
            )
        return self.asked[name, x]

    def ask_odd(self, name: str, x: Number) -> Number:
        """An oracle for a function of which it is known that f(-x) = -f(x)."""
        if not x:
            return x
        return -self.ask(name, -x) if _is_turned(x) else self.ask(name, x)

    def ask_power(self, x: Number) -> Number:
        """An oracle for e^x, of which it is known that e^-x = 1/e^x."""
        if not x:
            return x + 1
        return 1 / self.ask("exp", -x) if _is_turned(x) else self.ask("exp", x)

    def ask_log(self, x: Number) -> Number:
        """An oracle for log x, of which it is known that log 1/x = -log x."""
        inverse = 1 / x
        if inverse == x:
            if x == 1:
                return x - 1
            raise UndefinedError(f"a logarithm of {x}")
        first = x.number < inverse.number if isinstance(x, Residue) else x < inverse
        return self.ask("log", x) if first else -self.ask("log", inverse)

    def apply(self, kind: type, x: Number) -> Number:
        row = KINDS[kind]
        if row.value is not None:
            return row.value(x + self.number(0))
        if row.ask is None:
            raise InexactError(f"nothing is known of {row.name} of exact numbers")
        self.leans = True
        return row.ask(self, x + self.number(0))

    def slope(self, function: Function, x: Number) -> Number:
        raise InexactError("a power that is no integer has no slope among exact numbers")

    def power(self, base: Number, exponent: Number) -> Number:
        if not isinstance(exponent, int):
            raise InexactError("a power that is no integer")
        return (base + self.number(0)) ** exponent

    def draw(self, generator: Random, low: float, high: float) -> Number:
        if self.number is Residue:
            return Residue(generator.randrange(1, PRIME))
        ends = (math.ceil(end * FINENESS) for end in (low, high))
        return Fraction(generator.randrange(*ends), FINENESS)

    def draw_function(self, generator: Random) -> GenericFunction:
        """A generic function and its derivatives are oracles, each of its own: some smooth
        function has these values and slopes at the points where they are asked for."""
        name = f"generic {generator.random()}"
        return lambda order, x: self.ask(f"{name} {order}", x + self.number(0))


def _is_turned(x: Number) -> bool:
    """Of x and -x one is asked for, and the other found from it."""
    return x.number > PRIME // 2 if isinstance(x, Residue) else x < 0
