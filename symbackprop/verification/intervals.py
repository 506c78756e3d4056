"""Intervals with exact ends: what a calculation with rounded numbers can be at least and at most.

Ends are fractions; values of functions are enclosed to 60 digits, rounded outwards. An end of very
many digits is rounded outwards too, so the cost of an operation is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor, isqrt, prod

import mpmath
from sympy import Add, Expr, Mul, Piecewise, Pow, Rational, Symbol

from symbackprop.primitives import PRIMITIVES, Number, Primitive, find_primitive

LARGEST_EXPONENT = 64
LARGEST_BITS = 3400
BITS_BEFORE_ROUNDING = 1024
BITS_KEPT = 512
# e^2000 is about 2^2885; beyond it the text means something else
LARGEST_SIZE = 2885
# of the values of functions: 60 digits, and some for rounding
BITS = 220
_CONTEXT = mpmath.MPContext()


class ArithmeticProblem(ValueError):
    """A calculation that cannot be worked out; the message is the reason, for people."""


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    >>> a = Interval(Fraction(1), Fraction(2))
    >>> a - a
    Interval(low=Fraction(-1, 1), high=Fraction(1, 1))
    >>> a / Interval(Fraction(-1), Fraction(1))
    Traceback (most recent call last):
    symbackprop.verification.intervals.ArithmeticProblem: division by something that may be zero
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval from {self.low} to {self.high} holds nothing")
        object.__setattr__(self, "low", _shorten(self.low))
        object.__setattr__(self, "high", -_shorten(-self.high))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        if self.is_point and other.is_point:
            return make_point(self.low * other.low)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            raise ArithmeticProblem("division by something that may be zero")
        return self * Interval(1 / other.high, 1 / other.low)

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(Fraction(0), max(-self.low, self.high))

    def __pow__(self, exponent: int) -> Interval:
        if abs(exponent) > LARGEST_EXPONENT:
            raise ArithmeticProblem(f"a power with an exponent above {LARGEST_EXPONENT}")
        if exponent < 0:
            return make_point(1) / self**-exponent
        base = abs(self) if exponent % 2 == 0 else self
        return Interval(base.low**exponent, base.high**exponent)

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    @property
    def width(self) -> Fraction:
        return self.high - self.low

    def meets(self, other: Interval) -> bool:
        """Whether the two have a number in common.

        >>> Interval(Fraction(0), Fraction(1)).meets(Interval(Fraction(1), Fraction(2)))
        True
        """
        return self.low <= other.high and other.low <= self.high

    def widen(self, margin: Fraction) -> Interval:
        """The interval with that much more at both ends."""
        return Interval(self.low - margin, self.high + margin)


def make_point(value: int | Fraction) -> Interval:
    """The interval that holds one number only."""
    return Interval(Fraction(value), Fraction(value))


def apply(row: Primitive, *arguments: Interval) -> Interval:
    """A function of the table: all from its least to its largest value between the ends.

    Raises:
        ArithmeticProblem: it may have no value there, or one that is too large.

    >>> from symbackprop.primitives import PRIMITIVES
    >>> float(apply(PRIMITIVES["exp"], make_point(1)).low)
    2.718281828459045
    >>> apply(PRIMITIVES["sqrt"], make_point(Fraction(9, 4)))
    Interval(low=Fraction(3, 2), high=Fraction(3, 2))
    >>> apply(PRIMITIVES["cos"], Interval(Fraction(-1), Fraction(1))).high >= 1
    True
    """
    if row.arguments is None:
        low, high = (x.low for x in arguments), (x.high for x in arguments)
        return Interval(row.choose(*low), row.choose(*high))
    (x,) = arguments
    if row.domain and (x.low < 0 or (row.domain == "positive" and x.low == 0)):
        forbidden = "zero or negative" if row.domain == "positive" else "negative"
        raise ArithmeticProblem(f"the {row.said} of something that may be {forbidden}")
    if row.poles and any(_list_places(row.poles, x)):
        raise ArithmeticProblem(f"the {row.said} of something that may be where it has no value")
    values = [_enclose(row, end) for end in {x.low, x.high}]
    if row.turns:
        values += [_widen(row.precise(_CONTEXT, place)) for place in _list_places(row.turns, x)]
    return Interval(min(v.low for v in values), max(v.high for v in values))


def evaluate_formula(formula: Expr, variable: Symbol, x: Interval) -> Interval:
    """What a formula of one variable can be, where that lies in an interval.

    Raises:
        ArithmeticProblem: it may have no value there, or is made of something else.

    >>> z = Symbol("z")
    >>> evaluate_formula(z**2 + 1, z, Interval(Fraction(-1), Fraction(2)))
    Interval(low=Fraction(1, 1), high=Fraction(5, 1))
    """
    if formula == variable:
        return x
    if formula.is_Rational:
        return make_point(Fraction(formula.p, formula.q))
    if isinstance(formula, Piecewise):
        return _evaluate_cases(formula, variable, x)
    parts = [evaluate_formula(part, variable, x) for part in formula.args]
    row = find_primitive(formula)
    if row is not None:
        return apply(row, *parts)
    match formula:
        case Add():
            return sum(parts[1:], parts[0])
        case Mul():
            return prod(parts[1:], start=parts[0])
        case Pow() if formula.exp.is_Integer:
            return parts[0] ** int(formula.exp)
        case Pow() if formula.exp == Rational(1, 2):
            return apply(PRIMITIVES["sqrt"], parts[0])
    raise ArithmeticProblem(f"{formula} is not worked out in numbers")


def _evaluate_cases(cases: Piecewise, variable: Symbol, x: Interval) -> Interval:
    """The branch on the side of a corner; on both sides all that the two can be."""
    (above, condition), (below, _) = cases.args
    if condition != (variable > 0):
        raise ArithmeticProblem(f"{cases} is not worked out in numbers")
    found = []
    if x.high > 0:
        upper = Interval(max(x.low, Fraction(0)), x.high)
        found.append(evaluate_formula(above, variable, upper))
    if x.low <= 0:
        lower = Interval(x.low, min(x.high, Fraction(0)))
        found.append(evaluate_formula(below, variable, lower))
    return Interval(min(v.low for v in found), max(v.high for v in found))


def _list_places(places: tuple[Fraction, Fraction], x: Interval) -> list[Number]:
    """At most two of the places (first + k step) π in an interval: after these values repeat."""
    first, step = places
    if not step:
        return [_CONTEXT.mpf(0)] if first == 0 and x.low <= 0 <= x.high else []
    _CONTEXT.prec = BITS + _count_bits(x.low) + _count_bits(x.high)
    low, high = (_convert(end) / _CONTEXT.pi for end in (x.low, x.high))
    start = int(_CONTEXT.ceil((low - _convert(first)) / _convert(step)))
    found = [_convert(first + k * step) for k in (start, start + 1)]
    return [place * _CONTEXT.pi for place in found if place <= high]


def _enclose(row: Primitive, x: Fraction) -> Interval:
    """The value at one point, exact where that is a fraction."""
    if row.value is not None:
        return make_point(Fraction(row.choose(x)))
    if row.domain == "not negative":
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        if root**2 == x:
            return make_point(root)
    # enough digits to tell x from the fraction that is next to it
    _CONTEXT.prec = BITS + _count_bits(x)
    value = row.precise(_CONTEXT, _convert(x))
    if x in (0, 1) and _CONTEXT.isint(value):
        return make_point(int(value))
    return _widen(value)


def _widen(value: Number) -> Interval:
    """A value of mpmath is off by less than one unit in the last of BITS."""
    if not value:
        return make_point(0)
    size = _CONTEXT.mag(value)
    if size > LARGEST_SIZE:
        raise ArithmeticProblem("a value above 10^868")
    if size < -LARGEST_BITS:
        tiny = Fraction(1, 2**LARGEST_BITS)
        return Interval(Fraction(0), tiny) if value > 0 else Interval(-tiny, Fraction(0))
    mantissa, exponent = value.man_exp
    exact = Fraction(mantissa if value > 0 else -mantissa) * Fraction(2) ** exponent
    margin = abs(exact) / 2 ** (BITS - 20)
    return Interval(exact - margin, exact + margin)


def _convert(x: Fraction) -> Number:
    return _CONTEXT.mpf(x.numerator) / x.denominator


def _count_bits(x: Fraction) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length()


def _shorten(x: Fraction) -> Fraction:
    """A fraction of fewer digits, not above x and as near as BITS_KEPT allow."""
    top, bottom = x.numerator.bit_length(), x.denominator.bit_length()
    if top - bottom > LARGEST_BITS:
        raise ArithmeticProblem("a number of more than 1000 digits")
    if max(top, bottom) <= BITS_BEFORE_ROUNDING:
        return x
    shift = min(max(BITS_KEPT - (top - bottom), 0), LARGEST_BITS)
    return Fraction(floor(x * 2**shift), 2**shift)
