"""Explaining a derived formula line by line, as a lecturer writes it on the board.

The chain rule as far as the next error delta; each factor with its reason; all of it put
together; the result. Where a quantity acts on the cost in several ways, the sum over the ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from sympy import Expr, Integer, Mul, Sum, Symbol, preorder_traversal

from symbackprop.derivation.arguments import Argument, Step
from symbackprop.derivation.deltas import instantiate
from symbackprop.derivation.domains import covers, list_sums_around, meet
from symbackprop.derivation.fold import fold_expression, pull_out
from symbackprop.derivation.letters import tidy
from symbackprop.derivation.passes import Passes
from symbackprop.derivation.slopes import differentiate_link
from symbackprop.derivation.ways import (
    Route,
    find_top,
    find_ways,
    follow,
    list_axes,
    list_heads,
    list_links,
    put_in_cases,
)
from symbackprop.equations import (
    Equation,
    System,
    entry,
    find_entries,
    indices_of,
    name_of,
    peel,
    split_adjoint,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.network.activations import (
    Activation,
    derive_through_output,
    name_slope,
)
from symbackprop.partials import Braced, Chain, Partial, flatten
from symbackprop.primitives import find_primitive

REASONS_OF_ROLES = {
    "cost": "cost",
    "sample cost": "cost",
    "activation": "activation",
    "pre-activation": "weighted sum",
}


def explain_quantity(passes: Passes, quantity: str) -> tuple[Argument, ...]:
    """The derivation of ∂C/∂quantity, one argument for each case (the last layer, those before).

    Raises:
        InputError: no quantity of that name; the message has those there are.
    """
    cases = [
        (replace(route, equation=case), result)
        for link in passes.links.definitions[passes.find_adjoint(quantity)]
        for route in follow(passes.links, link, partial(_find_next, passes))
        for case, result in match(passes.folded, route.equation)
    ]
    return tuple(
        _explain_case(passes, route, result, defines=number == 0)
        for number, (route, result) in enumerate(cases)
    )


def _find_next(passes: Passes, links: System, route: Route) -> Iterator[Expr]:
    """Where a chain goes on: to what the result is written in, and for a parameter through its
    own delta to what that is written in."""
    met = (route.equation.name, *route.passed)
    ends = frozenset().union(*(passes.written_in[name] for name in met))
    heads = list_heads(links, route.equation)
    errors = [h for h in heads if is_error(links, name_of(h))]
    given = links.quantities[route.equation.name].role == "gradient"
    if given and len(errors) == 1 and not any(is_error(links, name) for name in met):
        # only where it has a value that can stand over its brace
        yield from (h for h in errors if put_in_cases(passes.folded, route.equation, h))
    yield from (h for h in heads if name_of(h) not in ends)


def is_error(system: System, adjoint: str) -> bool:
    """Whether a name is that of a delta, the derivative by a pre-activation."""
    split = split_adjoint(adjoint)
    return split is not None and system.quantities[split[1]].role == "pre-activation"


def match(system: System, case: Equation) -> Iterator[tuple[Equation, Expr]]:
    """A case with the formula that the system has for it; a formula for a part of the case gives
    that part."""
    axes = {a.symbol: a for a in case.axes}
    for definition in system.definitions[case.name]:
        met = meet(case.indices, definition, axes)
        if met is not None:
            points = {s: a.low for s, a in met.items() if a.low == a.high}
            part = replace(case, axes=tuple(met.values())).substitute(points)
            result = replace(part, rhs=instantiate(definition, part.indices))
            yield tidy(part, system), tidy(result, system).rhs


# --- the lines ---------------------------------------------------------------------------------

# link or delta of a chain --> the lines that work it out
Factors = Mapping[Expr, tuple[Step, ...]]


def _explain_case(passes: Passes, route: Route, result: Expr, defines: bool) -> Argument:
    left = route.equation.lhs
    case, deltas = name_links(passes, route.equation)
    factors = find_factors(passes.folded, case, deltas)
    steps = list(_define_error(passes.folded, left)) if defines else []
    if case.rhs in factors:
        # ∂C/∂a = ∂C/∂a says nothing: its value does
        steps += (replace(step, left=left) for step in factors[case.rhs])
        if not _same(passes.folded, case, steps[-1].right, result):
            steps.append(Step(left, result, "rewriting"))
    elif not factors:
        steps.append(Step(left, result, "no way"))
    else:
        steps.append(Step(left, case.rhs, "chain rule"))
        steps += (step for lines in factors.values() for step in lines)
        steps += _put_together(passes.folded, replace(route, equation=case), factors, result)
    ways = find_ways(passes.declared, case, passes.lead)
    return Argument(left, case.axes, tuple(steps), ways)


def _define_error(system: System, left: Expr) -> Iterator[Step]:
    """delta = ∂C/∂z, where a derivation begins with a delta."""
    if is_error(system, name_of(left)):
        yield Step(left, spell_adjoint(system, left), "definition of the error")


def spell_adjoint(system: System, adjoint: Expr) -> Expr:
    """An adjoint as the derivative that it is: ∂C/∂z[l, j] --> Partial(C, z[l, j])."""
    _, name = split_adjoint(name_of(adjoint)) or ("", "")
    quantity = entry(name, indices_of(adjoint))
    return Partial(find_top(system, quantity), quantity)


def name_links(passes: Passes, case: Equation) -> tuple[Equation, dict[Expr, Expr]]:
    """Write every link that is the whole derivative as such, and every delta as the derivative
    that it is; which those are. A part beside others has the sign of a part."""
    parts = {p for node in preorder_traversal(case.rhs) if node.is_Add for p in node.args}
    whole = {
        link: Partial(*link.args)
        for link in list_links(case.rhs)
        if link not in parts and passes.is_only_way(link, list_axes(case, link, passes.folded))
    }
    heads = [h for h in list_heads(passes.links, case) if is_error(passes.folded, name_of(h))]
    spelled = {head: spell_adjoint(passes.folded, head) for head in heads}
    deltas = {derivative: head for head, derivative in spelled.items()}
    return replace(case, rhs=case.rhs.xreplace(whole | spelled)), deltas


def find_factors(system: System, case: Equation, deltas: Mapping[Expr, Expr]) -> Factors:
    """What each factor of a chain is, line by line."""
    return {link: tuple(_find_factor(system, case, deltas, link)) for link in list_links(case.rhs)}


def _find_factor(
    system: System, case: Equation, deltas: Mapping[Expr, Expr], link: Expr
) -> Iterator[Step]:
    axes = list_axes(case, link, system)
    summed = tuple(a for a in axes if a not in case.axes)
    if link in deltas:
        yield Step(link, deltas[link], "definition of the error", summed)
        return
    letters = {a.symbol.name for a in (*case.axes, *axes)}
    value = Equation(link.args[1], differentiate_link(system, link, axes))
    upper = system.quantities[name_of(link.args[0])]
    reason = REASONS_OF_ROLES.get(upper.role, "local derivative")
    yield Step(link, tidy(value, system, letters).rhs, reason, summed)
    folded = replace(value, rhs=fold_expression(system, value.rhs))
    if folded != value and upper.name in map(name_of, find_entries(folded.rhs)):
        yield Step(link, tidy(folded, system, letters).rhs, "through the output", summed)


def _put_together(system: System, route: Route, factors: Factors, result: Expr) -> Iterator[Step]:
    """All factors in their places; the parts that are a delta under a brace; by its name."""
    case = route.equation
    left, reason = case.lhs, "factors"
    worked_out = put_values(case.rhs, {link: lines[-1].right for link, lines in factors.items()})
    braced = _brace_deltas(system, route, result)
    if not _same(system, case, worked_out, braced):
        yield Step(left, tidy(replace(case, rhs=worked_out), system).rhs, reason)
        reason = "rewriting"
    yield Step(left, braced, reason)
    if braced != result:
        yield Step(left, result, "definition of the error")


def put_values(chain: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """Replace the links of a chain by their values, without factors of 1."""
    if chain in values:
        return values[chain]
    if isinstance(chain, Sum):
        body, *limits = peel(chain)
        return Sum(put_values(body, values), tuple(limits))
    if isinstance(chain, Chain):
        factors = [f for f in (put_values(f, values) for f in chain.args) if f != 1]
        return Chain(*factors) if len(factors) > 1 else Mul(*factors)
    return chain.func(*(put_values(a, values) for a in chain.args)) if chain.is_Add else chain


def _brace_deltas(system: System, route: Route, result: Expr) -> Expr:
    """A delta that the chain has passed stands as what it is, with its name under a brace."""
    case = route.equation
    braces = {}
    for head in list_heads(system, replace(case, rhs=result)):
        if name_of(head) in route.passed and is_error(system, name_of(head)):
            ranges = {a.symbol: a for a in case.axes} | list_sums_around(result, head)
            for definition in system.definitions[name_of(head)]:
                if covers(definition, indices_of(head), ranges):
                    braces[head] = Braced(instantiate(definition, indices_of(head)), head)
    return tidy(replace(case, rhs=result.xreplace(braces)), system).rhs


def _same(system: System, case: Equation, one: Expr, other: Expr) -> bool:
    """Whether two right sides differ only by the order of factors and the places of sums."""
    plain = (replace(case, rhs=pull_out(flatten(e))) for e in (one, other))
    return len({tidy(equation, system).rhs for equation in plain}) == 1


def state_formula(activation: Activation) -> Argument:
    """What an activation is, where that is all that can be said of it: it has no derivative."""
    z = Symbol("z", real=True)
    named = activation.function(z)
    formula = activation.function.apply_formula(z)
    return Argument(named, (), (Step(named, formula, "definition"),))


def explain_activation(activation: Activation) -> Argument:
    """The derivation of the derivative of an activation, such as sigma' = sigma(1 - sigma).

    Raises:
        InputError: an activation that has no formula of one pre-activation, or no derivative.

    >>> from symbackprop.network.activations import ACTIVATIONS
    >>> for step in explain_activation(ACTIVATIONS["sigmoid"]).steps:
    ...     print(step.left, "=", step.right)
    sigmoid(z) = 1/(1 + exp(-z))
    sigmoid'(z) = exp(-z)/(1 + exp(-z))**2
    sigmoid'(z) = Chain(1/(1 + exp(-z)), 1 - 1/(1 + exp(-z)))
    sigmoid'(z) = (1 - sigmoid(z))*sigmoid(z)
    """
    if activation.formula is None or not activation.differentiable:
        raise InputError(f"{activation.name} has no derivative to derive from a formula")
    z = Symbol("z", real=True)
    function = activation.function
    named, slope = function(z), function.derivative()(z)
    formula = function.apply_formula(z)
    worked_out = function.derivative().apply_formula(z)
    primitive = find_primitive(formula)
    # tanh(z) = tanh(z) would say nothing.
    says_nothing = primitive is not None and activation.name in primitive.words
    steps = [] if says_nothing else [Step(named, formula, "definition")]
    steps.append(Step(slope, worked_out, "derivative"))
    output = derive_through_output(function)
    if output is not None and worked_out.has(z):
        unit, through = output
        factors = [f.xreplace({unit: formula}) for f in through.as_ordered_factors()]
        if len(factors) > 1:
            steps.append(Step(slope, Chain(*sorted(factors, key=str, reverse=True)), "rewriting"))
        steps.append(Step(slope, through.xreplace({unit: named}), "through the output"))
    elif (found := name_slope(function)) is not None and isinstance(found[1], NamedFunction):
        # softplus' is the sigmoid, which is written out in its turn
        other = found[1].xreplace({found[0]: z})
        steps.append(Step(slope, other, "rewriting"))
        steps.append(Step(other, type(other).apply_formula(z), "definition"))
    if activation.derivative_at_zero is not None:
        corner = function.derivative()(Integer(0))
        steps.append(Step(corner, activation.derivative_at_zero, "definition"))
    return Argument(slope, (), tuple(steps))
