"""Which bracket, brace and environment closes which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symbackprop.reading.spelling import CLOSERS
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import ReadError, Repair

# after these an operand is due, so a bar opens
AWAITING = frozenset({"bar", "plus", "op", "rel", "open", "comma"})
OPENERS = {"rbrace": "lbrace", "close": "open", "end": "begin"}
MOST_FRAMES = 180


@dataclass
class Paired:
    """Tokens, the partner of every bracket (both ways), and which brackets hold a relation."""

    tokens: list[Token]
    partner: dict[int, int] = field(default_factory=dict)
    holds_relation: set[int] = field(default_factory=set)


def pair_brackets(tokens: Sequence[Token], text: str, repairs: list[Repair]) -> Paired:
    """Find what closes what; a bar without a partner becomes the sign | (given).

    Raises
    ------
    ReadError
        Something that is not closed, or closed by something else; too much that is open.
    """
    return _Pairing(tokens, text, repairs).pair()


class _Pairing:
    """One walk over the tokens; what is open lies on a stack."""

    def __init__(self, tokens: Sequence[Token], text: str, repairs: list[Repair]) -> None:
        self.tokens, self.text, self.repairs = tokens, text, repairs
        self.kept: list[Token] = []
        self.stack: list[int] = []
        self.partner: dict[int, int] = {}
        self.holds: set[int] = set()

    def pair(self) -> Paired:
        for number, token in enumerate(self.tokens):
            kind = token.kind
            if token.text in ("]", "[") and kind in OPENERS.values() | OPENERS.keys():
                kind = self._turn_bracket(token)
                token = token._replace(kind=kind)
            if kind == "bar":
                self._take_bar(token, number)
            elif kind in ("lbrace", "open", "begin"):
                self._open(token)
            elif kind in OPENERS:
                self._take_closing(token)
            else:
                self._take_other(token)
            if len(self.stack) > MOST_FRAMES:
                raise ReadError(f"more than {MOST_FRAMES} open brackets", self.text, token.start)
        self._drop_bars()
        if self.stack:
            unclosed = self.kept[self.stack[-1]]
            raise ReadError(f"{unclosed.text} is not closed", self.text, unclosed.start)
        return Paired(self.kept, self.partner, self.holds)

    def _open(self, token: Token) -> None:
        self.stack.append(len(self.kept))
        self.kept.append(token)

    def _close(self, token: Token) -> None:
        """The token closes what was opened last."""
        start = self.stack.pop()
        self.partner[start], self.partner[len(self.kept)] = len(self.kept), start
        self.kept.append(token)

    @property
    def _opened(self) -> Token | None:
        return self.kept[self.stack[-1]] if self.stack else None

    def _mend(self, token: Token, message: str) -> None:
        self.repairs.append(Repair((token.start, token.end), message))

    def _take_other(self, token: Token) -> None:
        if token.kind in ("amp", "row"):
            # |a| does not reach into the next column
            self._drop_bars()
        if token.kind == "rel" and self.stack:
            self.holds.add(self.stack[-1])
        self.kept.append(token)

    def _drop_bars(self) -> None:
        while self.stack and self.kept[self.stack[-1]].kind == "bar":
            spot = self.stack.pop()
            self.kept[spot] = self.kept[spot]._replace(kind="rel")

    def _take_bar(self, token: Token, number: int) -> None:
        opened = self._opened if self._opened is not None and self._opened.kind == "bar" else None
        follows = bool(self.kept) and self.kept[-1].kind not in AWAITING
        said = self.text[token.start : token.end]
        if opened is not None and opened.text == "|" and said == "||":
            # |a||b|: one bar closes, the next one opens
            self._close_bar(token._replace(text="|", end=token.start + 1))
            self._open(token._replace(text="|", start=token.start + 1))
        elif opened is not None and opened.text == token.text and follows:
            self._close_bar(token)
        elif opened is None and follows and self._is_lowered(number):
            # f'(x)|_{x = 1}: what is before it, there
            self.kept.append(token._replace(kind="at"))
        else:
            self._open(token)

    def _close_bar(self, token: Token) -> None:
        spot = self.stack[-1]
        self.kept[spot] = self.kept[spot]._replace(kind="open")
        self._close(token._replace(kind="close"))

    def _is_lowered(self, number: int) -> bool:
        return number + 1 < len(self.tokens) and self.tokens[number + 1].kind == "sub"

    def _take_closing(self, token: Token) -> None:
        self._drop_bars()
        if token.kind == "rbrace" and self._closes_script():
            opened = self.kept[self.stack[-1]]
            self._mend(token, f"a bracket {opened.text} is not closed before its braces are")
            said = CLOSERS.get(opened.text, ")")
            self._close(Token("close", said, token.start, token.start))
        opening = self._opened
        if opening is None or opening.kind != OPENERS[token.kind]:
            self._refuse_closing(token, opening)
            return
        if token.kind == "end" and opening.text != token.text:
            message = f"\\begin{{{opening.text}}} is ended by \\end{{{token.text}}}"
            raise ReadError(message, self.text, token.start)
        unlike = token.kind == "close" and CLOSERS.get(opening.text, ".") != token.text
        if opening.text == "]":
            self.kept[self.stack[-1]] = opening._replace(text="[")
        elif unlike and "." not in (opening.text, token.text):
            self._mend(token, f"a bracket {opening.text} is closed by {token.text}")
        self._close(token)

    def _refuse_closing(self, token: Token, opening: Token | None) -> None:
        if opening is not None and token.kind != "close":
            raise ReadError(f"{opening.text or 'this'} is not closed", self.text, opening.start)
        if opening is not None and opening.kind == "begin":
            raise ReadError("this bracket closes nothing", self.text, token.start)
        self._mend(token, f"{token.text} closes nothing; it was skipped")

    def _closes_script(self) -> bool:
        """h^{(k-1}: one bracket in the braces of a script is not closed."""
        if len(self.stack) < 2 or not self.stack[-2]:
            return False
        bracket, brace = self.kept[self.stack[-1]], self.kept[self.stack[-2]]
        before = self.kept[self.stack[-2] - 1]
        return (bracket.kind, brace.kind) == ("open", "lbrace") and before.kind in ("sup", "sub")

    def _turn_bracket(self, token: Token) -> str:
        """]0, 1[ is an interval without its ends: ] opens where something is due, [ closes it."""
        opened = self._opened if self._opened is not None and self._opened.kind == "open" else None
        due = not self.kept or self.kept[-1].kind in AWAITING
        if token.text == "]":
            return "open" if due and (opened is None or opened.text not in "[]") else "close"
        turned = opened is not None and opened.text == "]" and not due
        return "close" if turned else token.kind
