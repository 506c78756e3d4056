"""Tables: the entries of a matrix, values with their conditions, a box with a heading."""

from __future__ import annotations

import pytest
from spelled_trees import spell, start_reader

from symbackprop.reading.tables import read_table
from symbackprop.reading.tree import ReadError


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\begin{bmatrix} 1 & 2 \\ u & v + w \end{bmatrix}", "(matrix[ 1 2 ; u (+v +w))"),
        (r"\begin{pmatrix} u \\ \vdots \\ \end{pmatrix}", "(matrix( u ; ...)"),
        (r"\begin{pmatrix} u_1, & u_2 \end{pmatrix}", "(matrix( u_{1} u_{2})"),
        (r"\begin{vmatrix} u & v \end{vmatrix}", "(matrix| u v)"),
        (
            r"\begin{cases} 1 & x > 0, y > 0 \\ 0 & \text{otherwise} \end{cases}",
            "(cases 1 if (listed (x > 0) (y > 0)) ; 0 if _)",
        ),
        (r"\begin{cases} u, & \text{if } k = y \end{cases}", "(cases u if (k = y))"),
        (
            r"\begin{matrix} \text{slope} \\ \hline u v \end{matrix}",
            "(braced (* u ~ v) 'slope')",
        ),
        (r"\begin{matrix} \text{one} \\ \text{two} \end{matrix}", "'one two'"),
        (r"\begin{matrix} u & = & v \end{matrix}", "(matrix u = v)"),
    ],
)
def test_tables_are_read_row_by_row(latex: str, said: str) -> None:
    reader = start_reader(f"q + {latex} p")
    reader.spot = 2
    assert spell(read_table(reader)) == said
    assert reader.at("letter", "p")


def test_a_span_is_that_of_the_environment() -> None:
    latex = r"q + \begin{bmatrix} u \end{bmatrix} p"
    reader = start_reader(latex)
    reader.spot = 2
    assert latex[slice(*read_table(reader).span)] == r"\begin{bmatrix} u \end{bmatrix}"


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\begin{bmatrix} \end{bmatrix}", "a matrix without entries"),
        (r"\begin{bmatrix} & \\ & \end{bmatrix}", "a matrix without entries"),
        (r"\begin{cases} \end{cases}", "cases without a row"),
    ],
)
def test_empty_tables_are_refused(latex: str, reason: str) -> None:
    reader = start_reader(f"q + {latex} p")
    reader.spot = 2
    with pytest.raises(ReadError, match=reason):
        read_table(reader)
