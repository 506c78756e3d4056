"""Which networks a text states: costs and outputs, the nearest before a place first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.networks import (
    OUTPUT_OF,
    SQUARES,
    is_softmax,
    list_costs,
    list_doubts,
    list_outputs,
    order_networks,
)

ENTROPY, BINARY = "cross-entropy", "binary-cross-entropy"
Stated = list[tuple[int, str]]


def read(*formulas: str) -> list[tree.Statement]:
    return [s for formula in formulas for s in read_formula(formula).statements]


def order(
    costs: Stated, outputs: Stated, place: int, lexicon: Lexicon | None = None
) -> list[tuple[str, str | None]]:
    found = order_networks(lexicon or Lexicon(), costs, outputs, place)
    return [(network.cost, network.output) for network in found]


def test_costs_are_listed_by_place() -> None:
    statements = read(
        r"z^l = W^l a^{l-1} + b^l",
        r"C = \frac{1}{2} \sum_j (y_j - a^L_j)^2",
        r"q = \sum_j (y_j - a^L_j)^2",  # no cost by its letter
        r"C = -\sum_j y_j \ln a^L_j",
        r"C(w) = C_0 = \sum_j (y_j - a^L_j)^2",  # a later side, of a function
        r"C = 3",
    )
    assert list_costs(statements, Lexicon()) == [(1, "half-sse"), (3, ENTROPY), (4, "sse")]


def test_outputs_are_listed_by_place() -> None:
    statements = read(
        r"a^l = \sigma(z^l)",
        r"a^L_j = \frac{e^{z^L_j}}{\sum_k e^{z^L_k}}",
        r"a^L_j = z^L_j",
        r"a^l_j = z^l_j",  # not the last layer
        r"a^L = \mathrm{softmax}(z^L)",
        r"q_j = \frac{e^{z^L_j}}{\sum_k e^{z^L_k}}",  # no activation
    )
    found = list_outputs(statements, Lexicon())
    assert found == [(1, "softmax"), (2, "identity"), (4, "softmax")]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac{e^{z_j}}{\sum_k e^{z_k}}", True),
        (r"\frac{\exp(z_j)}{\sum_k \exp(z_k)}", True),
        (r"\mathrm{softmax}(z)", True),
        (r"\frac{z_j}{\sum_k z_k}", False),
        (r"\frac{1}{1 + e^{-z}}", False),
        (r"\sigma(z)", False),
    ],
)
def test_softmax(formula: str, expected: bool) -> None:
    assert is_softmax(read(f"a = {formula}")[0].sides[1]) == expected


def test_without_a_stated_cost_the_presumed_one_counts() -> None:
    assert order([], [], 3) == [("half-sse", None)]
    assert order([], [], 3, Lexicon(cost="sse")) == [("sse", None)]


def test_the_last_cost_before_a_place_comes_first() -> None:
    costs = [(0, "half-sse"), (4, ENTROPY), (8, BINARY)]
    firsts = [order(costs, [], place)[0][0] for place in (0, 3, 4, 7, 8, 20)]
    assert firsts == ["half-sse", "half-sse", ENTROPY, ENTROPY, BINARY, BINARY]
    # one that is stated only later counts too
    assert order([(5, ENTROPY)], [], 1) == [(ENTROPY, "softmax")]


def test_of_two_squares_the_first_counts() -> None:
    assert order([(0, "half-sse"), (5, "sse")], [], 9) == [("half-sse", None)]
    assert order([(0, "sse"), (5, "half-sse")], [], 9) == [("sse", None)]


def test_a_cost_brings_its_usual_output() -> None:
    assert order([(0, ENTROPY)], [], 1) == [(ENTROPY, "softmax")]
    assert order([(0, BINARY)], [], 1) == [(BINARY, "sigmoid")]
    # the output is what all layers have
    assert order([(0, BINARY)], [], 1, Lexicon(activation="sigmoid")) == [(BINARY, None)]


def test_a_stated_output_is_tried_too() -> None:
    found = order([(0, "half-sse")], [(1, "identity")], 2)
    assert found == [("half-sse", None), ("half-sse", "identity")]
    found = order([(0, ENTROPY)], [(1, "identity")], 2)
    assert found == [(ENTROPY, "softmax"), ("half-sse", "identity")]


kinds = st.sampled_from(["half-sse", "sse", ENTROPY, BINARY])
stated_costs = st.lists(st.tuples(st.integers(0, 9), kinds), max_size=5)
stated_outputs = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["softmax", "identity"])), max_size=3
)


@given(stated_costs, stated_outputs, st.integers(0, 9))
def test_what_is_stated_is_in_some_order_once(costs: Stated, outputs: Stated, place: int) -> None:
    found = order(costs, outputs, place)
    assert found and len(found) == len(set(found))
    stated = {kind for _, kind in costs}
    tried = {cost for cost, _ in found}
    assert stated - set(SQUARES) <= tried
    assert {output for _, output in outputs} <= {output for _, output in found}
    assert all(output == OUTPUT_OF[cost] for cost, output in found if cost in OUTPUT_OF)


def test_doubts_are_other_networks_with_the_same_letters() -> None:
    lexicon = Lexicon(shift=1)
    doubts = list_doubts(lexicon)
    assert len({(d.cost, d.output) for d in doubts}) == len(doubts) > 2
    assert all(d.shift == 1 and d.quantities == lexicon.quantities for d in doubts)
    assert ("half-sse", None) not in {(d.cost, d.output) for d in doubts}
