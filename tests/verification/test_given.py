"""Any network can be given: formulas are judged by its own equations, printed and read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from kinds import KINDS

from symbackprop.errors import InputError
from symbackprop.network.declared import declare, load
from symbackprop.network.network import mlp
from symbackprop.verification.given import is_presumable, write_network
from symbackprop.verification.verify import verify

EXAMPLES = Path(__file__).parents[2] / "examples"
RNN, RESIDUAL = EXAMPLES / "rnn.toml", EXAMPLES / "residual.toml"
DECAY = mlp(regularized=True)

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
]
WRONG = [
    (RNN, r"\frac{\partial C}{\partial h^t} = h^t - y^t"),
    (RNN, r"\frac{\partial C}{\partial W} = \sum_t \delta^t (h^t)^T"),
    (RNN, r"\frac{\partial C}{\partial h^t} = h^t - y^t + W \delta^{t+1}"),
    (RESIDUAL, r"\frac{\partial C}{\partial u} = W^T \delta"),
    (RESIDUAL, r"\delta = (y - r) \odot (1 - \tanh^2(z))"),
    (DECAY, r"\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T"),
    (DECAY, r"\delta^l = w^{l+1} \delta^{l+1} \odot \sigma'(z^l)"),
]


@pytest.mark.parametrize(("network", "formula"), RIGHT)
def test_right_formulas_of_any_network_hold(network, formula: str) -> None:
    (found,) = verify(formula, network=network)
    assert found.verdict == "holds" and found.instances, found


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
    with pytest.raises(InputError, match="one activation for all of L layers"):
        write_network(declare(mlp(activation=["tanh", "softmax"])))


@pytest.mark.parametrize("name", KINDS)
def test_every_network_is_written(name: str) -> None:
    declared = declare(KINDS[name])
    formulas = write_network(declared)
    assert len(formulas) >= len({e.name for e in declared.system.select("forward")})
