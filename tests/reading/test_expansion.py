"""Macros written out: where each character comes from, and an end to all of them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened_texts import DEFINED
from spelled_trees import list_fixtures, spell_formula

from symbackprop.reading.expansion import write_out
from symbackprop.reading.macros import Macro, find_macros
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import Derivative, Name, ReadError, Total


def test_places_are_those_of_the_use() -> None:
    text = r"\pp{E}{w_1} + \loss"
    formula = read_formula(text, macros=find_macros(DEFINED))
    (side,) = formula.statements[0].sides
    assert isinstance(side, Total)
    slope, loss = side.terms[0][1], side.terms[1][1]
    assert isinstance(slope, Derivative) and isinstance(loss, Name)
    spans = [slope.span, slope.bottom.span, loss.span]
    assert [text[start:end] for start, end in spans] == [r"\pp{E}{w_1}", "w_1", r"\loss"]


def test_errors_point_at_the_use() -> None:
    with pytest.raises(ReadError) as caught:
        read_formula(r"a = \broken + 1", macros={"broken": Macro(0, r"\frac{}{2}")})
    assert caught.value.place == (1, 5)
    with pytest.raises(ReadError, match="takes 2 arguments"):
        read_formula(r"a = \pp{E}", macros=find_macros(DEFINED))


@pytest.mark.parametrize(
    "macros",
    [
        {"a": Macro(0, r"\a")},
        {"a": Macro(0, r"\a\a")},
        {"a": Macro(0, r"\b"), "b": Macro(0, r"\a x")},
        {"a": Macro(1, r"\a{#1#1}")},
        {"a": Macro(0, "x" * 90_000), "b": Macro(0, "y" * 90_000)},
    ],
)
def test_macros_without_end_are_refused_soon(macros: dict[str, Macro]) -> None:
    begin = time.process_time()
    with pytest.raises(ReadError):
        read_formula(r"\a{\a{\a{x}}} \b", macros=macros)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("depth", [10, 1000])
def test_macros_around_macros_end_soon(depth: int) -> None:
    begin = time.process_time()
    text = r"\q{" * depth + "x" + "}" * depth
    try:
        read_formula(text, macros={"q": Macro(1, "#1")})
    except ReadError as error:
        assert depth > 10 and str(error)
    assert time.process_time() - begin < 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([r"\q", r"\p", "{", "}", "x", "[", "]", "_", r"\frac", " ", "2"])))
def test_what_is_written_out_knows_its_places(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        written = write_out(text, {"q": Macro(1, r"a #1 \p"), "p": Macro(1, "#1", "b")})
    except ReadError as error:
        assert 0 <= error.offset <= len(text)
        return
    if written is None:
        assert re.search(r"\\[qp](?![a-z])", text) is None
        return
    assert len(written.text) == len(written.starts) == len(written.ends)
    for at in range(len(written.text)):
        start, end = written.locate((at, at + 1))
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(("latex", "said"), list_fixtures("macros"))
def test_macros_are_read_as_what_they_stand_for(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


MACROS = {
    "pp": Macro(2, r"\frac{\partial #1}{\partial #2}"),
    "at": Macro(2, "#2_{#1}", "t"),
    "half": Macro(0, r"\frac12"),
    "in": Macro(1, r"\mathrm{#1}"),
}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"\pp{E}{w}", r"\frac{\partial E}{\partial w}"),
        (r"\pp E w", r"\frac{\partial E}{\partial w}"),
        (r"\at{h} \at[s]{h}", "h_{t} h_{s}"),
        # without braces a macro is the whole argument
        (r"x_\half", r"x_{\frac12}"),
        (r"x^\half \half", r"x^{\frac12} \frac12"),
        (r"\pp{\at{h}}{w}", r"\frac{\partial h_{t}}{\partial w}"),
        (r"a &lt; b", "a < b"),
        # without an option of its own a bracket is an argument
        (r"\in [u]", r"\mathrm{[}u]"),
        # a letter behind a macro does not become a part of its name
        (r"\half x", r"\frac12 x"),
        (r"\newcommand{\q}{u} \q", " u"),
    ],
)
def test_a_macro_is_written_out_as_tex_does(text: str, written: str) -> None:
    out = write_out(text, MACROS)
    assert out is not None and out.text.strip() == written.strip()
    assert len(out.text) == len(out.starts) == len(out.ends)


@pytest.mark.parametrize("text", ["w x", r"\frac{a}{b} & c", ""])
def test_what_has_no_macros_stays_as_it_is(text: str) -> None:
    assert write_out(text, {"q": Macro(0, "x")}) is None


def test_a_character_stands_for_the_use_or_for_itself() -> None:
    text = r"a = \pp{E}{w_1} b"
    out = write_out(text, MACROS)
    assert out is not None

    def locate(part: str) -> str:
        start = out.text.index(part)
        return text[slice(*out.locate((start, start + len(part))))]

    assert [locate(part) for part in ("a", "frac", "E", "w_1", "b")] == [
        "a", r"\pp{E}{w_1}", "E", "w_1", "b",
    ]  # fmt: skip
    # behind the end, and between two characters
    assert out.locate((99, 99)) == (len(text), len(text))
    assert out.locate((1, 1)) == (1, 1)
