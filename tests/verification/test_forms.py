"""Forms that cannot hold, or say nothing: refused before any number is tried."""

from __future__ import annotations

import pytest
from opened_texts import list_statements

from symbackprop.verification.forms import refuse_form


@pytest.mark.parametrize(
    ("latex", "verdict", "code", "reason"),
    [
        ("x + y", "not-checkable", "BP401", "one side only"),
        (r"x = (y, \text{and so on})", "not-checkable", "BP401", "words in a formula: and so on"),
        (r"x = u + \cdots", "not-checkable", "BP401", "dots stand for something"),
        ("l = 2", None, None, None),
        ("i = j", "not-checkable", "BP401", "for which indices something holds"),
        ("p_i = p_j", "not-checkable", "BP401", "two entries of one array"),
        ("p_i = s = p_j", "not-checkable", "BP401", "two entries of one array"),
        ("i = s + 1 = j", "not-checkable", "BP401", "for which indices something holds"),
        ("x = x", "ill-formed", "BP204", "both sides are the same"),
        (r"w = w - \eta g", "ill-formed", "BP203", "an assignment written as an equation: w is"),
        (r"w \leftarrow w - \eta g", None, None, None),
        (
            r"\sum_j \sum_j v_j = x",
            "ill-formed",
            "BP202",
            "the index j is summed over twice, sum in sum",
        ),
        # the inner sum has an index of its own
        (r"\sum_q u_q f(\sum_q v_q) = x", None, None, None),
        (r"\sum_i \sum_j v_{ij} = x", None, None, None),
        (
            r"f(x_i) = \sum_i u_i x_i",
            "ill-formed",
            "BP202",
            "the index i is both summed over and free",
        ),
        (r"\frac{\partial C}{a} = x", "wrong", "BP100", "a ∂ of a derivative is missing"),
        (
            r"\frac{1}{N} \sum_{i=1}^n e_i = J",
            "ill-formed",
            "BP202",
            "the mean divides by N, the sum runs to n",
        ),
        (r"\frac{1}{n} \sum_{i=1}^n e_i = J", None, None, None),
        (r"f(x + h) = f(x) + h f'(x)", "ill-formed", "BP206", "to the first order only"),
        (r"f(x + h) = f(x) + h f'(x) + o(h)", None, None, None),
        (r"f(x + h) \approx f(x) + h f'(x)", None, None, None),
        (r"x_1 = u, \ldots, v", None, None, None),
        (r"y = (x_1, \ldots, x_n)", None, None, None),
        (r"h_t = \tanh(V h_{t-1})", None, None, None),
    ],
)
def test_a_form_is_refused_with_its_reason(
    latex: str, verdict: str | None, code: str | None, reason: str | None
) -> None:
    judgement = refuse_form(list_statements(latex)[0])
    if verdict is None or reason is None:
        assert judgement is None
        return
    assert judgement is not None and judgement.message is not None
    assert (judgement.verdict, judgement.code) == (verdict, code)
    assert reason in judgement.message
