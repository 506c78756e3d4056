"""Places: the line and the column of every character of a formula, however it was cut out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading.places import Found, Lines, Segment, cut_out, move_down

TEXT = "ñ one\ntwo $a\n= b$ three\n"


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (4, (1, 5)), (5, (1, 6)), (6, (2, 1)), (13, (3, 1))]
)
def test_an_offset_has_a_line_and_a_column(offset: int, place: tuple[int, int]) -> None:
    assert Lines(TEXT).place(offset) == place


@given(st.text(alphabet="a\n$", max_size=30), st.data())
def test_lines_and_columns_lead_back_to_the_character(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = Lines(text).place(offset)
    before = text.split("\n")[: line - 1]
    assert sum(len(each) + 1 for each in before) + column - 1 == offset


def cut() -> Found:
    start, end = TEXT.index("$"), TEXT.rindex("$")
    return Lines(TEXT).cut(TEXT, (start, end + 1), (start + 1, end), display=True)


def test_what_is_cut_keeps_its_places() -> None:
    found = cut()
    assert (found.text, found.display) == ("a\n= b", True)
    assert not Lines("$a$").cut("$a$", (0, 3), (1, 2)).display
    assert (found.line, found.column, found.end_line, found.end_column) == (2, 5, 3, 5)
    assert [found.place(offset) for offset in (0, 1, 2, 5)] == [(2, 6), (2, 7), (3, 1), (3, 4)]
    for offset in (-1, 6):
        with pytest.raises(ValueError, match="lies outside of a text of 5"):
            found.place(offset)


def test_a_formula_within_a_block_is_moved_down() -> None:
    moved = move_down(cut(), 10)
    assert (moved.line, moved.column, moved.end_line, moved.end_column) == (12, 5, 13, 5)
    assert [moved.place(offset) for offset in (0, 2)] == [(12, 6), (13, 1)]


def test_a_formula_within_a_paragraph_stands_where_the_paragraph_does() -> None:
    # a quotation: what stands after "> ", in lines 4 and 5
    whole = Found("so $a\n= b$.", 4, 3, 5, 8, (Segment(0, 4, 3), Segment(6, 5, 3)))
    part = cut_out(whole, "a\n= b", 3, 4, 10)
    assert (part.line, part.column, part.end_line, part.end_column) == (4, 6, 5, 7)
    assert [part.place(offset) for offset in range(6)] == [
        (4, 7), (4, 8), (5, 3), (5, 4), (5, 5), (5, 6),
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "file_line"), [(2, 40), (3, 41), (9, 41)])
def test_lines_of_a_notebook_are_told_in_lines_of_the_file(line: int, file_line: int) -> None:
    found = Found("a\nb", 2, 1, 3, 2, (Segment(0, 2, 1),), cell=3, file_lines=(40, 41))
    assert found.find_file_line(line) == file_line
    assert cut().find_file_line(line) is None
