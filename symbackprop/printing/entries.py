"""Entries of quantities: the letter that a notation has for each, with its indices in place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from sympy import Add, Expr, Indexed, Max, Min, Mul, Symbol

from symbackprop.equations import (
    UPDATED,
    Quantity,
    Role,
    System,
    indices_of,
    name_of,
    split_adjoint,
)
from symbackprop.notation import Notation
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.printing.letters import (
    add_scripts,
    join_indices,
    join_wrapped,
    split_letter,
    wrap,
)
from symbackprop.ranges import find_quantity


@dataclass(frozen=True)
class Entries:
    """Writes the entries of the quantities of one system in one notation."""

    system: System
    notation: Notation

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
        return split_letter(self.notation.find_letter(name, matrix=matrix))

    def arrange_adjoint(
        self, cost: str, name: str, quantity: Quantity | None, indices: tuple[Expr, ...]
    ) -> Layout:
        kinds = quantity.kinds if quantity else ()
        if self.notation.adjoints == "differential":
            letter = show.Row((show.Letter("d"), self.find_letter(name)))
            role = quantity.role if quantity else ""
            return self.attach(letter, role, indices, kinds or ("neuron",) * len(indices))
        if quantity and quantity.role == "pre-activation":
            return self.attach(self.find_error_letter(name), quantity.role, indices, kinds)
        costs = self.system.quantities.get(cost)
        of = [i for i, kind in zip(indices, kinds, strict=False) if kind == "sample"]
        top = self.arrange_entry(cost, tuple(of) if costs and costs.kinds else ())
        return show.Partial(top, self.arrange_entry(name, indices))

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
        role: str,
        indices: tuple[Expr, ...],
        kinds: tuple[str, ...],
        updated: bool = False,
    ) -> Layout:
        """Put indices above and below a letter; weights stored [k, j] show them so."""
        notation = self.notation
        by_kind: dict[str, list[Layout]] = {}
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

    def arrange_index(self, index: Expr, kind: str = "") -> Layout:
        """An index: l, l-1, 3; neurons and samples count from the notation's base."""
        if index.is_Integer:
            shift = 1 - self.notation.index_base if kind in ("neuron", "sample") else 0
            return show.Number(str(int(index) - shift))
        if isinstance(index, Symbol):
            return split_letter(index.name)
        constant, rest = index.as_coeff_Add()
        if constant and constant.is_Integer:
            number = show.Number(str(abs(int(constant))))
            sign = "-" if constant < 0 else "+"
            return show.Total((("+", self.arrange_index(rest)), (sign, number)), tight=True)
        if isinstance(index, Indexed):
            return self.arrange_size(name_of(index), indices_of(index))
        parts = tuple(self.arrange_index(part) for part in index.args)
        match index:
            case Add():
                terms = (p.terms if isinstance(p, show.Total) else (("+", p),) for p in parts)
                return show.Total(tuple(chain.from_iterable(terms)), tight=True)
            case Mul() if index.args[0] == -1:
                return show.Total((("-", show.Product(parts[1:])),), tight=True)
            case Mul():
                return show.Product(parts)
            case Max() | Min():
                return show.Apply(show.Function(type(index).__name__.lower()), parts)
        raise TypeError(f"no layout is known for the index {index}")

    def name_cost_term(self, neuron: Expr) -> Layout:
        """The part of the cost that one output has: E_1."""
        return add_scripts(self.find_letter("C_i"), None, self.arrange_index(neuron, "neuron"))
