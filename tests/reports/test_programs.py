"""Reports for programs: JSON, lines of JSON, GitHub, SARIF."""

from __future__ import annotations

import json

from made_findings import judge, make

from symbackprop.reports.selecting import Choice
from symbackprop.reports.styles import report
from symbackprop.verification.findings import Finding, count_verdicts


def write(style: str, *findings: Finding, choice: Choice | None = None, **more: object) -> str:
    return report([judge(*findings, **more)], style, choice)


def test_what_was_presumed_is_part_of_each() -> None:
    for only in (True, False):
        text = report([judge(make(), notes=("any",))], "json", summary_only=only)
        assert json.loads(text)["summary"]["presumed"] == ["any"]
    assert "presumed" not in json.loads(write("json", make()))["summary"]
    assert write("github", notes=("a%b",)) == "::notice title=presumed::a%25b\n"
    (run,) = json.loads(write("sarif", notes=("any",)))["runs"]
    (said,) = run["invocations"]
    assert said["toolExecutionNotifications"][0]["message"]["text"] == "presumed: any"


def test_json_has_every_equation() -> None:
    odd = make("wrong", counterexample={"left": [float("nan"), 1.0], "widths": (2, 3)})
    shown = json.loads(write("json", make(), odd, odd, make("not-checkable")))
    assert [entry["severity"] for entry in shown["equations"]] == ["none", "error", "error", "none"]
    assert shown["equations"][1]["counterexample"] == {"left": ["nan", 1.0], "widths": [2, 3]}
    assert shown["summary"]["equations"] == 4
    only = json.loads(report([judge(odd)], "json", summary_only=True))
    assert only == {"summary": count_verdicts([odd])}


def test_codes_that_are_left_out_are_counted() -> None:
    shown = json.loads(write("json", make(), make("wrong"), choice=Choice(ignore=("BP1",))))
    assert len(shown["equations"]) == 1
    assert shown["summary"]["wrong"] == 1


def test_a_line_of_json_for_each_document() -> None:
    documents = [judge(make("wrong"), file="a.md"), judge(file="b.md", problem="b.md: no text")]
    one, other = map(json.loads, report(documents, "jsonl").splitlines())
    assert (one["file"], one["equations"][0]["code"], one["summary"]["wrong"]) == (
        "a.md", "BP103", 1,
    )  # fmt: skip
    assert other == {"file": "b.md", "problem": "b.md: no text"}


def test_github_escapes_what_would_end_a_command() -> None:
    odd = make("wrong", file="a,b:c.md", message="50 %\nthen more")
    (line,) = write("github", make(), odd).splitlines()
    assert line.startswith("::error file=a%2Cb%3Ac.md,line=8,endLine=8,col=1,endColumn=6,title=")
    assert line.endswith("::a = b%0A50 %25%0Athen more")
    vague = make("not-checkable", "BP401", cell=2, file_line=40)
    assert write("github", vague) == ""
    (line,) = write("github", vague, choice=Choice(unchecked=True)).splitlines()
    assert line.startswith("::notice file=notes.md,line=40,title=")


def test_sarif_has_rules_and_results() -> None:
    shown = json.loads(write("sarif", make(), make("wrong"), make("wrong", line=9)))
    (run,) = shown["runs"]
    assert shown["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["BP103"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("BP103", "error")
    first, second = result["locations"]
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "notes.md"},
        "region": {"startLine": 8, "startColumn": 1, "endLine": 8, "endColumn": 6},
    }
    assert second["physicalLocation"]["region"]["startLine"] == 9


def test_sarif_places_are_uris() -> None:
    places = []
    for file in ("/a b/n.md", "b/ñ.md", "<stdin>"):
        (result,) = json.loads(write("sarif", make("wrong", file=file)))["runs"][0]["results"]
        places.append(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
    assert places == ["file:///a%20b/n.md", "b/%C3%B1.md", "%3Cstdin%3E"]
