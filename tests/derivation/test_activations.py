"""Slopes of activations, held against differences of their formulas."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symbackprop.derivation.activations import explain_activations
from symbackprop.derivation.steps import explain_activation
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS, find_activation


@pytest.mark.parametrize("name", [n for n, row in ACTIVATIONS.items() if row.formula])
def test_derivatives_of_activations_are_the_slopes_of_their_formulas(name: str) -> None:
    row, z = ACTIVATIONS[name], Symbol("z", real=True)
    if not row.differentiable:
        with pytest.raises(InputError, match="no derivative"):
            explain_activation(row)
        return
    slope = row.function.derivative().apply_formula(z)
    for point in (-2.0, -0.3, 0.4, 3.0):
        ahead = row.function.apply_formula(z).subs(z, point + 1e-6)
        behind = row.function.apply_formula(z).subs(z, point - 1e-6)
        difference = float((ahead - behind) / 2e-6)
        assert float(slope.subs(z, point)) == pytest.approx(difference, abs=1e-8)
    if row.derivative_at_zero is not None:
        assert slope.subs(z, 0) == row.derivative_at_zero


STEPS = {
    "sigmoid": ["definition", "derivative", "rewriting", "through the output"],
    "tanh": ["derivative", "through the output"],
    "exp": ["derivative", "through the output"],
    "softplus": ["definition", "derivative", "rewriting", "definition"],
    "relu": ["definition", "derivative", "definition"],
    "silu": ["definition", "derivative"],
    "step": ["definition"],
}


@pytest.mark.parametrize("name", STEPS)
def test_a_derivation_has_these_steps_and_all_are_proved(name: str) -> None:
    (argument,) = explain_activations([find_activation(name)])
    assert [step.reason for step in argument.steps] == STEPS[name]
    assert all(step.proof is not None for step in argument.steps)


def test_the_last_step_of_a_sigmoid_is_through_its_output() -> None:
    (argument,) = explain_activations([ACTIVATIONS["sigmoid"]])
    assert str(argument.steps[-2].right) == "Chain(1/(1 + exp(-z)), 1 - 1/(1 + exp(-z)))"
    assert str(argument.steps[-1].right) == "(1 - sigmoid(z))*sigmoid(z)"


def test_each_is_said_once_and_what_has_no_formula_not_at_all() -> None:
    rows = [ACTIVATIONS[n] for n in ("relu", "sigma", "identity", "softmax", "relu", "tanh")]
    assert [str(a.target) for a in explain_activations(rows)] == ["relu'(z)", "tanh'(z)"]
