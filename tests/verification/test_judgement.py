"""What is said of two sides that differ: numbers that differ, no sizes that nobody wrote."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.verification.judgement import Counterexample, Judgement, say_evidence, tell_apart
from symbackprop.verification.shapes import Value, agree

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(numbers, numbers)
def test_numbers_that_differ_are_told_apart(one: float, other: float) -> None:
    said = tell_apart(one, other)
    assert (said[0] != said[1]) == (f"{one:.17g}" != f"{other:.17g}")


def test_sides_are_told_apart_where_they_differ_most() -> None:
    left = Value(np.array([1.0, 2.0, 3.0]))
    right = Value(np.array([1.0, 2.0000000001, 3.0]))
    found = Counterexample("widths 3", left, right)
    assert found.say() == "the sides differ: entry 2 is 2 and 2.0000000001"
    assert found.as_dict()["left"] != found.as_dict()["right"]


def test_a_number_in_the_place_of_a_vector_is_told_by_its_entries() -> None:
    found = Counterexample("", Value(np.array([0.0, 0.25])), Value(np.asarray(0.0)))
    assert found.say() == "the sides differ: entry 2 is 0.25 and 0"


def test_differences_below_rounding_are_none() -> None:
    assert agree(Value(np.asarray(-6.9e-18)), Value(np.asarray(0.0)))
    assert not agree(Value(np.asarray(-6.9e-12)), Value(np.asarray(0.0)))
    assert not agree(Value(np.asarray(1e-9)), Value(np.asarray(2e-9)))


def test_evidence_is_a_proof_or_a_number_of_instances() -> None:
    assert say_evidence(Judgement("holds", instances=1)) == "holds on 1 instance"
    assert say_evidence(Judgement("holds", instances=3, is_proved=True)) == "proved"
    assert say_evidence(Judgement("wrong", instances=3)) is None
    assert re.fullmatch(
        r"holds on \d+ instances", say_evidence(Judgement("holds", instances=9)) or ""
    )
