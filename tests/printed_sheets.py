"""Whole sheets judged line by line: every network × view × form × notation × language.

    python tests/printed_sheets.py --only 'rnn|residual' --views matrix --notations ng --show 5

prints for each network how many lines are true and false, and the false ones by cause.
"""

from __future__ import annotations

import re
import sys
import time
import traceback
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path

from cases import GRAPHS, NETWORKS
from kinds import KINDS
from other_networks import OTHERS
from printed_facts import Facts, draw_facts, read_facts, take_one_neuron
from printed_meaning import TRUE, Claim, Verdict, judge, judge_remark, read_claim, read_remark
from printed_values import Misreading

from symbackprop.choices import FORMS, LANGUAGES, NOTATIONS, VIEWS
from symbackprop.equations import Quantity, System
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared, declare, load
from symbackprop.notation import find_preset
from symbackprop.number_types import PRECISE
from symbackprop.pipeline import Derived, derive
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.printing.requests import Request
from symbackprop.printing.sheets import make_sheet
from symbackprop.printing.text import render
from symbackprop.printing.words import find_word

EXAMPLES = Path(__file__).parents[1] / "examples"
STEPS = "steps"
SEEDS = (1, 2)
# one neuron has one slope: more worlds, so that both sides of a corner are seen
SEEDS_OF_ONE = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True)
class Judged:
    """One printed line, as text, with what was found."""

    text: str
    verdict: Verdict
    layout: Layout
    domain: tuple[Layout, ...] = ()


@dataclass
class Judge:
    """Judges the sheets of one derived network; what was judged once is not judged again."""

    derived: Derived
    worlds: dict[object, list[Facts]] = field(default_factory=dict)
    verdicts: dict[object, Verdict] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.derived.declared.system

    @cached_property
    def named(self) -> System:
        """The declared system with the letter that updates add."""
        quantities = dict(self.system.quantities)
        quantities.setdefault("eta", Quantity("eta", "constant"))
        return replace(self.system, quantities=quantities)

    def draw(self, view: str, precise_seed: int | None = None) -> list[Facts]:
        """The worlds for a view: of declared sizes where entries have numbers."""
        key = (self.world_of(view), precise_seed)
        if key not in self.worlds:
            self.worlds[key] = list(self._draw(view, precise_seed))
        return self.worlds[key]

    @staticmethod
    def world_of(view: str) -> str:
        """Views with indices and with whole layers are tried in the same worlds."""
        return view if view in ("scalar", "component", "numeric") else "any"

    def _draw(self, view: str, precise_seed: int | None) -> Iterator[Facts]:
        if view == "numeric":
            yield read_facts(self.derived.declared)
            return
        system = self.single if view == "scalar" else self.system
        declared = view == "component"
        if precise_seed is not None:
            yield draw_facts(system, precise_seed, declared=declared, arithmetic=PRECISE)
            return
        for seed in SEEDS_OF_ONE if view == "scalar" else SEEDS:
            yield draw_facts(system, seed, declared=declared)

    @cached_property
    def single(self) -> System:
        return take_one_neuron(self.system)

    def judge_sheet(self, request: Request) -> Iterator[Judged]:
        """Every line of a sheet.

        Raises:
            InputError: the sheet is refused.
        """
        sheet = make_sheet(self.derived, request)
        worked_out = find_word("numbers", sheet.language)
        lines = [
            (line, "numeric" if section.heading == worked_out else request.view)
            for section in sheet.sections
            for line in section.lines
        ]
        for facts in (one for worlds in self.worlds.values() for one in worlds):
            facts.definitions.clear()
        turned = any(list_transposes(line.layout) for line, _ in lines)
        argument, whole, begun = None, (), False
        for line, view in lines:
            if says_nothing(line.layout):
                continue
            own = () if line.domain is None else (line.domain,)
            if line.argument is None or line.argument != argument:
                argument, whole, begun = line.argument, (), False
            if not begun and not isinstance(line.layout, show.Sentence):
                # what is said of the first formula of an argument holds for all of it, other
                # domains for their line
                whole, begun = own, True
            domain = tuple(dict.fromkeys((*whole, *own)))
            verdict = self.judge_line(line.layout, domain, replace(request, view=view))
            if verdict.true and turned and "T" in self.sizes and has_letter(line.layout, "T"):
                verdict = Verdict(False, "one letter for two", "T: a size and a transpose")
            yield Judged(tell(line.layout, line.domain), verdict, line.layout, domain)

    @cached_property
    def sizes(self) -> set[str]:
        return {symbol.name for symbol in self.system.size_symbols}

    def judge_line(self, layout: Layout, domain: Sequence[Layout], request: Request) -> Verdict:
        view = request.view
        digits = request.digits if view == "numeric" else None
        key = (layout, tuple(domain), request.notation, self.world_of(view), digits)
        if key in self.verdicts:
            return self.verdicts[key]
        try:
            if isinstance(layout, show.Sentence):
                return self.verdicts.setdefault(key, self.judge_sentence(layout, domain, request))
            claim = read_claim(layout, domain, self.named, request.notation, digits)
        except Misreading as problem:
            return self.verdicts.setdefault(key, Verdict(False, problem.cause, str(problem)))
        verdict = self.judge_claim(claim, view)
        if not any(facts.definitions for facts in self.draw(view)):
            self.verdicts[key] = verdict
        return verdict

    def judge_sentence(self, layout: Layout, domain: Sequence[Layout], request: Request) -> Verdict:
        remark = read_remark(layout, domain, self.named, request.notation)
        verdicts = [judge_remark(remark, f) for f in self.draw(request.view)] if remark else []
        return next((verdict for verdict in verdicts if not verdict.true), TRUE)

    def judge_claim(self, claim: Claim, view: str) -> Verdict:
        verdicts: list[Verdict] = []
        for seed, facts in enumerate(self.draw(view), start=1):

            def precise(seed: int = seed, facts: Facts = facts) -> Facts:
                (found,) = self.draw(view, seed)
                found.definitions |= facts.definitions
                return found

            verdicts.append(judge(claim, facts, None if view == "numeric" else precise))
            if not verdicts[-1].true:
                return verdicts[-1]
        return TRUE if TRUE in verdicts else replace(verdicts[0], true=False)


def says_nothing(layout: Layout) -> bool:
    """x = x, which no sheet shows."""
    return isinstance(layout, show.Relation) and len(set(layout.sides)) == 1


def list_transposes(layout: Layout) -> bool:
    """Whether there is a transpose that looks like a letter T."""
    if isinstance(layout, show.Transposed) and layout.mark == "T":
        return True
    return any(map(list_transposes, show.list_parts(layout)))


def has_letter(layout: Layout, letter: str) -> bool:
    if layout == show.Letter(letter):
        return True
    return any(has_letter(part, letter) for part in show.list_parts(layout))


def tell(layout: Layout, domain: Layout | None = None) -> str:
    return render(layout) + (f"        ({render(domain)})" if domain is not None else "")


# --- which sheets ---------------------------------------------------------------------------------


def list_networks() -> dict[str, Callable[[], Declared]]:
    """Every network whose sheets are judged, by name."""
    found: dict[str, Callable[[], Declared]] = {}
    for name, net in (OTHERS | KINDS | NETWORKS | GRAPHS).items():
        found[name] = lambda net=net: declare(net)
    for path in sorted(EXAMPLES.glob("*.toml")):
        found[path.name] = lambda path=path: load(path)
    return found


def make_request(
    declared: Declared, view: str, form: str, notation: str, language: str = "en"
) -> Request:
    """A request as the command line makes it; a graph has the letters of its own."""
    letters = {} if declared.network else {"letters": {}, "matrix_letters": {}}
    chosen = find_preset(notation, language=language, **letters)
    if form == STEPS:
        return Request(view, notation=chosen, steps=True)
    return Request(view, form, notation=chosen)


def tell_request(request: Request) -> str:
    form = STEPS if request.steps else request.form
    return f"{request.view}, {form}, {request.notation.name}, {request.notation.language}"


# --- the whole product, as a script ---------------------------------------------------------------


@dataclass
class Tally:
    """How many lines were true and false, and the false ones: network, cause --> line --> why."""

    counts: Counter[str] = field(default_factory=Counter)
    false: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def note(self, network: str, cause: str, text: str, detail: str) -> None:
        self.false.setdefault((network, cause), {}).setdefault(text, detail)

    def judge_request(self, network: str, judge_: Judge, request: Request) -> None:
        where = tell_request(request)
        try:
            for judged in judge_.judge_sheet(request):
                verdict = judged.verdict
                self.counts["true" if verdict.true else "false"] += 1
                if not verdict.true:
                    self.note(network, verdict.cause, judged.text, f"{where}: {verdict.detail}")
        except InputError:
            self.counts["refused"] += 1
        except Exception as error:
            self.counts["crashed"] += 1
            cause, text, place = tell_crash(error)
            self.note(network, cause, text, f"{where} {place}")


def tell_crash(error: Exception) -> tuple[str, str, str]:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return type(error).__name__, str(error)[:200], f"({Path(frame.filename).name}:{frame.lineno})"


def read_options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="networks whose name has this (a pattern)")
    for name, choices in (
        ("views", VIEWS),
        ("forms", (*FORMS, STEPS)),
        ("notations", NOTATIONS),
        ("languages", LANGUAGES),
    ):
        parser.add_argument(f"--{name}", default=",".join(choices))
    parser.add_argument("--show", type=int, default=3, help="false lines shown of each cause")
    return parser.parse_args()


def main() -> int:
    options = read_options()
    tally, started = Tally(), time.perf_counter()
    parts = [options.views, options.forms, options.notations, options.languages]
    for name, make in list_networks().items():
        if not re.search(options.only, name):
            continue
        begun, before = time.perf_counter(), tally.counts.copy()
        try:
            judge_ = Judge(derive(make()))
        except Exception as error:
            tally.note(name, *tell_crash(error))
            continue
        for choice in product(*(part.split(",") for part in parts)):
            tally.judge_request(name, judge_, make_request(judge_.derived.declared, *choice))
        here = dict(tally.counts - before)
        print(f"{name}: {here} {time.perf_counter() - begun:.1f} s", flush=True)
    for (name, cause), texts in tally.false.items():
        print(f"\n## {name}: {cause} ({len(texts)})")
        for text, detail in list(texts.items())[: options.show]:
            print(f"  {text[:300]}\n      {detail[:300]}")
    print(f"\n{dict(tally.counts)} in {time.perf_counter() - started:.0f} s")
    return 1 if tally.false else 0


if __name__ == "__main__":
    sys.exit(main())
