"""Numbers, columns, rows and matrices are told apart by the text's own equations."""

from __future__ import annotations

from own_lectures import RECURRENCE, TIED, read, read_all

from symbackprop.lecture.letters import learn_letters
from symbackprop.lecture.ranks import Ranking, split_elementwise
from symbackprop.lecture.survey import survey
from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula


def ranks(*texts: str) -> dict[str, str]:
    lecture = read(*texts)
    ranking = lecture.arrays.context.ranking
    return {name: ranking.rank_of(name) for name in lecture.letters.families}


def test_a_recurrence_has_matrices_and_columns() -> None:
    found = ranks(*RECURRENCE)
    assert {found[name] for name in ("s,", "x,", "d,")} == {"column"}
    assert found["V"] == found["Q"] == "matrix"
    assert found["E"] == "scalar"


def test_a_weight_and_its_transpose_are_one_matrix() -> None:
    found = ranks(*TIED)
    assert found["W"] == "matrix"
    assert found["h"] == found["r"] == "column"


def test_bold_letters_are_arrays() -> None:
    found = ranks(r"\mathbf{q} = \mathbf{M} \mathbf{p}", r"E = \mathbf{q}^T \mathbf{q}")
    assert (found["q"], found["M"], found["p"]) == ("column", "matrix", "column")


def test_rows_where_the_text_multiplies_them_from_the_left() -> None:
    row = r"\mathbf{x} \in \mathbb{R}^{1 \times n}"
    found = ranks(r"\mathbf{h} = \mathbf{x} \mathbf{W}", row)
    assert (found["h"], found["x"], found["W"]) == ("row", "row", "matrix")


def test_an_equation_that_no_rank_fits_is_impossible() -> None:
    statements = read_all(r"C = x^T y", r"M = x y^T")
    ranking = Ranking(learn_letters(survey(statements)))
    ranking.settle(statements)
    assert all(ranking.is_possible(statement) for statement in statements)
    assert ranking.rank_of("M") == "matrix"


def test_elementwise_products_bind_less() -> None:
    product = read_formula(r"W d \odot f").statements[0].sides[0]
    assert isinstance(product, tree.Product)
    assert [len(part) for part in split_elementwise(product)] == [2, 1]
    quotient = read_formula(r"p \oslash q r").statements[0].sides[0]
    assert isinstance(quotient, tree.Product)
    assert [part[0][0] for part in split_elementwise(quotient)] == ["", "oslash"]


def test_a_product_whose_shapes_clash_is_no_number() -> None:
    rows = read_all(
        r"\mathbf{h} = \mathbf{x} \mathbf{W}", r"\mathbf{x} \in \mathbb{R}^{1 \times n}"
    )
    clash = read_all(r"C = \mathbf{x} \mathbf{h}", r"C = \|\mathbf{x} - \mathbf{h}^T\|^2")
    fits = read_all(r"C = \mathbf{x} \mathbf{h}^T", r"C = \|\mathbf{x} - \mathbf{h}\|^2")
    ranking = Ranking(learn_letters(survey([*rows, *clash, *fits])))
    ranking.settle(rows)
    assert [ranking.is_possible(s) for s in (*clash, *fits)] == [False, False, True, True]
