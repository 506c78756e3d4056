"""A lecture as a system: what a text defines, what is presumed, and how its claims are lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from sympy import Dummy, Expr, Function, Indexed, Integer, Mul, Pow, Sum, Symbol, exp

from symbackprop.equations import (
    Axis,
    Equation,
    Quantity,
    System,
    entry,
    find_entries,
    indices_of,
    name_of,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax, name_function
from symbackprop.lecture.completion import (
    find_activations,
    find_dependencies,
    make_function,
    presume_cost,
    presume_functions,
)
from symbackprop.lecture.letters import (
    LAST_LETTERS,
    LOSS,
    Family,
    Letters,
    Unclear,
    learn_letters,
    spell_letter,
)
from symbackprop.lecture.lowering import LAST, Context, Lowerer
from symbackprop.lecture.ranges import Ranges, find_ranges
from symbackprop.lecture.ranks import COLUMN, JACOBIAN, MATRIX, ROW, Ranking
from symbackprop.lecture.samples import SHARED, Columns, find_columns
from symbackprop.lecture.sizes import Clash, Size, Sizes
from symbackprop.lecture.survey import KNOWN, Letter, bare, list_slots, survey
from symbackprop.lecture.tensors import Open
from symbackprop.partials import Direct, Partial
from symbackprop.reading import tree

EQUATES = ("=", ":=", "equiv")
PARAMETER_LETTERS = frozenset({"w", "b", "theta", "v", "u"})
# the cost of a text that writes slopes of something by name only: da = b dx
ANYTHING = "?"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Definition:
    """A statement that says what a name stands for, at every place or at one."""

    family: str
    statement: tree.Statement
    place: str = ""
    # another statement says what the name stands for elsewhere
    beside: bool = False


@dataclass
class Reading:
    """The system of a text as arrays, or with one neuron per layer."""

    context: Context
    equations: list[Equation] = field(default_factory=list)
    # where the first place of a layered array is: 0 where a layer before the first is read
    firsts: dict[str, int] = field(default_factory=dict)
    # what is read at a place before that of what it defines: its first place is given
    started: set[str] = field(default_factory=set)
    # arrays that some formula reads
    met: set[str] = field(default_factory=set)
    # where the definition of a layered array begins
    lows: dict[str, int] = field(default_factory=dict)
    # sums of what is given that are said to be 1
    totals: list[tuple[Expr, Expr]] = field(default_factory=list)
    # array --> the places by number at which some formula reads it: 2 of a^{(2)}
    places: dict[str, set[int]] = field(default_factory=dict)
    # names whose definition was not understood, and why
    problems: dict[str, str] = field(default_factory=dict)
    # the cost is not stated, and may be any function of the outputs
    any_cost: bool = False
    # what each name is differentiated by
    differentiated: dict[str, dict[str, None]] = field(default_factory=dict)
    # what a claim says the slopes of the cost by; empty: of all that is defined last
    slopes: frozenset[str] = frozenset()
    # whether it depends on these alone, whatever else follows from them
    alone: bool = False
    # the same text, for claims about other slopes
    others: dict[tuple[frozenset[str], bool], Reading] = field(default_factory=dict)

    def ask(self, slopes: frozenset[str], alone: bool = False) -> Reading:
        """The text as a claim sees it that says something of the slopes of a cost which nobody
        states: a function of what follows from the last of the arrays that it names."""
        if not slopes or self.context.cost is None or not self.presumes_cost:
            return self
        if (slopes, alone) not in self.others:
            other = replace(self, slopes=slopes, alone=alone, any_cost=False)
            self.others[slopes, alone] = other
        return self.others[slopes, alone]

    @property
    def presumes_cost(self) -> bool:
        """Whether nothing says what the cost is, or what it says was not understood."""
        cost = self.context.cost or ""
        rests = find_dependencies(self.equations).get(cost, frozenset())
        defined = cost in {e.name for e in self.equations}
        return not defined or bool((rests | {cost}) & set(self.problems))

    @property
    def guessed(self) -> set[str]:
        """Names never defined, of which it is guessed on what they depend: on what they are
        differentiated by."""
        known = {e.name for e in self.equations} | set(self.problems) | {self.context.cost}
        return {name for name in self.differentiated if name not in known}

    @cached_property
    def system(self) -> System:
        return build_system(self)

    @cached_property
    def depends(self) -> dict[str, frozenset[str]]:
        """What every defined name depends on, through all definitions."""
        return find_dependencies(self.system.equations)


@dataclass
class Lecture:
    """One model of a text: its definitions, read as arrays and as single numbers."""

    letters: Letters
    definitions: list[Definition]
    arrays: Reading
    numbers: Reading
    # functions that are presumed to be some activation, and the statements that speak for it
    presumed: dict[str, list[int]] = field(default_factory=dict)

    @property
    def unknown_functions(self) -> frozenset[str]:
        """Functions that the definitions apply, and nothing says which they are."""
        return frozenset(
            f.spelling
            for equation in self.arrays.equations
            for f in equation.rhs.atoms(NamedFunction)
            if f.formula is None
        )


def read_lecture(
    statements: Sequence[tree.Statement],
    trusted: int = 0,
    count: tree.Name | None = None,
    presuming: Mapping[str, str] = NOTHING,
) -> Lecture:
    """What the statements of one scope say of its network.

    So many of the first are `trusted`: what they say of shapes is no claim, also where they say a
    second time what a name stands for. With `count`, the number m of samples, dZ is the slope of
    all losses, where the cost is their mean. `presuming` says which activation a letter is taken
    for, where the text does not say it.
    """
    letters = learn_letters(survey(statements))
    ranking = Ranking(letters)
    cost = _find_cost(letters)
    adjoints = dict(_find_errors(letters, ranking, statements, cost))
    ranges = find_ranges(statements)
    definitions = list(_list_definitions(letters, statements, set(adjoints), ranges))
    columns = _choose_columns(letters, statements, {d.family for d in definitions})
    definitions = [d for d in definitions if d.family not in columns]
    letters.lasts = _find_lasts(letters, statements, {d.family for d in definitions})
    ranking.settle([*(d.statement for d in definitions), *statements[:trusted]], cost)
    numerator = _transposes_jacobians(ranking, statements)
    activations, presumed = find_activations(letters, statements)
    activations = {**presuming, **activations}
    readings = []
    for scalar in (False, True):
        context = Context(
            letters,
            ranking,
            Sizes(),
            adjoints=adjoints,
            cost=cost,
            ranges=ranges,
            scalar=scalar,
            columns=columns,
            count=count,
            numerator=numerator,
        )
        _join_sequences(context)
        context.functions = _find_functions(context, statements, activations)
        context.losses = dict(_list_losses(context, statements))
        reading = Reading(context)
        for _ in range(2):  # what the second time joins, the first did not know
            _lower_definitions(reading, definitions)
        context.strict = True
        context.sizes.anchor()
        _meet_claims(reading, statements)
        _lower_definitions(reading, definitions)
        reading.totals = [] if scalar else list(_list_totals(reading, statements))
        readings.append(reading)
    for reading in readings:
        _learn_depends(reading)
    arrays, numbers = readings
    return Lecture(letters, definitions, arrays, numbers, presumed)


def _find_lasts(
    letters: Letters, statements: Sequence[tree.Statement], defined: set[str]
) -> dict[str, str]:
    """∇_a C beside a^l: what something is differentiated by, and no layer is written, is the last.
    Bare letters that the text defines stand for themselves."""
    found: dict[str, str] = {}
    nodes = [n for statement in statements for side in statement.sides for n in tree.walk(side)]
    bottoms = [n.bottom for n in nodes if isinstance(n, tree.Derivative)]
    bottoms += [n.by for n in nodes if isinstance(n, tree.Gradient) and n.by is not None]
    for name in map(bare, bottoms):
        if not isinstance(name, tree.Name) or name.base in SHARED:
            continue
        key, indices, _ = letters.split(name)
        layered = letters.families.get(f"{key}^")
        if layered is None or indices or key in defined or layered.name not in defined:
            continue
        if layered.always == 1 and layered.slots[0] in letters.layers[layered.letter]:
            found[key] = layered.name
    return found


def _transposes_jacobians(ranking: Ranking, statements: Sequence[tree.Statement]) -> bool:
    """Whether a text writes (∂o/∂h)^T."""
    return any(
        isinstance(node, tree.Transposed)
        and isinstance(bare(node.body), tree.Derivative)
        and ranking.find(node.body) == {JACOBIAN}
        for statement in statements
        for side in statement.sides
        for node in tree.walk(side)
    )


def _choose_columns(
    letters: Letters, statements: Sequence[tree.Statement], defined: set[str]
) -> dict[str, Columns]:
    """Which of a^{(i)} and A stands for the other: A, unless only a^{(i)} is defined."""
    found: dict[str, Columns] = {}
    for columns in find_columns(letters, statements):
        only_samples = columns.sample in defined and columns.whole not in defined
        found[columns.whole if only_samples else columns.sample] = columns
    return found


def _learn_depends(reading: Reading) -> None:
    """What depends on what, for those that ask of which cost dx is a slope."""
    try:
        reading.context.depends = reading.depends
    except (Unclear, InputError):
        return


def _is_here(letters: Letters, equation: Equation, read: Expr) -> bool:
    """Whether an entry is read at the layer or time that is defined; elsewhere it recurs."""
    name, own, other = name_of(read), equation.indices, indices_of(read)
    if name == equation.name:
        always = letters.families[name].always
        return own[:always] == other[:always]
    return not own or not other or own[0] == other[0]


def _lower_definitions(reading: Reading, definitions: Sequence[Definition]) -> None:
    reading.equations, reading.problems = [], {}
    for definition in definitions:
        try:
            reading.equations.append(_lower_definition(reading, definition))
        except (Unclear, Clash) as problem:
            if definition.family != reading.context.cost or _reads_shared(definition.statement):
                reading.problems[definition.family] = str(problem)
    _break_cycles(reading)


def _reads_shared(definition: tree.Statement) -> bool:
    """Whether a cost reads weights: where it does not, it may be any function of the outputs."""
    return any(
        isinstance(n, tree.Name) and n.base in SHARED
        for n in tree.walk_formula(definition.sides[1])
    )


def _meet_claims(reading: Reading, statements: Sequence[tree.Statement]) -> None:
    """Note the sizes and arrays that only claims speak of: they are part of the system as well."""
    for statement in statements:
        for left, right in pairwise(statement.sides):
            lowerer = Lowerer(reading.context)
            try:
                one, other = lowerer.lower(left), lowerer.lower(right)
                lowerer.algebra.equate(one, other)
            except (Unclear, Clash):
                continue
            reading.met |= {name for name, _ in lowerer.reads}
            for slope in one.entry.atoms(Partial) | other.entry.atoms(Partial):
                top, bottom = map(name_of, slope.args)
                reading.differentiated.setdefault(top, {})[bottom] = None
            _note_places(reading, lowerer)


def _note_places(reading: Reading, lowerer: Lowerer) -> None:
    for name, indices in lowerer.reads:
        if indices and indices[0].is_Integer:
            reading.places.setdefault(name, set()).add(int(indices[0]))


def _break_cycles(reading: Reading) -> None:
    """A name that would be defined in terms of itself is not understood; the others are."""
    reads: dict[str, set[str]] = {}
    kept: list[Equation] = []
    for equation in reading.equations:
        names = {
            name_of(e)
            for e in find_entries(equation.rhs)
            if _is_here(reading.context.letters, equation, e)
        }
        waiting, seen = list(names), set(names)
        while waiting:
            for name in reads.get(waiting.pop(), set()) - seen:
                seen.add(name)
                waiting.append(name)
        if equation.name in seen:
            reading.problems[equation.name] = "it is defined in terms of itself"
        else:
            kept.append(equation)
            reads.setdefault(equation.name, set()).update(names)
    reading.equations = kept


def _find_functions(
    context: Context, statements: Sequence[tree.Statement], activations: dict[str, str]
) -> Callable[[tree.Name], Any | None]:
    """The functions whose formulas the text gives: f(x) = x^2, and known activations."""
    formulas: dict[str, tuple[Expr, Expr]] = {}
    unsure: set[str] = set()
    numbers = replace(context, scalar=True)
    for statement in statements:
        found = _read_function(numbers, statement)
        if found is None or found[0] in activations:
            continue
        base, argument, value = found
        if base in formulas and formulas[base] != (argument, value):
            unsure.add(base)
        formulas[base] = argument, value
    made = {
        base: partial(_apply_formula, argument, value)
        for base, (argument, value) in formulas.items()
        if base not in unsure
    }

    def find(name: tree.Name) -> Any | None:
        if name.base in made:
            return name_function(name.base, made[name.base], name.primes)
        return make_function(name, activations)

    return find


def _list_losses(
    context: Context, statements: Sequence[tree.Statement]
) -> Iterator[tuple[str, tuple[tuple[Expr, ...], Expr]]]:
    """L(a, y) = -y log a: L, its arguments, and its formula."""
    numbers = replace(context, scalar=True, columns={})
    for statement in statements:
        if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
            continue
        call = bare(statement.sides[0])
        if (
            not isinstance(call, tree.Call)
            or not isinstance(call.function, tree.Name)
            or len(call.arguments) < 2
            or not all(isinstance(bare(a), tree.Name) for a in call.arguments)
        ):
            continue
        try:
            arguments = tuple(Lowerer(numbers).lower(a).entry for a in call.arguments)
            value = Lowerer(numbers).lower(statement.sides[1]).entry
        except (Unclear, Clash):
            continue
        if set(find_entries(value)) <= set(arguments):
            yield call.function.base, (arguments, value)


def _apply_formula(argument: Expr, value: Expr, at: Expr) -> Expr:
    return value.xreplace({argument: at})


def _read_function(context: Context, statement: tree.Statement) -> tuple[str, Expr, Expr] | None:
    """f(x) = x^2 --> f, x and x^2; None for a formula that reads anything else."""
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
        return None
    call = bare(statement.sides[0])
    if not (
        isinstance(call, tree.Call)
        and isinstance(call.function, tree.Name)
        and context.ranking.is_function(call.function)
        and call.function.base not in KNOWN
        and not call.function.primes
        and len(call.arguments) == 1
        and isinstance(bare(call.arguments[0]), tree.Name)
    ):
        return None
    try:
        argument = Lowerer(context).lower(call.arguments[0]).entry
        value = Lowerer(context).lower(statement.sides[1]).entry
    except (Unclear, Clash):
        return None
    if set(find_entries(value)) - {argument} or set(find_entries(argument)) != {argument}:
        return None
    return call.function.base, argument, value


# --- what is defined -----------------------------------------------------------------------------


def _list_definitions(
    letters: Letters,
    statements: Sequence[tree.Statement],
    errors: set[str],
    ranges: Mapping[int, Ranges],
) -> Iterator[Definition]:
    """The first statement about each name; one for all places comes before one for the last, which
    is a definition beside it where the first is said of the others only."""
    found: dict[str, dict[str, tree.Statement]] = {}
    for statement in statements:
        for definition in read_definitions(letters, statement):
            if definition.family in errors:
                continue
            found.setdefault(definition.family, {}).setdefault(
                definition.place, definition.statement
            )
    for statement in statements:
        for link in _list_later_links(statement):
            for definition in read_definitions(letters, link):
                if definition.family not in {*errors, *found}:
                    found[definition.family] = {definition.place: definition.statement}
    for family, places in found.items():
        general = places.get("")
        if general is not None:
            yield Definition(family, general)
        for place, statement in places.items():
            if place and (general is None or place.isdigit() or _leaves_last(general, ranges)):
                yield Definition(family, statement, place, beside=general is not None)


def _list_later_links(statement: tree.Statement) -> Iterator[tree.Statement]:
    """f(x) = a = softmax(z) says what a is, where nothing else does."""
    if statement.continues:
        return
    pairs = zip(statement.sides[1:], statement.sides[2:], statement.signs[1:], strict=False)
    for left, right, sign in pairs:
        if isinstance(bare(left), tree.Name):
            yield tree.Statement(statement.span, (left, right), (sign,))


def _leaves_last(statement: tree.Statement, ranges: Mapping[int, Ranges]) -> bool:
    """Whether a statement is said of all places but the last: (l = 1, ..., L - 1)."""
    said = ranges.get(id(statement.sides[1]), {})
    return any((high - last).is_negative for _, high in said.values() for last in high.free_symbols)


def read_definitions(letters: Letters, statement: tree.Statement) -> Iterator[Definition]:
    if len(statement.sides) < 2 or statement.continues or statement.signs[0] not in EQUATES:
        return
    left = statement.sides[0]
    while isinstance(left, tree.Braced):
        left = left.body
    if not isinstance(left, tree.Name):
        return
    right = statement.sides[1]
    if is_number(right) or _lists_entries(left, right):
        return  # a value that is given, or what its entries are called
    if any(isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(right)):
        return
    try:
        reference = letters.refer(left)
    except Unclear:
        return
    counts = letters.survey.indices | letters.survey.lasts
    if not reference.indices and reference.family.letter.base in counts:
        return  # l = 1, ..., L says where an index runs
    if reference.power is not None or _reads_itself(letters, right, left):
        return
    running = letters.survey.indices
    fixed = [
        str(index)
        for index in reference.indices[: reference.family.always]
        if index is not None and not any(s.name in running for s in index.free_symbols)
    ]
    place = ",".join(fixed)
    first = tree.Statement(statement.span, statement.sides[:2], statement.signs[:1])
    yield Definition(reference.family.name, first, place)


def _lists_entries(name: tree.Name, node: tree.Node) -> bool:
    """x = (x_1, ..., x_n), and W = [w_1 w_2]: entries of the same letter, or with dots."""
    inner = bare(node)
    while isinstance(inner, tree.Transposed):
        inner = bare(inner.body)
    if not isinstance(inner, tree.Listed | tree.Matrix):
        return False
    cells = (
        inner.items if isinstance(inner, tree.Listed) else [c for row in inner.rows for c in row]
    )
    entries = [bare(c.body) if isinstance(c, tree.Transposed) else bare(c) for c in cells]
    words = {e.base.lower() for e in entries if isinstance(e, tree.Name) and (e.lower or e.upper)}
    if not all(isinstance(e, tree.Name | tree.Dots | tree.Words) for e in entries):
        return False
    return words == {name.base.lower()} or any(isinstance(e, tree.Dots) for e in entries)


def is_number(node: tree.Node) -> bool:
    """Whether digits alone stand here: 3, -10/3, 0.5 * 4."""
    return all(not isinstance(n, tree.Name) for n in tree.walk(node)) and any(
        isinstance(n, tree.Number) for n in tree.walk(node)
    )


def _reads_itself(letters: Letters, right: tree.Node, left: tree.Name) -> bool:
    """W = W - eta dW is an update."""
    own = letters.refer(left)
    for node in _list_names(right):
        try:
            other = letters.refer(node)
        except Unclear:
            continue
        if other.family is own.family and other.indices == own.indices:
            return True
    return False


def _list_names(node: tree.Node) -> Iterator[tree.Name]:
    """The names of a formula, without what is above or below them; e^z is a formula in z."""
    if isinstance(node, tree.Name) and node.base != "e":
        yield node
        return
    for child in tree.list_children(node):
        yield from _list_names(child)


def _find_cost(letters: Letters) -> str | None:
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


def _find_errors(
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
                try:
                    family = letters.refer(inner).family
                except Unclear:
                    continue
                if family.uses.defined:
                    return family.name
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


def _join_sequences(context: Context) -> None:
    """An index that numbers layers somewhere numbers them everywhere."""
    letters, sizes = context.letters, context.sizes
    by_letter: dict[str, str] = {}
    for family in letters.families.values():
        for number, slot in enumerate(family.slots[: family.always]):
            if slot not in letters.layers[family.letter]:
                continue
            node = f"{family.name}.{number}"
            sizes.layered.add(node)
            for content in family.uses.contents.get(slot, ()):
                for part in tree.walk(content):
                    if isinstance(part, tree.Name) and part.base in letters.survey.indices:
                        sizes.join(Size(by_letter.setdefault(part.base, node)), Size(node))
    sizes.layered |= {sizes.resolve(Size(node)).node for node in sizes.layered}


# --- equations -----------------------------------------------------------------------------------


def _list_totals(
    reading: Reading, statements: Sequence[tree.Statement]
) -> Iterator[tuple[Expr, Expr]]:
    """What is said to sum to 1: the targets of a classifier, Σ_j y_j = 1; and what everybody
    presumes to, where the outputs of a softmax are in the logarithm."""
    context = reading.context
    defined = {e.name for e in reading.equations}
    if any(e.rhs.has(Softmax) or _is_normalised(e.rhs) for e in reading.equations):
        for equation in reading.equations:
            for total in equation.rhs.atoms(Sum):
                yield from _find_targets(total, defined)
    for statement in statements:
        if len(statement.sides) != 2 or statement.continues or statement.signs != ("=",):
            continue
        left, right = map(bare, statement.sides)
        is_one = isinstance(right, tree.Number) and right.value == 1
        if not is_one or not isinstance(left, tree.Sum) or not isinstance(left.body, tree.Name):
            continue
        try:
            total = Lowerer(context, LAST).lower(left).entry
        except (Unclear, Clash):
            continue
        if isinstance(total, Sum) and isinstance(total.function, Indexed):
            yield total, Integer(1)


def _is_normalised(value: Expr) -> bool:
    """e^{z_j} / Σ_k e^{z_k}."""
    return any(
        isinstance(p.base, Sum) and p.exp == -1 and p.base.function.has(exp)
        for p in value.atoms(Pow)
    )


def _find_targets(total: Sum, defined: set[str]) -> Iterator[tuple[Expr, Expr]]:
    """Σ_k y_k log a_k: Σ_k y_k is 1."""
    if not isinstance(total.function, Mul):
        return
    limit = total.limits[0]
    for factor in total.function.args:
        if (
            isinstance(factor, Indexed)
            and name_of(factor) not in defined
            and limit[0] in factor.indices
            and any(
                _is_logarithm(f) for other in total.function.args for f in other.atoms(Function)
            )
        ):
            yield Sum(factor, limit), Integer(1)


def _is_logarithm(value: Expr) -> bool:
    return str(value.func) in ("log", "ln")


def _lower_definition(reading: Reading, definition: Definition) -> Equation:
    context = reading.context
    # said of the last layer only, it is presumed of all
    is_last = definition.place and not definition.place.lstrip("-").isdigit()
    is_last = is_last and not definition.beside
    lowerer = Lowerer(context, Symbol("l", integer=True) if is_last else LAST)
    left, right = (lowerer.lower(side) for side in definition.statement.sides)
    lhs, rhs, axes = lowerer.algebra.equate(left, right)
    _note_places(reading, lowerer)
    family = context.letters.families[definition.family]
    if family.always and isinstance(lhs, Indexed) and not definition.beside:
        own = lhs.indices[0]
        _learn_firsts(reading, own, lowerer)
    equation = make_equation(reading, lowerer, lhs, rhs, axes, definition.statement.sides[1])
    _check_definition(definition, equation)
    if equation.axes and equation.axes[0].kind == "layer" and equation.axes[0].low.is_Integer:
        reading.lows[definition.family] = int(equation.axes[0].low)
    return equation


def _check_definition(definition: Definition, equation: Equation) -> None:
    """Refuse what defines no array entry by entry.

    Raises:
        Unclear: the left side is no entry, or the right has an index that the left has not.
    """
    lhs = equation.lhs
    if not isinstance(lhs, Indexed | Symbol) or name_of(lhs) != definition.family:
        raise Unclear(f"the left side is no entry of {definition.family}")
    if equation.rhs.has(Partial, Direct):
        raise Unclear("it is defined by a derivative")
    alone = [a.symbol.name for a in equation.axes if not lhs.has(a.symbol)]
    if alone:
        raise Unclear(f"{alone[0]} stands on the right side only")


def _learn_firsts(reading: Reading, own: Expr, lowerer: Lowerer) -> None:
    """A running index starts at 1: h_t = f(h_{t-1}) reads from 0 on, a^{l+1} = f(a^l) from 1 on."""
    if len(own.free_symbols) != 1:
        return
    (running,) = own.free_symbols
    for name, indices in lowerer.reads:
        if indices and indices[0].free_symbols == {running}:
            shift = indices[0] - running
            if shift.is_Integer:
                first = 1 + int(shift)
                reading.firsts[name] = min(reading.firsts.get(name, 1), first)
                if (indices[0] - own).is_negative:
                    reading.started.add(name)


def make_equation(
    reading: Reading,
    lowerer: Lowerer,
    lhs: Expr,
    rhs: Expr,
    axes: tuple[Open, ...],
    written: tree.Node,
) -> Equation:
    """An equation with the ranges of its free indices: those that are said of what is `written`,
    and wherever all that it reads exists."""
    sizes = reading.context.sizes
    said = reading.context.ranges.get(id(written), {})
    found: list[Axis] = []
    free = sorted((s for s in lowerer.indices if lhs.has(s) or rhs.has(s)), key=str)
    mapping: dict[Expr, Expr] = {}
    for symbol in free:
        size = lowerer.indices[symbol]
        if lowerer.is_sequence(size):
            low, high = _find_range(reading, symbol, lowerer.reads)
            if symbol.name in said:
                low, high = _narrow(low, high, *map(lowerer.name_last, said[symbol.name]))
            if isinstance(lhs, Indexed) and lhs.indices[0].has(symbol):
                # z^{l+1} is counted by its own place
                shift = lhs.indices[0] - symbol
                mapping[symbol] = symbol - shift
                low, high = low + shift, high + shift
            found.append(Axis(symbol, low, high, "layer"))
        else:
            found.append(Axis(symbol, Integer(1), sizes.write(size)))
    found += [Axis(a.symbol, Integer(1), sizes.write(a.size)) for a in axes]
    if mapping:
        lhs, rhs = lhs.xreplace(mapping), rhs.xreplace(mapping)
        found = [
            replace(a, high=a.high.xreplace(mapping)) if a.kind != "layer" else a for a in found
        ]
    found.sort(key=lambda a: a.kind != "layer")
    return Equation(lhs, rhs, tuple(found))


def _find_range(
    reading: Reading, symbol: Symbol, reads: list[tuple[str, tuple[Expr, ...]]]
) -> tuple[Expr, Expr]:
    low, after = -9, 0
    for name, indices in reads:
        family = reading.context.letters.families[name]
        for index in indices[: family.always]:
            if symbol in index.free_symbols and (index - symbol).is_Integer:
                shift = int(index - symbol)
                first = reading.firsts.get(name, 1)
                if name not in reading.started:
                    first = max(first, reading.lows.get(name, first))
                low = max(low, first - shift)
                after = max(after, shift)
    return Integer(low if low > -9 else 1), LAST - after


def _narrow(low: Expr, high: Expr, first: Expr, last: Expr) -> tuple[Expr, Expr]:
    """The part of a range that is said; ends that cannot be compared are left as they are."""
    return (
        first if (first - low).is_positive else low,
        last if (high - last).is_positive else high,
    )


# --- the system ----------------------------------------------------------------------------------


def build_system(reading: Reading) -> System:
    """The definitions as a system of the core, with what is given and what is presumed."""
    context = reading.context
    equations = list(reading.equations)
    defined = {e.name for e in equations}
    quantities = {
        name: make_quantity(reading, name, name in defined)
        for name, family in context.letters.families.items()
        if name not in context.adjoints
        and (name in defined or name in reading.met or not _counts(context, family))
    }
    for name in defined:
        equations += _start(reading, quantities, name, equations)
    if reading.slopes:
        equations = [e for e in equations if e.name != context.cost]
        defined -= {context.cost or ""}
    equations += _presume(reading, quantities, equations)
    if not equations:
        raise Unclear("the text defines nothing")
    # sizes that only claims speak of are drawn too
    for node in sorted(context.sizes.seen | context.sizes.written):
        size = context.sizes.resolve(Size(node))
        at = Size(
            size.node,
            LAST
            if size.node not in context.sizes.flat and _is_layered(equations, size.node)
            else None,
        )
        quantities[f"size {node}"] = Quantity(
            f"size {node}",
            "intermediate",
            (Axis(Dummy("j", integer=True), Integer(1), context.sizes.write(at)),),
        )
    return System(
        tuple(equations),
        quantities,
        context.cost or equations[-1].name,
        assumptions=tuple(t for t in reading.totals if name_of(t[0].function) not in defined),
    )


def _presume(
    reading: Reading, quantities: dict[str, Quantity], equations: list[Equation]
) -> list[Equation]:
    """What the text writes slopes of and never defines: functions, and last the cost."""
    cost = reading.context.cost
    slopes = {top: by for top, by in reading.differentiated.items() if top in reading.guessed}
    found = list(presume_functions(quantities, equations, slopes, LAST))
    is_defined = any(e.name == cost for e in equations)
    is_open = not is_defined and (reading.slopes or cost not in reading.problems)
    if cost is not None and is_open:
        reading.any_cost = True
        outputs = [*equations, *found]
        found.append(presume_cost(quantities, outputs, cost, reading.slopes, LAST, reading.alone))
        quantities[cost] = Quantity(cost, "cost")
    return found


def _is_layered(equations: list[Equation], node: str) -> bool:
    name = f"n_{node}"
    bounds = [a.high for e in equations for a in e.axes]
    bounds += [lim[2] for e in equations for s in e.rhs.atoms(Sum) for lim in s.limits]
    return any(name_of(i) == name for b in bounds for i in b.atoms(Indexed))


def _counts(context: Context, family: Family) -> bool:
    """Whether a letter counts, or is a function, and no array."""
    base, found = family.letter.base, context.letters.survey
    if family.slots or family.uses.defined:
        return False
    is_function = any(base == f.base for f in found.functions)
    last = family.letter == Letter("L") and context.cost != LOSS
    return base in found.indices or base in found.lasts or is_function or last


def _start(
    reading: Reading, quantities: dict[str, Quantity], name: str, equations: list[Equation]
) -> Iterator[Equation]:
    """The first place of a recurrence is given: a[0] and h[0]."""
    quantity = quantities[name]
    if not quantity.axes or quantity.axes[0].kind != "layer":
        return
    layer, *symbols = [a.symbol for a in quantity.axes]
    first = reading.firsts.get(name, 1)
    own = [e.indices[0] for e in equations if e.name == name]
    numbered = {int(place) for place in own if place.is_Integer}
    if len(numbered) == len(own):
        # of z^{(1)} and z^{(2)} what is not defined is given
        places: Iterable[int] = sorted(reading.places.get(name, set()) - numbered)
    elif numbered or name not in reading.started:
        return
    else:
        places = range(first, max(reading.lows.get(name, first + 1), first + 1))
    for place in places:
        at = {layer: Integer(place)}
        axes = tuple(
            replace(a, low=a.low.xreplace(at), high=a.high.xreplace(at)) for a in quantity.axes[1:]
        )
        start = Quantity(f"{name}_start{place if place != first else ''}", "input", axes)
        quantities[start.name] = start
        yield Equation(entry(name, (at[layer], *symbols)), entry(start.name, symbols), axes)


def make_quantity(reading: Reading, name: str, defined: bool) -> Quantity:
    """An array with the ranges of all its axes."""
    context = reading.context
    family = context.letters.families[name]
    sequences = context.letters.sequences.get(family.letter, frozenset())
    layers = context.letters.layers.get(family.letter, frozenset())
    sizes, axes, layer = context.sizes, [], None
    for number, slot in enumerate(family.slots):
        symbol = Dummy("ljkpq"[min(number, 4)], integer=True)
        if slot in layers:
            axes.append(Axis(symbol, Integer(reading.firsts.get(name, 1)), LAST, "layer"))
            layer = layer if layer is not None else symbol
        elif not context.scalar or slot in sequences:
            size = Size(f"{name}.{number}", None if slot in sequences else layer)
            axes.append(Axis(symbol, Integer(1), sizes.write(size)))
    if not family.components and not context.scalar:
        rank = context.ranking.rank_of(name)
        for part, ranks in (("row", (COLUMN, MATRIX)), ("column", (ROW, MATRIX))):
            if rank in ranks:
                symbol = Dummy("j" if part == "row" else "k", integer=True)
                axes.append(Axis(symbol, Integer(1), sizes.write(Size(f"{name}.{part}", layer))))
    return Quantity(name, "intermediate" if defined else "input", tuple(axes))


# --- claims --------------------------------------------------------------------------------------


def lower_claim(
    reading: Reading, left: tree.Node, right: tree.Node, alone: bool = False
) -> tuple[Reading, Equation]:
    """Two sides that are said to be equal, as an equation over their open axes, and the text as
    this claim sees it: with a cost, if none is stated, of what it names `alone`, or of all that
    follows from it.

    Raises:
        Unclear: what the text does not say enough of.
        Clash: shapes that do not fit.
    """
    _check_names(reading, left, right, reading.context.cost)
    lowerer = Lowerer(reading.context)
    one, other = lowerer.lower(left), lowerer.lower(right)
    lhs, rhs, axes = lowerer.algebra.equate(one, other)
    slopes = {p.args for side in (lhs, rhs) for p in side.atoms(Partial, Direct)}
    reading = reading.ask(
        frozenset(name_of(by) for of, by in slopes if name_of(of) == reading.context.cost), alone
    )
    if not reading.slopes:
        _check_names(reading, left, right)
    check_grounds(reading, lhs, rhs)
    return reading, make_equation(reading, lowerer, lhs, rhs, axes, right)


def _check_names(
    reading: Reading, left: tree.Node, right: tree.Node, spared: str | None = None
) -> None:
    """Refuse names whose definitions are not understood, before their shapes are used; one may be
    `spared`.

    Raises:
        Unclear: says which.
    """
    letters = reading.context.letters
    for side in (left, right):
        for node in tree.walk_formula(side):
            if not isinstance(node, tree.Name):
                continue
            try:
                name = letters.refer(node).family.name
            except Unclear:
                continue
            if name in reading.problems and name != spared:
                raise Unclear(f"{name} is not understood: {reading.problems[name]}")


def check_grounds(reading: Reading, lhs: Expr, rhs: Expr) -> None:
    """Refuse a claim about what the text does not define.

    Raises:
        Unclear: says what is missing.
    """
    partials = [lhs.atoms(Partial, Direct), rhs.atoms(Partial, Direct)]
    cost = reading.context.cost
    depends = reading.depends  # builds the system, which tells whether the cost is presumed
    presumed = reading.any_cost
    for own, others in (partials, partials[::-1]):
        for slope in own:
            top, bottom = map(name_of, slope.args)
            if top == bottom:
                continue
            if top in reading.problems and not (top == cost and reading.slopes):
                raise Unclear(
                    f"{top} is defined by what is not understood: {reading.problems[top]}"
                )
            known = depends.get(top)
            if known is None and not top.startswith("_"):
                raise Unclear(f"the text does not say what {top} is")
            broken = sorted(set(known or ()) & set(reading.problems))
            if broken:
                why = reading.problems[broken[0]]
                raise Unclear(f"{top} rests on {broken[0]}, which is not understood: {why}")
            if known is not None and bottom not in known:
                raise Unclear(f"the text does not say how {top} depends on {bottom}")
            if top == cost and presumed and not any(p.args[0] == slope.args[0] for p in others):
                raise Unclear(f"the text does not say what {cost} is")
            if top in reading.guessed and not any(
                top == name or top in depends.get(name, ())
                for name in (name_of(p.args[0]) for p in others)
            ):
                raise Unclear(f"the text does not say what {top} is")
