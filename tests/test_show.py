"""The indexed view in LaTeX and in text, held against readable fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, Piecewise, Symbol, exp, log, sqrt, symbols

from symbackprop.derivation import Braced, Chain, Partial
from symbackprop.derive.backward import derive_backward
from symbackprop.derive.deltas import gather_deltas
from symbackprop.derive.fold import fold
from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS, find_preset
from symbackprop.show import latex, text
from symbackprop.show.arrange import arrange_equation, arrange_expression, show_number

FIXTURES = Path(__file__).parent / "fixtures" / "show"
# name of a network --> how it is declared
NETWORKS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "batch": {"batch": True},
    "mazur": {"widths": [2, 2, 2], "activation": "sigmoid", "bias": "shared"},
    "softmax": {
        "widths": [3, 4, 3],
        "activation": ["tanh", "softmax"],
        "cost": "cross-entropy",
        "batch": True,
    },
    "penalty": {
        "widths": [2, 1],
        "activation": "relu",
        "cost": "binary-cross-entropy",
        "regularized": True,
    },
    "mean": {"widths": [2, 3], "activation": "sigmoid", "cost": "mse"},
}


@cache
def derive(network: str) -> System:
    return fold(gather_deltas(derive_backward(mlp(**NETWORKS[network]).system)))


def read_fixture(name: str) -> Iterator[tuple[str, str, str, str, str]]:
    """network, preset, number of the equation, LaTeX, text."""
    for block in (FIXTURES / name).read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            head, formula, plain = lines
            network, preset, number = (part.strip() for part in head.split("|"))
            yield network, preset, number, formula, plain


@pytest.mark.parametrize("view", ["indexed", "matrix"])
def test_views_read_as_in_the_fixtures(view: str) -> None:
    for network, preset, number, formula, plain in read_fixture(f"{view}.txt"):
        system = derive(network)
        equation = system.equations[int(number)]
        layout = arrange_equation(equation, system, PRESETS[preset], view)
        assert latex.render(layout) == formula, (network, preset, number)
        assert text.render(layout) == plain, (network, preset, number)


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


def test_indices_of_two_digits_get_commas() -> None:
    system = derive("mazur")
    entry = IndexedBase("W")[1, 12, 3]
    layout = arrange_expression(entry, system, PRESETS["nielsen"])
    assert latex.render(layout) == "w^{1}_{12,3}"


def test_index_base_shifts_neurons_and_not_layers() -> None:
    entry = IndexedBase("W")[1, 1, 2]
    layout = arrange_expression(entry, derive("mean"), PRESETS["3b1b"])
    assert latex.render(layout) == "w^{(1)}_{01}"


def test_mazur_names_units_and_weights() -> None:
    system = derive("mazur")
    W, z, out, target = (IndexedBase(n) for n in ("W", "z", "a", "y"))
    expected = {
        W[1, 1, 1]: "w_{1}",
        W[1, 1, 2]: "w_{2}",
        W[1, 2, 1]: "w_{3}",
        W[2, 1, 1]: "w_{5}",
        z[1, 2]: "net_{h2}",
        out[2, 1]: "out_{o1}",
        target[2]: "target_{o2}",
        out[0, 1]: "i_{1}",
        IndexedBase("b")[2]: "b_{2}",
        Symbol("C"): "E_{total}",
    }
    for entry, formula in expected.items():
        assert latex.render(arrange_expression(entry, system, PRESETS["mazur"])) == formula


def test_numbers_are_rounded_on_display_only() -> None:
    assert latex.render(show_number(0.30, 9, True)) == "0{,}3"
    assert latex.render(show_number(1.105905967, 10, False)) == "1.105905967"
    assert text.render(show_number(-3.0, 3, False)) == "−3"
    assert latex.render(show_number(2e-7, 3, False)) == r"2 \cdot 10^{-7}"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("network", NETWORKS)
def test_no_bar_and_balanced_braces(network: str, preset: str) -> None:
    system = derive(network)
    for equation in system.equations:
        formula = latex.render(arrange_equation(equation, system, find_preset(preset)))
        assert r"\left." not in formula
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right")
