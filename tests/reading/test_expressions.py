"""Expressions: terms, factors, lists and relations, and how deep they may be."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, spell, spell_formula, start_reader

from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import ReadError


@pytest.mark.parametrize(("latex", "said"), list_fixtures("values"))
def test_values_are_read_as_written(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "expression", "product", "factor"),
    [
        ("a b + c = d", "(+(* a ~ b) +c)", "(* a ~ b)", "a"),
        ("x^2 / y", "(* x^{2} / y)", "(* x^{2} / y)", "x^{2}"),
        (r"W x \odot y - z", "(+(* W ~ x odot y) -z)", "(* W ~ x odot y)", "W"),
        ("w1 b", "(* w_{1} ~ b)", "(* w_{1} ~ b)", "w_{1}"),
        ("u * -v", "(* u * (-v))", "(* u * (-v))", "u"),
        ("(u + v)^T w", *["(* (transposed (( (+u +v))) ~ w)"] * 2, "(transposed (( (+u +v)))"),
    ],
)
def test_each_part_reaches_as_far_as_it_should(
    latex: str, expression: str, product: str, factor: str
) -> None:
    assert spell(start_reader(latex).read_expression()) == expression
    assert spell(start_reader(latex).read_product()) == product
    assert spell(start_reader(latex).read_factor()) == factor


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        ("u - -v", "(+u -(-v))"),
        ("u + -v - w", "(+u +(-v) -w)"),
        ("--u", "u"),
        (r"u \pm v", "(+u ±v)"),
        ("-u", "(-u)"),
        ("u - (v - w)", "(+u -(( (+v -w)))"),
    ],
)
def test_signs_are_kept(latex: str, said: str) -> None:
    assert spell(start_reader(latex).read_expression()) == said


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        ("a = b", "(a = b)"),
        (r"1 \le k \le t", "((1 leq k) leq t)"),
        (r"x | x > 0, y", "(x | (x > 0))"),
        ("a", "a"),
    ],
)
def test_relations_are_compared_from_left_to_right(latex: str, said: str) -> None:
    assert spell(start_reader(latex).read_relation()) == said


def test_a_list_ends_where_it_is_told_to() -> None:
    reader = start_reader("a, b + c, d")
    assert [spell(item) for item in reader.read_list(6)] == ["a", "(+b +c)"]
    reader = start_reader(", a,, b")
    assert [spell(item) for item in reader.read_list(reader.length)] == ["a", "b"]
    assert {one.message for one in reader.repairs} == {"a comma with nothing before it was skipped"}
    with pytest.raises(ReadError, match="this does not end where its brackets do"):
        start_reader("a b c").read_list(2)


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        ("a + ", "something is missing"),
        ("(" * 61 + "x" + ")" * 61, "nested deeper than 60 levels"),
        ("=".join("a" * 62), "more than 60 signs in one comparison"),
        ("x" + "^2" * 9, "more than 8 scripts on one thing"),
        ("x_1_2_3", "more than 2 subscripts on one thing"),
        ("x_{i,j,k,l,m,n,p}", "more than 6 indices below one thing"),
        (r"\frac{a}1.5", "a number in several characters needs braces here"),
        ("()", "these brackets are empty"),
        ("x^=", "= cannot stand alone here"),
    ],
)
def test_what_nobody_writes_is_refused(latex: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        start_reader(latex).read_relation()


def test_deep_but_sensible_formulas_are_read() -> None:
    assert spell(start_reader("(" * 20 + "x" + ")" * 20).read_relation()).count("(( ") == 20
