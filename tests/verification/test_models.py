"""The statements of one model are judged against what it defines."""

from __future__ import annotations

import pytest
from own_lectures import GAIN, RESIDUAL, TIED, judge, read_all

from symbackprop.verification.models import OwnNetwork


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


def test_what_is_no_equation_is_not_judged() -> None:
    statements = read_all(*GAIN, "y < 3", r"W \leftarrow W - \eta x")
    assert [OwnNetwork(statements).judge(s) for s in statements[-2:]] == [None, None]


@pytest.mark.parametrize("definitions", [GAIN, RESIDUAL, TIED])
def test_definitions_are_never_accused(definitions: tuple[str, ...]) -> None:
    statements = read_all(*definitions)
    own = OwnNetwork(statements)
    assert own.is_understood
    assert {v.verdict for v in map(own.judge, statements) if v is not None} == {"stated"}


def test_a_definition_that_says_a_name_anew_is_known() -> None:
    statements = read_all(*GAIN, "a = z", r"\frac{\partial C}{\partial a} = a - y")
    own = OwnNetwork(statements)
    assert [own.is_redefined(s) for s in statements] == [False] * 3 + [True, False]
    assert own.differs(statements[3])
    # what the new one reads is kept, what it defines is not
    assert own.list_kept([0, 1], statements, [3, 4]) == [0]
