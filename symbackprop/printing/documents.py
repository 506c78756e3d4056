r"""Sheets of formulas as text, LaTeX, a document, Markdown or slides.

A sheet is data: a title and sections of lines. Every way to write it down is one row of WRITERS.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby

from symbackprop.choices import FORMATS, Format, Language
from symbackprop.errors import InputError, name_choices
from symbackprop.printing import latex, text
from symbackprop.printing.breaking import LEADS, break_side, is_wide
from symbackprop.printing.layout import (
    Aligned,
    Layout,
    Relation,
    Row,
    Sentence,
    Total,
    Word,
    list_braces,
    unbrace,
)
from symbackprop.printing.words import find_word

ROWS_ON_A_SLIDE = 4
# so many characters of a formula, written as text, fit on a line before it is broken
PAGE_WIDTH, SLIDE_WIDTH, TEXT_WIDTH = 80, 60, 120
# formulas stand so far in, and their notes so far beside them
INDENT, NOTE_GAP, MIN_GAP = 2, 8, 2


@dataclass(frozen=True)
class Line:
    """One formula, with the reason for it where there is one, and for which indices it holds.

    Lines of one `argument` (any number) share a slide. A line that `continues` has the left side
    of the line before, which is not written again.
    """

    layout: Layout
    reason: str | None = None
    domain: Layout | None = None
    argument: int | None = None

    def continues(self, before: Line | None) -> bool:
        one, other = self.layout, before.layout if before else None
        if not isinstance(one, Relation) or not isinstance(other, Relation):
            return False
        return one.sides[0] == other.sides[0] and one.sign == other.sign == "="


@dataclass(frozen=True)
class Section:
    heading: str
    lines: Iterable[Line]


@dataclass(frozen=True)
class Sheet:
    """Formulas under headings; the note says to whoever asked for them how they are shown, and
    `recalls` whether a line may be about one before."""

    title: str
    sections: Iterable[Section]
    language: Language = "en"
    note: str = ""
    recalls: bool = True


# (part of a sheet, its text) --> as it is shown; parts: title, note, heading, reason
Paint = Callable[[str, str], str]


def render_sheet(
    sheet: Sheet, to: Format = "text", width: int = TEXT_WIDTH, paint: Paint | None = None
) -> str:
    """Write a sheet as text, latex (a fragment), document, markdown or beamer.

    What says nothing, such as i_1 = i_1, is left out. Text is broken at `width` signs, for 0 not
    at all, and `paint` may colour its headings and reasons.

    Raises:
        InputError: no such format.

    >>> from symbackprop.printing.layout import Letter
    >>> line = Line(Relation((Letter("C"), Letter("delta"))), "Cost")
    >>> print(render_sheet(Sheet("Net", (Section("Errors", (line,)),))), end="")
    Net
    <BLANKLINE>
    Errors
      C = δ        Cost
    """
    return "".join(write_sheet(sheet, to, width, paint))


def write_sheet(
    sheet: Sheet, to: Format = "text", width: int = TEXT_WIDTH, paint: Paint | None = None
) -> Iterator[str]:
    """The parts of what `render_sheet` gives, each made when it is asked for.

    Raises:
        InputError: no such format.
    """
    if to not in FORMATS:
        raise InputError(name_choices("format", to, FORMATS))
    whole = replace(sheet, sections=_leave_out(sheet.sections))
    return write_text(whole, width, paint) if to == "text" else WRITERS[to](whole)


def _leave_out(sections: Iterable[Section]) -> Iterator[Section]:
    """The sections without lines that say nothing, if any are left."""
    for section in sections:
        lines = (line for line in section.lines if not says_nothing(line.layout))
        first = next(lines, None)
        if first is not None:
            yield replace(section, lines=chain((first,), lines))


def _join(parts: Iterable[str], between: str) -> Iterator[str]:
    """The parts with that between them, and a line's end behind the last."""
    for number, part in enumerate(parts):
        yield between + part if number else part
    yield "\n"


def says_nothing(layout: Layout) -> bool:
    """Whether all sides of a relation are the same: two of our names with one letter."""
    return isinstance(layout, Relation) and len(set(layout.sides)) == 1


def group_lines(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Lines that go on with the same left side belong together."""
    group: list[Line] = []
    for line in lines:
        if group and not line.continues(group[-1]):
            yield tuple(group)
            group = []
        group.append(line)
    if group:
        yield tuple(group)


def group_arguments(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Lines of one argument belong together, as many as a slide holds; the others as
    `group_lines` has them."""
    for argument, found in groupby(lines, key=lambda line: line.argument):
        if argument is None:
            yield from group_lines(found)
        else:
            whole = tuple(found)
            for start in range(0, len(whole), ROWS_ON_A_SLIDE):
                yield whole[start : start + ROWS_ON_A_SLIDE]


# --- text ---------------------------------------------------------------------------------------


def write_text(sheet: Sheet, width: int = TEXT_WIDTH, paint: Paint | None = None) -> Iterator[str]:
    """Headings with indented formulas, broken at their signs where they are wider than `width`
    (0: never). What has a brace in print is named in a line of its own: where delta = ..."""
    show = paint or (lambda part, words: words)
    title = "\n".join([show("title", _on_one_line(sheet.title)), *_tell_note(sheet, show)])
    written: set[Layout] | None = set() if sheet.recalls else None
    yield title
    for section in sheet.sections:
        yield f"\n\n{show('heading', section.heading)}"
        formulas = (
            (
                write_rows(unbrace(line.layout), line is not group[0], width and width - INDENT),
                " ".join(n for n in (line.reason, _tell_domain(line)) if n),
            )
            for group in group_lines(section.lines)
            for line in (*group, *name_braces(group, written, sheet.language))
        )
        for rows in _place_notes(formulas, width, show):
            yield "".join(f"\n{' ' * INDENT}{row}" for row in rows)
    yield "\n"


def _place_notes(
    formulas: Iterable[tuple[list[str], str]], width: int, show: Paint
) -> Iterator[list[str]]:
    """The rows of formulas, their notes in one column, right of the longest row. What stands before
    the first note need not wait for that."""
    waiting: list[tuple[list[str], str]] = []
    widest = 0
    for rows, note in formulas:
        widest = max(widest, *map(len, rows))
        if note or waiting:
            waiting.append((rows, note))
        else:
            yield rows
    column = min(widest, PAGE_WIDTH) + NOTE_GAP
    if width and waiting:
        column = min(column, max(0, width - INDENT - max(len(note) for _, note in waiting)))
    for rows, note in waiting:
        if note:
            end = len(rows[-1]) + (MIN_GAP if width else NOTE_GAP)
            fits = not width or end + len(note) <= width - INDENT
            rows = add_note(rows, show("reason", note), max(column, end) if fits else column)
        yield rows


def name_braces(
    group: tuple[Line, ...], written: set[Layout] | None, language: str
) -> Iterator[Line]:
    """What the names under braces stand for, where it is not written already: where delta = ..."""
    if written is None:
        return
    bodies: dict[Layout, dict[Layout, None]] = {}
    for line in group:
        written.add(line.layout)
        for brace in list_braces(line.layout):
            bodies.setdefault(brace.name, {})[unbrace(brace.body)] = None
    for name, found in bodies.items():
        meaning = Relation((name, *found))
        if meaning not in written:
            written.add(meaning)
            yield Line(Row((Word(f"{find_word('where', language)} "), meaning)))


def _tell_note(sheet: Sheet, show: Paint) -> list[str]:
    return [show("note", sheet.note)] if sheet.note else []


def add_note(rows: list[str], note: str, column: int) -> list[str]:
    """A note in its column beside the last row, or below that where it does not fit."""
    *before, last = rows
    if len(last) + MIN_GAP <= column:
        return [*before, f"{last:<{column}}{note}"]
    return [*rows, f"{'':<{column}}{note}"]


def write_rows(layout: Layout, goes_on: bool, width: int = TEXT_WIDTH) -> list[str]:
    """A formula as text; one that goes on, or is too long, goes on below its first term.

    >>> from symbackprop.printing.layout import Letter
    >>> total = Total(tuple(("+", Letter(name)) for name in ("alpha", "beta", "gamma")))
    >>> for row in write_rows(Relation((Letter("C"), total, Letter("one"))), False, 10):
    ...     print(row)
    C = α + β
        + γ
      = 𝟏
    """
    whole = text.render(layout)
    if not isinstance(layout, Relation) or len(layout.sides) < 2:
        return [whole]
    left, *sides = layout.sides
    name = text.render(left)
    gap = " " * len(name)
    if not width or len(whole) <= width:
        shown = " = ".join(map(text.render, sides))
        return [f"{gap} = {shown}" if goes_on else whole]
    rows = []
    mark = f"{gap} =" if goes_on else f"{name} {_sign(layout)}"
    for side in sides:
        for place, (lead, row) in enumerate(break_side(side, width - len(gap) - len(" = "))):
            head = f"{text.SIGNS[lead]} " if lead else ""
            deeper = "  " if place and lead not in LEADS.values() else ""
            rows.append(f"{mark} {deeper}{head}{text.render(row)}")
            mark = f"{gap}  "
        mark = f"{gap} ="
    return rows


def _sign(layout: Relation) -> str:
    return text.SIGNS[layout.sign]


def _tell_domain(line: Line) -> str:
    return f"({text.render(line.domain)})" if line.domain else ""


# --- LaTeX --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """One row of an aligned display: what stands left of the mark, the sign, and the rest."""

    left: str
    sign: str
    right: str
    notes: str = ""

    def join(self, wrap: str = "{}") -> str:
        left = wrap.format(self.left) if self.left else ""
        return f"{left} & ".lstrip() + wrap.format(f"{self.sign} {self.right}{self.notes}".strip())


def display(group: tuple[Line, ...]) -> str:
    r"""One formula, or an `aligned` display of several rows."""
    if len(group) == 1 and not is_wide(group[0].layout, PAGE_WIDTH):
        return latex.render(group[0].layout) + write_notes(group[0])
    return align_pieces([piece.join() for piece in break_group(group, PAGE_WIDTH)])


def write_group(group: tuple[Line, ...], opening: str, closing: str) -> str:
    """A display between its signs; a sentence is a paragraph."""
    first = group[0].layout
    if isinstance(first, Sentence):
        domain = f" (${latex.render(group[0].domain)}$)" if group[0].domain else ""
        return f"{latex.write_prose(first)}{domain}."
    return f"{opening}\n{display(group)}\n{closing}"


def align_pieces(rows: list[str]) -> str:
    inner = " \\\\\n".join(rows)
    return f"\\begin{{aligned}}\n{inner}\n\\end{{aligned}}"


def break_group(group: tuple[Line, ...], width: int, every_side: bool = False) -> Iterator[Piece]:
    """The rows of a group; the left side stands once, and long chains are broken at their signs."""
    before: Line | None = None
    for line in group:
        rows = list(break_line(line.layout, width, every_side or is_wide(line.layout, width)))
        if line.continues(before):
            rows[0] = replace(rows[0], left="")
        before = line
        rows[-1] = replace(rows[-1], notes=write_notes(line))
        yield from rows


def break_line(layout: Layout, width: int, broken: bool) -> Iterator[Piece]:
    if isinstance(layout, Sentence):
        yield Piece("", "", rf"\parbox{{0.9\linewidth}}{{{latex.write_prose(layout)}}}")
        return
    if not isinstance(layout, Relation) or len(layout.sides) < 2:
        yield Piece("", "", latex.render(layout))
        return
    left, *sides = layout.sides
    if not broken:
        shown = latex.join_sides(list(map(latex.render, layout.sides[1:])), "=")
        yield Piece(latex.render(left), latex.SIGNS[layout.sign], shown)
        return
    mark = latex.render(left)
    for number, side in enumerate(sides):
        sign = latex.SIGNS[layout.sign] if number == 0 else "="
        for lead, row in break_side(side, width):
            head = f"{latex.SIGNS[lead]} " if lead else ""
            yield Piece(mark, sign, head + latex.render(row))
            mark, sign = "", r"\quad"


def write_notes(line: Line) -> str:
    notes = []
    if line.reason:
        notes.append(rf"\text{{{latex.escape(line.reason)}}}")
    if line.domain:
        notes.append(f"({latex.render(line.domain)})")
    return "".join(rf" \qquad {note}" for note in notes)


def write_latex(sheet: Sheet) -> Iterator[str]:
    """Headings as comments, and one display for each group of formulas."""
    heads = (f"% {_on_one_line(words)}" for words in (sheet.title, sheet.note) if words)
    return _join(chain(heads, _write_sections(sheet, "% {}", _on_one_line)), "\n")


def _write_sections(
    sheet: Sheet, heading: str, escape: Callable[[str], str], sign: tuple[str, str] = ("\\[", "\\]")
) -> Iterator[str]:
    for section in sheet.sections:
        yield heading.format(escape(section.heading))
        yield from (write_group(group, *sign) for group in group_lines(section.lines))


def _on_one_line(words: str) -> str:
    """Words without line breaks, and without signs that steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def escape_markdown(words: str) -> str:
    """Words that Markdown, and the HTML in it, show as they are.

    >>> escape_markdown("<b>a_1</b> & $x$")
    '&lt;b&gt;a\\\\_1&lt;/b&gt; &amp; \\\\$x\\\\$'
    """
    return re.sub(r"([\\`*_{}\[\]#|~$])", r"\\\1", html.escape(words, quote=False))


PREAMBLE = r"""\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage{amsmath,amssymb}
"""


def write_document(sheet: Sheet) -> Iterator[str]:
    """A document that pdflatex compiles as it is."""
    head = (
        "\\documentclass[11pt]{article}\n"
        "\\usepackage[margin=2.5cm]{geometry}\n" + PREAMBLE + "\\begin{document}\n"
        f"\\section*{{{latex.escape(sheet.title)}}}"
    )
    sections = _write_sections(sheet, "\\subsection*{{{}}}", latex.escape)
    return _join(chain((head,), sections, ("\\end{document}",)), "\n")


def write_display(sheet: Sheet) -> str:
    """One display with all formulas, for a notebook."""
    rows = tuple(line.layout for section in sheet.sections for line in section.lines)
    return f"$${latex.render(Aligned(rows))}$$"


def write_markdown(sheet: Sheet) -> Iterator[str]:
    """Markdown with $$ around each display."""

    def escape(words: str) -> str:
        return escape_markdown(_on_one_line(words))

    sections = _write_sections(sheet, "## {}", escape, ("$$", "$$"))
    return _join(chain((f"# {escape(sheet.title)}",), sections), "\n\n")


def write_beamer(sheet: Sheet) -> Iterator[str]:
    """A plain deck: one frame for each group of formulas, its steps uncovered one by one."""
    head = (
        "\\documentclass{beamer}\n" + PREAMBLE + "\\setbeamertemplate{navigation symbols}{}\n"
        f"\\title{{{latex.escape(sheet.title)}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle"
    )
    frames = (
        f"\\begin{{frame}}{{{latex.escape(section.heading)}}}\n{uncover(group)}\\end{{frame}}"
        for section in sheet.sections
        for group in group_arguments(section.lines)
    )
    return _join(chain((head,), frames, ("\\end{document}",)), "\n")


def uncover(group: tuple[Line, ...]) -> str:
    """The display of one frame; each row appears after the one before."""
    pieces = list(break_group(group, SLIDE_WIDTH, every_side=True))
    if len(pieces) == 1:
        return write_group(group, "\\[", "\\]") + "\n"
    rows = [
        piece.join(f"\\uncover<{number}->{{{{{{}}}}}}") if number > 1 else piece.join()
        for number, piece in enumerate(pieces, start=1)
    ]
    # a long product cannot be broken: it is written smaller
    small = "\\footnotesize\n" if any(is_crowded(line.layout) for line in group) else ""
    return f"{small}\\[\n{align_pieces(rows)}\n\\]\n"


def is_crowded(layout: Layout) -> bool:
    """Whether some term with the left side before it hardly fits on a slide."""
    _, *sides = layout.sides if isinstance(layout, Relation) else (layout,)
    terms = [
        term
        for side in sides
        for term in ([t for _, t in side.terms] if isinstance(side, Total) else [side])
    ]
    return any(is_wide(term, SLIDE_WIDTH - 10) for term in terms)


WRITERS: dict[Format, Callable[[Sheet], Iterator[str]]] = {
    "text": write_text,
    "latex": write_latex,
    "document": write_document,
    "markdown": write_markdown,
    "beamer": write_beamer,
}
