"""Indices of a formula: counted from where the notation begins, each with a letter of its own."""

from __future__ import annotations

from typing import Any

import pytest
from printed import DECLARED, derive
from sympy import Eq, IndexedBase, Sum, Symbol, symbols, tanh

from symbackprop.derivation.backward import derive_backward
from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS
from symbackprop.printing.arrange import arrange_domain, arrange_equation
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.indices import list_letters, read_scope
from symbackprop.printing.text import render


def convolution() -> System:
    x, w, y, h = map(IndexedBase, "xwyh")
    i, r, n, K = symbols("i r n K", integer=True)
    return System(
        [
            Eq(h[i], tanh(Sum(w[r] * x[i + r - 1], (r, 1, K)))),
            Eq(Symbol("C"), Sum((h[i] - y[i]) ** 2, (i, 1, n)) / 2),
        ],
        parameters=[w],
        targets=[y],
        axes={i: (1, n)},
    )


@pytest.mark.parametrize(
    ("notation", "forward", "backward"),
    [
        (
            "nielsen",
            "hᵢ = tanh(Σᵣ wᵣ xᵢ₊ᵣ₋₁)",
            "∂C/∂xⱼ = Σ_{k=max(j−n+1, 1)}^{min(j, K)} wₖ ∂C/∂hⱼ₋ₖ₊₁ tanh′(…)",
        ),
        (
            "3b1b",
            "hᵢ = tanh(Σᵣ₌₀ᴷ⁻¹ wᵣ xᵢ₊ᵣ)",
            "∂C₀/∂xⱼ = Σ_{k=max(j−n+1, 0)}^{min(j, K−1)} wₖ ∂C₀/∂hⱼ₋ₖ tanh′(…)",
        ),
    ],
)
def test_a_convolution_is_counted_from_where_the_notation_begins(
    notation: str, forward: str, backward: str
) -> None:
    system = derive_backward(convolution())
    by_input = system.definitions["∂C/∂x"][0]
    assert render(arrange_equation(system.equations[0], system, PRESETS[notation])) == forward
    shown = render(arrange_equation(by_input, system, PRESETS[notation]))
    begins, reads = backward.split("wₖ ")
    assert shown.startswith(begins)
    assert reads.split(" tanh")[0].removeprefix("∂C/∂").removeprefix("∂C₀/∂") in shown


@pytest.mark.parametrize("notation", PRESETS)
def test_bounds_that_are_not_the_whole_range_are_printed(notation: str) -> None:
    x, y = IndexedBase("x"), IndexedBase("y")
    j, n = symbols("j n", integer=True)
    whole, part = Sum(x[j], (j, 1, n)), Sum(x[j], (j, 2, n))
    system = System([Eq(y[j], x[j]), Eq(Symbol("C"), whole * part)], axes={j: (1, n)})
    shown = render(arrange_equation(system.equations[1], system, PRESETS[notation]))
    wanted = "Σⱼ₌₁ⁿ⁻¹" if PRESETS[notation].index_base == 0 else "Σⱼ₌₂ⁿ"
    assert wanted in shown
    assert PRESETS[notation].bounds or "(Σⱼ " in shown


@pytest.mark.parametrize("notation", PRESETS)
def test_a_part_of_an_axis_is_a_domain(notation: str) -> None:
    x, s = IndexedBase("x"), IndexedBase("s")
    j, n = symbols("j n", integer=True)
    total = Sum(s[j], (j, 1, n)) + Sum(s[j] ** 2, (j, 3, n))
    system = derive_backward(System([Eq(s[j], x[j]), Eq(Symbol("C"), total)], axes={j: (1, n)}))
    domains = {
        render(domain)
        for equation in system.definitions["∂C/∂s"]
        if (domain := arrange_domain(equation, system, PRESETS[notation]))
    }
    base = PRESETS[notation].index_base
    first, rest = ("0, 1", "2, …, n−1") if base == 0 else ("1, 2", "3, …, n")
    assert domains == {f"j = {first}", f"j = {rest}"}


@pytest.mark.parametrize("notation", PRESETS)
@pytest.mark.parametrize("name", DECLARED)
def test_no_index_has_the_letter_of_a_quantity_or_a_size(name: str, notation: str) -> None:
    system, preset = derive(name), PRESETS[notation]
    taken = list_letters(system, preset)
    for equation in system.equations:
        scope = read_scope(system, preset, equation.lhs, equation.rhs)
        letters = [scope.letters.get(symbol, symbol).name for symbol in scope.kinds]
        assert not taken.intersection(letter.split("_")[0] for letter in letters)
        assert len(letters) == len(set(letters))


def test_an_index_gives_way_to_a_quantity() -> None:
    q, k, s = map(IndexedBase, "qks")
    j, p, n = symbols("j p n", integer=True)
    sums: dict[Any, Any] = {"axes": {j: (1, n), p: (1, n)}}
    index = symbols("q", integer=True)
    products = Sum(q[j, index] * k[p, index], (index, 1, n))
    total = Sum(Sum(s[j, p], (j, 1, n)), (p, 1, n))
    clash = System([Eq(s[j, p], products), Eq(Symbol("C"), total)], **sums)
    shown = render(arrange_equation(clash.equations[0], clash, PRESETS["nielsen"]))
    assert shown == "sⱼₚ = Σᵣ qⱼᵣ kₚᵣ"


def test_a_sample_is_not_called_as_the_inputs_are() -> None:
    system = mlp(batch=True).system
    shown = render(arrange_equation(system.equations[0], system, PRESETS["mazur"]))
    assert shown == "out^{0,(h)}ⱼ = i⁽ʰ⁾ⱼ"


@pytest.mark.parametrize("notation", PRESETS)
def test_a_transpose_is_no_size(notation: str) -> None:
    system = derive("recurrent")
    error = next(e for e in system.definitions["∂C/∂z"] if e.axes[0].kind == "time")
    shown = render(arrange_matrix_equation(error, system, PRESETS[notation]))
    assert "^⊤" in shown and "ᵀ" not in shown.split("=")[1].replace("ᵀ⁾", "")
