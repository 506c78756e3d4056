"""Long formulas in rows: nothing is lost, and rows fit where there is a sign to break them at."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latex_judges import refuse_in_katex

from symbackprop.network.declared import load
from symbackprop.pipeline import derive
from symbackprop.printing import text
from symbackprop.printing.breaking import LEADS, break_side
from symbackprop.printing.documents import Line, Sheet, display, render_sheet, write_rows
from symbackprop.printing.layout import Layout, Letter, Number, Product, Relation, SumOver, Total
from symbackprop.printing.sheets import make_sheet, request_for

letters = st.sampled_from([Letter("a"), Letter("delta"), Number("0.25"), Letter("net")])
products = st.builds(
    lambda factors, sign: Product(tuple(factors), sign),
    st.lists(letters, min_size=2, max_size=6),
    st.sampled_from(["dot", "hadamard"]),
)
sums = st.builds(lambda body: SumOver(Letter("k"), None, None, body), products)
totals = st.builds(
    lambda terms: Total(tuple(terms)),
    st.lists(
        st.tuples(st.sampled_from(["+", "-"]), st.one_of(letters, products, sums)),
        min_size=1,
        max_size=6,
    ),
)
sides = st.one_of(letters, products, sums, totals)


@given(sides, st.integers(6, 60))
def test_rows_joined_are_the_formula(side: Layout, width: int) -> None:
    rows = [
        f"{text.SIGNS[lead]} {text.render(row)}" if lead else text.render(row)
        for lead, row in break_side(side, width)
    ]
    assert " ".join(rows).replace("  ", " ") == text.render(side)


@given(st.lists(letters, min_size=2, max_size=6), st.integers(1, 12))
def test_no_row_looks_like_another_formula(factors: list[Layout], width: int) -> None:
    first, *others = break_side(Product(tuple(factors)), width)
    assert first[0] == "" and all(lead == "dot" for lead, _ in others)


@given(totals, st.integers(30, 60))
def test_rows_fit(side: Total, width: int) -> None:
    # six names of five signs with signs between them: any factor fits
    assert all(len(text.render(row)) <= width for _, row in break_side(side, width))


@given(sides)
def test_a_side_that_fits_is_one_row(side: Layout) -> None:
    assert list(break_side(side, 1000)) == [("", side)]


@given(sides, st.integers(10, 60))
def test_rows_are_aligned_under_the_first_term(side: Layout, width: int) -> None:
    first, *others = write_rows(Relation((Letter("C"), side)), False, width)
    assert first.startswith("C = ")
    assert all(row.startswith(" " * 4) for row in others)


@given(totals)
def test_latex_of_rows_is_accepted(side: Total) -> None:
    assert refuse_in_katex(display((Line(Relation((Letter("C"), side, side, side))),))) is None


@cache
def mazur() -> Sheet:
    derived = derive(load("examples/mazur.toml"))
    return make_sheet(derived, request_for(derived))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_sheet_fits_a_terminal(width: int) -> None:
    shown = render_sheet(mazur(), "text", width)
    assert max(map(len, shown.splitlines()[2:])) <= width


def test_a_sheet_without_a_width_is_not_broken() -> None:
    shown = render_sheet(mazur(), "text", 0)
    formulas = [line for line in shown.splitlines() if line.startswith("  ")]
    assert all(" = " in line and not line.strip().startswith("=") for line in formulas)


def test_every_lead_is_a_sign() -> None:
    assert set(LEADS.values()) <= set(text.SIGNS)
