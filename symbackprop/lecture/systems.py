"""A text as a system of the core: its definitions, what is given, and what is presumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from sympy import Dummy, Expr, Indexed, Integer, Sum

from symbackprop.equations import Axis, Equation, Quantity, System, entry, name_of
from symbackprop.lecture.completion import find_dependencies, presume_cost, presume_functions
from symbackprop.lecture.contexts import LAST, Context
from symbackprop.lecture.letters import LOSS, Family, Unclear
from symbackprop.lecture.ranks import COLUMN, MATRIX, ROW
from symbackprop.lecture.sizes import Size
from symbackprop.lecture.survey import Letter


@dataclass
class Reading:
    """The system of a text as arrays, or with one neuron per layer."""

    context: Context
    equations: list[Equation] = field(default_factory=list)
    # where the first place of a layered array is: 0 where a layer before the first is read
    firsts: dict[str, int] = field(default_factory=dict)
    # what is read at a place before that of what it defines: its first place is given
    started: set[str] = field(default_factory=set)
    # arrays that some formula reads
    met: set[str] = field(default_factory=set)
    # where the definition of a layered array begins
    lows: dict[str, int] = field(default_factory=dict)
    # sums of what is given that are said to be 1
    totals: list[tuple[Expr, Expr]] = field(default_factory=list)
    # array --> the places by number at which some formula reads it: 2 of a^{(2)}
    places: dict[str, set[int]] = field(default_factory=dict)
    # names whose definition was not understood, and why
    problems: dict[str, str] = field(default_factory=dict)
    # the cost is not stated, and may be any function of the outputs
    any_cost: bool = False
    # what each name is differentiated by
    differentiated: dict[str, dict[str, None]] = field(default_factory=dict)
    # what a claim says the slopes of the cost by; empty: of all that is defined last
    slopes: frozenset[str] = frozenset()
    # whether it depends on these alone, whatever else follows from them
    alone: bool = False
    # the same text, for claims about other slopes
    others: dict[tuple[frozenset[str], bool], Reading] = field(default_factory=dict)

    def ask(self, slopes: frozenset[str], alone: bool = False) -> Reading:
        """The text as a claim sees it that says something of the slopes of a cost which nobody
        states: a function of what follows from the last of the arrays that it names."""
        if not slopes or self.context.cost is None or not self.presumes_cost:
            return self
        if (slopes, alone) not in self.others:
            other = replace(self, slopes=slopes, alone=alone, any_cost=False)
            self.others[slopes, alone] = other
        return self.others[slopes, alone]

    @cached_property
    def presumes_cost(self) -> bool:
        """Whether nothing says what the cost is, or what it says was not understood."""
        cost = self.context.cost or ""
        rests = find_dependencies(self.equations).get(cost, frozenset())
        defined = cost in {e.name for e in self.equations}
        return not defined or bool((rests | {cost}) & set(self.problems))

    @cached_property
    def guessed(self) -> set[str]:
        """Names never defined, of which it is guessed on what they depend: on what they are
        differentiated by."""
        known = {e.name for e in self.equations} | set(self.problems) | {self.context.cost}
        return {name for name in self.differentiated if name not in known}

    @cached_property
    def system(self) -> System:
        return build_system(self)

    @cached_property
    def depends(self) -> dict[str, frozenset[str]]:
        """What every defined name depends on, through all definitions."""
        return find_dependencies(self.system.equations)


def build_system(reading: Reading) -> System:
    """The definitions as a system of the core, with what is given and what is presumed."""
    context = reading.context
    equations = list(reading.equations)
    defined = {e.name for e in equations}
    quantities = {
        name: make_quantity(reading, name, name in defined)
        for name, family in context.letters.families.items()
        if name not in context.adjoints
        and (name in defined or name in reading.met or not _counts(context, family))
    }
    for name in defined:
        equations += _start(reading, quantities, name, equations)
    if reading.slopes:
        equations = [e for e in equations if e.name != context.cost]
        defined -= {context.cost or ""}
    equations += _presume(reading, quantities, equations)
    if not equations:
        raise Unclear("the text defines nothing")
    # sizes that only claims speak of are drawn too
    for node in sorted(context.sizes.seen | context.sizes.written):
        size = context.sizes.resolve(Size(node))
        at = Size(
            size.node,
            LAST
            if size.node not in context.sizes.flat and _is_layered(equations, size.node)
            else None,
        )
        quantities[f"size {node}"] = Quantity(
            f"size {node}",
            "intermediate",
            (Axis(Dummy("j", integer=True), Integer(1), context.sizes.write(at)),),
        )
    return System(
        tuple(equations),
        quantities,
        context.cost or equations[-1].name,
        assumptions=tuple(t for t in reading.totals if name_of(t[0].function) not in defined),
    )


def _presume(
    reading: Reading, quantities: dict[str, Quantity], equations: list[Equation]
) -> list[Equation]:
    """What the text writes slopes of and never defines: functions, and last the cost."""
    cost = reading.context.cost
    slopes = {top: by for top, by in reading.differentiated.items() if top in reading.guessed}
    found = list(presume_functions(quantities, equations, slopes, LAST))
    is_defined = any(e.name == cost for e in equations)
    is_open = not is_defined and (reading.slopes or cost not in reading.problems)
    if cost is not None and is_open:
        reading.any_cost = True
        outputs = [*equations, *found]
        found.append(presume_cost(quantities, outputs, cost, reading.slopes, LAST, reading.alone))
        quantities[cost] = Quantity(cost, "cost")
    return found


def _is_layered(equations: list[Equation], node: str) -> bool:
    name = f"n_{node}"
    bounds = [a.high for e in equations for a in e.axes]
    bounds += [lim[2] for e in equations for s in e.rhs.atoms(Sum) for lim in s.limits]
    return any(name_of(i) == name for b in bounds for i in b.atoms(Indexed))


def _counts(context: Context, family: Family) -> bool:
    """Whether a letter counts, or is a function, and no array."""
    base, found = family.letter.base, context.letters.survey
    if family.slots or family.uses.defined:
        return False
    is_function = any(base == f.base for f in found.functions)
    last = family.letter == Letter("L") and context.cost != LOSS
    return base in found.indices or base in found.lasts or is_function or last


def _start(
    reading: Reading, quantities: dict[str, Quantity], name: str, equations: list[Equation]
) -> Iterator[Equation]:
    """The first place of a recurrence is given: a[0] and h[0]."""
    quantity = quantities[name]
    if not quantity.axes or quantity.axes[0].kind != "layer":
        return
    layer, *symbols = [a.symbol for a in quantity.axes]
    first = reading.firsts.get(name, 1)
    own = [e.indices[0] for e in equations if e.name == name]
    numbered = {int(place) for place in own if place.is_Integer}
    if len(numbered) == len(own):
        # of z^{(1)} and z^{(2)} what is not defined is given
        places: Iterable[int] = sorted(reading.places.get(name, set()) - numbered)
    elif numbered or name not in reading.started:
        return
    else:
        places = range(first, max(reading.lows.get(name, first + 1), first + 1))
    for place in places:
        at = {layer: Integer(place)}
        axes = tuple(
            replace(a, low=a.low.xreplace(at), high=a.high.xreplace(at)) for a in quantity.axes[1:]
        )
        start = Quantity(f"{name}_start{place if place != first else ''}", "input", axes)
        quantities[start.name] = start
        yield Equation(entry(name, (at[layer], *symbols)), entry(start.name, symbols), axes)


def make_quantity(reading: Reading, name: str, defined: bool) -> Quantity:
    """An array with the ranges of all its axes."""
    context = reading.context
    family = context.letters.families[name]
    sequences = context.letters.sequences.get(family.letter, frozenset())
    layers = context.letters.layers.get(family.letter, frozenset())
    sizes, axes, layer = context.sizes, [], None
    for number, slot in enumerate(family.slots):
        symbol = Dummy("ljkpq"[min(number, 4)], integer=True)
        if slot in layers:
            axes.append(Axis(symbol, Integer(reading.firsts.get(name, 1)), LAST, "layer"))
            layer = layer if layer is not None else symbol
        elif not context.scalar or slot in sequences:
            size = Size(f"{name}.{number}", None if slot in sequences else layer)
            axes.append(Axis(symbol, Integer(1), sizes.write(size)))
    if not family.components and not context.scalar:
        rank = context.ranking.rank_of(name)
        for part, ranks in (("row", (COLUMN, MATRIX)), ("column", (ROW, MATRIX))):
            if rank in ranks:
                symbol = Dummy("j" if part == "row" else "k", integer=True)
                axes.append(Axis(symbol, Integer(1), sizes.write(Size(f"{name}.{part}", layer))))
    return Quantity(name, "intermediate" if defined else "input", tuple(axes))
