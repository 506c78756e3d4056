"""Findings as lines of text, for people, and for editors that jump to file:line:column."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.reports.selecting import Choice, Place
from symbackprop.reports.totals import Totals
from symbackprop.reports.words import clean, describe, explain, name_finding, say_reading, shorten
from symbackprop.verification.findings import NOT_CHECKABLE, Finding, Judged


class TextReport:
    """A block of lines for each document, and the summary at the end.

    >>> choice = Choice()
    >>> wrong = Finding("n.md", 2, 1, 2, 6, "a = b", "wrong", code="BP105",
    ...     message="at widths 3, 2: 1 against -1", suggestion="a = -b")
    >>> print(TextReport(choice).add(Judged("n.md", (wrong,))), end="")
    n.md:2:1: error: BP105 wrong sign: a = b
        at widths 3, 2: 1 against -1
        did you mean  a = -b
    """

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.choice = choice
        self.several = several

    def add(self, judged: Judged) -> str:
        """What there is to say of one document."""
        places = self.choice.list_shown(judged)
        lines = list(self._write_header(judged, bool(places)))
        for place in places:
            lines += _write_place(place)
        return "".join(f"{line}\n" for line in lines)

    def _write_header(self, judged: Judged, has_findings: bool) -> Iterator[str]:
        if self.several and not has_findings:
            return
        said = describe(judged)
        if said:
            yield f"{clean(judged.file)}: {said}" if self.several else said

    def finish(self, totals: Totals) -> str:
        """The summary: why equations were not checked, and how many hold."""
        lines = []
        unchecked = totals.counts[NOT_CHECKABLE]
        causes = totals.list_causes()
        if causes and not self.choice.unchecked:
            what = f"{unchecked} equation{'' if unchecked == 1 else 's'}"
            lines.append(f"not checked: {what}; --unchecked lists them")
            lines += [f"{number:>6}  {clean(cause)}" for number, cause in causes]
        if totals.hints and not self.choice.hints:
            what = f"{totals.hints} hint{'' if totals.hints == 1 else 's'}"
            lines.append(f"{what} not shown; --hints shows {'it' if totals.hints == 1 else 'them'}")
        return "\n".join([*lines, totals.say()]) + "\n"


class TextSummary(TextReport):
    """The counts alone."""

    def add(self, judged: Judged) -> str:
        return ""

    def finish(self, totals: Totals) -> str:
        return totals.say() + "\n"


def _write_place(place: Place) -> list[str]:
    finding = place.finding
    if finding.is_good:
        said = [say_reading(finding), place.say_others()]
        first = f"{_say_place(finding)}: {finding.verdict}: {shorten(finding.latex)}"
        return [first, *(f"    {line}" for line in said if line)]
    loud = finding.severity if finding.severity != "none" else "not checked"
    first = f"{_say_place(finding)}: {loud}: {name_finding(finding)}: {shorten(finding.latex)}"
    return [first, *(f"    {line}" for line in explain(place))]


def _say_place(finding: Finding) -> str:
    cell = f":cell {finding.cell}" if finding.cell is not None else ""
    return f"{clean(finding.file)}{cell}:{finding.line}:{finding.column}"
