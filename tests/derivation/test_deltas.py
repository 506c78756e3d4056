"""Errors without the derivative by the activation: by case, and only where there is one."""

from __future__ import annotations

from cases import recurrent, residual
from sympy import Dummy, IndexedBase, Integer, Sum, Symbol, symbols

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import (
    activation_adjoint,
    freshen,
    gather_deltas,
    instantiate,
    put_in,
)
from symbackprop.equations import Axis, Equation, System
from symbackprop.network.network import mlp

t, j, k, n, T = symbols("t j k n T", integer=True)
d, g, W = IndexedBase("d"), IndexedBase("g"), IndexedBase("W")
TIMES, BEFORE = Axis(t, Integer(1), T, "time"), Axis(t, Integer(1), T - 1, "time")


def list_errors(system: System) -> list[str]:
    return [str(e) for e in gather_deltas(derive_backward(system)).definitions["∂C/∂z"]]


def test_the_last_time_step_and_those_before_are_cases_of_their_own() -> None:
    last, before = gather_deltas(derive_backward(recurrent())).definitions["∂C/∂z"]
    assert (str(last.lhs), len(last.axes)) == ("∂C/∂z[T, j]", 1)
    assert before.axes[0].high == T - 1
    assert "∂C/∂h" not in f"{last.rhs} {before.rhs}"


def test_what_passes_through_no_activation_of_its_own_keeps_its_names() -> None:
    raw = derive_backward(residual())
    assert gather_deltas(raw).equations == raw.equations


def test_a_layer_with_a_number_reads_the_one_definition_that_it_meets() -> None:
    gathered = gather_deltas(derive_backward(mlp([2, 3, 4, 2], activation="tanh").system))
    errors = gathered.definitions["∂C/∂z"]
    assert len(errors) == 3
    assert not any("∂C/∂a" in str(e.rhs) for e in errors)


def test_only_an_error_has_an_activation_to_pass_through() -> None:
    raw = derive_backward(recurrent())
    found = {e.name: activation_adjoint(raw, e) for e in raw.equations}
    assert found["∂C/∂z"] == "∂C/∂h"
    assert [name for name, adjoint in found.items() if adjoint] == ["∂C/∂z"]


def test_ranges_that_do_not_meet_give_nothing() -> None:
    reads = Equation(d[t], 2 * g[t], (BEFORE,))
    assert put_in(reads, Equation(g[T], Symbol("C"))) is None
    assert put_in(reads, Equation(g[t], t * Symbol("C"), (TIMES,))) == Equation(
        d[t], 2 * t * Symbol("C"), (BEFORE,)
    )


def test_a_sum_that_a_definition_covers_in_part_keeps_its_name() -> None:
    reads = Equation(Symbol("s"), Sum(g[t], (t, 1, T)))
    assert put_in(reads, Equation(g[t], t, (BEFORE,))) is None
    assert put_in(reads, Equation(g[t], t**2, (TIMES,))).rhs == Sum(t**2, (t, 1, T))  # type: ignore[union-attr]


def test_only_the_heads_asked_for_are_replaced() -> None:
    reads = Equation(d[t], g[t] + g[t + 1], (BEFORE,))
    found = put_in(reads, Equation(g[t], Symbol("c") * t, (TIMES,)), {g[t + 1]})
    assert found is not None and found.rhs == g[t] + Symbol("c") * (t + 1)


def test_bound_indices_are_kept_apart() -> None:
    definition = Equation(g[j], Sum(W[j, k], (k, 1, n)), (Axis(j, Integer(1), n),))
    found = instantiate(definition, (k,))
    (bound,) = found.variables
    assert isinstance(bound, Dummy) and found.function == W[k, bound]
    inner = freshen(1 + 2 * Sum(Sum(W[j, k], (j, 1, k)), (k, 1, n)))
    assert inner.atoms(Dummy) and not inner.free_symbols & {j, k}
