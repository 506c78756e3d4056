"""Texts about a network of their own: their formulas are held against their own definitions.

Where a text's own z, a or C is not that of the network that is presumed of layered texts, the
presumed one has no say: what the text defines is lowered to a system, and its claims are proved or
refuted in that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.errors import InputError
from symbackprop.lecture.lecture import Lecture, Reading, lower_claim, read_lecture
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.sizes import Clash
from symbackprop.number_types import UndefinedError
from symbackprop.proofs import Counterexample as Difference
from symbackprop.proofs import Proof, find_prover
from symbackprop.reading import tree
from symbackprop.verification.findings import HOLDS
from symbackprop.verification.judgement import DEFINITION, Judgement, say_stated, tell_apart
from symbackprop.verification.lexicon import Lexicon

# what makes a layered network: its weighted sum, its activation, its cost
PRESUMED = ("z", "a", "C")
CLASH, DIFFERENT, ONE_NEURON = "BP301", "BP100", "BP201"
READING = "the text's own network"


def find_own_definitions(
    lexicon: Lexicon, statements: Sequence[tree.Statement], judged: Sequence[Judgement]
) -> list[tree.Statement]:
    """Definitions of z, a or C that the presumed network does not have, and no slip explains."""
    found: list[tree.Statement] = []
    defined: set[str] = set()
    for statement, judgement in zip(statements, judged, strict=True):
        quantity = _find_defined(lexicon, statement)
        if quantity is None or quantity in defined:
            continue
        defined.add(quantity)
        if judgement.verdict in DOUBTED and judgement.code in CODES_OF_OWN:
            found.append(statement)
    return found


DOUBTED = ("wrong", "holds-for-one-neuron", "not-checkable")
CODES_OF_OWN = ("BP100", "BP401")


def _find_defined(lexicon: Lexicon, statement: tree.Statement) -> str | None:
    """The quantity of the presumed network that a statement says something of as a whole."""
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in ("=", ":="):
        return None
    left = statement.sides[0]
    quantity = lexicon.find(left) if isinstance(left, tree.Name) else None
    derives = any(
        isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(statement.sides[1])
    )
    return quantity if quantity in PRESUMED and not derives else None


class OwnNetwork:
    """Judges the statements of one text against what the text itself defines."""

    def __init__(self, statements: Sequence[tree.Statement]) -> None:
        self.lecture: Lecture = read_lecture(statements)
        self.defined = {id(d.statement.sides[0]) for d in self.lecture.definitions}
        self.last: tree.Node | None = None

    @property
    def is_understood(self) -> bool:
        """Whether every definition could be read as a system."""
        return not self.lecture.arrays.problems

    def judge(self, statement: tree.Statement) -> Judgement | None:
        """The verdict on a statement: that on its worst link; None for what is no equation."""
        if not set(statement.signs) <= {"=", ":=", "equiv"}:
            self.last = None
            return None
        sides = list(statement.sides)
        if statement.continues and self.last is not None:
            sides = [self.last, *sides]
        self.last = sides[-1] if sides else None
        judged = list(self._judge_links(sides))
        if not judged:
            return say_stated(DEFINITION)
        return min(judged, key=lambda j: ORDER.index(j.verdict))

    def _judge_links(self, sides: list[tree.Node]) -> Iterator[Judgement]:
        first = 1 if sides and id(sides[0]) in self.defined else 0
        for left, right in zip(sides[first:], sides[first + 1 :], strict=False):
            yield self._judge_link(left, right)

    def _judge_link(self, left: tree.Node, right: tree.Node) -> Judgement:
        whole = self._decide(self.lecture.arrays, left, right)
        if isinstance(whole, Proof):
            return _say_holds(whole)
        if isinstance(whole, Unclear):
            return Judgement("not-checkable", message=str(whole), code="BP401")
        one = self._decide(self.lecture.numbers, left, right)
        if isinstance(one, Unclear):
            return Judgement("not-checkable", message=str(one), code="BP401")
        if isinstance(one, Proof):
            if not self.lecture.has_arrays:
                return _say_holds(one)
            message = f"holds with one neuron per layer; {_tell(whole)}"
            return Judgement("holds-for-one-neuron", READING, message, ONE_NEURON)
        if isinstance(whole, Clash):
            return Judgement("ill-formed", READING, _tell(whole), CLASH)
        return Judgement("wrong", READING, _tell(whole), DIFFERENT)

    @staticmethod
    def _decide(
        reading: Reading, left: tree.Node, right: tree.Node
    ) -> Proof | Difference | Clash | Unclear:
        try:
            claim = lower_claim(reading, left, right)
            return find_prover(reading.system).decide(claim, where_defined=True)
        except (Clash, Unclear) as problem:
            return problem
        except (InputError, UndefinedError) as problem:
            return Unclear(str(problem))


ORDER = ("ill-formed", "wrong", "holds-for-one-neuron", "not-checkable", "holds", "stated")


def _say_holds(proof: Proof) -> Judgement:
    is_proved = proof.kind == "exact"
    return Judgement(HOLDS, READING, instances=len(proof.networks), is_proved=is_proved)


def _tell(found: Difference | Clash) -> str:
    if isinstance(found, Clash):
        return f"as a matrix equation the shapes clash: {found}"
    one, other = tell_apart(found.left, found.right)
    exactly = "as exact numbers " if one == other else ""
    return f"{exactly}the sides differ: {one} and {other}"
