"""How long each axis of a text's arrays is: as long as its definitions need it to be.

All axes start with lengths of their own; where two clash in a definition, they must be one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symbackprop.reading import tree
from symbackprop.verification.definitions import Definition
from symbackprop.verification.families import ScriptPlace
from symbackprop.verification.graphs import GraphScene
from symbackprop.verification.meaning import (
    Differing,
    Meaningless,
    Misplaced,
    Reading,
    State,
    evaluate,
)
from symbackprop.verification.scopes import Scope
from symbackprop.verification.shapes import ShapeClash, Value, agree

MOST_MERGES = 40
# so that no length that is tried is one of a small number that is printed
FIRST_LENGTH = 11


def fit_lengths(
    scope: Scope, reading: Reading, budget: list[int]
) -> tuple[dict[ScriptPlace, int], int]:
    """A length for every axis so that the definitions fit, and how many of them do not.

    All axes start with different lengths; where an equation or a product clashes, the two that
    met must be one. The families' axes are joined on the way.
    """
    families = scope.families
    failed = 0
    plain = [
        d
        for d in scope.definitions.values()
        if not d.presumed and not any(isinstance(n, tree.Derivative) for n in tree.walk(d.body))
    ]
    for _ in range(MOST_MERGES):
        axes = families.list_axes()
        lengths = {axis: FIRST_LENGTH + place for place, axis in enumerate(axes)}
        by_length = {length: axis for axis, length in lengths.items()}
        scene = GraphScene(scope, 1, lengths)
        failed, merged = 0, False
        for definition in plain:
            clash = _try_definition(scene, definition, reading, budget)
            if clash is None:
                continue
            pairs = [(a, b) for a, b in clash.lengths if a != b]
            if pairs and all(a in by_length and b in by_length for a, b in pairs):
                merged = any([families.join(by_length[a], by_length[b]) for a, b in pairs])
                if merged:
                    break
            failed += 1
        if not merged:
            break
    return families.choose_lengths(), failed


def _try_definition(
    scene: GraphScene, definition: Definition, reading: Reading, budget: list[int]
) -> ShapeClash | None:
    letters = scene.families.list_free_letters(definition.left)
    state = State(scene, reading, dict.fromkeys(letters, 1), budget=budget)
    slot = scene.families.find(definition.left)
    try:
        right = evaluate(definition.body, state)
        if definition.parameters:
            return None
        shape = tuple(scene.length((slot.family, p)) for p in range(len(slot.indices), slot.rank))
        agree(Value(np.zeros(shape), "any"), replace(right, array=np.zeros(right.array.shape)))
    except ShapeClash as clash:
        return clash
    except Meaningless:
        return None
    return None


def is_broken(
    scene: GraphScene, definition: Definition, reading: Reading, budget: list[int]
) -> bool:
    """Whether a definition cannot be worked out: what it is made of is not understood, or it is
    made of itself."""
    if definition.parameters:
        return False
    letters = scene.families.list_free_letters(definition.left)
    for start in (1, 2):
        state = State(scene, reading, dict.fromkeys(letters, start), budget=budget)
        try:
            evaluate(definition.left, state)
        except Misplaced:
            continue
        except Meaningless:
            return True
        except (ShapeClash, Differing):
            return False
        return False
    return False
