"""Matrices, arrays and cases."""

from __future__ import annotations

from symbackprop.reading.reader import Reader
from symbackprop.reading.spelling import CASES, MATRICES
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import Braced, Cases, Listed, Matrix, Name, Node, Words


def read_table(reader: Reader) -> Node:
    end = reader.partner[reader.spot]
    opened = reader.advance()
    if opened.text in CASES:
        return _read_cases(reader, opened, end)
    rows: list[tuple[Node, ...]] = []
    row: list[Node] = []
    while reader.spot < end:
        if reader.at("amp"):
            reader.advance()
        elif reader.at("row"):
            reader.advance()
            if row:
                rows.append(tuple(row))
            row = []
        elif reader.at("comma") or reader.at("stop"):
            reader.advance()
        elif reader.at("rel") and _is_alone(reader):
            sign = reader.advance()
            row.append(Name((sign.start, sign.end), base=sign.text))
        else:
            row.append(_read_cell(reader))
    if row:
        rows.append(tuple(row))
    closed = reader.advance()
    span = (opened.start, closed.end)
    if not rows:
        reader.refuse("a matrix without entries")
    return _simplify_table(Matrix(span, tuple(rows), MATRICES.get(opened.text, "")))


def _is_alone(reader: Reader) -> bool:
    """A sign as the whole entry: a column of bars, the = between two columns."""
    after = reader.peek(reader.spot + 1)
    return after is None or after.kind in ("amp", "row", "end", "rel")


def _read_cell(reader: Reader) -> Node:
    token = reader.token
    assert token is not None
    if token.kind == "text":
        reader.advance()
        return Words((token.start, token.end), token.text)
    return reader.read_relation()


def _read_cases(reader: Reader, opened: Token, end: int) -> Node:
    rows: list[tuple[Node, Node | None]] = []
    while reader.spot < end:
        if reader.at("row") or reader.at("amp"):
            reader.advance()
            continue
        value = reader.read_relation()
        condition: Node | None = None
        while reader.at("comma") or reader.at("stop"):
            reader.advance()
        if reader.at("amp"):
            reader.advance()
        while reader.spot < end and not reader.at("row"):
            if reader.is_words() or reader.at("comma") or reader.at("stop") or reader.at("amp"):
                reader.read_words() if reader.is_words() else reader.advance()
            elif reader.at("text"):
                reader.advance()
            elif condition is None:
                condition = reader.read_relation()
            else:
                extra = reader.read_relation()
                whole = (condition.span[0], extra.span[1])
                items = condition.items if isinstance(condition, Listed) else (condition,)
                condition = Listed(whole, (*items, extra))
        rows.append((value, condition))
    closed = reader.advance()
    if not rows:
        reader.refuse("cases without a row")
    return Cases((opened.start, closed.end), tuple(rows))


def _simplify_table(table: Matrix) -> Node:
    """A box with a heading in words over one entry is that entry with a label."""
    if table.bracket:
        return table
    entries = [entry for row in table.rows for entry in row]
    words = [entry for entry in entries if isinstance(entry, Words)]
    others = [entry for entry in entries if not isinstance(entry, Words)]
    if not others:
        return Words(table.span, " ".join(entry.text for entry in words))
    if words and len(others) == 1:
        label = Words(words[0].span, " ".join(entry.text for entry in words))
        return Braced(table.span, others[0], label)
    return table
