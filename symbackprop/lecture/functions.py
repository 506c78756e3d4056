"""The functions that a text gives by their formulas: f(x) = x^2, L(a, y) = -y log a."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Expr

from symbackprop.equations import find_entries
from symbackprop.functions import name_function
from symbackprop.lecture.completion import make_function
from symbackprop.lecture.contexts import Context
from symbackprop.lecture.definitions import EQUATES
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.survey import KNOWN, bare
from symbackprop.reading import tree


def find_functions(
    context: Context, statements: Sequence[tree.Statement], activations: dict[str, str]
) -> Callable[[tree.Name], Any | None]:
    """The functions whose formulas the text gives: f(x) = x^2, and known activations."""
    formulas: dict[str, tuple[Expr, Expr]] = {}
    unsure: set[str] = set()
    numbers = replace(context, scalar=True)
    for statement in statements:
        found = _read_function(numbers, statement)
        if found is None or found[0] in activations:
            continue
        base, argument, value = found
        if base in formulas and formulas[base] != (argument, value):
            unsure.add(base)
        formulas[base] = argument, value
    made = {
        base: partial(_apply_formula, argument, value)
        for base, (argument, value) in formulas.items()
        if base not in unsure
    }

    def find(name: tree.Name) -> Any | None:
        if name.base in made:
            return name_function(name.base, made[name.base], name.primes)
        return make_function(name, activations)

    return find


def list_losses(
    context: Context, statements: Sequence[tree.Statement]
) -> Iterator[tuple[str, tuple[tuple[Expr, ...], Expr]]]:
    """L(a, y) = -y log a: L, its arguments, and its formula."""
    numbers = replace(context, scalar=True, columns={})
    for statement in statements:
        if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
            continue
        call = bare(statement.sides[0])
        if (
            not isinstance(call, tree.Call)
            or not isinstance(call.function, tree.Name)
            or len(call.arguments) < 2
            or not all(isinstance(bare(a), tree.Name) for a in call.arguments)
        ):
            continue
        try:
            arguments = tuple(Lowerer(numbers).lower(a).entry for a in call.arguments)
            value = Lowerer(numbers).lower(statement.sides[1]).entry
        except (Unclear, Clash):
            continue
        if set(find_entries(value)) <= set(arguments):
            yield call.function.base, (arguments, value)


def _apply_formula(argument: Expr, value: Expr, at: Expr) -> Expr:
    return value.xreplace({argument: at})


def _read_function(context: Context, statement: tree.Statement) -> tuple[str, Expr, Expr] | None:
    """f(x) = x^2 --> f, x and x^2; None for a formula that reads anything else."""
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
        return None
    call = bare(statement.sides[0])
    if not (
        isinstance(call, tree.Call)
        and isinstance(call.function, tree.Name)
        and context.ranking.is_function(call.function)
        and call.function.base not in KNOWN
        and not call.function.primes
        and len(call.arguments) == 1
        and isinstance(bare(call.arguments[0]), tree.Name)
    ):
        return None
    try:
        argument = Lowerer(context).lower(call.arguments[0]).entry
        value = Lowerer(context).lower(statement.sides[1]).entry
    except (Unclear, Clash):
        return None
    if set(find_entries(value)) - {argument} or set(find_entries(argument)) != {argument}:
        return None
    return call.function.base, argument, value
