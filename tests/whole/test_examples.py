"""The examples: each is read, derived, and gives the numbers its source is known for."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import symbackprop
from symbackprop.errors import InputError

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
WANTED = {
    "single_neuron",
    "linear_regression",
    "perceptron",
    "mazur",
    "nielsen_mnist",
    "softmax_classifier",
    "xyz_graph",
    "sigmoid_neuron",
    "residual",
    "rnn",
}
by_name = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def load(name: str) -> symbackprop.Declared:
    return symbackprop.load(next(path for path in EXAMPLES if path.stem == name))


def test_all_examples_are_there() -> None:
    assert {path.stem for path in EXAMPLES} >= WANTED


@by_name
def test_an_example_says_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ") and "\ntitle = " in text


@by_name
def test_an_example_is_derived_and_proved(path: Path) -> None:
    declared = symbackprop.load(path)
    derived = symbackprop.derive(declared)
    if declared.is_forward_only:
        assert not derived.system.select("gradient")
        with pytest.raises(InputError, match="step"):
            derived.show(wrt="W")
        return
    assert derived.system.select("gradient")


# example --> quantities of its evaluation, from the pages that the examples are known from
KNOWN = [
    ("xyz_graph", "q", 3.0),
    ("xyz_graph", "f", -12.0),
    ("xyz_graph", "∂f/∂x", -4.0),
    ("xyz_graph", "∂f/∂y", -4.0),
    ("xyz_graph", "∂f/∂z", 3.0),
    # the gates of the page are rounded to two digits: 0.73, and gradients of 0.20 and 0.39
    ("sigmoid_neuron", "f", 0.731058579),
    ("sigmoid_neuron", "∂f/∂w0", -0.196611933),
    ("sigmoid_neuron", "∂f/∂w1", -0.393223866),
    ("sigmoid_neuron", "∂f/∂w2", 0.196611933),
    ("mazur", "C", 0.298371109),
]


@pytest.mark.parametrize(("name", "quantity", "value"), KNOWN)
def test_an_example_gives_the_known_number(name: str, quantity: str, value: float) -> None:
    found = symbackprop.derive(load(name)).evaluation.array(quantity)
    assert found == pytest.approx(value, abs=5e-10)


def test_the_single_neuron_by_hand() -> None:
    evaluation = symbackprop.derive(load("single_neuron")).evaluation
    a = 1 / (1 + math.exp(-(0.6 * 1.0 + 0.9)))
    assert evaluation.array("C") == pytest.approx(a**2 / 2)
    assert evaluation.array("∂C/∂W", 1) == [[pytest.approx(a * a * (1 - a))]]


def test_linear_regression_by_hand() -> None:
    evaluation = symbackprop.derive(load("linear_regression")).evaluation
    points, slope, offset = [(0, 1), (1, 3), (2, 4), (3, 8)], 1.5, 0.5
    errors = [(slope * x + offset - y, x) for x, y in points]
    assert evaluation.array("C") == pytest.approx(sum(e**2 for e, _ in errors) / 4)
    assert evaluation.array("∂C/∂W", 1) == [[pytest.approx(sum(2 * e * x for e, x in errors) / 4)]]
    assert evaluation.array("∂C/∂b", 1) == [pytest.approx(sum(2 * e for e, _ in errors) / 4)]


def test_the_perceptron_is_nand() -> None:
    assert symbackprop.evaluate(load("perceptron"))["forward"]["a1"] == [[1], [1], [1], [0]]


# as printed on the page of the example, but for the biases, which it leaves alone
MAZUR = {
    "forward": {
        "net_h1": 0.3775,
        "out_h1": 0.593269992,
        "out_h2": 0.596884378,
        "net_o1": 1.105905967,
        "out_o1": 0.75136507,
        "out_o2": 0.772928465,
        "E_o1": 0.274811083,
        "E_o2": 0.023560026,
    },
    "gradients": {"w5": 0.082167041, "w1": 0.000438568},
    "updated": {
        "w1": 0.149780716,
        "w2": 0.19956143,
        "w3": 0.24975114,
        "w4": 0.29950229,
        "w5": 0.35891648,
        "w6": 0.408666186,
        "w7": 0.511301270,
        "w8": 0.561370121,
    },
}


def test_mazur_gives_the_numbers_of_the_page() -> None:
    results = symbackprop.evaluate(load("mazur"))
    assert results["cost"] == pytest.approx(0.298371109, abs=5e-10)
    for part, numbers in MAZUR.items():
        for name, number in numbers.items():
            assert results[part][name] == pytest.approx(number, abs=5e-9), name
