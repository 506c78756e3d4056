"""Braces that group nothing that is printed, for colours and places: they are left out."""

from __future__ import annotations

import re

from symbackprop.reading.pairing import Paired
from symbackprop.reading.spelling import (
    BARE_FUNCTIONS,
    BRACES,
    CALLED_MACROS,
    COMMANDS,
    MARKS,
    STYLES,
    TAKE_ONE,
    TAKE_TWO,
)
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import Span

# what parts statements, and the entries of a matrix
PARTING = frozenset({"sep", "row", "amp"})
# between these stands a whole side of a statement
SEAMS = PARTING | {"rel", "comma", "stop", "label"}
# so many groups may belong to one command
MOST_GROUPS = 6
# signs that stand in braces only to be placed or coloured
BARE = frozenset({"open", "close", "bar", "op", "plus", "rel"})


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# what opens a group, with the command that it belongs to: \red{, \textcolor{red}{
_OPENING = re.compile(r"(?:\\[A-Za-z]+\s*(?:\[[^\]]*\])?\s*(?:\{[^{}]*\}\s*)?)?\{\s*$")
_CLOSING = re.compile(r"\s*\}")
LONGEST_OPENING = 60


def find_balanced(text: str, span: Span) -> Span:
    r"""A span that closes as many braces as it opens, by those that follow and precede it.

    >>> text = r"\red{a + b} = c \blue{+ d}"
    >>> [text[slice(*find_balanced(text, span))] for span in ((5, 8), (5, 13), (14, 25))]
    ['a +', '\\red{a + b} =', 'c \\blue{+ d}']
    """
    start, end = span
    if text.count("{", start, end) == text.count("}", start, end):
        return span
    depth = lowest = 0
    for match in _BRACE.finditer(text, start, end):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        lowest = min(lowest, depth)
    for _ in range(depth - lowest):
        closing = _CLOSING.match(text, end)
        end = closing.end() if closing else end
    for _ in range(-lowest):
        opening = _OPENING.search(text[max(0, start - LONGEST_OPENING) : start])
        start -= len(opening.group()) if opening else 0
    return start, end


def drop_bare_braces(tokens: list[Token]) -> list[Token]:
    r"""{(} --> (, \mathrel{=} --> =, {\partial} --> \partial: braces around one sign that is no
    argument of anything group nothing."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.kind != "rbrace" or len(kept) < 3 or kept[-3].kind != "lbrace":
            continue
        inner = kept[-2]
        is_mark = inner.text in MARKS and inner.kind == ("letter" if inner.text == "d" else "macro")
        if inner.kind not in BARE and not is_mark:
            continue
        before = kept[-4] if len(kept) > 3 else None
        if before is not None and before.kind == "macro" and before.text in STYLES:
            del kept[-4]
        elif before is not None and (
            before.kind in ("sup", "sub")
            or (before.kind == "macro" and (before.text in TAKE_ONE or not is_mark))
            or (before.kind == "rbrace" and inner.text in ("delta", "Delta"))
        ):
            continue
        kept[-3:] = [inner]
    return kept


def open_groups(paired: Paired) -> list[Token]:
    r"""Drop braces that group nothing: {{x}} --> {x}, a {= b}, a {- b}; not those of arguments.

    A group that holds a sign between it and what is around it is printed as if it were none, in
    whatever colour.
    """
    tokens, partner = paired.tokens, paired.partner
    dropped: set[int] = set()
    for spot, token in enumerate(tokens):
        if token.kind != "lbrace":
            continue
        end = partner[spot]
        if end == spot + 1:
            before = tokens[spot - 1]
            if spot and before.kind == "macro" and before.text in BRACES:
                dropped |= {spot - 1, spot, end, *_list_script(end + 1, paired)}
            continue
        inside = tokens[spot + 1]
        twice = inside.kind == "lbrace" and partner[spot + 1] == end - 1
        if twice:
            dropped |= {spot + 1, end - 1}
            continue
        if _stands_alone(spot, end, tokens):
            dropped |= {spot, end}
            continue
        first = inside.kind in ("plus", "op", "rel", "amp", "row")
        last = tokens[end - 1].kind in ("plus", "op", "rel")
        if not (first or last or spot in paired.holds_relation):
            continue
        after = tokens[end + 1].kind if end + 1 < len(tokens) else ""
        if after in ("sup", "sub", "prime") or is_argument(spot, paired):
            continue
        if not (first or last) and _starts_side(spot, tokens):
            # what stands between signs may be laid out in rows of its own
            continue
        dropped |= {spot, end}
    if not dropped:
        return tokens
    return [token for spot, token in enumerate(tokens) if spot not in dropped]


def _list_script(spot: int, paired: Paired) -> range:
    """The tokens of a script that begins there; none where none does."""
    if spot >= len(paired.tokens) or paired.tokens[spot].kind not in ("sup", "sub"):
        return range(0)
    return range(spot, paired.partner.get(spot + 1, spot + 1) + 1)


def _stands_alone(start: int, end: int, tokens: list[Token]) -> bool:
    """Whether a group is all that stands between two signs of a statement, or its ends.

    What is listed in it belongs together, x \\in {0, 1}.
    """
    before = tokens[start - 1].kind if start else "row"
    after = tokens[end + 1].kind if end + 1 < len(tokens) else "row"
    if before not in SEAMS or after not in SEAMS:
        return False
    return all(token.kind != "comma" for token in tokens[start:end])


def _starts_side(spot: int, tokens: list[Token]) -> bool:
    return spot == 0 or tokens[spot - 1].kind in PARTING | {"label", "rel", "macro"}


def is_argument(spot: int, paired: Paired) -> bool:
    r"""Whether the group at `spot` belongs to a script or a command: x^{..}, \frac{..}{..}."""
    tokens = paired.tokens
    at, count = spot - 1, 1
    while at >= 0 and tokens[at].kind in ("rbrace", "close") and count < MOST_GROUPS:
        at = paired.partner[at] - 1
        count += 1
    if at < 0:
        return False
    token = tokens[at]
    if token.kind in ("sup", "sub"):
        return count == 1
    if token.kind in ("word", "roman"):
        return count == 1 and token.text in BARE_FUNCTIONS
    if token.kind != "macro":
        # \frac1{..}: the first argument is a single sign
        before = tokens[at - 1] if at else None
        if token.kind == "number" and len(token.text) > 1:
            return False
        return before is not None and before.kind == "macro" and before.text in TAKE_TWO
    if token.text in TAKE_TWO:
        return count <= 2
    return token.text in TAKE_ONE | BARE_FUNCTIONS | CALLED_MACROS or token.text not in COMMANDS
