"""Where a formula stands: its text, and for each of its characters the place in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

NOT_CLOSED = "the formula that begins here is not closed"


class Segment(NamedTuple):
    """From this offset of a formula on, its characters stand at this line from this column on."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True)
class Found:
    """One formula as written, and where it stands.

    Lines and columns count from 1, in characters. `line` to `end_column` frame the formula with
    its delimiters (the end is just after them); `place` leads to any character within. In a
    notebook lines count within the cell, and `file_lines` are the lines of the file, for each line
    of the formula. `problem` says what is wrong with a formula that cannot be cut out; its text is
    then the rest of the line. `joins` are the offsets at which formulas of the file were joined to
    this one: $a$ = $b$.
    """

    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    segments: tuple[Segment, ...]
    display: bool = False
    problem: str = ""
    cell: int | None = None
    file_lines: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()

    def find_file_line(self, line: int) -> int | None:
        """The line of the file for a line of a formula in a notebook; None outside of notebooks."""
        if not self.file_lines:
            return None
        return self.file_lines[min(line - self.line, len(self.file_lines) - 1)]

    def place(self, offset: int) -> tuple[int, int]:
        """Turn an offset in the text into a line and a column of the file (or of the cell).

        Raises:
            ValueError: the offset lies outside of the text.

        >>> from symbackprop.reading.documents import find_formulas
        >>> found = find_formulas("so $a$ and\\n$b = c$", "text")[1]
        >>> (found.line, found.column), found.place(0), found.place(4)
        ((2, 1), (2, 2), (2, 6))
        """
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside of a text of {len(self.text)}")
        segment = self.segments[bisect_right(self.segments, offset, key=lambda s: s.offset) - 1]
        return segment.line, segment.column + offset - segment.offset


class Lines:
    """Turns an offset of a text into a line and a column, both from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def cut(self, text: str, outer: tuple[int, int], inner: tuple[int, int], **more: Any) -> Found:
        """Cut out the inner span; the outer one has the delimiters too."""
        first, last = inner
        line, column = self.place(first)
        segments = [Segment(0, line, column)]
        for number in range(line, len(self.starts)):
            if self.starts[number] > last:
                break
            segments.append(Segment(self.starts[number] - first, number + 1, 1))
        places = (*self.place(outer[0]), *self.place(outer[1]))
        return Found(text[first:last], *places, segments=tuple(segments), **more)


def move_down(found: Found, by: int) -> Found:
    return replace(
        found,
        line=found.line + by,
        end_line=found.end_line + by,
        segments=tuple(segment._replace(line=segment.line + by) for segment in found.segments),
    )


def cut_out(whole: Found, text: str, start: int, inner: int, end: int, **more: Any) -> Found:
    def count_up_to(offset: int) -> int:
        return bisect_right(whole.segments, offset, key=lambda segment: segment.offset)

    within = whole.segments[count_up_to(inner) : count_up_to(inner + len(text))]
    segments = [Segment(0, *whole.place(inner))]
    segments += [segment._replace(offset=segment.offset - inner) for segment in within]
    places = (*whole.place(start), *whole.place(end))
    return Found(text, *places, segments=tuple(segments), **more)
