"""What an expression means in numbers, held against the same meaning entry by entry."""

from __future__ import annotations

import math

import pytest
from cases import SYSTEMS
from entry_by_entry import EntryByEntry
from hypothesis import given
from hypothesis import strategies as st
from other_networks import OTHERS
from sympy import (
    ITE,
    Eq,
    IndexedBase,
    Integer,
    Max,
    Min,
    Mul,
    Ne,
    Piecewise,
    Sum,
    Symbol,
    exp,
    log,
    sign,
    symbols,
)

from symbackprop.equations import Axis, Equation, System
from symbackprop.errors import InputError
from symbackprop.functions import name_function
from symbackprop.network.network import mlp
from symbackprop.number_types import PRECISE, Field, UndefinedError
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.random_worlds import draw_world
from symbackprop.worlds import MissingError, World, build_world, forward

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


def test_what_is_undefined_is_so_each_time_it_is_asked_for() -> None:
    world = build_world(System([Eq(q, log(x)), Eq(f, q + y)]), {}, {("x",): -1.0, ("y",): 2.0})
    for _ in range(2):
        with pytest.raises(UndefinedError, match="logarithm"):
            world.value(f)


def test_missing_values_and_circles_are_named() -> None:
    with pytest.raises(InputError, match="x is read"):
        instance_of(x + y, y=1.0)
    circle = System([Eq(q, f), Eq(f, q)])
    with pytest.raises(InputError, match="in terms of itself"):
        forward(build_world(circle, {}, {}))


def test_definitions_are_told_apart_by_every_number_in_their_places() -> None:
    h = IndexedBase("h")
    j = Symbol("j", integer=True)
    system = System([Eq(h[j, 1], x), Eq(h[j, 2], 2 * x), Eq(f, h[1, 2])], axes={j: (1, 2)})
    world = build_world(system, {}, {("x",): 3.0})
    assert world.value(f) == world.value(h[2, 2]) == 6
    assert world.value(h[1, 1]) == 3


def test_a_diagonal_defines_nothing_beside_it() -> None:
    h, j = IndexedBase("h"), Symbol("j", integer=True)
    system = System([Eq(h[j, j], x), Eq(f, h[1, 1])], axes={j: (1, 2)})
    world = build_world(system, {}, {("x",): 3.0})
    assert world.value(h[2, 2]) == 3
    with pytest.raises(MissingError, match="no equation defines it"):
        world.value(h[1, 2])


def test_fifty_digits_agree_with_doubles() -> None:
    system = mlp(activation="gelu").system
    double, precise = draw_world(system, 1), draw_world(system, 1, PRECISE)
    assert double.value(Symbol("C")) == pytest.approx(float(precise.value(Symbol("C"))), rel=1e-14)


def test_a_sign_has_a_value_and_no_slope() -> None:
    for u, expected in ((-2.0, -1), (0.0, 0), (3.0, 1)):
        world = instance_of(sign(x) * y, x=u, y=5.0)
        assert world.value(f) == 5 * expected
        assert world.derivative(("f",), ("x",)) == 0
        assert world.derivative(("f",), ("y",)) == expected


@pytest.mark.parametrize(
    ("condition", "at_equal", "below", "above"),
    [
        (Eq(x, y), True, False, False),
        (Ne(x, y), False, True, True),
        (x < y, False, True, False),
        (x <= y, True, True, False),
        (x > y, False, False, True),
        (x >= y, True, False, True),
        ((x > 0) & (x < y), False, True, False),
        ((x < 0) | (x > y), False, False, True),
        (~(x > y), True, True, False),
        (ITE(x > 1.5, x > y, x < y), False, True, True),
    ],
)
def test_conditions_hold_where_they_say(condition, at_equal, below, above) -> None:
    for u, expected in ((2.0, at_equal), (1.0, below), (3.0, above)):
        world = instance_of(Piecewise((q, condition), (0, True)) + 0 * x * y, x=u, y=2.0, q=7.0)
        assert world.value(condition.func(*condition.args), {}) is expected
        assert world.value(Piecewise((q, condition), (0, True))) == (7 if expected else 0)


def test_a_number_of_a_branch_is_a_number_like_any_other() -> None:
    world = instance_of(Piecewise((x, x > 0), (0, True)), x=-1.0)
    assert (world.value(f), type(world.value(f))) == (0, float)


def test_a_function_of_a_number_is_no_constant() -> None:
    sigma = name_function("sigma")
    world = draw_world(System([Eq(f, sigma(x))]), 1)
    at_zero = world.value(sigma(Integer(0)))
    assert world.value(sigma(Integer(0)) ** 2 + Chain(Integer(1), Integer(3)) ** 2) == (
        at_zero**2 + 9
    )


def test_a_power_that_is_no_integer_has_both_slopes() -> None:
    world = instance_of(x**y, x=2.0, y=1.5)
    assert world.value(f) == pytest.approx(2**1.5)
    assert world.derivative(("f",), ("x",)) == pytest.approx(1.5 * 2**0.5)
    assert world.derivative(("f",), ("y",)) == pytest.approx(2**1.5 * math.log(2))


def test_a_total_derivative_has_all_ways_and_a_direct_one_its_own() -> None:
    system = System([Eq(q, x**2), Eq(f, q * x)])
    world = build_world(system, {}, {("x",): 3.0})
    assert world.derivative(("f",), ("x",)) == 27
    assert world.value(Partial(f, x)) == 27
    assert world.value(Direct(f, x)) == 9
    assert world.value(Direct(f, y := Symbol("q"))) == 3
    assert world.derivative(("q",), ("f",)) == 0
    for kind in (Direct, Partial):
        with pytest.raises(MissingError, match="y is read"):
            world.value(kind(f, symbols("y")))
    assert y == q


def test_adjoints_by_name_are_derivatives_and_exist_where_their_entries_do() -> None:
    world = draw_world(mlp().system, 1)
    slope = IndexedBase("∂C/∂z")
    assert world.value(slope[2, 1]) == world.derivative(("C",), ("z", 2, 1))
    with pytest.raises(MissingError, match=r"z\[3, 1\] is read"):
        world.value(slope[3, 1])
    with pytest.raises(MissingError, match=r"z\[1\] is read"):
        world.value(slope[1])


def test_a_sample_has_the_derivative_of_its_own_cost() -> None:
    world = draw_world(mlp(batch=True).system, 1)
    slope = IndexedBase("∂C_i/∂z")
    for sample in (1, 2):
        expected = world.derivative(("C_i", sample), ("z", 1, sample, 2))
        assert world.value(slope[1, sample, 2]) == expected != 0


# --- the same meaning entry by entry -----------------------------------------------------------

ONE_BY_ONE = {
    name: system
    for name, system in (SYSTEMS | OTHERS).items()
    # too many paths for the slow way
    if name not in ("twelve layers", "2-3-4-2, tanh and softmax, batch, L2")
}


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_values_and_derivatives_are_those_entry_by_entry(name: str) -> None:
    system = ONE_BY_ONE[name]
    world = draw_world(system, 1)
    slow = EntryByEntry(world)
    entries = [key for key in slow.numbers if key not in slow.sizes]
    for key in entries:
        assert world.look_up(key) == pytest.approx(slow.numbers[key].real, rel=1e-12, abs=1e-14)
    computed = [key for key in slow.rules if key != (system.cost,)]
    for of in ((system.cost,), *computed[:: max(1, len(computed) // 4)]):
        for by in entries[:: max(1, len(entries) // 25)]:
            expected = slow.derivative(of, by)
            assert world.derivative(of, by) == pytest.approx(expected, rel=1e-9, abs=1e-12)


INDICES = symbols("i j k p", integer=True)
A, B, c = IndexedBase("A"), IndexedBase("B"), IndexedBase("c")


@st.composite
def sums_of_products(draw: st.DrawFn):
    """Nested sums with ranges that may depend on the indices outside them."""
    count = draw(st.integers(1, 4))
    bounds = list(INDICES[:count])
    anywhere = st.sampled_from([*bounds, Integer(1), Integer(2)])
    shifted = st.builds(lambda s, by: s + by, anywhere, st.integers(0, 1))
    factors = st.one_of(
        st.builds(lambda s, t: A[s, t], shifted, anywhere),
        st.builds(lambda s, t: B[s, t], anywhere, anywhere),
        st.builds(lambda s: c[s], anywhere),
        st.builds(lambda s, t: c[s] + c[t], anywhere, anywhere),
        st.builds(
            lambda s: Sum(A[s, INDICES[3]] * c[INDICES[3]], (INDICES[3], 1, 2)),
            st.sampled_from(bounds),
        ),
        st.sampled_from([*bounds, Integer(3), Symbol("x")]),
    )
    body = Chain(Integer(1), *draw(st.lists(factors, min_size=1, max_size=5)))
    if draw(st.booleans()):
        body = Mul(*body.args) + draw(factors)
    for position, bound in reversed(list(enumerate(bounds))):
        outer = st.sampled_from([Integer(1), Integer(2), *bounds[:position]])
        low, high = draw(st.sampled_from([Integer(0), Integer(1)])), draw(outer)
        if draw(st.booleans()):
            high = Min(high + 1, Integer(3))
        body = Sum(body, (bound, low + 1, high))
    return body


@given(sums_of_products())
def test_sums_are_carried_out_index_by_index_and_mean_the_same(total) -> None:
    ones = range(1, 5)
    numbers = {("A", u, v): 0.3 * u - v for u in ones for v in ones}
    numbers |= {("B", u, v): u * v + 0.5 for u in ones for v in ones}
    numbers |= {("c", u): 1.0 / u for u in ones} | {("x",): 1.25}
    world = build_world(System([Eq(f, x)]), {}, numbers)
    expected = EntryByEntry(world).value(total, {}).real
    assert world.value(total) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_an_index_may_have_the_letter_of_a_quantity() -> None:
    k = Symbol("k")
    values = IndexedBase(k)
    numbers = {("k", 1): 2.0, ("k", 2): 5.0}
    world = build_world(System([Eq(f, x)]), {}, numbers)
    assert world.value(Sum(values[k] * k, (k, 1, 2))) == 12


def test_an_index_that_is_used_again_within_a_sum_is_another_one() -> None:
    numbers = {("c", 1): 2.0, ("c", 2): 5.0, ("c", 3): 7.0}
    world = build_world(System([Eq(f, x)]), {}, numbers)
    j = Symbol("j", integer=True)
    inner = Sum(c[j], (j, 1, 2))
    assert world.value(Sum(inner, (j, 1, 3))) == 21
    assert world.value(Sum(c[j] * inner, (j, 1, 3))) == 98


def test_an_index_cannot_bound_itself() -> None:
    k = Symbol("k", integer=True)
    with pytest.raises(InputError, match="bounds its own sum"):
        instance_of(x, x=1.0).value(Sum(k, (k, 1, k)))


def make_chain(depth: int) -> tuple[System, Equation]:
    """∂C/∂W[1, j, k] as the product of all links of the network, summed over every layer."""
    system = mlp([2] * (depth + 1), activation="tanh").system
    z, a, W, n = map(IndexedBase, ("z", "a", "W", "n"))
    cost, (*neurons, k) = Symbol("C"), symbols(f"j1:{depth + 1} k", integer=True)
    links = [Partial(cost, z[depth, neurons[-1]])]
    for layer in range(depth, 1, -1):
        links.append(Partial(z[layer, neurons[layer - 1]], a[layer - 1, neurons[layer - 2]]))
        links.append(Partial(a[layer - 1, neurons[layer - 2]], z[layer - 1, neurons[layer - 2]]))
    chain = Chain(*links, Partial(z[1, neurons[0]], W[1, neurons[0], k]))
    for layer in range(depth, 1, -1):
        chain = Sum(chain, (neurons[layer - 1], 1, n[layer]))
    axes = (Axis(neurons[0], Integer(1), n[1]), Axis(k, Integer(1), n[0]))
    return system, Equation(Partial(cost, W[1, neurons[0], k]), chain, axes)


def count_links(depth: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many derivatives are looked up to find a chain's value at one place."""
    system, equation = make_chain(depth)
    world = draw_world(system, 1)
    place = world.places(equation.axes)[-1]
    expected = world.value(equation.lhs, place)
    looked_up = []
    derivative = World.derivative

    def count(self: World, of: tuple, by: tuple) -> float:
        looked_up.append((of, by))
        return derivative(self, of, by)

    with monkeypatch.context() as patch:
        patch.setattr(World, "derivative", count)
        assert world.value(equation.rhs, place) == pytest.approx(expected, rel=1e-12)
    return len(looked_up)


def test_a_chain_takes_as_many_steps_as_it_has_links(monkeypatch: pytest.MonkeyPatch) -> None:
    six, twelve, many = (count_links(depth, monkeypatch) for depth in (6, 12, 24))
    assert 0 < twelve < 2.5 * six
    assert many < 2.5 * twelve


def test_a_direct_derivative_is_worked_out_when_it_is_asked_for_first() -> None:
    h = Symbol("h")
    system = System([Eq(h, x * y), Eq(f, h**2 + 3 * x)])
    for of, by, direct in ((f, x, 3), (h, x, 7.0), (f, y, 0)):
        world = build_world(system, {}, {("x",): 2.0, ("y",): 7.0})
        assert world.direct((of.name,), (by.name,)) == direct
        with pytest.raises(MissingError):
            world.direct((of.name,), ("q",))


def test_an_exponential_of_a_sum_is_a_product_in_slopes_too() -> None:
    system = System([Eq(f, exp(x + y) * x)])
    world = draw_world(system, 1, Field("1"))
    product = exp(x) * exp(y)
    assert world.value(f) == world.value(product * x)
    assert world.derivative(("f",), ("y",)) == world.value(product * x)
    assert world.derivative(("f",), ("x",)) == world.value(product + product * x)
