"""What is said about one finding and one document, in words that all reports share."""

from __future__ import annotations

import re
from collections import Counter

from symbackprop.reports.selecting import Place
from symbackprop.verification.codes import CODES, find_title
from symbackprop.verification.findings import STATED, Finding, Judged

LONGEST_FORMULA = 300
# of the formulas that a text is read to state so many are shown, each of so many signs at most
MOST_STATED = 6
LONGEST_STATED = 70
# how vectors lie, as readings say it
_LAYOUT = re.compile(r"\b(columns|rows)\b")


def name_finding(finding: Finding) -> str:
    """The code and the title of a finding.

    >>> name_finding(Finding("", 1, 1, 1, 2, "a", "wrong", code="BP105", message="no"))
    'BP105 wrong sign'
    """
    if finding.code not in CODES:
        return finding.code or finding.verdict
    return f"{finding.code} {find_title(finding.code, finding.latex, finding.suggestion)}"


def explain(place: Place) -> list[str]:
    """All that is said of a finding, line by line."""
    finding = place.finding
    said = finding.say().splitlines()
    if finding.suggestion:
        said.append(f"did you mean  {finding.suggestion}")
    others = place.say_others()
    return [clean(line) for line in (*said, *([others] if others else []))]


def say_reading(finding: Finding) -> str:
    """How an equation was read, and what there is for it.

    >>> say_reading(Finding("", 1, 1, 1, 2, "a = b", "holds", "columns", evidence="proved"))
    'read: columns; proved'
    """
    reading = finding.reading and f"read: {finding.reading}"
    return "; ".join(filter(None, (reading, finding.evidence)))


def describe(judged: Judged) -> str:
    """What was read from a document: its definitions, how vectors lie, what was presumed.

    >>> defined = Finding("n.md", 3, 1, 3, 9, "q = x + y", "stated", "definition")
    >>> describe(Judged("n.md", (defined,), ("any activation σ",)))
    'read: q = x + y (line 3); presumed: any activation σ'
    """
    stated = [f for f in judged.findings if _defines(f)]
    shown = [f"{_squeeze(f.latex)} ({_say_line(f)})" for f in stated if _is_short(f)][:MOST_STATED]
    more = ", …" if len(stated) > len(shown) else ""
    said = [f"read: {', '.join(shown)}{more}"] if shown else []
    layouts = Counter(
        found[1] for f in judged.findings if (found := _LAYOUT.search(f.reading or ""))
    )
    said += [layouts.most_common(1)[0][0]] if layouts else []
    said += [note if ": " in note else f"presumed: {note}" for note in judged.notes]
    return clean("; ".join(said))


def _defines(finding: Finding) -> bool:
    return finding.verdict == STATED and (finding.reading or "").startswith("definition")


def _is_short(finding: Finding) -> bool:
    return len(_squeeze(finding.latex)) <= LONGEST_STATED


def _squeeze(latex: str) -> str:
    return " ".join(latex.replace("&", " ").split())


def _say_line(finding: Finding) -> str:
    cell = f"cell {finding.cell}, " if finding.cell is not None else ""
    return f"{cell}line {finding.line}"


def shorten(latex: str) -> str:
    r"""One line of a formula, for people.

    >>> shorten("a\n  = b")
    'a = b'
    """
    line = clean(" ".join(latex.split()))
    return line if len(line) <= LONGEST_FORMULA else line[: LONGEST_FORMULA - 1] + "…"


def clean(text: str) -> str:
    """A document must not steer the terminal that its report is read in."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
