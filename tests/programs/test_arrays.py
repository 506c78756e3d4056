"""Arrays that do not fit are refused by name, with the shape that is wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Integer

from symbackprop.equations import Axis, Quantity, index_symbol
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.programs.arrays import Slot
from symbackprop.programs.callables import Program, lambdify


@pytest.fixture(scope="module")
def small() -> tuple[Program, dict[str, Any]]:
    values = {"W1": np.ones((3, 2)), "b1": np.ones(3), "W2": np.ones((1, 3)), "b2": np.ones(1)}
    return lambdify(mlp([2, 3, 1], activation="tanh")), values


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("b1", np.ones((3, 1)), r"b1 has the shape \(3, 1\); wanted \(3,\): .* no column"),
        ("b1", np.ones((1, 3)), r"b1 has the shape \(1, 3\); wanted \(3,\): .* no row"),
        ("b1", 1.0, r"b1 has the shape \(\); wanted \(3,\)"),
        ("b2", 1.0, r"b2 has the shape \(\); wanted \(1,\)"),
        ("W1", np.ones((2, 3)), r"W1 has the shape \(2, 3\); wanted \(3, 2\)"),
        ("W2", np.ones(3), r"W2 has the shape \(3,\); wanted \(1, 3\)"),
        ("b1", [1.0, np.nan, 1.0], r"b1\[1\] is nan"),
        ("W1", [[1, 1], [1, np.inf], [1, 1]], r"W1\[1, 1\] is inf"),
        ("W1", [[1, 1], [1], [1, 1]], "different lengths"),
        ("b1", ["a", "b", "c"], "must hold real numbers"),
        ("b1", [1j, 1j, 1j], "must hold real numbers"),
        ("b3", [1.0], "unknown array 'b3'"),
    ],
)
def test_wrong_parameters_are_refused(
    small: tuple[Program, dict[str, Any]], name: str, wrong: Any, message: str
) -> None:
    program, values = small
    with pytest.raises(InputError, match=message):
        program({**values, name: wrong}, [1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((1, 2)), [1.0], r"x has the shape \(1, 2\); wanted \(2,\): one sample was"),
        (np.ones((2, 1)), [1.0], r"x has the shape \(2, 1\); wanted \(2,\)"),
        ([1.0, 2.0], 1.0, r"y has the shape \(\); wanted \(1,\)"),
        ([1.0, 2.0, 3.0], [1.0], r"x has the shape \(3,\); wanted \(2,\)"),
        (None, [1.0], "x is missing"),
        ([1.0, 2.0], None, "y is missing"),
    ],
)
def test_wrong_samples_are_refused(
    small: tuple[Program, dict[str, Any]], x: Any, y: Any, message: str
) -> None:
    program, values = small
    with pytest.raises(InputError, match=message):
        program(values, x, y)


def test_a_batch_wants_rows() -> None:
    program = lambdify(mlp([2, 1], activation="tanh", batch=True))
    values = {"W1": [[1.0, 2.0]], "b1": [0.0]}
    with pytest.raises(InputError, match="also for a single one"):
        program(values, [1.0, 2.0], [[1.0]])
    with pytest.raises(InputError, match=r"y has the shape \(2, 1\); wanted \(3, 1\)"):
        program(values, np.ones((3, 2)), np.ones((2, 1)))
    with pytest.raises(InputError, match=r"x has the shape \(0, 2\)"):
        program(values, np.ones((0, 2)), np.ones((0, 1)))


def test_a_parameter_that_is_missing() -> None:
    program = lambdify(mlp([2, 1], activation="tanh"))
    with pytest.raises(InputError, match="b1 is missing"):
        program({"W1": [[1.0, 2.0]]}, [1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("kinds", "array", "laid_out"),
    [
        (("neuron",), [1.0, 2.0], [[1.0, 2.0]]),
        (("sample",), [1.0, 2.0], [[1.0], [2.0]]),
        (("neuron", "sample"), [[1.0, 2.0]], [[1.0], [2.0]]),
        (("sample", "neuron"), [[1.0, 2.0]], [[1.0, 2.0]]),
        (("neuron", "neuron"), [[1.0, 2.0]], [[1.0, 2.0]]),
        ((), 3.0, 3.0),
    ],
)
def test_arrays_have_samples_as_rows(kinds: tuple[str, ...], array: Any, laid_out: Any) -> None:
    axes = tuple(
        Axis(index_symbol(letter), Integer(1), index_symbol("n"), kind)
        for letter, kind in zip("jk", kinds, strict=False)
    )
    slot = Slot("q", Quantity("q", "input", axes), (), ())
    (found,) = slot.lay_out(np.asarray(array, np.float32))
    np.testing.assert_array_equal(found, laid_out)
    assert found.dtype == np.float32 and np.shape(found) == np.shape(laid_out)
