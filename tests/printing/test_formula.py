"""Formulas in views and notations, held against readable fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_networks import derive

from symbackprop.notation import PRESETS
from symbackprop.printing import latex, text
from symbackprop.printing.formula import arrange_formula

FIXTURES = Path(__file__).parents[1] / "fixtures" / "printing"


def read_fixture(name: str) -> Iterator[tuple[str, str, str, str, str]]:
    """network, preset, number of the equation, LaTeX, text."""
    for block in (FIXTURES / name).read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            head, formula, plain = lines
            network, preset, number = (part.strip() for part in head.split("|"))
            yield network, preset, number, formula, plain


@pytest.mark.parametrize("view", ["indexed", "matrix"])
def test_views_read_as_in_the_fixtures(view: str) -> None:
    for network, preset, number, formula, plain in read_fixture(f"{view}.txt"):
        system = derive(network)
        equation = system.equations[int(number)]
        layout = arrange_formula(equation, system, PRESETS[preset], view)
        assert latex.render(layout) == formula, (network, preset, number)
        assert text.render(layout) == plain, (network, preset, number)
