"""Sums, products, powers and quotients of values, and sums over an index."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sympy import Dummy, Expr, Integer, Piecewise, Sum, Symbol

from symbackprop.lecture.arrays import ArrayLowerer
from symbackprop.lecture.contexts import LAST
from symbackprop.lecture.letters import Unclear, read_index, spell
from symbackprop.lecture.ranks import QUOTIENT, split_elementwise
from symbackprop.lecture.sizes import Size
from symbackprop.lecture.tensors import Open, Tensor
from symbackprop.reading import tree

# beyond, numbers would have more digits than anybody wants
LARGEST_EXPONENT = 100


def lower_power(lowerer: ArrayLowerer, base: tree.Node, exponent: tree.Node) -> Tensor:
    norm, kinds = (base.body, base.lower) if isinstance(base, tree.Lowered) else (base, ())
    if isinstance(norm, tree.Group) and norm.bracket == "||":
        if any(spell(kind.content) not in ("F", "2") for kind in kinds):
            raise Unclear("a norm that is not Euclid's")
        inner = lowerer.lower(norm.body)
        if lowerer.lower(exponent).entry != 2:
            raise Unclear("a norm that is not squared")
        return lowerer.algebra.add_up(inner.plain(inner.entry**2))
    value = lowerer.lower(base)
    if value.row is not None and value.column is not None:
        raise Unclear("a power of a matrix")
    return raise_to(lowerer, value, exponent)


def raise_to(lowerer: ArrayLowerer, value: Tensor, exponent: tree.Node | None) -> Tensor:
    if exponent is None:
        return value
    power = lowerer.lower(exponent)
    if not power.is_scalar:
        raise Unclear("an exponent that is no number")
    if power.entry.is_Number and abs(power.entry) > LARGEST_EXPONENT:
        raise Unclear("an exponent that large")
    return replace(value, entry=value.entry**power.entry, quotient=None)


def divide(lowerer: ArrayLowerer, top: Tensor, bottom: Tensor) -> Tensor:
    return lowerer.algebra.combine(top, replace(bottom, entry=1 / bottom.entry))


def lower_product(lowerer: ArrayLowerer, node: tree.Product) -> Tensor:
    first, *parts = split_elementwise(node)
    result = multiply(lowerer, first)
    for part in parts:
        join = partial(divide, lowerer) if part[0][0] == QUOTIENT else lowerer.algebra.combine
        result = join(result, multiply(lowerer, part))
    return result


def multiply(lowerer: ArrayLowerer, factors: list[tuple[str, tree.Node]]) -> Tensor:
    values: list[Tensor] = []
    for sign_, factor in factors:
        value = lowerer.lower(factor)
        if sign_ == "/" and values:
            values[-1] = divide(lowerer, values[-1], value)
        else:
            values.append(value)
    return lowerer.algebra.multiply(values)


def lower_total(lowerer: ArrayLowerer, terms: tuple[tuple[str, tree.Node], ...]) -> Tensor:
    result: Tensor | None = None
    for sign_, term in terms:
        if sign_ == "±":
            raise Unclear("± says two things")
        value = lowerer.lower(term)
        value = replace(value, entry=-value.entry if sign_ == "-" else value.entry)
        result = value if result is None else lowerer.algebra.add(result, value)
    assert result is not None
    return result


def put_below(lowerer: ArrayLowerer, first: Tensor, second: Tensor) -> Tensor:
    """[h, x]: one vector with the entries of both."""
    if lowerer.context.scalar or first.is_jacobian or second.is_jacobian:
        raise Unclear("vectors in one list")
    if len(first.axes) != 1 or (first.row is None) != (second.row is None):
        raise Unclear("a list of other things than vectors")
    (one,), (other,) = first.axes, second.axes
    # of one size for all layers or times
    sizes = (Size(one.size.node), Size(other.size.node))
    node = f"{one.size.node}|{other.size.node}"
    lowerer.context.sizes.sums.setdefault(node, sizes)
    for size in sizes:
        lowerer.context.sizes.flatten(size)
    axis = Open(Dummy("j", integer=True), Size(node))
    length = lowerer.algebra.write(sizes[0])
    upper = first.entry.xreplace({one.symbol: axis.symbol})
    lower = second.entry.xreplace({other.symbol: axis.symbol - length})
    entry_ = Piecewise((upper, axis.symbol <= length), (lower, True))
    return Tensor(entry_, axis) if first.row is not None else Tensor(entry_, None, axis)


def lower_sum(lowerer: ArrayLowerer, node: tree.Sum) -> Tensor:
    index = node.index
    if node.kind != "sum":
        raise Unclear("a product over an index")
    if index is None and node.low is None and node.high is None:
        return sum_samples(lowerer, lowerer.lower(node.body))
    if not isinstance(index, tree.Name) or index.lower or index.upper:
        raise Unclear("a sum without a plain index")
    symbol = Symbol(index.base + "'" * index.primes, integer=True)
    outer = lowerer.indices.pop(symbol, None)
    lowerer.bound.append(symbol)
    body = lowerer.lower(node.body)
    lowerer.bound.pop()
    size = lowerer.indices.pop(symbol, None)
    if outer is not None:
        lowerer.indices[symbol] = outer
    if lowerer.context.scalar and (size is None or not lowerer.is_sequence(size)):
        return replace(body, quotient=None)
    low, high = find_bounds(lowerer, symbol, size, node)
    return replace(body, entry=Sum(body.entry, (symbol, low, high)), quotient=None)


def sum_samples(lowerer: ArrayLowerer, value: Tensor) -> Tensor:
    """Σ dZ: over the samples, where nothing else is said."""
    axes = [] if value.is_jacobian else [a for a in value.axes if not lowerer.is_shared(a.size)]
    if len(axes) != 1 or lowerer.context.scalar:
        raise Unclear("a sum without a plain index")
    row, column = (None if a is axes[0] else a for a in (value.row, value.column))
    total = lowerer.algebra.sum_over(value.entry, axes[0])
    return Tensor(total, row, column, either=row is not None or column is not None)


def find_bounds(
    lowerer: ArrayLowerer, symbol: Symbol, size: Size | None, node: tree.Sum
) -> tuple[Expr, Expr]:
    """From where to where a sum runs: over its whole range, but layers and times as written."""
    end = lowerer.size_of(node.high) if node.high is not None else None
    if size is not None and not lowerer.is_sequence(size):
        if end is not None and (node.low is None or spell(node.low) in ("0", "1")):
            lowerer.algebra.tie(size, end)
        return Integer(1), lowerer.algebra.write(size)
    if size is not None and node.low is not None and node.high is not None:
        return read_index(node.low), lowerer.name_last(read_index(node.high))
    if size is not None:
        return Integer(1), LAST
    if end is not None:
        return Integer(1), lowerer.algebra.write(end)
    raise Unclear(f"the text does not say what {symbol} runs over")
