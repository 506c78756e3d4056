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
)

from symbackprop.equations import Equation
from symbackprop.errors import InputError, name_choices
from symbackprop.functions import Formula, NamedFunction, name_function
from symbackprop.primitives import PRIMITIVES, Primitive, find_primitive, leave_alone, tanh


@dataclass(frozen=True)
class Activation:
    """One row: a formula of the pre-activation z, and how the function is written.

    `formula` is None for the generic sigma, and for softmax, which reads a whole layer.
    `derivative_at_zero` is declared where the formula has a corner there. Without `latex` and
    `text` it is printed by its name; `spellings` are other words for it in formulas. With `varies`
    texts mean different formulas by its name: the slope of a leaky ReLU is the writer's.
    """

    name: str
    formula: Formula | None
    vector: bool = False
    differentiable: bool = True
    derivative_at_zero: Expr | None = None
    latex: str = ""
    text: str = ""
    spellings: tuple[str, ...] = ()
    varies: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every word for it in formulas.

        >>> ACTIVATIONS["relu"].words
        ('relu', 'ReLU')
        """
        return tuple(dict.fromkeys((self.name, *self.spellings)))

    def write(self, z: Expr) -> Expr | None:
        """The formula at z, where there is one of one number."""
        return self.formula(z) if self.formula else None

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
        Activation("sigma", None, latex=r"\sigma", text="σ"),
        Activation("identity", lambda z: z),
        Activation("sigmoid", _sigmoid, latex=r"\sigma", text="σ", spellings=("Sigmoid",)),
        Activation("tanh", tanh, latex=r"\tanh", spellings=PRIMITIVES["tanh"].spellings),
        # The strict inequality declares the value at the corner: 0 falls to the second branch.
        Activation(
            "relu",
            lambda z: Piecewise((z, z > 0), (Integer(0), True)),
            derivative_at_zero=Integer(0),
            latex=r"\mathrm{ReLU}",
            text="ReLU",
            spellings=("ReLU",),
        ),
        Activation(
            "leaky-relu",
            lambda z: Piecewise((z, z > 0), (SLOPE * z, True)),
            derivative_at_zero=SLOPE,
            latex=r"\mathrm{LeakyReLU}",
            text="LeakyReLU",
            spellings=("LeakyReLU", "leakyrelu"),
            varies=True,
        ),
        Activation(
            "elu",
            lambda z: Piecewise((z, z > 0), (exp(z) - 1, True)),
            latex=r"\mathrm{ELU}",
            text="ELU",
            spellings=("ELU",),
            varies=True,
        ),
        Activation(
            "softplus",
            lambda z: log(1 + exp(z)),
            latex=r"\mathrm{softplus}",
            spellings=("Softplus",),
        ),
        Activation(
            "silu",
            lambda z: z * _sigmoid(z),
            latex=r"\mathrm{SiLU}",
            text="SiLU",
            spellings=("SiLU",),
        ),
        Activation(
            "gelu",
            lambda z: z * _gaussian_distribution(z),
            latex=r"\mathrm{GELU}",
            text="GELU",
            spellings=("GELU",),
            varies=True,
        ),
        Activation("softmax", None, vector=True, spellings=("Softmax",)),
        Activation(
            "step",
            lambda z: Piecewise((Integer(1), z > 0), (Integer(0), True)),
            differentiable=False,
        ),
    )
}
# word --> row: every function there is, in the words of formulas
Row = Primitive | Activation
_ROWS: tuple[Row, ...] = (*PRIMITIVES.values(), *ACTIVATIONS.values())
FUNCTIONS: dict[str, Row] = {word: row for row in _ROWS for word in row.words}


def find_activation(choice: str | Activation) -> Activation:
    """The row of that name; an Activation of the user's own is taken as it is.

    Any function of one number will do: sin, atan, abs.

    Raises:
        InputError: no such name; the message has the nearest.

    >>> find_activation("tanh").name, find_activation("atan").name
    ('tanh', 'atan')
    """
    if isinstance(choice, Activation):
        return choice
    known = ACTIVATIONS | {
        row.name: take_primitive(row)
        for row in PRIMITIVES.values()
        if row.arguments == 1 and row.name not in ACTIVATIONS
    }
    if choice not in known:
        raise InputError(name_choices("activation", choice, known))
    return known[choice]


def take_primitive(row: Primitive) -> Activation:
    """A function of the table as an activation.

    >>> take_primitive(PRIMITIVES["sin"]).function.derivative().apply_formula(Symbol("z"))
    cos(z)
    """
    zero = Integer(0)
    corner = row.differentiate(zero, row.make(zero)).doit() if row.has_corner else None
    return Activation(
        row.name, row.make, differentiable=row.differentiable, derivative_at_zero=corner
    )


def find_step(equations: Iterable[Equation]) -> tuple[Equation, Row] | None:
    """The first equation with a function that has no derivative to learn from, and that one."""
    for equation in equations:
        for function in equation.rhs.atoms(NamedFunction):
            row = FUNCTIONS.get(function.spelling)
            if row is not None and not row.differentiable:
                return equation, row
    return None


def define_activation(name: str, formula: Expr | Callable[..., Any]) -> Activation:
    """An activation of your own, from a sympy expression in one symbol or a Python function.

    Raises:
        InputError: no formula of one symbol, or a name that is another function's.

    >>> from sympy import Symbol, atan
    >>> define_activation("arctan", atan(Symbol("z"))).function.derivative().apply_formula(
    ...     Symbol("z"))
    1/(z**2 + 1)
    """
    if not isinstance(formula, Expr):
        from symbackprop.network.python_functions import read_function

        formula, _ = read_function(formula)
    expression = leave_alone(formula)
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) != 1:
        found = ", ".join(map(str, symbols)) or "none"
        raise InputError(f"activation {name!r} must be a formula of one symbol; found {found}")
    (z,) = symbols
    known = FUNCTIONS.get(name)
    if known is not None and known.write(z) != expression:
        raise InputError(f"activation {name!r}: another function has this name; choose another")
    return Activation(name, lambda argument: expression.xreplace({z: argument}))


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
    through = slope.xreplace({formula: output})
    if not through.has(z):
        return output, through
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


@cache
def name_slope(function: type[NamedFunction]) -> tuple[Symbol, Expr] | None:
    """The derivative as another function of z that has a name, where there is one.

    >>> z, slope = name_slope(ACTIVATIONS["softplus"].function)
    >>> slope, name_slope(find_activation("cos").function)[1]
    (sigmoid(z), -sin(z))
    """
    if function.formula is None or function.order:
        return None
    z = Symbol("z", real=True)
    slope = function.derivative().apply_formula(z)
    _, body = slope.as_coeff_Mul()
    if find_primitive(body) is not None and body.args == (z,):
        return z, slope
    rational = _write_in_exponential(slope, z)
    if rational is None:
        return None
    for row in ACTIVATIONS.values():
        formula = row.write(z)
        known = formula is not None and formula.has(exp)
        if known and _write_in_exponential(formula, z) == rational:
            return z, row.function(z)
    return None


_EXPONENTIAL = Dummy("e", positive=True)


def _write_in_exponential(expression: Expr, z: Symbol) -> Expr | None:
    """1/(1 + e^-z) --> e/(e + 1) where e stands for e^z; None where z stays."""
    mapping = {exp(z): _EXPONENTIAL, exp(-z): 1 / _EXPONENTIAL}
    written = expression.xreplace(mapping)
    return None if written.has(z) else cancel(written)


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
