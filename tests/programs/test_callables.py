"""Programs: outputs without targets, shapes in their docstrings, sources that run on their own."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cases import GRAPHS, NETWORKS, recurrent, residual
from sympy import Symbol

from symbackprop import lambdify, load, mlp
from symbackprop.errors import InputError
from symbackprop.programs.callables import Program

SOFTMAX = {"activation": ["sigmoid", "softmax"], "cost": "cross-entropy"}
PROGRAMS = {
    "2-3-2, softmax": lambda: lambdify(mlp([2, 3, 2], **SOFTMAX)),
    "any depth": lambda: lambdify(mlp(**SOFTMAX), sizes={"L": 2}),
    "a batch with L2": lambda: lambdify(mlp([2, 3, 2], batch=True, regularized=True, **SOFTMAX)),
    "gelu": lambda: lambdify(mlp([2, 2], activation="gelu")),
    "elu, shared bias": lambda: lambdify(mlp([2, 3, 1], activation="elu", bias="shared")),
    "binary": lambda: lambdify(mlp([2, 1], activation="sigmoid", cost="binary-cross-entropy")),
    "one layer, no bias": lambda: lambdify(mlp([3, 2], activation="identity", bias="none")),
    "residual": lambda: lambdify("examples/residual.toml"),
    "recurrent": lambda: lambdify(recurrent(), sizes={"T": 3}),
    "graph": lambda: lambdify("examples/xyz_graph.toml"),
    "gates": lambda: lambdify(GRAPHS["gates"]),
}


def draw(program: Program, seed: int = 1) -> dict[str, Any]:
    """Numbers for all that a program takes; a size that is free is 3, and there are 5 samples."""
    generator = np.random.default_rng(seed)
    values = {}
    for slot in program.slots:
        shape = [n if isinstance(n, int) else {"m": 5}.get(str(n), 3) for n in slot.lengths]
        value = generator.uniform(0.1, 0.9, shape)
        one_hot = slot.quantity.role == "target" and program.system.assumptions
        values[slot.label] = value / value.sum(axis=-1, keepdims=True) if one_hot else value
    return values


def split(program: Program, values: dict[str, Any]) -> tuple[dict, dict, dict]:
    roles = {slot.label: slot.quantity.role for slot in program.slots}
    parts: list[dict] = [
        {n: v for n, v in values.items() if roles[n] in wanted}
        for wanted in (("parameter", "constant"), ("input",), ("target",))
    ]
    return parts[0], parts[1], parts[2]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_source_runs_on_its_own(name: str) -> None:
    """It is executed here as a user would run the file: nothing of symbackprop is in it."""
    program = PROGRAMS[name]()
    assert "symbackprop" not in program.source
    module: dict[str, Any] = {}
    exec(compile(program.source, "program.py", "exec"), module)
    values = draw(program)
    result = program(values)
    taken = program._run  # the same layout of arrays as the program itself has
    compiled = program._compile(program._list_outputs(False), np.float64)
    own = replace(compiled, function=module["program"])
    found = taken(own, program.slots, {n: np.asarray(v) for n, v in values.items()})
    assert float(found[0]) == pytest.approx(float(result.cost), rel=1e-14)
    for mine, theirs in zip(found[1:], result.gradients.values(), strict=True):
        assert np.allclose(mine, theirs, rtol=1e-13)


@pytest.mark.parametrize("name", PROGRAMS)
def test_outputs_need_no_targets(name: str) -> None:
    program = PROGRAMS[name]()
    values = draw(program)
    parameters, x, y = split(program, values)
    found = program.forward(parameters, x)
    whole = program({**parameters, **x, **y}, details=True)
    if not y:
        assert found == pytest.approx(whole.cost)
        return
    (label, *more) = [label for label in whole.forward if _is_output(program, label)]
    expected = whole.forward[label]
    if more:
        expected = np.stack([whole.forward[each] for each in (label, *more)])
    assert np.array_equal(found, expected)


def _is_output(program: Program, label: str) -> bool:
    return label in str(program.__doc__).partition("gives ")[2].partition("gives ")[2].split(".\n")[
        0
    ].split(", ")


def test_outputs_of_a_network_are_those_of_its_last_layer() -> None:
    program = PROGRAMS["2-3-2, softmax"]()
    parameters, x, _ = split(program, draw(program))
    found = program.forward(parameters, x["x"])
    assert found.shape == (2,) and found.sum() == pytest.approx(1)


def test_outputs_of_all_time_steps_are_one_array() -> None:
    net = load("examples/rnn.toml")
    program = lambdify(net)
    found = program.forward({n: net.values[n] for n in "WUb"}, net.values["x"])
    assert found.shape == (3, 2)
    assert found[0] == pytest.approx([0.421899005, 0.421899005])


@pytest.mark.parametrize("name", PROGRAMS)
def test_shapes_stand_in_the_docstring(name: str) -> None:
    program = PROGRAMS[name]()
    for slot in program.slots:
        shape = ", ".join(map(str, slot.lengths))
        assert f"{slot.label} ({shape}" in program.__doc__ if slot.lengths else slot.label
    assert "\n" not in repr(program) and repr(program) in program.__doc__


def test_what_is_missing_for_outputs_is_said() -> None:
    program = PROGRAMS["2-3-2, softmax"]()
    with pytest.raises(InputError, match="W2 is missing; the arrays are x, W1, W2, b1, b2"):
        program.forward({"W1": np.ones((3, 2)), "b1": np.ones(3), "b2": np.ones(2)}, [1.0, 2.0])


@pytest.mark.parametrize("size", ["L", Symbol("L"), Symbol("L", integer=True)])
def test_a_size_is_known_by_its_name(size: Any) -> None:
    whole, deep = lambdify(mlp([2, 3, 3, 2], **SOFTMAX)), lambdify(mlp(**SOFTMAX), sizes={size: 3})
    values = draw(whole)
    given = whole(values), deep(values)
    assert given[0].cost == given[1].cost
    for name, gradient in given[0].gradients.items():
        assert np.array_equal(gradient, given[1].gradients[name])


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="unknown size 'M'"):
        lambdify(mlp(**SOFTMAX), sizes={"M": 3})
    with pytest.raises(InputError, match=r"give sizes=\{'L': 3\}"):
        lambdify(mlp(**SOFTMAX))


@pytest.mark.parametrize("name", [n for n, net in NETWORKS.items() if net.widths])
def test_every_source_is_python(name: str) -> None:
    ast.parse(lambdify(NETWORKS[name]).source)


def test_residuals_are_residuals() -> None:
    program = lambdify(residual(), sizes={"n": 2})
    V, W = np.eye(2), np.zeros((2, 2))
    assert program.forward({"V": V, "W": W}, [3.0, 4.0]) == pytest.approx([3.0, 4.0])
