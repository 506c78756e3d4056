"""Formulas between delimiters, in LaTeX and in plain text, and a formula by itself.

One scan from left to right: it needs no nesting, so that nothing can be nested too deeply, and a
sign that is not closed costs one paragraph and not the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.reading.places import NOT_CLOSED, Found, Lines

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
HTML_START = re.compile(
    rf"<!--|<(?P<tag>script|style|pre|code)\b|(?P<open>{_OPENS})|\\[\s\S]", re.IGNORECASE
)
# $5 and ... is money
MONEY = re.compile(r"\d[\d.,]*[kKmM]?[.,;:!?)]*(?:\s*$|\s*\n[ \t]*\n|\s+[^\W\d_]{2,})")
_CLOSE = {"\\[": "\\]", "\\(": "\\)", "$$": "$$", "$": "$"}


def find_in_text(text: str) -> Iterator[Found]:
    return scan(text, _TEXT_START)


def find_in_latex(text: str) -> Iterator[Found]:
    return scan(text, _LATEX_START)


def scan(text: str, start: re.Pattern[str]) -> Iterator[Found]:
    lines, position = Lines(text), 0
    with_comments = start is _LATEX_START
    while match := start.search(text, position):
        position = match.end()
        groups = match.groupdict()
        opening = groups["open"]
        if opening is None:
            position = _skip(text, match)
            continue
        if opening == "$" and MONEY.match(text, position):
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


def take_whole(text: str) -> list[Found]:
    """A formula by itself, with or without delimiters around it."""
    body = text.strip()
    for opening, close in _CLOSE.items():
        inner = body[len(opening) : -len(close)]
        if len(body) > len(opening + close) and body == opening + inner + close:
            if close in inner or not inner.strip():
                break
            first = text.index(body) + len(opening)
            outer = (first - len(opening), first + len(inner) + len(close))
            return [Lines(text).cut(text, outer, (first, first + len(inner)), display=True)]
    if not body:
        return []
    whole = (0, len(text))
    return [Lines(text).cut(text, whole, whole, display=True)]
