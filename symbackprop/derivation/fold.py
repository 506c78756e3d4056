"""Folding: derived equations in the form that a person would write.

Each rewriting is a function from equation to equation; all are proved with the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sympy import Add, Dummy, Expr, Mul, Pow, Sum, Symbol, exp, expand

from symbackprop.derivation.backward import sum_over
from symbackprop.derivation.letters import tidy
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    check,
    entry,
    indices_of,
    is_entry_of,
    name_of,
    peel,
    substitute,
)
from symbackprop.functions import NamedFunction, Softmax, name_function
from symbackprop.network.activations import derive_through_output, name_slope
from symbackprop.progress import track


def fold(system: System) -> System:
    """Fold every derived equation: derivatives through the unit's own output, softmax and
    sigmoid with their cross-entropies to a - y.
    """
    outputs = _index_outputs(system)
    equations = tuple(
        e if e.role == "forward" else tidy(_fold_equation(system, outputs, e), system)
        for e in track(system.equations, "folding")
    )
    return check(replace(system, equations=equations))


def fold_expression(system: System, expression: Expr) -> Expr:
    """Fold one expression over the quantities of a system."""
    target = Equation(Symbol("expression"), expression)
    return _fold_equation(system, _index_outputs(system), target).rhs


def _index_outputs(system: System) -> dict[tuple[str, type], Equation]:
    """(z, its function) --> the equation a = f(z)."""
    found = {}
    for equation in system.select("forward"):
        function = equation.rhs
        if isinstance(function, NamedFunction | Softmax) and (
            indices_of(function.args[0]) == equation.indices
        ):
            found[name_of(function.args[0]), type(function)] = equation
    return found


def _fold_equation(
    system: System, outputs: dict[tuple[str, type], Equation], equation: Equation
) -> Equation:
    rhs = equation.rhs
    for (name, function), definition in outputs.items():
        if function is Softmax:
            rhs = fold_softmax(rhs, name, definition)
        else:
            rhs = fold_function(rhs, name, function, definition.name)
    # beside a generic sigma another function called so would be taken for it
    if not any(getattr(function, "formula", True) is None for _, function in outputs):
        rhs = name_slopes(rhs)
    if any(_divides(term) for term in Add.make_args(rhs)):
        rhs = shorter(rhs, multiply_out(distribute(rhs)))
    rhs = pull_out(rhs)
    for given, value in system.assumptions:
        rhs = assume(rhs, given, value)
    rhs = take_common(rhs)
    return replace(equation, rhs=rhs)


def fold_function(rhs: Expr, name: str, function: type[NamedFunction], output: str) -> Expr:
    """sigma(z[l, j]) --> a[l, j], and sigma'(z[l, j]) --> a[l, j]*(1 - a[l, j])."""
    mapping: dict[Expr, Expr] = {}
    kind: Any = function  # mypy takes a class for unhashable
    for node in rhs.atoms(NamedFunction):
        argument = node.args[0]
        if node.spelling != function.spelling or not is_entry_of(argument, name):
            continue
        unit = entry(output, indices_of(argument))
        if node.order == 0:
            mapping[node] = unit
        elif node.order == 1 and (through := derive_through_output(kind)) is not None:
            placeholder, slope = through
            mapping[node] = slope.xreplace({placeholder: unit})
    return rhs.xreplace(mapping) if mapping else rhs


def name_slopes(rhs: Expr) -> Expr:
    """softplus'(z[l, j]) --> sigmoid(z[l, j]): derivatives that are functions with a name.

    After all outputs: what sigmoid(z) is called here may be an output in another layer only.
    """
    mapping: dict[Expr, Expr] = {}
    for node in rhs.atoms(NamedFunction):
        base: Any = name_function(node.spelling, node.formula)
        if node.order == 1 and (found := name_slope(base)) is not None:
            placeholder, slope = found
            mapping[node] = slope.xreplace({placeholder: node.args[0]})
    return rhs.xreplace(mapping) if mapping else rhs


def fold_softmax(rhs: Expr, name: str, definition: Equation) -> Expr:
    """e^z[j] / sum of e^z --> a[j]."""
    exponentials = [e for e in rhs.atoms(exp) if is_entry_of(e.args[0], name)]
    if not exponentials:
        return rhs
    total = Dummy("total", positive=True)
    totals = {
        s: total
        for s in rhs.atoms(Sum)
        if isinstance(s.function, exp) and s.function in exponentials
    }
    outputs = {e: entry(definition.name, indices_of(e.args[0])) * total for e in exponentials}
    folded = pull_out(multiply_out(rhs.xreplace(totals).xreplace(outputs)))
    return rhs if folded.has(total) else folded


def _divides(term: Expr) -> bool:
    return any(isinstance(p, Pow) and p.exp.is_negative for p in term.atoms(Pow))


def distribute(product: Expr) -> Expr:
    """(p/a + q/(1 - a))*a*(1 - a) --> p*(1 - a) + q*a: a sum is multiplied out where it divides.

    >>> from sympy import symbols
    >>> a, p, q = symbols("a p q")
    >>> distribute((p/a + q/(1 - a)) * a * (1 - a))
    a*q + p*(1 - a)
    """
    factors = Mul.make_args(product)
    for factor in factors:
        if factor.is_Add and _divides(factor):
            rest = Mul(*(f for f in factors if f is not factor))
            return Add(*(term * rest for term in factor.args))
    return product


def multiply_out(expression: Expr) -> Expr:
    """Multiply sums out; e to a sum stays as it is, where sympy would write a product of powers.

    >>> from sympy import symbols
    >>> a, b, k = symbols("a b k")
    >>> multiply_out(a * (b + exp(Sum(a * k, (k, 1, 2)))))
    a*b + a*exp(Sum(a*k, (k, 1, 2)))
    """
    return expand(expression, power_exp=False)


def take_common(total: Expr) -> Expr:
    """a*p - a*q --> a*(p - q), where every term has the factor.

    >>> from sympy import symbols
    >>> a, p, q = symbols("a p q")
    >>> take_common(a*p - a*q)
    a*(p - q)
    """
    if not total.is_Add:
        return total
    terms = [Mul.make_args(t) for t in total.args]
    common = [f for f in terms[0] if not f.is_number and all(f in t for t in terms[1:])]
    if not common:
        return total
    rest = Add(*(Mul(*(f for f in t if f not in common)) for t in terms))
    return Mul(*common, rest)


def shorter(one: Expr, other: Expr) -> Expr:
    return other if other.count_ops() < one.count_ops() else one


def pull_out(expression: Expr) -> Expr:
    """Move factors that do not depend on the index out of a sum, and cancel what meets."""
    if not expression.has(Sum):
        return expression
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        return sum_over(pull_out(body), Axis(bound, low, high))
    return expression.func(*(pull_out(a) for a in expression.args))


def assume(expression: Expr, given: Expr, value: Expr) -> Expr:
    """Use a declared identity, whatever the letter of its summation index."""
    return expression.xreplace({s: value for s in _same_sums(expression, given)})


def _same_sums(expression: Expr, given: Sum) -> Iterator[Sum]:
    body, bound, *limits = peel(given)
    for candidate in expression.atoms(Sum):
        other_body, other, *other_limits = peel(candidate)
        if limits == other_limits and substitute(other_body, {other: bound}) == body:
            yield candidate
