"""A claim becomes an equation over its open axes, where the text says enough of it."""

from __future__ import annotations

import pytest
from own_lectures import GAIN, read
from sympy import Symbol

from symbackprop.lecture.claims import lower_claim
from symbackprop.lecture.letters import Unclear
from symbackprop.reading.parser import read_formula


def test_a_derivative_by_what_nothing_depends_on_is_unclear() -> None:
    lecture = read(*GAIN, r"\frac{\partial C}{\partial q} = 1")
    left, right = read_formula(r"\frac{\partial C}{\partial q} = 1").statements[0].sides
    with pytest.raises(Unclear, match="how C depends on q"):
        lower_claim(lecture.arrays, left, right)


def test_the_claim_stands_over_its_open_axes() -> None:
    lecture = read(*GAIN, r"\frac{\partial C}{\partial a} = a - y")
    left, right = read_formula(r"\frac{\partial C}{\partial a} = a - y").statements[0].sides
    _, claim = lower_claim(lecture.arrays, left, right)
    (axis,) = claim.axes
    assert axis.high == Symbol(str(axis.high), integer=True)
    assert claim.rhs.has(axis.symbol)
