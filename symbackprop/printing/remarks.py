"""Sentences with formulas in them: in which ways a quantity acts on the cost, what ∂⁺ means."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Sum

from symbackprop.equations import System, name_of, peel
from symbackprop.network.activations import find_step
from symbackprop.partials import Ways
from symbackprop.printing.arrange import Arranger
from symbackprop.printing.layout import Function, Layout, Sentence, Symbol, Word
from symbackprop.printing.words import find_word


def write_sentence(key: str, language: str, parts: Sequence[Layout]) -> Sentence:
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
    return Sentence(tuple(row))


def arrange_ways(ways: Ways, arranger: Arranger) -> Layout:
    """Ways(W, C, C, z) --> W acts on C directly and through z, in the order of the forward pass."""
    language = arranger.notation.language
    subject, top, *opened = ways.args
    steps = arranger.order.steps
    through = list(dict.fromkeys(map(_close, opened)))
    through.sort(key=lambda way: -1 if way == top else steps.get(name_of(way), 0))
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
    parts = [arranger.arrange(subject), arranger.arrange(top), Sentence(tuple(listed))]
    return write_sentence("acts on", language, parts)


def _close(way: Expr) -> Expr:
    """The sum of all z[k] --> z[k]."""
    return _close(peel(way)[0]) if isinstance(way, Sum) else way


def explain_forward_only(system: System, language: str) -> Layout | None:
    """Why a system has no backward pass; None where it has one."""
    found = find_step(system.equations)
    if found is None:
        return None
    return write_sentence("forward only", language, [Function(found[1].name)])


def explain_direct(language: str) -> Layout:
    """What the sign of a direct part means."""
    return write_sentence("direct part", language, [Symbol("direct")])
