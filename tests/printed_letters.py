"""Which quantity a letter with scripts is, by the notation: a^{l}_{j}, dW^{[1]}, net_{h1}, w_5."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from typing import Literal, cast

from printed_facts import COST_TERM, Entry, Facts
from printed_values import EXTREMES, Misreading
from sympy import Indexed

from symbackprop.equations import Axis, Quantity, System
from symbackprop.notation import Notation
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.printing.text import render

Place = dict[str, int]
Scripts = tuple[Layout, ...]
Meaning = Literal["value", "adjoint", "updated"]


# --- indices --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """An integer in a script or a bound: l-1, 3, n_{l-1}-1.

    `letters` are its index letters, `plain` the one letter that it is, where it is no more, and
    `heads` the letters of sizes in it.
    """

    value: Callable[[Facts, Place], int]
    letters: frozenset[str] = frozenset()
    plain: str | None = None
    heads: frozenset[str] = frozenset()

    def solve(self, facts: Facts, place: Place, wanted: int) -> Place | None:
        """What the one letter without a value must be; None where the index is another number."""
        unknown = [letter for letter in self.letters if letter not in place]
        if not unknown:
            return {} if self.value(facts, place) == wanted else None
        if len(unknown) > 1:
            raise Misreading("ranges", f"the ranges of {' and '.join(unknown)} cannot be told")
        (letter,) = unknown
        start = self.value(facts, {**place, letter: 0})
        slope = self.value(facts, {**place, letter: 1}) - start
        if slope == 0 or (wanted - start) % slope:
            return None
        return {letter: (wanted - start) // slope}


def join_letters(indices: Sequence[Index]) -> frozenset[str]:
    return frozenset().union(*(index.letters for index in indices))


def constant(number: int) -> Index:
    return Index(lambda facts, place: number)


def merge(indices: Sequence[Index], function: Callable[[list[int]], int]) -> Index:
    """An index made of others."""
    heads = frozenset().union(*(index.heads for index in indices))
    return Index(
        lambda facts, place: function([index.value(facts, place) for index in indices]),
        join_letters(indices),
        heads=heads,
    )


def read_size(name: str, indices: Sequence[Index]) -> Index:
    return Index(
        lambda facts, place: facts.size(name, tuple(i.value(facts, place) for i in indices)),
        join_letters(indices),
        heads=frozenset({split_name(name)[0]}),
    )


# --- what is read ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """A quantity that is read somewhere.

    indices    in the order of its declared axes; None where one is left out
    shifts     what is added to a printed number to count from 1
    backwards  whether its two neurons are printed the other way round
    named      how many of the scripts below belong to its name
    """

    name: str
    meaning: Meaning
    indices: tuple[Index | None, ...]
    shifts: tuple[int, ...]
    kinds: tuple[str, ...]
    role: str
    backwards: bool = False
    named: int = 0

    @property
    def is_incomplete(self) -> bool:
        """Whether a layer or a time is left out, which may be nowhere."""
        return self.leaves_out("layer") or self.leaves_out("time")

    def leaves_out(self, kind: str) -> bool:
        pairs = zip(self.indices, self.kinds, strict=True)
        return any(index is None and k == kind for index, k in pairs)

    @property
    def given(self) -> list[Index]:
        return [index for index in self.indices if index is not None]

    @property
    def letters(self) -> frozenset[str]:
        return join_letters(self.given)

    def match(self, facts: Facts, place: Place, entry: Entry) -> Place | None:
        """What the letters without a value must be for this to be that entry."""
        found: Place = {}
        for index, shift, number in zip(self.indices, self.shifts, entry, strict=True):
            if index is not None:
                more = index.solve(facts, {**place, **found}, number - shift)
                if more is None:
                    return None
                found |= more
        return found

    def fix(self, facts: Facts, place: Place) -> list[int | None]:
        """The numbers of its indices, as declared; None for those left out or without a value."""
        return [
            index.value(facts, place) + shift
            if index is not None and index.letters <= place.keys()
            else None
            for index, shift in zip(self.indices, self.shifts, strict=True)
        ]

    def list_entries(self, facts: Facts, fixed: Sequence[int | None]) -> list[Entry]:
        """The entries with these numbers."""
        return [
            entry
            for entry in facts.entries[self.name]
            if all(n is None or n == m for n, m in zip(fixed, entry, strict=True))
        ]

    def shape_entries(self, facts: Facts, place: Place, rows: bool) -> list[list[Entry]]:
        """The entries that are meant, as rows and columns; a vector is a row where `rows`."""
        fixed = self.fix(facts, place)
        left_out = [p for p, number in enumerate(fixed) if number is None]
        if not left_out:
            return [[tuple(n for n in fixed if n is not None)]]
        entries = self.list_entries(facts, fixed)
        if not entries:
            raise Misreading("ranges", f"{self.name} at {fixed} does not exist")
        if len(left_out) == 1:
            return [entries] if rows else [[entry] for entry in entries]
        if len(left_out) > 2:
            raise Misreading("shapes", f"{self.name} has more than rows and columns")
        first, second = self.order_axes(left_out, rows)
        table = {(entry[first], entry[second]): entry for entry in entries}
        heights = sorted({row for row, _ in table})
        widths = sorted({column for _, column in table})
        if len(heights) * len(widths) != len(table):
            raise Misreading("shapes", f"{self.name} is no rectangle")
        return [[table[row, column] for column in widths] for row in heights]

    def order_axes(self, left_out: Sequence[int], rows: bool) -> tuple[int, int]:
        """Which axis has the rows: the first index that is printed, but samples as agreed."""
        first, second = left_out
        if "sample" in (self.kinds[first], self.kinds[second]):
            samples_first = self.kinds[first] == "sample"
            return (first, second) if samples_first == rows else (second, first)
        return (second, first) if self.backwards else (first, second)


def find_range(letter: str, reads: Sequence[Read], facts: Facts, place: Place) -> tuple[int, ...]:
    """The whole range of an index of a sum without bounds, as the quantities below it declare it.

    Raises:
        Misreading: it stands nowhere by itself, or it has two ranges.
    """
    ranges: dict[tuple[int, ...], str] = {}
    for read in reads:
        for position, index in enumerate(read.indices):
            if index is not None and index.plain == letter:
                numbers = range_at(read, position, facts, place)
                if not numbers:
                    raise Misreading("ranges", f"there is no {read.name} to sum over {letter}")
                ranges.setdefault(numbers, read.name)
    if not ranges:
        raise Misreading("ranges", f"the range of {letter} cannot be told")
    if len(ranges) > 1:
        names = " and ".join(ranges.values())
        raise Misreading("ranges", f"{letter} has one range in {names} each")
    return next(iter(ranges))


def range_at(read: Read, position: int, facts: Facts, place: Place) -> tuple[int, ...]:
    """All numbers that one index of a quantity takes, the others as they are here."""
    fixed = read.fix(facts, place)
    fixed[position] = None
    shift = read.shifts[position]
    key = (read.name, position, tuple(fixed), shift)
    if key not in facts.ranges:
        entries = read.list_entries(facts, fixed)
        facts.ranges[key] = tuple(sorted({entry[position] - shift for entry in entries}))
    return facts.ranges[key]


# --- names ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A letter taken apart: w^{l}_{jk} has the head w, jk below and l above; dw is differential."""

    head: str
    lower: Scripts = ()
    upper: Scripts = ()
    differential: bool = False


def take_apart(layout: Layout) -> Written | None:
    """None for what is no letter with scripts."""
    base, upper, lower = layout, None, None
    if isinstance(layout, show.Scripted):
        base, upper, lower = layout.base, layout.upper, layout.lower
    below, above = list_scripts(lower), list_scripts(upper)
    match base:
        case show.Letter(name=head):
            return Written(head, below, above)
        case show.Row(parts=(show.Letter("d"), show.Letter(head))):
            return Written(head, below, above, True)
        case show.Row(parts=(show.Letter("d"), show.Scripted(show.Letter(head), None, fixed))):
            return Written(head, (*list_scripts(fixed), *below), above, True)
    return None


def list_scripts(layout: Layout | None) -> Scripts:
    if layout is None:
        return ()
    if isinstance(layout, show.Row | show.Listed):
        return tuple(part for inner in layout.parts for part in list_scripts(inner))
    return (layout,)


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """E_total --> E with total below, w0 --> w with 0 below, as names are written everywhere."""
    stem, _, rest = name.partition("_")
    if rest and stem:
        return stem, tuple(part for part in rest.split("_") if part)
    letters = name.rstrip("0123456789")
    if letters and letters != name:
        return letters, (name[len(letters) :],)
    return name, ()


def take_fixed(fixed: Sequence[str], lower: Scripts) -> Scripts | None:
    """What stands below after the part that belongs to the name, be it in brackets; None where
    that is another."""
    if fixed and lower and isinstance(lower[0], show.Brackets):
        # θ_(2) is a name, where θ_2 may be an entry of θ
        lower = (*list_scripts(lower[0].body), *lower[1:])
    if len(lower) < len(fixed):
        return None
    named = all(spell(part) == text for text, part in zip(fixed, lower, strict=False))
    return lower[len(fixed) :] if named else None


def spell(layout: Layout | None) -> str:
    """A script or a name in a few characters: total, z_h, 3."""
    match layout:
        case None:
            return ""
        case show.Letter(name=name) | show.Function(name=name) | show.Symbol(name=name):
            return name
        case show.Word(text=text) | show.Number(digits=text):
            return text
        case show.Scripted(base=show.Letter(name=name), upper=None, lower=lower):
            return "_".join((name, *map(spell, list_scripts(lower))))
    return render(layout)


def spell_index(layout: Layout) -> str | None:
    """The letter of an index: k, or k_1; None for what is no letter."""
    plain = isinstance(layout, show.Letter) or (
        isinstance(layout, show.Scripted)
        and isinstance(layout.base, show.Letter)
        and layout.upper is None
    )
    return spell(layout) if plain else None


def may_exist(axis: Axis, index: Index | None, shift: int) -> bool:
    """Whether an index is in its range, as far as both are numbers: w_0 is no entry of w_1, ..."""
    if index is None or index.letters or index.heads:
        return True
    number = index.value(cast(Facts, None), {}) + (
        shift if axis.kind in ("neuron", "sample") else 0
    )
    low, high = axis.low, axis.high
    return not (low.is_Integer and number < low) and not (high.is_Integer and number > high)


@dataclass(frozen=True)
class Names:
    """The letters of a system in one notation; about any one number (σ′(z) = ...) or not."""

    system: System
    notation: Notation

    def find_reads(self, layout: Layout) -> list[Read]:
        """The quantities that a letter with its scripts can be.

        Complete ones come before those with indices left out, and entries before names: where w
        has an entry 2, w_2 is that, and w_(2) the name w2.
        """
        written = take_apart(layout)
        if written is None:
            return []
        found = list(self.read_cost_term(written))
        for quantity in self.system.quantities.values():
            found += self.read_as(quantity, written)
        found = list(dict.fromkeys(found))
        complete = [r for r in found if None not in r.indices]
        best = complete or [r for r in found if not r.is_incomplete] or found
        shortest = min((r.named for r in best), default=0)
        return [r for r in best if r.named == shortest]

    def read_as(self, quantity: Quantity, written: Written) -> Iterator[Read]:
        """The ways in which this quantity is written with this head and these scripts."""
        meaning: Meaning = "value"
        if written.upper and written.upper[-1] == show.Symbol("plus"):
            meaning, written = "updated", replace(written, upper=written.upper[:-1])
        if written.differential:
            if self.notation.adjoints != "differential" or meaning == "updated":
                return
            meaning = "adjoint"
        elif written.head == "delta" and quantity.role == "pre-activation":
            yield from self.read_error(quantity, written)
        for letter, capital in self.letters_of(quantity):
            stem, fixed = split_name(letter)
            stem = stem.upper() if capital and len(stem) == 1 else stem
            rest = take_fixed(fixed, written.lower) if stem == written.head else None
            if rest is None:
                continue
            below = replace(written, lower=rest)
            for read in self.place_indices(quantity, meaning, below):
                if read.leaves_out("sample") == capital or read.is_incomplete:
                    yield replace(read, named=len(fixed))

    def letters_of(self, quantity: Quantity) -> Iterator[tuple[str, bool]]:
        """(letter, whether it is written as a capital, for a whole batch)."""
        notation, name = self.notation, quantity.name
        if name == self.system.cost and not self.system.sample and name == "C":
            yield notation.single_cost, False
            return
        entries, whole = notation.find_letter(name), notation.find_letter(name, matrix=True)
        yield entries, False
        if whole != entries:
            yield whole, False
        if "sample" in quantity.kinds and "neuron" in quantity.kinds:
            yield whole, True

    def read_error(self, quantity: Quantity, written: Written) -> Iterator[Read]:
        """δ, with the name of its weighted sum below where there are several."""
        if self.notation.adjoints != "delta":
            return
        stem, rest = split_name(self.notation.find_letter(quantity.name))
        several = len(self.system.names("pre-activation")) > 1
        fixed = ("_".join((stem, *rest)),) if several else ()
        lower = take_fixed(fixed, written.lower)
        if lower is not None:
            for read in self.place_indices(quantity, "adjoint", replace(written, lower=lower)):
                yield replace(read, named=len(fixed))

    # --- which script is which index --------------------------------------------------------------

    def place_indices(
        self, quantity: Quantity, meaning: Meaning, written: Written
    ) -> Iterator[Read]:
        """By the name of a unit, where units have names; else by places and brackets."""
        try:
            units = list(self.name_unit(quantity, meaning, written))
            yield from units or self.place_scripts(quantity, meaning, written)
        except Misreading:
            return

    def place_scripts(
        self, quantity: Quantity, meaning: Meaning, written: Written
    ) -> Iterator[Read]:
        notation, kinds = self.notation, quantity.kinds
        neurons = [p for p, kind in enumerate(kinds) if kind == "neuron"]
        samples = [p for p, kind in enumerate(kinds) if kind == "sample"]
        below = list(neurons)
        backwards = (
            notation.weights_transposed and len(neurons) == 2 and quantity.role == "parameter"
        )
        if backwards:
            below.reverse()
        if notation.sample_place == "lower" or quantity.role == "sample cost":
            below = samples + below
        above = self.place_above(kinds, samples if below == neurons else [], written.upper)
        placed = self.place_below(below, samples, written.lower)
        if above is None or placed is None:
            return
        placed |= above
        given = sum(p in placed for p in neurons)
        if given not in (0, len(neurons)):
            return
        if any(p not in placed for p in samples) and (given or quantity.role == "sample cost"):
            return
        indices = tuple(
            self.read_index(placed[p]) if p in placed else None for p in range(len(kinds))
        )
        shift = 1 - notation.index_base
        if not all(map(may_exist, quantity.axes, indices, repeat(shift))):
            return
        shifts = tuple(shift if kind in ("neuron", "sample") else 0 for kind in kinds)
        yield Read(quantity.name, meaning, indices, shifts, kinds, quantity.role, backwards)

    def place_above(
        self, kinds: Sequence[str], samples: list[int], upper: Scripts
    ) -> dict[int, Layout] | None:
        """a^{[l](i)}: each script is enclosed as what it counts; samples may be left out."""
        steps = [p for kind in ("layer", "time") for p, k in enumerate(kinds) if k == kind]
        ordered = samples + steps if self.notation.sample == "plain" else steps + samples
        chosen = ordered if len(upper) == len(ordered) else steps
        if not upper:
            return {}
        if len(upper) != len(chosen):
            return None
        placed: dict[int, Layout] = {}
        for place, layout in zip(chosen, upper, strict=True):
            shape = getattr(self.notation, kinds[place])
            enclosed = layout.shape if isinstance(layout, show.Brackets) else "plain"
            if enclosed != shape:
                return None
            placed[place] = layout.body if isinstance(layout, show.Brackets) else layout
        return placed

    def place_below(
        self, below: list[int], samples: list[int], lower: Scripts
    ) -> dict[int, Layout] | None:
        if any(isinstance(part, show.Brackets) for part in lower):
            # (2) belongs to a name
            return None
        if len(lower) in (0, len(below)):
            return dict(zip(below, lower, strict=False))
        if samples and samples[0] in below and len(lower) == 1:
            # x_i of x_{ij} is the whole sample
            return {samples[0]: lower[0]}
        return None

    # --- units with names of their own ------------------------------------------------------------

    @cached_property
    def widths(self) -> list[int]:
        """The widths of a network by layers, where all are declared."""
        found = {
            int(size.indices[0]): int(width)
            for size, width in self.system.sizes.items()
            if isinstance(size, Indexed) and size.indices[0].is_Integer
        }
        return [found[p] for p in sorted(found)] if set(found) == set(range(len(found))) else []

    def name_unit(self, quantity: Quantity, meaning: Meaning, written: Written) -> Iterator[Read]:
        """net_h1, out_oj, i_2, w_5, b_1: the names of a network of one or two layers."""
        named = self.notation.named_units and 2 <= len(self.widths) <= 3
        if not named or len(written.lower) != 1:
            return
        if quantity.name not in ("x", "y", "z", "a", "W", "b"):
            return
        found = self.place_unit(quantity, written.lower[0])
        if found is None:
            return
        match written.upper:
            case (show.Brackets(shape="round", body=body),) if "sample" in quantity.kinds:
                found["sample"] = self.read_index(body)
            case (_, *_):
                return
        if any(kind not in found for kind in quantity.kinds if kind != "neuron"):
            return
        neurons = iter((found.get("neuron"), found.get("before")))
        indices = tuple(next(neurons) if k == "neuron" else found[k] for k in quantity.kinds)
        shifts = (0,) * len(indices)
        yield Read(quantity.name, meaning, indices, shifts, quantity.kinds, quantity.role)

    def place_unit(self, quantity: Quantity, script: Layout) -> dict[str, Index | None] | None:
        """h1 --> layer 1, neuron 1; the 5 of w_5 --> layer 2, neurons 1 and 1."""
        last = len(self.widths) - 1
        if isinstance(script, show.Number):
            number = int(script.digits)
            if quantity.name == "W":
                layer, j, k = map(constant, find_weight(self.widths, number))
                return {"layer": layer, "neuron": j, "before": k}
            if quantity.name == "x":
                # i_2 is an input; where every layer is one neuron, i_0 is the layer of inputs
                return {"neuron": constant(number) if number else None}
            # b_1: one for the layer, or one neuron for each layer
            return {"layer": constant(number)}
        named = self.read_unit(script)
        if named is None or quantity.name in ("x", "W"):
            return None
        side, neuron = named
        layer = last if side == "o" else 1
        if (side == "h" and last == 1) or (quantity.name == "y" and layer != last):
            return None
        return {"layer": constant(layer), "neuron": neuron}

    def read_unit(self, script: Layout) -> tuple[str, Index] | None:
        """o1 or oj: a letter for the layer with the number, or the index, of the neuron."""
        if not isinstance(script, show.Letter):
            return None
        side, rest = script.name[:1], script.name[1:]
        if side not in ("h", "o") or not rest:
            return None
        layout = show.Number(rest) if rest.isdigit() else show.Letter(rest)
        return side, self.read_index(layout)

    def read_cost_term(self, written: Written) -> Iterator[Read]:
        """E_o1: the part of the cost that one output has, by its own line of the sheet."""
        cost = self.system.quantities.get(self.system.cost)
        plain = self.notation.named_units and not written.upper and not written.differential
        if cost is None or not plain or len(written.lower) != 1 or not self.widths:
            return
        letter, _ = next(self.letters_of(cost))
        if split_name(letter)[0] != written.head:
            return
        unit = self.read_unit(written.lower[0])
        if unit is not None and unit[0] == "o":
            yield Read(COST_TERM, "value", (unit[1],), (0,), ("neuron",), "intermediate", named=1)

    # --- sizes and indices ------------------------------------------------------------------------

    @cached_property
    def sizes(self) -> set[str]:
        return {symbol.name for symbol in self.system.size_symbols}

    def find_sizes(self, layout: Layout) -> list[Index]:
        """n_{l}, n^{[l]} or m: a width or another size."""
        written = take_apart(layout)
        if written is None or written.differential:
            return []
        found = []
        for name in self.sizes:
            stem, fixed = split_name(name)
            rest = take_fixed(fixed, written.lower) if stem == written.head else None
            if rest is None:
                continue
            if written.upper:
                (layer, *others) = written.upper
                enclosed = isinstance(layer, show.Brackets) and layer.shape == self.notation.layer
                if rest or others or not enclosed:
                    continue
                rest = (layer.body,)
            try:
                found.append(read_size(name, [self.read_index(part) for part in rest]))
            except Misreading:
                continue
        return found

    def read_index(self, layout: Layout) -> Index:
        """An integer of index letters, sizes and numbers.

        Raises:
            Misreading: anything else.
        """
        match layout:
            case show.Number(digits=digits) if digits.isdigit():
                return constant(int(digits))
            case show.Total(terms=terms):
                signs = [1 if sign == "+" else -1 for sign, _ in terms]
                return merge(
                    [self.read_index(part) for _, part in terms],
                    lambda values: sum(s * v for s, v in zip(signs, values, strict=True)),
                )
            case show.Product(factors=factors, sign="" | "dot"):
                return merge([self.read_index(f) for f in factors], math.prod)
            case show.Brackets(body=body, shape="round"):
                return self.read_index(body)
            case show.Apply(function=show.Function(name=name), arguments=arguments) if (
                name in EXTREMES
            ):
                return merge([self.read_index(a) for a in arguments], EXTREMES[name])
        sizes = self.find_sizes(layout)
        if sizes:
            return sizes[0]
        letter = spell_index(layout)
        if letter is None or len(letter.partition("_")[0]) > 1:
            raise Misreading("letters", f"the index {spell(layout)}")
        return Index(lambda facts, place: place[letter], frozenset({letter}), letter)


def find_weight(widths: Sequence[int], number: int) -> tuple[int, int, int]:
    """w_5 of a 2-2-2 network is W[2, 1, 1]: counted row by row through the layers."""
    rest = number - 1
    for layer in range(1, len(widths)):
        count = widths[layer] * widths[layer - 1]
        if 0 <= rest < count:
            return layer, rest // widths[layer - 1] + 1, rest % widths[layer - 1] + 1
        rest -= count
    raise Misreading("ranges", f"there is no weight {number}")


def list_letters(layout: Layout) -> Iterator[show.Letter]:
    """Every letter in a layout, whatever it stands for."""
    if isinstance(layout, show.Letter):
        yield layout
    for part in show.list_parts(layout):
        yield from list_letters(part)
