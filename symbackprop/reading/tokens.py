"""Text of a formula --> tokens that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from symbackprop.reading.spelling import (
    ALIASES,
    BIG_OPERATORS,
    CODE_OPTIONS,
    CODE_WORDS,
    COMMANDS,
    DELIMITERS,
    MODULES,
    OPERATORS,
    RAISED,
    RELATIONS,
    SAID,
    SCRIPT_WORDS,
    SEPARATORS,
    SKIPPED,
    SUMS,
    SUNK,
    SWITCHES,
    TEXTS,
    UNICODE,
    WORD_ENDINGS,
    WORDS,
    list_same_signs,
)
from symbackprop.reading.tree import ReadError, Repair

LONGEST_FORMULA = 100_000
LONGEST_NUMBER = 60
SHORTEST_WORD = 5
FARTHEST_CHOICE = 200


class Token(NamedTuple):
    """A piece of a formula: what kind, what it says, its offsets, whether a space is before it."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


# letters of words that are not written in ASCII, nor are they signs of mathematics
_FOREIGN = (
    r"À-ÖØ-öø-\u024f\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1e00-\u1eff"
    r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
)
_PIECE = re.compile(
    r"""
    (?P<space>\s+|~)
  | (?P<comment>%[^\n]*(?:\n|$))
  | (?P<row>\\\\\*?(?:\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?)
  | (?P<macro>\\[A-Za-z]+\*?)
  | (?P<escaped>\\.|\\$)
  | (?P<dots>\.{2,})
  | (?P<number>(?:1|\d+\.\d+|\d(?=e[-+]\d\d))[eE][-+]\d{1,3}(?![\w.])
      |\d{1,3}(?:\\,\d{3})+(?!\d)(?:\.\d+)?|\d+\.\d+|(?<![\d)\]}])\.\d+|\d+)
  | (?P<turned>(?<=[}\])\w])\.T(?![A-Za-z]))
  | (?P<code>(?<=[\w)\]}])\.dot(?=\s*\())
  | (?P<dotted>[A-Za-z]+(?:\.[A-Za-z_]+)+(?=\s*[(}]))
  | (?P<joined>[A-Za-z]+(?:\\_[A-Za-z0-9]+)+|[A-Za-z]{3,}_[A-Za-z]{4,})
  | (?P<counted>[A-Za-z]{3,}\d+[a-z]?(?=\s*\())
  | (?P<foreign>[A-Za-z]*[FOREIGN][A-Za-zFOREIGN]*)
  | (?P<letters>[A-Za-z]+)
  | (?P<relation>:\s*=(?!=)|=:|(?<![\^_{])[-+]=|<<|>>|<-|->|=>|<=|>=|==|!=|[=<>])
  | (?P<operator>\.\*|\*|/|@)
  | (?P<bars>\|\|?)
  | (?P<other>.)
    """.replace("FOREIGN", _FOREIGN),
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "=:": ":=", "<<": "<", ">>": ">", "<=": "leq", ">=": "geq", "!=": "neq",
    "<-": "leftarrow", "->": "rightarrow", "=>": "rightarrow",
}  # fmt: skip
_SINGLE = {
    "{": "lbrace", "}": "rbrace", "^": "sup", "_": "sub", "'": "prime", "+": "plus", "-": "plus",
    ",": "comma", ";": "comma", ".": "stop", "&": "amp", ":": "rel",
    "(": "open", "[": "open", ")": "close", "]": "close",
}  # fmt: skip
_LABELLED = re.compile(r"\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*(?:\{\s*)?(:?=|<|>|\\[a-zA-Z]+)(?:\s*\})?")
_SIZES = re.compile(r"(?:[bB]igg?)[lrm]?")
# what a point multiplies, W^T.d: no space, no words, and no equation of its own
_DOT_PRODUCT = re.compile(
    r"(?=[A-Za-z({]|\\(?!q?quad|text|mbox|hspace|label|tag|end|no|hfill)[A-Za-z])[^=\n]{0,200}(?:\n|\Z)"
)
# steps in angles above or below, x^{<t>} and a^{[l]<t-1>}
_ANGLES = re.compile(r"[\^_]\s*(?:\{[^{}<>]{0,40})?(?P<open><)[A-Za-z0-9_+\-\s]{1,16}(?P<close>>)")
_PERCENT = re.compile(r"\s*\\%")
# a logarithm with what is on either side of it, ylna
_WITHIN = re.compile(r"([A-Za-z]{0,2})(ln|log|exp)([A-Za-z]{0,2})")
# whole numbers one after another, behind an index or before dots
_COUNTED = re.compile(
    r"(?<![A-Za-z\\\d.,])(?P<index>[ijklmn]\s*=\s*)?(?P<numbers>\d{1,9}(?:,\d{1,9})+)"
    r"(?P<dots>\s*,\s*(?:\\[cl]?dots|\.\.|…))?"
)
_LENGTH = re.compile(r"\s*=?\s*-?\s*(?:\d*\.?\d+\s*)?(?:[a-z]{2}|\\[A-Za-z]+)?")
# letters of indices side by side, W_{ijkl}
_INDICES = re.compile(r"[hijklmnpqrst]+")
_VOWEL = re.compile(r"[aeiouAEIOU]")
_SWITCHED = re.compile(r"\s*([A-Za-z]+|\\[A-Za-z]+)")
_BOUNDS = re.compile(r"\s*(?:\\limits)?\s*[_^]")
_OVERLAY = re.compile(r"\s*<[-\d,|*+.()\s]*>")
_OPTION = re.compile(r"\s*\[[^\[\]{}$]*\]")
_GROUP_FOLLOWS = re.compile(r"\s*(?:\[[^\[\]{}]*\]\s*)?(?=\{)")
# a comparison that is set as text: \text{p = i}
_COMPARISON = re.compile(r"\s*[A-Za-z]\s*(?:=|<|>|!=|≠|≤|≥)\s*(?:-?\d+|[A-Za-z])\s*")
# commands within running text
_IN_TEXT = re.compile(
    r"\\(?:textcolor|color|vspace|hspace)\*?\{[^{}]*\}|\\[A-Za-z]+\*?|[{}]|\\(?=\W)"
)
# what a script may come behind
_OPERANDS = frozenset({"letter", "macro", "rbrace", "close", "number", "word", "prime", "roman"})
_PLAIN_TEXT = re.compile(r"[A-Za-zÀ-ɏ0-9 ,\\\-]*")


def split_formula(
    text: str,
    repairs: list[Repair],
    words: frozenset[str] = frozenset(),
    mend_comment: bool = False,
    unknown: set[str] | None = None,
) -> list[Token]:
    """The tokens of a formula; spaces and comments are gone, digits are numbers.

    A comma between digits is a decimal comma unless the formula has decimal points, or the
    comma stands below a name or in brackets that list whole numbers: 0,15 but (0,1) and x_{1,2}.
    A macro that nobody defines and that has one group behind it is decoration; its name is added
    to `unknown`.

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
    if not text.isascii():
        text = text.translate(list_same_signs())
    words = words | _find_roman_words(text)
    splitter = _Splitter(text, repairs, words, mend_comment, set() if unknown is None else unknown)
    return list(splitter.split())


def _find_roman_words(text: str) -> frozenset[str]:
    r"""Words set upright somewhere are words where they are not: \mathrm{cost} ... cost."""
    found = re.findall(r"\\(?:mathrm|operatorname\*?|text|textrm)\{([A-Za-z]{2,})\}", text)
    return frozenset(found)


def find_decimal_commas(text: str) -> frozenset[int]:
    r"""Offsets of the commas that are decimal marks.

    >>> sorted(find_decimal_commas("0,15 + (0,1)"))
    [1]
    """
    candidates = [match.end() - 1 for match in re.finditer(r"\d+,(?=\d)", text)]
    if not candidates:
        return frozenset()
    whole = re.sub(r"\\\\\[[^\]]*\]", "", text)
    if re.search(r"\d\.\d", whole):
        return frozenset()
    listed = _find_listing_commas(text, frozenset(candidates))
    return frozenset(candidates) - listed - _find_counting_commas(text)


def _find_counting_commas(text: str) -> set[int]:
    r"""Commas between numbers that are counted: i = 1,2 and 1,2,3 and 1,2,\ldots, n."""
    found: set[int] = set()
    for match in _COUNTED.finditer(text):
        numbers = [int(said) for said in match["numbers"].split(",")]
        goes_on = len(numbers) > 2 or match["index"] or match["dots"]
        if goes_on and all(b == a + 1 for a, b in pairwise(numbers)):
            start, end = match.span("numbers")
            found.update(at for at in range(start, end) if text[at] == ",")
    return found


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
        self,
        text: str,
        repairs: list[Repair],
        words: frozenset[str],
        mend_comment: bool,
        unknown: set[str],
    ) -> None:
        self.text, self.repairs, self.mend_comment = text, repairs, mend_comment
        self.words, self.unknown = words, unknown
        self.decimal_commas = find_decimal_commas(text)
        self.angles = {at for m in _ANGLES.finditer(text) for at in (m.start(1), m.start(2))}
        self.place = 0
        self.spaced = False
        # a blank that is printed stands before the next token: a script there belongs to nothing
        self.apart = False
        self.below: list[bool] = []
        self.last = ""

    def split(self, end: int | None = None) -> Iterator[Token]:
        end = len(self.text) if end is None else end
        while self.place < end:
            match = _PIECE.match(self.text, self.place)
            if match is None:
                raise ReadError("this cannot be read", self.text, self.place)
            start, self.place = self.place, match.end()
            kind = match.lastgroup or "other"
            produced = False
            for token in getattr(self, "_split_" + kind)(match.group(), start):
                produced, self.apart = True, False
                self.last = token.kind
                yield token
            self.spaced = not produced

    def _token(self, kind: str, said: str, start: int, end: int | None = None) -> Token:
        return Token(kind, said, start, self.place if end is None else end, self.spaced)

    def _split_space(self, piece: str, start: int) -> Iterator[Token]:
        self.apart = self.apart or piece == "~"
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
        if start in self.angles:
            self.place = start + 1
            yield self._token("open" if piece[0] == "<" else "close", piece[0], start)
            return
        said = ":=" if piece[0] == ":" else _SIGNS.get(piece, piece)
        yield self._token("rel", said, start)

    def _split_turned(self, piece: str, start: int) -> Iterator[Token]:
        """A.T is the transpose in code."""
        yield Token("sup", "^", start, start + 1)
        yield Token("letter", "T", start + 1, self.place)

    def _split_operator(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("op", piece, start)

    def _split_dots(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("macro", "ldots", start)

    def _split_code(self, piece: str, start: int) -> Iterator[Token]:
        """X.dot(Y) is the product of matrices in code."""
        yield self._token("op", "@", start)

    def _split_dotted(self, piece: str, start: int) -> Iterator[Token]:
        """np.exp( is exp; np.sum( keeps its name, which has options of its own."""
        module, *_, name = piece.split(".")
        if name == "dot" and module not in MODULES and piece.count(".") == 1:
            self.place = start + len(module)
            yield from self._split_letters(module, start)
            return
        if module not in MODULES:
            at = start + piece.index(".")
            raise ReadError("a point inside a name: this looks like code", self.text, at)
        yield self._token("word", piece if piece in CODE_WORDS else name, start)

    def _split_joined(self, piece: str, start: int) -> Iterator[Token]:
        r"""loss\_fn and batch_size are one name; w\_1 is what Markdown makes of w_1."""
        parts = re.split(r"\\?_", piece)
        if len(parts[0]) > 1 and max(map(len, parts)) > 1:
            yield self._token("word", "_".join(parts), start)
            return
        self.place = start + len(parts[0])
        yield from self._split_letters(parts[0], start)

    def _split_counted(self, piece: str, start: int) -> Iterator[Token]:
        """rot180(W) is one name; net1(x) is net with the number 1."""
        letters = piece.rstrip("0123456789")
        if piece not in WORDS and letters != piece and self._is_word(letters):
            self.place = start + len(letters)
            yield from self._split_letters(letters, start)
            return
        yield self._token("word", piece, start)

    def _split_foreign(self, piece: str, start: int) -> Iterator[Token]:
        yield self._token("text", piece, start)

    def _split_number(self, piece: str, start: int) -> Iterator[Token]:
        if "." not in piece:
            tail = re.compile(r"\{,\}\d+").match(self.text, self.place)
            if tail is None and self.place in self.decimal_commas:
                tail = re.compile(r",\d+").match(self.text, self.place)
            if tail is not None:
                self.place = tail.end()
        said = self.text[start : self.place].replace("\\,", "").replace("{,}", ",")
        percent = _PERCENT.match(self.text, self.place)
        if percent is not None:
            self.place = percent.end()
            said += "%"
        if len(said) > LONGEST_NUMBER:
            raise ReadError(f"a number of more than {LONGEST_NUMBER} digits", self.text, start)
        yield self._token("number", said, start)

    def _split_letters(self, piece: str, start: int) -> Iterator[Token]:
        above = self.text[max(0, start - 3) : start].replace(" ", "")
        if piece in SCRIPT_WORDS and above.endswith("^{") and self.text.startswith("}", self.place):
            yield self._token("word", piece, start)
            return
        for said, offset in self._divide_letters(piece):
            kind = "word" if len(said) > 1 else "letter"
            begin = start + offset
            spaced = self.spaced and offset == 0
            yield Token(kind, said, begin, begin + len(said), spaced)

    def _divide_letters(self, piece: str) -> Iterator[tuple[str, int]]:
        """A run of letters --> words and single letters: net | wx --> w x | dnet --> d net."""
        within = _WITHIN.fullmatch(piece) if not (self.below and self.below[-1]) else None
        if within is not None and piece not in WORDS | self.words:
            for number in (1, 2, 3):
                run, at = within[number], within.start(number)
                yield from [(run, at)] if number == 2 else zip(run, range(at, at + 2), strict=False)
            return
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
        if len(piece) >= SHORTEST_WORD and _VOWEL.search(piece):
            # nobody multiplies so many letters without a blank
            return True
        if piece in CODE_OPTIONS:
            return "np." in self.text or "sum" in self.text
        in_script = bool(self.below and self.below[-1])
        is_word = len(piece) >= 4 and not (_INDICES.fullmatch(piece) and len(piece) < 7)
        return in_script and (is_word or piece in SCRIPT_WORDS)

    def _split_other(self, piece: str, start: int) -> Iterator[Token]:
        if piece in UNICODE:
            yield from self._spell_macro(UNICODE[piece], start)
            return
        if piece in RAISED or piece in SUNK:
            yield from self._split_small(piece, start)
            return
        if piece == "$":
            return
        if piece == "?":
            yield self._read_question(start)
            return
        if piece == "{":
            self.below.append(self.last == "sub")
        elif piece == "}" and self.below:
            self.below.pop()
        around = self.text[max(0, start - 1) : start] + self.text[self.place : self.place + 1]
        if piece == "." and len(around) == 2 and around.isalpha():
            raise ReadError("a point inside a name: this looks like code", self.text, start)
        kind = _SINGLE.get(piece)
        if (
            piece == "."
            and around[:1] in ("}", ")", "]")
            and _DOT_PRODUCT.match(self.text, self.place)
        ):
            yield self._token("op", "cdot", start)
            return
        if kind in ("sup", "sub") and self.apart:
            piece = "~" + piece
        if kind is not None:
            yield self._token(kind, piece, start)
        elif piece.isalpha():
            yield self._token("letter", piece, start)
        elif piece == "!" and not self.text[self.place :].strip(" \n}"):
            return
        else:
            raise ReadError(f"the character {piece!r} cannot stand in a formula", self.text, start)

    def _read_question(self, start: int) -> Token:
        """x == a ? b : c chooses, as in code; behind a formula it asks, and alone it is a gap."""
        if self.last not in _OPERANDS:
            return self._token("letter", "?", start)
        chooses = ":" in self.text[self.place : self.place + FARTHEST_CHOICE]
        return self._token("rel" if chooses else "stop", "?" if chooses else ".", start)

    def _split_small(self, piece: str, start: int) -> Iterator[Token]:
        """x² and a₁: a raised digit is a superscript, a sunk one a subscript."""
        table = RAISED if piece in RAISED else SUNK
        while self.place < len(self.text) and self.text[self.place] in table:
            piece += self.text[self.place]
            self.place += 1
        said = "".join(table[sign] for sign in piece)
        if len(said) > LONGEST_NUMBER:
            raise ReadError(f"a number of more than {LONGEST_NUMBER} digits", self.text, start)
        yield self._token("sup" if table is RAISED else "sub", "^", start, start)
        yield Token("lbrace", "{", start, start)
        for run in re.finditer(r"\d+|[a-zA-Z]", said):
            kind = "number" if run.group().isdigit() else "letter"
            yield Token(kind, run.group(), start + run.start(), start + run.end())
        yield Token("rbrace", "}", self.place, self.place)

    def _split_escaped(self, piece: str, start: int) -> Iterator[Token]:
        said = piece[1:]
        if said == "|":
            yield self._token("bar", "||", start)
        elif said in ("{", "}"):
            yield self._token("open" if said == "{" else "close", said, start)
        elif said in ("_", "^") and self.last in _OPERANDS:
            # Markdown has its own use for these signs, and so they are escaped there
            yield self._token("sub" if said == "_" else "sup", said, start)
        elif said == "*":
            yield self._token("op", "*", start)
        elif said in ("_", "&", "%", "#", "$"):
            yield self._token("text", said, start)
        elif said in ("(", ")", "[", "]"):
            message = rf"\{said} begins or ends a display; it was skipped"
            self.repairs.append(Repair((start, self.place), message))
        elif said in (",", ";", ":", ">", " ", "\n", "\t"):
            self.apart = True
        elif said not in ("!", "/", "-", "\r", "@", ""):
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
        elif name in SWITCHES and (switched := _SWITCHED.match(self.text, self.place)):
            if name == "rm" and len(switched[1]) > 1:
                self.place = switched.end()
                yield self._token("roman", switched[1], start)
            elif name != "rm":
                yield self._token("macro", SWITCHES[name], start)
        elif name in SKIPPED:
            self._skip(SKIPPED[name], start)
        elif name == "hspace":
            self.apart = True
            if _is_wide(self._take_argument(start)):
                yield self._token("sep", name, start)
        elif name in COMMANDS:
            yield from self._spell_macro(name, start)
        else:
            yield from self._split_unknown(name, start)

    def _skip(self, what: str, start: int) -> None:
        """Leave out what a command takes with it (see SKIPPED)."""
        for kind in what:
            if kind == "m":
                self._take_argument(start)
                continue
            pattern = {"o": _OPTION, "d": _LENGTH, "<": _OVERLAY}[kind]
            match = pattern.match(self.text, self.place)
            if match is not None:
                self.place = match.end()

    def _split_unknown(self, name: str, start: int) -> Iterator[Token]:
        """A macro that nobody defines: around one group it is decoration."""
        self.unknown.add(name)
        self._skip("<", start)
        group = _GROUP_FOLLOWS.match(self.text, self.place)
        if group is not None and self._ends_alone(group.end()):
            self.place = group.end()
            return
        yield self._token("macro", name, start)

    def _ends_alone(self, place: int) -> bool:
        """Whether behind the group that begins here no other group begins."""
        before = self.place
        self.place = place
        self._take_argument(place)
        alone = re.compile(r"\s*\{").match(self.text, self.place) is None
        self.place = before
        return alone

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
        name = ALIASES.get(name, name)
        if name in SEPARATORS:
            yield self._token(SEPARATORS[name], name, start)
        elif name in RELATIONS:
            if name.startswith("x"):
                # an arrow with something over it
                self._skip("om", start)
            if name == "colon" and (equal := re.compile(r"\s*=").match(self.text, self.place)):
                self.place = equal.end()
                yield self._token("rel", ":=", start)
            else:
                yield self._token("rel", RELATIONS[name], start)
        elif name in BIG_OPERATORS and not _BOUNDS.match(self.text, self.place):
            yield self._token("op", SUMS[name], start)
        elif name in OPERATORS:
            yield self._token("op", OPERATORS[name], start)
        elif name in DELIMITERS:
            yield self._token(*DELIMITERS[name], start)
        elif name in ("pm", "mp"):
            yield self._token("plus", "±", start)
        elif name in ("Vert", "vert"):
            yield self._token("bar", "||" if name == "Vert" else "|", start)
        elif name in SAID:
            yield self._token("text", SAID[name], start)
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
        """Running text; a formula within, between dollars, is a formula again."""
        argument = self._take_argument(start)
        if _COMPARISON.fullmatch(argument):
            self.place -= len(argument) + 2
            return
        if argument.count("$") > 1 and not argument.count("$") % 2:
            yield from self._split_mixed(argument)
            return
        said = " ".join(_IN_TEXT.sub("", argument).replace("~", " ").split())
        if said == "d":
            yield self._token("letter", said, start)
        elif name == "textbf" and len(said) == 1:
            yield self._token("bold", said, start)
        elif said:
            yield self._token("text", said, start)

    def _split_mixed(self, argument: str) -> Iterator[Token]:
        end = self.place
        at = self.text.rindex(argument, 0, end)
        for number, part in enumerate(argument.split("$")):
            self.place = at + len(part)
            said = " ".join(_IN_TEXT.sub("", part).replace("~", " ").split())
            if number % 2:
                self.place = at
                yield from self.split(at + len(part))
            elif said:
                kind = "letter" if len(said) == 1 and said.isalpha() else "text"
                yield Token(kind, said, at, at + len(part), True)
            at += len(part) + 1
        self.place = end

    def _split_roman(self, name: str, start: int) -> Iterator[Token]:
        """Upright letters are one word; anything else upright is read as if it were slanted."""
        begin, spot = self.place, self.spaced
        said = self._take_argument(start)
        if _PLAIN_TEXT.fullmatch(said) and re.search("[A-Za-zÀ-ɏ]", said):
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
        begin = self.place
        end = self._partners.get(begin)
        if end is None:
            raise ReadError("this brace is not closed", self.text, begin)
        self.place = end + 1
        return self.text[begin + 1 : end]

    @cached_property
    def _partners(self) -> dict[int, int]:
        """Offsets of braces that open, with those of the braces that close them."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text):
            if match.group() == "{":
                opened.append(match.start())
            elif match.group() == "}" and opened:
                found[opened.pop()] = match.start()
        return found


def _is_wide(length: str) -> bool:
    r"""Whether \hspace{...} parts two statements: 0.5in and 1cm do, 2pt does not."""
    match = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*([a-z]+)\s*", length)
    if match is None:
        return "width" in length
    number, unit = float(match.group(1)), match.group(2)
    points = {"in": 72.0, "cm": 28.0, "mm": 2.8, "em": 10.0, "ex": 4.3, "mu": 0.6}.get(unit, 1.0)
    return number * points >= 7
