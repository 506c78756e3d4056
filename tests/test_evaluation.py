"""Numbers of a declared network: Mazur's worked example, and a graph's."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop import cli, derive, evaluate, load
from symbackprop.errors import InputError
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


# --- values for which nothing is defined -------------------------------------------------------

UNDEFINED = {
    "1/0": ('f = "x/y"', "x = 1\ny = 0", "f has no value with these numbers: 1/y: a division by 0"),
    "log(-1)": ('f = "log(x) + y"', "x = -1\ny = 0", "f has no value with these numbers: log(x)"),
    "a root": ('f = "x^0.5 + y"', "x = -3\ny = 0", "f has no value with these numbers: sqrt(x)"),
    "exp(e^100)": ('f = "exp(exp(x)) + y"', "x = 100\ny = 0", "f has no value with these numbers"),
    "a product": ('g = "x*y"\nf = "g + 1"', "x = 1e200\ny = 1e200", "g is inf with these numbers"),
    "on the way": (
        'g = "1/x"\nf = "g*y"',
        "x = 0\ny = 0",
        "g has no value with these numbers: 1/x",
    ),
}
SATURATED = """title = "saturated"
[network]
widths = [1, 2]
activation = "softmax"
cost = "cross-entropy"
[values]
x = [1.0]
y = [1.0, 0.0]
W1 = [[-2000.0], [2000.0]]
b1 = [0.0, 0.0]
"""


@pytest.mark.parametrize("kind", UNDEFINED)
@pytest.mark.parametrize("command", ["evaluate", "derive", "check"])
def test_an_undefined_value_is_told_in_one_line(
    command: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    equations, values, message = UNDEFINED[kind]
    path = tmp_path / "bad.toml"
    path.write_text(
        f'[graph]\ninputs = ["x", "y"]\n[graph.equations]\n{equations}\n[values]\n{values}\n'
    )
    assert cli.main([command, str(path)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("symbackprop: bad: ") and said.err.count("\n") == 1
    assert command == "check" or message in said.err
    assert "Traceback" not in said.err and "DIFFERS" not in said.out


@pytest.mark.parametrize("command", ["evaluate", "check", "derive"])
def test_a_saturated_network_ends_without_a_traceback(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "saturated.toml"
    path.write_text(SATURATED)
    code = cli.main([command, str(path)])
    said = capsys.readouterr()
    # the program and the textbook are finite where e^2000 is not
    assert code == (2 if command == "evaluate" else 0)
    assert "DIFFERS" not in said.out + said.err
    assert command != "evaluate" or said.err.count("\n") == 1


@pytest.mark.parametrize("name", ["mazur", "xyz_graph", "rnn", "residual", "softmax_classifier"])
def test_everything_is_every_derivative(name: str) -> None:
    """What a program computes with all details is what is listed, for graphs and networks."""
    declared = load(f"examples/{name}.toml")
    found = collect_numbers(derive(declared).evaluation, everything=True)
    inputs = set(declared.system.names("input"))
    listed = {**found.get("input gradients", {}), **found["gradients"]}
    assert inputs <= set(listed)
    for quantity in declared.system.names("intermediate"):
        assert quantity in found.get("intermediate gradients", {})


def test_a_generic_network_has_no_numbers() -> None:
    numbers = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    with pytest.raises(InputError, match="sigma has no formula to work out"):
        evaluate("1-1", numbers)
