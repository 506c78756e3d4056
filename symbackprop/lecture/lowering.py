"""From a tree to an indexed expression: axes that the formula leaves open, and one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import (
    Abs,
    Dummy,
    Expr,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Eq,
    Ne,
    Piecewise,
    Ge,
    Gt,
    Le,
    Lt,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    sign,
    sqrt,
)
from sympy import cos, cosh, erf, sin, sinh, tan, tanh, atan

from symbackprop.equations import entry
from symbackprop.functions import Softmax, name_function
from symbackprop.lecture.letters import Letters, Reference, Unclear, read_index, spell
from symbackprop.lecture.ranks import (
    COLUMN,
    MATRIX,
    ROW,
    SCALAR,
    Ranking,
    is_one,
    split_elementwise,
)
from symbackprop.lecture.sizes import Clash, Size, Sizes
from symbackprop.lecture.survey import bare
from symbackprop.partials import Partial
from symbackprop.reading import tree

FUNCTIONS: dict[str, Any] = {
    "exp": exp, "log": log, "ln": log, "sin": sin, "cos": cos, "tan": tan, "sinh": sinh,
    "cosh": cosh, "tanh": tanh, "atan": atan, "arctan": atan, "sqrt": sqrt, "abs": Abs,
    "sign": sign, "erf": erf,
}


LAST = Symbol("L", integer=True)
RELATIONS: dict[str, Any] = {
    "=": Eq, "!=": Ne, "neq": Ne, "ne": Ne, ">": Gt, "<": Lt, "geq": Ge, "leq": Le, "ge": Ge,
    "le": Le,
}


@dataclass(frozen=True)
class Open:
    """An axis that a formula leaves open: its index and how long it is."""

    symbol: Symbol
    size: Size


@dataclass(frozen=True)
class Quotient:
    """That a value is a derivative: of what, by what, and the open axes of both."""

    top: Any
    bottom: Any
    top_axes: tuple[Open, ...] = ()
    bottom_axes: tuple[Open, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """The entry of a value at its open axes: a row and a column index, each or none."""

    entry: Expr
    row: Open | None = None
    column: Open | None = None
    quotient: Quotient | None = None
    literal: bool = False
    # a gradient by a vector is written as a column or as a row
    either: bool = False

    @property
    def axes(self) -> tuple[Open, ...]:
        found = [a for a in (self.row, self.column) if a is not None]
        if self.is_jacobian and self.quotient is not None:
            found += [*self.quotient.top_axes, *self.quotient.bottom_axes]
        return tuple(found)

    @property
    def is_jacobian(self) -> bool:
        q = self.quotient
        return q is not None and bool(q.top_axes) and bool(q.bottom_axes)

    @property
    def is_scalar(self) -> bool:
        return not self.axes


@dataclass
class Context:
    """What lowering needs to know of a text."""

    letters: Letters
    ranking: Ranking
    sizes: Sizes
    # sizes that clash are made one while definitions are read, and refused in claims
    strict: bool = False
    # one neuron per layer: indices of components and sums over them are gone
    scalar: bool = False
    # errors by name: delta --> (cost, z)
    adjoints: dict[str, tuple[str, str]] = field(default_factory=dict)
    cost: str | None = None
    functions: Callable[[tree.Name], Any] | None = None
    rename: dict[str, Expr] = field(default_factory=dict)
    # expressions that are differentiated, by a name of their own
    aside: dict[str, Expr] = field(default_factory=dict)

    def size_of(self, name: tree.Node) -> Size | None:
        """The size that a name stands for, where sums run to it: n_L, m, K."""
        inner = bare(name)
        if not isinstance(inner, tree.Name) or inner.accent or inner.primes:
            return None
        plain = spell(inner)
        stem = plain.split("_")[0]
        if plain not in self.letters.survey.lasts and stem not in self.letters.survey.lasts:
            return None
        if self.letters.survey.is_sequence_end(plain):
            return None
        if inner.lower and not inner.upper:
            try:
                return Size(f"size:{stem}", read_index(inner.lower[0].content))
            except Unclear:
                return None
        return None if inner.upper else Size(f"size:{plain}")


class Lowerer:
    """Lowers the sides of one statement: indices of one letter are one index in all of it."""

    def __init__(self, context: Context, last: Expr = LAST) -> None:
        self.context = context
        # what is said of the last layer may be meant of every one
        self.last_place = last
        self.indices: dict[Symbol, Size] = {}
        self.reads: list[tuple[str, tuple[Expr, ...]]] = []
        self.bound: list[Symbol] = []

    # --- sizes ------------------------------------------------------------------------------

    def size_of(self, node: tree.Node) -> Size | None:
        """The size that a name stands for, at a layer as this statement counts them."""
        size = self.context.size_of(node)
        return size if size is None or size.at is None else Size(size.node, self.last(size.at))

    def tie(self, one: Size, other: Size) -> None:
        if self.context.scalar:
            return
        sizes = self.context.sizes
        if sizes.are_one(one, other):
            return
        if self.context.strict:
            a, b = sizes.resolve(one), sizes.resolve(other)
            if a.node != b.node and (sizes.is_free(a) or sizes.is_free(b)):
                sizes.join(a, b)
                return
            raise Clash(f"{sizes.write(a)} and {sizes.write(b)}")
        sizes.join(one, other)

    def tie_index(self, index: Expr, size: Size) -> None:
        """j in w_{jk} and in a_j runs over one range; l - 1 runs over that of l."""
        running = self.context.letters.survey.indices
        symbols = [s for s in index.free_symbols if s.name in running or s == self.last_place]
        symbols = [s for s in symbols if s != LAST]
        if len(symbols) != 1:
            return
        symbol = symbols[0]
        if symbol not in self.indices:
            self.indices[symbol] = size
        elif not self.is_sequence(size):
            self.tie(self.indices[symbol], size)

    # --- expressions ------------------------------------------------------------------------

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
            case tree.Transposed(body=tree.Call() as call) if self.is_product(call):
                # g (W)^T: the brackets are transposed
                return self.times(
                    self.lower(call.function), self.turn(self.lower(call.arguments[0]))
                )
            case tree.Transposed(body=body):
                return self.turn(self.lower(body))
            case tree.Group(bracket="||"):
                raise Unclear("a norm is understood where it is squared")
            case tree.Group(bracket="|", body=body):
                inner = self.lower(body)
                return replace(inner, entry=Abs(inner.entry), quotient=None)
            case tree.Group(body=body) | tree.Braced(body=body):
                return self.lower(body)
            case tree.Power(base=base, exponent=exponent):
                return self.lower_power(base, exponent)
            case tree.Product():
                return self.lower_product(node)
            case tree.Total(terms=terms):
                return self.lower_total(terms)
            case tree.Ratio(top=top, bottom=bottom):
                one, other = self.lower(top), self.lower(bottom)
                return self.combine(one, replace(other, entry=1 / other.entry))
            case tree.Sum():
                return self.lower_sum(node)
            case tree.Derivative(top=top, bottom=bottom, body=body):
                upper = top if top is not None else body
                if upper is None:
                    raise Unclear("a derivative of nothing")
                return self.lower_derivative(upper, bottom)
            case tree.Gradient(body=body, by=by) if by is not None:
                return self.lower_derivative(body, by)
            case tree.Gradient(body=body):
                return self.lower_gradient(body)
            case tree.Call():
                return self.lower_call(node)
            case tree.Lowered(body=body, lower=lower):
                return self.pick(self.lower(body), [read_index(s.content) for s in lower])
            case tree.Primed(body=body):
                return self.turn(self.lower(body))
            case tree.Cases(rows=rows):
                return self.lower_cases(rows)
        raise Unclear(f"{spell(node)} is not understood")

    def pick(self, value: Tensor, indices: list[Expr]) -> Tensor:
        """The entry of a value in brackets: (W a)_j."""
        axes = value.axes
        if value.is_jacobian or len(indices) != len(axes):
            if self.context.scalar:
                return value
            raise Unclear("an index below brackets")
        mapping: dict[Expr, Expr] = {}
        for axis, index in zip(axes, indices, strict=True):
            self.tie_index(index, axis.size)
            mapping[axis.symbol] = index
        return Tensor(value.entry.xreplace(mapping), quotient=None)

    def lower_cases(self, rows: tuple[tuple[tree.Node, tree.Node | None], ...]) -> Tensor:
        result: Tensor | None = None
        branches: list[tuple[Expr, Any]] = []
        for node, condition in rows:
            value = self.lower(node)
            if result is None or (result.is_scalar and not value.is_scalar):
                result = value
            else:
                value = self.align(result, value)
            branches.append((value.entry, self.condition(condition)))
        assert result is not None
        if branches[-1][1] is not True:
            # what no case says is not asked
            branches.append((branches[-1][0], True))
        return replace(result, entry=Piecewise(*branches), quotient=None, literal=False)

    def condition(self, node: tree.Node | None) -> Any:
        """A condition of a case; None is otherwise."""
        if node is None:
            return True
        match bare(node):
            case tree.Compared(left=left, sign=sign_, right=right) if sign_ in RELATIONS:
                one, other = self.compared(left), self.compared(right)
                return RELATIONS[sign_](one, other)
            case tree.Words() | tree.Product() as words if not any(
                isinstance(n, tree.Compared) for n in tree.walk(words)
            ):
                return True
            case tree.Product(factors=factors):
                conditions = [f for f in factors if isinstance(f, tree.Compared)]
                if len(conditions) == 1:
                    return self.condition(conditions[0])
        raise Unclear("a condition that is not understood")

    def compared(self, node: tree.Node) -> Expr:
        inner = bare(node)
        if isinstance(inner, tree.Name) and inner.base in self.context.letters.survey.indices:
            return read_index(inner)
        value = self.lower(node)
        if not value.is_scalar:
            raise Unclear("a condition about a vector")
        return value.entry

    def indicate(self, condition: tree.Node) -> Tensor:
        """1 where a condition holds, else 0."""
        inner = bare(condition)
        if isinstance(inner, tree.Compared) and inner.sign in RELATIONS:
            try:
                said = self.condition(inner)
            except Unclear:
                one, other = self.lower(inner.left), self.lower(inner.right)
                aligned = self.align(one, other)
                bigger = one if not one.is_scalar else other
                said = RELATIONS[inner.sign](one.entry, aligned.entry)
                return replace(bigger, entry=Piecewise((1, said), (0, True)), quotient=None,
                               literal=False)
            return Tensor(Piecewise((Integer(1), said), (Integer(0), True)))
        raise Unclear("a condition that is not understood")

    def lower_name(self, name: tree.Name) -> Tensor:
        if name.base == "e" and name.upper and not name.lower:
            (script,) = name.upper
            inner = self.lower(script.content)
            return replace(inner, entry=exp(inner.entry), quotient=None, literal=False)
        if name.base in ("1", "one") and len(name.lower) == 1:
            return self.indicate(name.lower[0].content)
        size = self.size_of(name)
        if size is not None:
            return Tensor(Integer(1) if self.context.scalar else self.context.sizes.write(size))
        if not name.lower and not name.upper and name.base in self.context.letters.survey.indices:
            symbol = Symbol(name.base, integer=True)
            if symbol in self.indices or symbol in self.bound:
                return Tensor(symbol)
        reference = self.context.letters.refer(name)
        return self.raise_to(self.take(reference), reference.power)

    def take(self, reference: Reference) -> Tensor:
        """The entry of an array, with the axes that are left out."""
        if reference.family.name in self.context.adjoints:
            return self.take_error(reference)
        family = reference.family
        if self.context.scalar:
            return self.take_number(reference)
        always = tuple(self.end(reference, n) for n in range(family.always))
        layer = always[0] if always else None
        rank = self.context.ranking.rank_of(family.name)
        if family.letter.base == "delta" and len(family.slots) == 2 and family.always == 2 and all(
            s.place == "lower" for s in family.slots
        ):
            one, other = always
            return Tensor(KroneckerDelta(one, other))
        for number, index in enumerate(always):
            self.tie_index(index, Size(f"{family.name}.{number}", layer if number else None))
        row = column = None
        found: list[Expr] = list(always)
        if family.components:
            nodes = [f"{family.name}.{n}" for n in range(family.always, len(family.slots))]
            written = reference.indices[family.always :]
            for position, (node, index) in enumerate(zip(nodes, written, strict=True)):
                size = Size(node, layer)
                if index is not None:
                    self.tie_index(index, size)
                    found.append(index)
                    continue
                axis = Open(Dummy("jk"[position % 2], integer=True), size)
                found.append(axis.symbol)
                is_column = position == 1 or (family.components == 1 and rank == ROW)
                row, column = (row, axis) if is_column else (axis, column)
        else:
            if rank in (COLUMN, MATRIX):
                row = Open(Dummy("j", integer=True), Size(f"{family.name}.row", layer))
            if rank in (ROW, MATRIX):
                column = Open(Dummy("k", integer=True), Size(f"{family.name}.column", layer))
            found += [a.symbol for a in (row, column) if a is not None]
        self.reads.append((family.name, tuple(found)))
        value = self.context.rename.get(family.name) if not found else None
        return Tensor(value or entry(family.name, found), row, column)

    def end(self, reference: Reference, number: int) -> Expr:
        """An index; the last layer, whatever the text calls it, is one symbol."""
        index = reference.indices[number]
        assert index is not None
        family = reference.family
        if family.slots[number] not in self.context.letters.sequences.get(family.letter, ()):
            return index
        running = self.context.letters.survey.indices
        return index.xreplace(
            {
                s: self.last_place
                for s in index.free_symbols
                if s.name not in running and s not in self.bound
            }
        )

    def take_number(self, reference: Reference) -> Tensor:
        """The one number that an array is where every layer has one neuron."""
        family = reference.family
        sequences = self.context.letters.sequences.get(family.letter, frozenset())
        kept: list[Expr] = []
        for number, (slot, index) in enumerate(zip(family.slots, reference.indices, strict=True)):
            if index is not None and slot in sequences:
                index = self.end(reference, number)
                self.tie_index(index, Size(f"{family.name}.{number}"))
                kept.append(index)
        self.reads.append((family.name, tuple(kept)))
        return Tensor(entry(family.name, kept))

    def take_error(self, reference: Reference) -> Tensor:
        """δ^l_j is ∂C/∂z^l_j."""
        cost, by = self.context.adjoints[reference.family.name]
        family = self.context.letters.families[by]
        missing = len(family.slots) - len(reference.indices)
        if missing < 0:
            raise Unclear(f"{reference.family.name} has more indices than {by}")
        inner = self.take(replace(reference, family=family, indices=(
            *reference.indices, *(None,) * missing)))
        found = list(getattr(inner.entry, "indices", ()))
        always = tuple(found if self.context.scalar else found[: family.always])
        key = self._key(by, always, inner.axes, found)
        value = Partial(Symbol(cost), inner.entry)
        return self.place(value, Quotient(cost, key, (), inner.axes))

    @staticmethod
    def _key(
        name: str, always: tuple[Expr, ...], axes: tuple[Open, ...], found: list[Expr]
    ) -> tuple[Any, ...]:
        symbols = {a.symbol for a in axes}
        return (name, always, tuple(None if i in symbols else i for i in found[len(always) :]))

    def turn(self, value: Tensor) -> Tensor:
        quotient = value.quotient
        if value.is_jacobian and quotient is not None:
            raise Unclear("a transposed Jacobian")
        return replace(value, row=value.column, column=value.row)

    def raise_to(self, value: Tensor, exponent: tree.Node | None) -> Tensor:
        if exponent is None:
            return value
        power = self.lower(exponent)
        if not power.is_scalar:
            raise Unclear("an exponent that is no number")
        return replace(value, entry=value.entry**power.entry, quotient=None)

    def lower_power(self, base: tree.Node, exponent: tree.Node) -> Tensor:
        if isinstance(base, tree.Group) and base.bracket == "||":
            power = self.lower(exponent)
            inner = self.lower(base.body)
            if power.entry != 2:
                raise Unclear("a norm that is not squared")
            return self.add_up(replace(inner, entry=inner.entry**2, quotient=None, literal=False))
        value = self.lower(base)
        if value.row is not None and value.column is not None:
            raise Unclear("a power of a matrix")
        return self.raise_to(value, exponent)

    def add_up(self, value: Tensor) -> Tensor:
        total = value.entry
        for axis in value.axes:
            total = self.sum_over(total, axis)
        return Tensor(total)

    def sum_over(self, body: Expr, axis: Open) -> Expr:
        return Sum(body, (axis.symbol, Integer(1), self.context.sizes.write(axis.size)))

    # --- products and sums ------------------------------------------------------------------

    def lower_product(self, node: tree.Product) -> Tensor:
        parts = [self.multiply(part) for part in split_elementwise(node)]
        result = parts[0]
        for part in parts[1:]:
            result = self.combine(result, part)
        return result

    def multiply(self, factors: list[tuple[str, tree.Node]]) -> Tensor:
        values: list[Tensor] = []
        for sign_, factor in factors:
            value = self.lower(factor)
            if sign_ == "/":
                if not values:
                    raise Unclear("a division by nothing")
                values[-1] = self.combine(values[-1], replace(value, entry=1 / value.entry))
                continue
            values.append(value)
        values = self.contract_chains(values)
        result = values[0]
        for value in values[1:]:
            result = self.times(result, value)
        return result

    def contract_chains(self, values: list[Tensor]) -> list[Tensor]:
        """Neighbouring derivatives that share the quantity in the middle, in either order."""
        position = 0
        while position + 1 < len(values):
            one, other = values[position : position + 2]
            merged = self.link(one, other) or self.link(other, one)
            if merged is None:
                position += 1
            else:
                values[position : position + 2] = [merged]
                position = max(position - 1, 0)
        return values

    def link(self, outer: Tensor, inner: Tensor) -> Tensor | None:
        a, b = outer.quotient, inner.quotient
        if a is None or b is None or a.bottom != b.top or not a.bottom_axes:
            return None
        mapping = {y.symbol: x.symbol for x, y in zip(a.bottom_axes, b.top_axes, strict=True)}
        for x, y in zip(a.bottom_axes, b.top_axes, strict=True):
            self.tie(x.size, y.size)
        total = outer.entry * inner.entry.xreplace(mapping)
        for axis in a.bottom_axes:
            total = self.sum_over(total, axis)
        quotient = Quotient(a.top, b.bottom, a.top_axes, b.bottom_axes)
        return self.place(total, quotient)

    def place(self, total: Expr, quotient: Quotient) -> Tensor:
        """A derivative with its axes as row and column where it is a gradient."""
        if quotient.top_axes and quotient.bottom_axes:
            return Tensor(total, quotient=quotient)
        axes = quotient.bottom_axes or quotient.top_axes
        if len(axes) > 2:
            raise Unclear("a derivative with more than two axes")
        row = axes[0] if axes else None
        column = axes[1] if len(axes) > 1 else None
        either = len(axes) == 1 and bool(quotient.bottom_axes)
        return Tensor(total, row, column, quotient, either=either)

    def times(self, left: Tensor, right: Tensor) -> Tensor:
        """The product of two values side by side."""
        if left.is_scalar or right.is_scalar:
            product_ = left.entry * right.entry
            bigger = right if left.is_scalar else left
            smaller = left if left.is_scalar else right
            keeps = bigger.quotient if smaller.literal else None
            if keeps is None and bigger.is_jacobian:
                keeps = bigger.quotient
            return replace(bigger, entry=product_, quotient=keeps,
                           literal=left.literal and right.literal)
        if left.is_jacobian or right.is_jacobian:
            return self.times_jacobian(left, right)
        left, right = self.lay(left, right)
        if left.column is not None and right.row is not None:
            self.tie(left.column.size, right.row.size)
            body = left.entry * right.entry.xreplace({right.row.symbol: left.column.symbol})
            return Tensor(self.sum_over(body, left.column), left.row, right.column)
        if left.column is None and right.row is None:
            return Tensor(left.entry * right.entry, left.row, right.column)
        raise Clash(f"{self.shape(left)}{self.shape(right)}")

    def lay(self, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
        """Lay gradients as rows or columns so that they can be multiplied."""

        def fits(a: Tensor, b: Tensor) -> bool:
            if a.column is not None and b.row is not None:
                return self.context.sizes.are_one(a.column.size, b.row.size)
            return a.column is None and b.row is None

        for a in (left, self.turn(left)) if left.either else (left,):
            for b in (right, self.turn(right)) if right.either else (right,):
                if fits(a, b):
                    return replace(a, either=False), replace(b, either=False)
        return left, right

    def times_jacobian(self, left: Tensor, right: Tensor) -> Tensor:
        jacobian, other = (left, right) if left.is_jacobian else (right, left)
        q = jacobian.quotient
        assert q is not None
        if other.is_jacobian:
            raise Unclear("two Jacobians that share no quantity")
        (axis, *more) = other.axes
        if more:
            raise Unclear("a Jacobian times a matrix")
        if len(q.top_axes) != 1:
            raise Unclear("a Jacobian of a matrix")
        (top,) = q.top_axes
        self.tie(top.size, axis.size)
        total = self.sum_over(jacobian.entry * other.entry.xreplace({axis.symbol: top.symbol}), top)
        bottom = q.bottom_axes
        if len(bottom) > 2:
            raise Unclear("a derivative with more than two axes")
        return Tensor(total, bottom[0], bottom[1] if len(bottom) > 1 else None)

    def combine(self, left: Tensor, right: Tensor) -> Tensor:
        """Entry by entry; a number goes with every entry."""
        if left.is_jacobian or right.is_jacobian:
            if not (left.is_scalar or right.is_scalar):
                return self.times_jacobian(left, right)
        aligned = self.align(left, right)
        result = left if not left.is_scalar else right
        either = left.either and right.either
        return replace(
            result, entry=left.entry * aligned.entry, quotient=None, literal=False, either=either
        )

    def align(self, left: Tensor, right: Tensor) -> Tensor:
        """The right value with the axes of the left; a number fits everywhere."""
        if left.is_scalar or right.is_scalar:
            return right
        if (left.either or right.either) and (left.row is None) != (right.row is None):
            right = self.turn(right)
        mapping: dict[Symbol, Symbol] = {}
        for one, other in ((left.row, right.row), (left.column, right.column)):
            if (one is None) != (other is None):
                raise Clash(f"{self.shape(left)} and {self.shape(right)}")
            if one is not None and other is not None:
                self.tie(one.size, other.size)
                mapping[other.symbol] = one.symbol
        return replace(
            right, entry=right.entry.xreplace(mapping), row=left.row, column=left.column
        )

    def lower_total(self, terms: tuple[tuple[str, tree.Node], ...]) -> Tensor:
        result: Tensor | None = None
        for sign_, term in terms:
            value = self.lower(term)
            signed = -value.entry if sign_ == "-" else value.entry
            if sign_ == "±":
                raise Unclear("±")
            value = replace(value, entry=signed)
            result = value if result is None else self.add(result, value)
        assert result is not None
        return result

    def add(self, left: Tensor, right: Tensor) -> Tensor:
        if left.is_jacobian and right.is_jacobian:
            right = self.align_jacobians(left, right)
            return replace(left, entry=left.entry + right.entry)
        if left.is_scalar or right.is_scalar:
            if not (left.is_scalar and right.is_scalar):
                small = left if left.is_scalar else right
                if not self.is_broadcast(small):
                    raise Clash(f"{self.shape(left)} and {self.shape(right)}")
            bigger = right if left.is_scalar else left
            return replace(
                bigger, entry=left.entry + right.entry, quotient=None,
                literal=left.literal and right.literal,
            )
        if self._is_bias(left, right):
            left, right = right, left
        if self._is_bias(right, left):
            assert right.row is not None and left.row is not None
            self.tie(left.row.size, right.row.size)
            moved = right.entry.xreplace({right.row.symbol: left.row.symbol})
            return replace(left, entry=left.entry + moved, quotient=None)
        right = self.align(left, right)
        quotient = None
        if left.quotient and right.quotient and left.quotient.bottom == right.quotient.bottom:
            quotient = left.quotient
        return replace(left, entry=left.entry + right.entry, quotient=quotient)

    @staticmethod
    def _is_bias(small: Tensor, big: Tensor) -> bool:
        """A column that is added to every column of a matrix."""
        return (
            small.row is not None and small.column is None
            and big.row is not None and big.column is not None
        )

    def is_broadcast(self, value: Tensor) -> bool:
        """Whether a number may be added to every entry: 1 - a, and any number without indices."""
        return True

    def lower_sum(self, node: tree.Sum) -> Tensor:
        if node.kind != "sum":
            raise Unclear("a product over an index")
        index = node.index
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
        sequence = size is not None and self.is_sequence(size)
        if size is not None and not sequence:
            end = self.size_of(node.high) if node.high is not None else None
            if end is not None and (node.low is None or spell(node.low) in ("0", "1")):
                self.tie(size, end)
            return Integer(1), self.context.sizes.write(size)
        if node.low is not None and node.high is not None and size is not None:
            return read_index(node.low), self.last(read_index(node.high))
        if size is not None:
            return Integer(1), self.context_last(size)
        end = self.size_of(node.high) if node.high is not None else None
        if end is not None:
            return Integer(1), self.context.sizes.write(end)
        raise Unclear(f"what {symbol} runs over")

    def is_sequence(self, size: Size) -> bool:
        return self.context.sizes.resolve(Size(size.node)).node in self.context.sizes.layered

    def context_last(self, size: Size) -> Expr:
        return LAST

    def last(self, bound: Expr) -> Expr:
        running = self.context.letters.survey.indices
        return bound.xreplace(
            {
                s: self.last_place
                for s in bound.free_symbols
                if s.name not in running and s not in self.bound
            }
        )

    # --- derivatives and functions ----------------------------------------------------------

    def lower_derivative(self, top: tree.Node, bottom: tree.Node) -> Tensor:
        upper, top_key = self.name_part(top)
        lower, bottom_key = self.name_part(bottom)
        if isinstance(top, tree.Name) and self.context.ranking.is_function(top) and not (
            top.lower or top.upper
        ):
            return self.lower_call(
                tree.Call(top.span, replace(top, primes=top.primes + 1), (bottom,))
            )
        quotient = Quotient(top_key, bottom_key, upper.axes, lower.axes)
        mapping = {}
        clash = {a.symbol for a in upper.axes} & {a.symbol for a in lower.axes}
        assert not clash, mapping
        return self.place(Partial(upper.entry, lower.entry), quotient)

    def name_part(self, node: tree.Node) -> tuple[Tensor, Any]:
        inner = bare(node)
        if isinstance(inner, tree.Call) and not inner.certain and isinstance(
            inner.function, tree.Name
        ):
            inner = inner.function  # C(a, y): the cost with what it depends on
        if isinstance(inner, tree.Name):
            if self.context.ranking.is_function(inner):
                return Tensor(Symbol(inner.base)), inner.base
            reference = self.context.letters.refer(inner)
            if reference.power is not None:
                raise Unclear("the derivative of a power")
            value = self.take(reference)
            always = tuple(self.end(reference, n) for n in range(reference.family.always))
            found = [
                *always,
                *(
                    i
                    for i in (
                        value.entry.indices[len(always) :] if hasattr(value.entry, "indices") else ()
                    )
                ),
            ]
            if reference.family.name == self.context.cost:
                return value, self.context.cost
            if self.context.scalar:
                return value, self._key(
                    reference.family.name, tuple(getattr(value.entry, "indices", ())), (), [])
            return value, self._key(reference.family.name, always, value.axes, found)
        value = self.lower(inner)
        return self.put_aside(value)

    def put_aside(self, value: Tensor) -> tuple[Tensor, Any]:
        """An expression that is differentiated gets a name of its own."""
        free = sorted(
            (s for s in value.entry.free_symbols if s in self.indices or s in self.bound
             or s in {a.symbol for a in value.axes}),
            key=str,
        )
        name = f"_{len(self.context.aside)}"
        self.context.aside[name] = value.entry
        self.asides = getattr(self, "asides", {})
        self.asides[name] = (value.entry, tuple(free), value.axes)
        return replace(value, entry=entry(name, free)), (name, tuple(free))

    def lower_gradient(self, body: tree.Node) -> Tensor:
        """∇W is the gradient of the cost by W."""
        if self.context.cost is None:
            raise Unclear("what is differentiated")
        lower, key = self.name_part(body)
        quotient = Quotient(self.context.cost, key, (), lower.axes)
        return self.place(Partial(Symbol(self.context.cost), lower.entry), quotient)

    def lower_call(self, call: tree.Call) -> Tensor:
        name = call.function
        if isinstance(name, tree.Number) and name.value == 1 and len(call.arguments) == 1:
            return self.indicate(call.arguments[0])
        if isinstance(name, tree.Name) and name.base in ("1", "one", "I", "H") and len(
            call.arguments
        ) == 1 and isinstance(bare(call.arguments[0]), tree.Compared):
            return self.indicate(call.arguments[0])
        if not isinstance(name, tree.Name):
            raise Unclear("a function that is no name")
        if self.context.ranking.is_function(name):
            return self.apply(name, call.arguments)
        if name.base == "d" and len(call.arguments) == 1:
            return self.lower_gradient(call.arguments[0])
        if not call.certain and len(call.arguments) == 1:
            return self.times(self.lower_name(name), self.lower(call.arguments[0]))
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
        values = [self.lower(a) for a in arguments]
        if name.base in ("max", "min"):
            result = values[0]
            function = Max if name.base == "max" else Min
            for value in values[1:]:
                aligned = self.align(result, value)
                bigger = value if result.is_scalar else result
                result = replace(
                    bigger, entry=function(result.entry, aligned.entry), quotient=None
                )
            return replace(result, literal=False)
        if len(values) != 1:
            raise Unclear(f"{name.base} of {len(values)} things")
        (value,) = values
        if value.is_jacobian:
            raise Unclear("a function of a Jacobian")
        if name.base == "softmax":
            return self.take_softmax(value)
        if name.base == "diag":
            raise Unclear("diag")
        entry_ = self.function(name)(value.entry)
        return replace(value, entry=entry_, quotient=None, literal=False)

    def take_softmax(self, value: Tensor) -> Tensor:
        if self.context.scalar:
            raise Unclear("softmax of one neuron")
        axis = value.row if value.column is None else value.column
        if axis is None:
            raise Unclear("softmax of a number")
        other = Dummy("k", integer=True)
        term = value.entry.xreplace({axis.symbol: other})
        high = self.context.sizes.write(axis.size)
        return replace(
            value,
            entry=Softmax(value.entry, term, other, Integer(1), high),
            quotient=None,
        )

    def function(self, name: tree.Name) -> Any:
        if self.context.functions is not None:
            found = self.context.functions(name)
            if found is not None:
                return found
        if name.base in FUNCTIONS and not name.primes:
            return FUNCTIONS[name.base]
        from symbackprop.network.activations import ACTIVATIONS

        key = name.base.lower()
        row = ACTIVATIONS.get(key) if key not in ("sigma",) else None
        formula = row.formula if row is not None else None
        return name_function(key if row else name.base, formula, name.primes)

    # --- sides ------------------------------------------------------------------------------

    def align_jacobians(self, left: Tensor, right: Tensor) -> Tensor:
        a, b = left.quotient, right.quotient
        assert a is not None and b is not None
        ones = (*a.top_axes, *a.bottom_axes)
        others = (*b.top_axes, *b.bottom_axes)
        if len(ones) != len(others):
            raise Clash("two Jacobians of other shapes")
        mapping = {}
        for one, other in zip(ones, others, strict=True):
            self.tie(one.size, other.size)
            mapping[other.symbol] = one.symbol
        return replace(right, entry=right.entry.xreplace(mapping), quotient=a)

    def equate(self, left: Tensor, right: Tensor) -> tuple[Expr, Expr, tuple[Open, ...]]:
        """Both entries over the same open axes.

        Raises:
            Clash: sides of other shapes.
        """
        if left.is_jacobian and right.is_jacobian:
            right = self.align_jacobians(left, right)
        elif left.is_jacobian or right.is_jacobian:
            flipped = not left.is_jacobian
            jacobian, other = (right, left) if flipped else (left, right)
            other = self.spread(jacobian, other)
            left, right = (other, jacobian) if flipped else (jacobian, other)
        else:
            if left.is_scalar != right.is_scalar and not (left.literal or right.literal):
                raise Clash(f"{self.shape(left)} = {self.shape(right)}")
            right = self.align(left, right)
        axes = left.axes or right.axes
        return left.entry, right.entry, axes

    def spread(self, jacobian: Tensor, other: Tensor) -> Tensor:
        """A matrix as a Jacobian; a vector or a number as what stands on its diagonal."""
        q = jacobian.quotient
        assert q is not None
        axes = (*q.top_axes, *q.bottom_axes)
        if other.row is not None and other.column is not None and len(axes) == 2:
            for one, two in zip(axes, (other.row, other.column), strict=True):
                self.tie(one.size, two.size)
            mapping = {other.row.symbol: axes[0].symbol, other.column.symbol: axes[1].symbol}
            return Tensor(other.entry.xreplace(mapping), quotient=q)
        if len(axes) == 2 and len(other.axes) <= 1:
            one, two = axes
            self.tie(one.size, two.size)
            mapping = {a.symbol: one.symbol for a in other.axes}
            for a in other.axes:
                self.tie(a.size, one.size)
            diagonal = KroneckerDelta(one.symbol, two.symbol)
            return Tensor(other.entry.xreplace(mapping) * diagonal, quotient=q)
        if len(axes) == 3 and len(other.axes) == 1:
            # ∂z/∂W = a: ∂z_i/∂W_jk = a_k where i is j
            top, row, column = axes
            (axis,) = other.axes
            self.tie(axis.size, column.size)
            self.tie(top.size, row.size)
            value = other.entry.xreplace({axis.symbol: column.symbol})
            return Tensor(value * KroneckerDelta(top.symbol, row.symbol), quotient=q)
        raise Clash(f"a Jacobian and {self.shape(other)}")

    def shape(self, value: Tensor) -> str:
        """(n_l × n_{l-1}) as the text calls its sizes."""
        if value.is_jacobian:
            return "a Jacobian"
        sizes = [
            str(self.context.sizes.write(a.size)) if a is not None else "1"
            for a in (value.row, value.column)
        ]
        return f"({sizes[0]} × {sizes[1]})"


def list_open(tensor: Tensor) -> Iterator[Open]:
    yield from tensor.axes


_ = (Mul, SCALAR, is_one)
