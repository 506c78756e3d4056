"""Formulas in Markdown: markdown-it finds them, since only a Markdown parser knows what is code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from symbackprop.reading.delimiters import HTML_START, MONEY, scan
from symbackprop.reading.places import NOT_CLOSED, Found, Segment, cut_out, move_down

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# where the rules of the Markdown parser note, for each paragraph, what is not closed
UNCLOSED = "unclosed formulas"
# for each paragraph, up to which line its $$ are counted, and how many there are
DISPLAYS = "displays"
# what opens a display and has no end, and from which line on
ENDLESS = "displays without end"


def find_in_markdown(text: str) -> list[Found]:
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
    from markdown_it.rules_block import blockquote, heading, hr, list_block
    from mdit_py_plugins.amsmath import amsmath_block, amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

    parser = MarkdownIt("commonmark").enable("table")
    parser.use(dollarmath_plugin).use(amsmath_plugin)
    read_dollars = math_inline_dollar(allow_double=True)
    read_block = math_block_dollar(allow_blank_lines=True)

    read_ended = _give_up_once(read_block, re.compile(r"(\$\$)(?!.*\$\$)"))

    def read_display(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        # a display ends a paragraph, else "- b" within it would begin a list; the rule of the
        # plugin knows no trial (silent), and takes $$a$$ and $$b$$ for one formula
        known, line = len(state.tokens), state.line
        found = read_ended(state, first, last, silent)
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
        money = MONEY.match(state.src, start + 1)
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
    for name, rule, alternatives in (
        ("math_block", read_display, ends),
        ("amsmath", _give_up_once(amsmath_block, re.compile(r"\\begin\{(\w+\*?)\}")), ends),
        ("blockquote", blockquote, ends),
        ("hr", hr, ends),
        ("list", list_block, ends[:3]),
        ("heading", heading, ends[:3]),
    ):
        parser.block.ruler.at(name, _keep_displays_whole(rule), {"alt": alternatives})
    parser.inline.ruler.at("math_inline", read_formula)
    parser.inline.ruler.before("escape", "math_brackets", read_brackets)
    return parser


BlockRule = Callable[["StateBlock", int, int, bool], bool]


def _give_up_once(rule: BlockRule, opening: re.Pattern[str]) -> BlockRule:
    """A rule that looks for an end no more where it did not find one from an earlier line on."""

    def read(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        start = state.bMarks[first] + state.tShift[first]
        opened = opening.match(state.src, start, state.eMarks[first])
        if opened is None or state.sCount[first] - state.blkIndent >= 4:
            return rule(state, first, last, silent)
        endless = state.env.setdefault(ENDLESS, {})
        key = (opened[1], last)
        if endless.get(key, last) <= first:
            return False
        found = rule(state, first, last, silent)
        if not found:
            endless[key] = first
        return found

    return read


def _keep_displays_whole(rule: BlockRule) -> BlockRule:
    """A rule that ends no paragraph in which a display, so $$ ..., is still open."""

    def read(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        if silent and _is_display_open(state, first):
            return False
        return rule(state, first, last, silent)

    return read


def _is_display_open(state: StateBlock, line: int) -> bool:
    """Whether $$ stands an odd number of times in the paragraph before a line of it."""
    known = state.env.setdefault(DISPLAYS, {})
    start = state.line
    upto, count = known.get(start, (start, 0))
    if line < upto:
        upto, count = start, 0
    if line > upto:
        text = state.src[state.bMarks[upto] : state.bMarks[line]]
        count += len(re.findall(r"(?<!\\)\$\$", text))
    known[start] = (max(line, upto), count)
    return count % 2 == 1


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
    first, last = token.map[0], max(token.map[0], token.map[1] - 1)
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
    for found in scan("\n".join(lines[first:last]), HTML_START):
        if not found.problem:
            yield move_down(found, first)


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
            yield cut_out(whole, text, start, inner, end, display=is_display)
    for start in unclosed:
        stop = content.find("\n", start)
        end = len(content) if stop < 0 else stop
        inner = start + (2 if content.startswith("$$", start) else 1)
        yield cut_out(whole, content[inner:end], start, inner, end, problem=NOT_CLOSED)
