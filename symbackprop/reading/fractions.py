"""Fractions, and derivatives as operators."""

from __future__ import annotations

from symbackprop.reading.derivatives import Part, make_fraction, take_mark
from symbackprop.reading.reader import Reader
from symbackprop.reading.spelling import STARTS
from symbackprop.reading.tree import Derivative, Listed, Node, Ratio, Total

# marks of derivatives that may stand above without braces
BARE_MARKS = frozenset({("macro", "partial"), ("letter", "d")})


def read_fraction(reader: Reader) -> Node:
    token = reader.advance()
    negative = _take_minus(reader)
    top, bottom = _read_part(reader, negative), _read_part(reader)
    made = make_fraction(top, bottom, (token.start, reader.last_end))
    if made is None:
        reader.refuse("a fraction needs something above and below")
    if isinstance(made, Derivative) and made.top is None:
        made = _read_body_of(reader, made)
    if negative:
        return Total(made.span, (("-", made),))
    if isinstance(made, Ratio) and isinstance(made.top, Derivative) and top.mark == "partial":
        reader.mend("a factor stands before the lower ∂; taken out of the derivative", token)
    return made


def _take_minus(reader: Reader) -> bool:
    r"""Whether the sign of a derivative stands within it: \frac{-\partial C}{\partial w}."""
    sign, mark = reader.peek(reader.spot + 1), reader.peek(reader.spot + 2)
    if not reader.at("lbrace") or sign is None or mark is None:
        return False
    return (sign.kind, sign.text, mark.kind, mark.text) == ("plus", "-", "macro", "partial")


def _read_part(reader: Reader, negative: bool = False) -> Part:
    """Read what stands above or below in a fraction."""
    if not reader.at("lbrace"):
        token = reader.token
        if token is not None and (token.kind, token.text) in BARE_MARKS:
            # \frac d{dx}: TeX takes the mark alone
            reader.advance()
            return Part(token.text, 1, None, (token.start, token.end))
        node = reader.read_single()
        return Part("", 1, node, node.span)
    end = reader.partner[reader.spot]
    reader.advance()
    if negative:
        reader.advance()
    begin = reader.token.start if reader.token is not None else reader.last_end
    mark, order = take_mark(reader, end)
    span = (begin, reader.last_end)
    if reader.spot == end:
        if not mark:
            reader.refuse("this part of the fraction is empty")
        reader.advance()
        return Part(mark, order, None, span)
    items = reader.read_list(end)
    if not items:
        reader.refuse("this part of the fraction is empty")
    reader.advance()
    whole = (items[0].span[0], items[-1].span[1])
    return Part(mark, order, items[0] if len(items) == 1 else Listed(whole, items), span)


def _read_body_of(reader: Reader, operator: Derivative) -> Node:
    """What an operator is applied to: brackets, or all factors up to the next + or -."""
    token = reader.token
    if token is not None and token.kind == "op" and token.text in ("cdot", "*", "times"):
        following = reader.peek(reader.spot + 1)
        if following is not None and following.kind in STARTS:
            reader.advance()
            token = reader.token
    if token is None or token.kind not in STARTS or reader.is_words():
        return operator
    body = reader.read_factor() if token.kind == "open" else reader.read_product()
    return Derivative(
        (operator.span[0], body.span[1]),
        None,
        operator.bottom,
        operator.mark,
        operator.mark_below,
        body,
    )
