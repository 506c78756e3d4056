"""Which documents are meant: files, folders, patterns, standard input, formulas."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from glob import has_magic, iglob
from pathlib import Path

from symbackprop.errors import InputError
from symbackprop.reading.documents import KIND_OF_SUFFIX, STANDARD_INPUT, is_formula

# what a corrected copy is called: notes.fixed.md
FIXED = ".fixed"


def gather_documents(given: Iterable[str]) -> Iterator[str | InputError]:
    """Every document that is meant, once, in order; an error in the place of what is none.

    A folder stands for the documents in it and below, those of hidden folders and corrected copies
    left out; *, ? and [ ] match names, ** folders.
    """
    seen: set[str] = set()
    for one in given:
        for document in _open(one):
            if isinstance(document, str) and "\0" not in document and os.path.exists(document):
                place = os.path.realpath(document)
                if place in seen:
                    continue
                seen.add(place)
            yield document


def are_several(given: Sequence[str]) -> bool:
    """Whether more than one document may be meant.

    >>> are_several(["notes.md"]), are_several(["*.md"]), are_several(["c = a * b"])
    (False, True, False)
    """
    if len(given) != 1:
        return True
    (one,) = given
    return not is_formula(one) and (os.path.isdir(one) or has_magic(one))


def _open(given: str) -> Iterator[str | InputError]:
    if given == STANDARD_INPUT or is_formula(given):
        yield given
        return
    try:
        if os.path.isdir(given):
            yield from _open_folder(given)
            return
        is_pattern = has_magic(given) and not os.path.exists(given)
    except ValueError:  # NUL in a name
        is_pattern = False
    if not is_pattern:
        yield given
        return
    matches = sorted(iglob(given, recursive=True))
    if not matches:
        yield InputError(f"{given}: no file has such a name")
    for match in matches:
        if os.path.isdir(match):
            yield from _list_documents(match)
        elif is_document(match):
            yield match


def _open_folder(folder: str) -> Iterator[str | InputError]:
    found = False
    for document in _list_documents(folder):
        found = True
        yield document
    if not found:
        suffixes = ", ".join(sorted(KIND_OF_SUFFIX))
        yield InputError(f"{folder}: no document in this folder ({suffixes})")


def _list_documents(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            os.path.join(place, name)
            for name in sorted(files)
            if is_document(name) and not name.startswith(".")
        )


def is_document(name: str) -> bool:
    """Whether a file of a folder is one to judge, by its name.

    >>> is_document("notes.md"), is_document("notes.py"), is_document("notes.fixed.md")
    (True, False, False)
    """
    path = Path(name)
    return path.suffix.lower() in KIND_OF_SUFFIX and not path.stem.endswith(FIXED)
