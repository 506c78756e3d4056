"""The definitions of a text: which of its statements say what a name stands for, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbackprop.lecture.letters import Letters
from symbackprop.lecture.ranges import Ranges
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree

EQUATES = ("=", ":=", "equiv")


@dataclass(frozen=True)
class Definition:
    """A statement that says what a name stands for, at every place or at one."""

    family: str
    statement: tree.Statement
    place: str = ""
    # another statement says what the name stands for elsewhere
    beside: bool = False


def list_definitions(
    letters: Letters,
    statements: Sequence[tree.Statement],
    errors: set[str],
    ranges: Mapping[int, Ranges],
) -> Iterator[Definition]:
    """The first statement about each name; one for all places comes before one for the last, which
    is a definition beside it where the first is said of the others only."""
    found: dict[str, dict[str, tree.Statement]] = {}
    for statement in statements:
        for definition in read_definitions(letters, statement):
            if definition.family in errors:
                continue
            found.setdefault(definition.family, {}).setdefault(
                definition.place, definition.statement
            )
    for statement in statements:
        for link in _list_later_links(statement):
            for definition in read_definitions(letters, link):
                if definition.family not in {*errors, *found}:
                    found[definition.family] = {definition.place: definition.statement}
    for family, places in found.items():
        general = places.get("")
        if general is not None:
            yield Definition(family, general)
        for place, statement in places.items():
            if place and (general is None or place.isdigit() or _leaves_last(general, ranges)):
                yield Definition(family, statement, place, beside=general is not None)


def _list_later_links(statement: tree.Statement) -> Iterator[tree.Statement]:
    """f(x) = a = softmax(z) says what a is, where nothing else does."""
    if statement.continues:
        return
    pairs = zip(statement.sides[1:], statement.sides[2:], statement.signs[1:], strict=False)
    for left, right, sign in pairs:
        if isinstance(bare(left), tree.Name):
            yield tree.Statement(statement.span, (left, right), (sign,))


def _leaves_last(statement: tree.Statement, ranges: Mapping[int, Ranges]) -> bool:
    """Whether a statement is said of all places but the last: (l = 1, ..., L - 1)."""
    said = ranges.get(id(statement.sides[1]), {})
    return any((high - last).is_negative for _, high in said.values() for last in high.free_symbols)


def read_definitions(letters: Letters, statement: tree.Statement) -> Iterator[Definition]:
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
        return
    left = statement.sides[0]
    while isinstance(left, tree.Braced):
        left = left.body
    if not isinstance(left, tree.Name):
        return
    right = statement.sides[1]
    if is_number(right) or _lists_entries(left, right):
        return  # a value that is given, or what its entries are called
    if any(isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(right)):
        return
    reference = letters.find(left)
    if reference is None:
        return
    counts = letters.survey.indices | letters.survey.lasts
    if not reference.indices and reference.family.letter.base in counts:
        return  # l = 1, ..., L says where an index runs
    if reference.power is not None or _reads_itself(letters, right, left):
        return
    running = letters.survey.indices
    fixed = [
        str(index)
        for index in reference.indices[: reference.family.always]
        if index is not None and not any(s.name in running for s in index.free_symbols)
    ]
    place = ",".join(fixed)
    first = tree.Statement(statement.span, statement.sides[:2], statement.signs[:1])
    yield Definition(reference.family.name, first, place)


def _lists_entries(name: tree.Name, node: tree.Node) -> bool:
    """x = (x_1, ..., x_n), and W = [w_1 w_2]: entries of the same letter, or with dots."""
    inner = bare(node)
    while isinstance(inner, tree.Transposed):
        inner = bare(inner.body)
    if not isinstance(inner, tree.Listed | tree.Matrix):
        return False
    cells = (
        inner.items if isinstance(inner, tree.Listed) else [c for row in inner.rows for c in row]
    )
    entries = [bare(c.body) if isinstance(c, tree.Transposed) else bare(c) for c in cells]
    words = {e.base.lower() for e in entries if isinstance(e, tree.Name) and (e.lower or e.upper)}
    if not all(isinstance(e, tree.Name | tree.Dots | tree.Words) for e in entries):
        return False
    return words == {name.base.lower()} or any(isinstance(e, tree.Dots) for e in entries)


def is_number(node: tree.Node) -> bool:
    """Whether digits alone stand here: 3, -10/3, 0.5 * 4."""
    return all(not isinstance(n, tree.Name) for n in tree.walk(node)) and any(
        isinstance(n, tree.Number) for n in tree.walk(node)
    )


def _reads_itself(letters: Letters, right: tree.Node, left: tree.Name) -> bool:
    """W = W - eta dW is an update."""
    own = letters.refer(left)
    others = [other for node in _list_names(right) if (other := letters.find(node)) is not None]
    return any(o.family is own.family and o.indices == own.indices for o in others)


def _list_names(node: tree.Node) -> Iterator[tree.Name]:
    """The names of a formula, without what is above or below them; e^z is a formula in z."""
    if isinstance(node, tree.Name) and node.base != "e":
        yield node
        return
    for child in tree.list_children(node):
        yield from _list_names(child)
