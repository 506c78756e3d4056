"""Arguments: put at a place, proved line by line, and counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from explained import explain_all
from sympy import Symbol, symbols

from symbackprop.derivation.arguments import fix_indices, prove_argument, report_arguments
from symbackprop.proofs import ProofError

NAMES = ("recurrent", "residual, several reads", "gates of a long memory", "tied autoencoder")


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_at_one_place_is_an_argument(name: str) -> None:
    passes, explained = explain_all(name)
    placed = 0
    for argument in (a for arguments in explained.values() for a in arguments if a.axes):
        axis = argument.axes[-1]
        here = fix_indices(argument, {axis.symbol: axis.low})
        assert len(here.axes) == len(argument.axes) - 1
        assert not here.target.has(axis.symbol) and here.steps[-1].left == here.target
        prove_argument(passes.folded, here)
        placed += 1
    assert placed > 2


def test_a_place_by_number_leaves_the_bound_indices_alone() -> None:
    _, explained = explain_all("recurrent")
    argument = explained["W"][0]
    j, k, t = (axis for axis in symbols("j k t", integer=True))
    here = fix_indices(argument, {j: 2, k: 1})
    assert [str(i) for i in here.target.indices] == ["2", "1"]
    assert any(step.right.has(t) for step in here.steps) and not here.axes


@pytest.mark.parametrize("name", NAMES)
def test_each_line_has_its_proof_and_a_report_counts_them(name: str) -> None:
    passes, explained = explain_all(name)
    arguments = [a for several in explained.values() for a in several]
    assert report_arguments(arguments).equations == 0
    proved = [prove_argument(passes.folded, argument) for argument in arguments]
    assert report_arguments(proved).equations == sum(len(a.steps) for a in arguments)


def test_a_line_that_is_wrong_is_named() -> None:
    passes, explained = explain_all("recurrent")
    argument = explained["b"][0]
    wrong = replace(argument.steps[-1], right=argument.steps[-1].right + Symbol("C"))
    with pytest.raises(ProofError, match=r"∂C/∂b.* does not hold"):
        prove_argument(passes.folded, replace(argument, steps=(*argument.steps[:-1], wrong)))
