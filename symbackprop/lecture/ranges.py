"""For which indices a statement is said: (l = 1, ..., L - 1) behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sympy import Expr

from symbackprop.lecture.letters import Unclear, read_index
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree

# index --> its first and its last place, as the text writes them
Ranges = Mapping[str, tuple[Expr, Expr]]


def find_ranges(statements: Sequence[tree.Statement]) -> dict[int, Ranges]:
    r"""The ranges that are said of statements, by the identity of each of their sides.

    >>> from symbackprop.reading.parser import read_formula
    >>> said = read_formula(r"a^l = \sigma(z^l) \quad (l = 1, \dots, L-1)").statements
    >>> find_ranges(said)[id(said[0].sides[1])]
    {'l': (1, L - 1)}
    """
    found: dict[int, Ranges] = {}
    for statement, after in pairwise(statements):
        ranges = dict(_list_ranges(after))
        if ranges and len(statement.sides) + statement.continues > 1:
            found |= {id(side): ranges for side in statement.sides}
    return found


def _list_ranges(statement: tree.Statement) -> Iterator[tuple[str, tuple[Expr, Expr]]]:
    """l = 1, ..., L --> l: (1, L); nothing for a statement that says more than that."""
    if len(statement.sides) == 1:
        listed = bare(statement.sides[0])
        items = listed.items if isinstance(listed, tree.Listed) else ()
        first = items[0] if items else None
        if isinstance(first, tree.Compared) and first.sign == "=":
            yield from _read_range(first.left, (first.right, *items[1:]))
    elif len(statement.sides) == 2 and statement.signs == ("=",):
        listed = bare(statement.sides[1])
        if isinstance(listed, tree.Listed):
            yield from _read_range(statement.sides[0], listed.items)


def _read_range(
    index: tree.Node, items: Sequence[tree.Node]
) -> Iterator[tuple[str, tuple[Expr, Expr]]]:
    name = bare(index)
    if not isinstance(name, tree.Name) or name.lower or name.upper:
        return
    ends = [item for item in items if not isinstance(item, tree.Dots)]
    if len(ends) == 2 and len(items) <= 3:
        try:
            yield name.base, (read_index(ends[0]), read_index(ends[1]))
        except Unclear:
            return
