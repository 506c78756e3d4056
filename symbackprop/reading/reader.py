"""Where the reading of a formula stands, and what its parts may ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import NoReturn

from symbackprop.reading.pairing import Paired
from symbackprop.reading.spelling import CONNECTIVES, DOTS, STARTS, is_other_script
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import Listed, Node, ReadError, Repair, Script, Words


class Reader(ABC):
    """The tokens of a formula, the next one, how deep, which style.

    A fraction holds expressions, and an expression fractions: what is read by turns is declared
    here, so that each kind of part can stand in a file of its own.
    """

    def __init__(
        self,
        paired: Paired,
        text: str,
        repairs: list[Repair],
        transposes: frozenset[str],
        indices: frozenset[str],
    ) -> None:
        self.tokens, self.partner = paired.tokens, paired.partner
        self.holds_relation = paired.holds_relation
        self.length = len(self.tokens)
        self.text, self.repairs = text, repairs
        self.transposes, self.indices = transposes, indices
        self.spot = 0
        self.depth = 0
        self.script_depth = 0
        self.style = ""
        # the number of which TeX took only the first digit, and where that digit ends
        self.halved = (-1, 0)

    @property
    def token(self) -> Token | None:
        """The next token, None at the end."""
        return self.tokens[self.spot] if self.spot < self.length else None

    @property
    def last_end(self) -> int:
        """Where the token before the next one ends."""
        if self.halved[0] == self.spot:
            return self.halved[1]
        return self.tokens[self.spot - 1].end if self.spot else 0

    @property
    def begins_line(self) -> bool:
        """Whether nothing is before the next token, in its line or since a wide blank."""
        return self.spot == 0 or self.tokens[self.spot - 1].kind in ("row", "sep")

    def peek(self, spot: int) -> Token | None:
        return self.tokens[spot] if spot < self.length else None

    def at(self, kind: str, said: str | None = None) -> bool:
        if self.spot >= self.length:
            return False
        token = self.tokens[self.spot]
        return token.kind == kind and (said is None or token.text == said)

    def advance(self) -> Token:
        token = self.token
        if token is None:
            self.refuse("the formula ends too early")
        self.spot += 1
        return token

    def refuse(self, message: str) -> NoReturn:
        token = self.token
        raise ReadError(message, self.text, token.start if token is not None else self.last_end)

    def mend(self, message: str, token: Token | None = None) -> None:
        token = token or self.token
        span = (token.start, token.end) if token is not None else (self.last_end, self.last_end)
        self.repairs.append(Repair(span, message))

    def is_dots(self, spot: int | None = None) -> bool:
        token = self.peek(self.spot if spot is None else spot)
        return token is not None and token.kind == "macro" and token.text in DOTS

    def is_words(self, spot: int | None = None) -> bool:
        """Running text, or brackets that begin with it: (for all i)."""
        spot = self.spot if spot is None else spot
        token = self.peek(spot)
        if token is None:
            return False
        if token.kind == "open":
            spot += 1
            token = self.peek(spot)
            if token is not None and token.kind == "rel" and token.text == "=":
                # a remark: (= \delta)
                return True
        if token is None or token.kind != "text":
            return False
        if token.text in ("_", "&", "#", "$", "%"):
            return False
        bare = token.text.strip(" .,:;()").lower()
        if " " in token.text or bare in CONNECTIVES or not any(map(str.isalpha, bare)):
            return True
        if token.text.endswith((":", ",", ".", ";")):
            return True
        return is_other_script(token.text) and self._stands_in_a_sentence(spot)

    def _stands_in_a_sentence(self, spot: int) -> bool:
        """A word of a script without blanks is a name only where signs say so."""
        token = self.peek(spot + 1)
        return token is not None and token.kind in STARTS and token.kind != "open"

    def read_words(self) -> Words:
        token = self.token
        assert token is not None
        if token.kind == "open":
            end = self.tokens[self.partner[self.spot]].end
            self.spot = self.partner[self.spot] + 1
            return Words((token.start, end), self.text[token.start : end])
        self.advance()
        return Words((token.start, token.end), token.text)

    def lists_dots(self) -> bool:
        """Whether the comma here goes on a list with dots in it: 1, 2, \\ldots, n."""
        return self.spot in self._before_dots

    def lists_numbers(self) -> bool:
        """Whether nothing but numbers follow up to the end of the line, i = 1, 2, 3."""
        return self.tokens[self.spot - 1].kind == "number" and self.spot in self._before_numbers

    @cached_property
    def _before_numbers(self) -> set[int]:
        """Commas with nothing but numbers behind them, from right to left."""
        found: set[int] = set()
        for spot in reversed(range(self.length - 1)):
            if self.tokens[spot].kind != "comma" or self.tokens[spot + 1].kind != "number":
                continue
            after = self.peek(spot + 2)
            if after is None or after.kind in ("row", "sep", "stop") or spot + 2 in found:
                found.add(spot)
        return found

    @cached_property
    def _before_dots(self) -> set[int]:
        """Commas that dots follow, with nothing but listed things between, from right to left."""
        found: set[int] = set()
        leads, outer = False, []
        for spot in reversed(range(len(self.tokens))):
            token = self.tokens[spot]
            if token.kind in ("close", "rbrace", "end"):
                outer.append(leads)
                leads = False
            elif token.kind in ("open", "lbrace", "begin"):
                leads = outer.pop() if outer else False
            elif token.kind in ("rel", "sep", "row", "label", "stop", "text"):
                leads = False
            elif token.kind == "comma":
                leads = leads or self.is_dots(spot + 1)
                if leads:
                    found.add(spot)
        return found

    def is_prescript(self) -> bool:
        r"""Whether a script belongs to what comes after it: \eta \ ^p E, since a printed blank is
        before it; a transpose, or one with nothing behind it, belongs to what was before."""
        token = self.token
        if token is None or token.kind not in ("sup", "sub") or token.text[0] != "~":
            return False
        first = self.peek(self.spot + 1)
        if first is None:
            return False
        last = self.partner[self.spot + 1] if first.kind == "lbrace" else self.spot + 1
        said = {inner.text for inner in self.tokens[self.spot + 1 : last + 1]}
        after = self.peek(last + 1)
        if said & (self.transposes | {"'"}) or after is None:
            return False
        return after.kind in STARTS and after.kind != "open"

    # --- read by turns: see `expressions` ------------------------------------------------------

    @abstractmethod
    def read_list(self, end: int) -> tuple[Node, ...]: ...

    @abstractmethod
    def read_row_of(self, first: Node) -> Listed: ...

    @abstractmethod
    def read_relation(self, links: int = 0) -> Node: ...

    @abstractmethod
    def read_expression(self) -> Node: ...

    @abstractmethod
    def read_signed(self) -> Node: ...

    @abstractmethod
    def read_product(self) -> Node: ...

    @abstractmethod
    def read_factor(self) -> Node: ...

    @abstractmethod
    def read_lower(self) -> list[Script]: ...

    @abstractmethod
    def read_script_content(self) -> tuple[Node, ...]: ...

    @abstractmethod
    def read_single(self) -> Node: ...

    @abstractmethod
    def read_argument(self) -> Node: ...

    @abstractmethod
    def read_braces(self) -> Node: ...
