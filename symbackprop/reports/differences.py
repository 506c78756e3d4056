"""Where a formula and its correction differ, sign by sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# a command, a sign
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\s&]", re.DOTALL)
# marks with so many tokens between them at most are one
NEAR = 3
_OPENING, _CLOSING = "{", "}"

Token = tuple[int, int, str]
Span = tuple[int, int]


@dataclass(frozen=True)
class Change:
    """A part of a formula and what stands in its place in the correction; either may be empty."""

    old: Span
    new: Span


def list_changes(latex: str, correction: str) -> list[Change]:
    r"""The parts in which two formulas differ; blanks and signs of alignment do not count.

    >>> list_changes(r"d = & W  e", r"d = W^T e")
    [Change(old=(7, 7), new=(5, 7))]
    """
    one, other = _split(latex), _split(correction)
    matcher = SequenceMatcher(None, [t[2] for t in one], [t[2] for t in other], autojunk=False)
    return [
        Change(_find_span(one, a, b), _find_span(other, c, d))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]


def apply_changes(latex: str, correction: str) -> str:
    r"""The correction, laid out as the formula is: its blanks and its alignment are kept.

    >>> print(apply_changes("d &= W e\\,.", r"d = W^T e\,."))
    d &= W^T e\,.
    """
    for change in reversed(list_changes(latex, correction)):
        (start, end), new = change.old, correction[slice(*change.new)]
        if not new:
            end += len(latex[end:]) - len(latex[end:].lstrip(" "))
            if not _is_blank(correction, change.new[0]):
                start = len(latex[:start].rstrip(" "))
        elif start == end and _is_blank(correction, change.new[0] - 1):
            start = end = start + len(latex[start:]) - len(latex[start:].lstrip())
        if new and _is_blank(correction, change.new[0] - 1) and not _is_blank(latex, start - 1):
            new = f" {new}"
        if new and _is_blank(correction, change.new[1]) and not _is_blank(latex, end):
            new = f"{new} "
        latex = latex[:start] + new + latex[end:]
    return latex


def _is_blank(text: str, place: int) -> bool:
    """Whether a blank stands at a place, or nothing does."""
    return not 0 <= place < len(text) or text[place].isspace()


def _split(latex: str) -> list[Token]:
    return [(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(latex)]


def _find_span(tokens: list[Token], first: int, last: int) -> Span:
    """From where a run of tokens stands; an empty one stands behind the token before it."""
    if first < last:
        return tokens[first][0], tokens[last - 1][1]
    place = tokens[first - 1][1] if first else 0
    return place, place


def mark(latex: str, spans: list[Span], begin: str, end: str) -> str | None:
    r"""A formula with some of its parts between two texts, widened to whole groups.

    An empty part marks what is beside it. None where no part can be marked, as where braces have
    no partner.

    >>> print(mark(r"d = W e", [(5, 5)], r"\underline{", "}"))
    d = \underline{W} e
    >>> print(mark(r"\frac{C}{\partial a}", [(6, 7)], r"\underline{", "}"))
    \frac{\underline{C}}{\partial a}
    """
    tokens = _split(latex)
    depths = _count_depths(tokens)
    signs = [t[2] for t in tokens]
    if min(depths, default=0) < 0 or signs.count(_OPENING) != signs.count(_CLOSING):
        return None
    runs: list[Span] = []
    for span in spans:
        found = [n for n, t in enumerate(tokens) if t[0] < span[1] and span[0] < t[1]]
        found = found or _find_neighbour(tokens, span[0])
        if not found:
            return None
        runs.append(_widen(tokens, depths, found[0], found[-1]))
    for first, last in reversed(_merge([_widen(tokens, depths, *run) for run in _merge(runs)])):
        start, stop = tokens[first][0], tokens[last][1]
        latex = latex[:start] + begin + latex[start:stop] + end + latex[stop:]
    return latex


def _find_neighbour(tokens: list[Token], place: int) -> list[int]:
    """What something is missing at: the letter, the number or the group before, else the next."""
    before = [n for n, t in enumerate(tokens) if t[1] <= place][-1:]
    after = [n for n, t in enumerate(tokens) if t[0] >= place][:1]
    if before and (tokens[before[0]][2].isalnum() or tokens[before[0]][2] in "})]'"):
        return before
    return after or before


def _count_depths(tokens: list[Token]) -> list[int]:
    """How deep in braces each token stands; a brace stands outside of what it encloses."""
    depth, depths = 0, []
    for _, _, said in tokens:
        if said == _CLOSING:
            depth -= 1
        depths.append(depth)
        if said == _OPENING:
            depth += 1
    return depths


def _widen(tokens: list[Token], depths: list[int], first: int, last: int) -> tuple[int, int]:
    """From the base of a script on, and over whole groups with the commands before them."""
    lowest = min(depths[first : last + 1])
    while depths[last] > lowest or tokens[last][2] == _OPENING:
        last += 1
    while depths[first] > lowest or tokens[first][2] == _CLOSING:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1][2] in ("^", "_"):
        last = _find_end(tokens, depths, last + 2)
    while first and (
        tokens[first][2] in ("^", "_", _OPENING) or tokens[first - 1][2] in ("^", "_", _CLOSING)
    ):
        previous = _find_begin(tokens, depths, first - 1)
        if previous == first:
            break
        first = previous
    return first, last


def _find_end(tokens: list[Token], depths: list[int], at: int) -> int:
    at = min(at, len(tokens) - 1)
    if tokens[at][2] == _OPENING:
        level = depths[at]
        at += 1
        while at < len(tokens) - 1 and depths[at] > level:
            at += 1
    return at


def _find_begin(tokens: list[Token], depths: list[int], at: int) -> int:
    if tokens[at][2] == _CLOSING:
        level = depths[at]
        at -= 1
        while at > 0 and (depths[at] > level or tokens[at][2] != _OPENING):
            at -= 1
    return at


def _merge(runs: list[Span]) -> list[Span]:
    """Runs of tokens with little between them are one: ( and ) around a letter."""
    merged: list[Span] = []
    for first, last in sorted(runs):
        if merged and first - merged[-1][1] <= NEAR:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
