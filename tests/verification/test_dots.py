"""Dots in lists and matrices: one thing with an index that runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.dots import RUNNING, fill_dots, fill_rows, generalise
from symbackprop.verification.lexicon import spell


def read(formula: str) -> tree.Node:
    ((side,),) = [statement.sides for statement in read_formula(formula).statements]
    return side


def read_items(formula: str) -> tuple[tree.Node, ...]:
    node = read(formula)
    while isinstance(node, tree.Group):
        node = node.body
    assert isinstance(node, tree.Listed)
    return node.items


def read_rows(formula: str) -> tuple[tuple[tree.Node, ...], ...]:
    node = read(formula)
    assert isinstance(node, tree.Matrix)
    return node.rows


@pytest.mark.parametrize(
    ("formula", "filled"),
    [
        (r"(x_1, \dots, x_n)", f"x_{RUNNING}"),
        (r"(x_1, x_2, \ldots, x_9)", f"x_{RUNNING}"),
        (r"(w_{11}, \dots, w_{1n})", f"w_1_{RUNNING}"),
        (r"(w_{11}, \dots, w_{m1})", f"w_{RUNNING}_1"),
        (r"(a_{1,k}, \dots, a_{n,k})", f"a_{RUNNING}_k"),
    ],
)
def test_what_differs_becomes_the_running_index(formula: str, filled: str) -> None:
    (item,) = fill_dots(read_items(formula))
    assert spell(item) == filled


def test_items_without_dots_stay() -> None:
    items = read_items("(x_1, y, 3)")
    assert fill_dots(items) == list(items)


@pytest.mark.parametrize(
    "formula", [r"(x_1, \dots)", r"(x_1, \dots, x_1)", r"(x_1, \dots, x_3, \dots, x_n)"]
)
def test_dots_that_say_nothing_are_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="dots"):
        fill_dots(read_items(formula))


def test_a_column_of_dots_is_one_row() -> None:
    ((entry,),) = fill_rows(read_rows(r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}"))
    assert spell(entry) == f"x_{RUNNING}"


def test_a_row_of_dots_stands_for_whole_rows() -> None:
    rows = read_rows(r"\begin{pmatrix} x_1 & y_1 \\ \vdots & \vdots \\ x_n & y_n \end{pmatrix}")
    assert [[spell(e) for e in row] for row in fill_rows(rows)] == [
        [f"x_{RUNNING}", f"y_{RUNNING}"]
    ]
    with pytest.raises(ValueError, match="dots without a row"):
        fill_rows([*rows[:2], rows[2][:1]])


def test_dots_in_two_directions_are_two_indices() -> None:
    """They are refused, or have an index for each direction; one index would be a diagonal."""
    rows = read_rows(
        r"\begin{pmatrix} w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ "
        r"w_{m1} & \cdots & w_{mn} \end{pmatrix}"
    )
    try:
        ((entry,),) = fill_rows(rows)
    except ValueError as problem:
        assert "dots" in str(problem)
    else:
        assert isinstance(entry, tree.Name)
        assert len({spell(s.content) for s in entry.lower}) == 2


letters = st.sampled_from("abcuvwxyz")
numbers = st.integers(1, 9)


@given(letters, st.lists(numbers, min_size=2, max_size=2, unique=True))
def test_two_entries_differ_in_one_index_only(letter: str, ends: list[int]) -> None:
    one, other = (read(f"{letter}_{{{n}}}") for n in ends)
    assert spell(generalise(one, other)) == f"{letter}_{RUNNING}"
    assert generalise(one, one) == one


@given(st.lists(numbers, min_size=3, max_size=6, unique=True))
def test_only_the_ends_of_dots_count(indices: list[int]) -> None:
    written = [f"x_{n}" for n in sorted(indices)]
    with_dots = read_items(f"({', '.join([*written[:-1], chr(92) + 'dots', written[-1]])})")
    assert [spell(item) for item in fill_dots(with_dots)] == [f"x_{RUNNING}"]
