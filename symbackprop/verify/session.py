"""From somebody's LaTeX to verdicts: read, learn the letters, judge, and name the slips."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from symbackprop.read import tree
from symbackprop.read.parser import read_formula
from symbackprop.verify.codes import code_of_slip
from symbackprop.verify.judge import judge_statement
from symbackprop.verify.judgement import Judgement
from symbackprop.verify.lexicon import Lexicon
from symbackprop.verify.slips import propose
from symbackprop.verify.text import Text

MOST_PROPOSALS = 80
SECONDS_FOR_SLIPS = 0.7
# findings that a slip may explain
UNNAMED = ("BP100", "BP201")
BAD = ("wrong", "holds-for-one-neuron", "ill-formed")


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
) -> list[list[Verdict]]:
    """The verdicts on every statement of every formula of one document, in order.

    Definitions that stand anywhere in the document declare its letters for all of it. `tell` is
    called with what the document leaves open and is presumed.
    """
    formulas = [_read(text) for text in texts]
    readable = [f for f in formulas if isinstance(f, tree.Formula)]
    text = Text(readable, lexicon or Lexicon())
    if tell is not None and text.layered and text.lexicon.presumed:
        tell("; ".join(text.lexicon.presumed))
    verdicts = []
    for number, (formula, source) in enumerate(zip(formulas, texts, strict=True)):
        verdicts.append(_judge_formula(text, formula, source, name_slips))
        if progress is not None:
            progress(number + 1, len(texts))
    return verdicts


def _read(text: str) -> tree.Formula | tree.ReadError:
    try:
        return read_formula(text)
    except tree.ReadError as error:
        return error


def _judge_formula(
    text: Text, formula: tree.Formula | tree.ReadError, source: str, name_slips: bool
) -> list[Verdict]:
    if isinstance(formula, tree.ReadError):
        unread = Judgement("not-checkable", message=formula.point(), code="BP001")
        return [Verdict((formula.offset, len(source)), source, unread)]
    repairs = tuple(r.message for r in formula.repairs)
    verdicts = []
    for statement in formula.statements:
        start, end = statement.span
        judgement = judge_statement(text, statement)
        is_equation = len(statement.sides) > 1 or statement.continues
        verdict = Verdict(
            statement.span, source[start:end], judgement, None, None, repairs, is_equation
        )
        if name_slips and judgement.verdict in BAD and judgement.code in UNNAMED:
            verdict = _name_slip(text, formula, statement, verdict)
        verdicts.append(_note_repairs(_note_deltas(verdict, statement)))
    return verdicts


def _name_slip(
    text: Text, formula: tree.Formula, statement: tree.Statement, verdict: Verdict
) -> Verdict:
    """Undo one slip after the other, and judge again."""
    until = time.monotonic() + SECONDS_FOR_SLIPS
    for number, proposal in enumerate(propose(statement, formula.text, text.lexicon)):
        if number >= MOST_PROPOSALS or time.monotonic() > until:
            break
        changed = _read(proposal.text.replace("&", " "))
        if isinstance(changed, tree.ReadError) or len(changed.statements) != 1:
            continue
        if judge_statement(text, changed.statements[0]).verdict == "holds":
            code = code_of_slip(proposal.slip)
            judgement = replace(verdict.judgement, code=code)
            return replace(
                verdict, judgement=judgement, slip=proposal.slip, suggestion=proposal.text
            )
    return verdict


def _note_repairs(verdict: Verdict) -> Verdict:
    """What had to be mended to be read is said, also where the equation holds."""
    if not verdict.repairs or verdict.judgement.code is not None:
        return verdict
    message = f"mended to be read: {'; '.join(verdict.repairs)}"
    return replace(verdict, judgement=replace(verdict.judgement, code="BP501", message=message))


def _note_deltas(verdict: Verdict, statement: tree.Statement) -> Verdict:
    """δ printed for ∂ is read as ∂, and said."""
    written = any(
        isinstance(node, tree.Derivative) and node.mark in ("delta", "Delta")
        for side in statement.sides
        for node in tree.walk(side)
    )
    if not written or verdict.slip is not None or verdict.judgement.verdict != "holds":
        return verdict
    slip = "delta-for-partial"
    judgement = replace(verdict.judgement, code=code_of_slip(slip), message="δ is printed for ∂")
    return replace(verdict, judgement=judgement, slip=slip)
