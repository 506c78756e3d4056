"""Scopes: what is defined, by which array, what reads what, and what are functions."""

from __future__ import annotations

import pytest
from opened_texts import open_scope

from symbackprop.verification.lexicon import spell
from symbackprop.verification.scopes import Scope


def find_family(scope: Scope, name: str) -> str:
    """The array of a definition's left side."""
    (found,) = [d.left for d in scope.definitions.values() if d.left.base == name]
    return scope.families.find(found).family


CHAIN = ("q = x + y", "f = q z", r"g_i = u_i f", "r = 2 s", "E = g_1 + g_2")


@pytest.mark.parametrize(
    ("name", "on", "depends"),
    [
        ("f", "q", True),
        ("E", "q", True),
        ("q", "f", False),
        ("E", "r", False),
        ("q", "q", True),
    ],
)
def test_definitions_lead_from_one_array_to_another(name: str, on: str, depends: bool) -> None:
    scope = open_scope(*CHAIN)
    assert scope.depends(find_family(scope, name), find_family(scope, on)) is depends


def test_a_recurrence_leads_to_itself_and_ends() -> None:
    scope = open_scope(r"h_t = \tanh(w h_{t-1} + u x_t)", "E = h_3")
    assert scope.depends(find_family(scope, "E"), find_family(scope, "h"))
    assert not scope.depends(find_family(scope, "h"), find_family(scope, "E"))


def test_functions_and_other_names_of_functions_are_known() -> None:
    scope = open_scope(r"g(x) = x^2 v", "s = g(u) + 1", r"\rho = \phi(z)")
    assert set(scope.functions) == {"g", "rho"}
    assert scope.aliases == {"rho"}
    parameters = scope.functions["rho"].parameters
    assert [spell(parameter) for parameter in parameters] == ["z"]
    assert [d.name for d in scope.by_family[find_family(scope, "s")]] == ["s"]


def test_what_only_lists_its_entries_does_not_define_them() -> None:
    scope = open_scope("v = (v_1, v_2)^T", "v_1 = 2 a", "v_2 = 3 a")
    families = [definition.name for found in scope.by_family.values() for definition in found]
    assert sorted(families) == ["v_1", "v_2"]


def test_entries_that_are_indices_are_classes() -> None:
    assert open_scope(r"E = -\log p_{y_i}").classes
    assert not open_scope(r"E = -\log p_i").classes
