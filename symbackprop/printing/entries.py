"""Entries of quantities: the letter that a notation has for each, with its indices in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Add, Expr, Indexed, Integer, Max, Min, Mul, Symbol

from symbackprop.equations import (
    COST_TERM,
    UPDATED,
    Kind,
    Quantity,
    Role,
    System,
    indices_of,
    name_of,
    split_adjoint,
)
from symbackprop.notation import Notation, TransposeMark
from symbackprop.printing import layout as show
from symbackprop.printing.alike import list_alike
from symbackprop.printing.indices import Scope, list_letters
from symbackprop.printing.layout import Layout, TermSign
from symbackprop.printing.letters import (
    add_scripts,
    differentiate_letter,
    join_indices,
    join_wrapped,
    split_letter,
    wrap,
    write_count,
)
from symbackprop.ranges import find_quantity


@dataclass(frozen=True)
class Entries:
    """Writes the entries of the quantities of one system in one notation; the scope says what
    the indices of the formula are."""

    system: System
    notation: Notation
    scope: Scope = field(default_factory=Scope)

    def find_quantity(self, name: str) -> Quantity | None:
        return find_quantity(name, self.system.quantities)

    def role_of(self, entry: Expr) -> Role:
        quantity = self.find_quantity(name_of(entry))
        return quantity.role if quantity else "constant"

    def arrange_entry(self, name: str, indices: tuple[Expr, ...] = ()) -> Layout:
        """One entry of a quantity: its letter with its indices where the notation has them."""
        quantity = self.find_quantity(name)
        adjoint = split_adjoint(name)
        if adjoint:
            return self.arrange_adjoint(*adjoint, quantity, indices)
        if quantity is None:
            return self.arrange_size(name, indices)
        kinds = quantity.kinds
        if quantity.role == "cost" and indices:
            return self.name_cost_term(indices[-1])
        letter = self.find_letter(name.rstrip(UPDATED))
        return self.attach(letter, quantity.role, indices, kinds, name.endswith(UPDATED))

    def find_letter(self, name: str, matrix: bool = False) -> Layout:
        """The letter of a quantity; the cost of a network without samples has its own."""
        if name == self.system.cost and not self.system.sample and name == "C":
            return split_letter(self.notation.single_cost)
        enclosed = name in self.alike
        return split_letter(self.notation.find_letter(name, matrix=matrix), enclosed)

    @cached_property
    def alike(self) -> frozenset[str]:
        """The quantities whose names look like entries of others."""
        return list_alike(self.system, self.notation)

    def arrange_adjoint(
        self, cost: str, name: str, quantity: Quantity | None, indices: tuple[Expr, ...]
    ) -> Layout:
        kinds = quantity.kinds if quantity else ()
        if self.notation.adjoints == "differential":
            letter = differentiate_letter(self.find_letter(name))
            role = quantity.role if quantity else None
            return self.attach(letter, role, indices, kinds)
        if quantity and quantity.role == "pre-activation":
            return self.attach(self.find_error_letter(name), quantity.role, indices, kinds)
        return show.Partial(
            self.arrange_cost(cost, indices, kinds), self.arrange_entry(name, indices)
        )

    def arrange_cost(self, cost: str, indices: tuple[Expr, ...], kinds: tuple[Kind, ...]) -> Layout:
        """What an adjoint at these indices differentiates: C, or the cost of its sample."""
        quantity = self.system.quantities.get(cost)
        of = [i for i, kind in zip(indices, kinds, strict=False) if kind == "sample"]
        return self.arrange_entry(cost, tuple(of) if quantity and quantity.kinds else ())

    def writes_sample_cost(self, name: str) -> bool:
        """Whether a quantity is the cost of one sample, or is written as its derivative."""
        quantity, adjoint = self.find_quantity(name), split_adjoint(name)
        if quantity is None or adjoint is None:
            return quantity is not None and quantity.role == "sample cost"
        named = quantity.role == "pre-activation" or self.notation.adjoints == "differential"
        return not named and adjoint[0] in self.system.names("sample cost")

    @property
    def transpose_mark(self) -> TransposeMark:
        """The mark of a transpose, another one where a size or a quantity is called T."""
        clash = "T" in list_letters(self.system, self.notation)
        return "top" if clash else self.notation.transpose

    def find_error_letter(self, name: str) -> Layout:
        """delta; where a graph has several weighted sums, delta with the name of its own."""
        if len(self.system.names("pre-activation")) < 2:
            return show.Letter("delta")
        return add_scripts(show.Letter("delta"), None, self.find_letter(name))

    def arrange_size(self, name: str, indices: tuple[Expr, ...]) -> Layout:
        """n[l] is a width; an index or a size stands by its letter."""
        letter = split_letter(name)
        if not indices:
            return letter
        inner = join_indices([self.arrange_index(i) for i in indices])
        if self.notation.layer == "square":
            return show.Scripted(letter, wrap(inner, "square"))
        return show.Scripted(letter, None, inner)

    def attach(
        self,
        letter: Layout,
        role: Role | None,
        indices: tuple[Expr, ...],
        kinds: tuple[Kind, ...],
        updated: bool = False,
    ) -> Layout:
        """Put indices above and below a letter; weights stored [k, j] show them so."""
        notation = self.notation
        by_kind: dict[Kind, list[Layout]] = {}
        for index, kind in zip(indices, kinds, strict=True):
            by_kind.setdefault(kind, []).append(self.arrange_index(index, kind))
        neurons = by_kind.get("neuron", [])
        if notation.weights_transposed and len(neurons) == 2 and role == "parameter":
            neurons = neurons[::-1]
        above = [
            (getattr(notation, kind), layout)
            for kind in ("layer", "time")
            for layout in by_kind.get(kind, [])
        ]
        samples = by_kind.get("sample", [])
        below = neurons
        # the cost of a sample is counted below, in every dialect
        if samples and (notation.sample_place == "lower" or role == "sample cost"):
            below = samples + neurons
        elif notation.sample == "plain":
            above = [("plain", s) for s in samples] + above
        else:
            above += [(notation.sample, s) for s in samples]
        upper = join_wrapped(above)
        if updated:
            plus = show.Symbol("plus")
            upper = show.Row((upper, plus)) if upper else plus
        return add_scripts(letter, upper, join_indices(below) if below else None)

    def arrange_letter(self, symbol: Symbol) -> Layout:
        """The letter of an index itself, wherever it begins to count."""
        return self.write_index(self.scope.letters.get(symbol, symbol))

    def arrange_index(self, index: Expr, kind: Kind | None = None) -> Layout:
        """An index: l, l-1, 3; neurons and samples count from the notation's base."""
        return self.write_index(self.scope.count(index, kind, self.notation.index_base))

    def write_index(self, index: Expr) -> Layout:
        """What is counted: j - n + 1 has its index first, its number last."""
        match index:
            case Integer():
                return write_count(int(index)) if index >= 0 else self.write_terms((index,))
            case Symbol():
                return split_letter(index.name)
            case Indexed():
                return self.arrange_size(name_of(index), indices_of(index))
            case Add():
                return self.write_terms(sorted(index.args, key=self.rank_in_index))
            case Mul():
                number, rest = index.as_coeff_Mul()
                if number.is_negative:
                    return self.write_terms((index,))
                return show.Product((show.Number(str(number)), self.write_index(rest)))
            case Max() | Min():
                parts = sorted(index.args, key=self.rank_in_index)
                name = show.Function(type(index).__name__.lower())
                return show.Apply(name, tuple(map(self.write_index, parts)))
        raise TypeError(f"no layout is known for the index {index}")

    def write_terms(self, terms: Sequence[Expr]) -> Layout:
        signed: list[tuple[TermSign, Layout]] = [
            ("-", self.write_index(-term))
            if term.could_extract_minus_sign()
            else ("+", self.write_index(term))
            for term in terms
        ]
        return show.Total(tuple(signed), tight=True)

    def rank_in_index(self, part: Expr) -> tuple[bool, bool, bool, str]:
        """The index itself first, then sizes, then numbers; what is taken off comes late."""
        is_size = not part.free_symbols & (set(self.scope.kinds) | set(self.scope.letters.values()))
        return bool(part.is_number), part.could_extract_minus_sign(), is_size, str(part)

    def name_cost_term(self, neuron: Expr) -> Layout:
        """The part of the cost that one output has: E_1."""
        return add_scripts(self.find_letter(COST_TERM), None, self.arrange_index(neuron, "neuron"))
