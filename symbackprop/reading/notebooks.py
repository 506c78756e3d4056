"""The Markdown cells of a notebook, with the lines of the file that they stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from symbackprop.errors import InputError
from symbackprop.reading.places import Lines


class _PlacedText(str):
    """A string of a JSON text that knows the offset at which it stands."""

    start: int


class Cell(NamedTuple):
    """A Markdown cell: its number, from 1, its text, and for each of its lines that of the file."""

    number: int
    text: str
    file_lines: list[int]


def list_markdown_cells(text: str) -> Iterator[Cell]:
    """The Markdown cells of a notebook.

    Raises:
        InputError: it is no notebook.
    """
    lines = Lines(text)
    for number, cell in enumerate(_list_cells(text), 1):
        if not (isinstance(cell, dict) and cell.get("cell_type") == "markdown"):
            continue
        source = cell.get("source", "")
        parts = source if isinstance(source, list) else [source]
        if not all(isinstance(part, str) for part in parts):
            raise InputError(f"cell {number}: its source is no text; this is no notebook")
        file_lines = []
        for part in parts:
            file_line = lines.place(part.start)[0]
            file_lines += [file_line] * part.count("\n")
            if not part.endswith("\n"):
                file_lines.append(file_line)
        yield Cell(number, "".join(parts), file_lines)


def _list_cells(text: str) -> list[Any]:
    from json import decoder as json_decoder
    from json import scanner as json_scanner

    # the decoder in Python tells where a string stands; the one in C does not
    scan_string = vars(json_decoder)["scanstring"]
    make_scanner = vars(json_scanner)["py_make_scanner"]

    def note_place(whole: str, end: int, strict: bool = True) -> tuple[str, int]:
        value, after = scan_string(whole, end, strict)
        placed = _PlacedText(value)
        placed.start = end
        return placed, after

    decoder: Any = json.JSONDecoder()
    decoder.parse_string = note_place
    decoder.scan_once = make_scanner(decoder)
    try:
        notebook = decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"this is no notebook: no JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise InputError("this is no notebook: its JSON is nested too deeply") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise InputError("this is no notebook: it has no list of cells")
    return cells
