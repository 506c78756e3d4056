"""What an expression means in numbers, and slopes found without rules of differentiation."""

from __future__ import annotations

import math

import pytest
from cases import SYSTEMS
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Max, Piecewise, Symbol, exp, log, symbols

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.number_types import PRECISE, UndefinedError
from symbackprop.partials import Braced, Chain, Partial
from symbackprop.random_worlds import draw_world
from symbackprop.worlds import build_world, forward

x, y, q, f = symbols("x y q f")
reals = st.floats(-3, 3, allow_nan=False)


def instance_of(expression, **numbers: float):
    system = System([Eq(f, expression)])
    world = build_world(system, {}, {(name,): value for name, value in numbers.items()})
    forward(world)
    return world


@given(reals, reals)
def test_values_and_slopes_are_those_of_the_formula(u: float, v: float) -> None:
    world = instance_of(x * exp(y) + x**3, x=u, y=v)
    assert world.value(f) == pytest.approx(u * math.exp(v) + u**3, abs=1e-12)
    assert world.derivative(("f",), ("x",)) == pytest.approx(math.exp(v) + 3 * u**2, abs=1e-12)
    assert world.derivative(("f",), ("y",)) == pytest.approx(u * math.exp(v), abs=1e-12)


def test_a_maximum_has_the_slope_of_its_larger_side() -> None:
    world = instance_of(Max(x, y), x=1.0, y=2.0)
    assert (world.derivative(("f",), ("x",)), world.derivative(("f",), ("y",))) == (0, 1)


def test_cases_choose_by_their_condition() -> None:
    world = instance_of(Piecewise((x, x > 0), (0, True)) + 0 * y, x=-1.0, y=0.0)
    assert world.value(f) == 0


def test_a_chain_keeps_its_product_and_a_brace_its_expression() -> None:
    world = instance_of(x * y, x=2.0, y=5.0)
    assert world.value(Chain(x, Braced(y, q))) == 10
    assert world.value(Partial(f, x)) == 5


def test_what_is_undefined_is_not_a_number() -> None:
    with pytest.raises(UndefinedError, match="logarithm"):
        instance_of(log(x), x=-1.0)
    with pytest.raises(UndefinedError):
        instance_of(1 / x, x=0.0)


def test_missing_values_and_circles_are_named() -> None:
    with pytest.raises(InputError, match="x is read"):
        instance_of(x + y, y=1.0)
    circle = System([Eq(q, f), Eq(f, q)])
    with pytest.raises(InputError, match="in terms of itself"):
        forward(build_world(circle, {}, {}))


@pytest.mark.parametrize("name", SYSTEMS)
def test_random_instances_have_distinct_widths_above_one(name: str) -> None:
    instance = draw_world(SYSTEMS[name], seed=3)
    widths = [size for key, size in instance.sizes.items() if key[0] == "n" and len(key) == 2]
    assert all(w > 1 for w in widths)
    assert len(set(widths)) == len(widths)


def test_fifty_digits_agree_with_doubles() -> None:
    system = mlp(activation="gelu").system
    double, precise = draw_world(system, 1), draw_world(system, 1, PRECISE)
    assert double.value(Symbol("C")) == pytest.approx(float(precise.value(Symbol("C"))), rel=1e-14)


def test_costs_that_no_output_can_have_are_refused() -> None:
    with pytest.raises(InputError, match="no values were found"):
        draw_world(System([Eq(q, -exp(x)), Eq(f, log(q))]), 1)
