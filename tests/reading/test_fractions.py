r"""Fractions: what is above, what is below, and what an operator \frac{d}{dx} is applied to."""

from __future__ import annotations

import pytest
from spelled_trees import read_rest, spell, start_reader

from symbackprop.reading.fractions import read_fraction
from symbackprop.reading.tree import ReadError


@pytest.mark.parametrize(
    ("latex", "said", "rest"),
    [
        (r"\frac{u}{v} w", "(ratio u v)", "w"),
        (r"\frac12 w", "(ratio 1 2)", "w"),
        (r"\frac{u, v}{w}", "(ratio (listed u v) w)", ""),
        (r"\frac{\partial C}{\partial w} x", "(partial/partial C w)", "x"),
        (r"\frac{-\partial C}{\partial w}", "(-(partial/partial C w))", ""),
        (r"\frac{-u}{v}", "(ratio (-u) v)", ""),
        (r"\frac{d}{dw} (u + v) x", "(d/d _ w of (( (+u +v)))", "x"),
        (r"\frac{d}{dw} u v + x", "(d/d _ w of (* u ~ v))", "+x"),
        (r"\frac{d}{dw} \cdot u + x", "(d/d _ w of u)", "+x"),
        (r"\frac{d}{dw} = x", "(d/d _ w)", "=x"),
        # TeX takes one sign without braces
        (r"\frac\partial{\partial w} u", "(partial/partial _ w of u)", ""),
        (r"\frac d{dx} f(x)", "(d/d _ x of (call f x))", ""),
        (r"\frac d2 x", "(ratio d 2)", "x"),
        (r"\frac\partial\partial x", "(ratio partial partial)", "x"),
        (r"\frac{1}{N} \sum_i e_i", "(ratio 1 N)", r"sum_ie_i"),
    ],
)
def test_a_fraction_takes_what_belongs_to_it(latex: str, said: str, rest: str) -> None:
    reader = start_reader(latex)
    assert spell(read_fraction(reader)) == said
    assert read_rest(reader) == rest


def test_a_span_ends_with_what_the_operator_is_applied_to() -> None:
    latex = r"\frac{d}{dw} (u + v) x"
    assert latex[slice(*read_fraction(start_reader(latex)).span)] == r"\frac{d}{dw} (u + v)"


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\frac{}{b}", "this part of the fraction is empty"),
        (r"\frac{,}{b}", "this part of the fraction is empty"),
        (r"\frac{a}{}", "this part of the fraction is empty"),
        (r"\frac{a}", "something is missing here"),
        (r"\frac", "something is missing here"),
    ],
)
def test_half_a_fraction_is_refused(latex: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_fraction(start_reader(latex))


def test_a_factor_before_the_lower_mark_is_mended() -> None:
    reader = start_reader(r"\frac{\partial E}{T \cdot \partial o}")
    assert spell(read_fraction(reader)) == "(ratio (partial/partial E o) T)"
    assert [repair.span for repair in reader.repairs] == [(0, 5)]
