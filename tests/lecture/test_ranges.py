"""A range that is said behind a formula is the range of the equation."""

from __future__ import annotations

import pytest
from own_lectures import judge, read, read_all
from sympy import Symbol

from symbackprop.lecture.ranges import find_ranges
from symbackprop.verification.models import OwnNetwork

L = Symbol("L", integer=True)
SLIDE = (
    r"z^l = W^l a^{l-1} + b^l",
    r"a^l = \phi(z^l) \quad (l = 1, \dots, L-1)",
    r"a^L = z^L",
    r"C = \frac12 \|a^L - y\|^2",
)
LOCAL = r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial a^l} \odot \phi'(z^l)"


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        (r"a^l = z^l \quad (l = 1, \dots, L-1)", {"l": (1, L - 1)}),
        (r"a^l = z^l, \quad l = 2, \dots, L", {"l": (2, L)}),
        (r"a^l = z^l \quad (l = 1, 2)", {"l": (1, 2)}),
        (r"a^l = z^l \quad (l = 1, 2, \dots, L)", {}),
        (r"a^l = z^l \quad (l = 1)", {}),
        (r"a^l = z^l, \quad l = 1", {}),
        (r"a^l = z^l, \quad v^l = (1, \dots, L)", {}),
        (r"a^l = z^l", {}),
    ],
)
def test_a_range_belongs_to_what_stands_before(text: str, ranges: dict) -> None:
    first, *others = read_all(text)
    found = find_ranges([first, *others])
    assert found.get(id(first.sides[1]), {}) == ranges
    assert not any(id(side) in found for other in others for side in other.sides)


def test_a_last_layer_of_its_own_is_defined_beside_the_others() -> None:
    system = read(*SLIDE).arrays.system
    (hidden,) = (e for e in system.equations if e.name == "a^" and e.axes[0].kind == "layer")
    assert hidden.axes[0].high == L - 1
    assert any(e.name == "a^" and e.indices[0] == L for e in system.equations)


def test_without_a_range_the_last_layer_must_agree() -> None:
    first = r"a^l = \phi(z^l)"
    assert judge((SLIDE[0], first, SLIDE[3]), r"a^L = z^L") in ("wrong", "not-checkable")
    assert judge((SLIDE[0], first, SLIDE[3]), r"a^L = \phi(z^L)") == "holds"


def test_a_claim_holds_where_it_is_said() -> None:
    assert judge(SLIDE, r"\frac{\partial C}{\partial z^L} = a^L - y") == "holds"
    assert judge(SLIDE, LOCAL) == "wrong"
    statements = read_all(*SLIDE, LOCAL + r"\quad (l = 1, \dots, L-1)")
    judgement = OwnNetwork(statements).judge(statements[-2])
    assert judgement is not None and judgement.verdict == "holds"
