"""What explain gives: arguments, printed as text and, in a notebook, as LaTeX."""

from __future__ import annotations

import pytest
from cases import GRAPHS, NETWORKS
from latex_judges import refuse_in_katex

from symbackprop import check, derive, explain, mlp, verify
from symbackprop.derivation.arguments import Argument

KINDS = {**NETWORKS, **GRAPHS}


@pytest.mark.parametrize("name", ["generic", "generic batch", "2-3-2", *GRAPHS])
def test_an_explanation_is_a_sequence_that_prints_itself(name: str) -> None:
    derived = derive(KINDS[name])
    known = derived.system.names("parameter") or derived.system.names("input")
    found = explain(derived, known[0])
    assert all(isinstance(argument, Argument) and argument.steps for argument in found)
    assert len(found) == len(list(found)) >= 1
    assert str(found) == derived.show(wrt=known[0], steps=True)
    assert "\n" not in repr(found) and repr(found).startswith("Explanation(")


def test_only_what_is_asked_for_is_explained() -> None:
    (found,) = explain(mlp(), "WL")
    assert str(found.target) == "∂C/∂W[L, j, k]"
    (found,) = explain("2-3-1", "W1[3,2]")
    assert str(found.target) == "∂C/∂W[1, 3, 2]" and found.axes == ()
    assert {str(argument.target) for argument in explain("2-3-1", "b1, delta2")} == {
        "∂C/∂b[1, j]",
        "∂C/∂z[2, j]",
    }


@pytest.mark.parametrize("name", ["generic", "2-3-2", "residual"])
def test_a_notebook_shows_latex(name: str) -> None:
    derived = derive(KINDS[name])
    for shown in (derived, explain(derived, derived.system.names("parameter")[0])):
        latex = shown._repr_latex_()
        assert latex.startswith("$$") and latex.endswith("$$")
        assert refuse_in_katex(latex.strip("$")) is None
        assert "\n" not in repr(shown)


def test_a_notebook_shows_html() -> None:
    network = mlp([2, 3, 1], activation=["tanh", "sigmoid"], bias="shared")
    assert "<td>3 × 2</td>" in network._repr_html_()
    assert network._repr_html_().count("<tr>") == 4
    assert mlp(activation=["tanh", "softmax"])._repr_html_().count("<tr>") == 4
    assert "<td>" in network._repr_html_() and "agree" in check("2-2")._repr_html_()
    (finding,) = verify(r"\delta^L = a^L - y <script>")
    assert "<script>" not in finding._repr_html_()
