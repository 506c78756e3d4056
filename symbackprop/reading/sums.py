r"""Sums, products, limits: their indices, their bounds and conditions, and what they reach over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import join_primes, make_scripts
from symbackprop.reading.spelling import MOST_INDICES, STARTS, SUMS
from symbackprop.reading.tree import (
    Compared,
    Group,
    Listed,
    Name,
    Node,
    Number,
    Product,
    Script,
    Span,
    Statement,
    Sum,
    list_children,
    walk,
)

# \sum', and \sum in brackets of its own: a name for a sum that the text speaks of
SUM_AS_NAME = re.compile(r"\\sum\s*(?:'|(?:\^\s*\{?\d\}?\s*|_\s*\w\s*)?(?:[})]|$))")
BOUNDS = frozenset({"leq", "geq"})
SUCH_THAT = frozenset({":", "|"})


@dataclass
class Bounds:
    """What stands below and above a sum."""

    indices: list[tuple[Node, Node | None]] = field(default_factory=list)
    low: Node | None = None
    high: tuple[Node, ...] = ()
    condition: Node | None = None

    def add(self, index: Node, low: Node | None = None) -> None:
        self.indices.append((join_primes(index), low))

    def knows(self, node: Node) -> bool:
        return any(_same_letter(node, index) for index, _ in self.indices)

    def require(self, condition: Node) -> None:
        if self.condition is not None:
            whole = (self.condition.span[0], condition.span[1])
            known = self.condition.items if isinstance(self.condition, Listed) else None
            condition = Listed(whole, (*(known or (self.condition,)), condition))
        self.condition = condition


def read_sum(reader: Reader) -> Node:
    """A sum over one index, or sums within sums; a name where it stands before nothing."""
    token = reader.advance()
    kind = SUMS.get(token.text, "sum")
    before = reader.spot
    bounds = Bounds()
    scripts: dict[str, tuple[Node, ...]] = {}
    while (reader.at("sub") or reader.at("sup")) and not reader.is_prescript():
        place = reader.advance().kind
        if place in scripts:
            reader.refuse("more than two bounds on one sum")
        scripts[place] = reader.read_script_content()
    has_bounds = reader.spot > before
    if reader.at("prime") or not _has_body(reader, has_bounds):
        lower, upper = scripts.get("sub", ()), scripts.get("sup", ())
        return Name(
            (token.start, reader.last_end),
            base=kind,
            upper=tuple(map(Script, upper)),
            lower=tuple(script for item in lower for script in make_scripts(item, reader)),
        )
    bounds.high = scripts.get("sup", ())
    _read_below(bounds, scripts.get("sub", ()), kind)
    if len(bounds.indices) > MOST_INDICES:
        reader.refuse(f"more than {MOST_INDICES} indices on one sum")
    body = reader.read_signed() if reader.at("plus") else reader.read_product()
    return _nest(bounds, (token.start, body.span[1]), body, kind)


def turn_conditions(statement: Statement) -> Statement:
    r"""Σ_{i ≠ j} runs over i; over j where i stands outside of the sum, and j does not."""
    sums = [n for side in statement.sides for n in walk(side) if _has_two_letters(n)]
    if not sums:
        return statement
    free = {letter for side in statement.sides for letter in list_free_indices(side)}
    sides = tuple(_turn(side, free) for side in statement.sides)
    return replace(statement, sides=sides)


def _has_two_letters(node: Node) -> bool:
    condition = node.condition if isinstance(node, Sum) else None
    return (
        isinstance(condition, Compared)
        and condition.sign == "neq"
        and isinstance(condition.left, Name)
        and isinstance(condition.right, Name)
    )


def list_free_indices(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    r"""The letters of indices outside of all sums over them; sums with two letters are left out.

    >>> from symbackprop.reading.parser import read_formula
    >>> (side,) = read_formula(r"u_{ij} + \sum_j v_j").statements[0].sides
    >>> sorted(list_free_indices(side))
    ['i', 'j']
    """
    if _has_two_letters(node):
        return
    if isinstance(node, Sum):
        inner = bound | {node.index.base} if isinstance(node.index, Name) else bound
        yield from list_free_indices(node.body, inner)
        return
    if isinstance(node, Name):
        for script in (*node.lower, *node.upper):
            yield from {n.base for n in walk(script.content) if isinstance(n, Name)} - bound
        return
    for child in list_children(node):
        yield from list_free_indices(child, bound)


def _turn(node: Any, free: set[str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_turn(item, free) for item in node)
    if not isinstance(node, Node | Script):
        return node
    inner = {slot.name: _turn(getattr(node, slot.name), free) for slot in fields(node)}
    turned: Any = replace(node, **inner)
    if isinstance(node, Sum) and _has_two_letters(node):
        first, second = node.condition.left, node.condition.right  # type: ignore[union-attr]
        if first.base in free and second.base not in free:
            return replace(turned, index=second)
    return turned


def sums_its_letter(reader: Reader) -> bool:
    r"""Whether \Sigma is a sum: \Sigma_{i=1}^n, and \Sigma_j before something that has the index j;
    else it is a name."""
    if not reader.at("sub"):
        return False
    first = reader.peek(reader.spot + 1)
    if first is None:
        return False
    if first.kind == "lbrace" and reader.spot + 1 in reader.holds_relation:
        return True
    letter = reader.peek(reader.spot + 2) if first.kind == "lbrace" else first
    if letter is None or letter.kind != "letter":
        return False
    end = reader.partner[reader.spot + 1] if first.kind == "lbrace" else reader.spot + 1
    return _is_index_behind(reader, letter.text, end + 1)


def _is_index_behind(reader: Reader, letter: str, spot: int) -> bool:
    while (token := reader.peek(spot)) is not None:
        if token.kind in ("plus", "rel", "row", "sep", "close", "rbrace"):
            return False
        if token.kind == "sub":
            end = reader.partner.get(spot + 1, spot + 1)
            if any(inner.text == letter for inner in reader.tokens[spot + 1 : end + 1]):
                return True
            spot = end
        spot += 1
    return False


def _has_body(reader: Reader, has_bounds: bool) -> bool:
    token = reader.token
    if token is None:
        return False
    if token.kind == "plus":
        return token.text == "-" and (has_bounds or SUM_AS_NAME.search(reader.text) is None)
    return reader.is_prescript() or (token.kind in STARTS and not reader.is_words())


def _nest(bounds: Bounds, span: Span, body: Node, kind: str) -> Node:
    whole, highs = body, bounds.high
    indices: Sequence[tuple[Node | None, Node | None]] = bounds.indices or [(None, bounds.low)]
    for number, (index, low) in reversed(list(enumerate(indices))):
        high = highs[min(number, len(highs) - 1)] if highs else None
        is_innermost = number == len(indices) - 1
        condition = bounds.condition if is_innermost else None
        whole = Sum(span, index, low, high, whole, kind, condition)
    return whole


def _read_below(bounds: Bounds, items: tuple[Node, ...], kind: str) -> None:
    """Take in what stands below: i, j = 1; ij; 1 \\le k \\le t; j \\ne i; x \\in S; j: y_j = 1."""
    if kind == "int" and len(items) == 1 and not isinstance(items[0], Compared):
        bounds.low = items[0]
        return
    waiting: list[Node] = []
    for item in [part for whole in items for part in _list_parts(whole)]:
        if isinstance(item, Compared):
            waiting = _read_compared(bounds, item, waiting)
        elif isinstance(item, Number):
            bounds.low = item
        elif isinstance(item, Name):
            waiting.append(item)
        else:
            bounds.require(item)
    for index in waiting:
        bounds.add(index)


def _list_parts(node: Node) -> Iterator[Node]:
    """ij --> i, j; (i, j) --> i, j; what is stacked one below the other."""
    if isinstance(node, Product) and not any(node.signs):
        if all(isinstance(factor, Name) for factor in node.factors):
            yield from node.factors
            return
    elif isinstance(node, Listed):
        for item in node.items:
            yield from _list_parts(item)
        return
    elif isinstance(node, Group) and isinstance(node.body, Listed):
        yield from _list_parts(node.body)
        return
    yield node


def _read_compared(bounds: Bounds, item: Compared, waiting: list[Node]) -> list[Node]:
    """Take in a comparison; the indices before it that still wait for bounds are those before =."""
    if item.sign in SUCH_THAT:
        waiting = (
            _read_compared(bounds, item.left, waiting)
            if isinstance(item.left, Compared)
            else [*waiting, *_list_parts(item.left)]
        )
        for index in waiting:
            bounds.add(index)
        bounds.require(item.right)
        return []
    sides, signs = _flatten(item)
    counted = list(_list_parts(sides[0]))
    if signs == ["="] and not bounds.knows(sides[0]) and _are_names(counted):
        for index in (*waiting, *counted):
            bounds.add(index, sides[1])
        return []
    if signs == ["leq", "leq"] or signs == ["geq", "geq"]:
        low, index, high = sides if signs[0] == "leq" else sides[::-1]
        if isinstance(index, Name) and not waiting:
            bounds.add(index, low)
            bounds.high = (high,)
            return []
    for index in waiting:
        bounds.add(index)
    if not bounds.indices:
        for index in _find_counted(sides):
            bounds.add(index)
    bounds.require(item)
    return []


def _find_counted(sides: Sequence[Node]) -> list[Node]:
    """What a comparison counts: the first side that is a letter, or a list of letters."""
    for side in sides:
        letters = list(_list_parts(side))
        if _are_names(letters):
            return letters
    return []


def _are_names(nodes: Sequence[Node]) -> bool:
    return all(isinstance(node, Name) and not node.upper for node in nodes)


def _flatten(item: Compared) -> tuple[list[Node], list[str]]:
    """1 \\le k \\le t is a chain, compared from left to right."""
    sides, signs = [item.right], [item.sign]
    left = item.left
    while isinstance(left, Compared):
        sides.append(left.right)
        signs.append(left.sign)
        left = left.left
    return [left, *sides[::-1]], signs[::-1]


def _same_letter(one: Node, other: Node) -> bool:
    return isinstance(one, Name) and isinstance(other, Name) and one.base == other.base
