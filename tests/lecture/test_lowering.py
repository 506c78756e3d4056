"""What each node of a formula means, index by index: printed sides are evaluated in one world."""

from __future__ import annotations

import pytest
from own_lectures import judge, read
from sympy import KroneckerDelta, Piecewise, Sum

from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.tensors import Tensor
from symbackprop.reading.parser import read_formula

DEFINITIONS = (r"z = W x + b", r"a = \phi(z)", r"C = \frac12 \|a - y\|^2")


def lower(text: str) -> Tensor:
    lecture = read(*DEFINITIONS, f"{text} = {text}")
    return Lowerer(lecture.arrays.context).lower(read_formula(text).statements[0].sides[0])


def test_a_product_is_a_sum_over_the_shared_axis() -> None:
    value = lower("W x")
    assert isinstance(value.entry, Sum)
    assert [axis.size.node for axis in value.axes] == ["W.row"]


def test_a_norm_is_a_sum_and_no_vector() -> None:
    assert lower(r"\|a - y\|^2").is_scalar
    with pytest.raises(Unclear, match="not squared"):
        lower(r"\|a - y\|")


def test_the_norm_of_a_matrix_is_frobenius_s() -> None:
    assert judge(DEFINITIONS, r"\|W\|_F^2 = \sum_i \sum_j W_{ij}^2") == "holds"
    with pytest.raises(Unclear, match="not Euclid's"):
        lower(r"\|W\|_1^2")


def test_a_quotient_of_arrays_is_one_of_entries() -> None:
    assert (
        judge(DEFINITIONS, r"\frac{\partial C}{\partial z} = (a - y) \oslash \phi'(z)") == "wrong"
    )
    assert judge(DEFINITIONS, r"(a - y) \odot a \oslash y = a \odot a \oslash y - a") == "holds"


def test_shapes_are_refused_in_the_text_s_own_sizes() -> None:
    with pytest.raises(Clash, match="n_y and n_x"):
        lower("W^T x")


def test_the_softmax_of_one_neuron_is_certain() -> None:
    definitions = (DEFINITIONS[0], r"a = \mathrm{softmax}(z)", r"C = -y^T \ln a")
    twice = r"a_j = \frac{2 e^{z_j}}{\sum_k e^{z_k}}"
    assert judge(definitions, twice) == "wrong"
    assert judge(definitions, twice.replace("2", "")) == "holds"


def test_an_indicator_is_a_case() -> None:
    assert lower(r"\mathbb{1}_{z > 0}").entry.has(Piecewise)


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
    assert judge(DEFINITIONS, claim) == verdict


def test_delta_with_two_indices_is_kronecker_s() -> None:
    lecture = read(r"S_{ij} = p_i (\delta_{ij} - p_j)", r"q_i = \sum_j S_{ij} x_j")
    node = read_formula(r"\delta_{ij}").statements[0].sides[0]
    assert Lowerer(lecture.arrays.context).lower(node).entry.has(KroneckerDelta)
