"""Functions that keep their names: their derivatives, softmax spelt out, and branches at ties."""

from __future__ import annotations

import pytest
from sympy import IndexedBase, Max, Min, Piecewise, Sum, Symbol, exp, sin, symbols

from symbackprop.functions import Softmax, choose_branches, name_function, spell_out

z, u, v = symbols("z u v", real=True)


def test_a_name_is_made_once_and_counts_its_primes() -> None:
    phi = name_function("phi")
    assert name_function("phi") is phi
    assert str(phi(z).diff(z).diff(z)) == "phi''(z)"
    assert phi.derivative().derivative() is name_function("phi", order=2)
    assert phi(z**2).diff(z) == 2 * z * phi.derivative()(z**2)


def test_functions_of_one_name_and_other_formulas_are_others() -> None:
    assert name_function("f", sin) is not name_function("f", exp)


def test_a_formula_is_differentiated_as_often_as_there_are_primes() -> None:
    wave = name_function("wave", lambda x: sin(3 * x))
    for order, wanted in enumerate((sin(3 * u), 3 * sin(3 * u).diff(u) / 3, -9 * sin(3 * u))):
        assert name_function("wave", wave.formula, order).apply_formula(u) == wanted


def test_a_generic_function_has_no_formula() -> None:
    with pytest.raises(TypeError, match="phi is generic"):
        name_function("phi").apply_formula(z)


def test_softmax_is_spelt_out_wherever_it_stands_and_all_else_stays() -> None:
    a, k, n = IndexedBase("a"), *symbols("k n", integer=True)
    soft = Softmax(a[2], a[k], k, 1, n)
    phi = name_function("phi")
    assert soft.argument == a[2]
    assert spell_out(1 - phi(soft)) == 1 - phi(exp(a[2]) / Sum(exp(a[k]), (k, 1, n)))
    assert spell_out(phi(z)) is not None and spell_out(phi(z)) == phi(z)


@pytest.mark.parametrize(
    ("extreme", "place", "slope"),
    [
        (Max(0, z), 0, 0),
        (Min(0, z), 0, 0),
        (Max(0, z), 2, 1),
        (Min(0, z), 2, 0),
        (Min(0, z), -2, 1),
        (Max(z, 2 * z - 1, 4), 7, 2),
    ],
)
def test_a_branch_is_picked_also_at_a_tie(extreme, place: int, slope: int) -> None:
    cases = choose_branches(1 + extreme)
    assert cases.has(Piecewise) and not cases.diff(z).has(Symbol("Heaviside"))
    assert cases.diff(z).subs(z, place) == slope
    for point in (-3, -1, 0, 1, 3, 7):
        assert cases.subs(z, point) == 1 + extreme.subs(z, point)


def test_what_has_no_extreme_is_left_as_it_is() -> None:
    assert choose_branches(u * v) == u * v
