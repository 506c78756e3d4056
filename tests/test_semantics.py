"""The plain meaning of expressions: sums, powers, cases, and what has none."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from sympy import (
    Eq,
    Expr,
    Function,
    IndexedBase,
    KroneckerDelta,
    Max,
    Piecewise,
    Product,
    Sum,
    Symbol,
    symbols,
)

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.number_types import UndefinedError
from symbackprop.primitives import PRIMITIVES
from symbackprop.semantics import compile_expression
from symbackprop.worlds import build_world

x, y = symbols("x y")
i, j, k, n = symbols("i j k n", integer=True)
A, b = IndexedBase("A"), IndexedBase("b")
SIGN = PRIMITIVES["sign"].make


def mean(expression: Expr, indices: Mapping[Symbol, int] | None = None, **numbers: Any) -> Any:
    """The value where n = 3 and A, b are a matrix and a vector of three."""
    given: dict[Any, Any] = {(name,): value for name, value in numbers.items()}
    given |= {("A", r, c): 3 * r - c**2 for r in (1, 2, 3) for c in (1, 2, 3)}
    given |= {("b", r): 5 - r for r in (1, 2, 3)}
    world = build_world(System([Eq(Symbol("C"), x)]), {("n",): 3}, given)
    return compile_expression(expression)(world, dict(indices or {}))


def matrix(r: int, c: int) -> int:
    return 3 * r - c**2


def test_a_free_index_says_which_entry_and_a_bound_one_runs() -> None:
    row = Sum(A[i, k] * b[k], (k, 1, n))
    for r in (1, 2, 3):
        assert mean(row, {i: r}) == sum(matrix(r, c) * (5 - c) for c in (1, 2, 3))


def test_sums_of_products_are_those_of_plain_loops() -> None:
    nested = Sum(Sum(A[i, k] * A[k, j] * b[j], (j, 1, n)), (k, 1, n)) + Sum(b[k], (k, 2, n - 1))
    wanted = sum(matrix(2, c) * matrix(c, d) * (5 - d) for c in (1, 2, 3) for d in (1, 2, 3))
    assert mean(nested, {i: 2}) == wanted + 3


def test_bounds_may_hang_on_the_index_around_them_and_be_empty() -> None:
    triangle = Sum(Sum(A[j, k], (k, 1, j - 1)), (j, 1, n))
    assert mean(triangle) == matrix(2, 1) + matrix(3, 1) + matrix(3, 2)
    assert mean(Sum(b[k], (k, 3, 2))) == 0


def test_an_index_is_a_number_like_any_other() -> None:
    assert mean(Sum(k * b[n + 1 - k], (k, 1, n))) == 1 * 2 + 2 * 3 + 3 * 4
    assert mean(x**j, {j: 3}, x=Fraction(1, 2)) == Fraction(1, 8)


@pytest.mark.parametrize(("at", "value"), [(-2.0, -1), (0.0, 0), (3.0, 1)])
def test_a_sign_and_cases_at_and_beside_their_corner(at: float, value: int) -> None:
    assert mean(SIGN(x), x=at) == value
    assert mean(Piecewise((x, x > 0), (7, x >= 0), (-x, True)), x=at) == (7 if at == 0 else abs(at))
    assert mean(Max(x, 0) - Max(-x, 0), x=at) == at


def test_kroneckers_delta_chooses_an_entry() -> None:
    assert mean(Sum(KroneckerDelta(j, k) * b[k], (k, 1, n)), {j: 2}) == 3
    assert mean(KroneckerDelta(j, 2), {j: 3}) == 0


@pytest.mark.parametrize("expression", [Function("f")(x, y), Product(b[k], (k, 1, 3))])
def test_what_has_no_meaning_is_refused_by_name(expression: Expr) -> None:
    with pytest.raises(InputError, match="no meaning is known for"):
        compile_expression(expression)


def test_what_is_undefined_says_where() -> None:
    with pytest.raises(UndefinedError, match="1/x: a division by 0"):
        mean(1 / x, x=0)
