"""Gradient descent goes against the gradient."""

from __future__ import annotations

from derived import derive

from symbackprop.derivation.updates import add_updates
from symbackprop.network.network import mlp


def test_updates_go_against_the_gradient() -> None:
    updated = add_updates(derive(mlp().system))
    assert [str(e.rhs) for e in updated.definitions["W⁺"]] == ["-eta*∂C/∂W[l, j, k] + W[l, j, k]"]
