"""Free indices are evidence only where all that could bind them is seen."""

from __future__ import annotations

import pytest

from symbackprop.verification.session import judge_formulas

UNACCUSED = {
    "an index below brackets is bound by its sum": (
        r"a_i = r(\sum_{k=1}^{n} w_{ki} (x^{(p)})_{k} + b_i)",
    ),
    "an indicator speaks of its index": (
        r"g_k = \sum_j V_{kj} s_j",
        r"c_j = \sum_k V_{kj} u_k",
        r"\frac{\partial g_{k}}{\partial V_{ij}} = 1(i=k) s_j",
    ),
    "a sum that stands for another has its indices": (
        r"p_i = \frac{e_i}{\sum_j e_j}",
        r"e_i = \exp x_i",
        r"\sum' = e_i",
    ),
    "of two letters the one that is not free is summed over": (
        r"p_i = \frac{\exp u_i}{\sum_j \exp u_j}",
        r"u_i \sum_j p_j = u_i p_i + \sum_{i \ne j} u_i p_j",
    ),
    "the slope of a sigmoid, written out": (
        r"a^l = \sigma(z^l)",
        r"\sigma'(z) = \sigma(z) (1 - \sigma(z)) = \sigma(z) - \sigma(z)^2",
    ),
    "a differential is no product with a d of the text": (
        r"x = a b + d",
        r"da = b \, dx",
    ),
    "an example after the other sets a number anew": (r"p_2 = 90\%", r"p_2 = 10\%"),
    "what was not understood with several neurons is no evidence": (
        r"z^l = W^l a^{l-1} + b^l",
        r"a^l = \sigma(z^l)",
        r"z^l = \begin{pmatrix} b^l & W^l \end{pmatrix} \begin{pmatrix} 1 \\ a^{l-1} \end{pmatrix}",
    ),
}


@pytest.mark.parametrize("name", UNACCUSED)
def test_what_could_be_right_is_not_accused(name: str) -> None:
    for verdicts in judge_formulas(list(UNACCUSED[name])):
        for verdict in verdicts:
            assert verdict.judgement.verdict in ("holds", "stated", "not-checkable"), verdict


ACCUSED = {
    "an index that nothing binds": (
        r"g_k = \sum_j V_{kj} s_j",
        r"c_j = \sum_k V_{kj} u_k",
        r"h_k = \sum_j V_{kj} s_j + V_{kj}",
    ),
    "what follows the slope of a sigmoid": (
        r"z^l = W^l a^{l-1} + b^l",
        r"a^l = \sigma(z^l)",
        r"\sigma'(z) = \sigma(z) (1 - \sigma(z)) = \sigma(z) + 3",
    ),
    "a sum over the wrong index": (
        r"p_i = \frac{\exp u_i}{\sum_j \exp u_j}",
        r"q_i = \sum_k p_k u_i",
        r"u_i \sum_j p_j = u_i p_i - \sum_{j \ne i} u_i p_j",
    ),
}


@pytest.mark.parametrize("name", ACCUSED)
def test_what_is_wrong_is_accused(name: str) -> None:
    *_, last = judge_formulas(list(ACCUSED[name]))
    assert last[0].judgement.verdict in ("wrong", "ill-formed")
