"""Which accusations stand: those whose evidence leans on no guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbackprop.lecture.calls import write_key
from symbackprop.lecture.definitions import is_number
from symbackprop.lecture.indices import find_clashes, find_free, list_counting
from symbackprop.lecture.letters import COST_LETTERS, spell
from symbackprop.lecture.survey import COUNTING, bare, list_slots
from symbackprop.reading import tree
from symbackprop.verification.findings import BAD, ONE_NEURON
from symbackprop.verification.judgement import DANGLING, Judgement, say_not_checkable
from symbackprop.verification.lexicon import NAMED_ACTIVATIONS

# how findings that are looked at again are worded
NESTED, SUMMED_AND_FREE = "sum in sum", "both summed over and free"
WORKED_OUT = "the numbers that the text gives"
CLASH, UNCONNECTED = "shapes clash", "the sides differ: 0 and"
NAMED_DIFFERENTLY = "BP205"
# where both are called, log is to some base
BASES = frozenset({"log", "ln"})
# letters of indices beside those that are summed over
LETTERS = frozenset({*COUNTING, *"uvxy"})


@dataclass(frozen=True)
class Usage:
    """What a whole document does with its letters: which are summed over, which are called.

    `ends` are those that sums run to, `labelled` functions that are defined with labels: f_a;
    `several` are functions that are said to be one thing here and another there, `applied` those
    that stand anywhere without a prime. `ends_anywhere` tells that a cost is defined by a^l.
    """

    summed: frozenset[str]
    called: frozenset[str]
    ends: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()
    applied: frozenset[str] = frozenset()
    ends_anywhere: bool = False


def read_usage(statements: Iterable[tree.Statement]) -> Usage:
    """Walk over all statements of a document once."""
    written = list(statements)
    nodes = [n for s in written for side in s.sides for n in tree.walk_formula(side)]
    functions = [
        n.function for n in nodes if isinstance(n, tree.Call) and isinstance(n.function, tree.Name)
    ]
    ends = {
        bare(n.high).base  # type: ignore[attr-defined]
        for n in nodes
        if isinstance(n, tree.Sum) and n.high is not None and isinstance(bare(n.high), tree.Name)
    }
    return Usage(
        list_counting(written),
        frozenset(f.base for f in functions),
        frozenset(ends),
        frozenset(_list_labelled(written)),
        frozenset(_list_several(written)),
        frozenset(f.base for f in functions if not f.primes),
        any(map(_defines_cost_by_layer, written)),
    )


def _list_labelled(statements: Iterable[tree.Statement]) -> Iterator[str]:
    """f of f_a(x) = a x."""
    for statement in statements:
        left = bare(statement.sides[0]) if len(statement.sides) > 1 else None
        name = left.function if isinstance(left, tree.Call) else None
        if isinstance(name, tree.Name) and name.lower and not name.upper:
            yield name.base


def _defines_cost_by_layer(statement: tree.Statement) -> bool:
    """C = (a^l - y)^2: where the text writes l - 1, too, l is any layer and the last one."""
    left = bare(statement.sides[0]) if len(statement.sides) > 1 else None
    named = left.function if isinstance(left, tree.Call) else left
    if not isinstance(named, tree.Name) or named.base not in COST_LETTERS:
        return False
    nodes = [n for side in statement.sides[1:] for n in tree.walk_formula(side)]
    # a sum over layers is of all of them
    return any(map(_has_layer, nodes)) and not any(
        isinstance(n, tree.Sum) and n.index is not None and spell(n.index) == "l" for n in nodes
    )


def _has_layer(node: tree.Node) -> bool:
    """a^l and a^{(l)}."""
    scripts = node.upper if isinstance(node, tree.Name) else ()
    return any(spell(script.content) == "l" for script in scripts)


def _list_several(statements: Iterable[tree.Statement]) -> Iterator[str]:
    """f of f(x) = max(0, x) and f(x) = tanh(x), as in a list of activations."""
    said: dict[str, str] = {}
    for statement in statements:
        left = bare(statement.sides[0]) if len(statement.sides) > 1 else None
        if isinstance(left, tree.Call) and isinstance(left.function, tree.Name):
            name, body = write_key(left.function), write_key(statement.sides[1])
            if not left.function.primes and said.setdefault(name, body) != body:
                yield left.function.base


def doubt(judgement: Judgement, sides: Sequence[tree.Node], usage: Usage) -> Judgement:
    """The judgement, or that nothing can be said where an accusation has no evidence.

    `sides` are those of the statement, after the side that it goes on from.
    """
    if judgement.verdict not in BAD:
        return judgement
    reason = _find_reason(judgement, sides, usage)
    return judgement if reason is None else say_not_checkable(reason)


def _find_reason(judgement: Judgement, sides: Sequence[tree.Node], usage: Usage) -> str | None:
    nodes = [node for side in sides for node in tree.walk_formula(side)]
    return (
        _doubt_indices(judgement, sides, usage)
        or _doubt_claim(judgement, sides)
        or _doubt_functions(judgement, nodes, usage)
        or _doubt_values(judgement, sides, nodes, usage)
        or _doubt_shapes(judgement, nodes)
    )


def _doubt_indices(judgement: Judgement, sides: Sequence[tree.Node], usage: Usage) -> str | None:
    message = judgement.message or ""
    is_about_sums = judgement.code == DANGLING or SUMMED_AND_FREE in message
    dangles = is_about_sums and _has_dangling(sides, usage.summed | LETTERS)
    if judgement.code == DANGLING and not dangles:
        return "the shapes of its names are not said"
    if NESTED in message and not any(map(find_clashes, sides)):
        return "how far its sums reach is not said"
    if SUMMED_AND_FREE in message and not dangles:
        return "how far its sums reach is not said"
    return None


def _doubt_claim(judgement: Judgement, sides: Sequence[tree.Node]) -> str | None:
    """Whether it is a claim at all."""
    if judgement.code == NAMED_DIFFERENTLY and _counts(sides[0]):
        return "where an index stands, and no equation"
    if _starts(sides) or _names_slope(sides):
        return "a name for it, and no claim about it"
    if any(_derives_both(sides[0], side) for side in sides[1:]):
        return "a derivative stands on both sides, and may mean two things"
    return None


def _doubt_functions(judgement: Judgement, nodes: Sequence[tree.Node], usage: Usage) -> str | None:
    """Whether it is said of which layer, entry and function it speaks."""
    slopes = {n.base for n in nodes if isinstance(n, tree.Name) and n.primes}
    if usage.ends_anywhere and judgement.verdict == "wrong" and any(map(_has_layer, nodes)):
        return "whether l is the last layer, as in the cost, or any, is not said"
    unsaid = {s for s in slopes - usage.applied if s.lower() in NAMED_ACTIVATIONS}
    if unsaid:
        name = min(unsaid)
        return f"the text has the slope of {name}, and does not say where {name} stands"
    if slopes & usage.several:
        return f"the text says several things of what {min(slopes & usage.several)} is"
    if any(_is_beyond(node, usage.ends) for node in nodes):
        return "an entry behind the last one, and the text does not say what it is"
    if any(_is_unlabelled(node, usage.labelled) for node in nodes):
        return "which of several functions of one letter is meant is not said"
    return None


def _doubt_values(
    judgement: Judgement, sides: Sequence[tree.Node], nodes: Sequence[tree.Node], usage: Usage
) -> str | None:
    message = judgement.message or ""
    if usage.called >= BASES and (WORKED_OUT in message or any(map(_is_logarithm, nodes))):
        return "the text writes ln and log, and does not say to which base log is"
    has_cases = any(isinstance(node, tree.Cases) for node in nodes)
    if UNCONNECTED in message and not has_cases and any(map(_is_slope, sides)):
        return "what the text defines does not connect the two"
    return None


def _doubt_shapes(judgement: Judgement, nodes: Sequence[tree.Node]) -> str | None:
    rests_on_shapes = CLASH in (judgement.message or "")
    if any(map(_has_star, nodes)) and (rests_on_shapes or judgement.verdict == ONE_NEURON):
        return "what * stands for between arrays is not said"
    if not rests_on_shapes:
        return None
    if any(isinstance(node, tree.Matrix) and is_number(node) for node in nodes):
        return "numbers of an example, and nothing says how long its letters are"
    if any(map(_is_numbered_vector, nodes)):
        return "which of several vectors is meant is not said"
    return None


def _starts(sides: Sequence[tree.Node]) -> bool:
    """b = 0: with what something starts."""
    left, right = bare(sides[0]), bare(sides[-1])
    zero = (isinstance(right, tree.Number) and not right.value) or (
        isinstance(right, tree.Name) and right.base == "0"
    )
    if len(sides) != 2 or not isinstance(left, tree.Name) or left.primes:
        return False
    return zero or (is_number(right) and any(map(_is_start, list_slots(left))))


def _is_start(slot: tuple[object, tree.Node]) -> bool:
    """0 of h^{(0)}, and -1: before the first step."""
    inner = bare(slot[1])
    if isinstance(inner, tree.Total):
        inner = bare(inner.terms[0][1]) if inner.terms[0][0] == "-" else inner
        return isinstance(inner, tree.Number)
    return isinstance(inner, tree.Number) and not inner.value


def _names_slope(sides: Sequence[tree.Node]) -> bool:
    """e' = ∂e/∂x: what a prime stands for."""
    left = bare(sides[0])
    return (
        len(sides) == 2
        and isinstance(left, tree.Name)
        and bool(left.primes)
        and _is_slope(sides[1])
    )


def _is_slope(side: tree.Node) -> bool:
    return any(isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk_formula(side))


def _is_numbered_vector(node: tree.Node) -> bool:
    """The n-th vector: bold type or an arrow, and an index; entries of vectors have neither."""
    return (
        isinstance(node, tree.Name)
        and (node.accent == "vec" or node.style in ("bf", "bm", "boldsymbol"))
        and any(isinstance(bare(script.content), tree.Name) for script in node.lower)
    )


def _is_beyond(node: tree.Node, ends: frozenset[str]) -> bool:
    """x_{n+1} where sums run to n."""
    return isinstance(node, tree.Name) and any(_exceeds(s.content, ends) for s in node.lower)


def _exceeds(index: tree.Node, ends: frozenset[str]) -> bool:
    inner = bare(index)
    if not isinstance(inner, tree.Total) or len(inner.terms) != 2:
        return False
    (_, end), (sign, step) = inner.terms
    return (
        isinstance(end, tree.Name)
        and end.base in ends
        and sign == "+"
        and isinstance(step, tree.Number)
    )


def _is_unlabelled(node: tree.Node, labelled: frozenset[str]) -> bool:
    """df/dx beside f_a(x) = a x."""
    top = bare(node.top) if isinstance(node, tree.Derivative) and node.top is not None else None
    return isinstance(top, tree.Name) and top.base in labelled and not (top.lower or top.upper)


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


def _derives_both(left: tree.Node, right: tree.Node) -> bool:
    """∂s/∂W = ∂s/∂W + ... : one of the two is the direct derivative."""
    inner = bare(left)
    return isinstance(inner, tree.Derivative) and any(
        isinstance(n, tree.Derivative) and write_key(n) == write_key(inner)
        for n in tree.walk(right)
    )
