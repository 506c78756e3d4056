"""Corrected documents: the one certain correction of each error, put in and judged again."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symbackprop.errors import InputError
from symbackprop.reading.documents import Document, load_document
from symbackprop.reading.files import read_bytes
from symbackprop.reading.notebooks import list_markdown_cells
from symbackprop.reports.differences import apply_changes
from symbackprop.runs.gathering import FIXED
from symbackprop.runs.judging import declare
from symbackprop.streams import write_whole
from symbackprop.verification.findings import HOLDS, STATED, Finding, Judged

# how a patch says that a file ends within its last line
NO_END = "\\ No newline at end of file"
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Edit:
    """A part of a text, by its offsets, and what is put in its place.

    `cell` is that of a notebook, whose text the offsets count in.
    """

    start: int
    end: int
    new: str
    finding: Finding

    @property
    def cell(self) -> int | None:
        return self.finding.cell


@dataclass(frozen=True)
class Corrected:
    """A document before and after its corrections."""

    file: str
    old: str
    new: str
    number: int

    def say_diff(self) -> str:
        """The corrections as a patch."""
        old, new = (text.splitlines(keepends=True) for text in (self.old, self.new))
        said = difflib.unified_diff(old, new, self.file, self.file)
        return "".join(line if line.endswith("\n") else f"{line}\n{NO_END}\n" for line in said)


def correct_document(judged: Judged, options: Mapping[str, Any]) -> Corrected | None:
    """Put in what is certain to be right; None where there is no such thing.

    An error has a certain correction where one is suggested, and where the document, judged again
    with all corrections in it, holds at each corrected place.

    Raises:
        InputError: the document cannot be read any more, or its lines end in several ways.
    """
    certain = [f for f in judged.findings if f.severity == "error" and f.suggestion]
    if not certain:
        return None
    document = load_document(judged.file, options.get("kind"), options.get("macros"))
    edits = [edit for f in certain if (edit := _make_edit(document, f)) is not None]
    while edits:
        fixed = replace(document, text=_apply(document, edits))
        kept = _keep_right(fixed, edits, options)
        if len(kept) == len(edits):
            return Corrected(judged.file, document.text, fixed.text, len(edits))
        edits = kept
    return None


def write_corrected(corrected: Corrected, in_place: bool) -> Path:
    """Write a corrected document, beside the one it corrects or in its place; give its name.

    Lines end as they did.

    Raises:
        InputError: it cannot be written, or the lines of the document end in several ways.
    """
    path = Path(corrected.file)
    text = _restore(read_bytes(path).decode("utf-8"), corrected)
    if not in_place:
        path = path.with_name(f"{path.stem}{FIXED}{path.suffix}")
    write_whole(path, lambda beside: beside.write_bytes(text.encode("utf-8")))
    return path


def _restore(before: str, corrected: Corrected) -> str:
    """The corrected text with the ends of lines, and the mark at the beginning, as they were."""
    mark = BYTE_ORDER_MARK if before.startswith(BYTE_ORDER_MARK) else ""
    for end in ("\n", "\r\n", "\r"):
        if mark + corrected.old.replace("\n", end) == before:
            return mark + corrected.new.replace("\n", end)
    raise InputError(
        f"{corrected.file}: its lines end in several ways, or it has changed; nothing is written"
    )


def _list_texts(document: Document) -> dict[int | None, str]:
    """The text in which places count: that of the document, or of each cell of a notebook."""
    if document.kind != "notebook":
        return {None: document.text}
    return {cell.number: cell.text for cell in list_markdown_cells(document.text)}


def _make_edit(document: Document, finding: Finding) -> Edit | None:
    """What a correction changes; None where the formula does not stand in one piece in its text."""
    text = _list_texts(document).get(finding.cell)
    if text is None or finding.suggestion is None:
        return None
    start = _find_offset(text, finding.line, finding.column)
    end = _find_offset(text, finding.end_line, finding.end_column)
    written = text[start:end]
    if _squeeze(written) != _squeeze(finding.latex):
        return None
    new = apply_changes(written, finding.suggestion)
    return Edit(start, end, new, finding) if new.count("\n") == written.count("\n") else None


def _find_offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1


def _squeeze(latex: str) -> str:
    return "".join(latex.split())


def _apply(document: Document, edits: Sequence[Edit]) -> str:
    texts = _list_texts(document)
    for cell, text in texts.items():
        for edit in sorted((e for e in edits if e.cell == cell), key=lambda e: -e.start):
            text = text[: edit.start] + edit.new + text[edit.end :]
        texts[cell] = text
    if document.kind != "notebook":
        return texts[None]
    return _write_notebook(document.text, texts, {edit.cell for edit in edits})


def _write_notebook(text: str, texts: Mapping[int | None, str], changed: set[int | None]) -> str:
    """The notebook with other sources in some cells, written as Jupyter writes notebooks."""
    notebook = json.loads(text)
    for number, cell in enumerate(notebook["cells"], 1):
        if number in changed:
            is_list = isinstance(cell["source"], list)
            source = texts[number]
            cell["source"] = source.splitlines(keepends=True) if is_list else source
    return json.dumps(notebook, indent=1, ensure_ascii=False) + ("\n" if text[-1:] == "\n" else "")


def _keep_right(fixed: Document, edits: Sequence[Edit], options: Mapping[str, Any]) -> list[Edit]:
    """The edits after which the formula holds."""
    import symbackprop

    given = {key: value for key, value in declare(options).items() if key not in ("kind", "macros")}
    found: dict[tuple[int | None, int, str], str] = {}
    for finding in symbackprop.verify(fixed, **given):
        found[finding.cell, finding.line, _squeeze(finding.latex)] = finding.verdict
    keys = ((e.cell, e.finding.line, _squeeze(e.new)) for e in edits)
    right = [found.get(key) in (HOLDS, STATED) for key in keys]
    return [edit for edit, is_right in zip(edits, right, strict=True) if is_right]
