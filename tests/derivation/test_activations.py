"""Slopes of activations, held against differences of their formulas."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symbackprop.derivation.steps import explain_activation
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS


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
