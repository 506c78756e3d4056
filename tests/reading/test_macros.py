"""Macros: where they are defined, what they stand for, and that findings point at their use."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened_texts import DEFINED

from symbackprop.reading.documents import find_formulas
from symbackprop.reading.files import gather_macros
from symbackprop.reading.macros import Macro, blank_definitions, find_macros
from symbackprop.reading.parser import read_formula


def test_definitions_are_found() -> None:
    macros = find_macros(DEFINED)
    assert macros["pp"] == Macro(2, r"\frac{\partial #1}{\partial #2}")
    assert macros["vect"] == Macro(1, r"\mathbf{#1}")
    assert macros["loss"] == Macro(0, r"\mathcal{L}")
    assert macros["act"] == Macro(1, r"\sigma(#1)")
    assert macros["relu"].body == r"\operatorname{ReLU}"
    assert macros["at"] == Macro(2, "#2_{#1}", "t")


@pytest.mark.parametrize(
    ("text", "name", "macro"),
    [
        (r"\def\x{1} \def\x{2}", "x", Macro(0, "2")),
        (r"\def\x{1} \providecommand{\x}{2}", "x", Macro(0, "1")),
        # what is defined within braces holds there, and replaces nothing that has a meaning
        (r"{\def\frac#1#2{#1}}", "frac", None),
        (r"{\def\mine#1{#1^2}}", "mine", Macro(1, "#1^2")),
        # what is decided while TeX runs is not decided here
        (r"\newcommand{\x}{\ifmmode a\else b\fi}", "x", None),
        (r"\newcommand{\x}{a \iff b}", "x", Macro(0, r"a \iff b")),
        (r"\def\x(#1){#1}", "x", None),
        (r"\newcommand{\x}", "x", Macro(0, "")),
        (r"\newcommand{\x}{a % b" + "\n}", "x", Macro(0, "a")),
        ('MathJax = {tex: {macros: {R: "\\\\mathbb{R}"}}}', "R", Macro(0, r"\mathbb{R}")),
        ('Macros: {bold: ["{\\\\bf #1}", 1], x: "y"}', "bold", Macro(1, r"{\bf #1}")),
        ("macros: {'\\\\f': '#1 + #2',}", "f", Macro(2, "#1 + #2")),
        ("---\nmath:\n  '\\R': '\\mathbb{R}'\n---\n", "R", Macro(0, r"\mathbb{R}")),
        ("---\ntitle: a\n---\nmath:\n  '\\R': 'x'\n", "R", None),
    ],
)
def test_a_definition_is_read_as_tex_would(text: str, name: str, macro: Macro | None) -> None:
    assert find_macros(text).get(name) == macro


def test_a_macro_that_nobody_defines_is_told_once_for_each_formula() -> None:
    formula = read_formula(r"\red{x} + \red{y} = \pair{x}{y}")
    assert formula.unknown == {"red", "pair"} and not formula.repairs
    assert read_formula(r"\frac{1}{2} \foo").unknown == {"foo"}


def test_macros_that_stand_for_delimiters() -> None:
    text = r"""
\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}
\newcommand{\bea}{\begin{align}} \newcommand{\eea}{\end{align}}
\be a = b \ee and \bea c &= d \\ e &= f \eea and $g$ \bee
"""
    macros = gather_macros(text, "latex").macros
    found = find_formulas(text, "latex", macros)
    assert [one.text.strip() for one in found] == ["a = b", r"\bea c &= d \\ e &= f \eea", "g"]
    assert len(read_formula(found[1].text, macros=macros).statements) == 2


def test_definitions_state_nothing() -> None:
    text = "\\newcommand{\\q}{$x = 1$}\n$y = 2$"
    assert [one.text for one in find_formulas(text, "latex")] == ["y = 2"]
    assert blank_definitions(text).split("\n")[1] == "$y = 2$"
    assert read_formula(r"\newcommand{\q}{x}").statements == ()
    # one that does not end hides nothing
    assert [f.text for f in find_formulas("\\def\\q{\n\nSo $y = 2$.", "latex")] == ["y = 2"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\\newcomadf{}[]#12xq%$&;\n ", max_size=60))
def test_any_text_has_macros_or_none(text: str) -> None:
    macros = find_macros(text)
    assert all(isinstance(macro, Macro) for macro in macros.values())
    assert len(blank_definitions(text)) == len(text)
