"""Seen closer: single neurons, entries with numbers, time step by step; all proved."""

from __future__ import annotations

import pytest
from cases import recurrent
from derived import derive
from sympy import Symbol

from symbackprop.derivation.views import count_places, take_components, take_scalar, unroll
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system


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
