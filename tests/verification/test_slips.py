"""Slips are named: those that we make ourselves in right formulas, in every notation."""

from __future__ import annotations

import re

import pytest
from formulas import HOLDING, OPENING, slip

from symbackprop.reading.parser import read_formula
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.session import (
    NODES_AT_LEAST,
    NODES_PER_FORMULA,
    Verdict,
    judge_formulas,
)
from symbackprop.verification.slips import (
    LIKELY_PAIRS,
    SLIPS,
    Hand,
    Page,
    apply_edits,
    learn_hand,
    propose,
)

# so many of the slips that are found wrong are named as what they are
NAMED = 0.9


def judge(*formulas: str) -> list[Verdict]:
    """The one verdict on each formula, in documents of their own."""
    return [judge_formulas([*OPENING, formula])[-1][0] for formula in formulas]


def strip(text: str | None) -> str:
    """A formula without what may be written so or otherwise: spaces and brackets."""
    return re.sub(r"[\s{}()]|\\left|\\right", "", text or "")


def test_slips_in_right_formulas_are_named_as_what_they_are() -> None:
    # each kind in every third formula that can have it; that no slip at any place holds is a test
    # of the judge
    made = [(formula, dict(slip(formula))) for formula in HOLDING]
    slipped = [
        (kind, formula, found[kind])
        for kind in SLIPS
        for formula, found in [pair for pair in made if kind in pair[1]][::3]
    ]
    assert len(HOLDING) >= 30
    assert len(slipped) > 40
    assert {name for name, *_ in slipped} == set(SLIPS) - {"dangling-index"}
    found, missed, mends = 0, [], []
    for name, formula, text in slipped:
        (verdict,) = judge(text)
        assert verdict.judgement.verdict not in ("holds", "stated"), (name, text)
        if verdict.slip == name or strip(verdict.suggestion) == strip(formula):
            found += 1
        elif verdict.judgement.verdict != "not-checkable":
            missed.append((name, verdict.slip, text))
        if verdict.suggestion is not None:
            mends.append(verdict.suggestion)
    assert found >= NAMED * (found + len(missed)), missed
    # every suggestion reads back, and holds
    mended = judge_formulas([*OPENING, *mends], name_slips=False)[len(OPENING) :]
    for mend, (verdict,) in zip(mends, mended, strict=True):
        assert verdict.judgement.verdict == "holds", mend
        left, right = mend.split(" = ", 1)
        assert strip(left) != strip(right)


PAIRS = {
    # transpose and elementwise product, transpose and order
    r"\delta^{l} = W^{l+1} \delta^{l+1} \sigma'(z^{l})": "missing-transpose-and-hadamard",
    r"\frac{\partial C}{\partial W^{l}} = a^{l-1} \delta^{l}": "missing-transpose",
    # factor and sign
    r"\frac{\partial C}{\partial a^{L}} = 2 (y - a^{L})": "sign",
    # layer and index
    r"\frac{\partial C}{\partial w^{l}_{jk}} = \delta^{l}_{j} a^{l}_{j}": "wrong-layer",
    # bound and ∂
    r"\frac{\partial C}{\partial a_k^{(L-1)}} = \sum_{j=0}^{n_{L-1}} \frac{\partial z_j^{(L)}}"
    r"{\partial a_k^{(L-1)}} \frac{C}{\partial z_j^{(L)}}": "missing-partial",
}


@pytest.mark.parametrize("formula", PAIRS)
def test_two_slips_at_once_are_found(formula: str) -> None:
    (verdict,) = judge(formula)
    assert (verdict.slip or "").startswith(PAIRS[formula])
    assert "two slips" in (verdict.judgement.message or "") or "-and-" in (verdict.slip or "")
    (mended,) = judge(verdict.suggestion or "")
    assert mended.judgement.verdict == "holds"


CHAIN = r"\frac{\partial C}{\partial b^{L}_{j}} = \frac{\partial C}{\partial z^{L}_{j}} = "


def test_only_the_wrong_link_of_a_chain_is_edited() -> None:
    (verdict,) = judge(CHAIN + r"(y_j - a^{L}_{j}) \sigma'(z^{L}_{j}) = \delta^{L}_{j}")
    assert verdict.slip == "sign"
    assert verdict.suggestion is not None
    assert verdict.suggestion.startswith(CHAIN.strip())
    assert judge(verdict.suggestion)[0].judgement.verdict == "holds"


def test_a_slip_that_persists_in_a_chain_is_mended_in_all_of_it() -> None:
    slope = r"\sigma'(z^{L}_{j})"
    chain = rf"{CHAIN}(y_j - a^{{L}}_{{j}}) {slope} = {slope} (y_j - a^{{L}}_{{j}})"
    (verdict,) = judge(chain)
    assert verdict.slip == "sign"
    assert verdict.suggestion is not None
    assert verdict.suggestion.count("=") == chain.count("=")
    assert judge(verdict.suggestion)[0].judgement.verdict == "holds"


def test_rows_go_on_from_what_stands_before_them_and_not_from_a_mend() -> None:
    rows = (
        r"\begin{aligned} \delta^{L}_{j} &= (y_j - a^{L}_{j}) \sigma'(z^{L}_{j}) \\"
        r" &= \sigma'(z^{L}_{j}) (y_j - a^{L}_{j}) \\"
        r" &= \sigma'(z^{L}_{j}) (a^{L}_{j} - y_j) \end{aligned}"
    )
    verdicts = judge_formulas([*OPENING, rows])[-1]
    assert [v.judgement.verdict for v in verdicts] == ["wrong", "holds", "wrong"]
    assert [v.slip for v in verdicts] == ["sign", None, "sign"]


def test_a_row_that_is_right_after_a_wrong_one_is_wrong_only_as_a_consequence() -> None:
    rows = (
        r"\begin{aligned} \delta^{L}_{j} &= (y_j - a^{L}_{j}) \sigma'(z^{L}_{j}) \\"
        r" &= \sigma'(z^{L}_{j}) (a^{L}_{j} - y_j) \end{aligned}"
    )
    verdicts = judge_formulas([*OPENING, rows])[-1]
    assert [v.slip for v in verdicts] == ["sign", "sign"]
    assert "once the line before is mended" in (verdicts[1].judgement.message or "")


def test_a_slip_that_leaves_one_neuron_right_is_said_without_a_suggestion() -> None:
    (verdict,) = judge(r"\frac{\partial C}{\partial W^{L}} = - a^{L-1} \sigma'(z^{L}) (a^{L} - y)")
    assert verdict.slip == "sign"
    assert verdict.suggestion is None
    assert "holds with one neuron per layer" in (verdict.judgement.message or "")


def test_a_mend_is_written_in_the_author_s_hand() -> None:
    texts = [r"s^{[l]} = W^{[l]} x^{[l-1]}", r"x^{[l]} = \theta(s^{[l]})", r"d \circ W^{\top}"]
    formulas = [read_formula(text) for text in texts]
    lexicon = Lexicon(
        quantities={**Lexicon().quantities, "s": "z", "x": "a"}, functions=frozenset({"theta"})
    )
    hand = learn_hand(formulas, lexicon)
    assert (hand.elementwise, hand.transpose, hand.slope) == ("\\circ", "\\top", "\\theta")
    assert (hand.write_letter("z"), hand.write_letter("a")) == ("s", "x")
    assert Hand().write_letter("delta") == "\\delta"


def test_partials_are_suggested_for_deltas_and_the_error_stays() -> None:
    (verdict,) = judge(r"\frac{\delta C}{\delta b^{l}} = \delta^{l}")
    assert verdict.slip == "delta-for-partial"
    assert verdict.suggestion == r"\frac{\partial C}{\partial b^{l}} = \delta^{l}"


def test_a_definition_is_mended_by_the_one_before() -> None:
    verdicts = judge_formulas(
        ["net_{h1} = w_1 * i_1 + w_2 * i_2 + b_1 * 1", "net_{h1} = w_1 * i_1 + w_3 * i_2 + b_1 * 1"]
    )
    assert verdicts[0][0].judgement.verdict == "stated"
    assert verdicts[1][0].suggestion == "net_{h1} = w_1 * i_1 + w_2 * i_2 + b_1 * 1"


def test_the_search_is_the_same_every_time_and_ends() -> None:
    hopeless = r"\delta^{l} = W^{l} W^{l} \delta^{L} a^{l} + \sigma'(a^{l}) b^{l} - x - \sigma(y)"
    one, other = (judge_formulas([*OPENING, *[hopeless] * 20]) for _ in range(2))
    assert one == other
    assert all(row[0].slip is None for row in one[len(OPENING) :])
    assert NODES_PER_FORMULA < NODES_AT_LEAST


def test_edits_keep_the_rest_of_a_text() -> None:
    text = r"\delta^{L} = (y - a^{L}) \odot \sigma'(z^{L})"
    left, right = read_formula(text).statements[0].sides
    page = Page(text, left, right, Lexicon(), Hand())
    proposals = list(propose(page))
    assert [p.cost for p in proposals] == sorted(p.cost for p in proposals)
    assert any(p.text == text.replace("y - a^{L}", "a^{L} - y") for p in proposals)
    assert apply_edits("abc", [((1, 2), "")]) == "ac"
    assert all(set(pair) <= set(SLIPS) for pair in LIKELY_PAIRS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\frac{\partial C}{\partial w^l_{jk}} = \delta^l_j a^l_k", "a^{l-1}_k"),
        (r"z^l_j = \sum_k w^l_{jk} a^l_k + b^l_j", "a^{l-1}_k"),
        (r"\frac{\partial C}{\partial w^{l}_{jk}} = \delta^{l}_j a^{l}_k", "a^{l-1}_k"),
        (r"\frac{\partial C}{\partial w^{(l)}_{jk}} = \delta^{(l)}_j a^{(l)}_k", "a^{(l-1)}_k"),
    ],
)
def test_a_layer_without_braces_is_mended_with_braces(written: str, meant: str) -> None:
    opening = [r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)", r"C = \frac12 \|a^L - y\|^2"]
    *_, (verdict,) = judge_formulas([*opening, written])
    assert verdict.slip == "wrong-layer"
    assert verdict.suggestion is not None and meant in verdict.suggestion
