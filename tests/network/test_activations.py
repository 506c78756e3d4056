"""The table of activations, and rows that a user adds."""

from __future__ import annotations

import pytest
from derived import derive, formulas
from sympy import symbols

from symbackprop.errors import InputError
from symbackprop.network.activations import define_activation
from symbackprop.network.costs import define_cost
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system


def test_own_activations_and_costs_derive_like_any_other() -> None:
    z, a, y = symbols("z a y")
    net = mlp(
        activation=define_activation("bent", z + z**3), cost=define_cost("quartic", (a - y) ** 4)
    )
    assert prove_system(derive(net.system)).worst_error < 1e-11
    assert formulas(net.system, "∂C/∂a")[0] == "∂C/∂a[L, j] = 4*(a[L, j] - y[j])**3"


def test_own_functions_must_be_of_the_right_symbols() -> None:
    x, y = symbols("x y")
    with pytest.raises(InputError, match="one symbol"):
        define_activation("two", x * y)
    with pytest.raises(InputError, match="a \\(the output\\) and y"):
        define_cost("odd", x * y)
