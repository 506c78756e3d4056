"""The equations of a text: its definitions lowered, each with the ranges of its indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Indexed, Integer, Symbol

from symbackprop.equations import Axis, Equation, find_entries, indices_of, name_of
from symbackprop.lecture.contexts import LAST
from symbackprop.lecture.definitions import Definition
from symbackprop.lecture.letters import Letters, Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.samples import SHARED
from symbackprop.lecture.sizes import Clash
from symbackprop.lecture.systems import Reading
from symbackprop.lecture.tensors import Open
from symbackprop.partials import Direct, Partial
from symbackprop.reading import tree


def _is_here(letters: Letters, equation: Equation, read: Expr) -> bool:
    """Whether an entry is read at the layer or time that is defined; elsewhere it recurs."""
    name, own, other = name_of(read), equation.indices, indices_of(read)
    if name == equation.name:
        always = letters.families[name].always
        return own[:always] == other[:always]
    return not own or not other or own[0] == other[0]


def lower_definitions(reading: Reading, definitions: Sequence[Definition]) -> None:
    reading.equations, reading.problems = [], {}
    for definition in definitions:
        try:
            reading.equations.append(_lower_definition(reading, definition))
        except (Unclear, Clash) as problem:
            if definition.family != reading.context.cost or _reads_shared(definition.statement):
                reading.problems[definition.family] = str(problem)
    _break_cycles(reading)


def _reads_shared(definition: tree.Statement) -> bool:
    """Whether a cost reads weights: where it does not, it may be any function of the outputs."""
    return any(
        isinstance(n, tree.Name) and n.base in SHARED
        for n in tree.walk_formula(definition.sides[1])
    )


def note_places(reading: Reading, lowerer: Lowerer) -> None:
    for name, indices in lowerer.reads:
        if indices and indices[0].is_Integer:
            reading.places.setdefault(name, set()).add(int(indices[0]))


def _break_cycles(reading: Reading) -> None:
    """A name that would be defined in terms of itself is not understood; the others are."""
    reads: dict[str, set[str]] = {}
    kept: list[Equation] = []
    for equation in reading.equations:
        names = {
            name_of(e)
            for e in find_entries(equation.rhs)
            if _is_here(reading.context.letters, equation, e)
        }
        waiting, seen = list(names), set(names)
        while waiting:
            for name in reads.get(waiting.pop(), set()) - seen:
                seen.add(name)
                waiting.append(name)
        if equation.name in seen:
            reading.problems[equation.name] = "it is defined in terms of itself"
        else:
            kept.append(equation)
            reads.setdefault(equation.name, set()).update(names)
    reading.equations = kept


def _lower_definition(reading: Reading, definition: Definition) -> Equation:
    context = reading.context
    # said of the last layer only, it is presumed of all
    is_last = definition.place and not definition.place.lstrip("-").isdigit()
    is_last = is_last and not definition.beside
    lowerer = Lowerer(context, Symbol("l", integer=True) if is_last else LAST)
    left, right = (lowerer.lower(side) for side in definition.statement.sides)
    lhs, rhs, axes = lowerer.algebra.equate(left, right)
    note_places(reading, lowerer)
    family = context.letters.families[definition.family]
    if family.always and isinstance(lhs, Indexed) and not definition.beside:
        own = lhs.indices[0]
        _learn_firsts(reading, own, lowerer)
    equation = make_equation(reading, lowerer, lhs, rhs, axes, definition.statement.sides[1])
    _check_definition(definition, equation)
    if equation.axes and equation.axes[0].kind == "layer" and equation.axes[0].low.is_Integer:
        reading.lows[definition.family] = int(equation.axes[0].low)
    return equation


def _check_definition(definition: Definition, equation: Equation) -> None:
    """Refuse what defines no array entry by entry.

    Raises:
        Unclear: the left side is no entry, or the right has an index that the left has not.
    """
    lhs = equation.lhs
    if not isinstance(lhs, Indexed | Symbol) or name_of(lhs) != definition.family:
        raise Unclear(f"the left side is no entry of {definition.family}")
    if equation.rhs.has(Partial, Direct):
        raise Unclear("it is defined by a derivative")
    alone = [a.symbol.name for a in equation.axes if not lhs.has(a.symbol)]
    if alone:
        raise Unclear(f"{alone[0]} stands on the right side only")


def _learn_firsts(reading: Reading, own: Expr, lowerer: Lowerer) -> None:
    """A running index starts at 1: h_t = f(h_{t-1}) reads from 0 on, a^{l+1} = f(a^l) from 1 on."""
    if len(own.free_symbols) != 1:
        return
    (running,) = own.free_symbols
    for name, indices in lowerer.reads:
        if indices and indices[0].free_symbols == {running}:
            shift = indices[0] - running
            if shift.is_Integer:
                first = 1 + int(shift)
                reading.firsts[name] = min(reading.firsts.get(name, 1), first)
                if (indices[0] - own).is_negative:
                    reading.started.add(name)


def make_equation(
    reading: Reading,
    lowerer: Lowerer,
    lhs: Expr,
    rhs: Expr,
    axes: tuple[Open, ...],
    written: tree.Node,
) -> Equation:
    """An equation with the ranges of its free indices: those that are said of what is `written`,
    and wherever all that it reads exists."""
    sizes = reading.context.sizes
    said = reading.context.ranges.get(id(written), {})
    found: list[Axis] = []
    free = sorted((s for s in lowerer.indices if lhs.has(s) or rhs.has(s)), key=str)
    mapping: dict[Expr, Expr] = {}
    for symbol in free:
        size = lowerer.indices[symbol]
        if lowerer.is_sequence(size):
            low, high = _find_range(reading, symbol, lowerer.reads)
            if symbol.name in said:
                low, high = _narrow(low, high, *map(lowerer.name_last, said[symbol.name]))
            if isinstance(lhs, Indexed) and lhs.indices[0].has(symbol):
                # z^{l+1} is counted by its own place
                shift = lhs.indices[0] - symbol
                mapping[symbol] = symbol - shift
                low, high = low + shift, high + shift
            found.append(Axis(symbol, low, high, "layer"))
        else:
            found.append(Axis(symbol, Integer(1), sizes.write(size)))
    found += [Axis(a.symbol, Integer(1), sizes.write(a.size)) for a in axes]
    if mapping:
        lhs, rhs = lhs.xreplace(mapping), rhs.xreplace(mapping)
        found = [
            replace(a, high=a.high.xreplace(mapping)) if a.kind != "layer" else a for a in found
        ]
    found.sort(key=lambda a: a.kind != "layer")
    return Equation(lhs, rhs, tuple(found))


def _find_range(
    reading: Reading, symbol: Symbol, reads: list[tuple[str, tuple[Expr, ...]]]
) -> tuple[Expr, Expr]:
    low, after = -9, 0
    for name, indices in reads:
        family = reading.context.letters.families[name]
        for index in indices[: family.always]:
            if symbol in index.free_symbols and (index - symbol).is_Integer:
                shift = int(index - symbol)
                first = reading.firsts.get(name, 1)
                if name not in reading.started:
                    first = max(first, reading.lows.get(name, first))
                low = max(low, first - shift)
                after = max(after, shift)
    return Integer(low if low > -9 else 1), LAST - after


def _narrow(low: Expr, high: Expr, first: Expr, last: Expr) -> tuple[Expr, Expr]:
    """The part of a range that is said; ends that cannot be compared are left as they are."""
    return (
        first if (first - low).is_positive else low,
        last if (high - last).is_positive else high,
    )
