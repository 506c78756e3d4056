"""Slips put into printed lines: one node of a layout changed, as a printer might get it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout

# a letter --> another one of the same shape
OTHER_LETTERS = {
    "a": "z",
    "z": "a",
    "A": "Z",
    "Z": "A",
    "net": "out",
    "out": "net",
    "x": "y",
    "y": "x",
    "h": "z",
    "r": "u",
    "u": "r",
    "w": "b",
    "b": "w",
    "W": "V",
    "V": "W",
    "delta": "a",
    "j": "k",
    "k": "j",
    "p": "j",
    "l": "L",
    "L": "l",
    "t": "T",
    "i": "j",
}
OTHER_FUNCTIONS = {"sigma": "tanh", "sigmoid": "tanh", "tanh": "sigmoid", "relu": "tanh"}


def slip(layout: Layout) -> Iterator[tuple[str, Layout]]:
    """(what was done, the layout with it), one for each place where it can be done.

    >>> from symbackprop.printing.text import render
    >>> a, b = show.Letter("a"), show.Letter("b")
    >>> for name, slipped in slip(show.Total((("+", a), ("-", b)))):
    ...     print(name, render(slipped))
    sign −a − b
    sign a + b
    term dropped −b
    term dropped a
    letter z − b
    letter a − w
    """
    yield from slip_here(layout)
    for slot in fields(layout):
        for change, value in slip_value(getattr(layout, slot.name)):
            yield change, replace(layout, **{slot.name: value})


def slip_value(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Layout):
        yield from slip(value)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            for change, changed in slip_value(item):
                yield change, (*value[:position], changed, *value[position + 1 :])


def slip_here(layout: Layout) -> Iterator[tuple[str, Layout]]:
    match layout:
        case show.Transposed(body=body):
            yield "transpose dropped", body
        case show.Total(terms=terms, tight=False):
            yield from slip_total(layout, terms)
        case show.Product(factors=factors, sign=sign):
            yield from slip_product(layout, factors, sign)
        case show.Scripted(base=base, upper=upper, lower=lower):
            yield from slip_scripts(layout, base, upper, lower)
        case show.SumOver(low=low, high=high, body=body):
            yield "sum dropped", body
            if low is not None and high is not None:
                yield "bound", replace(layout, low=shift(low))
                yield "bound", replace(layout, high=shift(high, "-"))
        case show.Partial():
            done = "∂ for ∂⁺" if layout.direct else "∂⁺ for ∂"
            yield done, replace(layout, direct=not layout.direct)
            yield "partial upside down", replace(layout, top=layout.bottom, bottom=layout.top)
        case show.Fraction(top=top, bottom=bottom):
            yield "fraction upside down", show.Fraction(bottom, top)
        case show.Apply(function=show.Function(name=name, primes=primes)):
            yield from slip_function(layout, name, primes)
        case show.Letter(name=name) if name in OTHER_LETTERS:
            yield "letter", show.Letter(OTHER_LETTERS[name])
        case show.Number(digits=digits):
            yield "number", replace(layout, digits=change_digit(digits))


def slip_total(layout: show.Total, terms: Any) -> Iterator[tuple[str, Layout]]:
    for position, (sign, term) in enumerate(terms):
        other = ("-" if sign == "+" else "+", term)
        yield "sign", replace(layout, terms=(*terms[:position], other, *terms[position + 1 :]))
    if len(terms) > 1:
        for position in range(len(terms)):
            rest = (*terms[:position], *terms[position + 1 :])
            yield "term dropped", replace(layout, terms=rest)


def slip_product(layout: show.Product, factors: Any, sign: str) -> Iterator[tuple[str, Layout]]:
    for position in range(len(factors)):
        rest = (*factors[:position], *factors[position + 1 :])
        yield "factor dropped", rest[0] if len(rest) == 1 else replace(layout, factors=rest)
    if sign == "hadamard":
        yield "matrix product for ⊙", replace(layout, sign="")
    elif sign == "":
        yield "⊙ for matrix product", replace(layout, sign="hadamard")


def slip_scripts(
    layout: show.Scripted, base: Layout, upper: Layout | None, lower: Layout | None
) -> Iterator[tuple[str, Layout]]:
    if isinstance(upper, show.Letter | show.Total):
        yield "l + 1 for l", replace(layout, upper=shift(upper))
    if isinstance(upper, show.Brackets):
        yield "l + 1 for l", replace(layout, upper=replace(upper, body=shift(upper.body)))
    if isinstance(upper, show.Number):
        yield "power or layer dropped", replace(layout, upper=None)
    if isinstance(lower, show.Row | show.Listed) and len(lower.parts) == 2:
        yield "indices turned", replace(layout, lower=replace(lower, parts=lower.parts[::-1]))
    if isinstance(base, show.Brackets) and base.shape == "norm" and lower is not None:
        yield "norm of rows for that of all", replace(layout, lower=None)


def slip_function(layout: show.Apply, name: str, primes: int) -> Iterator[tuple[str, Layout]]:
    if primes:
        yield "prime dropped", replace(layout, function=show.Function(name, primes - 1))
    else:
        yield "prime added", replace(layout, function=show.Function(name, 1))
    if name in OTHER_FUNCTIONS:
        other = show.Function(OTHER_FUNCTIONS[name], primes)
        yield "another function", replace(layout, function=other)


def shift(index: Layout, sign: str = "+") -> Layout:
    """l --> l + 1, l + 1 --> l + 1 + 1."""
    one = (sign, show.Number("1"))
    terms = index.terms if isinstance(index, show.Total) else (("+", index),)
    return show.Total((*terms, one), tight=True)


def change_digit(digits: str) -> str:
    """Another first digit that is not 0: 0.35 --> 0.45, 9 --> 8."""
    for position, digit in enumerate(digits):
        if digit in "123456789":
            other = str(int(digit) + (1 if digit < "9" else -1))
            return digits[:position] + other + digits[position + 1 :]
    return digits.replace("0", "1", 1)
