"""No two quantities of one network are printed alike."""

from __future__ import annotations

import pytest
from kinds import KINDS, graph
from printed_sheets import Judge, make_request

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.declared import declare
from symbackprop.notation import find_preset
from symbackprop.pipeline import derive
from symbackprop.printing.alike import list_alike

HALF_SQUARE = "1/2*sum(j, (z[j] - y[j])^2)"
# network --> (its graph, the names in brackets where indices begin at 1, and where at 0)
ALIKE: dict[str, tuple[System, set[str], set[str]]] = {
    "a number among entries": (
        graph(
            {"z[j]": "θ[j]*x[j] + θ2*u", "C": HALF_SQUARE},
            "θ[j]; θ2",
            "x[j]; u",
            "y[j]",
            j="1..3",
        ),
        {"θ2"},
        {"θ2"},
    ),
    "a bias before the weights": (
        graph(
            {"z": "sum(k, w[k]*x[k]) + w0", "C": "1/2*(z - y)^2"}, "w[k]; w0", "x[k]", "y", k="1..3"
        ),
        set(),
        {"w0"},
    ),
    "a row among the rows": (
        graph(
            {"z[j]": "sum(k, W[j, k]*x[k]) + W1[j]", "C": HALF_SQUARE},
            "W[j, k]; W1[j]",
            "x[k]",
            "y[j]",
            j="1..2",
            k="1..3",
        ),
        {"W1"},
        {"W1"},
    ),
    "a name with the letter of an index": (
        graph({"z[j]": "w*x[j] + x_j", "C": HALF_SQUARE}, "w; x_j", "x[j]", "y[j]", j="1..2"),
        {"x_j"},
        {"x_j"},
    ),
    "more entries than that": (
        graph({"z[j]": "w[j] + w9", "C": HALF_SQUARE}, "w[j]; w9", "", "y[j]", j="1..8"),
        set(),
        set(),
    ),
}


@pytest.mark.parametrize("name", ALIKE)
def test_a_name_that_looks_like_an_entry_is_in_brackets(name: str) -> None:
    system, from_one, from_zero = ALIKE[name]
    for base, names in ((1, from_one), (0, from_zero)):
        notation = find_preset("nielsen", letters={}, matrix_letters={}, index_base=base)
        assert list_alike(system, notation) == names


@pytest.mark.parametrize("name", ALIKE)
@pytest.mark.parametrize("notation", ["nielsen", "3b1b"])
def test_no_line_can_be_read_in_two_ways(name: str, notation: str) -> None:
    judge = Judge(derive(ALIKE[name][0]))
    for view in ("indexed", "matrix", "component"):
        request = make_request(judge.derived.declared, view, "delta", notation)
        for judged in judge.judge_sheet(request):
            assert judged.verdict.true, (judged.text, judged.verdict)


@pytest.mark.parametrize("name", KINDS)
def test_names_that_are_clear_stay_as_they_are(name: str) -> None:
    declared = declare(KINDS[name])
    letters = {} if declared.network else {"letters": {}, "matrix_letters": {}}
    assert not list_alike(declared.system, find_preset("nielsen", **letters))


def test_the_same_name_twice_is_refused() -> None:
    same = graph({"z": "w_1*x + w1", "C": "1/2*(z - y)^2"}, "w_1; w1", "x", "y")
    with pytest.raises(InputError, match="w_1 and w1 are written alike; choose another name"):
        declare(same)
