"""An argument line by line: expressions with their reasons, and how each was proved.

Three nodes keep what a lecturer writes and sympy would lose: a partial derivative as a symbol, a
product in the order of the chain rule, and a part with a name under its brace.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Function, Mul

from symbackprop.equations import Axis

REASONS = (
    "chain rule",
    "cost",
    "activation",
    "weighted sum",
    "bias",
    "recurrence",
    "intermediate",
    "factors",
    "error",
    "definition of the error",
    "expanded",
    "through the output",
    "mean over samples",
    "definition",
    "derivative",
    "rewriting",
    "update",
)


class Partial(Function):
    """∂X/∂Y as a symbol: `Partial(a[L, j], z[L, j])`.

    The direct derivative where the equation of X reads Y, else the total one.
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


@dataclass(frozen=True)
class Proof:
    """How a line was proved: on how many instances, and the worst relative error."""

    instances: int
    worst_error: float


@dataclass(frozen=True)
class Step:
    """One line: left = right, because of `reason` (a key of REASONS).

    `form` is the form of a formula that this line is ("chain", "factors", "delta", "expanded"),
    or "" for a line in between, such as the value of one factor. `axes` are indices free in
    this line beside those of the whole derivation: p in ∂z[l+1, p]/∂a[l, j].
    """

    left: Expr
    right: Expr
    reason: str
    form: str = ""
    axes: tuple[Axis, ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True)
class Derivation:
    """The steps that lead to one derived equation; `domain` says for which indices they hold."""

    target: Expr
    axes: tuple[Axis, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    def form(self, name: str) -> Step | None:
        """The line that is this form of the formula, or None."""
        return next((s for s in self.steps if s.form == name), None)
