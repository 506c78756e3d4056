"""Letters of indices: a textbook's, never those of quantities and sizes, and never at an end."""

from __future__ import annotations

import pytest
from kinds import GRAPHS
from sympy import Dummy, IndexedBase, Integer, Sum, Symbol, symbols

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.letters import LETTERS, next_letter, rename_in_order, tidy
from symbackprop.equations import Axis, Equation, bound_indices
from symbackprop.functions import Softmax
from symbackprop.network.network import mlp

MLP = mlp().system
a, b = IndexedBase("a"), IndexedBase("b")


def test_letters_come_in_the_order_of_a_textbook() -> None:
    one, two, three = (Dummy(integer=True) for _ in range(3))
    n, layers = Symbol("n", integer=True), Axis(one, Integer(1), Symbol("L"), "layer")
    summed = Sum(Sum(MLP.quantities["W"].at(one, two, three), (three, 1, n)), (two, 1, n))
    (equation,) = [tidy(Equation(b[one], summed, (layers,)), MLP)]
    assert str(equation.rhs) == "Sum(W[l, j, k], (k, 1, n), (j, 1, n))"


@pytest.mark.parametrize("kind", LETTERS)
def test_there_is_always_one_more_letter(kind: str) -> None:
    taken: set[str] = set()
    for _ in range(100):
        letter = next_letter(kind, taken)
        assert letter not in taken
        taken.add(letter)


@pytest.mark.parametrize("name", GRAPHS)
def test_no_index_has_the_letter_of_a_quantity_or_a_size(name: str) -> None:
    system = GRAPHS[name]
    for equation in derive_backward(system).equations:
        if equation.role != "forward":
            indices = {s.symbol for s in equation.axes} | bound_indices(equation.rhs)
            assert not {s.name for s in indices} & system.letters


def test_equations_that_differ_by_letters_become_one() -> None:
    n, (j, k, p) = Symbol("n"), symbols("j k p", integer=True)
    axes = {s: Axis(s, Integer(1), n) for s in (j, k, p)}
    one = Equation(a[1, p], b[1, p] * a[1, p], (axes[k], axes[p]))
    two = Equation(a[1, j], b[1, j] * a[1, j], (axes[j],))
    assert rename_in_order(one, MLP) == rename_in_order(two, MLP)
    assert rename_in_order(replace_range(two), MLP) != rename_in_order(one, MLP)


def replace_range(equation: Equation) -> Equation:
    (axis,) = equation.axes
    return Equation(equation.lhs, equation.rhs, (Axis(axis.symbol, Integer(2), axis.high),))


def test_a_softmax_gets_letters_like_a_sum() -> None:
    one, two = (Dummy(str(number), integer=True) for number in range(2))
    n, o, L = symbols("n o L", integer=True)
    z = MLP.quantities["z"]
    soft = Softmax(z.at(L, one), z.at(L, two), two, Integer(1), one)
    found = tidy(Equation(a[1, one], 2 * soft + o, (Axis(one, Integer(1), n),)), MLP)
    assert str(found.rhs) == "o + 2*Softmax(z[L, j], z[L, k], k, 1, j)"
    plain = tidy(Equation(a[1, one], b[1, one] ** 2, (Axis(one, Integer(1), n),)), MLP)
    assert str(plain.rhs) == "b[1, j]**2"


def test_bounds_are_renamed_with_the_index_that_they_hang_on() -> None:
    one, two = (Dummy(str(number), integer=True) for number in range(2))
    triangle = Sum(MLP.quantities["W"].at(1, one, two), (two, one, one + 2))
    outer = Axis(one, Integer(1), Symbol("n", integer=True), "neuron")
    found = tidy(Equation(b[1, one], triangle, (outer,)), MLP, reserved=("j",))
    assert str(found.lhs) == "b[1, k]"
    assert str(found.rhs) == "Sum(W[1, k, p], (p, k, k + 2))"
