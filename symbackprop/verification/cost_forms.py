"""Recognizing a cost by its form: squares, halved or not, and logarithms."""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.reading import tree

LOGARITHMS = ("log", "ln")


def classify_cost(right: tree.Node, find: Callable[[tree.Name], str | None]) -> str | None:
    """half-sse, sse or a cross-entropy, from what a cost is said to be; None for others.

    `find` tells what quantity a name is.
    """
    nodes = list(tree.walk(right))
    if any(isinstance(n, tree.Derivative | tree.Gradient) for n in nodes):
        return None
    logarithms = [
        n
        for n in nodes
        if isinstance(n, tree.Call) and getattr(n.function, "base", "") in LOGARITHMS
    ]
    if logarithms:
        names = {find(n) for n in nodes if isinstance(n, tree.Name)}
        if not {"a", "y"} <= names:
            return None
        binary = any(_is_rest(n.arguments[0]) for n in logarithms)
        return "binary-cross-entropy" if binary else "cross-entropy"
    squares = [
        n
        for n in nodes
        if isinstance(n, tree.Power)
        and isinstance(n.exponent, tree.Number)
        and n.exponent.value == 2
    ]
    if not squares:
        return None
    return "half-sse" if any(map(_is_half, nodes)) else "sse"


def _is_rest(node: tree.Node) -> bool:
    """1 - a."""
    while isinstance(node, tree.Group):
        node = node.body
    return isinstance(node, tree.Total) and any(
        isinstance(t, tree.Number) and t.value == 1 for _, t in node.terms
    )


def _is_half(node: tree.Node) -> bool:
    """1/2, 1/(2n)."""
    if not isinstance(node, tree.Ratio):
        return False
    factors = node.bottom.factors if isinstance(node.bottom, tree.Product) else (node.bottom,)
    return any(isinstance(f, tree.Number) and f.value == 2 for f in factors)
