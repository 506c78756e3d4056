"""Every formula in a document, with the place of each character in its file.

Markdown goes through markdown-it, since only a Markdown parser knows what is code. LaTeX and plain
text go through one scan from left to right: it needs no nesting, so that nothing can be nested too
deeply, and a sign that is not closed costs one paragraph and not the rest of the file.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symbackprop.errors import InputError, name_choices

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

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
SIZE_LIMIT = 50_000_000

NOT_CLOSED = "the formula that begins here is not closed"

# where the rules of the Markdown parser note, for each paragraph, what is not closed
UNCLOSED = "unclosed formulas"

_IGNORE = re.compile(r"(?:#|%|<!--)\s*symbackprop:\s*ignore\b")
_IGNORE_ALONE = re.compile(r"\s*(?:#|%|<!--)\s*symbackprop:\s*ignore\b[^$]*")
# signs that no file name has, and every equation
_FORMULA_SIGNS = re.compile(r"[=\n^{}$]|\\[A-Za-z]|:=")
# $5 and ... is money
_MONEY = re.compile(r"\d[\d.,]*[kKmM]?[.,;:!?)]*(?:\s*$|\s*\n[ \t]*\n|\s+[^\W\d_]{2,})")


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

        >>> found = find_formulas("so $a$ and\\n$b = c$", "text")[1]
        >>> (found.line, found.column), found.place(0), found.place(4)
        ((2, 1), (2, 2), (2, 6))
        """
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside of a text of {len(self.text)}")
        segment = self.segments[bisect_right(self.segments, offset, key=lambda s: s.offset) - 1]
        return segment.line, segment.column + offset - segment.offset


@dataclass(frozen=True)
class Document:
    """A text, what it is called in messages, and how it is read (one of KINDS)."""

    name: str
    kind: str
    text: str


def load_document(given: str | Path, kind: str | None = None) -> Document:
    """Read a file, standard input ("-"), or take a formula as it is.

    A string is a formula where it has signs that equations have (=, ^, a command) and is neither a
    file that exists nor named like one.

    Raises:
        InputError: the file is missing, a folder, too large, or no UTF-8 text; or the kind is
            unknown.

    >>> load_document("a = b").kind
    'formula'
    """
    if kind is not None and kind not in KINDS:
        raise InputError(name_choices("kind of document", kind, KINDS))
    if given == STANDARD_INPUT:
        stream = getattr(sys.stdin, "buffer", None)
        content = stream.read(SIZE_LIMIT + 1) if stream else sys.stdin.read().encode()
        return Document("<stdin>", kind or "markdown", _decode(content, "<stdin>"))
    if kind == "formula" or (isinstance(given, str) and is_formula(given)):
        if "\0" in str(given):
            raise InputError("the formula has a NUL character, which no LaTeX has")
        return Document("<formula>", "formula", _unify_lines(str(given)))
    if not str(given).strip():
        raise InputError("nothing is given: neither a file nor a formula")
    path = Path(given)
    return Document(
        str(given),
        kind or KIND_OF_SUFFIX.get(path.suffix.lower(), "text"),
        _decode(_read_bytes(path), str(given)),
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


def find_formulas(text: str, kind: str = "markdown") -> list[Found]:
    """Find every formula of a text, in the order of the text.

    Formulas on a line with "symbackprop: ignore" in a comment, or just below such a comment, are
    left out. Something that opens a formula and is not closed is listed with its `problem`. An
    equation that is cut in parts, $a$ = $b$ or $a$ $= b$, is one formula.

    Raises:
        InputError: a notebook is no notebook.

    >>> [(found.text, found.line, found.column) for found in find_formulas("Let $a = b$.")]
    [('a = b', 1, 5)]
    >>> find_formulas("`$a = b$`, $c = d$ <!-- symbackprop: ignore -->")
    []
    >>> [" ".join(found.text.split()) for found in find_formulas("As $a$ = $b$ and $c$ $= d$.")]
    ['a = b', 'c = d']
    """
    text = _unify_lines(text)
    if kind == "notebook":
        return list(_find_in_notebook(text))
    finders = {
        "markdown": _find_in_markdown,
        "latex": _find_in_latex,
        "text": _find_in_text,
        "formula": _take_whole,
    }
    found = sorted(finders[kind](text), key=lambda one: (one.line, one.column))
    return _join_parts(_leave_out_ignored(found, text), text)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; a file is wanted") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError:  # NUL in a name
        raise InputError(f"{str(path)!r} is no name of a file") from None


def _decode(content: bytes, name: str) -> str:
    if len(content) > SIZE_LIMIT:
        raise InputError(f"{name}: larger than {SIZE_LIMIT // 1_000_000} MB; too large for a text")
    nul = content.find(b"\0")
    if nul >= 0:
        raise InputError(f"{name}: has a NUL byte at offset {nul}: a binary file; text is wanted")
    try:
        return _unify_lines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: this is not UTF-8; save the file as UTF-8") from None


def _unify_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


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


# signs between parts of a formula: a product, a sum (a dash looks like one)
_PRODUCTS = frozenset("·⋅*×⊙∘")
_SUMS = frozenset("+-−")
# text behind a formula that goes on with it
_GOES_ON = re.compile(r"[ \t]*[-+−·⋅×⊙∘/]|[ \t]\*\s|[(^]")
_NUMBER = re.compile(r"[\d.,\s]*\d")
# so much of a line says whether it goes on with a formula
_NEAR = 60
# a joined equation that is longer than this is none
_LONGEST_JOIN = 5_000


def _join_parts(found: list[Found], text: str) -> list[Found]:
    """$a$ = $b$ and $a$ $= b$ are one equation each, cut where the text is and not the formula.

    Where the text around goes on with the formula, $a$ = $b$ + 5, a part of it would be judged
    for the whole: then nothing is joined.
    """
    if len(found) < 2:
        return found
    lines = text.split("\n")
    joined: list[Found] = []
    parts, whole = found[:1], found[0]
    for part in found[1:]:
        between = _read_between(lines, whole, part)
        if between is not None and _is_cut(whole, between, part):
            parts, whole = [*parts, part], _join(whole, between, part)
        else:
            joined += [whole] if _stands_alone(lines, whole) else parts
            parts, whole = [part], part
    return joined + ([whole] if _stands_alone(lines, whole) else parts)


def _stands_alone(lines: list[str], whole: Found) -> bool:
    at, end = whole.column - 1, whole.end_column - 1
    before = lines[whole.line - 1][max(0, at - _NEAR) : at]
    behind = lines[whole.end_line - 1][end : end + _NEAR]
    return "=" in whole.text and not (_began_before(before) or _GOES_ON.match(behind))


def _began_before(text: str) -> bool:
    """Whether what stands before a formula is a part of it.

    >>> [_began_before(text) for text in ("1 + ", "2", "- ", "so ", "**so** *", "step 2 ")]
    [True, True, False, False, False, False]
    """
    bare = text.rstrip()
    rest, sign = bare[:-1], bare[-1:]
    if sign in ("-", "−"):
        return bool(rest.strip())
    if sign == "*":
        return text != bare and rest != rest.rstrip() and bool(rest.strip())
    is_sign = bool(sign) and (sign in _PRODUCTS or sign in _SUMS or sign in "/^")
    return is_sign or text[-1:].isdigit() or _NUMBER.fullmatch(bare) is not None


def _read_between(lines: list[str], one: Found, other: Found) -> str | None:
    """What stands between two formulas of one paragraph, their inner delimiters blanked out."""
    if one.display or other.display or one.problem or other.problem:
        return None
    if not 0 <= other.line - one.end_line <= 1:
        return None
    if other.line == one.end_line and other.column - one.end_column > _NEAR:
        return None
    if one.end_line == other.line:
        middle = lines[one.end_line - 1][one.end_column - 1 : other.column - 1]
    else:
        first, second = lines[one.end_line - 1], lines[other.line - 1]
        middle = f"{first[one.end_column - 1 :]}\n{second[: other.column - 1]}"
    close = one.end_column - one.place(len(one.text))[1]
    opening = other.place(0)[1] - other.column
    return " " * close + middle + " " * opening


def _is_cut(one: Found, between: str, other: Found) -> bool:
    sign = between.strip()
    starts, ends = other.text.lstrip().startswith(("=", "&=")), one.text.rstrip().endswith("=")
    if sign == "=":
        return not (starts or ends)
    if sign in _PRODUCTS:
        return "=" not in other.text
    if sign in _SUMS:
        return "=" not in other.text and (bool(one.joins) or "=" not in one.text)
    return not sign and starts != ends


def _join(one: Found, between: str, other: Found) -> Found:
    """One formula; what stands between is as long as it is in the file, so that places are kept."""
    start = len(one.text)
    segments = list(one.segments)
    for match in re.finditer("\n", between):
        segments.append(Segment(start + match.end(), one.end_line + 1, 1))
    after = start + len(between)
    segments += [segment._replace(offset=after + segment.offset) for segment in other.segments]
    return replace(
        one,
        text=one.text + between + other.text,
        end_line=other.end_line,
        end_column=other.end_column,
        segments=tuple(segments),
        joins=(*one.joins, start),
    )


# -- plain text and LaTeX --------------------------------------------------------------------------


class _Lines:
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


# environments whose inside is one formula; of the others \begin and \end belong to the formula,
# since their rows mean something
_FRAMES = "equation|displaymath|math|dmath"
_ROWS = "align|alignat|flalign|xalignat|gather|multline|eqnarray|subequations"
_VERBATIM = "verbatim|Verbatim|lstlisting|minted|comment|alltt|filecontents"
_OPENS = rf"\\begin\{{(?P<environment>(?:{_FRAMES}|{_ROWS})\*?)\}}|\\\[|\\\(|\$\$|\$"
_TEXT_START = re.compile(rf"(?P<open>{_OPENS})|\\[\s\S]")
_LATEX_START = re.compile(
    rf"%[^\n]*|\\begin\{{(?P<verbatim>(?:{_VERBATIM})\*?)\}}"
    rf"|\\(?:verb\*?|lstinline)(?P<mark>[^\w\s*\[{{])|(?P<open>{_OPENS})|\\[\s\S]"
)
_HTML_START = re.compile(
    rf"<!--|<(?P<tag>script|style|pre|code)\b|(?P<open>{_OPENS})|\\[\s\S]", re.IGNORECASE
)
_CLOSE = {"\\[": "\\]", "\\(": "\\)", "$$": "$$", "$": "$"}


def _find_in_text(text: str) -> Iterator[Found]:
    return _scan(text, _TEXT_START)


def _find_in_latex(text: str) -> Iterator[Found]:
    return _scan(text, _LATEX_START)


def _scan(text: str, start: re.Pattern[str]) -> Iterator[Found]:
    lines, position = _Lines(text), 0
    with_comments = start is _LATEX_START
    while match := start.search(text, position):
        position = match.end()
        groups = match.groupdict()
        opening = groups["open"]
        if opening is None:
            position = _skip(text, match)
            continue
        if opening == "$" and _MONEY.match(text, position):
            continue
        close = _CLOSE.get(opening) or f"\\end{{{groups['environment']}}}"
        # a paragraph ends what is open; only then is the next sign of the same kind no false friend
        stop = _find_close(text, position, close, with_comments)
        if stop is None:
            end_of_line = text.find("\n", position)
            end = len(text) if end_of_line < 0 else end_of_line
            yield lines.cut(text, (match.start(), end), (position, end), problem=NOT_CLOSED)
            position = end
            continue
        outer = (match.start(), stop + len(close))
        is_framed = groups["environment"] is None or re.match(_FRAMES, groups["environment"])
        inner = (position, stop) if is_framed else outer
        position = outer[1]
        if text[inner[0] : inner[1]].strip():
            is_display = opening not in ("$", "\\(") and groups["environment"] != "math"
            yield lines.cut(text, outer, inner, display=is_display)


def _skip(text: str, match: re.Match[str]) -> int:
    """Where what is verbatim ends; the end of the text where it is not closed."""
    groups = match.groupdict()
    if name := groups.get("verbatim"):
        close = f"\\end{{{name}}}"
    elif mark := groups.get("mark"):
        close = mark
    elif tag := groups.get("tag"):
        close = f"</{tag}>"
    elif match[0] == "<!--":
        close = "-->"
    else:
        return match.end()
    end = text.find(close, match.end())
    return len(text) if end < 0 else end + len(close)


def _find_close(text: str, position: int, close: str, with_comments: bool) -> int | None:
    """Find what closes a formula, in the same paragraph where dollars do it."""
    paragraph = r"\n[ \t]*\n|" if close in ("$", "$$") else ""
    comment = r"%[^\n]*|" if with_comments else ""
    pattern = re.compile(rf"(?P<close>{re.escape(close)})|{paragraph}{comment}\\[\s\S]")
    while match := pattern.search(text, position):
        if match["close"]:
            return match.start()
        if match[0].startswith("\n"):
            return None
        position = match.end()
    return None


def _take_whole(text: str) -> list[Found]:
    """A formula by itself, with or without delimiters around it."""
    body = text.strip()
    for opening, close in _CLOSE.items():
        inner = body[len(opening) : -len(close)]
        if len(body) > len(opening + close) and body == opening + inner + close:
            if close in inner or not inner.strip():
                break
            first = text.index(body) + len(opening)
            outer = (first - len(opening), first + len(inner) + len(close))
            return [_Lines(text).cut(text, outer, (first, first + len(inner)), display=True)]
    if not body:
        return []
    whole = (0, len(text))
    return [_Lines(text).cut(text, whole, whole, display=True)]


# -- Markdown --------------------------------------------------------------------------------------


def _find_in_markdown(text: str) -> list[Found]:
    lines = text.split("\n")
    found: list[Found] = []
    cursors: dict[int, int] = {}
    noted: dict[str, Any] = {}
    for token in _build_parser().parse(text, noted):
        if token.map is None:
            continue
        if token.type in ("math_block", "math_block_label", "amsmath"):
            found += _place_block(token, lines)
        elif token.type == "fence" and token.info.strip() in ("math", "{math}"):
            found += _place_fence(token, lines)
        elif token.type == "html_block":
            found += _find_in_html(token, lines)
        elif token.type == "inline":
            unclosed = noted.get(UNCLOSED, {}).get(token.content, ())
            found += _place_inline(token, lines, cursors, sorted(unclosed))
    return found


def _build_parser() -> MarkdownIt:
    """CommonMark with tables and formulas, whose rules note where in the text they stand."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

    parser = MarkdownIt("commonmark").enable("table")
    parser.use(dollarmath_plugin).use(amsmath_plugin)
    read_dollars = math_inline_dollar(allow_double=True)
    read_block = math_block_dollar(allow_blank_lines=True)

    def read_display(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        # a display ends a paragraph, else "- b" within it would begin a list; the rule of the
        # plugin knows no trial (silent), and takes $$a$$ and $$b$$ for one formula
        known, line = len(state.tokens), state.line
        found = read_block(state, first, last, silent)
        is_one = found and "$$" not in state.tokens[-1].content
        if silent or not is_one:
            del state.tokens[known:]
            state.line = line
        elif state.tokens[-1].map:
            state.tokens[-1].content = _cut_display(state, *state.tokens[-1].map)
        return is_one

    def read_formula(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if state.src[start] != "$":
            return False
        unclosed = state.env.setdefault(UNCLOSED, {}).setdefault(state.src, set())
        money = _MONEY.match(state.src, start + 1)
        if money or not read_dollars(state, True):
            if not money and state.src[start - 1 : start] not in ("$", "\\"):
                unclosed.add(start)
            return False
        if not silent:
            state.pos = start
            read_dollars(state, False)
            state.tokens[-1].meta = {"start": start, "end": state.pos}
        return True

    def read_brackets(state: StateInline, silent: bool) -> bool:
        # MathJax reads \( ... \) and, behind Markdown's own escapes, \\( ... \\)
        opening = re.compile(r"\\{1,2}[(\[]").match(state.src, state.pos)
        if not opening:
            return False
        close = opening[0].translate({ord("("): ")", ord("["): "]"})
        stop = state.src.find(close, opening.end())
        if stop < 0:
            return False
        if not silent:
            token = state.push("math_inline", "math", 0)
            token.content = state.src[opening.end() : stop]
            token.markup = opening[0]
            token.meta = {"start": state.pos, "end": stop + len(close)}
        state.pos = stop + len(close)
        return True

    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.at("math_block", read_display, {"alt": ends})
    parser.inline.ruler.at("math_inline", read_formula)
    parser.inline.ruler.before("escape", "math_brackets", read_brackets)
    return parser


def _cut_display(state: StateBlock, first: int, last: int) -> str:
    """What stands between the dollars, without the > of a quotation, which older plugins keep."""
    lines = (state.src[state.bMarks[n] : state.eMarks[n]] for n in range(first, last))
    text = "\n".join(lines)
    return text[text.index("$$") + 2 : text.rindex("$$")]


def _locate(part: str, line: str, start: int = 0) -> int:
    """The offset in a line of the file at which a part of it, without its container, stands."""
    bare = part.strip()
    lead = len(part) - len(part.lstrip())
    if not start and line.rstrip().endswith(bare):
        return len(line.rstrip()) - len(bare) - lead
    offset = line.find(bare, start)
    return (offset if offset >= 0 else start) - lead


def _place_block(token: Token, lines: list[str]) -> Iterator[Found]:
    """A display on lines of its own."""
    assert token.map
    first, last = token.map[0], token.map[1] - 1
    is_dollars = token.markup == "$$"
    content = token.content if is_dollars else token.content.rstrip()
    outer = lines[first].find("$$" if is_dollars else "\\begin")
    segments = []
    offset = 0
    for number, part in enumerate(content.split("\n"), first):
        line = lines[number]
        if number == first:
            column = outer + 2 * is_dollars
        elif is_dollars and number == last:
            column = line.rfind("$$") - len(part)
        elif part.strip():
            column = line.find(part.strip()) - (len(part) - len(part.lstrip()))
        else:
            column = max(0, len(line) - len(part))
        segments.append(Segment(offset, number + 1, column + 1))
        offset += len(part) + 1
    if is_dollars:
        end = lines[last].rfind("$$") + 2
    else:
        end = len(lines[last].rstrip())
    if content.strip():
        yield Found(content, first + 1, outer + 1, last + 1, end + 1, tuple(segments), display=True)


def _place_fence(token: Token, lines: list[str]) -> Iterator[Found]:
    """A fence that says it is a formula."""
    assert token.map
    parts = token.content.rstrip("\n").split("\n")
    first = token.map[0] + 1
    while parts and re.match(r"\s*:\w+:", parts[0]):
        parts, first = parts[1:], first + 1
    content = "\n".join(parts)
    segments, offset = [], 0
    for number, part in enumerate(parts, first):
        segments.append(Segment(offset, number + 1, _locate(part, lines[number]) + 1))
        offset += len(part) + 1
    if content.strip():
        column = lines[token.map[0]].find(token.markup) + 1
        last = token.map[1]
        end = len(lines[last - 1]) + 1
        yield Found(content, token.map[0] + 1, column, last, end, tuple(segments), display=True)


def _find_in_html(token: Token, lines: list[str]) -> Iterator[Found]:
    """MathJax reads formulas within HTML too; comments, scripts and code are none."""
    assert token.map
    first, last = token.map
    for found in _scan("\n".join(lines[first:last]), _HTML_START):
        if not found.problem:
            yield _move_down(found, first)


def _move_down(found: Found, by: int) -> Found:
    return replace(
        found,
        line=found.line + by,
        end_line=found.end_line + by,
        segments=tuple(segment._replace(line=segment.line + by) for segment in found.segments),
    )


def _place_inline(
    token: Token, lines: list[str], cursors: dict[int, int], unclosed: list[int]
) -> Iterator[Found]:
    """Formulas within a paragraph, a heading or a cell of a table."""
    assert token.map
    content = token.content
    segments, offset = [], 0
    for number, part in enumerate(content.split("\n"), token.map[0]):
        if number >= len(lines):
            break
        start = cursors.get(number, 0)
        # the cells of a table share a line
        is_cell = "|" in lines[number] and not lines[number].rstrip().endswith(part.strip())
        column = _locate(part, lines[number], start if is_cell else 0)
        if is_cell:
            cursors[number] = column + len(part)
        segments.append(Segment(offset, number + 1, column + 1))
        offset += len(part) + 1
    whole = Found(content, 1, 1, 1, 1, tuple(segments))
    for child in token.children or []:
        if child.type.startswith("math_inline") and child.content.strip():
            start, end = child.meta["start"], child.meta["end"]
            inner = start + len(child.markup)
            is_display = child.type == "math_inline_double" or child.markup.endswith("[")
            text = content[inner : end - len(child.markup)]
            yield _cut(whole, text, start, inner, end, display=is_display)
    for start in unclosed:
        stop = content.find("\n", start)
        end = len(content) if stop < 0 else stop
        inner = start + (2 if content.startswith("$$", start) else 1)
        yield _cut(whole, content[inner:end], start, inner, end, problem=NOT_CLOSED)


def _cut(whole: Found, text: str, start: int, inner: int, end: int, **more: Any) -> Found:
    segments = [Segment(0, *whole.place(inner))]
    segments += [
        segment._replace(offset=segment.offset - inner)
        for segment in whole.segments
        if inner < segment.offset <= inner + len(text)
    ]
    places = (*whole.place(start), *whole.place(end))
    return Found(text, *places, segments=tuple(segments), **more)


# -- notebooks -------------------------------------------------------------------------------------


class _PlacedText(str):
    """A string of a JSON text that knows the offset at which it stands."""

    start: int


def _find_in_notebook(text: str) -> Iterator[Found]:
    """The Markdown cells; lines count within the cell, cells from 1."""
    lines = _Lines(text)
    for number, cell in enumerate(_list_cells(text), 1):
        if not (isinstance(cell, dict) and cell.get("cell_type") == "markdown"):
            continue
        source = cell.get("source", "")
        parts = source if isinstance(source, list) else [source]
        if not all(isinstance(part, str) for part in parts):
            raise InputError(f"cell {number}: its source is no text; this is no notebook")
        # line of the cell --> line of the file
        file_lines = []
        for part in parts:
            file_line = lines.place(part.start)[0]
            file_lines += [file_line] * part.count("\n")
            if not part.endswith("\n"):
                file_lines.append(file_line)
        for found in find_formulas("".join(parts), "markdown"):
            own = file_lines[found.line - 1 : found.end_line] or file_lines[-1:]
            yield replace(found, cell=number, file_lines=tuple(own))


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
