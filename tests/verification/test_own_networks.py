"""Where a text's own z, a or C is not that of the presumed network, the text's own counts."""

from __future__ import annotations

import pytest
from own_lectures import GAIN, RESIDUAL, judge, read_all

from symbackprop.verification.own_networks import OwnNetwork
from symbackprop.verification.verify import verify_formulas

DECAYED = (
    r"z^l = W^l a^{l-1} + b^l",
    r"a^l = \sigma(z^l)",
    r"C = \frac12 \|a^L - y\|^2 + \frac{\lambda}{2} \sum_l \|W^l\|^2",
)
GAINED = (r"z^l = g^l \odot (W^l a^{l-1})", r"a^l = \sigma(z^l)", r"C = \frac12 \|a^L - y\|^2")


def verify(definitions: tuple[str, ...], claim: str) -> list[str]:
    found = verify_formulas([*definitions, claim])
    return [finding.verdict for findings in found for finding in findings]


def test_another_weighted_sum_is_no_slip_of_the_text() -> None:
    right = r"\frac{\partial C}{\partial g^L} = (a^L - y) \odot \sigma'(z^L) \odot (W^L a^{L-1})"
    assert verify(GAINED, right) == ["stated"] * 3 + ["holds"]
    wrong = r"\frac{\partial C}{\partial g^L} = (a^L - y) \odot \sigma'(z^L)"
    assert verify(GAINED, wrong) == ["stated"] * 3 + ["wrong"]


def test_residuals_are_the_text_s_own_network() -> None:
    wrong = r"\frac{\partial E}{\partial h^{L-1}} = (W^L)^T (\phi'(W^L h^{L-1}) \odot (h^L - y))"
    right = wrong.replace("= (W", "= h^L - y + (W")
    assert judge(RESIDUAL, right) == "holds"
    assert judge(RESIDUAL, wrong) == "wrong"


def test_a_chain_is_as_good_as_its_worst_link() -> None:
    claim = r"\frac{\partial C}{\partial a} = a - y = y - a"
    statements = read_all(*GAIN, claim)
    own = OwnNetwork(statements)
    verdicts = [v for v in map(own.judge, statements) if v is not None]
    assert [v.verdict for v in verdicts] == ["stated"] * 3 + ["wrong"]
    assert verdicts[-1].message is not None
    assert "the sides differ" in verdicts[-1].message


@pytest.mark.parametrize("definitions", [GAIN, RESIDUAL, GAINED])
def test_definitions_are_never_accused(definitions: tuple[str, ...]) -> None:
    statements = read_all(*definitions)
    own = OwnNetwork(statements)
    assert own.is_understood
    assert {v.verdict for v in map(own.judge, statements) if v is not None} == {"stated"}


def test_what_is_no_equation_is_not_judged() -> None:
    statements = read_all(*GAIN, "y < 3", r"W \leftarrow W - \eta x")
    assert [OwnNetwork(statements).judge(s) for s in statements[-2:]] == [None, None]
