"""Names of arrays: which entries they stand for, and the axes that are left out."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from sympy import Dummy, Expr, Integer, KroneckerDelta, Symbol

from symbackprop.equations import entry, name_of
from symbackprop.lecture.contexts import LAST, Context
from symbackprop.lecture.letters import Family, Reference, Unclear
from symbackprop.lecture.ranks import COLUMN, MATRIX, ROW
from symbackprop.lecture.samples import SHARED, Columns, find_sample_slots
from symbackprop.lecture.sizes import Size
from symbackprop.lecture.tensors import Algebra, Open, Part, Quotient, Tensor
from symbackprop.partials import Partial
from symbackprop.reading import tree


class ArrayLowerer(ABC):
    """Lowers arrays in one statement: indices of one letter are one index in all of it.

    `last` is the layer that the last one stands for: what a text says of its last layer only may
    be meant of every one. `asides` are expressions that are differentiated as a whole.
    """

    def __init__(self, context: Context, last: Expr = LAST) -> None:
        self.context = context
        self.algebra = Algebra(context.sizes, context.strict, context.numerator)
        self.last_place = last
        self.indices: dict[Symbol, Size] = {}
        self.reads: list[tuple[str, tuple[Expr, ...]]] = []
        self.bound: list[Symbol] = []
        self.asides: dict[str, tuple[Tensor, tuple[Symbol, ...]]] = {}
        self.ones = 0
        self.nested = 0

    @abstractmethod
    def lower(self, node: tree.Node) -> Tensor:
        """The value of an expression: an index, or an exponent, may hold any."""

    def take_ones(self) -> Tensor:
        """The column of ones, as long as it has to be."""
        if self.context.scalar:
            return Tensor(Integer(1))
        self.ones += 1
        size = Size(f"ones:{id(self)}:{self.ones}")
        return Tensor(Integer(1), Open(Dummy("j", integer=True), size))

    def take(self, reference: Reference) -> Tensor:
        """The entry of an array, with the axes that are left out."""
        family = reference.family
        if family.name in self.context.adjoints:
            return self.take_error(reference)
        columns = self.context.columns.get(family.name)
        if columns is not None:
            return self.take_column(reference, columns)
        if self.context.scalar:
            return self.take_number(reference)
        always = tuple(self.place(reference, n) for n in range(family.always))
        if family.letter.base == "delta" and [s.place for s in family.slots] == ["lower"] * 2:
            return Tensor(KroneckerDelta(*always))
        layer = always[0] if always and self.is_layer(reference, 0) else None
        for number, index in enumerate(always):
            self.tie_index(index, Size(f"{family.name}.{number}"))
        found, row, column = self._take_components(reference, layer)
        indices = (*always, *found)
        self.reads.append((family.name, indices))
        return Tensor(entry(family.name, indices), row, column)

    def take_column(self, reference: Reference, columns: Columns) -> Tensor:
        """a^{(i)} as a column of A, or A as all a^{(i)} side by side."""
        families = self.context.letters.families
        sample = families[columns.sample]
        places = find_sample_slots(self.context.letters, sample)
        whole = replace(reference, family=families[columns.whole])
        if reference.family is not sample:
            return self.take_side_by_side(reference, sample, places)
        kept = tuple(i for n, i in enumerate(reference.indices[: sample.always]) if n not in places)
        value = self.take(replace(whole, indices=kept))
        if self.context.scalar:
            return value
        (index,) = (reference.indices[n] for n in places)
        written = [i for i in reference.indices[sample.always :] if i is not None]
        if index is None:
            raise Unclear(f"of which sample {columns.sample} is")
        if not value.axes:
            raise Unclear(f"{columns.whole} is a number, and {columns.sample} one for each sample")
        if len(value.axes) == 1:
            picked = self.pick(value, [index])
        else:
            picked = self.pick_along(value, index, value.column if columns.upright else value.row)
        return self.pick(picked, written) if written else picked

    def take_side_by_side(
        self, reference: Reference, sample: Family, places: Sequence[int]
    ) -> Tensor:
        """All columns of A, where only these are defined."""
        symbol = Dummy("i", integer=True)
        indices = list(reference.indices)
        for n in places:
            indices.insert(n, symbol)
        value = self.take(
            Reference(sample, (*indices, *(None,) * (len(sample.slots) - len(indices))))
        )
        if self.context.scalar:
            raise Unclear("samples side by side")
        axis = Open(symbol, self.indices.pop(symbol, Size(f"{sample.name}.{places[0]}")))
        if value.column is not None:
            raise Unclear("rows side by side")
        return Tensor(value.entry, value.row, axis)

    def _take_components(
        self, reference: Reference, layer: Expr | None
    ) -> tuple[list[Expr], Open | None, Open | None]:
        """The indices below, those that are not written as open axes."""
        family, row, column = reference.family, None, None
        rank = self.context.ranking.rank_of(family.name)
        found: list[Expr] = []
        if not family.components:
            if rank in (COLUMN, MATRIX):
                row = Open(Dummy("j", integer=True), Size(f"{family.name}.row", layer))
            if rank in (ROW, MATRIX):
                column = Open(Dummy("k", integer=True), Size(f"{family.name}.column", layer))
            return [a.symbol for a in (row, column) if a is not None], row, column
        for position, index in enumerate(reference.indices[family.always :]):
            size = Size(f"{family.name}.{family.always + position}", layer)
            if index is not None:
                self.tie_index(index, size)
                found.append(index)
                continue
            axis = Open(Dummy("jk"[position % 2], integer=True), size)
            found.append(axis.symbol)
            if position == 1 or (family.components == 1 and rank == ROW):
                column = axis
            else:
                row = axis
        return found, row, column

    def take_number(self, reference: Reference) -> Tensor:
        """The one number that an array is where every layer has one neuron."""
        family = reference.family
        sequences = self.context.letters.sequences.get(family.letter, frozenset())
        kept: list[Expr] = []
        for number, slot in enumerate(family.slots):
            if reference.indices[number] is not None and slot in sequences:
                index = self.place(reference, number)
                self.tie_index(index, Size(f"{family.name}.{number}"))
                kept.append(index)
        self.reads.append((family.name, tuple(kept)))
        return Tensor(entry(family.name, kept))

    def take_error(self, reference: Reference) -> Tensor:
        """δ^l_j is ∂C/∂z^l_j."""
        cost, by, sign = self.context.adjoints[reference.family.name]
        family = self.context.letters.families[by]
        missing = len(family.slots) - len(reference.indices)
        if missing < 0:
            raise Unclear(f"{reference.family.name} has more indices than {by}")
        indices = (*reference.indices, *(None,) * missing)
        inner = self.take(replace(reference, family=family, indices=indices))
        part = self.part(inner, name_of(inner.entry))
        quotient = Quotient((cost,), part, (), inner.axes)
        slope = Partial(Symbol(cost), inner.entry) * self.count_samples(inner)
        return self.algebra.place(sign * slope, quotient)

    @staticmethod
    def part(value: Tensor, name: str) -> Part:
        """What a derivative is of or by: (z, l, None) for all of z^l."""
        open_ = {a.symbol for a in value.axes}
        indices = getattr(value.entry, "indices", ())
        return (name, *(None if i in open_ else i for i in indices))

    def place(self, reference: Reference, number: int) -> Expr:
        """An index; of layers and times the last, whatever the text calls it, is one symbol."""
        index = reference.indices[number]
        return self.name_last(index) if self.is_layer(reference, number) else index

    def is_layer(self, reference: Reference, number: int) -> bool:
        """Whether an index counts layers or times."""
        family = reference.family
        return family.slots[number] in self.context.letters.layers.get(family.letter, ())

    def name_last(self, index: Expr) -> Expr:
        running = self.context.letters.survey.indices
        return index.xreplace(
            {
                s: self.last_place
                for s in index.free_symbols
                if s.name not in running and s not in self.bound
            }
        )

    def size_of(self, node: tree.Node) -> Size | None:
        """The size that a name stands for, at a layer as this statement counts them."""
        size = self.context.size_of(node)
        return size if size is None or size.at is None else Size(size.node, self.name_last(size.at))

    def tie_index(self, index: Expr, size: Size) -> None:
        """j in w_{jk} and in a_j runs over one range; l - 1 runs over that of l."""
        running = self.context.letters.survey.indices
        symbols = [
            s
            for s in index.free_symbols
            if s != LAST and (s.name in running or s == self.last_place)
        ]
        if len(symbols) != 1:
            return
        (symbol,) = symbols
        if symbol not in self.indices:
            self.indices[symbol] = size
        elif not self.context.scalar and not self.is_sequence(size):
            self.algebra.tie(self.indices[symbol], size)

    def is_sequence(self, size: Size) -> bool:
        """Whether an index numbers layers or times."""
        return self.context.sizes.resolve(Size(size.node)).node in self.context.sizes.layered

    def pick(self, value: Tensor, indices: list[Expr]) -> Tensor:
        """The entry of a value in brackets: (W a)_j."""
        if self.context.scalar:
            return value
        if not value.is_jacobian and len(value.axes) == 2 and len(indices) == 1:
            return self.pick_sample(value, indices[0])
        if value.is_jacobian or len(indices) != len(value.axes):
            raise Unclear("an index below brackets")
        mapping: dict[Expr, Expr] = {}
        for axis, index in zip(value.axes, indices, strict=True):
            self.tie_index(index, axis.size)
            mapping[axis.symbol] = index
        return Tensor(value.entry.xreplace(mapping))

    def pick_sample(self, value: Tensor, index: Expr) -> Tensor:
        """(dZ)_i: what belongs to one sample, a row or a column."""
        axis = self.find_sample_axis(value)
        if axis is None:
            raise Unclear("an index below brackets")
        return self.pick_along(value, index, axis)

    def pick_along(self, value: Tensor, index: Expr, axis: Open | None) -> Tensor:
        """One place of one axis; the other stays."""
        assert axis is not None
        self.tie_index(index, axis.size)
        entry_ = value.entry.xreplace({axis.symbol: index})
        row, column = (None if a is axis else a for a in (value.row, value.column))
        return Tensor(entry_, row, column)

    def find_sample_axis(self, value: Tensor) -> Open | None:
        """The axis of a matrix that no weight and no bias has; None where that is both or none."""
        found = [a for a in (value.row, value.column) if a and not self.is_shared(a.size)]
        return found[0] if len(found) == 1 else None

    def is_shared(self, size: Size) -> bool:
        """Whether some weight or bias has this size."""
        resolve, seen = self.context.sizes.resolve, self.context.sizes.seen
        node = resolve(Size(size.node)).node
        return any(_is_shared(other) and resolve(Size(other)).node == node for other in seen)

    def count_samples(self, by: Tensor) -> Expr:
        """dZ as the slope of the losses is m times that of their mean."""
        family = self.context.letters.families.get(name_of(by.entry))
        count = self.context.count
        if count is None or family is None or not self.has_samples(family):
            return Integer(1)
        return self.lower(count).entry

    def has_samples(self, family: Family) -> bool:
        """Whether an array is about many samples: it has an axis that no weight and no bias has."""
        if family.letter.base in SHARED:
            return False
        if family.name in self.context.columns or find_sample_slots(self.context.letters, family):
            return True
        layers = self.context.letters.layers.get(family.letter, frozenset())
        own = [number for number, slot in enumerate(family.slots) if slot not in layers]
        if own:
            sizes = [Size(f"{family.name}.{number}") for number in own]
            return not self.context.scalar and not all(map(self.is_shared, sizes))
        rank = self.context.ranking.rank_of(family.name)
        if rank == COLUMN:
            return not self.context.scalar and not self.is_shared(Size(f"{family.name}.row"))
        return rank in (MATRIX, ROW)


def _is_shared(node: str) -> bool:
    """Whether a size is that of a weight or a bias."""
    return re.split(r"[._^,|~]", node.rpartition(":")[2])[0] in SHARED
