"""Correct formulas of our own, in the notations that are read; every slip is tried on each."""

from __future__ import annotations

import re

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


SCRIPTS = r"(?:[\^_](?:\{[^{}]*\}|\w))*"
# a slip --> what makes it in a right formula, as (pattern, replacement) on the right side, each
# place for itself; written without a look at how slips are mended
SLIPPING = {
    "missing-transpose": (
        (rf"\(([Wa]{SCRIPTS})\)\^(?:T|\{{\\top\}})", r"\1"),
        (r" T\}", "}"),
        (rf"(?<=\) )\((\\delta{SCRIPTS})\)\^T", r"\1"),
    ),
    "hadamard": ((r"\\(?:odot|circ) ", ""),),
    "sign": (
        (rf"(a{SCRIPTS}) - (y{SCRIPTS})", r"\2 - \1"),
        (r"^", "-"),
    ),
    "factor": ((r"^", "2 "), (r"\\frac\{1\}\{2\} ", "")),
    "wrong-slope": ((r"\\sigma'\(z", r"\\sigma'(a"),),
    "missing-slope": (
        (rf" ?(?:\\odot|\\circ)? \\sigma'\(z{SCRIPTS}\)", ""),
        (rf"\\frac\{{\\partial a{SCRIPTS}\}}\{{\\partial z{SCRIPTS}\}} ?(?:\\cdot)?", ""),
    ),
    "wrong-layer": (
        (r"\^\{(\(?)l\+1(\)?)\}", r"^{\1l\2}"),
        (r"\^\{([\(\[]?)l-1([\)\]]?)\}", r"^{\1l\2}"),
        (r"\^\{([\(\[]?)l([\)\]]?)\}", r"^{\1l-1\2}"),
        (r"\^\{(\(?)L(\)?)\}", r"^{\1L-1\2}"),
        (r"\^\{(\(?)L-1(\)?)\}", r"^{\1L\2}"),
    ),
    "missing-sum": ((r"\\sum_\{.*?\}(?:\^\{[^{}]*\}|\^\{n_L\}|)\s", ""),),
    "wrong-index": (
        (r"w(.*?)_\{jk\}", r"w\1_{kj}"),
        (r"(a\^\{[^{}]*\})_\{k\}", r"\1_{j}"),
        (r"(\\delta\^\{[^{}]*\})_\{j\}", r"\1_{k}"),
    ),
    "sum-bound": ((r"n_L - 1", "n_{L-1}"), (r"n_L\}", "n_{L-1}}")),
    "missing-partial": ((r"\\frac\{\\partial C\}", r"\\frac{C}"),),
    "dropped-delta": ((rf"\\delta{SCRIPTS} ?", ""),),
    "wrong-order": (
        (rf"(\\delta{SCRIPTS}) (\(a{SCRIPTS}\)\^T)", r"\2 \1"),
        (rf"(\(W{SCRIPTS}\)\^(?:T|\{{\\top\}})) (\\delta{SCRIPTS})", r"\2 \1"),
    ),
    "wrong-lhs": (
        (r"(?<=^\\frac\{\\partial C\}\{\\partial )W", "b"),
        (r"(?<=^\\frac\{\\partial C\}\{\\partial )b(?!\S*_)", "W"),
    ),
}


def slip(formula: str) -> list[tuple[str, str]]:
    """Every slip on a right formula: its name and what it makes of the formula."""
    left, right = formula.split(" = ", 1)
    found = {}
    for name, rows in SLIPPING.items():
        for pattern, new in rows:
            side = left if name == "wrong-lhs" else right
            for place in re.finditer(pattern, side):
                changed = (side[: place.start()] + place.expand(new) + side[place.end() :]).strip()
                text = f"{changed} = {right}" if name == "wrong-lhs" else f"{left} = {changed}"
                if changed and text != formula:
                    found.setdefault(text, name)
    return [(name, text) for text, name in found.items()]
