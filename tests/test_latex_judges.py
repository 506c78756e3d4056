"""The judges of LaTeX take right input and catch wrong input."""

from __future__ import annotations

import pytest
from latex_judges import compile_document, compile_many, needs_pdflatex, refuse_in_katex

RIGHT = [
    r"\delta^{L} = \nabla_{a} C \odot \sigma'(z^{L})",
    r"\begin{aligned} a &= b \\ c &= \underbrace{d}_{\delta} \end{aligned}",
    r"\overset{\text{Activación}}{\boxed{\left(\frac{1}{2}\right)}}",
    r"\frac{\partial C}{\partial w^{l}_{jk}} = a^{l-1}_{k}\, \delta^{l}_{j}",
]
WRONG_EVERYWHERE = [
    r"\frac{1}",
    r"\unknownmacro{x}",
    r"a^{b",
    r"a}",
    r"\left( x",
    r"δ^{l}",
    r"a^{b}^{c}",
    r"\begin{aligned} a",
]


@pytest.mark.parametrize("formula", RIGHT)
def test_katex_takes_right_formulas(formula: str) -> None:
    assert refuse_in_katex(formula) is None


@pytest.mark.parametrize("formula", [*WRONG_EVERYWHERE, "é", r"\text{Año} + ñ"])
def test_katex_refuses_wrong_formulas(formula: str) -> None:
    assert refuse_in_katex(formula)


def test_katex_knows_a_macro_only_when_given() -> None:
    formula = r"\deltapart{x}"
    assert refuse_in_katex(formula)
    assert refuse_in_katex(formula, {r"\deltapart": r"\textcolor{red}{#1}"}) is None
    assert refuse_in_katex(formula), "a macro must not outlive its call"


@needs_pdflatex
def test_pdflatex_takes_right_formulas() -> None:
    compile_many(RIGHT)
    compile_many([r"\deltapart{x}"], preamble=r"\newcommand{\deltapart}[1]{\textcolor{red}{#1}}")


@needs_pdflatex
@pytest.mark.parametrize("formula", WRONG_EVERYWHERE)
def test_pdflatex_refuses_wrong_formulas(formula: str) -> None:
    with pytest.raises(AssertionError, match="pdflatex refuses"):
        compile_many([formula])


@needs_pdflatex
def test_the_wrong_formula_is_named() -> None:
    with pytest.raises(AssertionError) as failure:
        compile_many([*RIGHT, r"\unknownmacro", *RIGHT])
    assert str(failure.value).startswith(r"\unknownmacro")


@needs_pdflatex
def test_documents(tmp_path) -> None:
    whole = "\\documentclass{article}\\begin{document}$x$\\end{document}"
    assert compile_document(whole, tmp_path / "right").read_bytes().startswith(b"%PDF")
    with pytest.raises(AssertionError, match="Undefined control sequence"):
        compile_document(whole.replace("$x$", r"\nothing"), tmp_path / "wrong")
