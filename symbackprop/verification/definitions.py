"""What a text defines: names and functions with their right sides, and what it leaves presumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from symbackprop.reading import tree
from symbackprop.verification.lexicon import ACTIVATION_LETTERS, INDEX_LETTERS, list_names, spell

DEFINING = ("=", ":=", "equiv")
UNDEFINING = (tree.Words,)
# what a presumed function is called, where a text says only what something depends on
PRESUMED = "presumed "
# the parameter of a function whose definition names none
ARGUMENT = "argument"


@dataclass(frozen=True)
class Definition:
    """A name with its right side; a function has parameters.

    `left` is the name alone. With `presumed` the text says only what the quantity depends on: the
    body is then a function that may be any.
    """

    left: tree.Name
    body: tree.Node
    parameters: tuple[tree.Name, ...] = ()
    presumed: bool = False

    @cached_property
    def name(self) -> str:
        return spell(self.left)

    @cached_property
    def is_by_derivatives(self) -> bool:
        """Whether the name is said to be a derivative."""
        return has_derivative(self.body)

    @property
    def is_of_sample(self) -> bool:
        """ξ(t_i, y_i) = ... says what ξ_i is, not ξ."""
        letters = {spell(p.lower[-1].content) for p in self.parameters if p.lower}
        return (
            len(letters) == 1 and letters <= INDEX_LETTERS and all(p.lower for p in self.parameters)
        )


def list_definitions(statements: Sequence[tree.Statement]) -> list[tuple[int, Definition]]:
    """All definitions of a text with the number of their statement: q = x + y, f(x, y) = x y.

    What a text defines as a derivative or names after a derivative, g = ∂C/∂w or ∂C/∂z = δ,
    defines a name that nothing else does; δ is a derivative before it is anything else.
    """
    plain = [(n, d) for n, s in enumerate(statements) for d in _read_definitions(s)]
    chosen: list[tuple[int, Definition]] = []
    for wanted in _ORDERS:
        taken = {d.name for _, d in chosen}
        chosen += [(n, d) for n, d in plain if d.name not in taken and wanted(d)]
    named = {d.name for _, d in chosen}
    chosen += [
        (n, d)
        for n, s in enumerate(statements)
        for d in _read_names_of_derivatives(s)
        if d.name not in named
    ]
    return sorted(chosen, key=lambda pair: pair[0])


def _is_error(left: tree.Node) -> bool:
    return isinstance(left, tree.Name) and left.base == "delta"


def has_derivative(node: tree.Node) -> bool:
    """Whether a formula has a derivative in it."""
    return any(isinstance(n, tree.Derivative) for n in tree.walk(node))


# delta is the error, ∂C/∂z: a formula for it is a claim, unless nothing else is said of it.
_ORDERS = (
    lambda d: _is_error(d.left) == has_derivative(d.body),
    lambda d: True,
)


def find_scope(definitions: Iterable[tuple[int, Definition]], place: int) -> dict[str, Definition]:
    """The definitions that hold at a place: the last ones before it, else the first after it.

    h_t and a bold h_t are two things; the second then goes by another key.
    """
    return Scopes(tuple(definitions)).find(place)


class Scopes:
    """The scopes of one text: asked for place after place, each definition is looked at once."""

    def __init__(self, definitions: Sequence[tuple[int, Definition]]) -> None:
        self.definitions = definitions
        # of what is still to come, only the first of each name and style can hold
        first = {(d.name, d.left.style): (at, d) for at, d in reversed(definitions)}
        self.first = sorted(first.values(), key=lambda pair: pair[0])
        self.entered = 0
        self.scope: dict[str, Definition] = {}

    def find(self, place: int) -> dict[str, Definition]:
        """What holds at a place; see `find_scope`."""
        if self.entered and self.definitions[self.entered - 1][0] > place:
            self.entered, self.scope = 0, {}
        while self.entered < len(self.definitions) and self.definitions[self.entered][0] <= place:
            definition = self.definitions[self.entered][1]
            self.scope[_find_key(self.scope, definition)] = definition
            self.entered += 1
        scope = dict(self.scope)
        for at, definition in self.first:
            if at > place:
                scope.setdefault(_find_key(scope, definition), definition)
        return scope


def _find_key(scope: Mapping[str, Definition], definition: Definition) -> str:
    name, style = definition.name, definition.left.style
    return f"{name} ({style})" if name in scope and scope[name].left.style != style else name


def read_definition(statement: tree.Statement) -> Definition | None:
    """What a statement defines with its first two sides, or None; a number is no definition."""
    if statement.continues or len(statement.sides) < 2 or statement.signs[0] not in DEFINING:
        return None
    return _define(statement.sides[0], statement.sides[1])


def _read_definitions(statement: tree.Statement) -> Iterator[Definition]:
    """a = ŷ = softmax(z) defines a, and ŷ; h = φ(z) = e^z defines h, and φ."""
    if statement.continues:
        return
    for left, sign, right in zip(
        statement.sides, statement.signs, statement.sides[1:], strict=False
    ):
        definition = _define(left, right) if sign in DEFINING else None
        if definition is not None:
            yield definition
        if not isinstance(right, tree.Name | tree.Call):
            return


def _read_names_of_derivatives(statement: tree.Statement) -> Iterator[Definition]:
    """∂C/∂z = δ: a name for what stands on the left."""
    signs = statement.signs[len(statement.signs) - len(statement.sides) + 1 :]
    for left, sign, right in zip(statement.sides, signs, statement.sides[1:], strict=False):
        # x in ∂z/∂w = x is what the derivative is, not what it is called.
        named = sign in DEFINING and _is_error(right) and not isinstance(left, tree.Name)
        definition = _define(right, left) if named and has_derivative(statement.sides[0]) else None
        if definition is not None:
            yield definition


def _define(left: tree.Node, right: tree.Node) -> Definition | None:
    if (
        isinstance(left, tree.Name)
        and isinstance(right, tree.Name)
        and ({left.base, right.base} <= INDEX_LETTERS and not (left.lower or right.lower))
    ):
        # i = j is a case
        return None
    if not any(n.base not in ("e", "pi") for n in list_names(right)):
        return None
    if any(isinstance(n, UNDEFINING) for n in tree.walk_formula(right)):
        return None
    if any(isinstance(n, tree.Sum) and n.index is None for n in tree.walk(right)) and not (
        isinstance(left, tree.Name) and left.lower
    ):
        return None
    if isinstance(left, tree.Call) and isinstance(left.function, tree.Name):
        parameters = tuple(a for a in left.arguments if isinstance(a, tree.Name))
        dotted = any(isinstance(a, tree.Dots) for a in left.arguments)
        if left.function.primes or _reads(right, spell(left.function)):
            return None
        if dotted:
            return Definition(left.function, right)
        if len(left.arguments) == 1 and not parameters:
            return _define_by_value(left, right)
        if len(parameters) != len(left.arguments):
            return None
        return Definition(left.function, right, parameters)
    if isinstance(left, tree.Name) and not left.primes and not left.star:
        return None if _reads(right, spell(left)) else Definition(left, right)
    return None


def _define_by_value(left: tree.Call, right: tree.Node) -> Definition | None:
    """σ(h + b) = 1/(1 + e^{-(h + b)}) says what σ is of anything."""
    assert isinstance(left.function, tree.Name)
    wanted = spell(_open(left.arguments[0]))
    argument = tree.Name(left.span, ARGUMENT)
    body = put(right, wanted, argument)
    if left.function.base not in ACTIVATION_LETTERS or body == right:
        return None
    if any(n.base not in ("e", "pi", ARGUMENT) for n in list_names(body)):
        return None
    return Definition(left.function, body, (argument,))


def _open(node: tree.Node) -> tree.Node:
    while isinstance(node, tree.Group) and node.bracket not in ("|", "||"):
        node = node.body
    return node


def put(node: Any, wanted: str, new: tree.Node) -> Any:
    """A tree with one thing in the place of another, wherever it stands."""
    if isinstance(node, tuple):
        return tuple(put(item, wanted, new) for item in node)
    if not isinstance(node, tree.Node | tree.Script):
        return node
    if isinstance(node, tree.Node) and spell(_open(node)) == wanted:
        return new
    inner = {
        slot.name: put(getattr(node, slot.name), wanted, new)
        for slot in fields(node)
        if slot.name != "span"
    }
    return replace(node, **inner)


def _reads(node: tree.Node, name: str) -> bool:
    return any(spell(n) == name for n in list_names(node))


def differ_by_one_name(one: tree.Node, other: tree.Node) -> bool:
    """Whether two right sides are the same but for one name: w_1 i_1 + w_3 i_2 and w_1 i_1 +
    w_2 i_2. Then one of them is a slip; quite different ones are another example."""
    names = [n for n in tree.walk(one) if isinstance(n, tree.Name)]
    others = [n for n in tree.walk(other) if isinstance(n, tree.Name)]
    if len(names) != len(others) or len(names) < 4:
        return False
    odd = [(a, b) for a, b in zip(names, others, strict=True) if spell(a) != spell(b)]
    return len(odd) == 1 and odd[0][0].base == odd[0][1].base


def list_sample_definitions(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """The share of one sample in what is defined as a sum: ξ(t_i, y_i) = ... and
    ξ = 1/N Σ_i ... both say what ξ_i is."""
    for definition in definitions:
        left = definition.left
        if left.lower:
            continue
        if definition.parameters:
            if not definition.is_of_sample:
                continue
            index, body = definition.parameters[0].lower[-1:], definition.body
        else:
            found = _find_outer_sum(definition.body)
            if found is None or not isinstance(found.index, tree.Name) or found.condition:
                continue
            index, body = (tree.Script(found.index),), found.body
        yield Definition(replace(left, lower=index), body)


def _find_outer_sum(node: tree.Node) -> tree.Sum | None:
    """The sum of 1/N Σ_i ..."""
    if isinstance(node, tree.Sum):
        return node
    if not isinstance(node, tree.Product) or not isinstance(node.factors[-1], tree.Sum):
        return None
    shares = all(isinstance(f, tree.Ratio | tree.Number) for f in node.factors[:-1])
    return node.factors[-1] if shares else None
