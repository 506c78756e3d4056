"""Formulas opened for judging: their statements, the text that they are, the scope they make."""

from __future__ import annotations

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.definitions import list_definitions
from symbackprop.verification.families import Families, find_sizes
from symbackprop.verification.scopes import Scope
from symbackprop.verification.text import Text

# macros, as documents define them
DEFINED = r"""
\newcommand{\pp}[2]{\frac{\partial #1}{\partial #2}}
\newcommand*{\vect}[1]{\mathbf{#1}}
\renewcommand\loss{\mathcal{L}} % \newcommand{\ghost}{x}
\def\act#1{\sigma(#1)}
\DeclareMathOperator*{\relu}{ReLU}
\newcommand{\at}[2][t]{#2_{#1}}
"""


def list_statements(*formulas: str) -> list[tree.Statement]:
    return [s for formula in formulas for s in read_formula(formula).statements]


def open_text(*formulas: str) -> Text:
    return Text([read_formula(formula) for formula in formulas])


def open_scope(*formulas: str) -> Scope:
    """What holds behind these formulas."""
    statements = list_statements(*formulas)
    found = [definition for _, definition in list_definitions(statements)]
    families = Families(statements, found, find_sizes(statements))
    return Scope(families, {definition.name: definition for definition in found})


def read_side(formula: str) -> tree.Node:
    """The only side of the only statement."""
    ((side,),) = (statement.sides for statement in list_statements(formula))
    return side
