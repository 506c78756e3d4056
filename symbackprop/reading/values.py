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
    """
    whole, _, decimals = token.text.replace(",", ".").partition(".")
    value = Fraction(int((whole or "0") + decimals), 10 ** len(decimals))
    return Number((token.start, token.end), value, len(decimals))
