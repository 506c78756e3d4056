"""Texts about a network of their own: their formulas are held against their own definitions.

Where a text's own z, a or C is not that of the network that is presumed of layered texts, the
presumed one has no say: what the text defines is lowered to a system, and its claims are proved or
refuted in that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.lecture.calls import name_quantities, write_key
from symbackprop.lecture.scopes import split_scopes
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree
from symbackprop.verification.findings import HOLDS, NOT_CHECKABLE
from symbackprop.verification.judgement import Judgement
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.models import READING, OwnNetwork

# what makes a layered network: its weighted sum, its activation, its cost
PRESUMED = ("z", "a", "C")
DOUBTED = ("wrong", "holds-for-one-neuron", "not-checkable")
CODES_OF_OWN = ("BP100", "BP401")
MOST_MODELS = 16


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


def _list_renewed(statements: Sequence[tree.Statement]) -> Iterator[int]:
    seen: set[str] = set()
    for number, statement in enumerate(statements):
        if len(statement.sides) > 1 and not statement.continues:
            left = write_key(bare(statement.sides[0]))
            if left in seen:
                yield number
            seen.add(left)
