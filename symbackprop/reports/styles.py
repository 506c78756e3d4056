"""The table of reports: what a style is called, and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from symbackprop.errors import InputError, name_choices
from symbackprop.reports.html import HtmlReport
from symbackprop.reports.programs import (
    GithubReport,
    JsonLinesReport,
    JsonReport,
    SarifReport,
    SummaryReport,
)
from symbackprop.reports.selecting import Choice
from symbackprop.reports.text import TextReport, TextSummary
from symbackprop.reports.totals import Totals
from symbackprop.verification.findings import Judged


class Report(Protocol):
    """Writes documents one after the other, each as soon as it may be, and then the end."""

    def add(self, judged: Judged) -> str: ...
    def finish(self, totals: Totals) -> str: ...


STYLES: dict[str, Callable[[Choice, bool], Report]] = {
    "text": TextReport,
    "json": JsonReport,
    "jsonl": JsonLinesReport,
    "github": GithubReport,
    "sarif": SarifReport,
    "html": HtmlReport,
}
# the styles that can give the counts alone
SUMMARIES: dict[str, Callable[[Choice, bool], Report]] = {
    "text": TextSummary,
    "json": SummaryReport,
}


def choose_report(
    style: str, choice: Choice, *, several: bool = False, summary_only: bool = False
) -> Report:
    """What writes a style; with `several` documents each says its name.

    Raises:
        InputError: no such style, or one that has no summary.
    """
    if style not in STYLES:
        raise InputError(name_choices("format", style, STYLES))
    if not summary_only:
        return STYLES[style](choice, several)
    if style not in SUMMARIES:
        raise InputError(f"the format {style} has no summary; {' and '.join(SUMMARIES)} have one")
    return SUMMARIES[style](choice, several)


def report(
    documents: Iterable[Judged],
    style: str = "text",
    choice: Choice | None = None,
    *,
    several: bool = False,
    summary_only: bool = False,
) -> str:
    """All of some documents in one of the STYLES.

    Raises:
        InputError: no such style, or one that has no summary.
    """
    choice = choice or Choice()
    writer = choose_report(style, choice, several=several, summary_only=summary_only)
    totals = Totals()
    parts = []
    for judged in documents:
        kept = choice.keep(judged)
        totals.add(judged, kept)
        parts.append(writer.add(kept))
    return "".join([*parts, writer.finish(totals)])
