"""Derivatives and gradients: of what they are, by what, and over which axes."""

from __future__ import annotations

from dataclasses import replace

from sympy import Symbol

from symbackprop.equations import entry, name_of
from symbackprop.lecture.applications import apply
from symbackprop.lecture.arrays import ArrayLowerer
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.survey import bare
from symbackprop.lecture.tensors import Part, Quotient, Tensor
from symbackprop.partials import Direct, Partial
from symbackprop.reading import tree


def lower_quotient(lowerer: ArrayLowerer, node: tree.Derivative | tree.Gradient) -> Tensor:
    if isinstance(node, tree.Gradient):
        if node.by is None:
            return lower_gradient(lowerer, node.body)
        return differentiate(lowerer, node.body, node.by)
    direct = _find_direct(node)
    if direct is not None:
        return differentiate(lowerer, direct, node.bottom, Direct)
    if not (node.mark and node.mark_below):
        raise Unclear("a derivative in which a ∂ is missing")
    top = node.top if node.top is not None else node.body
    if top is None:
        raise Unclear("a derivative of nothing")
    return differentiate(lowerer, top, node.bottom)


def differentiate(
    lowerer: ArrayLowerer, top: tree.Node, bottom: tree.Node, kind: type[Partial | Direct] = Partial
) -> Tensor:
    """∂X/∂Y, in all that X depends on."""
    if isinstance(top, tree.Name) and is_bare_function(lowerer, top):
        primed = replace(top, primes=top.primes + 1)
        return apply(lowerer, primed, (bottom,))
    upper, upper_part = name_part(lowerer, top)
    lower, lower_part = name_part(lowerer, bottom)
    quotient = Quotient(upper_part, lower_part, upper.axes, lower.axes)
    return lowerer.algebra.place(kind(upper.entry, lower.entry), quotient)


def is_bare_function(lowerer: ArrayLowerer, name: tree.Name) -> bool:
    return lowerer.context.ranking.is_function(name) and not (name.lower or name.upper)


def name_part(lowerer: ArrayLowerer, node: tree.Node) -> tuple[Tensor, Part]:
    """What is differentiated, or by what: an array, or an expression by a name of its own."""
    inner = bare(node)
    if (
        isinstance(inner, tree.Call)
        and isinstance(inner.function, tree.Name)
        and not lowerer.context.ranking.is_function(inner.function)
    ):
        inner = inner.function  # C(a, y): the cost with what it depends on
    if isinstance(inner, tree.Name) and inner.base != "e":
        reference = lowerer.context.letters.refer(inner)
        if reference.power is not None:
            raise Unclear("the derivative of a power")
        value = lowerer.take(reference)
        name = name_of(value.entry)
        return value, ((name,) if name == lowerer.context.cost else lowerer.part(value, name))
    value = lowerer.lower(inner)
    axes = {a.symbol for a in value.axes}
    known = {*lowerer.indices, *lowerer.bound, *axes}
    free = tuple(sorted((s for s in value.entry.free_symbols if s in known), key=str))
    name = f"_{len(lowerer.asides)}"
    lowerer.asides[name] = value, free
    named = replace(value, entry=entry(name, free))
    return named, (name, *(None if s in axes else s for s in free))


def lower_gradient(lowerer: ArrayLowerer, body: tree.Node) -> Tensor:
    """∇W and dW are the gradient of the cost by W."""
    lower, part = name_part(lowerer, body)
    cost = lowerer.context.find_cost(str(part[0]))
    quotient = Quotient((cost,), part, (), lower.axes)
    slope = Partial(Symbol(cost), lower.entry) * lowerer.count_samples(lower)
    return lowerer.algebra.place(slope, quotient)


def _find_direct(node: tree.Derivative) -> tree.Node | None:
    """f of ∂⁺f/∂q, the derivative by q where f is written with it, and nowhere else."""
    if node.mark or not node.mark_below or not isinstance(node.top, tree.Product):
        return None
    first, *rest = node.top.factors
    is_marked = isinstance(first, tree.Name) and (first.base, first.star) == ("partial", "+")
    return rest[0] if is_marked and len(rest) == 1 else None
