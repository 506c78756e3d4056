"""From somebody's LaTeX to verdicts: read, learn the letters, judge, and name the slips."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from symbackprop.reading import tree
from symbackprop.reading.macros import NO_MACROS, Macros, collect_macros
from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import find_transposes
from symbackprop.reading.spelling import MARKERS
from symbackprop.verification import defects
from symbackprop.verification.chains import LinkedSides, Named, follows_from, name_slip, open_chain
from symbackprop.verification.codes import code_of_slip
from symbackprop.verification.evidence import doubt
from symbackprop.verification.findings import BAD, HOLDS, STATED
from symbackprop.verification.judge import judge_statement
from symbackprop.verification.judgement import DEFINITION, Judgement, say_stated
from symbackprop.verification.lexicon import Lexicon
from symbackprop.verification.mending import Effort, Search
from symbackprop.verification.models import READING
from symbackprop.verification.own_networks import OwnNetworks
from symbackprop.verification.settling import settle
from symbackprop.verification.slips import learn_hand
from symbackprop.verification.text import Text

# what the search for slips may cost, in evaluated nodes: for each formula of a document, for a
# short document at least, for a long one at most, and for one statement at most
NODES_PER_FORMULA = 400
NODES_AT_LEAST = 6_000
NODES_AT_MOST = 160_000
NODES_PER_STATEMENT = 12_000
UNLIKELY = 4
# the last resort, on a machine that is much slower than others
SECONDS_FOR_SLIPS = 10.0
# findings that a slip may explain
UNNAMED = ("BP100", "BP201", "BP205")
CONTRADICTION = "BP205"
SAME_SIDES = "BP204"
GOOD = (HOLDS, STATED)


# a formula, or why there is none
Read = tree.Formula | Exception


@dataclass(frozen=True)
class Verdict:
    """What is said of one statement, and where it stands in its formula."""

    span: tree.Span
    latex: str
    judgement: Judgement
    slip: str | None = None
    suggestion: str | None = None
    repairs: tuple[str, ...] = ()
    is_equation: bool = True


def judge_formulas(
    texts: Sequence[str],
    lexicon: Lexicon | None = None,
    progress: Callable[[int, int], None] | None = None,
    name_slips: bool = True,
    tell: Callable[[str], None] | None = None,
    macros: Macros = NO_MACROS,
    sections: Sequence[int] = (),
    network: Sequence[str] = (),
) -> list[list[Verdict]]:
    """The verdicts on every statement of every formula of one document, in order.

    Definitions that stand anywhere in the document declare its letters for all of it. `tell` is
    called with what the document leaves open and is presumed. Slips are looked for when all is
    judged, so that each bad statement has its share of the effort. `macros` are those that the
    document defines outside of its formulas, `sections` the numbers of the sections in which these
    stand. `network` has the formulas of a network that is given: they stand before the text, and
    it is judged by what they define.
    """
    transposes = find_transposes([*texts, *network])
    macros = collect_macros(texts, macros)
    formulas = [_read(text, transposes, macros) for text in texts]
    read = list(zip(formulas, texts, strict=True))
    readable = [f for f in formulas if isinstance(f, tree.Formula)]
    try:
        text = Text(readable, lexicon or Lexicon(), transposes, macros)
        hand = learn_hand(readable, text.lexicon)
    except defects.DEFECTS as error:
        return [fail_formula(source, error) for source in texts]
    if tell is not None:
        _tell_unknown(readable, tell)
    if tell is not None and text.layered and text.lexicon.presumed:
        tell("; ".join(text.lexicon.presumed))
    given = [s for f in network for s in read_formula(f, transposes=transposes).statements]
    places = _list_places(formulas)
    statements = [formulas[n].statements[row] for n, row in places]  # type: ignore[union-attr]
    networks = None if given else _read_networks(statements, places, sections)
    if networks is not None:
        text.proved = networks.list_proved()
    verdicts = [_judge_formula(text, formula, source) for formula, source in read]
    if given or networks is not None:
        verdicts = _settle(text, statements, places, verdicts, networks or given)
    if tell is not None:
        _tell_presumed(verdicts, tell)
    namer = _Namer(Search(text, hand), verdicts)
    for number, (formula, source) in enumerate(read):
        if isinstance(formula, tree.Formula):
            verdicts[number] = [
                _note_repairs(
                    _note_deltas(
                        namer.name(verdict, statement, source) if name_slips else verdict,
                        statement,
                        source,
                    )
                )
                for verdict, statement in zip(verdicts[number], formula.statements, strict=True)
            ]
        if progress is not None:
            progress(number + 1, len(texts))
    return verdicts


# the number of a formula, and that of a statement in it
FormulaPlace = tuple[int, int]


def _list_places(formulas: Sequence[Read]) -> list[FormulaPlace]:
    """Where the statements stand that could be read."""
    return [
        (number, row)
        for number, formula in enumerate(formulas)
        if isinstance(formula, tree.Formula)
        for row in range(len(formula.statements))
    ]


def _read_networks(
    statements: Sequence[tree.Statement], places: Sequence[FormulaPlace], sections: Sequence[int]
) -> OwnNetworks | None:
    """What the text itself defines; None where the program fails on it."""
    try:
        return OwnNetworks(statements, [sections[n] if sections else 0 for n, _ in places])
    except defects.DEFECTS:
        return None


def _settle(
    text: Text,
    statements: Sequence[tree.Statement],
    places: Sequence[FormulaPlace],
    verdicts: list[list[Verdict]],
    networks: OwnNetworks | Sequence[tree.Statement],
) -> list[list[Verdict]]:
    """The verdicts after what the text itself defines, or the network given, was asked, too."""
    judged = [verdicts[n][row].judgement for n, row in places]
    try:
        judged = settle(text, statements, judged, networks)
    except defects.DEFECTS:
        # what was judged before it stands
        return verdicts
    for (n, row), judgement in zip(places, judged, strict=True):
        if verdicts[n][row].is_equation:
            verdicts[n][row] = replace(verdicts[n][row], judgement=judgement)
    return verdicts


def _tell_unknown(formulas: Sequence[tree.Formula], tell: Callable[[str], None]) -> None:
    """Say once which macros nobody defines."""
    unknown = sorted(set().union(*(formula.unknown for formula in formulas)))
    if unknown:
        names = ", ".join(f"\\{name}" for name in unknown)
        tell(f"{names}: not defined; read as decoration of what is in its braces, or as a name")


def _tell_presumed(verdicts: list[list[Verdict]], tell: Callable[[str], None]) -> None:
    """Say once what formulas rest on that the text does not say."""
    judged = [v.judgement for row in verdicts for v in row]
    for presumed in sorted({j.presumed for j in judged if j.presumed and j.verdict == HOLDS}):
        tell(f"presumed: {presumed}, which the text does not say")


def _read(text: str, transposes: frozenset[str], macros: Macros) -> Read:
    try:
        return read_formula(text, transposes=transposes, macros=macros)
    except tree.ReadError as error:
        return error
    except defects.DEFECTS as error:
        return error


def fail_formula(source: str, error: Exception) -> list[Verdict]:
    """What is said of a formula that cannot be judged, since the program fails."""
    return [Verdict((0, len(source)), source, defects.explain_defect(error))]


def _judge_formula(text: Text, formula: Read, source: str) -> list[Verdict]:
    if isinstance(formula, tree.ReadError):
        unread = Judgement("not-checkable", message=formula.point(), code="BP001")
        return [Verdict((formula.offset, len(source)), source, unread)]
    if isinstance(formula, Exception):
        return fail_formula(source, formula)
    repairs = tuple(r.message for r in formula.repairs)
    guessed = formula.unknown - MARKERS
    verdicts = []
    for statement in formula.statements:
        start, end = statement.span
        before = (text.ended,) if statement.continues and text.ended is not None else ()
        judgement = _judge_safely(text, statement)
        judgement = doubt(judgement, (*before, *statement.sides), text.usage)
        if guessed and judgement.verdict in BAD:
            names = ", ".join(f"\\{name}" for name in sorted(guessed))
            message = f"{names}: not defined, and what it does to what is in its braces may matter"
            judgement = Judgement("not-checkable", message=message, code="BP401")
        if judgement.code == SAME_SIDES and _abbreviates(text, statement, source):
            judgement = say_stated(DEFINITION)
        is_equation = len(statement.sides) > 1 or statement.continues
        verdicts.append(
            Verdict(statement.span, source[start:end], judgement, None, None, repairs, is_equation)
        )
    return verdicts


def _abbreviates(text: Text, statement: tree.Statement, source: str) -> bool:
    """Whether two sides are the same only since a macro of the document writes one of them."""
    used = [
        {m for m in re.findall(r"\\([A-Za-z]+)", source[slice(*side.span)]) if m in text.macros}
        for side in statement.sides[:2]
    ]
    return used[0] != used[1]


def _judge_safely(text: Text, statement: tree.Statement) -> Judgement:
    try:
        return judge_statement(text, statement)
    except defects.DEFECTS as error:
        return defects.explain_defect(error)


def _may_have_slip(verdict: Verdict) -> bool:
    judgement = verdict.judgement
    return judgement.verdict in BAD and judgement.code in UNNAMED and judgement.reading != READING


class _Namer:
    """Names the slips of one document, statement after statement."""

    def __init__(self, search: Search, verdicts: Sequence[Sequence[Verdict]]) -> None:
        whole = min(max(NODES_PER_FORMULA * len(verdicts), NODES_AT_LEAST), NODES_AT_MOST)
        self.search = search
        self.effort = Effort(whole)
        self.waiting = sum(_may_have_slip(verdict) for row in verdicts for verdict in row)
        self.search.until = time.monotonic() + SECONDS_FOR_SLIPS
        # of the derivation so far: its first side, its last, and the last without its slip
        self.first = self.last = ""
        self.mended: Named | None = None
        self.puzzling = False

    def name(self, verdict: Verdict, statement: tree.Statement, source: str) -> Verdict:
        """The verdict with the slip that explains it, where one does."""
        chain = open_chain(statement, source, self.last or None, self.first)
        if not statement.continues:
            self.mended, self.puzzling = None, False
        named = None
        if chain is not None and _may_have_slip(verdict):
            self.search.text.enter(statement)
            # rows after one that no slip explains are seldom explained
            parts = self.waiting * (UNLIKELY if self.puzzling else 1)
            with self.effort.share(parts, NODES_PER_STATEMENT) as share:
                try:
                    named = self._find(verdict, chain, share)
                except defects.DEFECTS as error:
                    verdict = _note_defect(verdict, error)
            self.waiting -= 1
            self.puzzling = named is None
        self.mended = named
        self._go_on(chain, statement, source)
        return verdict if named is None else _put(verdict, self._doubt(named))

    def _doubt(self, named: Named) -> Named:
        """A correction that rests on what nobody said is not suggested."""
        guess = self.search.find_guess(named.suggestion) if named.suggestion else ""
        if not guess:
            return named
        words = "; ".join(filter(None, (named.words, f"what would be right depends on {guess}")))
        return replace(named, words=words, suggestion=None)

    def _find(self, verdict: Verdict, chain: LinkedSides, effort: Effort) -> Named | None:
        if chain.continues and self.mended is not None and self.mended.end is not None:
            if follows_from(self.search, chain, self.mended.end, effort):
                return Named(self.mended.slip, "right once the line before is mended")
            chain = replace(chain, sides=(self.mended.end, *chain.sides[1:]))
        return name_slip(self.search, chain, effort, verdict.judgement.code == CONTRADICTION)

    def _go_on(self, chain: LinkedSides | None, statement: tree.Statement, source: str) -> None:
        """Remember what a row that continues this one goes on from."""
        self.search.remember(statement)
        if not statement.sides:
            return
        sides = [source[slice(*side.span)] for side in statement.sides]
        self.last = chain.sides[-1] if chain is not None else sides[-1]
        if not statement.continues:
            self.first = chain.sides[0] if chain is not None else sides[0]


def _note_defect(verdict: Verdict, error: Exception) -> Verdict:
    """It stays as bad as it is, but the search for its slip failed inside."""
    said = f"the search for its slip failed ({type(error).__name__})"
    before = verdict.judgement.message
    message = said if before is None else f"{before}; {said}"
    return replace(verdict, judgement=replace(verdict.judgement, message=message))


def _put(verdict: Verdict, named: Named) -> Verdict:
    judgement = verdict.judgement
    message = "; ".join(filter(None, (judgement.message, named.words)))
    code = judgement.code if judgement.code == CONTRADICTION else code_of_slip(named.slip)
    return replace(
        verdict,
        judgement=replace(judgement, code=code, message=message),
        slip=named.slip,
        suggestion=named.suggestion,
    )


def _note_repairs(verdict: Verdict) -> Verdict:
    """What had to be mended to be read is said, also where the equation holds."""
    if not verdict.repairs or verdict.judgement.code is not None:
        return verdict
    message = f"mended to be read: {'; '.join(verdict.repairs)}"
    return replace(verdict, judgement=replace(verdict.judgement, code="BP501", message=message))


def _note_deltas(verdict: Verdict, statement: tree.Statement, source: str) -> Verdict:
    """δ printed for ∂ is read as ∂, and said; it alone makes nothing wrong."""
    judgement = verdict.judgement
    marked = [
        node
        for side in statement.sides
        for node in tree.walk(side)
        if isinstance(node, tree.Derivative) and node.mark in ("delta", "Delta")
    ]
    if not marked or verdict.slip or judgement.verdict not in (*GOOD, "holds-for-one-neuron"):
        return verdict
    slip, words = "delta-for-partial", "δ is printed for ∂"
    if judgement.verdict in GOOD:
        suggestion = _write_partials(marked, source, statement.span)
        judgement = replace(judgement, code=code_of_slip(slip), message=words)
        return replace(verdict, judgement=judgement, slip=slip, suggestion=suggestion)
    message = f"{judgement.message}; {words}"
    return replace(
        verdict, judgement=replace(judgement, code=code_of_slip(slip), message=message), slip=slip
    )


def _write_partials(marked: Sequence[tree.Derivative], source: str, span: tree.Span) -> str:
    """The statement with ∂ in its derivatives; the δ of an error stays."""
    text = source[: span[1]]
    for node in sorted(marked, key=lambda n: n.span, reverse=True):
        ends = [part.span for part in (node.top, node.bottom) if part is not None]
        at = node.span[0]
        gaps = []
        for start, end in ends:
            gaps.append((at, start))
            at = end
        for start, end in reversed(gaps):
            gap = re.sub(r"\\[dD]elta(?![A-Za-z])", r"\\partial", text[start:end])
            text = text[:start] + gap + text[end:]
    return " ".join(text[span[0] :].replace("&", " ").split())
