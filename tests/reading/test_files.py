"""Files as text, those that are none, and the macros of files that are read in."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.reading.documents import find_formulas, load_document
from symbackprop.reading.files import SIZE_LIMIT, decode, gather_macros
from symbackprop.reading.macros import Macro


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"a\xff = b", "UTF-8"), (b"a\0b", "NUL"), (b"\x89PNG\0", "NUL")]
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        load_document(path)


def test_windows_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(b"\xef\xbb\xbf$a = b$\r\n\r\n$$\r\nc = d\r\n$$\r\n")
    document = load_document(path)
    found = find_formulas(document.text, document.kind)
    assert [(one.line, one.column, one.text.strip()) for one in found] == [
        (1, 1, "a = b"),
        (3, 1, "c = d"),
    ]


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


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"a\r\nb\rc\n", "a\nb\nc\n"), ("\ufeffñ".encode(), "ñ"), (b"", "")],
)
def test_bytes_are_text_with_lines_of_one_kind(content: bytes, text: str) -> None:
    assert decode(content, "n.md") == text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"one\n\xff", "n.md:2: this is not UTF-8"),
        (b"ab\0", "n.md: has a NUL byte at offset 2"),
        (b" " * (SIZE_LIMIT + 1), "n.md: larger than 50 MB"),
    ],
)
def test_it_is_said_where_a_file_is_no_text(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        decode(content, "n.md")


def test_macros_of_what_is_shown_as_it_stands_do_not_count() -> None:
    text = "\\def\\x{1}\n\\begin{verbatim}\\def\\y{2}\\end{verbatim}\n% \\def\\z{3}"
    assert set(gather_macros(text, "latex").macros) == {"x"}
    # a text knows no comments
    assert set(gather_macros(text, "text").macros) == {"x", "y", "z"}
    assert set(gather_macros("`\\def\\x{1}` \\def\\y{2}", "markdown").macros) == {"y"}


def test_files_outside_of_the_folder_are_noted_once(tmp_path: Path) -> None:
    text = r"\input{../secret} \input{../secret} \input{none}"
    gathered = gather_macros(text, "latex", tmp_path / "n.tex")
    assert len(gathered.notes) == 1 and "leads out of the folder" in gathered.notes[0]
    assert gather_macros(text, "latex").notes == ()
