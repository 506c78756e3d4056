"""Statements whose form alone says that they cannot hold, or cannot be judged."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.reading import tree
from symbackprop.reading.sums import list_free_indices
from symbackprop.verification.judgement import Judgement, say_not_checkable
from symbackprop.verification.lexicon import (
    INDEX_LETTERS,
    spell,
)
from symbackprop.verification.names import write_name
from symbackprop.verification.text import EQUALS


def refuse_form(statement: tree.Statement, carried: int = 0) -> Judgement | None:
    """Why a statement cannot hold, or cannot be judged; None where its form is in order.

    The first `carried` of its sides stand in the row before, and were looked at there.
    """
    if len(statement.sides) < 2:
        return say_not_checkable("no equation: one side only")
    for side in statement.sides:
        listed = _list_dots_in_rows(side)
        for node in tree.walk_formula(side):
            if isinstance(node, tree.Words) and node.text.strip():
                return say_not_checkable(f"words in a formula: {node.text.strip()[:40]}")
            if isinstance(node, tree.Dots) and id(node) not in listed:
                return say_not_checkable(
                    "dots stand for something that is not written; write it out, or as a sum"
                )
            if isinstance(node, tree.Product):
                mixed = _find_mixed_sizes(node)
                if mixed is not None:
                    return mixed
            if isinstance(node, tree.Sum) and node.index is not None:
                letter = spell(node.index)
                # Σ_q u_q f(Σ_q v_q): the inner sum has an index of its own
                if letter not in set(list_free_indices(node.body)) and any(
                    isinstance(n, tree.Sum) and n.index is not None and spell(n.index) == letter
                    for n in tree.walk(node.body)
                ):
                    return Judgement(
                        "ill-formed",
                        message=f"the index {letter} is summed over twice, sum in sum",
                        code="BP202",
                    )
                own = {
                    index
                    for other in statement.sides
                    if other is not side and isinstance(other, tree.Call)
                    for argument in other.arguments
                    for index in list_free_indices(argument)
                }
                if letter in own:
                    return Judgement(
                        "ill-formed",
                        message=f"the index {letter} is both summed over and free",
                        code="BP202",
                    )
    if any(
        isinstance(n, tree.Derivative) and not (n.mark and n.mark_below) and not _is_direct(n)
        for side in statement.sides[carried:]
        for n in tree.walk(side)
    ):
        return Judgement("wrong", message="a ∂ of a derivative is missing", code="BP100")
    left, right = statement.sides[0], statement.sides[-1]
    if statement.signs[0] == "=" and _is_first_order(left, statement.sides[1]):
        return Judgement(
            "ill-formed",
            message="it holds to the first order only: write ≈",
            code="BP206",
        )
    if all(
        isinstance(s, tree.Name) and s.base in INDEX_LETTERS and not (s.lower or s.upper)
        for s in (left, right)
    ):
        return say_not_checkable(
            "it says for which indices something holds, and states nothing else"
        )
    if statement.signs[0] == "=" and _is_one_array(left, right):
        return say_not_checkable("a case in which two entries of one array are the same")
    if statement.signs[0] in EQUALS and spell(left) == spell(statement.sides[1]):
        return Judgement(
            "ill-formed", message="both sides are the same: it says nothing", code="BP204"
        )
    if (
        statement.signs[0] == "="
        and isinstance(left, tree.Name)
        and isinstance(right, tree.Total)
        and any(isinstance(t, tree.Name) and spell(t) == spell(left) for _, t in right.terms)
    ):
        return Judgement(
            "ill-formed",
            message=f"an assignment written as an equation: {write_name(left)} is on both sides; "
            f"write ← or a new name on the left",
            code="BP203",
        )
    return None


def _is_one_array(left: tree.Node, right: tree.Node) -> bool:
    """p_i = p_j."""
    return (
        isinstance(left, tree.Name)
        and isinstance(right, tree.Name)
        and left.lower != right.lower
        and all(isinstance(s.content, tree.Name) for s in (*left.lower, *right.lower))
        and len(left.lower) == len(right.lower)
        and spell(replace(left, lower=())) == spell(replace(right, lower=()))
    )


def _is_first_order(left: tree.Node, right: tree.Node) -> bool:
    """f(x + h) = f(x) + h df/dx."""
    if not isinstance(left, tree.Call) or not isinstance(right, tree.Total):
        return False
    first = right.terms[0][1]
    if any(
        isinstance(n, tree.Call) and getattr(n.function, "base", "") in ("o", "O", "mathcal O")
        for n in tree.walk(right)
    ):
        # the rest is written
        return False
    return (
        len(left.arguments) == 1
        and isinstance(left.arguments[0], tree.Total)
        # w(k + 1) is a value at the next step
        and not isinstance(left.arguments[0].terms[-1][1], tree.Number)
        and isinstance(first, tree.Call)
        and spell(first.function) == spell(left.function)
        and [spell(a) for a in first.arguments] == [spell(left.arguments[0].terms[0][1])]
        and any(
            isinstance(n, tree.Derivative)
            or (
                isinstance(n, tree.Name)
                and n.primes
                and n.base == getattr(left.function, "base", None)
            )
            for _, term in right.terms[1:]
            for n in tree.walk(term)
        )
    )


def _list_dots_in_rows(side: tree.Node) -> set[int]:
    """Dots between entries: x_1, ..., x_n; they can be filled in."""
    return {
        id(child)
        for node in tree.walk(side)
        if isinstance(node, tree.Listed | tree.Matrix | tree.Call)
        for child in tree.list_children(node)
    }


def _find_mixed_sizes(node: tree.Product) -> Judgement | None:
    """1/N before a sum up to n: one of the two is a slip."""
    counts = [
        f.bottom
        for f in node.factors
        if isinstance(f, tree.Ratio) and isinstance(f.bottom, tree.Name)
    ]
    for factor in node.factors:
        if isinstance(factor, tree.Sum) and isinstance(factor.high, tree.Name):
            for count in counts:
                one, other = spell(count), spell(factor.high)
                if one != other and one.lower() == other.lower():
                    return Judgement(
                        "ill-formed",
                        message=f"the mean divides by {one}, the sum runs to {other}",
                        code="BP202",
                    )
    return None


def _is_direct(node: tree.Derivative) -> bool:
    """∂⁺f/∂q: the derivative where f is written with q."""
    top = node.top.factors[0] if isinstance(node.top, tree.Product) else None
    return isinstance(top, tree.Name) and (top.base, top.star) == ("partial", "+")
