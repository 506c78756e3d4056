"""Many samples at once: how many there are, which axis counts them, whose slopes are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.lecture.letters import COST_LETTERS, Family, Letters
from symbackprop.lecture.ranks import BIAS_LETTERS, WEIGHT_LETTERS, is_weight
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree

COUNTS = frozenset("mnNMB")
# of what all samples share, a slope is always that of the whole cost
SHARED = WEIGHT_LETTERS | BIAS_LETTERS | {"gamma", "lambda"}


@dataclass(frozen=True)
class Columns:
    """a^{(i)} is a column, or where they do not lie upright a row, of A: the arrays by name."""

    sample: str
    whole: str
    upright: bool


def find_count(statements: Sequence[tree.Statement]) -> tree.Name | None:
    """The letter m of 1/m, for as many samples as there are; where the cost says it, that."""
    found: list[tuple[bool, tree.Name]] = []
    for statement in statements:
        left = bare(statement.sides[0]) if statement.sides else None
        is_cost = isinstance(left, tree.Name) and left.base in COST_LETTERS
        found += [
            (is_cost, letter)
            for side in statement.sides
            for node in tree.walk_formula(side)
            if isinstance(node, tree.Ratio)
            for letter in _list_counts(node)
        ]
    return next((letter for _, letter in sorted(found, key=lambda f: not f[0])), None)


def _list_counts(ratio: tree.Ratio) -> Iterator[tree.Name]:
    """m of 1/m and of -1/2m."""
    if any(isinstance(n, tree.Name) for n in tree.walk(ratio.top)):
        return
    names = [n for n in tree.walk(ratio.bottom) if isinstance(n, tree.Name)]
    if len(names) == 1 and names[0].base in COUNTS and not (names[0].lower or names[0].upper):
        yield names[0]


def find_columns(letters: Letters, statements: Sequence[tree.Statement]) -> Iterator[Columns]:
    """Arrays with an index for samples, and the capitals whose columns they are: a^{(i)} of A."""
    upright = prefers_columns(statements)
    if upright is None:
        return
    for family in letters.families.values():
        if len(find_sample_slots(letters, family)) != 1 or family.letter.base in COST_LETTERS:
            continue
        base = family.letter.base
        stem = family.name[:-1]
        for first in dict.fromkeys((base.upper(), base)):
            other = letters.families.get(first + stem[len(base) :])
            if other is not None and not find_sample_slots(letters, other) and not other.components:
                yield Columns(family.name, other.name, upright)
                break


def find_sample_slots(letters: Letters, family: Family) -> list[int]:
    """Which indices of an array count samples."""
    letter = family.letter
    counted = letters.sequences.get(letter, frozenset()) - letters.layers.get(letter, frozenset())
    return [n for n, slot in enumerate(family.slots) if slot in counted]


def prefers_columns(statements: Sequence[tree.Statement]) -> bool | None:
    """Whether samples lie as columns: W X says so, X W says the contrary; None where none does."""
    for statement in statements:
        for side in statement.sides[1:]:
            for node in tree.walk_formula(side):
                if isinstance(node, tree.Product) and len(node.factors) > 1:
                    first, last = is_weight(node.factors[0]), is_weight(node.factors[-1])
                    if first != last:
                        return first
    return None
