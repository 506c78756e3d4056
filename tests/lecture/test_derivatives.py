"""Derivatives have the axes of what they are of, and of what they are by."""

from __future__ import annotations

import pytest
from own_lectures import ONE_LAYER, judge, lower

from symbackprop.lecture.letters import Unclear


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        # a chain of Jacobians is contracted over what stands between, in either order
        (
            r"\frac{\partial C}{\partial x} = \frac{\partial z}{\partial x}"
            r" \frac{\partial a}{\partial z} \frac{\partial C}{\partial a}",
            "holds",
        ),
        (
            r"\frac{\partial C}{\partial x} = \frac{\partial C}{\partial a}"
            r" \frac{\partial a}{\partial z} \frac{\partial z}{\partial x}",
            "holds",
        ),
        (r"\frac{\partial z}{\partial x} = W", "holds"),
        (r"\frac{\partial C}{\partial W} = ((a - y) \odot \phi'(z)) x^T", "holds"),
        (r"\frac{\partial C}{\partial W} = x ((a - y) \odot \phi'(z))^T", "holds-for-one-neuron"),
        (r"\frac{\partial C}{\partial b} = \phi'(z) \odot (a - y)", "holds"),
        (r"\frac{\partial C}{\partial b} = \phi'(z) (a - y)", "holds-for-one-neuron"),
    ],
)
def test_derivatives_have_the_axes_of_what_they_are_of(claim: str, verdict: str) -> None:
    assert judge(ONE_LAYER, claim) == verdict


def test_a_transposed_jacobian_takes_a_slope_back() -> None:
    definitions = ("z = W x + b", r"a = s \odot \tanh(z)", "E = y^T a")
    right = r"\frac{\partial E}{\partial z} = (\frac{\partial a}{\partial z})^T y"
    assert judge(definitions, right) == "holds"
    assert judge(definitions, right.replace("= (", "= -(")) == "wrong"


def test_a_derivative_by_a_power_is_refused() -> None:
    with pytest.raises(Unclear, match="the derivative of a power"):
        lower(r"\frac{\partial C}{\partial z_1^2}")
