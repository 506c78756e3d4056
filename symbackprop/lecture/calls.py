"""Quantities that are written with what they depend on: f(x, y) = xy, J(W) = ..., C(a, y)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from symbackprop.lecture.survey import KNOWN, bare
from symbackprop.reading import tree

# letters that are applied to one thing after the other, also where a text does so once
ALWAYS_FUNCTIONS = frozenset({"sigma", "phi", "varphi", "psi", "rho", "varsigma"})


def name_quantities(statements: Sequence[tree.Statement]) -> list[tree.Statement]:
    """The statements with a name wherever one is always written with the same arguments and is
    defined so: f(x, y) = xy says what f is, and f'(x) is its derivative.

    What is applied to other things as well is a function, and left as it is.
    """
    statements = _place_last(statements)
    arguments: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        for side in statement.sides:
            for node in tree.walk(side):
                if isinstance(node, tree.Call) and isinstance(node.function, tree.Name):
                    arguments[_name(node.function)].add(write_key(node.arguments))
    defined = set(_list_defined(statements))
    quantities = {name for name in defined if len(arguments[name]) == 1}
    if not quantities:
        return list(statements)
    return [
        replace(s, sides=tuple(_rename(side, quantities) for side in s.sides)) for s in statements
    ]


def _list_defined(statements: Iterable[tree.Statement]) -> Iterable[str]:
    for statement in statements:
        if len(statement.sides) < 2 or statement.continues:
            continue
        left = bare(statement.sides[0])
        if (
            isinstance(left, tree.Call)
            and isinstance(left.function, tree.Name)
            and left.function.base not in KNOWN
            and left.function.base not in ALWAYS_FUNCTIONS | {"d"}
            and not left.function.primes
            and left.arguments
            and all(_is_plain(a) for a in left.arguments)
        ):
            yield _name(left.function)


def _is_plain(node: tree.Node) -> bool:
    """A name alone, or several; numbers with indices make another quantity for each index."""
    inner = bare(node)
    if isinstance(inner, tree.Listed):
        return all(map(_is_plain, inner.items))
    return isinstance(inner, tree.Name) and not inner.lower and not inner.upper


def _name(name: tree.Name) -> str:
    return write_key(replace(name, primes=0))


def write_key(node: Any) -> str:
    """A part of a formula as a text that says what it is, but not where."""
    if isinstance(node, tree.Group | tree.Braced):
        return write_key(bare(node)) if bare(node) is not node else _write_fields(node)
    return _write_fields(node)


def _write_fields(node: Any) -> str:
    if isinstance(node, tuple):
        return "(" + ",".join(map(write_key, node)) + ")"
    if not is_dataclass(node):
        return repr(node)
    parts = [getattr(node, f.name) for f in fields(node) if f.name != "span"]
    return type(node).__name__ + write_key(tuple(parts))


def _rename(node: Any, quantities: set[str]) -> Any:
    """The same tree with names for calls."""

    def change(part: Any) -> Any:
        is_call = isinstance(part, tree.Call) and isinstance(part.function, tree.Name)
        return _take_name(part) if is_call and _name(part.function) in quantities else None

    return _rewrite(node, change)


def _rewrite(node: Any, change: Callable[[Any], Any]) -> Any:
    """The same tree with other parts where `change` says so; what is the same is not copied."""
    if isinstance(node, tuple):
        parts = tuple(_rewrite(part, change) for part in node)
        return node if all(a is b for a, b in zip(parts, node, strict=True)) else parts
    if not isinstance(node, tree.Node | tree.Script):
        return node
    changed = change(node)
    if changed is not None:
        return changed
    slots = {}
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, tree.Node | tree.Script | tuple) and slot.name != "span":
            new = _rewrite(value, change)
            if new is not value:
                slots[slot.name] = new
    return replace(node, **slots) if slots else node


def _place_last(statements: Sequence[tree.Statement]) -> list[tree.Statement]:
    """The statements with h^T as h at the last time T, where sums run to T and h^t is written;
    elsewhere T transposes."""
    nodes = [n for s in statements for side in s.sides for n in tree.walk(side)]
    times = {
        n.index.base
        for n in nodes
        if isinstance(n, tree.Sum)
        and isinstance(n.index, tree.Name)
        and isinstance(n.high, tree.Name)
        and n.high.base == "T"
    }
    timed = {
        n.base
        for n in nodes
        if isinstance(n, tree.Name) and any(_names(s.content) & times for s in n.upper)
    }

    def change(node: Any) -> Any:
        if not isinstance(node, tree.Transposed) or node.mark != "T":
            return None
        body = node.body
        if not isinstance(body, tree.Name) or body.base not in timed or body.upper:
            return None
        return replace(body, upper=(tree.Script(tree.Name(node.span, "T")),), span=node.span)

    if not timed:
        return list(statements)
    return [replace(s, sides=tuple(_rewrite(side, change) for side in s.sides)) for s in statements]


def _names(node: tree.Node) -> set[str]:
    return {n.base for n in tree.walk(node) if isinstance(n, tree.Name)}


def _take_name(call: tree.Call) -> tree.Node:
    name = call.function
    assert isinstance(name, tree.Name)
    if name.primes == 1 and len(call.arguments) == 1:
        return tree.Derivative(call.span, replace(name, primes=0), call.arguments[0], "d", "d")
    return replace(name, span=call.span)
