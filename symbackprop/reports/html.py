"""A lecture's formulas rendered on one page, each with its verdict, the slip and the correction."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from symbackprop.reading.expansion import write_out
from symbackprop.reading.macros import NO_MACROS, Macros
from symbackprop.reading.tree import ReadError
from symbackprop.reports.differences import list_changes, mark
from symbackprop.reports.mathml import (
    CORRECTION,
    MARK_END,
    SLIP,
    find_converter,
    mark_begin,
    render,
)
from symbackprop.reports.page import FOOT, HEAD
from symbackprop.reports.selecting import LOUDNESS, Choice, Place, gather_places
from symbackprop.reports.totals import Totals
from symbackprop.reports.words import describe, name_finding, say_reading
from symbackprop.verification.findings import VERDICTS, Finding, Judged, count_verdicts, say_counts

# verdict --> the word on the page
WORDS = {verdict: words.replace("hold", "holds", 1) for verdict, words in VERDICTS.items()}


class HtmlReport:
    """A page in parts: a section for each document, with all of its formulas.

    Raises:
        InputError: latex2mathml, which writes MathML, is not installed.
    """

    def __init__(self, choice: Choice, several: bool = False) -> None:
        self.choice = choice
        self.convert = find_converter()
        self.begun = False
        self.macros: Macros = NO_MACROS

    def add(self, judged: Judged) -> str:
        parts = [*self._begin(), f"<section>\n<h2>{escape(judged.file)}</h2>\n"]
        parts.append(f"<p>{escape(say_counts(count_verdicts(judged.findings)))}</p>\n")
        said = describe(judged)
        if said:
            parts.append(f'<p class="read">{escape(said)}</p>\n')
        self.macros = judged.macros
        places = gather_places(judged.findings)
        if self.choice.order == "severity":
            places.sort(key=lambda place: LOUDNESS.index(place.finding.severity))
        parts += [self._write(place) for place in places]
        return "".join([*parts, "</section>\n"])

    def _begin(self) -> Iterator[str]:
        if not self.begun:
            self.begun = True
            yield HEAD

    def finish(self, totals: Totals) -> str:
        """The end of the page; the counts over all documents, where there are several."""
        several = f"<p>{escape(totals.say())}</p>\n" if totals.documents != 1 else ""
        return "".join([*self._begin(), several, FOOT])

    def _write(self, place: Place) -> str:
        finding = place.finding
        stop = ' data-stop="1"' if self.choice.shows(finding) and not finding.is_good else ""
        kind = finding.severity if finding.severity != "none" else finding.verdict
        words = [WORDS[finding.verdict]] if finding.is_good else [_say_verdict(finding)]
        lines = [
            f'<article tabindex="0" class="{kind}"{stop}>',
            f'<span class="place">{escape(_say_place(place))}</span>',
            f'<span class="verdict">{escape(" ".join(words))}</span>',
            *self._write_formulas(finding),
            *(f"<p>{escape(line)}</p>" for line in _explain(finding)),
            f"<details><summary>LaTeX</summary><code>{escape(finding.latex)}</code></details>",
            "</article>\n",
        ]
        return "\n".join(lines)

    def _write_formulas(self, finding: Finding) -> Iterator[str]:
        latex = self._write_out(finding.latex)
        if not finding.suggestion:
            yield f'<div class="formula">{render(latex, self.convert)}</div>'
            return
        suggestion = self._write_out(finding.suggestion)
        changes = list_changes(latex, suggestion)
        slip = mark(latex, [c.old for c in changes], mark_begin(SLIP), MARK_END)
        added = [c.new for c in changes if c.new[0] < c.new[1]]
        better = mark(suggestion, added, mark_begin(CORRECTION), MARK_END)
        yield '<div class="formula pair">'
        yield f"<div><span>as written</span>{render(slip or latex, self.convert, latex)}</div>"
        shown = render(better or suggestion, self.convert, suggestion)
        yield f"<div><span>did you mean</span>{shown}</div>"
        yield "</div>"

    def _write_out(self, latex: str) -> str:
        """A formula without the macros of its document."""
        try:
            written = write_out(latex, self.macros)
        except ReadError:
            return latex
        return latex if written is None else written.text


def _say_verdict(finding: Finding) -> str:
    """Error: wrong. BP105 wrong sign"""
    name = name_finding(finding)
    if finding.severity == "none":
        return f"{WORDS[finding.verdict]}: {name}"
    return f"{finding.severity}: {WORDS[finding.verdict]}: {name}"


def _say_place(place: Place) -> str:
    finding = place.finding
    cell = f"cell {finding.cell}, " if finding.cell is not None else ""
    others = place.say_others()
    return f"{cell}line {finding.line}" + (f"; {others}" if others else "")


def _explain(finding: Finding) -> list[str]:
    """What is said of a finding, but for the correction, which is shown."""
    said = [finding.say()] if finding.say() else []
    reading = say_reading(finding)
    return [*said, *([reading] if reading else [])]
