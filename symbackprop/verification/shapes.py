"""Numbers, vectors, matrices and Jacobians, and the products that lecturers write between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

TOLERANCE = 1e-8
# less than rounding leaves of terms that cancel: -6.9e-18 is 0
NOTHING = 1e-15


class ShapeClash(ValueError):
    """Two things that cannot be added, multiplied or compared; the message has their shapes.

    `lengths` are the pairs of lengths that would have to be equal, where that would mend it.
    """

    def __init__(self, message: str, lengths: tuple[tuple[int, int], ...] = ()) -> None:
        super().__init__(message)
        self.lengths = lengths


@dataclass(frozen=True)
class Value:
    """An array with what a lecture leaves unsaid.

    A vector lies as a "column", a "row", or "any" way where layouts differ (a gradient). A
    Jacobian ∂X/∂Y has the axes of X, `upper` of them, before those of Y.
    """

    array: Any
    lie: str = "column"
    upper: int | None = None

    @property
    def rank(self) -> int:
        return self.array.ndim

    @property
    def shape(self) -> str:
        sizes = self.array.shape
        if not sizes:
            return "number"
        if len(sizes) == 1:
            column, row = f"{sizes[0]}×1", f"1×{sizes[0]}"
            return {"column": column, "row": row, "any": f"{sizes[0]}"}[self.lie]
        return "×".join(map(str, sizes))


def say_rank(value: Value) -> str:
    """What a value is, without its sizes, which a text does not give."""
    return ("a number", "a vector", "a matrix")[value.rank] if value.rank < 3 else "an array"


def number(value: Any) -> Value:
    return Value(np.asarray(value))


def _clash(one: Value, other: Value, how: str) -> ShapeClash:
    same = one.rank == other.rank and not _lie_apart(one, other)
    lengths = tuple(zip(one.array.shape, other.array.shape, strict=False)) if same else ()
    return _say_clash(one, other, how, lengths)


def _say_clash(
    one: Value, other: Value, how: str, lengths: tuple[tuple[int, int], ...] = ()
) -> ShapeClash:
    return ShapeClash(f"{how}: the shapes clash, {one.shape} and {other.shape}", lengths)


def _lie_apart(one: Value, other: Value) -> bool:
    """A row and a column."""
    return one.rank == other.rank == 1 and {one.lie, other.lie} == {"row", "column"}


def _spread(one: Value, other: Value) -> tuple[Value, Value]:
    """A bias added to each sample: a row to the rows of a matrix, a column to its columns."""
    if (one.rank, other.rank) == (2, 1):
        spread = _spread_over(one, other)
        return one, spread
    if (one.rank, other.rank) == (1, 2):
        return _spread_over(other, one), other
    return one, other


def _spread_over(matrix: Value, vector: Value) -> Value:
    rows, columns = matrix.array.shape
    length = vector.array.shape[0]
    if vector.lie == "row" and not matrix.upper:
        if length != columns:
            raise _say_clash(matrix, vector, "sum", ((columns, length),))
        return replace(vector, array=np.broadcast_to(vector.array, matrix.array.shape))
    if vector.lie == "column" and not matrix.upper:
        if length != rows:
            raise _say_clash(matrix, vector, "sum", ((rows, length),))
        return replace(vector, array=np.broadcast_to(vector.array[:, None], matrix.array.shape))
    return vector


def add(one: Value, other: Value, sign: int = 1) -> Value:
    """A sum; a number is added to every entry, a row to every row of a matrix."""
    one, other = _spread(one, other)
    if one.rank and other.rank and one.array.shape != other.array.shape:
        raise _clash(one, other, "sum")
    if _lie_apart(one, other):
        raise _clash(one, other, "sum")
    shaped = one if one.rank and (not other.rank or one.lie != "any") else other
    return replace(shaped, array=one.array + sign * other.array)


def multiply_entries(one: Value, other: Value) -> Value:
    """The elementwise (Hadamard) product."""
    if one.rank and other.rank and one.array.shape != other.array.shape:
        raise _clash(one, other, "elementwise product")
    if _lie_apart(one, other):
        raise _clash(one, other, "elementwise product")
    shaped = one if one.rank and (not other.rank or one.lie != "any") else other
    return replace(shaped, array=one.array * other.array)


def multiply(one: Value, other: Value) -> Value:
    """The product of numbers, of matrices, or the contraction of Jacobians.

    A Jacobian on the right is contracted with the last axes of what stands on the left, as in
    ∂C/∂a · ∂a/∂z.
    """
    if not one.rank or not other.rank:
        shaped = one if one.rank else other
        return replace(shaped, array=one.array * other.array)
    if other.upper:
        return _contract(one, other)
    if one.rank == other.rank == 1:
        return _multiply_vectors(one, other)
    if one.upper and one.rank > 2:
        raise _say_clash(one, other, "product")
    if (one.rank == 1 and one.lie == "column") or (other.rank == 1 and other.lie == "row"):
        raise _say_clash(one, other, "product")
    inner = (one.array.shape[-1], other.array.shape[0])
    if inner[0] != inner[1]:
        raise _say_clash(one, other, "product", (inner,))
    if one.rank == 1:
        return Value(one.array @ other.array, "row")
    return Value(one.array @ other.array)


def _contract(one: Value, other: Value) -> Value:
    shared = other.upper or 0
    left, right = one.array.shape, other.array.shape
    if one.rank < shared or left[one.rank - shared :] != right[:shared]:
        raise _say_clash(one, other, "product of Jacobians")
    if one.rank == 1 and one.lie == "column":
        raise _say_clash(one, other, "product of Jacobians")
    array = np.tensordot(one.array, other.array, axes=shared)
    upper = one.upper if one.upper is not None else max(one.rank - shared, 0)
    return Value(array, "any", upper or None)


def _multiply_vectors(one: Value, other: Value) -> Value:
    if one.lie == "row" and other.lie == "column" and one.array.shape == other.array.shape:
        return Value(one.array @ other.array)
    if one.lie in ("column", "any") and other.lie == "row":
        return Value(np.multiply.outer(one.array, other.array))
    if one.lie == "column" and other.lie == "any":
        return Value(np.multiply.outer(one.array, other.array))
    if one.lie == "row" and other.array.shape == one.array.shape:
        return Value(one.array @ other.array)
    inner = ((one.array.shape[0], other.array.shape[0]),) if one.lie == "row" else ()
    raise _say_clash(one, other, "product", inner if other.lie != "row" else ())


def multiply_inner(one: Value, other: Value) -> Value:
    """The inner product w · x of two vectors that lie the same way; else any product."""
    if one.rank == other.rank == 1 and one.lie == other.lie:
        if one.array.shape != other.array.shape:
            raise _clash(one, other, "inner product")
        return Value(one.array @ other.array)
    return multiply(one, other)


def multiply_outer(one: Value, other: Value) -> Value:
    if one.rank == other.rank == 1:
        return Value(np.multiply.outer(one.array, other.array))
    raise _say_clash(one, other, "outer product")


def transpose(value: Value, vectors: str = "column") -> Value:
    """A transpose; what may lie either way lies as vectors do, and turns with them."""
    if value.rank == 2:
        return replace(value, array=value.array.T, upper=None)
    if value.rank == 1:
        lie = vectors if value.lie == "any" else value.lie
        return replace(value, lie="row" if lie == "column" else "column")
    return value


def agree(one: Value, other: Value, elementwise: bool = False) -> bool:
    """Whether two values are the same, shapes included; a gradient may lie either way.

    `elementwise` lets a number stand for a vector of that number: ∂z/∂b = 1.

    Raises:
        ShapeClash: the shapes differ.
    """
    if elementwise and {one.rank, other.rank} == {0, 1}:
        shape = max(one.array.shape, other.array.shape, key=len)
        one, other = (replace(v, array=np.broadcast_to(v.array, shape)) for v in (one, other))
    if one.array.shape != other.array.shape:
        raise _clash(one, other, "equation")
    if _lie_apart(one, other):
        raise _clash(one, other, "equation")
    sizes = [np.abs(v.array).max(initial=0.0) for v in (one, other)]
    if min(sizes) == 0 and max(sizes) <= NOTHING:
        return True
    return bool(np.abs(one.array - other.array).max(initial=0.0) <= TOLERANCE * max(sizes))
