"""Measure the judge on a corpus of judged formulas: python tests/corpus_agreement.py FOLDER.

The folder has *.jsonl files: one JSON object a line, with id, source, line, latex, verdict, and
slip where one is known; an object with "record": "context" tells of the source. All records of
one source are judged as one document, in the order in which they stand in it. Nothing is skipped
in silence: what cannot be read is counted, a line that is no record ends the run with its place.
It measures and does not judge the judge: the exit code is 0 whenever the corpus could be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# label --> the verdicts that agree with it; what is only stated agrees with "correct" where it is
# a definition, an update or a given value
AGREEING = {
    "correct": {"holds"},
    "correct-for-one-neuron": {"holds-for-one-neuron"},
    "wrong": {"wrong", "ill-formed"},
    "abuse-of-notation": {"ill-formed"},
    "not-checkable": {"not-checkable"},
}
# of the statements of one formula the worst speaks for it; what could not be judged comes before
# what holds, so that a formula counts as holding only if all of it does
WORST_FIRST = ("wrong", "ill-formed", "holds-for-one-neuron", "not-checkable", "holds", "stated")
# kinds of formulas that say something and compare nothing; a number is one where it is given
SAYING = ("definition", "update")
GIVEN = re.compile(r"[^=]*=[^=A-Za-z\\]*\d[^=A-Za-z\\]*")
UNREAD = "unread"
# codes of findings that say that a formula could not be read
UNREAD_CODES = ("BP001",)

# word of a label's slip --> the names of findings that mean the same; "+" joins several slips of
# one formula, and one of them found is agreement
SLIP_NAMES = {
    "missing-transpose": {"transpose", "missing-transpose-and-hadamard"},
    "missing-transpose-and-sum": {"missing-transpose", "missing-sum", "transpose"},
    "undefined-product": {"hadamard", "missing-transpose-and-hadamard"},
    "jacobian-vs-elementwise": {"hadamard", "missing-transpose-and-hadamard"},
    "missing-factor-half": {"factor", "dropped-factor", "missing-factor"},
    "dropped-factor": {"factor", "missing-factor", "missing-slope", "dropped-delta", "dropped"},
    "missing-factor": {"factor", "dropped-factor", "missing-slope", "dropped-delta"},
    "spurious-factor": {"factor", "extra-factor"},
    "stray-symbol": {"extra-factor", "factor"},
    "wrong-lhs": {"wrong-left-side"},
    "wrong-symbol": {"wrong-lhs", "wrong-index", "wrong-slope"},
    "wrong-index": {"index", "index-order", "wrong-index"},
    "index-order": {"wrong-index"},
    "dropped-index": {"wrong-index", "missing-sum", "free-index"},
    "dangling-index": {"free-index", "missing-sum", "wrong-index"},
    "bound-index-reused": {"bound-index", "index-clash"},
    "index-clash": {"bound-index"},
    "sum-bound": {"wrong-bound", "wrong-summation-bound"},
    "brace-slip": {"sum-bound"},
    "off-by-one": {"sum-bound"},
    "assignment-as-equation": {"assignment"},
    "symbol-case": {"undefined-symbol"},
    "delta-for-partial": {"partial"},
}
# a code tells a slip too, where a finding has no name of one
CODES = {
    "BP201": "free-index",
    "BP202": "bound-index-reused",
    "BP203": "assignment-as-equation",
    "BP204": "empty",
}


class Finding(Protocol):
    """What is needed of a finding."""

    @property
    def verdict(self) -> str: ...
    @property
    def slip(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...
    @property
    def reading(self) -> str | None: ...


Judge = Callable[[list[str]], Sequence[Sequence[Finding]]]


class CorpusError(ValueError):
    """A corpus that is not what it should be; the message says where."""


@dataclass(frozen=True)
class Record:
    """One labelled formula; `document` is where it stands, `name` its corpus file."""

    name: str
    document: str
    identity: str
    place: tuple[int, ...]
    latex: str
    label: str
    slips: tuple[str, ...]
    why: str
    kind: str = ""

    @property
    def only_says(self) -> bool:
        """Whether there is nothing to compare in it: a definition, an update, a given value."""
        return self.kind in SAYING or bool(self.kind == "numeric" and GIVEN.fullmatch(self.latex))


@dataclass(frozen=True)
class Outcome:
    """What the judge said of one record."""

    record: Record
    verdict: str
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def is_read(self) -> bool:
        return self.verdict != UNREAD

    @property
    def is_judged(self) -> bool:
        return self.verdict not in (UNREAD, "not-checkable")

    @property
    def should_be_judged(self) -> bool:
        return self.record.label != "not-checkable"

    @property
    def passes(self) -> bool:
        """Whether it holds, or is stated by a formula that has nothing to compare."""
        return self.verdict == "holds" or (self.verdict == "stated" and self.record.only_says)

    @property
    def agrees(self) -> bool:
        if self.verdict in AGREEING[self.record.label]:
            return True
        match self.record.label:
            case "correct":
                return self.passes
            # where the text itself declares one neuron, the reading says so
            case "correct-for-one-neuron":
                return self.passes and any(
                    "one neuron" in (finding.reading or "") for finding in self.findings
                )
            # the repair is reported as a finding
            case "abuse-of-notation":
                return self.passes and any(
                    finding.code is not None or getattr(finding, "repairs", None)
                    for finding in self.findings
                )
        return False

    @property
    def names_slip(self) -> bool:
        """Whether one of the slips found is one of those of the label."""
        found = {finding.slip for finding in self.findings if finding.slip}
        found |= {CODES[finding.code] for finding in self.findings if finding.code in CODES}
        wanted: set[str] = set()
        for slip in self.record.slips:
            wanted |= {slip} | SLIP_NAMES.get(slip, set())
        return bool(found & wanted)

    @property
    def is_false_holds(self) -> bool:
        return self.record.label == "wrong" and self.verdict == "holds"


def load_corpus(folder: Path) -> list[Record]:
    """Every record of every *.jsonl file, document by document, in the order of their places.

    Raises:
        CorpusError: no such file, or a line that is no record.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise CorpusError(f"{folder}: no *.jsonl file there")
    records = []
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        loaded = [
            record
            for number, line in enumerate(lines, 1)
            if line.strip() and (record := _load_record(path, number, line)) is not None
        ]
        # documents keep the order of the file; a record may stand after its place
        order = {
            document: at for at, document in enumerate(dict.fromkeys(r.document for r in loaded))
        }
        records += sorted(loaded, key=lambda record: (order[record.document], record.place))
    return records


def _load_record(path: Path, number: int, line: str) -> Record | None:
    try:
        entry: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorpusError(f"{path.name}:{number}: no JSON: {error.msg}") from error
    if not isinstance(entry, dict):
        raise CorpusError(f"{path.name}:{number}: no object")
    if entry.get("record") == "context":
        return None
    missing = [key for key in ("id", "source", "line", "latex", "verdict") if key not in entry]
    if missing:
        raise CorpusError(f"{path.name}:{number}: has no {', '.join(missing)}")
    if entry["verdict"] not in AGREEING:
        raise CorpusError(
            f"{path.name}:{number}: the label {entry['verdict']!r} is none of {', '.join(AGREEING)}"
        )
    # c10:24, the 24th line of the 10th cell --> (10, 24)
    place = tuple(int(digits) for digits in re.findall(r"\d+", str(entry["line"])))
    slips = tuple(filter(None, (entry.get("slip") or "").split("+")))
    return Record(
        path.stem,
        f"{path.stem}/{entry['source']}",
        entry["id"],
        place,
        entry["latex"],
        entry["verdict"],
        slips,
        entry.get("why", ""),
        entry.get("kind", ""),
    )


def judge_corpus(records: Sequence[Record], judge: Judge) -> list[Outcome]:
    """Judge all records of one document together; the time is shared out evenly."""
    documents: dict[str, list[Record]] = {}
    for record in records:
        documents.setdefault(record.document, []).append(record)
    outcomes = []
    for document, members in documents.items():
        started = time.perf_counter()
        results = judge([record.latex for record in members])
        seconds = (time.perf_counter() - started) / len(members)
        if len(results) != len(members):
            raise CorpusError(
                f"{document}: {len(members)} formulas were given, {len(results)} came back"
            )
        outcomes += [
            Outcome(record, find_worst(findings), tuple(findings), seconds)
            for record, findings in zip(members, results, strict=True)
        ]
    return outcomes


def find_worst(findings: Iterable[Finding]) -> str:
    """The verdict on a formula of several statements: what is wrong is never hidden by the rest."""
    verdicts = [UNREAD if finding.code in UNREAD_CODES else finding.verdict for finding in findings]
    # no finding at all is nothing judged; a formula read in part was not read
    if not verdicts:
        return "not-checkable"
    if UNREAD in verdicts:
        return UNREAD
    return min(verdicts, key=WORST_FIRST.index)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        percent = f"{100 * self.part / self.whole:5.1f} %" if self.whole else "    - "
        return f"{percent} ({self.part}/{self.whole})"


@dataclass(frozen=True)
class Score:
    """The counts over some outcomes."""

    read: Share
    judged: Share
    agreeing: Share
    false_holds: Share
    slips: Share
    milliseconds: float


def count_outcomes(outcomes: Sequence[Outcome]) -> Score:
    """All the shares; agreement is counted among what was judged and is no not-checkable label.

    A formula labelled not-checkable that was judged all the same is a disagreement.
    """
    due = [outcome for outcome in outcomes if outcome.should_be_judged]
    judged = [outcome for outcome in outcomes if outcome.is_judged]
    wrong = [outcome for outcome in outcomes if outcome.record.label == "wrong"]
    # a slip can be named only where something was found to be amiss
    slipped = [
        outcome
        for outcome in judged
        if outcome.record.slips
        and outcome.record.label in ("wrong", "abuse-of-notation", "correct-for-one-neuron")
    ]
    return Score(
        Share(sum(outcome.is_read for outcome in outcomes), len(outcomes)),
        Share(sum(outcome.is_judged for outcome in due), len(due)),
        Share(sum(outcome.agrees for outcome in judged), len(judged)),
        Share(sum(outcome.is_false_holds for outcome in outcomes), len(wrong)),
        Share(sum(outcome.names_slip for outcome in slipped), len(slipped)),
        1000 * sum(outcome.seconds for outcome in outcomes) / max(len(outcomes), 1),
    )


def write_report(
    outcomes: Sequence[Outcome], *, verbose: bool = False, disagreements: bool = False
) -> Iterator[str]:
    """The lines of the report: a row for each source, one for all, and what to look at."""
    heads = ("source", "read", "judged", "agreement", "false holds", "slips named", "ms/formula")
    yield "  ".join(_pad(heads))
    names = list(dict.fromkeys(outcome.record.name for outcome in outcomes))
    for name in [*names, None]:
        chosen = [o for o in outcomes if name is None or o.record.name == name]
        score = count_outcomes(chosen)
        shares = (score.read, score.judged, score.agreeing, score.false_holds, score.slips)
        row = (name or "all", *map(str, shares), f"{score.milliseconds:.1f}")
        yield "  ".join(_pad(row))
    yield from _write_table(outcomes)
    false_holds = [outcome for outcome in outcomes if outcome.is_false_holds]
    yield f"\nlabelled wrong, judged to hold: {len(false_holds)}"
    for outcome in false_holds:
        yield from _write_outcome(outcome)
    unread = [outcome for outcome in outcomes if not outcome.is_read]
    yield f"\nnot read: {len(unread)}"
    for outcome in unread:
        yield from _write_outcome(outcome)
    if disagreements:
        differing = [o for o in outcomes if o.is_judged and not o.agrees]
        yield f"\njudged otherwise than labelled: {len(differing)}"
        for outcome in differing:
            yield from _write_outcome(outcome)
    if verbose:
        yield "\nevery formula"
        for outcome in outcomes:
            yield from _write_outcome(outcome)


def _pad(cells: Sequence[str]) -> list[str]:
    return [cells[0].ljust(24), *(cell.rjust(17) for cell in cells[1:])]


def _write_table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    counts = Counter((outcome.record.label, outcome.verdict) for outcome in outcomes)
    verdicts = (*WORST_FIRST, UNREAD)
    yield "\n" + "label \\ verdict".ljust(24) + "".join(v.rjust(22) for v in verdicts)
    for label in AGREEING:
        row = "".join(str(counts[label, verdict]).rjust(22) for verdict in verdicts)
        yield label.ljust(24) + row


def _write_outcome(outcome: Outcome) -> Iterator[str]:
    record = outcome.record
    slips = f" [{'+'.join(record.slips)}]" if record.slips else ""
    yield f"  {record.identity}: labelled {record.label}{slips}, judged {outcome.verdict}"
    yield f"      {' '.join(record.latex.split())}"
    if record.why:
        yield f"      label: {record.why}"
    for finding in outcome.findings:
        said = (finding.code, finding.slip, finding.reading, finding.message)
        words = " · ".join(" ".join(part.split()) for part in said if part)
        yield f"      {finding.verdict}: {words}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, judge, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder of *.jsonl files")
    parser.add_argument("--source", help="only the file of that name, without .jsonl")
    parser.add_argument("--verbose", action="store_true", help="show every formula")
    parser.add_argument("--list-disagreements", action="store_true")
    options = parser.parse_args(arguments)
    try:
        records = load_corpus(options.folder)
        names = sorted({record.name for record in records})
        if options.source is not None:
            records = [record for record in records if record.name == options.source]
            if not records:
                raise CorpusError(f"no source {options.source!r}; there are {', '.join(names)}")
        outcomes = judge_corpus(records, judge_by_pipeline)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    for line in write_report(
        outcomes, verbose=options.verbose, disagreements=options.list_disagreements
    ):
        print(line)
    return 0


def judge_by_pipeline(formulas: list[str]) -> Sequence[Sequence[Finding]]:
    """The judge that is measured."""
    from symbackprop import verify_formulas

    return verify_formulas(formulas)


if __name__ == "__main__":
    sys.exit(main())
