"""What a text's definitions say of its letters, its layers, its activation and its cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import TRANSPOSES, find_transposes
from symbackprop.verification.cost_forms import classify_cost
from symbackprop.verification.lexicon import STANDARD, Lexicon, declares_one_neuron, learn

LAYERS = (r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)")


def learn_from(*formulas: str, lexicon: Lexicon | None = None) -> Lexicon:
    return learn([read_formula(formula) for formula in formulas], lexicon)


# --- letters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formulas", "letters"),
    [
        ((r"x^{(l)} = \theta(s^{(l)})",), {"x": "a", "s": "z"}),
        ((r"\theta(s^{(l)}) = x^{(l)}",), {"x": "a", "s": "z"}),
        ((r"o^l = f(u^l)", r"u^l = W^l o^{l-1} + b^l"), {"o": "a", "u": "z"}),
        (LAYERS, {"a": "a", "z": "z", "W": "W", "b": "b"}),
        # what stands alone before a weighted sum
        ((r"s^l = w^l a^{l-1} + b^l",), {"s": "z"}),
        # another layer on each side: no activation of it
        ((r"h^l = f(q^{l-1})",), {"h": None, "q": None}),
        # a weighted sum has no function in it
        ((r"s^l = \sigma(w^l a^{l-1} + b^l)",), {"s": None}),
        # no layer is written
        ((r"h = f(q)",), {"h": None, "q": None}),
    ],
)
def test_letters(formulas: tuple[str, ...], letters: dict[str, str | None]) -> None:
    found = learn_from(*formulas).quantities
    assert {letter: found.get(letter) for letter in letters} == letters


def test_the_function_of_an_activation_is_one() -> None:
    assert "psi" in learn_from(r"a^l = \psi(z^l)").functions
    assert "psi" not in learn_from(*LAYERS).functions


@given(st.permutations([*LAYERS, r"E = \frac{1}{2} \sum_j (a^L_j - t_j)^2"]))
def test_the_order_of_definitions_does_not_matter(formulas: list[str]) -> None:
    found = learn_from(*formulas)
    assert (found.quantities["E"], found.quantities["t"]) == ("C", "y")
    assert found.cost == "half-sse"


@pytest.mark.parametrize("letter", ["J", "E", "L", r"\mathcal{L}", r"\ell", r"\xi"])
def test_cost_letters(letter: str) -> None:
    by_definition = learn_from(*LAYERS, rf"{letter} = \sum_j (a^L_j - y_j)^2")
    by_derivative = learn_from(*LAYERS, rf"\frac{{\partial {letter}}}{{\partial W^l}} = a^l")
    for found in (by_definition, by_derivative):
        assert sum(quantity == "C" for quantity in found.quantities.values()) == 2
    assert by_definition.cost == "sse"


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial J}{\partial q^l} = y",  # not by a quantity of the network
        r"\frac{\partial \sigma}{\partial z^l} = y",  # a function
        r"\frac{\partial J_i}{\partial W^l} = y",  # an entry of something
        r"\frac{\partial J}{\partial W} = y",  # of no layer
        r"J = \sum_j a^L_j",  # no target
        r"J = \sum_j a^L_j y_j",  # no cost that is known
    ],
)
def test_what_is_no_cost(formula: str) -> None:
    found = learn_from(*LAYERS, formula).quantities
    assert [letter for letter, quantity in found.items() if quantity == "C"] == ["C"]


@pytest.mark.parametrize(
    ("formula", "key"),
    [
        (r"E = \frac{1}{2} \sum_j (a^L_j - t_j)^2", "t"),
        (r"E = \frac{1}{2} \sum_j (t_j - a^L_j)^2", "t"),
        (r"E = \frac{1}{2} \| a^L - d \|^2", "d"),
    ],
)
def test_targets(formula: str, key: str) -> None:
    assert key not in STANDARD
    assert learn_from(*LAYERS, formula).quantities.get(key) == "y"


def test_a_target_may_be_an_accented_activation() -> None:
    found = learn_from(r"y^l = f(u^l)", r"E = \frac{1}{2} \sum_j (y^L_j - \tilde{y}_j)^2")
    assert (found.quantities["y"], found.quantities["y~tilde"]) == ("a", "y")


@pytest.mark.parametrize(
    "formula",
    [
        r"E = \sum_j (a^L_j - t_j)",  # nothing is squared
        r"E = \sum_j (a^L_j - y_j)^2 + t",  # compared with y
        r"E = \sum_j (a^L_j - t^l_j)^2",  # t is of a layer
        r"E = \frac{\partial C}{\partial a} (a^L - t)^2",  # a claim
    ],
)
def test_what_is_no_target(formula: str) -> None:
    assert learn_from(*LAYERS, formula).quantities.get("t") is None


# --- numbering --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formulas", "shift", "first"),
    [
        (LAYERS, 0, 0),
        ((r"z^{l+1} = W^l a^l + b^l",), 1, 0),
        ((r"z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}", "a^{(1)} = x"), 1, 1),
        (("a^{(1)} = x", *LAYERS), 0, 1),
        (("a^{(0)} = x", *LAYERS), 0, 0),
        (("a^{(1)} = y", *LAYERS), 0, 0),
        # the first weighted sum counts
        ((*LAYERS, r"z^{l+1} = W^l a^l + b^l"), 0, 0),
    ],
)
def test_numbering(formulas: tuple[str, ...], shift: int, first: int) -> None:
    found = learn_from(*formulas)
    assert (found.shift, found.first) == (shift, first)


# --- activation, cost, bias -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "activation"),
    [
        (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "sigmoid"),
        (r"\sigma(z) = \frac{1}{1 + \exp(-z)}", "sigmoid"),
        (r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "sigmoid"),
        (r"\sigma' = \sigma (1 - \sigma)", "sigmoid"),
        (r"a^l = \tanh(z^l)", "tanh"),
        (r"\sigma'(z) = \sigma(z) (1 + \sigma(z))", "sigma"),
        (r"\sigma(z) = \frac{1}{2 + e^{-z}}", "sigma"),
        (r"a^1 = \tanh(z^1)", "sigma"),
        (r"\delta^L = a^L - y", "sigma"),
    ],
)
def test_activation(formula: str, activation: str) -> None:
    found = learn_from(*LAYERS, formula)
    assert found.activation == activation
    assert ("any activation σ" in found.presumed) == (activation == "sigma")


def test_what_is_not_said_is_presumed() -> None:
    silent = learn_from(*LAYERS)
    assert (silent.activation, silent.cost, silent.bias) == ("sigma", "half-sse", "neuron")
    assert len(silent.presumed) == 2
    stated = learn_from(*LAYERS, "C = \\sum_j (a^L_j - y_j)^2", "\\sigma' = \\sigma (1 - \\sigma)")
    assert (stated.cost, stated.presumed) == ("sse", ())


def test_what_is_declared_is_not_looked_for() -> None:
    declared = Lexicon(activation="tanh", cost="sse", declared=True)
    found = learn_from(
        *LAYERS,
        r"\sigma' = \sigma (1 - \sigma)",
        r"C = \frac{1}{2} (a^L - y)^2",
        lexicon=declared,
    )
    assert (found.activation, found.cost, found.presumed) == ("tanh", "sse", ())


def test_a_text_without_bias_has_none() -> None:
    assert learn_from(r"s^l = W^l a^{l-1}").bias == "none"
    assert learn_from(r"s^l = W^l a^{l-1} + b^l").bias == "neuron"


@pytest.mark.parametrize(
    ("formula", "one"),
    [
        (r"C = (a^L - y)^2", True),
        (r"C = \sum_j (a^L_j - y_j)^2", False),
        (r"C = \| a^L - y \|^2", False),
        (r"C = (a^L_1 - y_1)^2", False),
    ],
)
def test_one_neuron(formula: str, one: bool) -> None:
    assert declares_one_neuron(read_formula(formula).statements, Lexicon()) == one


# --- costs by their form ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "kind"),
    [
        (r"\frac{1}{2} \sum_j (y_j - a_j)^2", "half-sse"),
        (r"\frac{1}{2n} \sum_x \| y - a \|^2", "half-sse"),
        (r"\frac{(y - a)^2}{2}", "half-sse"),
        (r"\sum_j (y_j - a_j)^2", "sse"),
        (r"\frac{1}{n} \sum_x \| y - a \|^2", "sse"),
        (r"-\sum_j y_j \ln a_j", "cross-entropy"),
        (r"-\sum_j y_j \log \hat{y}_j", "cross-entropy"),
        (r"-[y \ln a + (1 - y) \ln (1 - a)]", "binary-cross-entropy"),
        (r"-\frac{1}{n} \sum_x [y \log a + (1 - y) \log (1 - a)]", "binary-cross-entropy"),
        (r"-\sum_j \ln a_j", None),  # no target
        (r"-\sum_j q_j \ln p_j", None),  # letters of nothing
        (r"\sum_j (y_j - a_j)", None),
        (r"\sum_j (y_j - a_j)^3", None),
        (r"\frac{\partial C}{\partial a} (y - a)^2", None),  # a claim
        (r"\nabla C (y - a)^2", None),
    ],
)
def test_costs(cost: str, kind: str | None) -> None:
    right = read_formula(f"C = {cost}").statements[0].sides[1]
    assert classify_cost(right, Lexicon().find) == kind


# --- transposes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "small"),
    [
        ((r"\delta_2 a_1^t",), True),
        ((r"\delta_2 a_1^{t}", "z = W x"), True),
        ((r"\delta_2 a_1^{ t }",), True),
        # t is a step of time
        (("h^t = h_{t-1}",), False),
        (("a^t b", "h_t = x_t"), False),
        (("a^t b", "h(t) = x"), False),
        (("a^t b", "s = t + 1"), False),
        # there is none
        (("a^T b",), False),
        ((r"a^{\text{in}} b",), False),
        ((r"a^{tr}", "e^{th}"), False),
        ((), False),
    ],
)
def test_a_small_t_transposes_where_it_is_nothing_else(texts: tuple[str, ...], small: bool) -> None:
    found = find_transposes(texts)
    assert found >= TRANSPOSES
    assert ("t" in found) == small
