"""From a tree to a value: what each node of a formula means, index by index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import (
    Dummy,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    exp,
)

from symbackprop.equations import entry, name_of
from symbackprop.functions import Softmax, name_function
from symbackprop.lecture.letters import (
    COST_LETTERS,
    Family,
    Letters,
    Reference,
    Unclear,
    read_index,
    spell,
)
from symbackprop.lecture.ranges import Ranges
from symbackprop.lecture.ranks import (
    COLUMN,
    MATRIX,
    QUOTIENT,
    ROW,
    Ranking,
    is_one,
    split_elementwise,
)
from symbackprop.lecture.samples import SHARED, Columns, find_sample_slots
from symbackprop.lecture.sizes import Size, Sizes
from symbackprop.lecture.survey import bare
from symbackprop.lecture.tensors import Algebra, Open, Part, Quotient, Tensor, turn
from symbackprop.network.activations import FUNCTIONS
from symbackprop.partials import Direct, Partial
from symbackprop.primitives import Abs, Primitive
from symbackprop.reading import tree

# the last layer or the last time, whatever the text calls it
LAST = Symbol("L", integer=True)
RELATIONS: dict[str, Any] = {
    **{"=": Eq, "!=": Ne, "neq": Ne, "ne": Ne, ">": Gt, "<": Lt},
    **{"geq": Ge, "leq": Le, "ge": Ge, "le": Le},
}
# beyond, numbers would have more digits than anybody wants
LARGEST_EXPONENT = 100
SUMS = frozenset({"sum", "np.sum"})
INDICATORS = frozenset({"1", "one", "I", "H"})


@dataclass
class Context:
    """What lowering needs to know of a text.

    `adjoints` has errors by name with their signs, δ --> (cost, z, 1); `functions` says which known
    activation a letter is; `ranges` has what is said of indices, by the sides of which it is said;
    `scalar` reads the text with one neuron in each layer.
    """

    letters: Letters
    ranking: Ranking
    sizes: Sizes
    adjoints: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    cost: str | None = None
    functions: Callable[[tree.Name], Any | None] = lambda name: None
    ranges: Mapping[int, Ranges] = field(default_factory=dict)
    scalar: bool = False
    # sizes that clash are made one while definitions are read, and refused in claims
    strict: bool = False
    # the text transposes derivatives of arrays by arrays: they are matrices like others
    numerator: bool = False

    # m where dZ is the slope of the sum of all losses, and the cost is their mean
    count: tree.Name | None = None
    # arrays of one sample and of all, by either name
    columns: Mapping[str, Columns] = field(default_factory=dict)
    # what a text says of several arguments: L(a, y) = -y log a
    losses: Mapping[str, tuple[tuple[Expr, ...], Expr]] = field(default_factory=dict)
    # what each defined name depends on, once that is known
    depends: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def find_cost(self, by: str) -> str:
        """The cost that dx is a slope of: where there are several, one that depends on x.

        Raises:
            Unclear: there is none.
        """
        if self.cost is None:
            raise Unclear("the text does not say what is differentiated")
        if self.depends and by not in self.depends.get(self.cost, ()):
            for name, read in self.depends.items():
                family = self.letters.families.get(name)
                if family is None or family.slots or family.letter.base not in COST_LETTERS:
                    continue
                if by in read:
                    return name
        return self.cost

    def size_of(self, node: tree.Node) -> Size | None:
        """The size that a name stands for, where sums run to it: n_L, m, K."""
        inner = bare(node)
        survey = self.letters.survey
        if not isinstance(inner, tree.Name) or inner.accent or inner.primes or inner.upper:
            return None
        plain = spell(inner)
        stem = plain.split("_")[0]
        if (plain not in survey.lasts and stem not in survey.lasts) or plain in ("L", "T"):
            return None
        if not inner.lower:
            return Size(f"size:{plain}")
        try:
            return Size(f"size:{stem}", read_index(inner.lower[0].content))
        except Unclear:
            return None


class Lowerer:
    """Lowers the sides of one statement: indices of one letter are one index in all of it.

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

    def lower(self, node: tree.Node) -> Tensor:
        """The value of an expression.

        Raises:
            Unclear: something that the text does not say enough of.
            Clash: sizes that do not fit.
        """
        match node:
            case tree.Number(value=value):
                return Tensor(Rational(value.numerator, value.denominator), literal=True)
            case tree.Name():
                return self.lower_name(node)
            case tree.Transposed(body=body):
                return self.lower_transposed(body)
            case tree.Group(bracket="||"):
                raise Unclear("a norm that is not squared")
            case tree.Group(bracket="|", body=body):
                inner = self.lower(body)
                return inner.plain(Abs(inner.entry))
            case tree.Group(body=body) | tree.Braced(body=body):
                return self.lower(body)
            case tree.Primed(body=body):
                return turn(self.lower(body))
            case tree.Lowered(body=body, lower=lower):
                return self.pick(self.lower(body), [read_index(s.content) for s in lower])
            case tree.Power(base=base, exponent=exponent):
                return self.lower_power(base, exponent)
            case tree.Product():
                return self.lower_product(node)
            case tree.Total(terms=terms):
                return self.lower_total(terms)
            case tree.Ratio(top=top, bottom=bottom):
                return self.divide(self.lower(top), self.lower(bottom))
            case tree.Sum():
                return self.lower_sum(node)
            case tree.Cases(rows=rows):
                return self.lower_cases(rows)
            case tree.Call():
                return self.lower_call(node)
            case tree.Derivative() | tree.Gradient():
                return self.lower_quotient(node)
            case tree.Listed(items=items) if len(items) == 2:
                return self.put_below(*map(self.lower, items))
            case tree.Matrix(rows=((first,), (second,))):
                return self.put_below(self.lower(first), self.lower(second))
        raise Unclear(f"{spell(node)} is not understood")

    # --- names ------------------------------------------------------------------------------

    def lower_name(self, name: tree.Name) -> Tensor:
        if name.base == "e" and name.upper and not name.lower:
            inner = self.lower(name.upper[0].content)
            return inner.plain(exp(inner.entry))
        if name.base in ("1", "one") and len(name.lower) == 1:
            return self.indicate(name.lower[0].content)
        size = self.size_of(name)
        if size is not None:
            return Tensor(Integer(1) if self.context.scalar else self.algebra.write(size))
        symbol = Symbol(name.base, integer=True)
        if not (name.lower or name.upper) and (symbol in self.indices or symbol in self.bound):
            return Tensor(symbol)
        if is_one(name) and not (name.lower or name.upper):
            return self.take_ones()
        reference = self.context.letters.refer(name)
        return self.raise_to(self.take(reference), reference.power)

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

    # --- operations -------------------------------------------------------------------------

    def lower_transposed(self, body: tree.Node) -> Tensor:
        if isinstance(body, tree.Call) and self.is_product(body):
            # g (W)^T: the brackets are transposed
            return self.algebra.times(
                self.lower(body.function), turn(self.lower(body.arguments[0]))
            )
        return turn(self.lower(body))

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

    def lower_power(self, base: tree.Node, exponent: tree.Node) -> Tensor:
        norm, kinds = (base.body, base.lower) if isinstance(base, tree.Lowered) else (base, ())
        if isinstance(norm, tree.Group) and norm.bracket == "||":
            if any(spell(kind.content) not in ("F", "2") for kind in kinds):
                raise Unclear("a norm that is not Euclid's")
            inner = self.lower(norm.body)
            if self.lower(exponent).entry != 2:
                raise Unclear("a norm that is not squared")
            return self.algebra.add_up(inner.plain(inner.entry**2))
        value = self.lower(base)
        if value.row is not None and value.column is not None:
            raise Unclear("a power of a matrix")
        return self.raise_to(value, exponent)

    def raise_to(self, value: Tensor, exponent: tree.Node | None) -> Tensor:
        if exponent is None:
            return value
        power = self.lower(exponent)
        if not power.is_scalar:
            raise Unclear("an exponent that is no number")
        if power.entry.is_Number and abs(power.entry) > LARGEST_EXPONENT:
            raise Unclear("an exponent that large")
        return replace(value, entry=value.entry**power.entry, quotient=None)

    def divide(self, top: Tensor, bottom: Tensor) -> Tensor:
        return self.algebra.combine(top, replace(bottom, entry=1 / bottom.entry))

    def lower_product(self, node: tree.Product) -> Tensor:
        first, *parts = split_elementwise(node)
        result = self.multiply(first)
        for part in parts:
            join = self.divide if part[0][0] == QUOTIENT else self.algebra.combine
            result = join(result, self.multiply(part))
        return result

    def multiply(self, factors: list[tuple[str, tree.Node]]) -> Tensor:
        values: list[Tensor] = []
        for sign_, factor in factors:
            value = self.lower(factor)
            if sign_ == "/" and values:
                values[-1] = self.divide(values[-1], value)
            else:
                values.append(value)
        return self.algebra.multiply(values)

    def lower_total(self, terms: tuple[tuple[str, tree.Node], ...]) -> Tensor:
        result: Tensor | None = None
        for sign_, term in terms:
            if sign_ == "±":
                raise Unclear("± says two things")
            value = self.lower(term)
            value = replace(value, entry=-value.entry if sign_ == "-" else value.entry)
            result = value if result is None else self.algebra.add(result, value)
        assert result is not None
        return result

    def put_below(self, first: Tensor, second: Tensor) -> Tensor:
        """[h, x]: one vector with the entries of both."""
        if self.context.scalar or first.is_jacobian or second.is_jacobian:
            raise Unclear("vectors in one list")
        if len(first.axes) != 1 or (first.row is None) != (second.row is None):
            raise Unclear("a list of other things than vectors")
        (one,), (other,) = first.axes, second.axes
        # of one size for all layers or times
        sizes = (Size(one.size.node), Size(other.size.node))
        node = f"{one.size.node}|{other.size.node}"
        self.context.sizes.sums.setdefault(node, sizes)
        for size in sizes:
            self.context.sizes.flatten(size)
        axis = Open(Dummy("j", integer=True), Size(node))
        length = self.algebra.write(sizes[0])
        upper = first.entry.xreplace({one.symbol: axis.symbol})
        lower = second.entry.xreplace({other.symbol: axis.symbol - length})
        entry_ = Piecewise((upper, axis.symbol <= length), (lower, True))
        return Tensor(entry_, axis) if first.row is not None else Tensor(entry_, None, axis)

    # --- sums over an index -----------------------------------------------------------------

    def lower_sum(self, node: tree.Sum) -> Tensor:
        index = node.index
        if node.kind != "sum":
            raise Unclear("a product over an index")
        if not isinstance(index, tree.Name) or index.lower or index.upper:
            raise Unclear("a sum without a plain index")
        symbol = Symbol(index.base + "'" * index.primes, integer=True)
        outer = self.indices.pop(symbol, None)
        self.bound.append(symbol)
        body = self.lower(node.body)
        self.bound.pop()
        size = self.indices.pop(symbol, None)
        if outer is not None:
            self.indices[symbol] = outer
        if self.context.scalar and (size is None or not self.is_sequence(size)):
            return replace(body, quotient=None)
        low, high = self.bounds(symbol, size, node)
        return replace(body, entry=Sum(body.entry, (symbol, low, high)), quotient=None)

    def bounds(self, symbol: Symbol, size: Size | None, node: tree.Sum) -> tuple[Expr, Expr]:
        """From where to where a sum runs: over its whole range, but layers and times as written."""
        end = self.size_of(node.high) if node.high is not None else None
        if size is not None and not self.is_sequence(size):
            if end is not None and (node.low is None or spell(node.low) in ("0", "1")):
                self.algebra.tie(size, end)
            return Integer(1), self.algebra.write(size)
        if size is not None and node.low is not None and node.high is not None:
            return read_index(node.low), self.name_last(read_index(node.high))
        if size is not None:
            return Integer(1), LAST
        if end is not None:
            return Integer(1), self.algebra.write(end)
        raise Unclear(f"the text does not say what {symbol} runs over")

    # --- cases ------------------------------------------------------------------------------

    def lower_cases(self, rows: tuple[tuple[tree.Node, tree.Node | None], ...]) -> Tensor:
        values = [self.lower(value) for value, _ in rows]
        shaped = next((v for v in values if not v.is_scalar), values[0])
        branches: list[tuple[Expr, Any]] = [
            (self.algebra.align(shaped, value).entry, self.condition(condition))
            for value, (_, condition) in zip(values, rows, strict=True)
        ]
        if branches[-1][1] is not True:
            # what no case says is not asked
            branches.append((branches[-1][0], True))
        whole = shaped.plain(Piecewise(*branches))
        # 1 and 0 are numbers for each entry of what the conditions are about
        return replace(whole, literal=all(v.literal for v in values))

    def condition(self, node: tree.Node | None) -> Any:
        """The condition of a case; None, and words, are otherwise."""
        parts = [n for n in tree.walk(node) if isinstance(n, tree.Compared)] if node else []
        if not parts:
            return True
        if len(parts) > 1 or parts[0].sign not in RELATIONS:
            raise Unclear("a condition that is not understood")
        return RELATIONS[parts[0].sign](self.compared(parts[0].left), self.compared(parts[0].right))

    def compared(self, node: tree.Node) -> Expr:
        inner = bare(node)
        if isinstance(inner, tree.Name) and inner.base in self.context.letters.survey.indices:
            return read_index(inner)
        value = self.lower(node)
        if not value.is_scalar:
            raise Unclear("a condition about a vector")
        return value.entry

    def indicate(self, condition: tree.Node) -> Tensor:
        """1 where a condition holds, else 0; of vectors entry by entry."""
        inner = bare(condition)
        if not isinstance(inner, tree.Compared) or inner.sign not in RELATIONS:
            raise Unclear("a condition that is not understood")
        names = [bare(inner.left), bare(inner.right)]
        running = self.context.letters.survey.indices
        if all(isinstance(n, tree.Name) and n.base in running for n in names):
            said = RELATIONS[inner.sign](*map(read_index, names))
            return Tensor(Piecewise((Integer(1), said), (Integer(0), True)))
        one, other = self.lower(inner.left), self.lower(inner.right)
        shaped = other if one.is_scalar else one
        said = RELATIONS[inner.sign](one.entry, self.algebra.align(one, other).entry)
        return shaped.plain(Piecewise((Integer(1), said), (Integer(0), True)))

    # --- derivatives ------------------------------------------------------------------------

    def lower_quotient(self, node: tree.Derivative | tree.Gradient) -> Tensor:
        if isinstance(node, tree.Gradient):
            if node.by is None:
                return self.lower_gradient(node.body)
            return self.differentiate(node.body, node.by)
        direct = _find_direct(node)
        if direct is not None:
            return self.differentiate(direct, node.bottom, Direct)
        if not (node.mark and node.mark_below):
            raise Unclear("a derivative in which a ∂ is missing")
        top = node.top if node.top is not None else node.body
        if top is None:
            raise Unclear("a derivative of nothing")
        return self.differentiate(top, node.bottom)

    def differentiate(
        self, top: tree.Node, bottom: tree.Node, kind: type[Partial | Direct] = Partial
    ) -> Tensor:
        """∂X/∂Y, in all that X depends on."""
        if isinstance(top, tree.Name) and self.is_bare_function(top):
            primed = replace(top, primes=top.primes + 1)
            return self.apply(primed, (bottom,))
        upper, upper_part = self.name_part(top)
        lower, lower_part = self.name_part(bottom)
        quotient = Quotient(upper_part, lower_part, upper.axes, lower.axes)
        return self.algebra.place(kind(upper.entry, lower.entry), quotient)

    def is_bare_function(self, name: tree.Name) -> bool:
        return self.context.ranking.is_function(name) and not (name.lower or name.upper)

    def name_part(self, node: tree.Node) -> tuple[Tensor, Part]:
        """What is differentiated, or by what: an array, or an expression by a name of its own."""
        inner = bare(node)
        if (
            isinstance(inner, tree.Call)
            and isinstance(inner.function, tree.Name)
            and not self.context.ranking.is_function(inner.function)
        ):
            inner = inner.function  # C(a, y): the cost with what it depends on
        if isinstance(inner, tree.Name) and inner.base != "e":
            reference = self.context.letters.refer(inner)
            if reference.power is not None:
                raise Unclear("the derivative of a power")
            value = self.take(reference)
            name = name_of(value.entry)
            return value, ((name,) if name == self.context.cost else self.part(value, name))
        value = self.lower(inner)
        axes = {a.symbol for a in value.axes}
        known = {*self.indices, *self.bound, *axes}
        free = tuple(sorted((s for s in value.entry.free_symbols if s in known), key=str))
        name = f"_{len(self.asides)}"
        self.asides[name] = value, free
        named = replace(value, entry=entry(name, free))
        return named, (name, *(None if s in axes else s for s in free))

    def lower_gradient(self, body: tree.Node) -> Tensor:
        """∇W and dW are the gradient of the cost by W."""
        lower, part = self.name_part(body)
        cost = self.context.find_cost(str(part[0]))
        quotient = Quotient((cost,), part, (), lower.axes)
        slope = Partial(Symbol(cost), lower.entry) * self.count_samples(lower)
        return self.algebra.place(slope, quotient)

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
        rank = self.context.ranking.rank_of(family.name)
        if rank == COLUMN:
            return not self.context.scalar and not self.is_shared(Size(f"{family.name}.row"))
        return rank in (MATRIX, ROW)

    # --- functions --------------------------------------------------------------------------

    def lower_call(self, call: tree.Call) -> Tensor:
        name = call.function
        if _is_indicator(call):
            return self.indicate(call.arguments[0])
        if not isinstance(name, tree.Name):
            raise Unclear("a function that is no name")
        if self.context.ranking.is_function(name):
            exponent = _find_exponent(name)
            value = self.apply(name, call.arguments)
            return value if exponent is None else self.raise_to(value, exponent)
        if name.base == "d" and len(call.arguments) == 1:
            return self.lower_gradient(call.arguments[0])
        if self.is_product(call) and not call.certain:
            return self.algebra.times(self.lower_name(name), self.lower(call.arguments[0]))
        return self.lower_name(name)

    def is_product(self, call: tree.Call) -> bool:
        """Whether a name before brackets is a factor."""
        return (
            isinstance(call.function, tree.Name)
            and not self.context.ranking.is_function(call.function)
            and len(call.arguments) == 1
            and call.function.base != "d"
        )

    def apply(self, name: tree.Name, arguments: tuple[tree.Node, ...]) -> Tensor:
        if name.base in SUMS:
            return self.sum_up(arguments)
        values = [self.lower(a) for a in arguments]
        if name.base in ("max", "min") and values:
            return self.take_extreme(Max if name.base == "max" else Min, values)
        if name.base in self.context.losses and not name.primes:
            return self.lose(name.base, values)
        if name.base == "diag" and len(values) == 1:
            return self.take_diagonal(values[0])
        if len(values) != 1 or values[0].is_jacobian:
            raise Unclear(f"{name.base} of what stands here is not understood")
        (value,) = values
        if name.base == "softmax":
            return self.take_softmax(value)
        return value.plain(self.function(name)(value.entry))

    def sum_up(self, arguments: tuple[tree.Node, ...]) -> Tensor:
        """sum(X), and np.sum(dZ, axis=1, keepdims=True): over all entries, or along one axis."""
        value = self.lower(arguments[0])
        if value.is_jacobian:
            raise Unclear("the sum of a derivative of an array by an array")
        named = [a for a in arguments[1:] if isinstance(a, tree.Compared)]
        numbers = [int(a.right.value) for a in named if isinstance(a.right, tree.Number)]
        if self.context.scalar:
            return value
        if not arguments[1:] or len(value.axes) < 2:
            return self.algebra.add_up(value)
        if len(numbers) != 1 or numbers[0] not in (-1, 0, 1):
            raise Unclear("along which axis is summed is not said")
        axis = value.row if numbers[0] == 0 else value.column
        assert axis is not None
        row, column = (None if a is axis else a for a in (value.row, value.column))
        return Tensor(self.algebra.sum_over(value.entry, axis), row, column, either=True)

    def take_diagonal(self, value: Tensor) -> Tensor:
        """diag(v): the entries of v on the diagonal of a matrix."""
        if self.context.scalar:
            return value
        if value.is_jacobian or len(value.axes) != 1:
            raise Unclear("diag of what is no vector")
        (row,) = value.axes
        column = Open(Dummy("k", integer=True), row.size)
        return Tensor(value.entry * KroneckerDelta(row.symbol, column.symbol), row, column)

    def lose(self, name: str, values: list[Tensor]) -> Tensor:
        """L(a, y) by its formula; of vectors, the sum over their entries."""
        parameters, formula = self.context.losses[name]
        if len(parameters) != len(values):
            raise Unclear(f"{name} has other arguments where it is defined")
        first = max(values, key=lambda v: len(v.axes))
        aligned = [self.algebra.align(first, v).entry for v in values]
        loss = formula.xreplace(dict(zip(parameters, aligned, strict=True)))
        return self.algebra.add_up(first.plain(loss))

    def take_extreme(self, function: Any, values: list[Tensor]) -> Tensor:
        result = values[0]
        for value in values[1:]:
            aligned = self.algebra.align(result, value)
            shaped = value if result.is_scalar else result
            result = shaped.plain(function(result.entry, aligned.entry))
        return result

    def take_softmax(self, value: Tensor) -> Tensor:
        axis = value.row if value.column is None else value.column
        if axis is None and self.context.scalar:
            # one class is certain
            return value.plain(Integer(1))
        samples = self.find_sample_axis(value) if len(value.axes) == 2 else None
        if samples is not None:
            axis = value.row if samples is value.column else value.column
        if axis is None:
            raise Unclear("softmax of a number")
        other = Dummy("k", integer=True)
        term = value.entry.xreplace({axis.symbol: other})
        high = self.algebra.write(axis.size)
        return value.plain(Softmax(value.entry, term, other, Integer(1), high))

    def function(self, name: tree.Name) -> Any:
        known = self.context.functions(name)
        if known is not None:
            return known
        row = FUNCTIONS.get(name.base)
        if isinstance(row, Primitive):
            if name.primes > 1:
                raise Unclear(f"the second derivative of {name.base}")
            return _differentiate(row) if name.primes else row.make
        if row is not None and row.varies:
            raise Unclear(f"{name.base} is defined in several ways: say what it is")
        if row is None or row.formula is None:
            return name_function(name.base, None, name.primes)
        return name_function(row.name, row.formula, name.primes)


def _find_direct(node: tree.Derivative) -> tree.Node | None:
    """f of ∂⁺f/∂q, the derivative by q where f is written with it, and nowhere else."""
    if node.mark or not node.mark_below or not isinstance(node.top, tree.Product):
        return None
    first, *rest = node.top.factors
    is_marked = isinstance(first, tree.Name) and (first.base, first.star) == ("partial", "+")
    return rest[0] if is_marked and len(rest) == 1 else None


def _is_shared(node: str) -> bool:
    """Whether a size is that of a weight or a bias."""
    return re.split(r"[._^,|~]", node.rpartition(":")[2])[0] in SHARED


def _differentiate(row: Primitive) -> Callable[[Expr], Expr]:
    return lambda argument: row.differentiate(argument, row.make(argument))


def _is_indicator(call: tree.Call) -> bool:
    """1(i = j), I(z > 0)."""
    name = call.function
    one = isinstance(name, tree.Number) and name.value == 1
    letter = isinstance(name, tree.Name) and name.base in INDICATORS
    compares = len(call.arguments) == 1 and isinstance(bare(call.arguments[0]), tree.Compared)
    return (one or letter) and compares


def _find_exponent(name: tree.Name) -> tree.Number | None:
    """2 of tanh^2(z); a number in brackets, as of f^{(2)}, is a layer.

    Raises:
        Unclear: sin^{-1}(z), which may be 1/sin(z) or the inverse function.
    """
    if len(name.upper) != 1 or name.upper[0].bracket:
        return None
    inner = bare(name.upper[0].content)
    if isinstance(inner, tree.Total):
        raise Unclear(f"whether {name.base} with this exponent is a power is not said")
    return inner if isinstance(inner, tree.Number) and inner.value > 1 else None
