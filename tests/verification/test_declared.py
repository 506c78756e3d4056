"""What is declared of a text: letters by a notation, a network by its cost and depth."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.network.declared import declare as declare_network
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS, find_preset
from symbackprop.reading.parser import read_formula
from symbackprop.verification.declared import declare, list_letters, write_definitions

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("preset", "formulas"),
    [
        (
            "nielsen",
            ("z^{l} = w^{l} a^{l-1} + b^{l}", r"z^{l}_j = \sum_k w^{l}_{jk} a^{l-1}_k + b^{l}_j"),
        ),
        (
            "ng",
            (
                "z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}",
                r"z^{[l]}_j = \sum_k W^{[l]}_{jk} a^{[l-1]}_k + b^{[l]}_j",
            ),
        ),
        # its units have names of their own, net_{h1}
        ("mazur", ()),
    ],
)
def test_a_notation_writes_a_weighted_sum(preset: str, formulas: tuple[str, ...]) -> None:
    assert write_definitions(find_preset(preset)) == formulas


def test_where_vectors_are_rows_the_weights_stand_behind() -> None:
    whole, entry = write_definitions(find_preset("rows"))
    assert whole.index("= a^") < whole.index("W^")
    assert "_{kj}" in entry


@pytest.mark.parametrize("preset", PRESETS)
def test_what_a_notation_writes_can_be_read(preset: str) -> None:
    for formula in write_definitions(find_preset(preset)):
        assert len(read_formula(formula).statements) == 1
    letters = list_letters(find_preset(preset))
    assert "C" in letters.values() and "y" in letters.values()


@pytest.mark.parametrize(
    ("preset", "letter", "quantity"),
    [
        ("ng", "J", "C"),
        ("rows", "w", "W"),
        ("rows", "W", "W"),
        ("nielsen", "C", "C"),
        ("mazur", "target", "y"),
        ("mazur", "net", None),
    ],
)
def test_letters_stand_for_quantities(preset: str, letter: str, quantity: str | None) -> None:
    assert list_letters(find_preset(preset)).get(letter) == quantity


def test_a_network_declares_its_activation_cost_and_depth() -> None:
    network = declare_network(mlp([2, 4, 3], activation="tanh", cost="sse"))
    declared = declare([], network)
    lexicon = declared.lexicon
    assert (lexicon.activation, lexicon.cost, lexicon.depth) == ("tanh", "sse", 2)
    assert lexicon.declared and declared.network == () and not declared.rows
    assert not declare([]).lexicon.declared


def test_a_network_of_another_kind_is_judged_by_its_own_formulas() -> None:
    declared = declare([], declare_network(EXAMPLES / "xyz_graph.toml"))
    assert not declared.lexicon.declared
    assert declared.network and all(read_formula(f).statements for f in declared.network)


def test_rows_are_declared_by_a_notation() -> None:
    assert declare([], notation=find_preset("rows")).rows
    assert not declare([], notation=find_preset("ng")).rows


def test_what_the_text_writes_is_learned_before_layers_are_declared() -> None:
    plain = find_preset("nielsen")
    declared = declare([r"h^l = \tanh(z^l)", "}{"], notation=plain)
    assert declared.lexicon.declared and declared.lexicon.quantities["z"] == "z"
    assert not declare([], notation=find_preset("ng")).lexicon.declared
