"""Text of a formula --> tokens that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symbackprop.reading.spelling import (
    CODE_OPTIONS,
    CODE_WORDS,
    DELIMITERS,
    OPERATORS,
    RELATIONS,
    SCRIPT_WORDS,
    SEPARATORS,
    SKIPPED,
    SKIPPED_WITH_ARGUMENT,
    TEXTS,
    UNICODE,
    WORD_ENDINGS,
    WORDS,
)
from symbackprop.reading.tree import ReadError, Repair

LONGEST_FORMULA = 20_000
LONGEST_NUMBER = 60


class Token(NamedTuple):
    """A piece of a formula: what kind, what it says, its offsets, whether a space is before it."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


_PIECE = re.compile(
    r"""
    (?P<space>\s+|~)
  | (?P<comment>%[^\n]*(?:\n|$))
  | (?P<row>\\\\\*?(?:\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?)
  | (?P<macro>\\[A-Za-z]+\*?)
  | (?P<escaped>\\.|\\$)
  | (?P<number>\d+\.\d+|(?<![\d)\]}])\.\d+|\d+)
  | (?P<turned>(?<=[}\])\w])\.T(?![A-Za-z]))
  | (?P<letters>np\.[a-z]+|[A-Za-z]+)
  | (?P<relation>:=|<-|->|=>|<=|>=|==|!=|[=<>])
  | (?P<operator>\.\*|\*|/)
  | (?P<bars>\|\|?)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "==": "=", "<-": "leftarrow", "->": "rightarrow", "=>": "rightarrow",
    "<=": "leq", ">=": "geq", "!=": "neq",
}  # fmt: skip
_SINGLE = {
    "{": "lbrace", "}": "rbrace", "^": "sup", "_": "sub", "'": "prime", "+": "plus", "-": "plus",
    ",": "comma", ";": "comma", ".": "stop", "&": "amp", ":": "rel",
    "(": "open", "[": "open", ")": "close", "]": "close",
}  # fmt: skip
_LABELLED = re.compile(r"\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*(?:\{\s*)?(:?=|<|>|\\[a-zA-Z]+)(?:\s*\})?")
_SIZES = re.compile(r"(?:[bB]igg?)[lrm]?")
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9 ,\\\-]*")


def split_formula(
    text: str,
    repairs: list[Repair],
    words: frozenset[str] = frozenset(),
    mend_comment: bool = False,
) -> list[Token]:
    """The tokens of a formula; spaces and comments are gone, digits are numbers.

    A comma between digits is a decimal comma unless the formula has decimal points, or the
    comma stands below a name or in brackets that list whole numbers: 0,15 but (0,1) and x_{1,2}.

    Raises
    ------
    ReadError
        A formula that is too long, a NUL byte, a group that is not closed after a macro that
        takes text.

    >>> [token.text for token in split_formula(r"0,15 * w_{1,2}", [])]
    ['0,15', '*', 'w', '_', '{', '1', ',', '2', '}']
    """
    if len(text) > LONGEST_FORMULA:
        raise ReadError(f"the formula is longer than {LONGEST_FORMULA} characters", text, 0)
    if "\0" in text:
        raise ReadError("a NUL byte cannot stand in a formula", text, text.index("\0"))
    return list(_Splitter(text, repairs, words | _find_roman_words(text), mend_comment).split())


def _find_roman_words(text: str) -> frozenset[str]:
    r"""Words set upright somewhere are words where they are not: \mathrm{cost} ... cost."""
    found = re.findall(r"\\(?:mathrm|operatorname\*?|text|textrm)\{([A-Za-z]{2,})\}", text)
    return frozenset(found)


def find_decimal_commas(text: str) -> frozenset[int]:
    r"""Offsets of the commas that are decimal marks.

    >>> sorted(find_decimal_commas("0,15 + (0,1)"))
    [1]
    """
    candidates = [
        match.end() - 1
        for match in re.finditer(r"\d+,(?=\d)", text)
        if not re.match(r"\d+\.\d", text[match.start() :])
    ]
    if not candidates:
        return frozenset()
    whole = re.sub(r"\\\\\[[^\]]*\]", "", text)
    if re.search(r"\d\.\d", whole):
        return frozenset()
    listed = _find_listing_commas(text, frozenset(candidates))
    return frozenset(candidates) - listed


def _find_listing_commas(text: str, candidates: frozenset[int]) -> frozenset[int]:
    """Commas below a name, or in brackets that hold only whole numbers: (0,1), [1,0,0]."""
    listed: set[int] = set()
    frames: list[tuple[int, list[int]]] = []
    for offset, character in enumerate(text):
        if character in "([{":
            frames.append((offset, []))
        elif character in ")]}" and frames:
            start, commas = frames.pop()
            inside = text[start + 1 : offset].rstrip("\\")
            below = text[start] == "{" and text[:start].rstrip().endswith("_")
            # braces that are not printed group, they do not list: e^{-0,3}
            printed = text[start] != "{" or text[start - 1 : start] == "\\"
            if commas and (below or (printed and _lists_whole_numbers(inside))):
                listed.update(commas)
        elif offset in candidates and frames:
            frames[-1][1].append(offset)
    return frozenset(listed)


def _lists_whole_numbers(inside: str) -> bool:
    items = [item.strip() for item in inside.split(",")]
    if not all(re.fullmatch(r"-?(?:0|[1-9]\d*)", item) for item in items):
        return False
    return len(items) > 2 or not (items[0] in ("0", "-0") and len(items[1]) > 1)


class _Splitter:
    """One pass over the text, from left to right."""

    def __init__(
        self, text: str, repairs: list[Repair], words: frozenset[str], mend_comment: bool
    ) -> None:
        self.text, self.repairs, self.mend_comment = text, repairs, mend_comment
        self.words = words
        self.decimal_commas = find_decimal_commas(text)
        self.place = 0
        self.spaced = False
        self.below: list[bool] = []
        self.expects_script = False

    def split(self) -> Iterator[Token]:
        while self.place < len(self.text):
            match = _PIECE.match(self.text, self.place)
            if match is None:
                raise ReadError("this cannot be read", self.text, self.place)
            start, self.place = self.place, match.end()
            kind = match.lastgroup or "other"
            produced = False
            for token in getattr(self, "_split_" + kind)(match.group(), start):
                produced = True
                self.expects_script = token.kind == "sub"
                yield token
            self.spaced = not produced

    def _token(self, kind: str, said: str, start: int, end: int | None = None) -> Token:
        return Token(kind, said, start, self.place if end is None else end, self.spaced)

    def _split_space(self, piece: str, start: int) -> Iterator[Token]:
        return iter(())

    def _split_comment(self, piece: str, start: int) -> Iterator[Token]:
        if self.mend_comment and not piece.endswith("\n") and "\\" in piece:
            self.place = start + piece.index("\\")
            message = "the line break after a comment is missing: only its words were skipped"
            self.repairs.append(Repair((start, self.place), message))
        return iter(())

    def _split_row(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("row", piece, start)

    def _split_bars(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("bar", piece, start)

    def _split_relation(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("rel", _SIGNS.get(piece, piece), start)

    def _split_turned(self, piece: str, start: int) -> Iterator[Token]:
        """A.T is the transpose in code."""
        yield Token("sup", "^", start, start + 1)
        yield Token("letter", "T", start + 1, self.place)

    def _split_operator(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("op", piece, start)

    def _split_number(self, piece: str, start: int) -> Iterator[Token]:
        if "." not in piece:
            tail = re.compile(r"\{,\}\d+").match(self.text, self.place)
            if tail is None and self.place in self.decimal_commas:
                tail = re.compile(r",\d+").match(self.text, self.place)
            if tail is not None:
                self.place = tail.end()
        said = self.text[start : self.place].replace("{,}", ",")
        if len(said) > LONGEST_NUMBER:
            raise ReadError(f"a number of more than {LONGEST_NUMBER} digits", self.text, start)
        yield self._token("number", said, start)

    def _split_letters(self, piece: str, start: int) -> Iterator[Token]:
        for said, offset in self._divide_letters(piece):
            kind = "word" if len(said) > 1 else "letter"
            begin = start + offset
            spaced = self.spaced and offset == 0
            yield Token(kind, said, begin, begin + len(said), spaced)

    def _divide_letters(self, piece: str) -> Iterator[tuple[str, int]]:
        """A run of letters --> words and single letters: net | wx --> w x | dnet --> d net."""
        if "." in piece and piece not in CODE_WORDS:
            at = self.place - len(piece) + piece.index(".")
            raise ReadError("a point inside a name: this looks like code", self.text, at)
        if self._is_word(piece):
            yield piece, 0
            return
        head, rest = 0, piece
        if piece[0] == "d" and self._is_word(piece[1:]):
            yield "d", 0
            yield piece[1:], 1
            return
        ending = next((word for word in WORD_ENDINGS if piece.endswith(word)), "")
        rest = piece[: len(piece) - len(ending)]
        for head, letter in enumerate(rest):
            yield letter, head
        if ending:
            yield ending, len(rest)

    def _is_word(self, piece: str) -> bool:
        if len(piece) < 2:
            return False
        if piece in WORDS or piece in self.words:
            return True
        if piece in CODE_OPTIONS:
            return "np." in self.text or "sum" in self.text
        in_script = bool(self.below and self.below[-1])
        return in_script and (len(piece) >= 4 or piece in SCRIPT_WORDS)

    def _split_other(self, piece: str, start: int) -> Iterator[Token]:
        if piece in UNICODE:
            yield from self._spell_macro(UNICODE[piece], start)
            return
        if piece == "{":
            self.below.append(self.expects_script)
        elif piece == "}" and self.below:
            self.below.pop()
        around = self.text[max(0, start - 1) : start] + self.text[self.place : self.place + 1]
        if piece == "." and len(around) == 2 and around.isalpha():
            raise ReadError("a point inside a name: this looks like code", self.text, start)
        kind = _SINGLE.get(piece)
        if kind is not None:
            yield self._token(kind, piece, start)
        elif piece.isalpha():
            yield self._token("letter", piece, start)
        else:
            raise ReadError(f"the character {piece!r} cannot stand in a formula", self.text, start)

    def _split_escaped(self, piece: str, start: int) -> Iterator[Token]:
        said = piece[1:]
        if said == "|":
            yield self._token("bar", "||", start)
        elif said in ("{", "}"):
            yield self._token("open" if said == "{" else "close", said, start)
        elif said in ("_", "&", "%", "#", "$"):
            yield self._token("text", said, start)
        elif said in ("(", ")", "[", "]"):
            message = rf"\{said} begins or ends a display; it was skipped"
            self.repairs.append(Repair((start, self.place), message))
        elif said not in (",", ";", ":", "!", "/", "-", ">", " ", "\n", "\t", "\r", ""):
            raise ReadError(f"\\{said} cannot stand in a formula", self.text, start)

    def _split_macro(self, piece: str, start: int) -> Iterator[Token]:
        name = piece[1:].rstrip("*")
        if piece.endswith("*") and name not in ("operatorname", "hspace", "tag", "vspace"):
            self.place -= 1
        if name in ("begin", "end"):
            yield self._split_environment(name, start)
        elif name in ("left", "right", "middle") or _SIZES.fullmatch(name):
            yield from self._split_delimiter(name, start)
        elif name in ("overset", "underset", "stackrel") and (sign := self._take_labelled_sign()):
            yield self._token("rel", sign, start)
        elif name in TEXTS:
            yield from self._split_text(name, start)
        elif name in ("tag", "label"):
            yield self._token("label", self._take_argument(start), start)
        elif name in ("operatorname", "mathrm", "mathop"):
            yield from self._split_roman(name, start)
        elif name in SKIPPED_WITH_ARGUMENT:
            self._take_argument(start)
        elif name == "hspace":
            if _is_wide(self._take_argument(start)):
                yield self._token("sep", name, start)
        else:
            yield from self._spell_macro(name, start)

    def _take_labelled_sign(self) -> str:
        r"""\overset{!}{=} --> =; "" and nothing taken where the body is no sign."""
        match = _LABELLED.match(self.text, self.place)
        if match is None:
            return ""
        said = match.group(1)
        sign = RELATIONS.get(said[1:], "") if said.startswith("\\") else _SIGNS.get(said, said)
        if sign:
            self.place = match.end()
        return sign

    def _spell_macro(self, name: str, start: int) -> Iterator[Token]:
        if name in SKIPPED:
            return
        if name in SEPARATORS:
            yield self._token(SEPARATORS[name], name, start)
        elif name in RELATIONS:
            yield self._token("rel", RELATIONS[name], start)
        elif name in OPERATORS:
            yield self._token("op", OPERATORS[name], start)
        elif name in DELIMITERS:
            yield self._token(*DELIMITERS[name], start)
        elif name in ("pm", "mp"):
            yield self._token("plus", "±", start)
        elif name in ("Vert", "vert"):
            yield self._token("bar", "||" if name == "Vert" else "|", start)
        elif name == "prime":
            yield self._token("prime", "'", start)
        elif name in ("+", "-"):
            yield self._token("plus", name, start)
        else:
            yield self._token("macro", name, start)

    def _split_environment(self, name: str, start: int) -> Token:
        environment = self._take_argument(start).strip().rstrip("*")
        if name == "begin":
            if environment in ("array", "tabular", "alignat", "alignedat", "subarray"):
                self._skip_option()
                self._take_argument(start)
            elif environment in ("aligned", "gathered", "split", "matrix"):
                self._skip_option()
        return self._token(name, environment, start)

    def _skip_option(self) -> None:
        match = re.compile(r"\s*\[[a-z]\]").match(self.text, self.place)
        if match is not None:
            self.place = match.end()

    def _split_delimiter(self, name: str, start: int) -> Iterator[Token]:
        r"""\left( is an open bracket, \big| a bar, \right. the end of what \left opened."""
        match = re.compile(r"\s*(\\[A-Za-z]+|\\.|.)").match(self.text, self.place)
        if match is None:
            message = f"\\{name} without a bracket was skipped"
            self.repairs.append(Repair((start, self.place), message))
            return
        said = match.group(1)
        bare = said[1:] if said.startswith("\\") and len(said) > 2 else said
        if bare in DELIMITERS:
            said = DELIMITERS[bare][1]
        said = {r"\{": "{", r"\}": "}", r"\|": "||", "Vert": "||", "vert": "|"}.get(bare, said)
        side = "open" if name == "left" or said in "([{<⌊⌈" else "close"
        if said not in (
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            "||",
            "<",
            ">",
            ".",
            "/",
            "⌊",
            "⌋",
            "⌈",
            "⌉",
        ):
            message = f"\\{name} without a bracket was skipped"
            self.repairs.append(Repair((start, self.place), message))
            return
        self.place = match.end()
        if said == "/":
            yield self._token("op", "/", start)
        elif name == "middle" or (name not in ("left", "right") and said in ("|", "||")):
            yield self._token("rel" if name == "middle" else "bar", said, start)
        elif name in ("left", "right"):
            yield self._token("open" if name == "left" else "close", said, start)
        elif said != ".":
            yield self._token(side, said, start)

    def _split_text(self, name: str, start: int) -> Iterator[Token]:
        said = " ".join(self._take_argument(start).replace("~", " ").split())
        if name == "textbf" and len(said) == 1:
            yield self._token("bold", said, start)
        elif said:
            yield self._token("text", said, start)

    def _split_roman(self, name: str, start: int) -> Iterator[Token]:
        """Upright letters are one word; anything else upright is read as if it were slanted."""
        begin, spot = self.place, self.spaced
        said = self._take_argument(start)
        if _PLAIN_TEXT.fullmatch(said) and re.search("[A-Za-z]", said):
            joined = re.sub(r"\\[,;! ]|[ ]", "", said)
            if "\\" not in joined and "," not in joined:
                kind = "roman" if len(joined) > 1 else "letter"
                yield Token(kind, joined, start, self.place, spot)
                return
        self.place = begin

    def _take_argument(self, start: int) -> str:
        """What stands in the braces that follow (or the one character), without reading it."""
        match = re.compile(r"\s*").match(self.text, self.place)
        self.place = match.end() if match else self.place
        if self.place >= len(self.text):
            raise ReadError("this needs something after it", self.text, start)
        if self.text[self.place] != "{":
            single = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL).match(self.text, self.place)
            self.place = single.end() if single else self.place + 1
            return single.group() if single else ""
        begin, depth = self.place + 1, 0
        for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text, self.place):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                self.place = match.end()
                return self.text[begin : match.start()]
        raise ReadError("this brace is not closed", self.text, begin - 1)


def _is_wide(length: str) -> bool:
    r"""Whether \hspace{...} parts two statements: 0.5in and 1cm do, 2pt does not."""
    match = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*([a-z]+)\s*", length)
    if match is None:
        return "width" in length
    number, unit = float(match.group(1)), match.group(2)
    points = {"in": 72.0, "cm": 28.0, "mm": 2.8, "em": 10.0, "ex": 4.3, "mu": 0.6}.get(unit, 1.0)
    return number * points >= 7
