"""The ways on which a quantity reaches the cost: the links of the chain rule put end to end.

Where there is one way only, a link is the whole derivative and is written ∂X/∂Y; where X depends
on Y in other ways too, the link is the direct part, ∂⁺X/∂Y.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Add, Expr, Sum, Symbol, preorder_traversal

from symbackprop.derivation.deltas import put_in
from symbackprop.derivation.domains import covers, list_sums_around, never_meet
from symbackprop.derivation.letters import tidy
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    entry,
    find_entries,
    free_indices,
    indices_of,
    name_of,
    peel,
    split_adjoint,
)
from symbackprop.partials import Chain, Direct, Partial, Ways
from symbackprop.ranges import kind_of


@dataclass(frozen=True)
class Route:
    """A derivative as links put end to end, and the names of the derivatives passed on the way."""

    equation: Equation
    passed: tuple[str, ...] = ()


Choose = Callable[[System, Route], Iterable[Expr]]


def follow(links: System, equation: Equation, choose: Choose) -> Iterator[Route]:
    """Put the links of earlier links in, as far as `choose` names some; one route for each case
    (the last layer, the layers before)."""
    waiting = [Route(equation)]
    while waiting:
        route = waiting.pop()
        for head in choose(links, route):
            cases = put_in_cases(links, route.equation, head)
            if cases:
                passed = (*route.passed, name_of(head))
                waiting += (Route(case, passed) for case in reversed(cases))
                break
        else:
            straight = replace(route.equation, rhs=straighten(route.equation.rhs))
            yield replace(route, equation=tidy(straight, links))


def list_heads(links: System, equation: Equation) -> list[Expr]:
    """The derivatives in a chain that have links of their own, each once."""
    found = dict.fromkeys(find_entries(equation.rhs))
    return [e for e in found if split_adjoint(name_of(e)) and name_of(e) in links.definitions]


def put_in_cases(links: System, equation: Equation, head: Expr) -> list[Equation]:
    """Put in what a head stands for: one equation for each case of it, none where the cases
    cannot be told apart (a sum over all times has no single case)."""
    indices = indices_of(head)
    ranges = {a.symbol: a for a in equation.axes} | list_sums_around(equation.rhs, head)
    definitions = links.definitions[name_of(head)]
    whole = [d for d in definitions if covers(d, indices, ranges)]
    cases = []
    for definition in whole or definitions:
        case = put_in(equation, definition, {head})
        if case is not None:
            cases.append(case)
        elif not never_meet(indices, definition, ranges):
            return []
    return cases


def straighten(expression: Expr) -> Expr:
    """Chains within chains become one, and sums come out of chains.

    >>> from sympy import symbols
    >>> a, b, c, k = symbols("a b c k")
    >>> straighten(Chain(Sum(Chain(a, b), (k, 1, 2)), c))
    Sum(Chain(a, b, c), (k, 1, 2))
    """
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        return Sum(straighten(body), (bound, low, high))
    if expression.is_Add:
        return Add(*map(straighten, expression.args))
    if not isinstance(expression, Chain):
        return expression
    factors: list[Expr] = []
    limits = []
    for factor in map(straighten, expression.args):
        while isinstance(factor, Sum):
            factor, *limit = peel(factor)
            limits.append(tuple(limit))
        factors += factor.args if isinstance(factor, Chain) else [factor]
    result: Expr = Chain(*factors) if len(factors) > 1 else factors[0]
    for limit in reversed(limits):
        result = Sum(result, limit)
    return result


# --- the links of a chain ----------------------------------------------------------------------


def list_links(expression: Expr) -> list[Expr]:
    """The links of chains in their order, each once."""
    found: dict[Expr, None] = {}

    def walk(node: Expr) -> None:
        if isinstance(node, Direct | Partial):
            found.setdefault(node)
        for argument in node.args:
            walk(argument)

    walk(expression)
    return list(found)


def list_axes(case: Equation, link: Expr, system: System) -> tuple[Axis, ...]:
    """The indices of a link: those of the axes that it has, and those that are summed over."""
    summed = {
        s: replace(a, kind=kind_of(s, link, system.quantities))
        for s, a in list_sums_around(case.rhs, link).items()
    }
    ranges = {a.symbol: a for a in case.axes} | summed
    return _select(ranges, {s for e in link.args for i in indices_of(e) for s in i.free_symbols})


def _select(ranges: Mapping[Symbol, Axis], wanted: set[Symbol]) -> tuple[Axis, ...]:
    """These axes, and those that their ranges rest on."""
    for axis in reversed(tuple(ranges.values())):
        if axis.symbol in wanted:
            wanted = wanted | axis.low.free_symbols | axis.high.free_symbols
    return tuple(axis for axis in ranges.values() if axis.symbol in wanted)


def find_top(system: System, quantity: Expr) -> Expr:
    """What an adjoint of a quantity differentiates: C, or the cost of the one sample."""
    name = name_of(quantity)
    kinds = system.quantities[name].kinds
    samples = [i for i, k in zip(indices_of(quantity), kinds, strict=True) if k == "sample"]
    cost = system.differentiated(name)
    return entry(cost, samples if cost != system.cost else ())


# whether there is a way from one entry to another, for some choice of their indices
Lead = Callable[[Expr, Expr, tuple[Axis, ...]], bool]


def find_ways(system: System, case: Equation, lead: Lead) -> tuple[Equation, ...]:
    """Where a quantity acts on the cost in several ways: W = Ways(W, C, C, z), for the indices
    that W has there; a way through several entries is a sum over them.

    >>> from sympy import Eq, symbols
    >>> C, W, z, gradient = symbols("C W z ∂C/∂W")
    >>> case = Equation(gradient, Direct(C, W) + Chain(z, Direct(z, W)))
    >>> system = System([Eq(z, 2 * W), Eq(C, z * W)])
    >>> find_ways(system, case, lambda start, goal, axes: True)[0].rhs
    Ways(W, C, C, z)
    """
    found = []
    for total in dict.fromkeys(node for node in preorder_traversal(case.rhs) if node.is_Add):
        last = [link for term in total.args for link in list_links(term)[-1:]]
        if len(last) < len(total.args):
            continue
        subject = last[0].args[1]
        top = find_top(system, subject)
        axes = {link: list_axes(case, link, system) for link in last}
        leading = [link for link in last if lead(link.args[0], top, axes[link])]
        through = dict.fromkeys(_open_way(link, axes[link]) for link in leading)
        if len(through) > 1:
            ways = Ways(subject, top, *sorted(through, key=lambda way: way != top))
            own = _select({a.symbol: a for a in axes[last[0]]}, free_indices(subject))
            found.append(Equation(subject, ways, own))
    return tuple(found)


def _open_way(link: Expr, axes: tuple[Axis, ...]) -> Expr:
    """∂z[k]/∂x[j] --> the sum of all z[k] that are summed over there."""
    way, subject = link.args
    for axis in reversed(axes):
        if axis.symbol in free_indices(way) - free_indices(subject):
            way = Sum(way, (axis.symbol, axis.low, axis.high))
    return way
