"""Which findings are shown, in which order, and which count for the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import PurePath
from typing import Literal

from symbackprop.verification.findings import (
    LOUD,
    NOT_CHECKABLE,
    Finding,
    Judged,
    filter_codes,
)

Order = Literal["line", "severity"]
ORDERS: tuple[Order, ...] = ("line", "severity")
LOUDNESS = ("error", "warning", "hint", "none")


@dataclass(frozen=True)
class Choice:
    """What the user wants to see.

    Codes may be the beginnings of several. Findings whose code is not selected, or is ignored, are
    counted and nothing else; those `per_file` are ignored in files whose name, or end of a path, a
    pattern matches. `hints`, `unchecked` and `verbose` (what holds) add to errors and warnings.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hints: bool = False
    unchecked: bool = False
    verbose: bool = False
    order: Order = "line"

    def keep(self, judged: Judged) -> Judged:
        """The document with the findings that are selected; they count for the exit code."""
        ignored = (*self.ignore, *self._list_ignored(judged.file))
        return replace(judged, findings=tuple(filter_codes(judged.findings, self.select, ignored)))

    def _list_ignored(self, file: str) -> list[str]:
        return [
            code
            for pattern, codes in self.per_file.items()
            if _matches(file, pattern)
            for code in codes
        ]

    def shows(self, finding: Finding) -> bool:
        """Whether people are told of it: who selects a code by its name wants to see it."""
        if finding.is_good:
            return self.verbose
        if finding.severity in LOUD or finding.code in self.select:
            return True
        return self.unchecked if finding.verdict == NOT_CHECKABLE else self.hints

    def list_shown(self, judged: Judged) -> list[Place]:
        """What people are told of a document, each finding once, in the order that is wanted."""
        places = gather_places(f for f in judged.findings if self.shows(f))
        if self.order == "severity":
            places.sort(key=lambda place: LOUDNESS.index(place.finding.severity))
        return places


def _matches(file: str, pattern: str) -> bool:
    """Whether a path is meant by a pattern.

    >>> _matches("course/drafts/a.md", "drafts/*.md"), _matches("a.md", "drafts/*.md")
    (True, False)
    """
    path = PurePath(file).as_posix()
    return fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}")


@dataclass(frozen=True)
class Place:
    """One finding, and where in its document it was made again."""

    finding: Finding
    others: tuple[Finding, ...] = ()

    def say_others(self) -> str:
        """The other places, in words; empty where there are none.

        >>> one = Finding("n.md", 3, 1, 3, 6, "a = b", "holds")
        >>> Place(one, (replace(one, line=8), replace(one, line=8), replace(one, line=9)))
        ... # doctest: +ELLIPSIS
        Place(...)
        >>> Place(one, (replace(one, line=8), replace(one, line=9))).say_others()
        'also at lines 8, 9'
        """
        if not self.others:
            return ""
        words = list(dict.fromkeys(map(_say_line, self.others)))
        in_cells = any(finding.cell is not None for finding in self.others)
        shown = ", ".join(words[:MOST_PLACES]) + (", …" if len(words) > MOST_PLACES else "")
        what = "" if in_cells else ("lines " if len(words) > 1 else "line ")
        return f"also at {what}{shown}"


MOST_PLACES = 20


def _say_line(finding: Finding) -> str:
    if finding.cell is None:
        return str(finding.line)
    return f"cell {finding.cell}:{finding.line}"


def gather_places(findings: Iterable[Finding]) -> list[Place]:
    """The same said of the same formula is one finding with several places."""
    gathered: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (
            " ".join(finding.latex.split()),
            finding.verdict,
            finding.code,
            finding.slip,
            finding.suggestion,
        )
        gathered.setdefault(key, []).append(finding)
    return [Place(first, tuple(others)) for first, *others in gathered.values()]


def count_severities(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each severity that is said."""
    counts = dict.fromkeys(LOUDNESS[:-1], 0)
    for finding in findings:
        if finding.severity in counts:
            counts[finding.severity] += 1
    return counts
