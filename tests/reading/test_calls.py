"""Calls: a name and its brackets, or what it is applied to without them; or a product after all."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, read_rest, spell, spell_formula, start_reader

from symbackprop.reading.calls import read_call
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import ReadError


@pytest.mark.parametrize(("latex", "said"), list_fixtures("calls"))
def test_calls_are_read_as_written(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "said", "rest"),
    [
        ("f(x) y", "(call f x)", "y"),
        ("w(x) y", "(call? w x)", "y"),
        ("a y", "a", "y"),
        (r"\log x y", "(call log x)", "y"),
        (r"\log -x", "(call log (-x))", ""),
        (r"\max u v + c", "(call max u)", "v+c"),
        ("f[u, v]", "(call f u v)", ""),
        # brackets of a norm are no arguments
        ("f |x|", "f", "|x|"),
        ("1(x > 0)", "(call bb:1 (x > 0))", ""),
        ("1(x)", "1", "(x)"),
        ("f(x)_j^2 y", "(power (lowered (call f x) j) 2)", "y"),
    ],
)
def test_a_call_takes_what_belongs_to_it(latex: str, said: str, rest: str) -> None:
    reader = start_reader(latex)
    assert spell(read_call(reader, reader.read_atom(), 0)) == said
    assert read_rest(reader) == rest


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"(f \circ g)()", "these brackets are empty"),
        ("f(x)" + "^2" * 9, "more than 8 scripts on one thing"),
        ("f(x + )", "something"),
    ],
)
def test_calls_that_cannot_be_read_are_refused(latex: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        start_reader(latex).read_factor()
