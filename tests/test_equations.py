"""The carrier: systems are checked, substitution respects sums, sympy equations are read."""

from __future__ import annotations

import pytest
from cases import SYSTEMS
from sympy import Eq, IndexedBase, Sum, Symbol, symbols

from symbackprop.equations import System, adjoint_name, check, split_adjoint, substitute
from symbackprop.errors import InputError

x, y, z, q, f = symbols("x y z q f")
j, k, n = symbols("j k n", integer=True)
a, b, W = map(IndexedBase, "abW")


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_case_is_well_formed(name: str) -> None:
    assert check(SYSTEMS[name]) is SYSTEMS[name]


BAD = {
    "used before it is defined": ([Eq(f, q * z), Eq(q, x + y), Eq(x, f)], {}),
    "q is defined twice": ([Eq(q, x + y), Eq(q, x * y)], {}),
    "the index k is free on the right side only": ([Eq(b[j], a[k])], {j: (1, n), k: (1, n)}),
    "both summed over and free": ([Eq(b[j], Sum(a[j], (j, 1, n)))], {j: (1, n)}),
    "the range of the index j is not": ([Eq(b[j], x)], {}),
    "a system needs at least one equation": ([], {}),
    "an equation is written Eq": ([x + y], {}),
    "a left side must be a quantity": ([Eq(x + y, q)], {}),
}


@pytest.mark.parametrize("message", BAD)
def test_what_is_not_well_formed_is_refused_by_name(message: str) -> None:
    equations, axes = BAD[message]
    with pytest.raises(InputError, match=message):
        check(System(equations, axes=axes))


def test_substitution_leaves_bound_indices_alone() -> None:
    total = Sum(W[j, k] * a[k], (k, 1, n))
    assert substitute(total, {k: j}) == total
    assert substitute(total, {j: Symbol("p")}) == Sum(W[Symbol("p"), k] * a[k], (k, 1, n))


def test_adjoint_names_come_apart_again() -> None:
    assert split_adjoint(adjoint_name("h", "C_i")) == ("C_i", "h")


def test_inputs_parameters_and_the_cost_are_told_apart() -> None:
    system = System([Eq(q, x + y), Eq(f, q * z)], parameters=[z])
    assert (system.names("input"), system.names("parameter"), system.cost) == (
        ("x", "y"),
        ("z",),
        "f",
    )
