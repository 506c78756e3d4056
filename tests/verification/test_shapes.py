"""Numbers, vectors and matrices as lecturers multiply them: what fits, what does not, and why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symbackprop.verification.shapes import (
    ShapeClash,
    Value,
    add,
    agree,
    multiply,
    multiply_entries,
    multiply_inner,
    multiply_outer,
    number,
    transpose,
)

COLUMN = Value(np.array([1.0, 2.0, 3.0]))
ROW = Value(np.array([4.0, 5.0, 6.0]), "row")
ANY = Value(np.array([7.0, 8.0, 9.0]), "any")
SHORT = Value(np.array([1.0, 2.0]))
MATRIX = Value(np.arange(6.0).reshape(2, 3))
SQUARE = Value(np.arange(9.0).reshape(3, 3))
# of a vector of 2 by one of 3
JACOBIAN = Value(np.arange(6.0).reshape(2, 3), "any", 1)


def clash(operation: Callable[[Value, Value], object], one: Value, other: Value) -> ShapeClash:
    with pytest.raises(ShapeClash) as found:
        operation(one, other)
    return found.value


def test_shapes_are_said_as_they_lie() -> None:
    said = [v.shape for v in (number(2), COLUMN, ROW, ANY, MATRIX)]
    assert said == ["number", "3×1", "1×3", "3", "2×3"]


@pytest.mark.parametrize("operation", [add, multiply_entries])
def test_a_row_and_a_column_of_one_length_do_not_meet(operation: Callable) -> None:
    """numpy would add them; on paper 3×1 and 1×3 clash, whatever stands first."""
    assert "3×1 and 1×3" in str(clash(operation, COLUMN, ROW))
    assert "1×3 and 3×1" in str(clash(operation, ROW, COLUMN))


@pytest.mark.parametrize("operation", [add, multiply_entries])
def test_what_lies_any_way_meets_both_and_takes_their_way(operation: Callable) -> None:
    for fixed in (COLUMN, ROW):
        assert operation(ANY, fixed).lie == operation(fixed, ANY).lie == fixed.lie


@pytest.mark.parametrize("operation", [add, multiply_entries])
def test_a_number_meets_every_shape_and_keeps_it(operation: Callable) -> None:
    for shape in (COLUMN, ROW, ANY, MATRIX):
        for pair in ((number(2.0), shape), (shape, number(2.0))):
            found = operation(*pair)
            assert (found.shape, found.lie) == (shape.shape, shape.lie)


def test_sums_and_differences_have_their_numbers() -> None:
    assert add(COLUMN, number(1.0)).array.tolist() == [2, 3, 4]
    assert add(COLUMN, COLUMN, -1).array.tolist() == [0, 0, 0]
    assert add(ROW, ANY).array.tolist() == [11, 13, 15]
    assert multiply_entries(ROW, ANY).array.tolist() == [28, 40, 54]


@pytest.mark.parametrize("operation", [add, multiply_entries])
def test_two_lengths_clash_and_are_named(operation: Callable) -> None:
    assert clash(operation, COLUMN, SHORT).lengths == ((3, 2),)
    # other lengths would not mend a row beside a column
    assert clash(operation, COLUMN, ROW).lengths == ()


def test_a_row_is_added_to_every_row_and_a_column_to_every_column() -> None:
    for pair in ((MATRIX, ROW), (ROW, MATRIX)):
        assert add(*pair).array.tolist() == [[4, 6, 8], [7, 9, 11]]
    for pair in ((MATRIX, SHORT), (SHORT, MATRIX)):
        assert add(*pair).array.tolist() == [[1, 2, 3], [5, 6, 7]]
    assert add(SQUARE, COLUMN).array[:, 0].tolist() == [1, 5, 9]
    assert add(SQUARE, ROW).array[0].tolist() == [4, 6, 8]
    assert clash(add, MATRIX, COLUMN).lengths == ((2, 3),)
    assert clash(add, MATRIX, Value(np.ones(2), "row")).lengths == ((3, 2),)


def test_nothing_is_added_to_the_rows_of_a_jacobian() -> None:
    clash(add, JACOBIAN, ROW)
    clash(add, JACOBIAN, SHORT)
    clash(add, MATRIX, ANY)


def test_products_of_matrices_and_vectors() -> None:
    assert multiply(MATRIX, COLUMN).array.tolist() == [8, 26]
    assert multiply(MATRIX, COLUMN).lie == "column"
    row = multiply(Value(np.array([1.0, 1.0]), "row"), MATRIX)
    assert (row.array.tolist(), row.lie) == ([3, 5, 7], "row")
    assert multiply(MATRIX, SQUARE).shape == "2×3"
    assert multiply(number(2.0), MATRIX).array[1].tolist() == [6, 8, 10]
    assert multiply(MATRIX, ANY).array.tolist() == [26, 98]


@pytest.mark.parametrize(
    ("one", "other", "lengths"),
    [
        (MATRIX, SHORT, ((3, 2),)),
        (SQUARE, MATRIX, ((3, 2),)),
        (COLUMN, MATRIX, ()),
        (MATRIX, ROW, ()),
        (COLUMN, COLUMN, ()),
        (ROW, SHORT, ((3, 2),)),
    ],
)
def test_products_that_clash(one: Value, other: Value, lengths: tuple) -> None:
    assert clash(multiply, one, other).lengths == lengths


def test_a_row_times_a_column_is_a_number_and_turned_round_a_matrix() -> None:
    assert multiply(ROW, COLUMN).array == 32
    assert multiply(ROW, ANY).array == 122
    outer = multiply(COLUMN, ROW).array
    assert outer.shape == (3, 3) and outer[0].tolist() == [4, 5, 6]
    assert multiply(ANY, ROW).array[0].tolist() == [28, 35, 42]
    assert multiply(COLUMN, ANY).array[0].tolist() == [7, 8, 9]


def test_inner_and_outer_products() -> None:
    assert multiply_inner(COLUMN, COLUMN).array == 14
    assert multiply_inner(ROW, ROW).array == 77
    assert multiply_inner(MATRIX, COLUMN).array.tolist() == [8, 26]
    assert clash(multiply_inner, COLUMN, SHORT).lengths == ((3, 2),)
    assert multiply_outer(COLUMN, SHORT).array.tolist() == [[1, 2], [2, 4], [3, 6]]
    clash(multiply_outer, COLUMN, MATRIX)


def test_a_jacobian_is_contracted_over_its_upper_axes() -> None:
    gradient = Value(np.array([1.0, 1.0]), "any")
    found = multiply(gradient, JACOBIAN)
    assert (found.array.tolist(), found.lie, found.upper) == ([3, 5, 7], "any", None)
    chained = multiply(Value(np.eye(2), "any", 1), JACOBIAN)
    assert chained.upper == 1 and (chained.array == JACOBIAN.array).all()
    # the Jacobian of a number has no axes above
    assert multiply(Value(np.ones((3, 2))), JACOBIAN).upper == 1
    clash(multiply, ANY, JACOBIAN)
    clash(multiply, SHORT, JACOBIAN)
    clash(multiply, Value(np.ones((2, 3, 3)), "any", 1), MATRIX)


def test_transposes() -> None:
    assert transpose(MATRIX).shape == "3×2"
    assert transpose(JACOBIAN).upper is None
    assert transpose(COLUMN).lie == "row" and transpose(ROW).lie == "column"
    assert transpose(ANY, "column").lie == "row" and transpose(ANY, "row").lie == "column"
    assert transpose(number(2.0)).array == 2


def test_agreement_minds_shapes_and_a_hundred_millionth() -> None:
    assert agree(COLUMN, Value(COLUMN.array * (1 + 1e-9)))
    assert not agree(COLUMN, Value(COLUMN.array * (1 + 1e-7)))
    assert not agree(COLUMN, Value(COLUMN.array + [0, 0, 1e-6]))
    assert agree(ANY, Value(ANY.array, "row")) and agree(ANY, Value(ANY.array))
    assert "equation" in str(clash(agree, COLUMN, Value(COLUMN.array, "row")))
    assert clash(agree, COLUMN, SHORT).lengths == ((3, 2),)
    assert agree(number(0.0), number(0.0))
    assert not agree(number(1e-200), number(2e-200))


def test_a_number_agrees_with_a_vector_of_it_where_entries_are_meant() -> None:
    ones = Value(np.ones(3))
    assert agree(number(1.0), ones, elementwise=True) and agree(ones, number(1.0), elementwise=True)
    assert not agree(number(2.0), ones, elementwise=True)
    clash(agree, number(1.0), ones)
