"""Notebooks: their Markdown cells have lines in the file; what is none is refused."""

from __future__ import annotations

import json

import pytest

from symbackprop.errors import InputError
from symbackprop.reading.documents import find_formulas
from symbackprop.reading.notebooks import list_markdown_cells


def make_notebook(*cells: tuple[str, list[str] | str]) -> str:
    listed = [{"cell_type": kind, "source": source, "outputs": []} for kind, source in cells]
    return json.dumps({"cells": listed, "nbformat": 4}, indent=1)


def test_notebook_cells_have_places() -> None:
    text = make_notebook(
        ("code", ["x = '$a = b$'\n", "same $c = d$\n"]),
        ("markdown", ["same $c = d$\n", "\n", "$$\n", "\\delta = 1\n", "$$"]),
        ("markdown", "one\ntwo $e = f$"),
    )
    found = find_formulas(text, "notebook")
    assert [(one.cell, one.line, one.column, one.text.strip()) for one in found] == [
        (2, 1, 6, "c = d"),
        (2, 3, 1, r"\delta = 1"),
        (3, 2, 5, "e = f"),
    ]
    lines = text.split("\n")
    shown = [lines[one.file_lines[0] - 1] for one in found]
    assert "same" in shown[0] and "$$" in shown[1] and "two" in shown[2]
    assert found[0].file_lines[0] > next(n for n, line in enumerate(lines, 1) if "same" in line)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": 1}', '{"cells": [', "[" * 100_000,
             '{"cells": [{"cell_type": "markdown", "source": 5}]}'],
)  # fmt: skip
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no notebook"):
        find_formulas(text, "notebook")


def test_only_markdown_cells_are_listed_each_with_its_lines() -> None:
    text = make_notebook(
        ("code", "x"), ("markdown", ["one\n", "two"]), ("raw", "y"), ("markdown", [])
    )
    cells = list(list_markdown_cells(text))
    assert [(cell.number, cell.text) for cell in cells] == [(2, "one\ntwo"), (4, "")]
    lines = text.split("\n")
    assert [lines[line - 1].strip().strip(",") for line in cells[0].file_lines] == [
        json.dumps("one\n"),
        json.dumps("two"),
    ]


def test_lines_of_a_source_in_one_string_stand_on_its_line() -> None:
    (cell,) = list_markdown_cells('{"cells": [\n{"cell_type": "markdown", "source": "a\\nb"}]}')
    assert (cell.text, cell.file_lines) == ("a\nb", [2, 2])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{\n  ?", "no JSON at line 2, column 3"),
        ("[" * 100_000, "nested too deeply"),
        ('{"cells": {}}', "it has no list of cells"),
        (
            '{"cells": [{}, {"cell_type": "markdown", "source": [1]}]}',
            "cell 2: its source is no text",
        ),
    ],
)
def test_it_is_said_why_a_text_is_no_notebook(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        list(list_markdown_cells(text))
