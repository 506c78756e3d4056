"""Explaining a derived formula line by line, as a lecturer writes it on the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Add, Dummy, Expr, Integer, KroneckerDelta, Mul, Sum, Symbol, exp

from symbackprop.derivation.arguments import Argument, Step
from symbackprop.derivation.backward import derive_links, find_reads, kind_of, sum_over, tidy, unify
from symbackprop.derivation.deltas import covers, instantiate, put_in
from symbackprop.derivation.fold import fold_expression, pull_out
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    entry,
    find_entries,
    indices_of,
    name_of,
    peel,
    split_adjoint,
    substitute,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.functions import NamedFunction
from symbackprop.network.activations import (
    Activation,
    derive_through_output,
    name_slope,
)
from symbackprop.partials import Braced, Chain, Partial
from symbackprop.primitives import find_primitive

# Deeper expansions are named deltas again: nobody reads nine brackets in one another.
DEEPEST = 8
DELTA_REASON = "definition of the error"
ROLE_REASONS = {
    "cost": "cost",
    "sample cost": "cost",
    "activation": "activation",
    "pre-activation": "weighted sum",
}


@dataclass(frozen=True)
class Passes:
    """One derivation at its stages: declared, factors multiplied, folded; and the links of the
    chain rule, which are made when they are asked for."""

    declared: System
    raw: System
    folded: System

    @cached_property
    def links(self) -> System:
        return derive_links(self.declared)


def explain_quantity(passes: Passes, quantity: str) -> tuple[Argument, ...]:
    """The derivation of ∂C/∂quantity, one for each case (the last layer, the layers before).

    Each has the chain of partial derivatives, the value of each factor, their product, the
    formula with the part named delta under a brace, through delta, and expanded.

    Raises:
        InputError: no quantity of that name; the message has those there are.
    """
    system = passes.folded
    known = {split[1]: n for n in system.definitions if (split := split_adjoint(n))}
    if quantity not in known:
        raise InputError(name_choices("quantity", quantity, known))
    return tuple(
        _explain_case(passes, case)
        for link in passes.links.definitions[known[quantity]]
        for case in _follow(passes.links, link)
    )


def _follow(links: System, equation: Equation) -> Iterator[Equation]:
    """Put the links of earlier links in, until the cost or the delta of the next layer."""
    waiting = [(equation, frozenset[str]())]
    while waiting:
        current, visited = waiting.pop()
        read = _next_head(links, current, visited)
        if read is None:
            yield tidy(replace(current, rhs=straighten(current.rhs)), links.quantities)
            continue
        name = name_of(read)
        for definition in reversed(links.definitions[name]):
            merged = put_in(current, definition)
            if merged is not None:
                waiting.append((merged, visited | {name}))


def _next_head(links: System, equation: Equation, visited: frozenset[str]) -> Expr | None:
    """An adjoint that can still be written as a chain of its own."""
    axes = {a.symbol for a in equation.axes}
    for read in find_entries(equation.rhs):
        name = name_of(read)
        if name not in links.definitions or split_adjoint(name) is None:
            continue
        steps = _steps_of(links, read)
        # A bound step (a sum over time) has no single case; a shifted one is the next layer,
        # whose delta keeps its name.
        if not all(i.is_Integer or i in axes or i in links.size_symbols for i in steps):
            continue
        if name in visited and not _is_numbered(links, name):
            continue
        return read
    return None


def _is_numbered(system: System, name: str) -> bool:
    """Whether every layer of a quantity has an equation of its own: then a chain has an end."""
    return all(
        all(i.is_Integer for i in _steps_of(system, definition.lhs))
        for definition in system.definitions[name]
    )


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
        return Add(*(straighten(a) for a in expression.args))
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


# --- the lines ---------------------------------------------------------------------------------


def _explain_case(passes: Passes, case: Equation) -> Argument:
    left = case.lhs
    partials = sorted(case.rhs.atoms(Partial), key=_place_in(case.rhs))
    values = {p: differentiate_entry(passes.folded, p, case.axes) for p in partials}
    direct = {p: v for p, v in values.items() if _has_other_paths(passes.links, p)}
    chain = _put_values(case.rhs, direct).xreplace(_name_slopes(passes.folded, case.rhs))
    reason = "chain rule"
    if chain in values:
        # A single link says ∂C/∂a = ∂C/∂a: its value says more.
        chain, reason = values[chain], "cost"
    steps = [Step(left, chain, reason, "chain")]
    for partial, value in values.items():
        own = _bound_axes(passes.folded, case.rhs, partial)
        steps += (replace(s, axes=own) for s in _explain_factor(passes.folded, partial, value))
    shown = {p: _without_exponentials(passes.folded, v) for p, v in values.items()}
    steps.append(Step(left, _put_values(case.rhs, shown), "factors", "factors"))
    steps += _explain_delta(passes, case)
    return Argument(left, case.axes, tuple(steps))


def _has_other_paths(links: System, partial: Partial) -> bool:
    """Whether the cost reads a quantity that reaches it by other ways too: ∂C/∂h would then be
    taken for the sum over all of them, so its value is written."""
    upper, lower = map(name_of, partial.args)
    readers = links.definitions.get(links.adjoint(lower), ())
    return upper == links.cost and any(e.rhs.is_Add for e in readers)


def _name_slopes(system: System, links: Expr) -> dict[Expr, Expr]:
    """A delta in a chain is a partial derivative like the others: ∂C/∂z[l+1, p]."""
    named = {}
    for read in find_entries(links):
        split = split_adjoint(name_of(read))
        if split is None:
            continue
        cost, name = split
        kinds = system.quantities[name].kinds
        sample = [i for i, kind in zip(indices_of(read), kinds, strict=True) if kind == "sample"]
        top = entry(cost, sample if cost != system.cost else ())
        named[read] = Partial(top, entry(name, indices_of(read)))
    return named


def _bound_axes(system: System, expression: Expr, partial: Partial) -> tuple[Axis, ...]:
    """The indices of a link that the chain sums over."""
    free = {s for e in partial.args for i in indices_of(e) for s in i.free_symbols}
    return tuple(
        Axis(bound, low, high, kind_of(bound, total.function, system.quantities))
        for total in sorted(expression.atoms(Sum), key=str)
        for bound, low, high in reversed(total.limits)
        if bound in free
    )


def _without_exponentials(system: System, value: Expr) -> Expr:
    """The derivative of softmax is read through its outputs; in exponentials it is not."""
    return fold_expression(system, value) if value.has(exp) else value


def _put_values(links: Expr, values: dict[Expr, Expr]) -> Expr:
    """Replace the links of a chain by their values, without factors of 1."""
    if links in values:
        return values[links]
    if isinstance(links, Sum):
        body, *limits = peel(links)
        return Sum(_put_values(body, values), tuple(limits))
    if isinstance(links, Chain):
        factors = [f for f in (_put_values(f, values) for f in links.args) if f != 1]
        return Chain(*factors) if len(factors) > 1 else Mul(*factors)
    return links.func(*(_put_values(a, values) for a in links.args)) if links.is_Add else links


def _place_in(expression: Expr):
    """Chains keep their order; sympy's sets do not."""
    places: dict[Expr, int] = {}

    def walk(node: Expr) -> None:
        if isinstance(node, Partial):
            places.setdefault(node, len(places))
        for argument in node.args:
            walk(argument)

    walk(expression)
    return lambda partial: places[partial]


def _explain_factor(system: System, partial: Partial, value: Expr) -> Iterator[Step]:
    upper = system.quantities[name_of(partial.args[0])]
    reason = ROLE_REASONS.get(upper.role, "intermediate")
    yield Step(partial, value, reason)
    folded = fold_expression(system, value)
    if folded != value:
        yield Step(partial, folded, "through the output")


def differentiate_entry(system: System, partial: Partial, axes: tuple[Axis, ...]) -> Expr:
    """The value of one link: the derivative of an equation by one entry that it reads.

    >>> from symbackprop.network.network import mlp
    >>> from sympy import IndexedBase, symbols
    >>> L, j, k = symbols("L j k", integer=True)
    >>> link = Partial(IndexedBase("z")[L, j], IndexedBase("a")[L - 1, k])
    >>> differentiate_entry(mlp().system, link, ())
    W[L, j, k]
    """
    upper, lower = partial.args
    ranges = {a.symbol: a for a in axes}
    definition = next(
        e
        for e in system.definitions[name_of(upper)]
        if e.role == "forward" and covers(e, indices_of(upper), ranges)
    )
    rhs = instantiate(definition, indices_of(upper))
    terms = []
    for read in find_reads(rhs, name_of(lower)):
        stand_ins = tuple(Dummy(integer=True) for _ in read.indices)
        back = dict(zip(stand_ins, indices_of(lower), strict=True))
        mapping, points, open_axes, _ = unify(read.indices, stand_ins, read.bound)
        term = substitute(read.coefficient, mapping).xreplace(back)
        for stand_in, value in points.items():
            term = term * KroneckerDelta(value, back[stand_in])
        for axis in open_axes:
            term = sum_over(term, axis)
        terms.append(term)
    rhs = pull_out(Add(*terms))
    return tidy(Equation(Symbol("value"), rhs), system.quantities, _letters(partial, axes)).rhs


def _letters(partial: Partial, axes: tuple[Axis, ...]) -> set[str]:
    used = {s.name for e in partial.args for i in indices_of(e) for s in i.free_symbols}
    return used | {a.symbol.name for a in axes}


def _explain_delta(passes: Passes, case: Equation) -> Iterator[Step]:
    """The lines through delta: with its brace, by its name, and expanded."""
    left = case.lhs
    through = _match(passes.folded, case)
    if through is None:
        return
    quantities = passes.folded.quantities
    head = next((e for e in find_entries(through.rhs) if _is_error(passes.folded, e)), None)
    narrowed = {a.symbol: a for a in case.axes}
    if head is not None and name_of(head) != name_of(left):
        raw = _definition_of(passes.raw, head, narrowed)
        if raw is not None:
            named = _without_exponentials(passes.folded, instantiate(raw, indices_of(head)))
            brace = Braced(named, head)
            braced = tidy(replace(through, rhs=through.rhs.xreplace({head: brace})), quantities)
            yield Step(left, braced.rhs, "error")
    reason = "rewriting" if head is None or name_of(head) == name_of(left) else DELTA_REASON
    yield Step(left, through.rhs, reason, "delta")
    expanded = expand_deltas(passes.folded, through)
    yield Step(left, expanded.rhs, "expanded", "expanded")


def _is_error(system: System, read: Expr) -> bool:
    split = split_adjoint(name_of(read))
    return split is not None and system.quantities[split[1]].role == "pre-activation"


def _match(system: System, case: Equation) -> Equation | None:
    """The folded equation that covers a case, written for its indices."""
    ranges = {a.symbol: a for a in case.axes}
    definition = _definition_of(system, case.lhs, ranges)
    if definition is None:
        return None
    rhs = instantiate(definition, indices_of(case.lhs))
    return tidy(replace(case, rhs=rhs), system.quantities)


def _definition_of(system: System, quantity: Expr, ranges: dict[Symbol, Axis]) -> Equation | None:
    return next(
        (
            d
            for d in system.definitions.get(name_of(quantity), ())
            if covers(d, indices_of(quantity), ranges)
        ),
        None,
    )


def expand_deltas(system: System, equation: Equation, deepest: int = DEEPEST) -> Equation:
    """Replace each delta by what it stands for, as far as layers have numbers or cases."""
    visited: set[str] = set()
    for _ in range(deepest):
        heads = [e for e in find_entries(equation.rhs) if split_adjoint(name_of(e))]
        ranges = {a.symbol: a for a in equation.axes}
        found = None
        for head in heads:
            if name_of(head) in visited and not _is_numbered(system, name_of(head)):
                continue
            definition = _definition_of(system, head, ranges)
            if definition is not None:
                found = (head, definition)
                break
        if found is None:
            break
        head, definition = found
        visited.add(name_of(head))
        merged = put_in(equation, definition)
        if merged is None:
            break
        equation = tidy(merged, system.quantities)
    return equation


def _steps_of(system: System, read: Expr) -> list[Expr]:
    kinds = system.quantities[name_of(read)].kinds
    return [i for i, kind in zip(indices_of(read), kinds, strict=True) if kind in ("layer", "time")]


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
