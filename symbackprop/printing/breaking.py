"""Long formulas in rows: broken at their signs, sums before products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, TypeVar

from symbackprop.printing import text
from symbackprop.printing.layout import (
    Layout,
    Product,
    ProductSign,
    SumOver,
    TermSign,
    Total,
)

Part = TypeVar("Part")
# what stands at the head of a row, by its name among the signs
Lead = ProductSign | Literal["plus", "minus"]
Row = tuple[Lead, Layout]
LEADS: dict[TermSign, Lead] = {"+": "plus", "-": "minus"}
# a lead with the space after it
LEAD_WIDTH = 2


def is_wide(layout: Layout, width: int) -> bool:
    """Whether a layout has more signs than that, written as text."""
    return len(text.render(layout)) > width


def break_side(side: Layout, width: int) -> Iterator[Row]:
    """A side of a relation in rows of so many signs at most, each after the sign that leads it.

    A row stays longer where there is no sign to break it at.

    >>> from symbackprop.printing.layout import Letter
    >>> total = Total((("+", Letter("delta")), ("-", Letter("sigma")), ("+", Letter("lambda"))))
    >>> for lead, row in break_side(total, 5):
    ...     print(lead, text.render(row))
     δ − σ
    plus λ
    """
    if not is_wide(side, width):
        yield "", side
        return
    match side:
        case Total(terms=((sign, only),)):
            (_, first), *others = break_side(only, width - LEAD_WIDTH)
            yield "", replace(side, terms=((sign, first),))
            yield from others
        case Total(terms=terms, tight=False):
            yield from _break_terms(terms, width)
        case Product(factors=factors, sign=sign):
            yield from _break_factors(factors, sign, width)
        case SumOver(body=Product() as body):
            (_, first), *others = break_side(body, width - (_measure(side) - _measure(body)))
            yield "", replace(side, body=first)
            yield from others
        case _:
            yield "", side


def _measure(layout: Layout) -> int:
    return len(text.render(layout))


def _break_terms(terms: tuple[tuple[TermSign, Layout], ...], width: int) -> Iterator[Row]:
    for place, group in enumerate(_fill(terms, width, lambda part: Total(tuple(part)))):
        if place == 0:
            yield from _break_again(Total(tuple(group)), len(group), width)
            continue
        (sign, first), *others = group
        body = Total((("+", first), *others)) if others else first
        (_, head), *rest = _break_again(body, len(group), width - LEAD_WIDTH)
        yield LEADS[sign], head
        yield from rest


def _break_factors(factors: tuple[Layout, ...], sign: ProductSign, width: int) -> Iterator[Row]:
    for place, group in enumerate(_fill(factors, width, lambda part: Product(tuple(part), sign))):
        # a row that began without a sign would look like another formula
        lead: Lead = (sign or "dot") if place else ""
        yield lead, Product(tuple(group), sign) if len(group) > 1 else group[0]


def _break_again(row: Layout, parts: int, width: int) -> Iterator[Row]:
    """A row of one term may be a long product."""
    if parts > 1:
        yield "", row
    else:
        yield from break_side(row, width)


def _fill(
    parts: tuple[Part, ...], width: int, join: Callable[[list[Part]], Layout]
) -> Iterator[list[Part]]:
    """As many parts to a row as fit; each row but the first has a lead."""
    group: list[Part] = []
    room = width
    for part in parts:
        if group and is_wide(join([*group, part]), room):
            yield group
            group, room = [], width - LEAD_WIDTH
        group.append(part)
    yield group
