"""Layouts as LaTeX: scripts, guards, words of people, and rows that line up."""

from __future__ import annotations

import pytest
from latex_judges import refuse_in_katex

from symbackprop.printing import layout as show
from symbackprop.printing.latex import align, escape, join_sides, render
from symbackprop.printing.layout import Brackets, Fraction, Letter, Number, Product, Relation, Total

h, t, z = Letter("h"), Letter("t"), Letter("z")


@pytest.mark.parametrize(
    ("layout", "latex"),
    [
        (show.Scripted(h, Letter("t"), Letter("j")), "h^{t}_{j}"),
        (show.Transposed(Brackets(show.Scripted(Letter("W"), t))), "(W^{t})^{T}"),
        (Letter("delta"), r"\delta"),
        (show.Partial(Letter("C"), h, direct=True), r"\frac{\partial^{+} C}{\partial h}"),
        (show.SumOver(t, Number("1"), Letter("T"), h), r"\sum_{t=1}^{T} h"),
        (Fraction(h, Total((("+", t), ("-", z)))), r"\frac{h}{t - z}"),
        (Number("0.5", comma=True), "0{,}5"),
        (show.Root(Total((("+", h), ("+", z)))), r"\sqrt{h + z}"),
        (Brackets(h, "norm"), r"\lVert h \rVert"),
    ],
)
def test_a_layout_in_latex(layout: show.Layout, latex: str) -> None:
    assert render(layout) == latex
    assert refuse_in_katex(latex) is None


def test_brackets_grow_with_what_is_inside() -> None:
    assert render(Brackets(h)) == "(h)"
    tall = render(Brackets(Fraction(h, z)))
    assert tall == r"\left( \frac{h}{z} \right)"


def test_what_people_write_is_text() -> None:
    title = escape("50% of δ & C:\\dir_{1} ~ #2 $x^2$")
    assert "\\%" in title and "\\&" in title and "\\_" in title and "\\$" in title
    assert "%" not in title.replace("\\%", "")


def test_sides_stand_below_each_other_at_their_sign() -> None:
    assert align(Relation((h, z, t))) == "h &= z = t"
    assert align(Product((h, z))) == "h z"
    whole = show.Aligned((Relation((h, z)), Relation((t, h))))
    assert render(whole) == "\\begin{aligned} h &= z \\\\\nt &= h \\end{aligned}"


def test_the_sign_of_a_relation_stands_once() -> None:
    assert join_sides(["w", "w - 1", "2"], r"\leftarrow") == r"w \leftarrow w - 1 = 2"
    assert join_sides(["w"], "=") == "w"


def test_products_keep_their_sign() -> None:
    factors = (h, z)
    assert render(Product(factors)) == "h z"
    assert render(Product(factors, "hadamard")) == r"h \odot z"
    assert render(Product((Number("2"), Number("3")), "dot")) == r"2 \cdot 3"
