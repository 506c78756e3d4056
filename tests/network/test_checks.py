"""What stands in a file: read, or refused with its place and what was found there."""

from __future__ import annotations

import math

import pytest

from symbackprop.errors import InputError
from symbackprop.network.checks import (
    MAX_DEPTH,
    call_at,
    count,
    expect_shape,
    join,
    measure,
    read_count,
    read_number,
    read_numbers,
    shorten,
)


def test_numbers_in_lists_of_one_shape_are_read() -> None:
    assert read_numbers([[1, 2.5], [3, -4]], "W") == ((1.0, 2.5), (3.0, -4.0))
    assert measure(read_numbers([[[1], [2]]], "x")) == (1, 2, 1)
    assert read_number(7, "b") == 7.0 and isinstance(read_number(7, "b"), float)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1, 2], [3]], "W: its entries differ: entry 1 is a list of 2 numbers, entry 2 is a list"),
        ([1, [2]], "entry 1 is one number, entry 2 is a list of 1 number"),
        ([1, "2"], "W, entry 2: the text '2' stands where a number is wanted"),
        ([[1], [True]], "W, row 2, entry 1: a number is wanted, not true"),
        ([], "W: an empty list"),
        (math.nan, "W: nan is not a finite number"),
        (10**400, "an integer of more than 40 digits is not a finite number"),
        ({"a": 1}, "not a table"),
    ],
)
def test_what_is_no_array_is_told_with_its_place(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_numbers(value, "W")


def test_lists_nest_so_deep_and_no_deeper() -> None:
    nested: object = 1
    for _ in range(MAX_DEPTH):
        nested = [nested]
    assert measure(read_numbers(nested, "W")) == (1,) * MAX_DEPTH
    with pytest.raises(InputError, match=f"more than {MAX_DEPTH} deep"):
        read_numbers([nested], "W")


@pytest.mark.parametrize(("value", "good"), [(1, True), (9, True), (0, False), (10, False)])
def test_a_count_has_both_ends(value: int, good: bool) -> None:
    if good:
        assert read_count(value, "m", 9) == value
        return
    with pytest.raises(InputError, match="m: an integer from 1 to 9 is wanted"):
        read_count(value, "m", 9)


@pytest.mark.parametrize("value", [True, 2.0, "2"])
def test_a_count_is_an_integer(value: object) -> None:
    with pytest.raises(InputError):
        read_count(value, "m", 9)


def test_shapes_are_compared_with_their_reason() -> None:
    expect_shape(((1.0, 2.0),), (1, 2), "W1", "")
    with pytest.raises(
        InputError,
        match=r"W1: a list of 2 rows of 1 number is wanted \(1 to 2\), not a list of 1 row of 2",
    ):
        expect_shape(((1.0, 2.0),), (2, 1), "W1", "1 to 2")


def test_a_complaint_of_another_reader_gets_its_place() -> None:
    with pytest.raises(InputError, match="here: W: a number is wanted"):
        call_at("here", read_number, None, "W")


def test_words_are_short_and_in_the_right_number() -> None:
    assert (count(1, "entry"), count(2, "entry", "entries"), count(0, "row")) == (
        "1 entry", "2 entries", "0 rows",
    )  # fmt: skip
    assert join("abc", most=2) == "a, b, ..." and join("ab", most=2) == "a, b"
    assert shorten("x" * 99).endswith("...") and len(shorten("x" * 99)) == 43
    assert shorten([[1], 2]) == "[[...], 2]"
