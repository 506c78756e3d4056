"""An accusation stands only where its evidence leans on no guess."""

from __future__ import annotations

import pytest
from own_lectures import read_all

from symbackprop.verification.evidence import doubt, read_usage
from symbackprop.verification.judgement import Judgement

DANGLING = Judgement("ill-formed", message="the index k is free on one side only", code="BP201")
CLASH = Judgement("wrong", message="product: the shapes clash, 3×4 and 2×4", code="BP100")
DIFFERENT = Judgement("wrong", message="the sides differ: 1 and 2", code="BP100")
NESTED = Judgement("ill-formed", message="the index q is summed over twice, sum in sum")


def weigh(judgement: Judgement, *texts: str) -> str:
    statements = read_all(*texts)
    return doubt(judgement, statements[-1].sides, read_usage(statements)).verdict


@pytest.mark.parametrize(
    ("judgement", "latex"),
    [
        (DANGLING, r"(x)_i = g(\sum_{k=1}^n w_{ki} (v)_k)"),
        (NESTED, r"E = \sum_q a_q g(\sum_q b_q)"),
        (CLASH, r"z = x * w"),
        (CLASH, r"\vec{z}_n = W \vec{a}_n"),
        (DIFFERENT, "b = 0"),
        (DIFFERENT, r"e' = \frac{\partial e}{\partial x}"),
    ],
)
def test_what_leans_on_a_guess_is_not_checkable(judgement: Judgement, latex: str) -> None:
    assert weigh(judgement, latex) == "not-checkable"


@pytest.mark.parametrize(
    ("judgement", "latex"),
    [
        (DANGLING, r"z_i = \sum_k w_{ik} x_j"),
        (NESTED, r"E = \sum_q a_q \sum_q b_q"),
        (CLASH, r"\delta = W \delta \odot s"),
        (CLASH, r"z = 2 * w x"),
        (DIFFERENT, r"\frac{\partial e}{\partial x} = 2 x"),
    ],
)
def test_other_accusations_stand(judgement: Judgement, latex: str) -> None:
    assert weigh(judgement, latex) == judgement.verdict


def test_a_logarithm_beside_ln_has_a_base_that_is_not_said() -> None:
    claim = r"\frac{\partial p}{\partial q} = \frac{1}{q \ln 2}"
    assert weigh(DIFFERENT, r"p = \log(q)", claim) == "wrong"
    assert weigh(DIFFERENT, claim, r"p = \log(q) = r") == "not-checkable"


def test_what_the_text_leaves_open_is_told_apart() -> None:
    total = r"s = \sum_{j=1}^n w_j x_j"
    assert weigh(DIFFERENT, total, "t = x_{n+1} w_{n+1}") == "not-checkable"
    assert weigh(DIFFERENT, total, "t = x_n w_n") == "wrong"
    claim = r"\frac{d f}{d x} = a"
    assert weigh(DIFFERENT, "f_a(x) = a x", claim) == "not-checkable"
    assert weigh(DIFFERENT, "f(x) = a x", claim) == "wrong"
    example = r"z = W x = \begin{pmatrix} 1 \\ 2 \end{pmatrix}"
    assert weigh(CLASH, example) == "not-checkable"


def test_what_holds_is_left_as_it_is() -> None:
    holds = Judgement("holds", "indices and columns")
    statements = read_all("b = 0")
    assert doubt(holds, statements[0].sides, read_usage(statements)) is holds


def test_a_slope_of_a_function_that_is_several_things_is_of_one_of_them() -> None:
    table = (r"g(x) = \max(0, x)", r"g(x) = \tanh(x)")
    claim = r"g'(x) = 1 - \tanh^2(x)"
    assert weigh(DIFFERENT, *table, claim) == "not-checkable"
    assert weigh(DIFFERENT, table[0], claim) == "wrong"
    assert weigh(DIFFERENT, *table, r"q = \tanh(x)") == "wrong"


def test_where_a_named_function_stands_must_be_said() -> None:
    claim = r"\frac{\partial a^l}{\partial z^l} = \tanh'(z^l)"
    assert weigh(DIFFERENT, r"a^l = g(z^l)", claim) == "not-checkable"
    assert weigh(DIFFERENT, r"a^l = \tanh(z^l)", claim) == "wrong"
    assert weigh(DIFFERENT, r"\frac{\partial a^l}{\partial z^l} = \sigma'(z^l)") == "wrong"


def test_a_cost_of_any_layer_says_not_which_is_the_last() -> None:
    claim = r"\frac{\partial C}{\partial b^{(l)}} = (a^{(l)} - y) g'(z^{(l)})"
    assert weigh(DIFFERENT, r"C = (a^{(l)} - y)^2", claim) == "not-checkable"
    assert weigh(DIFFERENT, r"C = (a^{(L)} - y)^2", claim) == "wrong"
    assert weigh(DIFFERENT, r"C = e + \sum_l \|W^l\|^2", claim) == "wrong"
