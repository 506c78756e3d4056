"""From a derived system to a sheet of formulas: which ones, in which view and form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from sympy import Sum

from symbackprop.choices import FORMS, ViewName
from symbackprop.derivation.arguments import Argument, fix_indices
from symbackprop.derivation.backward import refuse_steps
from symbackprop.equations import Axis, Equation, System
from symbackprop.errors import InputError, name_choices
from symbackprop.network.declared import choose_notation
from symbackprop.notation import Notation
from symbackprop.printing.arrange import arrange_domain
from symbackprop.printing.board import Board
from symbackprop.printing.documents import Line, Section, Sheet
from symbackprop.printing.layout import Layout, Sentence
from symbackprop.printing.remarks import explain_forward_only
from symbackprop.printing.requests import ACTIVATION, ALL, Entry, Printable, Request
from symbackprop.printing.selection import Selection, select
from symbackprop.printing.views import (
    VIEWS,
    arrange_line,
    choose_view,
    find_system,
    name_cost_terms,
    show_entries,
)
from symbackprop.printing.words import find_word


def make_sheet(derived: Printable, request: Request) -> Sheet:
    """Choose, write and arrange the formulas of a request; see `begin_sheet`."""
    sheet = begin_sheet(derived, request)
    return replace(sheet, sections=tuple(replace(s, lines=tuple(s.lines)) for s in sheet.sections))


def begin_sheet(derived: Printable, request: Request) -> Sheet:
    """A sheet whose sections and lines are made when they are asked for, once and in order, so
    that a million of them take no room.

    Raises:
        InputError: an unknown view, form or quantity; more formulas than the limit; numbers
            asked for where none are given.
    """
    check_choice("view", request.view, VIEWS)
    check_choice("form", request.form, FORMS)
    if request.view == "numeric":
        derived.require_values()
    if request.view == "matrix" and (request.steps or request.form == "chain"):
        # partial derivatives have indices: then all formulas have them
        request = replace(request, view="indexed")
    recalls = request.steps or request.form != "delta" or request.wrt != ALL
    entries = show_entries(derived, request, list(_list_entries(derived, request)))
    return Sheet(
        derived.declared.title,
        _list_sections(derived, request, entries, recalls),
        request.notation.language,
        tell_view(derived, request),
        recalls,
    )


def _list_sections(
    derived: Printable, request: Request, entries: Iterable[Entry], recalls: bool
) -> Iterator[Section]:
    """The parts of a sheet; the entries of each stand together."""
    language = request.notation.language
    board = Board(find_system(derived, request), language, recalls)
    numbered = enumerate(entries)
    for part, found in groupby(numbered, key=lambda one: one[1].part):
        lines = (
            line
            for number, entry in found
            for line in _list_entry_lines(derived, request, board, entry, number)
        )
        yield Section(find_word(part, language), lines)
    if derived.declared.is_forward_only:
        for part, last in _end_forward_pass(derived, request).items():
            yield Section(find_word(part, language), last)


def _list_entry_lines(
    derived: Printable, request: Request, board: Board, entry: Entry, number: int
) -> Iterator[Line]:
    result = entry.lines[-1][0]
    arrange = partial(arrange_line, derived, request, board.system, entry.part)
    argument = number if len(entry.lines) > 1 else None
    said: tuple[Axis, ...] = ()
    for equation, layout, reason in board.write(entry.lines, result, arrange):
        word = find_word(reason, board.language) if reason else None
        domain = _tell_domain(equation, said, board.system, request.notation)
        # a sentence has a range of its own, the first formula that of all others
        said = said if isinstance(layout, Sentence) else result.axes
        yield Line(layout, word, domain, argument)


def _tell_domain(
    equation: Equation, said: tuple[Axis, ...], system: System, notation: Notation
) -> Layout | None:
    """For which indices a line holds, without those of which that is said already."""
    known = {axis.symbol for axis in said}
    axes = tuple(axis for axis in equation.axes if axis.symbol not in known)
    return arrange_domain(replace(equation, axes=axes), system, notation) if axes else None


def tell_view(derived: Printable, request: Request) -> str:
    """Which view this is, and how to get others that show this system."""
    others = [v.name for v in VIEWS.values() if v.name != request.view and v.suits(derived)]
    view, also = (find_word(key, request.notation.language) for key in ("view", "also"))
    return f"{view}: {request.view}" + (f" ({also} --view {', '.join(others)})" if others else "")


def _end_forward_pass(derived: Printable, request: Request) -> dict[str, list[Line]]:
    """The numbers of a network that goes forward only, and why it does."""
    found: dict[str, list[Line]] = {}
    if derived.declared.values and request.view != "numeric":
        numeric = make_sheet(derived, replace(request, view="numeric"))
        found["numbers"] = list(next(iter(numeric.sections)).lines)
    remark = explain_forward_only(derived.system, request.notation.language)
    return found | ({"backward pass": [Line(remark)]} if remark else {})


def request_for(
    derived: Printable,
    notation: str | Notation | None = None,
    language: str | None = None,
    decimal: str | None = None,
    **options: Any,
) -> Request:
    """A request with what the declaration itself says of notation and digits.

    The view is the one that suits; the numeric view shows the chain rule in numbers.
    """
    declared = derived.declared
    if not isinstance(notation, Notation):
        notation = choose_notation(declared, notation, language=language, decimal=decimal)
    if declared.digits:
        options.setdefault("digits", declared.digits)
    options.setdefault("wrt", derived.wrt)
    options.setdefault("view", _choose_view(derived, notation, options["wrt"]))
    if options["view"] == "numeric":
        options.setdefault("form", "chain")
    return Request(notation=notation, **options)


def _choose_view(derived: Printable, notation: Notation, wrt: str) -> ViewName:
    """What suits what is asked for: one entry has no matrix."""
    system = derived.system
    if wrt != ALL:
        refuse_steps(system)
    chosen = () if wrt == ALL else select(system, wrt, notation)
    if not any(c.is_of_neurons(system) for c in chosen):
        return choose_view(derived, notation)
    if derived.declared.values:
        return "numeric"
    return "component" if system.sizes else "indexed"


def name_defaults(derived: Printable, options: Mapping[str, Any]) -> dict[str, Any]:
    """What each option would be if only these others were given."""
    request = request_for(derived, **{k: v for k, v in options.items() if k != "to"})
    notation = request.notation
    return {
        **{name: getattr(request, name) for name in ("view", "form", "steps", "digits")},
        "notation": notation.name,
        "language": notation.language,
        "decimal": notation.decimal,
    }


def check_choice(what: str, given: str, known: Iterable[str]) -> None:
    """Refuse a name that is not known."""
    if given not in known:
        raise InputError(name_choices(what, given, known))


# --- which formulas ----------------------------------------------------------------------------

PARTS = {
    "pre-activation": "errors",
    "activation": "backward pass",
    "intermediate": "backward pass",
    "parameter": "gradients",
    "input": "gradients",
}


def _list_entries(derived: Printable, request: Request) -> Iterator[Entry]:
    system = derived.system
    if request.wrt == ALL:
        for equation in _list_forward(derived, request):
            yield Entry("forward pass", ((equation, ""),))
        yield from _list_activations(derived, request)
    for chosen in sorted(_choose(derived, request), key=lambda c: _rank_part(system, c.name)):
        part = PARTS[system.quantities[chosen.name].role]
        if request.form == "delta" and not request.steps:
            for equation in system.definitions[system.adjoint(chosen.name)]:
                fixed = chosen.match(equation.lhs, equation.axes, system.sizes)
                if fixed is not None and not _is_hidden(derived, request, equation):
                    yield Entry(part, ((equation.substitute(fixed), ""),))
            continue
        arguments = (
            derived.explain_quantity(chosen.name)
            if request.steps
            else derived.write_form(chosen.name, request.form)
        )
        for general in arguments:
            fixed = chosen.match(general.target, general.axes, system.sizes)
            target = Equation(general.target, general.target)
            if fixed is not None and not _is_hidden(derived, request, target):
                yield Entry(part, tuple(_list_lines(fix_indices(general, fixed), request)))
    if request.wrt == ALL:
        for equation in system.select("update"):
            yield Entry("updates", ((equation, ""),))


def _list_lines(argument: Argument, request: Request) -> Iterator[tuple[Equation, str]]:
    """The lines of an argument, each with its reason where steps are shown; first in which ways
    something acts on the cost."""
    yield from ((ways, "") for ways in argument.ways)
    for step in argument.steps:
        reason = step.reason if request.steps else ""
        yield Equation(step.left, step.right, (*argument.axes, *step.axes)), reason


def _list_activations(derived: Printable, request: Request) -> Iterator[Entry]:
    """What each activation is, and its derivative; with the argument where steps are shown."""
    if VIEWS[request.view].by_number:
        return
    for argument in derived.activations:
        lines = tuple(_list_lines(argument, request))
        if request.steps:
            yield Entry(ACTIVATION, lines)
        else:
            last = {equation.lhs: (equation, reason) for equation, reason in lines}
            yield from (Entry(ACTIVATION, (line,)) for line in last.values())


def _is_hidden(derived: Printable, request: Request, equation: Equation) -> bool:
    """The derivative by the inputs is shown where it is asked for."""
    of_inputs = bool(equation.indices) and equation.indices[0] == 0
    return request.wrt == ALL and derived.declared.network is not None and of_inputs


def _list_forward(derived: Printable, request: Request) -> Iterator[Equation]:
    """The forward equations; where every unit has a name, so have the terms of the cost."""
    system = derived.system
    terms = name_cost_terms(derived, request)
    for equation in system.select("forward"):
        if terms is None or equation.name != system.cost:
            yield equation
            continue
        yield terms
        axis = terms.axes[0]
        yield replace(equation, rhs=Sum(terms.lhs, (axis.symbol, axis.low, axis.high)))


def _rank_part(system: System, name: str) -> int:
    order = ("errors", "backward pass", "gradients")
    return order.index(PARTS[system.quantities[name].role])


def _choose(derived: Printable, request: Request) -> Iterator[Selection]:
    """What is asked for; with all, what the inputs do is told of graphs only.

    Raises:
        InputError: single neurons in a view of whole layers.
    """
    system = derived.system
    if request.wrt != ALL:
        refuse_steps(system)
    for chosen in select(system, request.wrt, request.notation):
        if request.view == "matrix" and chosen.is_of_neurons(system):
            raise InputError(
                f"{request.wrt}: the matrix view shows whole layers; one entry is shown with "
                f"--view indexed, component or numeric"
            )
        of_inputs = system.quantities[chosen.name].role == "input"
        if not (request.wrt == ALL and of_inputs and derived.declared.network is not None):
            yield chosen
