"""Printed digits --> their exact value."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import Number


def make_number(token: Token) -> Number:
    """The number that a token prints, with how many decimals.

    >>> number = make_number(Token("number", "0,15", 0, 4))
    >>> number.value, number.decimals
    (Fraction(3, 20), 2)
    >>> [make_number(Token("number", said, 0, 4)).value for said in ("90%", "1e-3", "2.5E+1")]
    [Fraction(9, 10), Fraction(1, 1000), Fraction(25, 1)]
    """
    digits, _, power = token.text.rstrip("%").replace(",", ".").lower().partition("e")
    whole, _, decimals = digits.partition(".")
    places = len(decimals) + 2 * token.text.endswith("%") - int(power or 0)
    value = Fraction(int((whole or "0") + decimals)) / Fraction(10) ** places
    return Number((token.start, token.end), value, max(0, places))
