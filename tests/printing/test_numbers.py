"""Numbers as worked examples write them."""

from __future__ import annotations

from symbackprop.printing import latex, text
from symbackprop.printing.numbers import show_number


def test_numbers_are_rounded_on_display_only() -> None:
    assert latex.render(show_number(0.30, 9, True)) == "0{,}3"
    assert latex.render(show_number(1.105905967, 10, False)) == "1.105905967"
    assert text.render(show_number(-3.0, 3, False)) == "−3"
    assert latex.render(show_number(2e-7, 3, False)) == r"2 \cdot 10^{-7}"
