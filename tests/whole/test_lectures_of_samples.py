"""Samples: what is of one and what of all, and slips in it; units by number, and gates."""

from __future__ import annotations

import pytest
from own_lectures import judge, read_all

from symbackprop.lecture.letters import learn_letters
from symbackprop.lecture.samples import Columns, find_columns, find_count, prefers_columns
from symbackprop.lecture.survey import survey

# definitions, claims that are right, and slips in them
LECTURES = {
    "samples as columns": (
        [
            r"Z^{[1]} = W^{[1]} X + b^{[1]}",
            r"A^{[1]} = g(Z^{[1]})",
            r"Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}",
            r"A^{[2]} = \sigma(Z^{[2]})",
            r"\mathcal{L}(a, y) = -(y \log a + (1-y) \log(1-a))",
            r"J = \frac1m \sum_{i=1}^m \mathcal{L}(a^{[2](i)}, y^{(i)})",
        ],
        [
            r"dZ^{[2]} = A^{[2]} - Y",
            r"dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}",
            r"db^{[2]} = \frac1m np.sum(dZ^{[2]}, axis=1, keepdims=True)",
            r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g'(Z^{[1]})",
            r"dW^{[1]} = \frac1m dZ^{[1]} X^T",
        ],
        [
            r"dZ^{[2]} = Y - A^{[2]}",
            r"dW^{[2]} = dZ^{[2]} A^{[1]T}",
            r"dZ^{[1]} = W^{[2]} dZ^{[2]} \odot g'(Z^{[1]})",
            r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g'(A^{[1]})",
            r"dW^{[1]} = \frac1m X dZ^{[1]T}",
        ],
    ),
    "samples as rows": (
        [
            r"Z = X W + b",
            r"A = \sigma(Z)",
            r"L = \frac{1}{2m} \|A - Y\|^2",
        ],
        [
            r"\frac{\partial L}{\partial A} = \frac1m (A - Y)",
            r"\frac{\partial L}{\partial Z} = \frac1m (A - Y) \odot \sigma'(Z)",
            r"\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Z}",
            r"\frac{\partial L}{\partial b} = \mathbf{1}^T \frac{\partial L}{\partial Z}",
            r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Z} W^T",
        ],
        [
            r"\frac{\partial L}{\partial A} = (A - Y)",
            r"\frac{\partial L}{\partial A} = \frac1m (Y-A)",
            r"\frac{\partial L}{\partial W} = X \frac{\partial L}{\partial Z}",
            r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial Z}",
            r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Z} W",
        ],
    ),
    "rows of a softmax": (
        [
            r"Z_1 = X W_1 + b_1",
            r"A_1 = \tanh(Z_1)",
            r"Z_2 = A_1 W_2 + b_2",
            r"\hat Y = \mathrm{softmax}(Z_2)",
            r"L = -\frac1N \sum_{i=1}^N \sum_{k=1}^K Y_{ik} \log \hat Y_{ik}",
        ],
        [
            r"dZ_2 = \frac1N (\hat Y - Y)",
            r"dW_2 = A_1^T dZ_2",
            r"db_2 = \sum_{i=1}^N (dZ_2)_i",
            r"dA_1 = dZ_2 W_2^T",
            r"dZ_1 = dA_1 \odot (1 - A_1^2)",
            r"dW_1 = X^T dZ_1",
        ],
        [
            r"dZ_2 = \hat Y - Y",
            r"dZ_1 = dA_1 \odot (1 - A_1)",
        ],
    ),
    "least squares": (
        [
            r"\hat y = X w + b",
            r"L = \frac1{2n} \|X w + b - y\|^2",
        ],
        [
            r"\frac{\partial L}{\partial w} = \frac1n X^T (X w + b - y)",
            r"\nabla_w L = \frac1n X^T (\hat y - y)",
            r"\frac{\partial L}{\partial b} = \frac1n \mathbf 1^T (\hat y - y)",
            r"\frac{\partial L}{\partial b} = \frac1n \sum_{i=1}^n (\hat y_i - y_i)",
        ],
        [
            r"\frac{\partial L}{\partial w} = X^T (X w + b - y)",
            r"\frac{\partial L}{\partial w} = \frac1n X (X w + b - y)",
            r"\frac{\partial L}{\partial b} = \frac1n (\hat y - y)",
            r"\frac{\partial L}{\partial b} = \sum_{i=1}^n (\hat y_i - y_i)",
        ],
    ),
    "logistic regression": (
        [
            r"z^{(i)} = w^T x^{(i)} + b",
            r"a^{(i)} = \sigma(z^{(i)})",
            r"J = -\frac1m \sum_{i=1}^m [y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log (1 - a^{(i)})]",
            r"\sigma(z) = \frac{1}{1+e^{-z}}",
        ],
        [
            r"\frac{\partial J}{\partial w} = \frac1m \sum_{i=1}^m (a^{(i)} - y^{(i)}) x^{(i)}",
            r"\frac{\partial J}{\partial b} = \frac1m \sum_{i=1}^m (a^{(i)} - y^{(i)})",
            r"\frac{\partial J}{\partial w_j} = \frac1m \sum_{i=1}^m (a^{(i)} - y^{(i)}) x_j^{(i)}",
            r"\frac{\partial J}{\partial z^{(i)}} = \frac1m (a^{(i)} - y^{(i)})",
        ],
        [
            r"\frac{\partial J}{\partial w} = \sum_{i=1}^m (a^{(i)} - y^{(i)}) x^{(i)}",
            r"\frac{\partial J}{\partial w} = \frac1m \sum_{i=1}^m (y^{(i)} - a^{(i)}) x^{(i)}",
            r"\frac{\partial J}{\partial w} = \frac1m (a^{(i)} - y^{(i)}) x^{(i)}",
            r"\frac{\partial J}{\partial z^{(i)}} = a^{(i)} - y^{(i)}",
        ],
    ),
    "samples below": (
        [
            r"a_{nj} = \sum_i w_{ji} z_{ni} + b_j",
            r"y_{nj} = h(a_{nj})",
            r"E = \frac12 \sum_{n=1}^N \sum_k (y_{nk} - t_{nk})^2",
        ],
        [
            r"\frac{\partial E}{\partial w_{ji}} = \sum_n (y_{nj} - t_{nj}) h'(a_{nj}) z_{ni}",
            r"\frac{\partial E}{\partial b_j} = \sum_{n=1}^N (y_{nj} - t_{nj}) h'(a_{nj})",
            r"\frac{\partial E}{\partial a_{nj}} = (y_{nj}-t_{nj}) h'(a_{nj})",
            r"\frac{\partial E}{\partial z_{ni}} = \sum_j w_{ji} (y_{nj}-t_{nj}) h'(a_{nj})",
        ],
        [
            r"\frac{\partial E}{\partial w_{ji}} = (y_{nj} - t_{nj}) h'(a_{nj}) z_{ni}",
            r"\frac{\partial E}{\partial w_{ji}} = \frac1N\sum_n (y_{nj} - t_{nj})"
            r" h'(a_{nj}) z_{ni}",
        ],
    ),
    "layers of a batch": (
        [
            r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}",
            r"A^{[l]} = g^{[l]}(Z^{[l]})",
        ],
        [
            r"dZ^{[l]} = dA^{[l]} * g^{[l]\prime}(Z^{[l]})",
            r"dA^{[l-1]} = W^{[l]T} dZ^{[l]}",
            r"dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} * g^{[l]\prime}(Z^{[l]})",
            r"dW^{[l]} = \frac1m dZ^{[l]} A^{[l-1]T}",
            r"db^{[l]} = \frac1m \sum_{i=1}^m dZ^{[l](i)}",
        ],
        [
            r"dA^{[l-1]} = W^{[l]} dZ^{[l]}",
            r"dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} * g^{[l]\prime}(A^{[l]})",
            r"dW^{[l]} = \frac1m A^{[l-1]} dZ^{[l]T}",
        ],
    ),
    "numbered units": (
        [
            r"z_1 = w_{11} x_1 + w_{12} x_2 + b_1",
            r"z_2 = w_{21} x_1 + w_{22} x_2 + b_2",
            r"a_1 = \sigma(z_1)",
            r"a_2 = \sigma(z_2)",
            r"C = \frac12 (a_1 - y_1)^2 + \frac12 (a_2 - y_2)^2",
        ],
        [
            r"\frac{\partial C}{\partial w_{12}} = (a_1 - y_1) \sigma'(z_1) x_2",
            r"\frac{\partial C}{\partial x_1} = (a_1-y_1)\sigma'(z_1) w_{11} + (a_2"
            r" - y_2) \sigma'(z_2) w_{21}",
            r"\delta_1 = \frac{\partial C}{\partial z_1} = (a_1 - y_1) \sigma'(z_1)",
        ],
        [
            r"\frac{\partial C}{\partial w_{12}} = (a_1 - y_1) \sigma'(z_1) x_1",
            r"\frac{\partial C}{\partial x_1} = (a_1-y_1)\sigma'(z_1) w_{11} + (a_2"
            r" - y_2) \sigma'(z_2) w_{12}",
            r"\frac{\partial C}{\partial x_1} = (a_1-y_1)\sigma'(z_1) w_{11}",
        ],
    ),
    "named units": (
        [
            r"net_{h1} = w_1 i_1 + w_2 i_2 + b_1",
            r"net_{h2} = w_3 i_1 + w_4 i_2 + b_1",
            r"out_{h1} = \frac{1}{1+e^{-net_{h1}}}",
            r"out_{h2} = \frac{1}{1+e^{-net_{h2}}}",
            r"net_{o1} = w_5 out_{h1} + w_6 out_{h2} + b_2",
            r"net_{o2} = w_7 out_{h1} + w_8 out_{h2} + b_2",
            r"out_{o1} = \frac{1}{1+e^{-net_{o1}}}",
            r"out_{o2} = \frac{1}{1+e^{-net_{o2}}}",
            r"E_{total} = \frac12 (target_{o1} - out_{o1})^2 + \frac12 (target_{o2} - out_{o2})^2",
        ],
        [
            r"\frac{\partial E_{total}}{\partial out_{o1}} = -(target_{o1} - out_{o1})",
            r"\frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1} (1 - out_{o1})",
            r"\frac{\partial E_{total}}{\partial w_5} = -(target_{o1} - out_{o1})"
            r" out_{o1} (1 - out_{o1}) out_{h1}",
            r"\delta_{o1} = \frac{\partial E_{total}}{\partial net_{o1}} ="
            r" -(target_{o1} - out_{o1}) out_{o1} (1 - out_{o1})",
            r"\frac{\partial E_{total}}{\partial w_1} = (\delta_{o1} w_5 +"
            r" \delta_{o2} w_7) out_{h1} (1-out_{h1}) i_1",
        ],
        [
            r"\frac{\partial E_{total}}{\partial out_{o1}} = target_{o1} - out_{o1}",
            r"\frac{\partial E_{total}}{\partial w_5} = -(target_{o1} - out_{o1})"
            r" out_{o1} (1 - out_{o1}) out_{h2}",
            r"\frac{\partial E_{total}}{\partial w_1} = (\delta_{o1} w_5 +"
            r" \delta_{o2} w_6) out_{h1} (1-out_{h1}) i_1",
        ],
    ),
    "gates": (
        [
            r"f_t = \sigma(W_f [h_{t-1}, x_t] + b_f)",
            r"i_t = \sigma(W_i [h_{t-1}, x_t] + b_i)",
            r"\tilde C_t = \tanh(W_C [h_{t-1}, x_t] + b_C)",
            r"C_t = f_t \odot C_{t-1} + i_t \odot \tilde C_t",
            r"o_t = \sigma(W_o [h_{t-1}, x_t] + b_o)",
            r"h_t = o_t \odot \tanh(C_t)",
        ],
        [
            r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot \tanh(C_t)",
            r"\frac{\partial h_t}{\partial C_t} = \mathrm{diag}(o_t \odot (1 - \tanh^2(C_t)))",
            r"\frac{\partial C_t}{\partial f_t} = \mathrm{diag}(C_{t-1})",
        ],
        [
            r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot C_t",
        ],
    ),
    "gated unit": (
        [
            r"z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)",
            r"r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)",
            r"\tilde h_t = \tanh(W x_t + U (r_t \odot h_{t-1}) + b)",
            r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t",
        ],
        [
            r"d\tilde h_t = dh_t \odot z_t",
            r"dz_t = dh_t \odot (\tilde h_t - h_{t-1})",
        ],
        [
            r"d\tilde h_t = dh_t \odot (1 - z_t)",
            r"dz_t = dh_t \odot (h_{t-1} - \tilde h_t)",
        ],
    ),
    "normalised batch": (
        [
            r"\mu = \frac1m \sum_{i=1}^m x_i",
            r"\sigma^2 = \frac1m \sum_{i=1}^m (x_i - \mu)^2",
            r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}",
            r"y_i = \gamma \hat x_i + \beta",
        ],
        [
            r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial"
            r" L}{\partial y_i} \hat x_i",
            r"\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}",
            r"\frac{\partial L}{\partial \hat x_i} = \frac{\partial L}{\partial y_i} \gamma",
            r"\frac{\partial L}{\partial \sigma^2} = \sum_{i=1}^m \frac{\partial"
            r" L}{\partial \hat x_i} (x_i - \mu) \cdot \frac{-1}{2} (\sigma^2 + \epsilon)^{-3/2}",
            r"\frac{\partial L}{\partial x_i} = \frac{1}{m \sqrt{\sigma^2 +"
            r" \epsilon}} (m \frac{\partial L}{\partial \hat x_i} - \sum_{j=1}^m"
            r" \frac{\partial L}{\partial \hat x_j} - \hat x_i"
            r" \sum_{j=1}^m \frac{\partial L}{\partial \hat x_j} \hat x_j)",
        ],
        [
            r"\frac{\partial L}{\partial \gamma} = \frac{\partial L}{\partial y_i} \hat x_i",
            r"\frac{\partial L}{\partial \beta} = \frac1m\sum_{i=1}^m"
            r" \frac{\partial L}{\partial y_i}",
            r"\frac{\partial L}{\partial \hat x_i} = \frac{\partial L}{\partial y_i} \hat x_i",
            r"\frac{\partial L}{\partial x_i} = \frac{1}{m \sqrt{\sigma^2 +"
            r" \epsilon}} (m \frac{\partial L}{\partial \hat x_i} - \sum_{j=1}^m"
            r" \frac{\partial L}{\partial \hat x_j})",
        ],
    ),
    "softmax by rows": (
        [
            r"P_{ij} = \frac{e^{Z_{ij}}}{\sum_k e^{Z_{ik}}}",
            r"L = -\frac1n \sum_{i=1}^n \sum_j Y_{ij} \log P_{ij}",
            r"\sum_j Y_{ij} = 1",
        ],
        [
            r"\frac{\partial L}{\partial Z_{ij}} = \frac1n (P_{ij} - Y_{ij})",
            r"\frac{\partial L}{\partial Z} = \frac1n (P - Y)",
            r"\frac{\partial P_{ij}}{\partial Z_{ik}} = P_{ij} (\delta_{jk} - P_{ik})",
        ],
        [
            r"\frac{\partial L}{\partial Z_{ij}} = P_{ij} - Y_{ij}",
            r"\frac{\partial L}{\partial Z} = (P - Y)",
            r"\frac{\partial P_{ij}}{\partial Z_{ik}} = P_{ij} (\delta_{jk} - P_{ij})",
        ],
    ),
    "samples above": (
        [
            r"z^{l,n} = W^l a^{l-1,n} + b^l",
            r"a^{l,n} = \sigma(z^{l,n})",
            r"C = \frac1N \sum_{n=1}^N C_n",
            r"C_n = \frac12 \|a^{L,n} - y^n\|^2",
        ],
        [
            r"\frac{\partial C}{\partial z^{L,n}} = \frac1N (a^{L,n} - y^n) \odot \sigma'(z^{L,n})",
            r"\frac{\partial C}{\partial W^l} = \sum_n \frac{\partial C}{\partial"
            r" z^{l,n}} (a^{l-1,n})^T",
        ],
        [
            r"\frac{\partial C}{\partial z^{L,n}} = (a^{L,n} - y^n) \odot \sigma'(z^{L,n})",
            r"\frac{\partial C}{\partial W^l} = \frac{\partial C}{\partial z^{l,n}} (a^{l-1,n})^T",
        ],
    ),
}


@pytest.mark.parametrize("name", LECTURES)
def test_what_is_right_holds(name: str) -> None:
    definitions, claims, _ = LECTURES[name]
    for claim in claims:
        others = [other for other in claims if other != claim]
        assert judge((*definitions, *others), claim) == "holds", claim


@pytest.mark.parametrize("name", LECTURES)
def test_slips_are_caught(name: str) -> None:
    definitions, claims, slips = LECTURES[name]
    for slip in slips:
        verdict = judge((*definitions, *claims), slip)
        assert verdict in ("wrong", "ill-formed", "holds-for-one-neuron"), slip


def test_the_letter_of_the_number_of_samples_is_that_of_the_cost() -> None:
    statements = read_all(r"q = \frac{1}{n} s", r"J = \frac{1}{2m} \sum_{i=1}^m e_i")
    count = find_count(statements)
    assert count is not None and count.base == "m"
    assert find_count(read_all(r"z = \frac{1}{1 + x}", r"z = \frac{x}{m}")) is None


def test_samples_lie_as_the_weights_say() -> None:
    assert prefers_columns(read_all("Z = W X + b"))
    assert prefers_columns(read_all("Z = X W + b")) is False
    assert prefers_columns(read_all("Z = g(Y)")) is None


def test_what_is_of_one_sample_is_a_column_of_the_capital() -> None:
    statements = read_all(
        "Z = W X + b", r"J = \frac1m \sum_{i=1}^m (z^{(i)} - y^{(i)})^2", "D = Y - Z"
    )
    letters = learn_letters(survey(statements))
    assert set(find_columns(letters, statements)) == {
        Columns("z^", "Z", True),
        Columns("y^", "Y", True),
    }
