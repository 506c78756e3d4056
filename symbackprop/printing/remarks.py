"""Sentences with formulas in them: in which ways a quantity acts on the cost, what ∂⁺ means."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.partials import Ways
from symbackprop.printing.arrange import Arranger
from symbackprop.printing.layout import Layout, Row, Symbol, Word
from symbackprop.printing.words import find_word


def write_sentence(key: str, language: str, parts: Sequence[Layout]) -> Row:
    """The words of a key with formulas in the places of its {}.

    >>> from symbackprop.printing.layout import Letter
    >>> from symbackprop.printing.text import render
    >>> render(write_sentence("through", "es", [Letter("z")]))
    'a través de z'
    """
    words, *others = find_word(key, language).split("{}")
    row: list[Layout] = [Word(words)] if words else []
    for part, after in zip(parts, others, strict=True):
        row += [part, Word(after)] if after else [part]
    return Row(tuple(row))


def arrange_ways(ways: Ways, arranger: Arranger) -> Layout:
    """Ways(W, C, C, z) --> W acts on C directly and through z."""
    language = arranger.notation.language
    subject, top, *through = ways.args
    told = [
        Word(find_word("directly", language))
        if way == top
        else write_sentence("through", language, [arranger.arrange(way)])
        for way in through
    ]
    *first, last = told
    listed: list[Layout] = []
    for way in first:
        listed += [Word(", "), way] if listed else [way]
    listed += [Word(f" {find_word('and', language)} "), last]
    parts = [arranger.arrange(subject), arranger.arrange(top), Row(tuple(listed))]
    return write_sentence("acts on", language, parts)


def explain_direct(language: str) -> Layout:
    """What the sign of a direct part means."""
    return write_sentence("direct part", language, [Symbol("direct")])
