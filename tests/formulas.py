"""Correct formulas of our own, in the notations that are read; every slip is tried on each."""

from __future__ import annotations

# Definitions that open every document below.
OPENING = (
    r"z^{l} = W^{l} a^{l-1} + b^{l}",
    r"a^{l} = \sigma(z^{l})",
    r"C = \frac{1}{2} \sum_{j} (y_j - a^{L}_j)^2",
    r"z^{l}_{j} = \sum_{k} w^{l}_{jk} a^{l-1}_{k} + b^{l}_{j}",
)

HOLDING = (
    # matrices and columns
    r"\delta^{L} = (a^{L} - y) \odot \sigma'(z^{L})",
    r"\delta^{l} = ((W^{l+1})^T \delta^{l+1}) \odot \sigma'(z^{l})",
    r"\delta^{(l)} = \left( (W^{(l+1)})^{\top} \delta^{(l+1)} \right) \circ \sigma'(z^{(l)})",
    r"\frac{\partial C}{\partial W^{l}} = \delta^{l} (a^{l-1})^T",
    r"\frac{\partial C}{\partial W^{[l]}} = \delta^{[l]} a^{[l-1] T}",
    r"\frac{\partial C}{\partial b^{l}} = \delta^{l}",
    r"\frac{\partial C}{\partial a^{l-1}} = (W^{l})^T \delta^{l}",
    r"\frac{\partial C}{\partial a^{L}} = a^{L} - y",
    r"\frac{\partial C}{\partial z^{L}} = (a^{L} - y) \odot \sigma'(z^{L})",
    r"\delta^{L-1} = ((W^{L})^T ((a^{L} - y) \odot \sigma'(z^{L}))) \odot \sigma'(z^{L-1})",
    # Jacobians
    r"\frac{\partial C}{\partial W^{L}} = \frac{\partial C}{\partial a^{L}} "
    r"\frac{\partial a^{L}}{\partial z^{L}} \frac{\partial z^{L}}{\partial W^{L}}",
    r"\frac{\partial C}{\partial b^{L-1}} = \frac{\partial C}{\partial a^{L}} \cdot "
    r"\frac{\partial a^{L}}{\partial z^{L}} \cdot \frac{\partial z^{L}}{\partial a^{L-1}} \cdot "
    r"\frac{\partial a^{L-1}}{\partial z^{L-1}} \cdot \frac{\partial z^{L-1}}{\partial b^{L-1}}",
    r"\frac{\partial z^{l}}{\partial a^{l-1}} = W^{l}",
    r"\frac{\partial C}{\partial z^{l}} = \frac{\partial C}{\partial z^{l+1}} "
    r"\frac{\partial z^{l+1}}{\partial a^{l}} \frac{\partial a^{l}}{\partial z^{l}}",
    # indices
    r"z^{l}_{j} = \sum_{k} w^{l}_{jk} a^{l-1}_{k} + b^{l}_{j}",
    r"a^{l}_{j} = \sigma(z^{l}_{j})",
    r"\delta^{L}_{j} = (a^{L}_{j} - y_{j}) \sigma'(z^{L}_{j})",
    r"\delta^{l}_{j} = \sum_{k} w^{l+1}_{kj} \delta^{l+1}_{k} \sigma'(z^{l}_{j})",
    r"\frac{\partial C}{\partial w^{l}_{jk}} = a^{l-1}_{k} \delta^{l}_{j}",
    r"\frac{\partial C}{\partial b^{l}_{j}} = \delta^{l}_{j}",
    r"\frac{\partial C}{\partial a_j^{L}} = a_j^{L} - y_j",
    r"\frac{\partial C}{\partial a_k^{(L-1)}} = \sum_{j} w_{jk}^{(L)} \delta_j^{(L)}",
    r"\frac{\partial C}{\partial w_{jk}^{(L)}} = \frac{\partial z_j^{(L)}}{\partial w_{jk}^{(L)}} "
    r"\frac{\partial a_j^{(L)}}{\partial z_j^{(L)}} \frac{\partial C}{\partial a_j^{(L)}}",
    r"\frac{\partial C}{\partial a_k^{(L-1)}} = \sum_{j=1}^{n_L} "
    r"\frac{\partial z_j^{(L)}}{\partial a_k^{(L-1)}} "
    r"\frac{\partial a_j^{(L)}}{\partial z_j^{(L)}} \frac{\partial C}{\partial a_j^{(L)}}",
    r"\frac{\partial C}{\partial a_k^{(L-1)}} = \sum_{j=0}^{n_L - 1} "
    r"w_{jk}^{(L)} \sigma'(z_j^{(L)}) (a_j^{(L)} - y_j)",
    r"\frac{\partial z^{l}_{j}}{\partial w^{l}_{jk}} = a^{l-1}_{k}",
    r"\frac{\partial z^{l}_{j}}{\partial a^{l-1}_{k}} = w^{l}_{jk}",
    r"\frac{\partial a^{l}_{j}}{\partial z^{l}_{j}} = \sigma'(z^{l}_{j})",
    r"C = \frac{1}{2} \lVert y - a^{L} \rVert^2",
    r"\frac{\partial C}{\partial w^{L}_{jk}} = (a^{L}_{j} - y_{j}) \sigma'(z^{L}_{j}) a^{L-1}_{k}",
)
