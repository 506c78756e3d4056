"""The judge: correct formulas hold in every notation, and no slip in any of them does."""

from __future__ import annotations

import time

import pytest
from formulas import HOLDING, OPENING
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.read.parser import read_formula
from symbackprop.verify.lexicon import Lexicon
from symbackprop.verify.session import Verdict, judge_formulas
from symbackprop.verify.slips import SLIPS, apply_edits


def judge(*formulas: str, name_slips: bool = True) -> list[list[Verdict]]:
    return judge_formulas([*OPENING, *formulas], name_slips=name_slips)[len(OPENING) :]


def test_every_correct_formula_holds() -> None:
    for formula, verdicts in zip(HOLDING, judge(*HOLDING), strict=True):
        for verdict in verdicts:
            assert verdict.judgement.verdict == "holds", (formula, verdict.judgement)


def mutations() -> list[tuple[str, str, str]]:
    """Every slip on every correct formula: what undoes a slip makes one in a right formula."""
    found = []
    for formula in HOLDING:
        (statement,) = read_formula(formula).statements
        for slip, find in SLIPS.items():
            for edits in find(statement, formula, Lexicon()):
                text = apply_edits(formula, edits, statement.span)
                if not is_equivalent(slip, formula, edits, text):
                    found.append((slip, formula, text))
    return found


def is_equivalent(slip: str, formula: str, edits: list, text: str) -> bool:
    """Changes that are none, each for its reason."""
    touched = [formula[start:end] for (start, end), _ in edits]
    if text == formula or (slip == "missing-transpose" and "T}" in touched[0]):
        return True  # the transpose was written inside the superscript, and stays
    if slip == "missing-transpose" and "_" in touched[0]:
        return True  # the transpose of a number
    if slip == "missing-transpose" and text.endswith("= (\\delta^{l})^T"):
        return True  # a gradient by a vector lies either way
    if slip == "hadamard":
        # numbers, and Jacobians of elementwise functions, which are diagonal
        return "_" in formula or "\\partial a^" in formula or "\\lVert" in formula
    if ")^T)^T" in text:
        return True  # delta W, with delta as a row
    if slip == "wrong-order":
        between = formula[edits[0][0][1] : edits[1][0][0]]
        commuting = "\\odot" in between or "\\circ" in between  # elementwise
        return commuting or any("_" in part or "frac{1}" in part for part in touched)  # numbers
    return False


def test_no_mutation_holds_unless_it_is_equivalent() -> None:
    found = mutations()
    assert len(found) > 300
    texts = [text for _, _, text in found]
    survivors = [
        (slip, text)
        for (slip, _, text), verdicts in zip(found, judge(*texts, name_slips=False), strict=True)
        if verdicts and all(v.judgement.verdict == "holds" for v in verdicts)
    ]
    assert survivors == []


SLIPPED = {
    "missing-transpose": r"\delta^{l} = (W^{l+1} \delta^{l+1}) \odot \sigma'(z^{l})",
    "wrong-lhs": r"\frac{\partial C}{\partial W^{l}} = \delta^{l}",
    "sign": r"\delta^{L} = (y - a^{L}) \odot \sigma'(z^{L})",
    "factor": r"\frac{\partial C}{\partial a^{L}} = 2 (a^{L} - y)",
    "wrong-layer": r"\delta^{l} = ((W^{l})^T \delta^{l+1}) \odot \sigma'(z^{l})",
    "wrong-index": r"\frac{\partial C}{\partial w^{l}_{jk}} = a^{l-1}_{j} \delta^{l}_{j}",
    "missing-slope": r"\delta^{L} = a^{L} - y",
    "hadamard": r"\delta^{L} = (a^{L} - y) \sigma'(z^{L})",
    "wrong-slope": r"\delta^{L} = (a^{L} - y) \odot \sigma'(a^{L})",
    "missing-sum": r"\delta^{l}_{j} = w^{l+1}_{kj} \delta^{l+1}_{k} \sigma'(z^{l}_{j})",
    "dropped-delta": r"\frac{\partial C}{\partial b^{l}} = 1",
    "sum-bound": r"\frac{\partial C}{\partial a_k^{(L-1)}} = \sum_{j=0}^{n_{L-1}} "
    r"w_{jk}^{(L)} \delta_j^{(L)}",
    "missing-partial": r"\frac{\partial C}{\partial w_{jk}^{(L)}} = "
    r"\frac{\partial z_j^{(L)}}{\partial w_{jk}^{(L)}} \frac{C}{\partial z_j^{(L)}}",
}


@pytest.mark.parametrize("slip", SLIPPED)
def test_slips_are_named_and_mended(slip: str) -> None:
    ((verdict,),) = judge(SLIPPED[slip])
    assert verdict.judgement.verdict in ("wrong", "holds-for-one-neuron", "not-checkable")
    assert verdict.slip == slip
    assert verdict.suggestion is not None
    ((mended,),) = judge(verdict.suggestion)
    assert mended.judgement.verdict == "holds"


def test_every_slip_has_a_code() -> None:
    from symbackprop.verify.codes import code_of_slip

    assert len({code_of_slip(slip) for slip in SLIPS}) >= 10


def test_one_neuron_is_said() -> None:
    ((verdict,),) = judge(r"\frac{\partial C}{\partial W^{l}} = \delta^{l} a^{l-1}")
    assert verdict.judgement.verdict == "holds-for-one-neuron"
    assert "clash" in (verdict.judgement.message or "")


def test_what_is_not_understood_never_holds() -> None:
    for formula in (r"\frac{\partial C}{\partial q} = 3", r"a^{L} \to y", "x < 2"):
        for verdict in judge(formula)[0]:
            assert verdict.judgement.verdict != "holds"


HOSTILE = (
    r"9^{9^{9^9}} = 1",
    "(" * 30_000,
    r"x = \frac" * 2_000,
    "{" * 100_000,
    "a^{L} = " + r"\sum_{j}" * 12 + r"\sum_k w^l_{jk} a^{l-1}_k",
    "a^{L} = " + r"\sigma(" * 50 + "z" + ")" * 50,
    "\0 = 1",
    r"y = \sum_{i=1}^{99999999} x_i",
    "f(x) = f(f(x))",
    "f = g(f)",
    "x = e^{e^{e^{e^{99}}}}",
)


@pytest.mark.parametrize("formula", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_formulas_are_answered_soon_and_never_hold(formula: str) -> None:
    began = time.monotonic()
    (verdicts,) = judge(formula)
    assert time.monotonic() - began < 6  # 2 s on an idle machine
    assert all(v.judgement.verdict != "holds" for v in verdicts)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=r"abwzLlj012=+-^_{}()\ ", max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    judge(text)
