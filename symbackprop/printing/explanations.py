"""What `explain` gives: arguments one by one, and all of them printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symbackprop.derivation.arguments import Argument, fix_indices
from symbackprop.printing.documents import render_sheet, write_display
from symbackprop.printing.requests import Printable, Request
from symbackprop.printing.selection import select
from symbackprop.printing.sheets import make_sheet, request_for


@dataclass(frozen=True, repr=False)
class Explanation(Sequence[Argument]):
    """How some formulas come about, line by line with a reason; a notebook shows it as LaTeX."""

    derived: Printable
    wrt: str
    notation: str | None
    arguments: tuple[Argument, ...]

    def __getitem__(self, place: Any) -> Any:
        return self.arguments[place]

    def __len__(self) -> int:
        return len(self.arguments)

    def __str__(self) -> str:
        return render_sheet(make_sheet(self.derived, self._request))

    def __repr__(self) -> str:
        lines = sum(len(argument.steps) for argument in self.arguments)
        return f"Explanation({self.wrt!r} of {self.derived.declared.title!r}: {lines} lines)"

    def _repr_latex_(self) -> str:
        return write_display(make_sheet(self.derived, self._request))

    @property
    def _request(self) -> Request:
        return request_for(self.derived, self.notation, wrt=self.wrt, steps=True)


def explain_derived(derived: Printable, wrt: str, notation: str | None) -> Explanation:
    """The arguments of the quantities that are asked for, for the indices that are asked for."""
    system, wanted = derived.system, request_for(derived, notation).notation
    arguments = tuple(
        fix_indices(argument, fixed)
        for chosen in select(system, wrt, wanted)
        for argument in derived.explain_quantity(chosen.name)
        if (fixed := chosen.match(argument.target, argument.axes, system.sizes)) is not None
    )
    return Explanation(derived, wrt, notation, arguments)
