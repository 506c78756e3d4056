"""The cost of a text, and its errors δ: by what each is the slope of the cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symbackprop.lecture.letters import LAST_LETTERS, LOSS, Family, Letters, Unclear, spell_letter
from symbackprop.lecture.ranks import Ranking
from symbackprop.lecture.survey import bare, list_slots
from symbackprop.reading import tree

PARAMETER_LETTERS = frozenset({"w", "b", "theta", "v", "u"})
# the cost of a text that writes slopes of something by name only: da = b dx
ANYTHING = "?"


def find_cost(letters: Letters) -> str | None:
    """The letter that is differentiated most, and by which nothing is."""
    candidates = [
        (family.uses.differentiated - 2 * family.uses.by, family.name)
        for family in letters.families.values()
        # L^{(t)}, by which L is differentiated once, has the same letter
        if family.uses.differentiated > 2 * family.uses.by and not family.slots
    ]
    if candidates:
        return max(candidates, key=lambda c: c[0])[1]
    known = next((c for c in ("C", "E", "J", LOSS, "cal:L") if c in letters.families), None)
    # dx is the slope of something by x, also where nobody says of what
    return known or (ANYTHING if "d" in letters.survey.applied else None)


def find_errors(
    letters: Letters, ranking: Ranking, statements: Sequence[tree.Statement], cost: str | None
) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """δ with what it is the slope by: as the text says, else by the argument of the activation;
    -1 where it is said to be the negative slope."""
    if cost is None:
        return
    said: dict[str, str] = {}
    negative: set[str] = set()
    for statement in statements:
        for left, side in _neighbours(statement):
            is_negative, right = _take_sign(side)
            if isinstance(left, tree.Name) and isinstance(right, tree.Derivative) and right.top:
                top, bottom = bare(right.top), bare(right.bottom)
                if isinstance(top, tree.Name) and isinstance(bottom, tree.Name):
                    try:
                        if letters.refer(top).family.name == cost:
                            name = letters.refer(left).family.name
                            if is_negative and name not in said:
                                negative.add(name)
                            said.setdefault(name, letters.refer(bottom).family.name)
                    except Unclear:
                        continue
    for name, family in letters.families.items():
        if [slot.place for slot in family.slots] == ["lower", "lower"] and name not in said:
            continue  # Kronecker's
        if family.letter.base in ("delta", "Delta") or (
            name in said and family.letter.base in ("delta", "e", "epsilon", "g", "G", "D")
        ):
            by = (
                said.get(name)
                or _find_labelled(letters, family)
                or _find_alike(letters, said, family)
                or _find_pre_activation(letters, ranking, statements, family)
            )
            if by is not None and by != name:
                yield name, (cost, by, -1 if name in negative else 1)


def _take_sign(node: tree.Node) -> tuple[bool, tree.Node]:
    """-∂C/∂z --> that it is negative, and ∂C/∂z."""
    inner = bare(node)
    if isinstance(inner, tree.Total) and len(inner.terms) == 1:
        ((sign, term),) = inner.terms
        return sign == "-", bare(term)
    return False, inner


def _find_labelled(letters: Letters, error: Family) -> str | None:
    """z_3 for \\delta_{z_3}."""
    for name in error.names:
        for slot, content in list_slots(name):
            inner = bare(content)
            if (
                slot.place == "lower"
                and isinstance(inner, tree.Name)
                and inner.base not in letters.survey.indices | LAST_LETTERS
            ):
                found = letters.find(inner)
                if found is not None and found.family.uses.defined:
                    return found.family.name
    return None


def _find_alike(letters: Letters, said: dict[str, str], error: Family) -> str | None:
    """net_{o2} for δ_{o2}, where the text says of δ_{o1} that it belongs to net_{o1}."""
    for name, by in said.items():
        other = letters.families.get(name)
        if other is not None and other.letter == error.letter:
            labels, own = _list_labels(other), _list_labels(error)
            if labels and by.endswith(labels) and by.removesuffix(labels) + own in letters.families:
                return by.removesuffix(labels) + own
    return None


def _list_labels(family: Family) -> str:
    """What distinguishes arrays of one letter: _o1 of \\delta_{o1}."""
    return family.name[len(family.letter.base) :]


def _neighbours(statement: tree.Statement) -> Iterator[tuple[tree.Node, tree.Node]]:
    """Neighbouring sides, what is named first; ∂C/∂z = δ names δ, but ∂C/∂b = δ is a result."""
    sides = [bare(s) for s in statement.sides]
    for one, other in pairwise(sides):
        yield one, other
        below = bare(one.bottom) if isinstance(one, tree.Derivative) else None
        if isinstance(below, tree.Name) and below.base.lower() not in PARAMETER_LETTERS:
            yield other, one


def _find_pre_activation(
    letters: Letters, ranking: Ranking, statements: Sequence[tree.Statement], error: Family
) -> str | None:
    found: list[Family] = []
    for statement in statements:
        for side in statement.sides:
            for node in tree.walk(side):
                if (
                    isinstance(node, tree.Call)
                    and isinstance(node.function, tree.Name)
                    and ranking.is_function(node.function)
                    and node.arguments
                    and isinstance(bare(node.arguments[0]), tree.Name)
                ):
                    try:
                        family = letters.refer(bare(node.arguments[0])).family  # type: ignore[arg-type]
                    except Unclear:
                        continue
                    above = sum(s.place == "upper" for s in family.slots)
                    if above == sum(s.place == "upper" for s in error.slots):
                        found.append(family)
    labels = _list_labels(error).rstrip("^,")
    same = [f for f in found if _list_labels(f).rstrip("^,") == labels]
    if same or not found:
        return same[0].name if same else None
    return _find_labelled_alike(letters, found[0], error)


def _find_labelled_alike(letters: Letters, family: Family, error: Family) -> str | None:
    """z^2 for δ^2, where layers are labels and z^1 was found."""
    stem, labels = spell_letter(family.letter), error.name.removeprefix(spell_letter(error.letter))
    return stem + labels if stem + labels in letters.families else None
