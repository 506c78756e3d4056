"""What a text leaves open: which activation a letter is, and on what a loss depends."""

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


# chains in which nobody says what q, p or E is
HEAD = r"\frac{\partial E}{\partial x_i} = "
LOSS = (r"E = -\sum_j t_j \log q_j",)
TWO_WAYS = (r"p = 3 x", r"q = x^2")


@pytest.mark.parametrize(
    ("definitions", "claim", "verdict"),
    [
        (
            (),
            HEAD + r"\sum_j \frac{\partial E}{\partial q_j} \frac{\partial q_j}{\partial x_i}",
            "holds",
        ),
        (
            (),
            HEAD + r"\sum_j \frac{\partial E}{\partial q_j} \frac{\partial q_i}{\partial x_j}",
            "open",
        ),
        (LOSS, HEAD + r"-\sum_j \frac{t_j}{q_j} \frac{\partial q_j}{\partial x_i}", "holds"),
        (LOSS, HEAD + r"\sum_j \frac{t_j}{q_j} \frac{\partial q_j}{\partial x_i}", "open"),
        # what a slope is nobody can say of a function that is any
        ((), r"\frac{\partial q_j}{\partial x_i} = q_j (1 - q_j)", "open"),
        (
            (r"z = W x + b", r"y = \phi(z)"),
            r"\frac{\partial E}{\partial W} = \frac{\partial E}{\partial z} x^T",
            "holds",
        ),
        (
            TWO_WAYS,
            r"\frac{\partial E}{\partial x} = 3 \frac{\partial E}{\partial p} "
            r"+ 2 x \frac{\partial E}{\partial q}",
            "holds",
        ),
    ],
)
def test_what_is_never_defined_is_any_function(
    definitions: tuple[str, ...], claim: str, verdict: str
) -> None:
    found = judge(definitions, claim)
    assert found == {"open": "not-checkable"}.get(verdict, verdict)
