"""Values of links: right wherever they are read, and 0 where they are not."""

from __future__ import annotations

import pytest
from explained import derive
from kinds import GRAPHS
from sympy import IndexedBase, Integer, Piecewise, symbols

from symbackprop.derivation.slopes import differentiate_link
from symbackprop.equations import Axis, Equation
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.partials import Direct
from symbackprop.proofs import holds

j, k, l, t, n, L, T = symbols("j k l t n L T", integer=True)


def axis(symbol, low, high, kind="neuron") -> Axis:
    return Axis(symbol, Integer(low), Integer(high) if isinstance(high, int) else high, kind)


@pytest.mark.parametrize(
    ("name", "upper", "lower"),
    [
        ("convolution in two dimensions", ("z", 2), ("x", 2)),
        ("read at two places", ("o", 1), ("h", 1)),
        ("attention", ("e", 2), ("s", 2)),
        ("two steps back", ("z", 1), ("h", 1)),
        ("a quadratic form", ("C", 0), ("u", 1)),
        ("normalised", ("v", 0), ("u", 1)),
    ],
)
def test_a_value_holds_at_every_pair_of_places(name, upper, lower) -> None:
    system = GRAPHS[name]
    letters = symbols("j1 j2 k1 k2", integer=True)
    quantities = [system.quantities[found[0]] for found in (upper, lower)]
    at = [letters[: upper[1]], letters[2 : 2 + lower[1]]]
    axes = tuple(
        Axis(s, a.low, a.high, a.kind)
        for q, own in zip(quantities, at, strict=True)
        for s, a in zip(own, q.axes, strict=True)
    )
    link = Direct(*(q.at(*own) for q, own in zip(quantities, at, strict=True)))
    value = differentiate_link(system, link, axes)
    assert holds(derive(system).folded, Equation(link, value, axes))


def test_a_place_outside_the_window_has_a_condition() -> None:
    system = GRAPHS["convolution in one dimension"]
    z, x = IndexedBase("z"), IndexedBase("x")
    everywhere = (axis(j, 1, n + 2), axis(k, 1, n + 4))
    assert differentiate_link(system, Direct(z[j], x[k]), everywhere).has(Piecewise)
    assert not differentiate_link(system, Direct(z[j], x[j + 1]), everywhere[:1]).has(Piecewise)


def test_a_read_at_another_place_has_no_part() -> None:
    h, C = IndexedBase("h"), symbols("C")
    link = Direct(C, h[T])
    assert str(differentiate_link(GRAPHS["shifted and fixed places"], link, ())) == "h[T - 1] + 1"


def test_what_no_equation_defines_over_its_range_is_told() -> None:
    a, z = IndexedBase("a"), IndexedBase("z")
    link, layers = Direct(a[l, j], z[l, j]), (axis(l, 0, L, "layer"), axis(j, 1, n))
    with pytest.raises(InputError, match="no equation defines it over the whole of its range"):
        differentiate_link(mlp().system, link, layers)
