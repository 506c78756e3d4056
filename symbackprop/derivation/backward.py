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

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Integer,
    Max,
    Min,
    Mul,
    S,
    Sum,
    Symbol,
)

from symbackprop.equations import (
    Axis,
    Equation,
    Quantity,
    System,
    check,
    entry,
    find_entries,
    index_symbol,
    indices_of,
    is_entry_of,
    name_of,
    peel,
    split_adjoint,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax, choose_branches, spell_out
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.partials import Chain, Partial

INFINITE = 10**12
LETTERS = {"layer": "lmpq", "neuron": "jkpqrsuv", "sample": "ihg", "time": "tsru"}


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
    """What one read adds to the derivative by q[wanted], and for which wanted indices."""

    equation: Equation
    term: Expr
    domain: tuple[tuple[Expr, Expr], ...]


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
    return _run_backward(system, _multiply)


def derive_links(system: System) -> System:
    """The same pass with nothing worked out: ∂C/∂q = ∂C/∂e · ∂e/∂q, as the chain rule says.

    >>> from symbackprop.network.network import mlp
    >>> print(derive_links(mlp().system).definitions["∂C/∂W"][0].rhs)
    Chain(∂C/∂z[l, j], Partial(z[l, j], W[l, j, k]))
    """
    return _run_backward(system, _write_link)


Local = Callable[[Expr, Equation, Read, Expr], Expr]


def _multiply(outer: Expr, equation: Equation, read: Read, entry_read: Expr) -> Expr:
    return outer * read.coefficient


def _write_link(outer: Expr, equation: Equation, read: Read, entry_read: Expr) -> Expr:
    partial = Partial(equation.lhs, entry_read)
    return Chain(*(f for f in Mul.make_args(outer) if f != 1), partial)


def _run_backward(system: System, local: Local) -> System:
    _refuse_steps(system)
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
        role = "adjoint" if name in system.definitions else "gradient"
        adjoint = Quantity(system.adjoint(name), role, quantity.axes)
        quantities.append(adjoint)
        kept = adjoints if role == "adjoint" else gradients
        kept += _derive_by(system, quantity, readers.get(name, []), adjoint, local)
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


def _refuse_steps(system: System) -> None:
    for equation in system.equations:
        for function in equation.rhs.atoms(NamedFunction):
            row = ACTIVATIONS.get(function.spelling)
            if row is not None and not row.differentiable:
                raise InputError(
                    f"{equation.lhs} = {equation.rhs}: {row.name} has no gradient to learn from "
                    f"(its derivative is 0, and undefined at 0); evaluate the network forward "
                    f"only, or use sigmoid"
                )


def _derive_by(
    system: System,
    quantity: Quantity,
    readers: Iterable[Equation],
    adjoint: Quantity,
    local: Local,
) -> Iterator[Equation]:
    wanted = tuple(Dummy(a.symbol.name, integer=True) for a in quantity.axes)
    contributions = [
        c
        for equation in readers
        for read in _choose_reads(find_reads(equation.rhs, quantity.name), local)
        for c in _gather(system, quantity, equation, read, wanted, local)
    ]
    renamed = dict(zip([a.symbol for a in quantity.axes], wanted, strict=True))
    full = tuple(
        replace(a, symbol=w, low=a.low.xreplace(renamed), high=a.high.xreplace(renamed))
        for a, w in zip(quantity.axes, wanted, strict=True)
    )
    for cell, terms in _split_into_cells(full, contributions):
        rhs = Add(*terms)
        points = {a.symbol: a.low for a in cell if a.low == a.high}
        raw = Equation(adjoint.at(*wanted), rhs, cell, adjoint.role).substitute(points)
        yield tidy(raw, {**system.quantities, adjoint.name: adjoint})


def find_reads(expression: Expr, name: str) -> list[Read]:
    """Every read of a quantity, with the derivative of the expression by just that read.

    >>> from sympy import IndexedBase, Sum, symbols
    >>> W, a, j, k = IndexedBase("W"), IndexedBase("a"), *symbols("j k")
    >>> read, = find_reads(Sum(W[j, k] * a[k], (k, 1, 3)), "a")
    >>> read.coefficient, read.indices
    (W[j, _k], (_k,))
    """
    expression = choose_branches(spell_out(expression))
    if is_entry_of(expression, name):
        return [Read(S.One, (), indices_of(expression))]
    if isinstance(expression, Sum):
        # A fresh bound index: the coefficient may hold another sum over the same letter.
        summand, bound, low, high = peel(expression)
        fresh = Dummy(bound.name, integer=True)
        axis = Axis(fresh, low, high)
        body = substitute(summand, {bound: fresh})
        return [replace(r, bound=(axis, *r.bound)) for r in find_reads(body, name)]
    atoms = dict.fromkeys(_find_atoms(expression, name))
    if not atoms:
        return []
    stand_ins = {atom: Dummy(real=True) for atom in atoms}
    originals = {dummy: atom for atom, dummy in stand_ins.items()}
    flat = expression.xreplace(stand_ins)
    reads = []
    for atom, dummy in stand_ins.items():
        slope = flat.diff(dummy).xreplace(originals)
        if slope == 0:
            continue
        for read in (
            [Read(S.One, (), indices_of(atom))]
            if not isinstance(atom, Sum)
            else find_reads(atom, name)
        ):
            reads.append(replace(read, coefficient=slope * read.coefficient))
    return reads


def _choose_reads(reads: list[Read], local: Local) -> list[Read]:
    """For the symbol ∂e/∂q two reads by one equation are one link: that over most neurons.

    softmax reads z[j] by itself and in a sum over all z[k]; ∂a[j]/∂z[k] covers both.
    """
    if local is _multiply or not any(r.bound for r in reads):
        return reads
    widest = [r for r in reads if r.bound]
    return list({r.indices[:-1]: r for r in widest}.values())


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


def _gather(
    system: System,
    quantity: Quantity,
    equation: Equation,
    read: Read,
    wanted: tuple[Dummy, ...],
    local: Local,
) -> Iterator[Contribution]:
    """Solve read.indices = wanted for the axes of the equation."""
    axes = (*equation.axes, *read.bound)
    mapping, points, open_axes, domain = unify(read.indices, wanted, axes)
    outer = _adjoint_factor(system, quantity, equation)
    term = substitute(local(outer, equation, read, quantity.at(*wanted)), mapping)
    for axis in reversed(open_axes):
        term = sum_over(term, axis)
    limits = tuple(
        (points[w], points[w]) if w in points else domain.get(w, (-S.Infinity, S.Infinity))
        for w in wanted
    )
    yield Contribution(equation, term, limits)


def _adjoint_factor(system: System, quantity: Quantity, equation: Equation) -> Expr:
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
        rest = value - slope * inner.symbol
        bounds = (low - rest, high - rest) if slope == 1 else (rest - high, rest - low)
        open_axes[open_axes.index(inner)] = replace(
            inner, low=Max(inner.low, bounds[0]), high=Min(inner.high, bounds[1])
        )
    return mapping, points, open_axes, domain


def sum_over(term: Expr, axis: Axis) -> Expr:
    """Sum a term over an axis; factors and addends without the axis stay outside.

    >>> from sympy import IndexedBase, symbols
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
) -> Iterator[tuple[tuple[Axis, ...], list[Expr]]]:
    """Cut the ranges of a quantity where contributions begin or end: one equation for each cell."""
    if not full:
        yield (), [c.term for c in contributions]
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
            yield chosen, [contributions[i].term for i in alive]
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


def rank(bound: Expr) -> int:
    """Where a bound lies when every size is large: 0 < 1 < L - 1 < L.

    Two different sizes never bound the same axis, so one large number stands for each.
    """
    if bound.is_Integer:
        return int(bound)
    if bound in (S.Infinity, -S.Infinity):
        return INFINITE if bound is S.Infinity else -INFINITE
    large = {e: Integer(10**9) for e in bound.atoms(Indexed)}
    value = bound.xreplace(large)
    return int(value.xreplace({s: Integer(10**6) for s in value.free_symbols}))


def tidy(
    equation: Equation, quantities: Mapping[str, Quantity], reserved: Iterable[str] = ()
) -> Equation:
    """Give all indices the letters of a textbook: l; j, k, ...; i for samples; t for time.

    Axes of the left side come first, then the bound ones, from the outside in.
    """
    free = equation.rhs.free_symbols - {a.symbol for a in equation.axes}
    taken = {s.name for s in free if isinstance(s, Symbol) and not isinstance(s, Dummy)}
    taken |= set(reserved)
    mapping: dict[Expr, Expr] = {}
    for axis in equation.axes:
        letter = _next_letter(axis.kind, taken)
        taken = taken | {letter}
        mapping[axis.symbol] = index_symbol(letter)
    rhs = _rename(equation.rhs, mapping, taken, quantities)
    axes = tuple(
        replace(
            a,
            symbol=mapping[a.symbol],
            low=substitute(a.low, mapping),
            high=substitute(a.high, mapping),
        )
        for a in equation.axes
    )
    return Equation(substitute(equation.lhs, mapping), rhs, axes, equation.role)


def _next_letter(kind: str, taken: set[str]) -> str:
    return next(c for c in LETTERS[kind] if c not in taken)


def _rename(
    expression: Expr,
    mapping: Mapping[Expr, Expr],
    taken: set[str],
    quantities: Mapping[str, Quantity],
) -> Expr:
    """Rename free and bound indices in one go, so that no new letter is captured by a sum."""
    if not expression.has(Sum, Softmax):
        return expression.xreplace(dict(mapping))
    if isinstance(expression, Sum | Softmax):
        if isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
        else:
            argument, body, bound, low, high = expression.args
        letter = _next_letter(kind_of(bound, body, quantities), taken)
        new = index_symbol(letter)
        inner = _rename(body, {**mapping, bound: new}, taken | {letter}, quantities)
        low, high = low.xreplace(dict(mapping)), high.xreplace(dict(mapping))
        if isinstance(expression, Sum):
            return Sum(inner, (new, low, high))
        return Softmax(argument.xreplace(dict(mapping)), inner, new, low, high)
    return expression.func(*(_rename(a, mapping, taken, quantities) for a in expression.args))


def kind_of(symbol: Symbol, expression: Expr, quantities: Mapping[str, Quantity]) -> str:
    """The kind of a bound index: that of the places where it stands.

    >>> from sympy import IndexedBase, symbols
    >>> t, axis = symbols("t"), Axis(Symbol("t"), Integer(1), Integer(9), "time")
    >>> kind_of(t, IndexedBase("h")[t], {"h": Quantity("h", "input", (axis,))})
    'time'
    """
    for read in find_entries(expression):
        name = name_of(read)
        adjoint = split_adjoint(name)
        quantity = quantities.get(adjoint[1] if adjoint else name)
        if quantity is None:
            continue
        for index, kind in zip(indices_of(read), quantity.kinds, strict=True):
            if symbol in index.free_symbols:
                return kind
    return "neuron"
