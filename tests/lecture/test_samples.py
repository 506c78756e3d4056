"""Many samples at once: their number, whose columns they are, and how they lie."""

from __future__ import annotations

import pytest
from own_lectures import RECURRENCE, judge, read_all

from symbackprop.lecture.letters import Letters, learn_letters
from symbackprop.lecture.samples import (
    SHARED,
    Columns,
    find_columns,
    find_count,
    find_sample_slots,
    prefers_columns,
)
from symbackprop.lecture.survey import survey

# z^{(i)} is a column of Z, x^{(i)} one of X
COLUMNS = (
    r"Z = W X + b",
    r"z^{(i)} = W x^{(i)} + b",
    r"J = \frac{1}{m} \sum_{i=1}^m (z^{(i)} - y^{(i)})^2",
)
ROWS = (
    r"Z = X W + b",
    r"z^{(i)} = x^{(i)} W + b",
    r"J = \frac{1}{m} \sum_{i=1}^m (z^{(i)} - y^{(i)})^2",
)


def learn(*texts: str) -> Letters:
    return learn_letters(survey(read_all(*texts)))


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (COLUMNS, "m"),
        ((r"E = -\frac{1}{2N} \sum_i e_i",), "N"),
        # where the cost says it, that counts, and not what stood before
        ((r"v = \frac{1}{n} u", r"J = \frac{1}{m} \sum_i e_i"), "m"),
        ((r"v = \frac{1}{n} u",), "n"),
        # a quotient of two quantities, a sum of two, a number of something else
        ((r"v = \frac{u}{m}",), None),
        ((r"v = \frac{1}{m + n} u",), None),
        ((r"v = \frac{1}{n_l} u",), None),
        ((r"v = \frac{1}{2} u",), None),
        ((), None),
    ],
)
def test_the_letter_below_one_counts_the_samples(texts: tuple[str, ...], count: str | None) -> None:
    found = find_count(read_all(*texts))
    assert (found.base if found else None) == count


@pytest.mark.parametrize(
    ("texts", "prefers"),
    [
        ((r"Z = W X + b",), True),
        ((r"Z = X W + b",), False),
        ((r"Z = X W^T",), False),
        ((r"Z = (W) X",), True),
        # nothing but weights, or none
        ((r"Z = W V", r"q = x y"), None),
        # what is defined is not asked
        ((r"W X = Z",), None),
        ((r"q = x y", r"Z = V X"), True),
    ],
)
def test_the_side_of_the_weights_says_how_samples_lie(
    texts: tuple[str, ...], prefers: bool | None
) -> None:
    assert prefers_columns(read_all(*texts)) is prefers


@pytest.mark.parametrize(("texts", "upright"), [(COLUMNS, True), (ROWS, False)])
def test_one_sample_is_a_column_or_a_row_of_the_capital(
    texts: tuple[str, ...], upright: bool
) -> None:
    found = list(find_columns(learn(*texts), read_all(*texts)))
    pairs = {(one.sample[0], one.whole[0]) for one in found}
    assert pairs == {("z", "Z"), ("x", "X")}
    assert all(isinstance(one, Columns) and one.upright is upright for one in found)


def test_without_samples_there_are_no_columns() -> None:
    assert list(find_columns(learn(*RECURRENCE), read_all(*RECURRENCE))) == []
    # nothing says how they lie
    lone = ("z^{(i)} = 2 x^{(i)}", "Z = 2 X", r"J = \frac{1}{m} \sum_{i=1}^m z^{(i)}")
    assert list(find_columns(learn(*lone), read_all(*lone))) == []


def test_weights_and_biases_are_shared_by_all_samples() -> None:
    assert {"W", "w", "b", "gamma"} <= SHARED and SHARED.isdisjoint({"z", "a", "x", "y"})


def test_an_index_that_counts_samples_is_no_layer() -> None:
    letters = learn(*COLUMNS)
    slots = {f.letter.base: find_sample_slots(letters, f) for f in letters.families.values()}
    assert slots["z"] == slots["x"] == [0] and slots["W"] == slots["Z"] == []
    layered = learn(r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)")
    assert not any(find_sample_slots(layered, f) for f in layered.families.values())


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (r"\frac{\partial J}{\partial W} = \frac{2}{m} (Z - Y) X^T", True),
        (r"\frac{\partial J}{\partial W} = 2 (Z - Y) X^T", False),
        (r"\frac{\partial J}{\partial W} = \frac{2}{m} X (Z - Y)^T", False),
    ],
)
def test_a_slope_of_the_mean_is_divided_by_the_number_of_samples(claim: str, holds: bool) -> None:
    texts = (r"Z = W X", r"J = \frac{1}{m} \|Z - Y\|_F^2")
    assert (judge(texts, claim) == "holds") is holds
