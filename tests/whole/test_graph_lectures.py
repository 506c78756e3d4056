"""Lectures outside of layers: what follows from their definitions holds, and no slip of it does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from _pytest.mark import ParameterSet
from graph_formulas import LECTURES, Lecture

from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import find_transposes
from symbackprop.verification.judge import judge_statement
from symbackprop.verification.judgement import Judgement
from symbackprop.verification.session import judge_formulas
from symbackprop.verification.text import Text

BAD = ("wrong", "ill-formed")
SOUND = {"holds", "stated"}
Row = tuple[Lecture, str, dict[str, str]]


def judge(*formulas: str) -> list[list[Judgement]]:
    return [
        [verdict.judgement for verdict in verdicts]
        for verdicts in judge_formulas(formulas, name_slips=False)
    ]


def say(judgements: Iterable[Judgement]) -> list[str]:
    return [judgement.verdict for judgement in judgements]


def wanted(judgements: Iterable[Judgement]) -> str:
    """A claim holds; a step of gradient descent is stated."""
    return "stated" if any(j.reading == "update rule" for j in judgements) else "holds"


@cache
def judge_alone(lecture: Lecture, formula: str) -> tuple[Judgement, ...]:
    """A formula right after the definitions, which are read only."""
    written = (*lecture.definitions, formula)
    transposes = find_transposes(written)
    formulas = [read_formula(text, transposes=transposes) for text in written]
    whole = Text(formulas, transposes=transposes)
    return tuple(judge_statement(whole, s) for s in formulas[-1].statements)


@cache
def judge_whole(lecture: Lecture, slipped: bool) -> dict[str, tuple[Judgement, ...]]:
    """The definitions and all claims, and, where it is slipped, a slip of each after them."""
    slips = [row[0] for row in lecture.claims.values() if slipped]
    formulas = [*lecture.definitions, *lecture.claims, *slips]
    return dict(zip(formulas, map(tuple, judge(*formulas)), strict=True))


def mark(rows: Iterable[Row]) -> list[ParameterSet]:
    """Parameters, those of a known bug as such."""
    found = []
    for lecture, formula, bugs in rows:
        reason = bugs.get(formula)
        known = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
        name = f"{lecture.name}: {formula}"
        found.append(pytest.param(lecture, formula, marks=known, id=name))
    return found


CLAIMS = [(lecture, claim) for lecture in LECTURES for claim in lecture.claims]
SLIPS = [(x, slip) for x in LECTURES for row in x.claims.values() for slip in row]
# in long lectures one of each claim, for a quick test
FIRST_SLIPS = [(x, row[0]) for x in LECTURES for row in x.claims.values()]


def test_there_are_lectures_in_many_notations() -> None:
    assert len(LECTURES) >= 10
    assert all(len(lecture.claims) >= 3 for lecture in LECTURES)
    assert all(len(slips) >= 3 for lecture in LECTURES for slips in lecture.claims.values())
    for lecture in LECTURES:
        slips = {slip for row in lecture.claims.values() for slip in row}
        assert set(lecture.alone) <= {*lecture.definitions, *lecture.claims, *slips}
        assert set(lecture.among) <= {*lecture.claims, *(r[0] for r in lecture.claims.values())}
    assert not any(set(lecture.claims) & {s for _, s in SLIPS} for lecture in LECTURES)


DEFINITIONS = [(x, x.definitions[0], x.alone) for x in LECTURES]


@pytest.mark.parametrize(("lecture", "first"), mark(DEFINITIONS))
def test_definitions_hold(lecture: Lecture, first: str) -> None:
    found = dict(zip(lecture.definitions, judge(*lecture.definitions), strict=True))
    assert first in found
    for verdicts in found.values():
        assert say(verdicts) in (["stated"], ["holds"])


@pytest.mark.parametrize(("lecture", "claim"), mark((x, c, x.alone) for x, c in CLAIMS))
def test_claims_hold_alone(lecture: Lecture, claim: str) -> None:
    judgements = judge_alone(lecture, claim)
    assert say(judgements) == [wanted(judgements)], judgements


@pytest.mark.parametrize(("lecture", "claim"), mark((x, c, x.among) for x, c in CLAIMS))
def test_claims_hold_among_others(lecture: Lecture, claim: str) -> None:
    judgements = judge_whole(lecture, slipped=False)[claim]
    assert say(judgements) == [wanted(judgements)], judgements


@pytest.mark.parametrize(("lecture", "slip"), mark((x, s, x.alone) for x, s in SLIPS))
def test_no_slip_holds_alone(lecture: Lecture, slip: str) -> None:
    assert not SOUND & set(say(judge_alone(lecture, slip)))


@pytest.mark.parametrize(("lecture", "slip"), mark((x, s, x.among) for x, s in FIRST_SLIPS))
def test_no_slip_holds_among_others(lecture: Lecture, slip: str) -> None:
    assert not SOUND & set(say(judge_whole(lecture, slipped=True)[slip]))


def test_most_slips_are_found_wrong() -> None:
    """Not to hold is little: what is wrong is to be called so."""
    found = [judge_alone(lecture, slip)[0].verdict for lecture, slip in SLIPS]
    assert sum(verdict in BAD for verdict in found) >= 0.9 * len(found)


VAGUE = {
    "an index free on one side only": (
        (r"p_i = w x_i", r"J = \sum_{i=1}^{N} (p_i - y_i)^2"),
        r"\frac{\partial J}{\partial w} = 2 (p_i - y_i) x_i",
    ),
    "a recurrence": (
        (r"h_t = \tanh(w h_{t-1} + u x_t)",),
        r"\frac{\partial h_t}{\partial h_{t-1}} = (1 + h_t^2) w",
    ),
    "a function that a definition reads": (
        ("z = w x + b", r"y = \sigma(z)"),
        r"\frac{\partial y}{\partial z} = -\sigma'(z)",
    ),
    "a function that everybody knows": (
        (r"s = \sin(r)", "r = v q"),
        r"\frac{\partial s}{\partial v} = -q \cos(r)",
    ),
}


@pytest.mark.parametrize("name", VAGUE)
def test_a_slip_is_found_wrong_also_in(name: str) -> None:
    definitions, slip = VAGUE[name]
    (judgement,) = judge(*definitions, slip)[-1]
    assert judgement.verdict in BAD


def test_a_wrong_formula_has_a_counterexample_at_a_place() -> None:
    definitions = (r"u_i = \sum_j w_{ij} x_j", r"g = \sum_i u_i^2")
    (judgement,) = judge(*definitions, r"\frac{\partial g}{\partial u_i} = u_i")[-1]
    assert judgement.verdict == "wrong"
    assert judgement.counterexample is not None
    assert {"left", "right"} <= set(judgement.counterexample)


def test_what_nothing_is_said_of_is_not_judged() -> None:
    definitions = (r"\mathbf{z} = \mathbf{W} \mathbf{x}", r"L = \lVert \mathbf{z} \rVert^2")
    for formula in (
        r"\frac{\partial L}{\partial \mathbf{v}} = \mathbf{z}",
        r"\frac{\partial \mathbf{r}}{\partial \mathbf{x}} = 2 \mathbf{x}",
        r"\frac{\partial L}{\partial \mathbf{z}} = 2 \mathbf{q}",
    ):
        assert say(judge(*definitions, formula)[-1]) == ["not-checkable"], formula


def test_means_and_sums_are_told_apart_by_the_number_of_samples() -> None:
    definitions = (r"p_i = w x_i", r"J = \frac{1}{N} \sum_{i=1}^{N} (p_i - y_i)^2")
    mean = r"\frac{\partial J}{\partial w} = \frac{2}{N} \sum_{i=1}^{N} (p_i - y_i) x_i"
    assert say(judge(*definitions, mean)[-1]) == ["holds"]
    assert say(judge(*definitions, mean.replace(r"\frac{2}{N}", "2"))[-1]) == ["wrong"]


def test_no_number_is_taken_for_that_of_samples() -> None:
    definitions = (r"p_i = w x_i", r"J = \frac{1}{N} \sum_{i=1}^{N} (p_i - y_i)^2")
    for count in range(1, 10):
        fixed = rf"\frac{{2}}{{{count}}} \sum_{{i=1}}^{{N}} (p_i - y_i) x_i"
        claim = rf"\frac{{\partial J}}{{\partial w}} = {fixed}"
        assert say(judge(*definitions, claim)[-1]) == ["wrong"], claim


def test_rows_of_cases_are_each_held_against_the_formula() -> None:
    definitions = (r"h = \max(0, z)",)
    wrong_in_one_row = (
        r"\frac{\partial h}{\partial z} = \begin{cases} 1 & z > 0 \\ 1 & z < 0 \end{cases}"
    )
    assert say(judge(*definitions, wrong_in_one_row)[-1]) == ["wrong"]
