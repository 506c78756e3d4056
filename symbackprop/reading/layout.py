"""Tokens of a display --> tokens of its statements, with brackets paired and columns undone."""

from __future__ import annotations

from dataclasses import dataclass, field

from symbackprop.reading.spelling import CASES, CLOSERS, LAYOUTS, MATRICES
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import ReadError, Repair

CONTINUING = frozenset({"rel", "op", "plus"})
# after these an operand is due, so a bar opens
AWAITING = frozenset({"bar", "plus", "op", "rel", "open", "comma"})
PARTING = frozenset({"sep", "row", "amp"})
MOST_FRAMES = 60


@dataclass
class Paired:
    """Tokens, the partner of every bracket (both ways), and which brackets hold a relation."""

    tokens: list[Token]
    partner: dict[int, int] = field(default_factory=dict)
    holds_relation: set[int] = field(default_factory=set)


def arrange(tokens: list[Token], text: str, repairs: list[Repair]) -> Paired:
    r"""Drop layout: & between columns, \quad inside an expression, rows that only break a line.

    What is left of \\ and \quad are the tokens "row" and "sep" between statements, and & and \\
    inside matrices and cases.

    Raises
    ------
    ReadError
        A bracket, brace or environment that is not closed.
    """
    paired = pair_brackets(tokens, text, repairs)
    return pair_brackets(_drop_layout(paired, repairs), text, [])


def pair_brackets(tokens: list[Token], text: str, repairs: list[Repair]) -> Paired:
    """Find what closes what; a bar without a partner becomes the sign | (given)."""
    kept: list[Token] = []
    stack: list[int] = []
    partner: dict[int, int] = {}
    holds: set[int] = set()

    def drop_bars() -> None:
        while stack and kept[stack[-1]].kind == "bar":
            spot = stack.pop()
            kept[spot] = kept[spot]._replace(kind="rel")

    def close(kind: str, openers: tuple[str, ...]) -> int | None:
        drop_bars()
        if stack and kept[stack[-1]].kind in openers:
            return stack.pop()
        return None

    def close_bar(token: Token) -> None:
        start = stack.pop()
        partner[start], partner[len(kept)] = len(kept), start
        kept[start] = kept[start]._replace(kind="open")
        kept.append(token._replace(kind="close"))

    def mend(token: Token, message: str) -> None:
        repairs.append(Repair((token.start, token.end), message))

    for token in tokens:
        kind = token.kind
        if kind == "bar":
            opened = kept[stack[-1]] if stack and kept[stack[-1]].kind == "bar" else None
            said = text[token.start : token.end]
            if opened is not None and opened.text == "|" and said == "||":
                # |a||b|: one bar closes, the next one opens
                first = token._replace(text="|", end=token.start + 1)
                token = token._replace(text="|", start=token.start + 1)
                close_bar(first)
            elif opened is not None and opened.text == token.text and kept[-1].kind not in AWAITING:
                close_bar(token)
                continue
            stack.append(len(kept))
            kept.append(token)
        elif kind in ("lbrace", "open", "begin"):
            stack.append(len(kept))
            kept.append(token)
        elif kind in ("rbrace", "close", "end"):
            opener = {"rbrace": "lbrace", "close": "open", "end": "begin"}[kind]
            found = close(kind, (opener,))
            if found is None:
                if stack and kind != "close":
                    unclosed = kept[stack[-1]]
                    raise ReadError(
                        f"{unclosed.text or 'this'} is not closed", text, unclosed.start
                    )
                if kind == "close" and stack and kept[stack[-1]].kind == "begin":
                    raise ReadError("this bracket closes nothing", text, token.start)
                mend(token, f"{token.text} closes nothing; it was skipped")
                continue
            opening = kept[found]
            if kind == "end" and opening.text != token.text:
                message = f"\\begin{{{opening.text}}} is ended by \\end{{{token.text}}}"
                raise ReadError(message, text, token.start)
            unlike = kind == "close" and CLOSERS.get(opening.text, ".") != token.text
            if unlike and "." not in (opening.text, token.text):
                mend(token, f"a bracket {opening.text} is closed by {token.text}")
            partner[found], partner[len(kept)] = len(kept), found
            kept.append(token)
        else:
            if kind == "rel" and stack:
                holds.add(stack[-1])
            kept.append(token)
        if len(stack) > 3 * MOST_FRAMES:
            raise ReadError(f"more than {3 * MOST_FRAMES} open brackets", text, token.start)
    drop_bars()
    if stack:
        unclosed = kept[stack[-1]]
        raise ReadError(f"{unclosed.text} is not closed", text, unclosed.start)
    return Paired(kept, partner, holds)


def _drop_layout(paired: Paired, repairs: list[Repair]) -> list[Token]:
    tokens, partner = paired.tokens, paired.partner
    kept: list[Token] = []
    frames: list[str] = []
    dropped: set[int] = set()

    def at_start() -> bool:
        if frames and frames[-1] != "layout":
            return False
        return not kept or kept[-1].kind in PARTING | {"label"} or kept[-1].text == "rightarrow"

    for spot, token in enumerate(tokens):
        kind = token.kind
        if spot in dropped:
            if kind in ("end", "rbrace") and frames:
                frames.pop()
            continue
        if kind == "begin":
            if _is_layout(spot, paired, at_start()):
                frames.append("layout")
                dropped.add(partner[spot])
                if token.text not in MATRICES and token.text not in LAYOUTS:
                    message = f"the environment {token.text} is not known; its rows were read"
                    repairs.append(Repair((token.start, token.end), message))
                continue
            frames.append("table")
        elif kind in ("open", "lbrace"):
            boxed = bool(kept) and kept[-1].text == "boxed"
            bare = kind == "lbrace" and spot in paired.holds_relation
            if bare and boxed:
                last = kept.pop()
                if not at_start():
                    kept.append(last)
                    bare = False
            if bare and at_start():
                frames.append("layout")
                dropped.add(partner[spot])
                continue
            if kind == "lbrace" and partner[spot] == spot + 1 and not _needs_braces(kept):
                dropped.add(spot + 1)
                frames.append("bracket")
                continue
            frames.append("bracket")
        elif kind in ("close", "rbrace", "end"):
            frames.pop()
        elif kind in PARTING:
            where = frames[-1] if frames else "layout"
            if where == "table":
                if kind == "sep":
                    continue
            elif where == "bracket":
                if kind == "amp":
                    message = "an & inside brackets was skipped"
                    repairs.append(Repair((token.start, token.end), message))
                continue
            else:
                if not _parts_statements(spot, tokens, kept):
                    continue
                token = token._replace(kind="row" if kind == "row" else "sep")
        kept.append(token)
    return kept


def _needs_braces(kept: list[Token]) -> bool:
    return bool(kept) and kept[-1].kind in ("sup", "sub", "macro", "rbrace")


def _is_layout(spot: int, paired: Paired, at_start: bool) -> bool:
    """Whether an environment only places statements: always aligned, sometimes an array."""
    name = paired.tokens[spot].text
    if name in CASES:
        return False
    if name in MATRICES:
        plain = name in ("array", "tabular")
        return plain and at_start and (spot in paired.holds_relation or _is_free(spot, paired))
    return True


def _is_free(spot: int, paired: Paired) -> bool:
    """Nothing is done to the array: it stands alone between statements."""
    after = paired.partner[spot] + 1
    if after >= len(paired.tokens):
        return True
    return paired.tokens[after].kind in PARTING | {"end", "label", "stop"}


def _parts_statements(spot: int, tokens: list[Token], kept: list[Token]) -> bool:
    """Whether a \\quad, & or line break stands between two statements."""
    token = tokens[spot]
    if not kept:
        return False
    before = kept[-1]
    if before.kind in CONTINUING or (before.kind == "comma" and token.kind == "amp"):
        return before.kind == "rel" and token.kind == "row" and before.text == "rightarrow"
    after = spot + 1
    while after < len(tokens) and tokens[after].kind in PARTING:
        if tokens[after].kind == "row" and token.kind != "row":
            return False
        after += 1
    if after >= len(tokens):
        return False
    following = tokens[after]
    if following.kind == "end":
        return token.kind == "row"
    if following.kind == "rel":
        return token.kind == "row" and before.kind not in PARTING
    if following.kind == "op":
        return False
    if following.kind == "plus":
        return token.kind == "row" and _row_has_relation(after, tokens)
    return True


def _row_has_relation(spot: int, tokens: list[Token]) -> bool:
    depth = 0
    for token in tokens[spot : spot + 400]:
        if token.kind in ("open", "lbrace", "begin"):
            depth += 1
        elif token.kind in ("close", "rbrace", "end"):
            depth -= 1
        if depth < 0 or (depth == 0 and token.kind == "row"):
            return False
        if depth == 0 and token.kind == "rel":
            return tokens[spot].text == "-"
    return False
