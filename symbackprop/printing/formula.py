"""One formula as a string: an equation or a step of a derivation, in any view and notation."""

from __future__ import annotations

from symbackprop.derivation.arguments import Step
from symbackprop.equations import Equation, System
from symbackprop.errors import InputError, name_choices
from symbackprop.notation import find_preset
from symbackprop.printing import latex, text
from symbackprop.printing.arrange import arrange_equation, arrange_step

RENDERERS = {"text": text.render, "latex": latex.render}


def render(
    formula: Equation | Step,
    system: System,
    *,
    view: str = "indexed",
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
    if isinstance(formula, Step):
        return RENDERERS[to](arrange_step(formula, system, chosen, view))
    return RENDERERS[to](arrange_equation(formula, system, chosen, view))
