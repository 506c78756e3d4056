"""Units and weights of a small network by name."""

from __future__ import annotations

from fixture_networks import derive
from sympy import (
    IndexedBase,
    Symbol,
)

from symbackprop.notation import PRESETS
from symbackprop.printing import latex
from symbackprop.printing.arrange import arrange_expression


def test_mazur_names_units_and_weights() -> None:
    system = derive("mazur")
    W, z, out, target = (IndexedBase(n) for n in ("W", "z", "a", "y"))
    expected = {
        W[1, 1, 1]: "w_{1}",
        W[1, 1, 2]: "w_{2}",
        W[1, 2, 1]: "w_{3}",
        W[2, 1, 1]: "w_{5}",
        z[1, 2]: "net_{h2}",
        out[2, 1]: "out_{o1}",
        target[2]: "target_{o2}",
        out[0, 1]: "i_{1}",
        IndexedBase("b")[2]: "b_{2}",
        Symbol("C"): "E_{total}",
    }
    for entry, formula in expected.items():
        assert latex.render(arrange_expression(entry, system, PRESETS["mazur"])) == formula
