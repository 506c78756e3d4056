"""Documents: every formula is found, nothing else is, and each character has its place."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from found_places import assert_places, list_texts
from fuzz_reading import check_document, damage_documents
from hypothesis import example, given
from hypothesis import strategies as st

from symbackprop.errors import InputError
from symbackprop.reading import documents
from symbackprop.reading.documents import find_formulas, load_document


@pytest.mark.parametrize("kind", ["markdown", "text", "latex"])
def test_what_is_not_closed_costs_its_paragraph_only(kind: str) -> None:
    found = find_formulas("an odd $a = b\n\nthen $c = d$", kind)
    assert [(one.text, one.line, bool(one.problem)) for one in found] == [
        ("a = b", 1, True),
        ("c = d", 3, False),
    ]


@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_prices_are_no_formulas(kind: str) -> None:
    found = find_formulas(
        "It costs $5 or maybe $10.\n\nThen $a = 1$, $0, 1, 2$ and $2x = 4$.", kind
    )
    assert list_texts(found) == ["a = 1", "0, 1, 2", "2x = 4"]


def test_comments_ignore_formulas() -> None:
    comment = "<!-- symbackprop: ignore -->"
    text = f"$a = b$ {comment}\n$c = d$\n\n{comment}\n$$\ne = f\n$$\n"
    assert list_texts(find_formulas(text, "markdown")) == ["c = d"]
    assert list_texts(find_formulas("$a = b$ % symbackprop: ignore\n$c = d$", "latex")) == ["c = d"]
    assert list_texts(find_formulas("$a = b$ # symbackprop: ignore\n$c = d$", "text")) == ["c = d"]
    assert list_texts(find_formulas("$a = b$ # symbackprop: ignored", "text")) == ["a = b"]


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_document(str(tmp_path / "none.md"))
    with pytest.raises(InputError, match="folder"):
        load_document(str(tmp_path))
    with pytest.raises(InputError, match="no name"):
        load_document("a\0.md")
    with pytest.raises(InputError, match="did you mean 'latex'"):
        load_document("a = b", "latx")


def test_standard_input_is_markdown_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, wanted in ((None, "markdown"), ("latex", "latex")):
        stream = SimpleNamespace(buffer=io.BytesIO(b"$a = b$"))
        monkeypatch.setattr(documents.sys, "stdin", stream)
        assert load_document("-", kind) == documents.Document("<stdin>", wanted, "$a = b$")


@given(st.text(alphabet="$\\[]()ab=`|>-# \n\t%{}1<!", max_size=60))
@example("$1$$=$")
def test_no_text_is_too_strange(text: str) -> None:
    for kind in ("markdown", "latex", "text", "formula"):
        found = find_formulas(text, kind)
        for one in found:
            assert one.line <= one.end_line
            one.place(len(one.text))
        if kind != "markdown":
            assert_places(text, found)


@pytest.mark.parametrize("kind", ["markdown", "latex", "text"])
@pytest.mark.parametrize(
    "part", ["{", "$", "$a ", "\\(", "\\[", "[", "\\begin{align}", "$$\n", ">"]
)
def test_hostile_texts_end_soon(kind: str, part: str) -> None:
    start = time.process_time()
    find_formulas(part * (20_000 // len(part)), kind)
    assert time.process_time() - start < 10


def test_a_small_run_of_the_fuzzer() -> None:
    for text in damage_documents(60, 4):
        check_document(text)
