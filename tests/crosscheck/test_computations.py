"""What is checked has values, or says what has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_gradients import FINE, SLIPS
from sympy import Eq, Expr, exp, log, sqrt, symbols

from symbackprop.crosscheck.check import check, check_gradients
from symbackprop.crosscheck.computations import compile_system
from symbackprop.crosscheck.values import draw_values
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.declared import Declared, declare, load
from symbackprop.network.network import mlp
from symbackprop.programs.callables import lambdify
from symbackprop.reference.rounding import Noisy, make_noisy

CONVOLUTION = """
[graph]
inputs = ["x[p]"]
parameters = ["w[r]"]
[graph.axes]
p = "1..N"
i = "1..N - 2"
r = "1..3"
[graph.equations]
"a[i]" = "log(sum(r, w[r]*x[i + r - 1]))"
C = "sum(i, a[i]^2)"
[values]
x = [1.0, 2.0, 0.5, 3.0]
w = [0.5, 0.25, 1.0]
"""


def test_formulas_without_a_program_are_taken_at_their_word(tmp_path: Path) -> None:
    """No matrix shifts an index; a convolution is checked all the same."""
    path = tmp_path / "convolution.toml"
    path.write_text(CONVOLUTION)
    declared = load(path)
    assert check(declared).agrees
    right = compile_system(declared.system)(declared.values).gradients
    for slip in (*SLIPS, *FINE):
        wrong = {"w": {**SLIPS, **FINE}[slip](right["w"])}
        if slip != "transpose":
            report = check_gradients(declared.system, None, wrong, declared.values)
            assert not report.agrees, slip
    path.write_text(CONVOLUTION.replace("x = [1.0, 2.0", "x = [-9.0, 2.0"))
    with pytest.raises(InputError, match="has no value with these numbers: log"):
        check(load(path))


def test_errors_thrown_in_go_through_every_program() -> None:
    """An np.asarray on the way would silence them, and the bound would be too small."""
    for name, row in ACTIVATIONS.items():
        if row.formula is None or not row.differentiable:
            continue
        network = mlp([2, 3, 2], activation=name, batch=True)
        program = lambdify(network)
        values = draw_values(declare(network), program, 1)
        generator = np.random.default_rng(0)
        noisy = {n: make_noisy(v, generator) for n, v in values.items()}
        found = program(noisy, details=True)
        everything = {**found.gradients, **found.forward, **found.deltas}
        assert all(isinstance(value, Noisy) for value in everything.values()), name


x, f = symbols("x f")
UNDEFINED = [
    (1 / x, 0.0, "f has no value with these numbers: 1/x: a division by 0"),
    (log(x), -1.0, "f has no value with these numbers: log(x): a logarithm of -1.0"),
    (log(x), 0.0, "f has no value with these numbers: log(x): a logarithm of 0.0"),
    (sqrt(x), -1.0, "sqrt(x): "),
    (log(sqrt(x)), -1.0, "sqrt(x): "),
    (exp(x), 1000.0, "f has no value with these numbers: exp(x): too large a number"),
    (x**3, 1e200, "f has no value with these numbers: x**3: too large a number"),
    (x * exp(x / 2), 1418.0, "f is inf with these numbers"),
    (sqrt(x), 0.0, "∂f/∂x has no value with these numbers: 1/sqrt(x): a division by 0"),
]


@pytest.mark.parametrize(("formula", "value", "reason"), UNDEFINED)
def test_an_undefined_value_is_bad_input_and_no_disagreement(
    formula: Expr, value: float, reason: str
) -> None:
    declared = Declared("graph", System((Eq(f, formula),)), values={"x": value})
    with pytest.raises(InputError) as refused:
        check(declared)
    assert str(refused.value).startswith("graph: ") and reason in str(refused.value)


def test_a_cost_that_its_outputs_cannot_take_is_bad_input() -> None:
    network = mlp([2, 2], activation="identity", cost="cross-entropy")
    values = {"x": [1.0, 2.0], "y": [0.5, 0.5], "W1": [[-1.0, 0.0], [0.0, -1.0]], "b1": [0.0, 0.0]}
    with pytest.raises(InputError, match="log"):
        check(replace(declare(network), values=values))


def test_overflow_that_the_program_avoids_is_defined() -> None:
    declared = Declared("graph", System([Eq(f, log(1 + exp(x)))]), values={"x": 800.0})
    assert check(declared).agrees
