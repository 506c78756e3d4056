"""What is asked of a sheet: the derived system, which formulas of it, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sympy import Expr, Symbol

from symbackprop.choices import Form, ViewName
from symbackprop.derivation.arguments import Argument
from symbackprop.equations import Equation, System
from symbackprop.network.declared import Declared
from symbackprop.notation import Notation

ALL = "all"
LIMIT = 1000
DIGITS = 9
ACTIVATION = "activation"


class Printable(Protocol):
    """What a sheet asks of a derived system."""

    @property
    def declared(self) -> Declared: ...

    @property
    def system(self) -> System: ...

    @property
    def wrt(self) -> str:
        """What is shown where nothing else is asked for."""

    @property
    def activations(self) -> tuple[Argument, ...]: ...

    def explain_quantity(self, name: str) -> tuple[Argument, ...]: ...

    def write_form(self, name: str, form: str) -> tuple[Argument, ...]: ...

    def require_values(self) -> None:
        """Raise an InputError where the declaration has no numbers."""

    def number(self, expression: Expr, place: Mapping[Symbol, int] | None = None) -> Any:
        """The number of an expression, also of the partial derivative of an entry."""


@dataclass(frozen=True)
class Request:
    """What is to be shown of a derived system.

    `wrt` names quantities as in selection.py: all, W, W1, WL, delta2, w1_12, several with commas.
    `steps` shows the whole argument of each formula instead of one form of it.
    """

    view: ViewName = "matrix"
    form: Form = "delta"
    wrt: str = ALL
    notation: Notation = field(default_factory=Notation)
    digits: int = DIGITS
    steps: bool = False
    limit: int | None = LIMIT


@dataclass(frozen=True)
class Entry:
    """One formula to be shown, with the lines of its argument where they are asked for."""

    part: str
    lines: tuple[tuple[Equation, str], ...]
