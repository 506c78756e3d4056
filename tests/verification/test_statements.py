"""One formula of a student: the gradient that it is to be is written on its left."""

from __future__ import annotations

import pytest

from symbackprop.errors import InputError
from symbackprop.network.declared import declare
from symbackprop.verification.statements import state_gradient


@pytest.mark.parametrize(
    ("wrt", "widths", "said"),
    [
        ("W1", "2-3-1", r"\frac{\partial C}{\partial W^{(1)}} = f"),
        ("bL", "2-3-1", r"\frac{\partial C}{\partial b^{(2)}} = f"),
        ("Wl", None, r"\frac{\partial C}{\partial W^{(l)}} = f"),
        ("W2", None, r"\frac{\partial C}{\partial W^{(2)}} = f"),
        ("w1_32", "2-3-1", r"\frac{\partial C}{\partial W^{(1)}_{3 2}} = f"),
        ("delta2", "2-3-1", r"\delta^{(2)} = f"),
        ("z2", "2-3-1", r"\frac{\partial C}{\partial z^{(2)}} = f"),
    ],
)
def test_the_gradient_stands_on_the_left(wrt: str, widths: str | None, said: str) -> None:
    network = None if widths is None else declare(widths)
    assert state_gradient(wrt, " $f$ ", network) == said


@pytest.mark.parametrize(
    ("wrt", "formula", "complaint"),
    [
        ("W1, b1", "x", "one formula is the gradient by one quantity"),
        ("q1", "x", "q1"),
        ("W7", "x", "W7"),
        ("W1", "notes.md", "judges one formula, not a file"),
        ("W1", "-", "judges one formula, not a file"),
    ],
)
def test_what_is_no_gradient_of_one_is_refused(wrt: str, formula: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        state_gradient(wrt, formula, declare("2-3-1"))
