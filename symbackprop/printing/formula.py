"""One formula as a string: an equation or a step of a derivation, in any view and notation."""

from __future__ import annotations

from symbackprop.choices import VIEWS, ViewName
from symbackprop.derivation.arguments import Step
from symbackprop.equations import Equation, System
from symbackprop.errors import InputError, name_choices
from symbackprop.notation import Notation, find_preset
from symbackprop.printing import latex, text
from symbackprop.printing.arrange import arrange_equation, arrange_step
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.layout import Layout

RENDERERS = {"text": text.render, "latex": latex.render}


def arrange_formula(
    formula: Equation | Step, system: System, notation: Notation, view: ViewName = "indexed"
) -> Layout:
    """The layout of one equation, or of one line of a derivation.

    Raises:
        InputError: no such view, or no matrix form of this equation.
    """
    if view not in VIEWS:
        raise InputError(name_choices("view", view, VIEWS))
    if isinstance(formula, Step):
        return arrange_step(formula, system, notation)
    arrange = arrange_matrix_equation if view == "matrix" else arrange_equation
    return arrange(formula, system, notation)


def render(
    formula: Equation | Step,
    system: System,
    *,
    view: ViewName = "indexed",
    notation: str = "nielsen",
    language: str = "en",
    to: str = "latex",
) -> str:
    r"""Write one equation, or one line of a derivation, as LaTeX (for math mode) or as text.

    Raises:
        InputError: no such view, notation, language or format; no matrix form of this equation.

    >>> from symbackprop.network.network import mlp
    >>> system = mlp().system
    >>> print(render(system.equations[1], system, notation="ng"))
    z^{[l]}_{j} = \sum_{k} W^{[l]}_{jk} a^{[l-1]}_{k} + b^{[l]}_{j}
    >>> print(render(system.equations[1], system, view="matrix", to="text"))
    zˡ = wˡ aˡ⁻¹ + bˡ
    """
    if to not in RENDERERS:
        raise InputError(name_choices("format", to, RENDERERS))
    chosen = find_preset(notation, language=language)
    return RENDERERS[to](arrange_formula(formula, system, chosen, view))
