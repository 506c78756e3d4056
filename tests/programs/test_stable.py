"""Rewritten expressions against fifty digits, near 0 and far from it."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from program_values import SMOOTH
from sympy import (
    Expr,
    Max,
    Symbol,
    erf,
    exp,
    log,
    sqrt,
    tanh,
)

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.programs.program import Statement, compile_statements
from symbackprop.programs.stable import FAR, log_softplus, stabilize


def run(expression: Expr, z: Symbol, values: Any, real: type = np.float64) -> Any:
    """The numbers of a rewritten expression, as a program computes them."""
    from symbackprop.programs.program import _evaluate_numbers

    variable = Symbol("a")
    statement = Statement(variable, _evaluate_numbers(stabilize(expression)), None, "forward")
    function, _ = compile_statements((statement,), [z], [variable], real)
    return function(np.asarray(values, dtype=real))[0]


def _sigmoid(z: Expr) -> Expr:
    return 1 / (1 + exp(-z))


def evaluate(expression: Expr, z: Symbol, point: float) -> Any:
    """The value in 50 digits, with 400 digits on the way: 1 - sigmoid(750) takes off 325."""
    with mpmath.workdps(450):
        return sympy.lambdify(z, expression, "mpmath")(mpmath.mpf(float(point)))


RULED = {
    **{name: row.formula for name, row in ACTIVATIONS.items() if row.formula},
    "log sigmoid": lambda z: log(_sigmoid(z)),
    "log(1 - sigmoid)": lambda z: log(1 - _sigmoid(z)),
    "log(sigmoid(-z))": lambda z: log(_sigmoid(-z)),
    "1 - sigmoid": lambda z: 1 - _sigmoid(z),
    "3 - 3 sigmoid": lambda z: 3 - 3 * _sigmoid(z) + tanh(z),
    "mirrored sigmoid": lambda z: exp(z) / (1 + exp(z)),
    "sigmoid of a sum": lambda z: _sigmoid(2 * z + 3),
    "sigmoid' as sympy has it": lambda z: 1 / (exp(z) + 2 + exp(-z)),
    "1 - erf": lambda z: 1 - erf(z / sqrt(2)),
    "exp - 1": lambda z: exp(Max(0, -z) * -1) - 1,
}


POINTS = [-750.0, -88.5, -40.0, -5.0, -1e-9, 0.0, 1e-9, 0.5, 5.0, 40.0, 88.5, 750.0]


@pytest.mark.parametrize("real", [np.float64, np.float32])
@pytest.mark.parametrize("name", RULED)
def test_rules_against_fifty_digits(name: str, real: type) -> None:
    z = Symbol("z")
    found = run(RULED[name](z), z, POINTS, real)
    assert found.dtype == real or found.dtype.kind == "f"
    tiny, unit = np.finfo(real).tiny, np.finfo(real).eps
    for point, value in zip(np.asarray(POINTS, dtype=real), found, strict=True):
        exact = evaluate(RULED[name](z), z, point)
        # an argument is rounded before e is raised to it: its size counts
        allowed = 8 * float(unit) * max(1, abs(float(point))) * abs(exact) + 2 * float(tiny)
        assert abs(mpmath.mpf(float(value)) - exact) <= allowed, point


@pytest.mark.parametrize("real", [np.float64, np.float32])
@pytest.mark.parametrize("name", [n for n in SMOOTH if ACTIVATIONS[n].formula])
def test_derivatives_against_fifty_digits(name: str, real: type) -> None:
    z = Symbol("z")
    derivative = ACTIVATIONS[name].function.derivative()
    found = np.broadcast_to(run(derivative.apply_formula(z), z, POINTS, real), len(POINTS))
    unit = np.finfo(real).eps
    for point, value in zip(np.asarray(POINTS, dtype=real), found, strict=True):
        exact = evaluate(derivative.apply_formula(z), z, point)
        assert abs(mpmath.mpf(float(value)) - exact) <= 8 * float(unit) * max(1, abs(exact)), point


def test_the_second_term_counts_where_the_first_alone_is_not_enough() -> None:
    u = FAR - 1
    with mpmath.workdps(40):
        exact = float(mpmath.log(mpmath.log1p(mpmath.exp(u))))
    assert float(log_softplus(np.array([u]))[0]) == exact != u
