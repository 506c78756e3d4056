"""Two definitions that say one thing: where y = σ(w x + b) and z = w x + b, y is σ(z)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from symbackprop.reading import tree
from symbackprop.verification.definitions import Definition, put
from symbackprop.verification.graphs import GraphScene
from symbackprop.verification.lexicon import spell
from symbackprop.verification.meaning import Meaningless, Reading, State, evaluate
from symbackprop.verification.shapes import ShapeClash, Value, agree


def fold_arguments(
    scene: GraphScene, definitions: Iterable[Definition], reading: Reading, budget: list[int]
) -> dict[int, Definition]:
    """The definitions in which what a function is applied to has a name of its own, by the id of
    what they were before. Equal numbers in a random world are one thing."""
    stated = [d for d in definitions if not d.presumed and not d.parameters]
    folded: dict[int, Definition] = {}
    for definition in stated:
        for call in _list_calls(definition.body):
            value = _work_out(scene, definition, call.arguments[0], reading, budget)
            named = (
                None
                if value is None
                else _find_name(scene, stated, definition, value, reading, budget)
            )
            if named is not None:
                current = folded.get(id(definition), definition)
                body = put(current.body, spell(call.arguments[0]), named)
                folded[id(definition)] = replace(current, body=body)
    return folded


def _list_calls(node: tree.Node) -> Iterator[tree.Call]:
    for part in tree.walk(node):
        if (
            isinstance(part, tree.Call)
            and len(part.arguments) == 1
            and not isinstance(part.arguments[0], tree.Name | tree.Number)
        ):
            yield part


def _work_out(
    scene: GraphScene,
    definition: Definition,
    node: tree.Node,
    reading: Reading,
    budget: list[int],
) -> Value | None:
    """A formula at the first place of what a definition defines."""
    letters = scene.families.list_free_letters(definition.left)
    try:
        return evaluate(node, State(scene, reading, dict.fromkeys(letters, 1), budget=budget))
    except (Meaningless, ShapeClash):
        return None


def _find_name(
    scene: GraphScene,
    stated: list[Definition],
    user: Definition,
    value: Value,
    reading: Reading,
    budget: list[int],
) -> tree.Name | None:
    """The name that another definition gives to a value."""
    letters = list(scene.families.list_free_letters(user.left))
    for other in stated:
        if other is user or isinstance(other.body, tree.Name | tree.Number):
            continue
        own = list(scene.families.list_free_letters(other.left))
        name = other.left if own == letters else scene.families.name_whole(other.left)
        if own != letters and letters:
            continue
        found = _work_out(scene, user, name, reading, budget)
        if found is not None and _is_same(found, value):
            return name
    return None


def _is_same(one: Value, other: Value) -> bool:
    try:
        return agree(one, other)
    except ShapeClash:
        return False
