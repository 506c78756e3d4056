"""Sentences with formulas in them, in both languages, as text and as LaTeX."""

from __future__ import annotations

import pytest
from sympy import symbols

from symbackprop.network.network import mlp
from symbackprop.notation import find_preset
from symbackprop.partials import Ways
from symbackprop.printing import latex, text
from symbackprop.printing.arrange import Arranger
from symbackprop.printing.layout import Letter, Sentence
from symbackprop.printing.remarks import (
    arrange_ways,
    explain_direct,
    explain_forward_only,
    write_sentence,
)

l, j, k = symbols("l j k", integer=True)
SYSTEM = mlp(regularized=True).system
W, z, b = (SYSTEM.quantities[name] for name in "Wzb")
C = symbols("C")


def tell(ways: Ways, language: str) -> str:
    return text.render(
        arrange_ways(ways, Arranger(SYSTEM, find_preset("nielsen", language=language)))
    )


@pytest.mark.parametrize(
    ("through", "english", "spanish"),
    [
        (
            (C, z.at(l, j)),
            "wˡⱼₖ acts on C directly and through zˡⱼ",
            "wˡⱼₖ actúa sobre C directamente y a través de zˡⱼ",
        ),
        (
            (z.at(l, j), b.at(l, j)),
            "wˡⱼₖ acts on C through bˡⱼ and through zˡⱼ",
            "wˡⱼₖ actúa sobre C a través de bˡⱼ y a través de zˡⱼ",
        ),
        (
            (C, z.at(l, j), b.at(l, j)),
            "wˡⱼₖ acts on C directly, through bˡⱼ and through zˡⱼ",
            "wˡⱼₖ actúa sobre C directamente, a través de bˡⱼ y a través de zˡⱼ",
        ),
    ],
)
def test_ways_are_told_as_a_lecturer_would(through, english: str, spanish: str) -> None:
    ways = Ways(W.at(l, j, k), C, *through)
    assert tell(ways, "en") == english
    assert tell(ways, "es") == spanish


def test_a_sentence_is_prose_in_a_document() -> None:
    ways = arrange_ways(
        Ways(b.at(l, j), C, C, z.at(l, j)), Arranger(SYSTEM, find_preset("nielsen"))
    )
    assert isinstance(ways, Sentence)
    assert latex.write_prose(ways) == "$b^{l}_{j}$ acts on $C$ directly and through $z^{l}_{j}$"
    assert latex.render(explain_direct("en")).startswith(r"\partial^{+}\text{ is the direct part")


def test_formulas_stand_in_the_places_kept_for_them() -> None:
    assert text.render(write_sentence("through", "en", [Letter("z")])) == "through z"


def test_why_there_is_no_backward_pass() -> None:
    step = mlp([2, 1], activation="step").system
    for language, words in (("en", "There is no backward pass"), ("es", "No hay propagación")):
        remark = explain_forward_only(step, language)
        assert remark is not None and text.render(remark).startswith(words)
    assert explain_forward_only(SYSTEM, "en") is None
