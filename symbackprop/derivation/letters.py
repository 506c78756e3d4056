"""The letters of indices: those of a textbook, and never the letter of a quantity or a size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from sympy import Dummy, Expr, Sum, Symbol, preorder_traversal

from symbackprop.equations import (
    Equation,
    Quantity,
    System,
    index_symbol,
    peel,
    substitute,
)
from symbackprop.functions import Softmax
from symbackprop.ranges import kind_of

LETTERS = {"layer": "lmpq", "neuron": "jkpqrsuv", "sample": "ihg", "time": "tsru"}


def tidy(equation: Equation, system: System, reserved: Iterable[str] = ()) -> Equation:
    """Give all indices the letters of a textbook: l; j, k, ...; i for samples; t for time.

    Axes of the left side come first, then the bound ones, from the outside in. No index has a
    letter that the system has for a quantity or a size, or that is `reserved`.
    """
    free = equation.rhs.free_symbols - {a.symbol for a in equation.axes}
    taken = {s.name for s in free if isinstance(s, Symbol) and not isinstance(s, Dummy)}
    taken |= system.letters.union(reserved)
    mapping: dict[Expr, Expr] = {}
    for axis in equation.axes:
        letter = next_letter(axis.kind, taken)
        taken = taken | {letter}
        mapping[axis.symbol] = index_symbol(letter)
    rhs = _rename(equation.rhs, mapping, taken, system.quantities)
    axes = tuple(
        replace(
            a,
            symbol=mapping[a.symbol],
            low=substitute(a.low, mapping),
            high=substitute(a.high, mapping),
        )
        for a in equation.axes
    )
    return Equation(substitute(equation.lhs, mapping), rhs, axes, equation.role)


def rename_in_order(equation: Equation, system: System) -> Equation:
    """The same equation with letters in the order in which its left side has the indices: two
    that differ by letters only become one."""
    axes = {a.symbol: a for a in equation.axes}
    standing = preorder_traversal(equation.lhs, keys=None)
    ordered = tuple(axes[s] for s in dict.fromkeys(standing) if s in axes)
    return tidy(replace(equation, axes=ordered), system)


def next_letter(kind: str, taken: set[str]) -> str:
    """The first letter of a kind that is not taken; there is always one more.

    >>> next_letter("layer", {"l", "m"}), next_letter("layer", set("lmpq"))
    ('p', 'l_1')
    """
    return next(letter for letter in _list_letters(kind) if letter not in taken)


def _list_letters(kind: str) -> Iterator[str]:
    """j, k, ..., then j_1, k_1, ..., j_2, ..."""
    yield from LETTERS[kind]
    for number in count(1):
        yield from (f"{letter}_{number}" for letter in LETTERS[kind])


def _rename(
    expression: Expr,
    mapping: Mapping[Expr, Expr],
    taken: set[str],
    quantities: Mapping[str, Quantity],
) -> Expr:
    """Rename free and bound indices in one go, so that no new letter is captured by a sum."""
    if not expression.has(Sum, Softmax):
        return expression.xreplace(dict(mapping))
    if isinstance(expression, Sum | Softmax):
        if isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
        else:
            argument, body, bound, low, high = expression.args
        letter = next_letter(kind_of(bound, body, quantities), taken)
        new = index_symbol(letter)
        inner = _rename(body, {**mapping, bound: new}, taken | {letter}, quantities)
        low, high = low.xreplace(dict(mapping)), high.xreplace(dict(mapping))
        if isinstance(expression, Sum):
            return Sum(inner, (new, low, high))
        return Softmax(argument.xreplace(dict(mapping)), inner, new, low, high)
    return expression.func(*(_rename(a, mapping, taken, quantities) for a in expression.args))
