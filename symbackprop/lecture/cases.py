"""Values by cases, and what is 1 where a condition holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Eq, Expr, Ge, Gt, Integer, Le, Lt, Ne, Piecewise

from symbackprop.lecture.arrays import ArrayLowerer
from symbackprop.lecture.letters import Unclear, read_index
from symbackprop.lecture.survey import bare
from symbackprop.lecture.tensors import Tensor
from symbackprop.reading import tree

RELATIONS: dict[str, Any] = {
    **{"=": Eq, "!=": Ne, "neq": Ne, "ne": Ne, ">": Gt, "<": Lt},
    **{"geq": Ge, "leq": Le, "ge": Ge, "le": Le},
}


def lower_cases(
    lowerer: ArrayLowerer, rows: tuple[tuple[tree.Node, tree.Node | None], ...]
) -> Tensor:
    values = [lowerer.lower(value) for value, _ in rows]
    shaped = next((v for v in values if not v.is_scalar), values[0])
    branches: list[tuple[Expr, Any]] = [
        (lowerer.algebra.align(shaped, value).entry, lower_condition(lowerer, condition))
        for value, (_, condition) in zip(values, rows, strict=True)
    ]
    if branches[-1][1] is not True:
        # what no case says is not asked
        branches.append((branches[-1][0], True))
    whole = shaped.plain(Piecewise(*branches))
    # 1 and 0 are numbers for each entry of what the conditions are about
    return replace(whole, literal=all(v.literal for v in values))


def lower_condition(lowerer: ArrayLowerer, node: tree.Node | None) -> Any:
    """The condition of a case; None, and words, are otherwise."""
    parts = [n for n in tree.walk(node) if isinstance(n, tree.Compared)] if node else []
    if not parts:
        return True
    if len(parts) > 1 or parts[0].sign not in RELATIONS:
        raise Unclear("a condition that is not understood")
    return RELATIONS[parts[0].sign](
        lower_compared(lowerer, parts[0].left), lower_compared(lowerer, parts[0].right)
    )


def lower_compared(lowerer: ArrayLowerer, node: tree.Node) -> Expr:
    inner = bare(node)
    if isinstance(inner, tree.Name) and inner.base in lowerer.context.letters.survey.indices:
        return read_index(inner)
    value = lowerer.lower(node)
    if not value.is_scalar:
        raise Unclear("a condition about a vector")
    return value.entry


def indicate(lowerer: ArrayLowerer, condition: tree.Node) -> Tensor:
    """1 where a condition holds, else 0; of vectors entry by entry."""
    inner = bare(condition)
    if not isinstance(inner, tree.Compared) or inner.sign not in RELATIONS:
        raise Unclear("a condition that is not understood")
    names = [bare(inner.left), bare(inner.right)]
    running = lowerer.context.letters.survey.indices
    if all(isinstance(n, tree.Name) and n.base in running for n in names):
        said = RELATIONS[inner.sign](*map(read_index, names))
        return Tensor(Piecewise((Integer(1), said), (Integer(0), True)))
    one, other = lowerer.lower(inner.left), lowerer.lower(inner.right)
    shaped = other if one.is_scalar else one
    said = RELATIONS[inner.sign](one.entry, lowerer.algebra.align(one, other).entry)
    return shaped.plain(Piecewise((Integer(1), said), (Integer(0), True)))
