"""An accusation that leans on what the text does not say is not made, and says on what."""

from __future__ import annotations

import pytest
from own_lectures import read_all

from symbackprop.verification.models import OwnNetwork

NETWORK = ("q = w x", r"E = \frac12 (q - y)^2")


@pytest.mark.parametrize(
    ("definitions", "claim", "reason"),
    [
        (NETWORK, "f(q) = q^2 + E", "it says what f is"),
        (NETWORK, "q = w x + u", "u is not defined"),
        (NETWORK, r"\frac{\partial E}{\partial q} = (q - y) u", "u is not defined"),
        (
            ("z^l = W^l a^{l-1}", "a^l = f(z^l)", r"E = \frac12 \|a^L - y\|^2"),
            "a^L = h(z^L)",
            "whether the last layer has a function of its own is not said",
        ),
        (
            (r"p_i = \frac{e^{q_i}}{\sum_k e^{q_k}}", r"E = -\sum_i y_i \ln p_i"),
            r"\frac{\partial p_i}{\partial q_j} = p_i (1 - p_j)",
            "whether it is said of equal indices, or of different ones, is not said",
        ),
    ],
)
def test_what_is_guessed_is_said(definitions: tuple[str, ...], claim: str, reason: str) -> None:
    statements = read_all(*definitions, claim)
    judgement = OwnNetwork(statements).judge(statements[-1])
    assert judgement is not None
    assert (judgement.verdict, judgement.message) == ("not-checkable", reason)


def test_what_leans_on_nothing_is_accused() -> None:
    statements = read_all(*NETWORK, r"\frac{\partial E}{\partial q} = q + y")
    judgement = OwnNetwork(statements).judge(statements[-1])
    assert judgement is not None and judgement.verdict == "wrong"
