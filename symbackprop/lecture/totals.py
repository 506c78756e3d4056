"""What sums to 1: what a text says so of, and the targets of its classifier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, Function, Indexed, Integer, Mul, Pow, Sum, exp

from symbackprop.equations import name_of
from symbackprop.functions import Softmax
from symbackprop.lecture.contexts import LAST
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.survey import bare
from symbackprop.lecture.systems import Reading
from symbackprop.reading import tree


def list_totals(
    reading: Reading, statements: Sequence[tree.Statement]
) -> Iterator[tuple[Expr, Expr]]:
    """What is said to sum to 1: the targets of a classifier, Σ_j y_j = 1; and what everybody
    presumes to, where the outputs of a softmax are in the logarithm."""
    context = reading.context
    defined = {e.name for e in reading.equations}
    if any(e.rhs.has(Softmax) or _is_normalised(e.rhs) for e in reading.equations):
        for equation in reading.equations:
            for total in equation.rhs.atoms(Sum):
                yield from _find_targets(total, defined)
    for statement in statements:
        if len(statement.sides) != 2 or statement.continues or statement.signs != ("=",):
            continue
        left, right = map(bare, statement.sides)
        is_one = isinstance(right, tree.Number) and right.value == 1
        if not is_one or not isinstance(left, tree.Sum) or not isinstance(left.body, tree.Name):
            continue
        try:
            total = Lowerer(context, LAST).lower(left).entry
        except (Unclear, Clash):
            continue
        if isinstance(total, Sum) and isinstance(total.function, Indexed):
            yield total, Integer(1)


def _is_normalised(value: Expr) -> bool:
    """e^{z_j} / Σ_k e^{z_k}."""
    return any(
        isinstance(p.base, Sum) and p.exp == -1 and p.base.function.has(exp)
        for p in value.atoms(Pow)
    )


def _find_targets(total: Sum, defined: set[str]) -> Iterator[tuple[Expr, Expr]]:
    """Σ_k y_k log a_k: Σ_k y_k is 1."""
    if not isinstance(total.function, Mul):
        return
    limit = total.limits[0]
    for factor in total.function.args:
        if (
            isinstance(factor, Indexed)
            and name_of(factor) not in defined
            and limit[0] in factor.indices
            and any(
                _is_logarithm(f) for other in total.function.args for f in other.atoms(Function)
            )
        ):
            yield Sum(factor, limit), Integer(1)


def _is_logarithm(value: Expr) -> bool:
    return str(value.func) in ("log", "ln")
