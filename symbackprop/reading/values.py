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
    >>> make_number(Token("number", "90%", 0, 4)).value
    Fraction(9, 10)
    """
    whole, _, decimals = token.text.rstrip("%").replace(",", ".").partition(".")
    places = len(decimals) + 2 * token.text.endswith("%")
    value = Fraction(int((whole or "0") + decimals), 10**places)
    return Number((token.start, token.end), value, places)
