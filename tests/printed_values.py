"""Numbers, vectors and matrices as a reader understands them: shapes must fit.

Juxtaposition is the matrix product, ⊙ and ⊘ go entry by entry, 𝟏 is a vector of ones of any length,
functions are applied to every entry. What has no one meaning is a `Misreading`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import mpmath
import numpy as np

Cause = Literal[
    "sides differ", "letters", "one letter for two", "ranges", "shapes", "brackets", "brace", "ways"
]
Number = Any
Value = Any  # a Number or an Array

# the library of many digits, in place of math
MANY = mpmath.MPContext()
MANY.dps = 60


class Misreading(Exception):
    """What is printed has no meaning, or more than one."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True)
class Array:
    """Rows and columns; `free` says which of both has any length: the vector 𝟏 has free rows."""

    data: np.ndarray
    free: tuple[bool, bool] = (False, False)

    @property
    def shape(self) -> str:
        pairs = zip(self.free, self.data.shape, strict=True)
        rows, columns = ("any" if free else length for free, length in pairs)
        return f"({rows} × {columns})"


ONES = Array(np.array([[1]], dtype=object), (True, False))


def simplify(value: Value) -> Value:
    """A matrix of one entry is a number."""
    if isinstance(value, Array) and value.data.shape == (1, 1) and not any(value.free):
        return value.data[0, 0]
    return value


def spread(number: Number) -> Array:
    """A number as an array of any size."""
    return Array(np.array([[number]], dtype=object), (True, True))


def stretch(left: Array, right: Array) -> tuple[Array, Array]:
    """Give free lengths the lengths of the other side.

    Raises:
        Misreading: the shapes are not the same.
    """
    shape = []
    for axis in (0, 1):
        one, other = left.data.shape[axis], right.data.shape[axis]
        if one != other and not (left.free[axis] or right.free[axis]):
            raise Misreading("shapes", f"{left.shape} and {right.shape} do not fit")
        shape.append(max(one, other))
    free = (left.free[0] and right.free[0], left.free[1] and right.free[1])
    return (
        Array(np.broadcast_to(left.data, shape), free),
        Array(np.broadcast_to(right.data, shape), free),
    )


def map_entries(function: Callable[[Number], Any], value: Value) -> Value:
    if not isinstance(value, Array):
        return function(value)
    data = np.empty(value.data.shape, dtype=object)
    for place, number in np.ndenumerate(value.data):
        data[place] = function(number)
    return Array(data, value.free)


def map_pairs(function: Callable[[Number, Number], Any], left: Array, right: Array) -> Array:
    left, right = stretch(left, right)
    data = np.empty(left.data.shape, dtype=object)
    for place in np.ndindex(data.shape):
        data[place] = function(left.data[place], right.data[place])
    return Array(data, left.free)


# --- arithmetic -----------------------------------------------------------------------------------


def add(left: Value, right: Value) -> Value:
    left, right = simplify(left), simplify(right)
    if isinstance(left, Array) and isinstance(right, Array):
        left, right = stretch(left, right)
        return Array(left.data + right.data, left.free)
    if isinstance(left, Array) or isinstance(right, Array):
        raise Misreading("shapes", "a number is added to an array")
    return left + right


def negate(value: Value) -> Value:
    return Array(-value.data, value.free) if isinstance(value, Array) else -value


def multiply(left: Value, right: Value) -> Value:
    """Juxtaposition: numbers, a number times an array, or the matrix product."""
    left, right = simplify(left), simplify(right)
    if not isinstance(left, Array) or not isinstance(right, Array):
        if isinstance(left, Array):
            return Array(left.data * right, left.free)
        if isinstance(right, Array):
            return Array(left * right.data, right.free)
        return left * right
    one, other = left.data, right.data
    if left.free[1] and right.free[0]:
        raise Misreading("shapes", "the length of 𝟏 cannot be told")
    if left.free[1]:
        one = np.broadcast_to(one, (one.shape[0], other.shape[0]))
    elif right.free[0]:
        other = np.broadcast_to(other, (one.shape[1], other.shape[1]))
    elif one.shape[1] != other.shape[0]:
        raise Misreading("shapes", f"no product of {left.shape} and {right.shape}")
    return simplify(Array(one @ other, (left.free[0], right.free[1])))


def multiply_entries(left: Value, right: Value) -> Value:
    """⊙: both of one shape."""
    left, right = simplify(left), simplify(right)
    if isinstance(left, Array) != isinstance(right, Array):
        raise Misreading("shapes", "⊙ between a number and an array")
    if not isinstance(left, Array):
        return left * right
    left, right = stretch(left, right)
    return Array(left.data * right.data, left.free)


def divide(top: Value, bottom: Value, make: Callable[[Any], Number] = float) -> Value:
    """A fraction; `make` keeps the digits of a quotient of two integers. Nobody divides by a
    vector."""
    top, bottom = simplify(top), simplify(bottom)
    if isinstance(bottom, Array):
        raise Misreading("shapes", f"a quotient with {bottom.shape} below")
    if bottom == 0:
        raise Misreading("ranges", "a division by 0")
    if isinstance(bottom, int) and isinstance(top, int):
        top = make(top)
    return Array(top.data / bottom, top.free) if isinstance(top, Array) else top / bottom


def divide_entries(top: Value, bottom: Value) -> Value:
    """⊘: both of one shape."""
    top, bottom = simplify(top), simplify(bottom)
    if isinstance(top, Array) and isinstance(bottom, Array):
        return map_pairs(divide, top, bottom)
    if isinstance(top, Array) or isinstance(bottom, Array):
        raise Misreading("shapes", "⊘ between a number and an array")
    return divide(top, bottom)


def transpose(value: Value) -> Value:
    return Array(value.data.T, value.free[::-1]) if isinstance(value, Array) else value


def raise_power(base: Value, exponent: Value) -> Value:
    """A power; of a vector entry by entry, of a square matrix it could be either."""
    base, exponent = simplify(base), simplify(exponent)
    if isinstance(exponent, Array):
        raise Misreading("shapes", "an array as exponent")
    if isinstance(base, Array):
        check_not_square(base, "a power")
        return map_entries(lambda x: raise_power(x, exponent), base)
    if base == 0 and exponent < 0:
        raise Misreading("ranges", "a division by 0")
    result = base**exponent
    if isinstance(result, complex) or hasattr(result, "_mpc_"):
        raise Misreading("ranges", "a power of a negative number")
    return result


def check_not_square(value: Value, what: str) -> None:
    if isinstance(value, Array) and value.data.shape[0] == value.data.shape[1]:
        raise Misreading("shapes", f"{what} of the square matrix {value.shape}: which product?")


def take_norm(value: Value, lower: str) -> Number:
    """‖v‖ of a vector, ‖M‖_F of a matrix; ‖M‖ alone is the largest singular value."""
    value = simplify(value)
    if not isinstance(value, Array):
        return abs(value)
    if any(value.free) or lower not in ("", "F", "2"):
        raise Misreading("shapes", f"the norm ‖ ‖_{lower} of {value.shape}")
    if 1 not in value.data.shape and lower != "F":
        return float(np.linalg.norm(np.asarray(value.data, dtype=float), 2))
    total = sum(x * x for x in value.data.flat)
    return MANY.sqrt(total) if is_long(total) else math.sqrt(total)


def take_softmax(value: Value, rows: bool) -> Array:
    """Softmax of each sample: of each column, or of each row where samples are rows."""
    value = simplify(value)
    if not isinstance(value, Array):
        raise Misreading("shapes", "a softmax of one number is 1")
    powers = map_entries(lambda x: library_of(x).exp(x), value).data
    return Array(powers / powers.sum(axis=1 if rows else 0, keepdims=True))


def combine(function: Callable[..., Number], values: Sequence[Value]) -> Value:
    """A function of several numbers, such as max, entry by entry where there are arrays."""
    result, *others = map(simplify, values)
    for other in others:
        if isinstance(result, Array) or isinstance(other, Array):
            left, right = (v if isinstance(v, Array) else spread(v) for v in (result, other))
            result = map_pairs(function, left, right)
        else:
            result = function(result, other)
    return result


def match_values(left: Value, right: Value, digits: bool = False) -> list[tuple[Number, Number]]:
    """Pairs of entries that must agree; the digit 0 says that all of an array are 0."""
    if isinstance(left, Array) and isinstance(right, Array):
        one, other = stretch(left, right)
        return list(zip(one.data.flat, other.data.flat, strict=True))
    if isinstance(left, Array):
        if not (digits and right == 0):
            raise Misreading("shapes", f"{left.shape} against a number")
        return [(x, right) for x in left.data.flat]
    if isinstance(right, Array):
        raise Misreading("shapes", f"a number against {right.shape}")
    return [(left, right)]


# --- functions ------------------------------------------------------------------------------------


def is_long(number: Number) -> bool:
    return hasattr(number, "_mpf_")


def library_of(number: Number) -> Any:
    """math for doubles, its namesake for many digits."""
    return MANY if is_long(number) else math


def logistic(x: Number, lib: Any) -> Number:
    return 1 / (1 + lib.exp(-x))


LIBRARY = ["exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"]
LIBRARY += ["asin", "acos", "atan", "asinh", "acosh", "atanh", "erf"]
# name in a layout --> its value, from a number and a library
FUNCTIONS: dict[str, Callable[[Number, Any], Number]] = {
    **{name: lambda x, lib, name=name: getattr(lib, name)(x) for name in LIBRARY},
    "identity": lambda x, lib: x,
    "sigmoid": logistic,
    "relu": lambda x, lib: x if x > 0 else 0 * x,
    "leaky-relu": lambda x, lib: x if x > 0 else x / 100,
    "elu": lambda x, lib: x if x > 0 else lib.exp(x) - 1,
    "softplus": lambda x, lib: lib.log(1 + lib.exp(x)),
    "silu": lambda x, lib: x * logistic(x, lib),
    "gelu": lambda x, lib: x * (1 + lib.erf(x / lib.sqrt(2))) / 2,
    "step": lambda x, lib: 1 if x > 0 else 0,
    "abs": lambda x, lib: abs(x),
    "sign": lambda x, lib: (x > 0) - (x < 0),
}
# where a function has a corner: the value of its derivative there
AT_ZERO = {"relu": 0, "leaky-relu": 0.01, "abs": 0}
EXTREMES: dict[str, Callable[..., Number]] = {"max": max, "min": min}
COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
