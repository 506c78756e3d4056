"""Where the reading of a formula stands, and what its parts may ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from symbackprop.reading.layout import Paired
from symbackprop.reading.spelling import CONNECTIVES, DOTS
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
        self.text, self.repairs = text, repairs
        self.transposes, self.indices = transposes, indices
        self.spot = 0
        self.depth = 0
        self.style = ""
        # the number of which TeX took only the first digit, and where that digit ends
        self.halved = (-1, 0)

    @property
    def token(self) -> Token | None:
        """The next token, None at the end."""
        return self.tokens[self.spot] if self.spot < len(self.tokens) else None

    @property
    def last_end(self) -> int:
        """Where the token before the next one ends."""
        if self.halved[0] == self.spot:
            return self.halved[1]
        return self.tokens[self.spot - 1].end if self.spot else 0

    def peek(self, spot: int) -> Token | None:
        return self.tokens[spot] if spot < len(self.tokens) else None

    def at(self, kind: str, said: str | None = None) -> bool:
        token = self.token
        return token is not None and token.kind == kind and (said is None or token.text == said)

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
        if token is None or token.kind != "text":
            return False
        if token.text in ("_", "&", "#", "$", "%"):
            return False
        bare = token.text.strip(" .,:;()").lower()
        return " " in token.text or bare in CONNECTIVES or not any(map(str.isalpha, bare))

    def read_words(self) -> Words:
        token = self.token
        assert token is not None
        if token.kind == "open":
            end = self.tokens[self.partner[self.spot]].end
            self.spot = self.partner[self.spot] + 1
            return Words((token.start, end), self.text[token.start : end])
        self.advance()
        return Words((token.start, token.end), token.text)

    # --- read by turns: see `expressions` ------------------------------------------------------

    @abstractmethod
    def read_list(self, end: int) -> tuple[Node, ...]: ...

    @abstractmethod
    def read_row_of(self, first: Node) -> Listed: ...

    @abstractmethod
    def read_relation(self) -> Node: ...

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
