"""Claims about what a text defines itself: both sides in random worlds in which it holds."""

from __future__ import annotations

import pytest
from opened_texts import open_text, read_side

from symbackprop.verification.graph_claims import (
    is_all_numbers,
    judge_definition,
    judge_graph,
)
from symbackprop.verification.judgement import Judgement


def judge(*formulas: str) -> Judgement:
    """The verdict on the last formula, which is no definition, after the others."""
    text = open_text(*formulas)
    text.enter(text.statements[-1])
    left, right = text.statements[-1].sides
    return judge_graph(text, left, right)


def judge_last_definition(*formulas: str) -> Judgement:
    text = open_text(*formulas)
    text.enter(text.statements[-1])
    (own,) = [definition for place, definition in text.found if place == text.place]
    return judge_definition(text, own)


GRAPH = ("q = x + y", "f = q z")
VECTORS = (
    r"\mathbf{s} = \mathbf{V} \mathbf{r}",
    r"E = \frac12 \lVert \mathbf{s} - \mathbf{d} \rVert^2",
)
RECURRENT = (r"h_t = \tanh(w h_{t-1} + u x_t)",)


@pytest.mark.parametrize(
    ("formulas", "claim", "verdict"),
    [
        (GRAPH, r"\frac{\partial f}{\partial x} = z", "holds"),
        (GRAPH, r"\frac{\partial f}{\partial x} = q", "wrong"),
        (GRAPH, r"\frac{\partial f}{\partial z} = x + y", "holds"),
        (VECTORS, r"\frac{\partial E}{\partial \mathbf{s}} = \mathbf{s} - \mathbf{d}", "holds"),
        (
            VECTORS,
            r"\frac{\partial E}{\partial \mathbf{r}} = \mathbf{V}^T (\mathbf{s} - \mathbf{d})",
            "holds",
        ),
        (
            VECTORS,
            r"\frac{\partial E}{\partial \mathbf{r}} = \mathbf{V} (\mathbf{s} - \mathbf{d})",
            "wrong",
        ),
        (RECURRENT, r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) w", "holds"),
        (RECURRENT, r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) u", "wrong"),
        # of v nothing is said, nor of g
        (GRAPH, r"\frac{\partial f}{\partial x} = v", "not-checkable"),
        (GRAPH, r"\frac{\partial f}{\partial x} = g(x)", "not-checkable"),
        (GRAPH, r"\frac{\partial f}{\partial x} = \sigma(x)", "not-checkable"),
        # what changes by Δx changes f by its slope
        ((*GRAPH, r"\Delta f = z \Delta x"), r"\Delta f = z \Delta x", "holds"),
    ],
)
def test_a_claim_is_judged_by_what_the_text_defines(
    formulas: tuple[str, ...], claim: str, verdict: str
) -> None:
    judgement = judge(*formulas, claim)
    assert judgement.verdict == verdict, judgement
    assert (judgement.counterexample is None) or verdict == "wrong"
    assert bool(judgement.instances) is (verdict == "holds")


SOFTMAX = (
    r"p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}",
    r"E = -\sum_{k=1}^n y_k \log p_k",
)
PATH = ("g = x + y", r"E = g x")


@pytest.mark.parametrize(
    ("formulas", "claim", "verdict", "said"),
    [
        # with what the text sets for a case
        (("x = 1", "g = x y"), r"\frac{\partial g}{\partial y} = 1", "holds", "with x = 1"),
        (("x = 1", "g = x y"), r"\frac{\partial g}{\partial y} = 2", "wrong", "the sides differ"),
        # targets of a softmax sum to 1
        (
            SOFTMAX,
            r"\frac{\partial E}{\partial z_i} = p_i - y_i",
            "holds",
            "with targets that sum to 1",
        ),
        (SOFTMAX, r"\frac{\partial E}{\partial z_i} = y_i - p_i", "wrong", "the sides differ"),
        # one of two cases is no claim that is false
        (
            SOFTMAX,
            r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)",
            "not-checkable",
            "only, or where they differ only",
        ),
        # corners: each row of the cases has come up
        (
            (r"h = \max(0, z)",),
            r"\frac{\partial h}{\partial z} = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}",
            "holds",
            "",
        ),
        (
            (r"h = \max(0, z)",),
            r"\frac{\partial h}{\partial z} = \begin{cases} 1 & z > 0 \\ 1 & z < 0 \end{cases}",
            "wrong",
            "the sides differ",
        ),
        # σ' without what it is of
        ((r"\sigma(x) = \frac{1}{1 + e^{-x}}",), r"\sigma' = \sigma (1 - \sigma)", "holds", ""),
        # before the first there is none
        ((r"u_t = w x_{t-2}",), r"\frac{\partial u_t}{\partial x_{t-2}} = w", "holds", ""),
        (GRAPH, r"\frac{\partial q}{\partial z} = 0 z", "not-checkable", "how q depends on z"),
        # ∂ of a name goes along all ways
        (PATH, r"\frac{\partial E}{\partial x} = g + x", "holds", ""),
    ],
)
def test_a_claim_is_taken_as_it_is_meant(
    formulas: tuple[str, ...], claim: str, verdict: str, said: str
) -> None:
    judgement = judge(*formulas, claim)
    assert judgement.verdict == verdict, judgement
    assert said in (judgement.reading or "") + (judgement.message or "")


def test_a_wrong_claim_has_numbers_that_show_it() -> None:
    judgement = judge(*GRAPH, r"\frac{\partial f}{\partial x} = q")
    assert judgement.code == "BP100" and judgement.counterexample is not None
    assert judgement.counterexample["left"] != judgement.counterexample["right"]
    clash = judge(*VECTORS, r"\frac{\partial E}{\partial \mathbf{r}} = \mathbf{V} \mathbf{s}")
    assert clash.verdict == "wrong" and "clash" in (clash.message or "")


@pytest.mark.parametrize(
    ("formulas", "verdict", "code"),
    [
        (("q = x + y",), "stated", None),
        (("q = x + y", "q = y + x"), "holds", None),
        (("g = w x", "g = 2 w x"), "wrong", "BP205"),
        (("g = w_1 x_1 + w_2 x_2", "g = w_1 x_1 + w_3 x_2"), "wrong", "BP205"),
        # a cost may be halved
        (("E = (u - v)^2", "E = 2 (u - v)^2"), "stated", None),
        # anew in another example
        (("q = w x", "q = e^x"), "stated", None),
        (("g(x) = x v", "g(x) = v x"), "holds", None),
        (("g(x) = x v", "g(y) = v y"), "stated", None),
        # an index on the right only, where the text sums over it otherwise
        ((r"s = \sum_j v_j", "q = w u_j"), "ill-formed", "BP201"),
        (("q = q_0 + \\log(-1)",), "not-checkable", "BP401"),
    ],
)
def test_a_definition_declares_a_name_or_says_it_once_more(
    formulas: tuple[str, ...], verdict: str, code: str | None
) -> None:
    judgement = judge_last_definition(*formulas)
    assert (judgement.verdict, judgement.code) == (verdict, code), judgement.message


@pytest.mark.parametrize(
    ("latex", "numbers"), [("(1, 0, -2)", True), ("2 + 3", True), ("(1, x)", False), ("x", False)]
)
def test_numbers_alone_are_told_from_formulas(latex: str, numbers: bool) -> None:
    assert is_all_numbers(read_side(latex)) is numbers


def test_numbers_for_a_formula_want_those_of_its_letters() -> None:
    assert judge(*GRAPH, "v = (1, 2)").verdict == "stated"
    judgement = judge(*GRAPH, r"\frac{\partial f}{\partial x} = (1, 2)")
    assert (judgement.verdict, judgement.code) in (("not-checkable", "BP402"), ("wrong", "BP100"))
