"""Functions that stay named under differentiation: sigma, sigma', softmax."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from sympy import Expr, Function, Max, Min, Piecewise, Sum, Symbol, exp

from symbackprop.primitives import leave_alone, rank_in_tie

Formula = Callable[[Expr], Expr]


class NamedFunction(Function):
    """A function of one argument that sympy leaves alone, with a named derivative.

    Inlined, sympy would print sigma' as 1/(e^z + 2 + e^-z), and its numbers are nan far from 0.
    `formula` is None for the generic sigma; `order` counts how often it was differentiated.
    """

    spelling: ClassVar[str]
    formula: ClassVar[Formula | None]
    order: ClassVar[int]

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        return type(self).derivative()(*self.args)

    @classmethod
    def derivative(cls) -> type[NamedFunction]:
        return name_function(cls.spelling, cls.formula, cls.order + 1)

    @classmethod
    def apply_formula(cls, argument: Expr) -> Expr:
        """The formula at this argument, differentiated `order` times by sympy."""
        if cls.formula is None:
            raise TypeError(f"{cls.spelling} is generic: it has no formula")
        if cls.order == 0:
            return leave_alone(cls.formula(argument))
        return _differentiated(cls.spelling, cls.formula, cls.order).xreplace({_Z: argument})


_Z = Symbol("z", real=True)


@cache
def _differentiated(spelling: str, formula: Formula, order: int) -> Expr:
    return choose_branches(leave_alone(formula(_Z))).diff(_Z, order)


def name_function(spelling: str, formula: Formula | None = None, order: int = 0) -> Any:
    """Make (once) the function of that name; the same arguments give the same class.

    >>> from sympy import Symbol
    >>> z = Symbol("z")
    >>> name_function("sigma")(z).diff(z)
    sigma'(z)
    """
    return _make_function(spelling, formula, order)


@cache
def _make_function(spelling: str, formula: Formula | None, order: int) -> Any:
    members = {
        "spelling": spelling,
        "formula": staticmethod(formula) if formula else None,
        "order": order,
    }
    return type(spelling + "'" * order, (NamedFunction,), members)


class Softmax(Function):
    """One entry of softmax: Softmax(z[j], z[k], k, low, high) = e^z[j] / sum over k of e^z[k]."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None

    @property
    def argument(self) -> Expr:
        return self.args[0]

    @property
    def definition(self) -> Expr:
        numerator, term, bound, low, high = self.args
        return exp(numerator) / Sum(exp(term), (bound, low, high))


def spell_out(expression: Expr) -> Expr:
    """Replace every softmax by its definition; all else stays named."""
    if not expression.has(Softmax):
        return expression
    return expression.replace(lambda e: isinstance(e, Softmax), lambda e: e.definition)


def choose_branches(expression: Expr) -> Expr:
    """Write Max and Min as cases, so that a derivative picks a branch and not Heaviside(0) = 1/2.

    A tie takes the last case: max(z, 0) has the derivative 0 at 0.

    >>> a, b = Symbol("a"), Symbol("b")
    >>> choose_branches(Max(a, b, 0))
    Piecewise((a, a > Max(0, b)), (b, b > 0), (0, True))
    """
    if not expression.has(Max, Min):
        return expression
    return expression.replace(lambda e: isinstance(e, Max | Min), _list_cases)


def _list_cases(extreme: Expr) -> Expr:
    terms = sorted(extreme.args, key=rank_in_tie)
    cases = []
    for place, term in enumerate(terms[:-1], 1):
        others = extreme.func(*terms[place:], evaluate=False) if terms[place + 1 :] else terms[-1]
        cases.append((term, term > others if isinstance(extreme, Max) else term < others))
    return Piecewise(*cases, (terms[-1], True))
