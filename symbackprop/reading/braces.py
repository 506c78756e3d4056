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
    STARTS,
    STYLES,
    SUMS,
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
# signs between things
JOINING = frozenset({"plus", "op", "rel"})
# what a product is made of
FACTORS = (STARTS - {"text"}) | {"op", "sup", "sub", "prime"}
# what reaches as far as its group does
REACHING = frozenset(SUMS) | {"Sigma", "/", "over"}
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


def write_fractions(tokens: list[Token]) -> list[Token]:
    r"""TeX's {a \over b} --> {\frac{a}{b}}."""
    if all(token.text != "over" for token in tokens):
        return tokens
    kept: list[Token] = []
    opened: list[int] = []
    split: set[int] = set()
    for token in tokens:
        at = token.start
        if token.kind in ("rbrace", "close", "end") and opened and opened.pop() in split:
            kept.append(Token("rbrace", "}", at, at))
        if token.kind == "macro" and token.text == "over" and opened and opened[-1] not in split:
            split.add(opened[-1])
            place = kept[opened[-1]].end
            begins = (Token("macro", "frac", place, place), Token("lbrace", "{", place, place))
            kept[opened[-1] + 1 : opened[-1] + 1] = begins
            kept += (Token("rbrace", "}", at, at), Token("lbrace", "{", at, token.end))
            continue
        if token.kind in ("lbrace", "open", "begin"):
            opened.append(len(kept))
        kept.append(token)
    return kept


def drop_bare_braces(tokens: list[Token]) -> list[Token]:
    r"""{(} --> (, \mathrel{=} --> =, {\partial} --> \partial: braces around one sign that is no
    argument of anything group nothing."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.kind == "rel":
            _join_sign(kept)
        if token.kind != "rbrace" or len(kept) < 3 or kept[-3].kind != "lbrace":
            continue
        inner = kept[-2]
        is_mark = inner.text in MARKS and inner.kind == ("letter" if inner.text == "d" else "macro")
        if inner.kind not in BARE and not is_mark:
            continue
        before = kept[-4] if len(kept) > 3 else None
        if before is not None and before.kind == "macro" and before.text in STYLES:
            if STYLES[before.text] and inner.text in ("delta", "Delta"):
                continue
            del kept[-4]
        elif before is not None and (
            before.kind in ("sup", "sub")
            or (before.kind == "macro" and (before.text in TAKE_ONE or not is_mark))
            or (before.kind == "rbrace" and inner.text in ("delta", "Delta"))
        ):
            continue
        kept[-3:] = [inner]
    return kept


def _join_sign(kept: list[Token]) -> None:
    r"""w \mathrel{-}= v is w -= v; of w^+ = v the + is above w."""
    sign = kept[-2] if len(kept) > 2 else None
    if sign is None or sign.kind != "plus" or kept[-1].text != "=":
        return
    if kept[-3].kind not in ("sup", "sub"):
        kept[-2:] = [kept[-1]._replace(text=f"{sign.text}=", start=sign.start)]


def open_groups(paired: Paired) -> list[Token]:
    r"""Drop braces that group nothing: {{x}} --> {x}, a {= b}, {dL}(y); not those of arguments."""
    dropped: set[int] = set()
    for spot, token in enumerate(paired.tokens):
        if token.kind == "lbrace":
            dropped |= _find_bare(spot, paired.partner[spot], paired)
    if not dropped:
        return paired.tokens
    return [token for spot, token in enumerate(paired.tokens) if spot not in dropped]


def _find_bare(spot: int, end: int, paired: Paired) -> set[int]:
    """What is left out of a group: nothing, or its braces, or a label that labels nothing."""
    tokens = paired.tokens
    labels = bool(spot) and tokens[spot - 1].kind == "macro" and tokens[spot - 1].text in BRACES
    if labels and (end == spot + 1 or _is_sum_alone(spot, end, paired)):
        return {spot - 1, spot, end, *_list_script(end + 1, paired)}
    if end == spot + 1:
        return set()
    if tokens[spot + 1].kind == "lbrace" and paired.partner[spot + 1] == end - 1:
        return {spot + 1, end - 1}
    if _stands_alone(spot, end, tokens) or _groups_nothing(spot, end, paired):
        return {spot, end}
    return set()


def _groups_nothing(spot: int, end: int, paired: Paired) -> bool:
    """Whether what is in a group would be read the same without it.

    A group that holds a sign between it and what is around it, or one factor or several, is
    printed as if it were none, in whatever colour.
    """
    tokens = paired.tokens
    after = tokens[end + 1].kind if end + 1 < len(tokens) else ""
    if after in ("sup", "sub", "prime", "at") or is_argument(spot, paired):
        return False
    first, last = tokens[spot + 1].kind in JOINING | PARTING, tokens[end - 1].kind in JOINING
    if first or last:
        return tokens[spot + 1].kind != "sep"
    if spot in paired.holds_relation:
        # what stands between signs may be laid out in rows of its own
        return not _starts_side(spot, tokens)
    return _holds_factors(spot, end, paired)


def _holds_factors(spot: int, end: int, paired: Paired) -> bool:
    """Whether a group holds nothing but factors, and no fraction of its own, {a}/{b}."""
    tokens = paired.tokens
    around = (tokens[spot - 1] if spot else None, *tokens[end + 1 : end + 2])
    if any(token is not None and token.text == "/" for token in around):
        return False
    touching = tokens[end + 1].kind if end + 1 < len(tokens) else ""
    if "number" in (tokens[spot + 1].kind, touching) or tokens[end - 1].kind == "number":
        # w{1} is a product, w1 is not
        return False
    at = spot + 1
    while at < end:
        token = tokens[at]
        if token.kind not in FACTORS or token.text in REACHING:
            return False
        at = paired.partner.get(at, at) + 1
    return True


def _is_sum_alone(spot: int, end: int, paired: Paired) -> bool:
    r"""\overbrace{\sum_{i=1}^n}^{n terms}: what is summed stands behind the brace."""
    if paired.tokens[spot + 1].text not in SUMS:
        return False
    at = spot + 2
    while at < end and (script := _list_script(at, paired)):
        at = script.stop
    return at == end


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
    if token.kind == "macro":
        if token.text in TAKE_TWO:
            return count <= 2
        if token.text in TAKE_ONE | BARE_FUNCTIONS | CALLED_MACROS or token.text not in COMMANDS:
            return True
    # \frac1{..}, \frac\pi{..}: the first argument is a single sign
    if count > 1 or token.kind == "lbrace" or (token.kind == "number" and len(token.text) > 1):
        return False
    before = tokens[at - 1] if at else None
    return before is not None and before.kind == "macro" and before.text in TAKE_TWO
