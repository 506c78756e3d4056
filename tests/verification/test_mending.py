"""The search for a slip: the likeliest that makes an equation hold, within what may be spent."""

from __future__ import annotations

import pytest
from opened_texts import list_statements, open_text

from symbackprop.verification.judgement import Judgement
from symbackprop.verification.mending import Effort, Mended, Search
from symbackprop.verification.slips import Hand

LAYERED = (
    r"z^l = W^l a^{l-1} + b^l",
    r"a^l = \sigma(z^l)",
    r"C = \frac12 \sum_j (y_j - a^L_j)^2",
)
# a recurrence with one weight, and another cost
RECURRENT = (
    r"s_t = w s_{t-1} + u x_t",
    r"E = \sum_{t=1}^T (s_t - d_t)^2",
)
GRAPH = ("q = x + y", "f = q z")


def search(*formulas: str) -> Search:
    return Search(open_text(*formulas), Hand())


def test_effort_is_shared_and_what_is_left_comes_back() -> None:
    effort = Effort(100)
    with effort.share(4) as part:
        assert part.left == 25
        part.spend(10)
    assert effort.left == 90
    with effort.share(1, most=5) as part:
        part.spend(7)
        assert part.is_spent
    assert effort.left == 83 and not effort.is_spent


@pytest.mark.parametrize(
    ("formulas", "equation", "slip", "right"),
    [
        (
            LAYERED,
            r"\delta^L = (y - a^L) \odot \sigma'(z^L)",
            "sign",
            r"(a^L - y) \odot \sigma'(z^L)",
        ),
        (
            LAYERED,
            r"\frac{\partial C}{\partial a^{l-1}} = W^l \delta^l",
            "missing-transpose",
            r"(W^l)^T \delta^l",
        ),
        (GRAPH, r"\frac{\partial f}{\partial x} = -z", "sign", "z"),
        (GRAPH, r"\frac{\partial f}{\partial z} = x - y", "sign", "x + y"),
    ],
)
def test_undoing_the_slip_makes_it_hold(
    formulas: tuple[str, ...], equation: str, slip: str, right: str
) -> None:
    found = search(*formulas)
    effort = Effort(12_000)
    judgement = found.judge(equation, effort)
    assert judgement is not None and judgement.verdict in ("wrong", "holds-for-one-neuron")
    mended = found.mend(equation, effort)
    assert mended is not None and mended.holds
    assert (mended.name, mended.right.replace(" ", "")) == (slip, right.replace(" ", ""))
    assert effort.left < 12_000


def test_what_is_right_as_it_stands_is_judged_so() -> None:
    judgement = search(*GRAPH).judge(r"\frac{\partial f}{\partial x} = z", Effort(9_000))
    assert judgement is not None and judgement.verdict == "holds"


@pytest.mark.parametrize("equation", ["(x = y", r"a = b \\ c = d", "= x"])
def test_what_is_no_equation_is_not_judged_and_not_mended(equation: str) -> None:
    found = search(*GRAPH)
    assert found.judge(equation, Effort(9_000)) is None
    assert found.mend(equation, Effort(9_000)) is None


def test_nothing_is_found_without_effort_or_among_other_slips() -> None:
    equation = r"\delta^L = (y - a^L) \odot \sigma'(z^L)"
    found = search(*LAYERED)
    assert found.mend(equation, Effort(0)) is None
    assert found.mend(equation, Effort(3_000), only=("missing-transpose",)) is None
    found.until = 0.0
    assert found.mend(equation, Effort(9_000)) is None


def test_a_mend_that_nobody_could_mean_is_none() -> None:
    # no single slip makes z of this
    assert search(*GRAPH).mend(r"\frac{\partial f}{\partial x} = x^5 - 7", Effort(6_000)) is None


def test_of_two_slips_the_first_of_the_table_gives_the_name() -> None:
    holds = Judgement("holds")
    assert Mended("t", "l", "r", ("factor",), holds).name == "factor"
    several = {
        Mended("t", "l", "r", pair, holds).name for pair in (("sign", "factor"), ("factor", "sign"))
    }
    assert len(several) == 1 and several <= {"sign", "factor"}
    assert not Mended("t", "l", "r", ("sign",), Judgement("wrong")).holds


def test_a_definition_is_mended_to_what_was_said_before() -> None:
    right = "net_{h1} = w_1 i_1 + w_2 i_2 + b_1"
    wrong = "net_{h1} = w_1 i_1 + w_3 i_2 + b_1"
    found = search(right, wrong)
    text = found.text
    text.enter(text.statements[1])
    assert found.mend(wrong, Effort(9_000), only=("wrong-index",), definition=True) is None
    found.remember(list_statements("w_1")[0])
    assert not found.said
    found.remember(list_statements(right)[0])
    mended = found.mend(wrong, Effort(9_000), only=("wrong-index",), definition=True)
    assert mended is not None and mended.text == right


def test_what_a_correction_rests_on_is_said() -> None:
    claim = r"\frac{\partial C}{\partial W^L} = ((a^L - y) \odot \sigma'(z^L)) (a^{L-1})^T"
    assert search(*LAYERED).find_guess(claim) == ""
    assert "cost" in search(*LAYERED[:2]).find_guess(claim)
    assert search(*LAYERED).find_guess("(x") == ""
