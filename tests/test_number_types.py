"""Residues are a field, dual numbers know slopes, and oracles are functions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Pow, Rational, cos, exp, log, pi, sin, sqrt, symbols, tan

from symbackprop.equations import Equation, System
from symbackprop.number_types import (
    DOUBLE,
    PRECISE,
    PRIME,
    Dual,
    Field,
    InexactError,
    Residue,
    UndefinedError,
    add_all,
)
from symbackprop.partials import Partial
from symbackprop.primitives import KINDS, cosh, leave_alone, sinh, tanh
from symbackprop.proofs import Counterexample, Proof, Prover

residues = st.integers(-PRIME, 2 * PRIME).map(Residue)
x, y, f = symbols("x y f")
SMOOTH = [kind for kind, row in KINDS.items() if row.ask]


def test_the_modulus_is_a_prime() -> None:
    """Lucas and Lehmer: 2^p - 1 is prime if and only if the sequence s^2 - 2 from 4 ends in 0."""
    s = 4
    for _ in range(59):
        s = (s * s - 2) % PRIME
    assert (PRIME, s) == (2**61 - 1, 0)


@given(residues, residues, residues)
def test_residues_are_a_field(a: Residue, b: Residue, c: Residue) -> None:
    assert (a + b) * c == a * c + b * c
    assert a * b == b * a
    assert a + b - b == a
    assert a - b == -(b - a)
    assert 3 * a == a + a + a == a * 3
    assert 1 + a - 1 == a == -(0 - a)
    assert a**3 == a * a * a
    assert 0 <= (a * b).number < PRIME
    if b:
        assert a / b * b == a
        assert b**-2 * b * b == 1 == b / b
        assert 5 / b * b == 5
    assert (a == b) == ((a - b) == 0)
    assert hash(a) == hash(a + 0)


def test_residues_refuse_what_they_cannot_do() -> None:
    for compare in (lambda a, b: a < b, lambda a, b: a > b, lambda a, b: a <= b, max):
        with pytest.raises(InexactError, match="no order"):
            compare(Residue(1), Residue(2))
    with pytest.raises(ZeroDivisionError):
        1 / Residue(PRIME)
    for wrong in (0.5, Fraction(1, 2), "1"):
        with pytest.raises(TypeError):
            Residue(1) + wrong
        with pytest.raises(TypeError):
            Residue(1) * wrong
    with pytest.raises(TypeError):
        Residue(2) ** 0.5
    assert Residue(1) != 1.5
    assert repr(Residue(-1)) == f"Residue({PRIME - 1})"


@given(*[st.integers(-9, 9)] * 4)
def test_dual_numbers_know_the_slopes_of_sums_and_products(a: int, b: int, c: int, e: int) -> None:
    u, v = Dual(a, {"u": 1}), Dual(b, {"v": 1})
    result = c * u * v + u * u * e + -v + -u
    assert result.value == c * a * b + a * a * e - b - a
    assert result.slopes.get("u", 0) == c * b + 2 * a * e - 1
    assert result.slopes.get("v", 0) == c * a - 1
    assert u.slopes == {"u": 1}
    assert v.slopes == {"v": 1}


def test_a_sum_of_plain_numbers_is_plain() -> None:
    assert add_all([1, 2.5]) == 3.5
    assert add_all([]) == 0
    assert add_all([Dual(1, {"u": 2}), 3, Dual(4, {"u": 5})]).slopes == {"u": 7}


# --- oracles -----------------------------------------------------------------------------------

TYPES = {"residues": Residue, "fractions": Fraction}


@pytest.mark.parametrize("kind", TYPES)
def test_an_oracle_answers_the_same_and_others_answer_otherwise(kind: str) -> None:
    field, again, other = (Field(seed, TYPES[kind]) for seed in ("1", "1", "2"))
    u, v = (field.draw(Random(n), 0.1, 0.9) for n in (1, 2))
    function, derivative = (lambda g, n: g.draw_function(Random(5))(n, u)), 1
    answers = {
        field.ask("exp", u),
        field.ask("exp", v),
        field.ask("log", u),
        other.ask("exp", u),
        function(field, 0),
        function(field, derivative),
    }
    assert len(answers) == 6
    assert 0 not in answers
    # in another order, in a field of its own
    assert again.ask("exp", v) == field.ask("exp", v)
    assert again.ask("exp", u) == field.ask("exp", u)
    assert function(again, 1) == function(field, 1)


@pytest.mark.parametrize("kind", TYPES)
def test_oracles_know_the_identities_that_are_said_of_them(kind: str) -> None:
    field = Field("1", TYPES[kind])
    assert not field.leans
    for n in range(1, 20):
        u = field.draw(Random(n), 0.1, 0.9) * (-1) ** n
        assert field.apply(exp, u) * field.apply(exp, -u) == 1
        assert field.apply(sin, u) ** 2 + field.apply(cos, u) ** 2 == 1
        assert field.apply(tan, u) == field.apply(sin, u) / field.apply(cos, u)
        assert field.apply(cosh, u) ** 2 - field.apply(sinh, u) ** 2 == 1
        assert field.apply(tanh, u) == field.apply(sinh, u) / field.apply(cosh, u)
        assert field.apply(log, 1 / u) == -field.apply(log, u)
        for kind_ in SMOOTH:
            value, turned = field.apply(kind_, u), field.apply(kind_, -u)
            odd = kind_ not in (exp, log, cos, cosh)
            assert (turned == -value) is odd
    assert field.apply(exp, 0) == 1 == field.apply(cos, 0)
    assert field.apply(sin, 0) == 0 == field.apply(log, 1)
    assert field.leans
    with pytest.raises(UndefinedError):
        field.apply(log, -1)


def test_constants_keep_their_squares() -> None:
    field = Field("1")
    assert field.make(Rational(2, 3)) * 3 == 2
    assert not field.leans
    assert field.make(sqrt(2)) ** 2 == 2
    assert field.make(Pow(2, Rational(3, 2), evaluate=False)) == 2 * field.make(sqrt(2))
    assert field.make(sqrt(pi)) ** 2 == field.make(pi)
    assert field.make(sqrt(5)) * field.make(sqrt(2)) == field.make(sqrt(10))
    assert field.leans
    with pytest.raises(InexactError, match=r"root of 3"):
        field.make(sqrt(3))
    with pytest.raises(InexactError, match=r"0\.5"):
        field.make(Rational(1, 2).evalf(2))
    with pytest.raises(InexactError, match="root of 2"):
        Field("1", Fraction).make(sqrt(2))


@pytest.mark.parametrize("kind", SMOOTH, ids=lambda kind: kind.__name__)
def test_every_function_has_the_slope_that_sympy_finds(
    kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sympy's rule, that of the table and the imaginary steps of doubles are three."""
    system = System([Eq(f, kind(x * y) * x)])
    by_sympy = getattr(sympy, kind.__name__)(x * y).diff(y)
    claim = Equation(Partial(f, y), leave_alone(by_sympy) * x)
    found = Prover(system).decide(claim)
    assert isinstance(found, Proof)
    assert found.kind == "exact"
    row = KINDS[kind]
    monkeypatch.setitem(KINDS, kind, replace(row, slope=lambda x, y: 2 * row.slope(x, y)))
    # With a wrong rule the claim is not exact any more: 50 digits decide, which need no rule.
    doubted = Prover(system).decide(claim)
    assert isinstance(doubted, Proof)
    assert (doubted.kind, doubted.digits) == ("numeric", True)
    refuted = Prover(system).decide(Equation(claim.lhs, claim.rhs * (1 + Rational(1, 10**20))))
    assert isinstance(refuted, Counterexample)


def test_all_arithmetics_know_the_same_functions() -> None:
    assert set(DOUBLE.functions) == set(PRECISE.functions) == set(KINDS)
    assert {kind for kind, row in KINDS.items() if not row.has_corner} == set(SMOOTH)


def test_doubles_and_digits_have_the_same_values_and_slopes() -> None:
    for kind in SMOOTH:
        for value in (0.3, 1.7):
            precise = PRECISE.make(value)
            assert DOUBLE.apply(kind, value) == pytest.approx(float(PRECISE.apply(kind, precise)))
            slopes = (DOUBLE.slope_of(kind, value), float(PRECISE.slope_of(kind, precise)))
            assert slopes[0] == pytest.approx(slopes[1], rel=1e-14)


def test_a_generic_function_of_doubles_has_derivatives_of_every_order() -> None:
    for arithmetic in (DOUBLE, PRECISE):
        function, at = arithmetic.draw_function(Random(3)), arithmetic.make(0.4)
        for order in (0, 1, 2):
            step = arithmetic.make(1e-5)
            difference = function(order, at + step) - function(order, at - step)
            expected = float(difference / (2 * step))
            assert float(function(order + 1, at)) == pytest.approx(expected, rel=1e-5, abs=1e-8)
    # of as many digits as are promised: a circle of another size finds the same
    precise = PRECISE.draw_function(Random(3))
    wider = replace(PRECISE, points=160).draw_function(Random(3))
    assert abs(precise(3, PRECISE.make(0.4)) - wider(3, PRECISE.make(0.4))) < 1e-50
