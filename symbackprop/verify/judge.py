"""The verdict on every statement of a text: which reading holds, or what goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from symbackprop.errors import InputError
from symbackprop.read import tree
from symbackprop.verify.arithmetic import (
    ArithmeticProblem,
    evaluate_interval,
    is_numeric,
    judge_numbers,
    match_value,
)
from symbackprop.verify.graphs import (
    Definition,
    GraphScene,
    differ_by_one_name,
    find_scope,
    list_definitions,
    read_definition,
)
from symbackprop.verify.layers import LayeredScene, MisplacedLayer
from symbackprop.verify.lexicon import (
    LAYERED,
    Lexicon,
    declares_one_neuron,
    learn,
    list_names,
    spell,
)
from symbackprop.verify.meaning import (
    BUDGET,
    Meaningless,
    Misplaced,
    Reading,
    Scene,
    State,
    evaluate,
)
from symbackprop.verify.shapes import ShapeClash, Value, agree

SEEDS = (1, 2)
EQUALS = ("=", ":=", "equiv")
ASSIGNS = ("leftarrow", ":=")
ONE_NEURON = Reading("one neuron per layer")
READINGS = (
    Reading("indices and columns"),
    Reading("indices and columns, · elementwise", dot="elementwise"),
    Reading("columns, · elementwise, derivatives of activations elementwise",
            dot="elementwise", jacobian="vector"),
    Reading("columns, local derivatives first", order="local"),
    Reading("rows", vectors="row"),
    Reading("rows, · elementwise", vectors="row", dot="elementwise", jacobian="vector"),
    Reading("weights w_ij from i to j", weights="kj"),
    Reading("one neuron of the layer, weights w_i", one_unit=True),
)
MOST_PLACES = 150


class FreeIndex(Meaningless):
    """An index that one side has and the other has not."""


@dataclass(frozen=True)
class Judgement:
    """What is said of one statement: the verdict, its reading or the reason."""

    verdict: str
    reading: str | None = None
    message: str | None = None
    code: str | None = None
    instances: int | None = None
    counterexample: dict | None = None


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ."""

    place: str
    left: Value
    right: Value

    def as_dict(self) -> dict:
        return {"widths": self.place, "left": _show(self.left), "right": _show(self.right)}


def _show(value: Value) -> object:
    numbers = value.array.real.round(6)
    return numbers.tolist()


@dataclass
class Text:
    """One document: its formulas, and what they say of its letters."""

    formulas: Sequence[tree.Formula]
    lexicon: Lexicon = field(default_factory=Lexicon)
    favourite: str | None = None

    def __post_init__(self) -> None:
        self.lexicon = learn(self.formulas, self.lexicon)
        self.statements = [s for f in self.formulas for s in f.statements]
        self.places = {id(s): n for n, s in enumerate(self.statements)}
        self.found = list_definitions(self.statements)
        self.values = dict(_find_values(self.statements))
        self.layered = self.lexicon.declared or any(
            _has_layers(self.lexicon, s) for s in self.statements
        )
        self.sizes = _find_sizes(self.statements)
        self.one_neuron = declares_one_neuron(self.statements, self.lexicon)
        self.place = 0
        self.ended: tree.Node | None = None
        self.budget = [BUDGET]

    def enter(self, statement: tree.Statement) -> None:
        """Judge from the place of a statement on: what is defined there."""
        self.place = self.places.get(id(statement), self.place)

    @property
    def definitions(self) -> dict[str, Definition]:
        return find_scope(self.found, self.place)

    @cached_property
    def scalar_scenes(self) -> list[LayeredScene]:
        return [LayeredScene(self.lexicon, seed, scalar=True) for seed in SEEDS]

    @cached_property
    def scenes(self) -> list[LayeredScene]:
        return [LayeredScene(self.lexicon, seed) for seed in SEEDS]

    @cached_property
    def readings(self) -> list[Reading]:
        """How vectors lie and weights are indexed, where z^l = W^l a^{l-1} + b^l says it."""
        allowed = list(READINGS)
        for statement in self.statements:
            if not _defines_weighted_sum(self.lexicon, statement):
                continue
            left, right = statement.sides[:2]
            ways = {
                (r.vectors, r.weights)
                for r in allowed
                if _try(self.scenes, left, right, r, None, [BUDGET]) is None
            }
            kept = [r for r in allowed if (r.vectors, r.weights) in ways]
            allowed = kept or allowed
        return allowed

    @property
    def graphs(self) -> list[GraphScene]:
        return [GraphScene(self.definitions, seed, self.sizes, {}) for seed in SEEDS]


def _defines_weighted_sum(lexicon: Lexicon, statement: tree.Statement) -> bool:
    if len(statement.sides) < 2 or statement.continues or not _has_layers(lexicon, statement):
        return False
    left, right = statement.sides[:2]
    if not isinstance(left, tree.Name) or lexicon.find(left) != "z":
        return False
    return "W" in {lexicon.find(n) for n in list_names(right)}


def _find_sizes(statements: Iterable[tree.Statement]) -> frozenset[str]:
    """Names that bound sums: the number of samples."""
    return frozenset(
        spell(n.high)
        for s in statements
        for side in s.sides
        for n in tree.walk(side)
        if isinstance(n, tree.Sum) and isinstance(n.high, tree.Name)
    )


def _has_layers(lexicon: Lexicon, statement: tree.Statement) -> bool:
    """Whether a statement writes a layer at some quantity: a^L, W^{(l)}; x^2 is a square, unless
    a network is declared."""
    return any(
        isinstance(n, tree.Name)
        and lexicon.find(n) in LAYERED
        and any(
            lexicon.declared or s.bracket or not isinstance(s.content, tree.Number)
            for s in n.upper
        )
        for side in statement.sides
        for n in tree.walk(side)
    )


def _may_have_layers(text: Text, statement: tree.Statement) -> bool:
    """Without written layers only the plainest formulas of a layered text are taken so."""
    if not text.layered:
        return False
    names = [n for side in statement.sides for n in tree.walk(side) if isinstance(n, tree.Name)]
    return any(isinstance(n, tree.Derivative) for s in statement.sides for n in tree.walk(s)) and (
        not any(isinstance(s.content, tree.Number) for n in names for s in n.lower)
        and not any(spell(n) in text.definitions for n in names if not n.upper)
    )


def list_links(statement: tree.Statement) -> Iterator[tuple[tree.Node, str, tree.Node]]:
    """Each two neighbouring sides with the sign between them.

    A statement that continues one before has a sign more, at its beginning.
    """
    signs = statement.signs[len(statement.signs) - len(statement.sides) + 1 :]
    yield from zip(statement.sides, signs, statement.sides[1:], strict=False)


def _find_values(statements: Iterable[tree.Statement]) -> Iterator[tuple[str, float]]:
    """The numbers that a text gives to names: x = -2, and what a worked line puts in,
    w_1 i_1 + b = 0.15 * 0.05 + 0.35."""
    for statement in statements:
        for left, sign, right in list_links(statement):
            if sign in EQUALS and not is_numeric(left) and is_numeric(right):
                yield from _pair_values(left, right)


def _pair_values(symbols: tree.Node, numbers: tree.Node) -> Iterator[tuple[str, float]]:
    """Names against the numbers in the same places."""
    if isinstance(symbols, tree.Name):
        value = _read_number(numbers)
        if value is not None:
            yield spell(symbols), value
        return
    one, other = list(tree.list_children(symbols)), list(tree.list_children(numbers))
    if type(symbols) is type(numbers) and len(one) == len(other):
        for symbol, value_node in zip(one, other, strict=True):
            yield from _pair_values(symbol, value_node)


def _read_number(node: tree.Node) -> float | None:
    match node:
        case tree.Number():
            return float(node.value)
        case tree.Group():
            return _read_number(node.body)
        case tree.Total(terms=((sign, tree.Number() as number),)):
            return float(number.value) * (-1 if sign == "-" else 1)
    return None


def judge_statement(text: Text, statement: tree.Statement) -> Judgement:
    """The verdict on one statement; each link of a chain of equalities is judged by itself."""
    text.enter(statement)
    text.budget = [BUDGET]
    if statement.continues and text.ended is not None:
        statement = replace(
            statement, sides=(text.ended, *statement.sides), continues=False
        )
    if statement.sides:
        text.ended = statement.sides[-1]
    if len(statement.sides) > 2 and spell(statement.sides[0]) == spell(statement.sides[1]):
        statement = replace(statement, sides=statement.sides[1:], signs=statement.signs[1:])
    refused = _refuse_form(statement)
    if refused is not None:
        return refused
    judgements = [*_judge_numbers(statement)]
    for left, sign, right in list_links(statement):
        if is_numeric(left) and is_numeric(right):
            continue
        if sign in ("approx", "simeq", "sim"):
            judgements.append(_not_checkable("an approximation"))
        elif sign not in (*EQUALS, *ASSIGNS):
            judgements.append(_not_checkable(f"the sign {sign} states no equation"))
        else:
            judgements.append(_judge_link(text, statement, left, right, sign))
    return _note_lenience(text, statement, _combine(judgements))


def _note_lenience(text: Text, statement: tree.Statement, judgement: Judgement) -> Judgement:
    """What was filled in so that a formula holds is said."""
    if judgement.verdict != "holds" or judgement.code is not None:
        return judgement
    nodes = [n for side in statement.sides for n in _walk_without_labels(side)]
    if any(isinstance(n, tree.Sum) and n.index is None for n in nodes):
        return replace(judgement, code=MENDED, message="a sum without an index, over one term")
    names = [
        n for side in statement.sides for n in list_names(side)
        if text.lexicon.find(n) in LAYERED
    ]
    bare = [n for n in names if not n.upper]
    if bare and len(bare) < len(names) and judgement.reading != "definition":
        words = f"{spell(bare[0])} has no layer; the last one was taken"
        return replace(judgement, code=MENDED, message=words)
    return judgement


def _not_checkable(reason: str, code: str = "BP401") -> Judgement:
    return Judgement("not-checkable", message=reason, code=code)


def _refuse_form(statement: tree.Statement) -> Judgement | None:
    if len(statement.sides) < 2:
        return _not_checkable("no equation: one side only")
    for side in statement.sides:
        for node in _walk_without_labels(side):
            if isinstance(node, tree.Words) and node.text.strip():
                return _not_checkable(f"words in a formula: {node.text.strip()[:40]}")
            if isinstance(node, tree.Dots):
                return _not_checkable("dots stand for what is not written")
            if isinstance(node, tree.Product):
                mixed = _find_mixed_sizes(node)
                if mixed is not None:
                    return mixed
            if isinstance(node, tree.Sum) and node.index is not None:
                letter = spell(node.index)
                own = {
                    spell(s.content)
                    for side_ in statement.sides
                    if side_ is not side and isinstance(side_, tree.Call)
                    for a in side_.arguments
                    for n in tree.walk(a)
                    if isinstance(n, tree.Name)
                    for s in n.lower
                }
                if letter in own:
                    return Judgement(
                        "ill-formed",
                        message=f"the index {letter} is both summed over and free",
                        code="BP202",
                    )
    if any(
        isinstance(n, tree.Derivative) and not n.mark
        for side in statement.sides
        for n in tree.walk(side)
    ):
        return Judgement("wrong", message="the upper ∂ of a derivative is missing", code="BP100")
    left, right = statement.sides[0], statement.sides[-1]
    if statement.signs[0] in EQUALS and spell(left) == spell(statement.sides[1]):
        return Judgement(
            "ill-formed", message="both sides are the same: it says nothing", code="BP204"
        )
    if (
        statement.signs[0] == "="
        and isinstance(left, tree.Name)
        and isinstance(right, tree.Total)
        and any(isinstance(t, tree.Name) and spell(t) == spell(left) for _, t in right.terms)
    ):
        return Judgement(
            "ill-formed",
            message=f"an assignment written as an equation: {spell(left)} is on both sides; "
            f"write ← or a new name on the left",
            code="BP203",
        )
    return None


def _walk_without_labels(node: tree.Node) -> Iterator[tree.Node]:
    """Everything that is part of the formula: the label of a brace is not."""
    yield node
    for child in tree.list_children(node):
        if not (isinstance(node, tree.Braced) and child is node.label):
            yield from _walk_without_labels(child)


def _find_mixed_sizes(node: tree.Product) -> Judgement | None:
    """1/N before a sum up to n: one of the two is a slip."""
    counts = [
        f.bottom
        for f in node.factors
        if isinstance(f, tree.Ratio) and isinstance(f.bottom, tree.Name)
    ]
    for factor in node.factors:
        if isinstance(factor, tree.Sum) and isinstance(factor.high, tree.Name):
            for count in counts:
                one, other = spell(count), spell(factor.high)
                if one != other and one.lower() == other.lower():
                    return Judgement(
                        "ill-formed",
                        message=f"the mean divides by {one}, the sum runs to {other}",
                        code="BP202",
                    )
    return None


def _judge_numbers(statement: tree.Statement) -> Iterator[Judgement]:
    for _, verdict, message in judge_numbers(statement):
        if verdict == "holds":
            yield Judgement("holds", "numbers")
        elif verdict == "wrong":
            yield Judgement("wrong", message=message, code="BP301")
        else:
            yield _not_checkable(message or "numbers")


NO_VALUE = "BP402"
MENDED = "BP501"
DANGLING = "BP201"
ORDER = ("wrong", "ill-formed", "holds-for-one-neuron", "holds", "not-checkable")


def _combine(judgements: list[Judgement]) -> Judgement:
    """The verdict on a chain: what is wrong in one link is wrong; a chain holds only when every
    link was understood, but for values that the text does not give the numbers for."""
    worst = min(judgements, key=lambda j: ORDER.index(j.verdict))
    if worst.verdict in ("holds", "holds-for-one-neuron"):
        vague = [j for j in judgements if j.verdict == "not-checkable" and j.code != NO_VALUE]
        return vague[0] if vague else worst
    return worst


# --- one link --------------------------------------------------------------------------------


def _judge_link(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node, sign: str
) -> Judgement:
    own = read_definition(statement)
    is_definition = own is not None and left is statement.sides[0]
    if _has_layers(text.lexicon, statement):
        layered = _judge_layered(text, statement, left, right)
        if is_definition and not _is_precise(statement) and not _is_error(text, left):
            layered = _mildly(layered, _is_cost(text, left))
        return layered
    elif _may_have_layers(text, statement):
        layered = _judge_layered(text, statement, left, right)
        if layered.verdict in ("holds", "holds-for-one-neuron"):
            return layered
        layered = _not_checkable(layered.message or "the layers are not written")
    else:
        layered = _not_checkable("nothing here is defined in the text")
    if isinstance(left, tree.Gradient):
        listed = _judge_gradient_list(left, right)
        if listed is not None:
            return listed
    if _is_update(left, right):
        return _judge_update(left, right)
    unmodelled = _find_unmodelled(statement)
    if unmodelled is not None:
        return _not_checkable(unmodelled)
    if own is not None and is_definition:
        return _judge_definition(text, own, layered)
    if is_numeric(left) or is_numeric(right):
        return _judge_value(text, statement, left, right)
    graph = _judge_graph(text, statement, left, right)
    return graph


def _is_precise(statement: tree.Statement) -> bool:
    """Whether indices, transposes or norms say how many neurons are meant."""
    return any(
        isinstance(n, tree.Transposed | tree.Sum)
        or (isinstance(n, tree.Group) and n.bracket == "||")
        or (isinstance(n, tree.Name) and any(spell(s.content).isalpha() for s in n.lower))
        for side in statement.sides
        for n in _walk_without_labels(side)
    )


def _is_error(text: Text, left: tree.Node) -> bool:
    return isinstance(left, tree.Name) and text.lexicon.find(left) == "delta"


def _is_cost(text: Text, left: tree.Node) -> bool:
    name = left.function if isinstance(left, tree.Call) else left
    return isinstance(name, tree.Name) and text.lexicon.find(name) == "C"


def _mildly(judgement: Judgement, of_cost: bool) -> Judgement:
    """A definition of a layered quantity declares it. The cost is what the text's other formulas
    are held against, so a definition of it can be wrong."""
    if judgement.verdict == "holds-for-one-neuron":
        return replace(judgement, verdict="holds", reading="definition, for one neuron",
                       message=None, code=None)
    if judgement.verdict == "wrong" and not of_cost:
        return _not_checkable(f"not the standard network: {judgement.message}")
    return judgement


def _judge_layered(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    primed_by = _find_prime(statement)
    scalar = _try(text.scalar_scenes, left, right, ONE_NEURON, primed_by, text.budget)
    if isinstance(scalar, Meaningless):
        return _not_checkable(str(scalar))
    problems: list[object] = []
    for reading in _order_readings(text):
        outcome = _try(text.scenes, left, right, reading, primed_by, text.budget)
        if outcome is None:
            text.favourite = text.favourite or reading.name
            return Judgement("holds", reading.name, instances=len(text.scenes))
        problems.append(outcome)
    clash = next((p for p in problems if isinstance(p, ShapeClash)), None)
    found = next((p for p in problems if isinstance(p, Counterexample)), None)
    vague = next((p for p in problems if isinstance(p, FreeIndex)), None) or next(
        (p for p in problems if isinstance(p, Meaningless)), None
    )
    if scalar is None:
        if text.one_neuron and not _has_neurons(statement):
            return Judgement("holds", ONE_NEURON.name, instances=len(SEEDS))
        reason = str(clash or vague or "with several neurons both sides differ")
        return Judgement(
            "holds-for-one-neuron",
            ONE_NEURON.name,
            f"holds with one neuron per layer; {reason}",
            DANGLING if clash is None and isinstance(vague, FreeIndex) else "BP100",
            len(SEEDS),
        )
    shown = found or scalar
    assert isinstance(shown, Counterexample | ShapeClash)
    if isinstance(shown, ShapeClash):
        return Judgement("wrong", message=str(shown), code="BP100")
    return Judgement(
        "wrong",
        message=f"the sides differ: {_brief(shown.left)} and {_brief(shown.right)} ({shown.place})",
        code="BP100",
        counterexample=shown.as_dict(),
    )


def _has_neurons(statement: tree.Statement) -> bool:
    return any(
        isinstance(n, tree.Name) and n.lower
        for side in statement.sides
        for n in tree.walk(side)
    )


def _brief(value: Value) -> str:
    if value.rank:
        return f"a {value.shape}"
    return f"{float(value.array.real):.6g}"


def _order_readings(text: Text) -> list[Reading]:
    """The readings that agree with the text's own weighted sums, the usual one first."""
    return sorted(text.readings, key=lambda r: r.name != text.favourite)


def _find_prime(statement: tree.Statement) -> tree.Node | None:
    first = statement.sides[0]
    return first.bottom if isinstance(first, tree.Derivative) else None


Outcome = Counterexample | ShapeClash | Meaningless | None


def _try(
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
    tried = False
    for numbers in product(range(5), repeat=min(len(layers), 2)):
        state = State(scene, reading, dict(zip(layers, numbers, strict=False)),
                      primed_by=primed_by, budget=budget)
        try:
            found = _compare_places(scene, left, right, state)
        except MisplacedLayer:
            continue
        tried = True
        if found is not None:
            return found
    if not tried and not layers:
        raise ShapeClash("a layer beyond the last, or before the first")
    if not tried:
        raise Meaningless("no layer of the network fits all layers that are written")
    return None


def _compare_places(
    scene: LayeredScene, left: tree.Node, right: tree.Node, state: State
) -> Counterexample | None:
    one, other = _free_letters(scene, left)[1], _free_letters(scene, right)[1]
    # ∂z_j/∂w_jk = a_k: a derivative may have an index that its value has not.
    allowed = one if isinstance(left, tree.Derivative) else set()
    odd = (other - one) | (one - other - allowed if not is_numeric(right) else set())
    if not scene.scalar and odd:
        raise FreeIndex(f"the index {', '.join(sorted(odd))} is free on one side only")
    letters = sorted(one | other)
    ranges = [_range_of(scene, letter, (left, right), state) for letter in letters]
    places = list(product(*ranges))
    if len(places) > MOST_PLACES:
        places = places[:: len(places) // MOST_PLACES + 1]
    for place in places:
        inner = replace(state, indices={**state.indices, **dict(zip(letters, place, strict=True))})
        try:
            values = evaluate(left, inner), evaluate(right, inner)
        except Misplaced as problem:
            if isinstance(problem, MisplacedLayer):
                raise
            raise ShapeClash(str(problem)) from None
        if not agree(*values, elementwise=state.reading.jacobian == "vector"):
            named = ", ".join(f"{k} = {v}" for k, v in inner.indices.items())
            where = f"{scene.sizes}; {named}" if named else scene.sizes
            return Counterexample(where, *values)
    return None


def _range_of(
    scene: Scene, letter: str, sides: tuple[tree.Node, ...], state: State
) -> range:
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
                layers |= _letters_in(script.content) - bound - {"L", "T"}
            for script in node.lower:
                letters = _letters_in(script.content) - bound
                if node.base == "n":
                    layers |= letters - {"L"}
                elif quantity != "C":
                    neurons |= letters - {"L"}
        return layers, neurons
    for child in tree.list_children(node):
        found = _free_letters(scene, child, bound)
        layers |= found[0]
        neurons |= found[1]
    return layers, neurons - layers


def _letters_in(node: tree.Node) -> set[str]:
    return {n.base for n in tree.walk(node) if isinstance(n, tree.Name)}


# --- graphs ------------------------------------------------------------------------------------


def _judge_definition(text: Text, own: Definition, layered: Judgement) -> Judgement:
    """A name's first definition declares it; a later one must say the same."""
    try:
        for scene in text.graphs:
            evaluate(own.body, State(scene, ONE_NEURON, budget=text.budget))
    except (Meaningless, ShapeClash) as problem:
        return _not_checkable(str(problem))
    earlier = [d for n, d in text.found if n < text.place and d.name == own.name]
    if any(differ_by_one_name(d.body, own.body) for d in earlier):
        return Judgement(
            "wrong",
            message=f"{own.name} was defined with another name in one place",
            code="BP205",
        )
    return Judgement("holds", "definition")


def _judge_value(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    """A formula and a number: checkable where the text gives the numbers that it depends on."""
    symbols, numbers = (right, left) if is_numeric(left) else (left, right)
    if any(isinstance(n, tree.Derivative) for n in tree.walk(symbols)):
        constant = _judge_graph(text, statement, left, right)
        if constant.verdict == "holds":
            return constant
    missing = sorted(_find_leaves(text, symbols, set()) - set(text.values))
    if missing:
        shown = ", ".join(missing[:4])
        return _not_checkable(f"a value, and no number is given for {shown}", NO_VALUE)
    names = {spell(n) for n in list_names(symbols)}
    if not names & set(text.definitions):
        return _not_checkable("a number that is given, not computed", NO_VALUE)
    given = {k: v for k, v in text.values.items() if k not in text.definitions}
    scene = GraphScene(text.definitions, 0, frozenset(), given)
    try:
        value = evaluate(symbols, State(scene, ONE_NEURON, budget=text.budget))
        printed = evaluate_interval(numbers)
    except (Meaningless, ShapeClash, ArithmeticProblem) as problem:
        return _not_checkable(str(problem))
    if value.rank == 0 and match_value(printed, float(value.array.real)):
        return Judgement("holds", "numbers", instances=1)
    return Judgement(
        "wrong",
        message=f"with the numbers that the text gives, this is {_brief(value)}",
        code="BP301",
    )


def _find_leaves(text: Text, node: tree.Node, seen: set[str]) -> set[str]:
    """The names that a formula rests on in the end: those without a definition."""
    leaves: set[str] = set()
    for name in list_names(node):
        if name.base in ("e", "pi") and spell(name) not in text.definitions:
            continue
        key = spell(name)
        if key in text.definitions and key not in seen:
            leaves |= _find_leaves(text, text.definitions[key].body, seen | {key})
        elif key not in text.definitions:
            leaves.add(key)
    return leaves


def _judge_graph(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    outcome = _try_graph(text, left, right, _find_prime(statement))
    if outcome is None:
        return Judgement("holds", "quantities of one number each", instances=len(SEEDS))
    if isinstance(outcome, Counterexample):
        loose = _find_loose_name(text, left, right) or _find_index(left, right)
        if loose is not None:
            return _not_checkable(f"{loose} is not defined")
        return Judgement(
            "wrong",
            message=f"the sides differ: {_brief(outcome.left)} and {_brief(outcome.right)}",
            code="BP100",
            counterexample=outcome.as_dict(),
        )
    return _not_checkable(str(outcome))


def _find_index(left: tree.Node, right: tree.Node) -> str | None:
    """An index that no sum binds: outside of layers nothing is known of its range."""
    bound = {
        spell(n.index)
        for side in (left, right)
        for n in tree.walk(side)
        if isinstance(n, tree.Sum) and n.index is not None
    }
    for side in (left, right):
        for node in tree.walk(side):
            if isinstance(node, tree.Name):
                for script in node.lower:
                    letter = spell(script.content)
                    if len(letter) == 1 and letter.isalpha() and letter not in bound:
                        return f"what {spell(node)} ranges over"
    return None


def _find_loose_name(text: Text, left: tree.Node, right: tree.Node) -> str | None:
    """A name that no definition has to do with: it may be anything."""
    tied = set(text.sizes)
    for definition in text.definitions.values():
        tied |= {definition.name, *definition.parameters}
        tied |= {spell(n) for n in list_names(definition.body)}
    for side in (left, right):
        for node in list_names(side):
            if node.base not in ("e", "pi", "max", "exp", "log"):
                bare = replace(node, upper=(), primes=0)
                if spell(node) not in tied and spell(bare) not in tied:
                    return spell(node)
    return None


def _find_unmodelled(statement: tree.Statement) -> str | None:
    """Vectors and matrices outside of a layered network are not modelled: as numbers, formulas
    with transposes would hold that do not."""
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Transposed | tree.Matrix | tree.Cases):
                return "vectors and matrices outside of layers, or cases"
            if isinstance(node, tree.Product) and {"odot", "circ", "otimes"} & set(node.signs):
                return "vectors and matrices outside of layers"
    return None


def _judge_gradient_list(left: tree.Gradient, right: tree.Node) -> Judgement | None:
    """∇C = (∂C/∂v_1, ∂C/∂v_2)^T: a list of the derivatives of the same quantity."""
    while isinstance(right, tree.Transposed | tree.Group):
        right = right.body
    if not isinstance(right, tree.Listed):
        return None
    if not all(isinstance(item, tree.Derivative) and item.top for item in right.items):
        return None
    tops = {spell(i.top) for i in right.items if isinstance(i, tree.Derivative) and i.top}
    bare = left.body.function if isinstance(left.body, tree.Call) else left.body
    if tops == {spell(bare)}:
        return Judgement("holds", "definition of the gradient")
    return Judgement(
        "wrong",
        message=f"the gradient of {spell(bare)}, but derivatives of {', '.join(sorted(tops))}",
        code="BP100",
    )


def _is_update(left: tree.Node, right: tree.Node) -> bool:
    """w' = w - eta ..., w_{t+1} = w_t - ..., w(k+1) = w(k) - ...: a new value of the same name."""
    if not isinstance(right, tree.Total) or len(right.terms) != 2:
        return False
    new, old = _base_of(left), _base_of(right.terms[0][1])
    return new is not None and new == old and right.terms[1][0] == "-" and (
        spell(left) != spell(right.terms[0][1])
    )


def _base_of(node: tree.Node) -> str | None:
    if isinstance(node, tree.Call):
        node = node.function
    return node.base if isinstance(node, tree.Name) else None


def _judge_update(left: tree.Node, right: tree.Node) -> Judgement:
    """A step of gradient descent declares a new value; it has to go along its own gradient."""
    assert isinstance(right, tree.Total)
    step = right.terms[1][1]
    by = [_base_of(n.bottom) for n in tree.walk(step) if isinstance(n, tree.Derivative)]
    if any(base != _base_of(left) for base in by):
        return Judgement(
            "wrong",
            message=f"{_base_of(left)} is updated along the derivative by {by[0]}",
            code="BP100",
        )
    steps = [n for n in tree.walk(step) if isinstance(n, tree.Gradient)]
    if by or steps:
        return Judgement("holds", "update rule")
    return _not_checkable("a new value, without the gradient", NO_VALUE)


def _try_graph(
    text: Text, left: tree.Node, right: tree.Node, primed_by: tree.Node | None = None
) -> Outcome:
    undefined = _undefined_alone(text, left, right)
    if undefined is not None:
        return undefined
    try:
        for scene in text.graphs:
            state = State(scene, ONE_NEURON, primed_by=primed_by, budget=text.budget)
            values = evaluate(left, state), evaluate(right, state)
            if not agree(*values):
                return Counterexample(scene.sizes_text, *values)
    except (Meaningless, ShapeClash) as problem:
        return problem
    return None


def _undefined_alone(text: Text, left: tree.Node, right: tree.Node) -> Meaningless | None:
    """Names that no definition ties to anything can be anything: then nothing can be checked."""
    tops = [n for side in (left, right) for n in tree.walk(side) if isinstance(n, tree.Derivative)]
    for derivative in tops:
        top = derivative.top
        if isinstance(top, tree.Name) and spell(top) not in text.definitions:
            return Meaningless(f"{spell(top)} is not defined")
    return None
