"""Equations that a text cuts in parts, $a$ = $b$ or $a$ $= b$: each is one formula."""

from __future__ import annotations

import re
from dataclasses import replace

from symbackprop.reading.places import Found, Segment

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


def join_parts(found: list[Found], text: str) -> list[Found]:
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
