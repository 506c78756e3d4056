r"""Ratios that are derivatives: \frac{\partial C}{\partial w}, dC/dw, \frac{\delta C}{\delta w}."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeGuard

from symbackprop.reading.reader import Reader
from symbackprop.reading.spelling import MARKS
from symbackprop.reading.tree import (
    Call,
    Compared,
    Derivative,
    Listed,
    Lowered,
    Name,
    Node,
    Number,
    Product,
    Ratio,
    Script,
    Span,
    Total,
)


@dataclass(frozen=True)
class Part:
    """Above or below in a fraction: the mark it begins with ("" if none), its order, the rest."""

    mark: str
    order: int
    rest: Node | None
    span: Span


def take_mark(reader: Reader, end: int) -> tuple[str, int]:
    r"""Step over the mark a part of a fraction begins with: \partial, d, \delta; "" if none.

    The order is the number above the mark: \partial^2 --> 2. A \delta or d with scripts of its
    own, and a \delta alone, are quantities.
    """
    token = reader.token
    if token is None or token.text not in MARKS or token.kind not in ("macro", "letter"):
        return "", 1
    if (token.kind == "letter") != (token.text == "d"):
        return "", 1
    after = reader.spot + 1
    following = reader.peek(after)
    order = 1
    if following is not None and following.kind == "sup":
        number = reader.peek(after + 1)
        if number is not None and number.kind == "lbrace":
            number, after = reader.peek(after + 2), after + 2
        if number is None or number.text not in ("2", "3") or token.text in ("delta", "Delta"):
            return "", 1
        order, after = int(number.text), after + 2
    elif following is not None and following.kind in ("sub", "prime") and after < end:
        return "", 1
    if after >= end and token.text in ("delta", "Delta"):
        return "", 1
    if after < end and reader.tokens[after].kind in ("plus", "op", "rel", "comma", "number"):
        return "", 1
    reader.spot = min(after, end)
    return token.text, order


def make_fraction(top: Part, bottom: Part, span: Span) -> Node | None:
    """A derivative where both parts begin with a mark, else a ratio; None where a part is empty."""
    mark, above, mark_below, below = top.mark, top.rest, bottom.mark, bottom.rest
    if mark_below and below is not None:
        if mark and (mark == mark_below or "partial" in (mark, mark_below)):
            return _differentiate(mark, top.order, above, mark_below, below, span)
        if mark_below == "partial" and not mark and above is not None:
            return Derivative(span, above, below, "", mark_below)
    if mark == "partial" and above is not None and isinstance(below, Product):
        split = _split_off_mark(below)
        if split is not None:
            by, rest = split
            return Ratio(span, Derivative(span, above, by, mark, "partial"), rest)
    if mark == "partial" and above is not None and not mark_below and _is_quantity(below):
        return Derivative(span, above, below, mark, "")
    numerator, denominator = _restore(top), _restore(bottom)
    if numerator is None or denominator is None:
        return None
    return Ratio(span, numerator, denominator)


def _is_quantity(node: Node | None) -> TypeGuard[Node]:
    """What one differentiates by: a name, an entry, the value of a function."""
    return isinstance(node, Name | Lowered | Call)


def _differentiate(
    mark: str, order: int, above: Node | None, mark_below: str, below: Node, span: Span
) -> Node:
    r"""\partial^2 C over \partial w^2, or over \partial u \partial v, is a derivative of one."""
    if order == 1:
        return Derivative(span, above, below, mark, mark_below)
    if isinstance(below, Product) and len(below.factors) == order == 2:
        second = below.factors[1]
        if isinstance(second, Call) and isinstance(second.function, Name) and second.arguments:
            inner = Derivative(span, above, second.arguments[0], mark, mark_below)
            return Derivative(span, None, below.factors[0], mark, mark_below, inner)
    variable = below
    if isinstance(below, Name) and below.upper:
        last = below.upper[-1].content
        if isinstance(last, Number) and last.value == order:
            variable = Name(
                below.span, below.base, below.upper[:-1], below.lower, below.primes,
                below.accent, below.style, below.star,
            )  # fmt: skip
    made: Node = Derivative(span, above, variable, mark, mark_below)
    for _ in range(order - 1):
        made = Derivative(span, None, variable, mark, mark_below, made)
    return made


def _split_off_mark(below: Product) -> tuple[Node, Node] | None:
    r"""T \cdot \partial o --> o and T."""
    for spot, factor in enumerate(below.factors):
        if not (isinstance(factor, Call) and isinstance(factor.function, Name)):
            continue
        if factor.function.base == "partial" and spot:
            rest = below.factors[:spot]
            whole = (rest[0].span[0], rest[-1].span[1])
            left = rest[0] if spot == 1 else Product(whole, rest, below.signs[: spot - 1])
            return factor.arguments[0], left
    return None


def _restore(part: Part) -> Node | None:
    """A mark that turned out to be none stands for itself."""
    if not part.mark:
        return part.rest
    name: Node = Name(part.span, base=part.mark)
    if part.order > 1:
        power = Number((part.span[1], part.span[1]), Fraction(part.order))
        name = Name(part.span, base=part.mark, upper=(Script(power),))
    return name if part.rest is None else _put_before(name, part.rest)


def _put_before(name: Node, rest: Node) -> Node:
    """d and x + y --> d x + y: a name beside the first factor only."""
    span = (name.span[0], rest.span[1])
    if isinstance(rest, Total) and rest.terms[0][0] == "+":
        sign, first = rest.terms[0]
        return Total(span, ((sign, _put_before(name, first)), *rest.terms[1:]))
    if isinstance(rest, Compared):
        return Compared(span, _put_before(name, rest.left), rest.sign, rest.right)
    if isinstance(rest, Listed):
        return Listed(span, (_put_before(name, rest.items[0]), *rest.items[1:]))
    if isinstance(rest, Product):
        return Product(span, (name, *rest.factors), ("", *rest.signs))
    return Product(span, (name, rest), ("",))


def join_slash(factors: list[Node], signs: list[str], braced: bool) -> None:
    r"""Turn the last two factors, with / between them, into \partial C/\partial w or {a}/{b}."""
    top, bottom = factors[-2], factors[-1]
    span = (top.span[0], bottom.span[1])
    made: Node | None = None
    above, below = _changed(top), _changed(bottom)
    if above is not None and below is not None and above[0] == below[0]:
        made = Derivative(span, above[1], below[1], above[0], below[0])
    elif isinstance(top, Name) and below is not None and top.base == below[0]:
        made = Derivative(span, None, below[1], below[0], below[0])
    elif braced:
        made = Ratio(span, top, bottom)
    if made is not None:
        factors[-2:] = [made]
        signs.pop()


def _changed(node: Node) -> tuple[str, Node] | None:
    """The mark and what is changed, of \\partial C, dC, \\Delta C."""
    if not isinstance(node, Call) or not isinstance(node.function, Name):
        return None
    name = node.function
    if name.base not in MARKS or name.upper or name.lower or len(node.arguments) != 1:
        return None
    return name.base, node.arguments[0]
