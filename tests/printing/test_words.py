"""The words around formulas, in both languages."""

from __future__ import annotations

from symbackprop.derivation.arguments import REASONS
from symbackprop.printing.words import WORDS


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(REASONS) <= set(WORDS)
    assert all(english and spanish for english, spanish in WORDS.values())
