"""The record of what is declared: a system, and the numbers and the notation that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from symbackprop.equations import System
from symbackprop.network.activations import find_step
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Declared:
    """What is to be derived: a system of equations, with numbers where a file gives them.

    `network` is None for a computation graph. `notation` is the name of a preset, or None;
    `notation_changes` has the fields of a Notation that a file changes (decimal, language, ...);
    `digits` are those shown.
    """

    title: str
    system: System
    network: Network | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    notation: str | None = None
    notation_changes: Mapping[str, Any] = field(default_factory=dict)
    digits: int | None = None
    path: Path | None = None

    @property
    def is_forward_only(self) -> bool:
        """A network with a step has outputs, but no gradient."""
        return find_step(self.system.equations) is not None

    def __repr__(self) -> str:
        what = self.network.summary if self.network else f"{len(self.system.equations)} equations"
        return f"Declared({self.title!r}: {what}{', with values' if self.values else ''})"

    def _repr_html_(self) -> str:
        if self.network is not None:
            inner = self.network._repr_html_()
        else:
            rows = (f"{e.lhs} = {e.rhs}" for e in self.system.equations)
            inner = "<br>".join(f"<code>{escape(row)}</code>" for row in rows)
        return f"<p><b>{escape(self.title)}</b></p>{inner}"
