"""The backward pass, errors and folding: formulas as a person would write them, all proved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import SYSTEMS, recurrent
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, IndexedBase, Integer, Sum, Symbol, symbols

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import distribute, fold
from symbackprop.derivation.steps import explain_activation
from symbackprop.derivation.updates import add_updates
from symbackprop.derivation.views import count_places, take_components, take_scalar, unroll
from symbackprop.equations import Axis, Equation, Quantity, System
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS, define_activation
from symbackprop.network.costs import COSTS, define_cost
from symbackprop.network.network import mlp
from symbackprop.proofs import ProofError, prove_system


def derive(system: System) -> System:
    return fold(gather_deltas(derive_backward(system)))


def formulas(system: System, name: str) -> list[str]:
    return [f"{e.lhs} = {e.rhs}" for e in derive(system).definitions[name]]


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


@pytest.mark.parametrize(
    ("activation", "cost"),
    [("softmax", "cross-entropy"), ("sigmoid", "binary-cross-entropy")],
)
def test_cross_entropy_folds_to_output_minus_target(activation: str, cost: str) -> None:
    first, *_ = formulas(mlp(activation=activation, cost=cost).system, "∂C/∂z")
    assert first == "∂C/∂z[L, j] = a[L, j] - y[j]"


def test_one_hot_targets_are_needed_for_that() -> None:
    system = mlp(activation="softmax", cost="cross-entropy").system
    first, *_ = formulas(replace(system, assumptions=()), "∂C/∂z")
    assert "Sum(y" in first


def test_sigmoid_and_tanh_fold_through_their_outputs() -> None:
    assert "(1 - a[l, j])*a[l, j]" in formulas(mlp(activation="sigmoid").system, "∂C/∂z")[1]
    assert "(1 - a[l, j]**2)" in formulas(mlp(activation="tanh").system, "∂C/∂z")[1]


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


@pytest.mark.parametrize("name", [n for n, row in ACTIVATIONS.items() if row.formula])
def test_derivatives_of_activations_are_the_slopes_of_their_formulas(name: str) -> None:
    row, z = ACTIVATIONS[name], Symbol("z", real=True)
    if not row.differentiable:
        with pytest.raises(InputError, match="no derivative"):
            explain_activation(row)
        return
    slope = row.function.derivative().apply_formula(z)
    for point in (-2.0, -0.3, 0.4, 3.0):
        ahead = row.function.apply_formula(z).subs(z, point + 1e-6)
        behind = row.function.apply_formula(z).subs(z, point - 1e-6)
        difference = float((ahead - behind) / 2e-6)
        assert float(slope.subs(z, point)) == pytest.approx(difference, abs=1e-8)
    if row.derivative_at_zero is not None:
        assert slope.subs(z, 0) == row.derivative_at_zero


def test_own_activations_and_costs_derive_like_any_other() -> None:
    z, a, y = symbols("z a y")
    net = mlp(
        activation=define_activation("bent", z + z**3), cost=define_cost("quartic", (a - y) ** 4)
    )
    assert prove_system(derive(net.system)).worst_error < 1e-11
    assert formulas(net.system, "∂C/∂a")[0] == "∂C/∂a[L, j] = 4*(a[L, j] - y[j])**3"


def test_own_functions_must_be_of_the_right_symbols() -> None:
    x, y = symbols("x y")
    with pytest.raises(InputError, match="one symbol"):
        define_activation("two", x * y)
    with pytest.raises(InputError, match="a \\(the output\\) and y"):
        define_cost("odd", x * y)


def test_distribute_multiplies_out_only_where_it_divides() -> None:
    a, p = symbols("a p")
    assert distribute((p + 1) * a) == (p + 1) * a


def test_scalar_view_has_no_neurons() -> None:
    scalar = take_scalar(derive(mlp().system))
    assert prove_system(scalar).worst_error < 1e-11
    assert [str(e.rhs) for e in scalar.definitions["∂C/∂W"]] == ["a[l - 1]*∂C/∂z[l]"]
    with pytest.raises(InputError, match="softmax"):
        take_scalar(mlp(activation="softmax").system)


def test_components_name_every_entry() -> None:
    system = derive(mlp([2, 2, 2], activation="sigmoid").system)
    flat = take_components(system)
    assert all(not e.axes for e in flat.equations)
    assert len(flat.equations) == sum(count_places(e, system.sizes) for e in system.equations)
    assert prove_system(flat).worst_error < 1e-11


def test_sizes_are_needed_for_components() -> None:
    with pytest.raises(InputError, match="give widths"):
        take_components(mlp().system)


def test_unrolled_time_is_the_same_network() -> None:
    T = Symbol("T", integer=True)
    unrolled = unroll(derive(recurrent()), {T: 3})
    assert prove_system(unrolled).worst_error < 1e-11
    assert "h[3, j]" in [str(e.lhs) for e in unrolled.equations]


def test_updates_go_against_the_gradient() -> None:
    updated = add_updates(derive(mlp().system))
    assert [str(e.rhs) for e in updated.definitions["W⁺"]] == ["-eta*∂C/∂W[l, j, k] + W[l, j, k]"]


# --- the prover is tested with wrong equations -------------------------------------------------

SLIPS = {"sign": -1, "factor": 2, "one in a billion": 1 + 1e-9}


@pytest.mark.parametrize("name", ["∂C/∂W", "∂C/∂b", "∂C/∂z", "∂C/∂a"])
@pytest.mark.parametrize("slip", SLIPS)
def test_a_wrong_equation_is_refused(name: str, slip: str) -> None:
    system = derive(mlp().system)
    wrong = tuple(
        replace(e, rhs=e.rhs * SLIPS[slip]) if e.name == name else e for e in system.equations
    )
    with pytest.raises(ProofError, match="does not hold"):
        prove_system(replace(system, equations=wrong))


def test_wrong_index_transpose_and_layer_are_refused() -> None:
    system = derive(mlp().system)
    l, j, k = symbols("l j k", integer=True)
    a, z = IndexedBase("a"), IndexedBase("∂C/∂z")
    for wrong_rhs in (a[l - 1, j] * z[l, k], a[l, j] * z[l, j], a[l - 1, k] * z[l, 1]):
        equations = tuple(
            replace(e, rhs=wrong_rhs) if e.name == "∂C/∂W" else e for e in system.equations
        )
        with pytest.raises((ProofError, InputError)):
            prove_system(replace(system, equations=equations))


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
