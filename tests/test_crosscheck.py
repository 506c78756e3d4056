"""The cross-check agrees with right gradients and must catch every wrong one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cases import NETWORKS
from sympy import Eq, Expr, IndexedBase, Sum, exp, log, sin, sqrt, symbols, tanh

from symbackprop.crosscheck import (
    CheckReport,
    check,
    check_gradients,
    compile_system,
    draw_values,
)
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.declared import Declared, declare, load
from symbackprop.network.network import Network, mlp
from symbackprop.programs.callables import lambdify
from symbackprop.reference.activations import ACTIVATIONS as TEXTBOOK
from symbackprop.reference.loops import backprop
from symbackprop.reference.rounding import Noisy, make_noisy

EXAMPLES = Path(__file__).parents[1] / "examples"
Gradients = dict[str, np.ndarray]


def solve(network: Network, seed: int = 1) -> tuple[dict, Gradients]:
    """Random values, and the right gradients from the textbook loops."""
    values = draw_values(declare(network), lambdify(network), seed)
    layers = range(1, len(network.widths or ()))
    result = backprop(
        [values[f"W{layer}"] for layer in layers],
        [values[f"b{layer}"] for layer in layers],
        values["x"],
        values["y"],
        [row.name for row in network.activations],
        network.cost.name,
    )
    assert result.biases is not None
    named = {f"W{layer}": result.weights[layer - 1] for layer in layers}
    return values, named | {f"b{layer}": result.biases[layer - 1] for layer in layers}


def differing(report: CheckReport) -> list[set[str]]:
    """The gradients that differ, by judge."""
    return [{row.name for row in j.rows if not row.agrees} for j in report.judgements]


# --- wrong gradients, of one parameter at a time -------------------------------------------------

SLIPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "factor 2": lambda g: 2 * g,
    "sign": lambda g: -g,
    "transpose": lambda g: g.T,
    "zero": lambda g: 0 * g,
    "scaled by 1 + 1e-9": lambda g: g * (1 + 1e-9),
    "not a number": lambda g: g * np.nan,
}
FINE = {"scaled by 1 + 1e-11": lambda g: g * (1 + 1e-11)}
# as many layers and as wide as the promise goes, and the shapes between
SHAPES = [(1, 2), (2, 3), (4, 16), (8, 4), (8, 32), (12, 32), (16, 8), (24, 2), (24, 32)]
HIDDEN = ("tanh", "sigmoid", "relu", "gelu")


def plant(right: Gradients, name: str, slip: str) -> Gradients:
    if slip != "wrong layer":
        return right | {name: {**SLIPS, **FINE}[slip](right[name])}
    other = f"{name[0]}{int(name[1:]) % (len(right) // 2) + 1}"
    return right | {name: right[other]}


def count_missed(network: Network, slips: list[str]) -> list[tuple[str, str]]:
    """Plant each slip in all parameters at once; list those that a judge has not seen."""
    values, right = solve(network)
    program = lambdify(network)
    report = check_gradients(network.system, network, right, values, program)
    assert differing(report) == [set(), set()]
    missed = []
    for slip in slips:
        wrong = {
            name: plant(right, name, slip)[name]
            for name in right
            # a vector has no transpose
            if slip != "transpose" or name[0] == "W"
        }
        report = check_gradients(network.system, network, right | wrong, values, program)
        missed += [(slip, n) for seen in differing(report) for n in wrong.keys() - seen]
    return missed


@pytest.mark.parametrize(("depth", "width"), SHAPES)
def test_every_slip_is_caught_in_every_parameter_by_both_judges(depth: int, width: int) -> None:
    activation = HIDDEN[(depth + width) % len(HIDDEN)]
    network = mlp([width] * (depth + 1), activation=[activation] * (depth - 1) + ["tanh"])
    slips = [*SLIPS, *(["wrong layer"] if depth > 1 else []), *(FINE if depth <= 8 else [])]
    assert count_missed(network, slips) == []


@pytest.mark.parametrize(
    ("output", "cost"), [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy")]
)
def test_slips_behind_a_cross_entropy_are_caught(output: str, cost: str) -> None:
    network = mlp([5, 5, 5, 5], activation=["silu", "elu", output], cost=cost, batch=True)
    assert count_missed(network, [*SLIPS, *FINE, "wrong layer"]) == []


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


# --- right gradients are never accused -----------------------------------------------------------

OUTPUTS = (
    (None, "half-sse"),
    ("identity", "mse"),
    ("softmax", "cross-entropy"),
    ("sigmoid", "binary-cross-entropy"),
    ("sigmoid", "cross-entropy"),
)


@pytest.mark.parametrize("hidden", [n for n, row in TEXTBOOK.items() if row.derivative])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_gradients_are_not_accused(hidden: str, dtype: type) -> None:
    """With weights that saturate, too, and what single precision makes of them."""
    generator = np.random.default_rng(len(hidden))
    for seed, (output, cost) in enumerate(OUTPUTS):
        depth, width = ((1, 5), (3, 4), (6, 8), (16, 3), (2, 2))[seed]
        network = mlp(
            [width] * (depth + 1),
            activation=[hidden] * (depth - 1) + [output or hidden],
            cost=cost,
            bias=("neuron", "shared", "none")[generator.integers(3)],
            batch=bool(generator.integers(2)),
            regularized=bool(generator.integers(2)),
        )
        program = lambdify(network, dtype)
        values = draw_values(declare(network), program, seed)
        for scale in (1, 4):
            scaled = {n: scale * v if n[0] == "W" else v for n, v in values.items()}
            gradients = program(scaled).gradients
            if all(np.isfinite(g).all() for g in gradients.values()):
                report = check_gradients(network.system, network, gradients, scaled, program)
                assert report.agrees, (hidden, cost, seed, scale, report.text)


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


# --- every kind of system ------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_every_case_is_checked(name: str) -> None:
    case = NETWORKS[name]
    system = case.system if isinstance(case, Network) else case
    if isinstance(case, Network) and case.widths is None:
        with pytest.raises(InputError, match="give widths such as 2-3-1"):
            check(case)
        return
    if system.size_symbols - {s for s in system.sizes if s.is_Symbol} - {symbols("m")}:
        free = sorted(map(str, system.size_symbols))
        system = replace(system, sizes={s: 2 + len(free) % 3 for s in system.size_symbols})
    report = check(case if isinstance(case, Network) else system)
    assert report.agrees and all(j.rows for j in report.judgements)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_is_checked(path: Path) -> None:
    declared = load(path)
    if declared.is_forward_only:
        with pytest.raises(InputError):
            check(declared)
    else:
        assert check(declared).agrees


def test_a_graph_with_values_is_judged_by_the_slopes_of_its_equations() -> None:
    x, y, z, q, f = symbols("x y z q f")
    system = System([Eq(q, x + y), Eq(f, q * z)])
    values = {"x": -2.0, "y": 5.0, "z": -4.0}
    right = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": 3.0}, values)
    wrong = check_gradients(system, None, {"x": -4.0, "y": -4.0, "z": -3.0}, values)
    assert differing(right) == [set()] and differing(wrong) == [{"z"}]
    assert [j.judge for j in right.judgements] == ["slopes of the equations"]


def test_a_system_without_values_is_checked_on_random_ones() -> None:
    W, x, y, u = map(IndexedBase, "Wxyu")
    j, k, n, c = symbols("j k n c", integer=True)
    system = System(
        [
            Eq(u[j], tanh(Sum(W[j, k] * x[k], (k, 1, n)))),
            Eq(symbols("C"), Sum(sqrt(u[j]) * log(y[j] + 1), (j, 1, n))),
        ],
        parameters=[W],
        targets=[y],
        axes={j: (1, n), k: (1, n)},
        sizes={n: 3},
    )
    # the root asks for numbers that are all positive
    assert check(system).agrees
    with pytest.raises(InputError, match=r"the size n of W is a symbol|size n"):
        check(replace(system, sizes={}))
    del c


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


def test_the_seed_decides_the_values() -> None:
    network = mlp([2, 3, 1], activation="tanh")
    assert check(network, seed=1) == check(network, seed=1) != check(network, seed=2)


def test_values_that_show_nothing_are_drawn_anew() -> None:
    """A network of dead neurons has the gradient 0, and twice 0 is 0."""
    for seed in range(20):
        report = check(mlp([2, 1, 1], activation="relu"), seed=seed)
        assert all(math.isfinite(row.sharpness) for row in report.judgements[0].rows)


def test_an_activation_of_ones_own_is_not_taken_for_the_textbooks() -> None:
    z = symbols("z", real=True)
    report = check(mlp([2, 2], activation=Activation("mine", lambda z: sin(z) + z / 2)))
    assert report.agrees and report.judgements[0].judge == "slopes of the equations"
    other = replace(ACTIVATIONS["tanh"], formula=lambda z: 2 * tanh(z))
    report = check(mlp([2, 2], activation=other))
    assert report.agrees and report.judgements[0].judge == "slopes of the equations"
    del z


def test_single_precision_is_checked_as_such() -> None:
    report = check(mlp([4, 4, 4], activation="tanh"), dtype=np.float32)
    assert report.agrees
    assert all(1e-8 < row.sharpness < 1e-4 for j in report.judgements for row in j.rows)


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


# --- values for which nothing is defined ---------------------------------------------------------

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


# --- the report ----------------------------------------------------------------------------------


def test_the_report_as_text_as_a_line_and_for_json() -> None:
    network = mlp([2, 1], activation="tanh")
    values, right = solve(network)
    report = check_gradients(network.system, network, right | {"b1": -right["b1"]}, values)
    assert repr(report) == "CheckReport(b1 DIFFER from textbook loops and complex steps)"
    lines = report.text.splitlines()
    assert lines[0].split() == [
        "gradient",
        "judge",
        "max",
        "abs",
        "diff",
        "max",
        "rel",
        "diff",
        "sees",
        "verdict",
    ]
    assert [line.split()[-1] for line in lines[1:5]] == ["agrees", "DIFFERS"] * 2
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert found["agrees"] is False
    loops = found["judgements"][0]
    assert (loops["judge"], loops["agrees"]) == ("textbook loops", False)
    assert [g["name"] for g in loops["gradients"]] == ["W1", "b1"]
    assert loops["gradients"][1]["max_rel_diff"] == pytest.approx(2)
    assert loops["gradients"][0]["entries"] == 2


def test_infinite_numbers_are_none_for_json() -> None:
    network = mlp([1, 1], activation="relu")
    values = {"x": [1.0], "y": [1.0], "W1": [[-1.0]], "b1": [0.0]}
    report = check(replace(declare(network), values=values))
    assert report.as_dict()["judgements"][0]["gradients"][0]["sees"] is None
    assert " - " in report.text
