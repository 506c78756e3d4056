"""What a lecturer writes and sympy would lose: a partial derivative as a symbol, a product in the
order of the chain rule, and a part with a name under its brace.
"""

from __future__ import annotations

from sympy import Expr, Function, Mul


class Partial(Function):
    """∂X/∂Y as a symbol: `Partial(a[L, j], z[L, j])`.

    The direct derivative where the equation of X reads Y, else the total one.
    """

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


class Direct(Function):
    """The part of ∂X/∂Y that the equation of X has by itself: what it reads in between is held."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


class Chain(Function):
    """A product whose factors keep their order: ∂C/∂a · ∂a/∂z · ∂z/∂W."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


class Braced(Function):
    """`Braced(expression, name)`: the expression with its name (delta) under a brace."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


def flatten(expression: Expr) -> Expr:
    """Forget order and braces: Chain becomes a product, Braced its expression.

    >>> from sympy import symbols
    >>> a, b, d = symbols("a b d")
    >>> flatten(Chain(b, Braced(a, d)))
    a*b
    """
    while expression.has(Chain, Braced):
        expression = expression.replace(
            lambda e: isinstance(e, Chain | Braced),
            lambda e: Mul(*e.args) if isinstance(e, Chain) else e.args[0],
        )
    return expression
