"""Findings as text for people, JSON for programs, annotations for GitHub, SARIF for scanners."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from symbackprop.errors import InputError, name_choices
from symbackprop.verification.codes import CODES, find_title
from symbackprop.verification.findings import (
    ILL_FORMED,
    ONE_NEURON,
    WRONG,
    Finding,
    count_verdicts,
    say_counts,
)

LONGEST_FORMULA = 300
# verdict --> how loud; what is not listed is a remark
LEVELS = {WRONG: "error", ILL_FORMED: "error", ONE_NEURON: "warning"}
NAME = "symbackprop"
# the styles that can give the counts alone
WITH_SUMMARY = ("text", "json")


def report(
    findings: Sequence[Finding],
    style: str = "text",
    *,
    judged: Sequence[Finding] | None = None,
    presumed: Sequence[str] = (),
    summary_only: bool = False,
) -> str:
    """Write findings in one of the STYLES.

    The summary counts all that were `judged`, where only some of them are shown, and says what was
    `presumed` of the text.

    Raises:
        InputError: no such style, or one that has no summary.

    >>> print(report([Finding("n.md", 2, 1, 2, 6, "a = b", "wrong", code="BP105",
    ...     message="at widths 3, 2: 1 against -1", suggestion="a = -b")]))
    n.md:2:1: BP105 wrong sign: a = b
        at widths 3, 2: 1 against -1
        did you mean  a = -b
    1 equation: 0 hold, 1 wrong
    """
    if style not in STYLES:
        raise InputError(name_choices("format", style, STYLES))
    if summary_only and style not in WITH_SUMMARY:
        raise InputError(f"the format {style} has no summary; text and json have one")
    counts = count_verdicts(findings if judged is None else judged)
    return STYLES[style](None if summary_only else findings, counts, presumed)


def _write_text(
    findings: Sequence[Finding] | None, counts: Mapping[str, int], presumed: Sequence[str]
) -> str:
    lines = []
    for finding in findings or ():
        if not finding.is_good:
            lines.append(f"{_say_place(finding)}: {_name(finding)}: {_shorten(finding.latex)}")
            lines += [f"    {line}" for line in _explain(finding)]
    said = [f"presumed: {_clean(words)}" for words in presumed]
    return "\n".join([*lines, *said, say_counts(counts)])


def _write_json(
    findings: Sequence[Finding] | None, counts: Mapping[str, int], presumed: Sequence[str]
) -> str:
    summary = dict(counts) | ({"presumed": list(presumed)} if presumed else {})
    if findings is None:
        return _dump({"summary": summary})
    return _dump({"equations": [finding.as_dict() for finding in findings], "summary": summary})


def _write_github(
    findings: Sequence[Finding] | None, counts: Mapping[str, int], presumed: Sequence[str]
) -> str:
    """https://docs.github.com/actions, "Workflow commands", setting an error message."""
    lines = [f"::notice title=presumed::{_escape(words)}" for words in presumed]
    for finding in findings or ():
        if finding.is_good:
            continue
        level = LEVELS.get(finding.verdict, "notice")
        properties = {"file": finding.file, "line": finding.file_line or finding.line}
        # columns of a cell are none of its file, and an annotation has columns on one line only
        if finding.cell is None:
            properties["endLine"] = finding.end_line
            if finding.line == finding.end_line:
                properties |= {"col": finding.column, "endColumn": finding.end_column}
        properties["title"] = _name(finding)
        said = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties.items())
        message = "\n".join([_shorten(finding.latex), *_explain(finding)])
        lines.append(f"::{level} {said}::{_escape(message)}")
    return "\n".join(lines)


def _write_sarif(
    findings: Sequence[Finding] | None, counts: Mapping[str, int], presumed: Sequence[str]
) -> str:
    """SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""
    shown = [finding for finding in findings or () if not finding.is_good]
    rules = [
        {
            "id": row.code,
            "name": row.name,
            "shortDescription": {"text": row.title},
            "fullDescription": {"text": row.explanation},
        }
        for row in CODES.values()
        if any(finding.code == row.code for finding in shown)
    ]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": NAME, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_make_result(finding) for finding in shown],
    }
    if presumed:
        notes = [{"level": "note", "message": {"text": f"presumed: {w}"}} for w in presumed]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notes}]
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _dump({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _make_result(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.file_line or finding.line}
    if finding.cell is None:
        region |= {
            "startColumn": finding.column,
            "endLine": finding.end_line,
            "endColumn": finding.end_column,
        }
    place = {
        "artifactLocation": {"uri": _write_uri(finding.file)},
        "region": region,
    }
    text = "\n".join([f"{_name(finding)}: {finding.latex}", *_explain(finding)])
    return {
        "ruleId": finding.code,
        "level": LEVELS.get(finding.verdict, "note"),
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def _write_uri(file: str) -> str:
    """A path as a URI: relative where it is relative.

    >>> _write_uri("notes 1.md")
    'notes%201.md'
    """
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


Writer = Callable[[Sequence[Finding] | None, Mapping[str, int], Sequence[str]], str]
STYLES: dict[str, Writer] = {
    "text": _write_text,
    "json": _write_json,
    "github": _write_github,
    "sarif": _write_sarif,
}


def _say_place(finding: Finding) -> str:
    cell = f":cell {finding.cell}" if finding.cell is not None else ""
    return f"{_clean(finding.file)}{cell}:{finding.line}:{finding.column}"


def _name(finding: Finding) -> str:
    if finding.code not in CODES:
        return f"{finding.code}"
    return f"{finding.code} {find_title(finding.code, finding.latex, finding.suggestion)}"


def _explain(finding: Finding) -> list[str]:
    said = finding.say().splitlines()
    if finding.suggestion:
        said.append(f"did you mean  {finding.suggestion}")
    return [_clean(line) for line in said]


def _shorten(latex: str) -> str:
    r"""One line of a formula, for people.

    >>> _shorten("a\n  = b")
    'a = b'
    """
    line = _clean(" ".join(latex.split()))
    return line if len(line) <= LONGEST_FORMULA else line[: LONGEST_FORMULA - 1] + "…"


def _clean(text: str) -> str:
    """A document must not steer the terminal that its report is read in."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


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
