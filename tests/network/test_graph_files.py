"""Graphs in tables: quantities, ranges and sizes, also where none is named twice."""

from __future__ import annotations

import pytest
from derived import derive

from symbackprop.errors import InputError
from symbackprop.network.graph_files import read_graph
from symbackprop.proofs import prove_system

CONVOLUTION = {
    "inputs": ["x[i]"],
    "parameters": ["w[r]", "b"],
    "targets": ["g[i]"],
    "axes": {"i": "1..N", "r": "1..3"},
    "equations": {
        "y[i]": "tanh(sum(r, w[r]*x[i+r-1]) + b)",
        "C": "sum(i, (y[i] - g[i])^2)",
    },
}


def test_a_convolution_is_read_with_the_roles_that_it_gives_and_is_proved() -> None:
    system, values = read_graph(CONVOLUTION, {})
    roles = {name: quantity.role for name, quantity in system.quantities.items()}
    assert {n: roles[n] for n in "xwbgC"} == {
        "x": "input", "w": "parameter", "b": "parameter", "g": "target", "C": "cost",
    }  # fmt: skip
    assert not values
    assert prove_system(derive(system)).equations > 3


def test_values_tell_the_sizes() -> None:
    given = {"x": [1, 2, 3, 4], "w": [1, 0, 1], "b": 0, "g": [0, 0]}
    system, values = read_graph(CONVOLUTION, given)
    assert {str(size): number for size, number in system.sizes.items()}["N"] == 2
    assert values["w"] == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("change", "given", "message"),
    [
        ({"equations": {}}, {}, r"\[graph.equations\] is missing"),
        ({"equations": ["y"]}, {}, "a table of equations"),
        ({"inputs": "x"}, {}, r"\[graph\] inputs: a list"),
        ({"parameters": ["w[r]", "b", "x[i]"]}, {}, "x is declared already, as input"),
        ({"targets": ["g[i]", "eta"]}, {}, "the learning rate"),
        ({}, {"w": [1, 2], "x": [1, 2, 3, 4], "b": 0, "g": [0, 0]}, "w: a list of 3 numbers"),
        ({}, {"q": 1}, "q"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict, given: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_graph(CONVOLUTION | change, given)
