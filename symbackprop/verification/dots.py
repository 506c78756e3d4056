"""What dots stand for: x_1, ..., x_n is one thing with an index that runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from symbackprop.reading import tree

# the index that dots run through; no formula can write it
RUNNING = "…"


def fill_dots(items: Sequence[tree.Node]) -> list[tree.Node]:
    """Items with dots as one item that has the index RUNNING; without dots as they are.

    Raises:
        ValueError: what stands around the dots does not say what they stand for.
    """
    places = [n for n, item in enumerate(items) if isinstance(item, tree.Dots)]
    if not places:
        return list(items)
    if len(places) > 1 or places[0] in (0, len(items) - 1):
        raise ValueError("dots without a thing on each side")
    running = generalise(items[0], items[-1])
    if not any(isinstance(n, tree.Name) and n.base == RUNNING for n in tree.walk(running)):
        raise ValueError("dots between things that do not differ in an index")
    return [running]


def fill_rows(rows: Sequence[tuple[tree.Node, ...]]) -> list[list[tree.Node]]:
    """Rows of a matrix, where a row of dots stands for the rows between its neighbours."""
    dotted = [n for n, row in enumerate(rows) if all(isinstance(e, tree.Dots) for e in row)]
    if not dotted:
        return [fill_dots(row) for row in rows]
    if len(dotted) > 1 or dotted[0] in (0, len(rows) - 1) or len(rows[0]) != len(rows[-1]):
        raise ValueError("dots without a row on each side")
    return [
        [
            fill_dots([one, rows[dotted[0]][0], other])[0]
            for one, other in zip(rows[0], rows[-1], strict=True)
        ]
    ]


def generalise(one: Any, other: Any) -> Any:
    """x_1 and x_n --> x_…: numbers where two trees differ become the running index."""
    if isinstance(one, tree.Number) and isinstance(other, tree.Number | tree.Name):
        same = isinstance(other, tree.Number) and one.value == other.value
        return one if same else tree.Name(one.span, RUNNING)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(map(generalise, one, other))
    if isinstance(one, tree.Name) and isinstance(other, tree.Name):
        other = replace(other, lower=tuple(flatten(other.lower)))
        one = _split_digits(replace(one, lower=tuple(flatten(one.lower))), len(other.lower))
    if isinstance(one, tree.Node | tree.Script) and type(one) is type(other):
        changed = {
            slot.name: generalise(getattr(one, slot.name), getattr(other, slot.name))
            for slot in fields(one)
            if slot.name != "span"
        }
        return replace(one, **changed)
    return one


def _split_digits(name: tree.Name, wanted: int) -> tree.Name:
    """h_{11} beside h_{N1} has two indices."""
    if len(name.lower) != 1 or not isinstance(name.lower[0].content, tree.Number):
        return name
    digits = str(name.lower[0].content.value)
    if len(digits) != wanted or not digits.isdigit():
        return name
    span = name.lower[0].content.span
    scripts = tuple(tree.Script(tree.Number(span, Fraction(d))) for d in digits)
    return replace(name, lower=scripts)


def flatten(scripts: tuple[tree.Script, ...]) -> Iterator[tree.Script]:
    """b_{o1} is entry 1 of b_o where there is such an array: o and 1 are two scripts then."""
    for script in scripts:
        content = script.content
        if (
            isinstance(content, tree.Name)
            and content.lower
            and not content.upper
            and all(isinstance(s.content, tree.Number) for s in content.lower)
        ):
            yield tree.Script(replace(content, lower=()))
            yield from content.lower
        else:
            yield script
