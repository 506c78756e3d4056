"""The one table of functions that formulas are made of: exp, sin, max; one row for each.

Every stage asks it what a function is called, what its value and its derivative are, and how it
is written: the grammar of network files, Python functions, worlds, programs, printing, reading and
verification. Activations are formulas made of these (see network/activations.py).
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import mpmath
import sympy
from sympy import Expr, Integer, Rational, Symbol, cos, exp, log, pi, sin, sqrt

# a float, a complex number with a step, a fraction, a number of mpmath
Number = Any
# the argument of a function, and its value there: derivatives are written in both
X, Y = Symbol("x", real=True), Symbol("y", real=True)


class LeftAlone(sympy.Function):
    """A function that is never evaluated: sympy's own take minutes on tanh in tanh in tanh, and
    think of complex numbers, where |e^x| is e^re(x).

    >>> tanh(tanh(Integer(0))), Abs(exp(Symbol("x"))).diff(Symbol("x"))
    (tanh(tanh(0)), exp(x)*sign(exp(x)))
    """

    @classmethod
    def eval(cls, argument: Expr) -> None:
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        return KINDS[type(self)].differentiate(self.args[0], self)

    def doit(self, **hints: bool) -> Expr:
        """What sympy makes of it: sign(0).doit() is 0."""
        return getattr(sympy, type(self).__name__)(*(a.doit(**hints) for a in self.args))

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        # those of Abs and sign take real and imaginary parts apart
        return self.fdiff() * self.args[0].diff(symbol)


class tanh(LeftAlone):
    """The hyperbolic tangent."""


class sinh(LeftAlone):
    """The hyperbolic sine."""


class cosh(LeftAlone):
    """The hyperbolic cosine."""


class Abs(LeftAlone):
    """The size of a real number."""


class sign(LeftAlone):
    """-1, 0 or 1."""


@dataclass(frozen=True)
class Primitive:
    r"""One row: what every stage knows of a function.

    name: as network files write it; also its name in math, cmath, numpy and mpmath, where those
        have it and nothing else is said.
    make: what builds it in expressions, a class of sympy or of ours.
    slope: its derivative, of its argument x and its value y; at a corner the value that counts.
        None for max and min, whose derivative picks a branch (at a tie that of the last).
    arguments: how many it takes; None: two or more.
    value: its value for numbers of any kind that have an order, where it has a corner.
    ask: its value for exact numbers otherwise, by the oracles of a field (number_types.py).
    at_complex: its value at a complex number, where cmath has none.
    domain: where it has a value.
    said: what it is called in a sentence: a logarithm.
    turns: where it goes from rising to falling or back, as (first, step) in units of π.
    poles: likewise, where it jumps from +∞ to -∞.
    program: the function of numpy, or of programs/stable.py.
    latex, text: how it is printed, before brackets; bare: also without them, as in \sin x.
    differentiable: whether there is a slope to follow; that of sign is 0 wherever it has one.
    inverse_of: the function that it takes back: tan^{-1} is atan.
    spellings: other words for it in formulas.
    code: other names for it in Python's math and in numpy.
    """

    name: str
    make: Callable[..., Expr]
    slope: Callable[[Expr, Expr], Expr] | None
    latex: str
    text: str = ""
    spellings: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    arguments: int | None = 1
    value: Callable[..., Number] | None = None
    ask: Callable[[Any, Number], Number] | None = None
    at_complex: Callable[[complex], complex] | None = None
    domain: Literal["", "positive", "not negative"] = ""
    said: str = ""
    turns: tuple[Fraction, Fraction] | None = None
    poles: tuple[Fraction, Fraction] | None = None
    program: str = ""
    bare: bool = True
    differentiable: bool = True
    inverse_of: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Every word for it in formulas.

        >>> PRIMITIVES["atan"].words
        ('atan', 'arctan', 'arctg')
        """
        return tuple(dict.fromkeys((self.name, *self.spellings)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name for it in Python.

        >>> PRIMITIVES["max"].names
        ('max', 'maximum', 'fmax')
        """
        return (self.name, *self.code)

    @property
    def has_corner(self) -> bool:
        """Whether its slope jumps somewhere; what has no corner is analytic."""
        return self.value is not None

    @cached_property
    def rule(self) -> Expr:
        """The derivative as an expression in X and Y; made when it is first asked for, since the
        first sines cost sympy some time.

        >>> PRIMITIVES["tanh"].rule, PRIMITIVES["log"].rule
        (1 - y**2, 1/x)
        """
        return self.differentiate(X, Y)

    def differentiate(self, argument: Expr, value: Expr) -> Expr:
        """The derivative by the one argument, through the value where that is shorter.

        >>> x, a = Symbol("x"), Symbol("a")
        >>> PRIMITIVES["tanh"].differentiate(x, a), PRIMITIVES["log"].differentiate(x, a)
        (1 - a**2, 1/x)
        """
        if self.slope is None:
            raise TypeError(f"{self.name} takes several arguments: its derivative picks a branch")
        return self.slope(argument, value)

    def write(self, argument: Expr) -> Expr | None:
        """The function of one number as an expression; None where it takes several."""
        return self.make(argument) if self.arguments == 1 else None

    def choose(self, *arguments: Number) -> Number:
        """The value for numbers that have an order, where there is a corner."""
        if self.value is None:
            raise TypeError(f"{self.name} has no corner")
        return self.value(*arguments)

    def double(self, *arguments: float | complex) -> float | complex:
        """The value in double precision; an imaginary step gives the slope.

        Raises:
            ValueError, OverflowError: there is none.

        >>> PRIMITIVES["sin"].double(1e-3), PRIMITIVES["abs"].double(complex(-2, 1e-100)).imag
        (0.0009999998333333417, -1e-100)
        """
        if self.value is not None:
            return self.value(*arguments)
        (x,) = arguments
        if not isinstance(x, complex):
            return getattr(math, self.name)(x)
        return (self.at_complex or getattr(cmath, self.name))(x)

    def precise(self, context: mpmath.MPContext, *arguments: Number) -> Number:
        """The value in as many digits as a context of mpmath has."""
        if self.value is not None:
            return self.value(*arguments)
        return getattr(context, self.name)(*arguments)


def _erf_at_complex(x: complex) -> complex:
    if abs(x.imag) < 1e-20:
        return complex(math.erf(x.real), x.imag * 2 / math.sqrt(math.pi) * math.exp(-(x.real**2)))
    return complex(mpmath.erf(x))


def _take_size(x: Number) -> Number:
    # at the corner neither side counts: the slope there is 0, the mean of both
    return x if x.real > 0 else -x if x.real < 0 else 0 * x.real


def _take_sign(x: Number) -> int:
    return int(x.real > 0) - int(x.real < 0)


def _take_largest(*values: Number) -> Number:
    return _choose(values, lambda one, other: one.real > other.real)


def _take_smallest(*values: Number) -> Number:
    return _choose(values, lambda one, other: one.real < other.real)


def _choose(values: tuple[Number, ...], beats: Callable[[Number, Number], bool]) -> Number:
    """The value that beats all others; at a tie the last."""
    *others, chosen = values
    for value in reversed(others):
        chosen = value if beats(value, chosen) else chosen
    return chosen


# exact numbers: sinh, tanh, ... are formulas of one e^x, and sin, cos, tan of the tangent of x/2


def _ask_sinh(field: Any, x: Number) -> Number:
    e = field.ask_power(x)
    return (e - 1 / e) * field.make(Rational(1, 2))


def _ask_cosh(field: Any, x: Number) -> Number:
    e = field.ask_power(x)
    return (e + 1 / e) * field.make(Rational(1, 2))


def _ask_tanh(field: Any, x: Number) -> Number:
    square = field.ask_power(x) ** 2
    return (square - 1) / (square + 1)


def _ask_half(field: Any, x: Number) -> Number:
    return field.ask_odd("tan of the half", x)


def _ask_sin(field: Any, x: Number) -> Number:
    t = _ask_half(field, x)
    return 2 * t / (1 + t * t)


def _ask_cos(field: Any, x: Number) -> Number:
    t = _ask_half(field, x)
    return (1 - t * t) / (1 + t * t)


def _ask_tan(field: Any, x: Number) -> Number:
    t = _ask_half(field, x)
    return 2 * t / (1 - t * t)


HALF, ZERO, ONE = Fraction(1, 2), Fraction(0), Fraction(1)

PRIMITIVES: dict[str, Primitive] = {
    row.name: row
    for row in (
        Primitive("exp", exp, lambda x, y: y, r"\exp", ask=lambda field, x: field.ask_power(x)),
        Primitive(
            "log",
            log,
            lambda x, y: 1 / x,
            r"\ln",
            "ln",
            ("ln",),
            domain="positive",
            said="logarithm",
            ask=lambda field, x: field.ask_log(x),
        ),
        Primitive(
            "sqrt",
            sqrt,
            lambda x, y: 1 / (2 * y),
            r"\operatorname{sqrt}",
            domain="not negative",
            said="square root",
            bare=False,
        ),
        Primitive(
            "sin",
            sin,
            lambda x, y: cos(x),
            r"\sin",
            spellings=("sen",),
            ask=_ask_sin,
            turns=(HALF, ONE),
        ),
        Primitive("cos", cos, lambda x, y: -sin(x), r"\cos", ask=_ask_cos, turns=(ZERO, ONE)),
        Primitive(
            "tan",
            sympy.tan,
            lambda x, y: 1 + y**2,
            r"\tan",
            spellings=("tg",),
            ask=_ask_tan,
            poles=(HALF, ONE),
            said="tangent",
        ),
        Primitive("sinh", sinh, lambda x, y: cosh(x), r"\sinh", spellings=("senh",), ask=_ask_sinh),
        Primitive("cosh", cosh, lambda x, y: sinh(x), r"\cosh", ask=_ask_cosh, turns=(ZERO, ZERO)),
        Primitive(
            "tanh", tanh, lambda x, y: 1 - y**2, r"\tanh", spellings=("tgh", "Tanh"), ask=_ask_tanh
        ),
        Primitive(
            "atan",
            sympy.atan,
            lambda x, y: 1 / (1 + x**2),
            r"\arctan",
            "arctan",
            ("arctan", "arctg"),
            ("arctan",),
            ask=lambda field, x: field.ask_odd("atan", x),
            program="arctan",
            inverse_of="tan",
        ),
        Primitive(
            "erf",
            sympy.erf,
            lambda x, y: 2 / sqrt(pi) * exp(-(x**2)),
            r"\operatorname{erf}",
            ask=lambda field, x: field.ask_odd("erf", x),
            at_complex=_erf_at_complex,
            program="error_function",
            bare=False,
        ),
        Primitive(
            "abs",
            Abs,
            lambda x, y: sign(x),
            r"\operatorname{abs}",
            code=("fabs", "absolute"),
            value=_take_size,
            turns=(ZERO, ZERO),
            bare=False,
        ),
        Primitive(
            "sign",
            sign,
            lambda x, y: Integer(0),
            r"\operatorname{sgn}",
            "sgn",
            ("sgn",),
            differentiable=False,
            value=_take_sign,
        ),
        Primitive(
            "max",
            sympy.Max,
            None,
            r"\max",
            code=("maximum", "fmax"),
            program="maximum",
            arguments=None,
            value=_take_largest,
        ),
        Primitive(
            "min",
            sympy.Min,
            None,
            r"\min",
            code=("minimum", "fmin"),
            program="minimum",
            arguments=None,
            value=_take_smallest,
        ),
    )
}
# class --> its row; a power has none: sqrt is one of them
KINDS: dict[type, Primitive] = {
    row.make: row for row in PRIMITIVES.values() if isinstance(row.make, type)
}
# sympy's own --> what is written for it: numbers are real, and have no parts
FOREIGN: dict[type, Callable[[Expr], Expr]] = {
    **{getattr(sympy, own.__name__): own for own in KINDS if issubclass(own, LeftAlone)},
    sympy.re: lambda x: x,
    sympy.im: lambda x: Integer(0),
    sympy.conjugate: lambda x: x,
}


def find_primitive(expression: Expr) -> Primitive | None:
    """The row of a function that is applied, or None.

    >>> find_primitive(sin(Symbol("z"))).name, find_primitive(Symbol("z")) is None
    ('sin', True)
    """
    return KINDS.get(type(expression))


def leave_alone(expression: Expr) -> Expr:
    """Write somebody's sympy expression with the functions of the table; all numbers are real.

    >>> x = Symbol("x")
    >>> leave_alone(sympy.Abs(sympy.exp(x))), leave_alone(sympy.tanh(x)) == tanh(x)
    (exp(x), True)
    """
    if not expression.has(*FOREIGN):
        return expression
    return expression.replace(
        lambda part: type(part) in FOREIGN, lambda part: FOREIGN[type(part)](*part.args)
    )


def rank_in_tie(argument: Expr) -> tuple[bool, Any]:
    """Where an argument of max and min stands: at a tie the last counts, and that is a constant,
    so that max(z, 0) has the derivative 0 at 0.

    >>> sorted([Integer(0), Symbol("z")], key=rank_in_tie)
    [z, 0]
    """
    return bool(argument.is_number), argument.sort_key()
