"""Which accusations stand: those whose evidence leans on no guess."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symbackprop.lecture.indices import find_clashes, find_free
from symbackprop.lecture.survey import COUNTING, bare
from symbackprop.reading import tree
from symbackprop.verification.judgement import DANGLING, Judgement, say_not_checkable

BAD = ("wrong", "ill-formed", "holds-for-one-neuron")
DOUBLED = "BP202"
NAMED_DIFFERENTLY = "BP205"
# letters of indices beside those that are summed over
LETTERS = frozenset({*COUNTING, *"uvxy"})


def doubt(judgement: Judgement, sides: Sequence[tree.Node], summed: frozenset[str]) -> Judgement:
    """The judgement, or that nothing can be said where an accusation has no evidence.

    `sides` are those of the statement, after the side that it goes on from; `summed` are the
    letters that sums of the document run over.
    """
    if judgement.verdict not in BAD:
        return judgement
    reason = _find_reason(judgement, sides, summed)
    return judgement if reason is None else say_not_checkable(reason)


def _find_reason(
    judgement: Judgement, sides: Sequence[tree.Node], summed: frozenset[str]
) -> str | None:
    if judgement.code == DANGLING and not _has_dangling(sides, summed | LETTERS):
        return "the shapes of its names are not said"
    if judgement.code == DOUBLED and not any(map(find_clashes, sides)):
        return "the shapes of its names are not said"
    if judgement.code == NAMED_DIFFERENTLY and _counts(sides[0]):
        return "where an index stands, and no equation"
    return None


def _has_dangling(sides: Sequence[tree.Node], letters: frozenset[str]) -> bool:
    """Whether some letter is free on one side of an equality, and not on the other."""
    found = [find_free(side, letters) for side in sides]
    return any(one != other for one, other in pairwise(found))


def _counts(side: tree.Node) -> bool:
    inner = bare(side)
    return isinstance(inner, tree.Name) and inner.base in COUNTING and not inner.lower
