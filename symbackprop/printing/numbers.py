"""Numbers as worked examples write them: rounded on display only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout


def show_number(value: Any, digits: int, comma: bool) -> Layout:
    """A number with so many decimals, trailing zeros trimmed.

    >>> from symbackprop.printing.text import render
    >>> render(show_number(0.3775, 9, False)), render(show_number(-0.5, 3, True))
    ('0.3775', '−0,5')
    >>> render(show_number(1.25e-7, 3, False))
    '1.25 · 10⁻⁷'
    """
    text = round_number(value, digits)
    mantissa, _, power = text.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    minus = mantissa.startswith("-")
    layout: Layout = show.Number(mantissa.lstrip("-"), comma)
    if mantissa.lstrip("-") in ("inf", "nan"):
        layout = show.Symbol("infinity") if "inf" in mantissa else show.Word("nan")
    if power:
        size: Layout = show.Number(str(abs(int(power))))
        exponent = show.Total((("-", size),), tight=True) if int(power) < 0 else size
        layout = show.Product((layout, show.Scripted(show.Number("10"), exponent)), "dot")
    return show.Total((("-", layout),)) if minus else layout


def round_number(value: Any, digits: int) -> str:
    """Round to so many decimals, as worked examples do; a number that would keep fewer than
    three digits so is rounded to so many significant ones. Not by way of a float.

    >>> round_number(1.1059059670597, 9), round_number(1.23456e-8, 9), round_number(12, 9)
    ('1.105905967', '1.23456e-8', '12')
    """
    number = Decimal(str(value))
    if not number.is_finite():
        return str(number).lower().replace("infinity", "inf")
    small = Decimal(10) ** (3 - digits)
    if number == 0 or small <= abs(number) < Decimal(10) ** 15:
        text = format(number, f".{digits}f")
    else:
        text = format(number, f".{digits}g")
    mantissa, e, power = text.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + power
