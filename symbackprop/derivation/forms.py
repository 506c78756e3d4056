"""A derived formula in another form: as a chain of partial derivatives, with its factors worked
out, or expanded.

A form is one line. It goes on to the cost where layers have numbers, as an explanation does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr

from symbackprop.derivation.arguments import Argument, Step
from symbackprop.derivation.deltas import put_in
from symbackprop.derivation.letters import tidy
from symbackprop.derivation.passes import Passes
from symbackprop.derivation.steps import find_factors, match, name_links, put_values
from symbackprop.derivation.ways import Route, find_ways, follow, list_heads, list_links
from symbackprop.equations import Equation, System, indices_of, name_of
from symbackprop.partials import Partial

# form --> why it is the formula
FORMS = {
    "chain": "chain rule",
    "factors": "factors",
    "delta": "definition of the error",
    "expanded": "expanded",
}
# so many links, or deltas written out, and no more: deeper ones keep their names
LONGEST, DEEPEST = 64, 8


def write_form(passes: Passes, quantity: str, form: str) -> tuple[Argument, ...]:
    """∂C/∂quantity in one of FORMS, one argument of one step for each case.

    Raises:
        InputError: no quantity of that name; the message has those there are.
    """
    name = passes.find_adjoint(quantity)
    routes = [r for link in passes.links.definitions[name] for r in follow(passes.links, link, _on)]
    written = []
    for route in routes:
        if form in ("chain", "factors"):
            written.append(_write_chain(passes, route.equation, form))
            continue
        for case, result in match(passes.folded, route.equation):
            formula = replace(case, rhs=result)
            if form == "expanded":
                formula = expand_deltas(passes.folded, formula)
            written.append(_state(formula, form))
    return tuple(dict.fromkeys(written))


def _on(links: System, route: Route) -> Iterator[Expr]:
    """A whole chain goes on to the cost, where layers have numbers and it is not too long; else
    to the next layer, whose derivatives keep their names."""
    if len(list_links(route.equation.rhs)) > LONGEST:
        return
    met = (route.equation.name, *route.passed)
    here = {a.symbol for a in route.equation.axes} | links.size_symbols
    for head in list_heads(links, route.equation):
        stays = all(i.is_Integer or i in here for i in list_steps(links, head))
        if is_numbered(links, name_of(head)) or (stays and name_of(head) not in met):
            yield head


def is_numbered(system: System, name: str) -> bool:
    """Whether every step of a quantity has an equation of its own: then a chain has an end."""
    return all(
        index.is_Integer
        for definition in system.definitions[name]
        for index in list_steps(system, definition.lhs)
    )


def list_steps(system: System, quantity: Expr) -> list[Expr]:
    """The layers and times in the indices of a quantity."""
    kinds = system.quantities[name_of(quantity)].kinds
    pairs = zip(indices_of(quantity), kinds, strict=True)
    return [index for index, kind in pairs if kind in ("layer", "time")]


def _write_chain(passes: Passes, case: Equation, form: str) -> Argument:
    """A chain, or the values of its links; ∂C/∂a = ∂C/∂a would say nothing: its value does."""
    named, deltas = name_links(passes, case)
    if form == "chain" and not isinstance(named.rhs, Partial):
        return _state(named, form, find_ways(passes.declared, named, passes.lead))
    factors = find_factors(passes.folded, named, deltas)
    values = {link: steps[-1].right for link, steps in factors.items()}
    worked_out = replace(named, rhs=put_values(named.rhs, values))
    return _state(tidy(worked_out, passes.folded), form)


def _state(formula: Equation, form: str, ways: tuple[Equation, ...] = ()) -> Argument:
    step = Step(formula.lhs, formula.rhs, FORMS[form])
    return Argument(formula.lhs, formula.axes, (step,), ways)


def expand_deltas(system: System, equation: Equation) -> Equation:
    """Replace each delta by what it stands for, as far as layers have numbers or cases."""
    met: set[str] = set()
    for _ in range(DEEPEST):
        for head in list_heads(system, equation):
            if name_of(head) in met and not is_numbered(system, name_of(head)):
                continue
            merged = _put_in_whole(system, equation, head)
            if merged is not None:
                met.add(name_of(head))
                equation = tidy(merged, system)
                break
        else:
            break
    return equation


def _put_in_whole(system: System, equation: Equation, head: Expr) -> Equation | None:
    """Put in what a head stands for, where one definition holds over the whole range."""
    for definition in system.definitions[name_of(head)]:
        merged = put_in(equation, definition, {head})
        if merged is not None and len(merged.axes) == len(equation.axes):
            return merged
    return None
