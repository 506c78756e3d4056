"""Tokens of a display --> tokens of its statements, with brackets paired and columns undone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from symbackprop.reading.braces import (
    PARTING,
    drop_bare_braces,
    is_argument,
    open_groups,
    write_fractions,
)
from symbackprop.reading.pairing import Paired, pair_brackets
from symbackprop.reading.spelling import BOXES, CASES, LAYOUTS, MATRICES
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import Repair

# what an environment behind a brace becomes
CASES_OF_BRACE = "cases"
CONTINUING = frozenset({"rel", "op", "plus"})


def arrange(tokens: list[Token], text: str, repairs: list[Repair]) -> Paired:
    r"""Drop layout: & between columns, \quad inside an expression, rows that only break a line.

    What is left of \\ and \quad are the tokens "row" and "sep" between statements, and & and \\
    inside matrices and cases.

    Raises
    ------
    ReadError
        A bracket, brace or environment that is not closed.
    """
    paired = pair_brackets(drop_bare_braces(write_fractions(tokens)), text, repairs)
    opened = open_groups(paired)
    if len(opened) < len(paired.tokens):
        paired = pair_brackets(opened, text, [])
    kept = _Layout(paired, repairs).drop()
    return paired if kept == paired.tokens else pair_brackets(kept, text, [])


class _Layout:
    """One walk over the tokens, with a stack of what they stand in: a layout, whose columns and
    rows part statements; a table, whose columns and rows mean something; a stack of lines below a
    sum; or brackets."""

    def __init__(self, paired: Paired, repairs: list[Repair]) -> None:
        self.paired, self.repairs = paired, repairs
        self.tokens, self.partner = paired.tokens, paired.partner
        self.kept: list[Token] = []
        self.frames: list[str] = []
        self.dropped: set[int] = set()
        # an empty column and a blank, before a row that goes on with a product
        self.joined: set[int] = set()
        # wide blanks between values and their conditions
        self.gaps: set[int] = set()

    def drop(self) -> list[Token]:
        for spot, token in enumerate(self.tokens):
            kind = token.kind
            if spot in self.dropped:
                if kind in ("end", "rbrace", "close") and self.frames:
                    self.frames.pop()
            elif kind == "begin":
                self._begin(spot, token)
            elif kind in ("open", "lbrace"):
                self._open(spot, token)
            elif kind in ("close", "rbrace", "end"):
                self.frames.pop()
                self.kept.append(token)
            elif kind in PARTING:
                self._part(spot, token)
            elif kind != "label" or self.frame == "layout":
                self.kept.append(token)
        return self.kept

    @property
    def frame(self) -> str:
        return self.frames[-1] if self.frames else "layout"

    def _is_start(self, kept: Sequence[Token]) -> bool:
        """Whether a statement begins behind these tokens."""
        if self.frame != "layout":
            return False
        return not kept or kept[-1].kind in PARTING | {"label"} or kept[-1].text == "rightarrow"

    def _mend(self, token: Token, message: str) -> None:
        self.repairs.append(Repair((token.start, token.end), message))

    def _begin(self, spot: int, token: Token) -> None:
        if not _is_layout(spot, self.paired, self._is_start(self.kept)):
            self.frames.append("table")
            self.kept.append(token)
            if token.text in CASES:
                self.gaps |= _find_gaps(spot, self.paired)
            return
        self._unframe(spot)
        if token.text not in LAYOUTS | CASES and token.text not in MATRICES:
            self._mend(token, f"the environment {token.text} is not known; its rows were read")

    def _unframe(self, spot: int) -> None:
        """What opens here only places statements: both its ends are left out."""
        self.frames.append("layout")
        self.dropped.add(self.partner[spot])

    def _open(self, spot: int, token: Token) -> None:
        if token.kind == "open" and self._braces_rows(spot, token):
            if self._is_start(self.kept[-1:]):
                self._unframe(spot)
                return
            self._make_cases(spot)
            return
        command = self.kept[-1] if self.kept and self.kept[-1].kind == "macro" else None
        if token.kind == "lbrace" and spot in self.paired.holds_relation:
            boxed = command is not None and command.text in BOXES
            if self._is_start(self.kept[-2:-1] if boxed else self.kept[-1:]):
                del self.kept[len(self.kept) - boxed :]
                self._unframe(spot)
                return
        is_empty = token.kind == "lbrace" and self.partner[spot] == spot + 1
        if is_empty and not is_argument(spot, self.paired):
            self._drop_empty(spot)
            return
        stacked = command is not None and command.text == "substack"
        self.frames.append("stack" if stacked else "bracket")
        self.kept.append(token)

    def _braces_rows(self, spot: int, token: Token) -> bool:
        r"""\left\{ rows \right. : equations of a system, or the cases of a value."""
        end = self.partner[spot]
        rows = self.tokens[spot + 1]
        if token.text != "{" or self.tokens[end].text != "." or rows.kind != "begin":
            return False
        return self.partner[spot + 1] == end - 1

    def _make_cases(self, spot: int) -> None:
        for at in (spot + 1, self.partner[spot + 1]):
            self.tokens[at] = self.tokens[at]._replace(text=CASES_OF_BRACE)
        self.frames.append("bracket")
        self.dropped.add(self.partner[spot])

    def _drop_empty(self, spot: int) -> None:
        """{}^p E: the script has nothing before it."""
        self.dropped.add(spot + 1)
        self.frames.append("bracket")
        after = self.tokens[spot + 2] if spot + 2 < len(self.tokens) else None
        if after is not None and after.kind in ("sup", "sub") and after.text[0] != "~":
            self.tokens[spot + 2] = after._replace(text="~" + after.text)

    def _part(self, spot: int, token: Token) -> None:
        if self.frame == "table":
            if spot in self.gaps:
                self.kept.append(token._replace(kind="amp"))
            elif token.kind != "sep":
                self.kept.append(token)
        elif self.frame == "stack":
            self.kept.append(token._replace(kind="comma", text=","))
        elif self.frame == "bracket":
            if token.kind == "amp":
                self._mend(token, "an & inside brackets was skipped")
        elif self._parts_statements(spot):
            self.kept.append(token._replace(kind="row" if token.kind == "row" else "sep"))

    @cached_property
    def _nexts(self) -> list[tuple[int, bool]]:
        """For each place the next token from there on that parts nothing, and whether a line ends
        before it."""
        found = [(len(self.tokens), False)]
        for spot in reversed(range(len(self.tokens))):
            kind = self.tokens[spot].kind
            after, ends_line = found[-1]
            found.append((after, ends_line or kind == "row") if kind in PARTING else (spot, False))
        return found[::-1]

    def _parts_statements(self, spot: int) -> bool:
        """Whether a \\quad, & or line break stands between two statements."""
        token = self.tokens[spot]
        if not self.kept or spot in self.joined:
            return False
        before = self.kept[-1]
        if before.kind in CONTINUING or (before.kind == "comma" and token.kind == "amp"):
            return before.kind == "rel" and token.kind == "row" and before.text == "rightarrow"
        after, ends_line = self._nexts[spot + 1]
        if after == len(self.tokens) or (ends_line and token.kind != "row"):
            return False
        kind = self.tokens[after].kind
        if token.kind == "row" and self._goes_on(spot, after):
            self.joined |= set(range(spot + 1, after))
            return False
        if kind == "end":
            return token.kind == "row"
        if kind == "rel":
            return token.kind == "row" and before.kind not in PARTING
        if kind == "plus":
            return token.kind == "row" and _row_has_relation(after, self.tokens)
        return kind != "op"

    def _goes_on(self, spot: int, after: int) -> bool:
        r"""\\ & \quad x^T: a row that is set off below its equation, and states nothing itself."""
        kinds = [token.kind for token in self.tokens[spot + 1 : after]]
        if kinds != ["amp", "sep"] or self.tokens[after].kind in ("text", "rel", "end"):
            return False
        row = self.tokens[after : self._find_row_end(after)]
        return all(token.kind not in ("rel", "amp", "sep", "text") for token in row)

    def _find_row_end(self, spot: int) -> int:
        while spot < len(self.tokens) and self.tokens[spot].kind not in ("row", "end"):
            spot += 1
        return spot


def _is_layout(spot: int, paired: Paired, at_start: bool) -> bool:
    """Whether an environment only places statements: always aligned, sometimes an array."""
    name = paired.tokens[spot].text
    if name in CASES:
        return at_start and _is_free(spot, paired) and _lists_equations(spot, paired)
    if name in MATRICES:
        plain = name in ("array", "tabular")
        return plain and at_start and (spot in paired.holds_relation or _is_free(spot, paired))
    return True


def _find_gaps(spot: int, paired: Paired) -> set[int]:
    r"""Of each row without & the first \quad: 1 \quad x > 0."""
    found: set[int] = set()
    gap, parted = -1, False
    at, end = spot + 1, paired.partner[spot]
    while at <= end:
        token = paired.tokens[at]
        if token.kind in ("row", "end"):
            if gap >= 0 and not parted:
                found.add(gap)
            gap, parted = -1, False
        elif token.kind == "amp":
            parted = True
        elif token.kind == "sep" and gap < 0:
            gap = at
        at = paired.partner[at] + 1 if token.kind in ("open", "lbrace", "begin") else at + 1
    return found


def _lists_equations(spot: int, paired: Paired) -> bool:
    r"""Whether each row between \begin{cases} and \end{cases} is an equation, without condition."""
    at, end = spot + 1, paired.partner[spot]
    equates = parted = False
    while at <= end:
        token = paired.tokens[at]
        if token.kind in ("row", "end"):
            if not equates and not (token.kind == "end" and not parted):
                return False
            equates = parted = False
        elif token.kind == "rel" and token.text in ("=", ":="):
            equates = True
        elif token.kind == "text" or (token.kind == "amp" and equates):
            return False
        parted = parted or token.kind not in ("row", "amp", "sep")
        at = paired.partner.get(at, at) + 1 if token.kind in ("open", "lbrace", "begin") else at + 1
    return True


def _is_free(spot: int, paired: Paired) -> bool:
    """Nothing is done to the array: it stands alone between statements."""
    after = paired.partner[spot] + 1
    if after >= len(paired.tokens):
        return True
    return paired.tokens[after].kind in PARTING | {"end", "label", "stop"}


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
