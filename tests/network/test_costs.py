"""Costs: what each term is, what one of one's own must be, and that any of them is derived."""

from __future__ import annotations

import pytest
from derived import derive, formulas
from sympy import Symbol, exp, log, symbols

from symbackprop.errors import InputError
from symbackprop.network.costs import COSTS, Cost, define_cost, find_cost
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system

a, y = symbols("a y")


def test_a_term_is_of_the_output_and_the_target_that_are_put_in() -> None:
    o, t = symbols("o t")
    assert find_cost("cross-entropy").at(o, t) == t * log(o)
    assert find_cost("mse").at(y, a) == (a - y) ** 2
    assert {name for name, row in COSTS.items() if row.one_hot} == {"cross-entropy"}
    assert {name for name, row in COSTS.items() if row.mean} == {"mse"}


def test_a_cost_of_ones_own_is_taken_as_it_is_and_a_name_is_looked_up() -> None:
    own = Cost("poisson", a - y * log(a))
    assert find_cost(own) is own
    with pytest.raises(InputError, match="did you mean 'half-sse'"):
        find_cost("halfsse")


def test_symbols_of_other_assumptions_are_the_same_letters() -> None:
    output = Symbol("a", real=True)
    assert define_cost("odd", exp(output - Symbol("y", positive=True))).term == exp(a - y)


@pytest.mark.parametrize("term", [y**2, a * Symbol("q"), Symbol("A") - y])
def test_a_term_without_the_output_or_with_other_letters_is_refused(term) -> None:
    with pytest.raises(InputError, match=r"a \(the output\) and y \(the target\); found"):
        define_cost("odd", term)


@pytest.mark.parametrize("options", [{}, {"mean": True}, {"factor": 3}])
def test_a_cost_of_ones_own_is_derived_and_proved_in_one_layer_and_in_batches(options) -> None:
    cost = define_cost("poisson", a - y * log(a), **options)
    net = mlp([3, 2], activation="softplus", cost=cost, batch=True, regularized=True)
    assert prove_system(derive(net.system)).worst_error < 1e-11
    output, *_ = formulas(net.system, "∂C_i/∂a")
    assert ("/n[1]" in output or "/2" in output) == bool(options.get("mean"))
    assert ("3*" in output) == ("factor" in options)
