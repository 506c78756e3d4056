"""Which quantities are meant by W, W1, WL, delta2, w1_11, W1[1, 2] or w5: one grammar for all.

A name is a quantity, by our name or by the letter of the notation, or delta (δ) for the errors.
Its indices follow in the order in which they are printed: the first one plain (W1, WL, h2), the
others after an underscore (w1_12) or in brackets (W1[1, 2]); in brackets all of them may stand
(W[1, 1, 2]). A notation that names every unit has its own names: w5, net_h1. Commas between names
ask for several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from sympy import Expr, Integer, Symbol

from symbackprop.derivation.backward import rank
from symbackprop.equations import (
    Axis,
    Quantity,
    System,
    indices_of,
    split_adjoint,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.notation import Notation
from symbackprop.printing.requests import ALL
from symbackprop.printing.text import spell
from symbackprop.printing.units import NamedEntries

DELTA = ("delta", "δ")
# so many layers are listed one by one where a name is not known
MOST_LISTED = 12
_INDEXED = re.compile(r"(?P<stem>.+?)_?(?P<first>\d+|[A-Za-z])?(?P<rest>\[[^\[\]]*\]|(_\d+)+)?")
_COMMA = re.compile(r",(?![^\[]*\])")


@dataclass(frozen=True)
class Selection:
    """A quantity by which the cost is differentiated, or a part of it.

    `indices` has a number or a size for each index that is fixed, None for one that is not.
    """

    name: str
    indices: tuple[Expr | None, ...] = ()

    def is_of_neurons(self, system: System) -> bool:
        """Whether single neurons are meant, and not whole layers."""
        places = zip(system.quantities[self.name].kinds, self.indices, strict=True)
        return any(kind == "neuron" and index is not None for kind, index in places)

    def match(
        self, place: Expr, axes: tuple[Axis, ...], sizes: Mapping[Expr, int] | None = None
    ) -> dict[Symbol, Expr] | None:
        """What the axes of a formula about this place must be; None where it is about another.

        >>> from sympy import IndexedBase, Integer, Symbol
        >>> l, L, d = Symbol("l"), Symbol("L"), IndexedBase("d")
        >>> hidden, last = Axis(l, Integer(1), L - 1, "layer"), Axis(l, Integer(1), L, "layer")
        >>> chosen = Selection("z", (L,))
        >>> chosen.match(d[l], (last,)), chosen.match(d[l], (hidden,)), chosen.match(d[L], ())
        ({l: L}, None, {})
        """
        if all(index is None for index in self.indices):
            return {}
        ranges = {axis.symbol: axis for axis in axes}
        numbers = {symbol: Integer(size) for symbol, size in (sizes or {}).items()}
        found: dict[Symbol, Expr] = {}
        for index, wanted in zip(indices_of(place), self.indices, strict=True):
            if wanted is None:
                continue
            axis = ranges.get(index)
            ends = (axis.low, axis.high) if axis else (index, index)
            low, high, at = (rank(e.xreplace(numbers)) for e in (*ends, wanted))
            if not low <= at <= high:
                return None
            if axis:
                found[index] = wanted
        return found


def select(system: System, wanted: str, notation: Notation | None = None) -> tuple[Selection, ...]:
    """The quantities that are asked for, each once, in the order in which they are named.

    Raises:
        InputError: a name that nothing has, with those there are, the nearest first; an index
            that is out of range.

    >>> from symbackprop.derivation.backward import derive_backward
    >>> from symbackprop.network.network import mlp
    >>> system = derive_backward(mlp([2, 3, 1]).system)
    >>> select(system, "W1, deltaL")
    (Selection(name='W', indices=(1, None, None)), Selection(name='z', indices=(2, None)))
    >>> select(system, "w1_32") == select(system, "W1[3, 2]") == select(system, "W[1, 3, 2]")
    True
    """
    reader = _Reader(system, notation or Notation())
    names = [part.strip() for part in _COMMA.split(wanted)]
    return tuple(dict.fromkeys(found for name in names for found in reader.read(name)))


@dataclass(frozen=True)
class _Reader:
    """The names of one system in one notation."""

    system: System
    notation: Notation

    @property
    def known(self) -> tuple[str, ...]:
        """What the cost was differentiated by."""
        found = (split_adjoint(name) for name in self.system.definitions)
        return tuple(dict.fromkeys(split[1] for split in found if split))

    @property
    def errors(self) -> tuple[str, ...]:
        quantities = self.system.quantities
        return tuple(n for n in self.known if quantities[n].role == "pre-activation")

    def read(self, text: str) -> tuple[Selection, ...]:
        if text == ALL:
            return tuple(map(self.whole, self.known))
        unit = self.find_unit(text)
        if unit is not None:
            return (unit,)
        if names := self.find_names(text):
            return tuple(map(self.whole, names))
        parts = _INDEXED.fullmatch(text)
        names = self.find_names(parts["stem"]) if parts else ()
        if parts is None or not names or not self.is_index(names[0], parts["first"]):
            raise InputError(name_choices("quantity", text, self.list_names(text)))
        given = [parts["first"]] if parts["first"] else []
        fitting = [n for n in names if len(self.system.quantities[n].axes) >= max(len(given), 1)]
        if not fitting:
            raise InputError(f"{text}: {names[0]} has no index")
        return tuple(self.fix(text, name, given, parts["rest"] or "") for name in fitting)

    def is_index(self, name: str, word: str | None) -> bool:
        """Whether this may be an index: a number, L for the last layer, l for every one."""
        axes = self.system.quantities[name].axes
        letters = {str(e) for a in axes[:1] for e in (a.symbol, a.high)} | {"L"}
        return not word or word.isdigit() or (bool(axes) and word in letters)

    def whole(self, name: str) -> Selection:
        return Selection(name, (None,) * len(self.system.quantities[name].axes))

    def find_names(self, stem: str) -> tuple[str, ...]:
        """Our names for a name: W for w or the letter of the notation, every z for delta."""
        if stem in self.known:
            return (stem,)
        if stem in DELTA:
            return self.errors
        for same in (
            lambda name: self.notation.find_letter(name) == stem,
            lambda name: self.notation.find_letter(name, matrix=True) == stem,
            lambda name: name.lower() == stem.lower(),
        ):
            found = tuple(name for name in self.known if same(name))
            if len(found) == 1:
                return found
        return ()

    def find_unit(self, text: str) -> Selection | None:
        """The entry that a notation gives this name: w5 --> W[2, 1, 1]."""
        system = self.system
        if not self.notation.named_units or system.sample is not None or text in system.quantities:
            return None
        entries = NamedEntries(system, self.notation)
        for name in self.known:
            quantity = system.quantities[name]
            letters = (name, "delta") if name in self.errors else (name,)
            for indices in _list_places(quantity, system):
                for letter in letters:
                    layout = entries.name_unit(letter, indices, quantity.kinds)
                    if layout is not None and spell(layout) == text:
                        return Selection(name, indices)
        return None

    def fix(self, text: str, name: str, given: list[str], rest: str) -> Selection:
        """Put the written indices in their places."""
        quantity = self.system.quantities[name]
        places = list(range(len(quantity.axes)))
        written = [*given, *_split_indices(rest, len(places) - len(given))]
        if len(written) < len(places) and "sample" in quantity.kinds:
            # an index of samples is written only where all are
            places = [p for p in places if quantity.kinds[p] != "sample"]
        if len(written) > len(places):
            raise InputError(f"{text}: {name} has {len(places)} indices, not {len(written)}")
        indices: list[Expr | None] = [None] * len(quantity.axes)
        for place, word in zip(places, written, strict=False):
            indices[place] = self.read_index(text, quantity, place, word)
        return Selection(name, self.check_range(text, quantity, self.turn(quantity, indices)))

    def read_index(self, text: str, quantity: Quantity, place: int, word: str) -> Expr | None:
        axis = quantity.axes[place]
        if word == axis.symbol.name:
            return None
        if word.isdigit():
            shift = 1 - self.notation.index_base if axis.kind in ("neuron", "sample") else 0
            return Integer(word) + shift
        if axis.kind in ("layer", "time") and word in ("L", str(axis.high)):
            return axis.high
        raise InputError(
            f"{text}: the index {word!r} of {quantity.name} is no number"
            + (f" and not {axis.high}" if axis.high.is_Symbol else "")
        )

    def turn(self, quantity: Quantity, indices: list[Expr | None]) -> list[Expr | None]:
        """Weights that are stored [k, j] are written so."""
        pair = [p for p, kind in enumerate(quantity.kinds) if kind == "neuron"]
        if self.notation.weights_transposed and quantity.role == "parameter" and len(pair) == 2:
            first, second = pair
            indices[first], indices[second] = indices[second], indices[first]
        return indices

    def check_range(
        self, text: str, quantity: Quantity, indices: list[Expr | None]
    ) -> tuple[Expr | None, ...]:
        sizes = {symbol: Integer(size) for symbol, size in self.system.sizes.items()}
        fixed = {
            axis.symbol: index
            for axis, index in zip(quantity.axes, indices, strict=True)
            if index is not None
        }
        for axis, index in zip(quantity.axes, indices, strict=True):
            if index is None:
                continue
            low, high = (end.xreplace(fixed).xreplace(sizes) for end in (axis.low, axis.high))
            sequential = axis.kind in ("layer", "time")
            what = {"layer": "layers", "time": "time steps"}.get(axis.kind, "entries")
            if sequential and index.is_Integer and not high.is_Integer:
                raise InputError(
                    f"{text}: there are {high} {what}, a symbol; ask for {quantity.name} or "
                    f"{quantity.name}{high}, or give "
                    + ("widths such as 2-3-1" if axis.kind == "layer" else f"a number for {high}")
                )
            if not rank(low) <= rank(index.xreplace(sizes)) <= rank(high):
                raise InputError(f"{text}: {quantity.name} has the {what} {low} to {high}")
        return tuple(indices)

    def list_names(self, text: str) -> list[str]:
        """Every name there is, the nearest first."""
        names = [ALL, *self.known, *(DELTA[:1] if self.errors else ())]
        for name in (*self.known, *(DELTA[:1] if self.errors else ())):
            axes = self.system.quantities[self.errors[0] if name == DELTA[0] else name].axes
            if axes and axes[0].kind == "layer":
                low, high = axes[0].low, axes[0].high
                last = min(int(high), MOST_LISTED) if high.is_Integer else 0
                names += [f"{name}{layer}" for layer in range(int(low), last + 1)]
                names += [] if high.is_Integer else [f"{name}{high}"]
        return sorted(names, key=lambda name: -_nearness(text, name))


def _nearness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _split_indices(text: str, wanted: int) -> list[str]:
    """[1, 2] --> 1, 2; _1_2 --> 1, 2; _12 --> 1, 2 where two are wanted."""
    if text.startswith("["):
        return [part.strip() for part in text[1:-1].split(",") if part.strip()]
    parts = text.split("_")[1:]
    if len(parts) == 1 and len(parts[0]) == wanted:
        return list(parts[0])
    return parts


def _list_places(quantity: Quantity, system: System) -> Iterator[tuple[Expr, ...]]:
    """The indices of every entry of a quantity of known sizes."""
    sizes = {symbol: Integer(size) for symbol, size in system.sizes.items()}
    places: list[dict[Symbol, Expr]] = [{}]
    for axis in quantity.axes:
        longer = []
        for place in places:
            low, high = (e.xreplace(place).xreplace(sizes) for e in (axis.low, axis.high))
            if not (low.is_Integer and high.is_Integer):
                return
            numbers = range(int(low), int(high) + 1)
            longer += [{**place, axis.symbol: Integer(number)} for number in numbers]
        places = longer
    yield from (tuple(place.values()) for place in places)
