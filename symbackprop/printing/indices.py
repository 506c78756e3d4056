"""The indices of one formula: what each counts, from where, and a letter of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sympy import Expr, Max, Min, Sum, Symbol, exp

from symbackprop.derivation.letters import LETTERS
from symbackprop.equations import (
    COST_TERM,
    SAMPLE_COST,
    Kind,
    System,
    find_entries,
    indices_of,
    name_of,
    plain_name,
)
from symbackprop.notation import Notation
from symbackprop.printing.letters import name_stem, split_name
from symbackprop.ranges import find_quantity

# layers and times have their own numbers; these are counted from where the notation begins
COUNTED: tuple[Kind, ...] = ("neuron", "sample")
# what else may count something
SPARE = "cghimnotwxyzabdf"


@dataclass(frozen=True)
class Scope:
    """What the indices of a formula are; `letters` has those that need another letter."""

    kinds: Mapping[Symbol, Kind] = field(default_factory=dict)
    letters: Mapping[Symbol, Symbol] = field(default_factory=dict)

    def count(self, index: Expr, kind: Kind | None = None, base: int = 1) -> Expr:
        """An index as a notation counts it: x[i + r - 1] is x[i + r] where 0 comes first.

        >>> i, r = Symbol("i"), Symbol("r")
        >>> Scope({i: "neuron", r: "neuron"}).count(i + r - 1, "neuron", base=0)
        i + r
        """
        shift = 1 - base
        later = {s: s + shift for s in index.free_symbols if self.kinds.get(s) in COUNTED}
        moved = index.xreplace(later) if shift else index
        if kind in COUNTED:
            moved = _take_off(moved, shift)
        return moved.xreplace(dict(self.letters))


def _take_off(bound: Expr, shift: int) -> Expr:
    """max(1, j) - 1 --> max(0, j - 1)."""
    if isinstance(bound, Max | Min):
        return bound.func(*(_take_off(argument, shift) for argument in bound.args))
    return bound - shift


def read_scope(system: System, notation: Notation, *expressions: Expr) -> Scope:
    """Find the indices of a formula, and other letters for those that mean something else too."""
    kinds: dict[Symbol, Kind] = {}
    for expression in expressions:
        for read in find_entries(expression):
            quantity = find_quantity(name_of(read), system.quantities)
            read_kinds = quantity.kinds if quantity else ()
            for index, kind in zip(indices_of(read), read_kinds, strict=False):
                for symbol in index.free_symbols - system.size_symbols:
                    kinds.setdefault(symbol, kind)
        for total in expression.atoms(Sum):
            for bound in total.bound_symbols:
                kinds.setdefault(bound, "neuron")
    letters: dict[Symbol, Symbol] = {}
    if kinds:
        taken = list_letters(system, notation)
        taken |= {"e"} if any(e.has(exp) for e in expressions) else set()
        own = {s.name for s in kinds}
        for symbol in sorted((s for s in kinds if name_stem(s.name) in taken), key=str):
            free = (c for c in list_spare(kinds[symbol]) if c not in taken | own)
            letters[symbol] = Symbol(next(free), integer=True)
            own.add(letters[symbol].name)
    return Scope(kinds, letters)


def list_spare(kind: Kind) -> Iterator[str]:
    """Letters for an index, the usual ones first, without end."""
    yield from LETTERS[kind]
    yield from SPARE
    yield from (f"{letter}_{number}" for number in count(1) for letter in LETTERS[kind])


def list_letters(system: System, notation: Notation) -> set[str]:
    """The letters of all quantities and sizes of a system."""
    found = {size.name for size in system.size_symbols}
    for name in {plain_name(name) for name in system.quantities} - {SAMPLE_COST, COST_TERM}:
        for matrix in (False, True):
            letter = notation.find_letter(name, matrix=matrix)
            # x_j is a name: no index is called j
            found |= {name_stem(letter), *(p for p in split_name(letter)[1] if len(p) == 1)}
            if system.sample and matrix:
                found.add(name_stem(letter).upper())
    return found
