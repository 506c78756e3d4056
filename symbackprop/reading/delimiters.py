"""Formulas between delimiters, in LaTeX and in plain text, and a formula by itself.

One scan from left to right: it needs no nesting, so that nothing can be nested too deeply, and a
sign that is not closed costs one paragraph and not the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symbackprop.reading.macros import NO_MACROS, Macros, blank_definitions
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
_TEXT_WITHIN = r"\\(?:text[a-z]*|mbox|hbox|fbox)\{[^{}$\n]*(?:\$[^{}$\n]*\$[^{}$\n]*)+\}"
_CLOSE = {"\\[": "\\]", "\\(": "\\)", "$$": "$$", "$": "$"}


def find_in_text(text: str) -> Iterator[Found]:
    return scan(text, _TEXT_START)


def find_in_latex(text: str, macros: Macros = NO_MACROS) -> Iterator[Found]:
    r"""The formulas of a LaTeX text, also between macros that stand for delimiters: \be ... \ee."""
    return scan(text, _LATEX_START, macros)


def scan(text: str, start: re.Pattern[str], macros: Macros = NO_MACROS) -> Iterator[Found]:
    lines, position = Lines(text), 0
    with_comments = start is _LATEX_START
    masked = blank_definitions(text) if with_comments else text
    openings, closings = _list_delimiters(macros)
    if openings:
        names = "|".join(map(re.escape, openings))
        start = re.compile(rf"(?P<macro>(?:{names})(?![A-Za-z]))|{start.pattern}", start.flags)
    # signs that close nothing from here on
    missing: set[str] = set()
    while match := start.search(masked, position):
        position = match.end()
        groups = match.groupdict()
        opening = groups["open"] or openings.get(groups.get("macro") or "")
        if opening is None:
            position = _skip(masked, match)
            continue
        if opening == "$" and MONEY.match(masked, position):
            continue
        environment = opening[len("\\begin{") : -1] if opening.startswith("\\begin") else ""
        close = _CLOSE.get(opening) or f"\\end{{{environment}}}"
        ways = (close, *closings.get(close, ())) if groups.get("macro") else (close,)
        # a paragraph ends what is open; only then is the next sign of the same kind no false friend
        stop = None if close in missing else _find_close(masked, position, ways, with_comments)
        if stop is None:
            if close not in ("$", "$$"):
                missing.add(close)
            end_of_line = text.find("\n", position)
            end = len(text) if end_of_line < 0 else end_of_line
            yield lines.cut(text, (match.start(), end), (position, end), problem=NOT_CLOSED)
            position = end
            continue
        outer = (match.start(), stop[1])
        is_framed = not environment or re.match(_FRAMES, environment)
        inner = (position, stop[0]) if is_framed else outer
        position = outer[1]
        if masked[inner[0] : inner[1]].strip():
            is_display = opening not in ("$", "\\(") and environment != "math"
            yield lines.cut(text, outer, inner, display=is_display)


def _list_delimiters(macros: Macros) -> tuple[dict[str, str], dict[str, list[str]]]:
    r"""Macros that stand for what opens a formula, \be --> \begin{equation}, and, for each sign
    that closes one, the macros that stand for it."""
    openings: dict[str, str] = {}
    closings: dict[str, list[str]] = {}
    for name, macro in macros.items():
        body = macro.body.strip()
        if macro.arguments:
            continue
        if re.fullmatch(_OPENS, body):
            openings[f"\\{name}"] = body
        if re.fullmatch(rf"\\end\{{(?:{_FRAMES}|{_ROWS})\*?\}}|\\\]|\\\)|\$\$", body):
            closings.setdefault(body, []).append(f"\\{name}")
    return openings, closings


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


def _find_close(
    text: str, position: int, ways: Sequence[str], with_comments: bool
) -> tuple[int, int] | None:
    """Where what closes a formula begins and ends, in the same paragraph where dollars do it.

    Running text in a formula may have formulas of its own: $\\text{if $x > 0$}$.
    """
    in_paragraph = ways[:1] in (("$",), ("$$",))
    paragraph = r"\n[ \t]*\n|" if in_paragraph else ""
    comment = r"%[^\n]*|" if with_comments else ""
    inner = rf"{_TEXT_WITHIN}|" if ways[:1] == ("$",) else ""
    closes = "|".join(re.escape(way) + r"(?![A-Za-z])" * way[-1].isalpha() for way in ways)
    pattern = re.compile(rf"(?P<close>{closes})|{paragraph}{comment}{inner}\\[\s\S]")
    while match := pattern.search(text, position):
        if match["close"]:
            return match.span()
        if match[0].startswith("\n"):
            return None
        position = match.end()
    return None


def take_whole(text: str) -> list[Found]:
    """A formula by itself, with or without delimiters around it, or a text that has several."""
    body = text.strip()
    for opening, close in _CLOSE.items():
        inner = body[len(opening) : -len(close)]
        if len(body) > len(opening + close) and body == opening + inner + close:
            if close in inner and not opening.startswith("\\"):
                # $a = b$ and $c = d$: a text with several
                return list(find_in_text(text))
            if close in inner or not inner.strip():
                break
            first = text.index(body) + len(opening)
            outer = (first - len(opening), first + len(inner) + len(close))
            return [Lines(text).cut(text, outer, (first, first + len(inner)), display=True)]
    if not body:
        return []
    whole = (0, len(text))
    return [Lines(text).cut(text, whole, whole, display=True)]
