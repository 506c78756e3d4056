"""The table of activations: each is one formula; sympy finds every derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import (
    Dummy,
    Expr,
    Integer,
    Piecewise,
    Rational,
    Symbol,
    cancel,
    erf,
    exp,
    factor,
    log,
    sqrt,
    tanh,
)

from symbackprop.equations import Equation
from symbackprop.errors import InputError, name_choices
from symbackprop.functions import Formula, NamedFunction, name_function


@dataclass(frozen=True)
class Activation:
    """One row: a formula of the pre-activation z.

    `formula` is None for the generic sigma, and for softmax, which reads a whole layer.
    `derivative_at_zero` is declared where the formula has a corner there.
    """

    name: str
    formula: Formula | None
    vector: bool = False
    differentiable: bool = True
    derivative_at_zero: Expr | None = None

    @property
    def function(self) -> Any:
        """The named function: `activation.function(z)` stands in equations."""
        return name_function(self.name, self.formula)


def _sigmoid(z: Expr) -> Expr:
    return 1 / (1 + exp(-z))


def _gaussian_distribution(z: Expr) -> Expr:
    return (1 + erf(z / sqrt(2))) / 2


SLOPE = Rational(1, 100)

ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("sigma", None),
        Activation("identity", lambda z: z),
        Activation("sigmoid", _sigmoid),
        Activation("tanh", tanh),
        # The strict inequality declares the value at the corner: 0 falls to the second branch.
        Activation(
            "relu",
            lambda z: Piecewise((z, z > 0), (Integer(0), True)),
            derivative_at_zero=Integer(0),
        ),
        Activation(
            "leaky-relu",
            lambda z: Piecewise((z, z > 0), (SLOPE * z, True)),
            derivative_at_zero=SLOPE,
        ),
        Activation("elu", lambda z: Piecewise((z, z > 0), (exp(z) - 1, True))),
        Activation("softplus", lambda z: log(1 + exp(z))),
        Activation("silu", lambda z: z * _sigmoid(z)),
        Activation("gelu", lambda z: z * _gaussian_distribution(z)),
        Activation("softmax", None, vector=True),
        Activation(
            "step",
            lambda z: Piecewise((Integer(1), z > 0), (Integer(0), True)),
            differentiable=False,
        ),
    )
}


def find_activation(choice: str | Activation) -> Activation:
    """The row of that name; an Activation of the user's own is taken as it is.

    Raises:
        InputError: no such name; the message has the nearest.

    >>> find_activation("tanh").name
    'tanh'
    """
    if isinstance(choice, Activation):
        return choice
    if choice not in ACTIVATIONS:
        raise InputError(name_choices("activation", choice, ACTIVATIONS))
    return ACTIVATIONS[choice]


def find_step(equations: Iterable[Equation]) -> tuple[Equation, Activation] | None:
    """The first equation with an activation that has no derivative to learn from, and that one."""
    for equation in equations:
        for function in equation.rhs.atoms(NamedFunction):
            row = ACTIVATIONS.get(function.spelling)
            if row is not None and not row.differentiable:
                return equation, row
    return None


def define_activation(name: str, formula: Expr | Callable[..., Any]) -> Activation:
    """An activation of your own, from a sympy expression in one symbol or a Python function.

    >>> from sympy import Symbol, atan
    >>> define_activation("arctan", atan(Symbol("z"))).function.derivative().apply_formula(
    ...     Symbol("z"))
    1/(z**2 + 1)
    """
    if not isinstance(formula, Expr):
        from symbackprop.network.python_functions import read_function

        formula, _ = read_function(formula)
    expression = formula
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) != 1:
        found = ", ".join(map(str, symbols)) or "none"
        raise InputError(f"activation {name!r} must be a formula of one symbol; found {found}")
    return Activation(name, lambda z: expression.xreplace({symbols[0]: z}))


@cache
def derive_through_output(function: type[NamedFunction]) -> tuple[Symbol, Expr] | None:
    """The derivative as an expression in the unit's own output a, where there is one.

    The formula is solved for the exponential in it, which is put into the derivative.

    >>> a, slope = derive_through_output(ACTIVATIONS["sigmoid"].function)
    >>> slope.subs(a, Symbol("a"))
    a*(1 - a)
    >>> derive_through_output(ACTIVATIONS["softplus"].function) is None
    True
    """
    if function.formula is None or function.order:
        return None
    z, output, unknown = Symbol("z", real=True), Dummy("a"), Dummy("e")
    formula = function.apply_formula(z)
    slope = function.derivative().apply_formula(z)
    if not slope.has(z):
        return output, slope
    if formula.func in (tanh,):
        slope = slope.xreplace({formula: output})
        return None if slope.has(z) else (output, slope)
    exponentials = formula.atoms(exp)
    if len(exponentials) != 1 or formula.has(Piecewise, log):
        return None
    (exponential,) = exponentials
    equation = cancel(formula.xreplace({exponential: unknown}) - output).as_numer_denom()[0]
    constant, linear = equation.subs(unknown, 0), equation.diff(unknown)
    if equation.has(z) or linear.has(unknown):
        return None
    solution = cancel(-constant / linear)
    inverted = slope.xreplace({exponential: unknown, 1 / exponential: 1 / unknown})
    result = cancel(inverted.subs(unknown, solution))
    return None if result.has(z) else (output, _ascending(factor(result)))


def _ascending(product: Expr) -> Expr:
    """-a*(a - 1) --> a*(1 - a): the sign goes into the bracket."""
    sign, rest = product.as_coeff_Mul()
    if sign != -1:
        return product
    factors = list(rest.args if rest.is_Mul else (rest,))
    for position, candidate in enumerate(factors):
        if candidate.is_Add:
            factors[position] = -candidate
            return rest.func(*factors)
    return product
