"""A name and what it is applied to: brackets, or one thing without them."""

from __future__ import annotations

from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import Marks, attach, read_superscript
from symbackprop.reading.spelling import (
    BARE_FUNCTIONS,
    CALLED_MACROS,
    FUNCTION_LETTERS,
    FUNCTION_WORDS,
    MOST_SCRIPTS,
    STARTS,
    UNSURE_WITH_SCRIPTS,
)
from symbackprop.reading.tree import Call, Name, Node, Number, Total, walk


def read_call(reader: Reader, body: Node, begin: int) -> Node:
    """A name before brackets is called; \\log y and \\tanh^2 z are called without them."""
    if isinstance(body, Number):
        if not _is_indicator(reader, body):
            return body
        body = Name(body.span, base="1", style="")
    if not isinstance(body, Name) or body.star:
        return body
    known = body.base in FUNCTION_WORDS or body.base in CALLED_MACROS
    indicator = body.base in ("1", "I", "E", "P") and body.style == "bb"
    if body.base == "1" and not indicator and not reader.at("open"):
        return body
    if reader.at("open") and not reader.is_words():
        bracket = reader.tokens[reader.spot].text
        if bracket == "(" or known or indicator:
            if bracket in ("|", "||", "<"):
                return _call_bare(reader, body)
            end = reader.partner[reader.spot]
            certain = known or indicator or body.base == "1" or body.primes > 0
            if not certain and body.base not in FUNCTION_LETTERS and _has_marks(reader, end + 1):
                # x (\delta)^T and a (1 - a)^2 are products: nobody marks a value so
                return body
            reader.advance()
            arguments = reader.read_list(end)
            closing = reader.advance()
            if not certain and body.base in FUNCTION_LETTERS:
                scripted = body.base in UNSURE_WITH_SCRIPTS and bool(body.lower or body.upper)
                certain = not scripted and not _mentions(arguments, body)
            call = Call((body.span[0], closing.end), body, arguments, certain)
            return _read_after_call(reader, call)
    if body.base in BARE_FUNCTIONS:
        return _call_bare(reader, body)
    return body


def _has_marks(reader: Reader, spot: int) -> bool:
    token = reader.peek(spot)
    return token is not None and token.kind in ("sup", "prime")


def _call_bare(reader: Reader, body: Name) -> Node:
    token = reader.token
    if token is None or reader.is_words():
        return body
    if token.kind == "plus" and token.text == "-" and not body.lower:
        following = reader.peek(reader.spot + 1)
        if following is None or following.kind not in STARTS:
            return body
        argument: Node = _read_signed_factor(reader)
    elif token.kind in STARTS:
        argument = reader.read_factor()
    else:
        return body
    return Call((body.span[0], argument.span[1]), body, (argument,), True)


def _read_signed_factor(reader: Reader) -> Node:
    sign = reader.advance()
    body = reader.read_factor()
    return Total((sign.start, body.span[1]), ((sign.text, body),))


def _read_after_call(reader: Reader, call: Call) -> Node:
    marks = Marks()
    count = 0
    while (token := reader.token) is not None and token.kind in ("prime", "sup", "sub"):
        count += 1
        if count > MOST_SCRIPTS:
            reader.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
        reader.advance()
        if token.kind == "prime":
            marks.primes += 1
        elif token.kind == "sup":
            read_superscript(reader, marks, False)
        else:
            marks.lower.extend(reader.read_lower())
    return attach(call, marks, (call.span[0], reader.last_end))


def _is_indicator(reader: Reader, body: Number) -> bool:
    """1(x > 0): the number one before a comparison in brackets."""
    return (
        body.value == 1
        and reader.at("open")
        and reader.spot in reader.holds_relation
        and not reader.is_words()
    )


def _mentions(arguments: tuple[Node, ...], name: Name) -> bool:
    """h(1 - h): a name in its own brackets is a factor, not a function."""
    return any(
        isinstance(node, Name) and node.base == name.base and len(node.lower) == len(name.lower)
        for argument in arguments
        for node in walk(argument)
    )
