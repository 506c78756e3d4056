"""A definition becomes an equation with the ranges of its indices."""

from __future__ import annotations

from own_lectures import RESIDUAL, WEIGHT_DECAY, judge, read
from sympy import Symbol

L = Symbol("L", integer=True)


def test_what_is_not_understood_spoils_only_what_rests_on_it() -> None:
    definitions = (r"z = V x", r"q = \oint z", r"C = \frac12 \|z - y\|^2")
    assert judge(definitions, r"\frac{\partial C}{\partial z} = z - y") == "holds"


def test_a_layered_definition_holds_wherever_what_it_reads_exists() -> None:
    residual, _ = read(*RESIDUAL).arrays.equations
    assert residual.axes[0].kind == "layer"
    assert (residual.axes[0].low, residual.axes[0].high) == (1, L)
    # z^{l+1} is counted by its own place
    later, _ = read(r"h^{l+1} = \phi(W^l h^l)", r"E = \frac12 \|h^L - y\|^2").arrays.equations
    assert later.indices[0] == later.axes[0].symbol
    assert (later.axes[0].low, later.axes[0].high) == (2, L)


def test_indices_of_entries_run_over_the_sizes_of_their_arrays() -> None:
    weighted, output, cost = read(*WEIGHT_DECAY).arrays.equations
    assert weighted.axes[0].high == output.axes[0].high
    assert cost.axes == ()


def test_what_is_defined_in_terms_of_itself_is_not_understood() -> None:
    lecture = read("u = v + x", "v = u y", "q = x y")
    assert set(lecture.arrays.problems) == {"v"}
    assert "in terms of itself" in lecture.arrays.problems["v"]
    assert {e.name for e in lecture.arrays.equations} == {"u", "q"}
