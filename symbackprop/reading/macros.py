"""Macros of an author: how a text defines them, in LaTeX or in the tables of MathJax and KaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from symbackprop.reading.spelling import COMMANDS
from symbackprop.reading.tree import Span

MOST_ARGUMENTS = 9
LONGEST_BODY = 5_000


class Macro(NamedTuple):
    """What a macro stands for: the number of its arguments and its body, with #1, #2 for them.

    With a `default` the first argument is optional and stands in [ ]. The body of a `final` macro
    holds no macros: `\\let\\oldvec\\vec` keeps LaTeX's own \\vec, whatever \\vec becomes later.
    """

    arguments: int
    body: str
    default: str | None = None
    final: bool = False


Macros = Mapping[str, Macro]
NO_MACROS: Macros = {}

# macros of packages that many lectures use, for those who do not define them themselves
_OF_PACKAGES = r"""
\newcommand{\pdv}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\dv}[2]{\frac{d #1}{d #2}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\dpd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\tpd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\od}[2]{\frac{d #1}{d #2}}
\newcommand{\dod}[2]{\frac{d #1}{d #2}}
\newcommand{\tod}[2]{\frac{d #1}{d #2}}
\newcommand{\odv}[2]{\frac{d #1}{d #2}}
\newcommand{\diffp}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\diff}[2]{\frac{d #1}{d #2}}
\newcommand{\pderiv}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\deriv}[2]{\frac{d #1}{d #2}}
\newcommand{\derivative}[2]{\frac{d #1}{d #2}}
\newcommand{\dd}{\mathrm{d}}
\newcommand{\dif}{\mathrm{d}}
\newcommand{\dx}{dx}
\newcommand{\grad}{\nabla}
\newcommand{\abs}[1]{\left|#1\right|}
\newcommand{\norm}[1]{\left\|#1\right\|}
\newcommand{\vb}[1]{\mathbf{#1}}
\newcommand{\va}[1]{\vec{#1}}
\newcommand{\qty}{}
\newcommand{\prescript}[3]{{}^{#1}{#3}}
\newcommand{\R}{\mathbb{R}}
\newcommand{\N}{\mathbb{N}}
\newcommand{\Z}{\mathbb{Z}}
\newcommand{\Reals}{\mathbb{R}}
"""

_COMMENT = re.compile(r"(?<!\\)%[^\n]*\n?[ \t]*")
_DEFINITION = re.compile(
    r"\\(?:(?P<command>(?:new|renew|provide)command|DeclareRobustCommand|DeclareMathOperator"
    r"|(?:New|Renew|Provide|Declare)DocumentCommand|DeclarePairedDelimiter)\*?\s*"
    r"(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))"
    r"|(?P<def>[gex]?def)\s*\\(?P<defined>[A-Za-z]+)"
    r"|let\s*\\(?P<let>[A-Za-z]+)\s*=?\s*(?P<meaning>\\[A-Za-z]+))"
)
# what a body may not have: it decides while TeX runs
_PROGRAM = re.compile(
    r"\\(?:if(?!f(?![A-Za-z@]))[A-Za-z@]*|else|fi|csname|expandafter|futurelet|@[A-Za-z@]+|loop|repeat|newif"
    r"|IfNoValueTF|IfBooleanTF|ExplSyntaxOn)(?![A-Za-z])"
)


class Definition(NamedTuple):
    """Where a definition stands, what it defines, and as what (None: what cannot be told).

    A `local` one stands within braces, and holds only there.
    """

    span: Span
    name: str
    macro: Macro | None
    local: bool = False


def find_macros(text: str) -> dict[str, Macro]:
    r"""The macros that a text defines; the last definition of a name counts.

    \newcommand, \renewcommand, \providecommand, \def, \let, \DeclareMathOperator,
    \DeclarePairedDelimiter and \NewDocumentCommand are read. What is defined within braces is
    local to them: it is left out where the name has a meaning already.

    >>> find_macros(r"\newcommand{\pp}[2]{\frac{\partial #1}{\partial #2}} \def\loss{\mathcal L}")
    ... # doctest: +NORMALIZE_WHITESPACE
    {'pp': Macro(arguments=2, body='\\frac{\\partial #1}{\\partial #2}', default=None,
           final=False),
     'loss': Macro(arguments=0, body='\\mathcal L', default=None, final=False)}
    """
    return {**_read_tables(text), **add_macros({}, find_definitions(text), text)}


def collect_macros(texts: Iterable[str], known: Macros) -> dict[str, Macro]:
    """The known macros, and those that formulas define among themselves."""
    macros = dict(known)
    for text in texts:
        if may_define(text):
            macros = add_macros(macros, find_definitions(text), text)
    return macros


def blank_definitions(text: str) -> str:
    """A text of the same length without its definitions: they state nothing."""
    if not may_define(text):
        return text
    parts, at = [], 0
    for definition in find_definitions(text):
        start, end = definition.span
        parts += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def may_define(text: str) -> bool:
    """Whether it is worth while to look for definitions in a text."""
    return any(word in text for word in ("ommand", "def", "\\let", "\\Declare"))


def add_macros(known: Macros, definitions: Iterable[Definition], text: str) -> dict[str, Macro]:
    """The known macros and those that are defined; \\providecommand only adds."""
    macros = dict(known)
    for span, name, macro, local in definitions:
        only_adds = local or text.startswith("\\provide", span[0])
        if only_adds and (name in macros or name in COMMANDS):
            continue
        if macro is None:
            macros.pop(name, None)
        elif macro.final and macro.body[1:] in macros:
            macros[name] = macros[macro.body[1:]]
        else:
            macros[name] = macro
    return macros


def find_definitions(text: str) -> Iterator[Definition]:
    """Every definition of a macro in a text, from the first to the last."""
    at = depth = 0
    while (match := _DEFINITION.search(text, at)) is not None:
        for brace in re.compile(r"\\[\s\S]|[{}]").finditer(text, at, match.start()):
            depth = max(0, depth + {"{": 1, "}": -1}.get(brace.group(), 0))
        name = match["braced"] or match["bare"] or match["defined"] or match["let"]
        macro: Macro | None
        if match["let"]:
            macro, at = Macro(0, match["meaning"], final=True), match.end()
        else:
            macro, at = _read_definition(text, match)
        yield Definition((match.start(), at), name, macro, depth > 0)


def _read_definition(text: str, match: re.Match[str]) -> tuple[Macro | None, int]:
    """What follows the name: arguments and body; and where it ends."""
    how, at = match["command"] or "def", match.end()
    arguments, default = 0, None
    if how == "def":
        parameters = re.compile(r"\s*((?:#\d\s*)*)(?=\{)").match(text, at)
        if parameters is None:
            return None, at
        arguments, at = parameters[1].count("#"), parameters.end()
    elif how.endswith("DocumentCommand"):
        signature, at = _take(text, at)
        if re.fullmatch(r"\s*(?:O\{[^{}]*\})?\s*(?:\+?m\s*)*", signature) is None:
            return None, _take(text, at)[1]
        optional = re.search(r"O\{([^{}]*)\}", signature)
        default = optional[1] if optional else None
        arguments = signature.count("m") + (optional is not None)
    elif how == "DeclarePairedDelimiter":
        left, at = _take(text, at)
        right, at = _take(text, at)
        return Macro(1, rf"\left{left.strip()} #1\right{right.strip()}"), at
    elif how != "DeclareMathOperator":
        counted = re.compile(r"\s*\[\s*(\d)\s*\]").match(text, at)
        if counted is not None:
            arguments, at = int(counted[1]), counted.end()
            optional = re.compile(r"\s*\[([^\[\]]*)\]").match(text, at)
            if optional is not None:
                default, at = optional[1], optional.end()
    body, at = _take(text, at)
    body = _COMMENT.sub("", body).strip()
    if how == "DeclareMathOperator":
        body = rf"\operatorname{{{body}}}"
    if _PROGRAM.search(body) or arguments > MOST_ARGUMENTS:
        return None, at
    return Macro(arguments, body, default), at


def _take(text: str, at: int) -> tuple[str, int]:
    """The group (without its braces) or the one thing that stands at a place, and its end; nothing
    where a group does not end soon."""
    start = re.compile(r"(?:\s|%[^\n]*\n)*").match(text, at)
    at = start.end() if start else at
    if not text.startswith("{", at):
        single = re.compile(r"\\[A-Za-z]+|\\[\s\S]|[^\s}]").match(text, at)
        return (single.group(), single.end()) if single else ("", at)
    depth = 0
    for match in re.compile(r"\\[\s\S]|%[^\n]*|[{}]").finditer(text, at, at + LONGEST_BODY):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return text[at + 1 : match.start()], match.end()
    return "", at


# a table in a script, macros: {R: "\\mathbb{R}", half: ["\\frac{#1}{2}", 1]}
_TABLE = re.compile(r"""["']?\b[mM]acros["']?\s*:\s*\{""")
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_ENTRY = re.compile(
    rf"""(?:\s|,|//[^\n]*)*["']?\\{{0,2}}(?P<name>[A-Za-z]+)["']?\s*:\s*
    (?:(?P<body>{_STRING})|\[\s*(?P<listed>{_STRING})\s*,\s*(?P<count>\d)\s*
    (?:,\s*(?P<default>{_STRING})\s*)?,?\s*\])""",
    re.VERBOSE,
)
# a table at the head of a Markdown file: math: and below it '\R': '\mathbb{R}'
_HEAD = re.compile(r"\A---\n(?P<head>.*?)\n---\s*\n", re.DOTALL)
_HEADED = re.compile(r"(?m)^[ ]*(?:math|macros)[ ]*:[ ]*\n(?P<rows>(?:[ ]+\S.*(?:\n|\Z))+)")
_ROW = re.compile(
    r"""^[ ]+["']?\\{0,2}(?P<name>[A-Za-z]+)["']?[ ]*:[ ]+(?P<body>\S.*?)[ ]*$""", re.MULTILINE
)


def _read_tables(text: str) -> dict[str, Macro]:
    """The tables of macros that MathJax and KaTeX take in a page, or MyST at the head of one."""
    macros: dict[str, Macro] = {}
    for table in _TABLE.finditer(text):
        at = table.end()
        while (entry := _ENTRY.match(text, at)) is not None:
            at = entry.end()
            body = _unquote(entry["body"] or entry["listed"])
            default = None if entry["default"] is None else _unquote(entry["default"])
            macros[entry["name"]] = _count_arguments(body, int(entry["count"] or 0), default)
    head = _HEAD.match(text)
    for rows in _HEADED.finditer(head["head"] + "\n" if head else ""):
        for row in _ROW.finditer(rows["rows"]):
            macros[row["name"]] = _count_arguments(_unquote(row["body"]))
    return macros


def _count_arguments(body: str, count: int = 0, default: str | None = None) -> Macro:
    used = [int(digit) for digit in re.findall(r"#(\d)", body)]
    return Macro(max([count, *used]), body, default)


def _unquote(said: str) -> str:
    """What a string of a script stands for; YAML takes '...' as it is, which no one escapes in."""
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        inner = said[1:-1]
        return re.sub(r"\\\\", r"\\", inner)
    return said


@cache
def list_package_macros() -> dict[str, Macro]:
    return find_macros(_OF_PACKAGES)
