"""Naming pre-activations in a computation graph: h = tanh(u) becomes z = u, h = tanh(z).

With the argument named, the graph has errors delta = ∂C/∂z and its derivatives fold through the
unit's own output, as in a layered network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, Pow, exp

from symbackprop.equations import (
    Equation,
    Quantity,
    Role,
    System,
    check,
    entry,
    indices_of,
    name_of,
)
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.primitives import tanh


def name_pre_activations(system: System) -> System:
    """Give the argument of every activation a name of its own, and roles to both.

    >>> from sympy import Eq, symbols, tanh
    >>> w, x, a = symbols("w x a")
    >>> for equation in name_pre_activations(System([Eq(a, tanh(w * x))])).equations:
    ...     print(equation.lhs, "=", equation.rhs)
    z = w*x
    a = tanh(z)
    """
    outputs = [e for e in system.equations if read_activation(e.rhs) is not None]
    names = _choose_names(system, [e for e in outputs if not _reads_entry(e)])
    quantities = dict(system.quantities)
    equations: list[Equation] = []
    for equation in system.equations:
        if equation not in outputs:
            equations.append(equation)
            continue
        for written in _write(equation, names):
            equations.append(written)
            if written.name not in quantities:
                axes = quantities[equation.name].axes
                quantities[written.name] = Quantity(written.name, "pre-activation", axes)
    for equation in equations:
        if isinstance(equation.rhs, NamedFunction | Softmax):
            argument = name_of(equation.rhs.args[0])
            given: dict[str, Role] = {equation.name: "activation", argument: "pre-activation"}
            for name, role in given.items():
                if quantities[name].role == "intermediate":
                    quantities[name] = replace(quantities[name], role=role)
    return check(
        replace(
            system,
            equations=tuple(equations),
            quantities={
                n: q if q.role != "pre-activation" else _same_ranges(q, equations)
                for n, q in quantities.items()
            },
        )
    )


def _same_ranges(quantity: Quantity, equations: list[Equation]) -> Quantity:
    """h[0, j] may be given and z[t, j] begin at 1: take the ranges of the equation itself."""
    (definition, *others) = [e for e in equations if e.name == quantity.name]
    if others or len(definition.axes) != len(quantity.axes):
        return quantity
    return replace(quantity, axes=definition.axes)


def read_activation(rhs: Expr) -> tuple[type[NamedFunction], Expr] | None:
    """(function, argument) of an activation, also of tanh and 1/(1 + e^-u) written out.

    >>> from sympy import symbols
    >>> read_activation(1 / (1 + exp(-symbols("u"))))
    (sigmoid, u)
    """
    if isinstance(rhs, NamedFunction):
        return type(rhs), rhs.args[0]
    if isinstance(rhs, tanh):
        return ACTIVATIONS["tanh"].function, rhs.args[0]
    if isinstance(rhs, Pow) and rhs.exp == -1 and isinstance(rhs.base, Add):
        exponentials = [a for a in rhs.base.args if isinstance(a, exp)]
        if len(exponentials) == 1 and rhs.base - exponentials[0] == 1:
            return ACTIVATIONS["sigmoid"].function, -exponentials[0].args[0]
    return None


def _reads_entry(equation: Equation) -> bool:
    """Whether the argument of the activation has a name already."""
    _, argument = read_activation(equation.rhs) or (None, equation.lhs)
    return argument.is_Symbol or bool(indices_of(argument))


def _choose_names(system: System, outputs: list[Equation]) -> dict[str, str]:
    """z where that is free and only one is needed, else z_h for the argument of h."""
    wanted = list(dict.fromkeys(e.name for e in outputs))
    if len(wanted) == 1 and "z" not in system.quantities:
        return {wanted[0]: "z"}
    return {name: f"z_{name}" for name in wanted}


def _write(equation: Equation, names: dict[str, str]) -> Iterator[Equation]:
    found = read_activation(equation.rhs)
    if found is None or isinstance(equation.rhs, Softmax):
        yield equation
        return
    function, argument = found
    if _reads_entry(equation):
        yield replace(equation, rhs=function(argument))
        return
    inner = entry(names[equation.name], equation.indices)
    yield replace(equation, lhs=inner, rhs=argument)
    yield replace(equation, rhs=function(inner))
