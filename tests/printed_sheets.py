"""Whole sheets judged: every network × view × form × notation × language, line by line.

    python tests/printed_sheets.py [--only PATTERN] [--views ...] [--notations ...] [--show N]

prints how many lines were judged and each that is false, by cause.
"""

from __future__ import annotations

import random
import re
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from cases import GRAPHS, NETWORKS
from kinds import KINDS
from printed_meaning import (
    FUNCTIONS,
    Facts,
    Misreading,
    Place,
    Sentence,
    Term,
    Verdict,
    judge,
    make_generic,
    read_sentence,
)
from sympy import Indexed, Symbol, lambdify

from symbackprop.equations import GIVEN, Quantity, System, name_of
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.network.declared import Declared, declare, load
from symbackprop.notation import PRESETS, find_preset
from symbackprop.pipeline import Derived, derive
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.printing.sheets import FORMS, VIEWS, Request, make_sheet
from symbackprop.printing.text import render
from symbackprop.worlds import DOUBLE, PRECISE, Arithmetic, UndefinedError, build_world, forward

TRIES = 40
ETA = 0.37


# --- worlds to try lines in -----------------------------------------------------------------------


def choose_sizes(system: System, seed: int, declared: bool, one_neuron: bool) -> dict[tuple, int]:
    """A number for every size: those declared, or small distinct ones; 1 for all neurons."""
    generator = random.Random(f"sizes/{seed}")
    numbers = [2, 3, 4, 5, 6, 7]
    generator.shuffle(numbers)
    given = {
        (name_of(s), *(int(i) for i in getattr(s, "indices", ()))): int(n)
        for s, n in system.sizes.items()
    }
    sizes: dict[tuple, int] = {}
    widths = {w for q in system.quantities.values() for a in q.axes for w in a.high.atoms(Indexed)}
    for symbol in sorted(system.size_symbols, key=str):
        if declared and (symbol.name,) in given:
            sizes[symbol.name,] = given[symbol.name,]
        elif symbol.name == "L" and widths:
            sizes["L",] = 2 + seed % 2
        elif not (widths and symbol.name == "n"):
            sizes[symbol.name,] = numbers.pop() if numbers else generator.randint(2, 6)
    if widths:
        depth = sizes.get(("L",)) or max(k[1] for k in given if k[0] == "n")
        for layer in range(depth + 1):
            key, small = ("n", layer), numbers.pop() if numbers else generator.randint(2, 7)
            sizes[key] = given[key] if declared and key in given else small
    if one_neuron:
        for name in neuron_sizes(system):
            for key in sizes:
                if key[0] == name:
                    sizes[key] = 1
    return sizes


def neuron_sizes(system: System) -> set[str]:
    """The sizes that count neurons."""
    return {
        name_of(axis.high) if isinstance(axis.high, Indexed) else symbol.name
        for quantity in system.quantities.values()
        for axis in quantity.axes
        if axis.kind == "neuron"
        for symbol in axis.high.free_symbols & system.size_symbols
    }


def draw_facts(
    system: System,
    seed: int,
    *,
    declared: bool = False,
    one_neuron: bool = False,
    arithmetic: Arithmetic = DOUBLE,
    definitions: dict[tuple, tuple[Term, Place]] | None = None,
) -> Facts:
    """A random world with every forward entry computed."""
    sizes = choose_sizes(system, seed, declared, one_neuron)
    generic = {f.spelling: make_generic(f.spelling) for f in list_functions(system)}
    problem: Exception | None = None
    for attempt in range(TRIES):
        generator = random.Random(f"{seed}/{attempt}")
        positive = attempt >= TRIES // 2
        blank = build_world(system, sizes, {}, generic, arithmetic)
        numbers = draw_numbers(system, blank, generator, positive, one_neuron)
        world = build_world(system, sizes, numbers, generic, arithmetic)
        try:
            forward(world)
        except UndefinedError as error:
            problem = error
            continue
        return Facts(
            world,
            {"eta": ETA},
            list_formulas(system),
            definitions if definitions is not None else {},
        )
    raise InputError(f"no world was found: {problem}")


def list_functions(system: System) -> list[type[NamedFunction]]:
    return [
        type(f) for e in system.equations for f in e.rhs.atoms(NamedFunction) if f.formula is None
    ]


def list_formulas(system: System) -> dict[str, Any]:
    """Functions that only this network has."""
    found: dict[str, Any] = {}
    z = Symbol("z", real=True)
    for equation in system.equations:
        for function in equation.rhs.atoms(NamedFunction):
            name = function.spelling
            if function.formula is None:
                found[name] = make_generic(name)
            elif name not in FUNCTIONS:
                found[name] = lambdify(z, function.formula(z), "mpmath")
    return found


def draw_numbers(
    system: System, blank: Any, generator: random.Random, positive: bool, one_neuron: bool
) -> dict[tuple, float]:
    numbers: dict[tuple, float] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        symbols = [axis.symbol for axis in quantity.axes]
        for place in blank.places(quantity.axes):
            fraction = positive or quantity.role in ("target", "constant")
            number = generator.uniform(0.1, 0.9) if fraction else generator.uniform(0.2, 1.2)
            sign = 1 if fraction else generator.choice((1, -1))
            numbers[(quantity.name, *(place[s] for s in symbols))] = sign * number
    for total, wanted in system.assumptions:
        if not one_neuron:
            scale(numbers, name_of(total.function), float(wanted))
    return numbers


def scale(numbers: dict[tuple, float], name: str, wanted: float) -> None:
    """Make the last index of a quantity sum to what the network assumes."""
    groups: dict[tuple, list[tuple]] = {}
    for key in numbers:
        if key[0] == name:
            groups.setdefault(key[:-1], []).append(key)
    for keys in groups.values():
        present = sum(numbers[key] for key in keys)
        for key in keys:
            numbers[key] *= wanted / present


def read_facts(declared: Declared) -> Facts:
    """The world of the declared numbers."""
    system = declared.system
    sizes = choose_sizes(system, 0, True, False)
    blank = build_world(system, sizes, {})
    numbers: dict[tuple, float] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        layered = quantity.kinds[:1] == ("layer",)
        symbols = [axis.symbol for axis in quantity.axes]
        lows = [axis.low for axis in quantity.axes]
        for place in blank.places(quantity.axes):
            entry = [place[s] for s in symbols]
            value = declared.values[f"{quantity.name}{entry[0]}" if layered else quantity.name]
            start = 1 if layered else 0
            for number, low in list(zip(entry, lows, strict=True))[start:]:
                value = value[number - int(blank.value(low, place))]
            numbers[(quantity.name, *entry)] = float(value)
    world = build_world(system, sizes, numbers)
    forward(world)
    eta = declared.learning_rate if declared.learning_rate is not None else ETA
    return Facts(world, {"eta": eta}, list_formulas(system))


# --- sheets ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """One printed line, as text, with what was found."""

    text: str
    verdict: Verdict
    layout: Layout
    domain: tuple[Layout, ...]


@dataclass
class Judge:
    """Judges the sheets of one derived network; what was judged once is not judged again."""

    derived: Derived
    seeds: tuple[int, ...] = (1, 2)
    facts: dict[tuple, list[Facts]] = field(default_factory=dict)
    verdicts: dict[tuple, Verdict] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.derived.declared.system

    @cached_property
    def known(self) -> System:
        """The declared system with the letters that updates add."""
        quantities = dict(self.system.quantities)
        if "eta" in self.derived.system.quantities:
            quantities.setdefault("eta", Quantity("eta", "constant"))
        return replace(self.system, quantities=quantities)

    def list_facts(self, request: Request) -> list[Facts]:
        """The worlds for a view: of declared sizes where entries have numbers."""
        view = request.view
        key = (
            view == "numeric",
            view in ("component", "numeric"),
            view == "scalar",
        )
        if key not in self.facts:
            if view == "numeric":
                self.facts[key] = [read_facts(self.derived.declared)]
            else:
                self.facts[key] = [
                    draw_facts(
                        self.shrunk if key[2] else self.system,
                        seed,
                        declared=key[1],
                        one_neuron=key[2],
                    )
                    for seed in self.seeds
                ]
        return self.facts[key]

    @cached_property
    def shrunk(self) -> System:
        """The system whose layers have one neuron each, also where they have a fixed number."""
        return self.system

    def judge_sheet(self, request: Request) -> Iterator[Judged]:
        """Every line of a sheet.

        Raises:
            InputError: the sheet is refused.
        """
        sheet = make_sheet(self.derived, request)
        facts = self.list_facts(request)
        for one in facts:
            one.definitions.clear()
        argument, inherited = None, ()
        lines = [line for section in sheet.sections for line in section.lines]
        turned = {mark for line in lines for mark in list_transposes(line.layout)}
        for line in lines:
            if isinstance(line.layout, show.Relation) and len(set(line.layout.sides)) == 1:
                continue  # x = x, which no sheet shows
            if line.argument is None or line.argument != argument:
                argument, inherited = line.argument, ()
            domain = (*inherited, line.domain) if line.domain is not None else inherited
            if argument is not None:
                inherited = domain
            verdict = self.judge_line(line.layout, domain, request, facts, turned)
            yield Judged(tell(line.layout, line.domain), verdict, line.layout, domain)

    def judge_line(
        self,
        layout: Layout,
        domain: Sequence[Layout],
        request: Request,
        facts: Sequence[Facts],
        turned: set[str],
    ) -> Verdict:
        numeric = request.view == "numeric"
        key = (
            layout,
            tuple(domain),
            request.notation,
            request.view in ("scalar", "component", "numeric") and request.view,
            request.digits if numeric else None,
        )
        verdict = self.verdicts.get(key)
        if verdict is None:
            digits = request.digits if numeric else None
            try:
                sentence = read_sentence(layout, domain, self.known, request.notation, digits)
            except Misreading as problem:
                verdict = Verdict(False, problem.cause, str(problem))
            else:
                verdict = self.judge_sentence(sentence, request, facts)
            if not any(one.definitions for one in facts):
                self.verdicts[key] = verdict
        if verdict.true and "T" in turned and "T" in self.sizes and names(layout, "T"):
            return Verdict(False, "one letter for two", "T is a size and the mark of a transpose")
        return verdict

    @cached_property
    def sizes(self) -> set[str]:
        return {symbol.name for symbol in self.system.size_symbols}

    def judge_sentence(
        self, sentence: Sentence, request: Request, facts: Sequence[Facts]
    ) -> Verdict:
        for seed, one in zip(self.seeds, facts, strict=False):
            verdict = judge(sentence, one, lambda s=seed, f=one: self.make_precise(request, s, f))
            if not verdict.true:
                return verdict
        return verdict

    def make_precise(self, request: Request, seed: int, facts: Facts) -> Facts:
        key = ("precise", seed, request.view)
        if key not in self.facts:
            self.facts[key] = [
                draw_facts(
                    self.system,
                    seed,
                    declared=request.view == "component",
                    one_neuron=request.view == "scalar",
                    arithmetic=PRECISE,
                    definitions=facts.definitions,
                )
            ]
        return self.facts[key][0]


def list_transposes(layout: Layout) -> Iterator[str]:
    if isinstance(layout, show.Transposed):
        yield layout.mark
    for part in show.list_parts(layout):
        yield from list_transposes(part)


def names(layout: Layout, letter: str) -> bool:
    if layout == show.Letter(letter):
        return True
    return any(names(part, letter) for part in show.list_parts(layout))


def tell(layout: Layout, domain: Layout | None) -> str:
    return render(layout) + (f"        ({render(domain)})" if domain is not None else "")


# --- all sheets -----------------------------------------------------------------------------------

FOLDER = Path(__file__).parents[1] / "examples"


def list_networks() -> dict[str, Callable[[], Declared]]:
    """Every network whose sheets are judged, by name."""
    found: dict[str, Callable[[], Declared]] = {}
    for name, net in NETWORKS.items():
        found[name] = lambda net=net: declare(net)
    for name, system in (GRAPHS | KINDS).items():
        found[name] = lambda system=system: declare(system)
    for path in sorted(FOLDER.glob("*.toml")):
        found[f"examples/{path.name}"] = lambda path=path: load(path)
    return found


def list_requests(
    notations: Sequence[str] = tuple(PRESETS),
    languages: Sequence[str] = ("en", "es"),
    views: Sequence[str] = VIEWS,
) -> Iterator[Request]:
    for view, notation, language in product(views, notations, languages):
        for form in FORMS:
            yield Request(view, form, notation=find_preset(notation, language=language))
        yield Request(view, steps=True, notation=find_preset(notation, language=language))


def tell_request(request: Request) -> str:
    form = "steps" if request.steps else request.form
    return f"{request.view}, {form}, {request.notation.name}, {request.notation.language}"


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--views", default=",".join(VIEWS))
    parser.add_argument("--notations", default=",".join(PRESETS))
    parser.add_argument("--languages", default="en")
    parser.add_argument("--show", type=int, default=3)
    options = parser.parse_args()
    lines: Counter[str] = Counter()
    false: dict[tuple[str, str], dict[str, str]] = {}
    started = time.perf_counter()
    for name, make in list_networks().items():
        if not re.search(options.only, name):
            continue
        begun = time.perf_counter()
        try:
            declared = make()
            judge_ = Judge(derive(declared))
        except Exception as error:
            print(f"{name}: not derived: {type(error).__name__}: {error}")
            continue
        requests = list_requests(
            options.notations.split(","), options.languages.split(","), options.views.split(",")
        )
        here: Counter[str] = Counter()
        for request in requests:
            if request.notation.letters and declared.network is None:
                request = replace(
                    request, notation=replace(request.notation, letters={}, matrix_letters={})
                )
            try:
                for judged in judge_.judge_sheet(request):
                    here["true" if judged.verdict.true else "false"] += 1
                    if not judged.verdict.true:
                        known = false.setdefault((name, judged.verdict.cause), {})
                        known.setdefault(
                            judged.text, f"{tell_request(request)}: {judged.verdict.detail}"
                        )
            except InputError:
                here["refused"] += 1
            except Exception as error:
                here["crashed"] += 1
                known = false.setdefault((name, f"{type(error).__name__}"), {})
                known.setdefault(
                    str(error).splitlines()[0][:200] if str(error) else "",
                    tell_request(request) + where_raised(error),
                )
        lines += here
        print(f"{name}: {dict(here)} {time.perf_counter() - begun:.1f} s", flush=True)
    for (name, cause), texts in false.items():
        print(f"\n## {name}: {cause} ({len(texts)})")
        for text, detail in list(texts.items())[: options.show]:
            print(f"  {text[:200]}\n      {detail[:200]}")
    print(f"\n{dict(lines)} in {time.perf_counter() - started:.0f} s")


def where_raised(error: Exception) -> str:
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(frame.filename).name}:{frame.lineno})"


if __name__ == "__main__":
    main()
