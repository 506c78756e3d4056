"""A text is read whole: claims hold or fail in the network that it defines."""

from __future__ import annotations

import pytest
from own_lectures import GAIN, RECURRENCE, RESIDUAL, TIED, WEIGHT_DECAY, judge

# definitions, a claim that is right, and slips in it
CLAIMS = [
    (
        WEIGHT_DECAY,
        r"\frac{\partial E}{\partial V_{ik}} = (o_i - d_i)(1 - o_i^2) x_k + \lambda V_{ik}",
        [
            r"\frac{\partial E}{\partial V_{ik}} = (o_i - d_i)(1 - o_i^2) x_k",
            r"\frac{\partial E}{\partial V_{ik}} = (o_i - d_i)(1 - o_i^2) x_k - \lambda V_{ik}",
            r"\frac{\partial E}{\partial V_{ik}} = (o_i - d_i)(1 - o_i^2) x_i + \lambda V_{ik}",
            r"\frac{\partial E}{\partial V_{ik}} = (o_i - d_i)(1 - u_i^2) x_k + \lambda V_{ik}",
        ],
    ),
    (
        RESIDUAL,
        r"\frac{\partial E}{\partial h^{l-1}} = \frac{\partial E}{\partial h^{l}} + (W^{l})^T"
        r" (\frac{\partial E}{\partial h^{l}} \odot \phi'(W^{l} h^{l-1}))",
        [
            r"\frac{\partial E}{\partial h^{l-1}} = (W^{l})^T"
            r" (\frac{\partial E}{\partial h^{l}} \odot \phi'(W^{l} h^{l-1}))",
            r"\frac{\partial E}{\partial h^{l-1}} = \frac{\partial E}{\partial h^{l}} + W^{l}"
            r" (\frac{\partial E}{\partial h^{l}} \odot \phi'(W^{l} h^{l-1}))",
        ],
    ),
    (
        RECURRENCE,
        r"\frac{\partial E}{\partial s_t} = (s_t - d_t)"
        r" + V^T ((1 - s_{t+1}^2) \odot \frac{\partial E}{\partial s_{t+1}})",
        [
            r"\frac{\partial E}{\partial s_t} = (s_t - d_t)"
            r" + V ((1 - s_{t+1}^2) \odot \frac{\partial E}{\partial s_{t+1}})",
            r"\frac{\partial E}{\partial s_t} = s_t - d_t",
            r"\frac{\partial E}{\partial s_t} = (s_t - d_t)"
            r" + V^T ((1 - s_t^2) \odot \frac{\partial E}{\partial s_{t+1}})",
        ],
    ),
    (
        TIED,
        r"\frac{\partial J}{\partial W} = h (r - x)^T + ((W (r - x)) \odot (1 - h^2)) x^T",
        [
            r"\frac{\partial J}{\partial W} = ((W (r - x)) \odot (1 - h^2)) x^T",
            r"\frac{\partial J}{\partial W} = h (r - x)^T",
            r"\frac{\partial J}{\partial W} = h (r - x)^T + ((W (r - x)) \odot (1 - h)) x^T",
        ],
    ),
    (
        GAIN,
        r"\frac{\partial C}{\partial g} = (a - y) \odot \sigma'(z) \odot (W x)",
        [
            r"\frac{\partial C}{\partial g} = (a - y) \odot \sigma'(z)",
            r"\frac{\partial C}{\partial g} = (a - y) \odot \sigma'(z) \odot (W^T x)",
            r"\frac{\partial C}{\partial g} = (y - a) \odot \sigma'(z) \odot (W x)",
        ],
    ),
]


@pytest.mark.parametrize(("definitions", "claim", "slips"), CLAIMS)
def test_a_claim_is_held_against_the_text_s_own_network(
    definitions: tuple[str, ...], claim: str, slips: list[str]
) -> None:
    assert judge(definitions, claim) == "holds"
    for slip in slips:
        assert judge(definitions, slip) in ("wrong", "ill-formed", "holds-for-one-neuron"), slip
