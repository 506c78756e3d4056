"""A lecture as it is read: what a text defines, as arrays and with one neuron per layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from symbackprop.equations import name_of
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.lecture.adjoints import find_cost, find_errors
from symbackprop.lecture.completion import find_activations
from symbackprop.lecture.contexts import Context
from symbackprop.lecture.definitions import Definition, list_definitions
from symbackprop.lecture.equations import lower_definitions, note_places
from symbackprop.lecture.functions import find_functions, list_losses
from symbackprop.lecture.letters import Letters, Unclear, learn_letters
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.ranges import find_ranges
from symbackprop.lecture.ranks import JACOBIAN, Ranking
from symbackprop.lecture.samples import SHARED, Columns, find_columns
from symbackprop.lecture.sizes import Clash, Size, Sizes
from symbackprop.lecture.survey import bare, survey
from symbackprop.lecture.systems import Reading
from symbackprop.lecture.totals import list_totals
from symbackprop.partials import Partial
from symbackprop.reading import tree

NOTHING: Mapping[str, str] = MappingProxyType({})


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
    cost = find_cost(letters)
    adjoints = dict(find_errors(letters, ranking, statements, cost))
    ranges = find_ranges(statements)
    definitions = list(list_definitions(letters, statements, set(adjoints), ranges))
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
        context.functions = find_functions(context, statements, activations)
        context.losses = dict(list_losses(context, statements))
        reading = Reading(context)
        for _ in range(2):  # what the second time joins, the first did not know
            lower_definitions(reading, definitions)
        context.strict = True
        context.sizes.anchor()
        _meet_claims(reading, statements)
        lower_definitions(reading, definitions)
        reading.totals = [] if scalar else list(list_totals(reading, statements))
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
            note_places(reading, lowerer)


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
