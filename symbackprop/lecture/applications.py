"""Functions of values: those that are known, those that a text names, max, sum, softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Dummy, Expr, Integer, KroneckerDelta, Max, Min

from symbackprop.functions import Softmax, name_function
from symbackprop.lecture.arrays import ArrayLowerer
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.tensors import Open, Tensor
from symbackprop.network.activations import FUNCTIONS
from symbackprop.primitives import Primitive
from symbackprop.reading import tree

MOST_NESTED = 30
SUMS = frozenset({"sum", "np.sum"})


def apply(lowerer: ArrayLowerer, name: tree.Name, arguments: tuple[tree.Node, ...]) -> Tensor:
    if name.base in SUMS:
        return sum_up(lowerer, arguments)
    lowerer.nested += 1
    if lowerer.nested > MOST_NESTED:
        raise Unclear("functions in functions, that deep")
    values = [lowerer.lower(a) for a in arguments]
    lowerer.nested -= 1
    if name.base in ("max", "min") and values:
        return take_extreme(lowerer, Max if name.base == "max" else Min, values)
    if name.base in lowerer.context.losses and not name.primes:
        return lose(lowerer, name.base, values)
    if name.base == "diag" and len(values) == 1:
        return take_diagonal(lowerer, values[0])
    if len(values) != 1 or values[0].is_jacobian:
        raise Unclear(f"{name.base} of what stands here is not understood")
    (value,) = values
    if name.base == "softmax":
        return take_softmax(lowerer, value)
    return value.plain(find_function(lowerer, name)(value.entry))


def sum_up(lowerer: ArrayLowerer, arguments: tuple[tree.Node, ...]) -> Tensor:
    """sum(X), and np.sum(dZ, axis=1, keepdims=True): over all entries, or along one axis."""
    value = lowerer.lower(arguments[0])
    if value.is_jacobian:
        raise Unclear("the sum of a derivative of an array by an array")
    named = [a for a in arguments[1:] if isinstance(a, tree.Compared)]
    numbers = [int(a.right.value) for a in named if isinstance(a.right, tree.Number)]
    if lowerer.context.scalar:
        return value
    if not arguments[1:]:
        return lowerer.algebra.add_up(value)
    if len(numbers) != 1 or numbers[0] not in (-1, 0, 1):
        raise Unclear("along which axis is summed is not said")
    axis = value.row if numbers[0] == 0 else value.column
    if axis is None:
        return value
    row, column = (None if a is axis else a for a in (value.row, value.column))
    return Tensor(lowerer.algebra.sum_over(value.entry, axis), row, column, either=True)


def take_diagonal(lowerer: ArrayLowerer, value: Tensor) -> Tensor:
    """diag(v): the entries of v on the diagonal of a matrix."""
    if lowerer.context.scalar:
        return value
    if value.is_jacobian or len(value.axes) != 1:
        raise Unclear("diag of what is no vector")
    (row,) = value.axes
    column = Open(Dummy("k", integer=True), row.size)
    return Tensor(value.entry * KroneckerDelta(row.symbol, column.symbol), row, column)


def lose(lowerer: ArrayLowerer, name: str, values: list[Tensor]) -> Tensor:
    """L(a, y) by its formula; of vectors, the sum over their entries."""
    parameters, formula = lowerer.context.losses[name]
    if len(parameters) != len(values):
        raise Unclear(f"{name} has other arguments where it is defined")
    first = max(values, key=lambda v: len(v.axes))
    aligned = [lowerer.algebra.align(first, v).entry for v in values]
    loss = formula.xreplace(dict(zip(parameters, aligned, strict=True)))
    return lowerer.algebra.add_up(first.plain(loss))


def take_extreme(lowerer: ArrayLowerer, function: Any, values: list[Tensor]) -> Tensor:
    result = values[0]
    for value in values[1:]:
        aligned = lowerer.algebra.align(result, value)
        shaped = value if result.is_scalar else result
        result = shaped.plain(function(result.entry, aligned.entry))
    return result


def take_softmax(lowerer: ArrayLowerer, value: Tensor) -> Tensor:
    axis = value.row if value.column is None else value.column
    if axis is None and lowerer.context.scalar:
        # one class is certain
        return value.plain(Integer(1))
    samples = lowerer.find_sample_axis(value) if len(value.axes) == 2 else None
    if samples is not None:
        axis = value.row if samples is value.column else value.column
    if axis is None:
        raise Unclear("softmax of a number")
    other = Dummy("k", integer=True)
    term = value.entry.xreplace({axis.symbol: other})
    high = lowerer.algebra.write(axis.size)
    return value.plain(Softmax(value.entry, term, other, Integer(1), high))


def find_function(lowerer: ArrayLowerer, name: tree.Name) -> Any:
    known = lowerer.context.functions(name)
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


def _differentiate(row: Primitive) -> Callable[[Expr], Expr]:
    return lambda argument: row.differentiate(argument, row.make(argument))
