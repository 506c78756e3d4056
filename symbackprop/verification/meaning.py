"""What a syntax tree means, in numbers, under one reading of it.

A scene says what names stand for (the layers of a network, or the quantities of a graph); this
file says what formulas do with them. Derivatives are slopes along an imaginary step, so that
∂X/∂Y of any two things is a number that no rule of differentiation was needed for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol

import numpy as np
from sympy import Integer, Symbol

from symbackprop.equations import Equation, System
from symbackprop.functions import choose_branches
from symbackprop.network.activations import FUNCTIONS, Activation
from symbackprop.number_types import UndefinedError
from symbackprop.primitives import PRIMITIVES, Primitive
from symbackprop.reading import tree
from symbackprop.semantics import compile_expression
from symbackprop.verification.dots import RUNNING, fill_dots, fill_rows
from symbackprop.verification.shapes import (
    ShapeClash,
    Value,
    add,
    agree,
    multiply,
    multiply_entries,
    multiply_inner,
    multiply_outer,
    number,
    say_rank,
    transpose,
)
from symbackprop.worlds import build_world

STEP = 1e-40
LARGEST_SLOPE = 1e20
# of the circles on which limits and slopes of analytic functions are taken
CIRCLE = 24
RADIUS = 0.05
ELEMENTWISE = ("odot", "circ", "bigcirc", ".*")
LARGEST_POWER = 64
# so many nodes are evaluated for one statement: nested sums of strangers must end
BUDGET = 60_000


class Meaningless(ValueError):
    """A formula that says nothing checkable: an undefined symbol, a construct without meaning."""


class Differing(ValueError):
    """Two sides inside of a formula that are not the same."""

    def __init__(self, left: Value, right: Value) -> None:
        super().__init__("two sides differ")
        self.left, self.right = left, right


class Misplaced(Meaningless):
    """An index or a layer outside of its range."""


@dataclass(frozen=True)
class Reading:
    """How the ambiguous parts of a text are taken.

    `vectors` lie as columns or rows; `dot` (and *) is the product of matrices or elementwise; the
    derivative of an elementwise function is a Jacobian matrix or a vector; `order` is whether a
    chain is written from the cost down ("global") or from the weight up ("local"). With
    `one_unit` what has no index is one neuron of its layer, and its weights are w_i. `slopes` says
    whether ∂X/∂Y goes along all ways ("total"), only where the definition of X reads Y ("direct"),
    or for ∂f(u, v)/∂v with u held fixed ("calls"); with `powers` "entries" the square of a vector
    is the squares of its entries. With `turned` a matrix W has a row for each input: (W)^T a.
    """

    name: str
    vectors: str = "column"
    dot: str = "matrix"
    jacobian: str = "matrix"
    order: str = "global"
    weights: str = "jk"
    one_unit: bool = False
    slopes: str = "total"
    powers: str = "numbers"
    turned: bool = False


class Scene(Protocol):
    """What the names of a formula stand for in one concrete world.

    `sums_need_index` is False where a sum without an index is read as one over its one term.
    """

    sums_need_index: bool

    def names(self, name: tree.Name) -> bool: ...

    def look_up(self, name: tree.Name, state: State) -> Value: ...

    def call(self, call: tree.Call, state: State) -> Value: ...

    def directions(self, name: tree.Node, state: State) -> tuple[tuple[int, ...], list[Any]]: ...

    def range_of(self, letter: str, body: tree.Node, state: State) -> range: ...

    def printed_length(self, letter: str, body: tree.Node) -> int | None: ...

    def imply_samples(self, total: tree.Sum, state: State) -> range | None: ...

    def open(self, body: tree.Node, by: tree.Node, state: State) -> tuple[tree.Node, State]: ...

    def gradient(self, node: tree.Gradient, state: State) -> Value: ...

    def ones(self, number: float) -> Value: ...

    def note_case(self, node: tree.Cases, place: int) -> None: ...


@dataclass(frozen=True)
class State:
    """Where an evaluation stands: the reading, the numbers of indices and layers, the entry along
    which slopes are taken, whether all that is defined is `held` fixed meanwhile, and the sample
    that is meant where none is written."""

    scene: Scene
    reading: Reading
    indices: Mapping[str, int] = field(default_factory=dict)
    direction: Any = None
    held: bool = False
    sample: int | None = None
    primed_by: tree.Node | None = None
    bound: Mapping[str, Value] = field(default_factory=dict)
    budget: list[int] = field(default_factory=lambda: [BUDGET])

    def bind(self, letter: str, value: int) -> State:
        return replace(self, indices={**self.indices, letter: value})


# what stands where a value is wanted, in words
KINDS: dict[type, str] = {
    tree.Dots: "dots",
    tree.Words: "words",
    tree.Listed: "a list",
    tree.Cases: "cases",
    tree.Braced: "a formula with a brace",
    tree.Compared: "a condition",
    tree.Gradient: "∇",
    tree.Sum: "a sum",
}


def evaluate(node: tree.Node, state: State) -> Value:
    """The value of a node.

    Raises:
        Meaningless: an undefined symbol or a construct that has no value; the message names it.
        ShapeClash: a product or sum of things that do not fit.
    """
    state.budget[0] -= 1
    if state.budget[0] < 0:
        raise Meaningless("it is too long to be worked out")
    evaluator = _EVALUATORS.get(type(node))
    if evaluator is None:
        raise Meaningless(f"{KINDS.get(type(node), 'something')} where a value is wanted")
    return evaluator(node, state)


def _evaluate_number(node: tree.Number, state: State) -> Value:
    return number(float(node.value))


def _evaluate_name(node: tree.Name, state: State) -> Value:
    if node.base.isdigit() and node.lower:
        return _evaluate_indicator(node, state)
    if node.base.isdigit():
        return state.scene.ones(float(node.base))
    if state.scene.names(node):
        return state.scene.look_up(node, state)
    if node.base == "e" and node.upper and not node.lower:
        return _apply(np.exp, evaluate(node.upper[0].content, state))
    if node.base in ("e", "pi") and not (node.upper or node.lower or node.primes):
        return number(np.e if node.base == "e" else np.pi)
    return state.scene.look_up(node, state)


def _evaluate_indicator(node: tree.Name, state: State) -> Value:
    """1_{z > 0}: 1 where it holds, entry by entry."""
    condition = node.lower[0].content
    if not isinstance(condition, tree.Compared) or condition.sign not in _HOLDS:
        raise Meaningless("a number with a subscript that is no condition")
    left, right = (evaluate(side, state) for side in (condition.left, condition.right))
    shaped = left if left.rank else right
    holds = np.vectorize(_HOLDS[condition.sign], otypes=[float])
    return replace(shaped, array=holds(np.real(left.array), np.real(right.array)))


def _apply(function: Callable[[Any], Any], value: Value) -> Value:
    with np.errstate(all="ignore"):
        result = function(value.array)
    if not np.all(np.isfinite(result)):
        raise Meaningless("it has no finite value for some of the numbers that were tried")
    return replace(value, array=result)


def _evaluate_power(node: tree.Power, state: State) -> Value:
    return _raise(evaluate(node.base, state), node.exponent, state)


def _raise(base: Value, exponent_node: tree.Node, state: State) -> Value:
    exponent = evaluate(exponent_node, state)
    if exponent.rank or abs(exponent.array.real) > LARGEST_POWER:
        raise Meaningless("a power must be a small number")
    power = exponent.array.real
    whole = power == int(power)
    if base.rank == 2 and whole and power >= 0 and len(set(base.array.shape)) == 1:
        return Value(np.linalg.matrix_power(base.array, int(power)))
    if base.rank and state.reading.powers != "entries":
        raise ShapeClash(
            f"power: {say_rank(base)} cannot be squared; an index or a norm is missing"
        )
    return _apply(lambda x: x ** (int(power) if whole else power), base)


def _evaluate_transposed(node: tree.Transposed, state: State) -> Value:
    inner = node.body.body if isinstance(node.body, tree.Group) else node.body
    if isinstance(inner, tree.Listed):
        # A list is printed as a row: (x, y)^T is a column.
        listed = evaluate(inner, state)
        return replace(listed, lie="column") if listed.rank == 1 else transpose(listed)
    return transpose(evaluate(node.body, state), state.reading.vectors)


def _evaluate_primed(node: tree.Primed, state: State) -> Value:
    if state.primed_by is None:
        raise Meaningless("a prime on brackets does not say by what to differentiate")
    return differentiate(node.body, state.primed_by, state)


def _evaluate_group(node: tree.Group, state: State) -> Value:
    value = evaluate(node.body, state)
    if node.bracket == "||":
        return number(np.sqrt((value.array**2).sum()))
    if node.bracket == "|":
        if value.rank == 1:
            return number(np.sqrt((value.array**2).sum()))
        return _apply(lambda x: np.where(x.real < 0, -x, x), value)
    return value


def _evaluate_total(node: tree.Total, state: State) -> Value:
    result: Value | None = None
    for sign, term in node.terms:
        if sign not in "+-":
            raise Meaningless(f"{sign} has no single value")
        value = evaluate(term, state)
        factor = -1 if sign == "-" else 1
        if result is None:
            result = replace(value, array=factor * value.array)
        else:
            result = add(result, value, factor)
    assert result is not None
    return result


def _evaluate_product(node: tree.Product, state: State) -> Value:
    factors = [evaluate(f, state) for f in node.factors]
    signs = list(node.signs)
    local = state.reading.order == "local" and all(map(_is_link, node.factors))
    if local:
        # Written from the weight up to the cost: the product of Jacobians the other way round.
        factors, signs = factors[::-1], signs[::-1]
    try:
        return _fold(factors, signs, state)
    except ShapeClash as clash:
        if local or len(factors) < 3:
            raise
        try:
            # W^T (d ⊙ s) associates to the right as well.
            return _fold_right(factors, signs, state)
        except ShapeClash:
            raise clash from None


def _is_link(node: tree.Node) -> bool:
    """A factor of a chain of derivatives: ∂C/∂a, or delta."""
    return isinstance(node, tree.Derivative) or (
        isinstance(node, tree.Name) and node.base == "delta"
    )


def _fold(factors: list[Value], signs: list[str], state: State) -> Value:
    result = factors[0]
    for sign, factor in zip(signs, factors[1:], strict=True):
        result = _multiply_by(sign, result, factor, state)
    return result


def _fold_right(factors: list[Value], signs: list[str], state: State) -> Value:
    result = factors[-1]
    for sign, factor in zip(reversed(signs), reversed(factors[:-1]), strict=True):
        result = _multiply_by(sign, factor, result, state)
    return result


def _multiply_by(sign: str, one: Value, other: Value, state: State) -> Value:
    if sign in ELEMENTWISE:
        return multiply_entries(one, other)
    if sign == "/":
        return _divide(one, other)
    if sign == "otimes":
        try:
            return multiply_entries(one, other)
        except ShapeClash:
            return multiply_outer(one, other)
    if sign in ("cdot", "*", "times", "ast") and state.reading.dot == "elementwise":
        return multiply_entries(one, other)
    return multiply_inner(one, other) if sign == "cdot" else multiply(one, other)


def _divide(one: Value, other: Value) -> Value:
    spread = not one.rank
    if other.rank and one.array.shape != other.array.shape and not spread:
        raise ShapeClash(f"division: {one.shape} by {other.shape}")
    with np.errstate(all="ignore"):
        result = one.array / other.array
    if not np.all(np.isfinite(result)):
        raise Meaningless("a division by 0")
    return replace(other if spread else one, array=result)


def _evaluate_ratio(node: tree.Ratio, state: State) -> Value:
    return _divide(evaluate(node.top, state), evaluate(node.bottom, state))


def _evaluate_derivative(node: tree.Derivative, state: State) -> Value:
    if not (node.mark and node.mark_below):
        raise Meaningless("a ∂ of a derivative is missing")
    body = node.body if node.top is None else node.top
    if body is None:
        raise Meaningless("a derivative of nothing")
    return differentiate(body, node.bottom, state)


def _evaluate_gradient(node: tree.Gradient, state: State) -> Value:
    if node.by is None:
        return state.scene.gradient(node, state)
    return differentiate(node.body, node.by, state)


def differentiate(body: tree.Node, by: tree.Node, state: State) -> Value:
    """The derivative of a formula by a quantity: the axes of the formula, then the quantity's."""
    if state.direction is not None:
        # the one step along i goes one way: the slope of a slope would come out as 0
        raise Meaningless("a derivative of a derivative is not worked out")
    shape, directions = state.scene.directions(by, state)
    body, state = state.scene.open(body, by, state)
    slopes, upper = [], Value(np.asarray(0.0))
    for direction in directions:
        upper = evaluate(body, replace(state, direction=direction))
        if np.abs(np.imag(upper.array)).max(initial=0.0) > LARGEST_SLOPE * STEP:
            raise Meaningless("a logarithm or a root of something negative")
        slopes.append(np.imag(upper.array) / STEP)
    array = np.moveaxis(np.asarray(slopes), 0, -1).reshape(upper.array.shape + shape)
    if state.reading.jacobian == "vector" and _is_diagonal(array, upper.rank, len(shape)):
        return Value(np.diagonal(array).copy(), "any")
    return Value(array, "any", upper.rank or None)


def _is_diagonal(array: Any, above: int, below: int) -> bool:
    if (above, below) != (1, 1) or array.shape[0] != array.shape[1]:
        return False
    return bool(np.allclose(array, np.diag(np.diagonal(array)), atol=1e-14))


def _evaluate_sum(node: tree.Sum, state: State) -> Value:
    if node.kind == "lim":
        return _evaluate_limit(node, state)
    if node.index is None and node.condition is None:
        if state.scene.sums_need_index:
            raise Meaningless("a sum without an index")
        # A sum sign before one term: nothing says of what else.
        return evaluate(node.body, state)
    index = find_letter(node)
    if index is None:
        raise Meaningless("the index of a sum must be a letter")
    letter = index.base
    samples = state.scene.imply_samples(node, state)
    if samples is not None:
        # Each term is one of a sample, also where its names do not say so.
        values = [evaluate(node.body, replace(state.bind(letter, n), sample=n)) for n in samples]
    elif any(isinstance(n, tree.Name) and n.base == letter for n in tree.walk(node.body)):
        whole = state.scene.range_of(letter, node.body, state)
        values = [
            evaluate(node.body, state.bind(letter, n)) for n in _list_numbers(node, whole, state)
        ]
    else:
        raise Meaningless(f"the sum is over {letter}, which does not occur in what is summed")
    if not values:
        return number(1.0 if node.kind == "prod" else 0.0)
    result = values[0]
    for value in values[1:]:
        result = multiply(result, value) if node.kind == "prod" else add(result, value)
    return result


def find_letter(node: tree.Sum) -> tree.Name | None:
    """The index of a sum: i of Σ_i and of Σ_{i ∈ S}."""
    index = node.index
    if isinstance(index, tree.Name) and not (index.upper or index.lower):
        return index
    return None


def _is_membership(condition: tree.Node) -> bool:
    return isinstance(condition, tree.Compared) and condition.sign == "in"


def _list_numbers(node: tree.Sum, whole: range, state: State) -> list[int]:
    """The numbers that the index of a sum runs through."""
    index, condition = find_letter(node), node.condition
    if condition is not None and not _is_membership(condition):
        assert index is not None
        return [n for n in whole if _is_met(condition, state.bind(index.base, n))]
    if node.low is None or node.high is None:
        return list(whole)
    low = _evaluate_integer(node.low, state)
    try:
        high = _evaluate_integer(node.high, state)
    except Misplaced:
        # n_{L+1}: there is no such layer
        raise
    except Meaningless:
        letter = find_letter(node)
        known = {*state.indices, letter.base if letter is not None else ""}
        counted = {n.base for n in tree.walk(node.high) if isinstance(n, tree.Name)} & known
        if isinstance(node.high, tree.Name) and low in (0, 1) and not counted:
            # Σ_{j=1}^{s}: a width by a name that nothing else is said of
            return list(whole)
        raise
    # Counted from 0 or from 1: the first is the first.
    shift = whole.start - low if low in (0, 1) else 0
    inside = low + shift in whole and high + shift in whole
    if not inside and high >= low:
        letter = find_letter(node)
        assert letter is not None
        if state.scene.printed_length(letter.base, node.body) == high - low + 1:
            # 784 entries are as good as five.
            return list(whole)
        raise Misplaced(
            f"the sum over {letter.base} runs from {low} to {high}, and {len(whole)} "
            f"{'is' if len(whole) == 1 else 'are'} counted elsewhere"
        )
    return list(range(low + shift, high + shift + 1)) if inside else []


def _evaluate_limit(node: tree.Sum, state: State) -> Value:
    """lim_{h→0} of what is analytic: its mean on a small circle around 0."""
    index, condition = node.index, node.condition
    if not isinstance(condition, tree.Compared) or not isinstance(index, tree.Name):
        raise Meaningless("a limit that does not say of what")
    goal, name = evaluate(condition.right, state), str(index.base)
    total: Any = 0
    for turn in range(CIRCLE):
        point = goal.array + RADIUS * np.exp(2j * np.pi * (turn + 0.5) / CIRCLE)
        total = (
            total
            + evaluate(
                node.body, replace(state, bound={**state.bound, name: Value(np.asarray(point))})
            ).array
        )
    return Value(total / CIRCLE)


def _evaluate_integer(node: tree.Node, state: State) -> int:
    value = evaluate(node, state)
    if value.rank or value.array.real != int(value.array.real):
        raise Meaningless("a bound must be a whole number")
    return int(value.array.real)


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "ne": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "geq": lambda a, b: a >= b,
    ">=": lambda a, b: a >= b,
    "leq": lambda a, b: a <= b,
    "<=": lambda a, b: a <= b,
}


def _evaluate_compared(node: tree.Compared, state: State) -> Value:
    """1 where a condition holds, else 0."""
    left, right = evaluate(node.left, state), evaluate(node.right, state)
    if node.sign not in _HOLDS or left.rank or right.rank:
        raise Meaningless(f"the condition {node.sign} has no value here")
    return number(float(_HOLDS[node.sign](left.array.real, right.array.real)))


def _evaluate_call(node: tree.Call, state: State) -> Value:
    if isinstance(node.function, tree.Name) and node.function.base == "1":
        (condition, *_) = node.arguments
        return evaluate(condition, state)
    name = node.function
    if isinstance(name, tree.Name) and _is_known(name):
        return _call_known(node, name, state)
    shaped = _SHAPING.get(getattr(name, "base", ""))
    if shaped is not None and isinstance(name, tree.Name) and not state.scene.names(name):
        if len(node.arguments) not in shaped[0]:
            raise Meaningless(f"{name.base} of {len(node.arguments)} things")
        return shaped[1](*(evaluate(a, state) for a in node.arguments))
    return state.scene.call(node, state)


def _is_known(name: tree.Name) -> bool:
    """Whether a name is a function of the table: g^{[2]} is that of a layer, f_1 one of several."""
    plain = not (name.lower or name.star or name.accent or any(s.bracket for s in name.upper))
    return plain and name.base in CALLED


def _call_known(node: tree.Call, name: tree.Name, state: State) -> Value:
    """A function of the table, its derivative (tanh') or its power: tanh^2(z) is the square of
    each entry."""
    row = CALLED[name.base]
    count = row.arguments if isinstance(row, Primitive) else 1
    if len(node.arguments) != (count or max(len(node.arguments), 2)):
        raise Meaningless(f"{name.base} of {len(node.arguments)} things")
    arguments = [evaluate(a, state) for a in node.arguments]
    value = _apply_many(find_function(name.base, name.primes), arguments)
    if not name.upper:
        return value
    exponent = name.upper[0].content
    power = evaluate(exponent, state)
    if not power.rank and power.array == -1:
        inverse = next((r for r in PRIMITIVES.values() if r.inverse_of == row.name), None)
        if inverse is None:
            raise Meaningless(f"{name.base}^{{-1}} is the inverse function or 1/{name.base}")
        return _apply_many(find_function(inverse.name), arguments)
    return _raise(value, exponent, replace(state, reading=replace(state.reading, powers="entries")))


def _apply_many(function: Callable[..., Any], arguments: list[Value]) -> Value:
    shaped = next((a for a in arguments if a.rank), arguments[0])
    with np.errstate(all="ignore"):
        result = function(*(a.array for a in arguments))
    if not np.all(np.isfinite(result)):
        raise Meaningless("it has no finite value for some of the numbers that were tried")
    return replace(shaped, array=np.asarray(result))


# word --> the row of what is called by it, where all texts mean the same
CALLED: dict[str, Primitive | Activation] = {
    word: row
    for word, row in FUNCTIONS.items()
    if isinstance(row, Primitive) or (row.formula and row.differentiable and not row.varies)
}
_Z = Symbol("z", real=True)


@cache
def find_function(word: str, order: int = 0) -> Callable[..., Any]:
    """A function of the table, or a derivative of it, entry by entry; steps along i pass through.

    Raises:
        Meaningless: a derivative of a function of several numbers.

    >>> float(find_function("tanh", 1)(0.0).real), find_function("max")(1.0, [0.0, 2.0]).real
    (1.0, array([1., 2.]))
    """
    row = CALLED[word]
    if isinstance(row, Primitive) and not order:
        # those of numpy follow a step where there is no corner
        known = None if row.has_corner else getattr(np, row.program or row.name, None)
        return known or np.vectorize(row.double, otypes=[complex])
    expression = row.write(_Z)
    if expression is None:
        raise Meaningless(f"a derivative of {word} that does not say by what")
    for _ in range(order):
        expression = choose_branches(expression).diff(_Z)
    meaning = compile_expression(expression)
    nowhere = build_world(System((Equation(_Z, Integer(0)),)), {}, {})

    def apply(x: complex) -> complex:
        try:
            return meaning(nowhere, {_Z: x})
        except UndefinedError as problem:
            raise Meaningless(str(problem)) from None

    return np.vectorize(apply, otypes=[complex])


def _make_diagonal(value: Value) -> Value:
    return Value(np.diag(value.array)) if value.rank == 1 else value


def _add_entries(value: Value) -> Value:
    return number(value.array.sum())


def _apply_softmax(value: Value) -> Value:
    """Over the entries of a vector; over those of each sample in a matrix of rows."""
    powers = np.exp(value.array)
    return replace(value, array=powers / powers.sum(axis=-1, keepdims=True))


# functions of whole vectors, with how many arguments they take
_SHAPING: dict[str, tuple[tuple[int, ...], Callable[..., Value]]] = {
    "diag": ((1,), _make_diagonal),
    "sum": ((1,), _add_entries),
    "softmax": ((1,), _apply_softmax),
    # Zhang et al., Dive into Deep Learning: the chain rule, with the transposes that it needs
    "prod": ((2,), multiply),
}


# names that have a meaning of their own
KNOWN = frozenset({"e", "pi", *CALLED, *_SHAPING})


def _evaluate_matrix(node: tree.Matrix, state: State) -> Value:
    try:
        rows = fill_rows(node.rows)
    except ValueError as problem:
        raise Meaningless(str(problem)) from None
    values = [
        [evaluate(entry, inner) for entry in row] for row in rows for inner in _run(row, state)
    ]
    if any(v.rank for row in values for v in row) or len({len(row) for row in values}) != 1:
        raise Meaningless("a matrix of other things than numbers")
    array = np.array([[v.array for v in row] for row in values])
    if array.shape[1] == 1:
        return Value(array[:, 0], "column")
    return Value(array[0], "row") if array.shape[0] == 1 else Value(array)


def _run(items: Sequence[tree.Node], state: State) -> list[State]:
    """A state for each number of the running index, where dots stand."""
    body = next(
        (
            i
            for i in items
            if any(isinstance(n, tree.Name) and n.base == RUNNING for n in tree.walk(i))
        ),
        None,
    )
    if body is None:
        return [state]
    return [state.bind(RUNNING, n) for n in state.scene.range_of(RUNNING, body, state)]


def _evaluate_listed(node: tree.Listed, state: State) -> Value:
    try:
        items = fill_dots(node.items)
    except ValueError as problem:
        raise Meaningless(str(problem)) from None
    values = [evaluate(item, inner) for item in items for inner in _run([item], state)]
    if {v.rank for v in values} == {1} and len({v.array.shape for v in values}) == 1:
        # Vectors side by side: columns of a matrix, or rows of one.
        axis = 0 if state.reading.vectors == "row" else 1
        return Value(np.stack([v.array for v in values], axis=axis))
    if any(v.rank for v in values):
        raise Meaningless("a list of other things than numbers")
    return Value(np.array([v.array for v in values]), "any")


def _evaluate_lowered(node: tree.Lowered, state: State) -> Value:
    """‖W‖_F and ‖x‖_2 are the norm that ‖W‖ is; σ(v)_j is an entry."""
    marks = [s.content for s in node.lower]
    plain = isinstance(node.body, tree.Group) and node.body.bracket in ("|", "||")
    if (
        plain
        and len(marks) == 1
        and (getattr(marks[0], "base", "") == "F" or getattr(marks[0], "value", 0) == 2)
    ):
        return evaluate(node.body, state)
    letters = [m.base for m in marks if isinstance(m, tree.Name) and m.base in state.indices]
    value = evaluate(node.body, state) if len(letters) == len(marks) else number(0.0)
    if not letters or len(letters) != len(marks) or value.rank != len(letters):
        raise Meaningless("the letters below the brackets are not those of what is in them")
    places = tuple(state.indices[letter] - 1 for letter in letters)
    if any(p >= length for p, length in zip(places, value.array.shape, strict=True)):
        raise Misplaced("an index of brackets is beyond what there is")
    return Value(value.array[places])


def _evaluate_cases(node: tree.Cases, state: State) -> Value:
    """The value of the one row whose condition holds."""
    for place, (value, condition) in enumerate(node.rows):
        if condition is None or _is_met(condition, state):
            state.scene.note_case(node, place)
            return _evaluate_case(value, state)
    raise Meaningless("none of the cases holds")


def _is_met(condition: tree.Node, state: State) -> bool:
    met = evaluate(condition, state)
    if met.rank:
        raise Meaningless("a condition that is no comparison of numbers")
    return bool(met.array.real)


def _evaluate_case(value: tree.Node, state: State) -> Value:
    """0 · x = 0 in a row: both have to be the same."""
    if not isinstance(value, tree.Compared) or value.sign != "=":
        return evaluate(value, state)
    left, right = (_evaluate_case(side, state) for side in (value.left, value.right))
    if not agree(left, right):
        raise Differing(left, right)
    return left


def _evaluate_braced(node: tree.Braced, state: State) -> Value:
    return evaluate(node.body, state)


_EVALUATORS: dict[type, Callable[[Any, State], Value]] = {
    tree.Number: _evaluate_number,
    tree.Name: _evaluate_name,
    tree.Power: _evaluate_power,
    tree.Transposed: _evaluate_transposed,
    tree.Primed: _evaluate_primed,
    tree.Group: _evaluate_group,
    tree.Total: _evaluate_total,
    tree.Product: _evaluate_product,
    tree.Ratio: _evaluate_ratio,
    tree.Derivative: _evaluate_derivative,
    tree.Gradient: _evaluate_gradient,
    tree.Sum: _evaluate_sum,
    tree.Call: _evaluate_call,
    tree.Matrix: _evaluate_matrix,
    tree.Braced: _evaluate_braced,
    tree.Listed: _evaluate_listed,
    tree.Compared: _evaluate_compared,
    tree.Lowered: _evaluate_lowered,
    tree.Cases: _evaluate_cases,
}
