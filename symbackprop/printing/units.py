"""Names for every unit and weight of a small network: net_h1, out_o1, i_2, w_5, b_1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Indexed

from symbackprop.equations import COST_TERM, UPDATED, Kind, Quantity, split_adjoint
from symbackprop.printing import layout as show
from symbackprop.printing.entries import Entries
from symbackprop.printing.layout import Layout
from symbackprop.printing.letters import add_scripts, join_wrapped

# what has a name for every unit
NAMED_UNITS = ("x", "y", "z", "a", "W", "b", "delta", COST_TERM)


@dataclass(frozen=True)
class NamedEntries(Entries):
    """Writes entries by the names of their units where a network is small enough."""

    def arrange_entry(self, name: str, indices: tuple[Expr, ...] = ()) -> Layout:
        quantity = self.find_quantity(name)
        if quantity is not None and split_adjoint(name) is None:
            named = self.name_unit(name, indices, quantity.kinds)
            if named is not None and not (quantity.role == "cost" and indices):
                return named
        return super().arrange_entry(name, indices)

    def arrange_adjoint(
        self, cost: str, name: str, quantity: Quantity | None, indices: tuple[Expr, ...]
    ) -> Layout:
        if quantity is not None and quantity.role == "pre-activation":
            named = self.name_unit("delta", indices, quantity.kinds)
            if named is not None and self.notation.adjoints == "delta":
                return named
        return super().arrange_adjoint(cost, name, quantity, indices)

    def name_unit(
        self, name: str, indices: tuple[Expr, ...], kinds: tuple[Kind, ...]
    ) -> Layout | None:
        """net_h1, out_o1, i_2, w_5, b_1 for one or two layers of known width; else None."""
        plain = name.rstrip(UPDATED)
        widths = self.find_widths()
        if not 2 <= len(widths) <= 3 or plain not in NAMED_UNITS:
            return None
        by_kind: dict[Kind, list[Expr]] = {}
        for index, kind in zip(indices, kinds, strict=True):
            by_kind.setdefault(kind, []).append(index)
        layers, neurons = by_kind.get("layer", []), by_kind.get("neuron", [])
        last = len(widths) - 1
        layer = {"x": 0, "y": last, COST_TERM: last}.get(plain)
        if layer is None:
            if len(layers) != 1 or not layers[0].is_Integer:
                return None
            layer = int(layers[0])
        letter = self.find_letter("x" if (plain, layer) == ("a", 0) else plain)
        upper = join_wrapped([("round", self.arrange_index(s)) for s in by_kind.get("sample", [])])
        if name.endswith(UPDATED):
            upper = show.Symbol("plus")
        lower: Layout
        if plain == "W":
            if len(neurons) != 2 or not all(i.is_Integer for i in neurons):
                return None
            lower = show.Number(str(number_weight(widths, layer, *map(int, neurons))))
        elif not neurons:
            lower = show.Number(str(layer))
        elif layer == 0:
            lower = self.arrange_index(neurons[0])
        else:
            lower = show.Letter(("o" if layer == last else "h") + str(neurons[0]))
        return add_scripts(letter, upper, lower)

    def name_cost_term(self, neuron: Expr) -> Layout:
        """The part of the cost that one output has: E_o1."""
        if not self.find_widths():
            return super().name_cost_term(neuron)
        return add_scripts(self.find_letter(COST_TERM), None, show.Letter(f"o{neuron}"))

    def find_widths(self) -> list[int]:
        """The widths of all layers in order, where they are known; else nothing."""
        found = {}
        for size, width in self.system.sizes.items():
            if isinstance(size, Indexed) and size.indices[0].is_Integer:
                found[int(size.indices[0])] = int(width)
        return [found[p] for p in sorted(found)] if set(found) == set(range(len(found))) else []


def number_weight(widths: Sequence[int], layer: int, j: int, k: int) -> int:
    """The number of a weight, counted row by row through the layers.

    >>> number_weight([2, 2, 2], 2, 1, 1)
    5
    """
    before = sum(widths[p] * widths[p - 1] for p in range(1, layer))
    return before + (j - 1) * widths[layer - 1] + k
