"""Macros: where they are defined, what they stand for, and that findings point at their use."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import InputError
from symbackprop.reading.documents import find_formulas, load_document
from symbackprop.reading.expansion import write_out
from symbackprop.reading.files import gather_macros
from symbackprop.reading.macros import Macro, blank_definitions, find_macros
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import Derivative, Name, ReadError, Total

DEFINED = r"""
\newcommand{\pp}[2]{\frac{\partial #1}{\partial #2}}
\newcommand*{\vect}[1]{\mathbf{#1}}
\renewcommand\loss{\mathcal{L}} % \newcommand{\ghost}{x}
\def\act#1{\sigma(#1)}
\DeclareMathOperator*{\relu}{ReLU}
\newcommand{\at}[2][t]{#2_{#1}}
"""


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


def test_a_macro_that_nobody_defines_is_told_once_for_each_formula() -> None:
    formula = read_formula(r"\red{x} + \red{y} = \pair{x}{y}")
    assert formula.unknown == {"red", "pair"} and not formula.repairs
    assert read_formula(r"\frac{1}{2} \foo").unknown == {"foo"}


def test_macros_come_from_the_files_that_are_read_in(tmp_path: Path) -> None:
    folder = tmp_path / "lecture"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "outside.tex").write_text(r"\def\outer{1}")
    (folder / "own.sty").write_text(r"\def\own{2} \input{parts/deep}")
    (folder / "parts" / "deep.tex").write_text(r"\def\deep{3} \def\mine{4} \input{parts/deep}")
    (folder / "binary.tex").write_bytes(b"\xff\xfe\x00")
    path = folder / "lecture.tex"
    path.write_text(
        r"\usepackage{amsmath,own} \input{../outside} \input{missing} \include{binary}"
        "\n% \\input{parts/no}\n" + r"\def\mine{5}"
    )
    document = load_document(path)
    bodies = {name: macro.body for name, macro in document.macros.items()}
    assert bodies == {"own": "2", "deep": "3", "mine": "5"}
    assert len(document.notes) == 2
    assert "outside" in document.notes[0] and "not read" in document.notes[0]


def test_a_file_of_macros_helps_and_the_document_counts_more(tmp_path: Path) -> None:
    helper = tmp_path / "macros.tex"
    helper.write_text(r"\newcommand{\x}{1} \newcommand{\y}{2}")
    path = tmp_path / "lecture.md"
    path.write_text("$$\\newcommand{\\x}{3}$$\n\n`\\newcommand{\\z}{4}`\n\n```\n\\def\\u{5}\n```\n")
    macros = load_document(path, macros=helper).macros
    assert {name: macro.body for name, macro in macros.items()} == {"x": "3", "y": "2"}
    with pytest.raises(InputError, match="no such file"):
        load_document(path, macros=tmp_path / "none.tex")


def test_macros_of_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "lecture.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "markdown", "source": ["$\\\\newcommand{\\\\x}{1}$"]}]}'
    )
    assert load_document(path).macros == {"x": Macro(0, "1")}
    path.write_text("no notebook")
    assert load_document(path).macros == {}


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
