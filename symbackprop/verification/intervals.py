"""Intervals with exact ends: what a calculation with rounded numbers can be at least and at most.

Ends are fractions; exp, log and roots are enclosed by decimals of 50 digits, rounded outwards. An
end of very many digits is rounded outwards too, so the cost of an operation is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import floor, isqrt

LARGEST_EXPONENT = 64
# e to this is about 10^868; beyond it the text means something else
LARGEST_ARGUMENT_OF_EXP = 2000
LARGEST_BITS = 3400
BITS_BEFORE_ROUNDING = 1024
BITS_KEPT = 512
DOWNWARDS = Context(prec=50, rounding=ROUND_FLOOR)
UPWARDS = Context(prec=50, rounding=ROUND_CEILING)


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


def take_exp(x: Interval) -> Interval:
    """e to the power of x.

    >>> float(take_exp(make_point(1)).low)
    2.718281828459045
    """
    return _apply_increasing(_enclose_exp, x)


def take_log(x: Interval) -> Interval:
    """The natural logarithm.

    >>> take_log(make_point(1))
    Interval(low=Fraction(0, 1), high=Fraction(0, 1))
    """
    if x.low <= 0:
        raise ArithmeticProblem("the logarithm of something that may be zero or negative")
    return _apply_increasing(_enclose_log, x)


def take_root(x: Interval) -> Interval:
    """The square root, exact where it is a fraction.

    >>> take_root(make_point(Fraction(9, 4)))
    Interval(low=Fraction(3, 2), high=Fraction(3, 2))
    """
    if x.low < 0:
        raise ArithmeticProblem("the square root of something that may be negative")
    return _apply_increasing(_enclose_root, x)


def take_sigmoid(x: Interval) -> Interval:
    """1 / (1 + e^{-x}).

    >>> round(float(take_sigmoid(make_point(Fraction("0.3775"))).high), 9)
    0.593269992
    """
    one = make_point(1)
    return one / (one + take_exp(-x))


def take_tanh(x: Interval) -> Interval:
    """The hyperbolic tangent, 2 sigmoid(2x) - 1."""
    return make_point(2) * take_sigmoid(make_point(2) * x) - make_point(1)


def take_max(x: Interval, y: Interval) -> Interval:
    """The larger of two."""
    return Interval(max(x.low, y.low), max(x.high, y.high))


def take_min(x: Interval, y: Interval) -> Interval:
    """The smaller of two."""
    return Interval(min(x.low, y.low), min(x.high, y.high))


def _apply_increasing(enclose: Callable[[Fraction], Interval], x: Interval) -> Interval:
    return Interval(enclose(x.low).low, enclose(x.high).high)


def _enclose_exp(x: Fraction) -> Interval:
    if x == 0:
        return make_point(1)
    if x > LARGEST_ARGUMENT_OF_EXP:
        raise ArithmeticProblem(f"e to a power above {LARGEST_ARGUMENT_OF_EXP}")
    if x < -LARGEST_ARGUMENT_OF_EXP:
        return Interval(Fraction(0), _enclose_exp(Fraction(-LARGEST_ARGUMENT_OF_EXP)).high)
    low, high = _enclose_decimal(x)
    # exp and ln of decimals are off by less than one unit in the last of 50 digits
    return _step_outwards(DOWNWARDS.exp(low), UPWARDS.exp(high))


def _enclose_log(x: Fraction) -> Interval:
    if x == 1:
        return make_point(0)
    low, high = _enclose_decimal(x)
    return _step_outwards(DOWNWARDS.ln(low), UPWARDS.ln(high))


def _enclose_root(x: Fraction) -> Interval:
    root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
    if root**2 == x:
        return make_point(root)
    low, high = _enclose_decimal(x)
    return _step_outwards(DOWNWARDS.sqrt(low), UPWARDS.sqrt(high))


def _enclose_decimal(x: Fraction) -> tuple[Decimal, Decimal]:
    top, bottom = Decimal(x.numerator), Decimal(x.denominator)
    return DOWNWARDS.divide(top, bottom), UPWARDS.divide(top, bottom)


def _step_outwards(low: Decimal, high: Decimal) -> Interval:
    return Interval(Fraction(DOWNWARDS.next_minus(low)), Fraction(UPWARDS.next_plus(high)))


def _shorten(x: Fraction) -> Fraction:
    """A fraction of fewer digits, not above x and as near as BITS_KEPT allow."""
    top, bottom = x.numerator.bit_length(), x.denominator.bit_length()
    if top - bottom > LARGEST_BITS:
        raise ArithmeticProblem("a number of more than 1000 digits")
    if max(top, bottom) <= BITS_BEFORE_ROUNDING:
        return x
    shift = min(max(BITS_KEPT - (top - bottom), 0), LARGEST_BITS)
    return Fraction(floor(x * 2**shift), 2**shift)
