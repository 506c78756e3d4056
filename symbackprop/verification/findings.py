"""What verifying says about one equation, the counts over many, and the exit code they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

from symbackprop.reading.macros import Macros
from symbackprop.verification.codes import CODES, Severity, check_codes

STATED = "stated"
HOLDS = "holds"
ONE_NEURON = "holds-for-one-neuron"
WRONG = "wrong"
ILL_FORMED = "ill-formed"
NOT_CHECKABLE = "not-checkable"
# verdicts that say that something is amiss
BAD = (WRONG, ILL_FORMED, ONE_NEURON)
# verdict --> how the summary line says it
VERDICTS = {
    STATED: "stated",
    HOLDS: "hold",
    ONE_NEURON: "hold for one neuron",
    WRONG: "wrong",
    ILL_FORMED: "ill-formed",
    NOT_CHECKABLE: "not checkable",
}
# what holds, or only says something, and is said with a code has something to hint at
SEVERITIES: dict[str, Severity] = {
    STATED: "hint",
    HOLDS: "hint",
    ONE_NEURON: "warning",
    WRONG: "error",
    ILL_FORMED: "error",
    NOT_CHECKABLE: "none",
}
# what a run fails for
LOUD: tuple[Severity, ...] = ("error", "warning")
ALL_HOLD, SOME_FINDINGS, NOTHING_FOUND = 0, 1, 3


@dataclass(frozen=True)
class Finding:
    """The verdict on one equation, and where the equation stands.

    Lines and columns count from 1; the end is the place just after the last character. What does
    not apply is None: an equation that holds has no code, unless there is something to hint at.
    `instances` is the number of random networks it was tried on (None where it was not tried), and
    `evidence` says so, or that it was proved; `counterexample` has what JSON can write: the
    widths, the values of both sides.

    In a notebook lines count within the `cell`, and `file_line` is the line of the file.

    An equation that holds with one neuron per layer, in a text that declares one neuron per
    layer, has the verdict "holds" and a reading that says so.

    >>> found = Finding("notes.md", 3, 1, 3, 9, "a = b", "holds", reading="indexed")
    >>> found.is_good, sorted(found.as_dict())
    (True, ['column', 'end', 'file', 'latex', 'line', 'reading', 'severity', 'verdict'])
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    latex: str
    verdict: str
    reading: str | None = None
    instances: int | None = None
    code: str | None = None
    slip: str | None = None
    message: str | None = None
    suggestion: str | None = None
    counterexample: Mapping[str, Any] | None = None
    repairs: tuple[str, ...] | None = None
    cell: int | None = None
    file_line: int | None = None
    evidence: str | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict {self.verdict!r} is none of {', '.join(VERDICTS)}")
        if self.verdict not in (HOLDS, STATED) and not (self.code and self.message):
            raise ValueError(f"the verdict {self.verdict!r} needs a code and a message")

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to say: it holds, or is stated, and nothing is hinted at."""
        return self.verdict in (HOLDS, STATED) and self.code is None

    @property
    def severity(self) -> Severity:
        """How loud it is; "none" where nothing is to be said, or nothing was judged.

        >>> Finding("", 1, 1, 1, 2, "a", "holds").severity
        'none'
        >>> Finding("", 1, 1, 1, 2, "a", "wrong", code="BP105", message="no").severity
        'error'
        """
        if self.is_good:
            return "none"
        row = CODES.get(self.code or "")
        return (row and row.severity) or SEVERITIES[self.verdict]

    def as_dict(self) -> dict[str, Any]:
        """The entry for JSON; keys that do not apply are absent.

        `end` is the place just after the last character; what was mended stands in the message.
        """
        entry: dict[str, Any] = {}
        for slot in fields(self):
            value = getattr(self, slot.name)
            if slot.name == "end_line":
                entry["end"] = {"line": self.end_line, "column": self.end_column}
            elif slot.name == "message" and (said := self.say()):
                entry["message"] = said
            elif value is not None and slot.name not in ("end_column", "repairs", "message"):
                entry[slot.name] = value
            if slot.name == "verdict":
                entry["severity"] = self.severity
        if "counterexample" in entry:
            entry["counterexample"] = dict(entry["counterexample"])
        return entry

    def _repr_html_(self) -> str:
        """For a notebook: the verdict, the formula, and what there is to say.

        >>> Finding("n.md", 3, 1, 3, 9, "a < b", "holds")._repr_html_()
        '<p><b>holds</b> n.md:3:1 <code>a &lt; b</code></p>'
        """
        place = f"{self.file}:{self.line}:{self.column}"
        said = [f"<b>{escape(self.verdict)}</b> {escape(place)} <code>{escape(self.latex)}</code>"]
        said += [escape(line) for line in self.say().splitlines()]
        if self.suggestion:
            said.append(f"did you mean <code>{escape(self.suggestion)}</code>")
        return f"<p>{'<br>'.join(said)}</p>"

    def say(self) -> str:
        """The message, and what was mended to read the formula; empty where there is neither."""
        said = [self.message] if self.message else []
        if self.code != "BP501":
            said += [f"mended to be read: {repair}" for repair in self.repairs or ()]
        return "\n".join(said)


@dataclass(frozen=True)
class Judged:
    """What verifying says about one document.

    `notes` are what was presumed, and what else is to be known of the reading; `problem` says why
    the document could not be read. With its `macros` its formulas can be rendered.
    """

    file: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    macros: Macros = field(default_factory=dict)


def count_verdicts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many equations there are, and how many of each verdict, zeros included.

    >>> count_verdicts([Finding("", 1, 1, 1, 6, "a = b", "holds")])["holds"]
    1
    """
    counts = dict.fromkeys(("equations", *VERDICTS), 0)
    for finding in findings:
        counts["equations"] += 1
        counts[finding.verdict] += 1
    return counts


def say_counts(counts: Mapping[str, int]) -> str:
    """The summary line: the verdicts that occur, and at least how many hold.

    >>> say_counts({"equations": 4, "stated": 1, "holds": 2, "wrong": 1})
    '4 equations: 1 stated, 2 hold, 1 wrong'
    >>> say_counts({"equations": 1, "holds": 1})
    '1 equation: 1 holds'
    """
    total = counts["equations"]
    said: list[str] = []
    for verdict, words in VERDICTS.items():
        number = counts.get(verdict, 0)
        if number or (verdict == HOLDS and not said):
            one = words.replace("hold", "holds", 1) if number == 1 else words
            said.append(f"{number} {one}")
    return f"{total} equation{'' if total == 1 else 's'}: {', '.join(said)}"


def choose_exit_code(equations: int, is_loud: bool) -> int:
    """0 where nothing speaks against it, 1 for errors and warnings, 3 where no equation was found.

    Hints, and what could not be checked, are no reason to fail.

    >>> choose_exit_code(0, False), choose_exit_code(2, False), choose_exit_code(2, True)
    (3, 0, 1)
    """
    if not equations:
        return NOTHING_FOUND
    return SOME_FINDINGS if is_loud else ALL_HOLD


def filter_codes(
    findings: Iterable[Finding], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Finding]:
    """Leave out the findings whose code was not selected, or is ignored; what holds stays.

    A code may be the beginning of several: BP1 stands for every slip.

    Raises:
        InputError: what is given is no code, nor the beginning of one.

    >>> missing = Finding("", 1, 1, 1, 6, "a = b", "wrong", code="BP103", message="no transpose")
    >>> len(filter_codes([missing], ["BP1"])), filter_codes([missing], ignore=["BP103"])
    (1, [])
    """
    check_codes((*select, *ignore))
    chosen, refused = tuple(select) or ("BP",), tuple(ignore)
    return [
        finding
        for finding in findings
        if finding.code is None
        or (finding.code.startswith(chosen) and not (refused and finding.code.startswith(refused)))
    ]
