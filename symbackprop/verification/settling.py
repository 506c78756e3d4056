"""Two judges of one statement: the network that is presumed, and what the text itself defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbackprop.lecture.calls import name_quantities
from symbackprop.lecture.survey import bare
from symbackprop.reading import tree
from symbackprop.verification.evidence import doubt
from symbackprop.verification.findings import BAD, HOLDS, NOT_CHECKABLE, ONE_NEURON, STATED
from symbackprop.verification.forms import refuse_form
from symbackprop.verification.graph_claims import PARTLY, SHAPES
from symbackprop.verification.judgement import DEFINITION, Judgement, say_not_checkable
from symbackprop.verification.lexicon import LAYERED
from symbackprop.verification.models import DIFFERENT, READING, OwnNetwork
from symbackprop.verification.own_networks import OwnNetworks, find_defined, find_own_definitions
from symbackprop.verification.text import NUMBERS as NUMBERS_READING
from symbackprop.verification.text import Text, writes_layers

OWN_READINGS = (READING, "definition")
# a calculation with numbers that is not right
NUMBERS = "BP301"


def settle(
    text: Text,
    statements: Sequence[tree.Statement],
    judged: Sequence[Judgement],
    networks: OwnNetworks | Sequence[tree.Statement],
) -> list[Judgement]:
    """The judgement on each statement of a text, `judged` being those by the presumed network.

    Where the text's own definitions contradict that network, it has no say at all. Elsewhere what
    the text defines decides what the presumed network leaves open, and an accusation that it does
    not bear out is dropped. `networks` are those that the text defines, or else the statements of
    one that is given: they have the only say.
    """
    if not isinstance(networks, OwnNetworks):
        return _settle_given(networks, statements, judged)
    layered = text.layered and text.batches is None
    is_other = layered and bool(find_own_definitions(text.lexicon, statements, judged))
    if is_other and networks.are_understood:
        found = [
            old if own is None else own
            for old, own in zip(judged, networks.judgements, strict=True)
        ]
        settled = [
            doubt(own, statement.sides, text.usage) if own.reading in OWN_READINGS else own
            for own, statement in zip(found, statements, strict=True)
        ]
        if _decides(settled):
            return settled
    settled = []
    last: tree.Node | None = None
    for number, (statement, old, own) in enumerate(
        zip(statements, judged, networks.judgements, strict=True)
    ):
        whole = _complete(statement, last)
        if statement.sides and not statement.is_remark:
            last = statement.sides[-1]
        good = () if own is None else {STATED} if number in networks.renewed else ()
        good = {STATED, HOLDS} if number in networks.begun else good
        renewed = own is not None and own.verdict in good
        if own is None or (old.verdict in BAD and renewed):
            settled.append(old)
        elif is_other and old.verdict in BAD and writes_layers(text.lexicon, whole):
            settled.append(_contradict(doubt(own, whole.sides, text.usage), old, whole))
        else:
            settled.append(_choose(text, whole, old, own))
    return settled


def _settle_given(
    network: Sequence[tree.Statement],
    statements: Sequence[tree.Statement],
    judged: Sequence[Judgement],
) -> list[Judgement]:
    """The judgement by a network that is given; where it was misread, it accuses nobody."""
    named = name_quantities([*network, *statements])
    model = OwnNetwork(named, len(network))
    given, said = named[: len(network)], named[len(network) :]
    by_it = [_drop_presumed(judgement) for judgement in _judge_all(model, said, judged)]
    if any(j.verdict in BAD for j in by_it) and not _holds_in_itself(model, given):
        reason = "the network could not be read as it is written in this notation"
        return [say_not_checkable(reason) if j.verdict in BAD else j for j in by_it]
    return by_it


def _complete(statement: tree.Statement, last: tree.Node | None) -> tree.Statement:
    """A row that goes on from the one before it, as one equation."""
    if not statement.continues or last is None:
        return statement
    return replace(statement, sides=(last, *statement.sides), continues=False)


def _contradict(own: Judgement, old: Judgement, statement: tree.Statement) -> Judgement:
    """Where the text defines another network than the presumed one, its own decides whether there
    is an accusation; the presumed one may know more of what is wrong."""
    if own.verdict == NOT_CHECKABLE and old.reading == SHAPES and old.code != NUMBERS:
        return say_not_checkable(f"the shapes of its names are not said: {old.message}")
    if refuse_form(statement) is not None or own.verdict in (NOT_CHECKABLE, *BAD):
        return old
    return own


def _holds_in_itself(model: OwnNetwork, given: Sequence[tree.Statement]) -> bool:
    """Whether no equation of a network that is given would be accused if it stood in the text:
    otherwise it was misread, and no evidence against anybody."""
    # as claims: another left side is no definition
    claims = [replace(s, sides=(replace(s.sides[0]), *s.sides[1:])) for s in given if s.sides]
    judged = map(model.judge, claims)
    return not any(j is not None and j.verdict in BAD for j in judged)


def _drop_presumed(judgement: Judgement) -> Judgement:
    """What the presumed network says is nothing to a network that is given; sums of numbers are."""
    if judgement.verdict == "not-checkable" or judgement.reading in (*OWN_READINGS, "numbers"):
        return judgement
    if judgement.verdict in BAD and judgement.code == NUMBERS:
        return judgement
    return say_not_checkable("no equation that the network could bear out")


def _decides(judged: Sequence[Judgement]) -> bool:
    """Whether most of what the text's own network was asked could be decided by it."""
    asked = [j for j in judged if j.reading == READING or j.verdict == NOT_CHECKABLE]
    return sum(j.reading == READING for j in asked) >= len(asked) / 2


def _judge_all(
    model: OwnNetwork, statements: Sequence[tree.Statement], judged: Sequence[Judgement]
) -> Iterator[Judgement]:
    """What one model says of each statement; what it says nothing of keeps its judgement."""
    last: tree.Node | None = None
    for statement, old in zip(statements, judged, strict=True):
        own = model.judge(statement, last)
        last = model.find_end(statement, last)
        yield old if own is None else own


def _choose(text: Text, statement: tree.Statement, old: Judgement, own: Judgement) -> Judgement:
    own = doubt(own, statement.sides, text.usage)
    if text.batches is not None and text.batches.concerns(statement):
        is_vague = own.verdict == NOT_CHECKABLE and old.code == DIFFERENT
        if is_vague and not writes_layers(text.lexicon, statement):
            return say_not_checkable(f"of which samples it is said is not clear: {old.message}")
        return own if _decides_batch(own, old) else old
    is_open = old.verdict == NOT_CHECKABLE
    if (
        own.reading == DEFINITION
        and not is_open
        and find_defined(text.lexicon, statement) is not None
    ):
        return old
    if own.verdict == STATED and len(statement.sides) != 2:
        # a longer chain says more than what its first link states
        return old
    if own.verdict == HOLDS and old.reading == READING:
        return own  # with its evidence
    if old.verdict == HOLDS and old.reading == NUMBERS_READING.name and own.verdict == ONE_NEURON:
        # both say the same, and the text is about more than numbers
        return own
    if is_open:
        if own.verdict in BAD and (old.message or "").startswith(PARTLY):
            return old
        if own.verdict in BAD and (refuse_form(statement) or text.find_condition(statement)):
            return old
        # shapes that no definition states are evidence for nothing
        return old if own.verdict in (NOT_CHECKABLE, "ill-formed") else own
    if old.verdict in BAD:
        if refuse_form(statement) is not None:
            return old
        says = not _is_of_network(text, statement)
        if own.verdict == HOLDS or (own.verdict == STATED and says):
            return own
        if own.verdict == "not-checkable" and own.presumed:
            return own
        if own.verdict == "not-checkable" and old.reading == SHAPES:
            return say_not_checkable(f"the shapes of its names are not said: {old.message}")
    return old


def _decides_batch(own: Judgement, old: Judgement) -> bool:
    """Of many samples at once the text's own network decides, wherever it can; what accuses, too,
    names the slip."""
    return own.reading == READING and (
        own.verdict == HOLDS or (own.verdict in BAD and old.verdict not in (HOLDS, *BAD))
    )


def _is_of_network(text: Text, statement: tree.Statement) -> bool:
    """Whether a statement says something of a quantity that the presumed network has."""
    left = bare(statement.sides[0])
    return isinstance(left, tree.Name) and text.lexicon.find(left) in LAYERED
