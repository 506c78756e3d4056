"""The cross-check agrees with right gradients and must catch every wrong one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symbackprop.crosscheck import check_gradients
from symbackprop.equations import System
from symbackprop.network.network import Network, mlp
from symbackprop.reference.loops import backprop

generator = np.random.default_rng(5)


def square_network() -> tuple[Network, dict[str, np.ndarray]]:
    """Equal widths, so that a transposed gradient has the right shape."""
    values = {"x": generator.normal(size=3), "y": generator.random(3)}
    for layer in (1, 2):
        values[f"W{layer}"] = generator.normal(size=(3, 3))
        values[f"b{layer}"] = generator.normal(size=3)
    return mlp([3, 3, 3], activation="tanh"), values


def right_gradients(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    result = backprop(
        [values["W1"], values["W2"]],
        [values["b1"], values["b2"]],
        values["x"],
        values["y"],
        "tanh",
        "half-sse",
    )
    return {
        "W1": result.weights[0],
        "W2": result.weights[1],
        "b1": result.biases[0],
        "b2": result.biases[1],
    }


def one_entry(gradients: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    changed = gradients["W2"].copy()
    largest = np.unravel_index(np.abs(changed).argmax(), changed.shape)
    changed[largest] *= 1 + 1e-11
    return gradients | {"W2": changed}


SLIPS: dict[str, Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]] = {
    "sign": lambda g: g | {"W1": -g["W1"]},
    "transpose": lambda g: g | {"W2": g["W2"].T},
    "factor 2": lambda g: g | {"b1": 2 * g["b1"]},
    "layer index": lambda g: g | {"W1": g["W2"]},
    "scaled by 1 + 1e-11": lambda g: {name: v * (1 + 1e-11) for name, v in g.items()},
    "one entry by 1e-11": one_entry,
    "not a number": lambda g: g | {"b2": np.full(3, np.nan)},
}


def test_right_gradients_agree_with_both_judges() -> None:
    network, values = square_network()
    report = check_gradients(network.system, network, right_gradients(values), values)
    assert report.agrees
    assert [j.judge for j in report.judgements] == ["textbook loops", "complex steps"]
    assert "DIFFERS" not in report.text


@pytest.mark.parametrize("slip", SLIPS)
def test_every_wrong_gradient_is_caught_by_each_judge(slip: str) -> None:
    network, values = square_network()
    wrong = SLIPS[slip](right_gradients(values))
    report = check_gradients(network.system, network, wrong, values)
    assert not report.agrees
    assert [j.agrees for j in report.judgements] == [False, False]
    assert "DIFFERS" in report.text


def test_corners_fall_back_to_central_differences_and_say_so() -> None:
    network = mlp([1, 1], activation="relu")
    values = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    report = check_gradients(network.system, network, {"W1": [[11.0]], "b1": [5.5]}, values)
    assert report.agrees
    assert "central differences" in report.text


def test_a_graph_is_judged_by_its_meaning() -> None:
    from sympy import Eq, symbols

    x, y, z, q, f = symbols("x y z q f")
    system = System([Eq(q, x + y), Eq(f, q * z)])
    values = {"x": -2.0, "y": 5.0, "z": -4.0}
    right = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": 3.0}, values)
    wrong = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": -3.0}, values)
    assert (right.agrees, wrong.agrees) == (True, False)
