"""A document from its formulas to its verdicts: each with its place, its slip, what was mended."""

from __future__ import annotations

import pytest

from symbackprop.reading.macros import Macro
from symbackprop.verification.session import Verdict, fail_formula, judge_formulas

GRAPH = ["q = x + y", "f = q z"]
LAYERED = [r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)"]


def say(judged: list[list[Verdict]]) -> list[list[str]]:
    return [[verdict.judgement.verdict for verdict in row] for row in judged]


def judge_last(*formulas: str) -> Verdict:
    return judge_formulas(formulas)[-1][-1]


def test_every_statement_has_a_verdict_and_its_place() -> None:
    text = r"\frac{\partial f}{\partial x} = z \quad \frac{\partial f}{\partial z} = x - y"
    judged = judge_formulas([*GRAPH, text])
    assert say(judged) == [["stated"], ["stated"], ["holds", "wrong"]]
    for verdict in judged[-1]:
        assert text[slice(*verdict.span)] == verdict.latex
    assert judged[-1][1].slip == "sign"


def test_definitions_count_wherever_they_stand() -> None:
    claim = r"\frac{\partial f}{\partial x} = z"
    assert say(judge_formulas([claim, *GRAPH]))[0] == ["holds"]


def test_one_formula_that_cannot_be_read_spoils_no_other() -> None:
    judged = judge_formulas([*GRAPH, "f = (", r"\frac{\partial f}{\partial z} = q"])
    assert say(judged) == [["stated"], ["stated"], ["not-checkable"], ["holds"]]
    (unread,) = judged[2]
    assert unread.judgement.code == "BP001" and unread.latex == "f = ("


def test_slips_are_named_only_where_that_is_wanted() -> None:
    wrong = r"\frac{\partial f}{\partial x} = -z"
    (named,) = judge_formulas([*GRAPH, wrong])[-1]
    (bare,) = judge_formulas([*GRAPH, wrong], name_slips=False)[-1]
    assert (named.slip, bare.slip) == ("sign", None)
    assert named.judgement.verdict == bare.judgement.verdict == "wrong"
    assert named.judgement.code == "BP105" and named.suggestion is not None


def test_what_is_presumed_and_which_macros_are_unknown_is_told_once() -> None:
    told: list[str] = []
    judge_formulas([*LAYERED, r"\red{\delta^l} = \mark{\delta^l}"], tell=told.append)
    assert told[0].startswith(r"\mark, \red: not defined") and len(told) == 2
    assert "activation" in told[1]


def test_progress_is_told_formula_by_formula() -> None:
    seen: list[tuple[int, int]] = []
    judge_formulas(GRAPH, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_macros_of_the_document_are_written_out() -> None:
    macros = {"pp": Macro(2, r"\frac{\partial #1}{\partial #2}")}
    assert say(judge_formulas([*GRAPH, r"\pp{f}{x} = z"], macros=macros))[-1] == ["holds"]
    # without it this says only what \pp is
    assert say(judge_formulas([*GRAPH, r"\pp{f}{x} = z"]))[-1] == ["stated"]


def test_a_network_that_is_given_stands_before_the_text() -> None:
    network = ["s = v u", "E = s^2"]
    claims = [r"\frac{\partial E}{\partial v} = 2 s u", r"\frac{\partial E}{\partial v} = s u"]
    judged = judge_formulas(claims, network=network, name_slips=False)
    assert say(judged) == [["holds"], ["wrong"]]
    assert say(judge_formulas(claims, name_slips=False))[0] != ["holds"]


@pytest.mark.parametrize(
    ("formula", "code", "words"),
    [
        (r"q = x + y )", "BP501", "mended to be read: ) closes nothing"),
        (r"\frac{\delta f}{\delta x} = z", "BP114", "δ is printed for ∂"),
    ],
)
def test_what_is_mended_or_printed_otherwise_is_said(formula: str, code: str, words: str) -> None:
    verdict = judge_last(*GRAPH, formula)
    assert verdict.judgement.verdict in ("holds", "stated")
    assert (verdict.judgement.code, words in (verdict.judgement.message or "")) == (code, True)


def test_a_delta_for_a_partial_is_mended_with_all_of_its_marks() -> None:
    verdict = judge_last(*GRAPH, r"\frac{\delta f}{\delta x} = \frac{\delta f}{\delta q}")
    assert verdict.suggestion == (r"\frac{\partial f}{\partial x} = \frac{\partial f}{\partial q}")


@pytest.mark.parametrize("row", ["z", "3 z - 2 z"])
def test_a_row_that_follows_from_a_wrong_one_is_explained_by_it(row: str) -> None:
    slope = r"\frac{\partial f}{\partial x}"
    rows = rf"\begin{{aligned}} {slope} &= -z \\ &= {row} \end{{aligned}}"
    first, second = judge_formulas([*GRAPH, rows])[-1]
    assert first.slip == second.slip == "sign"
    assert "right once the line before is mended" in (second.judgement.message or "")


def test_a_text_without_formulas_has_no_verdicts() -> None:
    assert judge_formulas([]) == []
    assert judge_formulas([""]) == [[]]


def test_a_formula_on_which_the_program_fails_is_not_the_authors_fault() -> None:
    (verdict,) = fail_formula("a = b", ZeroDivisionError("inside"))
    assert verdict.judgement.verdict == "not-checkable"
    assert (verdict.span, verdict.latex) == ((0, 5), "a = b")
