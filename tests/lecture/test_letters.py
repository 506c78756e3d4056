"""Which scripts are indices, labels and powers."""

from __future__ import annotations

import pytest
from own_lectures import RECURRENCE, read, read_all

from symbackprop.lecture.letters import Unclear, learn_letters, read_index, spell
from symbackprop.lecture.survey import survey
from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula


def name(text: str) -> tree.Name:
    node = read_formula(text).statements[0].sides[0]
    assert isinstance(node, tree.Name)
    return node


def test_layers_are_written_always_and_neurons_may_be_left_out() -> None:
    letters = read(r"z^l_j = \sum_k w^l_{jk} a^{l-1}_k", r"a^l = \sigma(z^l)").letters
    family = letters.refer(name("a^{l-1}_k")).family
    assert (family.name, family.always, family.components) == ("a^", 1, 1)
    assert letters.refer(name("a^l")).missing == 1


def test_times_below_are_a_sequence_and_labels_make_other_arrays() -> None:
    letters = read(*RECURRENCE, r"E_{total} = 2 E").letters
    assert letters.refer(name("s_{t-1}")).family.always == 1
    assert letters.refer(name("E_{total}")).family.name == "E_total"


def test_a_power_is_no_layer() -> None:
    letters = read(r"y = x^2", r"z = x^2 + x").letters
    reference = letters.refer(name("x^2"))
    assert reference.power is not None
    assert reference.indices == ()


def test_small_letters_are_the_entries_of_capitals() -> None:
    letters = read(r"z = W x", r"z_j = \sum_k w_{jk} x_k").letters
    assert letters.refer(name("w_{jk}")).family.name == "W"


def test_scripts_that_an_array_has_nowhere_are_unclear() -> None:
    statements = read_all(r"z_j = \sum_k w_{jk} x_k")
    letters = learn_letters(survey(statements))
    with pytest.raises(Unclear, match="once"):
        letters.refer(name("q_{total}"))


@pytest.mark.parametrize(
    ("latex", "index"), [("l", "l"), ("l - 1", "l - 1"), ("3", "3"), ("n_l", "n_l")]
)
def test_an_index_is_an_integer_expression(latex: str, index: str) -> None:
    assert str(read_index(read_formula(latex).statements[0].sides[0])) == index
    assert spell(read_formula(latex).statements[0].sides[0]) == index.replace(" ", "")
