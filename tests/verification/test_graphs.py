"""What a name means in a random world of a lecture's own definitions."""

from __future__ import annotations

import pytest

from symbackprop.verification.verify import verify

SOFTMAX = r"p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}} \\ \frac{\partial p_i}{\partial z_j} = "


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"p_i (\delta_{ij} - p_j)", "holds"),
        (r"p_j (\delta_{ij} - p_i)", "holds"),
        (r"p_i (p_j - \delta_{ij})", "wrong"),
        (r"p_i (\delta_{ij} + p_j)", "wrong"),
    ],
)
def test_kroneckers_delta_is_1_where_both_indices_are_the_same(claim: str, verdict: str) -> None:
    *_, found = verify(SOFTMAX + claim)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("claim", "holds"), [("k^2", True), ("k k", True), ("k^3", False), ("k", False)]
)
def test_a_power_of_an_index_is_that_of_its_number(claim: str, holds: bool) -> None:
    text = rf"S = \sum_{{i=1}}^n i^2 x_i \\ \frac{{\partial S}}{{\partial x_k}} = {claim}"
    *_, found = verify(text)
    assert (found.verdict == "holds") is holds


@pytest.mark.parametrize("claim", ["0", "2 y", "x", "2 x y"])
def test_no_slope_of_a_slope_is_taken_for_zero(claim: str) -> None:
    *_, found = verify(rf"f = x^2 y \\ \frac{{\partial^2 f}}{{\partial x^2}} = {claim}")
    assert found.verdict == "not-checkable"


def test_a_delta_that_the_text_defines_is_its_own() -> None:
    text = r"\delta_{ij} = x_i y_j \quad c_{ij} = 2 \delta_{ij} \quad c_{ij} = 2 x_i y_j"
    assert [found.verdict for found in verify(text)] == ["stated", "stated", "holds"]
