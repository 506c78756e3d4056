"""Entries with their indices: commas, what a notation counts from, time, errors by name."""

from __future__ import annotations

from fixture_networks import derive
from sympy import (
    Eq,
    IndexedBase,
    Sum,
    Symbol,
    symbols,
)

from symbackprop.equations import System
from symbackprop.notation import PRESETS
from symbackprop.printing import latex
from symbackprop.printing.arrange import arrange_equation, arrange_expression


def test_indices_of_two_digits_get_commas() -> None:
    system = derive("mazur")
    entry = IndexedBase("W")[1, 12, 3]
    layout = arrange_expression(entry, system, PRESETS["nielsen"])
    assert latex.render(layout) == "w^{1}_{12,3}"


def test_index_base_shifts_neurons_and_not_layers() -> None:
    entry = IndexedBase("W")[1, 1, 2]
    layout = arrange_expression(entry, derive("mean"), PRESETS["3b1b"])
    assert latex.render(layout) == "w^{(1)}_{01}"


def test_time_stands_where_the_notation_has_it() -> None:
    t, j, k, n, T = symbols("t j k n T", integer=True)
    h, W, C = IndexedBase("h"), IndexedBase("W"), Symbol("C")
    system = System(
        [Eq(h[t, j], Sum(W[j, k] * h[t - 1, k], (k, 1, n))), Eq(C, Sum(h[T, j], (j, 1, n)))],
        parameters=[W[j, k]],
        axes={t: (1, T), j: (1, n), k: (1, n)},
    )
    formulas = {
        "nielsen": r"h^{t}_{j} = \sum_{k} w_{jk} h^{t-1}_{k}",
        "ng": r"h^{\langle t \rangle}_{j} = \sum_{k} W_{jk} h^{\langle t-1 \rangle}_{k}",
    }
    for preset, formula in formulas.items():
        layout = arrange_equation(system.equations[0], system, PRESETS[preset])
        assert latex.render(layout) == formula
