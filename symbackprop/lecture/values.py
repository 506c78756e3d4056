"""Numbers that a text gives: the values of its world, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.lecture.lecture import Lecture
from symbackprop.lecture.letters import Letters, Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.survey import bare
from symbackprop.lecture.systems import Reading
from symbackprop.number_types import DOUBLE
from symbackprop.reading import tree
from symbackprop.worlds import World, build_world

Key = tuple[object, ...]


@dataclass(frozen=True)
class Given:
    """x = 3: the entry, its value as printed, and the number of the statement."""

    key: Key
    value: Fraction
    place: int


def list_values(lecture: Lecture, statements: Sequence[tree.Statement]) -> Iterator[Given]:
    """Every number that the text gives for an entry of an array."""
    for place, statement in enumerate(statements):
        if len(statement.sides) < 2 or statement.signs[0] not in ("=", ":=", "approx"):
            continue
        left = bare(statement.sides[0])
        number = _read_number(statement.sides[-1])
        if isinstance(left, tree.Name) and number is not None:
            key = find_key(lecture.letters, left)
            if key is not None:
                yield Given(key, number, place)


def find_key(letters: Letters, name: tree.Name) -> Key | None:
    """The entry that a name with numbers for its indices is: ("w_5",), ("a", 2, 1)."""
    try:
        reference = letters.refer(name)
    except Unclear:
        return None
    indices = [i for i in reference.indices if i is not None]
    if reference.missing or reference.power or not all(i.is_Integer for i in indices):
        return None
    return (reference.family.name, *map(int, indices))


def _read_number(node: tree.Node) -> Fraction | None:
    inner = bare(node)
    if isinstance(inner, tree.Number):
        return inner.value
    if isinstance(inner, tree.Total) and len(inner.terms) == 1:
        sign, term = inner.terms[0]
        value = _read_number(term)
        return None if value is None else -value if sign == "-" else value
    return None


def build_value_world(reading: Reading, values: Mapping[Key, Fraction]) -> World:
    """The world of the text's own numbers: what has no number and no definition is missing."""
    system = reading.system
    defined = {e.name for e in system.equations}
    numbers = {key: float(value) for key, value in values.items() if str(key[0]) not in defined}
    return build_world(system, {("L",): 2}, numbers, {}, DOUBLE)


def evaluate(reading: Reading, world: World, node: tree.Node) -> float:
    """The number that an expression is in the text's own world.

    Raises:
        Unclear: it is no single number.
    """
    lowerer = Lowerer(reading.context)
    try:
        value = lowerer.lower(node)
    except Clash as problem:
        raise Unclear(str(problem)) from None
    if not value.is_scalar:
        raise Unclear("a vector, and no number")
    return float(world.value(value.entry))
