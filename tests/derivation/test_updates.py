"""Gradient descent goes against the gradient."""

from __future__ import annotations

from cases import residual
from derived import derive
from kinds import KINDS

from symbackprop.derivation.updates import add_updates
from symbackprop.network.network import mlp


def test_updates_go_against_the_gradient() -> None:
    updated = add_updates(derive(mlp().system))
    assert [str(e.rhs) for e in updated.definitions["W⁺"]] == ["-eta*∂C/∂W[l, j, k] + W[l, j, k]"]


def test_parameters_of_a_graph_are_moved_and_its_inputs_are_not() -> None:
    updated = add_updates(derive(residual()))
    moved = updated.select("update")
    assert [str(e.lhs) for e in moved] == ["V⁺[j, k]", "W⁺[j, k]"]
    assert {updated.quantities[e.name].role for e in moved} == {"updated"}
    assert updated.quantities["eta"].role == "constant"
    # all that was there before is still there, in its place
    assert updated.equations[: -len(moved)] == derive(residual()).equations


def test_a_weight_of_several_layers_is_moved_once() -> None:
    updated = add_updates(derive(KINDS["one weight in three layers"]))
    assert [str(e.lhs) for e in updated.select("update")] == ["W⁺[j, k]"]
