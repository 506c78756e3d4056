"""Which accusations stand: those whose evidence leans on no guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbackprop.lecture.indices import find_clashes, find_free, list_counting
from symbackprop.lecture.survey import COUNTING, bare
from symbackprop.reading import tree
from symbackprop.verification.judgement import DANGLING, Judgement, say_not_checkable

BAD = ("wrong", "ill-formed", "holds-for-one-neuron")
NESTED = "sum in sum"
NAMED_DIFFERENTLY = "BP205"
# where both are called, log is to some base
BASES = frozenset({"log", "ln"})
# letters of indices beside those that are summed over
LETTERS = frozenset({*COUNTING, *"uvxy"})


@dataclass(frozen=True)
class Usage:
    """What a whole document does with its letters: which are summed over, which are called."""

    summed: frozenset[str]
    called: frozenset[str]


def read_usage(statements: Iterable[tree.Statement]) -> Usage:
    """Walk over all statements of a document once."""
    written = list(statements)
    nodes = (n for s in written for side in s.sides for n in tree.walk_formula(side))
    called = {
        n.function.base
        for n in nodes
        if isinstance(n, tree.Call) and isinstance(n.function, tree.Name)
    }
    return Usage(list_counting(written), frozenset(called))


def doubt(judgement: Judgement, sides: Sequence[tree.Node], usage: Usage) -> Judgement:
    """The judgement, or that nothing can be said where an accusation has no evidence.

    `sides` are those of the statement, after the side that it goes on from.
    """
    if judgement.verdict not in BAD:
        return judgement
    reason = _find_reason(judgement, sides, usage)
    return judgement if reason is None else say_not_checkable(reason)


def _find_reason(judgement: Judgement, sides: Sequence[tree.Node], usage: Usage) -> str | None:
    if judgement.code == DANGLING and not _has_dangling(sides, usage.summed | LETTERS):
        return "the shapes of its names are not said"
    if NESTED in (judgement.message or "") and not any(map(find_clashes, sides)):
        return "how far its sums reach is not said"
    if judgement.code == NAMED_DIFFERENTLY and _counts(sides[0]):
        return "where an index stands, and no equation"
    nodes = [node for side in sides for node in tree.walk_formula(side)]
    if usage.called >= BASES and any(map(_is_logarithm, nodes)):
        return "the text writes ln and log, and does not say to which base log is"
    if "shapes clash" in (judgement.message or "") and any(map(_has_star, nodes)):
        return "what * stands for between arrays is not said"
    return None


def _has_dangling(sides: Sequence[tree.Node], letters: frozenset[str]) -> bool:
    """Whether some letter is free on one side of an equality, and not on the other."""
    found = [find_free(side, letters) for side in sides]
    return any(one != other for one, other in pairwise(found))


def _is_logarithm(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Call)
        and isinstance(node.function, tree.Name)
        and node.function.base == "log"
        and not node.function.lower
    )


def _has_star(node: tree.Node) -> bool:
    """Whether * stands between things that are no numbers: a product of some kind, or a
    convolution."""
    return isinstance(node, tree.Product) and any(
        sign == "*" and not any(isinstance(bare(f), tree.Number) for f in node.factors[at : at + 2])
        for at, sign in enumerate(node.signs)
    )


def _counts(side: tree.Node) -> bool:
    inner = bare(side)
    return isinstance(inner, tree.Name) and inner.base in COUNTING and not inner.lower
