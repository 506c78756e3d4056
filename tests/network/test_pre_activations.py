"""Arguments of activations get names, roles and the ranges of the equations that have them."""

from __future__ import annotations

import pytest
from cases import recurrent
from derived import derive
from sympy import Eq, Expr, IndexedBase, Sum, Symbol, cos, exp, symbols, tanh

from symbackprop.equations import System
from symbackprop.functions import Softmax
from symbackprop.network.pre_activations import name_pre_activations, read_activation
from symbackprop.proofs import prove_system

w, x, b, h, o, z = symbols("w x b h o z")
j, k, n = symbols("j k n", integer=True)


def tell(system: System) -> list[str]:
    return [f"{e.lhs} = {e.rhs} ({system.quantities[e.name].role})" for e in system.equations]


def test_two_activations_have_two_names() -> None:
    system = System([Eq(h, tanh(w * x)), Eq(o, 1 / (1 + exp(-b * h))), Eq(Symbol("C"), o**2)])
    assert tell(name_pre_activations(system)) == [
        "z_h = w*x (pre-activation)",
        "h = tanh(z_h) (activation)",
        "z_o = b*h (pre-activation)",
        "o = sigmoid(z_o) (activation)",
        "C = o**2 (cost)",
    ]


def test_a_letter_that_is_taken_is_not_taken_again() -> None:
    system = System([Eq(h, tanh(w * z)), Eq(Symbol("C"), h**2)])
    assert tell(name_pre_activations(system))[0] == "z_h = w*z (pre-activation)"


def test_an_argument_that_has_a_name_keeps_it() -> None:
    system = System([Eq(b, w * x), Eq(h, tanh(b)), Eq(Symbol("C"), h**2)])
    named = name_pre_activations(system)
    assert tell(named)[:2] == ["b = w*x (pre-activation)", "h = tanh(b) (activation)"]
    assert len(named.equations) == 3


def test_a_softmax_over_named_scores_has_roles() -> None:
    s, p = IndexedBase("s"), IndexedBase("p")
    system = System(
        [
            Eq(s[j], w * IndexedBase("x")[j]),
            Eq(p[j], Softmax(s[j], s[k], k, 1, n)),
            Eq(Symbol("C"), Sum(p[j] ** 2, (j, 1, n))),
        ],
        parameters=[w],
        axes={j: (1, n)},
    )
    named = name_pre_activations(system)
    assert [named.quantities[q].role for q in "sp"] == ["pre-activation", "activation"]
    assert len(named.equations) == 3


def test_a_state_given_at_the_start_has_no_argument_there() -> None:
    times = recurrent().quantities["z"].axes[0]
    assert (times.low, str(times.high)) == (1, "T")
    assert recurrent().quantities["h"].axes[0].low == 0


@pytest.mark.parametrize("rhs", [cos(w * x), 1 / (2 + exp(-x)), 1 / (1 + x), tanh(x) ** 2, w * x])
def test_what_is_no_activation_stays(rhs: Expr) -> None:
    assert read_activation(rhs) is None
    system = System([Eq(h, rhs), Eq(Symbol("C"), h**2)])
    assert name_pre_activations(system).equations == system.equations


def test_what_is_named_is_derived_and_proved() -> None:
    named = name_pre_activations(
        System(
            [Eq(h, tanh(w * x + b)), Eq(o, 1 / (1 + exp(h * x))), Eq(Symbol("C"), (o - h) ** 2)],
            parameters=[w, b],
        )
    )
    assert prove_system(derive(named)).worst_error < 1e-11
