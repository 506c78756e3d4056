"""Printed digits: the exact value, and how many decimals were printed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.reading.tokens import Token
from symbackprop.reading.values import make_number


@pytest.mark.parametrize(
    ("said", "value", "decimals"),
    [
        ("12", Fraction(12), 0),
        ("0.50", Fraction(1, 2), 2),
        ("0,079", Fraction(79, 1000), 3),
        (".5", Fraction(1, 2), 1),
        ("3.", Fraction(3), 0),
        ("90%", Fraction(9, 10), 2),
        ("2.5%", Fraction(1, 40), 3),
        ("1e-3", Fraction(1, 1000), 3),
        ("2.5E+1", Fraction(25), 0),
        ("1.25e1", Fraction(25, 2), 1),
        ("0" * 30 + "7", Fraction(7), 0),
    ],
)
def test_digits_have_an_exact_value(said: str, value: Fraction, decimals: int) -> None:
    number = make_number(Token("number", said, 3, 3 + len(said)))
    assert (number.value, number.decimals, number.span) == (value, decimals, (3, 3 + len(said)))


@pytest.mark.parametrize("said", ["x", "1.2.3", "1e5.5"])
def test_what_is_no_number_has_no_value(said: str) -> None:
    with pytest.raises(ValueError):
        make_number(Token("number", said, 0, 0))
