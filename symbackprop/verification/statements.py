"""Saying of a formula what it is the gradient by, so that it can be judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from symbackprop.derivation.backward import derive_backward
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared
from symbackprop.network.network import L, mlp
from symbackprop.notation import Notation
from symbackprop.printing.selection import Selection, select

DOCUMENTS = (".md", ".tex", ".ipynb", ".txt")
MOST_LAYERS = 999


def state_gradient(
    wrt: str, formula: str, network: Declared | None = None, notation: Notation | None = None
) -> str:
    r"""Write the gradient on the left of a formula; what it says already stays a link of the chain.

    Brackets say that a number is a layer and no power.

    Raises:
        InputError: several names, or one that nothing has; a file in place of a formula.

    >>> from symbackprop.network.declared import declare
    >>> state_gradient("W1", r"\delta^1 (a^0)^T", declare("2-3-1"))
    '\\frac{\\partial C}{\\partial W^{(1)}} = \\delta^1 (a^0)^T'
    """
    if formula == "-" or Path(formula).suffix in DOCUMENTS:
        raise InputError("--wrt judges one formula, not a file")
    chosen = _select_one(wrt, network, notation)
    body = formula.strip().strip("$").strip()
    if chosen.name == "z" and wrt.lstrip().startswith(("delta", "δ")):
        return _write(r"\delta", chosen) + f" = {body}"
    return rf"\frac{{\partial C}}{{\partial {_write(chosen.name, chosen)}}} = {body}"


def _select_one(wrt: str, network: Declared | None, notation: Notation | None) -> Selection:
    system = derive_backward(network.system if network is not None else mlp().system)
    layered = network.network if network is not None else None
    if network is None or (layered is not None and layered.widths is None):
        # where no depth is declared, a formula may be about any layer
        system = replace(system, sizes={L: MOST_LAYERS})
    found = select(system, wrt, notation)
    if len(found) != 1:
        raise InputError(f"--wrt {wrt}: one formula is the gradient by one quantity")
    return found[0]


def _write(letter: str, chosen: Selection) -> str:
    """The quantity as the reader knows it; without a number it is that of any layer."""
    layer, *others = chosen.indices
    below = " ".join(str(index) for index in others if index is not None)
    return f"{letter}^{{({'l' if layer is None else layer})}}" + (f"_{{{below}}}" if below else "")
