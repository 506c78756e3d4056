"""Meaning: what a formula is worth in one world, in a reading, and when it has no value.

The worlds are computation graphs, whose quantities have given numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from opened_texts import open_scope, read_side

from symbackprop.verification.fitting import fit_lengths
from symbackprop.verification.graphs import GraphScene
from symbackprop.verification.meaning import (
    BUDGET,
    Meaningless,
    Reading,
    State,
    differentiate,
    evaluate,
    find_function,
    find_letter,
)
from symbackprop.verification.shapes import ShapeClash

PLAIN = Reading("as written")
NUMBERS = {"x": 2.0, "y": 3.0, "w": 0.5}


def work_out(
    latex: str,
    *definitions: str,
    reading: Reading = PLAIN,
    values: Mapping[str, float] = NUMBERS,
    **indices: int,
) -> Any:
    """A formula in the world of some definitions; the names in it belong to that world, too."""
    scope = open_scope(*definitions, f"anything = {latex}")
    lengths, _ = fit_lengths(scope, reading, [BUDGET])
    scene = GraphScene(scope, 1, lengths, values=values)
    return evaluate(read_side(latex), State(scene, reading, indices)).array


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        ("2 x + y", 7.0),
        ("x - y + 1", 0.0),
        ("x y / 4", 1.5),
        (r"\frac{x}{y}", 2 / 3),
        (r"x \cdot y", 6.0),
        ("x^3 - x^{-1}", 7.5),
        ("e^x", math.exp(2)),
        (r"\exp(x) + \log y", math.exp(2) + math.log(3)),
        (r"\tanh x", math.tanh(2)),
        (r"\max(x, y, 1)", 3.0),
        (r"\pi x", 2 * math.pi),
        ("|1 - x|", 1.0),
        (r"\sqrt{x + 2}", 2.0),
        (r"\mathbb{1}(x > y) + 1_{x < y}", 1.0),
        (r"\sum_{i=1}^{3} i^2", 14.0),
        (r"\prod_{i=1}^{3} (i + x)", 60.0),
        (r"\sum_{i=1, i \ne 2}^{3} i", 4.0),
        (r"\lim_{h \to 0} \frac{(x + h)^2 - x^2}{h}", 4.0),
        (r"\begin{cases} x & x > y \\ y & x \leq y \end{cases}", 3.0),
        ("i + j", 5.0),
        ("[i = j] + [i < j]", 1.0),
        (r"\underbrace{x + y}_{z}", 5.0),
    ],
)
def test_a_formula_has_a_value(latex: str, value: float) -> None:
    assert np.real(work_out(latex, i=2, j=3)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("latex", "definitions", "value"),
    [
        (r"\frac{\partial f}{\partial x}", ("f = x^2 y",), 12.0),
        (r"\frac{d f}{d x}", ("f = x q", "q = x + y"), 7.0),
        (r"\frac{\partial}{\partial y} (x y^2)", (), 12.0),
        (r"\frac{\partial f}{\partial w}", (r"f = \sigma(w x)", r"\sigma(z) = z^3"), 6.0),
        (r"\frac{\partial f}{\partial x} \cdot \frac{\partial x}{\partial x}", ("f = 3 x",), 3.0),
        (r"\frac{\partial x}{\partial y}", (), 0.0),
        (r"g'(x)", (r"g(u) = u^2 y",), 12.0),
    ],
)
def test_a_derivative_goes_along_all_ways(
    latex: str, definitions: tuple[str, ...], value: float
) -> None:
    assert np.real(work_out(latex, *definitions)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("slopes", "value"), [("total", 2 * 2 + 3), ("direct", 5.0), ("calls", 2 * 2 + 3)]
)
def test_a_reading_says_along_which_ways_slopes_go(slopes: str, value: float) -> None:
    # q = x + y is 5, and f = x q: directly its slope is q
    reading = Reading("slopes", slopes=slopes)
    slope = work_out(r"\frac{\partial f}{\partial x}", "f = x q", "q = x + y", reading=reading)
    assert np.real(slope) == pytest.approx(value)


VECTORS = (r"\mathbf{z} = \mathbf{W} \mathbf{x}", r"L = \mathbf{z}^T \mathbf{z}")


def test_a_product_of_arrays_is_that_of_matrices() -> None:
    z, W, x = (
        work_out(latex, *VECTORS, values={})
        for latex in (r"\mathbf{z}", r"\mathbf{W}", r"\mathbf{x}")
    )
    assert W.ndim == 2 and x.ndim == 1
    np.testing.assert_allclose(z, W @ x)
    np.testing.assert_allclose(work_out("L", *VECTORS, values={}), z @ z)
    slope = work_out(r"\frac{\partial L}{\partial \mathbf{x}}", *VECTORS, values={})
    np.testing.assert_allclose(slope, 2 * W.T @ z)
    entries = Reading("entries", powers="entries")
    np.testing.assert_allclose(
        work_out(r"\mathbf{z}^2", *VECTORS, values={}, reading=entries), z**2
    )


def test_a_chain_may_be_written_from_either_end() -> None:
    slopes = {
        "s": r"\frac{\partial \mathbf{z}}{\partial \mathbf{x}}",
        "c": r"\frac{\partial L}{\partial \mathbf{z}}",
    }
    whole = work_out(r"\frac{\partial L}{\partial \mathbf{x}}", *VECTORS, values={})
    for order, chain in (("global", "{c} {s}"), ("local", "{s} {c}")):
        reading = Reading("chains", order=order)
        found = work_out(chain.format(**slopes), *VECTORS, values={}, reading=reading)
        np.testing.assert_allclose(found, whole)


def test_a_reading_says_how_a_dot_multiplies() -> None:
    elementwise = Reading("dots", dot="elementwise")
    z = work_out(r"\mathbf{z}", *VECTORS, values={})
    product = work_out(r"\mathbf{z} \cdot \mathbf{z}", *VECTORS, values={}, reading=elementwise)
    np.testing.assert_allclose(product, z * z)
    np.testing.assert_allclose(work_out(r"\mathbf{z} \cdot \mathbf{z}", *VECTORS, values={}), z @ z)
    np.testing.assert_allclose(work_out(r"\mathbf{z} \odot \mathbf{z}", *VECTORS, values={}), z * z)


@pytest.mark.parametrize(
    ("latex", "error", "reason"),
    [
        (r"\mathbf{W}^2", ShapeClash, "a matrix cannot be squared"),
        (r"\mathbf{x}^2", ShapeClash, "cannot be squared"),
        (r"\log(0 x)", Meaningless, "it has no finite value"),
        ("x^{65}", Meaningless, "a power must be a small number"),
        (r"\frac{C}{\partial x}", Meaningless, "a ∂ of a derivative is missing"),
        ("[x + y]'", Meaningless, "does not say by what to differentiate"),
        (r"\begin{cases} 1 & \mathbf{x} > 0 \end{cases}", Meaningless, "condition"),
        (r"\frac{\partial^2 L}{\partial x^2}", Meaningless, "a derivative of a derivative"),
    ],
)
def test_what_has_no_value_is_told(latex: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        work_out(latex, *VECTORS, values={})


def test_a_formula_without_end_is_given_up() -> None:
    scene = GraphScene(open_scope("x = 1"), 1)
    state = State(scene, PLAIN, budget=[50])
    with pytest.raises(Meaningless, match="too long to be worked out"):
        evaluate(read_side(r"\sum_{i=1}^{3} \sum_{j=1}^{3} \sum_{k=1}^{3} i j k"), state)
    assert BUDGET > 1000


def test_a_slope_of_a_root_of_something_negative_is_none() -> None:
    scope = open_scope("f = u")
    state = State(GraphScene(scope, 1, values={"u": -1.0}), PLAIN)
    with pytest.raises(Meaningless):
        differentiate(read_side(r"\log u"), read_side("u"), state)


@pytest.mark.parametrize(
    ("word", "order", "at", "value"),
    [
        ("tanh", 0, 0.5, math.tanh(0.5)),
        ("tanh", 1, 0.5, 1 - math.tanh(0.5) ** 2),
        ("tanh", 2, 0.5, -2 * math.tanh(0.5) * (1 - math.tanh(0.5) ** 2)),
        ("log", 1, 4.0, 0.25),
        ("relu", 0, -2.0, 0.0),
        ("relu", 1, 3.0, 1.0),
        ("sin", 3, 0.0, -1.0),
    ],
)
def test_functions_of_the_table_and_their_derivatives(
    word: str, order: int, at: float, value: float
) -> None:
    found = find_function(word, order)(np.array([at, at]))
    assert np.real(found) == pytest.approx([value, value])


def test_a_derivative_of_a_function_of_several_is_refused() -> None:
    with pytest.raises(Meaningless, match="a derivative of max that does not say by what"):
        find_function("max", 1)


@pytest.mark.parametrize(
    ("latex", "letter"),
    [(r"\sum_{i=1}^n x_i", "i"), (r"\sum_{i \in S} x_i", "i"), (r"\sum x_i", None)],
)
def test_the_letter_of_a_sum_is_found(latex: str, letter: str | None) -> None:
    found = find_letter(read_side(latex))  # type: ignore[arg-type]
    assert (found.base if found else None) == letter
