"""The same system seen closer: one neuron per layer, layers by number, every entry by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from sympy import Add, Expr, Indexed, Integer, Sum, Symbol

from symbackprop.derivation.backward import sum_over
from symbackprop.equations import (
    COST_TERM,
    KINDS,
    Axis,
    Equation,
    Kind,
    Quantity,
    System,
    entry,
    find_entries,
    indices_of,
    name_of,
    peel,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import Softmax
from symbackprop.partials import Ways
from symbackprop.ranges import kind_of


def take_scalar(system: System) -> System:
    """One neuron per layer: neuron indices and the sums over them are gone.

    Raises:
        InputError: a softmax, which is always 1 for one neuron; neurons that are told apart, as
            in a convolution; an index that runs over more than one place whatever the sizes are.

    >>> from symbackprop.network.network import mlp
    >>> print(take_scalar(mlp().system).equations[1].rhs)
    W[l]*a[l - 1] + b[l]
    """
    if any(e.rhs.has(Softmax) for e in system.equations):
        raise InputError("softmax on a scalar is always 1: a softmax has no scalar view")
    for equation in system.equations:
        _refuse_numbered_neurons(equation, system.quantities)
    for name, quantity in system.quantities.items():
        for axis in quantity.axes:
            length = axis.high - axis.low + 1
            one = {size: Integer(1) for size in length.free_symbols}
            if axis.kind == "neuron" and length.xreplace(one) != 1:
                raise InputError(
                    f"{name} has places {axis.low} to {axis.high}, which are never one alone: "
                    f"there is no scalar view"
                )
    quantities = {
        name: replace(q, axes=tuple(a for a in q.axes if a.kind != "neuron"))
        for name, q in system.quantities.items()
    }
    dropped = (drop_neurons(equation, system.quantities) for equation in system.equations)
    equations = tuple(dict.fromkeys(dropped))
    return replace(system, equations=equations, quantities=quantities, assumptions=())


def _refuse_numbered_neurons(equation: Equation, quantities: Mapping[str, Quantity]) -> None:
    for read in (equation.lhs, *find_entries(equation.rhs)):
        quantity = quantities.get(name_of(read))
        for index, kind in zip(indices_of(read), quantity.kinds if quantity else (), strict=False):
            if kind == "neuron" and not index.is_Symbol:
                raise InputError(
                    f"{equation.lhs} = {equation.rhs}: {read} is one neuron among others; "
                    f"with one neuron for each layer there is no such formula: ask for the "
                    f"indexed view"
                )


def drop_neurons(equation: Equation, quantities: Mapping[str, Quantity]) -> Equation:
    """The same equation where every layer has one neuron: whatever counts neurons is 1."""
    ones: dict[Expr, Expr] = dict.fromkeys(_find_widths(quantities), Integer(1))
    ones |= {a.symbol: Integer(1) for a in equation.axes if a.kind == "neuron"}
    return replace(
        equation,
        lhs=_drop(equation.lhs, quantities).xreplace(ones),
        rhs=_drop(equation.rhs, quantities).xreplace(ones),
        axes=tuple(a for a in equation.axes if a.kind != "neuron"),
    )


def _find_widths(quantities: Mapping[str, Quantity]) -> set[Symbol]:
    """The sizes of which neurons alone are counted: n of j = 1..n."""
    found: dict[bool, set[Symbol]] = {True: set(), False: set()}
    for axis in (axis for quantity in quantities.values() for axis in quantity.axes):
        bounds = [bound for bound in (axis.low, axis.high) if not bound.has(Indexed)]
        found[axis.kind == "neuron"] |= set().union(*(bound.free_symbols for bound in bounds))
    return found[True] - found[False]


def _drop(expression: Expr, quantities: Mapping[str, Quantity]) -> Expr:
    """w[l, j, k] --> w[l]; a sum over neurons --> its one term; a width --> 1."""
    if isinstance(expression, Indexed | Symbol):
        name = name_of(expression)
        if name not in quantities:
            return Integer(1) if isinstance(expression, Indexed) else expression
        kept = [
            index
            for index, kind in zip(indices_of(expression), quantities[name].kinds, strict=True)
            if kind != "neuron"
        ]
        return entry(name, kept)
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        inner = _drop(body, quantities)
        if kind_of(bound, body, quantities) == "neuron":
            return inner.xreplace({bound: Integer(1)})
        return sum_over(inner, Axis(bound, low, high))
    if not expression.args:
        return expression
    return expression.func(*(_drop(a, quantities) for a in expression.args))


def unroll(system: System, sizes: Mapping[Expr, int] | None = None) -> System:
    """Write layers and time steps by number: h[1, j], h[2, j], ... for T = 2.

    Raises:
        InputError: a depth or a number of time steps that is not given.
    """
    known = {**system.sizes, **(sizes or {})}
    numbers = {s: Integer(v) for s, v in known.items()}
    sequential: Set[Kind] = {"layer", "time"}
    # n[L] --> n[3]; the widths themselves stay symbols
    lengths = {s: v for s, v in numbers.items() if s in _list_lengths(system)}
    equations = [
        replace(
            flat,
            lhs=flat.lhs.xreplace(lengths),
            rhs=flat.rhs.xreplace(lengths),
            axes=tuple(_put_sizes(a, lengths) for a in flat.axes),
        )
        for equation in system.equations
        for flat in instantiate_everywhere(equation, numbers, sequential, system.quantities)
    ]
    quantities = {
        name: replace(q, axes=tuple(_put_sizes(a, lengths) for a in q.axes))
        for name, q in system.quantities.items()
    }
    return replace(system, equations=order_equations(equations), quantities=quantities, sizes=known)


def take_components(system: System, sizes: Mapping[Expr, int] | None = None) -> System:
    """Write every entry by number and every sum term by term.

    Raises:
        InputError: a size that is not given.
    """
    known = {**system.sizes, **(sizes or {})}
    numbers = {s: Integer(v) for s, v in known.items()}
    equations = [
        flat
        for equation in system.equations
        for flat in instantiate_everywhere(equation, numbers, KINDS, system.quantities)
    ]
    return replace(system, equations=order_equations(equations), sizes=known)


def count_places(equation: Equation, sizes: Mapping[Expr, int]) -> int:
    """How many entries an equation stands for once every index is a number.

    Raises:
        InputError: a size that is not given.
    """
    numbers = {s: Integer(v) for s, v in sizes.items()}
    total = 1
    for axis in equation.axes:
        free = {a.symbol: Integer(1) for a in equation.axes}
        low, high = axis.low.xreplace(free), axis.high.xreplace(free)
        total *= _count(high, numbers, axis) - _count(low, numbers, axis) + 1
    return total


def _list_lengths(system: System) -> set[Symbol]:
    """The depth, the number of time steps: the symbols that end such axes."""
    return {
        symbol
        for quantity in system.quantities.values()
        for axis in quantity.axes
        if axis.kind in ("layer", "time")
        for symbol in axis.low.free_symbols | axis.high.free_symbols
    }


def _put_sizes(axis: Axis, numbers: Mapping[Expr, Expr]) -> Axis:
    return replace(axis, low=axis.low.xreplace(numbers), high=axis.high.xreplace(numbers))


def instantiate_everywhere(
    equation: Equation,
    numbers: Mapping[Expr, Expr],
    kinds: Set[Kind],
    quantities: Mapping[str, Quantity],
) -> Iterator[Equation]:
    """All equations that one stands for, over its axes of these kinds."""
    chosen = [a for a in equation.axes if a.kind in kinds]
    if not chosen:
        lhs = equation.lhs.xreplace(dict(numbers))
        yield replace(equation, lhs=lhs, rhs=write_out(equation.rhs, numbers, kinds, quantities))
        return
    first = chosen[0]
    for number in range(_count(first.low, numbers, first), _count(first.high, numbers, first) + 1):
        fixed = equation.substitute({first.symbol: Integer(number)})
        yield from instantiate_everywhere(fixed, numbers, kinds, quantities)


def _count(bound: Expr, numbers: Mapping[Expr, Expr], axis: Axis) -> int:
    value = bound.xreplace(dict(numbers))
    if not value.is_Integer:
        raise InputError(
            f"the {axis.kind} index {axis.symbol} runs to {bound}, which has no number here; "
            f"give widths (2-2-2) or the size {value}"
        )
    return int(value)


def write_out(
    expression: Expr,
    numbers: Mapping[Expr, Expr],
    kinds: Set[Kind],
    quantities: Mapping[str, Quantity],
) -> Expr:
    """Write sums over indices of these kinds term by term, and put the sizes in."""
    if isinstance(expression, Softmax) and "neuron" in kinds:
        expression = expression.definition
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        axis = Axis(bound, low, high, kind_of(bound, body, quantities))
        if axis.kind not in kinds:
            inner = write_out(body, numbers, kinds, quantities)
            return Sum(inner, (bound, low, high))
        return Add(
            *(
                write_out(substitute(body, {bound: Integer(number)}), numbers, kinds, quantities)
                for number in range(_count(low, numbers, axis), _count(high, numbers, axis) + 1)
            )
        )
    if isinstance(expression, Ways):
        subject, top, *through = (
            write_out(way, numbers, kinds, quantities) for way in expression.args
        )
        return Ways(subject, top, *(way for ways in through for way in Add.make_args(ways)))
    if isinstance(expression, Indexed | Symbol) or not expression.args:
        return expression.xreplace(dict(numbers))
    return expression.func(*(write_out(a, numbers, kinds, quantities) for a in expression.args))


def order_equations(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Before use: z[1], a[1], z[2], ... where the general equations were all z, all a."""
    equations = tuple(equations)
    places: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for number, equation in enumerate(equations):
        places.setdefault(_place(equation.lhs), []).append(number)
    reads = [
        sorted({n for read in e.rhs.atoms(Indexed, Symbol) for n in places.get(_place(read), ())})
        for e in equations
    ]
    ordered: dict[int, None] = {}
    for number in range(len(equations)):
        stack, entered = [number], {number}
        while stack:
            waiting = [n for n in reads[stack[-1]] if n not in ordered and n not in entered]
            if waiting:
                stack.append(waiting[0])
                entered.add(waiting[0])
            else:
                ordered[stack.pop()] = None
    return tuple(equations[number] for number in ordered)


def _place(quantity: Expr) -> tuple[str, tuple[int, ...]]:
    return name_of(quantity), tuple(int(i) for i in indices_of(quantity) if i.is_Integer)


def split_cost(system: System) -> Equation | None:
    """The cost as a sum of one term for each output, C_j[j] = (y[j] - a[j])^2/2; None for others.

    >>> from symbackprop.network.network import mlp
    >>> print(split_cost(mlp().system).rhs)
    (-a[L, j] + y[j])**2/2
    """
    (definition,) = system.definitions[system.cost]
    factor, rest = definition.rhs.as_coeff_Mul()
    if not isinstance(rest, Sum) or len(rest.limits) != 1:
        return None
    body, bound, low, high = peel(rest)
    return Equation(entry(COST_TERM, (bound,)), factor * body, (Axis(bound, low, high),))
