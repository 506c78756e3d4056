"""One derivation at its stages: which derivative is whole, and what formulas are written in."""

from __future__ import annotations

import pytest
from cases import recurrent
from explained import derive
from sympy import IndexedBase, symbols

from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.partials import Direct

j, k, t, n, T = symbols("j k t n T", integer=True)
W, h, z = IndexedBase("W"), IndexedBase("h"), IndexedBase("z")


def test_a_derivative_is_whole_where_there_is_no_other_way() -> None:
    passes = derive(recurrent())
    times, *neurons = passes.folded.quantities["z"].axes
    here = (times, *neurons)
    state = Direct(h[times.symbol, neurons[0].symbol], z[times.symbol, neurons[0].symbol])
    shared = Direct(z[times.symbol, neurons[0].symbol], W[neurons[0].symbol, 1])
    assert passes.is_only_way(state, here)
    assert not passes.is_only_way(shared, here)


def test_formulas_are_written_in_deltas() -> None:
    written = derive(mlp().system).written_in
    assert written["∂C/∂W"] == written["∂C/∂z"] == {"∂C/∂z"}


def test_unknown_quantities_and_forward_networks_have_no_adjoint() -> None:
    with pytest.raises(InputError, match="unknown quantity 'V'"):
        derive(mlp().system).find_adjoint("V")
