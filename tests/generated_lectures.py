"""Lectures that are true by construction: a system printed in a hand of its own, and read back.

    python tests/generated_lectures.py --count 100 --seed 1 --show 3 [--slips]

prints for each kind of network and each field of the notation how many formulas hold, are stated,
cannot be checked, and are accused, which must be none. With --slips one slip is planted in each
lecture, and it says how many were caught.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from printed_sheets import list_networks
from printed_slips import slip

from symbackprop.choices import FORMS
from symbackprop.errors import InputError
from symbackprop.notation import CHOICES, PRESETS, Notation
from symbackprop.pipeline import Derived, derive
from symbackprop.printing.documents import Line, Sheet, write_markdown
from symbackprop.printing.latex import render
from symbackprop.printing.layout import Relation
from symbackprop.printing.requests import Request
from symbackprop.printing.sheets import make_sheet
from symbackprop.verification.findings import Finding
from symbackprop.verification.verify import verify

# our name of a quantity --> letters that lecturers have for it
LETTERS = {
    "W": ("w", "W", "theta", "Theta"),
    "a": ("a", "h", "o"),
    "z": ("z", "s", "u"),
    "b": ("b", "c", "beta"),
    "C": ("C", "E", "J", "L"),
    "y": ("y", "t", "d"),
    "x": ("x",),
}
FREE = ("layer", "sample", "sample_place", "time", "index_base", "bounds", "transpose", "chain")
SENTENCES = ("Hence", "It follows that", "By the chain rule", "Written out:", "Now", "So we have")
# of many layers: long, and no other formulas than those of few
TOO_LONG = {"30 layers", "12 layers", "twelve layers"}


@dataclass(frozen=True)
class Drawn:
    """A lecture: what it is about, in which hand, and its text."""

    network: str
    notation: Notation
    view: str
    form: str
    sheet: Sheet

    @property
    def text(self) -> str:
        return "".join(write_markdown(self.sheet))

    def __str__(self) -> str:
        return f"{self.network}, {self.view}, {self.form}, {self.notation.name}"


@cache
def derive_once(network: str) -> Derived:
    return derive(list_networks()[network]())


def draw_notation(generator: random.Random, layered: bool) -> Notation:
    """A preset with some of its choices and letters changed."""
    preset = PRESETS[generator.choice(sorted(PRESETS))]
    changes = {name: generator.choice(CHOICES[name]) for name in FREE if generator.random() < 0.25}
    if not layered:
        return replace(preset, letters={}, matrix_letters={}, **changes)
    if preset.name != "mazur" and generator.random() < 0.5:
        letters = {name: generator.choice(found) for name, found in LETTERS.items()}
        if len(set(letters.values())) == len(letters):
            changes |= {"letters": letters, "matrix_letters": {}, "single_cost": letters["C"]}
    return replace(preset, **changes)


def draw_lecture(seed: int) -> Drawn | None:
    """A lecture; None where this network has no such sheet."""
    generator = random.Random(f"lecture {seed}")
    names = sorted(set(list_networks()) - TOO_LONG)
    network = generator.choice(names)
    derived = derive_once(network)
    notation = draw_notation(generator, derived.declared.network is not None)
    view = generator.choice(("indexed", "matrix", "scalar", "component", "numeric"))
    form = generator.choice(FORMS)
    request = Request(view, form, notation=notation, steps=generator.random() < 0.2)
    try:
        return Drawn(network, notation, view, form, make_sheet(derived, request))
    except InputError:
        return None


def list_slips(drawn: Drawn, generator: random.Random) -> Iterator[tuple[str, Sheet, str]]:
    """(which slip, the sheet with it, the line), in a random order."""
    places = [
        (s, n)
        for s, section in enumerate(drawn.sheet.sections)
        for n, line in enumerate(section.lines)
        if isinstance(line.layout, Relation)
    ]
    generator.shuffle(places)
    for s, n in places:
        section = drawn.sheet.sections[s]
        line = section.lines[n]
        slips = [pair for pair in slip(line.layout) if pair[1] != line.layout]
        if not slips:
            continue
        change, layout = generator.choice(slips)
        lines = list(section.lines)
        lines[n] = replace(line, layout=layout)
        sections = list(drawn.sheet.sections)
        sections[s] = replace(section, lines=tuple(lines))
        yield change, replace(drawn.sheet, sections=tuple(sections)), tell(lines[n])


def tell(line: Line) -> str:
    return render(line.layout)


def judge(text: str) -> list[Finding]:
    """What the checker says of a text, without any option."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lecture.md"
        path.write_text(text, encoding="utf-8")
        return verify(path)


ACCUSED = ("wrong", "ill-formed", "holds-for-one-neuron")


@dataclass
class Tally:
    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    accused: dict[str, list[tuple[Drawn, Finding]]] = field(default_factory=dict)
    unchecked: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, drawn: Drawn) -> None:
        for finding in judge(drawn.text):
            for group in ("all", drawn.network, f"view {drawn.view}", drawn.notation.name):
                self.verdicts.setdefault(group, Counter())[finding.verdict] += 1
            if finding.verdict in ACCUSED:
                self.accused.setdefault(drawn.network, []).append((drawn, finding))
            elif finding.verdict == "not-checkable":
                cause = re.sub(r"[0-9]+", "N", str(finding.message))[:70]
                self.unchecked[cause] += 1
                self.examples.setdefault(cause, f"{drawn}: {finding.latex}"[:200])

    def tell(self, shown: int) -> Iterator[str]:
        for group, verdicts in self.verdicts.items():
            total = sum(verdicts.values())
            shares = ", ".join(f"{v} {100 * c / total:.0f} %" for v, c in verdicts.most_common())
            yield f"{group}: {total} formulas: {shares}"
        for network, found in self.accused.items():
            yield f"\n## {network}: {len(found)} accused"
            for drawn, finding in found[:shown]:
                yield f"  [{drawn}] {finding.verdict} {finding.code}\n    {finding.latex[:300]}"
                yield f"    {finding.message}"
        yield "\n## not checkable, by cause"
        for cause, count in self.unchecked.most_common(25):
            yield f"  {count:5} {cause}\n          {self.examples[cause]}"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--slips", action="store_true")
    options = parser.parse_args()
    started, tally, caught = time.process_time(), Tally(), Counter[str]()
    lectures = 0
    for seed in range(options.seed, options.seed + options.count):
        drawn = draw_lecture(seed)
        if drawn is None:
            continue
        lectures += 1
        if not options.slips:
            tally.add(drawn)
            continue
        change, sheet, line = next(list_slips(drawn, random.Random(f"slip {seed}")))
        before = {f.latex for f in judge(drawn.text) if f.verdict in ACCUSED}
        after = [f for f in judge("".join(write_markdown(sheet))) if f.verdict in ACCUSED]
        new = [f for f in after if f.latex not in before]
        caught["caught" if new else "not caught"] += 1
        if not new:
            print(f"not caught: {change}: {line[:150]} [{drawn}]")
    print(f"{lectures} lectures, {time.process_time() - started:.0f} s")
    print("\n".join(tally.tell(options.show)) if not options.slips else dict(caught))
    return 1 if tally.accused else 0


if __name__ == "__main__":
    sys.exit(main())
