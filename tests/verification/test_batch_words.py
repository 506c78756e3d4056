"""Samples and gradients as texts write them: dW, z^{[l](i)}, 1/m, np.sum."""

from __future__ import annotations

import pytest
from opened_texts import list_statements
from spelled_trees import spell

from symbackprop.verification.batch_words import (
    ALL_COST,
    LOSS,
    NAMED,
    SAMPLE,
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


def test_samples_stand_first_below_and_signs_mean_what_they_mean_here() -> None:
    (statement,) = list_statements(r"u = z^{[l](i)} * a^{[l]} \times b^{[l]}")
    notation = find_course()
    elementwise = spell(prepare(statement.sides[1], notation, LEXICON, Signs(), False))
    matrices = spell(prepare(statement.sides[1], notation, LEXICON, Signs("", ""), False))
    assert elementwise == f"(* z^{{[l}}_{{{SAMPLE}i}} odot a^{{[l}} odot b^{{[l}})"
    assert matrices == f"(* z^{{[l}}_{{{SAMPLE}i}} ~ a^{{[l}} ~ b^{{[l}})"


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
