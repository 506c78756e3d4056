"""Lectures of our own in the notations of well-known texts, each with slips planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class LectureText:
    """Right formulas of one document, those among them that hold for sure, and slips.

    `slips` are planted one at a time, at the end of the document. `known` are the formulas and
    the slips that are not judged as they should be yet, with the reason.
    """

    name: str
    formulas: tuple[str, ...]
    holding: tuple[str, ...]
    slips: tuple[str, ...]
    known: dict[str, str] = field(default_factory=dict)


BOOK = LectureText(
    "a book's four equations",
    (
        r"z^l = w^l a^{l-1} + b^l",
        r"a^l = \sigma(z^l)",
        r"C = \frac{1}{2n} \sum_x \|y(x) - a^L(x)\|^2",
        r"C = \frac{1}{n} \sum_x C_x",
        r"C_x = \frac{1}{2} \|y - a^L\|^2",
        r"C = \frac{1}{2} \|y - a^L\|^2 = \frac{1}{2} \sum_j (y_j - a^L_j)^2",
        r"\delta^l_j \equiv \frac{\partial C}{\partial z^l_j}",
        r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)",
        r"\delta^L = \nabla_a C \odot \sigma'(z^L)",
        r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
        r"\frac{\partial C}{\partial b^l_j} = \delta^l_j",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j",
    ),
    (
        r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)",
        r"\delta^L = \nabla_a C \odot \sigma'(z^L)",
        r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
        r"\frac{\partial C}{\partial b^l_j} = \delta^l_j",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j",
    ),
    (
        r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma(z^L_j)",
        r"\delta^L_j = \frac{\partial C}{\partial z^L_j} \sigma'(z^L_j)",
        r"\delta^L = (y - a^L) \odot \sigma'(z^L)",
        r"\delta^L = (a^L - y) \odot \sigma'(a^L)",
        r"\delta^l = (w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)",
        r"\delta^l = ((w^l)^T \delta^{l+1}) \odot \sigma'(z^l)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^{l+1})",
        r"\frac{\partial C}{\partial b^l_j} = \delta^l_k",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_j \delta^l_k",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^l_k \delta^l_j",
    ),
)

CROSS_ENTROPY = LectureText(
    "cross-entropy with sigmoid",
    (
        r"z^l = w^l a^{l-1} + b^l",
        r"a^l = \sigma(z^l)",
        r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        r"C = -\frac{1}{n} \sum_x \left[ y \ln a^L + (1 - y) \ln (1 - a^L) \right]",
        r"\delta^L = a^L - y",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a^L_j - y_j)",
        r"\frac{\partial C}{\partial b^L_j} = a^L_j - y_j",
        r"\delta^l = (w^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
    ),
    (
        r"\delta^L = a^L - y",
        r"\delta^l = (w^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
    ),
    (
        r"\delta^L = y - a^L",
        r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        r"\delta^L = a^{L-1} - y",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_j (a^L_k - y_k)",
        r"\frac{\partial C}{\partial b^L_j} = 2 (a^L_j - y_j)",
    ),
)

ONE_NEURON_ENTROPY = LectureText(
    "cross-entropy of one neuron",
    (
        r"z = \sum_j w_j x_j + b",
        r"a = \sigma(z)",
        r"C = -\frac{1}{n} \sum_x \left[ y \ln a + (1 - y) \ln (1 - a) \right]",
        r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        r"\sigma'(z) = \sigma(z) (1 - \sigma(z))",
    ),
    (r"\sigma'(z) = \sigma(z) (1 - \sigma(z))",),
    (
        r"\sigma'(z) = \sigma(z) (1 + \sigma(z))",
        r"\sigma'(z) = -\sigma(z) (1 - \sigma(z))",
        r"\sigma'(z) = z (1 - z)",
    ),
)

SOFTMAX_LAYER = LectureText(
    "softmax output layer",
    (
        r"z^L_j = \sum_k w^L_{jk} a^{L-1}_k + b^L_j",
        r"a^L_j = \frac{e^{z^L_j}}{\sum_k e^{z^L_k}}",
        r"C = -\sum_j y_j \ln a^L_j",
        r"\delta^L_j = a^L_j - y_j",
        r"\frac{\partial C}{\partial b^L_j} = a^L_j - y_j",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a^L_j - y_j)",
    ),
    (
        r"\delta^L_j = a^L_j - y_j",
        r"\frac{\partial C}{\partial b^L_j} = a^L_j - y_j",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a^L_j - y_j)",
    ),
    (
        r"\delta^L_j = y_j - a^L_j",
        r"\delta^L_j = a^L_k - y_k",
        r"\frac{\partial C}{\partial b^L_j} = a^{L-1}_j - y_j",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_j (a^L_k - y_k)",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^L_k (a^L_j - y_j)",
    ),
)

LINEAR_LAYER = LectureText(
    "linear output layer",
    (
        r"z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j",
        r"a^L_j = z^L_j",
        r"C = \frac{1}{2} \sum_j (y_j - a^L_j)^2",
        r"\delta^L_j = a^L_j - y_j",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a^L_j - y_j)",
        r"\frac{\partial C}{\partial b^L_j} = a^L_j - y_j",
    ),
    (
        r"\delta^L_j = a^L_j - y_j",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a^L_j - y_j)",
    ),
    (
        r"\delta^L_j = y_j - a^L_j",
        r"\delta^L_j = 2 (a^L_j - y_j)",
        r"\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_j (a^L_j - y_j)",
        r"\frac{\partial C}{\partial b^L_j} = a^{L-1}_j (a^L_j - y_j)",
    ),
)

TUTORIAL = LectureText(
    "weights numbered by where they start",
    (
        r"z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}",
        r"a^{(l+1)} = f(z^{(l+1)})",
        r"a^{(1)} = x",
        r"J(W, b; x, y) = \frac{1}{2} \|a^{(n_l)} - y\|^2",
        r"\delta_i^{(n_l)} = \frac{\partial}{\partial z_i^{(n_l)}} J(W, b; x, y)"
        r" = -(y_i - a_i^{(n_l)}) f'(z_i^{(n_l)})",
        r"\delta_i^{(l)} = \left( \sum_{j=1}^{s_{l+1}} W_{ji}^{(l)} \delta_j^{(l+1)} \right)"
        r" f'(z_i^{(l)})",
        r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W, b; x, y) = a_j^{(l)} \delta_i^{(l+1)}",
        r"\frac{\partial}{\partial b_i^{(l)}} J(W, b; x, y) = \delta_i^{(l+1)}",
        r"\delta^{(n_l)} = -(y - a^{(n_l)}) \bullet f'(z^{(n_l)})",
        r"\delta^{(l)} = \left( (W^{(l)})^T \delta^{(l+1)} \right) \bullet f'(z^{(l)})",
        r"\nabla_{W^{(l)}} J(W, b; x, y) = \delta^{(l+1)} (a^{(l)})^T",
        r"\nabla_{b^{(l)}} J(W, b; x, y) = \delta^{(l+1)}",
    ),
    (
        r"\delta_i^{(l)} = \left( \sum_{j=1}^{s_{l+1}} W_{ji}^{(l)} \delta_j^{(l+1)} \right)"
        r" f'(z_i^{(l)})",
        r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W, b; x, y) = a_j^{(l)} \delta_i^{(l+1)}",
        r"\frac{\partial}{\partial b_i^{(l)}} J(W, b; x, y) = \delta_i^{(l+1)}",
        r"\nabla_{W^{(l)}} J(W, b; x, y) = \delta^{(l+1)} (a^{(l)})^T",
    ),
    (
        r"\delta_i^{(n_l)} = (y_i - a_i^{(n_l)}) f'(z_i^{(n_l)})",
        r"\delta_i^{(l)} = \left( \sum_{j=1}^{s_{l+1}} W_{ij}^{(l)} \delta_j^{(l+1)} \right)"
        r" f'(z_i^{(l)})",
        r"\delta_i^{(l)} = \left( \sum_{j=1}^{s_{l+1}} W_{ji}^{(l+1)} \delta_j^{(l+1)} \right)"
        r" f'(z_i^{(l)})",
        r"\delta_i^{(l)} = \left( \sum_{j=1}^{s_l} W_{ji}^{(l)} \delta_j^{(l+1)} \right)"
        r" f'(z_i^{(l)})",
        r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W, b; x, y) = a_i^{(l)} \delta_j^{(l+1)}",
        r"\frac{\partial}{\partial W_{ij}^{(l)}} J(W, b; x, y) = a_j^{(l)} \delta_i^{(l)}",
        r"\frac{\partial}{\partial b_i^{(l)}} J(W, b; x, y) = \delta_i^{(l)}",
        r"\nabla_{W^{(l)}} J(W, b; x, y) = a^{(l)} (\delta^{(l+1)})^T",
    ),
)

TURNED = LectureText(
    "weights from i to j, turned, with primed indices",
    (
        r"u^l = (W^l)^T y^{l-1} + b^l",
        r"y^l = f(u^l)",
        r"u^l_j = \sum_i w^l_{ij} y^{l-1}_i + b^l_j",
        r"E = \frac{1}{2} \sum_j (y^L_j - \tilde{y}_j)^2",
        r"\frac{\partial E}{\partial y^L_j} = y^L_j - \tilde{y}_j",
        r"\frac{\partial y^l_j}{\partial u^l_{j'}} = f'(u^l_j) \delta_{j,j'}",
        r"\frac{\partial u^l_j}{\partial y^{l-1}_i} = w^l_{ij}",
        r"\frac{\partial E}{\partial y^{l-1}_i} = "
        r"\sum_j w^l_{ij} \frac{\partial E}{\partial u^l_j}",
        r"\frac{\partial E}{\partial w^l_{ij}} = y^{l-1}_i \frac{\partial E}{\partial u^l_j}",
    ),
    (
        r"\frac{\partial E}{\partial y^L_j} = y^L_j - \tilde{y}_j",
        r"\frac{\partial u^l_j}{\partial y^{l-1}_i} = w^l_{ij}",
        r"\frac{\partial E}{\partial w^l_{ij}} = y^{l-1}_i \frac{\partial E}{\partial u^l_j}",
    ),
    (
        r"\frac{\partial E}{\partial y^L_j} = \tilde{y}_j - y^L_j",
        r"\frac{\partial y^l_j}{\partial u^l_{j'}} = f'(u^l_j)",
        r"\frac{\partial y^l_j}{\partial u^l_{j'}} = f(u^l_j) \delta_{j,j'}",
        r"\frac{\partial u^l_j}{\partial y^{l-1}_i} = w^l_{ji}",
        r"\frac{\partial E}{\partial y^{l-1}_i} = "
        r"\sum_j w^l_{ji} \frac{\partial E}{\partial u^l_j}",
        r"\frac{\partial E}{\partial w^l_{ij}} = y^{l-1}_j \frac{\partial E}{\partial u^l_i}",
        r"\frac{\partial E}{\partial w^l_{ij}} = y^l_i \frac{\partial E}{\partial u^l_j}",
    ),
)

SOFTMAX_ROWS = LectureText(
    "softmax, entry by entry",
    (
        r"a_i = \frac{e^{z_i}}{\sum_k e^{z_k}}",
        r"\frac{\partial a_i}{\partial z_j} = "
        r"\begin{cases} a_i (1 - a_i) & i = j \\ -a_i a_j & i \neq j \end{cases}",
        r"L = -\sum_k y_k \log a_k",
        r"\frac{\partial L}{\partial a_k} = -\frac{y_k}{a_k}",
        r"\sum_k y_k = 1",
        r"\frac{\partial L}{\partial z_i} = a_i \sum_k y_k - y_i = a_i - y_i",
    ),
    (
        r"\frac{\partial a_i}{\partial z_j} = "
        r"\begin{cases} a_i (1 - a_i) & i = j \\ -a_i a_j & i \neq j \end{cases}",
        r"\frac{\partial L}{\partial a_k} = -\frac{y_k}{a_k}",
        r"\frac{\partial L}{\partial z_i} = a_i \sum_k y_k - y_i = a_i - y_i",
    ),
    (
        r"\frac{\partial a_i}{\partial z_j} = "
        r"\begin{cases} a_i (1 - a_i) & i = j \\ a_i a_j & i \neq j \end{cases}",
        r"\frac{\partial a_i}{\partial z_j} = "
        r"\begin{cases} a_i (1 - a_j) & i \neq j \\ -a_i a_j & i = j \end{cases}",
        r"\frac{\partial a_i}{\partial z_j} = a_i (1 - a_i)",
        r"\frac{\partial L}{\partial a_k} = \frac{y_k}{a_k}",
        r"\frac{\partial L}{\partial a_k} = -\frac{a_k}{y_k}",
        r"\frac{\partial L}{\partial z_i} = y_i - a_i",
        r"\frac{\partial L}{\partial z_i} = a_i - y_j",
    ),
)

DESCENT = LectureText(
    "gradient descent in words of change",
    (
        r"\Delta C \approx \frac{\partial C}{\partial v_1} \Delta v_1"
        r" + \frac{\partial C}{\partial v_2} \Delta v_2",
        r"\nabla C \equiv \left( \frac{\partial C}{\partial v_1},"
        r" \frac{\partial C}{\partial v_2} \right)^T",
        r"\Delta C \approx \nabla C \cdot \Delta v",
        r"\Delta v = -\eta \nabla C",
        r"\Delta C \approx -\eta \nabla C \cdot \nabla C = -\eta \|\nabla C\|^2",
        r"v \rightarrow v' = v - \eta \nabla C",
    ),
    (),
    (
        r"\Delta C \approx \eta \|\nabla C\|^2",
        r"v' = v + \eta \nabla C",
        r"\nabla C = \left( \frac{\partial C}{\partial v_1},"
        r" \frac{\partial E}{\partial v_2} \right)^T",
    ),
)

SMALL_TRANSPOSE = LectureText(
    "a small t transposes",
    (
        r"z_1 = W_1 x + b_1",
        r"a_1 = \sigma(z_1)",
        r"z_2 = W_2 a_1 + b_2",
        r"a_2 = \sigma(z_2)",
        r"C = \frac{1}{2} \|a_2 - y\|^2",
        r"\delta_2 = (a_2 - y) \odot \sigma'(z_2)",
        r"\delta_1 = W_2^t \delta_2 \odot \sigma'(z_1)",
        r"\frac{\partial C}{\partial W_2} = \delta_2 a_1^t",
        r"\frac{\partial C}{\partial W_1} = \delta_1 x^t",
        r"\frac{\partial C}{\partial b_1} = \delta_1",
    ),
    (
        r"\frac{\partial C}{\partial W_2} = \delta_2 a_1^t",
        r"\frac{\partial C}{\partial W_1} = \delta_1 x^t",
    ),
    (
        r"\frac{\partial C}{\partial W_2} = a_1 \delta_2^t",
        r"\frac{\partial C}{\partial W_2} = \delta_2 a_2^t",
        r"\frac{\partial C}{\partial W_1} = x \delta_1^t",
        r"\frac{\partial C}{\partial W_1} = -\delta_1 x^t",
        r"\frac{\partial C}{\partial b_1} = 2 \delta_1",
    ),
)


def letter_cost(cost: str) -> LectureText:
    """The same network, whatever its cost is called."""
    by = rf"\frac{{\partial {cost}}}"
    return LectureText(
        f"the cost called {cost}",
        (
            r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}",
            r"a^{(l)} = g(z^{(l)})",
            rf"{cost} = \frac{{1}}{{2}} \sum_j (a^{{(L)}}_j - y_j)^2",
            rf"{by}{{\partial a^{{(L)}}_j}} = a^{{(L)}}_j - y_j",
            rf"{by}{{\partial W^{{(l)}}_{{jk}}}} = "
            rf"{by}{{\partial z^{{(l)}}_j}} a^{{(l-1)}}_k",
            rf"{by}{{\partial b^{{(l)}}}} = {by}{{\partial z^{{(l)}}}}",
        ),
        (
            rf"{by}{{\partial a^{{(L)}}_j}} = a^{{(L)}}_j - y_j",
            rf"{by}{{\partial W^{{(l)}}_{{jk}}}} = "
            rf"{by}{{\partial z^{{(l)}}_j}} a^{{(l-1)}}_k",
            rf"{by}{{\partial b^{{(l)}}}} = {by}{{\partial z^{{(l)}}}}",
        ),
        (
            rf"{by}{{\partial a^{{(L)}}_j}} = y_j - a^{{(L)}}_j",
            rf"{by}{{\partial a^{{(L)}}_j}} = 2 (a^{{(L)}}_j - y_j)",
            rf"{by}{{\partial W^{{(l)}}_{{jk}}}} = {by}{{\partial z^{{(l)}}_j}} a^{{(l)}}_k",
            rf"{by}{{\partial W^{{(l)}}_{{jk}}}} = {by}{{\partial z^{{(l)}}_k}} a^{{(l-1)}}_j",
            rf"{by}{{\partial b^{{(l)}}}} = {by}{{\partial a^{{(l)}}}}",
        ),
    )


ONE_CASE = LectureText(
    "one neuron with values set for a case",
    (
        r"z = w x + b",
        r"a = \sigma(z)",
        r"C = \frac{(y - a)^2}{2}",
        r"\frac{\partial C}{\partial w} = (a - y) \sigma'(z) x",
        r"\frac{\partial C}{\partial b} = (a - y) \sigma'(z)",
        r"x = 1",
        r"y = 0",
        r"\frac{\partial C}{\partial w} = a \sigma'(z)",
        r"\frac{\partial C}{\partial b} = a \sigma'(z)",
    ),
    (
        r"\frac{\partial C}{\partial w} = (a - y) \sigma'(z) x",
        r"\frac{\partial C}{\partial b} = (a - y) \sigma'(z)",
        r"\frac{\partial C}{\partial w} = a \sigma'(z)",
    ),
    (
        r"\frac{\partial C}{\partial w} = -a \sigma'(z)",
        r"\frac{\partial C}{\partial w} = a \sigma(z)",
        r"\frac{\partial C}{\partial b} = 2 a \sigma'(z)",
        r"\frac{\partial C}{\partial b} = a",
    ),
)

SLOPE = LectureText(
    "the slope of the sigmoid, without arguments",
    (
        r"z^l = W^l a^{l-1} + b^l",
        r"a^l = \sigma(z^l)",
        r"\sigma' = \sigma (1 - \sigma)",
        r"C = \frac{1}{2} \sum_j (a^L_j - y_j)^2",
        r"\delta^L_j = (a^L_j - y_j) a^L_j (1 - a^L_j)",
        r"\delta^l_j = a^l_j (1 - a^l_j) \sum_k W^{l+1}_{kj} \delta^{l+1}_k",
    ),
    (
        r"\delta^L_j = (a^L_j - y_j) a^L_j (1 - a^L_j)",
        r"\delta^l_j = a^l_j (1 - a^l_j) \sum_k W^{l+1}_{kj} \delta^{l+1}_k",
    ),
    (
        r"\delta^L_j = (a^L_j - y_j) a^L_j (1 + a^L_j)",
        r"\delta^L_j = (a^L_j - y_j) z^L_j (1 - z^L_j)",
        r"\delta^l_j = a^l_j (1 - a^l_j) \sum_k W^{l+1}_{jk} \delta^{l+1}_k",
        r"\delta^l_j = a^{l+1}_j (1 - a^{l+1}_j) \sum_k W^{l+1}_{kj} \delta^{l+1}_k",
        r"\delta^l_j = a^l_j (1 - a^l_j) W^{l+1}_{kj} \delta^{l+1}_k",
    ),
)

ONE_LETTER = LectureText(
    "one letter for the weights of two layers",
    (
        r"net_j = \sum_i w_{ji} x_i",
        r"h_j = \sigma(net_j)",
        r"net_k = \sum_j w_{kj} h_j",
        r"o_k = \sigma(net_k)",
        r"E = \frac{1}{2} \sum_k (t_k - o_k)^2",
        r"\frac{\partial E}{\partial w_{kj}} = -(t_k - o_k) \sigma'(net_k) h_j",
        r"\frac{\partial E}{\partial w_{ji}} = "
        r"-\sigma'(net_j) x_i \sum_k (t_k - o_k) \sigma'(net_k) w_{kj}",
    ),
    (
        r"\frac{\partial E}{\partial w_{kj}} = -(t_k - o_k) \sigma'(net_k) h_j",
        r"\frac{\partial E}{\partial w_{ji}} = "
        r"-\sigma'(net_j) x_i \sum_k (t_k - o_k) \sigma'(net_k) w_{kj}",
    ),
    (
        r"\frac{\partial E}{\partial w_{kj}} = (t_k - o_k) \sigma'(net_k) h_j",
        r"\frac{\partial E}{\partial w_{kj}} = -(t_k - o_k) h_j",
        r"\frac{\partial E}{\partial w_{kj}} = -(t_k - o_k) \sigma'(net_k) x_j",
        r"\frac{\partial E}{\partial w_{ji}} = "
        r"-\sigma'(net_j) x_i (t_k - o_k) \sigma'(net_k) w_{kj}",
        r"\frac{\partial E}{\partial w_{ji}} = "
        r"-x_i \sum_k (t_k - o_k) \sigma'(net_k) w_{kj}",
        r"\frac{\partial E}{\partial w_{ji}} = "
        r"-\sigma'(net_j) x_i \sum_k (t_k - o_k) \sigma'(net_k) w_{ji}",
    ),
)

PLAIN = LectureText(
    "a hidden layer in plain letters",
    (
        r"h = \sigma(W_1 x + b_1)",
        r"\hat{y} = W_2 h + b_2",
        r"L = \frac{1}{2} \|\hat{y} - y\|^2",
        r"\frac{\partial L}{\partial W_2} = (\hat{y} - y) h^T",
        r"\frac{\partial L}{\partial h} = W_2^T (\hat{y} - y)",
        r"\frac{\partial L}{\partial W_1} = "
        r"(W_2^T (\hat{y} - y) \odot \sigma'(W_1 x + b_1)) x^T",
    ),
    (
        r"\frac{\partial L}{\partial W_2} = (\hat{y} - y) h^T",
        r"\frac{\partial L}{\partial h} = W_2^T (\hat{y} - y)",
        r"\frac{\partial L}{\partial W_1} = "
        r"(W_2^T (\hat{y} - y) \odot \sigma'(W_1 x + b_1)) x^T",
    ),
    (
        r"\frac{\partial L}{\partial W_2} = h (\hat{y} - y)^T",
        r"\frac{\partial L}{\partial W_2} = (y - \hat{y}) h^T",
        r"\frac{\partial L}{\partial W_2} = (\hat{y} - y) x^T",
        r"\frac{\partial L}{\partial h} = W_2 (\hat{y} - y)",
        r"\frac{\partial L}{\partial h} = W_1^T (\hat{y} - y)",
        r"\frac{\partial L}{\partial W_1} = W_2^T (\hat{y} - y) x^T",
        r"\frac{\partial L}{\partial W_1} = "
        r"(W_2^T (\hat{y} - y) \odot \sigma(W_1 x + b_1)) x^T",
    ),
)

GATES = LectureText(
    "a cell with gates",
    (
        r"f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)",
        r"i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)",
        r"o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)",
        r"g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)",
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
        r"h_t = o_t \odot \tanh(c_t)",
        r"\frac{\partial h_t}{\partial c_t} = o_t \odot (1 - \tanh^2(c_t))",
        r"\frac{\partial c_t}{\partial g_t} = i_t",
        r"\frac{\partial c_t}{\partial i_t} = g_t",
    ),
    (
        r"\frac{\partial h_t}{\partial c_t} = o_t \odot (1 - \tanh^2(c_t))",
        r"\frac{\partial c_t}{\partial g_t} = i_t",
        r"\frac{\partial c_t}{\partial i_t} = g_t",
    ),
    (
        r"\frac{\partial h_t}{\partial c_t} = o_t \odot (1 + \tanh^2(c_t))",
        r"\frac{\partial h_t}{\partial c_t} = o_t \odot \tanh(c_t)",
        r"\frac{\partial c_t}{\partial g_t} = g_t",
        r"\frac{\partial c_t}{\partial g_t} = f_t",
        r"\frac{\partial c_t}{\partial i_t} = i_t",
    ),
)

TEXTS = (
    BOOK,
    CROSS_ENTROPY,
    ONE_NEURON_ENTROPY,
    SOFTMAX_LAYER,
    LINEAR_LAYER,
    TUTORIAL,
    TURNED,
    SOFTMAX_ROWS,
    DESCENT,
    SMALL_TRANSPOSE,
    ONE_CASE,
    SLOPE,
    ONE_LETTER,
    PLAIN,
    GATES,
    *map(letter_cost, ("J", "E", "L", r"\mathcal{L}", r"\ell")),
)
