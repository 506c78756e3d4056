"""Judging an equation by a text's own definitions: in every reading that fits them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from symbackprop.reading import tree
from symbackprop.verification.arithmetic import is_numeric
from symbackprop.verification.compare import FreeIndex, Outcome, list_told, refuse_labels
from symbackprop.verification.definitions import (
    Definition,
    differ_by_one_name,
    has_derivative,
)
from symbackprop.verification.families import Families, ScriptPlace
from symbackprop.verification.findings import HOLDS
from symbackprop.verification.graphs import (
    CHANGED,
    COST_LETTERS,
    SAMPLES,
    GraphScene,
    Outside,
    is_kronecker,
)
from symbackprop.verification.judgement import (
    DANGLING,
    DEFINITION,
    GIVEN,
    MENDED,
    NO_VALUE,
    TWO_MEANINGS,
    Counterexample,
    Judgement,
    say_not_checkable,
    say_stated,
)
from symbackprop.verification.lexicon import ACTIVATION_LETTERS, INDEX_LETTERS, list_names, spell
from symbackprop.verification.meaning import KNOWN, Differing, Meaningless, Reading, State, evaluate
from symbackprop.verification.names import say_undefined, write_name
from symbackprop.verification.shapes import ShapeClash, agree
from symbackprop.verification.text import GRAPH_SEEDS, SIGNED_SEEDS, Text, find_prime

# what a clash leans on where a text defines arrays of its own
# where a claim about two indices holds, which a sentence beside it may say
PARTLY = "it holds where"
SHAPES = "shapes as the text's definitions have them"
MOST_PLACES = 40
FEWEST_SIGNED = 6
MOST_MERGES = 3
KINKED = frozenset({"max", "relu", "ReLU", "1"})
NONE: frozenset[str] = frozenset()
# letters of targets
TARGETS = frozenset("ytd")
Sides = tuple[tree.Node, tree.Node]


class Leaning(Meaningless):
    """A difference that rests on something the text leaves open."""


def judge_definition(text: Text, own: Definition) -> Judgement:
    """A name's first definition declares it; a later one must say the same."""
    odd = set(text.families.list_free_letters(own.body)) - set(
        text.families.list_free_letters(own.left)
    )
    odd -= {letter for p in own.parameters for letter in text.families.list_free_letters(p)}
    try:
        odd -= list_told(own.left, own.body)
        refuse_labels(odd, own.left, own.body)
    except Meaningless as unclear:
        return say_not_checkable(str(unclear))
    if not own.parameters and not own.left.base.startswith(CHANGED) and text.is_slip(odd):
        return _say_dangling(odd)
    problem: Exception | None = None
    for reading, families, lengths in text.graph_readings:
        world = Trial(text, reading, families, lengths, {})
        problem = _try_body(world, own)
        if problem is not None and _is_of_changes(own.left, own.body):
            problem = _try_body(replace(world, other=dict(text.reused)), own)
        if problem is None:
            break
    if problem is not None:
        return say_not_checkable(str(problem))
    earlier = [d for n, d in text.found if n < text.place and d.name == own.name]
    # a name that is defined anew again and again belongs to one example after the other
    if len(earlier) == 1 and differ_by_one_name(earlier[0].body, own.body):
        return Judgement(
            "wrong",
            message=f"{write_name(own.left)} was defined with another name in one place",
            code="BP205",
        )
    factor = _find_factor(text, own, earlier)
    if factor is not None:
        return Judgement(
            "wrong",
            message=f"{write_name(own.left)} was defined before, without {factor:g}",
            code="BP205",
        )
    if earlier and _says_the_same(text, earlier[-1], own):
        return Judgement(HOLDS, f"{DEFINITION}, as before")
    return say_stated(DEFINITION)


def _says_the_same(text: Text, before: Definition, own: Definition) -> bool:
    """Whether a name is said once more to be what it was said to be before."""
    if [spell(p) for p in before.parameters] != [spell(p) for p in own.parameters]:
        return False
    if spell(before.left) != spell(own.left):
        return False
    if before.body == own.body or spell(before.body) == spell(own.body):
        return True
    return judge_graph(text, before.body, own.body).verdict == HOLDS


def _find_factor(text: Text, own: Definition, earlier: list[Definition]) -> float | None:
    """What a later definition has more than the one before: z = 2 W x after z = W x. Costs are
    left alone: lectures halve them as they like; and so is what counts or has a number only, which
    another example sets anew."""
    if spell(own.left) in INDEX_LETTERS or not any(n.base.isalpha() for n in list_names(own.body)):
        return None
    if not earlier or own.left.base in COST_LETTERS or text.lexicon.find(own.left) == "C":
        return None
    before = earlier[-1].body
    for reading, families, lengths in text.graph_readings:
        factors = []
        for seed in GRAPH_SEEDS:
            scene = text.draw_graph(families, lengths, seed)
            letters = families.list_free_letters(own.left)
            state = State(scene, reading, dict.fromkeys(letters, 1), budget=text.budget)
            try:
                now, then = evaluate(own.body, state), evaluate(before, state)
            except (Meaningless, ShapeClash, Differing):
                break
            if now.array.shape != then.array.shape or not then.array.all():
                break
            factors += list(np.ravel(now.array / then.array))
        else:
            same = np.allclose(factors, factors[0], rtol=1e-9)
            return float(factors[0].real) if same and abs(factors[0] - 1) > 1e-9 else None
    return None


def _say_dangling(letters: set[str]) -> Judgement:
    return Judgement("ill-formed", message=str(FreeIndex(letters)), code=DANGLING)


def _try_body(world: Trial, own: Definition) -> Exception | None:
    """What keeps a definition from having a value."""
    families, reading, text = world.families, world.reading, world.text
    scene = text.draw_graph(families, world.lengths, GRAPH_SEEDS[0], other=world.other)
    letters = families.list_free_letters(own.body) | families.list_free_letters(own.left)
    for start in (1, 2):
        state = State(scene, reading, dict.fromkeys(letters, start), budget=text.budget)
        try:
            evaluate(own.body, state)
        except Outside:
            continue
        except (Meaningless, ShapeClash, Differing) as problem:
            return problem
        return None
    return Meaningless("there is no index for which both sides have a value")


def judge_graph(text: Text, left: tree.Node, right: tree.Node) -> Judgement:
    """Both sides worked out in random worlds in which the text's definitions hold."""
    problems: list[Outcome] = []
    others: list[dict[str, Definition | None]] = [{}, dict.fromkeys(text.samples)]
    if _is_of_changes(left, right):
        # Gradient descent is taught with a C of its own: any function of v.
        others.append(dict(text.reused))
    for place, other in enumerate(others):
        if place and not other:
            continue
        for reading, families, lengths in text.graph_readings:
            world = Trial(text, reading, families, lengths, other)
            outcome, count = _try_reading(world, (left, right))
            if outcome is None:
                return _say_holds(world, (left, right), count)
            problems.append(outcome)
    if any(isinstance(p, Counterexample) for p in problems):
        for values, shares in ((text.given, NONE), ({}, TARGETS if text.softmax else NONE)):
            if not (values or shares):
                continue
            for reading, families, lengths in text.graph_readings:
                world = Trial(text, reading, families, lengths, {}, values, shares)
                outcome, count = _try_reading(world, (left, right))
                if outcome is None:
                    return _say_holds(world, (left, right), count)
    free = [p for p in problems if isinstance(p, FreeIndex)]
    if problems and len(free) == len(problems) and text.is_slip(free[0].letters):
        return _say_dangling(free[0].letters)
    vague = next((p for p in problems if isinstance(p, Leaning)), None) or next(
        (p for p in problems if isinstance(p, Meaningless)), None
    )
    if vague is not None:
        return say_not_checkable(str(vague))
    if isinstance(right, tree.Listed | tree.Group | tree.Matrix) and is_all_numbers(right):
        if isinstance(left, tree.Name):
            return say_stated(GIVEN)
        return say_not_checkable(
            "numbers are given for a formula; say what its letters are, or their numbers", NO_VALUE
        )
    loose = _find_loose_name(text, left, right)
    if loose is not None:
        return say_not_checkable(say_undefined(loose))
    found = next((p for p in problems if isinstance(p, Counterexample)), problems[0])
    if isinstance(found, Counterexample):
        return Judgement("wrong", message=found.say(), code="BP100", counterexample=found.as_dict())
    guessed = [
        n for side in (left, right) for n in list_names(side) if text.families.is_ambiguous(n)
    ]
    if guessed:
        return say_not_checkable(
            f"nothing says whether {write_name(guessed[0])} is a number, a vector or a matrix; "
            f"say it, for example with \\in \\mathbb{{R}}^{{n}}"
        )
    if not text.fits:
        return say_not_checkable(f"the shapes of the text's own definitions do not fit: {found}")
    return Judgement("wrong", SHAPES, str(found), "BP100")


@dataclass
class Trial:
    """One reading of a text: how long its arrays are, which names mean something else, and which
    have the values that the text sets for a case.

    `implied` tells that a name was taken for that of one sample.
    """

    text: Text
    reading: Reading
    families: Families
    lengths: dict[ScriptPlace, int]
    other: Mapping[str, Definition | None]
    values: Mapping[str, float] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    implied: bool = False


def _is_of_changes(*sides: tree.Node) -> bool:
    """Whether a formula is about ∇C or ΔC."""
    return any(
        isinstance(n, tree.Gradient) or (isinstance(n, tree.Name) and n.base.startswith(CHANGED))
        for side in sides
        for n in tree.walk(side)
    )


def _say_holds(world: Trial, sides: Sides, count: int) -> Judgement:
    reading = world.reading.name
    if world.values:
        reading += f", with {', '.join(f'{k} = {v:g}' for k, v in world.values.items())}"
    if world.shares:
        reading += ", with targets that sum to 1"
    holds = Judgement("holds", reading, instances=count)
    if world.implied:
        words = "inside of the sum, what has no index is meant for each sample"
        return replace(holds, code=MENDED, message=words)
    if world.reading.slopes == "calls":
        words = "∂f(…) holds the other arguments of f fixed, ∂ of a name does not"
        return replace(holds, code=TWO_MEANINGS, message=words)
    return holds


def _try_reading(world: Trial, sides: Sides) -> tuple[Outcome, int]:
    """None if both sides agree in every world, and in how many; else the first problem."""
    own = world.families.fork()
    if own.tie(sides):
        world.families, world.lengths = own, own.choose_lengths()
    names = [n for side in sides for n in list_names(side)]
    for _ in range(MOST_MERGES):
        outcome, count = _try_ones(world, sides, names)
        joined = isinstance(outcome, ShapeClash) and _join_free_axes(world, outcome, names)
        if not joined:
            break
    return outcome, count


def _try_ones(world: Trial, sides: Sides, names: list[tree.Name]) -> tuple[Outcome, int]:
    """A vector of ones is as long as the formula wants it."""
    has_ones = any(n.base.isdigit() for n in names)
    tries = list(world.lengths) if has_ones else []
    outcome, count = _try_worlds(world, sides, tries[0] if tries else None)
    for axis in tries[1:]:
        if not isinstance(outcome, ShapeClash):
            break
        outcome, count = _try_worlds(world, sides, axis)
    return outcome, count


def _join_free_axes(world: Trial, clash: ShapeClash, names: list[tree.Name]) -> bool:
    """An axis that no definition ties to another is as long as the formula wants it."""
    families, lengths = world.families, world.lengths
    ends = families.count_ends()
    free = {
        lengths.get(families.root((slot.family, place)), 0): (slot.family, place)
        for slot in map(families.find, names)
        for place in range(slot.rank)
        if slot.family not in world.text.tied or ends[families.root((slot.family, place))] == 1
    }
    others = {length: axis for axis, length in lengths.items()}
    for one, other in clash.lengths:
        first = free.get(one) or free.get(other)
        second = others.get(other if one in free else one)
        if one != other and first is not None and second is not None:
            fork = families.fork()
            if fork.join(second, first):
                world.families, world.lengths = fork, fork.choose_lengths()
                return True
    return False


def _try_worlds(world: Trial, sides: Sides, ones: ScriptPlace | None) -> tuple[Outcome, int]:
    text = world.text
    cases = {
        (id(n), place)
        for side in sides
        for n in tree.walk(side)
        if isinstance(n, tree.Cases)
        for place in range(len(n.rows))
    }
    signed = bool(cases) or _is_kinked(text, sides)
    seen: set[tuple[int, int]] = set()
    count = 0
    evident = is_numeric(sides[1]) or not any(map(has_derivative, sides))
    for number, seed in enumerate(SIGNED_SEEDS if signed else GRAPH_SEEDS):
        # other lengths in each world: 2/3 is no 2/N
        lengths = world.families.choose_lengths(number % 2) if number else world.lengths
        scene = text.draw_graph(world.families, lengths, seed, signed, world.other)
        scene.length_of_ones, scene.cases = lengths.get(ones, SAMPLES) if ones else SAMPLES, seen
        scene.bare = any(map(_is_bare_slope, sides))
        scene.values, scene.shares = world.values, world.shares
        try:
            found = _compare(scene, sides, world.reading, find_prime(text), text.budget)
        except (Meaningless, ShapeClash) as problem:
            return problem, count
        world.implied |= scene.implied
        evident |= scene.evident
        if found is not None and (scene.leans or (not signed and _is_unconnected(sides[0], found))):
            return Leaning(
                "it rests on a function that the text only names; say what that is"
            ), count
        if found is not None:
            return found, count
        count += 1
        if signed and count >= FEWEST_SIGNED and cases <= seen:
            break
    if not evident:
        return Meaningless("both sides are 0, whatever the numbers: that says nothing"), count
    if not cases <= seen:
        return Meaningless(
            "one of its cases occurred in none of the examples that were tried"
        ), count
    return None, count


def _is_unconnected(left: tree.Node, found: Counterexample) -> bool:
    """A derivative that is 0 by what the text defines: it means another network here."""
    return has_derivative(left) and not found.left.array.any()


def _is_bare_slope(side: tree.Node) -> bool:
    """σ', without what it is of."""
    return isinstance(side, tree.Name) and side.base in ACTIVATION_LETTERS and side.primes == 1


def _is_kinked(text: Text, sides: tuple[tree.Node, ...]) -> bool:
    bodies = [d.body for d in text.definitions.values()]
    return any(
        isinstance(n, tree.Cases | tree.Compared)
        or (isinstance(n, tree.Call) and getattr(n.function, "base", "") in KINKED)
        for body in (*sides, *bodies)
        for n in tree.walk(body)
    )


def _compare(
    scene: GraphScene,
    sides: Sides,
    reading: Reading,
    primed_by: tree.Node | None,
    budget: list[int],
) -> Counterexample | None:
    """Both sides at every place of the indices that are free."""
    left, right = sides
    one, other = map(scene.families.list_free_letters, sides)
    # ∂z_j/∂w_jk = a_k: a derivative may have an index that its value has not.
    allowed = set(one) if isinstance(left, tree.Derivative) or is_numeric(right) else set()
    odd = (set(other) - set(one)) | (set(one) - set(other) - allowed)
    odd -= list_told(left, right)
    if odd:
        refuse_labels(odd, left, right)
        raise FreeIndex(odd)
    axes = one | other
    ranges = [range(1, scene.length(axis) + 1) for axis in axes.values()]
    places = list(product(*ranges))
    tried = False
    found: Counterexample | None = None
    unequal: list[tuple[int, ...]] = []
    for place in _thin(places):
        indices = dict(zip(axes, place, strict=True))
        state = State(scene, reading, indices, primed_by=primed_by, budget=budget)
        try:
            values = evaluate(left, state), evaluate(right, state)
        except Outside:
            continue
        except Differing as problem:
            return Counterexample(_say_place(scene, indices), problem.left, problem.right)
        tried = True
        scene.evident |= bool(values[0].array.any() or values[1].array.any())
        if not agree(*values, elementwise=reading.jacobian == "vector"):
            unequal.append(place)
            found = found or Counterexample(_say_place(scene, indices), *values)
    if found is not None and _is_of_one_case(left, list(axes), places, unequal):
        raise Meaningless(f"{PARTLY} {' = '.join(axes)} only, or where they differ only")
    if found is not None:
        return found
    if not tried:
        raise Meaningless("there is no index for which both sides have a value")
    return None


def _is_of_one_case(
    left: tree.Node,
    letters: list[str],
    places: list[tuple[int, ...]],
    unequal: list[tuple[int, ...]],
) -> bool:
    """∂a_i/∂z_j = a_i (1 - a_i) is one of two cases: right on the diagonal, or beside it."""
    if not isinstance(left, tree.Derivative) or len(letters) != 2 or len(places) > MOST_PLACES:
        return False
    below = left.bottom
    if not isinstance(below, tree.Name) or len(below.lower) != 1:
        return False
    diagonal = {place for place in places if place[0] == place[1]}
    return set(unequal) in (diagonal, set(places) - diagonal)


def _thin(places: list[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    yield from places[:: len(places) // MOST_PLACES + 1]


def _say_place(scene: GraphScene, indices: dict[str, int]) -> str:
    named = ", ".join(f"{letter} = {index}" for letter, index in indices.items())
    return f"{scene.sizes_text}; {named}" if named else scene.sizes_text


def is_all_numbers(node: tree.Node) -> bool:
    return not any(isinstance(n, tree.Name) for n in tree.walk(node))


def _find_loose_name(text: Text, left: tree.Node, right: tree.Node) -> tree.Name | None:
    """A name that no definition has to do with: it may be anything."""
    one, other = _list_unknown(text, left), _list_unknown(text, right)
    odd = {key: name for key, name in (one | other).items() if (key in one) != (key in other)}
    if odd:
        return odd[min(odd)]
    for node in (n for side in (left, right) for n in tree.walk(side)):
        # H(x) is no product where the text never says what H is
        if isinstance(node, tree.Call) and isinstance(node.function, tree.Name):
            name = node.function
            defined = spell(name) in text.definitions or name.base in ACTIVATION_LETTERS
            defined |= node.certain or name.base in KNOWN
            if not defined and text.families.find(name).family not in text.tied:
                return name
    for side in (left, right):
        for node in list_names(side):
            if node.base in KNOWN or node.base.isdigit():
                continue
            if is_kronecker(node, text.families.find(node)):
                continue
            bare = replace(node, upper=(), primes=0)
            families = {text.families.find(n).family for n in (node, bare)}
            if not families & text.tied and spell(node) not in text.sizes:
                return node
    return None


def _list_unknown(text: Text, side: tree.Node) -> dict[str, tree.Name]:
    """Functions that no definition has to do with: σ may be any."""
    known = set(text.definitions) | {
        spell(n.function)
        for d in text.definitions.values()
        for n in tree.walk(d.body)
        if isinstance(n, tree.Call)
    }
    return {
        spell(replace(n.function, primes=0)): replace(n.function, primes=0)
        for n in tree.walk(side)
        if isinstance(n, tree.Call)
        and isinstance(n.function, tree.Name)
        and n.function.base in ACTIVATION_LETTERS
        and spell(replace(n.function, primes=0)) not in known
    }
