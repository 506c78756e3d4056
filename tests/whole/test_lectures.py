"""Lectures in well-known notations: nothing right is accused, what follows holds, no slip does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from _pytest.mark import ParameterSet
from lecture_texts import TEXTS, LectureText

from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import find_transposes
from symbackprop.verification.judge import judge_statement
from symbackprop.verification.session import judge_formulas
from symbackprop.verification.text import Text

ACCUSED = ("wrong", "ill-formed", "holds-for-one-neuron")
SOUND = {"holds", "stated"}
Row = tuple[LectureText, str]


@cache
def judge(text: LectureText, slip: str | None = None) -> dict[str, tuple[str, ...]]:
    """The verdicts on each formula of one document, which may end with a slip."""
    formulas = text.formulas if slip is None else (*text.formulas, slip)
    judged = judge_formulas(formulas, name_slips=False)
    return {
        formula: tuple(verdict.judgement.verdict for verdict in verdicts)
        for formula, verdicts in zip(formulas, judged, strict=True)
    }


def judge_last(text: LectureText, slip: str) -> list[str]:
    """The verdicts on a slip at the end of a document, of which the rest is read only."""
    written = (*text.formulas, slip)
    transposes = find_transposes(written)
    formulas = [read_formula(formula, transposes=transposes) for formula in written]
    whole = Text(formulas, transposes=transposes)
    return [judge_statement(whole, s).verdict for s in formulas[-1].statements]


def mark(rows: Iterable[Row]) -> list[ParameterSet]:
    """Parameters, those of a known bug as such."""
    found = []
    for text, formula in rows:
        reason = text.known.get(formula)
        known = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
        found.append(pytest.param(text, formula, marks=known, id=f"{text.name}: {formula}"))
    return found


HOLDING = [(text, formula) for text in TEXTS for formula in text.holding]
SLIPS = [(text, slip) for text in TEXTS for slip in text.slips]
# what is only not found to hold is not accused
FORMULAS = [
    (text, f)
    for text in TEXTS
    for f in text.formulas
    if f not in text.holding or f not in text.known
]


def test_the_texts_are_what_they_say() -> None:
    assert len({text.name for text in TEXTS}) == len(TEXTS) >= 15
    for text in TEXTS:
        assert set(text.holding) <= set(text.formulas), text.name
        assert len(text.slips) >= 3 and not set(text.slips) & set(text.formulas), text.name
        assert set(text.known) <= {*text.formulas, *text.slips}, text.name


@pytest.mark.parametrize(("text", "formula"), mark(FORMULAS))
def test_nothing_right_is_accused(text: LectureText, formula: str) -> None:
    verdicts = judge(text)[formula]
    assert verdicts and not set(verdicts) & set(ACCUSED), verdicts


@pytest.mark.parametrize(("text", "formula"), mark(HOLDING))
def test_what_follows_holds(text: LectureText, formula: str) -> None:
    verdicts = judge(text)[formula]
    assert verdicts and set(verdicts) == {"holds"}, verdicts


@pytest.mark.parametrize(("text", "slip"), mark(SLIPS))
def test_no_slip_holds(text: LectureText, slip: str) -> None:
    verdicts = judge_last(text, slip)
    assert verdicts and not set(verdicts) <= SOUND


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_a_slip_does_not_accuse_what_is_right(text: LectureText) -> None:
    """A document with a slip is still read as it was, and the slip is found in it."""
    slip = next(slip for slip in text.slips if slip not in text.known)
    judged = judge(text, slip)
    accused = [f for f in text.formulas if f not in text.known and set(judged[f]) & set(ACCUSED)]
    assert accused == []
    assert not set(judged[slip]) <= SOUND
