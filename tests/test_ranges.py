"""What an index runs over, as the quantities in whose places it stands declare it."""

from __future__ import annotations

from sympy import IndexedBase, Integer, Sum, symbols

from symbackprop.equations import Axis, Quantity, System, updated_name
from symbackprop.network.network import mlp
from symbackprop.ranges import find_places, find_quantity, is_whole, kind_of, put_in_indices

j, k, l, n, m, L = symbols("j k l n m L", integer=True)
x = Quantity("x", "input", (Axis(j, Integer(1), n),))
y = Quantity("y", "target", (Axis(j, Integer(1), m),))
KNOWN = {"x": x, "y": y}


def test_a_width_that_depends_on_the_layer_is_that_of_the_layer() -> None:
    system: System = mlp().system
    width = IndexedBase("n", integer=True)
    (layers, neurons) = put_in_indices(system.quantities["a"], (l - 1, k))
    assert (layers.high, neurons.high) == (L, width[l - 1])


def test_adjoints_and_updates_belong_to_their_quantity() -> None:
    for name in ("x", "∂C/∂x", updated_name("x")):
        assert find_quantity(name, KNOWN) is x
    assert find_quantity("z", KNOWN) is None


def test_a_sum_over_two_lengths_is_whole_for_neither() -> None:
    body = x.at(k) * y.at(k)
    assert not is_whole(k, (Integer(1), n), body, KNOWN)
    assert is_whole(k, (Integer(1), n), body, KNOWN, {n: 3, m: 3})


def test_a_shifted_index_does_not_say_how_far_it_runs() -> None:
    assert not is_whole(k, (Integer(1), n), x.at(k + 1), KNOWN)
    assert is_whole(k, (Integer(1), n), x.at(k + 1) * x.at(k), KNOWN)


def test_the_kind_is_that_of_the_place() -> None:
    steps = Quantity("h", "input", (Axis(j, Integer(0), n, "time"), Axis(k, Integer(1), m)))
    read = Sum(steps.at(j - 1, k), (k, 1, m))
    assert kind_of(j, read, {"h": steps}) == "time"
    assert [index for index, _ in find_places(j, read, {"h": steps})] == [j - 1]
    assert kind_of(l, read, {"h": steps}) == "neuron"
