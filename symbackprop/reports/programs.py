"""Findings for programs: JSON, lines of JSON, annotations for GitHub, SARIF for scanners."""

from __future__ import annotations

import json
import math
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from symbackprop.reports.selecting import Choice, Place
from symbackprop.reports.totals import Totals
from symbackprop.reports.words import explain, name_finding, shorten
from symbackprop.verification.codes import CODES
from symbackprop.verification.findings import Finding, Judged, count_verdicts

NAME = "symbackprop"
# severity --> how GitHub, and how SARIF, calls it
COMMANDS = {"error": "error", "warning": "warning", "hint": "notice", "none": "notice"}
LEVELS = {"error": "error", "warning": "warning", "hint": "note", "none": "none"}


class JsonReport:
    """One object with an entry for every equation that was judged, and the summary."""

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.several = several
        self.entries: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def add(self, judged: Judged) -> str:
        self.entries += [finding.as_dict() for finding in judged.findings]
        self.notes += [f"{judged.file}: {n}" if self.several else n for n in judged.notes]
        return ""

    def finish(self, totals: Totals) -> str:
        return _dump({"equations": self.entries, "summary": _summarize(totals, self.notes)}) + "\n"


class SummaryReport:
    """The counts alone, as JSON."""

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.several = several
        self.notes: list[str] = []

    def add(self, judged: Judged) -> str:
        self.notes += [f"{judged.file}: {n}" if self.several else n for n in judged.notes]
        return ""

    def finish(self, totals: Totals) -> str:
        return _dump({"summary": _summarize(totals, self.notes)}) + "\n"


def _summarize(totals: Totals, notes: list[str]) -> dict[str, Any]:
    return totals.counts | ({"presumed": notes} if notes else {})


class JsonLinesReport:
    """One line for each document, written when it is judged."""

    def __init__(self, choice: Choice, several: bool = False) -> None:
        pass

    def add(self, judged: Judged) -> str:
        entry: dict[str, Any] = {"file": judged.file}
        if judged.problem:
            entry["problem"] = judged.problem
        else:
            summary: dict[str, Any] = dict(count_verdicts(judged.findings))
            summary |= {"presumed": list(judged.notes)} if judged.notes else {}
            entry |= {"equations": [f.as_dict() for f in judged.findings], "summary": summary}
        return json.dumps(_plain(entry), ensure_ascii=False, allow_nan=False) + "\n"

    def finish(self, totals: Totals) -> str:
        return ""


class GithubReport:
    """https://docs.github.com/actions, "Workflow commands", setting an error message."""

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.choice = choice

    def add(self, judged: Judged) -> str:
        lines = [f"::notice title=presumed::{_escape(words)}" for words in judged.notes]
        shown = self.choice.list_shown(judged)
        lines += [_annotate(place) for place in shown if not place.finding.is_good]
        return "".join(f"{line}\n" for line in lines)

    def finish(self, totals: Totals) -> str:
        return ""


def _annotate(place: Place) -> str:
    finding = place.finding
    properties = {"file": finding.file, "line": finding.file_line or finding.line}
    # columns of a cell are none of its file, and an annotation has columns on one line only
    if finding.cell is None:
        properties["endLine"] = finding.end_line
        if finding.line == finding.end_line:
            properties |= {"col": finding.column, "endColumn": finding.end_column}
    properties["title"] = name_finding(finding)
    said = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties.items())
    message = "\n".join([shorten(finding.latex), *explain(place)])
    return f"::{COMMANDS[finding.severity]} {said}::{_escape(message)}"


class SarifReport:
    """SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.choice = choice
        self.places: list[Place] = []
        self.notes: list[str] = []

    def add(self, judged: Judged) -> str:
        self.places += [p for p in self.choice.list_shown(judged) if not p.finding.is_good]
        self.notes += judged.notes
        return ""

    def finish(self, totals: Totals) -> str:
        run: dict[str, Any] = {
            "tool": {"driver": {"name": NAME, "rules": self._list_rules()}},
            "columnKind": "unicodeCodePoints",
            "results": [_make_result(place) for place in self.places],
        }
        if self.notes:
            notes = [{"level": "note", "message": {"text": f"presumed: {w}"}} for w in self.notes]
            run["invocations"] = [
                {"executionSuccessful": True, "toolExecutionNotifications": notes}
            ]
        schema = "https://json.schemastore.org/sarif-2.1.0.json"
        return _dump({"$schema": schema, "version": "2.1.0", "runs": [run]}) + "\n"

    def _list_rules(self) -> list[dict[str, Any]]:
        found = {place.finding.code for place in self.places}
        return [
            {
                "id": row.code,
                "name": row.name,
                "shortDescription": {"text": row.title},
                "fullDescription": {"text": row.explanation},
            }
            for row in CODES.values()
            if row.code in found
        ]


def _make_result(place: Place) -> dict[str, Any]:
    finding = place.finding
    text = "\n".join([f"{name_finding(finding)}: {finding.latex}", *explain(place)])
    return {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_locate(one) for one in (finding, *place.others)],
    }


def _locate(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.file_line or finding.line}
    if finding.cell is None:
        region |= {
            "startColumn": finding.column,
            "endLine": finding.end_line,
            "endColumn": finding.end_column,
        }
    artifact = {"uri": _write_uri(finding.file)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _write_uri(file: str) -> str:
    """A path as a URI: relative where it is relative.

    >>> _write_uri("notes 1.md")
    'notes%201.md'
    """
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _escape(text: str, more: str = "") -> str:
    """Percent signs for what would end a workflow command, or a property of it."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _dump(content: dict[str, Any]) -> str:
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(content: Any) -> Any:
    """What JSON has no number for, nan and the infinities, becomes a word."""
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return str(content)
    return content
