"""What an accusation would lean on that a text does not say; such an accusation is not made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from sympy import Expr, KroneckerDelta

from symbackprop.equations import find_entries, name_of
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.lecture.calls import write_key
from symbackprop.lecture.lecture import Lecture
from symbackprop.lecture.letters import Family
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.ranks import COLUMN, ROW
from symbackprop.lecture.sizes import Clash, SizeClash
from symbackprop.lecture.survey import KNOWN, bare, letter_of, list_slots
from symbackprop.number_types import UndefinedError
from symbackprop.partials import Direct, Partial
from symbackprop.proofs import Counterexample as Difference
from symbackprop.proofs import Proof, find_prover
from symbackprop.reading import tree

# (n × 1) and (1 × n)
TURNED = re.compile(r"\((.+) × 1\) (?:and|=) \(1 × \1\)|\(1 × (.+)\) (?:and|=) \(\2 × 1\)")
# n is written for several lengths in one text; m, K and N are of samples and classes
VAGUE_SIZE = re.compile(r"size:(?![A-Zm])")


def find_guess(
    lecture: Lecture,
    whole: Difference | Clash,
    left: tree.Node,
    right: tree.Node,
    *,
    place: int,
    trusted: Sequence[tree.Statement],
    count: tree.Name | None,
) -> str | None:
    """What an accusation would lean on that the text does not say; None if on nothing."""
    law = _find_law(left)
    if law is not None:
        return law
    for function, speaking in lecture.presumed.items():
        if set(speaking) <= {place}:
            return f"the text does not say which function {function} is"
    if _is_of_last(lecture, left, right):
        return "whether the last layer has a function of its own is not said"
    if isinstance(whole, Difference):
        guessed = _find_guessed(lecture, whole)
        if guessed is not None:
            return f"the text does not say on what {guessed} depends"
    if isinstance(whole, Clash) and TURNED.search(str(whole)):
        lying = _find_lying(lecture, left, right)
        if lying is not None:
            return f"whether {lying} is a row or a column is not said"
    letter = _find_factor_or_function(lecture, left, right)
    if letter is not None:
        return f"whether {letter} is a function or a factor is not said"
    label = _find_counting_label(lecture, left, right)
    if label is not None:
        return f"whether {label} counts, or is a name, is not said"
    if isinstance(whole, SizeClash) and VAGUE_SIZE.search(str(whole)):
        return f"how long its arrays are is not said: {whole}"
    if _counts_nothing(lecture, count, left, right):
        return "over which samples the mean is taken is not said"
    if isinstance(whole, Difference) and lecture.arrays.any_cost:
        for name, problem in lecture.arrays.problems.items():
            return f"{name} is not understood, and the cost may rest on it: {problem}"
    if isinstance(whole, Difference):
        return _find_gap(whole) or _find_loose(lecture, whole) or _find_case(lecture, whole)
    if not isinstance(whole, SizeClash):
        ranking = lecture.arrays.context.ranking
        definitions = [*(d.statement for d in lecture.definitions), *trusted]
        claim = tree.Statement(left.span, (left, right), ("=",))
        if ranking.is_guessed(definitions, claim):
            return f"the shapes are not said: {whole}"
    return None


def _find_counting_label(lecture: Lecture, *sides: tree.Node) -> str | None:
    """m of net_m, where y_m has it for an index."""
    letters = lecture.letters
    labels: set[str] = set()
    counting: set[str] = set()
    for node in (n for side in sides for n in tree.walk_formula(side)):
        if not isinstance(node, tree.Name):
            continue
        _, indices, _ = letters.split(node)
        for slot, content in list_slots(node):
            inner = bare(content)
            if isinstance(inner, tree.Name) and inner.base in letters.survey.indices:
                (counting if slot in indices else labels).add(inner.base)
    return min(labels & counting, default=None)


def _find_lying(lecture: Lecture, *sides: tree.Node) -> str | None:
    """A row among columns that nothing transposes, since y ln a has been read as a number."""
    letters, ranking = lecture.letters, lecture.arrays.context.ranking
    found: dict[str, list[Family]] = {ROW: [], COLUMN: []}
    for reference in letters.list_references(*sides):
        family = reference.family
        if reference.missing or not family.components:
            found.setdefault(ranking.rank_of(family.name), []).append(family)
    rows = [f.name for f in found[ROW] if not f.uses.transposed]
    return min(rows, default=None) if found[COLUMN] else None


def _find_guessed(lecture: Lecture, found: Difference) -> str | None:
    """A name of which the text writes slopes alone."""
    sides = (found.equation.lhs, found.equation.rhs)
    read = {name_of(part) for side in sides for s in side.atoms(Partial) for part in s.args}
    read |= {name_of(e) for side in sides for e in find_entries(side)}
    return min(read & lecture.arrays.guessed, default=None)


def _counts_nothing(lecture: Lecture, count: tree.Name | None, *sides: tree.Node) -> bool:
    """Whether the number of samples stands in a claim about arrays of one sample."""
    context = lecture.arrays.context
    nodes = [n for side in sides for n in tree.walk_formula(side)]
    names = [n for n in nodes if isinstance(n, tree.Name)]
    if count is None or any(isinstance(n, tree.Sum) for n in nodes):
        return False
    lowerer = Lowerer(context)
    found = [reference.family for reference in context.letters.list_references(*sides)]
    counted = any(name.base == count.base for name in names)
    return counted and not any(map(lowerer.has_samples, found))


def _find_case(lecture: Lecture, found: Difference) -> str | None:
    """Whether ∂a_i/∂z_j is as claimed where i and j differ, or where they are one."""
    claim, prover = found.equation, find_prover(lecture.arrays.system)
    if not isinstance(claim.lhs, Partial | Direct) or claim.rhs.has(KroneckerDelta):
        return None
    top, bottom = claim.lhs.args
    axes = [a for a in claim.axes if a.kind != "layer"]
    for one, other in permutations(axes, 2):
        if one.high != other.high or not (top.has(one.symbol) and bottom.has(other.symbol)):
            continue
        same = KroneckerDelta(one.symbol, other.symbol)
        for where in (same, 1 - same):
            part = replace(claim, lhs=claim.lhs * where, rhs=claim.rhs * where)
            try:
                decided = prover.decide(part, where_defined=True)
            except (InputError, UndefinedError):
                continue
            if isinstance(decided, Proof) and not decided.says_nothing:
                return "whether it is said of equal indices, or of different ones, is not said"
    return None


def _is_of_last(lecture: Lecture, left: tree.Node, right: tree.Node) -> bool:
    """a^L = softmax(z^L) beside a^l = f(z^l)."""
    inner, call = bare(left), bare(right)
    if not isinstance(inner, tree.Name) or not isinstance(call, tree.Call):
        return False
    reference = lecture.letters.find(inner)
    if reference is None:
        return False
    general = next((d for d in lecture.definitions if d.family == reference.family.name), None)
    said = bare(general.statement.sides[1]) if general is not None else None
    running = lecture.letters.survey.indices
    return (
        isinstance(said, tree.Call)
        and write_key(said.function) != write_key(call.function)
        and reference.family.always > 0
        and not any(s.name in running for s in reference.indices[0].free_symbols)  # type: ignore[union-attr]
    )


def _find_loose(lecture: Lecture, found: Difference) -> str | None:
    """A name that no definition has to do with: it may be anything."""
    depends = lecture.arrays.depends
    known = set(depends).union(*depends.values())
    count = lecture.arrays.context.count
    known |= {count.base} if count is not None else set()
    for side in (found.equation.lhs, found.equation.rhs):
        for read in find_entries(side):
            name = name_of(read)
            family = lecture.letters.families.get(name)
            if family is not None and name not in known:
                return f"{name} is not defined"
    return None


def _find_factor_or_function(lecture: Lecture, *sides: tree.Node) -> str | None:
    """A letter that stands before brackets wherever it stands, and nothing tells what it is."""
    letters = lecture.letters.survey.letters
    for side in sides:
        for node in tree.walk_formula(side):
            if (
                isinstance(node, tree.Call)
                and not node.certain
                and isinstance(node.function, tree.Name)
                and node.function.base != "d"
                and not lecture.arrays.context.ranking.is_function(node.function)
            ):
                uses = letters.get(letter_of(node.function))
                # a capital is a matrix more often than a function
                share = 1 if node.function.base[0].isupper() else 2
                if uses is not None and len(uses.names) <= share * uses.called:
                    return node.function.base
    return None


def _find_law(left: tree.Node) -> str | None:
    """f(x) = ... says what f is, and J(W) = ... what J is there."""
    inner = bare(left)
    if isinstance(inner, tree.Call) and isinstance(inner.function, tree.Name):
        name = inner.function.base
        if name not in KNOWN and name != "d":
            return f"it says what {name} is"
    return None


def _find_gap(found: Difference) -> str | None:
    """What the text leaves open so that two sides differ."""
    sides = (found.equation.lhs, found.equation.rhs)
    derived = [side.has(Partial, Direct) for side in sides]
    for value, has_partial in zip((found.left, found.right), derived, strict=True):
        if has_partial and not value:
            return "what the text defines does not connect the two"
    if found.equation.rhs == 0:
        return "whether it is said of some indices only is not said"
    functions = set().union(*map(_list_functions, sides))
    if functions and not any(derived):
        return f"the text does not say which function {min(functions)} is"
    return None


def _list_functions(side: Expr) -> set[str]:
    return {f.spelling for f in side.atoms(NamedFunction) if f.formula is None}
