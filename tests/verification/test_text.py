"""One document: its layers and readings, its numbers, and what holds at each place of it."""

from __future__ import annotations

import pytest
from opened_texts import list_statements, open_text, read_side

from symbackprop.reading.tree import Derivative, ReadError
from symbackprop.verification.lexicon import Lexicon, spell
from symbackprop.verification.text import (
    Text,
    find_prime,
    list_links,
    may_have_layers,
    writes_layers,
)

LAYERED = (r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)")
GRAPH = ("q = x + y", "f = q z", "q = x - y")


@pytest.mark.parametrize(
    ("formulas", "layered"),
    [(LAYERED, True), (GRAPH, False), (("a^2 + b^2 = c^2",), False), (("a^{(2)} = x",), True)],
)
def test_a_text_has_layers_where_it_writes_them(formulas: tuple[str, ...], layered: bool) -> None:
    assert open_text(*formulas).layered is layered


def test_a_declared_network_makes_a_number_a_layer() -> None:
    (statement,) = list_statements("a^2 = x")
    assert not writes_layers(Lexicon(), statement)
    assert writes_layers(Lexicon(declared=True), statement)
    assert Text([], Lexicon(declared=True)).layered


@pytest.mark.parametrize(
    ("formula", "vectors", "weights"),
    [
        # without an index nothing says in which order they stand
        (r"z^l = W^l a^{l-1} + b^l", {"column"}, {"jk", "kj"}),
        (r"z^l = a^{l-1} W^l + b^l", {"row"}, {"jk", "kj"}),
        (r"z^l_j = \sum_k w^l_{kj} a^{l-1}_k + b^l_j", {"column", "row"}, {"kj"}),
    ],
)
def test_a_weighted_sum_says_how_vectors_lie_and_weights_are_indexed(
    formula: str, vectors: set[str], weights: set[str]
) -> None:
    text = open_text(formula, r"a^l = \sigma(z^l)")
    assert {r.vectors for r in text.readings} <= vectors
    assert {r.weights for r in text.readings} == weights
    assert text.unfit == ""


def test_a_weighted_sum_of_no_layered_network_is_told() -> None:
    text = open_text("z^l = W^l a^{l-1} + 2 b^l", r"a^l = \sigma(z^l)")
    assert text.readings and text.unfit != ""


@pytest.mark.parametrize(
    ("written", "weights"), [(["jk"], "jk"), (["kj"], "kj"), (["jk", "kj"], "jk")]
)
def test_the_order_of_the_indices_is_that_in_which_more_holds(
    written: list[str], weights: str
) -> None:
    slope = r"\frac{\partial C}{\partial w^l_{%s}} = \delta^l_j a^{l-1}_k"
    text = open_text(*LAYERED, *(slope % order for order in written))
    assert {r.weights for r in text.readings} == {weights}


@pytest.mark.parametrize(
    ("formulas", "numbered"),
    [
        (("z^{(1)} = W^{(1)} x", r"a^{(1)} = \tanh(z^{(1)})"), True),
        (("z^{(1)} = W^{(1)} x", r"a^{(l)} = \tanh(z^{(l)})"), False),
        ((r"\delta^{(1)} = x",), False),
        (("q^{(k)} = x", r"a^{(1)} = \tanh(z^{(1)})"), True),
        (GRAPH, False),
    ],
)
def test_a_text_may_number_its_layers(formulas: tuple[str, ...], numbered: bool) -> None:
    assert open_text(*formulas).numbered is numbered


def test_of_two_networks_the_nearest_comes_first() -> None:
    halved = r"C = \frac12 \sum_j (y_j - a^L_j)^2"
    entropy = r"C = -\sum_j y_j \log a^L_j"
    text = open_text(*LAYERED, halved, r"\delta^L = x", entropy, r"\delta^L = 2 x")
    costs = []
    for statement in text.statements:
        text.enter(statement)
        costs.append([network.cost for network in text.networks])
    assert costs[3][0] == "half-sse" and costs[5][0] == "cross-entropy"
    assert Text([], Lexicon(cost="sse", declared=True)).networks[0].cost == "sse"


def test_what_is_defined_is_that_of_the_place() -> None:
    text = open_text(*GRAPH)
    bodies = []
    for statement in text.statements:
        text.enter(statement)
        bodies.append({name: spell(d.body) for name, d in text.definitions.items()}.get("q"))
    first, _, last = bodies
    assert first != last and "-" in (last or "")
    # what does not stand in the text is judged from where the reading stands
    text.enter(list_statements("f = q z")[0])
    assert text.place == 2 and not text.is_written


@pytest.mark.parametrize(
    ("formulas", "values"),
    [
        (("x = -2", "y = 5"), {"x": -2.0, "y": 5.0}),
        (("z = w x + b = 0.3 \\cdot 0.5 + 0.1",), {"w": 0.3, "x": 0.5, "b": 0.1}),
        (("z = w x + b", "z = (0.3 \\cdot 0.5) + 0.1"), {"w": 0.3, "x": 0.5, "b": 0.1}),
        (("z = 2 w",), {}),
    ],
)
def test_numbers_that_a_text_gives_are_found(
    formulas: tuple[str, ...], values: dict[str, float]
) -> None:
    found = open_text(*formulas).values
    assert {name: found.get(name) for name in values} == values
    assert values or "w" not in found


def test_numbers_count_up_to_the_place_at_which_they_are_given() -> None:
    text = open_text("x = 1", "z = x y", "x = 0.5", "x = 2")
    places = []
    for statement in text.statements:
        text.enter(statement)
        places.append((text.list_values("x"), text.given))
    assert places[1] == ([1.0], {"x": 1.0})
    assert places[3][0] == [1.0, 0.5, 2.0]
    # a value with decimals is no case
    assert places[3][1] == {"x": 1.0} and text.cases == {"x"}


def test_the_first_to_say_what_something_is_introduces_it() -> None:
    text = open_text("z^l = W^l a^{l-1} + b^l", "z^L = W^L a^{L-1} + b^L", "q = x", "q = y")
    assert {place for place, _ in text.found} >= {0, 2}
    assert 2 in text.introductions and 3 not in text.introductions


def test_a_condition_in_words_belongs_to_the_statement_before() -> None:
    text = open_text(r"h = z \quad \text{if $z > 0$}", "h = 0")
    conditions = [text.find_condition(statement) for statement in text.statements]
    assert conditions[0] == "if" and not any(conditions[1:])


def test_definitions_that_cannot_be_worked_out_are_set_apart() -> None:
    text = open_text("u = v + 1", "v = u + 1", "q = x + y")
    broken = [d.name for d in text.broken.values()]
    assert broken and "q" not in broken


def test_random_worlds_hold_what_is_defined_at_the_place() -> None:
    text = open_text(*GRAPH)
    text.enter(text.statements[1])
    _, families, lengths = text.graph_readings[0]
    scene = text.draw_graph(families, lengths, 1)
    assert {"q", "f"} <= scene.scope.definitions.keys()
    without = text.draw_graph(families, lengths, 1, other={"q": None})
    assert "q" not in without.scope.definitions


@pytest.mark.parametrize(
    ("latex", "links"),
    [
        ("a = b", [("a", "=", "b")]),
        (r"a = b \approx c", [("a", "=", "b"), ("b", "approx", "c")]),
        ("= b = c", [("b", "=", "c")]),
        ("a", []),
    ],
)
def test_sides_are_linked_with_the_sign_between_them(
    latex: str, links: list[tuple[str, str, str]]
) -> None:
    (statement,) = list_statements(latex)
    assert [(spell(a), sign, spell(b)) for a, sign, b in list_links(statement)] == links


@pytest.mark.parametrize(
    ("latex", "may"),
    [
        (r"\frac{\partial C}{\partial w} = x", True),
        (r"\frac{\partial C}{\partial w_1} = x", False),
        ("C = x", False),
    ],
)
def test_only_plain_slopes_of_a_layered_text_need_no_layers(latex: str, may: bool) -> None:
    (statement,) = list_statements(latex)
    assert may_have_layers(open_text(*LAYERED), statement) is may
    assert not may_have_layers(open_text(*GRAPH), statement)


def test_a_prime_on_brackets_is_by_what_the_chain_is_of() -> None:
    text = open_text(*GRAPH)
    assert find_prime(text) is None
    text.begun = read_side(r"\frac{\partial f}{\partial x}")
    assert isinstance(text.begun, Derivative) and find_prime(text) == text.begun.bottom


def test_a_formula_is_read_as_the_document_writes() -> None:
    turned = Text([], transposes=frozenset({"t"}))
    assert spell(turned.read("W^t x").statements[0].sides[0]) != spell(
        open_text().read("W^t x").statements[0].sides[0]
    )
    with pytest.raises(ReadError):
        turned.read("(x")
