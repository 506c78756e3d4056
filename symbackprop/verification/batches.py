"""Layered networks on many samples at once: Z = W A + b with samples as columns or rows, and dW."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from symbackprop.number_types import UndefinedError
from symbackprop.reading import tree
from symbackprop.verification.batch_words import (
    ADD_SAMPLES,
    ALL_COST,
    COSTS,
    LOSS,
    LOSSES,
    NAMED,
    SAMPLE,
    BatchWords,
    Signs,
    concerns_batch,
    is_batch_name,
    prepare,
    says_samples,
    writes_any_layer,
)
from symbackprop.verification.compare import try_scenes
from symbackprop.verification.judgement import (
    DEFINITION,
    MENDED,
    Counterexample,
    Judgement,
    say_not_checkable,
    say_stated,
)
from symbackprop.verification.layers import LayeredScene, MisplacedLayer, apply_function
from symbackprop.verification.lexicon import NAMED_ACTIVATIONS, Lexicon
from symbackprop.verification.meaning import (
    BUDGET,
    STEP,
    Meaningless,
    Misplaced,
    Reading,
    State,
    evaluate,
    find_letter,
)
from symbackprop.verification.names import write_name
from symbackprop.verification.networks import list_doubts
from symbackprop.verification.shapes import ShapeClash, Value, number
from symbackprop.worlds import World, build_world, forward

# no width of a layer is so large: samples and neurons cannot be taken for one another
SAMPLES = 7
SEEDS = (1, 2)
OF_SAMPLES = ("x", "y", "a", "z")
MOST_VOTES = 24
TRIES = 40
ONE_NEURON = "one neuron per layer"


@dataclass(frozen=True)
class Stacking:
    """Whether samples are columns or rows, and which way W lies: `turned` is n_{l-1} by n_l."""

    vectors: str
    turned: bool

    @property
    def name(self) -> str:
        return f"samples as {self.vectors}s" + (", W from rows to columns" if self.turned else "")


@dataclass(frozen=True)
class Convention:
    """What dZ and dW are derivatives of.

    Those by W and b are of the whole cost, the mean over the samples or (not `averaged`) their
    sum. Those by Z and A are of each sample's own loss, or with `whole` of the whole cost too.
    With `loose` ∂J/∂Z is another way of writing dZ.
    """

    averaged: bool = True
    whole: bool = False
    loose: bool = False


LAYOUTS = (
    Stacking("column", False),
    Stacking("row", True),
    Stacking("row", False),
    Stacking("column", True),
)
MEANS = (Convention(), Convention(loose=True), Convention(whole=True))
TOTALS = (Convention(averaged=False), Convention(averaged=False, loose=True))


@dataclass(frozen=True)
class SampleReference:
    """A quantity, its layer, which sample (None: all) and which entries (None: all)."""

    quantity: str
    layer: int | None
    sample: int | None
    indices: tuple[int, ...] | None

    @property
    def inner(self) -> str:
        """z of d z."""
        return self.quantity.removeprefix(NAMED)

    @property
    def has_samples(self) -> bool:
        return self.inner in OF_SAMPLES


@dataclass
class BatchScene(LayeredScene):
    """One random network with several samples: each is an instance of the same network."""

    layout: Stacking = LAYOUTS[0]
    convention: Convention = Convention()
    counts: frozenset[str] = frozenset("m")
    drawn: list[World] = field(default_factory=list)
    # one neuron is meant where there are several; one sample is
    unit: bool = False
    only: bool = False

    @cached_property
    def samples(self) -> list[World]:
        return self.drawn or draw_samples(self.instance, self.seed)

    @property
    def numbers(self) -> range:
        """The samples there are."""
        return range(1, 2 if self.only else SAMPLES + 1)

    @property
    def sizes(self) -> str:
        return f"{super().sizes}, {len(self.numbers)} samples"

    # --- names ------------------------------------------------------------------------------

    def find_reference(self, name: tree.Name, state: State) -> SampleReference | None:
        """What a name refers to, or None for one that is no quantity of the network."""
        quantity = self.lexicon.find(name)
        if quantity is None or quantity in ("C", LOSS, "delta"):
            return None
        if name.primes or name.star:
            raise Meaningless(f"{write_name(name)}: a new value")
        inner = quantity.removeprefix(NAMED)
        layer = None
        if inner in ("a", "z", "W", "b"):
            layer = self._find_layer(name, state)
            if not (0 if inner == "a" else 1) <= layer <= self.lexicon.depth:
                raise MisplacedLayer(f"{write_name(name)}: there is no layer {layer}")
        elif name.upper:
            raise Meaningless(f"{write_name(name)} has no layer")
        return self._find_place(name, quantity, layer, state)

    def _widths_of(self, quantity: str, layer: int | None) -> tuple[int, ...]:
        return () if self.scalar else super()._widths_of(quantity, layer)

    def _find_place(
        self, name: tree.Name, quantity: str, layer: int | None, state: State
    ) -> SampleReference:
        inner = quantity.removeprefix(NAMED)
        sample = state.sample or (1 if self.only else None) if inner in OF_SAMPLES else None
        places = []
        for script in name.lower:
            place = self.evaluate_index(script.content, state)
            if script.bracket != SAMPLE:
                places.append(place)
                continue
            if place not in self.numbers:
                raise Misplaced(f"{write_name(name)}: there is no sample {place}")
            sample = place
        is_unit = self.unit and (inner in ("y", "z", "b", "W") or layer == self.lexicon.depth)
        if is_unit and not self.scalar and len(places) < (2 if inner == "W" else 1):
            places.insert(0, 1)
            return SampleReference(quantity, layer, sample, tuple(places))
        if not places or self.scalar:
            return SampleReference(quantity, layer, sample, None)
        shape = self._widths_of(inner, layer)
        if len(places) != len(shape):
            raise Meaningless(f"{write_name(name)} has {len(places)} indices, not {len(shape)}")
        for place, width in zip(places, shape, strict=True):
            if not 1 <= place <= width:
                raise Misplaced(
                    f"{write_name(name)}: the index {place} is beyond the width {width}"
                )
        return SampleReference(quantity, layer, sample, tuple(places))

    # --- values -----------------------------------------------------------------------------

    def look_up(self, name: tree.Name, state: State) -> Value:
        plain = not (name.upper or name.lower or name.primes)
        if plain and name.base in state.indices:
            return number(float(state.indices[name.base]))
        if plain and name.base in self.counts and not self.only:
            return number(float(len(self.numbers)))
        if name.base == ALL_COST:
            return number(self.find_entry((ALL_COST,), state.direction))
        if name.base == LOSS:
            return number(self.find_entry((LOSS, self._find_sample(name, state)), state.direction))
        reference = self.find_reference(name, state)
        if reference is None:
            return self._look_up_other(name, state)
        return self.find_value(reference, state)

    def _find_sample(self, name: tree.Name, state: State) -> int:
        if name.lower:
            return self.evaluate_index(name.lower[0].content, state)
        if state.sample is None:
            raise Meaningless("a loss that does not say of which sample")
        return state.sample

    def find_value(self, reference: SampleReference, state: State) -> Value:
        """Numbers, vectors as the samples lie, or a matrix with one sample in each column (row)."""
        keys, shape = self._list_keys(reference)
        array = np.array([self.find_entry(key, state.direction) for key in keys]).reshape(shape)
        across = "row" if self.layout.vectors == "column" else "column"
        if reference.has_samples and reference.sample is None:
            if array.ndim == 2 and self.layout.vectors == "column":
                array = array.T
            return Value(array, across)
        if array.ndim == 2 and self.layout.turned:
            array = array.T
        if self.unit and not reference.has_samples:
            return Value(array, "column")
        return Value(array, self.layout.vectors)

    def _list_keys(self, reference: SampleReference) -> tuple[list[tuple], tuple[int, ...]]:
        """The entries with their shape: samples first, then neurons."""
        widths = self._widths_of(reference.inner, reference.layer)
        given = reference.indices or ()
        shape = widths[len(given) :]
        ranges = (range(1, width + 1) for width in shape)
        neurons = [(*given, *place) for place in product(*ranges)]
        head: tuple = (reference.quantity,)
        if reference.layer is not None:
            head = (reference.quantity, reference.layer)
        if not reference.has_samples:
            return [(*head, *place) for place in neurons], shape
        if reference.sample is not None:
            return [(*head, reference.sample, *place) for place in neurons], shape
        samples = self.numbers
        return [(*head, s, *place) for s in samples for place in neurons], (len(samples), *shape)

    def find_entry(self, key: tuple, direction: Any) -> complex:
        """A number, with its slope along the direction as a tiny imaginary part."""
        found = self.cache.get((key, direction))
        if found is None:
            found = self._compute_entry(key, direction)
            self.cache[key, direction] = found
        return found

    def _compute_entry(self, key: tuple, direction: Any) -> complex:
        if key[0].startswith(NAMED):
            if direction is not None:
                raise Meaningless(f"a derivative of {key[0]} is not known here")
            return complex(self._find_gradient((key[0].removeprefix(NAMED), *key[1:])))
        if key[0] == ALL_COST:
            parts = [self.find_entry((LOSS, s), direction) for s in self.numbers]
            return sum(parts) * self._share
        if key[0] == LOSS:
            return self._compute_in_sample(key[1], ("C",), direction)
        if key[0] in OF_SAMPLES:
            sample, inner = _split_key(key)
            return self._compute_in_sample(sample, inner, direction)
        return complex(self.samples[0].look_up(key), STEP * (key == direction))

    @property
    def _share(self) -> float:
        return 1 / len(self.numbers) if self.convention.averaged else 1.0

    def _compute_in_sample(self, sample: int, inner: tuple, direction: Any) -> complex:
        world = self.samples[sample - 1]
        slope = 0.0
        if direction is not None:
            of, by = sample, direction
            if direction[0] in OF_SAMPLES:
                of, by = _split_key(direction)
            slope = world.derivative(inner, by) if of == sample else 0.0
        return complex(world.look_up(inner), STEP * slope)

    def _find_gradient(self, key: tuple) -> float:
        if key[0] in OF_SAMPLES:
            sample, inner = _split_key(key)
            slope = self.samples[sample - 1].derivative(("C",), inner)
            return slope * self._share if self.convention.whole else slope
        samples = (self.samples[n - 1] for n in self.numbers)
        return sum(s.derivative(("C",), key) for s in samples) * self._share

    def directions(self, name: tree.Node, state: State) -> tuple[tuple[int, ...], list[Any]]:
        reference = self.find_reference(name, state) if isinstance(name, tree.Name) else None
        if reference is None or reference.quantity.startswith(NAMED):
            raise Meaningless("a derivative by something that is no quantity of the network")
        keys, shape = self._list_keys(reference)
        across = reference.has_samples and reference.sample is None
        turned = self.layout.vectors == "column" if across else self.layout.turned
        if len(shape) == 2 and turned:
            keys = [keys[r * shape[1] + c] for c in range(shape[1]) for r in range(shape[0])]
            shape = shape[::-1]
        return shape, keys

    def ones(self, number: float) -> Value:
        return Value(np.full(SAMPLES, number), self.layout.vectors)

    # --- indices ----------------------------------------------------------------------------

    def range_of(self, letter: str, body: tree.Node, state: State) -> range:
        """The values of an index: samples, neurons of the layer where it stands, or layers."""
        for node in tree.walk(body):
            if not isinstance(node, tree.Name) or self.lexicon.find(node) is None:
                continue
            if any(_mentions(s.content, letter) for s in node.upper):
                return range(1, self.lexicon.depth + 1)
            found = [s for s in node.lower if _mentions(s.content, letter)]
            if found and found[0].bracket == SAMPLE:
                return self.numbers
            if found:
                bare = tuple(s for s in node.lower if s.bracket != SAMPLE)
                return self._find_range(node, bare.index(found[0]), state)
        raise Meaningless(f"the index {letter} is not one of samples, neurons or layers")

    def _find_range(self, node: tree.Name, position: int, state: State) -> range:
        bare = self.find_reference(replace(node, lower=()), state)
        if bare is None:
            raise Meaningless(f"{write_name(node)} has no neurons")
        widths = self._widths_of(bare.inner, bare.layer)
        if position >= len(widths):
            raise Meaningless(f"{write_name(node)} has too many indices")
        return range(1, widths[position] + 1)

    def imply_samples(self, total: tree.Sum, state: State) -> range | None:
        """Σ_{i=1}^m dZ: each term is one of a sample, also where the names do not say so."""
        letter = find_letter(total)
        counts = isinstance(total.high, tree.Name) and total.high.base in self.counts
        if letter is None or not counts or _mentions(total.body, letter.base):
            return None
        return self.numbers

    # --- functions --------------------------------------------------------------------------

    def call(self, call: tree.Call, state: State) -> Value:
        name = call.function
        if isinstance(name, tree.Name) and name.base == ADD_SAMPLES:
            return self._add_samples(call, state)
        if isinstance(name, tree.Name) and name.base in (ALL_COST, LOSS):
            return self._compute_cost(name, call, state)
        if (
            isinstance(name, tree.Name)
            and (name.base in self.lexicon.functions or name.base in NAMED_ACTIVATIONS)
            and len(call.arguments) == 1
        ):
            layer = self._find_argument_layer(name, call.arguments[0], state)
            return self._apply(name, layer, evaluate(call.arguments[0], state))
        return super().call(call, state)

    def _find_argument_layer(
        self, name: tree.Name, argument: tree.Node, state: State
    ) -> int | None:
        """g^{[l]} is the activation of layer l, and of what is in layer l."""
        if not isinstance(argument, tree.Name) or self.lexicon.find(argument) not in ("a", "z"):
            return None
        layer = self._find_layer(argument, state)
        if name.upper and self._find_layer(name, state) != layer:
            raise ShapeClash(
                f"{write_name(name)} is not the activation of the layer of its argument"
            )
        return layer

    def _apply(self, name: tree.Name, layer: int | None, argument: Value) -> Value:
        """An activation on every sample by itself: softmax is one of a whole layer."""
        activation = self.lexicon.activation
        if name.base in NAMED_ACTIVATIONS:
            activation = NAMED_ACTIVATIONS[name.base]
        elif layer == self.lexicon.depth and self.lexicon.output is not None:
            activation = self.lexicon.output
        elif name.base == "sigma" and activation in NAMED_ACTIVATIONS.values():
            activation = "sigmoid"
        if activation == "softmax":
            return self._apply_softmax(name, argument)
        array = apply_function(activation, argument.array, name.primes, self.instance)
        return replace(argument, array=array)

    def _apply_softmax(self, name: tree.Name, argument: Value) -> Value:
        if name.primes or not argument.rank:
            raise Meaningless("the derivative of a softmax by one number")
        axis = 0 if self.layout.vectors == "column" or argument.rank == 1 else 1
        powers = np.exp(argument.array)
        return replace(argument, array=powers / powers.sum(axis=axis, keepdims=True))

    def _add_samples(self, call: tree.Call, state: State) -> Value:
        if not call.arguments:
            raise Meaningless("a sum of nothing")
        value = evaluate(call.arguments[0], state)
        axis = 1 if self.layout.vectors == "column" else 0
        if len(call.arguments) > 1:
            axis = self.evaluate_index(call.arguments[1], state)
        if value.rank == 2 and axis in (0, 1):
            return Value(value.array.sum(axis=axis), "column" if axis == 1 else "row")
        if value.rank == 1 and value.array.shape == (SAMPLES,) and len(call.arguments) == 1:
            return number(value.array.sum())
        raise Meaningless("a sum that does not say over what")

    def _compute_cost(self, name: tree.Name, call: tree.Call, state: State) -> Value:
        """L(a^{(i)}, y^{(i)}) is the loss of sample i, of its outputs and targets; J(W, b) that of
        all samples."""
        names = [a for a in call.arguments if isinstance(a, tree.Name)]
        samples = [s for n in names for s in n.lower if s.bracket == SAMPLE]
        if name.base == ALL_COST and not samples:
            return self.look_up(name, state)
        if not all(self._is_outcome(a, state) for a in call.arguments):
            raise Meaningless("a loss of something else than outputs and targets")
        return self.look_up(replace(name, base=LOSS, lower=name.lower or tuple(samples[:1])), state)

    def _is_outcome(self, node: tree.Node, state: State) -> bool:
        reference = self.find_reference(node, state) if isinstance(node, tree.Name) else None
        return reference is not None and (
            reference.quantity == "y"
            or (reference.quantity == "a" and reference.layer == self.lexicon.depth)
        )


def _split_key(key: tuple) -> tuple[int, tuple]:
    """("z", 2, 5, 1) --> sample 5 of ("z", 2, 1); ("x", 5, 1) --> sample 5 of ("x", 1)."""
    if key[0] in ("x", "y"):
        return key[1], (key[0], *key[2:])
    return key[2], (key[0], key[1], *key[3:])


def _mentions(node: tree.Node, letter: str) -> bool:
    return any(isinstance(n, tree.Name) and n.base == letter for n in tree.walk(node))


def draw_samples(first: World, seed: int) -> list[World]:
    """More samples through the network of one instance: other inputs and targets."""
    return [first, *(_draw_sample(first, f"{seed}/{n}") for n in range(2, SAMPLES + 1))]


def _draw_sample(first: World, seed: str) -> World:
    system = first.system
    given = {key for key in first.numbers if key[0] in ("x", "y", "W", "b")}
    for attempt in range(TRIES):
        generator = random.Random(f"{seed}/{attempt}")
        numbers = {key: first.numbers[key] for key in sorted(given)}
        for key in sorted(given):
            if key[0] == "x":
                numbers[key] = generator.choice((1, -1)) * generator.uniform(0.1, 1.2)
            elif key[0] == "y":
                numbers[key] = generator.uniform(0.1, 0.9)
        total = sum(value for key, value in numbers.items() if key[0] == "y")
        for key in numbers if system.assumptions else ():
            if key[0] == "y":
                numbers[key] /= total
        instance = build_world(system, first.sizes, numbers, first.generic)
        try:
            forward(instance)
        except UndefinedError:
            continue
        return instance
    raise Meaningless("no second sample was found for which the cost is defined")


# --- judging ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """How one document is read throughout."""

    layout: Stacking
    convention: Convention
    signs: Signs


Link = tuple[tree.Node, tree.Node]


@dataclass
class Batches:
    """One document's batches: how it is read, and its formulas judged so.

    `lexicon` has the document's letters; in which network a formula is tried is said with it.
    `states_cost` is False where a cost had to be presumed.
    """

    notation: BatchWords
    lexicon: Lexicon
    statements: Sequence[tree.Statement]
    networks: Sequence[Lexicon]
    states_cost: bool
    made: dict[Any, BatchScene] = field(default_factory=dict)

    def concerns(self, statement: tree.Statement) -> bool:
        """Whether a statement is about several samples, or about the only layer there is."""
        said = self.notation.single and any(
            (isinstance(n, tree.Derivative) and n.mark_below == NAMED)
            or (isinstance(n, tree.Name) and is_batch_name(n, self.lexicon))
            for side in statement.sides
            for n in tree.walk(side)
        )
        return said or concerns_batch(statement, self.notation, self.lexicon)

    def _is_of_one(self, link: Link) -> bool:
        """dw = x dz: no sample is written, and none is meant."""
        statement = tree.Statement((0, 0), link, ("=",))
        return (
            self.notation.single
            and not concerns_batch(statement, self.notation, self.lexicon)
            and not any(
                isinstance(n, tree.Name) and is_batch_name(n, self.lexicon)
                for side in link
                for n in tree.walk(side)
            )
        )

    def judge(
        self,
        networks: Sequence[Lexicon],
        left: tree.Node,
        right: tree.Node,
        budget: list[int],
    ) -> Judgement:
        """The verdict on one link under the reading of the whole document, in the first of some
        networks in which it holds."""
        first: Judgement | None = None
        for network in networks:
            judgement = self._judge_in_network(network, left, right, budget)
            if judgement.verdict == "holds":
                return judgement
            first = first or judgement
        assert first is not None
        if first.verdict not in ("wrong", "holds-for-one-neuron"):
            return first
        if _names_cost(left, self.lexicon) and first.verdict == "holds-for-one-neuron":
            return say_stated(f"{DEFINITION}, for one neuron")
        if isinstance(left, tree.Name) and self.lexicon.find(left) in ("a", "z"):
            return say_not_checkable(
                f"it is not what the usual layered network has: {first.message}"
            )
        if not writes_any_layer((left, right), self.notation, self.lexicon):
            return say_not_checkable(f"the layers are not written: {first.message}")
        return self._doubt_cost(networks[0], left, right, budget) or first

    def _doubt_cost(
        self, network: Lexicon, left: tree.Node, right: tree.Node, budget: list[int]
    ) -> Judgement | None:
        """Where the text states no cost, and another than the presumed one would do."""
        if self.states_cost or network.declared:
            return None
        for doubt in list_doubts(network):
            if self._judge_in_network(doubt, left, right, budget).verdict == "holds":
                output = f" and the output {doubt.output}" if doubt.output else ""
                return say_not_checkable(
                    f"it holds with the cost {doubt.cost}{output}; the text states no cost"
                )
        return None

    def _judge_in_network(
        self, network: Lexicon, left: tree.Node, right: tree.Node, budget: list[int]
    ) -> Judgement:
        problems: list[object] = []
        for dot in _list_dots(left, right):
            outcome = self._try(network, (left, right), self.choice, dot, SEEDS, budget)
            if outcome is None:
                return _say_holds(self.choice.layout.name, left, right)
            problems.append(outcome)
        clash = next((p for p in problems if isinstance(p, ShapeClash)), None)
        found = next((p for p in problems if isinstance(p, Counterexample)), None)
        vague = next((p for p in problems if isinstance(p, Meaningless)), None)
        if vague is not None or _has_tensor(left, right):
            return say_not_checkable(str(vague or "a derivative of a matrix by a matrix"))
        if "softmax" not in (network.output, network.activation) and any(
            self._try(network, (left, right), self.choice, dot, SEEDS, budget, True) is None
            for dot in _list_dots(left, right)
        ):
            reason = str(clash or "with several neurons both sides differ")
            return Judgement(
                "holds-for-one-neuron",
                ONE_NEURON,
                f"holds with one neuron per layer; {reason}",
                "BP100",
                len(SEEDS),
            )
        if found is not None:
            message = f"{found.say()} ({found.place})"
            return Judgement("wrong", message=message, code="BP100", counterexample=found.as_dict())
        return Judgement("wrong", message=str(clash), code="BP100")

    def _try(
        self,
        network: Lexicon,
        link: Link,
        choice: Choice,
        dot: str,
        seeds: Sequence[int],
        budget: list[int],
        scalar: bool = False,
    ) -> object:
        reading = Reading(
            choice.layout.name, vectors=choice.layout.vectors, dot=dot, powers="entries"
        )
        if not says_samples(link, self.notation, self.lexicon):
            return Meaningless("a mean over samples of something that is of one sample")
        only = self._is_of_one(link)
        scenes = [self._find_scene(network, choice, seed, scalar, only) for seed in seeds]
        left, right = (
            prepare(side, self.notation, self.lexicon, choice.signs, choice.convention.loose)
            for side in link
        )
        return try_scenes(scenes, left, right, reading, None, budget)

    def _find_scene(
        self, network: Lexicon, choice: Choice, seed: int, scalar: bool, only: bool
    ) -> BatchScene:
        drawn_as = (network.activation, network.output, network.cost, seed, scalar)
        key = (choice.layout, choice.convention, drawn_as, only)
        if key not in self.made:
            drawn = next((s.samples for k, s in self.made.items() if k[2] == drawn_as), [])
            scene = BatchScene(
                self.notation.extend(network),
                seed,
                scalar,
                layout=choice.layout,
                convention=choice.convention,
                counts=self.notation.counts,
                drawn=drawn,
                unit=self.notation.unit,
                only=only,
            )
            if drawn:
                scene.instance = drawn[0]
            self.made[key] = scene
        return self.made[key]

    @cached_property
    def choice(self) -> Choice:
        """The one reading under which most of the document's formulas hold; of equals the first."""
        links = [*self._list_links()][:MOST_VOTES]
        conventions = MEANS if self.notation.averaged else TOTALS
        signs = _list_signs(self.statements)
        layouts = self._list_layouts()
        known: dict[Any, bool] = {}

        def count(choice: Choice) -> int:
            return sum(self._holds(link, choice, known) for link in links)

        # the way samples lie does not hang on the mean: one after the other is quicker
        first = Choice(layouts[0], conventions[0], signs[0])
        if len(layouts) * len(signs) > 1:
            every = [replace(first, layout=y, signs=s) for y in layouts for s in signs]
            first = max(every, key=count)
        return max([replace(first, convention=c) for c in conventions], key=count)

    def _holds(self, link: Link, choice: Choice, known: dict[Any, bool]) -> bool:
        key = (id(link[0]), id(link[1]), choice)
        if key not in known:
            known[key] = any(
                self._try(network, link, choice, dot, SEEDS[:1], [BUDGET]) is None
                for network in self.networks
                for dot in _list_dots(*link)
            )
        return known[key]

    def _list_links(self) -> Iterator[Link]:
        for statement in self.statements:
            if self.concerns(statement):
                yield from zip(statement.sides, statement.sides[1:], strict=False)

    def _list_layouts(self) -> list[Stacking]:
        """The layouts that fit the text's own weighted sums; all of them where it has none."""
        allowed = list(LAYOUTS)
        for statement in self.statements:
            left, *right = statement.sides
            if not right or not isinstance(left, tree.Name) or self.lexicon.find(left) != "z":
                continue
            kept = [
                layout
                for layout in allowed
                if self._holds((left, right[0]), Choice(layout, MEANS[0], Signs()), {})
            ]
            allowed = kept or allowed
        return allowed


def _names_cost(node: tree.Node, lexicon: Lexicon) -> bool:
    name = node.function if isinstance(node, tree.Call) else node
    return isinstance(name, tree.Name) and (
        lexicon.find(name) == "C" or name.base in COSTS | LOSSES
    )


def _say_holds(name: str, left: tree.Node, right: tree.Node) -> Judgement:
    judgement = Judgement("holds", name, instances=len(SEEDS))
    if any(
        isinstance(n, tree.Sum) and n.index is None
        for side in (left, right)
        for n in tree.walk(side)
    ):
        return replace(judgement, code=MENDED, message="a sum without an index, over the samples")
    return judgement


def _list_dots(*sides: tree.Node) -> tuple[str, ...]:
    """The meanings of · where it is written: it differs from formula to formula."""
    written = any(
        isinstance(n, tree.Product) and "cdot" in n.signs for side in sides for n in tree.walk(side)
    )
    return ("matrix", "elementwise") if written else ("matrix",)


def _list_signs(statements: Sequence[tree.Statement]) -> list[Signs]:
    """The meanings of * and ×, where the text writes them."""
    written = {
        sign
        for statement in statements
        for side in statement.sides
        for node in tree.walk(side)
        if isinstance(node, tree.Product)
        for sign in node.signs
    }
    stars = ("odot", "") if written & {"*", "ast"} else ("odot",)
    crosses = ("odot", "") if "times" in written else ("odot",)
    return [Signs(star, cross) for star in stars for cross in crosses]


def _has_tensor(*sides: tree.Node) -> bool:
    """∂A/∂Z of whole batches: an array of four axes, which nobody means so."""
    return any(
        isinstance(n, tree.Derivative)
        and n.mark_below != NAMED
        and isinstance(n.top, tree.Name)
        and n.top.base.lower() in ("a", "z")
        for side in sides
        for n in tree.walk(side)
    )
