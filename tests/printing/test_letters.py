"""Letters with what hangs on them: words below, commas where they are needed, powers apart."""

from __future__ import annotations

import pytest

from symbackprop.printing import layout as show
from symbackprop.printing.layout import Letter, Number
from symbackprop.printing.letters import (
    add_scripts,
    differentiate_letter,
    join_indices,
    join_wrapped,
    name_stem,
    raise_layout,
    split_letter,
)
from symbackprop.printing.text import render


@pytest.mark.parametrize(
    ("name", "text", "stem"),
    [
        ("w0", "w₀", "w"),
        ("w12", "w₁₂", "w"),
        ("z_h", "zₕ", "z"),
        ("delta", "δ", "delta"),
        ("E_total", "E_total", "E"),
        ("x2y", "x2y", "x2y"),
        ("_odd", "_odd", "_odd"),
    ],
)
def test_a_name_is_a_letter_and_what_is_below_it(name: str, text: str, stem: str) -> None:
    assert render(split_letter(name)) == text
    assert name_stem(name) == stem


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((Letter("j"), Letter("k")), "jk"),
        ((Number("1"), Number("2")), "12"),
        ((Number("12"), Number("3")), "12,3"),
        ((show.Total((("+", Letter("j")), ("+", Number("1")))), Letter("k")), "j + 1,k"),
        ((Number("12"),), "12"),
    ],
)
def test_commas_stand_where_indices_would_run_together(parts: tuple, text: str) -> None:
    assert render(join_indices(parts)) == text


def test_indices_in_brackets_need_no_comma_and_bare_ones_do() -> None:
    l, i = Letter("l"), Letter("i")
    assert join_wrapped([]) is None
    assert render(join_wrapped([("square", l), ("round", i)]) or l) == "[l](i)"
    assert render(join_wrapped([("plain", i), ("plain", l)]) or l) == "i,l"
    assert render(join_wrapped([("square", l)]) or i) == "[l]"


def test_scripts_join_the_word_below() -> None:
    total = add_scripts(split_letter("z_h"), Letter("t"), Letter("j"))
    assert total == show.Scripted(Letter("z"), Letter("t"), show.Row((Letter("h"), Letter("j"))))
    assert add_scripts(Letter("z"), None, None) == Letter("z")
    raised = show.Scripted(Letter("z"), Letter("l"))
    assert add_scripts(raised, None, Letter("j")) == show.Scripted(raised, None, Letter("j"))


def test_a_differential_keeps_what_is_below() -> None:
    assert render(differentiate_letter(split_letter("w1"))) == "dw₁"
    assert render(differentiate_letter(Letter("Z"))) == "dZ"


def test_a_power_is_not_taken_for_an_index() -> None:
    two = Number("2")
    assert render(raise_layout(split_letter("w1"), two)) == "w₁²"
    layered = show.Scripted(Letter("a"), Letter("l"))
    assert render(raise_layout(layered, two)) == "(aˡ)²"
    assert render(raise_layout(show.Total((("+", Letter("x")), ("-", two))), two)) == "(x − 2)²"
