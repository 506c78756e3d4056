"""One model of a text: its statements are judged against what it defines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.lecture.calls import write_key
from symbackprop.lecture.claims import lower_claim
from symbackprop.lecture.definitions import is_number, read_definitions
from symbackprop.lecture.lecture import NOTHING, Lecture, read_lecture
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.samples import find_count
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.survey import COUNTING, bare, letter_of
from symbackprop.lecture.systems import Reading
from symbackprop.number_types import UndefinedError
from symbackprop.proofs import Counterexample as Difference
from symbackprop.proofs import Proof, find_prover
from symbackprop.reading import tree
from symbackprop.verification.arithmetic import is_numeric
from symbackprop.verification.claims import is_update
from symbackprop.verification.findings import HOLDS
from symbackprop.verification.guesses import find_guess
from symbackprop.verification.judgement import (
    DEFINITION,
    Judgement,
    say_not_checkable,
    say_stated,
    tell_apart,
)
from symbackprop.verification.names import write_name

CLASH, DIFFERENT, ONE_NEURON = "BP301", "BP100", "BP201"
READING = "the text's own network"
# letters of functions that mean one activation unless the text says another
USUAL = {"sigma": "sigmoid", "varsigma": "sigmoid"}
# activations whose slopes are written through their values, for letters that may mean either
SELF_SLOPED = ("sigmoid", "tanh")
EQUATES = frozenset({"=", ":=", "equiv"})
MOST_ENTRIES = 100_000
ORDER = ("ill-formed", "wrong", "holds-for-one-neuron", "not-checkable", "holds", "stated")


class SaysNothing(Unclear):
    """Two sides that are 0 whatever is put in, as the slopes of a softmax of one number are."""


class OwnNetwork:
    """Judges the statements of one model against what it defines."""

    def __init__(
        self,
        statements: Sequence[tree.Statement],
        trusted: int = 0,
        presuming: Mapping[str, str] = NOTHING,
    ) -> None:
        self.statements = statements
        self.lecture: Lecture = self._choose_lecture(statements, trusted, presuming)
        self.trusted = statements[:trusted]
        # the same model where some function is a known activation
        self.presuming: dict[tuple[str, str], OwnNetwork] = {}
        self.place = {id(s): n for n, s in enumerate(statements)}
        self.defined = {id(d.statement.sides[0]): d.family for d in self.lecture.definitions}

    def _choose_lecture(
        self, statements: Sequence[tree.Statement], trusted: int, presuming: Mapping[str, str]
    ) -> Lecture:
        """Under the convention in which most of the text holds: dZ is the slope of the cost, or of
        the losses of which it is the mean."""
        first = read_lecture(statements, trusted, presuming=presuming)
        self.count = count = find_count(statements)
        if count is None or not (
            first.letters.survey.applied & {"d"} or first.arrays.context.adjoints
        ):
            return first
        other = read_lecture(statements, trusted, count, presuming)
        held = [self._count_holding(lecture, statements) for lecture in (first, other)]
        return first if held[0] > held[1] else other

    def _count_holding(self, lecture: Lecture, statements: Sequence[tree.Statement]) -> int:
        return sum(
            isinstance(self._decide(lecture.arrays, left, right), Proof)
            for statement in statements
            if self.is_equation(statement)
            for left, right in pairwise(statement.sides)
            if any(map(_names_slope, tree.walk(left))) or any(map(_names_slope, tree.walk(right)))
        )

    @property
    def is_understood(self) -> bool:
        """Whether every definition could be read as a system."""
        return not self.lecture.arrays.problems

    def find_end(self, statement: tree.Statement, last: tree.Node | None) -> tree.Node | None:
        """What the next statement goes on from, where that begins with a sign."""
        if statement.is_remark:
            return last
        return statement.sides[-1] if self.is_equation(statement) else None

    @staticmethod
    def is_equation(statement: tree.Statement) -> bool:
        return bool(statement.sides) and set(statement.signs) <= EQUATES

    def differs(self, statement: tree.Statement) -> bool:
        """Whether a definition is another than the one before, whatever that is evidence for."""
        left, right, *_ = statement.sides
        found = self._decide(self.lecture.arrays, left, right)
        return isinstance(found, Difference)

    def is_redefined(self, statement: tree.Statement) -> bool:
        """Whether a statement says anew what a name of the model is."""
        # what is said of an error after what it is the slope by is a claim
        errors = self.lecture.arrays.context.adjoints
        return id(statement.sides[0]) not in self.defined and any(
            d.family not in errors for d in read_definitions(self.lecture.letters, statement)
        )

    def list_kept(
        self, before: list[int], statements: Sequence[tree.Statement], after: list[int]
    ) -> list[int]:
        """Which definitions before a new model it has, too: those of names it says nothing of,
        and those that the first of its own reads."""
        letters = self.lecture.letters
        said = {n: {d.family for d in read_definitions(letters, statements[n])} for n in before}
        new = {d.family for n in after for d in read_definitions(letters, statements[n])}
        read = set(self._list_read(statements[after[0]]))
        latest = {family: n for n in before for family in said[n]}
        return [
            n
            for n in before
            if statements[n].sides
            and (
                any(latest[family] == n for family in said[n] & read)
                if said[n] & read
                else id(statements[n].sides[0]) in self.defined and not said[n] & new
            )
        ]

    def _list_read(self, statement: tree.Statement) -> Iterator[str]:
        """The arrays that a definition reads."""
        own = {d.family for d in read_definitions(self.lecture.letters, statement)}
        for reference in self.lecture.letters.list_references(statement.sides[1]):
            if reference.family.name not in own:
                yield reference.family.name

    def judge(self, statement: tree.Statement, last: tree.Node | None = None) -> Judgement | None:
        """The verdict on a statement: that on its worst link; None for what is no equation.

        `last` is the side that a statement goes on from which begins with a sign.
        """
        if not self.is_equation(statement) or _says_nothing(self.lecture, statement):
            return None
        sides = list(statement.sides)
        if statement.continues:
            if last is None:
                return None
            sides = [last, *sides]
        judged = list(self._judge_links(statement, sides))
        return min(judged, key=lambda j: ORDER.index(j.verdict)) if judged else None

    def _judge_links(
        self, statement: tree.Statement, sides: list[tree.Node]
    ) -> Iterator[Judgement]:
        place = self.place.get(id(statement), -1)
        for left, right in pairwise(sides):
            if id(left) in self.defined:
                problem = self.lecture.arrays.problems.get(self.defined[id(left)])
                said = say_stated(DEFINITION) if problem is None else say_not_checkable(problem)
                yield said
            elif not is_numeric(left) and not is_numeric(right):
                yield self._judge_link(left, right, place)
            elif not is_number(left) and not is_number(right):
                yield say_not_checkable("a calculation")
            elif _has_derivative(left) and _is_whole(right):
                yield self._judge_link(left, right, place)

    def _judge_link(self, left: tree.Node, right: tree.Node, place: int) -> Judgement:
        if write_key(left) == write_key(right):
            return say_not_checkable("both sides are the same: that is no evidence")
        whole = self._decide(self.lecture.arrays, left, right)
        if isinstance(whole, Proof):
            return _say_holds(whole)
        if isinstance(whole, Unclear):
            return say_not_checkable(str(whole))
        guess = find_guess(
            self.lecture, whole, left, right, place=place, trusted=self.trusted, count=self.count
        )
        if guess is not None:
            return say_not_checkable(guess)
        presumed = self._presume(left, right)
        if presumed is not None:
            return presumed
        if isinstance(whole, Difference) and self._holds_alone(left, right):
            return say_not_checkable(
                f"what {self.lecture.arrays.context.cost} depends on is not said: it would hold if "
                f"there were no other way"
            )
        one = self._decide(self.lecture.numbers, left, right)
        if isinstance(one, Proof):
            if not self.lecture.letters.has_arrays:
                return _say_holds(one)
            is_open = isinstance(whole, Difference) and self.lecture.arrays.presumes_cost
            if is_open and self._divides_by_size(left, right):
                return say_not_checkable("of how many samples it is said is not clear")
            message = f"holds with one neuron per layer; {_tell(whole)}"
            code = DIFFERENT if self._says_shapes(left, right) else ONE_NEURON
            return Judgement("holds-for-one-neuron", READING, message, code)
        if isinstance(whole, Clash):
            return Judgement("ill-formed", READING, _tell(whole), CLASH)
        return Judgement("wrong", READING, _tell(whole), DIFFERENT)

    def _says_shapes(self, *sides: tree.Node) -> bool:
        """Whether the text transposes what a claim is made of, or has its norm: it is about more
        than numbers."""
        letters = self.lecture.letters.survey.letters
        names = {
            letter_of(node)
            for side in sides
            for node in tree.walk_formula(side)
            if isinstance(node, tree.Name)
        }
        return any(
            letters[name].transposed or letters[name].normed for name in names & set(letters)
        )

    def _divides_by_size(self, *sides: tree.Node) -> bool:
        """1/m, which is 1 where everything is there once, and no sum over as many."""
        context = self.lecture.arrays.context
        nodes = [n for side in sides for n in tree.walk(side)]
        return not any(isinstance(n, tree.Sum) for n in nodes) and any(
            isinstance(n, tree.Ratio) and context.size_of(n.bottom) is not None for n in nodes
        )

    def _holds_alone(self, left: tree.Node, right: tree.Node) -> bool:
        """Whether a claim about a cost that nobody states holds if it depends on nothing but what
        the claim names."""
        reading = self.lecture.arrays
        if reading.context.cost is None or not reading.presumes_cost:
            return False
        return isinstance(self._decide(reading, left, right, alone=True), Proof)

    def _presume(self, left: tree.Node, right: tree.Node) -> Judgement | None:
        """What holds where a function that the text only names is the activation that everybody
        means: σ the sigmoid; other letters may be one of two."""
        for letter in sorted(self.lecture.unknown_functions):
            for activation in (USUAL[letter],) if letter in USUAL else SELF_SLOPED:
                key = letter, activation
                if key not in self.presuming:
                    presuming = {letter: activation}
                    self.presuming[key] = OwnNetwork(self.statements, len(self.trusted), presuming)
                found = self.presuming[key]._decide(self.presuming[key].lecture.arrays, left, right)
                if not isinstance(found, Proof):
                    continue
                said = f"{_write_letter(letter)} is the {activation}"
                if letter in USUAL:
                    return replace(_say_holds(found), presumed=said)
                unsaid = say_not_checkable(f"it holds where {said}, and the text does not say it")
                return replace(unsaid, presumed=said)
        return None

    @staticmethod
    def _decide(
        reading: Reading, left: tree.Node, right: tree.Node, alone: bool = False
    ) -> Proof | Difference | Clash | Unclear:
        try:
            reading, claim = lower_claim(reading, left, right, alone)
            _refuse_large(reading.system)
            found = find_prover(reading.system).decide(claim, where_defined=True)
            if isinstance(found, Proof) and found.says_nothing and claim.rhs != 0:
                return SaysNothing("both sides are 0 everywhere: that is no evidence")
            return found
        except (Clash, Unclear) as problem:
            return problem
        except (InputError, UndefinedError) as problem:
            return Unclear(str(problem))


def _refuse_large(system: System) -> None:
    """Refuse a world of more numbers than anybody waits for.

    Raises:
        Unclear: lengths that are all different, of arrays with many indices.
    """
    longest = len(system.size_symbols) + 3
    if sum(longest ** len(q.axes) for q in system.quantities.values()) > MOST_ENTRIES:
        raise Unclear("how long its many arrays are is not said")


def _write_letter(base: str) -> str:
    return write_name(tree.Name((0, 0), base))


def _say_holds(proof: Proof) -> Judgement:
    is_proved = proof.kind == "exact"
    return Judgement(HOLDS, READING, instances=len(proof.networks), is_proved=is_proved)


def _says_nothing(lecture: Lecture, statement: tree.Statement) -> bool:
    """l = 1 says where an index stands, f = f(x) what f depends on."""
    if len(statement.sides) < 2 or statement.continues:
        return False
    left, right = bare(statement.sides[0]), bare(statement.sides[1])
    defined = {d.family for d in lecture.definitions}
    if any(d.family in defined for d in read_definitions(lecture.letters, statement)):
        return False  # r = u - tanh(z) is no update of an r that is defined, and r no index
    counts = lecture.letters.survey.indices | lecture.letters.survey.lasts
    if isinstance(left, tree.Name) and not left.upper:
        if is_number(right) and left.base in counts | COUNTING:
            return True
        if left.base in counts and not left.lower:
            return True
    for one, other in ((left, right), (right, left)):
        named = isinstance(one, tree.Name) and isinstance(other, tree.Call)
        if named and write_key(one) == write_key(other.function):  # type: ignore[attr-defined]
            return True
    return is_update(left, right)


def _names_slope(node: tree.Node) -> bool:
    """dx, and δ."""
    return isinstance(node, tree.Name) and node.base in ("d", "delta", "Delta")


def _has_derivative(node: tree.Node) -> bool:
    return any(isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(node))


def _is_whole(node: tree.Node) -> bool:
    """0 and 1 are derivatives as often as values that are given."""
    inner = bare(node)
    return isinstance(inner, tree.Number) and inner.decimals == 0 and inner.value in (0, 1)


def _tell(found: Difference | Clash) -> str:
    if isinstance(found, Clash):
        return f"as a matrix equation the shapes clash: {found}"
    one, other = tell_apart(found.left, found.right)
    exactly = "as exact numbers " if one == other else ""
    return f"{exactly}the sides differ: {one} and {other}"
