"""A network however it is given, taken by every verb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import GRAPHS, NETWORKS, residual

from symbackprop import check, derive, evaluate, explain, lambdify, mlp, show, verify
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared, declare, load

GIVEN = {
    "widths as text": "2-3-2",
    "widths as a list": [2, 3, 2],
    "a network": mlp([2, 3, 2], activation=["tanh", "softmax"], cost="cross-entropy"),
    "L2": mlp([2, 2], activation="sigmoid", regularized=True),
    "a batch": mlp([2, 2], activation="sigmoid", batch=True),
    "one layer": mlp([2, 1], activation="identity", bias="none"),
    "a declaration": load("2-3-2", activation="sigmoid"),
    "a file with values": "examples/mazur.toml",
    "a path": Path("examples/softmax_classifier.toml"),
    "a graph": "examples/xyz_graph.toml",
    "a recurrence": "examples/rnn.toml",
    "a residual": Path("examples/residual.toml"),
}


@pytest.mark.parametrize("given", GIVEN)
def test_every_verb_takes_what_derive_takes(given: str) -> None:
    net: Any = GIVEN[given]
    derived = derive(net)
    name = next(q.name for q in derived.system.quantities.values() if q.role == "gradient")
    name = name.rpartition("∂")[2]
    assert show(net) == str(derived)
    assert len(explain(net, name)) >= 1
    assert check(net).agrees
    if given.startswith("widths"):
        with pytest.raises(InputError, match="sigma has no formula"):
            lambdify(net)
    else:
        assert lambdify(net).slots


@pytest.mark.parametrize("given", ["a file with values", "a path", "a graph", "a recurrence"])
def test_evaluate_takes_what_has_values(given: str) -> None:
    assert evaluate(GIVEN[given])["cost"] is not None


@pytest.mark.parametrize("given", ["widths as a list", "a network", "a batch", "one layer"])
def test_what_has_no_values_says_so(given: str) -> None:
    with pytest.raises(InputError, match="there are no values to work with"):
        evaluate(GIVEN[given])


@pytest.mark.parametrize("name", [*NETWORKS, *GRAPHS])
def test_all_cases_are_declared(name: str) -> None:
    declared = declare({**NETWORKS, **GRAPHS}[name])
    assert declare(declared) is declared
    assert repr(declared).count("\n") == 0 and len(repr(declared)) < 100
    assert declared._repr_html_().count("<") == declared._repr_html_().count(">")


@pytest.mark.parametrize("net", [3, None, 2.5, {"widths": [2, 2]}])
def test_what_declares_nothing_is_refused(net: Any) -> None:
    with pytest.raises(InputError, match="declares no network; give widths such as"):
        declare(net)


def test_widths_may_be_integers_of_numpy() -> None:
    assert declare(list(np.array([2, 3]))).network.widths == (2, 3)


@pytest.mark.parametrize(
    ("net", "message"),
    [([2], "at least two"), ([2, 0], "not a positive integer"), ((2, True), "not a positive")],
)
def test_widths_are_checked(net: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        declare(net)


def test_a_path_is_a_file_even_if_it_looks_like_widths() -> None:
    with pytest.raises(InputError, match="no such file"):
        declare(Path("2-3-1"))


def test_formulas_are_judged_against_what_is_declared() -> None:
    (found,) = verify(r"\delta^1 x^T", network=[2, 3, 2], wrt="W1")
    assert found.verdict == "holds"
    (found,) = verify(r"\delta^1 x", network=mlp([2, 3, 2]), wrt="W1")
    assert found.verdict not in ("holds", "stated")
    claim = r"\frac{\partial C}{\partial r} = r - y"
    (right,), (wrong,) = (verify(c, network=residual()) for c in (claim, f"{claim} + u"))
    assert (right.verdict, wrong.verdict) == ("holds", "wrong")


def test_a_title_is_text_in_a_page() -> None:
    assert "<script>" not in Declared("<script>", residual())._repr_html_()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x": [1.0]}, r"y, W1, b1 missing"),
        ({"x": [1.0], "y": [1.0], "W1": [[1.0]], "b1": [1.0, 2.0]}, "b1: a list of 1 number"),
        ({"x": [1.0], "y": [1.0], "W1": [[1.0]], "b1": ["a"]}, "the text 'a' stands where"),
        ({"x": [1.0], "y": [1.0], "W1": [[1.0]], "b1": [0.0], "q": 1.0}, "unknown key 'q'"),
        ({"x": [1.0], "y": [1.0], "W1": [[1.0]], "b1": [float("nan")]}, "is not a finite number"),
    ],
)
def test_values_are_checked(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(mlp([1, 1], activation="tanh"), values)


def test_values_may_be_arrays_and_tell_sizes() -> None:
    numbers = {name: np.full((2, 2), 0.5) for name in ("V", "W")}
    numbers |= {name: np.array([0.1, 0.2]) for name in ("x", "y")}
    found = evaluate(residual(), numbers, everything=True)
    assert found["forward"]["u"] == pytest.approx([0.15, 0.15])
    assert set(found) == {
        "cost", "forward", "gradients", "intermediate gradients", "input gradients",
    }  # fmt: skip
    program = lambdify(residual())
    result = program({n: numbers[n] for n in "VW"}, numbers["x"], numbers["y"])
    for name in "VW":
        assert result.gradients[name] == pytest.approx(np.array(found["gradients"][name]))
