"""Gradient descent: every parameter minus the learning rate times its gradient."""

from __future__ import annotations

from dataclasses import replace

from sympy import Symbol

from symbackprop.equations import Equation, Quantity, System, check, entry, updated_name

LEARNING_RATE = Symbol("eta")


def add_updates(system: System) -> System:
    """Add the equations of one step of gradient descent to a derived system.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.derivation.backward import derive_backward
    >>> print(add_updates(derive_backward(mlp().system)).equations[-1].rhs)
    -eta*∂C/∂b[l, j] + b[l, j]
    """
    equations, quantities = [], [Quantity(LEARNING_RATE.name, "constant")]
    for name in system.names("parameter"):
        quantities.append(replace(system.quantities[name], name=updated_name(name), role="updated"))
        for gradient in system.definitions[system.adjoint(name)]:
            indices = gradient.indices
            step = entry(name, indices) - LEARNING_RATE * gradient.lhs
            lhs = entry(updated_name(name), indices)
            equations.append(Equation(lhs, step, gradient.axes, "update"))
    return check(system.extend(equations, quantities))
