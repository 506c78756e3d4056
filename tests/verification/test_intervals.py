"""Intervals: they hold every value between their ends, and say where there is none."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Piecewise, Symbol, exp, log, sqrt

from symbackprop.primitives import PRIMITIVES
from symbackprop.verification.intervals import (
    ArithmeticProblem,
    Interval,
    apply,
    evaluate_formula,
    make_point,
)


def between(low: float, high: float) -> Interval:
    return Interval(Fraction(str(low)), Fraction(str(high)))


ENDS = st.fractions(-5, 5, max_denominator=8)


@given(ENDS, ENDS, ENDS, ENDS, st.fractions(0, 1, max_denominator=4), st.integers(0, 5))
def test_what_is_worked_out_lies_in_the_interval(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, part: Fraction, power: int
) -> None:
    one, other = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    x, y = one.low + part * one.width, other.high - part * other.width
    cases = [
        (one + other, x + y), (one - other, x - y), (one * other, x * y),
        (abs(one), abs(x)), (one**power, x**power), (-one, -x),
    ]  # fmt: skip
    if not other.low <= 0 <= other.high:
        cases += [(one / other, x / y), (other**-2, y**-2)]
    for interval, value in cases:
        assert interval.low <= value <= interval.high


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        (between(-1, 2) * between(3, 4), -4, 8),
        (between(-1, 2) ** 2, 0, 4),
        (between(-2, -1) ** 3, -8, -1),
        (between(1, 2) / between(4, 8), Fraction(1, 8), Fraction(1, 2)),
        (abs(between(-3, 2)), 0, 3),
        (between(0, 1).widen(Fraction(1, 2)), Fraction(-1, 2), Fraction(3, 2)),
        (between(2, 4) ** 0, 1, 1),
    ],
)
def test_ends_are_as_near_as_they_can_be(interval: Interval, low: Fraction, high: Fraction) -> None:
    assert (interval.low, interval.high) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [((0, 1), (1, 2), True), ((0, 1), (1.5, 2), False), ((0, 3), (1, 2), True)],
)
def test_intervals_meet_where_they_have_a_number_in_common(
    one: tuple[float, float], other: tuple[float, float], meets: bool
) -> None:
    assert between(*one).meets(between(*other)) is meets
    assert between(*other).meets(between(*one)) is meets


@pytest.mark.parametrize(
    ("name", "low", "high", "least", "largest"),
    [
        ("exp", 0, 1, 1.0, math.e),
        ("tanh", -1, 1, -math.tanh(1), math.tanh(1)),
        # they turn between the ends
        ("cos", -1, 1, math.cos(1), 1.0),
        ("sin", 1, 2, math.sin(1), 1.0),
        ("cosh", -1, 2, 1.0, math.cosh(2)),
        ("abs", -1, 2, 0.0, 2.0),
        ("sqrt", 4, 9, 2.0, 3.0),
        ("log", 1, 2, 0.0, math.log(2)),
    ],
)
def test_a_function_goes_from_its_least_to_its_largest_value(
    name: str, low: float, high: float, least: float, largest: float
) -> None:
    found = apply(PRIMITIVES[name], between(low, high))
    assert math.isclose(float(found.low), least, abs_tol=1e-15)
    assert math.isclose(float(found.high), largest, abs_tol=1e-15)


def test_of_several_the_largest_is_chosen_at_both_ends() -> None:
    assert apply(PRIMITIVES["max"], between(0, 3), between(1, 2)) == between(1, 3)
    assert apply(PRIMITIVES["min"], between(0, 3), between(1, 2)) == between(0, 2)


z = Symbol("z")


@pytest.mark.parametrize(
    ("formula", "least", "largest"),
    [
        (1 / (1 + exp(-z)), 1 / (1 + math.e), 1 / (1 + math.exp(-2))),
        (3 * exp(z) - 1, 3 / math.e - 1, 3 * math.exp(2) - 1),
        (sqrt(z**2), 0.0, 2.0),
        (Piecewise((z, z > 0), (0, True)), 0.0, 2.0),
        (Piecewise((z, z > 0), (-z / 2, True)), 0.0, 2.0),
    ],
)
def test_a_formula_is_enclosed(formula: object, least: float, largest: float) -> None:
    found = evaluate_formula(formula, z, between(-1, 2))  # type: ignore[arg-type]
    assert math.isclose(float(found.low), least, abs_tol=1e-12)
    assert math.isclose(float(found.high), largest, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("work_out", "reason"),
    [
        (lambda: between(1, 2) / between(-1, 1), "division by something that may be zero"),
        (lambda: between(1, 2) ** 65, "an exponent above 64"),
        (lambda: apply(PRIMITIVES["log"], between(0, 1)), "may be zero or negative"),
        (lambda: apply(PRIMITIVES["sqrt"], between(-1, 1)), "may be negative"),
        (lambda: apply(PRIMITIVES["tan"], between(1, 2)), "may be where it has no value"),
        (lambda: apply(PRIMITIVES["exp"], make_point(10**4)), "a value above 10"),
        (lambda: make_point(10**1100), "a number of more than 1000 digits"),
        (lambda: evaluate_formula(Symbol("y"), z, between(0, 1)), "y is not worked out in numbers"),
        (lambda: evaluate_formula(log(z), z, between(0, 1)), "may be zero or negative"),
    ],
)
def test_what_has_no_value_is_told(work_out: object, reason: str) -> None:
    with pytest.raises(ArithmeticProblem, match=reason):
        work_out()  # type: ignore[operator]
    with pytest.raises(ValueError, match="holds nothing"):
        between(2, 1)


def test_ends_of_many_digits_are_rounded_outwards() -> None:
    x = Fraction(10**400 + 1, 3**900)
    found = Interval(x, x)
    assert found.low < x < found.high and found.width < x / 2**500
    assert found.low.denominator.bit_length() < 2000
