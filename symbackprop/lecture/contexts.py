"""What lowering needs to know of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Symbol

from symbackprop.lecture.letters import COST_LETTERS, Letters, Unclear, read_index, spell
from symbackprop.lecture.ranges import Ranges
from symbackprop.lecture.ranks import Ranking
from symbackprop.lecture.samples import Columns
from symbackprop.lecture.sizes import Size, Sizes
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree

# the last layer or the last time, whatever the text calls it
LAST = Symbol("L", integer=True)


@dataclass
class Context:
    """What lowering needs to know of a text.

    `adjoints` has errors by name with their signs, δ --> (cost, z, 1); `functions` says which known
    activation a letter is; `ranges` has what is said of indices, by the sides of which it is said;
    `scalar` reads the text with one neuron in each layer.
    """

    letters: Letters
    ranking: Ranking
    sizes: Sizes
    adjoints: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    cost: str | None = None
    functions: Callable[[tree.Name], Any | None] = lambda name: None
    ranges: Mapping[int, Ranges] = field(default_factory=dict)
    scalar: bool = False
    # sizes that clash are made one while definitions are read, and refused in claims
    strict: bool = False
    # the text transposes derivatives of arrays by arrays: they are matrices like others
    numerator: bool = False

    # m where dZ is the slope of the sum of all losses, and the cost is their mean
    count: tree.Name | None = None
    # arrays of one sample and of all, by either name
    columns: Mapping[str, Columns] = field(default_factory=dict)
    # what a text says of several arguments: L(a, y) = -y log a
    losses: Mapping[str, tuple[tuple[Expr, ...], Expr]] = field(default_factory=dict)
    # what each defined name depends on, once that is known
    depends: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def find_cost(self, by: str) -> str:
        """The cost that dx is a slope of: where there are several, one that depends on x.

        Raises:
            Unclear: there is none.
        """
        if self.cost is None:
            raise Unclear("the text does not say what is differentiated")
        if self.depends and by not in self.depends.get(self.cost, ()):
            for name, read in self.depends.items():
                family = self.letters.families.get(name)
                if family is None or family.slots or family.letter.base not in COST_LETTERS:
                    continue
                if by in read:
                    return name
        return self.cost

    def size_of(self, node: tree.Node) -> Size | None:
        """The size that a name stands for, where sums run to it: n_L, m, K."""
        inner = bare(node)
        survey = self.letters.survey
        if not isinstance(inner, tree.Name) or inner.accent or inner.primes or inner.upper:
            return None
        plain = spell(inner)
        stem = plain.split("_")[0]
        if (plain not in survey.lasts and stem not in survey.lasts) or plain in ("L", "T"):
            return None
        if not inner.lower:
            return Size(f"size:{plain}")
        try:
            return Size(f"size:{stem}", read_index(inner.lower[0].content))
        except Unclear:
            return None
