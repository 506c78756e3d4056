"""Printed numbers: right results hold, wrong ones are caught, hostile ones end at once."""

from __future__ import annotations

import math
import time
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symbackprop.primitives import PRIMITIVES
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import (
    Braced,
    Call,
    Group,
    Name,
    Node,
    Number,
    Power,
    Product,
    Ratio,
    Script,
    Statement,
    Total,
    Words,
)
from symbackprop.verification.arithmetic import (
    ArithmeticProblem,
    evaluate_interval,
    is_numeric,
    judge_numbers,
    match_value,
)
from symbackprop.verification.intervals import Interval, apply, make_point

NOWHERE = (0, 0)


def number(text: str) -> Node:
    """0,15 or -0.15 --> the tree that a reader makes of it."""
    text = text.replace(",", ".")
    if text.startswith("-"):
        return Total(NOWHERE, (("-", number(text[1:])),))
    decimals = len(text.partition(".")[2])
    return Number(NOWHERE, Fraction(text), decimals)


def times(*factors: Node | str, sign: str = "*") -> Product:
    nodes = tuple(number(factor) if isinstance(factor, str) else factor for factor in factors)
    return Product(NOWHERE, nodes, (sign,) * (len(nodes) - 1))


def total(*terms: Node | str) -> Total:
    """Terms to be added; a term may be a negative number."""
    nodes = (number(term) if isinstance(term, str) else term for term in terms)
    return Total(NOWHERE, tuple(("+", node) for node in nodes))


def minus(left: Node | str, right: Node | str) -> Group:
    first, second = (number(side) if isinstance(side, str) else side for side in (left, right))
    return Group(NOWHERE, Total(NOWHERE, (("+", first), ("-", second))))


def power(base: Node | str, exponent: Node | str) -> Power:
    first, second = (number(side) if isinstance(side, str) else side for side in (base, exponent))
    return Power(NOWHERE, first, second)


def ratio(top: Node | str, bottom: Node | str) -> Ratio:
    first, second = (number(side) if isinstance(side, str) else side for side in (top, bottom))
    return Ratio(NOWHERE, first, second)


def call(name: str, *arguments: Node | str) -> Call:
    nodes = tuple(number(item) if isinstance(item, str) else item for item in arguments)
    return Call(NOWHERE, Name(NOWHERE, name), nodes)


def e_to(exponent: Node | str) -> Name:
    node = number(exponent) if isinstance(exponent, str) else exponent
    return Name(NOWHERE, "e", upper=(Script(node),))


def logistic(argument: str) -> Ratio:
    return ratio("1", total("1", e_to(number("-" + argument))))


def judge(*sides: Node | str, sign: str = "=") -> list[str]:
    nodes = tuple(number(side) if isinstance(side, str) else side for side in sides)
    statement = Statement(NOWHERE, nodes, (sign,) * (len(nodes) - 1))
    return [found.verdict for found in judge_numbers(statement)]


HALF = ratio("1", "2")

HOLDING = [
    # a weighted sum and its activation, with decimal commas
    ((total(times("0,25", "0,3"), times("0,6", "0,7"), times("0,1", "1")), "0,595"), "="),
    ((logistic("0,595"), "0,64451"), "="),
    # 0.64451 is rounded: taken as exact, the result would end in 10
    ((times(HALF, power(minus("0.02", "0.64451"), "2"), sign=""), "0.195004"), "="),
    ((times("0.64451", minus("1", "0.64451"), sign=""), "0.229117"), "="),
    # a step of gradient descent
    ((minus("0.25", times("0.5", "0.000438568")), "0.249780716"), "="),
    ((total("0.055399425", "-0.019049119"), "0.036350306"), "="),
    # cut off, not rounded: 0.0079395
    ((times("-0.079", "0.201", "0.5", sign="cdot"), "-0.00793"), "approx"),
    ((times("0.721", minus("1", "0.721")), times("0.721", "0.279"), "0.201"), "="),
    ((times("0.99", "3"), "3"), "approx"),
    ((ratio("2", "3"), "0.66"), "approx"),
    ((ratio("2", "3"), "0.667"), "="),
    ((times("0.5", "0.5"), "0.3"), "="),
    (("0.40", "0.4"), "="),
    ((power("0.5", "-2"), "4"), "="),
    ((call("max", "0", "-1.5"), "0"), "="),
    ((call("sqrt", "2"), "1.414"), "="),
    ((call("tanh", "0.5"), "0.46212"), "="),
    ((call("sigma", "0"), HALF), "="),
    ((call("log", "0.5"), "-0.693"), "="),
    ((times("2", "3", sign="/"), ratio("2", "3")), "="),
    ((times("0.000438568", "0.5"), times("2.19284", power("10", "-4"))), "="),
    ((Braced(NOWHERE, times("0.5", "0.3"), Words(NOWHERE, "slope")), "0.15"), "="),
    ((Group(NOWHERE, number("-0.5"), "|"), "0.5"), "="),
    # read as a call, meant as a product
    ((Call(NOWHERE, number("0.75"), (minus("1", "0.75"),), certain=False), "0.1875"), "="),
    ((times("0.721", "0.279"), times("0.72", "0.28")), "approx"),
]
WRONG = [
    ((total(times("0,25", "0,3"), times("0,6", "0,7"), times("0,1", "1")), "0,585"), "="),
    ((logistic("0,595"), "0,64541"), "="),
    ((power(minus("0.02", "0.64451"), "2"), "0.195004"), "="),
    ((total("0.25", times("0.5", "0.000438568")), "0.249780716"), "="),
    ((times("-0.079", "0.201", "0.5", sign="cdot"), "0.00793"), "approx"),
    ((times("-0.079", "0.201", "0.5", sign="cdot"), "-0.00797"), "approx"),
    # rounding every number would let these pass
    ((total("0.2", "0.3"), "0.6"), "="),
    ((times("0.5", "0.72"), "0.38"), "="),
    ((total(times("0.4", "0.5"), "0.3"), "0.4"), "="),
    ((total("1", "1"), "3"), "="),
    ((times("0.5", "3"), "1"), "="),
    ((times("0.5", "4.1"), "3"), "approx"),
    ((ratio("1", "3"), HALF), "approx"),
    ((ratio("2", "3"), "0.66"), "="),
    ((ratio("2", "3"), "0.68"), "approx"),
    (("1.41", "1.5"), "approx"),
    ((times("0.000438568", "0.5"), times("2.19284", power("10", "-3"))), "="),
    ((Group(NOWHERE, number("-0.5"), "|"), "-0.5"), "="),
    ((times("0.721", "0.279"), times("0.72", "0.38")), "approx"),
]
UNSAID = [
    ((ratio("1", "0"), "5"), "division by"),
    ((ratio("1", minus("0.5001", "0.5001")), "5"), "division by"),
    ((call("log", "0"), "5"), "logarithm"),
    ((call("sqrt", number("-1")), "5"), "square root"),
    ((power("2", "0.3"), "1.23"), "no integer"),
    ((power("2", "65"), "1.23"), "exponent above 64"),
    ((e_to("2001"), "5"), "a value above"),
    ((times("2", "3", sign=""), "6"), "side by side"),
    ((times("2", "3", sign="oplus"), "6"), "not known"),
    ((Total(NOWHERE, (("±", number("2")),)), "2"), "leaves open"),
    ((call("max"), "2"), "max of 0 numbers"),
    ((call("exp", "1", "2"), "2"), "exp of 2 numbers"),
    # the digits on the left are too few to tell
    ((times("0.593", "0.721"), "0.427553"), ""),
    ((times("0.593", "0.721"), "0.427700"), "too few digits"),
    ((times("0.64", "0.24"), "0.16"), "two digits"),
]


@pytest.mark.parametrize("sides, sign", HOLDING)
def test_what_is_right_holds(sides: tuple[Node | str, ...], sign: str) -> None:
    assert judge(*sides, sign=sign) == ["holds"] * (len(sides) - 1)


@pytest.mark.parametrize("sides, sign", WRONG)
def test_what_is_wrong_is_caught(sides: tuple[Node | str, ...], sign: str) -> None:
    assert judge(*sides, sign=sign) == ["wrong"]


@pytest.mark.parametrize("sides, reason", UNSAID)
def test_what_cannot_be_told_is_said_with_its_reason(
    sides: tuple[Node | str, ...], reason: str
) -> None:
    nodes = tuple(number(side) if isinstance(side, str) else side for side in sides)
    (found,) = judge_numbers(Statement(NOWHERE, nodes, ("=",)))
    # the one without a reason holds: exact numbers need no rounding
    assert found.verdict == ("not-checkable" if reason else "holds")
    assert reason in found.message


def test_a_message_has_both_values() -> None:
    sides = (times("0.5", "0.000438568"), number("0.000319284"))
    (found,) = judge_numbers(Statement(NOWHERE, sides, ("=",)))
    assert found.message == "the left side is 0.000219284, the right side 0.000319284"


def test_only_links_between_numbers_are_judged() -> None:
    net, product = Name(NOWHERE, "net"), times("0.5", "0.3")
    statement = Statement(NOWHERE, (net, product, number("0.15"), net), ("=", "=", "="))
    assert [(found.link, found.verdict) for found in judge_numbers(statement)] == [(1, "holds")]
    assert judge("0.15", "0.2", sign="<") == []
    assert judge("0.15", "0.2", sign="leftarrow") == []


@pytest.mark.parametrize(
    "node",
    [
        Name(NOWHERE, "e"),
        Name(NOWHERE, "e", upper=(Script(Name(NOWHERE, "x")),)),
        Name(NOWHERE, "w", upper=(Script(number("2")),)),
        Call(NOWHERE, Name(NOWHERE, "sigma", primes=1), (number("0.5"),)),
        Call(NOWHERE, Name(NOWHERE, "log", lower=(Script(number("2")),)), (number("8"),)),
        call("f", "0.5"),
        Words(NOWHERE, "2"),
    ],
)
def test_letters_are_no_numbers(node: Node) -> None:
    assert not is_numeric(node)
    with pytest.raises(ArithmeticProblem):
        evaluate_interval(node)


# at most two significant digits, as inputs and weights of worked examples have
DIGITS = st.integers(1, 99).map(lambda n: Decimal(n) / 100)


@given(st.lists(st.tuples(DIGITS, DIGITS), min_size=1, max_size=4), st.integers(3, 8))
def test_a_sum_of_products_holds_as_it_rounds_and_not_two_units_off(
    pairs: list[tuple[Decimal, Decimal]], decimals: int
) -> None:
    left = total(*(times(f"{a:f}", f"{b:f}") for a, b in pairs))
    unit = Decimal(1).scaleb(-decimals)
    result = sum(a * b for a, b in pairs).quantize(unit, ROUND_HALF_EVEN)
    assert judge(left, f"{result:f}") == ["holds"]
    assert judge(left, f"{result + 2 * unit:f}") == ["wrong"]
    assert judge(left, f"{result + 2 * unit:f}", sign="approx") == ["wrong"]


@given(st.floats(0.001, 9), st.integers(4, 9))
def test_an_activation_of_a_rounded_number_holds(value: float, decimals: int) -> None:
    printed = f"{value:.{decimals}f}"
    result = 1 / (1 + math.exp(-value))
    shown = f"{result:.{decimals}f}"
    assert judge(logistic(printed), shown) == ["holds"]
    off = Decimal(shown) + 2 * Decimal(1).scaleb(-decimals)
    assert judge(logistic(printed), f"{off:f}") == ["wrong"]


@given(st.lists(st.floats(0.1, 0.999), min_size=2, max_size=4), st.integers(4, 8))
def test_rounding_what_is_calculated_with_is_forgiven(values: list[float], decimals: int) -> None:
    left = times(*(f"{value:.{decimals}f}" for value in values), sign="cdot")
    assert "wrong" not in judge(left, f"{math.prod(values):.{decimals}f}")


@given(st.fractions(-20, 20), st.fractions(-20, 20), st.fractions(0, 1))
def test_intervals_enclose_what_floats_compute(a: Fraction, b: Fraction, part: Fraction) -> None:
    interval = Interval(min(a, b), max(a, b))
    x = interval.low + part * interval.width
    for name in ("exp", "tanh", "sin", "cos", "sinh", "cosh", "atan", "erf"):
        row, plain = PRIMITIVES[name], getattr(math, name)
        image = apply(row, interval)
        # floats are off by a little
        slack = Fraction(1, 10**12) * max(1, math.ceil(abs(plain(x))))
        assert image.low - slack <= plain(x) <= image.high + slack
    for exponent in (0, 1, 2, 3):
        image = interval**exponent
        assert image.low <= x**exponent <= image.high
    for other in (make_point(b), interval):
        assert (interval * other).low <= x * other.low <= (interval * other).high
    if interval.low > 0:
        assert float(apply(PRIMITIVES["log"], interval).low) <= math.log(x) + 1e-12


@given(st.integers(2, 10**6), st.integers(1, 10**6))
def test_the_ends_of_a_function_lie_on_both_sides_of_it(top: int, bottom: int) -> None:
    assume(top != bottom)
    image = apply(PRIMITIVES["log"], make_point(Fraction(top, bottom)))
    assert image.low < image.high
    back = apply(PRIMITIVES["exp"], image)
    assert back.low <= Fraction(top, bottom) <= back.high


@pytest.mark.parametrize(
    "text, value, matches",
    [
        ("0.3775", 0.3775, True),
        ("0.3775", 0.37759, True),
        ("0.3775", 0.37765, False),
        ("0.059669", 0.05966884, True),
        ("0.059669", 0.0596711, False),
        ("3", 3.0000000001, True),
        ("3", 3.001, False),
        ("0.1", 0.1, True),
        ("0.1", math.nan, False),
        ("0.1", math.inf, False),
    ],
)
def test_a_printed_number_against_a_computed_one(text: str, value: float, matches: bool) -> None:
    assert match_value(evaluate_interval(number(text)), value) is matches


def nest(depth: int) -> Node:
    node = number("0.5")
    for _ in range(depth):
        node = Group(NOWHERE, node)
    return node


def stack_powers(base: str, height: int) -> Node:
    node = number(base)
    for _ in range(height):
        node = power(base, node)
    return node


def repeat_powers(height: int) -> Node:
    node: Node = number("9.9")
    for _ in range(height):
        node = power(Group(NOWHERE, node), "64")
    return node


def repeat_exp(height: int) -> Node:
    node: Node = number("9.5")
    for _ in range(height):
        node = e_to(node)
    return node


HOSTILE = {
    "a tower of powers": stack_powers("9", 3),
    "a tall tower of powers": stack_powers("9", 90),
    "a power to a huge power": power("9", Number(NOWHERE, Fraction(10**5000 + 1))),
    "powers of powers": repeat_powers(40),
    "e to e to e": repeat_exp(20),
    "an integer of 100,000 digits": Number(NOWHERE, Fraction(10**100_000 - 1)),
    "100,000 decimals": Number(NOWHERE, Fraction(1, 3**200_000), 100_000),
    "one over 100,000 decimals": ratio("1", Number(NOWHERE, Fraction(1, 10**100_000), 100_000)),
    "deep brackets": nest(20_000),
    "a million decimals announced": Number(NOWHERE, Fraction(1, 2), 10**6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_numbers_end_at_once(name: str) -> None:
    started = time.process_time()
    verdicts = judge(HOSTILE[name], "5.25") + judge("5.25", HOSTILE[name], sign="approx")
    assert time.process_time() - started < 2
    assert set(verdicts) <= {"not-checkable", "wrong"}


def test_a_long_sum_of_odd_fractions_stays_quick() -> None:
    terms = total(*(ratio("1", str(n)) for n in range(1, 3001)))
    started = time.process_time()
    # the harmonic number H_3000
    assert judge(terms, "8.58375") == ["holds"]
    assert judge(terms, "8.58395") == ["wrong"]
    assert time.process_time() - started < 2


READ = [
    (r"net_{h1} = 0,25 * 0,3 + 0,6 * 0,7 + 0,1 * 1 = 0,595", [(1, "holds")]),
    (r"net_{h1} = 0,25 * 0,3 + 0,6 * 0,7 + 0,1 * 1 = 0,597", [(1, "wrong")]),
    (r"out_{h1} = \frac{1}{1 + e^{-0,595}} = 0,64451", [(1, "holds")]),
    (r"out_{h1} = \frac{1}{1 + e^{-0{,}595}} = 0{,}65451", [(1, "wrong")]),
    (r"L = \frac12 (0.079)^2 \approx \mathbf{0.00312}", [(1, "holds")]),
    # goes on with what a display before it ended with
    (r"= 0.25 - 0.5 * 0.000438568 = 0.249780716", [(0, "holds")]),
    (r"= 0.25 - 0.5 * 0.000438568 = 0.249780718 < 1", [(0, "wrong")]),
    (r"\underbrace{(-0.079)}_{\text{first}} \cdot (0.201) = -0.0159", [(0, "holds")]),
    (r"\sqrt{2} \approx 1.41 \approx 1.5", [(0, "holds"), (1, "wrong")]),
    (r"4.3 \cdot 10^{-4} = 0.00043", [(0, "holds")]),
    (r"9^{9^{9^9}} = 3.5", [(0, "not-checkable")]),
]


@pytest.mark.parametrize("text, expected", READ)
def test_lines_as_they_are_written(text: str, expected: list[tuple[int, str]]) -> None:
    (statement,) = read_formula(text).statements
    assert [(found.link, found.verdict) for found in judge_numbers(statement)] == expected
