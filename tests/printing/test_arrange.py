"""The indexed view in LaTeX and in text, held against readable fixtures."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from fixture_networks import NETWORKS, derive
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Eq,
    Integer,
    KroneckerDelta,
    Piecewise,
    Rational,
    Symbol,
    exp,
    log,
    sqrt,
    symbols,
)

from symbackprop.equations import Quantity, System
from symbackprop.notation import PRESETS, find_preset
from symbackprop.partials import Braced, Chain, Partial
from symbackprop.printing import latex, text
from symbackprop.printing import layout as show
from symbackprop.printing.arrange import Arranger, arrange_equation, arrange_expression
from symbackprop.printing.layout import Layout
from symbackprop.printing.numbers import show_number

a, b, x, y, z, w0, x0, w1 = symbols("a b x y z w0 x0 w1")
f = symbols("f")
GRAPH = System([Eq(f, a * x + b * y + z + w0 * x0 + w1)], parameters=[b, w0, w1])


@pytest.mark.parametrize(
    ("expression", "formula", "plain"),
    [
        (a - y, "a - y", "a − y"),
        (2 * a - 2 * y, "2 (a - y)", "2 (a − y)"),
        ((a - y) / 2, r"\frac{1}{2} (a - y)", "½ (a − y)"),
        (-a - y, "-(a + y)", "−(a + y)"),
        (1 - a, "1 - a", "1 − a"),
        (a * (1 - a), "a (1 - a)", "a (1 − a)"),
        (-y / a, r"-\frac{y}{a}", "−y/a"),
        (1 / (1 + exp(-z)), r"\frac{1}{1 + e^{-z}}", "1/(1 + e⁻ᶻ)"),
        (exp(-(w0 * x0 + w1)), r"e^{-(w_{0} x_{0} + w_{1})}", "e^{−(w₀ x₀ + w₁)}"),
        (log(1 - a), r"\ln(1 - a)", "ln(1 − a)"),
        (log(a), r"\ln a", "ln a"),
        (sqrt(x), r"\sqrt{x}", "√x"),
        (x**2, "x^{2}", "x²"),
        ((x + y) * z, "(x + y) z", "(x + y) z"),
        (KroneckerDelta(x, y), r"\mathbf{1}[x = y]", "𝟏[x = y]"),
        (Piecewise((1, z > 0), (0, True)), r"\mathbf{1}[z > 0]", "𝟏[z > 0]"),
        (
            Piecewise((z, z > 0), (0, True)),
            r"\begin{cases} z & z > 0 \\ 0 & \text{otherwise} \end{cases}",
            "{ z if z > 0; 0 otherwise }",
        ),
        (
            Chain(Partial(f, a), Partial(a, z)),
            r"\frac{\partial f}{\partial a} \, \frac{\partial a}{\partial z}",
            "(∂f/∂a) (∂a/∂z)",
        ),
        (
            Chain(Braced(a - y, f), Braced(x, z)),
            r"\underbrace{a - y \vphantom{x}}_{f} \, \underbrace{x \vphantom{a - y}}_{z}",
            "[a − y]{f} [x]{z}",
        ),
    ],
)
def test_expressions_read_as_a_lecturer_writes(expression: Any, formula: str, plain: str) -> None:
    layout = arrange_expression(expression, GRAPH, PRESETS["nielsen"])
    assert latex.render(layout) == formula
    assert text.render(layout) == plain


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("network", NETWORKS)
def test_no_bar_and_balanced_braces(network: str, preset: str) -> None:
    system = derive(network)
    for equation in system.equations:
        formula = latex.render(arrange_equation(equation, system, find_preset(preset)))
        assert r"\left." not in formula
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right")


def test_errors_of_several_weighted_sums_are_told_apart() -> None:
    sums = [Quantity(name, "pre-activation") for name in ("s", "u")]
    system = System(GRAPH.equations, {q.name: q for q in sums} | dict(GRAPH.quantities))
    delta = arrange_expression(Symbol("∂f/∂s"), system, PRESETS["nielsen"])
    assert latex.render(delta) == r"\delta_{s}"
    one = System(GRAPH.equations, {"s": sums[0]} | dict(GRAPH.quantities))
    delta = arrange_expression(Symbol("∂f/∂s"), one, PRESETS["nielsen"])
    assert latex.render(delta) == r"\delta"


leaves = st.sampled_from([a, b, x, y, z, w0, f, Rational(1, 3), Integer(-2)])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda p, q: p + q, inner, inner),
        st.builds(lambda p, q: p * q, inner, inner),
        st.builds(lambda p, q: p - q, inner, inner),
        st.builds(lambda p: (1 + p**2) ** -1, inner),
        st.builds(exp, inner),
        st.builds(lambda p: log(1 + exp(p)), inner),
    ),
    max_leaves=8,
)


@given(expressions)
@settings(max_examples=60)
def test_every_expression_is_shown_with_balanced_brackets(expression: Any) -> None:
    layout = arrange_expression(expression, GRAPH, PRESETS["nielsen"])
    formula, plain = latex.render(layout), text.render(layout)
    assert formula.count("{") == formula.count("}")
    assert formula.count(r"\left") == formula.count(r"\right")
    assert plain.count("(") == plain.count(")")
    # two signs never meet: a + -b is a - b
    assert not re.search(r"[-+] *[-+]", formula)


@given(expressions)
@settings(max_examples=60)
def test_what_is_shown_means_the_same(expression: Any) -> None:
    values = {a: 0.3, b: -0.7, x: 1.1, y: 0.9, z: -0.4, w0: 0.6, f: 1.3}
    worked_out = show_as_numbers(expression, values)
    assert worked_out == pytest.approx(float(expression.subs(values)), rel=1e-6, abs=1e-9)


def show_as_numbers(expression: Any, values: dict[Any, float]) -> float:
    """Put numbers into the layout and work it out, by the rules of the layout alone."""
    shown = {symbol: show_number(value, 17, False) for symbol, value in values.items()}
    arranger = Arranger(GRAPH, PRESETS["nielsen"], shown)
    return work_out(arranger.arrange(expression))


def work_out(layout: Layout) -> float:
    match layout:
        case show.Number(digits=digits):
            return float(digits)
        case show.Total(terms=terms):
            assert not any(isinstance(t, show.Total) for _, t in terms), "brackets are missing"
            return sum(work_out(t) * (-1 if s == "-" else 1) for s, t in terms)
        case show.Product(factors=factors):
            assert not any(isinstance(f, show.Total) for f in factors), "brackets are missing"
            return math.prod(map(work_out, factors))
        case show.Fraction(top=top, bottom=bottom):
            return work_out(top) / work_out(bottom)
        case show.Brackets(body=body):
            return work_out(body)
        case show.Letter("e"):
            return math.e
        case show.Scripted(base=show.Letter("e"), upper=upper):
            return math.exp(work_out(upper))
        case show.Scripted(base=base, upper=upper, lower=None):
            assert not isinstance(base, show.Total | show.Product | show.Fraction)
            return work_out(base) ** work_out(upper)
        case show.Apply(function=show.Function("log"), arguments=(argument,)):
            return math.log(work_out(argument))
        case show.Root(body=body):
            return math.sqrt(work_out(body))
    raise TypeError(f"{layout} is not worked out")
