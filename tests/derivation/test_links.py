"""The chain rule with nothing worked out: a link for every place that reads, and all is true."""

from __future__ import annotations

import pytest
from cases import SYSTEMS
from kinds import GRAPHS, graph

from symbackprop.derivation.links import derive_links
from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system


def links(system: System, name: str) -> list[str]:
    return [str(e.rhs) for e in derive_links(system).definitions[name]]


def test_links_name_the_chain_rule_and_work_nothing_out() -> None:
    assert links(mlp().system, "∂C/∂W") == ["Chain(∂C/∂z[l, j], Direct(z[l, j], W[l, j, k]))"]


@pytest.mark.parametrize("name", [*SYSTEMS, *GRAPHS])
def test_the_sum_over_the_links_is_the_derivative(name: str) -> None:
    system = (SYSTEMS | GRAPHS)[name]
    assert prove_system(derive_links(system)).equations >= 1


def test_an_entry_that_is_read_twice_by_one_equation_has_one_link() -> None:
    system = GRAPHS["read at two places"]
    outputs, products = "Sum(Chain(∂C/∂o[k], Direct(o[k], h[j])), (k, 1, n))", "Direct(C, h[j])"
    (found,) = links(system, "∂C/∂h")
    assert outputs in found and found.count(products) == 1


def test_places_that_are_apart_have_links_of_their_own() -> None:
    system = graph(
        {"z[i]": "x[i]*x[i + 1]", "C": "sum(i, z[i]^2)"}, inputs="x[m]", i="1..n", m="1..n + 1"
    )
    found = links(system, "∂C/∂x")
    assert any("Direct(z[j], x[j])" in f and "Direct(z[j - 1], x[j])" in f for f in found)


def test_several_ways_within_one_equation_lead_to_one_place_once() -> None:
    # x[m] is read by z[i] for every r + s = m - i: still one link
    system = graph(
        {"z[i]": "sum(r, sum(s, w[r]*v[s]*x[i + r + s]))", "C": "sum(i, z[i]^2)"},
        "w[r]; v[s]",
        "x[m]",
        i="1..4",
        r="1..2",
        s="1..2",
        m="3..8",
    )
    assert prove_system(derive_links(system)).equations >= 1
