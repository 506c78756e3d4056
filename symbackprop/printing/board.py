"""What stands on the board already: a factor is worked out once, a sign explained once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from symbackprop.derivation.letters import rename_in_order
from symbackprop.equations import Equation, System, entry, indices_of, name_of
from symbackprop.partials import Partial as PartialSymbol
from symbackprop.printing.layout import Layout, Partial, list_parts
from symbackprop.printing.remarks import explain_direct

Lines = Iterable[tuple[Equation, str]]


@dataclass
class Board:
    """Everything that was written so far, over the quantities of a system; nothing where no line
    `recalls` one before."""

    system: System
    language: str
    recalls: bool = True
    written: set[Layout | Equation] = field(default_factory=set)

    def write(
        self, lines: Lines, result: Equation, arrange: Callable[[Equation], Layout]
    ) -> Iterator[tuple[Equation, Layout, str]]:
        """The lines that lead to a result, without what stands there already, be it with another
        letter for an index; the line that needs such a factor refers to it."""
        refers = False
        for equation, reason in lines:
            layout = arrange(equation)
            if not self.recalls:
                yield equation, layout, reason
                continue
            said = self._identify(equation)
            if {layout, said} & self.written:
                refers = refers or equation.lhs != result.lhs
                continue
            self.written |= {layout, said}
            yield from self._explain_sign(result, layout)
            yield equation, layout, "known factors" if refers and reason == "factors" else reason

    def _identify(self, equation: Equation) -> Equation:
        """What a line says, whatever the letters: as a factor ∂C/∂a is a symbol, as a result an
        entry."""
        left = equation.lhs
        if isinstance(left, PartialSymbol) and name_of(left.args[1]) in self.system.quantities:
            quantity = name_of(left.args[1])
            if name_of(left.args[0]) == self.system.differentiated(quantity):
                left = entry(self.system.adjoint(quantity), indices_of(left.args[1]))
        renamed = rename_in_order(replace(equation, lhs=left), self.system)
        return replace(renamed, axes=(), role="forward")

    def _explain_sign(
        self, result: Equation, layout: Layout
    ) -> Iterator[tuple[Equation, Layout, str]]:
        meaning = explain_direct(self.language)
        if meaning not in self.written and has_direct(layout):
            self.written.add(meaning)
            yield replace(result, axes=()), meaning, ""


def has_direct(layout: Layout) -> bool:
    """Whether a formula has the direct part of a derivative in it."""
    own = isinstance(layout, Partial) and layout.direct
    return own or any(map(has_direct, list_parts(layout)))
