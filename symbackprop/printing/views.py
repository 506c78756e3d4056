"""The views of a system, one row each: what becomes of its formulas, and how one is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sympy import Expr, Integer, Symbol

from symbackprop.choices import ViewName
from symbackprop.derivation.views import (
    count_places,
    drop_neurons,
    instantiate_everywhere,
    order_equations,
    split_cost,
    take_scalar,
)
from symbackprop.equations import (
    COST_TERM,
    KINDS,
    Equation,
    Quantity,
    System,
    find_entries,
    name_of,
)
from symbackprop.errors import InputError
from symbackprop.notation import Notation
from symbackprop.partials import Direct, Partial, Ways, flatten
from symbackprop.printing.arrange import Arranger, arrange_equation
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.layout import Layout
from symbackprop.printing.numeric import arrange_numeric
from symbackprop.printing.remarks import arrange_ways
from symbackprop.printing.requests import ACTIVATION, Entry, Printable, Request
from symbackprop.printing.units import NamedEntries
from symbackprop.progress import track

# Formulas of an activation are about one unit: its z has no indices.
ONE_UNIT = System((Equation(Symbol("a"), Symbol("z", real=True)),))


@dataclass(frozen=True)
class View:
    """One row: how a system is seen.

    transform     the formulas, changed to what this view has in their place
    system        what their quantities are declared as
    arrange       the layout of one of them
    suits         whether it shows a system, and otherwise than the indexed view does
    by_number     every index is a number, so that every unit may have a name
    """

    name: ViewName
    transform: Callable[[Printable, Request, list[Entry]], Iterable[Entry]]
    system: Callable[[Printable, Request], System]
    arrange: Callable[[Equation, System, Request, Printable], Layout]
    suits: Callable[[Printable], bool]
    by_number: bool = False


def show_entries(derived: Printable, request: Request, entries: list[Entry]) -> Iterable[Entry]:
    """The formulas as the view of the request has them, made when they are asked for.

    Raises:
        InputError: more formulas than the limit, or a size that is not given.
    """
    return VIEWS[request.view].transform(derived, request, entries)


def find_system(derived: Printable, request: Request) -> System:
    """What the quantities of the formulas are declared as, in the view of the request."""
    return VIEWS[request.view].system(derived, request)


def arrange_line(
    derived: Printable, request: Request, system: System, part: str, equation: Equation
) -> Layout:
    """The layout of one line of a part of a sheet."""
    if part == ACTIVATION:
        return arrange_equation(equation, ONE_UNIT, request.notation)
    if isinstance(equation.rhs, Ways):
        arranger = Arranger(system, request.notation).begin(equation.lhs, equation.rhs)
        return arrange_ways(equation.rhs, arranger)
    return VIEWS[request.view].arrange(equation, system, request, derived)


def name_cost_terms(derived: Printable, request: Request) -> Equation | None:
    """The terms of the cost by name, where every unit has one: E_o1."""
    names = NamedEntries(derived.system, request.notation)
    first = (Integer(1),)
    named = names.name_unit(COST_TERM, first, ("neuron",)) is not None
    if not (request.notation.named_units and named and VIEWS[request.view].by_number):
        return None
    return split_cost(derived.system)


# --- what becomes of the formulas ---------------------------------------------------------------


def keep(derived: Printable, request: Request, entries: list[Entry]) -> list[Entry]:
    _check_count(len(entries), request)
    return entries


def drop_all_neurons(derived: Printable, request: Request, entries: list[Entry]) -> list[Entry]:
    """Numbers of neurons go, and with them formulas that were different by them only."""
    quantities = derived.system.quantities

    dropped = (
        e
        if e.part == ACTIVATION
        else replace(e, lines=tuple((drop_neurons(q, quantities), reason) for q, reason in e.lines))
        for e in entries
    )
    return keep(derived, request, list(dict.fromkeys(dropped)))


def number_all(derived: Printable, request: Request, entries: list[Entry]) -> Iterator[Entry]:
    """Every formula for every index, the forward pass step by step: h[1] before z[2]. Those of the
    backward pass, as many as there are weights, are not kept."""
    system = derived.system
    # formulas are counted for one sample where their number is not given
    one = {system.sample.high: 1} if system.sample else {}
    count = sum(count_places(e.lines[0][0], {**one, **system.sizes}) for e in entries)
    _check_count(count, request)

    def number(is_forward: bool) -> Iterator[Entry]:
        chosen = (e for e in entries if (e.part == "forward pass") == is_forward)
        return (n for e in chosen for n in _number_entry(system, e))

    forward = {e.lines[0][0]: e for e in number(is_forward=True)}
    ordered = (forward[equation] for equation in order_equations(forward))
    return track(chain(ordered, number(is_forward=False)), "writing formulas", count)


def _check_count(count: int, request: Request) -> None:
    if request.limit is not None and count > request.limit:
        raise InputError(
            f"that is {count:,} formulas; choose with --wrt (W1, b2, delta1), or give --all"
        )


def _number_entry(system: System, entry: Entry) -> Iterator[Entry]:
    """One entry for each place of its result; a line with indices of its own gives several."""
    numbers = {symbol: Integer(size) for symbol, size in system.sizes.items()}
    result = entry.lines[-1][0]
    whole = replace(result, rhs=Integer(0))
    for place in instantiate_everywhere(whole, numbers, KINDS, system.quantities):
        at = {
            index: number
            for index, number in zip(result.indices, place.indices, strict=True)
            if isinstance(index, Symbol)
        }
        lines = [
            (flat, reason)
            for equation, reason in entry.lines
            for flat in instantiate_everywhere(
                equation.substitute(at), numbers, KINDS, system.quantities
            )
        ]
        yield Entry(entry.part, tuple(lines))


# --- how a line is written ----------------------------------------------------------------------


def as_derived(derived: Printable, request: Request) -> System:
    """The derived system, with the terms of the cost where these have names."""
    terms = name_cost_terms(derived, request)
    if terms is None:
        return derived.system
    return derived.system.extend((), [Quantity(terms.name, "intermediate", terms.axes)])


def without_neurons(derived: Printable, request: Request) -> System:
    return take_scalar(derived.declared.system)


def with_indices(
    equation: Equation, system: System, request: Request, derived: Printable
) -> Layout:
    return arrange_equation(equation, system, request.notation)


def in_matrices(equation: Equation, system: System, request: Request, derived: Printable) -> Layout:
    """The matrix form; partial derivatives, and what has no matrix form, keep their indices."""
    if equation.rhs.has(Partial, Direct) or equation.lhs.has(Partial, Direct):
        return arrange_equation(equation, system, request.notation)
    plain = replace(equation, rhs=flatten(equation.rhs))
    try:
        return arrange_matrix_equation(plain, system, request.notation)
    except InputError:
        return arrange_equation(equation, system, request.notation)


def in_numbers(equation: Equation, system: System, request: Request, derived: Printable) -> Layout:
    numbers = _find_numbers(derived, equation)
    return arrange_numeric(equation, system, request.notation, numbers, request.digits)


def _find_numbers(derived: Printable, equation: Equation) -> dict[Expr, Any]:
    """The number of every entry and of every partial derivative in an equation."""
    numbers: dict[Expr, Any] = {}
    for side in (equation.lhs, equation.rhs):
        for partial in side.atoms(Partial, Direct):
            numbers[partial] = derived.number(partial)
        for quantity in find_entries(side):
            terms = split_cost(derived.system) if name_of(quantity) == COST_TERM else None
            if terms is None:
                numbers[quantity] = derived.number(quantity)
            else:
                place = {terms.axes[0].symbol: int(quantity.indices[0])}
                numbers[quantity] = derived.number(terms.rhs, place)
    return numbers


# --- which views there are ----------------------------------------------------------------------


def has_neurons(derived: Printable) -> bool:
    return any("neuron" in q.kinds for q in derived.declared.system.quantities.values())


def has_scalars(derived: Printable) -> bool:
    """Whether there can be one neuron per layer, and is something to be seen by that."""
    try:
        take_scalar(derived.declared.system)
    except InputError:
        return False
    return has_neurons(derived)


def has_sizes(derived: Printable) -> bool:
    """Whether there are indices, and a number for the range of each."""
    system = derived.declared.system
    axes = [a for q in system.quantities.values() for a in q.axes]
    try:
        return bool(axes) and all(count_places(e, system.sizes) for e in system.equations)
    except InputError:
        return False


def has_values(derived: Printable) -> bool:
    return bool(derived.declared.values)


VIEWS: dict[ViewName, View] = {
    view.name: view
    for view in (
        View("scalar", drop_all_neurons, without_neurons, with_indices, has_scalars),
        View("indexed", keep, as_derived, with_indices, lambda derived: True),
        View("matrix", keep, as_derived, in_matrices, has_neurons),
        View("component", number_all, as_derived, with_indices, has_sizes, by_number=True),
        View("numeric", number_all, as_derived, in_numbers, has_values, by_number=True),
    )
}


def choose_view(derived: Printable, notation: Notation) -> ViewName:
    """The view that suits: numbers where a graph, or a notation with names, has them; scalars for
    single neurons; matrices for layers; else indices."""
    declared, network = derived.declared, derived.declared.network
    if declared.values and (network is None or notation.named_units):
        return "numeric"
    if network is None:
        return "indexed"
    single = network.widths is not None and set(network.widths) == {1}
    return "scalar" if single and has_scalars(derived) else "matrix"
