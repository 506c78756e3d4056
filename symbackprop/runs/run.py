"""One run of verify: documents gathered, judged, selected, reported, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from symbackprop.errors import InputError
from symbackprop.reading.documents import load_document
from symbackprop.reports.selecting import Choice
from symbackprop.reports.styles import choose_report
from symbackprop.reports.totals import Totals
from symbackprop.runs.corrections import Corrected, correct_document, write_corrected
from symbackprop.runs.gathering import are_several, gather_documents
from symbackprop.runs.judging import declare, judge_documents
from symbackprop.streams import BAD_INPUT
from symbackprop.verification.findings import Judged

# where corrected documents are written
Fix = Literal["copy", "in place"]
# written as documents finish, whatever their order
UNORDERED = ("jsonl",)
# shows formulas as they look
RENDERED = ("html",)


@dataclass
class Run:
    """What is to be judged and how it is reported; the totals grow while it is written."""

    given: Sequence[str]
    options: Mapping[str, Any]
    choice: Choice = field(default_factory=Choice)
    style: str = "text"
    jobs: int = 1
    summary_only: bool = False
    totals: Totals = field(default_factory=Totals)
    problems: list[str] = field(default_factory=list)
    fix: Fix | None = None
    # which documents were corrected, in words
    fixed: list[str] = field(default_factory=list)

    def write(self) -> Iterator[str]:
        """The parts of the report, each as soon as it can be told.

        Raises:
            InputError: no such style, or a network that is none.
        """
        report = choose_report(
            self.style,
            self.choice,
            several=are_several(self.given),
            summary_only=self.summary_only,
        )
        # a network that cannot be declared is told once
        declare(self.options)
        for judged in self.judge():
            yield report.add(self._note_macros(judged) if self.style in RENDERED else judged)
            if self.fix is not None:
                self._correct(judged)
        if self.totals.documents or not self.problems:
            yield report.finish(self.totals)

    def judge(self) -> Iterator[Judged]:
        """The documents with the findings that were selected, counted on the way."""
        in_order = self.style not in UNORDERED
        for judged in judge_documents(
            gather_documents(self.given), self.options, self.jobs, in_order=in_order
        ):
            if judged.problem:
                self.problems.append(judged.problem)
                if not in_order:
                    yield judged
                continue
            kept = self.choice.keep(judged)
            self.totals.add(judged, kept)
            yield kept

    def _note_macros(self, judged: Judged) -> Judged:
        """The document with the macros that its formulas are written with."""
        kind, macros = self.options.get("kind"), self.options.get("macros")
        try:
            document = load_document(judged.file, kind, macros)
        except InputError:
            # a formula, or standard input: they have those of their formulas
            return judged
        return replace(judged, macros=document.macros)

    def write_diffs(self) -> Iterator[str]:
        """What is corrected, as a patch in place of a report."""
        declare(self.options)
        for judged in self.judge():
            corrected = self._correct(judged)
            if corrected is not None:
                yield corrected.say_diff()

    def _correct(self, judged: Judged) -> Corrected | None:
        """The corrected document, written where that is wanted."""
        try:
            corrected = correct_document(judged, self.options)
            if corrected is not None and self.fix is not None:
                path = write_corrected(corrected, self.fix == "in place")
                number = corrected.number
                self.fixed.append(f"{path}: {number} correction{'' if number == 1 else 's'}")
        except InputError as error:
            self.problems.append(str(error))
            return None
        return corrected

    @property
    def exit_code(self) -> int:
        return BAD_INPUT if self.problems else self.totals.exit_code
