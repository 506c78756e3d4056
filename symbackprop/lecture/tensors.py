"""Values with a row and a column index: products, sums and sides, with shapes that are held true.

A value is the entry of an array at its open axes. A matrix has two, a column or a row one, a number
none; the derivative of one array by another has the axes of both and is neither row nor column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sympy import Expr, Integer, KroneckerDelta, Sum, Symbol

from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.sizes import Clash, Size, SizeClash, Sizes

# a quantity: its name, its written indices, and None for those that are left open
Part = tuple[object, ...]


@dataclass(frozen=True)
class Open:
    """An axis that a formula leaves open: its index and how long it is."""

    symbol: Symbol
    size: Size


@dataclass(frozen=True)
class Quotient:
    """That a value is a derivative: of what, by what, and the open axes of both."""

    top: Part
    bottom: Part
    top_axes: tuple[Open, ...] = ()
    bottom_axes: tuple[Open, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """The entry of a value at its open axes.

    `literal` is a number as written, which goes with every entry; `either` is a gradient by a
    vector, which lecturers write as a column or as a row; `turned` is a transposed Jacobian.
    """

    entry: Expr
    row: Open | None = None
    column: Open | None = None
    quotient: Quotient | None = None
    literal: bool = False
    either: bool = False
    turned: bool = False

    @property
    def axes(self) -> tuple[Open, ...]:
        """The open axes: row and column, or those of both sides of a Jacobian."""
        if self.is_jacobian and self.quotient is not None:
            return (*self.quotient.top_axes, *self.quotient.bottom_axes)
        return tuple(a for a in (self.row, self.column) if a is not None)

    @property
    def is_jacobian(self) -> bool:
        q = self.quotient
        return q is not None and bool(q.top_axes) and bool(q.bottom_axes)

    @property
    def is_scalar(self) -> bool:
        return not self.axes

    def plain(self, entry: Expr) -> Tensor:
        """Another entry over the same axes, which is no derivative."""
        return replace(self, entry=entry, quotient=None, literal=False)


def tell_size(size: Size) -> str:
    """A size as a lecture writes it.

    >>> l = Symbol("l")
    >>> tell_size(Size("a^.1", l - 1)), tell_size(Size("y.row"))
    ('n_{l-1}', 'n_y')
    """
    if size.at is None:
        return f"n_{size.node.partition('.')[0].strip('^,')}"
    at = str(size.at).replace(" ", "")
    return f"n_{at}" if len(at) == 1 else f"n_{{{at}}}"


def turn(value: Tensor) -> Tensor:
    """The transpose."""
    if value.is_jacobian:
        return replace(value, turned=not value.turned)
    return replace(value, row=value.column, column=value.row)


@dataclass
class Algebra:
    """Arithmetic of values; sizes that meet are made one, or refused where `strict`.

    A text that transposes Jacobians is `numerator`: they are matrices with a row for each entry of
    what is differentiated, and multiplied like others. Elsewhere what stands in the middle is
    summed over, in whichever order a chain is written.
    """

    sizes: Sizes
    strict: bool = False
    numerator: bool = False
    write: Callable[[Size], Expr] = field(init=False)

    def __post_init__(self) -> None:
        self.write = self.sizes.write

    # --- sizes ------------------------------------------------------------------------------

    def tie(self, one: Size, other: Size) -> None:
        """Two axes that a formula makes one.

        Raises:
            Clash: sizes that the text's definitions tell apart.
        """
        if self.sizes.are_one(one, other):
            return
        if self.strict:
            a, b = self.sizes.resolve(one), self.sizes.resolve(other)
            free = self.sizes.is_free(a) or self.sizes.is_free(b)
            if a.node == b.node or not free:
                raise SizeClash(f"{tell_size(a)} and {tell_size(b)}")
        self.sizes.join(one, other)

    def shape(self, value: Tensor) -> str:
        """(n × m) as people write it."""
        if value.is_jacobian:
            return "a derivative of an array by an array"
        sizes = [
            "1" if a is None else tell_size(self.sizes.resolve(a.size))
            for a in (value.row, value.column)
        ]
        return f"({sizes[0]} × {sizes[1]})"

    # --- sums over axes ---------------------------------------------------------------------

    def sum_over(self, body: Expr, axis: Open) -> Expr:
        return Sum(body, (axis.symbol, Integer(1), self.write(axis.size)))

    def add_up(self, value: Tensor) -> Tensor:
        """The sum of all entries."""
        total = value.entry
        for axis in value.axes:
            total = self.sum_over(total, axis)
        return Tensor(total)

    # --- products ---------------------------------------------------------------------------

    def multiply(self, values: list[Tensor]) -> Tensor:
        """The product of values that stand side by side."""
        values = self.contract_chains(values)
        result = values[0]
        for value in values[1:]:
            result = self.times(result, value)
        return result

    def times(self, left: Tensor, right: Tensor) -> Tensor:
        """The product of two values side by side: a matrix product, or a number of times.

        Raises:
            Clash: shapes that cannot be multiplied.
        """
        if left.is_scalar or right.is_scalar:
            return self._scale(left, right)
        if left.is_jacobian or right.is_jacobian:
            return self._times_jacobian(left, right)
        left, right = self._lay(left, right)
        if left.column is not None and right.row is not None:
            self.tie(left.column.size, right.row.size)
            body = left.entry * right.entry.xreplace({right.row.symbol: left.column.symbol})
            return Tensor(self.sum_over(body, left.column), left.row, right.column)
        if left.column is None and right.row is None:
            return Tensor(left.entry * right.entry, left.row, right.column)
        raise Clash(f"{self.shape(left)}{self.shape(right)}")

    def _scale(self, left: Tensor, right: Tensor) -> Tensor:
        big, small = (right, left) if left.is_scalar else (left, right)
        keeps = small.literal or big.is_jacobian
        return replace(
            big,
            entry=left.entry * right.entry,
            quotient=big.quotient if keeps else None,
            literal=left.literal and right.literal,
        )

    def _lay(self, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
        """Lay gradients as rows or columns so that they can be multiplied."""
        for one in (left, turn(left)) if left.either else (left,):
            for other in (right, turn(right)) if right.either else (right,):
                if self._fits(one, other):
                    return replace(one, either=False), replace(other, either=False)
        return left, right

    def _fits(self, left: Tensor, right: Tensor) -> bool:
        if left.column is not None and right.row is not None:
            return self.sizes.are_one(left.column.size, right.row.size)
        return left.column is None and right.row is None

    def combine(self, left: Tensor, right: Tensor) -> Tensor:
        """The product entry by entry; a number goes with every entry."""
        if (left.is_jacobian or right.is_jacobian) and not (left.is_scalar or right.is_scalar):
            return self._times_jacobian(left, right)
        if len(left.axes) == 1 and len(right.axes) == 2:
            return right.plain(self.spread(right, left).entry * right.entry)
        if len(left.axes) == 2 and len(right.axes) == 1:
            return left.plain(left.entry * self.spread(left, right).entry)
        aligned = self.align(left, right)
        big = right if left.is_scalar else left
        both = left.either and right.either
        return replace(big.plain(left.entry * aligned.entry), either=both)

    # --- chains of derivatives --------------------------------------------------------------

    def contract_chains(self, values: list[Tensor]) -> list[Tensor]:
        """Contract neighbouring derivatives that share the quantity in the middle, whichever of
        them stands first."""
        position = 0
        while position + 1 < len(values):
            one, other = values[position : position + 2]
            merged = self._link(one, other)
            if merged is None and not self.numerator:
                merged = self._link(other, one)
            if merged is None:
                position += 1
            else:
                values = [*values[:position], merged, *values[position + 2 :]]
                position = max(position - 1, 0)
        return values

    def _link(self, outer: Tensor, inner: Tensor) -> Tensor | None:
        a, b = outer.quotient, inner.quotient
        if a is None or b is None or a.bottom != b.top or not a.bottom_axes:
            return None
        if outer.turned or inner.turned:
            return None
        mapping = {}
        for one, other in zip(a.bottom_axes, b.top_axes, strict=True):
            self.tie(one.size, other.size)
            mapping[other.symbol] = one.symbol
        total = outer.entry * inner.entry.xreplace(mapping)
        for axis in a.bottom_axes:
            total = self.sum_over(total, axis)
        return self.place(total, Quotient(a.top, b.bottom, a.top_axes, b.bottom_axes))

    def place(self, entry: Expr, quotient: Quotient) -> Tensor:
        """A derivative; a gradient lies as its quantity does, one by a vector either way."""
        if quotient.top_axes and quotient.bottom_axes:
            return Tensor(entry, quotient=quotient)
        row, column, *more = (*(quotient.bottom_axes or quotient.top_axes), None, None)
        if any(more):
            raise Unclear("a derivative with more than two axes")
        either = row is not None and column is None and bool(quotient.bottom_axes)
        return Tensor(entry, row, column, quotient, either=either)

    def _times_jacobian(self, left: Tensor, right: Tensor) -> Tensor:
        """A vector goes with the upper axes of a Jacobian, on whichever side it stands."""
        jacobian, other = (left, right) if left.is_jacobian else (right, left)
        quotient = jacobian.quotient
        assert quotient is not None
        if other.is_jacobian:
            raise Unclear("two derivatives of arrays that share no quantity")
        if len(quotient.top_axes) != 1 or len(other.axes) != 1 or len(quotient.bottom_axes) > 2:
            raise Unclear("the product of a matrix and a derivative of an array by an array")
        summed: tuple[Open, ...] = quotient.top_axes
        kept: tuple[Open, ...] = quotient.bottom_axes
        if self.numerator and (jacobian is left) != jacobian.turned:
            summed, kept = kept, summed
        if len(summed) != 1:
            raise Unclear("the product of a vector and a derivative of an array by an array")
        (inner,), (axis,) = summed, other.axes
        self.tie(inner.size, axis.size)
        body = jacobian.entry * other.entry.xreplace({axis.symbol: inner.symbol})
        row, column, *_ = (*kept, None)
        assert row is not None
        return Tensor(self.sum_over(body, inner), row, column, either=column is None)

    # --- sums and sides ---------------------------------------------------------------------

    def add(self, left: Tensor, right: Tensor) -> Tensor:
        """The sum of two values; a number goes with every entry, a column with every column.

        Raises:
            Clash: other shapes.
        """
        if left.is_jacobian and right.is_jacobian:
            return replace(left, entry=left.entry + self._align_jacobians(left, right).entry)
        if left.is_scalar or right.is_scalar:
            big = right if left.is_scalar else left
            literal = left.literal and right.literal
            return replace(big.plain(left.entry + right.entry), literal=literal)
        if len(left.axes) < len(right.axes):
            left, right = right, left
        if len(left.axes) == 2 and len(right.axes) == 1:
            return left.plain(left.entry + self.spread(left, right).entry)
        right = self.align(left, right)
        same = left.quotient is not None and left.quotient == right.quotient
        return replace(
            left, entry=left.entry + right.entry, quotient=left.quotient if same else None
        )

    def align(self, left: Tensor, right: Tensor) -> Tensor:
        """The right value over the axes of the left; a number fits everywhere.

        Raises:
            Clash: other shapes.
        """
        if left.is_scalar or right.is_scalar:
            return right
        if (left.either or right.either) and (left.row is None) != (right.row is None):
            right = turn(right)
        mapping: dict[Symbol, Symbol] = {}
        for one, other in ((left.row, right.row), (left.column, right.column)):
            if (one is None) != (other is None):
                raise Clash(f"{self.shape(left)} and {self.shape(right)}")
            if one is not None and other is not None:
                self.tie(one.size, other.size)
                mapping[other.symbol] = one.symbol
        quotient = right.quotient
        if quotient is not None and left.quotient is not None:
            quotient = left.quotient if quotient.bottom == left.quotient.bottom else None
        return replace(
            right,
            entry=right.entry.xreplace(mapping),
            row=left.row,
            column=left.column,
            quotient=quotient,
        )

    def spread(self, big: Tensor, small: Tensor) -> Tensor:
        """A column for every column of a matrix, a row for every row."""
        for own, other in ((big.row, small.row), (big.column, small.column)):
            if own is not None and other is not None:
                self.tie(own.size, other.size)
                moved = small.entry.xreplace({other.symbol: own.symbol})
                return big.plain(moved)
        return small

    def _align_jacobians(self, left: Tensor, right: Tensor) -> Tensor:
        if left.turned != right.turned:
            raise Unclear("a transposed derivative of an array by an array")
        if len(left.axes) != len(right.axes):
            raise Clash("derivatives of arrays of other shapes")
        mapping = {}
        for one, other in zip(left.axes, right.axes, strict=True):
            self.tie(one.size, other.size)
            mapping[other.symbol] = one.symbol
        return replace(right, entry=right.entry.xreplace(mapping), quotient=left.quotient)

    def equate(self, left: Tensor, right: Tensor) -> tuple[Expr, Expr, tuple[Open, ...]]:
        """Both entries over the same open axes.

        Raises:
            Clash: sides of other shapes.
        """
        if left.is_jacobian and right.is_jacobian:
            right = self._align_jacobians(left, right)
        elif left.is_jacobian:
            right = self._spread(left, right)
        elif right.is_jacobian:
            left = self._spread(right, left)
        else:
            literal = left.literal or right.literal
            if left.is_scalar != right.is_scalar and not literal:
                raise Clash(f"{self.shape(left)} = {self.shape(right)}")
            right = self.align(left, right)
        return left.entry, right.entry, left.axes or right.axes

    def _spread(self, jacobian: Tensor, other: Tensor) -> Tensor:
        """A matrix as the derivative of a vector by a vector; a vector as what stands on its
        diagonal, and a of ∂z/∂W = a as what stands where the rows meet."""
        axes = jacobian.axes[::-1] if jacobian.turned else jacobian.axes
        places: tuple[Open, ...]
        if len(axes) == 2 and other.row is not None and other.column is not None:
            places, factor = axes, Integer(1)
        elif len(axes) == 2 and len(other.axes) <= 1:
            self.tie(axes[0].size, axes[1].size)
            places, factor = axes[:1], KroneckerDelta(axes[0].symbol, axes[1].symbol)
        elif len(axes) == 3 and len(other.axes) == 1:
            self.tie(axes[0].size, axes[1].size)
            places, factor = axes[2:], KroneckerDelta(axes[0].symbol, axes[1].symbol)
        else:
            raise Clash(f"{self.shape(jacobian)} and {self.shape(other)}")
        mapping = {}
        for own, place in zip(other.axes, places, strict=False):
            self.tie(own.size, place.size)
            mapping[own.symbol] = place.symbol
        return Tensor(other.entry.xreplace(mapping) * factor, quotient=jacobian.quotient)
