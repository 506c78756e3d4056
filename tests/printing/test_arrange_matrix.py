"""Matrix notation: costs of one sample, quotients, ones, powers, and what has no matrix form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from printed import derive
from sympy import Eq, IndexedBase, Piecewise, Sum, Symbol, exp, symbols

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS
from symbackprop.pipeline import derive as derive_network
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.text import render

COSTS = ("half-sse", "sse", "mse", "cross-entropy", "binary-cross-entropy")
FIXTURE = Path(__file__).parents[1] / "fixtures" / "printing" / "costs.txt"
OPTIONS: dict[str, dict[str, Any]] = {
    "cross-entropy": {"activation": "softmax"},
    "binary-cross-entropy": {"activation": "sigmoid"},
}


def write_costs() -> Iterator[str]:
    """The cost of one sample and of a batch, and the derivative by the output, cost by cost."""
    for cost in COSTS:
        for batch in (False, True):
            system = derive_network(mlp(cost=cost, batch=batch, **OPTIONS.get(cost, {}))).system
            wanted = ["C_i", "C", system.adjoint("a"), system.adjoint("z")]
            for notation in PRESETS:
                yield f"# {cost}, {'a batch' if batch else 'one sample'}, {notation}"
                for name in wanted:
                    for equation in system.definitions.get(name, ())[:1]:
                        yield render(arrange_matrix_equation(equation, system, PRESETS[notation]))
                yield ""


def test_costs_read_as_in_the_fixture() -> None:
    assert "\n".join(write_costs()) == FIXTURE.read_text(encoding="utf-8")


def show(left: Any, right: Any, **others: Any) -> str:
    """One equation between arrays, in matrix notation."""
    j, k, n, p = symbols("j k n p", integer=True)
    axes = {j: (1, n), k: (1, p)}
    cost = Eq(Symbol("C"), Sum(Sum(left, (j, 1, n)), (k, 1, p)))
    system = System([Eq(left, right), cost], axes=axes, **others)
    return render(arrange_matrix_equation(system.equations[0], system, PRESETS["nielsen"]))


j, k, n, p = symbols("j k n p", integer=True)
M, N, v, r, s = map(IndexedBase, ("M", "N", "v", "r", "s"))


@pytest.mark.parametrize(
    ("right", "shown"),
    [
        (N[j, k] ** 2, "M = N ⊙ N"),
        (N[j, k] ** 3, "M = N^{⊙3}"),
        (1 / N[j, k], "M = 𝟏 ⊘ N"),
        (v[j] * N[j, k], "M = (v 𝟏ᵀ) ⊙ N"),
        (N[j, k] / v[j], "M = N ⊘ (v 𝟏ᵀ)"),
        (N[j, k] / r[k], "M = N ⊘ (𝟏 rᵀ)"),
        (N[j, k] + v[j], "M = N + v 𝟏ᵀ"),
        (exp(N[j, k]), "M = exp(N)"),
        (2 * N[j, k] * v[j] * r[k], "M = 2 (v 𝟏ᵀ) ⊙ N ⊙ (𝟏 rᵀ)"),
        (N[j, k] - 1, "M = N − 1"),
        (v[j] * r[k], "M = v rᵀ"),
    ],
)
def test_arrays_are_joined_by_what_has_one_meaning(right: Any, shown: str) -> None:
    assert show(M[j, k], right) == shown


@pytest.mark.parametrize(
    "right", [abs(N[j, k]), Piecewise((N[j, k], N[j, k] > 0), (2 * N[j, k], True))]
)
def test_what_would_be_taken_for_something_else_has_indices(right: Any) -> None:
    with pytest.raises(InputError):
        show(M[j, k], right)


def test_attention_in_matrices() -> None:
    system = derive("attention")
    shown = {
        render(arrange_matrix_equation(e, system, PRESETS["nielsen"]))
        for e in system.equations
        if e.name in ("q", "e")
    }
    assert shown == {"q = x Aᵀ", "e = exp(s) ⊘ (exp(s) 𝟏 𝟏ᵀ)"}
