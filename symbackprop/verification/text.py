"""One document: what its formulas say of its letters, its layers and its numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from symbackprop.reading import tree
from symbackprop.reading.macros import Macros
from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import TRANSPOSES
from symbackprop.verification.arithmetic import (
    is_numeric,
)
from symbackprop.verification.batch_words import (
    find_hidden_activation,
    find_notation,
    name_gradients,
)
from symbackprop.verification.batches import Batches
from symbackprop.verification.compare import try_scenes
from symbackprop.verification.definitions import (
    Definition,
    Scopes,
    find_scope,
    list_definitions,
    list_sample_definitions,
)
from symbackprop.verification.evidence import read_usage
from symbackprop.verification.families import Families, ScriptPlace, find_sizes
from symbackprop.verification.fitting import fit_lengths, is_broken
from symbackprop.verification.folding import fold_arguments
from symbackprop.verification.graphs import CHANGED, GraphScene
from symbackprop.verification.layers import LayeredScene
from symbackprop.verification.lexicon import (
    INDEX_LETTERS,
    LAYERED,
    Lexicon,
    declares_one_neuron,
    learn,
    list_names,
    spell,
)
from symbackprop.verification.meaning import (
    BUDGET,
    Reading,
)
from symbackprop.verification.names import write_name
from symbackprop.verification.networks import is_softmax, list_costs, list_outputs, order_networks
from symbackprop.verification.presumptions import presume_functions, presume_reused
from symbackprop.verification.scopes import Scope

SEEDS = (1, 2)
EQUALS = ("=", ":=", "equiv")
ONE_NEURON = Reading("one neuron per layer")
READINGS = (
    Reading("indices and columns"),
    Reading("indices and columns, · elementwise", dot="elementwise"),
    Reading(
        "columns, · elementwise, derivatives of activations elementwise",
        dot="elementwise",
        jacobian="vector",
    ),
    Reading("columns, local derivatives first", order="local"),
    Reading("rows", vectors="row"),
    Reading("rows, · elementwise", vectors="row", dot="elementwise", jacobian="vector"),
    Reading("weights w_ij from i to j", weights="kj"),
    Reading("rows, weights w_ij from i to j", vectors="row", weights="kj"),
    Reading(
        "rows, weights w_ij from i to j, · elementwise",
        vectors="row",
        dot="elementwise",
        jacobian="vector",
        weights="kj",
    ),
    Reading("weights w_ij from i to j, W^T a", weights="kj", turned=True),
    Reading(
        "weights w_ij from i to j, W^T a, · elementwise",
        weights="kj",
        turned=True,
        dot="elementwise",
        jacobian="vector",
    ),
    Reading("one neuron of the layer, weights w_i", one_unit=True),
)

NUMBERS = Reading("quantities of one number each")
NARROWER = (
    Reading("numbers, other arguments of functions held fixed", slopes="calls"),
    Reading("numbers, derivatives where the definition reads it", slopes="direct"),
)
GRAPH_READINGS = (
    Reading("vectors as columns"),
    Reading("vectors as rows", vectors="row"),
    Reading("columns, entry by entry", dot="elementwise", jacobian="vector", powers="entries"),
    Reading(
        "rows, entry by entry",
        vectors="row",
        dot="elementwise",
        jacobian="vector",
        powers="entries",
    ),
    Reading("columns, powers entry by entry", powers="entries"),
    Reading("rows, powers entry by entry", vectors="row", powers="entries"),
    Reading("columns, other arguments of functions held fixed", slopes="calls"),
    Reading("rows, other arguments of functions held fixed", vectors="row", slopes="calls"),
    Reading("columns, derivatives where the definition reads it", slopes="direct"),
    Reading("rows, derivatives where the definition reads it", vectors="row", slopes="direct"),
)
GRAPH_SEEDS = (1, 2)
FEW = 2
MOST_VOTES = 12
CONDITION = re.compile(r"\(?\s*(for|if|when|where|para|si|cuando)\b", re.IGNORECASE)
# worlds with values of both signs, where a formula has cases: so many until each came up
SIGNED_SEEDS = range(3, 27)


@dataclass
class Text:
    """One document: its formulas, and what they say of its letters."""

    formulas: Sequence[tree.Formula]
    lexicon: Lexicon = field(default_factory=Lexicon)
    transposes: frozenset[str] = TRANSPOSES
    macros: Macros = field(default_factory=dict)
    favourite: str | None = None

    def read(self, latex: str) -> tree.Formula:
        """A formula in the way of writing of this document.

        Raises:
            ReadError: it cannot be read.
        """
        return read_formula(latex, transposes=self.transposes, macros=self.macros)

    def __post_init__(self) -> None:
        self.lexicon = learn(self.formulas, self.lexicon)
        written = [s for f in self.formulas for s in f.statements]
        self.usage = read_usage(written)
        self.notation = find_notation(written, self.lexicon)
        if self.notation is not None and not self.lexicon.declared:
            depth = self.notation.depth
            hidden = find_hidden_activation(written, self.lexicon, depth)
            activation = hidden or self.lexicon.activation
            self.lexicon = replace(self.lexicon, depth=depth, activation=activation)
        self.statements = [self.name_gradients(s) for s in written]
        self.places = {id(s): n for n, s in enumerate(written)}
        self.firsts = {id(f.statements[0]) for f in self.formulas if f.statements}
        self.found = list_definitions(self.statements)
        self.values = {
            **dict(_find_worked_values(self.statements, self.found)),
            **dict(_find_values(self.statements)),
        }
        self.layered = self.lexicon.declared or any(
            writes_layers(self.lexicon, s) for s in self.statements
        )
        self.sizes = find_sizes(self.statements)
        stated = [d for _, d in self.found]
        names = {d.name for d in stated}
        stated += [d for d in list_sample_definitions(stated) if d.name not in names]
        self.families = Families(self.statements, stated, self.sizes)
        functions = presume_functions(self.statements, stated, self.families)
        self.costs = list_costs(self.statements, self.lexicon)
        self.outputs = list_outputs(self.statements, self.lexicon)
        self.network = self.lexicon
        # a weighted sum of the text that is none of the network that is presumed
        self.unfit = ""
        # whether the shapes of all definitions fit in some reading
        self.fits = True
        self.drawn: dict[tuple, list[LayeredScene]] = {}
        self.presumed = stated[len(self.found) :] + functions
        self.reused = {d.name: d for d in presume_reused(self.statements, stated, self.families)}
        self.one_neuron = declares_one_neuron(self.statements, self.lexicon)
        # the places of what holds in the network that the text itself defines
        self.proved: frozenset[int] = frozenset()
        self.place = 0
        # whether the statement at the present place is the author's, and no mended one
        self.is_written = True
        self.scopes = Scopes(self.found)
        self.definitions = self._list_in_scope()
        self.begun: tree.Node | None = None
        self.ended: tree.Node | None = None
        self.budget = [BUDGET]

    def name_gradients(self, statement: tree.Statement) -> tree.Statement:
        """A statement with ∂C/∂W for dW, where the text means that."""
        if self.notation is None or not self.notation.gradients:
            return statement
        return name_gradients(statement, self.notation, self.lexicon)

    @cached_property
    def batches(self) -> Batches | None:
        """What the text says of many samples at once, where it does."""
        if self.notation is None:
            return None
        return Batches(
            self.notation, self.lexicon, self.statements, self.networks, bool(self.costs)
        )

    def enter(self, statement: tree.Statement) -> None:
        """Judge from the place of a statement on: what is defined there."""
        self.is_written = id(statement) in self.places
        place = self.places.get(id(statement), self.place)
        if place != self.place:
            self.place = place
            self.definitions = self._list_in_scope()

    @property
    def scalar_scenes(self) -> list[LayeredScene]:
        return self._list_scenes(True)

    @property
    def scenes(self) -> list[LayeredScene]:
        return self._list_scenes(False)

    def _list_scenes(self, scalar: bool) -> list[LayeredScene]:
        network = self.network
        key = (network.activation, network.output, network.cost, scalar)
        if key not in self.drawn:
            self.drawn[key] = [LayeredScene(network, seed, scalar=scalar) for seed in SEEDS]
        return self.drawn[key]

    @property
    def networks(self) -> list[Lexicon]:
        """The networks that the text states, the nearest to the present place first."""
        if self.lexicon.declared:
            return [self.lexicon]
        return order_networks(self.lexicon, self.costs, self.outputs, self.place)

    @cached_property
    def readings(self) -> list[Reading]:
        """How vectors lie and weights are indexed, where z^l = W^l a^{l-1} + b^l says it."""
        allowed = list(READINGS)
        odd = None
        for statement in self.statements:
            if not _defines_weighted_sum(self.lexicon, statement):
                continue
            left, right = statement.sides[:2]
            ways = {
                (r.vectors, r.weights, r.turned)
                for r in allowed
                if try_scenes(self.scenes, left, right, r, None, [BUDGET]) is None
            }
            kept = [r for r in allowed if (r.vectors, r.weights, r.turned) in ways]
            allowed = kept or allowed
            odd = "" if kept or odd == "" else odd or write_name(left)
        # that W^T a is meant has to be said
        allowed = [r for r in allowed if not r.turned] or allowed
        allowed = self._choose_weights(allowed)
        self.unfit = odd or ""
        return allowed

    def _list_in_scope(self) -> dict[str, Definition]:
        """What is defined at the present place."""
        return {d.name: d for d in self.presumed} | self.scopes.find(self.place)

    def _choose_weights(self, readings: list[Reading]) -> list[Reading]:
        """One order of the indices of weights for the whole text: that in which more holds."""
        if len({r.weights for r in readings}) < 2:
            return readings
        votes: Counter[str] = Counter()
        concerned = [s for s in self.statements if _indexes_weights(self.lexicon, s)]
        for statement in concerned[:MOST_VOTES]:
            left, right = statement.sides[:2]
            ways = {
                r.weights
                for r in readings
                if try_scenes(self.scenes[:1], left, right, r, None, [BUDGET]) is None
            }
            if len(ways) == 1:
                votes[ways.pop()] += 1
        if not votes:
            return readings
        # as many for each: the usual one, and what speaks against it is a finding
        best = max(votes, key=lambda weights: (votes[weights], weights == "jk"))
        return [r for r in readings if r.weights == best]

    def find_condition(self, statement: tree.Statement) -> str | None:
        """The condition in words that follows a statement: (for positive z), if z > 0."""
        place = self.places.get(id(statement))
        if place is None or place + 1 >= len(self.statements):
            return None
        after = self.statements[place + 1].sides
        if len(after) != 1 or not isinstance(after[0], tree.Words):
            return None
        words = after[0].text.strip()
        return words if CONDITION.match(words) else None

    def is_claim(self, own: Definition) -> bool:
        """Whether a formula for a name can be wrong: δ was ∂C/∂z before it was W^T δ ⊙ σ'."""
        family = self.families.find(own.left).family
        found = self.by_derivatives.get(family, ())
        return any(n < self.place and d.body != own.body for n, d in found)

    @cached_property
    def by_derivatives(self) -> dict[str, list[tuple[int, Definition]]]:
        """The definitions by derivatives of each family, with the number of their statement."""
        found: dict[str, list[tuple[int, Definition]]] = {}
        for n, d in self.found:
            if d.is_by_derivatives:
                found.setdefault(self.families.find(d.left).family, []).append((n, d))
        return found

    @cached_property
    def numbered(self) -> bool:
        """Whether all layers are numbers, and what they are made of is written out: a^{(1)} =
        tanh(z^{(1)}). Then a text says itself what its network is."""
        if self.lexicon.declared:
            return False
        layers = [
            s.content
            for n in self.families.written
            if self.lexicon.find(n) in LAYERED
            for s in n.upper
        ]
        stated = {
            self.lexicon.find(d.left)
            for _, d in self.found
            if any(isinstance(s.content, tree.Number) for s in d.left.upper)
        }
        return bool(stated & {"a", "z"}) and all(isinstance(c, tree.Number) for c in layers)

    @cached_property
    def softmax(self) -> bool:
        """Whether a softmax is stated somewhere."""
        return any(is_softmax(side) for s in self.statements for side in s.sides)

    @cached_property
    def cases(self) -> frozenset[str]:
        """Names that are set to a whole number for a case, wherever that stands: y = 0."""
        return frozenset(
            spell(s.sides[0])
            for s in self.statements
            if len(s.sides) == 2
            and s.signs == ("=",)
            and isinstance(s.sides[0], tree.Name)
            and isinstance(s.sides[1], tree.Number)
            and not s.sides[1].decimals
        )

    def is_slip(self, letters: set[str]) -> bool:
        """Whether an index that is free on one side only is one that the text sums over
        otherwise. Where many are, the text sums over what stands twice."""
        sums = (self.families.bound & INDEX_LETTERS) - {"t", "n"}
        return bool(letters) and letters <= sums and self.dangling <= FEW

    @cached_property
    def dangling(self) -> int:
        """How many definitions have an index on the right only."""
        free = self.families.list_free_letters
        return sum(
            bool(set(free(d.body)) - set(free(d.left))) for _, d in self.found if not d.parameters
        )

    @property
    def given(self) -> dict[str, float]:
        """The whole numbers that are set for a case before the present place: x = 1, y = 0."""
        found: dict[str, float] = {}
        for statement in self.statements[: self.place]:
            if len(statement.sides) == 2 and statement.signs == ("=",):
                name, value = statement.sides
                if (
                    isinstance(name, tree.Name)
                    and isinstance(value, tree.Number)
                    and (not value.decimals)
                ):
                    found[spell(name)] = float(value.value)
        return found

    def list_values(self, name: str) -> list[float]:
        """The numbers that are given to a name up to the present place, in order."""
        return [value for place, value in self.all_values.get(name, ()) if place <= self.place]

    @cached_property
    def all_values(self) -> dict[str, list[tuple[int, float]]]:
        """The numbers that are given to each name, with the places of their statements."""
        found: dict[str, list[tuple[int, float]]] = {}
        for place, statement in enumerate(self.statements):
            for name, value in _find_values([statement]):
                found.setdefault(name, []).append((place, value))
        return found

    @cached_property
    def introductions(self) -> frozenset[int]:
        """The places of the statements that are the first to say what something is.

        z^L after z^l says nothing new; neither does z^l_j after z^l.
        """
        seen: set[tuple[str, str]] = set()
        places: set[int] = set()
        for place, definition in self.found:
            key = self._name_introduced(definition)
            if key not in seen:
                places.add(place)
            seen.add(key)
        return frozenset(places)

    def _name_introduced(self, definition: Definition) -> tuple[str, str]:
        left = definition.left
        quantity = self.lexicon.find(left) or spell(replace(left, upper=(), lower=()))
        layers = [spell(s.content) for s in left.upper]
        return quantity, "".join(x if x in ("L", "0") or x.isdigit() else "l" for x in layers)

    @cached_property
    def tied(self) -> frozenset[str]:
        """The arrays that some definition has to do with."""
        found = set()
        for _, definition in self.found:
            names = [definition.left, *definition.parameters, *list_names(definition.body)]
            for name in list(names):
                names += [i for i in self.families.find(name).indices if isinstance(i, tree.Name)]
            for name in names:
                found.add(self.families.find(name).family)
                found.add(self.families.find(replace(name, upper=())).family)
        return frozenset(found)

    @cached_property
    def graph_readings(self) -> list[tuple[Reading, Families, dict[ScriptPlace, int]]]:
        """The readings of vectors that fit the text's definitions best, with lengths for them."""
        if not self.families.shaped:
            plain = (NUMBERS, *NARROWER)
            lengths = self.families.choose_lengths()
            return [(reading, self.families, lengths) for reading in plain]
        everything = {f"{d.name} {n}": d for n, d in self.found}
        everything |= {d.name: d for d in self.presumed}
        fitted = []
        budget = [BUDGET]
        readings = [
            r for r in GRAPH_READINGS if not (self.dots_contract and r.dot == "elementwise")
        ]
        for reading in readings:
            families = self.families.fork()
            lengths, failed = fit_lengths(Scope(families, everything), reading, budget)
            fitted.append((failed, reading, families, lengths))
        fewest = min(failed for failed, *_ in fitted)
        self.fits = fewest == 0
        return [
            (reading, families, lengths) for n, reading, families, lengths in fitted if n == fewest
        ]

    @cached_property
    def dots_contract(self) -> bool:
        """Whether a dot is the product of matrices: W^T · d."""
        return any(
            isinstance(node, tree.Product)
            and any(
                sign == "cdot" and any(isinstance(f, tree.Transposed) for f in pair)
                for sign, pair in zip(node.signs, pairwise(node.factors), strict=True)
            )
            for statement in self.statements
            for side in statement.sides
            for node in tree.walk(side)
        )

    def draw_graph(
        self,
        families: Families,
        lengths: dict[ScriptPlace, int],
        seed: int,
        signed: bool = False,
        other: Mapping[str, Definition | None] | None = None,
    ) -> GraphScene:
        """A random world in which the definitions at the present place hold, but for `other`:
        names that mean something else, or (None) nothing that is defined."""
        definitions = {
            k: self.folded.get(id(d), d)
            for k, d in self.definitions.items()
            if id(d) not in self.broken
        }
        changed = definitions | dict(other or {})
        definitions = {k: d for k, d in changed.items() if d is not None}
        vague = frozenset(families.find(d.left).family for d in self.broken.values())
        scope = Scope(families, definitions, self.gradients, self.changes, vague)
        return GraphScene(scope, seed, lengths, signed=signed)

    @cached_property
    def broken(self) -> dict[int, Definition]:
        """Definitions that cannot be worked out, by their id: what they define may be anything,
        and formulas that have nothing to do with it can be judged."""
        reading, families, lengths = self.graph_readings[0]
        presumed = {d.name: d for d in self.presumed}
        budget = [BUDGET]
        broken: dict[int, Definition] = {}
        for place, definition in self.found:
            kept = [(n, d) for n, d in self.found if id(d) not in broken]
            known = presumed | find_scope(kept, place)
            folded = {k: self.folded.get(id(d), d) for k, d in known.items()}
            scope = Scope(families, folded, self.gradients, self.changes)
            scene = GraphScene(scope, GRAPH_SEEDS[0], lengths)
            if is_broken(scene, definition, reading, budget):
                broken[id(definition)] = definition
        return broken

    @cached_property
    def gradients(self) -> dict[str, tree.Node]:
        """What ∇C is said to be made of, by C."""
        return {
            spell(left.body): right
            for statement in self.statements
            for left, sign, right in list_links(statement)
            if sign in EQUALS
            and isinstance(left, tree.Gradient)
            and left.by is None
            and any(isinstance(n, tree.Listed) for n in tree.walk(right))
        }

    @cached_property
    def changes(self) -> dict[str, tree.Name]:
        """The names Δv, by the array v."""
        return {
            self.families.find(replace(n, base=n.base.removeprefix(CHANGED))).family: n
            for n in self.families.written
            if n.base.startswith(CHANGED) and not n.upper
        }

    @cached_property
    def samples(self) -> frozenset[str]:
        """Names that are defined somewhere and given for each sample elsewhere: y, where there is
        y = w · x + b and then data y_i."""
        defined = {self.families.find(d.left).family for _, d in self.found}
        found = set()
        for _, definition in self.found:
            head, _, rank = self.families.find(definition.left).family.rpartition("|")
            larger = f"{head.lower()}|{int(rank) + 1}"
            if larger in self.families.known - defined:
                found.add(definition.name)
        return frozenset(found)

    @cached_property
    def folded(self) -> dict[int, Definition]:
        """Definitions in which the argument of a function goes by the name it has elsewhere."""
        reading, families, lengths = self.graph_readings[0]
        everything = {f"{d.name} {n}": d for n, d in self.found}
        scene = GraphScene(Scope(families, everything), GRAPH_SEEDS[0], lengths)
        return fold_arguments(scene, everything.values(), reading, [BUDGET])


def _defines_weighted_sum(lexicon: Lexicon, statement: tree.Statement) -> bool:
    if len(statement.sides) < 2 or statement.continues or not writes_layers(lexicon, statement):
        return False
    left, right = statement.sides[:2]
    if not isinstance(left, tree.Name) or lexicon.find(left) != "z":
        return False
    return "W" in {lexicon.find(n) for n in list_names(right)}


def _indexes_weights(lexicon: Lexicon, statement: tree.Statement) -> bool:
    """Whether a statement writes w_{jk} of a layer."""
    return (
        len(statement.sides) > 1
        and not statement.continues
        and writes_layers(lexicon, statement)
        and any(
            lexicon.find(n) == "W" and len(n.lower) == 2
            for side in statement.sides[:2]
            for n in tree.walk(side)
            if isinstance(n, tree.Name)
        )
    )


def writes_layers(lexicon: Lexicon, statement: tree.Statement) -> bool:
    """Whether a statement writes a layer at some quantity: a^L, W^{(l)}; x^2 is a square, unless
    a network is declared."""
    return any(
        isinstance(n, tree.Name)
        and lexicon.find(n) in LAYERED
        and any(
            lexicon.declared or s.bracket or not isinstance(s.content, tree.Number) for s in n.upper
        )
        for side in statement.sides
        for n in tree.walk(side)
    )


def may_have_layers(text: Text, statement: tree.Statement) -> bool:
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


def _find_worked_values(
    statements: Iterable[tree.Statement], definitions: list[tuple[int, Definition]]
) -> Iterator[tuple[str, float]]:
    """z = w x + b in one line, z = 0.3 * 0.5 + 0.1 in another: w = 0.3, x = 0.5, b = 0.1."""
    bodies = {d.name: d.body for _, d in reversed(definitions)}
    for statement in statements:
        if len(statement.sides) > 1 and isinstance(statement.sides[0], tree.Name):
            body, numbers = bodies.get(spell(statement.sides[0])), statement.sides[1]
            if body is not None and is_numeric(numbers):
                yield from _pair_values(body, numbers)


def _pair_values(symbols: tree.Node, numbers: tree.Node) -> Iterator[tuple[str, float]]:
    """Names against the numbers in the same places; brackets around a term do not count."""
    while isinstance(numbers, tree.Group) and not isinstance(symbols, tree.Group):
        numbers = numbers.body
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


def find_prime(text: Text) -> tree.Node | None:
    """What a prime on brackets differentiates by: that of the derivative that the chain is of."""
    return text.begun.bottom if isinstance(text.begun, tree.Derivative) else None
