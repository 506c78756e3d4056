"""Layouts of every formula: brackets where they are needed, and never twice."""

from __future__ import annotations

import re

import pytest
from latex_judges import refuse_in_katex
from printed import DECLARED, arrange_all, walk

from symbackprop.printing import latex, text
from symbackprop.printing.layout import Apply, Brackets, Fraction, Product, Total

every_network = pytest.mark.parametrize("name", DECLARED)


@every_network
def test_no_bracket_stands_directly_in_another(name: str) -> None:
    for layout in arrange_all(name):
        for part in walk(layout):
            inner = part.body if isinstance(part, Brackets) else None
            assert not isinstance(inner, Brackets), text.render(layout)
            if isinstance(part, Apply):
                bare = [a for a in part.arguments if isinstance(a, Brackets) and a.shape != "bar"]
                assert not bare, text.render(layout)
            if isinstance(part, Fraction):
                around = [p for p in (part.top, part.bottom) if isinstance(p, Brackets)]
                assert all(b.shape in ("bar", "norm") for b in around), text.render(layout)


@every_network
def test_text_has_no_brackets_twice(name: str) -> None:
    for layout in arrange_all(name):
        assert not find_double_brackets(text.render(layout)), text.render(layout)


def find_double_brackets(formula: str) -> list[str]:
    """((a + b)), but not ((a) (b)).

    >>> find_double_brackets("((a + b)) c"), find_double_brackets("((a) (b)) c")
    (['((a + b))'], [])
    """
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for place, sign in enumerate(formula):
        if sign in "([":
            opened.append(place)
        elif sign in ")]":
            pairs[opened.pop()] = place
    return [
        formula[start : end + 1] for start, end in pairs.items() if pairs.get(start + 1) == end - 1
    ]


@every_network
def test_sums_in_products_and_products_in_products_have_brackets(name: str) -> None:
    for layout in arrange_all(name):
        for part in walk(layout):
            if not isinstance(part, Product):
                continue
            assert not any(isinstance(f, Total) for f in part.factors[1:]), text.render(layout)
            signs = {f.sign for f in part.factors[:-1] if isinstance(f, Product)}
            assert not signs - {part.sign}, text.render(layout)


@every_network
def test_katex_takes_every_formula(name: str) -> None:
    formulas = {latex.render(layout) for layout in arrange_all(name)}
    assert formulas
    for formula in formulas:
        assert formula.count("{") == formula.count("}")
        assert len(re.findall(r"\\left\b", formula)) == len(re.findall(r"\\right\b", formula))
        assert refuse_in_katex(formula) is None, formula
