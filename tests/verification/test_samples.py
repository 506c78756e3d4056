"""Means over samples, written with and without saying which sample is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.samples import find_mean, judge_mean, open_mean


def read(formula: str) -> tree.Statement:
    (statement,) = read_formula(formula).statements
    return statement


DERIVATIVE = r"\frac{\partial C}{\partial w}"
SHARE = r"\frac{\partial C_k}{\partial w}"
HOLDING = (
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_k {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=1}}^{{n}} {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=0}}^{{n-1}} {SHARE}",
    r"C = \frac{1}{n} \sum_x C_x",
    r"\nabla C = \frac{1}{m} \sum_{j=1}^{m} \nabla C_{X_j}",
)
OTHERS = (
    # without the mean, the mean of another number, and a factor too many
    rf"{DERIVATIVE} = \sum_k {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=1}}^{{m}} {SHARE}",
    rf"{DERIVATIVE} = \frac{{2}}{{n}} \sum_{{k=1}}^{{n}} {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{2}} \sum_k {SHARE}",
    # one too many, one too few
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=0}}^{{n}} {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=1}}^{{n-1}} {SHARE}",
    rf"{DERIVATIVE} = \frac{{1}}{{n}} \sum_{{k=2}}^{{n}} {SHARE}",
    # the mean of something else, and of the same thing n times
    r"\frac{\partial C}{\partial b} = \frac{1}{n} \sum_k \frac{\partial C_k}{\partial w}",
    r"\frac{\partial C}{\partial w} = \frac{1}{n} \sum_k \frac{\partial C}{\partial w}",
    r"\frac{\partial C}{\partial w} = \frac{1}{n} \sum_k \frac{\partial E_k}{\partial w}",
    r"\frac{\partial C}{\partial w} = -\frac{1}{n} \sum_k \frac{\partial C_k}{\partial w}",
    r"C = \frac{1}{n} \sum_x C_k",
)


@pytest.mark.parametrize("formula", HOLDING)
def test_a_mean_over_samples_holds(formula: str) -> None:
    left, right = read(formula).sides
    judgement = judge_mean(left, right)
    assert judgement is not None
    # a mean of a name says what the name is
    assert judgement.verdict == ("stated" if isinstance(left, tree.Name) else "holds")


@pytest.mark.parametrize("formula", OTHERS)
def test_no_other_sum_is_taken_for_one(formula: str) -> None:
    assert judge_mean(*read(formula).sides) is None


def test_terms_without_an_index_are_meant_for_each_sample() -> None:
    meant = open_mean(read(r"C = \frac{1}{n} \sum_i (a - y)^2").sides[1])
    assert meant is not None
    assert isinstance(meant, tree.Power)
    for other in (r"\frac{1}{n} \sum_i (a_i - y)^2", r"\sum_i (a - y)^2", "a - y"):
        assert open_mean(read(f"C = {other}").sides[1]) is None


@given(st.sampled_from("mnNTB"), st.sampled_from("mnNTB"))
def test_both_numbers_of_samples_have_to_be_one(share: str, count: str) -> None:
    formula = rf"C = \frac{{1}}{{{share}}} \sum_{{k=1}}^{{{count}}} C_k"
    mean = find_mean(read(formula).sides[1])
    assert (mean is not None) == (share == count)
    assert (judge_mean(*read(formula).sides) is not None) == (share == count)
