"""A text becomes a system: what it defines, and claims that hold or fail in it."""

from __future__ import annotations

import pytest
from own_lectures import GAIN, RECURRENCE, RESIDUAL, TIED, WEIGHT_DECAY, judge, read
from sympy import Symbol

from symbackprop.equations import find_entries, name_of
from symbackprop.lecture.lecture import lower_claim
from symbackprop.lecture.letters import Unclear
from symbackprop.reading.parser import read_formula

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


def test_the_system_has_the_text_s_own_equations() -> None:
    lecture = read(*RECURRENCE)
    assert lecture.arrays.problems == {}
    system = lecture.arrays.system
    step, start = (equation for equation in system.equations if equation.name == "s,")
    assert {name_of(e) for e in find_entries(step.rhs)} == {"V", "s,", "Q", "x,"}
    assert {name_of(e) for e in find_entries(start.rhs)} == {"s,_start"}
    assert lecture.arrays.depends["E"] == {"s,", "V", "Q", "x,", "d,", "s,_start"}
    assert system.cost == "E"


def test_an_error_is_of_the_layer_that_its_label_says() -> None:
    definitions = (
        r"z^{(1)} = W^{(1)} x",
        r"a^{(1)} = \phi(z^{(1)})",
        r"z^{(2)} = W^{(2)} a^{(1)}",
        r"C = \frac12 \|z^{(2)} - y\|^2",
    )
    assert judge(definitions, r"\delta^{(2)} = z^{(2)} - y") == "holds"
    assert judge(definitions, r"\delta^{(2)} = y - z^{(2)}") == "wrong"


def test_a_cost_that_is_not_stated_may_be_any() -> None:
    definitions = (r"z = V x", r"a = \phi(z)")
    right = r"\frac{\partial E}{\partial z} = \frac{\partial E}{\partial a} \odot \phi'(z)"
    assert judge(definitions, right) == "holds"
    assert judge(definitions, right.replace("'", "")) == "wrong"
    # what the cost must be known for is not decided
    assert judge(definitions, r"\frac{\partial E}{\partial a} = a - y") == "not-checkable"


def test_what_is_not_understood_spoils_only_what_rests_on_it() -> None:
    definitions = (r"z = V x", r"q = \oint z", r"C = \frac12 \|z - y\|^2")
    assert judge(definitions, r"\frac{\partial C}{\partial z} = z - y") == "holds"


def test_a_derivative_by_what_nothing_depends_on_is_unclear() -> None:
    lecture = read(*GAIN, r"\frac{\partial C}{\partial q} = 1")
    left, right = read_formula(r"\frac{\partial C}{\partial q} = 1").statements[0].sides
    with pytest.raises(Unclear, match="how C depends on q"):
        lower_claim(lecture.arrays, left, right)


def test_the_claim_stands_over_its_open_axes() -> None:
    lecture = read(*GAIN, r"\frac{\partial C}{\partial a} = a - y")
    left, right = read_formula(r"\frac{\partial C}{\partial a} = a - y").statements[0].sides
    _, claim = lower_claim(lecture.arrays, left, right)
    (axis,) = claim.axes
    assert axis.high == Symbol(str(axis.high), integer=True)
    assert claim.rhs.has(axis.symbol)
