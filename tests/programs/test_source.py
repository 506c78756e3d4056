"""The source reads as one writes it, and no name from outside reaches it."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import (
    Eq,
    Symbol,
    exp,
)

from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.programs.callables import lambdify


def test_no_name_of_a_quantity_reaches_the_source() -> None:
    bad = "__import__('os')"
    odd, function, word, weight = (Symbol(s) for s in (bad, "exp", "lambda", "δ w"))
    system = System([Eq(Symbol("C"), exp(odd * weight) + function * word)])
    program = lambdify(system)
    assert "os'" not in program.source
    result = program({}, {bad: 0.5, "exp": 2.0, "lambda": 3.0, "δ w": 1.0})
    assert result.cost == pytest.approx(np.exp(0.5) + 6)
    assert result.gradients["exp"] == 3


def test_the_source_reads_as_one_writes_it() -> None:
    source = lambdify(mlp([3, 4, 2], activation=["relu", "softmax"], cost="cross-entropy")).source
    for line in (
        "z1 = b1 + (a0 @ W1.T)",
        "a1 = maximum(z1, 0)",
        "a2 = softmax(z2, axis=1)",
        "delta2 = a2 - y",
        "gradient_W2 = (delta2.T @ a1)",
    ):
        assert f"    {line}\n" in source
    # nothing is computed that nobody asked for
    assert "adjoint" not in source and "gradient_x" not in source
