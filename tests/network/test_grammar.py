"""The grammar of graphs: what it means, what it refuses, and that refusing is quick."""

from __future__ import annotations

import math
import time
from contextlib import suppress

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symbackprop.errors import InputError
from symbackprop.functions import name_function
from symbackprop.network.grammar import (
    parse_expression,
    parse_quantity,
    parse_range,
    scan_quantity,
)

x, y = sympy.symbols("x y")
j, k, t, n, T = (sympy.Symbol(letter, integer=True) for letter in "jktnT")
W, a, h = (sympy.IndexedBase(letter) for letter in "Wah")
sigmoid = name_function("sigmoid")
KNOWN = {
    "names": {"x": (x, 0), "y": (y, 0), "W": (W, 2), "a": (a, 1), "h": (h, 2)},
    "axes": {"j": (j, 1, n), "k": (k, 1, n), "t": (t, 1, T)},
}


def parse(text: str) -> sympy.Expr:
    return parse_expression(text, **KNOWN, functions={"sigmoid": sigmoid})


RIGHT = [
    ("-x^2", -(x**2)),
    ("2^-1*x", x / 2),
    ("2^3^2", sympy.Integer(512)),
    ("x - y - 1", x - y - 1),
    ("x/y/2", x / y / 2),
    ("-x^-y^2", -(x ** -(y**2))),
    ("0.1 + .5*x + 1e-3", sympy.Rational(101, 1000) + x / 2),
    ("(x+y)*x", (x + y) * x),
    ("--x", x),
    ("sqrt(x) + exp(y)*log(x)", sympy.sqrt(x) + sympy.exp(y) * sympy.log(x)),
    ("max(0, x)", sympy.Max(0, x)),
    ("min(2, 3)", sympy.Integer(2)),
    ("sigmoid(x)", sigmoid(x)),
    ("h[t-1, 2*k+1]", h[t - 1, 2 * k + 1]),
    ("h[T, j]/n", h[T, j] / n),
    ("sum(k, W[j, k]*a[k])", sympy.Sum(W[j, k] * a[k], (k, 1, n))),
    ("x +\n y", x + y),
]


@pytest.mark.parametrize(("text", "meaning"), RIGHT)
def test_meaning(text: str, meaning: sympy.Expr) -> None:
    assert parse(text) == meaning


WRONG = [
    ("", 1, 1, "the text ends"),
    ("x +", 1, 4, "the text ends"),
    ("2x", 1, 2, r"write 2\*x"),
    ("x y", 1, 3, r"write x\*y"),
    ("x(y)", 1, 2, r"write x\*"),
    ("(x)(y)", 1, 4, r"a \* is missing"),
    ("x**2", 1, 2, r"power is \^"),
    ("(x", 1, 1, r"the bracket \( is not closed"),
    ("a[j", 1, 2, r"the bracket \[ is not closed"),
    ("x)", 1, 2, "should end here"),
    ("x +\n  q", 2, 3, "unknown name 'q'"),
    ("sigmod(x)", 1, 1, "did you mean 'sigmoid'"),
    ("W[j]", 1, 1, "W takes 2 indices, not 1"),
    ("x[j]", 1, 1, "x takes no index, not 1"),
    ("a", 1, 1, "a takes one index, not 0"),
    ("a[q]", 1, 3, "unknown index 'q'"),
    ("a[j*k]", 1, 4, "linear"),
    ("a[j^2]", 1, 4, "linear"),
    ("a[0.5]", 1, 3, "whole number"),
    ("j*x", 1, 1, "j is an axis"),
    ("max(x)", 1, 1, "max takes two or more arguments, not 1"),
    ("exp(x, y)", 1, 1, "exp takes one argument, not 2"),
    ("sum(q, x)", 1, 5, "unknown axis 'q'"),
    ("sum(k, sum(k, a[k]))", 1, 12, "another axis"),
    ("1/0", 1, 3, "divides by 0"),
    ("x/(y - y)", 1, 3, "divides by 0"),
    ("log(0)", 1, 1, "no value"),
    ("x = 2", 1, 3, "'='"),
    ("x\0", 1, 2, "not of this grammar"),
]


@pytest.mark.parametrize(("text", "line", "column", "complaint"), WRONG)
def test_wrong_text_is_refused_at_its_place(
    text: str, line: int, column: int, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint) as refusal:
        parse(text)
    place, _, caret = str(refusal.value).split("\n")
    assert place.startswith(f"line {line}, column {column}: ")
    assert caret == " " * (column + 1) + "^"


HOSTILE = [
    "9^9^9^9",
    "((9^64)^64)^64",
    "9^x*9^(999999999999-x)",
    "exp(1000000000*log(9))",
    "exp(1000000000*log(9)*x)",
    "(2*x)^1000000000",
    "(((2*x)^64)^64)^64",
    "exp(exp(exp(100)))",
    "max(exp(exp(9)), 1)",
    "1" * 31,
    "1e999999999",
    "x" * 10_001,
    "(" * 5000,
    "(" * 101 + "x" + ")" * 101,
    "2^" * 3000 + "2",
    "exp(" * 101 + "x" + ")" * 101,
    "*".join(["9^64"] * 1900),
    "*".join(f"{10**22 + i}^(1/7)" for i in range(300)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_hostile_text_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InputError):
        parse(text)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("opening", ["(", "exp(", "log(", "sigmoid(", "max(y, ", "2^(", "1/(1+"])
def test_allowed_nesting_is_read(opening: str) -> None:
    depth = 99 // opening.count("(") // (2 if "^" in opening else 1)
    assert x in parse(opening * depth + "x" + ")" * depth).free_symbols


def combine(children: st.SearchStrategy) -> st.SearchStrategy:
    """Grow (text, value) pairs side by side; every operand stands in brackets of its own."""
    pairs = st.tuples(children, children)
    return st.one_of(
        pairs.map(lambda p: (f"{p[0][0]} + {p[1][0]}", p[0][1] + p[1][1], 1)),
        pairs.map(lambda p: (f"{p[0][0]} - {group(p[1], 2)}", p[0][1] - p[1][1], 1)),
        pairs.map(lambda p: (f"{group(p[0], 2)}*{group(p[1], 2)}", p[0][1] * p[1][1], 2)),
        pairs.map(
            lambda p: (f"{group(p[0], 2)}/({p[1][0]} + 50)", p[0][1] / (p[1][1] + 50), 2)
        ).filter(lambda p: abs(p[1]) < 1e6),
        children.map(lambda p: (f"-{group(p, 3)}", -p[1], 2)),
        children.map(lambda p: (f"{group(p, 4)}^2", p[1] ** 2, 3)),
        children.map(lambda p: (f"exp(x - ({p[0]})^2)", math.exp(X - p[1] ** 2), 4)),
        pairs.map(lambda p: (f"max(x - x*y, {p[0][0]}+x)", max(X - X * Y, p[0][1] + X), 4)),
    ).filter(lambda p: abs(p[1]) < 1e6)


def group(pair: tuple[str, float, int], strength: int) -> str:
    """Put brackets where the operand binds less than its place asks for."""
    text, _, binds = pair
    return text if binds >= strength else f"({text})"


X, Y = 0.75, -1.25
LEAVES = st.one_of(
    st.just(("x", X, 4)),
    st.just(("y", Y, 4)),
    st.integers(0, 20).map(lambda i: (str(i), float(i), 4)),
    st.integers(0, 99).map(lambda i: (f"{i / 10}", i / 10, 4)),
)


@given(st.recursive(LEAVES, combine, max_leaves=12))
@settings(max_examples=150)
def test_value_agrees_with_python(pair: tuple[str, float, int]) -> None:
    text, value, _ = pair
    try:
        expression = parse(text)
    except InputError as refusal:
        # only bounds may refuse it here
        assert "constant argument" in str(refusal) or "divides by 0" in str(refusal)
        return
    number = float(expression.subs({x: sympy.Rational(3, 4), y: sympy.Rational(-5, 4)}).evalf(30))
    assert number == pytest.approx(value, rel=1e-7, abs=1e-4)


WORDS = [
    *("x", "y", "W", "a", "j", "k", "n", "sum(", "exp(", "log(", "max(", "sqrt(", "sigmoid("),
    *("(", ")", "[", "]", ",", "+", "-", "*", "/", "^", "**", ".", "..", "[j]", "[j,k]", "=", " "),
    *("0", "1", "2", "9", "0.5", "64", "1e3", "99999999", "\0", "é", "²", "٣", "\n"),
]


@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.text(max_size=60)))
@settings(max_examples=300)
@example("²")
@example("٣")
@example("x²")
@example("1e٣")
def test_any_text_parses_or_is_refused_quickly(text: str) -> None:
    start = time.process_time()
    with suppress(InputError):
        assert isinstance(parse(text), sympy.Expr)
    for reader in (scan_quantity, parse_range):
        with suppress(InputError):
            reader(text)
    assert time.process_time() - start < 1


def test_left_sides() -> None:
    assert parse_quantity(" x ", **KNOWN) == x
    assert parse_quantity("h[0, j]", **KNOWN) == h[0, j]
    assert scan_quantity("h[t - 1, 2*j]") == ("h", 2)
    for wrong in ("2", "h[t", "h[t, j] + 1", "x y", "h[t](j)", "h[]", "h[t,,j]"):
        with pytest.raises(InputError):
            parse_quantity(wrong, **KNOWN)
    for wrong in ("2", "h[t", "h[t, j] + 1", "x y", "h[t](j)"):
        with pytest.raises(InputError):
            scan_quantity(wrong)


def test_ranges() -> None:
    assert parse_range("1..T") == (1, T)
    assert parse_range("0..2*T-1") == (0, 2 * T - 1)
    size = sympy.Symbol("N", integer=True, positive=True)
    assert parse_range("1..N", names={"N": size}) == (1, size)
    for wrong in ("1", "1..", "..2", "1...3", "5..2", "1..2 3", "1..T^2", "1..0.5"):
        with pytest.raises(InputError):
            parse_range(wrong)
    with pytest.raises(InputError, match="unknown index 'T'"):
        parse_range("1..T", names={})
