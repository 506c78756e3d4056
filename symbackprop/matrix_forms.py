"""From index notation to matrix notation: Sum_k W[k, j] delta[k] becomes W^T delta.

A form is a tree that says what stands where as rows and what as columns; it does not say how to
write it. The LaTeX of the matrix view and the numpy source are two readings of the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sympy import (
    Add,
    Basic,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Lambda,
    Mul,
    Pow,
    Sum,
    Symbol,
)

from symbackprop.equations import (
    Equation,
    Kind,
    Quantity,
    indices_of,
    name_of,
    peel,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import Softmax
from symbackprop.ranges import find_quantity, is_whole

Place: TypeAlias = Symbol | None


@dataclass(frozen=True)
class Storage:
    """How data lie: a sample is a column or a row; weights are stored [j, k] or transposed.

    Vectors lie as one sample does: z = W a + b with columns, z = a W^T + b with rows, and
    z = a W + b with rows and transposed weights.
    """

    samples: str = "columns"
    weights_transposed: bool = False


COLUMNS = Storage()
ROWS = Storage("rows")
ROWS_TRANSPOSED = Storage("rows", weights_transposed=True)


@dataclass(frozen=True)
class Form:
    """Every form has an index for its rows and one for its columns, or None for a length of 1.

    (j, k) is a matrix, (j, None) a column vector, (None, j) a row vector, (None, None) a number.
    `source` is the expression that a form was made from, where it is the form of one.
    """

    row: Place
    column: Place
    source: Expr | None = field(default=None, compare=False, kw_only=True)


@dataclass(frozen=True)
class Leaf(Form):
    """A quantity as it stands, or transposed; `indices` are those that are no rows and columns,
    of layer and time, with their kinds."""

    name: str
    indices: tuple[Expr, ...]
    transposed: bool
    entry: Expr
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Scalar(Form):
    """An expression without rows and columns: numbers, sizes, quantities that are numbers."""

    expression: Expr


@dataclass(frozen=True)
class Product(Form):
    """The matrix product of two forms: W a, delta a^T, y^T ln a."""

    left: Form
    right: Form


@dataclass(frozen=True)
class Elementwise(Form):
    """The elementwise (Hadamard) product of forms of the same shape."""

    factors: tuple[Form, ...]


@dataclass(frozen=True)
class Scaled(Form):
    """A number times a form; the coefficient is a form without rows and columns."""

    coefficient: Form
    body: Form


@dataclass(frozen=True)
class Total(Form):
    """The sum of forms of the same shape."""

    terms: tuple[Form, ...]


@dataclass(frozen=True)
class Spread(Form):
    """A number or vector repeated along the rows or columns that it lacks: b 1^T, or just b."""

    body: Form


@dataclass(frozen=True)
class Apply(Form):
    """A function entry by entry: sigma(z), ln a; `function` is the sympy class."""

    function: Any
    bodies: tuple[Form, ...]


@dataclass(frozen=True)
class Power(Form):
    """Every entry raised to an exponent that is the same for all."""

    body: Form
    exponent: Expr


@dataclass(frozen=True)
class SoftmaxOf(Form):
    """Softmax along one of the two places, named by its index."""

    body: Form
    along: Symbol


@dataclass(frozen=True)
class SumOver(Form):
    """The sum over rows, columns or both of the body, named by their indices."""

    body: Form
    over: tuple[Symbol, ...]


@dataclass(frozen=True)
class SquaredNorm(Form):
    """The sum of the squares of all entries of the body."""

    body: Form


@dataclass(frozen=True)
class Series(Form):
    """A sum over layers or time steps: index = low..high, which are no rows or columns."""

    body: Form
    index: Symbol
    low: Expr
    high: Expr


def form_matrix(
    equation: Equation,
    quantities: Mapping[str, Quantity],
    layout: Storage = COLUMNS,
    sizes: Mapping[Expr, int] | None = None,
    held: Iterable[Symbol] = (),
) -> tuple[Leaf, Form]:
    """The matrix form of both sides of an equation.

    The left side lies as the layout has it, and is never transposed; the right side follows.
    Arrays are whole: an index that runs over a part of them only has no form. `sizes` has numbers
    for sizes where they are known; indices that are `held` become no rows and columns: held
    samples give the form of one sample.

    Raises:
        InputError: no matrix form; the message names the indexed view as the way out.

    >>> from symbackprop.equations import Axis, index_symbol
    >>> j, k = index_symbol("j"), index_symbol("k")
    >>> n, m = Axis(j, Integer(1), Symbol("n")), Axis(k, Integer(1), Symbol("m"))
    >>> known = {q.name: q for q in [
    ...     Quantity("W", "parameter", (n, m)), Quantity("d", "input", (n,))]}
    >>> W, d, g = (q.at for q in [*known.values(), Quantity("g", "gradient", (m,))])
    >>> back = Equation(g(k), Sum(W(j, k) * d(j), (j, 1, Symbol("n"))), (m,))
    >>> left, right = form_matrix(back, {**known, "g": Quantity("g", "gradient", (m,))})
    >>> right.left.name, right.left.transposed, right.right.name
    ('W', True, 'd')
    """
    equation = separate_bounds(equation)
    ranges = {a.symbol: (a.low, a.high) for a in equation.axes}
    for total in equation.rhs.atoms(Sum):
        ranges |= {bound: (low, high) for bound, low, high in total.limits}
    former = _Former(quantities, layout, ranges, sizes or {}, frozenset(held))
    try:
        row, column = former.lie(equation.lhs)
        left = former.leaf(equation.lhs, row, column)
        return left, former.build(equation.rhs, row, column)
    except _NoFormError as reason:
        raise NoMatrixFormError(
            f"{equation.lhs} = {equation.rhs} has no matrix form: {reason}; "
            f"ask for the indexed view"
        ) from reason


def separate_bounds(equation: Equation) -> Equation:
    """Rename bound indices where two sums of an equation share one but not its range.

    A form names rows and columns by their indices: who wants to know how many there are needs
    one range for each index.
    """
    ranges: dict[Symbol, tuple[Expr, Expr]] = {a.symbol: (a.low, a.high) for a in equation.axes}

    def rename(expression: Expr) -> Expr:
        if not expression.has(Sum, Softmax):
            return expression
        if isinstance(expression, Softmax):
            argument, term, bound, low, high = expression.args
            fresh = claim(bound, (low, high))
            return Softmax(argument, term.xreplace({bound: fresh}), fresh, low, high)
        if not isinstance(expression, Sum):
            return expression.func(*map(rename, expression.args))
        body, bound, low, high = peel(expression)
        fresh = claim(bound, (low, high))
        return Sum(rename(substitute(body, {bound: fresh})), (fresh, low, high))

    def claim(bound: Symbol, limits: tuple[Expr, Expr]) -> Symbol:
        while ranges.setdefault(bound, limits) != limits:
            bound = Symbol(f"{bound.name}'", integer=True)
        return bound

    return replace(equation, rhs=rename(equation.rhs))


def walk_forms(form: Form) -> Iterator[Form]:
    """The form and everything in it."""
    yield form
    for part in parts_of(form):
        yield from walk_forms(part)


def parts_of(form: Form) -> tuple[Form, ...]:
    """The forms that a form is directly made of."""
    match form:
        case Product(left=left, right=right):
            return left, right
        case Scaled(coefficient=coefficient, body=body):
            return coefficient, body
        case Elementwise(factors=parts) | Total(terms=parts) | Apply(bodies=parts):
            return parts
        case Leaf() | Scalar():
            return ()
    return (form.body,)  # type: ignore[attr-defined]


class NoMatrixFormError(InputError):
    """An equation that matrices cannot say: an index that is shifted, a cube."""


class _NoFormError(Exception):
    """Why an expression has no matrix form."""


@dataclass(frozen=True)
class _Former:
    quantities: Mapping[str, Quantity]
    layout: Storage
    ranges: Mapping[Symbol, tuple[Expr, Expr]]
    sizes: Mapping[Expr, int]
    held: frozenset[Symbol]

    def quantity(self, entry: Expr) -> Quantity | None:
        return find_quantity(name_of(entry), self.quantities)

    def places(self, entry: Expr) -> list[tuple[Symbol, Kind]]:
        """The indices of an entry that become rows and columns, with their kinds."""
        quantity = self.quantity(entry)
        if quantity is None:
            return []
        found: list[tuple[Symbol, Kind]] = []
        for index, kind in zip(indices_of(entry), quantity.kinds, strict=True):
            if not self.is_place(index, kind):
                continue
            if not isinstance(index, Symbol):
                raise _NoFormError(f"{entry} is read at the index {index}")
            if not is_whole(index, self.ranges[index], entry, self.quantities, self.sizes):
                low, high = self.ranges[index]
                raise _NoFormError(f"{index} runs from {low} to {high}, over a part of {entry}")
            found.append((index, kind))
        return found

    def is_place(self, index: Expr, kind: Kind) -> bool:
        return kind in ("neuron", "sample") and index not in self.held

    def axes(self, expression: Expr) -> dict[Symbol, Kind]:
        """The free indices that can be rows or columns, with their kinds, in reading order."""
        if isinstance(expression, Indexed):
            return dict(self.places(expression))
        if isinstance(expression, Sum):
            body, bound, *_ = peel(expression)
            return {s: kind for s, kind in self.axes(body).items() if s != bound}
        if isinstance(expression, Softmax):
            return self.axes(expression.argument)
        if isinstance(expression, KroneckerDelta):
            raise _NoFormError(f"{expression} is not collapsed")
        if expression in self.ranges:
            raise _NoFormError(f"the index {expression} is used as a number")
        found: dict[Symbol, Kind] = {}
        for argument in expression.args:
            found |= self.axes(argument)
        return found

    def lie(self, entry: Expr) -> tuple[Place, Place]:
        """Where the indices of an entry lie when it is not transposed."""
        places = self.places(entry)
        if len(places) > 2 or len({index for index, _ in places}) < len(places):
            raise _NoFormError(f"{entry} is no matrix")
        if len(places) == 2 and places[0][1] == places[1][1]:
            (first, _), (second, _) = places
            quantity = self.quantity(entry)
            is_weight = quantity is not None and quantity.role == "parameter"
            turned = self.layout.weights_transposed and is_weight
            return (second, first) if turned else (first, second)
        return self.lie_apart({kind: index for index, kind in places})

    def lie_apart(self, by_kind: Mapping[Kind, Symbol]) -> tuple[Place, Place]:
        """Where an index of neurons and one of samples lie: samples are columns, or rows."""
        neuron, sample = by_kind.get("neuron"), by_kind.get("sample")
        return (neuron, sample) if self.layout.samples == "columns" else (sample, neuron)

    def lie_of_axes(self, axes: Mapping[Symbol, Kind]) -> tuple[Place, Place]:
        """Where the indices of an expression lie when nothing else asks."""
        if len(axes) > 2:
            raise _NoFormError(f"the indices {', '.join(map(str, axes))} would need a cube")
        if len(axes) == 2 and len(set(axes.values())) == 1:
            first, second = axes
            return first, second
        return self.lie_apart({kind: index for index, kind in axes.items()})

    def leaf(self, entry: Expr, row: Place, column: Place) -> Leaf:
        quantity = self.quantity(entry)
        kinds = quantity.kinds if quantity else ()
        rest = [
            (index, kind)
            for index, kind in zip(indices_of(entry), kinds, strict=False)
            if not self.is_place(index, kind)
        ]
        for index, _ in rest:
            if index.free_symbols & {row, column}:
                raise _NoFormError(f"{entry} has another array at each {index}")
        transposed = self.lie(entry) != (row, column)
        indices, kinds = tuple(i for i, _ in rest), tuple(k for _, k in rest)
        return Leaf(row, column, name_of(entry), indices, transposed, entry, kinds)

    def build(self, expression: Expr, row: Place, column: Place) -> Form:
        """The form of an expression with these rows and columns."""
        return replace(self.build_form(expression, row, column), source=expression)

    def build_form(self, expression: Expr, row: Place, column: Place) -> Form:
        axes = self.axes(expression)
        wanted = {row, column} - {None}
        if not axes.keys() <= wanted:
            over = ", ".join(map(str, axes.keys() | wanted))
            raise _NoFormError(f"{expression} stands over the indices {over}")
        if axes.keys() < wanted:
            inner = self.build(
                expression, row if row in axes else None, column if column in axes else None
            )
            return Spread(row, column, inner)
        if isinstance(expression, Indexed | Symbol) and self.quantity(expression):
            return self.leaf(expression, row, column)
        if not axes and not expression.has(Sum, Softmax):
            return Scalar(None, None, expression)
        match expression:
            case Add():
                return self.build_total(expression, row, column)
            case Mul():
                return self.build_factors(expression.args, row, column)
            case Sum():
                return self.build_sum(expression, row, column)
            case Pow() if not self.axes(expression.exp):
                return Power(row, column, self.build(expression.base, row, column), expression.exp)
            case Softmax():
                return self.build_softmax(expression, row, column)
        return self.build_function(expression, row, column)

    def build_function(self, expression: Expr, row: Place, column: Place) -> Form:
        if all(isinstance(a, Expr) for a in expression.args):
            bodies = tuple(self.build(a, row, column) for a in expression.args)
            return Apply(row, column, expression.func, bodies)
        # Piecewise has conditions inside: what they read becomes the argument of a function
        read = {part: Symbol(f"u{p}") for p, part in enumerate(_list_operands(expression))}
        bodies = tuple(self.build(part, row, column) for part in read)
        return Apply(row, column, Lambda(tuple(read.values()), expression.xreplace(read)), bodies)

    def build_softmax(self, expression: Softmax, row: Place, column: Place) -> Form:
        argument, term, bound, *_ = expression.args
        for index in self.axes(argument):
            if argument.xreplace({index: bound}) == term:
                return SoftmaxOf(row, column, self.build(argument, row, column), index)
        raise _NoFormError(f"{expression} is no softmax of one vector")

    def build_total(self, expression: Add, row: Place, column: Place) -> Form:
        common = _find_common_factor(expression)
        if common != 1:
            rest = Add(*(term / common for term in expression.args))
            return self.build_factors((*Mul.make_args(common), rest), row, column)
        return Total(row, column, tuple(self.build(t, row, column) for t in expression.args))

    def build_factors(self, factors: Iterable[Expr], row: Place, column: Place) -> Form:
        """A product without a sum: numbers, an elementwise product, an outer product."""
        by_axes: dict[frozenset[Symbol], list[Expr]] = {}
        for factor in factors:
            by_axes.setdefault(frozenset(self.axes(factor)), []).append(factor)
        numbers = by_axes.pop(frozenset(), [])
        plain = Mul(*(f for f in numbers if not f.has(Sum, Softmax)))
        coefficients = [self.build(f, None, None) for f in numbers if f.has(Sum, Softmax)]
        if plain != 1:
            coefficients.insert(0, Scalar(None, None, plain))
        if not by_axes:
            *coefficients, body = coefficients
        else:
            outer = row and column and frozenset({row, column}) not in by_axes
            if outer and len(by_axes) == 2:
                left = self.join(by_axes[frozenset({row})], row, None)
                right = self.join(by_axes[frozenset({column})], None, column)
                body = Product(row, column, left, right)
            else:
                body = self.join([f for group in by_axes.values() for f in group], row, column)
        for coefficient in reversed(coefficients):
            body = _scale(coefficient, body)
        return body

    def join(self, factors: list[Expr], row: Place, column: Place) -> Form:
        """The elementwise product of factors."""
        forms = [self.build(f, row, column) for f in factors]
        if len(forms) == 1:
            return forms[0]
        return Elementwise(row, column, tuple(forms), source=Mul(*factors))

    def build_sum(self, expression: Sum, row: Place, column: Place) -> Form:
        body, bound, low, high = peel(expression)
        if bound not in self.axes(body):
            if bound not in body.free_symbols:
                return self.build_factors((high - low + 1, body), row, column)
            return Series(row, column, self.build(body, row, column), bound, low, high)
        inside: list[Expr] = []
        outside: list[Expr] = []
        for factor in _list_factors(body):
            (inside if bound in self.axes(factor) else outside).append(factor)
        if outside:
            total = Sum(Mul(*inside), (bound, low, high))
            return self.build_factors((*outside, total), row, column)
        if len(inside) == 1 and isinstance(inside[0], Add):
            (added,) = inside
            common = _find_common_factor(added)
            if common != 1:
                pulled = Add(*(term / common for term in added.args), evaluate=True)
                inside = [*Mul.make_args(common), pulled]
                if bound not in self.axes(common):
                    total = Sum(pulled, (bound, low, high))
                    return self.build_factors((common, total), row, column)
            elif any(len(_list_factors(term)) > 1 for term in added.args):
                totals = (Sum(t, (bound, low, high)) for t in added.args)
                return Total(row, column, tuple(self.build(t, row, column) for t in totals))
        return self.contract(inside, bound, row, column)

    def contract(self, factors: list[Expr], bound: Symbol, row: Place, column: Place) -> Form:
        """The sum over an index that all factors have."""
        by_rows: list[Expr] = []
        by_columns: list[Expr] = []
        alone: list[Expr] = []
        for factor in factors:
            others = self.axes(factor).keys() - {bound}
            if len(others) > 1:
                over = ", ".join(map(str, (*others, bound)))
                raise _NoFormError(f"{factor} stands over the indices {over}")
            group = alone if not others else by_rows if row in others else by_columns
            group.append(factor)
        if by_rows and by_columns:
            return Product(
                row,
                column,
                self.join(by_rows, row, bound),
                self.join(alone + by_columns, bound, column),
            )
        if alone and by_rows:
            left, right = self.join(by_rows, row, bound), self.join(alone, bound, None)
            return Product(row, column, left, right)
        if alone and by_columns:
            left, right = self.join(alone, None, bound), self.join(by_columns, bound, column)
            return Product(row, column, left, right)
        if by_rows:
            return SumOver(row, column, self.join(by_rows, row, bound), (bound,))
        if by_columns:
            return SumOver(row, column, self.join(by_columns, bound, column), (bound,))
        return self.contract_all(alone, bound)

    def contract_all(self, factors: list[Expr], bound: Symbol) -> Form:
        """The sum over the only index there is: a number."""
        over = {bound}
        if len(factors) == 1 and isinstance(factors[0], Sum):
            body, other, *_ = peel(factors[0])
            parts = _list_factors(body)
            if all(self.axes(part).keys() == {bound, other} for part in parts):
                factors, over = parts, {bound, other}
        single = factors[0] if len(factors) == 1 else None
        if len(over) == 1 and len(factors) > 1:
            first, *rest = sorted(factors, key=lambda f: not isinstance(f, Indexed))
            left, right = self.build(first, None, bound), self.join(rest, bound, None)
            return Product(None, None, left, right)
        squared = single is not None and single.is_Pow and single.exp == 2
        if squared:
            factors = [factors[0].base]
        if len(factors) == 1 and isinstance(factors[0], Indexed):
            row, column = self.lie(factors[0])
        else:
            axes: dict[Symbol, Kind] = {}
            for factor in factors:
                axes |= self.axes(factor)
            row, column = self.lie_of_axes(axes)
        inner = self.join(factors, row, column)
        if squared:
            return SquaredNorm(None, None, inner)
        return SumOver(None, None, inner, tuple(s for s in (row, column) if s in over))


def _list_factors(body: Expr) -> list[Expr]:
    """The factors of a product; those of an inner sum that lack its index come out.

    Sum_p x_k W_kp v_p --> x_k, Sum_p W_kp v_p
    """
    found: list[Expr] = []
    for factor in Mul.make_args(body):
        if not isinstance(factor, Sum):
            found.append(factor)
            continue
        inner, bound, low, high = peel(factor)
        parts = _list_factors(inner)
        out = [part for part in parts if bound not in part.free_symbols]
        if out:
            kept = [part for part in parts if bound in part.free_symbols]
            found += [*out, Sum(Mul(*kept), (bound, low, high))]
        else:
            found.append(factor)
    return found


def _scale(coefficient: Form, body: Form) -> Form:
    """1/n (2 x) --> (2/n) x."""
    match coefficient, body:
        case Scalar(expression=outer), Scaled(coefficient=Scalar(expression=inner), body=rest):
            product = outer * inner
            return rest if product == 1 else _scale(Scalar(None, None, product), rest)
    return Scaled(body.row, body.column, coefficient, body)


def _find_common_factor(expression: Add) -> Expr:
    """What every term has: 2 a^2/n - 2 a y/n --> 2 a/n."""
    number, rest = expression.primitive()
    coefficients = {abs(term.as_coeff_Mul()[0]) for term in expression.args}
    if not number.is_Integer and len(coefficients) > 1:
        number, rest = Integer(1), expression
    first, *others = (term.as_powers_dict() for term in Add.make_args(rest))
    common = []
    for base, exponent in first.items():
        if base.is_number or not exponent.is_Integer:
            continue
        exponents = [exponent, *(powers.get(base, Integer(0)) for powers in others)]
        if all(e.is_positive for e in exponents):
            common.append(base ** min(exponents))
        elif all(e.is_negative for e in exponents):
            common.append(base ** max(exponents))
    return Mul(number, *common)


def _list_operands(expression: Basic) -> Iterator[Expr]:
    """The outermost quantities and sums that an expression reads."""
    if isinstance(expression, Indexed | Symbol | Sum | Softmax):
        yield expression
        return
    for argument in expression.args:
        yield from _list_operands(argument)
