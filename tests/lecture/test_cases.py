"""What holds under a condition is a case."""

from __future__ import annotations

from own_lectures import judge, lower
from sympy import Piecewise


def test_an_indicator_is_a_case() -> None:
    assert lower(r"\mathbb{1}_{z > 0}").entry.has(Piecewise)


def test_a_function_by_cases_has_a_slope_by_cases() -> None:
    definitions = (
        "q = w x",
        r"p = \begin{cases} q & q > 0 \\ 3 q & q \leq 0 \end{cases}",
    )
    right = r"\frac{\partial p}{\partial q} = \begin{cases} 1 & q > 0 \\ 3 & q \leq 0 \end{cases}"
    assert judge(definitions, right) == "holds"
    assert judge(definitions, right.replace("3", "2")) == "wrong"
