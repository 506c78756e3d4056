"""A computation graph as the scene of a formula: names mean what the text defines.

Numbers, vectors and matrices; what is not defined is drawn at random.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from symbackprop.reading import tree
from symbackprop.verification.definitions import PRESUMED, Definition
from symbackprop.verification.dots import RUNNING
from symbackprop.verification.families import Families, ScriptPlace, Slot
from symbackprop.verification.lexicon import ACTIVATION_LETTERS, list_names, spell
from symbackprop.verification.meaning import (
    CIRCLE,
    RADIUS,
    STEP,
    Meaningless,
    Misplaced,
    State,
    evaluate,
    find_letter,
)
from symbackprop.verification.names import say_undefined, write_name
from symbackprop.verification.scopes import Scope
from symbackprop.verification.shapes import ShapeClash, Value, multiply, number, say_rank

SAMPLES = 3
DEEPEST = 40
# letters of functions that give one number, whatever they take
COST_LETTERS = frozenset({"C", "E", "J", "L", "l", "ell"})
PLACES = 0.2, 0.9
# where functions are taken that are written without what they are of
ANYWHERE = 0.37
CHANGED = "Delta "
# the direction of slopes along which all that has a Δ changes by it
CHANGE = ("Delta",)


class Outside(Misplaced):
    """An index before the first or beyond the last."""


def _write_entry(name: tree.Name, slot: Slot, numbers: tuple[int, ...]) -> tree.Name:
    """w_j where j is 1 --> w_1, as the text writes it where it gives its number."""
    at = {id(i): n for i, n in zip(slot.indices, numbers, strict=True)}

    def write(scripts: tuple[tree.Script, ...]) -> tuple[tree.Script, ...]:
        return tuple(
            replace(s, content=tree.Number(s.content.span, Fraction(at[id(s.content)])))
            if id(s.content) in at
            else s
            for s in scripts
        )

    return replace(name, lower=write(name.lower), upper=write(name.upper))


def is_kronecker(name: tree.Name, slot: Slot) -> bool:
    """Whether a name is δ_{ij}: 1 where both indices are the same, 0 elsewhere."""
    two = len(slot.indices) == len(name.lower) == 2
    return two and name.base == "delta" and not name.upper


@dataclass
class GraphScene:
    """One random world; `values` are numbers that the text gives, `lengths` those of all axes.

    With `bare` functions are written without what they are of. Vectors of the letters `shares`
    have entries that sum to 1, as targets of a softmax do. `leans` tells whether something presumed
    was used, a function that may be any; `implied` whether a name was taken for that of one
    sample; `evident` whether something was not 0. `cases` collects which rows of cases came up.
    """

    scope: Scope
    seed: int
    lengths: Mapping[ScriptPlace, int] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    signed: bool = False
    shares: frozenset[str] = frozenset()
    bare: bool = False
    length_of_ones: int = 0
    sums_need_index: bool = False
    leans: bool = False
    implied: bool = False
    evident: bool = False
    depth: int = 0
    cases: set[tuple[int, int]] = field(default_factory=set)
    cache: dict[Any, Value] = field(default_factory=dict)
    drawn: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @property
    def families(self) -> Families:
        return self.scope.families

    @property
    def sizes_text(self) -> str:
        return f"random values (seed {self.seed})"

    def names(self, name: tree.Name) -> bool:
        """Whether the text defines e or pi itself."""
        return spell(name) in self.scope.definitions

    # --- names ------------------------------------------------------------------------------

    def look_up(self, name: tree.Name, state: State) -> Value:
        if state.bound and spell(name) in state.bound:
            return state.bound[spell(name)]
        plain = spell(replace(name, primes=0)) if self.bare else ""
        function = self.scope.functions.get(plain)
        if self.bare and function is not None and len(function.parameters) == 1:
            # σ' = σ(1 - σ): of anything
            return self._apply(function, [number(ANYWHERE)], name.primes, state)
        power, name = self._split_power(name, state)
        value = self._value(name, state)
        if power is None:
            return value
        if abs(power) > 64:
            raise Meaningless("a power must be a small number")
        if value.rank and state.reading.powers != "entries":
            raise ShapeClash(f"power: {say_rank(value)} cannot be squared; a norm is missing")
        return replace(value, array=value.array ** (int(power) if power == int(power) else power))

    def _split_power(self, name: tree.Name, state: State) -> tuple[float | None, tree.Name]:
        """x^2 is a square, x^{(2)} a name; w^{(2-1)} a power that is worked out."""
        if len(name.upper) != 1:
            return None, name
        script = name.upper[0]
        if any(isinstance(n, tree.Name) for n in tree.walk(script.content)) or (
            script.bracket and isinstance(script.content, tree.Number)
        ):
            return None, name
        power = float(evaluate(script.content, state).array.real)
        return power, replace(name, upper=())

    def _value(self, name: tree.Name, state: State) -> Value:
        if state.bound and spell(name) in state.bound:
            return state.bound[spell(name)]
        if not (name.upper or name.lower) and name.base in state.indices:
            return number(float(state.indices[name.base]))
        slot = self.families.find(name)
        if is_kronecker(name, slot) and slot.family not in self.scope.by_family:
            one, other = (self._evaluate_index(i, state) for i in slot.indices)
            return number(float(one == other))
        is_size = name.base in self.families.sizes and not (name.lower or name.upper)
        if is_size and slot.family not in self.scope.by_family:
            return number(float(self.length((name.base, -1))))
        numbers = tuple(self._evaluate_index(i, state) for i in slot.indices)
        for parameter, value in state.bound.items():
            if parameter == slot.family:
                return self._slice(value, numbers, state)
        return self.fetch(slot, numbers, state, name)

    def _evaluate_index(self, node: tree.Node, state: State) -> int:
        match node:
            case tree.Number() if node.value.denominator == 1:
                return int(node.value)
            case tree.Name() if node.base in state.indices and not node.lower:
                return state.indices[node.base]
            case tree.Name() if spell(node) in self.families.sizes:
                return self.length((spell(node), -1))
            case tree.Name() if node.lower:
                # f_{y_i}: the class that y_i is
                return int(evaluate(node, state).array.real)
            case tree.Total():
                return sum(
                    (-1 if sign == "-" else 1) * self._evaluate_index(term, state)
                    for sign, term in node.terms
                )
            case tree.Group():
                return self._evaluate_index(node.body, state)
        raise Meaningless(f"{write_name(node)}: nothing says what this index counts")

    def length(self, axis: ScriptPlace) -> int:
        """How long an axis is."""
        return self.lengths.get(self.families.root(axis), SAMPLES)

    def fetch(
        self,
        slot: Slot,
        numbers: tuple[int, ...],
        state: State,
        name: tree.Name | None = None,
    ) -> Value:
        """An array, or the part of it that indices leave."""
        for place, index in enumerate(numbers):
            length = self.length((slot.family, place))
            if index > length or index < 0:
                raise Outside(f"{_say(slot, name)}: the index {index} is beyond {length}")
        direction = state.direction
        if direction is CHANGE:
            return self._change(slot, numbers, state, name)
        if self._is_meant(slot, numbers, direction):
            plain = self.fetch(slot, numbers, replace(state, direction=None, held=False), name)
            array = np.array(plain.array, dtype=complex)
            if direction[1][: len(numbers)] == numbers:
                entry = tuple(i - 1 for i in direction[1][len(numbers) :])
                inside = [at < n for at, n in zip(entry, array.shape, strict=False)]
                if len(entry) != array.ndim or not all(inside):
                    raise Outside(f"{_say(slot, name)} is differentiated as another shape")
                array[entry] += 1j * STEP
            return replace(plain, array=array)
        if state.held:
            state = replace(state, direction=None, held=False)
        sampled = None if state.sample is None or numbers else self._find_sampled(slot.family)
        if sampled is not None and state.sample is not None:
            self.implied = True
            inner = replace(state, sample=None)
            return self.fetch(sampled, (state.sample,), inner, name)
        stored = (slot.family, numbers, state.direction, state.reading, state.sample)
        if stored not in self.cache:
            found = self._find(slot, numbers, state, name)
            wanted = range(len(numbers), slot.rank)
            if found.array.shape != tuple(self.length((slot.family, p)) for p in wanted):
                raise Meaningless(
                    f"{_say(slot, name)} is written with other indices "
                    "here than where it is defined"
                )
            self.cache[stored] = found
        return self.cache[stored]

    def _find(
        self, slot: Slot, numbers: tuple[int, ...], state: State, name: tree.Name | None
    ) -> Value:
        if self.values and name is not None:
            written = spell(_write_entry(name, slot, numbers))
            if written in self.values:
                return number(self.values[written])
        for definition in self.scope.by_family.get(slot.family, ()):
            left = self.families.find(definition.left)
            known = min(len(left.indices), len(numbers))
            bound = self._match(left.indices[:known], numbers[:known])
            if bound is None or 0 in numbers:
                continue
            if definition.presumed:
                self.leans = True
            if len(left.indices) <= len(numbers):
                whole = self._enter(definition, replace(state, indices=bound))
                return self._slice(whole, numbers[known:], state)
            return self._gather(slot, definition, numbers, state)
        if name is not None and name.base.startswith(CHANGED) and state.direction is None:
            changed = self._find_change(name, state)
            if changed is not None:
                return changed
        if slot.family in self.scope.vague:
            self.leans = True
        return self._draw(slot, numbers, state)

    def _is_meant(self, slot: Slot, numbers: tuple[int, ...], direction: Any) -> bool:
        """Whether an array, or a part of it, is what slopes are taken along: other entries of a
        recurrence h_t only depend on it."""
        if direction is None or direction[0] != slot.family:
            return False
        if direction[1][: len(numbers)] != numbers:
            return False
        entrywise = [
            len(self.families.find(d.left).indices)
            for d in self.scope.by_family.get(slot.family, ())
        ]
        return len(numbers) >= max(entrywise, default=0)

    def _find_change(self, name: tree.Name, state: State) -> Value | None:
        """ΔC to the first order in all the Δv that the text writes; None for a Δv itself."""
        inner = replace(name, base=name.base.removeprefix(CHANGED))
        slot = self.families.find(inner)
        if slot.family not in self.scope.by_family or not self.scope.changes:
            return None
        changed = self.look_up(inner, replace(state, direction=CHANGE))
        return replace(changed, array=np.imag(changed.array) / STEP)

    def _change(
        self, slot: Slot, numbers: tuple[int, ...], state: State, name: tree.Name | None
    ) -> Value:
        """What is changed itself, v and Δv, or what is made of it."""
        plain = replace(state, direction=None)
        difference = self.scope.changes.get(slot.family)
        if difference is None or slot.family in self.scope.by_family:
            return self._find(slot, numbers, state, None)
        value = self.fetch(slot, numbers, plain, name)
        return replace(value, array=value.array + 1j * STEP * self.look_up(difference, plain).array)

    def _match(
        self, indices: tuple[tree.Node, ...], numbers: tuple[int, ...]
    ) -> dict[str, int] | None:
        """The letters of a definition's left side for an entry: y_i for y_3 has i = 3."""
        bound: dict[str, int] = {}
        for index, wanted in zip(indices, numbers, strict=True):
            match index:
                case tree.Number():
                    if int(index.value) != wanted:
                        return None
                case tree.Name():
                    if index.base in self.families.sizes:
                        if wanted != self.length((index.base, -1)):
                            return None
                    elif bound.setdefault(index.base, wanted) != wanted:
                        return None
                case tree.Total(terms=((_, tree.Name() as letter), (sign, tree.Number() as step))):
                    shift = int(step.value) * (-1 if sign == "-" else 1)
                    bound[letter.base] = wanted - shift
                case _:
                    return None
        return bound

    def _gather(
        self, slot: Slot, definition: Definition, numbers: tuple[int, ...], state: State
    ) -> Value:
        """The whole of an array whose entries are defined."""
        left = self.families.find(definition.left)
        missing = range(len(numbers), len(left.indices))
        spans = [range(1, self.length((slot.family, place)) + 1) for place in missing]
        parts = [self.fetch(slot, (*numbers, *place), state).array for place in product(*spans)]
        shape = tuple(map(len, spans))
        array = np.array(parts).reshape(shape + parts[0].shape)
        return Value(array, state.reading.vectors)

    def _slice(self, value: Value, numbers: tuple[int, ...], state: State) -> Value:
        if not numbers:
            return value
        if value.rank < len(numbers):
            raise Meaningless("more indices than there are axes")
        for index, length in zip(numbers, value.array.shape, strict=False):
            if not 1 <= index <= length:
                raise Outside(f"the index {index} is beyond the {length} there are")
        return Value(value.array[tuple(i - 1 for i in numbers)], state.reading.vectors)

    def _draw(self, slot: Slot, numbers: tuple[int, ...], state: State) -> Value:
        started = tuple(i or 1 for i in numbers)
        array = self._draw_whole(slot, 0 in numbers)
        return Value(array[tuple(i - 1 for i in started)], state.reading.vectors)

    def _draw_whole(self, slot: Slot, before: bool) -> Any:
        """Random numbers for a whole array, or for what stands before its start."""
        stored = (slot.family, before)
        if stored not in self.drawn:
            shape = tuple(self.length((slot.family, place)) for place in range(slot.rank))
            low, high = (-PLACES[1], PLACES[1]) if self.signed else PLACES
            generator = random.Random(f"{self.seed}/{slot.family}/{before}")
            count = int(np.prod(shape)) if shape else 1
            numbers = [
                generator.randint(1, 2)
                if slot.family in self.scope.classes
                else generator.uniform(low, high)
                for _ in range(count)
            ]
            array = np.array(numbers).reshape(shape)
            if shape and slot.family[:1] in self.shares:
                array = array / array.sum(axis=-1, keepdims=True)
            self.drawn[stored] = array
        return self.drawn[stored]

    def _enter(self, definition: Definition, state: State) -> Value:
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise Meaningless(f"{write_name(definition.left)} is defined in terms of itself")
            return evaluate(definition.body, replace(state, bound={}))
        except ShapeClash as clash:
            # the formula that reads it is not to blame
            raise Meaningless(
                f"what {write_name(definition.left)} is does not fit: {clash}"
            ) from None
        finally:
            self.depth -= 1

    def ones(self, number: float) -> Value:
        """A vector of ones or zeros, as long as it is tried to be."""
        if not self.length_of_ones:
            raise Meaningless("a vector of ones, whose length nothing says")
        return Value(np.full(self.length_of_ones, number), "column")

    def note_case(self, node: tree.Cases, place: int) -> None:
        self.cases.add((id(node), place))

    # --- functions --------------------------------------------------------------------------

    def call(self, call: tree.Call, state: State) -> Value:
        name = call.function
        if not isinstance(name, tree.Name):
            raise Meaningless("a call of something that is no function")
        plain = spell(replace(name, primes=0))
        function = self.scope.functions.get(plain)
        if not name.primes and self._says_what_it_reads(plain, call, state):
            return self.look_up(name, state)
        arguments = [evaluate(a, state) for a in call.arguments]
        if len(arguments) == 1 and not call.certain and _reads_bare(call.arguments[0], name):
            # σ(1 - σ) is a product
            return multiply(self.look_up(name, state), arguments[0])
        is_value = plain in self.scope.definitions and (
            function is None or plain in self.scope.aliases
        )
        sure = call.certain or name.style == "text" or not is_value
        fits = function is not None and len(function.parameters) == len(arguments)
        if function is not None and fits and sure:
            return self._apply(function, arguments, name.primes, state)
        unknown = function is None or (not fits and name.base in ACTIVATION_LETTERS)
        if unknown and _is_function(call, name) and (sure or name.primes):
            return self._apply_generic(plain, arguments, name)
        if call.certain or len(arguments) != 1:
            raise Meaningless(say_undefined(name))
        return multiply(self.look_up(name, state), arguments[0])

    def _says_what_it_reads(self, plain: str, call: tree.Call, state: State) -> bool:
        """C(v) where C is defined of v, out(net) where out is made of net; out(1 - out) is a
        product."""
        function = self.scope.functions.get(plain)
        given = [spell(a) for a in call.arguments]
        if function is not None and [spell(p) for p in function.parameters] == given:
            return not any(name in state.bound for name in given)
        value = self.scope.definitions.get(plain)
        if value is None or value.parameters:
            return False
        read = {spell(n) for n in list_names(value.body)}
        return all(isinstance(a, tree.Name) and spell(a) in read for a in call.arguments)

    def _apply(
        self, definition: Definition, arguments: list[Value], primes: int, state: State
    ) -> Value:
        if primes > 1 or (primes and len(arguments) != 1):
            raise Meaningless(
                f"a derivative of {write_name(definition.left)} that does not say by what"
            )
        names = [spell(p) for p in definition.parameters]
        families = [self.families.find(p) for p in definition.parameters]

        def bind(values: list[Value]) -> State:
            bound = dict(zip(names, values, strict=True))
            for slot, value in zip(families, values, strict=True):
                if slot.rank and not slot.indices and value.rank == slot.rank:
                    bound[slot.family] = value
            return replace(state, bound=bound)

        def enter(values: list[Value]) -> Value:
            self.depth += 1
            try:
                if self.depth > DEEPEST:
                    raise Meaningless(
                        f"{write_name(definition.left)} is defined in terms of itself"
                    )
                return evaluate(definition.body, bind(values))
            finally:
                self.depth -= 1

        if not primes:
            return enter(arguments)
        return _differentiate(lambda x: enter([x]), arguments[0])

    def _apply_generic(self, plain: str, arguments: list[Value], name: tree.Name) -> Value:
        """A function that the text does not define: any analytic one.

        Of one argument it is taken entry by entry; of several or none, and a cost, it is a number.
        """
        gives_number = len(arguments) != 1 or name.base in COST_LETTERS
        # of σ any may be meant; of a loss one is, and the text does not say which
        self.leans = self.leans or name.base not in ACTIVATION_LETTERS
        if plain.startswith(PRESUMED):
            gives_number = True
        generator = random.Random(f"{self.seed}/{plain}()")
        shift = generator.uniform(-0.5, 0.5)
        steep = [
            np.array([generator.uniform(0.6, 1.2) for _ in range(max(a.array.size, 1))]).reshape(
                a.array.shape
            )
            if gives_number and a.rank
            else generator.uniform(0.6, 1.2)
            for a in arguments
        ]

        def apply(*given: Value) -> Value:
            if gives_number:
                inner = sum((s * x.array).sum() for s, x in zip(steep, given, strict=True)) + shift
                return number(0.5 + 0.3 * np.tanh(inner))
            return replace(given[0], array=0.5 + 0.3 * np.tanh(steep[0] * given[0].array + shift))

        if not name.primes:
            return apply(*arguments)
        if len(arguments) != 1 or name.primes > 1:
            raise Meaningless(f"a derivative of {plain} that does not say by what")
        return _differentiate(apply, arguments[0])

    # --- derivatives ------------------------------------------------------------------------

    def directions(self, name: tree.Node, state: State) -> tuple[tuple[int, ...], list[Any]]:
        if not isinstance(name, tree.Name) or name.base.isdigit():
            raise Meaningless(
                "a derivative by a formula; give the formula a name and differentiate by that"
            )
        slot = self.families.find(name)
        numbers = tuple(self._evaluate_index(i, state) for i in slot.indices)
        for place, index in enumerate(numbers):
            if not 0 <= index <= self.length((slot.family, place)):
                raise Outside(f"{write_name(name)}: the index {index} is beyond what there is")
        shape = tuple(self.length((slot.family, place)) for place in range(len(numbers), slot.rank))
        places = product(*(range(1, length + 1) for length in shape))
        return shape, [(slot.family, (*numbers, *place)) for place in places]

    def open(self, body: tree.Node, by: tree.Node, state: State) -> tuple[tree.Node, State]:
        """What a name is defined as, where only its own reading of a quantity counts."""
        self._require_dependence(body, by)
        if state.reading.slopes == "total" or not isinstance(by, tree.Name):
            return body, state
        family = self.families.find(by).family
        if isinstance(body, tree.Call):
            named = {self.families.find(n).family for a in body.arguments for n in list_names(a)}
            return body, replace(state, held=family in named)
        if not isinstance(body, tree.Name) or state.reading.slopes != "direct":
            return body, state
        slot = self.families.find(body)
        numbers = tuple(self._evaluate_index(i, state) for i in slot.indices)
        for definition in self.scope.by_family.get(slot.family, ()):
            left = self.families.find(definition.left)
            read = {self.families.find(n).family for n in list_names(definition.body)}
            if len(left.indices) != len(numbers) or family not in read or 0 in numbers:
                continue
            bound = self._match(left.indices, numbers)
            if bound is not None:
                return definition.body, replace(state, indices=bound, held=True, bound={})
        return body, state

    def _require_dependence(self, body: tree.Node, by: tree.Node) -> None:
        name = body.function if isinstance(body, tree.Call) else body
        if not isinstance(name, tree.Name) or not isinstance(by, tree.Name):
            return
        if isinstance(body, tree.Call) and spell(name) not in self.scope.definitions:
            return
        top, below = self.families.find(name).family, self.families.find(by).family
        given = isinstance(body, tree.Call) and any(
            self.scope.depends(self.families.find(n).family, below)
            for a in body.arguments
            for n in list_names(a)
        )
        # Two things that definitions read and none defines have nothing to do with each other.
        apart = top not in self.scope.by_family and {top, below} <= self.scope.mentioned
        if not given and not apart and not self.scope.depends(top, below):
            raise Meaningless(
                f"nothing says how {write_name(name)} depends on {write_name(by)}; "
                f"say what {write_name(name)} is, for example {write_name(name)} = …"
                if top in self.scope.by_family
                else say_undefined(name)
            )

    def gradient(self, node: tree.Gradient, state: State) -> Value:
        """∇C where the text says which derivatives it is made of."""
        meant = self.scope.gradients.get(spell(node.body))
        if meant is None:
            raise Meaningless("∇ does not say by what; write it below: ∇_w")
        return evaluate(meant, state)

    def printed_length(self, letter: str, body: tree.Node) -> int | None:
        """How many there are in print, where fewer are tried."""
        axis = self.families.list_free_letters(body).get(letter)
        root = None if axis is None else self.families.root(axis)
        lengths = self.families.lengths.items()
        return next((n for other, n in lengths if self.families.root(other) == root), None)

    def imply_samples(self, total: tree.Sum, state: State) -> range | None:
        """The samples, where a sum runs over them and its terms have names of which the text
        writes one for each sample, y beside y_i, without saying which."""
        if not isinstance(total.high, tree.Name) or spell(total.high) not in self.families.sizes:
            return None
        letter = find_letter(total)
        names = list(list_names(total.body))
        written = any(
            isinstance(n, tree.Name) and letter is not None and n.base == letter.base
            for n in tree.walk(total.body)
        )
        reached = {family for n in names for family in self._list_read(n)}
        if not any(self._find_sampled(family) for family in reached):
            return None
        if written and not any(self._is_vague(n) for n in names):
            return None
        return range(1, self.length((spell(total.high), -1)) + 1)

    def _list_read(self, name: tree.Name) -> set[str]:
        family = self.families.find(name).family
        return {f for f in (family, *self.scope.reads) if self.scope.depends(family, f)} | {
            r
            for f in self.scope.reads
            if self.scope.depends(family, f)
            for r in self.scope.reads[f]
        }

    def _is_vague(self, name: tree.Name) -> bool:
        """Whether a name without an index rests on samples."""
        slot = self.families.find(name)
        return not slot.indices and any(map(self._find_sampled, self._list_read(name)))

    def _find_sampled(self, family: str) -> Slot | None:
        """The array of all samples that an array is one of: X, with rows x_i, for x."""
        head, _, rank = family.rpartition("|")
        larger = f"{head.lower()}|{int(rank) + 1}"
        if larger not in self.families.known or family in self.scope.by_family:
            return None
        return None if larger in self.scope.by_family else Slot(larger, int(rank) + 1, ())

    def range_of(self, letter: str, body: tree.Node, state: State) -> range:
        axis = self.families.list_free_letters(body).get(letter)
        if axis is None:
            if letter == RUNNING:
                raise Meaningless("dots between things that are no entries")
            return range(1, SAMPLES + 1)
        return range(1, self.length(axis) + 1)


def _say(slot: Slot, name: tree.Name | None) -> str:
    return slot.family.partition("|")[0] if name is None else write_name(name)


def _reads_bare(node: tree.Node, name: tree.Name) -> bool:
    """Whether a name stands in a formula without being called: σ in 1 - σ, not f in f(w)."""
    if isinstance(node, tree.Name):
        return spell(node) == spell(name)
    if isinstance(node, tree.Call):
        return any(_reads_bare(a, name) for a in node.arguments)
    return any(_reads_bare(child, name) for child in tree.list_children(node))


def _is_function(call: tree.Call, name: tree.Name) -> bool:
    """l(o, y), RBF(x): not a factor, whatever it is."""
    return (
        call.certain
        or name.base in ACTIVATION_LETTERS
        or len(call.arguments) > 1
        or (len(name.base) > 1 and name.style == "text")
    )


def _differentiate(function: Any, argument: Value) -> Value:
    """The slope of an analytic function at a complex point: around a small circle."""
    total: Any = 0
    for turn in range(CIRCLE):
        direction = np.exp(2j * np.pi * turn / CIRCLE)
        moved = replace(argument, array=argument.array + RADIUS * direction)
        total = total + function(moved).array / direction
    return replace(argument, array=total / CIRCLE / RADIUS)
