"""Formulas as a whole: spans, repairs, errors and hostile input."""

from __future__ import annotations

import re
import time
from fractions import Fraction

import pytest
from fuzz_reading import check_formula, damage_formulas
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spelled_trees import list_fixtures, spell_formula

from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import (
    Derivative,
    Name,
    Node,
    Number,
    ReadError,
    list_children,
    walk,
)

FORMULAS = list_fixtures()
# where names are not written as they are called
RESPELLED = {latex for name in ("signs", "macros") for latex, _ in list_fixtures(name)}


@pytest.mark.parametrize(("latex", "said"), list_fixtures("repairs"))
def test_what_is_mended_is_told(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize("latex", [latex for latex, _ in FORMULAS])
def test_every_node_stands_inside_its_parent(latex: str) -> None:
    formula = read_formula(latex)
    for statement in formula.statements:
        assert 0 <= statement.span[0] < statement.span[1] <= len(latex)
        for node in walk(statement):
            for child in list_children(node):
                assert node.span[0] <= child.span[0] <= child.span[1] <= node.span[1], (node, child)


@pytest.mark.parametrize("latex", [latex for latex, _ in FORMULAS if latex not in RESPELLED])
def test_numbers_and_names_slice_back_to_their_text(latex: str) -> None:
    for statement in read_formula(latex).statements:
        for node in walk(statement):
            said = (
                latex[node.span[0] : node.span[1]]
                .replace(r"\,", "")
                .replace("vartriangle", "Delta")
            )
            if isinstance(node, Number) and said.isdigit():
                assert Fraction(said) == node.value
            if isinstance(node, Name):
                for written, name in (
                    ("∂", "partial"),
                    ("δ", "delta"),
                    (r"\,", ""),
                    ("vartriangle", "Delta"),
                ):
                    said = said.replace(written, name)
                assert node.base in said, (node, said)


def test_a_span_covers_a_whole_derivative() -> None:
    latex = r"x = 2 \frac{\partial C}{\partial w_{jk}} + b"
    found = [
        node for node in walk(read_formula(latex).statements[0]) if isinstance(node, Derivative)
    ]
    assert [latex[slice(*node.span)] for node in found] == [r"\frac{\partial C}{\partial w_{jk}}"]


@pytest.mark.parametrize(
    ("latex", "reason", "offset"),
    [
        ("(a + b", "( is not closed", 0),
        (r"a = \frac{b", "{ is not closed", 9),
        ("x^", "a superscript is missing", 2),
        ("a + ", "something is missing here", 3),
        (r"\frac{}{b}", "this part of the fraction is empty", 6),
        (r"\frac{\partial .}{b}", "this part of the fraction is empty", 16),
        ("a § b", "the character '§' cannot stand in a formula", 2),
        ("a\0", "a NUL byte cannot stand in a formula", 1),
        ("pd.abs(a)", "a point inside a name: this looks like code", 2),
        (r"\begin{matrix} 1 \end{cases}", r"\begin{matrix} is ended by \end{cases}", 17),
        (r"\begin{cases} 1", "cases is not closed", 0),
        ("x" * 100_001, "the formula is longer than 100000 characters", 0),
        ("a" + "1" * 61, "a number of more than 60 digits", 1),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(latex: str, reason: str, offset: int) -> None:
    with pytest.raises(ReadError) as caught:
        read_formula(latex)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_different_braces_are_different_formulas() -> None:
    inside, outside = read_formula("n_{L-1}"), read_formula("n_L - 1")
    assert spell_formula(inside) != spell_formula(outside)


def test_words_of_the_document_are_one_name() -> None:
    assert spell_formula(read_formula("flow = 2")) == ["(* f ~ l ~ o ~ w) = 2"]
    assert spell_formula(read_formula("flow = 2", frozenset({"flow"}))) == ["flow = 2"]


def test_a_comment_ends_with_its_line_and_without_one_the_mend_is_told() -> None:
    assert spell_formula(read_formula("a % = c\n = b")) == ["a = b"]
    formula = read_formula(r"\left( % first \alpha, \beta \right)")
    assert spell_formula(formula)[0] == "(( (listed alpha beta))"
    assert "comment" in formula.repairs[0].message


HOSTILE = [
    "(" * 5000, "{" * 10_000, "9^{9^{9^9}}", r"\frac" * 4000, "x^" * 5000, "x_" * 5000,
    r"\sum" * 5000, "-" * 10_000 + "x", "+-" * 5000 + "x", "a=" * 9000, "(a=" + "a=" * 9000 + "a)",
    "x" + "'" * 9000, "x^2" * 5000, "(x)" + "^2" * 3000, "x" + "^T" * 3000, r"\log" * 4000 + " x",
    r"\hat" * 4000 + " x", r"\nabla" * 3000, r"\partial" * 2500, "|" * 9000, "||" * 5000,
    "|a" * 5000, r"\left(" * 3000, r"\left(x" * 500 + r"\right)" * 500, "{x}" * 5000,
    "(" * 65 + "x" + ")" * 65, r"\begin{array}" * 1000, r"\begin{aligned}" * 1300,
    r"\begin{cases}" * 700 + r"\end{cases}" * 700, "&" * 9000, r"\\" * 9000, "a&" * 9000,
    r"\text{" * 3000 + "}" * 2000, "%\\a" * 5000, "1," * 9000, "(1," * 5000, "d" * 9000,
    "a/" * 5000 + "a", r"\frac{\partial}{\partial w}" * 600, r"\mathbf" * 2000,
    "n^{" * 70 + "1" + "}" * 70, "((a)(b" * 3000, "[" * 9000 + "]" * 9000, r"\overset{" * 2000,
    "{}" * 20_000, "{-x}" * 9000, "a" + "&" * 40_000, "a" + r"\\" * 20_000, "²" * 9000,
    "|_x" * 9000, "1, " * 9000 + r"\ldots", r"\Sigma_j x_j" * 3000, "a?:" * 9000, "]a" * 9000,
    r"\red{" * 5000 + "x" + "}" * 5000, r"\text{$x$}" * 5000, r"\ ^p x" * 9000,
    r"\newcommand{\a}{\b}" * 3000, "1,2," * 9000, "i=1,2," * 6000, "(a).b" * 6000,
    "(1)^)", "W[]", r"{a\over" * 2000,
    r"\left\{\begin{aligned}" * 1000, r"\overbrace{\sum" * 2000, "x(t)^T" * 6000, "{a b}" * 6000,
]  # fmt: skip


@pytest.mark.parametrize("latex", HOSTILE, ids=[latex[:12] for latex in HOSTILE])
def test_hostile_formulas_are_answered_quickly(latex: str) -> None:
    begin = time.process_time()
    try:
        formula = read_formula(latex)
    except ReadError as error:
        assert str(error)
    else:
        assert sum(1 for statement in formula.statements for _ in walk(statement)) < 60_000
    assert time.process_time() - begin < 2


PIECES = st.sampled_from(
    [
        *"abdWxnT+-=*/^_(){}[]|,.;&'0129 <>:%~",
        r"\frac", r"\partial", r"\delta", r"\sum", r"\left", r"\right", r"\\", r"\quad",
        r"\text{if }", r"\mathbf", r"\hat", r"\begin{cases}", r"\end{cases}", r"\begin{aligned}",
        r"\end{aligned}", r"\begin{array}{c}", r"\end{array}", r"\sigma", r"\nabla", r"\top",
        r"\log", r"\underbrace", r"\rightarrow", r"\|", r"\cdot", r"\{", r"\}", "0,15", r"\tag{1}",
        r"\overset", r"\ldots", r"\unknown", "\n", "net", r"\boxed{", r"\mathrm{d}", "∂",
    ]
)  # fmt: skip


def check_answer(latex: str) -> None:
    """A formula or a ReadError inside the text; every node inside the text, too."""
    try:
        formula = read_formula(latex)
    except ReadError as error:
        assert 0 <= error.offset <= len(latex)
        assert str(error)
        return
    for statement in formula.statements:
        for node in walk(statement):
            assert isinstance(node, Node)
            assert 0 <= node.span[0] <= node.span[1] <= len(latex)


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
@example(r"\frac1")
def test_any_mixture_of_pieces_is_read_or_refused(latex: str) -> None:
    check_answer(latex)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("a\n")
@example("\r\x0b%")
def test_any_text_is_read_or_refused(latex: str) -> None:
    check_answer(latex)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([latex for latex, _ in FORMULAS]), st.data())
def test_a_damaged_formula_is_read_or_refused(latex: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(latex)))
    check_answer(latex[:start] + data.draw(PIECES) + latex[start + 1 :])


@pytest.mark.parametrize(
    ("latex", "unchanged"),
    [
        (r"\frac{\textcolor{red}{\partial E}}{{\partial} u}", r"\frac{\partial E}{\partial u}"),
        (r"{{x}} + {y}", "x + y"),
        (r"\color{red} x \, \phantom{y} + y", "x + y"),
        (r"x \large{+} y", "x + y"),
    ],
)  # fmt: skip
def test_how_something_looks_says_nothing(latex: str, unchanged: str) -> None:
    assert spell_formula(read_formula(latex)) == spell_formula(read_formula(unchanged))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([latex for latex, _ in FORMULAS if latex not in RESPELLED]))
def test_a_colour_around_all_of_a_formula_says_nothing(latex: str) -> None:
    if re.search(r"&|\\\\|\\text", latex) or any("!" in said for said in dict(FORMULAS)[latex]):
        return
    coloured = spell_formula(read_formula(rf"\textcolor{{red}}{{{latex}}}"))
    assert coloured == spell_formula(read_formula(latex))


def test_more_indices_than_anybody_has_are_refused() -> None:
    assert read_formula("x_{i,j,k,l,m,n} = 1")
    for latex in (
        "x_{i,j,k,l,m,n,o}",
        r"\mathbf{x}_i_i_i_i_i_i",
        "x_" + "{i" * 30 + "}" * 30,
        r"\sum_{i,j,k,l,m,n,p} x",
    ):
        with pytest.raises(ReadError):
            read_formula(latex)


def test_a_small_run_of_the_fuzzer() -> None:
    for latex in damage_formulas(1_500, 3):
        check_formula(latex)
