"""Notebooks: their Markdown cells have lines in the file; what is none is refused."""

from __future__ import annotations

import json

import pytest

from symbackprop.errors import InputError
from symbackprop.reading.documents import find_formulas


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
