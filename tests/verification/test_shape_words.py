"""Shapes in words: what clashes is told in widths of layers; what fits or is unknown is not."""

from __future__ import annotations

import pytest

from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.shape_words import say_clash


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)", r"(n_{l+1} × n_l)(n_{l+1})"),
        (r"\delta^2 = W^3 \delta^3", "(n_3 × n_2)(n_3)"),
        (r"\frac{\partial C}{\partial W^l} = \delta^l a^{l-1}", "(n_l)(n_{l-1})"),
        (r"\frac{\partial C}{\partial W^l} = (a^{l-1})^T \delta^l", "(1 × n_{l-1})(n_l)"),
        (r"\frac{\partial C}{\partial W^L} = \delta^L", "(n_L × n_{L-1}) = (n_L)"),
        (r"z^l = W^l a^{l-1} + b^{l-1}", "(n_l) + (n_{l-1})"),
        (r"\delta^l = \delta^{l+1} \odot \sigma'(z^l)", "(n_{l+1}) ⊙ (n_l)"),
        (r"\delta = W^T \delta", "(n_L) = (n_{L-1})"),
    ],
)
def test_clashes_are_told(latex: str, said: str) -> None:
    assert say_clash(latex, Lexicon()) == said


@pytest.mark.parametrize(
    "latex",
    [
        r"\delta^{l-1} = (W^l)^T \delta^l \odot \sigma'(z^{l-1})",
        r"z^l = W^l a^{l-1} + b^l",
        r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T",
        r"\delta^L = \frac{\partial a^L}{\partial z^L} (a^L - y)",
        r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
        r"\delta^l = q^{l} r",
        r"W^l \leftarrow W^l - \eta \delta^l (a^{l-1})^T",
        r"a^l = \sigma(z^l), \quad z^l = W^l a^l",
        r"\frac{",
    ],
)
def test_what_fits_or_is_unknown_is_not_told(latex: str) -> None:
    assert say_clash(latex, Lexicon()) is None
