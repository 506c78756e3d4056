"""Comparing two sides everywhere: in several scenes, all layers that fit, all indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from symbackprop.errors import InputError
from symbackprop.reading import tree
from symbackprop.reading.sums import list_free_indices
from symbackprop.verification.arithmetic import (
    is_numeric,
)
from symbackprop.verification.judgement import Counterexample
from symbackprop.verification.layers import LayeredScene, MisplacedLayer, is_last_layer
from symbackprop.verification.lexicon import list_names, spell
from symbackprop.verification.meaning import (
    Meaningless,
    Misplaced,
    Reading,
    Scene,
    State,
    evaluate,
)
from symbackprop.verification.shapes import ShapeClash, agree

MOST_PLACES = 150
SUM_NAMES = frozenset({"sum", "prod"})


class FreeIndex(Meaningless):
    """An index that one side has and the other has not."""

    def __init__(self, letters: set[str]) -> None:
        super().__init__(f"the index {', '.join(sorted(letters))} is free on one side only")
        self.letters = letters


Outcome = Counterexample | ShapeClash | Meaningless | None


def try_scenes(
    scenes: Sequence[LayeredScene],
    left: tree.Node,
    right: tree.Node,
    reading: Reading,
    primed_by: tree.Node | None,
    budget: list[int],
) -> Outcome:
    """None if both sides agree everywhere in every scene."""
    try:
        for scene in scenes:
            found = _compare_everywhere(scene, left, right, reading, primed_by, budget)
            if found is not None:
                return found
    except (ShapeClash, Meaningless) as problem:
        return problem
    except InputError as problem:
        return Meaningless(str(problem))
    return None


def _compare_everywhere(
    scene: LayeredScene,
    left: tree.Node,
    right: tree.Node,
    reading: Reading,
    primed_by: tree.Node | None,
    budget: list[int],
) -> Counterexample | None:
    layers = sorted(_free_letters(scene, left)[0] | _free_letters(scene, right)[0])
    tried, speaks = False, False
    last = scene.lexicon.depth + scene.lexicon.first
    for numbers in product(range(last + 1), repeat=min(len(layers), 2)):
        state = State(
            scene,
            reading,
            dict(zip(layers, numbers, strict=False)),
            primed_by=primed_by,
            budget=budget,
        )
        try:
            found, is_something = _compare_places(scene, left, right, state)
        except MisplacedLayer:
            continue
        tried, speaks = True, speaks or is_something
        if found is not None:
            return found
    if not tried and not layers:
        raise ShapeClash("a layer beyond the last, or before the first")
    if not tried:
        raise Meaningless("no layer of the network fits all layers that are written")
    if not speaks and not is_numeric(left) and not is_numeric(right):
        raise Meaningless("both sides are 0 everywhere: that is no evidence")
    return None


def _compare_places(
    scene: LayeredScene, left: tree.Node, right: tree.Node, state: State
) -> tuple[Counterexample | None, bool]:
    """Where both sides differ, and whether any of them is anything but 0."""
    one, other = _free_letters(scene, left)[1], _free_letters(scene, right)[1]
    # ∂z_j/∂w_jk = a_k: a derivative may have an index that its value has not.
    allowed = one if isinstance(left, tree.Derivative) else set()
    odd = (other - one) | (one - other - allowed if not is_numeric(right) else set())
    odd -= list_told(left, right)
    if not scene.scalar and odd:
        refuse_labels(odd, left, right)
        raise FreeIndex(odd)
    letters = sorted(one | other)
    ranges = [_range_of(scene, letter, (left, right), state) for letter in letters]
    places = list(product(*ranges))
    sums = any(isinstance(n, tree.Sum) for side in (left, right) for n in tree.walk(side))
    if len(places) > MOST_PLACES:
        places = places[:: len(places) // MOST_PLACES + 1]
    speaks = False
    for place in places:
        inner = replace(state, indices={**state.indices, **dict(zip(letters, place, strict=True))})
        try:
            values = evaluate(left, inner), evaluate(right, inner)
        except MisplacedLayer:
            raise
        except Misplaced as problem:
            # a bound that leads beyond a width is evidence; j + 1 beyond the widths drawn is none
            if not sums:
                raise
            raise ShapeClash(str(problem)) from None
        if not agree(*values, elementwise=state.reading.jacobian == "vector"):
            named = ", ".join(f"{k} = {v}" for k, v in inner.indices.items())
            where = f"{scene.sizes}; {named}" if named else scene.sizes
            return Counterexample(where, *values), True
        speaks = speaks or any(value.array.any() for value in values)
    return None, speaks


def list_told(*sides: tree.Node) -> set[str]:
    """Letters that an indicator compares: i and j of 1(i = j).

    Raises:
        Meaningless: a Σ that stands for a sum written elsewhere, and so for indices that are not
            seen here.
    """
    nodes = [node for side in sides for node in tree.walk_formula(side)]
    # prod(a, b) is a function that is called
    called = {id(node.function) for node in nodes if isinstance(node, tree.Call)}
    if any(
        isinstance(n, tree.Name) and n.base in SUM_NAMES and not n.lower and id(n) not in called
        for n in nodes
    ):
        raise Meaningless("a Σ that stands for a sum written elsewhere")
    compared = (n for n in nodes if isinstance(n, tree.Compared))
    return {letter for node in compared for letter in _letters_in(node)}


def refuse_labels(letters: set[str], *sides: tree.Node) -> None:
    """Refuse p of E^p = Σ_k y_k^{(p)}: it stands on both sides, and may count samples on each.

    Raises:
        Meaningless: one of the letters is written on every side.
    """
    written = [
        {letter for n in list_names(side) for s in n.upper for letter in _letters_in(s.content)}
        | set(list_free_indices(side))
        for side in sides
    ]
    for letter in sorted(letters):
        if all(letter in found for found in written):
            raise Meaningless(f"what the index {letter} counts is not said on both sides")


def _range_of(scene: Scene, letter: str, sides: tuple[tree.Node, ...], state: State) -> range:
    problem: Meaningless = Meaningless(f"the index {letter} is not known")
    for side in sides:
        try:
            return scene.range_of(letter, side, state)
        except MisplacedLayer:
            raise
        except Meaningless as error:
            problem = error
    raise problem


def _free_letters(
    scene: LayeredScene, node: tree.Node, bound: frozenset[str] = frozenset()
) -> tuple[set[str], set[str]]:
    """Letters of layers and of neurons that no sum binds."""
    layers: set[str] = set()
    neurons: set[str] = set()
    if isinstance(node, tree.Sum) and node.index is not None:
        inner = bound | {spell(node.index)}
        found = _free_letters(scene, node.body, inner)
        return found[0], found[1]
    if isinstance(node, tree.Name):
        quantity = scene.lexicon.find(node)
        if quantity is not None or node.base == "n":
            for script in node.upper:
                if not is_last_layer(script.content):
                    layers |= _letters_in(script.content) - bound - {"L", "T"}
            for script in node.lower:
                letters = _letters_in(script.content) - bound
                if node.base == "n":
                    layers |= letters - {"L"}
                elif quantity != "C":
                    neurons |= letters - {"L"}
        if node.base != "e" or quantity is not None:
            return layers, neurons
    for child in tree.list_children(node):
        found = _free_letters(scene, child, bound)
        layers |= found[0]
        neurons |= found[1]
    return layers, neurons - layers


def _letters_in(node: tree.Node) -> set[str]:
    return {n.base for n in tree.walk(node) if isinstance(n, tree.Name)}
