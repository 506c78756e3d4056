"""Samples and gradients as texts write them: dW, z^{[l](i)}, 1/m, np.sum."""

from __future__ import annotations

from dataclasses import replace

import pytest
from opened_texts import list_statements, read_side
from spelled_trees import spell

from symbackprop.reading.tree import Derivative, Product, walk
from symbackprop.verification.batch_words import (
    ADD_SAMPLES,
    ALL_COST,
    LOSS,
    NAMED,
    BatchWords,
    Signs,
    concerns_batch,
    find_hidden_activation,
    find_notation,
    is_batch_name,
    name_gradients,
    prepare,
    says_samples,
    writes_any_layer,
)
from symbackprop.verification.lexicon import STANDARD, Lexicon

# of a course: capital letters are of all samples
LETTERS = {**STANDARD, "Z": "z", "A": "a", "X": "x", "Y": "y", "J": "C"}
LEXICON = Lexicon(quantities=LETTERS)
COURSE = (
    "Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}",
    r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1] T}",
    r"db^{[l]} = \frac{1}{m} \sum_{i=1}^m dz^{[l](i)}",
)


def find(*formulas: str) -> BatchWords | None:
    return find_notation(list_statements(*formulas), LEXICON)


def find_course() -> BatchWords:
    notation = find(*COURSE)
    assert notation is not None
    return notation


def test_what_a_text_says_of_its_samples_is_found() -> None:
    notation = find_course()
    assert notation.gradients and notation.averaged and notation.bracketed and notation.samples
    assert notation.counts == {"m"}
    assert not (notation.single or notation.lowercase or notation.unit)


@pytest.mark.parametrize(
    ("formulas", "single", "unit"),
    [
        # logistic regression: one layer that nobody numbers, and one neuron in it
        (("z^{(i)} = w^T x^{(i)} + b", r"dw = \frac{1}{m} X dz^T"), True, True),
        (("z = W x + b", r"dW = \frac{1}{m} dz x^T"), True, False),
        (COURSE, False, False),
    ],
)
def test_one_layer_needs_no_number(formulas: tuple[str, ...], single: bool, unit: bool) -> None:
    notation = find(*formulas)
    assert notation is not None
    assert (notation.single, notation.unit) == (single, unit)


@pytest.mark.parametrize(
    "formulas",
    [
        # nothing of samples, nothing of gradients
        ("z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)"),
        (r"s_t = \tanh(V s_{t-1} + Q x_t)",),
        ("q = x + y", "f = q z"),
        (),
    ],
)
def test_a_text_without_samples_has_no_such_notation(formulas: tuple[str, ...]) -> None:
    assert find(*formulas) is None


@pytest.mark.parametrize(
    ("latex", "concerns"),
    [
        (r"\frac{1}{m} = x", True),
        ("z^{[l](i)} = x", True),
        ("a^{[l]} = x", False),
        (r"\delta^{[l]} = x", False),
        (r"q = \frac{1}{k}", False),
    ],
)
def test_a_statement_is_about_several_samples(latex: str, concerns: bool) -> None:
    (statement,) = list_statements(latex)
    assert concerns_batch(statement, find_course(), LEXICON) is concerns


def test_a_gradient_that_is_named_is_a_derivative() -> None:
    (statement,) = list_statements(r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1] T}")
    named = name_gradients(statement, find_course(), LEXICON)
    left, right = map(spell, named.sides)
    assert NAMED in left and "W^{[l}" in left and "call?" not in left + right
    (other,) = list_statements("dq = x")
    assert name_gradients(other, find_course(), LEXICON) == other


@pytest.mark.parametrize(
    ("latex", "signs", "loose", "said"),
    [
        # samples stand first below, in whichever brackets their layers are
        ("z^{[l](i)}", Signs(), False, "z^{[l}_{samplei}"),
        ("x^{(i)}_k", Signs(), False, "x_{samplei k}"),
        ("a^{(i)}", Signs(), False, "a_{samplei}"),
        (r"\hat{y}^{(i)}", Signs(), False, "hat~y_{samplei}"),
        ("w^{(i)}", Signs(), False, "w^{(i}"),
        # * and × as they are meant here
        (r"a^{[l]} * b^{[l]} \times W", Signs(), False, "(* a^{[l} odot b^{[l} odot W)"),
        (r"a^{[l]} * b^{[l]} \times W", Signs("", ""), False, "(* a^{[l} ~ b^{[l} ~ W)"),
        (r"a^{[l]} * b^{[l]} \times W", Signs("", "odot"), False, "(* a^{[l} ~ b^{[l} odot W)"),
        # the cost of all, and the loss of one
        ("J", Signs(), False, ALL_COST),
        ("J^{(i)}", Signs(), False, f"{LOSS}_{{samplei}}"),
        # of several samples ∂J/∂Z may stand for what is named dZ
        (r"\frac{\partial J}{\partial Z}", Signs(), True, f"{NAMED}Z"),
        (r"\frac{\partial J}{\partial Z}", Signs(), False, f"(partial/partial {ALL_COST} Z)"),
        (r"\frac{\partial J}{\partial W}", Signs(), True, f"(partial/partial {ALL_COST} W)"),
        # code
        ("np.dot(W, X)", Signs(), False, "(( (* W ~ X))"),
        ("np.multiply(Z, A)", Signs(), False, "(( (* Z odot A))"),
        ("np.sum(Z, axis=1)", Signs(), False, f"(call {ADD_SAMPLES} Z 1)"),
        ("A^{[1]2}", Signs(), False, "(power A^{[1} 2)"),
    ],
)
def test_a_formula_is_put_in_the_words_of_a_batch(
    latex: str, signs: Signs, loose: bool, said: str
) -> None:
    assert spell(prepare(read_side(latex), find_course(), LEXICON, signs, loose)) == said


@pytest.mark.parametrize(
    ("latex", "sign"),
    [
        # about one sample * is what it is beside a slope; of several `prepare` says it
        ("dz^{[1]} = da^{[1]} * g'(z^{[1]})", "odot"),
        ("dZ^{[1]} = dA^{[1]} * g'(Z^{[1]})", "*"),
    ],
)
def test_a_star_beside_a_slope_multiplies_entry_by_entry(latex: str, sign: str) -> None:
    notation = find(*COURSE, latex)
    assert notation is not None and notation.entrywise == {"*"}
    named = name_gradients(list_statements(latex)[0], notation, LEXICON).sides[1]
    assert isinstance(named, Product) and named.signs == (sign,)
    assert find_course().entrywise == frozenset()


def test_the_slope_of_a_loss_that_has_a_letter_is_a_gradient() -> None:
    notation = replace(find_course(), losses=frozenset({"L"}))
    slope = read_side(r"\frac{\partial L}{\partial Z}")
    assert spell(prepare(slope, notation, LEXICON, Signs(), False)) == f"{NAMED}Z"


@pytest.mark.parametrize(
    ("latex", "named"),
    [
        ("dW^{[l]}", "W^{[l}"),
        ("d W", "W"),
        ("dW^T", "W"),
        (r"\mathit{dZ}^{[l]}", "Z^{[l}"),
        ("dq", None),
        ("d", None),
    ],
)
def test_gradients_are_named_in_several_ways(latex: str, named: str | None) -> None:
    (statement,) = list_statements(f"{latex} = x")
    made = name_gradients(statement, find_course(), LEXICON).sides[0]
    slopes = [n for n in walk(made) if isinstance(n, Derivative)]
    assert [spell(slope.bottom) for slope in slopes] == ([] if named is None else [named])


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        (r"J = \frac{1}{m} a^{[l]}", False),
        (r"J = \frac{1}{m} A^{[l]}", True),
        (r"J = \frac{1}{m} \sum_{i=1}^m a^{[l](i)}", True),
        (r"J = a^{[l]}", True),
    ],
)
def test_a_mean_wants_several_samples_beside_it(latex: str, says: bool) -> None:
    (statement,) = list_statements(latex)
    assert says_samples(statement.sides, find_course(), LEXICON) is says


@pytest.mark.parametrize(
    ("latex", "writes"), [("a^{[l]} = x", True), ("a^{(i)} = x", False), ("X = Y", True)]
)
def test_a_layer_is_told_from_a_sample(latex: str, writes: bool) -> None:
    (statement,) = list_statements(latex)
    assert writes_any_layer(statement.sides, find_course(), LEXICON) is writes


@pytest.mark.parametrize(
    ("formulas", "activation"),
    [
        ((r"A^{[1]} = \tanh(Z^{[1]})",), "tanh"),
        # the last layer's is not that of the hidden ones
        ((r"A^{[2]} = \tanh(Z^{[2]})",), None),
        ((r"A^{[1]} = g(Z^{[1]})",), None),
    ],
)
def test_the_activation_of_hidden_layers_is_found(
    formulas: tuple[str, ...], activation: str | None
) -> None:
    assert find_hidden_activation(list_statements(*formulas), LEXICON, 2) == activation


def test_names_of_all_samples_are_capital_and_gradients_are_letters_of_their_own() -> None:
    ((capital, small),) = (s.sides for s in list_statements("Z^{[l]} = z^{[l]}"))
    assert is_batch_name(capital, LEXICON) and not is_batch_name(small, LEXICON)  # type: ignore[arg-type]
    letters = find_course().extend(LEXICON).quantities
    assert letters[f"{NAMED}W"] == f"{NAMED}W" and letters[LOSS] == LOSS
    assert f"{NAMED}C" not in letters and ALL_COST not in letters
