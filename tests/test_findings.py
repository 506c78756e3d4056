"""Findings: what an entry has, what is counted, which exit code follows, how reports look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from symbackprop.errors import InputError
from symbackprop.verification.codes import CODES, explain_code, find_title
from symbackprop.verification.findings import (
    VERDICTS,
    Finding,
    choose_exit_code,
    count_verdicts,
    filter_codes,
    say_counts,
)
from symbackprop.verification.reports import STYLES, report

SOUND = ("stated", "holds")


def make(verdict: str = "holds", code: str | None = None, **more: Any) -> Finding:
    if verdict not in SOUND:
        more = {"message": "the shapes clash", **more}
        code = code or "BP103"
    place = {"file": "notes.md", "line": 8, "column": 1, "end_line": 8, "end_column": 6}
    return Finding(**(place | {"latex": "a = b", "verdict": verdict, "code": code} | more))


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
    assert "    mended to be read: a bracket was closed\n" in report([mended])
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
    assert choose_exit_code([make(), finding]) == int(severity in ("error", "warning"))


def test_exit_codes_without_findings() -> None:
    assert choose_exit_code([make()]) == 0
    assert choose_exit_code([]) == 3
    assert choose_exit_code([], left_out=1) == 0


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


def test_text_shows_what_does_not_hold() -> None:
    shown = report([make(), make("wrong", latex="a\n = b\x1b[2J", suggestion="b = a")])
    assert shown.splitlines() == [
        "notes.md:8:1: BP103 wrong transpose: a = b�[2J",
        "    the shapes clash",
        "    did you mean  b = a",
        "2 equations: 1 holds, 1 wrong",
    ]
    assert report([make("wrong", cell=3)]).startswith("notes.md:cell 3:8:1: ")


@pytest.mark.parametrize(
    ("latex", "suggestion", "title"),
    [
        ("W d", "(W)^T d", "missing transpose"),
        ("W d", r"W^\top d", "missing transpose"),
        ("W^{l} d", r"W^{l\top} d", "missing transpose"),
        (r"W^{\mathsf T} a", "W a", "extra transpose"),
        ("W^{[l] T} a", "W^{[l]} a", "extra transpose"),
        ("d^T W", "d W^T", "wrong transpose"),
        ("W d", None, "missing or extra transpose"),
    ],
)
def test_a_transpose_is_named_in_its_direction(
    latex: str, suggestion: str | None, title: str
) -> None:
    assert find_title("BP103", latex, suggestion) == title
    finding = make("wrong", latex=latex, suggestion=suggestion)
    assert f"BP103 {title}: {latex}\n" in report([finding])


def test_what_was_presumed_is_part_of_the_report() -> None:
    lines = report([make()], presumed=["any activation"]).splitlines()
    assert lines == ["presumed: any activation", "1 equation: 1 holds"]
    for only in (True, False):
        shown = json.loads(report([make()], "json", presumed=["any"], summary_only=only))
        assert shown["summary"]["presumed"] == ["any"]
    assert "presumed" not in json.loads(report([make()], "json"))["summary"]
    assert report([], "github", presumed=["a%b"]) == "::notice title=presumed::a%25b"
    (run,) = json.loads(report([], "sarif", presumed=["any"]))["runs"]
    (said,) = run["invocations"]
    assert said["toolExecutionNotifications"][0]["message"]["text"] == "presumed: any"


def test_json_has_every_equation() -> None:
    odd = make("wrong", counterexample={"left": [float("nan"), 1.0], "widths": (2, 3)})
    shown = json.loads(report([make(), odd], "json"))
    assert [entry["verdict"] for entry in shown["equations"]] == ["holds", "wrong"]
    assert shown["equations"][1]["counterexample"] == {"left": ["nan", 1.0], "widths": [2, 3]}
    assert shown["summary"]["equations"] == 2
    only = json.loads(report([], "json", judged=[odd], summary_only=True))
    assert only == {"summary": count_verdicts([odd])}


def test_github_escapes_what_would_end_a_command() -> None:
    odd = make("wrong", file="a,b:c.md", message="50 %\nthen more")
    (line,) = report([make(), odd], "github").splitlines()
    assert line.startswith("::error file=a%2Cb%3Ac.md,line=8,endLine=8,col=1,endColumn=6,title=")
    assert line.endswith("::a = b%0A50 %25%0Athen more")
    (line,) = report([make("not-checkable", "BP401", cell=2, file_line=40)], "github").splitlines()
    assert line.startswith("::notice file=notes.md,line=40,title=")


def test_sarif_has_rules_and_results() -> None:
    shown = json.loads(report([make(), make("wrong")], "sarif"))
    (run,) = shown["runs"]
    assert shown["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["BP103"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("BP103", "error")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "notes.md"},
        "region": {"startLine": 8, "startColumn": 1, "endLine": 8, "endColumn": 6},
    }


def test_sarif_places_are_uris() -> None:
    places = []
    for file in ("/a b/n.md", "b/ñ.md", "<stdin>"):
        (result,) = json.loads(report([make("wrong", file=file)], "sarif"))["runs"][0]["results"]
        places.append(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
    assert places == ["file:///a%20b/n.md", "b/%C3%B1.md", "%3Cstdin%3E"]


def test_unknown_styles_are_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'json'"):
        report([], "jsn")
    for style in set(STYLES) - {"text", "json"}:
        with pytest.raises(InputError, match="no summary"):
            report([], style, summary_only=True)


def test_codes_are_told_apart_and_explained() -> None:
    for code, row in CODES.items():
        assert row.code == code
        assert row.title in explain_code(code) and row.explanation in explain_code(code)
        assert bool(row.wrong) == bool(row.right)
    assert len({row.name for row in CODES.values()}) == len(CODES)
    with pytest.raises(InputError, match="unknown code 'BP99'"):
        explain_code("BP99")
