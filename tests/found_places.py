"""What was found in a document: its texts, and whether each character stands in its place."""

from __future__ import annotations

from symbackprop.reading.places import Found


def list_texts(found: list[Found]) -> list[str]:
    return [one.text.strip() for one in found]


def assert_places(text: str, found: list[Found]) -> None:
    """Every character of a formula stands in the file where its place says."""
    lines = text.split("\n")
    for one in found:
        for offset, sign in enumerate(one.text):
            if sign == "\n" or (one.joins and sign == " "):
                # where formulas are joined, their inner delimiters are blank
                continue
            line, column = one.place(offset)
            assert lines[line - 1][column - 1] == sign, (one, offset)
