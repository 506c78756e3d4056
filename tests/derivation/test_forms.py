"""A formula in other forms: whole chains, factors worked out, deltas written out; all proved."""

from __future__ import annotations

import pytest
from cases import SYSTEMS, recurrent
from explained import derive, explain_all
from kinds import GRAPHS

from symbackprop.derivation.arguments import REASONS, prove_argument
from symbackprop.derivation.forms import FORMS, is_numbered, write_form
from symbackprop.equations import split_adjoint
from symbackprop.network.network import mlp
from symbackprop.partials import Chain, Partial


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [*SYSTEMS, *GRAPHS])
def test_every_form_of_every_formula_is_proved(name: str, form: str) -> None:
    passes, explained = explain_all(name)
    for quantity in explained:
        for argument in write_form(passes, quantity, form):
            (step,) = argument.steps
            assert step.left == argument.target and step.reason in REASONS
            prove_argument(passes.folded, argument)


def test_a_chain_goes_on_to_the_cost_where_layers_have_numbers() -> None:
    passes = derive(mlp([2, 3, 2], activation="sigmoid").system)
    _, first_layer = write_form(passes, "W", "chain")
    assert str(first_layer.steps[0].right) == (
        "Sum(Chain(Partial(C, a[2, p]), Partial(a[2, p], z[2, p]), Partial(z[2, p], a[1, j]), "
        "Partial(a[1, j], z[1, j]), Partial(z[1, j], W[1, j, k])), (p, 1, n[2]))"
    )


def test_a_chain_of_unknown_length_ends_at_the_next_layer() -> None:
    passes = derive(mlp().system)
    assert not is_numbered(passes.links, "∂C/∂z")
    _, before = write_form(passes, "z", "chain")
    assert str(before.steps[0].right) == (
        "Sum(Chain(Partial(C, z[l + 1, k]), Partial(z[l + 1, k], a[l, j]), "
        "Partial(a[l, j], z[l, j])), (k, 1, n[l + 1]))"
    )


@pytest.mark.parametrize("depth", [8, 12])
def test_there_are_letters_for_any_depth(depth: int) -> None:
    passes = derive(mlp([1] * (depth + 1), activation="tanh").system)
    chain = write_form(passes, "W", "chain")[-1].steps[0].right
    links = chain.atoms(Partial)
    # two for each layer that is passed, and C by a, a by z, z by W
    assert len(links) == 2 * (depth - 1) + 3
    assert {str(s) for p in links for s in p.free_symbols if "_1" in str(s)}


def test_what_is_expanded_has_no_delta_left() -> None:
    passes = derive(mlp([2, 3, 2], activation="sigmoid").system)
    _, first_layer = write_form(passes, "W", "expanded")
    assert not any(split_adjoint(str(s)) for s in first_layer.steps[0].right.free_symbols)
    _, before = write_form(derive(mlp().system), "z", "expanded")
    assert "∂C/∂z[l + 1, k]" in str(before.steps[0].right)


def test_a_chain_of_one_link_is_its_value() -> None:
    last, _ = write_form(derive(mlp().system), "a", "chain")
    assert str(last.steps[0].right) == "a[L, j] - y[j]"


def test_a_chain_says_in_which_ways_it_goes() -> None:
    _, before = write_form(derive(recurrent()), "z", "chain")
    assert [str(ways.rhs) for ways in before.ways] == [
        "Ways(h[t, j], C, C, Sum(z[t + 1, k], (k, 1, n)))"
    ]
    assert not write_form(derive(recurrent()), "z", "factors")[1].ways


def test_residual_chains_stop_before_they_are_endless() -> None:
    for name in ("three residual blocks", "each layer reads all before"):
        passes, explained = explain_all(name)
        for quantity in explained:
            for argument in write_form(passes, quantity, "chain"):
                chains = argument.steps[0].right.atoms(Chain)
                assert sum(len(c.args) for c in chains) < 400


@pytest.mark.parametrize(("layers", "kept"), [(9, 0), (10, 1)])
def test_so_many_deltas_are_written_out_and_no_more(layers: int, kept: int) -> None:
    passes = derive(mlp([2] * (layers + 1), activation="tanh").system)
    written = [str(a.steps[0].right) for a in write_form(passes, "z", "expanded")]
    assert sum("∂C/∂z" in formula for formula in written) == kept
