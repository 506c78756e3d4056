"""Short lectures of our own outside of layers: definitions, what follows from them, and slips."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Lecture:
    """Definitions, and correct claims, each with slips of it; all as LaTeX.

    `alone` and `among` are formulas that are not judged as they should be yet, with the reason:
    beside the definitions only, and in the whole lecture.
    """

    name: str
    definitions: tuple[str, ...]
    claims: dict[str, tuple[str, ...]]
    alone: dict[str, str] = field(default_factory=dict)
    among: dict[str, str] = field(default_factory=dict)


CLASS = "an index of a definition that is fixed, k of p_k, has no value"
DOTS = "dots in two directions"
INNER = "x of w^T x is not taken for a vector, and w^T x not for a number"

LECTURES = (
    Lecture(
        "bold columns",
        (
            r"\mathbf{u} = \mathbf{V} \mathbf{x} + \mathbf{c}",
            r"\mathbf{h} = \sigma(\mathbf{u})",
            r"\mathbf{o} = \mathbf{W} \mathbf{h} + \mathbf{b}",
            r"E = \frac{1}{2} \lVert \mathbf{o} - \mathbf{t} \rVert^2",
        ),
        {
            r"\frac{\partial E}{\partial \mathbf{o}} = \mathbf{o} - \mathbf{t}": (
                r"\frac{\partial E}{\partial \mathbf{o}} = \mathbf{t} - \mathbf{o}",
                r"\frac{\partial E}{\partial \mathbf{o}} = 2 (\mathbf{o} - \mathbf{t})",
                r"\frac{\partial E}{\partial \mathbf{h}} = \mathbf{o} - \mathbf{t}",
                r"\frac{\partial E}{\partial \mathbf{o}} = \mathbf{o} + \mathbf{t}",
            ),
            r"\frac{\partial E}{\partial \mathbf{h}} = "
            r"\mathbf{W}^\top \frac{\partial E}{\partial \mathbf{o}}": (
                r"\frac{\partial E}{\partial \mathbf{h}} = "
                r"\mathbf{W} \frac{\partial E}{\partial \mathbf{o}}",
                r"\frac{\partial E}{\partial \mathbf{h}} = "
                r"\mathbf{V}^\top \frac{\partial E}{\partial \mathbf{o}}",
                r"\frac{\partial E}{\partial \mathbf{h}} = "
                r"-\mathbf{W}^\top \frac{\partial E}{\partial \mathbf{o}}",
            ),
            r"\frac{\partial E}{\partial \mathbf{W}} = "
            r"\frac{\partial E}{\partial \mathbf{o}} \mathbf{h}^\top": (
                r"\frac{\partial E}{\partial \mathbf{W}} = "
                r"\mathbf{h} \left(\frac{\partial E}{\partial \mathbf{o}}\right)^\top",
                r"\frac{\partial E}{\partial \mathbf{W}} = "
                r"\frac{\partial E}{\partial \mathbf{o}} \mathbf{x}^\top",
                r"\frac{\partial E}{\partial \mathbf{W}} = "
                r"\frac{\partial E}{\partial \mathbf{o}} \odot \mathbf{h}",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"\frac{\partial E}{\partial \mathbf{o}} \mathbf{h}^\top",
            ),
            r"\frac{\partial E}{\partial \mathbf{u}} = "
            r"(\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{u})": (
                r"\frac{\partial E}{\partial \mathbf{u}} = "
                r"\mathbf{W}^\top (\mathbf{o} - \mathbf{t})",
                r"\frac{\partial E}{\partial \mathbf{u}} = "
                r"(\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \sigma'(\mathbf{u})",
                r"\frac{\partial E}{\partial \mathbf{u}} = "
                r"(\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{h})",
                r"\frac{\partial E}{\partial \mathbf{u}} = "
                r"(\mathbf{W} (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{u})",
            ),
            r"\frac{\partial E}{\partial \mathbf{V}} = "
            r"((\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{u}))"
            r" \mathbf{x}^\top": (
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"(\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \mathbf{x}^\top",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"((\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{u}))"
                r" \mathbf{x}",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"((\mathbf{W}^\top (\mathbf{o} - \mathbf{t})) \odot \sigma'(\mathbf{u}))"
                r" \mathbf{h}^\top",
            ),
        },
    ),
    Lecture(
        "errors named before they are worked out",
        (
            r"\mathbf{p} = \mathbf{A} \mathbf{x} + \mathbf{a}",
            r"\mathbf{h} = \sigma(\mathbf{p})",
            r"\mathbf{q} = \mathbf{B} \mathbf{h} + \mathbf{b}",
            r"E = \frac{1}{2} \lVert \mathbf{q} - \mathbf{t} \rVert^2",
            r"\boldsymbol{\delta}_2 = \frac{\partial E}{\partial \mathbf{q}}",
            r"\boldsymbol{\delta}_1 = \frac{\partial E}{\partial \mathbf{p}}",
        ),
        {
            r"\boldsymbol{\delta}_2 = \mathbf{q} - \mathbf{t}": (
                r"\boldsymbol{\delta}_2 = \mathbf{t} - \mathbf{q}",
                r"\boldsymbol{\delta}_2 = 2 (\mathbf{q} - \mathbf{t})",
                r"\boldsymbol{\delta}_2 = \mathbf{h} - \mathbf{t}",
            ),
            r"\boldsymbol{\delta}_1 = "
            r"\mathbf{B}^\top \boldsymbol{\delta}_2 \odot \sigma'(\mathbf{p})": (
                r"\boldsymbol{\delta}_1 = "
                r"\mathbf{B} \boldsymbol{\delta}_2 \odot \sigma'(\mathbf{p})",
                r"\boldsymbol{\delta}_1 = \mathbf{B}^\top \boldsymbol{\delta}_2",
                r"\boldsymbol{\delta}_1 = "
                r"\mathbf{B}^\top \boldsymbol{\delta}_2 \odot \sigma'(\mathbf{q})",
            ),
            r"\frac{\partial E}{\partial \mathbf{B}} = \boldsymbol{\delta}_2 \mathbf{h}^\top": (
                r"\frac{\partial E}{\partial \mathbf{B}} = \mathbf{h} \boldsymbol{\delta}_2^\top",
                r"\frac{\partial E}{\partial \mathbf{B}} = \boldsymbol{\delta}_1 \mathbf{h}^\top",
                r"\frac{\partial E}{\partial \mathbf{B}} = \boldsymbol{\delta}_2",
            ),
            r"\frac{\partial E}{\partial \mathbf{a}} = \boldsymbol{\delta}_1": (
                r"\frac{\partial E}{\partial \mathbf{a}} = -\boldsymbol{\delta}_1",
                r"\frac{\partial E}{\partial \mathbf{a}} = \boldsymbol{\delta}_2",
                r"\frac{\partial E}{\partial \mathbf{A}} = \boldsymbol{\delta}_1",
            ),
        },
    ),
    Lecture(
        "bold rows and a batch",
        (
            r"\mathbf{Z} = \mathbf{X} \mathbf{W} + \mathbf{b}",
            r"\mathbf{H} = \phi(\mathbf{Z})",
            r"\mathbf{O} = \mathbf{H} \mathbf{U} + \mathbf{c}",
            r"L = \frac{1}{2} \lVert \mathbf{O} - \mathbf{Y} \rVert_F^2",
        ),
        {
            r"\frac{\partial L}{\partial \mathbf{O}} = \mathbf{O} - \mathbf{Y}": (
                r"\frac{\partial L}{\partial \mathbf{O}} = \mathbf{Y} - \mathbf{O}",
                r"\frac{\partial L}{\partial \mathbf{O}} = \frac{1}{2} (\mathbf{O} - \mathbf{Y})",
                r"\frac{\partial L}{\partial \mathbf{O}} = (\mathbf{O} - \mathbf{Y})^\top",
            ),
            r"\frac{\partial L}{\partial \mathbf{U}} = "
            r"\mathbf{H}^\top \frac{\partial L}{\partial \mathbf{O}}": (
                r"\frac{\partial L}{\partial \mathbf{U}} = "
                r"\frac{\partial L}{\partial \mathbf{O}} \mathbf{H}^\top",
                r"\frac{\partial L}{\partial \mathbf{U}} = "
                r"\mathbf{H} \frac{\partial L}{\partial \mathbf{O}}",
                r"\frac{\partial L}{\partial \mathbf{U}} = "
                r"\mathbf{X}^\top \frac{\partial L}{\partial \mathbf{O}}",
            ),
            r"\frac{\partial L}{\partial \mathbf{H}} = "
            r"\frac{\partial L}{\partial \mathbf{O}} \mathbf{U}^\top": (
                r"\frac{\partial L}{\partial \mathbf{H}} = "
                r"\mathbf{U}^\top \frac{\partial L}{\partial \mathbf{O}}",
                r"\frac{\partial L}{\partial \mathbf{H}} = "
                r"\frac{\partial L}{\partial \mathbf{O}} \mathbf{U}",
                r"\frac{\partial L}{\partial \mathbf{H}} = "
                r"\frac{\partial L}{\partial \mathbf{O}} \mathbf{W}^\top",
            ),
            r"\frac{\partial L}{\partial \mathbf{W}} = "
            r"\mathbf{X}^\top (((\mathbf{O} - \mathbf{Y}) \mathbf{U}^\top)"
            r" \odot \phi'(\mathbf{Z}))": (
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\mathbf{X}^\top ((\mathbf{O} - \mathbf{Y}) \mathbf{U}^\top)",
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\mathbf{X}^\top (((\mathbf{O} - \mathbf{Y}) \mathbf{U}^\top)"
                r" \odot \phi'(\mathbf{H}))",
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\mathbf{X}^\top (((\mathbf{O} - \mathbf{Y}) \mathbf{U}^\top)"
                r" \phi'(\mathbf{Z}))",
            ),
        },
    ),
    Lecture(
        "plain capitals, rows",
        (
            r"Z = X W + b",
            r"H = \sigma(Z)",
            r"S = H V + c",
            r"L = \frac{1}{2} \lVert S - Y \rVert_F^2",
        ),
        {
            r"\frac{\partial L}{\partial V} = H^T (S - Y)": (
                r"\frac{\partial L}{\partial V} = H (S - Y)",
                r"\frac{\partial L}{\partial V} = (S - Y) H^T",
                r"\frac{\partial L}{\partial V} = H^T (Y - S)",
                r"\frac{\partial L}{\partial W} = H^T (S - Y)",
            ),
            r"\frac{\partial L}{\partial H} = (S - Y) V^T": (
                r"\frac{\partial L}{\partial H} = V^T (S - Y)",
                r"\frac{\partial L}{\partial H} = 2 (S - Y) V^T",
                r"\frac{\partial L}{\partial H} = (S - Y) V",
            ),
            r"\frac{\partial L}{\partial W} = X^T (((S - Y) V^T) \odot \sigma'(Z))": (
                r"\frac{\partial L}{\partial W} = X^T ((S - Y) V^T)",
                r"\frac{\partial L}{\partial W} = X^T ((Y - S) V^T \odot \sigma'(Z))",
                r"\frac{\partial L}{\partial W} = (((S - Y) V^T) \odot \sigma'(Z)) X^T",
            ),
        },
    ),
    Lecture(
        "softmax with cross-entropy, one sample by entries",
        (
            r"s_i = \sum_j w_{ij} x_j + b_i",
            r"p_i = \frac{e^{s_i}}{\sum_k e^{s_k}}",
            r"L = -\sum_i t_i \log p_i",
        ),
        {
            r"\frac{\partial L}{\partial p_i} = -\frac{t_i}{p_i}": (
                r"\frac{\partial L}{\partial p_i} = \frac{t_i}{p_i}",
                r"\frac{\partial L}{\partial p_i} = -\frac{p_i}{t_i}",
                r"\frac{\partial L}{\partial p_i} = -\frac{t_j}{p_j}",
            ),
            r"\frac{\partial s_i}{\partial w_{ij}} = x_j": (
                r"\frac{\partial s_i}{\partial w_{ij}} = x_i",
                r"\frac{\partial s_i}{\partial w_{ij}} = w_{ij}",
                r"\frac{\partial s_i}{\partial w_{ij}} = -x_j",
                r"\frac{\partial s_i}{\partial w_{ij}} = \sum_j x_j",
            ),
            r"\frac{\partial p_i}{\partial s_i} = p_i (1 - p_i)": (
                r"\frac{\partial p_i}{\partial s_i} = p_i (1 + p_i)",
                r"\frac{\partial p_i}{\partial s_i} = -p_i (1 - p_i)",
                r"\frac{\partial p_i}{\partial s_i} = p_i",
                r"\frac{\partial p_i}{\partial s_j} = p_i (1 - p_i)",
            ),
            r"\frac{\partial L}{\partial s_i} = p_i \sum_k t_k - t_i": (
                r"\frac{\partial L}{\partial s_i} = p_i \sum_k p_k - t_k",
                r"\frac{\partial L}{\partial s_i} = t_i - p_i \sum_k t_k",
                r"\frac{\partial L}{\partial w_{ij}} = p_i \sum_k t_k - t_i",
            ),
            # where the targets sum to 1
            r"\frac{\partial L}{\partial s_i} = p_i - t_i": (
                r"\frac{\partial L}{\partial s_i} = t_i - p_i",
                r"\frac{\partial L}{\partial s_i} = (p_i - t_i) p_i (1 - p_i)",
                r"\frac{\partial L}{\partial s_i} = p_i - s_i",
                r"\frac{\partial L}{\partial p_i} = p_i - t_i",
                r"\frac{\partial L}{\partial w_{ij}} = p_i - t_i",
            ),
        },
    ),
    Lecture(
        "softmax in bold",
        (
            r"\mathbf{s} = \mathbf{W} \mathbf{x} + \mathbf{b}",
            r"\mathbf{p} = \mathrm{softmax}(\mathbf{s})",
            r"L = -\log p_k",
        ),
        {
            r"\frac{\partial L}{\partial \mathbf{x}} = "
            r"\mathbf{W}^\top \frac{\partial L}{\partial \mathbf{s}}": (
                r"\frac{\partial L}{\partial \mathbf{x}} = "
                r"\mathbf{W} \frac{\partial L}{\partial \mathbf{s}}",
                r"\frac{\partial L}{\partial \mathbf{x}} = "
                r"2 \mathbf{W}^\top \frac{\partial L}{\partial \mathbf{s}}",
                r"\frac{\partial L}{\partial \mathbf{x}} = "
                r"\mathbf{W}^\top \frac{\partial L}{\partial \mathbf{p}}",
            ),
            r"\frac{\partial L}{\partial \mathbf{W}} = "
            r"\frac{\partial L}{\partial \mathbf{s}} \mathbf{x}^\top": (
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\mathbf{x} \left(\frac{\partial L}{\partial \mathbf{s}}\right)^\top",
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\frac{\partial L}{\partial \mathbf{s}}",
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"-\frac{\partial L}{\partial \mathbf{s}} \mathbf{x}^\top",
            ),
            r"\frac{\partial L}{\partial \mathbf{b}} = "
            r"\frac{\partial L}{\partial \mathbf{s}}": (
                r"\frac{\partial L}{\partial \mathbf{b}} = "
                r"-\frac{\partial L}{\partial \mathbf{s}}",
                r"\frac{\partial L}{\partial \mathbf{b}} = "
                r"\frac{\partial L}{\partial \mathbf{p}}",
                r"\frac{\partial L}{\partial \mathbf{W}} = "
                r"\frac{\partial L}{\partial \mathbf{s}}",
            ),
        },
        alone={
            r"\frac{\partial L}{\partial \mathbf{x}} = \mathbf{W}^\top \frac{\partial "
            r"L}{\partial \mathbf{s}}": CLASS,
            r"\frac{\partial L}{\partial \mathbf{W}} = \frac{\partial L}{\partial "
            r"\mathbf{s}} \mathbf{x}^\top": CLASS,
            r"\frac{\partial L}{\partial \mathbf{b}} = \frac{\partial L}{\partial "
            r"\mathbf{s}}": CLASS,
        },
    ),
    Lecture(
        "softmax, a batch with means",
        (
            r"z_{nc} = \sum_j x_{nj} w_{jc} + b_c",
            r"p_{nc} = \frac{e^{z_{nc}}}{\sum_k e^{z_{nk}}}",
            r"J = -\frac{1}{N} \sum_{n=1}^{N} \sum_c y_{nc} \log p_{nc}",
        ),
        {
            r"\frac{\partial J}{\partial p_{nc}} = -\frac{1}{N} \frac{y_{nc}}{p_{nc}}": (
                r"\frac{\partial J}{\partial p_{nc}} = -\frac{y_{nc}}{p_{nc}}",
                r"\frac{\partial J}{\partial p_{nc}} = \frac{1}{N} \frac{y_{nc}}{p_{nc}}",
                r"\frac{\partial J}{\partial p_{nc}} = -\frac{1}{N} \frac{p_{nc}}{y_{nc}}",
            ),
            r"\frac{\partial J}{\partial w_{jc}} = "
            r"\sum_{n=1}^{N} \frac{\partial J}{\partial z_{nc}} x_{nj}": (
                r"\frac{\partial J}{\partial w_{jc}} = "
                r"\frac{1}{N} \sum_{n=1}^{N} \frac{\partial J}{\partial z_{nc}} x_{nj}",
                r"\frac{\partial J}{\partial w_{jc}} = "
                r"\frac{\partial J}{\partial z_{nc}} x_{nj}",
                r"\frac{\partial J}{\partial w_{jc}} = "
                r"\sum_{n=1}^{N} \frac{\partial J}{\partial z_{nj}} x_{nc}",
            ),
            r"\frac{\partial J}{\partial b_c} = "
            r"\sum_{n=1}^{N} \frac{\partial J}{\partial z_{nc}}": (
                r"\frac{\partial J}{\partial b_c} = \frac{\partial J}{\partial z_{nc}}",
                r"\frac{\partial J}{\partial b_c} = "
                r"-\sum_{n=1}^{N} \frac{\partial J}{\partial z_{nc}}",
                r"\frac{\partial J}{\partial b_c} = "
                r"\sum_{n=1}^{N} \frac{\partial J}{\partial p_{nc}}",
            ),
        },
    ),
    Lecture(
        "linear regression with samples",
        (
            r"\hat{y}_i = w x_i + b",
            r"J = \frac{1}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i)^2",
        ),
        {
            r"\frac{\partial J}{\partial w} = "
            r"\frac{2}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i) x_i": (
                r"\frac{\partial J}{\partial w} = "
                r"\frac{1}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i) x_i",
                r"\frac{\partial J}{\partial w} = "
                r"2 \sum_{i=1}^{N} (\hat{y}_i - y_i) x_i",
                r"\frac{\partial J}{\partial w} = "
                r"\frac{2}{N} \sum_{i=1}^{N} (y_i - \hat{y}_i) x_i",
                r"\frac{\partial J}{\partial w} = \frac{2}{N} (\hat{y}_i - y_i) x_i",
                r"\frac{\partial J}{\partial b} = "
                r"\frac{2}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i) x_i",
            ),
            r"\frac{\partial J}{\partial b} = \frac{2}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i)": (
                r"\frac{\partial J}{\partial b} = 2 \sum_{i=1}^{N} (\hat{y}_i - y_i)",
                r"\frac{\partial J}{\partial b} = "
                r"-\frac{2}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i)",
                r"\frac{\partial J}{\partial b} = "
                r"\frac{2}{N} \sum_{i=1}^{N} (\hat{y}_i - y_i)^2",
            ),
            r"\frac{\partial J}{\partial \hat{y}_i} = \frac{2}{N} (\hat{y}_i - y_i)": (
                r"\frac{\partial J}{\partial \hat{y}_i} = 2 (\hat{y}_i - y_i)",
                r"\frac{\partial J}{\partial \hat{y}_i} = \frac{2}{N} (y_i - \hat{y}_i)",
                r"\frac{\partial J}{\partial y_i} = \frac{2}{N} (\hat{y}_i - y_i)",
            ),
        },
    ),
    Lecture(
        "logistic regression with a weight vector",
        (
            r"z_i = \mathbf{w}^\top \mathbf{x}_i + b",
            r"\hat{y}_i = \frac{1}{1 + e^{-z_i}}",
            r"\ell_i = -y_i \log \hat{y}_i - (1 - y_i) \log(1 - \hat{y}_i)",
            r"J = \frac{1}{m} \sum_{i=1}^{m} \ell_i",
        ),
        {
            r"\frac{\partial \ell_i}{\partial z_i} = \hat{y}_i - y_i": (
                r"\frac{\partial \ell_i}{\partial z_i} = y_i - \hat{y}_i",
                r"\frac{\partial \ell_i}{\partial z_i} = "
                r"(\hat{y}_i - y_i) \hat{y}_i (1 - \hat{y}_i)",
                r"\frac{\partial \ell_i}{\partial \hat{y}_i} = \hat{y}_i - y_i",
            ),
            r"\frac{\partial \hat{y}_i}{\partial z_i} = \hat{y}_i (1 - \hat{y}_i)": (
                r"\frac{\partial \hat{y}_i}{\partial z_i} = \hat{y}_i (\hat{y}_i - 1)",
                r"\frac{\partial \hat{y}_i}{\partial z_i} = z_i (1 - z_i)",
                r"\frac{\partial \hat{y}_i}{\partial z_i} = y_i (1 - y_i)",
            ),
            r"\frac{\partial J}{\partial \mathbf{w}} = "
            r"\frac{1}{m} \sum_{i=1}^{m} (\hat{y}_i - y_i) \mathbf{x}_i": (
                r"\frac{\partial J}{\partial \mathbf{w}} = "
                r"\sum_{i=1}^{m} (\hat{y}_i - y_i) \mathbf{x}_i",
                r"\frac{\partial J}{\partial \mathbf{w}} = "
                r"\frac{1}{m} \sum_{i=1}^{m} (y_i - \hat{y}_i) \mathbf{x}_i",
                r"\frac{\partial J}{\partial \mathbf{w}} = "
                r"\frac{1}{m} \sum_{i=1}^{m} (\hat{y}_i - y_i)",
                r"\frac{\partial J}{\partial b} = "
                r"\frac{1}{m} \sum_{i=1}^{m} (\hat{y}_i - y_i) \mathbf{x}_i",
            ),
            r"\frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^{m} (\hat{y}_i - y_i)": (
                r"\frac{\partial J}{\partial b} = \hat{y}_i - y_i",
                r"\frac{\partial J}{\partial b} = \sum_{i=1}^{m} (\hat{y}_i - y_i)",
                r"\frac{\partial J}{\partial b} = "
                r"\frac{2}{m} \sum_{i=1}^{m} (\hat{y}_i - y_i)",
            ),
        },
    ),
    Lecture(
        "scalar computation graph",
        (
            r"q = x + y",
            r"r = q v",
            r"s = \sin(r) + q",
            r"f = s^2",
        ),
        {
            r"\frac{\partial f}{\partial s} = 2 s": (
                r"\frac{\partial f}{\partial s} = s",
                r"\frac{\partial f}{\partial s} = s^2",
                r"\frac{\partial f}{\partial r} = 2 s",
                r"\frac{\partial f}{\partial s} = -2 s",
            ),
            r"\frac{\partial s}{\partial v} = q \cos(r)": (
                r"\frac{\partial s}{\partial v} = v \cos(r)",
                r"\frac{\partial s}{\partial v} = q \sin(r)",
                r"\frac{\partial s}{\partial v} = -q \cos(r)",
            ),
            r"\frac{\partial f}{\partial x} = 2 s (v \cos(r) + 1)": (
                r"\frac{\partial f}{\partial x} = 2 s v \cos(r)",
                r"\frac{\partial f}{\partial x} = 2 s (q \cos(r) + 1)",
                r"\frac{\partial f}{\partial v} = 2 s (v \cos(r) + 1)",
                r"\frac{\partial f}{\partial x} = s (v \cos(r) + 1)",
            ),
            r"\frac{\partial f}{\partial v} = \frac{\partial f}{\partial s} "
            r"\frac{\partial s}{\partial r} \frac{\partial r}{\partial v}": (
                r"\frac{\partial f}{\partial v} = \frac{\partial f}{\partial s} "
                r"\frac{\partial r}{\partial v}",
                r"\frac{\partial f}{\partial v} = \frac{\partial f}{\partial s} "
                r"\frac{\partial s}{\partial r} \frac{\partial r}{\partial q}",
                r"\frac{\partial f}{\partial y} = \frac{\partial f}{\partial s} "
                r"\frac{\partial s}{\partial r} \frac{\partial r}{\partial v}",
            ),
        },
    ),
    Lecture(
        "recurrent network with bold vectors",
        (
            r"\mathbf{a}_t = \mathbf{W} \mathbf{h}_{t-1} + \mathbf{U} \mathbf{x}_t + \mathbf{b}",
            r"\mathbf{h}_t = \tanh(\mathbf{a}_t)",
            r"\mathbf{o}_t = \mathbf{V} \mathbf{h}_t + \mathbf{c}",
            r"E_t = \frac{1}{2} \lVert \mathbf{o}_t - \mathbf{y}_t \rVert^2",
            r"E = \sum_{t=1}^{T} E_t",
        ),
        {
            r"\frac{\partial \mathbf{h}_t}{\partial \mathbf{a}_t} = "
            r"\mathrm{diag}(1 - \mathbf{h}_t^2)": (
                r"\frac{\partial \mathbf{h}_t}{\partial \mathbf{a}_t} = "
                r"\mathrm{diag}(1 + \mathbf{h}_t^2)",
                r"\frac{\partial \mathbf{h}_t}{\partial \mathbf{a}_t} = "
                r"\mathrm{diag}(1 - \mathbf{a}_t^2)",
                r"\frac{\partial \mathbf{h}_t}{\partial \mathbf{a}_t} = "
                r"\mathrm{diag}(1 - \mathbf{h}_t)",
            ),
            r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{h}_{t-1}} = \mathbf{W}": (
                r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{h}_{t-1}} = \mathbf{U}",
                r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{h}_{t-1}} = -\mathbf{W}",
                r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{x}_t} = \mathbf{W}",
                r"\frac{\partial \mathbf{a}_t}{\partial \mathbf{h}_t} = \mathbf{W}",
            ),
            r"\frac{\partial E_t}{\partial \mathbf{h}_t} = "
            r"\mathbf{V}^\top (\mathbf{o}_t - \mathbf{y}_t)": (
                r"\frac{\partial E_t}{\partial \mathbf{h}_t} = "
                r"\mathbf{V} (\mathbf{o}_t - \mathbf{y}_t)",
                r"\frac{\partial E_t}{\partial \mathbf{h}_t} = "
                r"\mathbf{V}^\top (\mathbf{y}_t - \mathbf{o}_t)",
                r"\frac{\partial E_t}{\partial \mathbf{h}_{t-1}} = "
                r"\mathbf{V}^\top (\mathbf{o}_t - \mathbf{y}_t)",
                r"\frac{\partial E}{\partial \mathbf{h}_t} = "
                r"\mathbf{V}^\top (\mathbf{o}_t - \mathbf{y}_t)",
            ),
            r"\frac{\partial E}{\partial \mathbf{V}} = "
            r"\sum_{t=1}^{T} (\mathbf{o}_t - \mathbf{y}_t) \mathbf{h}_t^\top": (
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"\sum_{t=1}^{T} \mathbf{h}_t (\mathbf{o}_t - \mathbf{y}_t)^\top",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"(\mathbf{o}_t - \mathbf{y}_t) \mathbf{h}_t^\top",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"\sum_{t=1}^{T} (\mathbf{o}_t - \mathbf{y}_t) \mathbf{h}_{t-1}^\top",
                r"\frac{\partial E}{\partial \mathbf{V}} = "
                r"\frac{1}{T} \sum_{t=1}^{T} (\mathbf{o}_t - \mathbf{y}_t) \mathbf{h}_t^\top",
            ),
        },
    ),
    Lecture(
        "recurrence of numbers, back through time",
        (
            r"h_t = \tanh(w h_{t-1} + u x_t)",
            r"y_t = v h_t",
            r"E_t = \frac{1}{2} (y_t - d_t)^2",
        ),
        {
            r"\frac{\partial E_t}{\partial v} = (y_t - d_t) h_t": (
                r"\frac{\partial E_t}{\partial v} = (d_t - y_t) h_t",
                r"\frac{\partial E_t}{\partial v} = (y_t - d_t) v",
                r"\frac{\partial E_t}{\partial v} = (y_t - d_t) h_{t-1}",
            ),
            r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) w": (
                r"\frac{\partial h_t}{\partial h_{t-1}} = (1 + h_t^2) w",
                r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) u",
                r"\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_{t-1}^2) w",
                r"\frac{\partial h_t}{\partial h_{t-1}} = w",
            ),
            r"\frac{\partial E_3}{\partial h_1} = \frac{\partial E_3}{\partial h_3} "
            r"\frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial h_1}": (
                r"\frac{\partial E_3}{\partial h_1} = \frac{\partial E_3}{\partial h_3} "
                r"\frac{\partial h_2}{\partial h_1}",
                r"\frac{\partial E_3}{\partial h_1} = \frac{\partial E_3}{\partial h_2} "
                r"\frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial h_1}",
                r"\frac{\partial E_3}{\partial h_1} = -\frac{\partial E_3}{\partial h_3} "
                r"\frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial h_1}",
            ),
            r"\frac{\partial h_t}{\partial w} = "
            r"(1 - h_t^2) (h_{t-1} + w \frac{\partial h_{t-1}}{\partial w})": (
                r"\frac{\partial h_t}{\partial w} = "
                r"(1 - h_t^2) (h_t + w \frac{\partial h_{t-1}}{\partial w})",
                r"\frac{\partial h_t}{\partial w} = "
                r"(1 - h_t^2) (h_{t-1} - w \frac{\partial h_{t-1}}{\partial w})",
                r"\frac{\partial h_t}{\partial w} = "
                r"h_{t-1} + w \frac{\partial h_{t-1}}{\partial w}",
            ),
        },
    ),
    Lecture(
        "numerator layout",
        (
            r"y = \mathbf{w}^\top \mathbf{x} + b",
            r"e = \frac{1}{2} (y - t)^2",
        ),
        {
            r"\frac{\partial y}{\partial \mathbf{w}} = \mathbf{x}^\top": (
                r"\frac{\partial y}{\partial \mathbf{w}} = \mathbf{w}^\top",
                r"\frac{\partial y}{\partial \mathbf{w}} = -\mathbf{x}^\top",
                r"\frac{\partial y}{\partial \mathbf{w}} = \mathbf{x}^\top + b",
            ),
            r"\frac{\partial y}{\partial \mathbf{x}} = \mathbf{w}^\top": (
                r"\frac{\partial y}{\partial \mathbf{x}} = \mathbf{x}^\top",
                r"\frac{\partial y}{\partial \mathbf{x}} = 2 \mathbf{w}^\top",
                r"\frac{\partial y}{\partial \mathbf{x}} = \mathbf{w}^\top \mathbf{x}",
            ),
            r"\frac{\partial e}{\partial \mathbf{w}} = (y - t) \mathbf{x}^\top": (
                r"\frac{\partial e}{\partial \mathbf{w}} = (t - y) \mathbf{x}^\top",
                r"\frac{\partial e}{\partial \mathbf{w}} = \mathbf{x}^\top",
                r"\frac{\partial e}{\partial \mathbf{w}} = y \mathbf{x}^\top",
                r"\frac{\partial e}{\partial b} = (y - t) \mathbf{x}^\top",
            ),
            r"\frac{\partial e}{\partial b} = y - t": (
                r"\frac{\partial e}{\partial b} = t - y",
                r"\frac{\partial e}{\partial b} = 2 (y - t)",
                r"\frac{\partial e}{\partial b} = \frac{1}{2} (y - t)^2",
            ),
        },
    ),
    Lecture(
        "one neuron with plain vectors",
        (
            r"y = w^T x + b",
            r"L = \frac{1}{2} (y - t)^2",
        ),
        {
            r"\frac{\partial L}{\partial w} = (y - t) x": (
                r"\frac{\partial L}{\partial w} = (t - y) x",
                r"\frac{\partial L}{\partial w} = (y - t) w",
                r"\frac{\partial L}{\partial w} = y - t",
            ),
            r"\frac{\partial L}{\partial x} = (y - t) w": (
                r"\frac{\partial L}{\partial x} = 2 (y - t) w",
                r"\frac{\partial L}{\partial x} = w",
                r"\frac{\partial L}{\partial x} = (y - t) x",
            ),
            r"\frac{\partial L}{\partial b} = y - t": (
                r"\frac{\partial L}{\partial b} = t - y",
                r"\frac{\partial L}{\partial b} = (y - t) w",
                r"\frac{\partial L}{\partial b} = w^T x - t",
            ),
        },
        alone={
            r"\frac{\partial L}{\partial w} = (y - t) x": INNER,
            r"\frac{\partial L}{\partial x} = (y - t) w": INNER,
        },
    ),
    Lecture(
        "ReLU with cases",
        (
            r"z = w x + b",
            r"h = \max(0, z)",
            r"L = \frac{1}{2} (h - t)^2",
        ),
        {
            r"\frac{\partial h}{\partial z} = "
            r"\begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}": (
                r"\frac{\partial h}{\partial z} = "
                r"\begin{cases} 0 & z > 0 \\ 1 & z < 0 \end{cases}",
                r"\frac{\partial h}{\partial z} = "
                r"\begin{cases} 1 & z > 0 \\ -1 & z < 0 \end{cases}",
                r"\frac{\partial h}{\partial z} = "
                r"\begin{cases} z & z > 0 \\ 0 & z < 0 \end{cases}",
            ),
            r"\frac{\partial L}{\partial w} = "
            r"\begin{cases} (h - t) x & z > 0 \\ 0 & z < 0 \end{cases}": (
                r"\frac{\partial L}{\partial w} = "
                r"\begin{cases} (t - h) x & z > 0 \\ 0 & z < 0 \end{cases}",
                r"\frac{\partial L}{\partial w} = "
                r"\begin{cases} (h - t) x & z > 0 \\ x & z < 0 \end{cases}",
                r"\frac{\partial L}{\partial w} = "
                r"\begin{cases} h - t & z > 0 \\ 0 & z < 0 \end{cases}",
                r"\frac{\partial L}{\partial w} = (h - t) x",
            ),
            r"\frac{\partial L}{\partial h} = h - t": (
                r"\frac{\partial L}{\partial h} = t - h",
                r"\frac{\partial L}{\partial h} = z - t",
                r"\frac{\partial L}{\partial z} = h - t",
            ),
        },
    ),
    Lecture(
        "norm regulariser",
        (
            r"\mathbf{o} = \mathbf{W} \mathbf{x}",
            r"L = \frac{1}{2} \lVert \mathbf{o} - \mathbf{t} \rVert^2",
            r"R = \frac{\lambda}{2} \lVert \mathbf{W} \rVert_F^2",
            r"J = L + R",
        ),
        {
            r"\frac{\partial R}{\partial \mathbf{W}} = \lambda \mathbf{W}": (
                r"\frac{\partial R}{\partial \mathbf{W}} = 2 \lambda \mathbf{W}",
                r"\frac{\partial R}{\partial \mathbf{W}} = \lambda \mathbf{W}^\top",
                r"\frac{\partial R}{\partial \mathbf{W}} = \mathbf{W}",
                r"\frac{\partial L}{\partial \mathbf{W}} = \lambda \mathbf{W}",
            ),
            r"\frac{\partial J}{\partial \mathbf{W}} = "
            r"(\mathbf{o} - \mathbf{t}) \mathbf{x}^\top + \lambda \mathbf{W}": (
                r"\frac{\partial J}{\partial \mathbf{W}} = "
                r"(\mathbf{o} - \mathbf{t}) \mathbf{x}^\top",
                r"\frac{\partial J}{\partial \mathbf{W}} = "
                r"(\mathbf{o} - \mathbf{t}) \mathbf{x}^\top - \lambda \mathbf{W}",
                r"\frac{\partial J}{\partial \mathbf{W}} = "
                r"\mathbf{x} (\mathbf{o} - \mathbf{t})^\top + \lambda \mathbf{W}",
            ),
            r"\frac{\partial J}{\partial \mathbf{x}} = "
            r"\mathbf{W}^\top (\mathbf{o} - \mathbf{t})": (
                r"\frac{\partial J}{\partial \mathbf{x}} = "
                r"\mathbf{W} (\mathbf{o} - \mathbf{t})",
                r"\frac{\partial J}{\partial \mathbf{x}} = "
                r"\mathbf{W}^\top (\mathbf{o} - \mathbf{t}) + \lambda \mathbf{x}",
                r"\frac{\partial J}{\partial \mathbf{x}} = "
                r"\mathbf{W}^\top (\mathbf{t} - \mathbf{o})",
            ),
        },
    ),
    Lecture(
        "matrices of entries with dots",
        (
            r"u_i = \sum_{j=1}^{n} w_{ij} x_j",
            r"g = \sum_{i=1}^{m} u_i^2",
        ),
        {
            r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = "
            r"\begin{pmatrix} w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ "
            r"w_{m1} & \cdots & w_{mn} \end{pmatrix} "
            r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}": (
                r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = "
                r"\begin{pmatrix} w_{11} & \cdots & w_{m1} \\ \vdots & \ddots & \vdots \\ "
                r"w_{1n} & \cdots & w_{mn} \end{pmatrix} "
                r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}",
                r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = "
                r"\begin{pmatrix} w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ "
                r"w_{m1} & \cdots & w_{mn} \end{pmatrix} "
                r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix}",
                r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = "
                r"-\begin{pmatrix} w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ "
                r"w_{m1} & \cdots & w_{mn} \end{pmatrix} "
                r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}",
            ),
            r"\frac{\partial g}{\partial u_i} = 2 u_i": (
                r"\frac{\partial g}{\partial u_i} = u_i",
                r"\frac{\partial g}{\partial u_i} = 2 \sum_i u_i",
                r"\frac{\partial g}{\partial u_i} = u_i^2",
                r"\frac{\partial g}{\partial u_i} = 2 u_j",
            ),
            r"\frac{\partial g}{\partial x_j} = \sum_{i=1}^{m} 2 u_i w_{ij}": (
                r"\frac{\partial g}{\partial x_j} = \sum_{i=1}^{m} 2 u_i w_{ji}",
                r"\frac{\partial g}{\partial x_j} = 2 u_i w_{ij}",
                r"\frac{\partial g}{\partial x_j} = \sum_{i=1}^{m} u_i w_{ij}",
                r"\frac{\partial g}{\partial x_j} = \sum_{j=1}^{n} 2 u_i w_{ij}",
            ),
        },
        alone={
            r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = \begin{pmatrix} "
            r"w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ w_{m1} & \cdots & "
            r"w_{mn} \end{pmatrix} \begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}": DOTS,
        },
        among={
            r"\begin{pmatrix} u_1 \\ \vdots \\ u_m \end{pmatrix} = \begin{pmatrix} "
            r"w_{11} & \cdots & w_{1n} \\ \vdots & \ddots & \vdots \\ w_{m1} & \cdots & "
            r"w_{mn} \end{pmatrix} \begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}": DOTS,
        },
    ),
    Lecture(
        "updates by number of step",
        (
            r"y = w x + b",
            r"E = \frac{1}{2} (y - t)^2",
        ),
        {
            r"w_{k+1} = w_k - \eta \frac{\partial E}{\partial w}": (
                r"w_{k+1} = w_k + \eta \frac{\partial E}{\partial w}",
                r"w_{k+1} = w_k - \eta \frac{\partial E}{\partial b}",
                r"w_{k+1} = w_k - \eta \frac{\partial E}{\partial y}",
                r"w_{k+1} = b_k - \eta \frac{\partial E}{\partial w}",
            ),
            r"w(k+1) = w(k) - \eta \frac{\partial E}{\partial w(k)}": (
                r"w(k+1) = w(k) + \eta \frac{\partial E}{\partial w(k)}",
                r"w(k+1) = w(k) - \eta \frac{\partial E}{\partial b(k)}",
                r"w(k+1) = b(k) - \eta \frac{\partial E}{\partial w(k)}",
            ),
            r"w' = w - \eta \frac{\partial E}{\partial w}": (
                r"w' = w + \eta \frac{\partial E}{\partial w}",
                r"w' = w - \eta \frac{\partial E}{\partial b}",
                r"w = w - \eta \frac{\partial E}{\partial w}",
            ),
        },
    ),
    Lecture(
        "named layers with different activations",
        (
            r"z_1 = W_1 x + b_1",
            r"a_1 = \tanh(z_1)",
            r"z_2 = W_2 a_1 + b_2",
            r"a_2 = \sigma(z_2)",
            r"L = \frac{1}{2} \lVert a_2 - y \rVert^2",
        ),
        {
            r"\frac{\partial L}{\partial z_2} = (a_2 - y) \odot \sigma'(z_2)": (
                r"\frac{\partial L}{\partial z_2} = a_2 - y",
                r"\frac{\partial L}{\partial z_2} = (y - a_2) \odot \sigma'(z_2)",
                r"\frac{\partial L}{\partial z_2} = (a_2 - y) \odot \sigma'(a_2)",
                r"\frac{\partial L}{\partial z_2} = (a_2 - y) \odot \sigma'(z_1)",
            ),
            r"\frac{\partial L}{\partial W_2} = \frac{\partial L}{\partial z_2} a_1^T": (
                r"\frac{\partial L}{\partial W_2} = \frac{\partial L}{\partial z_2} a_2^T",
                r"\frac{\partial L}{\partial W_2} = a_1 "
                r"\left(\frac{\partial L}{\partial z_2}\right)^T",
                r"\frac{\partial L}{\partial W_1} = \frac{\partial L}{\partial z_2} a_1^T",
            ),
            r"\frac{\partial L}{\partial a_1} = W_2^T \frac{\partial L}{\partial z_2}": (
                r"\frac{\partial L}{\partial a_1} = W_2 \frac{\partial L}{\partial z_2}",
                r"\frac{\partial L}{\partial a_1} = W_1^T \frac{\partial L}{\partial z_2}",
                r"\frac{\partial L}{\partial a_1} = -W_2^T \frac{\partial L}{\partial z_2}",
            ),
            r"\frac{\partial L}{\partial z_1} = "
            r"\frac{\partial L}{\partial a_1} \odot (1 - \tanh^2(z_1))": (
                r"\frac{\partial L}{\partial z_1} = "
                r"\frac{\partial L}{\partial a_1} \odot \sigma'(z_1)",
                r"\frac{\partial L}{\partial z_1} = "
                r"\frac{\partial L}{\partial a_1} \odot (1 + \tanh^2(z_1))",
                r"\frac{\partial L}{\partial z_1} = "
                r"\frac{\partial L}{\partial a_1} \odot (1 - \tanh^2(z_2))",
            ),
        },
    ),
    Lecture(
        "two paths through vectors, by entries",
        (
            r"h_j = f\left(\sum_i v_{ji} x_i\right)",
            r"y_k = \sum_j w_{kj} h_j",
            r"E = \frac{1}{2} \sum_k (y_k - t_k)^2",
        ),
        {
            r"\frac{\partial E}{\partial h_j} = \sum_k (y_k - t_k) w_{kj}": (
                r"\frac{\partial E}{\partial h_j} = (y_k - t_k) w_{kj}",
                r"\frac{\partial E}{\partial h_j} = \sum_k (y_k - t_k) w_{jk}",
                r"\frac{\partial E}{\partial h_j} = \sum_k (t_k - y_k) w_{kj}",
                r"\frac{\partial E}{\partial h_j} = \sum_k (y_k - t_k) v_{kj}",
            ),
            r"\frac{\partial E}{\partial w_{kj}} = (y_k - t_k) h_j": (
                r"\frac{\partial E}{\partial w_{kj}} = (y_j - t_j) h_k",
                r"\frac{\partial E}{\partial w_{kj}} = (y_k - t_k) x_j",
                r"\frac{\partial E}{\partial w_{kj}} = (y_k - t_k)^2 h_j",
                r"\frac{\partial E}{\partial w_{kj}} = \sum_k (y_k - t_k) h_j",
            ),
            r"\frac{\partial E}{\partial v_{ji}} = \frac{\partial E}{\partial h_j} "
            r"f'\left(\sum_i v_{ji} x_i\right) x_i": (
                r"\frac{\partial E}{\partial v_{ji}} = \frac{\partial E}{\partial h_j} x_i",
                r"\frac{\partial E}{\partial v_{ji}} = \frac{\partial E}{\partial h_j} "
                r"f'\left(\sum_i v_{ji} x_i\right)",
                r"\frac{\partial E}{\partial v_{ji}} = \frac{\partial E}{\partial h_j} "
                r"f'(h_j) x_i",
                r"\frac{\partial E}{\partial v_{ji}} = \frac{\partial E}{\partial h_i} "
                r"f'\left(\sum_i v_{ji} x_i\right) x_j",
            ),
        },
    ),
)
