"""Findings: what an entry has, what is counted, which exit code follows."""

from __future__ import annotations

import pytest
from made_findings import make

from symbackprop.errors import InputError
from symbackprop.verification.findings import (
    VERDICTS,
    Finding,
    choose_exit_code,
    count_verdicts,
    filter_codes,
    say_counts,
)

SOUND = ("stated", "holds")


def test_a_finding_says_what_it_is() -> None:
    assert make().is_good
    assert not make(code="BP501", repairs=("a bracket was closed",)).is_good
    assert not any(make(verdict).is_good for verdict in VERDICTS if verdict not in SOUND)
    with pytest.raises(ValueError, match="none of stated, holds"):
        make("fine")
    with pytest.raises(ValueError, match="needs a code"):
        make("wrong", message=None)


def test_keys_that_do_not_apply_are_absent() -> None:
    entry = make("wrong", slip="missing-transpose", counterexample={"widths": [2, 3]}).as_dict()
    assert set(entry) == {
        "file", "line", "column", "end", "latex", "verdict", "severity", "code", "slip", "message",
        "counterexample",
    }  # fmt: skip
    assert entry["end"] == {"line": 8, "column": 6}
    assert set(make(reading="rows", instances=2).as_dict()) == {
        "file", "line", "column", "end", "latex", "verdict", "severity", "reading", "instances",
    }  # fmt: skip


def test_what_was_mended_stands_in_the_message() -> None:
    mended = make("wrong", repairs=("a bracket was closed",))
    said = "the shapes clash\nmended to be read: a bracket was closed"
    assert mended.as_dict()["message"] == said
    once = make(code="BP501", message="mended: a", repairs=("a",))
    assert once.as_dict()["message"] == "mended: a"


def test_counts_name_every_verdict() -> None:
    counts = count_verdicts([make(), make(), make("wrong"), make("not-checkable", "BP401")])
    assert counts == {
        "equations": 4, "stated": 0, "holds": 2, "holds-for-one-neuron": 0, "wrong": 1,
        "ill-formed": 0, "not-checkable": 1,
    }  # fmt: skip
    assert say_counts(counts) == "4 equations: 2 hold, 1 wrong, 1 not checkable"


@pytest.mark.parametrize(
    ("finding", "severity"),
    [
        (make(), "none"),
        (make("stated"), "none"),
        (make("not-checkable", "BP401"), "none"),
        (make("holds", "BP501"), "hint"),
        (make("stated", "BP114"), "hint"),
        (make("ill-formed", "BP203"), "hint"),
        (make("holds", "BP502"), "warning"),
        (make("holds-for-one-neuron", "BP114"), "warning"),
        (make("holds-for-one-neuron"), "warning"),
        (make("ill-formed", "BP202"), "error"),
        (make("wrong"), "error"),
    ],
)
def test_errors_and_warnings_fail_and_nothing_else(finding: Finding, severity: str) -> None:
    assert finding.severity == finding.as_dict()["severity"] == severity


def test_errors_and_warnings_make_the_exit_code() -> None:
    assert choose_exit_code(0, False) == 3
    assert choose_exit_code(3, False) == 0
    assert choose_exit_code(3, True) == 1


def test_codes_are_selected_and_ignored() -> None:
    findings = [make(), make("wrong", "BP103"), make("wrong", "BP301")]
    assert filter_codes(findings) == findings
    assert filter_codes(findings, ["BP1"]) == findings[:2]
    assert filter_codes(findings, ignore=["BP103"]) == [findings[0], findings[2]]
    assert filter_codes(findings, ["BP"], ["BP1", "BP3"]) == findings[:1]
    with pytest.raises(InputError, match="is no code"):
        filter_codes(findings, ["103"])
    with pytest.raises(InputError, match=r"unknown code .BP999.; .*Known: BP001"):
        filter_codes(findings, ignore=["BP999"])
