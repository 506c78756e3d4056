"""Numbers of a declared network: Mazur's worked example, and a graph's."""

from __future__ import annotations

import pytest

from symbackprop import derive, load
from symbackprop.evaluation import collect_numbers, evaluate_system
from symbackprop.network.network import mlp

# As printed on his page, where some have eight decimals only.
MAZUR = {
    ("cost",): 0.298371109,
    ("forward", "z1", 0): 0.3775,
    ("forward", "a1", 0): 0.593269992,
    ("forward", "a1", 1): 0.596884378,
    ("forward", "z2", 0): 1.105905967,
    ("forward", "a2", 0): 0.75136507,
    ("forward", "a2", 1): 0.772928465,
    ("gradients", "W2", 0, 0): 0.082167041,
    ("gradients", "W1", 0, 0): 0.000438568,
    ("updated", "W2", 0, 0): 0.35891648,
    ("updated", "W2", 0, 1): 0.408666186,
    ("updated", "W2", 1, 0): 0.511301270,
    ("updated", "W2", 1, 1): 0.561370121,
    ("updated", "W1", 0, 0): 0.149780716,
    ("updated", "W1", 0, 1): 0.19956143,
    ("updated", "W1", 1, 0): 0.24975114,
    ("updated", "W1", 1, 1): 0.29950229,
}


def test_the_published_numbers_of_mazurs_example() -> None:
    numbers = collect_numbers(derive(load("examples/mazur.toml")).evaluation)
    for path, published in MAZUR.items():
        value = numbers
        for key in path:
            value = value[key]
        assert value == pytest.approx(published, abs=6e-9), path


def test_the_gradients_of_x_plus_y_times_z() -> None:
    numbers = collect_numbers(derive(load("examples/xyz_graph.toml")).evaluation)
    assert numbers["gradients"] == {"x": -4.0, "y": -4.0, "z": 3.0}


def test_a_system_without_gradients_has_forward_values_only() -> None:
    values = {"x": [1.0, 0.0], "y": [1.0], "W1": [[-2.0, -2.0]], "b1": [3.0]}
    numbers = collect_numbers(evaluate_system(mlp([2, 1], activation="step").system, values))
    assert numbers["forward"]["a1"] == [1.0]
    assert "gradients" not in numbers and "delta" not in numbers
