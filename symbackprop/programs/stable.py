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
from sympy import Add, Basic, Expr, Function, Max, Min, Mul, Piecewise, Pow, erf, exp, log
from sympy.core.relational import StrictGreaterThan

Array = NDArray[Any]


class Logistic(Function):
    """1/(1 + e^-u)."""


class Softplus(Function):
    """log(1 + e^u)."""


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
    """(1 + e^u)^-p --> Logistic(-u)^p; (e^u + 2 + e^-u)^-p --> (Logistic(u) Logistic(-u))^p."""
    if not (power.exp.is_Integer and power.exp < 0):
        return None
    exponential = _one_and(power.base)
    if isinstance(exponential, exp):
        return Logistic(-exponential.args[0]) ** -power.exp
    terms = power.base.args if isinstance(power.base, Add) else ()
    for u in (term.args[0] for term in terms if isinstance(term, exp)):
        if power.base == exp(u) + exp(-u) + 2:
            return (Logistic(u) * Logistic(-u)) ** -power.exp
    return None


def _stabilize_product(product: Expr) -> Expr | None:
    """e^-qu Logistic(u)^p --> Logistic(u)^(p-q) Logistic(-u)^q."""
    powers = [(f, *f.as_base_exp()) for f in product.args]
    logistics = [(f, b.args[0], p) for f, b, p in powers if isinstance(b, Logistic)]
    for exponential in product.args:
        if not isinstance(exponential, exp):
            continue
        for factor, argument, power in logistics:
            times = -exponential.args[0] / argument
            if times.is_Integer and power.is_Integer and 0 < times <= power:
                rest = Mul(*(f for f in product.args if f not in (exponential, factor)))
                return rest * Logistic(argument) ** (power - times) * Logistic(-argument) ** times
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
    """log(1 + e^u) --> Softplus(u); log(Logistic(u)) --> -Softplus(-u); softmax likewise."""
    (argument,) = logarithm.args
    if isinstance(argument, Logistic):
        return -Softplus(-argument.args[0])
    if isinstance(argument, SoftmaxRows):
        return LogSoftmaxRows(*argument.args)
    if isinstance(argument, SoftmaxColumns):
        return LogSoftmaxColumns(*argument.args)
    exponential = _one_and(argument)
    return Softplus(exponential.args[0]) if isinstance(exponential, exp) else None


def _one_and(total: Basic) -> Expr | None:
    """1 + e --> e."""
    if isinstance(total, Add) and len(total.args) == 2 and 1 in total.args:
        return total - 1
    return None


RULES: tuple[tuple[type, Callable[[Any], Expr | None]], ...] = (
    (Pow, _stabilize_power),
    (Mul, _stabilize_product),
    (Add, _stabilize_sum),
    (log, _stabilize_log),
)


def _stabilize_cases(cases: Piecewise) -> Expr:
    """Both branches are computed everywhere, so each exponential sees only its own side of 0."""
    if len(cases.args) != 2 or not isinstance(cases.args[0][1], StrictGreaterThan):
        return Piecewise(*((stabilize(value), condition) for value, condition in cases.args))
    (above, condition), (below, _) = cases.args
    split = condition.lhs - condition.rhs
    if above == split and below == 0:
        return Max(split, 0)
    above, below = _confine(above, split, Max), _confine(below, split, Min)
    return Piecewise((stabilize(above), condition), (stabilize(below), True))


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


NUMPY_FUNCTIONS: dict[type, Callable[..., Array]] = {
    Logistic: logistic,
    Softplus: softplus,
    ExponentialLessOne: np.expm1,
    ErrorComplement: error_complement,
    erf: error_function,
}
