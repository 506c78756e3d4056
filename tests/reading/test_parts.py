"""Equations that a text cuts in parts are one formula, unless the text goes on with them."""

from __future__ import annotations

import time

import pytest

from symbackprop.reading.documents import find_formulas


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("so $a$ = $b$.", ["a  =  b"]),
        ("so $a$ $= b$.", ["a   = b"]),
        ("so much stands before it that the line is as long as lines are, $a$ = $b$.", ["a  =  b"]),
        ("so $a$" + " " * 70 + "= $b$.", ["a", "b"]),
        ("so $a =$ $b$.", ["a =   b"]),
        ("$a$ = $b$ = $c$", ["a  =  b  =  c"]),
        ("ñ∂ $a$ =\n$b$ end", ["a  =\n b"]),
        ("\\(a\\) = \\(b\\)", ["a   =   b"]),
        ("$a$ = $b$ · $c$ + $d$.", ["a  =  b  ·  c  +  d"]),
        ("$a$ - $b$ = $c$", ["a  -  b  =  c"]),
        ("- $a$ = $b$", ["a  =  b"]),
        ("* $a$ = $b$", ["a  =  b"]),
        ("$a = b$ · $c$", ["a = b  ·  c"]),
        ("$a = b$ - $c$", ["a = b", "c"]),
        ("$a = b$ - $c = d$", ["a = b", "c = d"]),
        ("$a$ · $b$", ["a", "b"]),
        ("$a$ = $b$ + 5", ["a", "b"]),
        ("2 $a$ = $b$", ["a", "b"]),
        ("it is 2$a$ = $b$", ["a", "b"]),
        ("In (1) of step 2 $a$ = $b$ (see there).", ["a  =  b"]),
        ("**Bold** *$a$ = $b$* and", ["a  =  b"]),
        ("$f$ = $g$(x)", ["f", "g"]),
        ("1 + $a$ = $b$", ["a", "b"]),
        ("$a$, $= b$", ["a", "= b"]),
        ("$a$ is $= b$", ["a", "= b"]),
        ("$a$ $b$", ["a", "b"]),
        ("$a$ = 5 and $b$", ["a", "b"]),
        ("$a =$ $= b$", ["a =", "= b"]),
        ("$a$ =\n\n$b$", ["a", "b"]),
        ("$$a$$ = $b$", ["a", "b"]),
        ("| $a$ | $= b$ |\n|---|---|\n| $c$ | $d$ |", ["a", "= b", "c", "d"]),
    ],
)
@pytest.mark.parametrize("kind", ["markdown", "text", "latex"])
def test_an_equation_in_parts_is_one(text: str, whole: list[str], kind: str) -> None:
    found = find_formulas(text, kind)
    assert [one.text for one in found] == whole
    lines = text.split("\n")
    for one in found:
        assert bool(one.joins) == ("  " in one.text)
        for offset, sign in enumerate(one.text):
            line, column = one.place(offset)
            if sign not in " \n":
                assert lines[line - 1][column - 1] == sign
        assert lines[one.end_line - 1][one.end_column - 2] in "$)"


@pytest.mark.parametrize("text", ["$a = $b ", "$a$ = ", "$a$ - ", "- $a$ = $b$ 2 ", "$a$ $= b$ * "])
@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_long_lines_of_parts_are_read_soon(text: str, kind: str) -> None:
    start = time.process_time()
    find_formulas(text * 3_000, kind)
    assert time.process_time() - start < 4
