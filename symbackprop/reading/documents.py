"""Every formula in a document, with the place of each character in its file."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from symbackprop.errors import InputError, name_choices
from symbackprop.reading.delimiters import find_in_latex, find_in_text, take_whole
from symbackprop.reading.files import SIZE_LIMIT, decode, gather_macros, read_bytes, unify_lines
from symbackprop.reading.macros import NO_MACROS, Macros
from symbackprop.reading.markdown import find_in_markdown
from symbackprop.reading.notebooks import list_markdown_cells
from symbackprop.reading.parts import join_parts
from symbackprop.reading.places import Found, Segment

__all__ = ["Document", "Found", "Segment", "find_formulas", "load_document"]

KINDS = ("markdown", "latex", "notebook", "text", "formula")
KIND_OF_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdx": "markdown",
    ".qmd": "markdown",
    ".rmd": "markdown",
    ".tex": "latex",
    ".latex": "latex",
    ".ltx": "latex",
    ".ipynb": "notebook",
    ".txt": "text",
}
STANDARD_INPUT = "-"

_IGNORE = re.compile(r"(?:#|%|<!--)\s*symbackprop:\s*ignore\b")
_IGNORE_ALONE = re.compile(r"\s*(?:#|%|<!--)\s*symbackprop:\s*ignore\b[^$]*")
# signs that no file name has, and every equation
_FORMULA_SIGNS = re.compile(r"[=\n^{}$]|\\[A-Za-z]|:=")


@dataclass(frozen=True)
class Document:
    """A text, what it is called in messages, how it is read (one of KINDS), and its macros.

    `notes` say what was not read although the text asks for it.
    """

    name: str
    kind: str
    text: str
    macros: Macros = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def load_document(
    given: str | Path, kind: str | None = None, macros: str | Path | None = None
) -> Document:
    """Read a file, standard input ("-"), or take a formula as it is.

    A string is a formula where it has signs that equations have (=, ^, a command) and is neither a
    file that exists nor named like one. Its macros are those that it defines itself, those of the
    files beside it that it names with \\input, \\include or \\usepackage, and those of the file
    `macros`; the document's own count most.

    Raises:
        InputError: a file is missing, a folder, too large, or no UTF-8 text; or the kind is
            unknown.

    >>> document = load_document(r"\\def\\loss{C} \\loss = 1")
    >>> document.kind, document.macros["loss"].body
    ('formula', 'C')
    """
    document = _load(given, kind)
    gathered = gather_macros(_list_prose(document), document.kind, _find_path(document))
    known: Macros = {}
    if macros is not None:
        path = Path(macros)
        text = decode(read_bytes(path), str(path))
        known = gather_macros(text, _guess_kind(path), path).macros
    return replace(document, macros={**known, **gathered.macros}, notes=gathered.notes)


def _list_prose(document: Document) -> str:
    """The text of a document; of a notebook that of its cells."""
    if document.kind != "notebook":
        return document.text
    try:
        return "\n\n".join(cell.text for cell in list_markdown_cells(document.text))
    except InputError:
        # whoever looks for its formulas is told why it is no notebook
        return ""


def _find_path(document: Document) -> Path | None:
    return None if document.kind == "formula" or document.name == "<stdin>" else Path(document.name)


def _guess_kind(path: Path) -> str:
    return KIND_OF_SUFFIX.get(path.suffix.lower(), "text")


def _load(given: str | Path, kind: str | None) -> Document:
    if kind is not None and kind not in KINDS:
        raise InputError(name_choices("kind of document", kind, KINDS))
    if given == STANDARD_INPUT:
        stream = getattr(sys.stdin, "buffer", None)
        content = stream.read(SIZE_LIMIT + 1) if stream else sys.stdin.read().encode()
        return Document("<stdin>", kind or "markdown", decode(content, "<stdin>"))
    if kind == "formula" or (isinstance(given, str) and is_formula(given)):
        if "\0" in str(given):
            raise InputError("the formula has a NUL character, which no LaTeX has")
        return Document("<formula>", "formula", unify_lines(str(given)))
    if not str(given).strip():
        raise InputError("nothing is given: neither a file nor a formula")
    path = Path(given)
    return Document(
        str(given),
        kind or _guess_kind(path),
        decode(read_bytes(path), str(given)),
    )


def is_formula(given: str) -> bool:
    """Tell a formula from the name of a file.

    >>> is_formula("a^l = b"), is_formula("notes.md"), is_formula("w=1.md")
    (True, False, False)
    """
    if Path(given).suffix.lower() in KIND_OF_SUFFIX and "\n" not in given:
        return False
    if not _FORMULA_SIGNS.search(given):
        return False
    try:
        return not Path(given).exists()
    except (OSError, ValueError):
        return True


def find_formulas(text: str, kind: str = "markdown", macros: Macros = NO_MACROS) -> list[Found]:
    """Find every formula of a text, in the order of the text.

    Formulas on a line with "symbackprop: ignore" in a comment, or just below such a comment, are
    left out. Something that opens a formula and is not closed is listed with its `problem`. An
    equation that is cut in parts, $a$ = $b$ or $a$ $= b$, is one formula. `macros` tells which
    macros of a LaTeX text stand for delimiters, as many a \\be and \\ee do.

    Raises:
        InputError: a notebook is no notebook.

    >>> [(found.text, found.line, found.column) for found in find_formulas("Let $a = b$.")]
    [('a = b', 1, 5)]
    >>> find_formulas("`$a = b$`, $c = d$ <!-- symbackprop: ignore -->")
    []
    >>> [" ".join(found.text.split()) for found in find_formulas("As $a$ = $b$ and $c$ $= d$.")]
    ['a = b', 'c = d']
    """
    text = unify_lines(text)
    if kind == "notebook":
        return list(_find_in_notebook(text))
    finders: dict[str, Callable[[str], Iterable[Found]]] = {
        "markdown": find_in_markdown,
        "latex": partial(find_in_latex, macros=macros),
        "text": find_in_text,
        "formula": take_whole,
    }
    found = sorted(finders[kind](text), key=lambda one: (one.line, one.column))
    return join_parts(_leave_out_ignored(found, text), text)


def _find_in_notebook(text: str) -> Iterator[Found]:
    """Lines count within the cell."""
    for cell in list_markdown_cells(text):
        for found in find_formulas(cell.text, "markdown"):
            own = cell.file_lines[found.line - 1 : found.end_line] or cell.file_lines[-1:]
            yield replace(found, cell=cell.number, file_lines=tuple(own))


def _leave_out_ignored(found: list[Found], text: str) -> list[Found]:
    if not _IGNORE.search(text):
        return found
    lines = text.split("\n")
    ignored = {number for number, line in enumerate(lines, 1) if _IGNORE.search(line)}
    below = {number + 1 for number in ignored if _IGNORE_ALONE.fullmatch(lines[number - 1])}
    return [
        one
        for one in found
        if one.line not in below and ignored.isdisjoint(range(one.line, one.end_line + 1))
    ]
