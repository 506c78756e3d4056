"""Which activation a letter is: as the text says it, or as its slopes tell."""

from __future__ import annotations

import pytest
from own_lectures import judge, read_all

from symbackprop.lecture.completion import find_activations
from symbackprop.lecture.letters import learn_letters
from symbackprop.lecture.survey import survey


def activations(*texts: str) -> tuple[dict[str, str], dict[str, list[int]]]:
    statements = read_all(*texts)
    return find_activations(learn_letters(survey(statements)), statements)


def test_a_formula_says_which_function_it_is() -> None:
    assert activations(r"\sigma(u) = \frac{1}{1 + e^{-u}}") == ({"sigma": "sigmoid"}, {})
    assert activations(r"g(u) = \frac{1}{1 + \exp(-u)}") == ({"g": "sigmoid"}, {})


@pytest.mark.parametrize(("slope", "name"), [(r"a (1 - a)", "sigmoid"), (r"1 - a^2", "tanh")])
def test_a_slope_says_it_too_and_is_presumed(slope: str, name: str) -> None:
    found, presumed = activations(r"a = \phi(z)", rf"\frac{{\partial a}}{{\partial z}} = {slope}")
    assert found == {"phi": name}
    assert presumed == {"phi": [1]}


def test_any_function_will_do_where_the_text_says_nothing() -> None:
    assert activations(r"a = \phi(z)") == ({}, {})
    right = r"\frac{\partial a}{\partial z} = \phi'(z)"
    assert judge((r"a = \phi(z)",), right) == "holds"
    assert judge((r"a = \phi(z)",), r"\frac{\partial a}{\partial z} = \phi(z)") == "wrong"
