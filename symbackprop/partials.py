"""What a lecturer writes and sympy would lose: a partial derivative as a symbol, a product in the
order of the chain rule, and a part with a name under its brace.
"""

from __future__ import annotations

from sympy import Expr, Function, Mul


class Partial(Function):
    """∂X/∂Y, the whole derivative as a symbol: `Partial(a[L, j], z[L, j])`; whatever lies between
    X and Y moves with Y."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


class Direct(Function):
    """∂⁺X/∂Y, the part of ∂X/∂Y that the equation of X has by itself: what lies between X and Y
    is held."""

    @classmethod
    def eval(cls, *arguments: Expr) -> None:
        return None


class Ways(Function):
    """`Ways(W, C, C, z)`: W acts on C directly (a way that ends at C itself) and through z.

    `Sum(z[k], (k, 1, n))` is the way through all of these z[k].
    """

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
