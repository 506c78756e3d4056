"""From a derived system to a sheet of formulas: which ones, in which view and form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sympy import Eq, Expr, Integer, Sum, Symbol

from symbackprop.derivation.arguments import Argument, Step
from symbackprop.derivation.views import (
    COST_TERM,
    count_places,
    drop_neurons,
    instantiate_everywhere,
    order_equations,
    split_cost,
    take_scalar,
)
from symbackprop.equations import (
    Equation,
    Quantity,
    System,
    find_entries,
    indices_of,
    name_of,
    split_adjoint,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.network.declared import Declared, choose_notation
from symbackprop.notation import Notation
from symbackprop.partials import Partial, flatten
from symbackprop.printing.arrange import Arranger, arrange_domain, arrange_equation
from symbackprop.printing.documents import Line, Section, Sheet
from symbackprop.printing.layout import Layout
from symbackprop.printing.text import spell
from symbackprop.printing.words import find_word

VIEWS = ("scalar", "indexed", "matrix", "component", "numeric")
FORMS = ("chain", "factors", "delta", "expanded")
LIMIT = 1000
DIGITS = 9
ACTIVATION = "activation"
# Formulas of an activation are about one unit: its z has no indices.
ONE_UNIT = System((Eq(Symbol("a"), Symbol("z", real=True)),))
EVERY_KIND = {"layer", "time", "neuron", "sample"}


class Printable(Protocol):
    """What a sheet asks of a derived system."""

    @property
    def declared(self) -> Declared: ...

    @property
    def system(self) -> System: ...

    def explain(self, quantity: str) -> tuple[Argument, ...]: ...

    def explain_activations(self) -> tuple[Argument, ...]: ...

    def require_values(self) -> None:
        """Raise an InputError where the declaration has no numbers."""

    def number(self, expression: Expr, place: Mapping[Symbol, int] | None = None) -> Any:
        """The number of an expression, also of the partial derivative of an entry."""


@dataclass(frozen=True)
class Request:
    """What is to be shown of a derived system.

    `wrt` is "all", a quantity (W, b, delta, a, x), or one with its layer (W1, delta2). `steps`
    shows the whole argument of each formula instead of one form of it.
    """

    view: str = "matrix"
    form: str = "delta"
    wrt: str = "all"
    notation: Notation = field(default_factory=Notation)
    digits: int = DIGITS
    steps: bool = False
    limit: int | None = LIMIT


@dataclass(frozen=True)
class Entry:
    """One formula to be shown, with the lines of its argument where they are asked for."""

    part: str
    lines: tuple[tuple[Equation, str], ...]


def make_sheet(derived: Printable, request: Request) -> Sheet:
    """Choose, write and arrange the formulas of a request.

    Raises:
        InputError: an unknown view, form or quantity; more formulas than the limit; numbers
            asked for where none are given.
    """
    _check_choice("view", request.view, VIEWS)
    _check_choice("form", request.form, FORMS)
    if request.view == "numeric":
        derived.require_values()
    unit = _find_unit(derived, request)
    if unit is not None:
        request = replace(request, wrt=f"{name_of(unit)}{unit.indices[0]}")
    entries = _transform(derived, request, list(_list_entries(derived, request)))
    if unit is not None:
        entries = [e for e in entries if indices_of(e.lines[0][0].lhs) == indices_of(unit)]
    arrange = _choose_arrangement(derived, request)

    def arrange_unit(equation: Equation) -> Layout:
        return arrange_equation(equation, ONE_UNIT, request.notation, "indexed")

    sections: dict[str, list[Line]] = {}
    for number, entry in enumerate(entries):
        argument = number if len(entry.lines) > 1 else None
        lines = sections.setdefault(entry.part, [])
        for equation, reason in entry.lines:
            word = find_word(reason, request.notation.language) if reason else None
            layout = (arrange_unit if entry.part == ACTIVATION else arrange)(equation)
            if reason and lines and lines[-1].layout == layout:
                continue
            domain = None if reason else _arrange_domain(derived, request, equation)
            lines.append(Line(layout, word, domain, argument))
    language = request.notation.language
    return Sheet(
        derived.declared.title,
        tuple(Section(find_word(part, language), tuple(lines)) for part, lines in sections.items()),
        language,
    )


def _arrange_domain(derived: Printable, request: Request, equation: Equation) -> Layout | None:
    return arrange_domain(equation, derived.system, request.notation) if equation.axes else None


def request_for(
    derived: Printable,
    notation: str | Notation | None = None,
    language: str | None = None,
    decimal: str | None = None,
    **options: Any,
) -> Request:
    """A request with what the declaration itself says of notation and digits.

    The view is the matrix view where there are layers, else the indexed one; the numeric view
    shows the chain rule in numbers.
    """
    declared = derived.declared
    if not isinstance(notation, Notation):
        notation = choose_notation(declared, notation, language=language, decimal=decimal)
    if declared.digits:
        options.setdefault("digits", declared.digits)
    options.setdefault("view", _usual_view(derived, notation))
    if options["view"] == "numeric":
        options.setdefault("form", "chain")
    return Request(notation=notation, **options)


def _usual_view(derived: Printable, notation: Notation) -> str:
    declared = derived.declared
    if declared.network is None:
        return "numeric" if declared.values else "indexed"
    if declared.values and notation.named_units:
        return "numeric"
    return "matrix"


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
    arranger = Arranger(system, request.notation)
    for name in system.names("parameter"):
        kinds = system.quantities[name].kinds
        for indices in _list_indices(system, name):
            layout = arranger.name_unit(name, indices, kinds)
            if layout is not None and spell(layout) == request.wrt:
                if request.view not in ("component", "numeric"):
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
        EVERY_KIND,
        system.quantities,
    )
    yield from (indices_of(e.lhs) for e in entries)


def _check_choice(what: str, given: str, known: tuple[str, ...]) -> None:
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
    if request.view in ("component", "numeric"):
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
    terms = _name_cost_terms(derived, request)
    for equation in system.select("forward"):
        if terms is None or equation.name != system.cost:
            yield equation
            continue
        yield terms
        axis = terms.axes[0]
        yield replace(equation, rhs=Sum(terms.lhs, (axis.symbol, axis.low, axis.high)))


def _name_cost_terms(derived: Printable, request: Request) -> Equation | None:
    if not request.notation.named_units or request.view not in ("component", "numeric"):
        return None
    return split_cost(derived.system)


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


def _check_count(count: int, request: Request) -> None:
    if request.limit is not None and count > request.limit:
        raise InputError(
            f"that is {count:,} formulas; choose with --wrt (W1, b2, delta1), or give --all"
        )


# --- in which view -----------------------------------------------------------------------------


def _transform(derived: Printable, request: Request, entries: list[Entry]) -> list[Entry]:
    system = derived.system
    if request.view == "scalar":
        # Numbers of neurons go, and with them formulas that were different by them only.
        return list(
            dict.fromkeys(
                e if e.part == ACTIVATION else _map_lines(e, lambda q: _drop(q, system))
                for e in entries
            )
        )
    if request.view in ("component", "numeric"):
        _check_count(
            sum(count_places(e.lines[0][0], _sizes_to_count(system)) for e in entries), request
        )
        numbered = [n for e in entries for n in _number_entry(system, e)]
        return _compute_in_order(numbered)
    _check_count(len(entries), request)
    return entries


def _compute_in_order(entries: list[Entry]) -> list[Entry]:
    """The forward pass step by step: h[1] before z[2]."""
    forward = {e.lines[0][0]: e for e in entries if e.part == "forward pass"}
    others = [e for e in entries if e.part != "forward pass"]
    return [forward[equation] for equation in order_equations(forward)] + others


def _sizes_to_count(system: System) -> dict[Expr, int]:
    """Formulas are counted for one sample where their number is not given."""
    one = {system.sample.high: 1} if system.sample else {}
    return {**one, **system.sizes}


def _map_lines(entry: Entry, change: Callable[[Equation], Equation]) -> Entry:
    return replace(entry, lines=tuple((change(e), reason) for e, reason in entry.lines))


def _drop(equation: Equation, system: System) -> Equation:
    return replace(
        equation,
        lhs=drop_neurons(equation.lhs, system.quantities),
        rhs=drop_neurons(equation.rhs, system.quantities),
        axes=tuple(a for a in equation.axes if a.kind != "neuron"),
    )


def _number_entry(system: System, entry: Entry) -> Iterator[Entry]:
    """One entry for each place of the formula; a line with indices of its own gives several."""
    numbers = {symbol: Integer(size) for symbol, size in system.sizes.items()}
    first = entry.lines[0][0]
    outer = [a.symbol for a in first.axes]
    columns = [
        [
            (flat, reason)
            for flat in instantiate_everywhere(equation, numbers, EVERY_KIND, system.quantities)
        ]
        for equation, reason in entry.lines
    ]
    for place in range(len(columns[0])):
        lines: list[tuple[Equation, str]] = []
        for (equation, _), column in zip(entry.lines, columns, strict=True):
            share = len(column) // len(columns[0]) if len(equation.axes) >= len(outer) else 0
            lines += column[place * share : (place + 1) * share] if share else []
        yield Entry(entry.part, tuple(lines))


# --- how a line is written ---------------------------------------------------------------------


def _choose_arrangement(derived: Printable, request: Request) -> Callable[[Equation], Layout]:
    system, notation = derived.system, request.notation
    terms = _name_cost_terms(derived, request)
    if terms is not None:
        system = system.extend((), [Quantity(terms.name, "intermediate", terms.axes)])
    if request.view == "numeric":
        from symbackprop.printing.numeric import arrange_numeric

        return lambda e: arrange_numeric(
            e, system, notation, _put_numbers(derived, e), request.digits
        )
    if request.view == "matrix" and not request.steps:
        return lambda e: _arrange_matrix(e, system, notation)
    if request.view == "matrix":
        return lambda e: arrange_equation(e, system, notation, "indexed")
    if request.view == "scalar":
        scalar = take_scalar(derived.declared.system)
        return lambda e: arrange_equation(e, scalar, notation, "scalar")
    return lambda e: arrange_equation(e, system, notation, request.view)


def _arrange_matrix(equation: Equation, system: System, notation: Notation) -> Layout:
    """The matrix form; partial derivatives, and what has no matrix form, keep their indices."""
    if equation.rhs.has(Partial) or equation.lhs.has(Partial):
        return arrange_equation(equation, system, notation, "indexed")
    plain = replace(equation, rhs=flatten(equation.rhs))
    try:
        return arrange_equation(plain, system, notation, "matrix")
    except InputError:
        return arrange_equation(equation, system, notation, "indexed")


def _put_numbers(derived: Printable, equation: Equation) -> dict[Expr, Any]:
    """The number of every entry and of every partial derivative in an equation."""
    numbers: dict[Expr, Any] = {}
    for side in (equation.lhs, equation.rhs):
        for partial in side.atoms(Partial):
            numbers[partial] = derived.number(partial)
        for quantity in find_entries(side):
            terms = split_cost(derived.system)
            if terms is not None and name_of(quantity) == COST_TERM:
                place = {terms.axes[0].symbol: int(quantity.indices[0])}
                numbers[quantity] = derived.number(terms.rhs, place)
            else:
                numbers[quantity] = derived.number(quantity)
    return numbers
