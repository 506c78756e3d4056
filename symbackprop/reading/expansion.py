r"""A formula with its macros written out, and each character knows what it stands for.

A macro is read as TeX reads it: its arguments are taken as they stand, put into its body, and what
comes out is read again. A character of an argument stands for itself, one of a body for the whole
use of the macro. So whatever is found in a formula points into what the author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

from symbackprop.reading.macros import (
    NO_MACROS,
    Macro,
    Macros,
    add_macros,
    find_definitions,
    list_package_macros,
    may_define,
)
from symbackprop.reading.spelling import FRACTIONS, TAKE_ONE
from symbackprop.reading.tree import ReadError, Span

LONGEST_EXPANSION = 100_000
MOST_STEPS = 50_000
DEEPEST_EXPANSION = 100
LONGEST_OPTION = 100

_WORD = re.compile(r"\\([A-Za-z]+)")
_PIECE = re.compile(r"\\[A-Za-z]+|\\[\s\S]|[{}]|#\d|\s+|[^\\{}#\s]|#|\\")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,30}|#\d{1,6}|#x[0-9A-Fa-f]{1,5});")


class WrittenOut(NamedTuple):
    """A formula without macros; for each of its characters the span that it stands for."""

    text: str
    starts: list[int]
    ends: list[int]

    def locate(self, span: Span) -> Span:
        """A span of the text, as one of the formula that the author wrote."""
        start, end = span
        if start >= len(self.starts):
            last = self.ends[-1] if self.ends else 0
            return last, last
        if end <= start:
            return self.starts[start], self.starts[start]
        return min(self.starts[start:end]), max(self.ends[start:end])


def write_out(text: str, macros: Macros = NO_MACROS) -> WrittenOut | None:
    r"""A formula with its macros, and those of well-known packages, and HTML's entities written
    out; None where it has none.

    Definitions in the formula itself count from it on, and are left out.

    Raises
    ------
    ReadError
        A macro without its arguments; macros that never end, or that grow without bound.

    >>> out = write_out(r"\dC{w} = 1", {"dC": Macro(1, r"\frac{\partial C}{\partial #1}")})
    >>> out.text
    '\\frac{\\partial C}{\\partial w} = 1'
    >>> out.locate((0, 5)), out.locate((27, 28))
    ((0, 6), (4, 5))
    """
    definitions = list(find_definitions(text)) if may_define(text) else []
    if definitions:
        macros = add_macros(macros, definitions, text)
    packages = list_package_macros()
    used = set(_WORD.findall(text))
    is_plain = used.isdisjoint(packages) and used.isdisjoint(macros)
    if is_plain and not definitions and ("&" not in text or _ENTITY.search(text) is None):
        return None
    return _Writer(text, {**packages, **macros}, [d.span for d in definitions]).write()


class _Piece(NamedTuple):
    """A bit of a text, the span of the formula that it stands for, and how deep in macros it is."""

    text: str
    start: int
    end: int
    depth: int = 0
    final: bool = False


class _Writer:
    """What is still to be read lies on a stack, the next piece on top."""

    def __init__(self, text: str, macros: Macros, left_out: list[Span]) -> None:
        self.text, self.macros = text, macros
        self.waiting = list(_cut(text, left_out))[::-1]
        self.pieces: list[_Piece] = []
        self.steps = self.length = 0

    def write(self) -> WrittenOut:
        while self.waiting:
            piece = self.waiting.pop()
            if self._is_macro(piece):
                self._expand(piece, self.macros[piece.text[1:]])
            else:
                self._put(piece)
        text = "".join(piece.text for piece in self.pieces)
        starts: list[int] = []
        ends: list[int] = []
        for piece in self.pieces:
            length = len(piece.text)
            if piece.depth == 0 and piece.end - piece.start == length:
                starts.extend(range(piece.start, piece.end))
                ends.extend(range(piece.start + 1, piece.end + 1))
            else:
                starts.extend([piece.start] * length)
                ends.extend([piece.end] * length)
        return WrittenOut(text, starts, ends)

    def _put(self, piece: _Piece) -> None:
        last = self.pieces[-1] if self.pieces else None
        if last is not None and _would_join(last, piece):
            self.pieces.append(_Piece(" ", last.end, last.end, 1))
        self.pieces.append(piece)
        self.length += len(piece.text)
        if self.length > LONGEST_EXPANSION:
            message = f"its macros make more than {LONGEST_EXPANSION} characters of this formula"
            raise ReadError(message, self.text, piece.start)
        if piece.text[0] == "\\" and piece.text[1:] in TAKE_ONE:
            self._brace_arguments(2 if piece.text[1:] in FRACTIONS else 1)
        elif piece.text in ("^", "_"):
            self._brace_arguments(1)

    def _brace_arguments(self, count: int) -> None:
        r"""\frac\dC\dw and x_\loss: a macro is the whole argument, with all that it stands for."""
        taken: list[_Piece] = []
        for _ in range(count):
            taken += self._take_blanks()
            if not self.waiting or self.waiting[-1].text == "}":
                break
            top = self.waiting[-1]
            if self._is_macro(top):
                call = self._take_call(self.waiting.pop())
                start, end = top.start, call[-1].end
                opened = _Piece("{", start, start, top.depth + 1)
                taken += [opened, *call, _Piece("}", end, end, top.depth + 1)]
            elif count > 1:
                taken += self._take_thing()
            else:
                break
        self.waiting.extend(reversed(taken))

    def _is_macro(self, piece: _Piece) -> bool:
        return piece.text[0] == "\\" and not piece.final and piece.text[1:] in self.macros

    def _take_blanks(self) -> list[_Piece]:
        found = []
        while self.waiting and self.waiting[-1].text.isspace():
            found.append(self.waiting.pop())
        return found

    def _take_call(self, macro: _Piece) -> list[_Piece]:
        """A macro with its arguments, as they stand."""
        found = [macro]
        known = self.macros[macro.text[1:]]
        for _ in range(known.arguments - (known.default is not None)):
            found += self._take_blanks()
            if not self.waiting or self.waiting[-1].text == "}":
                break
            found += self._take_thing()
        return found

    def _take_thing(self) -> list[_Piece]:
        """The next group with its braces, or the next piece."""
        found = [self.waiting.pop()]
        depth = int(found[0].text == "{")
        while depth and self.waiting:
            piece = self.waiting.pop()
            depth += {"{": 1, "}": -1}.get(piece.text, 0)
            found.append(piece)
        if depth:
            raise ReadError("this brace is not closed", self.text, found[0].start)
        return found

    def _expand(self, call: _Piece, macro: Macro) -> None:
        self.steps += 1
        if call.depth >= DEEPEST_EXPANSION:
            message = f"the macro {call.text} stands for itself, or for too many others"
            raise ReadError(message, self.text, call.start)
        end = call.end
        arguments: list[list[_Piece]] = []
        if macro.default is not None:
            given = self._take_option()
            plain = [_Piece(bit, call.start, call.end, 1) for bit in _PIECE.findall(macro.default)]
            arguments.append(plain if given is None else given[1:-1])
            end = end if given is None else max(end, given[-1].end)
        while len(arguments) < macro.arguments:
            self._take_blanks()
            if not self.waiting or self.waiting[-1].text == "}":
                message = f"the macro {call.text} takes {macro.arguments} arguments"
                raise ReadError(message, self.text, call.start)
            thing = self._take_thing()
            end = max(end, thing[-1].end)
            arguments.append(thing[1:-1] if thing[0].text == "{" else thing)
        if not macro.arguments and not call.depth:
            # TeX takes no notice of blanks behind a command
            self._take_blanks()
        body: list[_Piece] = []
        for bit in _PIECE.findall(macro.body):
            if bit[0] == "#" and len(bit) == 2:
                number = int(bit[1])
                body += arguments[number - 1] if 0 < number <= len(arguments) else []
            else:
                body.append(_Piece(bit, call.start, end, call.depth + 1, macro.final))
        self.steps += len(body)
        if self.steps > MOST_STEPS:
            message = f"the macro {call.text} makes too much of this formula"
            raise ReadError(message, self.text, call.start)
        self.waiting.extend(reversed(body))

    def _take_option(self) -> list[_Piece] | None:
        """[ ... ] if that comes next."""
        if not self.waiting or self.waiting[-1].text != "[":
            return None
        for number in range(1, min(len(self.waiting), LONGEST_OPTION) + 1):
            if self.waiting[-number].text == "]":
                found = self.waiting[: -number - 1 : -1]
                del self.waiting[-number:]
                return found
        return None


def _would_join(one: _Piece, other: _Piece) -> bool:
    r"""\partial before x, a word before a letter: pieces that TeX keeps apart."""
    if not other.text[0].isalnum():
        return False
    if one.text[0] == "\\" and len(one.text) > 1:
        return one.text[-1].isalpha() and other.text[0].isalpha()
    borders = one.depth != other.depth or (one.depth > 0 and one.end != other.end)
    return borders and one.text[-1].isalnum() and one.text != "d"


def _cut(text: str, left_out: list[Span]) -> Iterator[_Piece]:
    at = 0
    for start, end in [*left_out, (len(text), len(text))]:
        for match in re.compile(f"{_ENTITY.pattern}|{_PIECE.pattern}").finditer(text, at, start):
            said = match.group()
            meaning = html5.get(said[1:]) if said[0] == "&" else None
            if said.startswith("&#") and len(said) > 2:
                digits = said[2:-1]
                code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
                meaning = chr(code) if 31 < code < 0x110000 else " "
            yield _Piece(meaning or said, match.start(), match.end())
        at = max(at, end)
