"""Views: the one that suits a network, which others there are, and what each of them shows."""

from __future__ import annotations

from functools import cache

import pytest
from cases import NETWORKS
from printed import DECLARED

from symbackprop.choices import VIEWS
from symbackprop.errors import InputError
from symbackprop.network.declared import load
from symbackprop.network.network import mlp
from symbackprop.notation import PRESETS
from symbackprop.pipeline import Derived, derive
from symbackprop.printing.documents import Sheet
from symbackprop.printing.layout import Layout
from symbackprop.printing.sheets import make_sheet, request_for, tell_view
from symbackprop.printing.views import VIEWS as ROWS
from symbackprop.printing.views import choose_view

# what is declared --> the view that it is shown in
SUITING = [
    (load("mlp"), "matrix"),
    (load("2-3-1"), "matrix"),
    (load("1-1-1"), "scalar"),
    (load("1-1", batch=True), "scalar"),
    (load("examples/single_neuron.toml"), "scalar"),
    (load("examples/linear_regression.toml"), "scalar"),
    (load("examples/mazur.toml"), "numeric"),
    (load("examples/xyz_graph.toml"), "numeric"),
    (load("examples/softmax_classifier.toml"), "matrix"),
    (DECLARED["recurrent"], "indexed"),
]


@pytest.mark.parametrize(("net", "view"), SUITING)
def test_the_view_suits_the_network(net: object, view: str) -> None:
    derived = derive(net)
    request = request_for(derived)
    assert request.view == view == choose_view(derived, request.notation)
    assert f"view: {view}" in derived.show().splitlines()[1]


def test_single_neurons_are_shown_in_scalars() -> None:
    shown = derive(load("examples/single_neuron.toml")).show()
    assert "C = ½ (y − a¹)²" in shown and "δ¹ = (a¹ − y) a¹ (1 − a¹)" in shown
    assert not set("⊙ᵀ‖") & set(shown)


@pytest.mark.parametrize(
    ("net", "others"),
    [
        ("mlp", "scalar, indexed"),
        ("2-3-1", "scalar, indexed, component"),
        ("examples/xyz_graph.toml", "indexed"),
        ("examples/mazur.toml", "scalar, indexed, matrix, component"),
        ("examples/softmax_classifier.toml", "indexed, component, numeric"),
    ],
)
def test_the_header_names_the_other_views(net: str, others: str) -> None:
    derived = derive(load(net))
    assert tell_view(derived, request_for(derived)).endswith(f"(also --view {others})")


def test_a_header_in_spanish_and_in_latex() -> None:
    derived = derive(mlp())
    assert derived.show(language="es").splitlines()[1] == (
        "vista: matrix (también --view scalar, indexed)"
    )
    assert "% view: matrix" in derived.show("latex")
    # a page for readers says nothing of options
    assert "--view" not in derived.show("markdown") + derived.show("document")


@cache
def derive_case(name: str) -> Derived:
    return derive(NETWORKS[name] if name in NETWORKS else DECLARED[name])


CASES = [n for n in DECLARED if n not in ("12 layers", "normalised", "a chain of gates")]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", CASES)
def test_a_view_that_is_offered_is_shown(name: str, view: str) -> None:
    derived = derive_case(name)
    offered = ROWS[view].suits(derived)
    try:
        sheet = make_sheet(derived, request_for(derived, view=view, limit=None))
    except InputError:
        assert not offered
        return
    assert sheet.sections
    if not offered:
        # what is no view of its own shows what the indexed one shows
        indexed = make_sheet(derived, request_for(derived, view="indexed"))
        assert list_formulas(sheet) == list_formulas(indexed)


def list_formulas(sheet: Sheet) -> set[Layout]:
    return {line.layout for section in sheet.sections for line in section.lines}


def test_a_place_that_is_never_alone_has_no_scalar_view() -> None:
    derived = derive_case("convolution in one dimension")
    with pytest.raises(InputError, match=r"never one alone|one neuron among others"):
        derived.show(view="scalar")


@pytest.mark.parametrize("notation", PRESETS)
def test_terms_of_the_cost_have_names_where_units_have(notation: str) -> None:
    small, large = derive(load("2-2-2")), derive(load("2-2-2-2"))
    named = "E_o1 = ½" in small.show(view="component", notation=notation)
    assert named == (notation == "mazur")
    assert "E_o1" not in large.show(view="component", notation=notation)
