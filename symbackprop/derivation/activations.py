"""The derivation of the derivative of each activation of a network, proved at random z."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symbackprop.derivation.arguments import Argument, prove_argument
from symbackprop.derivation.steps import explain_activation, state_formula
from symbackprop.equations import Equation, System
from symbackprop.network.activations import Activation


def explain_activations(activations: Iterable[Activation]) -> tuple[Argument, ...]:
    """How each of them is differentiated, each once; those without a formula are passed over.

    >>> from symbackprop.network.activations import ACTIVATIONS
    >>> argument, = explain_activations([ACTIVATIONS["tanh"], ACTIVATIONS["tanh"]])
    >>> argument.target, len(argument.steps)
    (tanh'(z), 2)
    """
    z, a = Symbol("z", real=True), Symbol("a")
    return tuple(
        prove_argument(
            System((Equation(a, row.function(z)),)),
            explain_activation(row) if row.differentiable else state_formula(row),
        )
        for row in dict.fromkeys(activations)
        if row.formula is not None and row.name != "identity"
    )
