"""Lengths of axes: different unless a definition of the text needs two to be one."""

from __future__ import annotations

import pytest
from opened_texts import open_scope

from symbackprop.verification.fitting import fit_lengths, is_broken
from symbackprop.verification.graphs import GraphScene
from symbackprop.verification.meaning import Reading
from symbackprop.verification.scopes import Scope

PLAIN = Reading("as written")


def fit(*formulas: str) -> tuple[Scope, dict[str, list[int]], int]:
    """The shape of each array that has one, by its letter, and how many definitions do not fit."""
    scope = open_scope(*formulas)
    lengths, failed = fit_lengths(scope, PLAIN, [60_000])
    families = scope.families
    shapes: dict[str, list[int]] = {}
    for name in families.written:
        slot = families.find(name)
        axes = [families.root((slot.family, place)) for place in range(slot.rank)]
        if axes:
            shapes[name.base] = [lengths[axis] for axis in axes]
    return scope, shapes, failed


def test_a_product_ties_the_axes_that_meet() -> None:
    _, shapes, failed = fit(r"\mathbf{z} = \mathbf{W} \mathbf{x} + \mathbf{b}")
    assert failed == 0
    rows, columns = shapes["W"]
    assert rows != columns
    assert shapes["z"] == shapes["b"] == [rows] and shapes["x"] == [columns]


def test_what_is_applied_again_and_again_is_square() -> None:
    _, shapes, failed = fit(
        r"\mathbf{s} = \mathbf{V} \mathbf{r} + \mathbf{Q} \mathbf{x}",
        r"\mathbf{q} = \mathbf{V} \mathbf{s}",
    )
    assert failed == 0
    assert shapes["V"] == [shapes["s"][0]] * 2 == [shapes["q"][0], shapes["r"][0]]
    assert shapes["Q"] == [shapes["s"][0], shapes["x"][0]] and shapes["x"] != shapes["s"]


def test_definitions_that_no_lengths_fit_are_counted() -> None:
    right = r"\mathbf{z} = \mathbf{W} \mathbf{x}"
    wrong = r"\mathbf{u} = \mathbf{W} + \mathbf{x}"
    assert fit(right)[2] == 0
    assert fit(right, wrong)[2] == 1


@pytest.mark.parametrize(
    ("formulas", "broken"),
    [
        (("z = w x", "f = z^2"), False),
        # made of itself, one by way of the other
        (("z = f + 1", "f = z^2"), True),
        ((r"h_t = \tanh(w h_{t-1})",), False),
        (("f(x) = x^2",), False),
    ],
)
def test_a_definition_that_cannot_be_worked_out_is_broken(
    formulas: tuple[str, ...], broken: bool
) -> None:
    scope = open_scope(*formulas)
    scene = GraphScene(scope, 1, scope.families.choose_lengths())
    found = [is_broken(scene, d, PLAIN, [60_000]) for d in scope.definitions.values()]
    assert found and any(found) is broken
