"""A network that is given, as formulas that stand before a text: the network as one would write it.

So formulas of any network are judged as those of a lecture that defines one of its own: what is
printed is read back, and there is no second way to know a network.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.equations import Equation
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared, choose_notation
from symbackprop.notation import Notation
from symbackprop.printing.arrange import arrange_equation, arrange_expression
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.latex import render


def is_presumable(declared: Declared) -> bool:
    """Whether a network is one that layered texts are presumed to be about: with one activation,
    and a cost without a term for the weights."""
    network = declared.network
    if network is None or network.regularized:
        return False
    return len({row.name for row in network.activations}) == 1


def write_network(declared: Declared, notation: Notation | None = None) -> tuple[str, ...]:
    r"""The forward equations of a network in its notation, in indices and as matrices.

    Raises:
        InputError: a symbolic depth and another activation in the last layer.

    >>> from symbackprop.network.declared import load
    >>> for formula in write_network(load("examples/residual.toml"))[-2:]:
    ...     print(formula)
    C = \frac{1}{2} \sum_{j} (y_{j} - r_{j})^{2}
    C = \frac{1}{2} \lVert y - r \rVert^{2}
    """
    network = declared.network
    if network is not None and network.widths is None and len(network.activations) > 1:
        raise InputError(
            f"{declared.title}: formulas are checked against one activation for all of L layers; "
            f"give widths such as 2-3-2 to have another in the last"
        )
    chosen = choose_notation(declared) if notation is None else notation
    equations = declared.system.select("forward")
    found = [f for e in equations for f in _write(e, declared, chosen)]
    found += [
        f"{render(arrange_expression(part, declared.system, chosen))} = {total}"
        for part, total in declared.system.assumptions
    ]
    return tuple(dict.fromkeys(found))


def _write(equation: Equation, declared: Declared, notation: Notation) -> Iterator[str]:
    yield render(arrange_equation(equation, declared.system, notation))
    try:
        yield render(arrange_matrix_equation(equation, declared.system, notation))
    except InputError:
        # what has no matrix form has indices only
        return
