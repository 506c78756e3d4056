"""A network that is given, as formulas that stand before a text: the network as one would write it.

So formulas of any network are judged as those of a lecture that defines one of its own: what is
printed is read back, and there is no second way to know a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Symbol

from symbackprop.equations import Equation, System
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.network.declared import Declared, choose_notation
from symbackprop.notation import Notation
from symbackprop.primitives import find_primitive
from symbackprop.printing.arrange import arrange_domain, arrange_equation, arrange_expression
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

    >>> from symbackprop.network.declared import load
    >>> for formula in write_network(load("examples/residual.toml"))[-2:]:
    ...     print(formula)
    C = \frac{1}{2} \sum_{j} (y_{j} - r_{j})^{2}
    C = \frac{1}{2} \lVert y - r \rVert^{2}
    """
    chosen = choose_notation(declared) if notation is None else notation
    equations = declared.system.select("forward")
    found = [f for e in equations for f in _write(e, declared, chosen)]
    found += _write_functions(equations, chosen)
    found += [
        f"{render(arrange_expression(part, declared.system, chosen))} = {total}"
        for part, total in declared.system.assumptions
    ]
    return tuple(dict.fromkeys(found))


def _write_functions(equations: Iterable[Equation], notation: Notation) -> Iterator[str]:
    """What the named functions are of which there are formulas: sigma(z) = 1/(1 + e^{-z})."""
    z = Symbol("z", real=True)
    named = {type(f) for e in equations for f in e.rhs.atoms(NamedFunction)}
    for function in sorted(named, key=lambda f: f.spelling):
        formula = None if function.formula is None else function.apply_formula(z)
        # tanh(z) = tanh(z) would say nothing
        if formula is not None and find_primitive(formula) is None:
            system = System((Equation(Symbol("a"), function(z)),))
            yield render(arrange_equation(Equation(function(z), formula), system, notation))


def _write(equation: Equation, declared: Declared, notation: Notation) -> Iterator[str]:
    domain = arrange_domain(equation, declared.system, notation)
    said = rf" \quad ({render(domain)})" if domain is not None else ""
    yield render(arrange_equation(equation, declared.system, notation)) + said
    try:
        yield render(arrange_matrix_equation(equation, declared.system, notation)) + said
    except InputError:
        # what has no matrix form has indices only
        return
