"""One derivation at its stages, from the declared equations to the folded ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr

from symbackprop.derivation.backward import refuse_steps
from symbackprop.derivation.links import derive_links
from symbackprop.equations import (
    Axis,
    System,
    find_entries,
    name_of,
    split_adjoint,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.paths import Paths, draw_paths


@dataclass(frozen=True)
class Passes:
    """A derivation: declared and folded; and, made when they are asked for, the links of the
    chain rule."""

    declared: System
    folded: System
    tried: dict[tuple[Expr, tuple[Axis, ...]], bool] = field(default_factory=dict, repr=False)

    @cached_property
    def links(self) -> System:
        return derive_links(self.declared)

    @cached_property
    def written_in(self) -> dict[str, frozenset[str]]:
        """The derivatives that each folded formula is written in, by name."""
        return {
            name: frozenset(
                name_of(e)
                for definition in definitions
                for e in find_entries(definition.rhs)
                if split_adjoint(name_of(e))
            )
            for name, definitions in self.folded.definitions.items()
        }

    def find_adjoint(self, quantity: str) -> str:
        """The name of the derivative by a quantity.

        Raises:
            InputError: no quantity of that name; the message has those there are. Or the system
                has no backward pass.
        """
        refuse_steps(self.declared)
        known = {split[1]: n for n in self.folded.definitions if (split := split_adjoint(n))}
        if quantity not in known:
            raise InputError(name_choices("quantity", quantity, known))
        return known[quantity]

    @cached_property
    def paths(self) -> tuple[Paths, ...]:
        return draw_paths(self.declared)

    def is_only_way(self, link: Expr, axes: tuple[Axis, ...]) -> bool:
        """Whether the direct part of a derivative is the whole of it, wherever there is one."""
        if (link, axes) not in self.tried:
            of, by = link.args
            found = [
                paths.is_only_way(*pair)
                for paths in self.paths
                for pair in paths.list_pairs(of, by, axes)
            ]
            self.tried[link, axes] = bool(found) and all(found)
        return self.tried[link, axes]

    def lead(self, start: Expr, goal: Expr, axes: tuple[Axis, ...]) -> bool:
        """Whether there is a way from one entry to another, at some place at least."""
        return any(
            paths.lead(*pair)
            for paths in self.paths
            for pair in paths.list_pairs(start, goal, axes)
        )
