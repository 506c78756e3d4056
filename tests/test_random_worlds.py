"""Worlds are drawn so that what can differ does: widths, depths, numbers."""

from __future__ import annotations

import pytest
from cases import SYSTEMS
from hypothesis import given
from hypothesis import strategies as st
from other_networks import OTHERS
from sympy import Eq, IndexedBase, Sum, Symbol, exp, log, symbols

from symbackprop.equations import GIVEN, System
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.number_types import DOUBLE, PRECISE, Field, Residue
from symbackprop.random_worlds import NEAR, draw_sizes, draw_world, tell_sizes

ALL = SYSTEMS | OTHERS
q, x, f = symbols("q x f")


@pytest.mark.parametrize("name", ALL)
@given(seed=st.integers(0, 50), depth=st.integers(1, 6), smallest=st.integers(2, 4))
def test_sizes_are_distinct_and_above_one(name: str, seed: int, depth: int, smallest: int) -> None:
    sizes = draw_sizes(ALL[name], seed, depth, smallest)
    layers = [sizes[key] for key in sorted(sizes) if key[0] == "n" and len(key) == 2]
    others = [size for key, size in sizes.items() if len(key) == 1 and key != ("L",)]
    assert sizes.keys() >= {(s.name,) for s in ALL[name].size_symbols if s.name not in "Ln"}
    assert all(size >= smallest for size in (*layers, *others))
    for start in range(len(layers)):
        near = layers[start : start + NEAR]
        assert len({*near, *others}) == len(near) + len(others)
    if not layers and ("L",) in sizes:
        assert sizes["L",] not in others


def test_a_symbolic_depth_is_that_asked_for_and_two_and_three_by_turns() -> None:
    system = mlp().system
    assert draw_sizes(system, 1, depth=5)["L",] == 5
    assert {draw_world(system, seed).sizes["L",] for seed in (1, 2)} == {2, 3}
    assert {draw_world(system, seed).sizes["L",] for seed in (2, 3)} == {2, 3}
    first, second = (tell_sizes(draw_world(system, seed).sizes) for seed in (1, 2))
    assert len(first.split("-")) + 1 == len(second.split("-"))


def test_a_depth_without_widths_is_a_size_like_the_others() -> None:
    h, a = IndexedBase("h"), IndexedBase("a")
    l, j, L, n, p = symbols("l j L n p", integer=True)
    equations = [Eq(h[0, j], a[j]), Eq(h[l, j], h[l - 1, j] ** 2), Eq(f, Sum(h[L, j], (j, 1, n)))]
    system = System(equations, axes={l: (1, L), j: (1, n), p: (1, L)})
    for seed in range(20):
        sizes = draw_sizes(system, seed, depth=2 + seed % 3)
        assert sizes["L",] == 2 + seed % 3 != sizes["n",]


def test_a_depth_that_is_declared_is_kept_and_its_widths_are_not() -> None:
    sizes = draw_sizes(mlp([2, 2, 2]).system, 1, depth=9)
    assert len(sizes) == 3
    assert set(sizes.values()) != {2}


@pytest.mark.parametrize("name", ["generic batch", "recurrent", "gelu, mse"])
def test_all_kinds_of_numbers_have_the_same_sizes(name: str) -> None:
    worlds = [draw_world(ALL[name], 4, a) for a in (DOUBLE, PRECISE, Field("4"))]
    assert worlds[0].sizes == worlds[1].sizes == worlds[2].sizes
    assert worlds[0].numbers.keys() == worlds[1].numbers.keys() == worlds[2].numbers.keys()
    for key, number in worlds[0].numbers.items():
        assert number == pytest.approx(float(worlds[1].numbers[key]), rel=1e-12, abs=1e-15)


def test_the_same_seed_draws_the_same_world_and_another_one_another() -> None:
    for make in (lambda: DOUBLE, lambda: Field("1")):
        one, same, other = (
            draw_world(mlp().system, seed, make(), draw_sizes(mlp().system, 1, 2))
            for seed in (1, 1, 2)
        )
        assert one.numbers == same.numbers
        assert one.value(Symbol("C")) != other.value(Symbol("C"))


@pytest.mark.parametrize("batch", [False, True])
def test_declared_sums_are_exact(batch: bool) -> None:
    system = mlp(activation="softmax", cost="cross-entropy", batch=batch).system
    world = draw_world(system, 2, Field("2"))
    samples: dict[tuple, Residue] = {}
    for key, number in world.numbers.items():
        if key[0] == "y":
            samples[key[:-1]] = samples.get(key[:-1], Residue(0)) + number
    assert len(samples) == (world.sizes["m",] if batch else 1)
    assert set(samples.values()) == {Residue(1)}


def test_what_is_given_is_not_zero() -> None:
    for arithmetic in (DOUBLE, Field("3")):
        world = draw_world(mlp().system, 3, arithmetic)
        given_names = {n for role in GIVEN for n in world.system.names(role)}
        numbers = [number for key, number in world.numbers.items() if key[0] in given_names]
        assert all(numbers)
        assert len(set(numbers)) == len(numbers)


def test_costs_that_no_output_can_have_are_refused() -> None:
    with pytest.raises(InputError, match="no values were found"):
        draw_world(System([Eq(q, -exp(x)), Eq(f, log(q))]), 1)


def test_many_layers_are_told_in_few_words() -> None:
    sizes = draw_sizes(mlp([2] * 31).system, 1, 2)
    assert tell_sizes(sizes).endswith(" (30 layers)")
    assert len(tell_sizes(sizes)) < 25
    assert tell_sizes({}) == ""
