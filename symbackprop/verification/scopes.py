"""The definitions that hold at one place of a text, by the array that they define."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from symbackprop.reading import tree
from symbackprop.verification.definitions import Definition
from symbackprop.verification.families import Families
from symbackprop.verification.lexicon import list_names, spell


@dataclass
class Scope:
    """The definitions that hold at one place of a text, by the array that they define.

    `classes` are arrays whose entries are indices themselves: y of f_{y_i}. `gradients` are the
    formulas of ∇C, by C; `changes` the names Δv, by the array v; `vague` are arrays whose
    definitions are not understood.
    """

    families: Families
    definitions: Mapping[str, Definition]
    gradients: Mapping[str, tree.Node] = field(default_factory=dict)
    changes: Mapping[str, tree.Name] = field(default_factory=dict)
    vague: frozenset[str] = frozenset()
    by_family: dict[str, list[Definition]] = field(default_factory=dict)
    functions: dict[str, Definition] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for definition in self.definitions.values():
            slot = self.families.find(definition.left)
            if definition.parameters:
                self.functions[spell(definition.left)] = definition
            elif not slot.indices and _is_of_one_name(definition.body):
                # RBF = φ(z): RBF(x) is φ(x).
                assert isinstance(definition.body, tree.Call)
                (parameter,) = definition.body.arguments
                assert isinstance(parameter, tree.Name)
                self.aliases.add(spell(definition.left))
                self.functions[spell(definition.left)] = replace(
                    definition, parameters=(parameter,)
                )
            for name in (n for n in list_names(definition.body) if n.lower):
                self.classes.update(
                    self.families.find(i).family
                    for i in self.families.find(name).indices
                    if isinstance(i, tree.Name) and i.lower
                )
            if definition.is_of_sample or self._lists_itself(definition):
                continue
            self.by_family.setdefault(slot.family, []).append(definition)
            read = set(self._list_families(definition.body))
            self.reads.setdefault(slot.family, set()).update(read)
            self.mentioned |= read

    def _lists_itself(self, definition: Definition) -> bool:
        """v = (v_1, v_2)^T says what v looks like, not what it is."""
        left = self.families.find(definition.left)
        return not left.indices and any(
            (slot := self.families.find(name)).family == left.family and slot.indices
            for name in list_names(definition.body)
        )

    def _list_families(self, node: tree.Node) -> Iterator[str]:
        for name in list_names(node):
            yield self.families.find(name).family
            yield self.families.find(replace(name, upper=())).family

    def depends(self, family: str, on: str) -> bool:
        """Whether the definitions lead from one array to another."""
        seen, waiting = {family}, [family]
        while waiting:
            current = waiting.pop()
            if current == on:
                return True
            for step in self.reads.get(current, ()):
                if step not in seen:
                    seen.add(step)
                    waiting.append(step)
        return False


def _is_of_one_name(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Call)
        and len(node.arguments) == 1
        and isinstance(node.arguments[0], tree.Name)
    )
