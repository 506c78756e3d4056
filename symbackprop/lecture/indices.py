"""Indices of a formula as it is written: which are free, and which are bound by a sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbackprop.lecture.survey import bare, list_slots
from symbackprop.reading import tree


def list_counting(statements: Iterable[tree.Statement]) -> frozenset[str]:
    """The letters that a sum runs over."""
    found: set[str] = set()
    for statement in statements:
        for side in statement.sides:
            for node in tree.walk_formula(side):
                if isinstance(node, tree.Sum) and isinstance(node.index, tree.Name):
                    found.add(node.index.base)
    return frozenset(found)


def find_free(node: tree.Node, letters: frozenset[str]) -> frozenset[str]:
    """Which of these letters a formula leaves free.

    >>> from symbackprop.reading.parser import read_formula
    >>> side = read_formula(r"\\sum_k w_{jk} (x_k + b_j)").statements[0].sides[0]
    >>> sorted(find_free(side, frozenset("jk")))
    ['j']
    """
    return frozenset(_list_free(node, letters))


def _list_free(node: tree.Node, letters: frozenset[str]) -> Iterator[str]:
    match node:
        case tree.Sum(index=tree.Name() as index, body=body, condition=condition):
            # bounds are sizes
            for child in (body, condition):
                if child is not None:
                    yield from (x for x in _list_free(child, letters) if x != index.base)
        case tree.Name():
            if node.base in letters and not (node.lower or node.upper):
                yield node.base
            for _, content in list_slots(node):
                yield from _list_free(content, letters)
        case tree.Braced(body=body):
            yield from _list_free(body, letters)
        case _:
            for child in tree.list_children(node):
                yield from _list_free(child, letters)


def find_clashes(node: tree.Node) -> frozenset[str]:
    """Letters that are summed over inside of a sum over them, or that stand free beside the sum
    over them in one product. Brackets end what is inside of them: f(Σ_k a_k) b_k is clear."""
    return frozenset(_list_clashes(node, frozenset()))


def _list_clashes(node: tree.Node, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, tree.Sum) and isinstance(node.index, tree.Name):
        if node.index.base in bound:
            yield node.index.base
        bound |= {node.index.base}
    if isinstance(node, tree.Product):
        for position, factor in enumerate(node.factors):
            inner = bare(factor)
            if isinstance(inner, tree.Sum) and isinstance(inner.index, tree.Name):
                letter = inner.index.base
                others = (*node.factors[:position], *node.factors[position + 1 :])
                if any(letter in find_free(other, frozenset({letter})) for other in others):
                    yield letter
    if isinstance(node, tree.Call | tree.Group):
        bound = frozenset()
    for child in tree.list_children(node):
        yield from _list_clashes(child, bound)
