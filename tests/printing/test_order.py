"""The order of terms and factors: as they were written, and as the chain rule meets them."""

from __future__ import annotations

import re

import pytest
from sympy import Eq, IndexedBase, Sum, Symbol, exp, symbols, tanh

from symbackprop.derivation.backward import derive_backward
from symbackprop.equations import System
from symbackprop.network.declared import load
from symbackprop.network.graph_files import read_graph
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS
from symbackprop.partials import Chain, Partial
from symbackprop.pipeline import derive
from symbackprop.printing.arrange import arrange_equation, arrange_expression
from symbackprop.printing.text import render


def show_written(*written: str) -> list[str]:
    """The right sides of a graph of numbers, as they are printed."""
    names = ["x", "y", "z", "w", "b"]
    read = {f"f{place}": text for place, text in enumerate(written)}
    used = [n for n in names if any(re.search(rf"\b{n}\b", text) for text in written)]
    system, _ = read_graph({"inputs": used, "equations": read}, {})
    shown = (arrange_equation(e, system, PRESETS["nielsen"]) for e in system.equations)
    return [render(layout).split(" = ", 1)[1] for layout in shown]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("b + w*x", "b + w x"),
        ("w*x + b", "w x + b"),
        ("y - x", "y − x"),
        ("-x + y", "−x + y"),
        ("z + tanh(x)", "z + tanh(x)"),
        ("tanh(x) + z", "tanh(x) + z"),
        ("x^2 + x + 1", "x² + x + 1"),
        ("1 + x + x^2", "1 + x + x²"),
        ("1/(exp(-x) + 1)", "1/(e⁻ˣ + 1)"),
        ("(y - x)^2/2", "½ (y − x)²"),
        ("z*x*y", "z x y"),
        ("abs(x - y)", "|x − y|"),
    ],
)
def test_what_was_written_keeps_its_order(written: str, shown: str) -> None:
    assert show_written(written) == [shown]


def test_order_survives_every_view() -> None:
    derived = derive(load("examples/residual.toml"))
    assert "rⱼ = uⱼ + tanh(zⱼ)" in derived.show(view="indexed")
    assert "r = u + tanh(z)" in derived.show(view="matrix")
    assert "r = u + tanh(z)" in derived.show(view="scalar")
    assert "r₁ = u₁ + tanh(z₁)" in derived.show(view="component")
    assert "z₁ = W₁₁ u₁ + W₁₂ u₂ + b₁" in derived.show(view="component")


def test_without_a_text_what_is_computed_first_comes_first() -> None:
    u, z, x, r = symbols("u z x r")
    system = System([Eq(u, 2 * x), Eq(z, u**3), Eq(r, tanh(z) + u)])
    shown = render(arrange_equation(system.equations[2], system, PRESETS["nielsen"]))
    assert shown == "r = u + tanh(z)"


def test_ways_back_come_as_the_forward_pass_has_them() -> None:
    x, p, q, f = symbols("x p q f")
    system = derive_backward(System([Eq(q, exp(x)), Eq(p, x**2), Eq(f, p * q + x)]))
    by_input = system.definitions["∂f/∂x"][0]
    shown = render(arrange_equation(by_input, system, PRESETS["nielsen"]))
    assert shown == "∂f/∂x = (∂f/∂q) eˣ + 2 (∂f/∂p) x + 1"


CHAIN = {"nielsen": "(∂C/∂a) (∂a/∂z) (∂z/∂w)", "3b1b": "(∂z/∂w) (∂a/∂z) (∂C₀/∂a)"}


@pytest.mark.parametrize("notation", CHAIN)
def test_a_chain_begins_or_ends_at_the_cost(notation: str) -> None:
    w, z, a, C = symbols("w z a C")
    system = System([Eq(z, 2 * w), Eq(a, tanh(z)), Eq(C, a**2)])
    chain = Chain(Partial(C, a), Partial(a, z), Partial(z, w))
    assert render(arrange_expression(chain, system, PRESETS[notation])) == CHAIN[notation]


@pytest.mark.parametrize(
    ("notation", "shown"),
    [
        ("nielsen", {"C": "½ Σⱼ (yⱼ − aᴸⱼ)²", "δ": "(aᴸⱼ − yⱼ) σ′(zᴸⱼ)", "w": "δˡⱼ aˡ⁻¹ₖ"}),
        (
            "3b1b",
            {
                "C": "½ Σⱼ₌₀^{n_L−1} (a⁽ᴸ⁾ⱼ − yⱼ)²",
                "δ": "σ′(z⁽ᴸ⁾ⱼ) (a⁽ᴸ⁾ⱼ − yⱼ)",
                "w": "a⁽ˡ⁻¹⁾ₖ δ⁽ˡ⁾ⱼ",
            },
        ),
    ],
)
def test_cost_error_and_gradient_by_notation(notation: str, shown: dict[str, str]) -> None:
    derived = derive(mlp())
    text = derived.show(view="indexed", notation=notation)
    for formula in shown.values():
        assert f"= {formula}" in text


def test_a_product_of_sums_over_the_same_index() -> None:
    a, b, s = map(IndexedBase, "abs")
    j, n = symbols("j n", integer=True)
    system = System(
        [
            Eq(s[j], a[j] * b[j]),
            Eq(Symbol("C"), Sum(a[j], (j, 1, n)) * Sum(s[j], (j, 1, n))),
        ],
        axes={j: (1, n)},
    )
    shown = render(arrange_equation(system.equations[1], system, PRESETS["nielsen"]))
    assert shown == "C = (Σⱼ sⱼ) (Σⱼ aⱼ)"
