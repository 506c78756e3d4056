"""Folding: slopes through a unit's own output, a − y, and products left as they stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from derived import formulas
from sympy import symbols

from symbackprop.derivation.fold import distribute
from symbackprop.network.network import mlp


@pytest.mark.parametrize(
    ("activation", "cost"),
    [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy")],
)
def test_cross_entropy_folds_to_output_minus_target(activation: str, cost: str) -> None:
    first, *_ = formulas(mlp(activation=activation, cost=cost).system, "∂C/∂z")
    assert first == "∂C/∂z[L, j] = a[L, j] - y[j]"


def test_one_hot_targets_are_needed_for_that() -> None:
    system = mlp(activation="softmax", cost="cross-entropy").system
    first, *_ = formulas(replace(system, assumptions=()), "∂C/∂z")
    assert "Sum(y" in first


def test_sigmoid_and_tanh_fold_through_their_outputs() -> None:
    assert "(1 - a[l, j])*a[l, j]" in formulas(mlp(activation="sigmoid").system, "∂C/∂z")[1]
    assert "(1 - a[l, j]**2)" in formulas(mlp(activation="tanh").system, "∂C/∂z")[1]


def test_distribute_multiplies_out_only_where_it_divides() -> None:
    a, p = symbols("a p")
    assert distribute((p + 1) * a) == (p + 1) * a


def test_a_slope_is_named_unless_another_function_is_called_so() -> None:
    (last, before) = formulas(mlp(activation="softplus").system, "∂C/∂z")
    assert "*sigmoid(z[L, j])" in last and "sigmoid(z[l, j])" in before
    (last, before) = formulas(mlp(activation=["sigma", "softplus"]).system, "∂C/∂z")
    assert "softplus'(z[L, j])" in last and "sigma'(z[l, j])" in before
