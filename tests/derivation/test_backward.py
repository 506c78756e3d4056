"""The backward pass, errors and folding: formulas as a person would write them, all proved."""

from __future__ import annotations

import pytest
from cases import SYSTEMS, recurrent
from derived import derive, formulas
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, IndexedBase, Integer, Sum, Symbol, symbols

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import Axis, Equation, Quantity, System
from symbackprop.errors import InputError
from symbackprop.network.costs import COSTS
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_stage_of_every_network_is_proved(name: str) -> None:
    system = SYSTEMS[name]
    raw = derive_backward(system)
    for stage in (raw, gather_deltas(raw), fold(gather_deltas(raw))):
        report = prove_system(stage)
        assert report.equations >= 2
        assert report.worst_error < 1e-11


def test_the_four_equations_of_backpropagation() -> None:
    system = mlp().system
    assert formulas(system, "∂C/∂z") == [
        "∂C/∂z[L, j] = (a[L, j] - y[j])*sigma'(z[L, j])",
        "∂C/∂z[l, j] = sigma'(z[l, j])*Sum(W[l + 1, k, j]*∂C/∂z[l + 1, k], (k, 1, n[l + 1]))",
    ]
    assert formulas(system, "∂C/∂W") == ["∂C/∂W[l, j, k] = a[l - 1, k]*∂C/∂z[l, j]"]
    assert formulas(system, "∂C/∂b") == ["∂C/∂b[l, j] = ∂C/∂z[l, j]"]
    assert formulas(system, "∂C/∂a") == [
        "∂C/∂a[L, j] = a[L, j] - y[j]",
        "∂C/∂a[l, j] = Sum(W[l + 1, k, j]*∂C/∂z[l + 1, k], (k, 1, n[l + 1]))",
    ]


def test_a_shared_bias_gathers_over_the_layer() -> None:
    assert formulas(mlp(bias="shared").system, "∂C/∂b") == [
        "∂C/∂b[l] = Sum(∂C/∂z[l, j], (j, 1, n[l]))"
    ]


def test_a_batch_has_the_mean_of_the_samples() -> None:
    assert formulas(mlp(batch=True, regularized=True).system, "∂C/∂W") == [
        "∂C/∂W[l, j, k] = lambda*W[l, j, k] + Sum(a[l - 1, i, k]*∂C_i/∂z[l, i, j], (i, 1, m))/m"
    ]


def test_time_is_an_index_like_any_other() -> None:
    assert formulas(recurrent(), "∂C/∂W") == [
        "∂C/∂W[j, k] = Sum(h[t - 1, k]*∂C/∂z[t, j], (t, 1, T))"
    ]
    last, before = formulas(recurrent(), "∂C/∂z")
    assert last == "∂C/∂z[T, j] = (1 - h[T, j]**2)*(h[T, j] - y[T, j])"
    assert "∂C/∂z[t + 1, k]" in before


def test_a_convolution_comes_out_of_the_same_pass() -> None:
    x, w, z = map(IndexedBase, ("x", "w", "z"))
    i, r, n = symbols("i r n", integer=True)
    outputs = Axis(i, Integer(1), n)
    system = System(
        (
            Equation(z[i], Sum(w[r] * x[i + r], (r, 1, 3)), (outputs,)),
            Equation(Symbol("C"), Sum(z[i] ** 2, (i, 1, n))),
        ),
        {
            "x": Quantity("x", "input", (Axis(i, Integer(2), n + 3),)),
            "w": Quantity("w", "parameter", (Axis(r, Integer(1), Integer(3)),)),
            "z": Quantity("z", "intermediate", (outputs,)),
            "C": Quantity("C", "cost"),
        },
    )
    assert prove_system(derive_backward(system)).equations == 3


def test_a_filter_may_run_backwards() -> None:
    x, w, z = map(IndexedBase, ("x", "w", "z"))
    i, r, n = symbols("i r n", integer=True)
    outputs = Axis(i, Integer(1), n)
    system = System(
        (
            Equation(z[i], Sum(w[r] * x[i + 3 - r], (r, 1, 3)), (outputs,)),
            Equation(Symbol("C"), Sum(z[i] ** 2, (i, 1, n))),
        ),
        {
            "x": Quantity("x", "parameter", (Axis(i, Integer(1), n + 2),)),
            "w": Quantity("w", "parameter", (Axis(r, Integer(1), Integer(3)),)),
            "z": Quantity("z", "intermediate", (outputs,)),
            "C": Quantity("C", "cost"),
        },
    )
    assert prove_system(derive_backward(system)).equations == 3


def test_what_is_read_backwards_gets_its_gradient_backwards() -> None:
    x, v, C = IndexedBase("x"), IndexedBase("v"), Symbol("C")
    i, n = symbols("i n", integer=True)
    total = Eq(C, Sum(v[i] * x[n + 1 - i] ** 2, (i, 1, n)))
    quantities = {
        "x": Quantity("x", "parameter", (Axis(i, Integer(1), n),)),
        "v": Quantity("v", "input", (Axis(i, Integer(1), n),)),
        "C": Quantity("C", "cost"),
    }
    derived = derive_backward(System((Equation(C, total.rhs),), quantities))
    (gradient,) = derived.definitions["∂C/∂x"]
    (index,) = gradient.indices
    assert gradient.rhs == 2 * v[n + 1 - index] * x[index]
    assert index.is_integer and prove_system(derived).equations == 2


def test_an_index_that_is_no_shift_is_refused() -> None:
    x, z = map(IndexedBase, ("x", "z"))
    i, n = symbols("i n", integer=True)
    total = Eq(Symbol("C"), Sum(z[2 * i], (i, 1, n)))
    system = System([Eq(z[i], x[i] ** 2), total], axes={i: (1, n)})
    with pytest.raises(InputError, match="the index 2\\*i: only shifts such as i - 1"):
        derive_backward(system)


def test_a_step_has_no_gradient() -> None:
    with pytest.raises(InputError, match="step has no gradient"):
        derive_backward(mlp([2, 1], activation="step").system)


@settings(max_examples=15, deadline=None)
@given(
    widths=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    activation=st.sampled_from(["sigma", "sigmoid", "tanh", "relu", "gelu"]),
    cost=st.sampled_from([c for c in COSTS if "entropy" not in c]),
    bias=st.sampled_from(["neuron", "shared", "none"]),
    batch=st.booleans(),
)
def test_any_declared_network_derives_and_is_proved(widths, activation, cost, bias, batch) -> None:
    net = mlp(widths, activation=activation, cost=cost, bias=bias, batch=batch)
    assert prove_system(derive(net.system), worlds=1).worst_error < 1e-11
