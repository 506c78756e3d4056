"""The backward pass: for every quantity, the derivative of the cost by it, as equations.

The rule. The derivative by q[m, ...] gathers over every place where an equation e, for its axes,
reads q at some indices u: the local partial derivative by that read, times the derivative by the
left side of e. Setting u = (m, ...) solves some axes of e; they are substituted, and their ranges
become the domain of the contribution. Axes that stay open are summed over their range.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Max,
    Min,
    Mul,
    S,
    Sum,
    Symbol,
)

from symbackprop.derivation.domains import rank
from symbackprop.derivation.letters import tidy
from symbackprop.equations import (
    Axis,
    Equation,
    EquationRole,
    Quantity,
    Role,
    System,
    check,
    entry,
    find_entries,
    indices_of,
    is_entry_of,
    name_of,
    peel,
    split_adjoint,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import choose_branches, spell_out
from symbackprop.network.activations import find_step
from symbackprop.progress import track


@dataclass(frozen=True)
class Read:
    """One place where an expression reads a quantity.

    The derivative of the expression by q[m] is the sum, over the bound axes, of the coefficient
    wherever the indices equal m.
    """

    coefficient: Expr
    bound: tuple[Axis, ...]
    indices: tuple[Expr, ...]


@dataclass(frozen=True)
class Contribution:
    """One read of q[wanted] by an equation: the axes solved for and those left open, and for
    which wanted indices it is there."""

    equation: Equation
    read: Read
    solved: Mapping[Symbol, Expr]
    open_axes: tuple[Axis, ...]
    domain: tuple[tuple[Expr, Expr], ...]


Terms = Callable[[System, Quantity, tuple[Dummy, ...], list[Contribution]], Iterable[Expr]]


def derive_backward(system: System) -> System:
    """Add the derivative of the cost by every quantity, as equations, to a system.

    The equations come in the order in which numbers would be computed: the last quantity first,
    parameters last. Their roles are "adjoint", or "gradient" for parameters and inputs.

    >>> from sympy import Eq, symbols
    >>> x, y, q, f = symbols("x y q f")
    >>> derived = derive_backward(System([Eq(q, x + y), Eq(f, q * x)]))
    >>> for equation in derived.select("gradient"):
    ...     print(equation.lhs, "=", equation.rhs)
    ∂f/∂x = q + ∂f/∂q
    ∂f/∂y = ∂f/∂q
    """
    return run_backward(system, _multiply)


def _multiply(
    system: System,
    quantity: Quantity,
    wanted: tuple[Dummy, ...],
    contributions: list[Contribution],
) -> Iterator[Expr]:
    """The derivative by the left side of each reading equation, times the local derivative."""
    for c in contributions:
        outer = adjoint_factor(system, quantity, c.equation)
        term = substitute(outer * c.read.coefficient, c.solved)
        for axis in reversed(c.open_axes):
            term = sum_over(term, axis)
        yield term


def run_backward(system: System, write: Terms) -> System:
    """Add the derivatives of the cost; `write` makes the terms of each from what reads it."""
    refuse_steps(system)
    readers = _index_readers(system)
    last_first = dict.fromkeys(e.name for e in reversed(system.equations))
    ordered = [name for name in last_first if name != system.cost]
    leaves = [q.name for q in system.quantities.values() if q.name not in system.definitions]
    adjoints: list[Equation] = []
    gradients: list[Equation] = []
    quantities: list[Quantity] = []
    for name in [*ordered, *leaves]:
        quantity = system.quantities[name]
        if quantity.role in ("target", "constant", "sample cost"):
            continue
        role: Role = "adjoint" if name in system.definitions else "gradient"
        adjoint = Quantity(system.adjoint(name), role, quantity.axes)
        quantities.append(adjoint)
        kept = adjoints if role == "adjoint" else gradients
        kept += _derive_by(system, quantity, readers.get(name, []), adjoint, write)
    computed = _number_places(system)
    adjoints.sort(key=lambda e: _find_place(computed, e), reverse=True)
    return check(system.extend([*adjoints, *gradients], quantities))


def _number_places(system: System) -> dict[tuple[str, tuple[int, ...]], int]:
    """When each quantity is computed in the forward pass; the last equation of a name counts for
    all its places that are not single numbers."""
    computed: dict[tuple[str, tuple[int, ...]], int] = {}
    for position, equation in enumerate(system.equations):
        fixed = tuple(int(i) for i in equation.indices if i.is_Integer)
        computed[equation.name, fixed] = computed[equation.name, ()] = position
    return computed


def _find_place(computed: Mapping[tuple[str, tuple[int, ...]], int], adjoint: Equation) -> int:
    _, name = split_adjoint(adjoint.name) or ("", adjoint.name)
    fixed = tuple(int(i) for i in adjoint.indices if i.is_Integer)
    return computed.get((name, fixed), computed[name, ()])


def _index_readers(system: System) -> dict[str, list[Equation]]:
    readers: dict[str, list[Equation]] = {}
    for equation in system.equations:
        for name in dict.fromkeys(name_of(e) for e in find_entries(equation.rhs)):
            readers.setdefault(name, []).append(equation)
    return readers


def refuse_steps(system: System) -> None:
    """Say so where a system has no backward pass.

    Raises:
        InputError: an equation has a step in it.
    """
    found = find_step(system.equations)
    if found is not None:
        equation, row = found
        raise InputError(
            f"{equation.lhs} = {equation.rhs}: {row.name} has no gradient to learn from "
            f"(its derivative is 0, and undefined at 0); evaluate the network forward only, "
            f"or use sigmoid"
        )


def _derive_by(
    system: System,
    quantity: Quantity,
    readers: Iterable[Equation],
    adjoint: Quantity,
    write: Terms,
) -> Iterator[Equation]:
    wanted = tuple(Dummy(a.symbol.name, integer=True) for a in quantity.axes)
    contributions = [
        _gather(equation, read, wanted)
        for equation in track(tuple(readers), "differentiating")
        for read in find_reads(equation.rhs, quantity.name)
    ]
    renamed = dict(zip([a.symbol for a in quantity.axes], wanted, strict=True))
    full = tuple(
        replace(a, symbol=w, low=a.low.xreplace(renamed), high=a.high.xreplace(renamed))
        for a, w in zip(quantity.axes, wanted, strict=True)
    )
    for cell, alive in _split_into_cells(full, contributions):
        rhs = Add(*write(system, quantity, wanted, alive))
        points = {a.symbol: a.low for a in cell if a.low == a.high}
        role: EquationRole = "gradient" if adjoint.role == "gradient" else "adjoint"
        raw = Equation(adjoint.at(*wanted), rhs, cell, role).substitute(points)
        yield tidy(raw, system)


@lru_cache(maxsize=4096)
def find_reads(expression: Expr, name: str) -> tuple[Read, ...]:
    """Every read of a quantity, with the derivative of the expression by just that read.

    >>> from sympy import IndexedBase, Sum, symbols
    >>> W, a, j, k = IndexedBase("W"), IndexedBase("a"), *symbols("j k")
    >>> read, = find_reads(Sum(W[j, k] * a[k], (k, 1, 3)), "a")
    >>> read.coefficient, read.indices
    (W[j, _k], (_k,))
    """
    expression = choose_branches(spell_out(expression))
    if is_entry_of(expression, name):
        return (Read(S.One, (), indices_of(expression)),)
    if isinstance(expression, Sum):
        # A fresh bound index: the coefficient may hold another sum over the same letter.
        summand, bound, low, high = peel(expression)
        fresh = Dummy(bound.name, integer=True)
        axis = Axis(fresh, low, high)
        body = substitute(summand, {bound: fresh})
        return tuple(replace(r, bound=(axis, *r.bound)) for r in find_reads(body, name))
    atoms = dict.fromkeys(_find_atoms(expression, name))
    if not atoms:
        return ()
    stand_ins = {atom: Dummy(real=True) for atom in atoms}
    originals = {dummy: atom for atom, dummy in stand_ins.items()}
    flat = expression.xreplace(stand_ins)
    reads: list[Read] = []
    for atom, dummy in stand_ins.items():
        slope = flat.diff(dummy).xreplace(originals)
        if slope == 0:
            continue
        for read in find_reads(atom, name):
            reads.append(replace(read, coefficient=slope * read.coefficient))
    return tuple(reads)


def _find_atoms(expression: Expr, name: str) -> Iterator[Expr]:
    """The outermost reads of a quantity, and the outermost sums that read it."""
    if is_entry_of(expression, name):
        yield expression
    elif isinstance(expression, Sum):
        if any(name_of(e) == name for e in find_entries(expression)):
            yield expression
    elif not isinstance(expression, Indexed):
        for argument in expression.args:
            yield from _find_atoms(argument, name)


def _gather(equation: Equation, read: Read, wanted: tuple[Dummy, ...]) -> Contribution:
    """Solve read.indices = wanted for the axes of the equation."""
    mapping, points, open_axes, domain = unify(read.indices, wanted, (*equation.axes, *read.bound))
    limits = tuple(
        (points[w], points[w]) if w in points else domain.get(w, (-S.Infinity, S.Infinity))
        for w in wanted
    )
    return Contribution(equation, read, mapping, tuple(open_axes), limits)


def adjoint_factor(system: System, quantity: Quantity, equation: Equation) -> Expr:
    """The derivative of the cost by the left side of the reading equation."""
    name = equation.name
    if name == system.differentiated(quantity.name):
        return S.One
    adjoint: Expr = S.One
    if system.quantities[name].role != "sample cost":
        adjoint = entry(system.adjoint(name), equation.indices)
    if system.differentiated(name) != system.differentiated(quantity.name):
        # A batch: the cost is a mean over samples, so gradients are the mean of the samples'.
        return adjoint * sample_weight(system)
    return adjoint


def sample_weight(system: System) -> Expr:
    """∂C/∂C_i: what one sample counts for in the cost of a batch; 1 without a batch."""
    if system.sample is None:
        return S.One
    costs = system.names("sample cost")[0]
    (definition,) = system.definitions[system.cost]
    (read,) = find_reads(definition.rhs, costs)
    return read.coefficient


def unify(
    given: tuple[Expr, ...], wanted: tuple[Symbol, ...], axes: tuple[Axis, ...]
) -> tuple[dict[Symbol, Expr], dict[Symbol, Expr], list[Axis], dict[Symbol, tuple[Expr, Expr]]]:
    """Solve given = wanted for the axes: (solved axes, wanted indices that are fixed, axes left
    open, ranges that the solved axes put on wanted indices).

    Raises:
        InputError: an index that is no shift of an axis, such as 2*i.
    """
    unsolved = {a.symbol: a for a in axes}
    mapping: dict[Symbol, Expr] = {}
    points: dict[Symbol, Expr] = {}
    solved: list[tuple[Axis, Expr]] = []
    for index, target in zip(given, wanted, strict=True):
        index = index.xreplace(mapping)
        candidates = [s for s in unsolved if s in index.free_symbols]
        if not candidates:
            points[target] = index
            continue
        symbol = candidates[0]
        slope = index.diff(symbol)
        if slope not in (1, -1):
            raise InputError(
                f"the index {str(index).replace('_', '')}: only shifts such as {symbol.name} - 1 "
                f"and sums such as {symbol.name} + r can be differentiated through"
            )
        value = (target - (index - slope * symbol)) * slope
        mapping = {s: v.xreplace({symbol: value}) for s, v in mapping.items()}
        mapping[symbol] = value
        solved.append((unsolved.pop(symbol), target))
    open_axes = [
        replace(a, low=a.low.xreplace(mapping), high=a.high.xreplace(mapping))
        for a in axes
        if a.symbol in unsolved
    ]
    domain: dict[Symbol, tuple[Expr, Expr]] = {}
    for axis, target in solved:
        value = mapping[axis.symbol]
        low, high = axis.low.xreplace(mapping), axis.high.xreplace(mapping)
        free = [a for a in open_axes if a.symbol in value.free_symbols]
        if not free:
            ends = [(low - value) + target, (high - value) + target]
            if value.diff(target) == -1:
                ends = [value + target - high, value + target - low]
            domain[target] = (ends[0], ends[1])
            continue
        # u = i + r: the range of the solved axis bounds the one that stays open.
        inner = free[0]
        slope = value.diff(inner.symbol)
        if slope not in (1, -1):
            raise InputError(
                f"an index with {str(abs(slope) * inner.symbol).replace('_', '')} in it cannot be "
                f"differentiated through; write the sum over "
                f"{inner.symbol.name} term by term, such as w[1]*x[i] + w[2]*x[i + {abs(slope)}]"
            )
        rest = value - slope * inner.symbol
        bounds = (low - rest, high - rest) if slope == 1 else (rest - high, rest - low)
        open_axes[open_axes.index(inner)] = replace(
            inner, low=Max(inner.low, bounds[0]), high=Min(inner.high, bounds[1])
        )
    return mapping, points, open_axes, domain


def sum_over(term: Expr, axis: Axis) -> Expr:
    """Sum a term over an axis; factors and addends without the axis stay outside.

    >>> from sympy import IndexedBase, Integer, symbols
    >>> j, n, c, x = *symbols("j n c"), IndexedBase("x")
    >>> sum_over(c * x[j], Axis(j, Integer(1), n))
    c*Sum(x[j], (j, 1, n))
    """
    inside: list[Expr] = []
    outside: list[Expr] = []
    for factor in Mul.make_args(term):
        (inside if axis.symbol in factor.free_symbols else outside).append(factor)
    return Mul(*outside, Sum(Mul(*inside), (axis.symbol, axis.low, axis.high)))


def _split_into_cells(
    full: tuple[Axis, ...], contributions: list[Contribution]
) -> Iterator[tuple[tuple[Axis, ...], list[Contribution]]]:
    """Cut the ranges of a quantity where contributions begin or end: one equation for each cell."""
    if not full:
        yield (), contributions
        return
    ranked = [
        tuple(
            (max(rank(low), rank(a.low)), min(rank(high), rank(a.high)), low, high)
            for a, (low, high) in zip(full, c.domain, strict=True)
        )
        for c in contributions
    ]

    def cut(position: int, alive: list[int], chosen: tuple[Axis, ...]):
        if position == len(full):
            yield chosen, [contributions[i] for i in alive]
            return
        axis = full[position]
        first, last = rank(axis.low), rank(axis.high)
        starts: dict[int, Expr] = {first: axis.low}
        ends: dict[int, Expr] = {last: axis.high}
        for i in alive:
            low, high, low_end, high_end = ranked[i][position]
            if low > first:
                starts.setdefault(low, low_end)
                ends.setdefault(low - 1, low_end - 1)
            if high < last:
                starts.setdefault(high + 1, high_end + 1)
                ends.setdefault(high, high_end)
        order, stops = sorted(starts), sorted(ends)
        within: dict[int, list[int]] = {s: [] for s in order}
        for i in alive:
            low, high, *_ = ranked[i][position]
            for s in _between(order, low, high):
                within[s].append(i)
        for start, stop in reversed(list(zip(order, stops, strict=True))):
            cell = replace(axis, low=starts[start], high=ends[stop])
            yield from cut(position + 1, within[start], (*chosen, cell))

    yield from cut(0, list(range(len(contributions))), ())


def _between(order: list[int], low: int, high: int) -> list[int]:
    return order[bisect_left(order, low) : bisect_right(order, high)]
