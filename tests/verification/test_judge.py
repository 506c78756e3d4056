"""The judge: correct formulas hold in every notation, and no slip in any of them does."""

from __future__ import annotations

import re
import time

import pytest
from formulas import HOLDING, OPENING, slip
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.reading.parser import read_formula
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.session import Verdict, judge_formulas
from symbackprop.verification.slips import SLIPS, Hand, Page, propose


def judge(*formulas: str, name_slips: bool = True) -> list[list[Verdict]]:
    return judge_formulas([*OPENING, *formulas], name_slips=name_slips)[len(OPENING) :]


SOUND = {"holds", "stated"}


def test_every_correct_formula_holds() -> None:
    for formula, verdicts in zip(HOLDING, judge(*HOLDING), strict=True):
        for verdict in verdicts:
            assert verdict.judgement.verdict == "holds", (formula, verdict.judgement)


def mutations() -> list[tuple[str, str, str]]:
    """Every slip on every correct formula: what is slipped by hand, and what undoes a slip and so
    makes one in a right formula."""
    found = []
    for formula in HOLDING:
        left, right = read_formula(formula).statements[0].sides
        undone = [(p.slip, p.text) for p in propose(Page(formula, left, right, Lexicon(), Hand()))]
        for name, text in [*slip(formula), *undone]:
            if text != formula and not is_equivalent(name, formula, text):
                found.append((name, formula, text))
    return found


GRADIENT_OR_DIAGONAL = r"(C)\}.*|a\^(\S+)\}\{\\partial z.*|z\^\S+\}\{\\partial [bW].*"


def is_equivalent(name: str, formula: str, text: str) -> bool:
    """Changes that are none, each for its reason."""
    if name == "wrong-layer":
        # the same said of other layers, and a chain by way of a later layer
        layers = re.compile(r"(?<=\^)\{[^{}]*\}")
        moved = [a != b for a, b in zip(layers.findall(formula), layers.findall(text), strict=True)]
        return formula.startswith("a^{l}_{j} =") or (sum(moved) > 1 and "frac" in text)
    if name == "missing-transpose" and "\\left(\\frac{\\partial " in text:
        # a gradient lies either way, a Jacobian of what is done entry by entry is diagonal
        turned = text.partition("\\left(\\frac{\\partial ")[2]
        return re.match(GRADIENT_OR_DIAGONAL, turned) is not None
    if name == "missing-transpose":
        # numbers, and a gradient by a vector, which lies either way
        return "_" in formula or text.endswith("= (\\delta^{l})^T") or ")^T)^T" in text
    if name == "hadamard":
        # the Jacobian of what is done entry by entry is diagonal, or read as a vector
        return "\\odot \\frac{\\partial" in text
    if name == "wrong-order":
        # ⊙ commutes, so does what is diagonal; derivatives may be written the local first
        one, other = (
            re.split(r"\s*\\(?:odot|circ)\s*", whole.split(" = ")[1]) for whole in (formula, text)
        )
        inside = ("(a^{L} - y)", "\\sigma'(z^{L})")
        there, back = (r" \odot ".join(pair) for pair in (inside, inside[::-1]))
        first, _, last = formula.partition(" = ")[2].rpartition(" \\odot ")
        commuted = text.replace(back, there) == formula or text.endswith(f"= {last} \\odot {first}")
        return (len(one) > 1 and one == other[::-1]) or "\\frac{\\partial a" in text or commuted
    if name == "factor":
        # ∂z/∂b = 1
        return formula.rpartition(" \\cdot ")[0] == text
    return name == "sign" and "\\lVert" in formula and "C = -" not in text


def test_no_mutation_holds_unless_it_is_equivalent() -> None:
    found = mutations()
    assert len(found) > 900
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
    from symbackprop.verification.codes import code_of_slip

    assert len({code_of_slip(slip) for slip in SLIPS}) >= 10


def test_one_neuron_is_said() -> None:
    ((verdict,),) = judge(r"\frac{\partial C}{\partial W^{l}} = \delta^{l} a^{l-1}")
    assert verdict.judgement.verdict == "holds-for-one-neuron"
    assert "clash" in (verdict.judgement.message or "")


def test_what_is_not_understood_never_holds() -> None:
    for formula in (r"\frac{\partial C}{\partial q} = 3", r"a^{L} \to y", "x < 2"):
        for verdict in judge(formula)[0]:
            assert verdict.judgement.verdict not in SOUND


HOSTILE = (
    r"9^{9^{9^9}} = 1",
    "(" * 30_000,
    r"x = \frac" * 2_000,
    "{" * 100_000,
    "a^{L} = " + r"\sum_{j}" * 12 + r"\sum_k w^l_{jk} a^{l-1}_k",
    "a^{L} = " + r"\sigma(" * 50 + "z" + ")" * 50,
    "\0 = 1",
    r"\frac{\partial C}{\partial q} = \sum_{i=1}^{99999999} x_i",
    "f(x) = f(f(x))",
    "f = g(f)",
    "x = e^{e^{e^{e^{99}}}}",
)


@pytest.mark.parametrize("formula", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_formulas_are_answered_soon_and_never_hold(formula: str) -> None:
    began = time.process_time()
    (verdicts,) = judge(formula)
    assert time.process_time() - began < 6  # 2 s on an idle machine
    assert all(v.judgement.verdict not in SOUND for v in verdicts)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=r"abwzLlj012=+-^_{}()\ ", max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    judge(text)
