"""A plain Python function is read from its source, and what cannot be read is refused by line."""

from __future__ import annotations

import builtins
import math
from math import exp

import numpy as np
import pytest
import sympy
from latex_judges import refuse_in_katex

from symbackprop.errors import InputError
from symbackprop.network.python_functions import read_function

z, a, y = sympy.symbols("z a y")
slope = 0.2


def swish(z):
    """A docstring is no part of the formula."""
    gate = 1 / (1 + exp(-z))
    return z * gate


def gelu(z):
    return 0.5 * z * (1 + math.erf(z / math.sqrt(2)))


def hinge(z):
    return max(0, 1 - z) + abs(z) - min(z, 2)


def leaky(z):
    return z if z > 0 else 0.01 * z


def banded(z):
    return 0 if -1 < z <= 1 or z == 5 else np.tanh(z) ** 2


def huber(a, y):
    d = a - y
    return np.where(np.abs(d) <= 1, d**2 / 2, np.abs(d) - 1 / 2)


def wave(z):
    return math.sin(math.pi * z) + np.cos(z) * math.e + np.log(z)


def minus(z):
    return -(z**2)


RIGHT = [
    (swish, lambda v: v / (1 + math.exp(-v))),
    (gelu, gelu),
    (hinge, hinge),
    (leaky, leaky),
    (banded, banded),
    (wave, wave),
    (minus, minus),
]


@pytest.mark.parametrize(("function", "judge"), RIGHT)
def test_value_agrees_with_the_call(function, judge) -> None:
    expression, latex = read_function(function)
    assert expression.free_symbols == {z}
    for value in (0.3, 1.7, 2.5):
        number = expression.subs(z, sympy.Float(value, 30)).evalf()
        assert float(number) == pytest.approx(float(judge(value)), rel=1e-12)
    assert refuse_in_katex(latex) is None


def test_two_arguments_and_exact_numbers() -> None:
    expression, latex = read_function(huber)
    assert expression.free_symbols == {a, y}
    assert float(expression.subs({a: 3, y: 1})) == float(huber(3.0, 1.0)) == 1.5
    assert read_function(leaky)[0] == sympy.Piecewise((z, z > 0), (z / 100, True))
    assert "huber" in latex


def loop(z):
    for _ in range(3):
        z = z * z
    return z


def branch(z):
    if z > 0:
        return z
    return 0


def unknown(z):
    return math.gamma(z)


def own(z):
    return swish(z)


def outside(z):
    return slope * z


def indexed(z):
    return z[0]


def remainder(z):
    return z % 2


def truth(z):
    return z > 0


def number_as_test(z):
    return 1 if z else 0


def text(z):
    return "z"


def tower(z):
    return 9**9**9**9


def by_zero(z):
    return z / 0


def no_return(z):
    z = z + 1


def with_default(z, slope=0.1):
    return slope * z


def starred(*z):
    return max(*z)


def nothing(z):
    pass


def method(z):
    return z.real


def dangerous(z):
    return __import__("os").getpid() + z


def inner_lambda(z):
    return (lambda t: t)(z)


WRONG = [
    (loop, 1, "a for loop"),
    (branch, 1, "an if statement"),
    (unknown, 1, "unknown function 'gamma'"),
    (own, 1, "swish"),
    (outside, 1, "unknown name 'slope'"),
    (indexed, 1, "an index"),
    (remainder, 1, "the remainder %"),
    (truth, 1, "truth value"),
    (number_as_test, 1, "a comparison is wanted"),
    (text, 1, "'z' is no number"),
    (tower, 1, "exponent"),
    (by_zero, 1, "divides by 0"),
    (no_return, 1, "ends with a return"),
    (with_default, 0, "default"),
    (starred, 0, "no \\*"),
    (nothing, 1, "Pass"),
    (method, 1, "z.real"),
    (dangerous, 1, "call of"),
    (inner_lambda, 1, "call of"),
]


@pytest.mark.parametrize(("function", "below", "complaint"), WRONG)
def test_what_cannot_be_read_is_named_with_its_line(function, below, complaint) -> None:
    line = function.__code__.co_firstlineno + below
    with pytest.raises(InputError, match=complaint) as refusal:
        read_function(function)
    assert f"line {line}:" in str(refusal.value)


def test_no_source() -> None:
    scope: dict = {}
    builtins.exec("def made(z):\n    return z\nbare = lambda z: z", scope)
    with pytest.raises(InputError, match="source of made cannot be read"):
        read_function(scope["made"])
    for function in (scope["bare"], lambda z: z):
        with pytest.raises(InputError, match="lambda"):
            read_function(function)
    with pytest.raises(InputError, match="not a plain Python function"):
        read_function(math.exp)


def test_the_function_is_never_called() -> None:
    def counted(z):
        return z + calls.append(1)

    calls: list = []
    with pytest.raises(InputError):
        read_function(counted)
    assert calls == []


def test_without_latexify(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "latexify", None)
    with pytest.raises(InputError, match=r"latexify-py and Python < 3\.14"):
        read_function(leaky)
