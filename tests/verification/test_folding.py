"""Definitions that say one thing are folded into one another, and no others are."""

from __future__ import annotations

import pytest

from symbackprop.reading.parser import read_formula
from symbackprop.verification.lexicon import list_names, spell
from symbackprop.verification.session import judge_formulas
from symbackprop.verification.text import Text


def fold(*formulas: str) -> dict[str, set[str]]:
    """The names in each definition that was folded, by what it defines."""
    text = Text([read_formula(formula) for formula in formulas])
    return {
        definition.name: {spell(n) for n in list_names(definition.body)}
        for definition in text.folded.values()
    }


@pytest.mark.parametrize(
    ("formulas", "folded"),
    [
        # numbers
        ((r"y = \sigma(w x + b)", "z = w x + b"), {"y": {"z", "sigma"}}),
        (("z = w x + b", r"y = \sigma(b + x w)"), {"y": {"z", "sigma"}}),
        # vectors
        (
            (
                r"\mathbf{z} = \mathbf{W} \mathbf{x} + \mathbf{b}",
                r"\mathbf{h} = \sigma(\mathbf{W} \mathbf{x} + \mathbf{b})",
            ),
            {"h": {"z", "sigma"}},
        ),
        # entries
        (
            (r"h_j = f(\sum_i w_{ji} x_i)", r"z_j = \sum_i w_{ji} x_i"),
            {"h_j": {"z_j", "f"}},
        ),
    ],
)
def test_an_argument_with_a_name_goes_by_it(
    formulas: tuple[str, ...], folded: dict[str, set[str]]
) -> None:
    found = {name: names | {"sigma", "f"} for name, names in fold(*formulas).items()}
    assert found == {name: names | {"sigma", "f"} for name, names in folded.items()}


@pytest.mark.parametrize(
    "formulas",
    [
        # nearly the same
        (r"y = \sigma(w x - b)", "z = w x + b"),
        (r"y = \sigma(2 w x + b)", "z = w x + b"),
        (r"y = \sigma(w b + x)", "z = w x + b"),
        (r"h_j = f(\sum_i w_{ij} x_i)", r"z_j = \sum_i w_{ji} x_i"),
        # already a name, and nothing else
        (r"y = \sigma(z)", "z = w x + b"),
        (r"y = \sigma(w x + b)",),
    ],
)
def test_other_arguments_stay(formulas: tuple[str, ...]) -> None:
    assert fold(*formulas) == {}


def test_what_is_folded_can_be_differentiated_by() -> None:
    definitions = (r"y = \sigma(w x + b)", "z = w x + b", "E = y^2")
    claim = r"\frac{\partial E}{\partial z} = 2 y \sigma'(z)"
    wrong = r"\frac{\partial E}{\partial z} = 2 y \sigma'(y)"
    for formula, holds in ((claim, True), (wrong, False)):
        *_, (found,) = judge_formulas([*definitions, formula], name_slips=False)
        assert (found.judgement.verdict == "holds") == holds, formula
