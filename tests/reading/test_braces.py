"""Braces: those that group nothing are left out, those of arguments and of scripts are kept."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, list_tokens, spell_formula

from symbackprop.reading.braces import (
    drop_bare_braces,
    find_balanced,
    is_argument,
    open_groups,
    write_fractions,
)
from symbackprop.reading.pairing import pair_brackets
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tokens import Token


def write(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens)


@pytest.mark.parametrize(("latex", "said"), list_fixtures("groups"))
def test_groups_are_read_as_printed(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "found", "whole"),
    [
        (r"a \red{+ b} = c", r"a \red{+ b", r"a \red{+ b}"),
        (r"\textcolor{red}{a + b} + c", "a + b} + c", r"\textcolor{red}{a + b} + c"),
        (r"x_{ij} + {y}", "x_{ij} + {y}", "x_{ij} + {y}"),
        (r"\{a, b\} {c}", r"\{a", r"\{a"),
        (r"\{a\} \red{b \}}", r"\red{b \}", r"\red{b \}}"),
        (r"{{a + b}}", "a", "a"),
        # one that is never closed is left as it is
        (r"\red{a + b", r"\red{a", r"\red{a"),
    ],
)
def test_a_span_closes_what_it_opens(latex: str, found: str, whole: str) -> None:
    start = latex.index(found)
    assert latex[slice(*find_balanced(latex, (start, start + len(found))))] == whole


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        (r"{u \over v}", "{ frac { u } { v } }"),
        (r"{u \over v + {p \over q}}", "{ frac { u } { v + { frac { p } { q } } } }"),
        (r"(u \over v)", "( frac { u } { v } )"),
        # nothing opens before it: it stays what it is
        (r"u \over v", "u over v"),
        (r"{u}{v}", "{ u } { v }"),
    ],
)
def test_fractions_of_tex_are_fractions(latex: str, written: str) -> None:
    assert write(write_fractions(list_tokens(latex))) == written


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        (r"\mathrel{=} {(} a {)}", "= ( a )"),
        (r"\frac{{\partial} E}{d x}", r"frac { partial E } { d x }"),
        (r"w \mathrel{-}= v", "w -= v"),
        # above or below something they are what stands there
        ("w^{+} = v", "w ^ { + } = v"),
        (r"\mathbf{\delta} x", "mathbf { delta } x"),
        ("{a} {12}", "{ a } { 12 }"),
    ],
)
def test_braces_around_one_sign_group_nothing(latex: str, written: str) -> None:
    assert write(drop_bare_braces(list_tokens(latex))) == written


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        ("{{x}}", "x"),
        ("a {= b}", "a = b"),
        ("a {b c} d", "a b c d"),
        ("a {b + c} d", "a { b + c } d"),
        ("{u}/{v}", "{ u } / { v }"),
        ("w{1} + {w}1", "w { 1 } + { w } 1"),
        ("{x}^2 + x^{ab}", "{ x } ^ 2 + x ^ { ab }"),
        (r"\frac{ab}{cd}", "frac { ab } { cd }"),
        (r"x \in {0, 1}", r"x in { 0 , 1 }"),
    ],
)
def test_only_braces_that_say_nothing_are_opened(latex: str, written: str) -> None:
    repairs: list = []
    paired = pair_brackets(list_tokens(latex, repairs), latex, repairs)
    before = 0
    while len(paired.tokens) != before:
        before = len(paired.tokens)
        paired = pair_brackets(open_groups(paired), latex, repairs)
    assert write(paired.tokens).replace(" ", "") == written.replace(" ", "")


@pytest.mark.parametrize(
    ("latex", "arguments"),
    [
        (r"\frac{a}{b}{c}", [True, True, False]),
        ("x^{a}{b}", [True, False]),
        ("x{a}", [False]),
        (r"\log{a}", [True]),
        (r"\frac1{a}{b}", [True, False]),
        (r"\frac\eta{a b}{c}", [True, False]),
        (r"\eta{a b}", [False]),
        (r"\frac12{a}", [False]),
        # of a macro that nobody defines nobody knows how many it takes
        (r"\mine{a}{b}", [True, True]),
    ],
)
def test_groups_belong_to_commands(latex: str, arguments: list[bool]) -> None:
    paired = pair_brackets(list_tokens(latex), latex, [])
    spots = [spot for spot, token in enumerate(paired.tokens) if token.kind == "lbrace"]
    assert [is_argument(spot, paired) for spot in spots] == arguments
