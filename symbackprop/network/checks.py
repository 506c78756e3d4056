"""Check what stands in a file: numbers, shapes and words, with the place in each complaint."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from symbackprop.errors import InputError

MAX_SIZE = 1_000_000
MAX_DEPTH = 8

Numbers = float | tuple[Any, ...]


def call_at(place: str, read: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call a reader of the grammar; its complaint gets the place in the file."""
    try:
        return read(*arguments, **options)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def expect(condition: bool, place: str, wanted: str, found: object) -> None:
    if not condition:
        raise InputError(f"{place}: {wanted}, not {shorten(found)}")


def shorten(found: object) -> str:
    """Show what was found, in one line of bounded length.

    >>> shorten("a"), shorten(True), shorten([1] * 99)
    ("'a'", 'true', '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,...')
    """
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, int) and abs(found) >= 10**40:
        return "an integer of more than 40 digits"
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list):
        found = found[:20]
        text = "[" + ", ".join("[...]" if isinstance(f, list) else shorten(f) for f in found) + "]"
    else:
        text = repr(found) if isinstance(found, str | float) else str(found)
    return text if len(text) <= 44 else text[:40].rstrip() + "..."


def read_number(value: object, place: str) -> float:
    if isinstance(value, str):
        raise InputError(f"{place}: the text {shorten(value)} stands where a number is wanted")
    expect(
        isinstance(value, int | float) and not isinstance(value, bool),
        place,
        "a number is wanted",
        value,
    )
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{place}: {shorten(value)} is not a finite number")
    return number


def read_count(value: object, place: str, highest: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest
    expect(good, place, f"an integer from 1 to {highest:,} is wanted", value)
    return value  # type: ignore[return-value]


def read_numbers(value: object, place: str, depth: int = 0) -> Numbers:
    """A number, or lists of numbers of one shape, as nested tuples."""
    if depth > MAX_DEPTH:
        raise InputError(f"{place}: lists nest more than {MAX_DEPTH} deep")
    if not isinstance(value, list):
        return read_number(value, place)
    if not value:
        raise InputError(f"{place}: an empty list is given")
    entries = tuple(
        read_numbers(
            entry, f"{place}, {'row' if isinstance(entry, list) else 'entry'} {number}", depth + 1
        )
        for number, entry in enumerate(value, 1)
    )
    first = measure(entries[0])
    for number, entry in enumerate(entries, 1):
        if measure(entry) != first:
            raise InputError(
                f"{place}: its entries differ: entry 1 is {describe(first)}, "
                f"entry {number} is {describe(measure(entry))}"
            )
    return entries


def measure(value: Numbers) -> tuple[int, ...]:
    """The shape of a number or of nested tuples that have one.

    >>> measure(1.0), measure(((1.0, 2.0),))
    ((), (1, 2))
    """
    return (len(value), *measure(value[0])) if isinstance(value, tuple) else ()


def describe(shape: tuple[int, ...]) -> str:
    """Say a shape in words.

    >>> describe(()), describe((2,)), describe((1, 3))
    ('one number', 'a list of 2 numbers', 'a list of 1 row of 3 numbers')
    """
    if not shape:
        return "one number"
    *outer, last = shape
    rows = [f"{count(length, 'row')} of" for length in outer]
    return " ".join(["a list of", *rows, count(last, "number")])


def expect_shape(value: Numbers, shape: tuple[int, ...], place: str, reason: str) -> None:
    found = measure(value)
    if found != shape:
        raise InputError(f"{place}: {describe(shape)} is wanted ({reason}), not {describe(found)}")


def count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def join(names: Iterable[str], most: int = 12) -> str:
    names = list(names)
    more = ["..."] if len(names) > most else []
    return ", ".join([*names[:most], *more])
