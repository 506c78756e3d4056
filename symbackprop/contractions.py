"""From index notation to matrix notation: Sum_k W[k, j] delta[k] becomes W^T delta.

A form is a tree that says what stands where as rows and what as columns; it does not say how to
write it. The LaTeX of the matrix view and the numpy source are two readings of the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr, Indexed, Integer, KroneckerDelta, Mul, Pow, Sum, Symbol

from symbackprop.equations import (
    Equation,
    Quantity,
    indices_of,
    name_of,
    peel,
    split_adjoint,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import Softmax

Place = Symbol | None


@dataclass(frozen=True)
class Layout:
    """How data lie: a sample is a column or a row; weights are stored [j, k] or transposed.

    Vectors lie as one sample does: z = W a + b with columns, z = a W^T + b with rows, and
    z = a W + b with rows and transposed weights.
    """

    samples: str = "columns"
    weights_transposed: bool = False


COLUMNS = Layout()
ROWS = Layout("rows")
ROWS_TRANSPOSED = Layout("rows", weights_transposed=True)


@dataclass(frozen=True)
class Form:
    """Every form has an index for its rows and one for its columns, or None for a length of 1.

    (j, k) is a matrix, (j, None) a column vector, (None, j) a row vector, (None, None) a number.
    """

    row: Place
    column: Place


@dataclass(frozen=True)
class Leaf(Form):
    """A quantity as it stands, or transposed; `indices` are those of layer and time."""

    name: str
    indices: tuple[Expr, ...]
    transposed: bool
    entry: Expr


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
    equation: Equation, quantities: Mapping[str, Quantity], layout: Layout = COLUMNS
) -> tuple[Leaf, Form]:
    """The matrix form of both sides of an equation.

    Raises:
        InputError: no matrix form; the message names the indexed view as the way out.
    """
    raise NotImplementedError
