"""Each judge catches every slip, and accuses nobody at corners or where units saturate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from planted_gradients import FINE, SLIPS, differing, solve
from sympy import Eq, sin, sqrt, symbols, tanh

from symbackprop.crosscheck.check import check, check_gradients
from symbackprop.equations import System
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.declared import Declared, declare, load
from symbackprop.network.network import mlp
from symbackprop.programs.callables import lambdify

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_one_wrong_entry_among_a_thousand_is_caught_by_the_loops() -> None:
    network = mlp([32] * 9, activation="tanh")
    values, right = solve(network)
    for place in ((0, 0), (7, 21), (31, 31)):
        wrong = right["W5"].copy()
        wrong[place] *= 1 + 1e-8
        report = check_gradients(network.system, network, right | {"W5": wrong}, values)
        assert differing(report)[0] == {"W5"}


def test_slips_in_other_systems_are_caught() -> None:
    """Weights shared over time, and a residual: what no textbook loop knows."""
    for net in ("rnn", "residual"):
        declared = load(EXAMPLES / f"{net}.toml")
        program = lambdify(declared.system)
        right = program(declared.values).gradients
        assert check_gradients(declared.system, None, right, declared.values).agrees
        for name in right:
            for slip in [*SLIPS, *FINE]:
                wrong = {**right, name: {**SLIPS, **FINE}[slip](right[name])}
                if right[name].ndim != 2 and slip == "transpose":
                    continue
                if slip == "transpose" and right[name].shape[0] != right[name].shape[1]:
                    continue
                report = check_gradients(declared.system, None, wrong, declared.values, program)
                assert differing(report) == [{name}], (net, name, slip)


def test_a_corner_is_no_disagreement() -> None:
    network = mlp([2, 2], activation="relu")
    values = {"x": [1.0, 2.0], "y": [1.0, -1.0], "W1": [[2.0, -1.0], [1.0, 1.0]], "b1": [0.0, 1.0]}
    declared = replace(declare(network), values=values)
    assert check(declared).agrees


def test_a_saturated_unit_is_no_disagreement() -> None:
    """1 - tanh(z)^2 is rounded to 0 where the textbook has 4e-44."""
    network = mlp([1, 1, 1], activation="tanh")
    values = {"x": [1.0], "y": [0.5], "W1": [[50.0]], "W2": [[1.0]], "b1": [0.0], "b2": [0.0]}
    report = check(replace(declare(network), values=values))
    assert report.agrees
    assert "hidden by rounding" in report.text


def test_what_doubles_leave_in_doubt_is_decided_with_50_digits() -> None:
    """The slopes lose all digits in doubles: 1e16 - 1e16 on the way; the formula does not."""
    x, u, f = symbols("x u f")
    system = System([Eq(u, sqrt(x**2 + 10**32) - 10**16), Eq(f, x + u * x)])
    declared = Declared("cancels", system, values={"x": 3.0})
    gradient = {"x": np.array(1 + 1.35e-15)}
    assert check_gradients(system, None, gradient, {"x": 3.0}).agrees
    assert check(declared).agrees


def test_a_graph_with_values_is_judged_by_the_slopes_of_its_equations() -> None:
    x, y, z, q, f = symbols("x y z q f")
    system = System([Eq(q, x + y), Eq(f, q * z)])
    values = {"x": -2.0, "y": 5.0, "z": -4.0}
    right = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": 3.0}, values)
    wrong = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": -3.0}, values)
    assert differing(right) == [set()] and differing(wrong) == [{"z"}]
    assert [j.judge for j in right.judgements] == ["slopes of the equations"]


def test_an_activation_of_ones_own_is_not_taken_for_the_textbooks() -> None:
    z = symbols("z", real=True)
    report = check(mlp([2, 2], activation=Activation("mine", lambda z: sin(z) + z / 2)))
    assert report.agrees and report.judgements[0].judge == "slopes of the equations"
    other = replace(ACTIVATIONS["tanh"], formula=lambda z: 2 * tanh(z))
    report = check(mlp([2, 2], activation=other))
    assert report.agrees and report.judgements[0].judge == "slopes of the equations"
    del z
