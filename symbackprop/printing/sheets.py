"""From a derived system to a sheet of formulas: which ones, in which view and form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Sum

from symbackprop.choices import FORMS
from symbackprop.derivation.arguments import Step
from symbackprop.derivation.views import instantiate_everywhere
from symbackprop.equations import KINDS, Equation, System, indices_of, name_of, split_adjoint
from symbackprop.errors import InputError, name_choices
from symbackprop.network.declared import choose_notation
from symbackprop.notation import Notation
from symbackprop.printing.documents import Line, Section, Sheet
from symbackprop.printing.requests import ACTIVATION, Entry, Printable, Request
from symbackprop.printing.text import spell
from symbackprop.printing.units import NamedEntries
from symbackprop.printing.views import (
    VIEWS,
    arrange_lines,
    choose_view,
    name_cost_terms,
    show_entries,
)
from symbackprop.printing.words import find_word


def make_sheet(derived: Printable, request: Request) -> Sheet:
    """Choose, write and arrange the formulas of a request.

    Raises:
        InputError: an unknown view, form or quantity; more formulas than the limit; numbers
            asked for where none are given.
    """
    check_choice("view", request.view, VIEWS)
    check_choice("form", request.form, FORMS)
    if request.view == "numeric":
        derived.require_values()
    unit = _find_unit(derived, request)
    if unit is not None:
        request = replace(request, wrt=f"{name_of(unit)}{unit.indices[0]}")
    entries = show_entries(derived, request, list(_list_entries(derived, request)))
    if unit is not None:
        entries = [e for e in entries if indices_of(e.lines[0][0].lhs) == indices_of(unit)]
    language = request.notation.language
    sections: dict[str, list[Line]] = {}
    for number, (entry, layouts) in enumerate(arrange_lines(derived, request, entries)):
        argument = number if len(entry.lines) > 1 else None
        lines = sections.setdefault(entry.part, [])
        for (_, reason), (layout, domain) in zip(entry.lines, layouts, strict=True):
            word = find_word(reason, language) if reason else None
            if reason and lines and lines[-1].layout == layout:
                continue
            lines.append(Line(layout, word, domain, argument))
    return Sheet(
        derived.declared.title,
        tuple(Section(find_word(part, language), tuple(lines)) for part, lines in sections.items()),
        language,
        tell_view(derived, request),
    )


def tell_view(derived: Printable, request: Request) -> str:
    """Which view this is, and which others show this system."""
    others = [v.name for v in VIEWS.values() if v.name != request.view and v.suits(derived)]
    view, also = (find_word(key, request.notation.language) for key in ("view", "also"))
    return f"{view}: {request.view}" + (f" ({also}: {', '.join(others)})" if others else "")


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
    options.setdefault("view", choose_view(derived, notation))
    if options["view"] == "numeric":
        options.setdefault("form", "chain")
    return Request(notation=notation, **options)


def _find_unit(derived: Printable, request: Request) -> Expr | None:
    """The entry of a parameter that the notation names: w5 --> W[2, 1, 1].

    Raises:
        InputError: one entry is asked for in a view that shows whole layers.
    """
    system = derived.system
    if not request.notation.named_units or not re.fullmatch(r"[a-z]\w*[0-9]", request.wrt):
        return None
    if request.wrt in system.quantities or system.sample is not None:
        return None
    entries = NamedEntries(system, request.notation)
    for name in system.names("parameter"):
        kinds = system.quantities[name].kinds
        for indices in _list_indices(system, name):
            layout = entries.name_unit(name, indices, kinds)
            if layout is not None and spell(layout) == request.wrt:
                if not VIEWS[request.view].by_number:
                    raise InputError(
                        f"{request.wrt} is one entry of {name}; "
                        f"ask for it with --view component or numeric"
                    )
                return system.quantities[name].at(*indices)
    return None


def _list_indices(system: System, name: str) -> Iterator[tuple[Expr, ...]]:
    """The indices of every entry of a parameter of a small network."""
    entries = instantiate_everywhere(
        Equation(
            system.quantities[name].at(*(a.symbol for a in system.quantities[name].axes)),
            Integer(0),
            system.quantities[name].axes,
        ),
        {symbol: Integer(size) for symbol, size in system.sizes.items()},
        KINDS,
        system.quantities,
    )
    yield from (indices_of(e.lhs) for e in entries)


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
    if request.wrt == "all":
        for equation in _list_forward(derived, request):
            yield Entry("forward pass", ((equation, ""),))
        yield from _list_activations(derived, request)
    wanted = list(_choose_quantities(derived, request.wrt))
    for name, layer in sorted(wanted, key=lambda w: _rank_part(system, w[0])):
        part = PARTS[system.quantities[name].role]
        if request.form == "delta" and not request.steps:
            for equation in system.definitions[system.adjoint(name)]:
                if _is_of_layer(equation, layer) and not _is_hidden(derived, request, equation):
                    yield Entry(part, ((equation, ""),))
            continue
        for derivation in derived.explain(name):
            steps = derivation.steps
            if not request.steps:
                steps = tuple(s for s in steps if s.form == request.form)
            lines = tuple(
                (Equation(s.left, s.right, (*derivation.axes, *s.axes)), _reason(s, request))
                for s in steps
            )
            target = Equation(derivation.target, derivation.target)
            if not lines or _is_hidden(derived, request, target):
                continue
            if _is_of_layer(target, layer):
                yield Entry(part, lines)
    if request.wrt == "all":
        for equation in system.select("update"):
            yield Entry("updates", ((equation, ""),))


def _list_activations(derived: Printable, request: Request) -> Iterator[Entry]:
    """What each activation is, and its derivative; with the argument where steps are shown."""
    if VIEWS[request.view].by_number:
        return
    for derivation in derived.explain_activations():
        steps = derivation.steps
        if not request.steps:
            last = {step.left: step for step in steps}
            steps = tuple(last.values())
        lines = tuple((Equation(s.left, s.right), _reason(s, request)) for s in steps)
        if request.steps:
            yield Entry(ACTIVATION, lines)
        else:
            yield from (Entry(ACTIVATION, (line,)) for line in lines)


def _is_hidden(derived: Printable, request: Request, equation: Equation) -> bool:
    """The derivative by the inputs is shown where it is asked for."""
    of_inputs = bool(equation.indices) and equation.indices[0] == 0
    return request.wrt == "all" and derived.declared.network is not None and of_inputs


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


def _reason(step: Step, request: Request) -> str:
    return step.reason if request.steps else ""


def _rank_part(system: System, name: str) -> int:
    order = ("errors", "backward pass", "gradients")
    return order.index(PARTS[system.quantities[name].role])


def _is_of_layer(equation: Equation, layer: int | None) -> bool:
    return layer is None or (bool(equation.indices) and equation.indices[0] == layer)


def _choose_quantities(derived: Printable, wrt: str) -> Iterator[tuple[str, int | None]]:
    """The quantities that are asked for, each with its layer or None for all."""
    system = derived.system
    known = {split[1]: None for name in system.definitions if (split := split_adjoint(name))}
    errors = [n for n in known if system.quantities[n].role == "pre-activation"]
    if wrt == "all":
        inputs_matter = derived.declared.network is None
        for name in known:
            if inputs_matter or system.quantities[name].role != "input":
                yield name, None
        return
    if wrt in known:
        yield wrt, None
        return
    match = re.fullmatch(r"(.*?)_?([0-9]+)?", wrt)
    stem, layer = (match[1], match[2]) if match else (wrt, None)
    names = errors if stem == "delta" else [stem] if stem in known else []
    layered = [n for n in names if "layer" in system.quantities[n].kinds]
    if not names or (layer is not None and not layered):
        choices = [*known, *(["delta"] if errors else [])]
        raise InputError(name_choices("quantity for --wrt", wrt, ["all", *choices]))
    if layer is not None:
        _check_layer(system, layered[0], int(layer), wrt)
    for name in names:
        yield name, None if layer is None else int(layer)


def _check_layer(system: System, name: str, layer: int, wrt: str) -> None:
    axis = system.quantities[name].axes[0]
    if not axis.high.is_Integer:
        raise InputError(
            f"{wrt}: this network has {axis.high} layers, a symbol; ask for {name}, "
            f"or give widths such as 2-3-1"
        )
    if not int(axis.low) <= layer <= int(axis.high):
        raise InputError(f"{wrt}: {name} has the layers {axis.low} to {axis.high}")
