"""Products and sums of values: which axes are summed, and which shapes are refused."""

from __future__ import annotations

import pytest
from sympy import Dummy, IndexedBase, Sum, Symbol

from symbackprop.lecture.sizes import Clash, Size, Sizes
from symbackprop.lecture.tensors import Algebra, Open, Quotient, Tensor, turn


def axis(size: str) -> Open:
    return Open(Dummy("j", integer=True), Size(size))


def matrix(name: str, rows: str, columns: str) -> Tensor:
    row, column = axis(rows), axis(columns)
    return Tensor(IndexedBase(name)[row.symbol, column.symbol], row, column)


def column(name: str, size: str) -> Tensor:
    row = axis(size)
    return Tensor(IndexedBase(name)[row.symbol], row)


@pytest.fixture
def algebra() -> Algebra:
    sizes = Sizes()
    for size in ("n", "m"):
        sizes.join(Size(f"{size}'"), Size(size))
    sizes.anchor()
    return Algebra(sizes, strict=True)


def test_a_matrix_times_a_column_sums_over_what_they_share(algebra: Algebra) -> None:
    product = algebra.times(matrix("W", "n", "m"), column("x", "m"))
    assert isinstance(product.entry, Sum)
    assert product.row is not None
    assert product.column is None


def test_shapes_that_do_not_fit_are_refused(algebra: Algebra) -> None:
    with pytest.raises(Clash, match="n_n and n_m"):
        algebra.times(matrix("W", "m", "n"), column("x", "m"))
    with pytest.raises(Clash):
        algebra.times(column("x", "n"), column("y", "n"))
    with pytest.raises(Clash):
        algebra.add(column("x", "n"), column("y", "m"))


def test_an_outer_product_has_both_axes_and_an_inner_one_none(algebra: Algebra) -> None:
    x, y = column("x", "n"), column("y", "n")
    assert len(algebra.times(x, turn(y)).axes) == 2
    assert algebra.times(turn(x), y).is_scalar


def test_a_chain_is_contracted_in_either_order(algebra: Algebra) -> None:
    outer = Tensor(
        Symbol("p") * IndexedBase("p")[Symbol("j")],
        row=Open(Symbol("j"), Size("n")),
        quotient=Quotient(("C",), ("z", None), (), (Open(Symbol("j"), Size("n")),)),
    )
    top, below = axis("n"), axis("m")
    inner = Tensor(
        IndexedBase("q")[top.symbol, below.symbol],
        quotient=Quotient(("z", None), ("x", None), (top,), (below,)),
    )
    for order in ([outer, inner], [inner, outer]):
        (whole,) = algebra.contract_chains(order)
        assert whole.quotient is not None
        assert (whole.quotient.top, whole.quotient.bottom) == (("C",), ("x", None))
        assert isinstance(whole.entry, Sum)


def test_a_number_goes_with_every_entry(algebra: Algebra) -> None:
    one, x = Tensor(Symbol("c")), column("x", "n")
    assert algebra.add(one, x).row == x.row
    assert algebra.combine(x, one).row == x.row
