"""The numeric view: symbols = numbers put in = result, the factors in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sympy import Expr, Indexed, Symbol

from symbackprop.equations import UPDATED, Equation, System, name_of
from symbackprop.errors import InputError
from symbackprop.notation import Notation
from symbackprop.partials import Braced, Direct, Partial
from symbackprop.printing import layout as show
from symbackprop.printing.arrange import Arranger
from symbackprop.printing.layout import PRODUCT, Layout, bracket
from symbackprop.printing.numbers import show_number
from symbackprop.printing.order import is_entry


def arrange_numeric(
    equation: Equation,
    system: System,
    notation: Notation,
    numbers: Mapping[Expr, Any],
    digits: int = 9,
) -> Layout:
    """The chain symbols = numbers put in = result of an equation between entries.

    `numbers` has a value for the left side and for every entry of the right side (and for every
    Partial in it). They are rounded to so many significant digits for display only.

    Raises:
        InputError: an entry has no number.

    >>> from sympy import symbols
    >>> from symbackprop.equations import Quantity
    >>> from symbackprop.notation import find_preset
    >>> from symbackprop.printing.text import render
    >>> w, x, z = symbols("w x z")
    >>> system = System([Equation(z, w * x)], parameters=[w])
    >>> values = {w: 0.5, x: -2.0, z: -1.0}
    >>> render(arrange_numeric(system.equations[0], system, find_preset("nielsen"), values))
    'z = w · x = 0.5 · (−2) = −1'
    """
    right = equation.rhs
    bias = find_bias(right, system) if notation.named_units else None
    symbols = Arranger(system, notation, {}, digits, "dot").begin(equation.lhs, right)
    comma = notation.decimal == ","
    values: dict[Expr, Layout] = {
        size: show.Number(str(number)) for size, number in system.sizes.items()
    }
    for entry in list_values(right):
        if entry not in values:
            values[entry] = show_number(_find_number(numbers, entry), digits, comma)
    shown: dict[Expr, Layout] = {}
    if bias is not None:
        shown[bias] = times_one(symbols.arrange(bias))
        values[bias] = times_one(values[bias])
    relation = replace(symbols, layouts=shown).write_relation(equation.lhs, right, equation.role)
    result = show_number(_find_number(numbers, equation.lhs), digits, comma)
    put_in = replace(symbols, layouts=values).arrange(right)
    # i_1 = i_1 and 0.05 = 0.05 are said once
    sides = dict.fromkeys((*relation.sides, put_in, result))
    return replace(relation, sides=tuple(sides))


def list_values(expression: Expr) -> Iterator[Expr]:
    """What needs a number: the outermost entries and partial derivatives."""
    if isinstance(expression, Indexed | Symbol | Partial | Direct):
        yield expression
    elif isinstance(expression, Braced):
        yield from list_values(expression.args[0])
    else:
        for argument in expression.args:
            yield from list_values(argument)


def find_bias(expression: Expr, system: System) -> Expr | None:
    """The bias of a weighted sum, which some texts write as b * 1, the weight of an input 1."""
    if not expression.is_Add or any(t.could_extract_minus_sign() for t in expression.args):
        return None
    biases = [t for t in expression.args if is_entry(t) and _is_parameter(t, system)]
    products = any(t.is_Mul for t in expression.args)
    return biases[0] if len(biases) == 1 and products else None


def times_one(layout: Layout) -> Layout:
    return show.Product((bracket(layout, PRODUCT - 1), show.Number("1")), "dot")


def _is_parameter(term: Expr, system: System) -> bool:
    name = name_of(term)
    quantity = system.quantities.get(name.rstrip(UPDATED))
    return quantity is not None and quantity.role == "parameter"


def _find_number(numbers: Mapping[Expr, Any], entry: Expr) -> Any:
    if entry not in numbers:
        raise InputError(f"{entry} has no value; give a number for every entry that is shown")
    return numbers[entry]
