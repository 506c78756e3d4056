"""Layered networks as scenes: what names with layers and indices are there, in numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from opened_texts import list_statements, read_side

from symbackprop.verification.layers import (
    EntryReference,
    LayeredScene,
    MisplacedLayer,
    apply_function,
    declare_system,
    is_last_layer,
)
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.meaning import Meaningless, Misplaced, Reading, State, evaluate
from symbackprop.verification.shapes import Value

PLAIN = Reading("columns")
DEEP = Lexicon(depth=3, activation="tanh", cost="sse")


def make_state(scene: LayeredScene, reading: Reading = PLAIN, **indices: int) -> State:
    return State(scene, reading, indices)


def value(scene: LayeredScene, latex: str, reading: Reading = PLAIN, **indices: int) -> Value:
    return evaluate(read_side(latex), make_state(scene, reading, **indices))


@pytest.fixture(scope="module")
def scene() -> LayeredScene:
    return LayeredScene(DEEP, 1)


def test_arrays_are_as_long_as_their_layers_are_wide(scene: LayeredScene) -> None:
    widths = [scene.width(layer) for layer in range(4)]
    assert len(set(widths)) == 4 and scene.sizes == "widths " + "-".join(map(str, widths))
    for layer in (1, 2, 3):
        assert value(scene, "W^l", l=layer).array.shape == (widths[layer], widths[layer - 1])
        assert value(scene, r"\delta^l", l=layer).array.shape == (widths[layer],)
    assert value(scene, "a^{l-1}", l=1).array.shape == (widths[0],)
    assert value(scene, "C").array.shape == ()
    with pytest.raises(MisplacedLayer, match="there is no layer 4"):
        scene.width(4)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_the_forward_pass_holds(scene: LayeredScene, layer: int) -> None:
    W, a, b, z = (value(scene, latex, l=layer).array for latex in ("W^l", "a^{l-1}", "b^l", "z^l"))
    np.testing.assert_allclose(W @ a + b, z)
    np.testing.assert_allclose(value(scene, "a^l", l=layer).array, np.tanh(z))


def test_the_cost_is_that_of_the_network(scene: LayeredScene) -> None:
    a, y = value(scene, "a^L").array, value(scene, "y").array
    np.testing.assert_allclose(value(scene, "C").array, ((a - y) ** 2).sum())
    slope = value(scene, r"\frac{\partial C}{\partial a^L}").array
    np.testing.assert_allclose(slope, 2 * (a - y))
    delta = 2 * (a - y) * (1 - a**2)
    np.testing.assert_allclose(value(scene, r"\delta^L").array, delta)
    half = LayeredScene(Lexicon(depth=3, activation="tanh"), 1)
    halved = value(half, r"\frac{\partial C}{\partial a^L}").array
    np.testing.assert_allclose(halved, value(half, "a^L - y").array)


def test_indices_pick_entries(scene: LayeredScene) -> None:
    W = value(scene, "W^l", l=2).array
    assert value(scene, "w^l_{jk}", l=2, j=2, k=1).array == W[1, 0]
    swapped = Reading("swapped", weights="kj")
    assert value(scene, "w^l_{jk}", swapped, l=2, j=1, k=2).array == W[1, 0]
    assert value(scene, r"\sum_k w^l_{1k} a^{l-1}_k + b^l_1", l=2).array == pytest.approx(
        value(scene, "z^l_1", l=2).array
    )
    rows = Reading("rows", vectors="row")
    np.testing.assert_array_equal(value(scene, "W^l", rows, l=2).array, W.T)


@pytest.mark.parametrize("vectors", ["column", "row"])
def test_slopes_lie_as_their_weights_do(scene: LayeredScene, vectors: str) -> None:
    reading = Reading("slopes", vectors=vectors)
    slope = value(scene, r"\frac{\partial C}{\partial W^l}", reading, l=2).array
    outer = np.outer(value(scene, r"\delta^2").array, value(scene, "a^1").array)
    np.testing.assert_allclose(slope, outer if vectors == "column" else outer.T)


def test_of_one_neuron_the_weights_have_one_index(scene: LayeredScene) -> None:
    one = Reading("one neuron", one_unit=True)
    W, a = value(scene, "W^l", l=2).array, value(scene, "a^l", l=1).array
    assert value(scene, "w^l_i", one, l=2, i=2).array == W[0, 1]
    assert value(scene, "w^l_{jk}", one, l=2, j=2, k=1).array == W[1, 0]
    assert value(scene, "z^l", one, l=2).array == value(scene, "z^l_1", l=2).array
    assert value(scene, "a^l_k", one, l=1, k=2).array == a[1]
    with pytest.raises(Misplaced, match="the index 9 is beyond the width"):
        value(scene, "w^l_i", one, l=2, i=9)


@pytest.mark.parametrize(
    ("latex", "same"),
    [
        # what a quantity is said to be a function of, where that is so
        ("C(a^L, y)", "C"),
        ("C(a^L)", "C"),
        ("a^l(z^l)", "a^l"),
        ("a^l_1 (1 - a^l_1)", "a^l_1 - a^l_1 a^l_1"),
    ],
)
def test_brackets_hold_an_argument_or_a_factor(scene: LayeredScene, latex: str, same: str) -> None:
    found, wanted = value(scene, latex, l=2).array, value(scene, same, l=2).array
    np.testing.assert_allclose(found, wanted)


def test_letters_of_the_network_itself_are_numbers(scene: LayeredScene) -> None:
    assert value(scene, "L").array == 3
    assert value(scene, "n_l", l=1).array == scene.width(1)
    assert value(scene, r"\delta_{jk}", j=1, k=1).array == 1
    assert value(scene, r"\delta_{jk}", j=1, k=2).array == 0


def test_one_neuron_per_layer_makes_everything_a_number() -> None:
    scalar = LayeredScene(DEEP, 1, scalar=True)
    for latex in ("W^l", "a^l", r"\delta^l", "w^l_{jk}"):
        assert value(scalar, latex, l=2).array.shape == ()
    assert scalar.sizes == "one neuron per layer" and scalar.width(2) == 1
    assert scalar.range_of("j", read_side("a^l_j"), make_state(scalar, l=1)) == range(1, 2)


def test_an_index_runs_over_the_neurons_or_the_layers_where_it_stands(scene: LayeredScene) -> None:
    state = make_state(scene, l=2)
    body = read_side("w^l_{jk} a^{l-1}_k")
    assert scene.range_of("j", body, state) == range(1, scene.width(2) + 1)
    assert scene.range_of("k", body, state) == range(1, scene.width(1) + 1)
    assert scene.range_of("m", read_side("b^m"), state) == range(1, 4)
    with pytest.raises(Meaningless, match="the index q is not one of neurons or layers"):
        scene.range_of("q", body, state)


@pytest.mark.parametrize(
    ("latex", "error", "reason"),
    [
        ("W^l", MisplacedLayer, "there is no layer 0"),
        ("a^l_9", Misplaced, "the index 9 is beyond the width"),
        ("w^2_j", Meaningless, "has 1 indices, not 2"),
        ("q^l", Meaningless, "q"),
        ("C^2", Meaningless, "has no layer"),
        (r"\nabla C", Meaningless, "∇ does not say by what"),
        (r"\frac{\partial C}{\partial q}", Meaningless, "which is no quantity of the network"),
        (r"\frac{\partial \delta^1}{\partial b^1}", Meaningless, "a derivative of δ is not known"),
        (r"\frac{\partial C}{\partial (a^1 + b^1)}", Meaningless, "a derivative by a formula"),
        (r"\sigma(a^1, b^1)", Meaningless, "of several arguments"),
    ],
)
def test_what_the_network_does_not_have_is_told(
    scene: LayeredScene, latex: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        value(scene, latex, l=0, j=1)


def test_a_name_refers_to_a_quantity(scene: LayeredScene) -> None:
    names = [s.sides[0] for s in list_statements("W^l = 1", "y_j = 1", "W'^l = 1", "q = 1")]
    found = [scene.refer(name, make_state(scene, l=2, j=1)) for name in names]  # type: ignore[arg-type]
    assert found == [
        EntryReference("W", 2, None),
        EntryReference("y", None, (1,)),
        EntryReference("W", 2, None, updated=True),
        None,
    ]


@pytest.mark.parametrize(("order", "slope"), [(0, np.tanh), (1, lambda z: 1 - np.tanh(z) ** 2)])
def test_an_activation_is_applied_entry_by_entry(
    scene: LayeredScene, order: int, slope: np.ufunc
) -> None:
    array = np.array([[-1.0, 0.5], [0.0, 2.0]])
    found = apply_function("tanh", array, order, scene.instance)
    np.testing.assert_allclose(found, slope(array))
    with pytest.raises(Meaningless, match="no layer has the activation sigma"):
        apply_function("sigma", array, 0, scene.instance)


def test_an_output_of_its_own_is_only_in_the_last_layer() -> None:
    lexicon = Lexicon(depth=2, activation="tanh", output="softmax", cost="cross-entropy")
    softmax = LayeredScene(lexicon, 1)
    assert value(softmax, "a^L").array.sum() == pytest.approx(1)
    np.testing.assert_allclose(value(softmax, "a^1").array, np.tanh(value(softmax, "z^1").array))
    np.testing.assert_allclose(
        value(softmax, r"\delta^L").array, value(softmax, "a^L - y").array, atol=1e-12
    )


def test_an_output_of_its_own_needs_layers_that_are_written_out() -> None:
    plain, own = declare_system(DEEP), declare_system(replace(DEEP, output="softmax"), seed=2)
    assert plain.quantities.keys() == own.quantities.keys() >= {"W", "b", "z", "a", "C"}
    assert plain.sizes != own.sizes


@pytest.mark.parametrize(
    ("latex", "is_last"),
    [("n_l", True), ("n_L", True), ("N_l", True), ("n_k", False), ("l", False)],
)
def test_the_number_of_layers_may_stand_for_the_last(latex: str, is_last: bool) -> None:
    assert is_last_layer(read_side(latex)) is is_last
