"""Layouts as text: raised and lowered where Unicode has the sign, written out where it has not."""

from __future__ import annotations

import pytest

from symbackprop.printing import layout as show
from symbackprop.printing.layout import Brackets, Fraction, Letter, Number, Product, Relation, Total
from symbackprop.printing.text import render

h, t, z, q = Letter("h"), Letter("t"), Letter("z"), Letter("q")
before = Total((("+", t), ("-", Number("1"))), tight=True)


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        (show.Scripted(h, before, Letter("j")), "hᵗ⁻¹ⱼ"),
        (show.Scripted(h, None, q), "h_q"),
        (show.Scripted(h, None, show.Row((q, t))), "h_qt"),
        (Fraction(Number("1"), Number("2")), "½"),
        (Fraction(Number("1"), Number("7")), "1/7"),
        (Fraction(h, Product((t, z))), "h/(t z)"),
        (Fraction(Total((("+", h), ("+", t))), z), "(h + t)/z"),
        (show.Partial(Letter("C"), h, direct=True), "∂⁺C/∂h"),
        (show.SumOver(t, None, None, h), "Σₜ h"),
        (show.Root(Total((("+", h), ("+", z)))), "√(h + z)"),
        (Total((("-", h), ("+", z))), "−h + z"),
        (show.Function("tanh", 1), "tanh′"),
        (Brackets(Relation((Letter("j"), Letter("k"))), "square"), "[j = k]"),
        (Number("-0.5", comma=True), "-0,5"),
    ],
)
def test_a_layout_in_text(layout: show.Layout, text: str) -> None:
    assert render(layout) == text
