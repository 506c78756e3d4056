"""Texts about a network of their own: their formulas are held against their own definitions.

Where a text's own z, a or C is not that of the network that is presumed of layered texts, the
presumed one has no say: what the text defines is lowered to a system, and its claims are proved or
refuted in that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, permutations

from sympy import Expr, KroneckerDelta

from symbackprop.equations import System, find_entries, name_of
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.lecture.calls import name_quantities, write_key
from symbackprop.lecture.claims import lower_claim
from symbackprop.lecture.definitions import is_number, read_definitions
from symbackprop.lecture.lecture import NOTHING, Lecture, read_lecture
from symbackprop.lecture.letters import Family, Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.ranks import COLUMN, ROW
from symbackprop.lecture.samples import find_count
from symbackprop.lecture.scopes import split_scopes
from symbackprop.lecture.sizes import Clash, SizeClash
from symbackprop.lecture.survey import COUNTING, KNOWN, bare, letter_of, list_slots
from symbackprop.lecture.systems import Reading
from symbackprop.number_types import UndefinedError
from symbackprop.partials import Direct, Partial
from symbackprop.proofs import Counterexample as Difference
from symbackprop.proofs import Proof, find_prover
from symbackprop.reading import tree
from symbackprop.verification.arithmetic import is_numeric
from symbackprop.verification.claims import is_update
from symbackprop.verification.findings import HOLDS, NOT_CHECKABLE
from symbackprop.verification.judgement import (
    DEFINITION,
    Judgement,
    say_not_checkable,
    say_stated,
    tell_apart,
)
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.names import write_name

# what makes a layered network: its weighted sum, its activation, its cost
PRESUMED = ("z", "a", "C")
CLASH, DIFFERENT, ONE_NEURON = "BP301", "BP100", "BP201"
READING = "the text's own network"
# letters of functions that mean one activation unless the text says another
USUAL = {"sigma": "sigmoid", "varsigma": "sigmoid"}
# activations whose slopes are written through their values, for letters that may mean either
SELF_SLOPED = ("sigmoid", "tanh")


def find_own_definitions(
    lexicon: Lexicon, statements: Sequence[tree.Statement], judged: Sequence[Judgement]
) -> list[tree.Statement]:
    """Definitions of z, a or C that the presumed network does not have, and no slip explains."""
    found: list[tree.Statement] = []
    defined: set[str] = set()
    for statement, judgement in zip(statements, judged, strict=True):
        quantity = find_defined(lexicon, statement)
        if quantity is None or quantity in defined:
            continue
        defined.add(quantity)
        if judgement.verdict in DOUBTED and judgement.code in CODES_OF_OWN:
            found.append(statement)
    return found


DOUBTED = ("wrong", "holds-for-one-neuron", "not-checkable")
CODES_OF_OWN = ("BP100", "BP401")


def find_defined(lexicon: Lexicon, statement: tree.Statement) -> str | None:
    """The quantity of the presumed network that a statement says something of as a whole."""
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in ("=", ":="):
        return None
    left = statement.sides[0]
    quantity = lexicon.find(left) if isinstance(left, tree.Name) else None
    derives = any(
        isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(statement.sides[1])
    )
    return quantity if quantity in PRESUMED and not derives else None


class OwnNetworks:
    """The models of one text: each statement is judged against what its model defines."""

    def __init__(self, statements: Sequence[tree.Statement], sections: Sequence[int]) -> None:
        self.statements = name_quantities(statements)
        self.models: list[OwnNetwork] = []
        self.judgements: list[Judgement | None] = [None] * len(statements)
        # statements about a name of which the text has said before what it is
        self.renewed = set(_list_renewed(self.statements))
        # statements after a definition that contradicts one before: another model, or a slip
        self.begun: set[int] = set()
        for scope in split_scopes(self.statements, sections):
            self._judge_scope(list(scope.inherited), list(scope.statements))
        self._judge_sections(sections)

    @property
    def are_understood(self) -> bool:
        """Whether every definition of every model could be read as a system."""
        return all(model.is_understood for model in self.models)

    def list_proved(self) -> frozenset[int]:
        """The numbers of the statements of which every link holds in the text's own network."""
        judged = enumerate(self.judgements)
        return frozenset(n for n, j in judged if j is not None and j.verdict == HOLDS)

    def _judge_sections(self, sections: Sequence[int]) -> None:
        """What the whole text leaves open may be clear from its section alone, whose letters are
        nearest."""
        numbers = [[n for n in range(len(sections)) if sections[n] == s] for s in set(sections)]
        for own in numbers if len(numbers) > 1 else []:
            before = [self.judgements[n] for n in own]
            if not any(j is not None and j.verdict == "not-checkable" for j in before):
                continue
            self._judge_scope([], own)
            for number, judgement in zip(own, before, strict=True):
                new = self.judgements[number]
                open_ = judgement is None or judgement.verdict == "not-checkable"
                if not open_ or new is None or new.reading != READING or new.verdict != HOLDS:
                    self.judgements[number] = judgement

    def _judge_scope(self, inherited: list[int], own: list[int], depth: int = 0) -> None:
        """Judge one model; a definition that contradicts the one before begins another."""
        model = OwnNetwork([self.statements[n] for n in (*inherited, *own)])
        self.models.append(model)
        last: tree.Node | None = None
        for position, number in enumerate(own):
            statement = self.statements[number]
            judgement = model.judge(statement, last)
            last = model.find_end(statement, last)
            if (
                judgement is not None
                and judgement.verdict in ("wrong", "ill-formed", NOT_CHECKABLE)
                and position
                and depth < MOST_MODELS
                and model.is_redefined(statement)
                and (judgement.verdict != NOT_CHECKABLE or model.differs(statement))
            ):
                kept = model.list_kept(inherited + own[:position], self.statements, own[position:])
                self.begun |= set(own[position:])
                self._judge_scope(kept, own[position:], depth + 1)
                return
            self.judgements[number] = judgement


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
        for node in tree.walk_formula(statement.sides[1]):
            if isinstance(node, tree.Name):
                try:
                    name = self.lecture.letters.refer(node).family.name
                except Unclear:
                    continue
                if name not in own:
                    yield name

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
        one = self._decide(self.lecture.numbers, left, right)
        guess = _find_law(left) or self._find_guess(whole, left, right, place)
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

    def _find_guess(
        self, whole: Difference | Clash, left: tree.Node, right: tree.Node, place: int
    ) -> str | None:
        """What an accusation would lean on that the text does not say; None if on nothing."""
        for function, speaking in self.lecture.presumed.items():
            if set(speaking) <= {place}:
                return f"the text does not say which function {function} is"
        if self._is_of_last(left, right):
            return "whether the last layer has a function of its own is not said"
        if isinstance(whole, Difference):
            guessed = self._find_guessed(whole)
            if guessed is not None:
                return f"the text does not say on what {guessed} depends"
        if isinstance(whole, Clash) and TURNED.search(str(whole)):
            lying = self._find_lying(left, right)
            if lying is not None:
                return f"whether {lying} is a row or a column is not said"
        letter = self._find_factor_or_function(left, right)
        if letter is not None:
            return f"whether {letter} is a function or a factor is not said"
        label = self._find_counting_label(left, right)
        if label is not None:
            return f"whether {label} counts, or is a name, is not said"
        if isinstance(whole, SizeClash) and VAGUE_SIZE.search(str(whole)):
            return f"how long its arrays are is not said: {whole}"
        if self._counts_nothing(left, right):
            return "over which samples the mean is taken is not said"
        if isinstance(whole, Difference) and self.lecture.arrays.any_cost:
            for name, problem in self.lecture.arrays.problems.items():
                return f"{name} is not understood, and the cost may rest on it: {problem}"
        if isinstance(whole, Difference):
            return _find_gap(whole) or self._find_loose(whole) or self._find_case(whole)
        if not isinstance(whole, SizeClash):
            ranking = self.lecture.arrays.context.ranking
            definitions = [*(d.statement for d in self.lecture.definitions), *self.trusted]
            claim = tree.Statement(left.span, (left, right), ("=",))
            if ranking.is_guessed(definitions, claim):
                return f"the shapes are not said: {whole}"
        return None

    def _find_counting_label(self, *sides: tree.Node) -> str | None:
        """m of net_m, where y_m has it for an index."""
        letters = self.lecture.letters
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

    def _find_lying(self, *sides: tree.Node) -> str | None:
        """A row among columns that nothing transposes, since y ln a has been read as a number."""
        letters, ranking = self.lecture.letters, self.lecture.arrays.context.ranking
        found: dict[str, list[Family]] = {ROW: [], COLUMN: []}
        for node in (n for side in sides for n in tree.walk_formula(side)):
            if not isinstance(node, tree.Name):
                continue
            try:
                reference = letters.refer(node)
            except Unclear:
                continue
            family = reference.family
            if reference.missing or not family.components:
                found.setdefault(ranking.rank_of(family.name), []).append(family)
        rows = [f.name for f in found[ROW] if not f.uses.transposed]
        return min(rows, default=None) if found[COLUMN] else None

    def _find_guessed(self, found: Difference) -> str | None:
        """A name of which the text writes slopes alone."""
        sides = (found.equation.lhs, found.equation.rhs)
        read = {name_of(part) for side in sides for s in side.atoms(Partial) for part in s.args}
        read |= {name_of(e) for side in sides for e in find_entries(side)}
        return min(read & self.lecture.arrays.guessed, default=None)

    def _counts_nothing(self, *sides: tree.Node) -> bool:
        """Whether the number of samples stands in a claim about arrays of one sample."""
        context = self.lecture.arrays.context
        nodes = [n for side in sides for n in tree.walk_formula(side)]
        names = [n for n in nodes if isinstance(n, tree.Name)]
        count = self.count
        if count is None or any(isinstance(n, tree.Sum) for n in nodes):
            return False
        lowerer, found = Lowerer(context), []
        for name in names:
            try:
                found.append(context.letters.refer(name).family)
            except Unclear:
                continue
        counted = any(name.base == count.base for name in names)
        return counted and not any(map(lowerer.has_samples, found))

    def _find_case(self, found: Difference) -> str | None:
        """Whether ∂a_i/∂z_j is as claimed where i and j differ, or where they are one."""
        claim, prover = found.equation, find_prover(self.lecture.arrays.system)
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

    def _is_of_last(self, left: tree.Node, right: tree.Node) -> bool:
        """a^L = softmax(z^L) beside a^l = f(z^l)."""
        inner, call = bare(left), bare(right)
        if not isinstance(inner, tree.Name) or not isinstance(call, tree.Call):
            return False
        try:
            reference = self.lecture.letters.refer(inner)
        except Unclear:
            return False
        general = next(
            (d for d in self.lecture.definitions if d.family == reference.family.name), None
        )
        said = bare(general.statement.sides[1]) if general is not None else None
        running = self.lecture.letters.survey.indices
        return (
            isinstance(said, tree.Call)
            and write_key(said.function) != write_key(call.function)
            and reference.family.always > 0
            and not any(s.name in running for s in reference.indices[0].free_symbols)  # type: ignore[union-attr]
        )

    def _find_loose(self, found: Difference) -> str | None:
        """A name that no definition has to do with: it may be anything."""
        depends = self.lecture.arrays.depends
        known = set(depends).union(*depends.values())
        count = self.lecture.arrays.context.count
        known |= {count.base} if count is not None else set()
        for side in (found.equation.lhs, found.equation.rhs):
            for read in find_entries(side):
                name = name_of(read)
                family = self.lecture.letters.families.get(name)
                if family is not None and name not in known:
                    return f"{name} is not defined"
        return None

    def _find_factor_or_function(self, *sides: tree.Node) -> str | None:
        """A letter that stands before brackets wherever it stands, and nothing tells what it is."""
        letters = self.lecture.letters.survey.letters
        for side in sides:
            for node in tree.walk_formula(side):
                if (
                    isinstance(node, tree.Call)
                    and not node.certain
                    and isinstance(node.function, tree.Name)
                    and node.function.base != "d"
                    and not self.lecture.arrays.context.ranking.is_function(node.function)
                ):
                    uses = letters.get(letter_of(node.function))
                    # a capital is a matrix more often than a function
                    share = 1 if node.function.base[0].isupper() else 2
                    if uses is not None and len(uses.names) <= share * uses.called:
                        return node.function.base
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


EQUATES = frozenset({"=", ":=", "equiv"})
MOST_ENTRIES = 100_000
MOST_MODELS = 16
# (n × 1) and (1 × n)
TURNED = re.compile(r"\((.+) × 1\) (?:and|=) \(1 × \1\)|\(1 × (.+)\) (?:and|=) \(\2 × 1\)")
# n is written for several lengths in one text; m, K and N are of samples and classes
VAGUE_SIZE = re.compile(r"size:(?![A-Zm])")
ORDER = ("ill-formed", "wrong", "holds-for-one-neuron", "not-checkable", "holds", "stated")


def _write_letter(base: str) -> str:
    return write_name(tree.Name((0, 0), base))


def _say_holds(proof: Proof) -> Judgement:
    is_proved = proof.kind == "exact"
    return Judgement(HOLDS, READING, instances=len(proof.networks), is_proved=is_proved)


def _list_renewed(statements: Sequence[tree.Statement]) -> Iterator[int]:
    seen: set[str] = set()
    for number, statement in enumerate(statements):
        if len(statement.sides) > 1 and not statement.continues:
            left = write_key(bare(statement.sides[0]))
            if left in seen:
                yield number
            seen.add(left)


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
