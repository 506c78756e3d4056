"""The table of costs: each is one formula of the outputs a and the targets y."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Rational, S, Symbol, log

from symbackprop.errors import InputError, name_choices
from symbackprop.primitives import leave_alone

A, Y = Symbol("a"), Symbol("y")


@dataclass(frozen=True)
class Cost:
    """One row: the cost of one sample is factor * sum over outputs of term(a, y).

    `mean` divides by the number of outputs; `one_hot` declares that the targets sum to 1.
    """

    name: str
    term: Expr
    factor: Expr = S.One
    mean: bool = False
    one_hot: bool = False

    def at(self, output: Expr, target: Expr) -> Expr:
        """The term for one output: no factor, no sum."""
        return self.term.xreplace({A: output, Y: target})


COSTS: dict[str, Cost] = {
    row.name: row
    for row in (
        Cost("half-sse", (Y - A) ** 2, factor=Rational(1, 2)),
        Cost("sse", (A - Y) ** 2),
        Cost("mse", (Y - A) ** 2, mean=True),
        Cost("cross-entropy", Y * log(A), factor=Integer(-1), one_hot=True),
        Cost("binary-cross-entropy", Y * log(A) + (1 - Y) * log(1 - A), factor=Integer(-1)),
    )
}


def find_cost(choice: str | Cost) -> Cost:
    """The row of that name; a Cost of the user's own is taken as it is.

    Raises:
        InputError: no such name; the message has the nearest.

    >>> find_cost("sse").term
    (a - y)**2
    """
    if isinstance(choice, Cost):
        return choice
    if choice not in COSTS:
        raise InputError(name_choices("cost", choice, COSTS))
    return COSTS[choice]


def define_cost(name: str, term: Expr | Callable[..., Any], **options: Any) -> Cost:
    """A cost of your own: the term for one output, a formula of a and y.

    >>> define_cost("quartic", (Symbol("a") - Symbol("y")) ** 4).term
    (a - y)**4
    """
    if not isinstance(term, Expr):
        from symbackprop.network.python_functions import read_function

        term, _ = read_function(term)
    term = leave_alone(term)
    named = {s: {"a": A, "y": Y}.get(s.name) for s in term.free_symbols}
    odd = sorted(s.name for s, known in named.items() if known is None)
    if odd or A not in named.values():
        raise InputError(
            f"cost {name!r} must be a formula of a (the output) and y (the target); "
            f"found {', '.join(odd) or 'no a'}"
        )
    return Cost(name, term.xreplace(named), **options)
