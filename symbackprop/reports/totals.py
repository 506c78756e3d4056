"""The counts over a whole run: verdicts, causes of what was not checked, and the exit code."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from symbackprop.verification.findings import (
    LOUD,
    NOT_CHECKABLE,
    VERDICTS,
    Judged,
    choose_exit_code,
    say_counts,
)

MOST_CAUSES = 8
UNREADABLE = "BP001"
# how a message about a formula that could not be read begins
_PLACE = re.compile(r"line \d+, column \d+: ")


@dataclass
class Totals:
    """What is kept of documents when they are done with: numbers, whatever their number is."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("equations", *VERDICTS), 0)
    )
    causes: Counter[str] = field(default_factory=Counter)
    hints: int = 0
    is_loud: bool = False
    documents: int = 0

    def add(self, judged: Judged, kept: Judged) -> None:
        """Count a document; `kept` has those findings that were selected."""
        self.documents += 1
        for finding in judged.findings:
            self.counts["equations"] += 1
            self.counts[finding.verdict] += 1
        for finding in kept.findings:
            self.is_loud |= finding.severity in LOUD
            self.hints += finding.severity == "hint"
            if finding.verdict == NOT_CHECKABLE:
                self.causes[name_cause(finding.code or "", finding.message or "")] += 1

    @property
    def exit_code(self) -> int:
        return choose_exit_code(self.counts["equations"], self.is_loud)

    def say(self) -> str:
        return say_counts(self.counts)

    def list_causes(self) -> list[tuple[int, str]]:
        """Why equations were not checked, the commonest cause first."""
        common = self.causes.most_common(MOST_CAUSES)
        rest = self.causes.total() - sum(number for _, number in common)
        named = [(number, cause) for cause, number in common]
        return [*named, (rest, "other causes")] if rest else named


def name_cause(code: str, message: str) -> str:
    """What equations that were not checked have in common.

    >>> name_cause("BP001", "line 3, column 4: a bracket is not closed\\n  a(b")
    'could not be read: a bracket is not closed'
    >>> name_cause("BP401", "nothing says what L is")
    'nothing says what L is'
    """
    first = message.splitlines()[0]
    return f"could not be read: {_PLACE.sub('', first)}" if code == UNREADABLE else first
