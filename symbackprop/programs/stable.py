"""Expressions that overflow, rewritten into ones that do not, and numpy for what they use.

Each rule is an identity: 1/(1 + e^-u) is Logistic(u), log(1 - Logistic(u)) is -Softplus(u). What
they lead to is finite for every finite argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Add, Expr, Function, Max, Min, Mul, Piecewise, Pow, erf, exp, log
from sympy.core.relational import Relational, StrictGreaterThan
from sympy.logic.boolalg import Boolean

from symbackprop.primitives import KINDS, Abs, cosh, sinh, tanh

Array = NDArray[Any]


class Logistic(Function):
    """1/(1 + e^-u)."""


class Softplus(Function):
    """log(1 + e^u)."""


class LogSoftplus(Function):
    """log(log(1 + e^u))."""


class LogSoftplusSlope(Function):
    """Its derivative, Logistic(u)/Softplus(u)."""


class HyperbolicSecant(Function):
    """1/cosh(u)."""


class ExponentialLessOne(Function):
    """e^u - 1, which keeps its digits near 0."""


class ErrorComplement(Function):
    """1 - erf(u), which keeps its digits where erf(u) is close to 1."""


class SoftmaxRows(Function):
    """Softmax of every row."""


class SoftmaxColumns(Function):
    """Softmax of every column."""


class LogSoftmaxRows(Function):
    """The logarithm of the softmax of every row."""


class LogSoftmaxColumns(Function):
    """The logarithm of the softmax of every column."""


def stabilize(expression: Expr) -> Expr:
    """Rewrite an expression, from its leaves upwards, into one that is finite far from 0.

    >>> from sympy import Symbol
    >>> z = Symbol("z")
    >>> stabilize(z / (1 + exp(-z))), stabilize(log(1 - 1 / (1 + exp(-z))))
    (z*Logistic(z), -Softplus(z))
    """
    if not expression.args:
        return expression
    if isinstance(expression, Piecewise):
        return _stabilize_cases(expression)
    arguments = [stabilize(a) if isinstance(a, Expr) else a for a in expression.args]
    if any(new is not old for new, old in zip(arguments, expression.args, strict=True)):
        expression = expression.func(*arguments)
    for kind, rule in RULES:
        if isinstance(expression, kind):
            found = rule(expression)
            if found is not None:
                return stabilize(found)
    return expression


def _stabilize_power(power: Expr) -> Expr | None:
    """(c + d e^u)^-p --> (Logistic(-u - log(d/c))/c)^p; cosh(u)^-p --> HyperbolicSecant(u)^p;
    (e^u + 2 + e^-u)^-p --> (Logistic(u) Logistic(-u))^p."""
    if not (power.exp.is_number and power.exp.is_negative):
        return None
    if isinstance(power.base, cosh):
        return HyperbolicSecant(*power.base.args) ** -power.exp
    if not isinstance(power.base, Add):
        return None
    for u in (term.args[0] for term in power.base.args if isinstance(term, exp)):
        if power.base == exp(u) + exp(-u) + 2:
            return (Logistic(u) * Logistic(-u)) ** -power.exp
    constant, rest = power.base.as_coeff_Add()
    number, exponential = rest.as_coeff_Mul()
    if isinstance(exponential, exp) and constant > 0 and number > 0:
        shift = log(number / constant)
        return (Logistic(-exponential.args[0] - shift) / constant) ** -power.exp
    return None


def _stabilize_product(product: Expr) -> Expr | None:
    """Two factors, one of which may grow while the other vanishes, become one that does neither."""
    powers = [f.as_base_exp() for f in product.args]
    for place, growing in enumerate(product.args):
        for other, (base, power) in enumerate(powers):
            joined = None if place == other else _join_factors(growing, base, power)
            if joined is not None:
                rest = [f for p, f in enumerate(product.args) if p not in (place, other)]
                return Mul(*rest, joined)
    return None


def _join_factors(growing: Expr, base: Expr, power: Expr) -> Expr | None:
    """e^-qu Logistic(u)^p --> Logistic(u)^(p-q) Logistic(-u)^q; Softplus(u)^-q Logistic(u) -->
    Softplus(u)^(1-q) LogSoftplusSlope(u); e^u and sinh(u) with powers of HyperbolicSecant(u)."""
    if not (power.is_number and power >= 1 and isinstance(base, Logistic | HyperbolicSecant)):
        return None
    (u,) = base.args
    if isinstance(base, Logistic):
        divisor, times = growing.as_base_exp()
        if divisor == Softplus(u) and times.is_negative:
            return Softplus(u) ** (times + 1) * LogSoftplusSlope(u) * Logistic(u) ** (power - 1)
        for times in range(int(power), 0, -1) if isinstance(growing, exp) else ():
            number = growing.args[0] + times * u
            if number.is_number:
                return exp(number) * Logistic(u) ** (power - times) * Logistic(-u) ** times
        return None
    if growing == sinh(u):
        return tanh(u) * HyperbolicSecant(u) ** (power - 1)
    if growing in (exp(u), exp(-u)):
        return 2 * Logistic(2 * growing.args[0]) * HyperbolicSecant(u) ** (power - 1)
    return None


def _stabilize_sum(total: Expr) -> Expr | None:
    """1 - Logistic(u) --> Logistic(-u); e^u - 1 --> ...; c + c erf(u) --> c ErrorComplement(-u)."""
    constant, rest = total.as_coeff_Add()
    if constant == 0:
        return None
    for term in Add.make_args(rest):
        coefficient, body = term.as_coeff_Mul()
        others = rest - term
        if isinstance(body, Logistic) and coefficient == -constant:
            return others + constant * Logistic(-body.args[0])
        if isinstance(body, erf) and abs(coefficient) == abs(constant):
            sign = -coefficient / constant
            return others + constant * ErrorComplement(sign * body.args[0])
        if isinstance(body, exp) and coefficient == -constant:
            return others + coefficient * ExponentialLessOne(body.args[0])
    return None


def _stabilize_log(logarithm: Expr) -> Expr | None:
    """log(1 + e^u) --> Softplus(u), and so on for whatever is made of exponentials."""
    return take_log(logarithm.args[0])


def take_log(positive: Expr) -> Expr | None:
    """The logarithm of something positive in a form that is finite where it is; None where none
    is known that is better than log itself.

    >>> from sympy import Symbol
    >>> u = Symbol("u")
    >>> take_log(Softplus(u) ** 2), take_log(exp(u) + 3)
    (2*LogSoftplus(u), Softplus(u - log(3)) + log(3))
    """
    if positive.is_number:
        return None
    known = LOGARITHMS.get(type(positive))
    if known is not None:
        return known(*positive.args)
    if isinstance(positive, Pow):
        inner = take_log(positive.base) if positive.exp.is_number else None
        return None if inner is None else positive.exp * inner
    number, rest = positive.as_coeff_Mul()
    if number != 1 and number > 0:
        inner = take_log(rest)
        return None if inner is None else log(number) + inner
    if not isinstance(positive, Add | Mul):
        return None
    first, *others = map(_take_log_of_part, positive.args)
    if first is None or None in others:
        return None
    if isinstance(positive, Mul):
        return Add(first, *others)
    # log(A + B) = log A + log(1 + B/A)
    for other in others:
        first = first + Softplus(other - first)
    return first


def _take_log_of_part(part: Expr) -> Expr | None:
    if part.is_number:
        return log(part) if part.is_positive else None
    return take_log(part)


# what is positive --> its logarithm, of the arguments
LOGARITHMS: dict[type, Callable[..., Expr]] = {
    exp: lambda u: u,
    Logistic: lambda u: -Softplus(-u),
    Softplus: LogSoftplus,
    cosh: lambda u: Abs(u) + Softplus(-2 * Abs(u)) - log(2),
    HyperbolicSecant: lambda u: log(2) - Abs(u) - Softplus(-2 * Abs(u)),
    SoftmaxRows: LogSoftmaxRows,
    SoftmaxColumns: LogSoftmaxColumns,
}


RULES: tuple[tuple[type, Callable[[Any], Expr | None]], ...] = (
    (Pow, _stabilize_power),
    (Mul, _stabilize_product),
    (Add, _stabilize_sum),
    (log, _stabilize_log),
)


def _stabilize_cases(cases: Piecewise) -> Expr:
    """Both branches are computed everywhere, so each exponential sees only its own side of 0."""
    if len(cases.args) != 2 or not isinstance(cases.args[0][1], StrictGreaterThan):
        return Piecewise(*((stabilize(value), _stabilize_sides(c)) for value, c in cases.args))
    (above, condition), (below, _) = cases.args
    split = condition.lhs - condition.rhs
    if above == split and below == 0:
        return Max(stabilize(split), 0)
    above, below = _confine(above, split, Max), _confine(below, split, Min)
    return Piecewise((stabilize(above), _stabilize_sides(condition)), (stabilize(below), True))


def _stabilize_sides(condition: Boolean) -> Boolean:
    """What is compared is computed like anything else."""
    return condition.replace(
        lambda e: isinstance(e, Relational),
        lambda e: e.func(*(stabilize(side) for side in e.args)),
    )


def _confine(branch: Expr, split: Expr, bound: type) -> Expr:
    """e^z where z <= 0 --> e^min(z, 0)."""
    kept = bound(split, 0, evaluate=False)
    return branch.replace(
        lambda e: isinstance(e, exp), lambda e: exp(e.args[0].xreplace({split: kept}))
    )


def logistic(u: Array) -> Array:
    """1/(1 + e^-u).

    >>> logistic(np.array([-750.0, 0.0, 750.0]))
    array([0. , 0.5, 1. ])
    """
    # e^-u may become infinite: 1/(1 + inf) is the 0 that is wanted
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-u))


def softplus(u: Array) -> Array:
    """log(1 + e^u) = max(u, 0) + log(1 + e^-|u|).

    >>> softplus(np.array([-750.0, 750.0]))
    array([  0., 750.])
    """
    return np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))


def softmax(u: Array, axis: int) -> Array:
    """e^u divided by its sum along an axis.

    >>> softmax(np.array([[750.0, 750.0, -750.0]]), axis=1)
    array([[0.5, 0.5, 0. ]])
    """
    e = np.exp(u - u.max(axis=axis, keepdims=True))
    e /= e.sum(axis=axis, keepdims=True)
    return e


def log_softmax(u: Array, axis: int) -> Array:
    """u - log of the sum of e^u along an axis.

    >>> log_softmax(np.array([[750.0, -750.0]]), axis=1)
    array([[    0., -1500.]])
    """
    shifted = u - u.max(axis=axis, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return shifted


def log_softplus(u: Array) -> Array:
    """log(log(1 + e^u)), which is u - e^u/2 where e^u is small.

    >>> log_softplus(np.array([-1000.0, 1000.0])).tolist()
    [-1000.0, 6.907755278982137]
    """
    return np.where(u < FAR, u - np.exp(np.minimum(u, FAR)) / 2, np.log(softplus(_near(u))))


def log_softplus_slope(u: Array) -> Array:
    """The derivative of log(log(1 + e^u)), which is 1 - e^u/2 where e^u is small.

    >>> log_softplus_slope(np.array([-1000.0, 1000.0])).tolist()
    [1.0, 0.001]
    """
    near = logistic(u) / softplus(_near(u))
    return np.where(u < FAR, 1 - np.exp(np.minimum(u, FAR)) / 2, near)


# where the square of e^u is below all digits
FAR = -30.0


def _near(u: Array) -> Array:
    return np.maximum(u, FAR)


def secant(u: Array) -> Array:
    """1/cosh(u) = 2 e^-|u| / (1 + e^-2|u|).

    >>> secant(np.array([-1000.0, 0.0]))
    array([0., 1.])
    """
    falling = np.exp(-np.abs(u))
    return 2 * falling / (1 + falling * falling)


def error_complement(u: Array) -> Array:
    """1 - erf(u), entry by entry from the C library: numpy has none.

    >>> error_complement(np.array([0.0]))
    array([1.])
    """
    return np.asanyarray(np.frompyfunc(math.erfc, 1, 1)(u)).astype(u.dtype)


def error_function(u: Array) -> Array:
    """erf(u), entry by entry from the C library: numpy has none.

    >>> error_function(np.array([0.0]))
    array([0.])
    """
    return np.asanyarray(np.frompyfunc(math.erf, 1, 1)(u)).astype(u.dtype)


def _find_program(name: str) -> Callable[..., Array]:
    """The function of a row of the table: one of numpy's, or one of those above."""
    return getattr(np, name, None) or globals()[name]


NUMPY_FUNCTIONS: dict[type, Callable[..., Array]] = {
    **{kind: _find_program(row.program or row.name) for kind, row in KINDS.items()},
    Logistic: logistic,
    Softplus: softplus,
    LogSoftplus: log_softplus,
    LogSoftplusSlope: log_softplus_slope,
    HyperbolicSecant: secant,
    ExponentialLessOne: np.expm1,
    ErrorComplement: error_complement,
}
