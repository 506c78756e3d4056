"""Costs known by their form: squares, halved or not, and cross-entropies."""

from __future__ import annotations

import pytest
from opened_texts import read_side

from symbackprop.reading.tree import Name
from symbackprop.verification.cost_forms import classify_cost


def find(name: Name) -> str | None:
    return {"a": "a", "y": "y", "h": "a"}.get(name.base)


@pytest.mark.parametrize(
    ("latex", "cost"),
    [
        (r"\frac{1}{2} \sum_j (y_j - a_j)^2", "half-sse"),
        (r"\frac{1}{2n} \sum_i (a_i - y_i)^2", "half-sse"),
        (r"\sum_j (y_j - h_j)^2", "sse"),
        (r"\frac{1}{n} \sum_j (y_j - a_j)^2", "sse"),
        (r"-\sum_k y_k \log a_k", "cross-entropy"),
        (r"-\sum_k y_k \ln h_k", "cross-entropy"),
        (r"-(y \log a + (1 - y) \log (1 - a))", "binary-cross-entropy"),
        (r"-y \log(a) - (1 - y) \log((1 - a))", "binary-cross-entropy"),
        # a logarithm of something else, a cube, what has no target, and a slope of a cost
        (r"\log(u + v)", None),
        (r"\sum_j (y_j - a_j)^3", None),
        (r"\lambda w", None),
        (r"\frac{\partial C}{\partial w} + w^2", None),
        (r"\nabla C + (y - a)^2", None),
        (r"y - \log u", None),
    ],
)
def test_a_cost_is_known_by_its_form(latex: str, cost: str | None) -> None:
    assert classify_cost(read_side(latex), find) == cost
