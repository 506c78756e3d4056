"""The record of a declaration: what it shows of itself, and whether it has a way back."""

from __future__ import annotations

from sympy import Eq, symbols

from symbackprop.equations import System
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.declaration import Declared
from symbackprop.network.network import mlp

w, x, a = symbols("w x a")


def test_a_network_and_a_graph_say_what_they_are_in_a_line() -> None:
    network = mlp([2, 1], activation="relu", bias="none")
    assert repr(Declared("t", network.system, network)) == (
        "Declared('t': 2-1, relu, half-sse, no bias)"
    )
    graph = Declared("g", System([Eq(a, w * x)]), values={"w": 1})
    assert repr(graph) == "Declared('g': 1 equations, with values)"


def test_a_notebook_shows_a_graph_by_its_equations_and_its_title_as_text() -> None:
    page = Declared("a < b", System([Eq(a, w * x), Eq(symbols("C"), a**2)]))._repr_html_()
    assert page == "<p><b>a &lt; b</b></p><code>a = w*x</code><br><code>C = a**2</code>"


def test_a_step_anywhere_leaves_only_the_way_forward() -> None:
    step, tanh = ACTIVATIONS["step"].function, ACTIVATIONS["tanh"].function
    assert Declared("", System([Eq(a, 3 * step(w * x))])).is_forward_only
    assert not Declared("", System([Eq(a, 3 * tanh(w * x))])).is_forward_only
