"""Any network can be given: formulas are judged by its own equations, printed and read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from kinds import KINDS

from symbackprop.network.declared import declare, load
from symbackprop.network.network import mlp
from symbackprop.pipeline import derive, show
from symbackprop.verification.given import is_presumable, write_network
from symbackprop.verification.verify import verify

EXAMPLES = Path(__file__).parents[2] / "examples"
RNN, RESIDUAL = EXAMPLES / "rnn.toml", EXAMPLES / "residual.toml"
DECAY = mlp(regularized=True)
SLIDE = mlp(activation=["sigmoid", "softmax"], cost="cross-entropy")
MIXED = {
    "slide": SLIDE,
    "decay": mlp(activation=["tanh", "sigmoid"], regularized=True),
    "relu": mlp(activation=["relu", "softmax"], cost="cross-entropy", regularized=True),
    "widths": mlp([2, 3, 2], activation=["tanh", "softmax"], cost="cross-entropy"),
    "three": mlp([2, 3, 4, 2], activation=["tanh", "relu", "sigmoid"], regularized=True),
}
# what an activation is says nothing of the network
OF_FUNCTIONS = ("\\sigma'(z) =", "\\mathrm{ReLU}")

RIGHT = [
    (RNN, r"\frac{\partial C}{\partial h^t} = h^t - y^t + W^T \delta^{t+1}"),
    (RNN, r"\delta^t = \frac{\partial C}{\partial h^t} \odot (1 - (h^t)^2)"),
    (RNN, r"\frac{\partial C}{\partial W} = \sum_t \delta^t (h^{t-1})^T"),
    (RNN, r"\frac{\partial C}{\partial W_{ji}} = \sum_t \delta^t_j h^{t-1}_i"),
    (RESIDUAL, r"\frac{\partial C}{\partial u} = r - y + W^T \delta"),
    (RESIDUAL, r"\delta = (r - y) \odot (1 - \tanh^2(z))"),
    (RESIDUAL, r"\frac{\partial C}{\partial V} = \frac{\partial C}{\partial u} x^T"),
    (DECAY, r"\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T + \lambda w^l"),
    (DECAY, r"\delta^l = (w^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)"),
    (SLIDE, r"a^l = \sigma(z^l) \quad (l = 1, \dots, L-1)"),
    (SLIDE, r"\delta^L_j = a^L_j - y_j"),
    (SLIDE, r"\frac{\partial C}{\partial a^L} = -y \oslash a^L"),
    (
        SLIDE,
        r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial a^l} \odot "
        r"\sigma'(z^l) \quad (l = 1, \dots, L-1)",
    ),
]
WRONG = [
    (RNN, r"\frac{\partial C}{\partial h^t} = h^t - y^t"),
    (RNN, r"\frac{\partial C}{\partial W} = \sum_t \delta^t (h^t)^T"),
    (RNN, r"\frac{\partial C}{\partial h^t} = h^t - y^t + W \delta^{t+1}"),
    (RESIDUAL, r"\frac{\partial C}{\partial u} = W^T \delta"),
    (RESIDUAL, r"\delta = (y - r) \odot (1 - \tanh^2(z))"),
    (DECAY, r"\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T"),
    (DECAY, r"\delta^l = w^{l+1} \delta^{l+1} \odot \sigma'(z^l)"),
    (SLIDE, r"a^l = \sigma(z^l)"),
    (SLIDE, r"\delta^L = 2 (a^L - y)"),
    (SLIDE, r"\delta^L = y - a^L"),
    (SLIDE, r"a^L = 2 \mathrm{softmax}(z^L)"),
    (SLIDE, r"\delta^L = (a^L - y) \odot \sigma'(z^L)"),
    (SLIDE, r"\delta^l = w^{l+1} \delta^{l+1} \odot \sigma'(z^l)"),
    (SLIDE, r"\delta^l = (w^{l+1})^T \delta^{l+1} \odot \sigma'(z^{l+1})"),
    (SLIDE, r"\delta^l = (w^l)^T \delta^{l+1} \odot \sigma'(z^l)"),
    (SLIDE, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k a^l_j (1 + a^l_j)"),
    (SLIDE, r"\frac{\partial C}{\partial w^l} = \delta^l (a^l)^T"),
    (SLIDE, r"\frac{\partial C}{\partial a^L} = y \oslash a^L"),
    (
        SLIDE,
        r"\frac{\partial C}{\partial z^l} = \frac{\partial C}{\partial a^l} \odot "
        r"\sigma'(z^l)",
    ),
]


@pytest.mark.parametrize(("network", "formula"), RIGHT)
def test_right_formulas_of_any_network_hold(network, formula: str) -> None:
    found, *conditions = verify(formula, network=network)
    assert found.verdict == "holds" and found.instances, found
    assert not conditions or "l = 1" in conditions[0].latex


@pytest.mark.parametrize(("network", "formula"), WRONG)
def test_wrong_formulas_of_any_network_are_accused(network, formula: str) -> None:
    (found,) = verify(formula, network=network)
    assert found.verdict in ("wrong", "ill-formed", "holds-for-one-neuron"), found


def test_a_text_may_not_define_another_network() -> None:
    (found,) = verify(r"r = u - \tanh(z)", network=RESIDUAL)
    assert found.verdict == "wrong"


def test_which_networks_are_presumable() -> None:
    assert is_presumable(declare(mlp(activation="tanh")))
    assert not any(map(is_presumable, (declare(DECAY), load(RNN), load(RESIDUAL))))
    assert not is_presumable(declare(SLIDE))


@pytest.mark.parametrize(
    ("notation", "view"),
    [("nielsen", "matrix"), ("3b1b", "indexed"), ("ng", "matrix"), ("rows", "matrix")],
)
@pytest.mark.parametrize("name", MIXED)
def test_what_is_derived_of_a_network_holds_in_it(
    name: str, notation: str, view: str, tmp_path: Path
) -> None:
    text = show(derive(MIXED[name]), to="document", view=view, notation=notation)
    document = tmp_path / "printed.tex"
    document.write_text(text, encoding="utf-8")
    found = verify(document, network=MIXED[name], notation=notation)
    about = [f for f in found if not f.latex.startswith(OF_FUNCTIONS)]
    assert len(about) > 8
    assert [(f.latex, f.message) for f in about if f.verdict != "holds"] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_network_is_written(name: str) -> None:
    declared = declare(KINDS[name])
    formulas = write_network(declared)
    assert len(formulas) >= len({e.name for e in declared.system.select("forward")})


@pytest.mark.parametrize("notation", ["nielsen", "ng", "rows"])
def test_nobody_is_accused_by_a_network_that_is_misread(notation: str, tmp_path: Path) -> None:
    network = mlp(batch=True, regularized=True)
    document = tmp_path / "printed.tex"
    text = show(derive(network), to="document", view="indexed", notation=notation)
    document.write_text(text, encoding="utf-8")
    found = verify(document, network=network, notation=notation)
    assert len(found) > 8
    assert {f.verdict for f in found} <= {"holds", "stated", "not-checkable"}
