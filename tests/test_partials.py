"""What sympy would lose is kept: order, braces, partial derivatives as symbols."""

from __future__ import annotations

from sympy import Integer, symbols

from symbackprop.partials import Braced, Chain, Direct, Partial, Ways, flatten

a, b, c, d = symbols("a b c d")


def test_a_chain_keeps_its_order_and_a_product_does_not() -> None:
    assert Chain(b, a).args == (b, a) and Chain(b, a) != Chain(a, b)
    assert flatten(Chain(b, a)) == a * b


def test_nested_chains_and_braces_are_all_forgotten() -> None:
    nested = 1 + Chain(c, Braced(a + Chain(b, Braced(d, c)), d), Integer(2))
    assert flatten(nested) == 1 + 2 * c * (a + b * d)
    assert flatten(a + b) == a + b


def test_whole_and_direct_derivatives_are_not_the_same_and_not_worked_out() -> None:
    assert Partial(c, a) != Direct(c, a) != Ways(a, c, c, b)
    assert Partial(a, a) != 1 and Partial(c, a) - Direct(c, a) != 0
    assert flatten(Chain(Partial(c, a), Direct(a, b))) == Partial(c, a) * Direct(a, b)
