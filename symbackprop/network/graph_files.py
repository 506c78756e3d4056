"""Read a computation graph from the tables of a network file: [graph] becomes a system."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Eq, Expr, IndexedBase, Integer, Symbol

from symbackprop.equations import (
    GIVEN,
    Axis,
    Quantity,
    Role,
    System,
    Written,
    check,
    index_symbol,
    indices_of,
    name_of,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.checks import (
    MAX_SIZE,
    Numbers,
    call_at,
    count,
    describe,
    expect,
    expect_shape,
    join,
    measure,
    read_count,
    read_numbers,
    shorten,
)
from symbackprop.network.grammar import (
    parse_quantity,
    parse_range,
    parse_right_side,
    scan_quantity,
)
from symbackprop.primitives import PRIMITIVES

MAX_EQUATIONS = 1000

# the letters that LaTeX has: Latin, also with accents, and Greek
_LETTER = "A-Za-zÀ-ÖØ-öø-žα-ξπρσ-ωΓΔΘΛΞΠΣΥΦΨΩ"
NAME = re.compile(f"[{_LETTER}][{_LETTER}0-9_]{{0,39}}")
# no quantity of a graph may take these names: what the tool itself writes there
RESERVED = {
    "eta": "the learning rate",
    "η": "the learning rate",
    "learning_rate": "the learning rate",
    "sum": "the sum over an axis",
}


# the symbol of an axis, and from where to where it runs
_Range = tuple[Symbol, Expr, Expr]


@dataclass(frozen=True)
class _Names:
    """The names of a graph: quantity --> (symbol, rank), axis --> (symbol, low, high), and the
    axes that a quantity is declared with."""

    quantities: dict[str, tuple[Any, int]]
    axes: dict[str, _Range]
    roles: dict[str, Role]
    declared: dict[str, tuple[_Range, ...]] = field(default_factory=dict)


def read_graph(table: dict[str, Any], given: dict[str, Any]) -> tuple[System, dict[str, Numbers]]:
    """Read the table [graph], and the table [values] for it."""
    equations = table.get("equations")
    if not equations:
        raise InputError(
            '[graph.equations] is missing; it has lines such as q = "x + y", in the order in '
            "which they are worked out"
        )
    expect(isinstance(equations, dict), "[graph] equations", "a table of equations", equations)
    if len(equations) > MAX_EQUATIONS:
        raise InputError(f"[graph.equations] has {len(equations)}; at most {MAX_EQUATIONS}")
    names = _declare_names(table, equations)
    system = _make_system(table, equations, names)
    return read_graph_values(system, given, names.axes)


def _declare_names(table: dict[str, Any], equations: dict[str, Any]) -> _Names:
    axes = _read_axes(table)
    names = _Names({}, axes, {})
    sizes = {s.name for _, low, high in axes.values() for s in low.free_symbols | high.free_symbols}
    given: tuple[tuple[str, Role], ...] = (
        ("inputs", "input"),
        ("targets", "target"),
        ("parameters", "parameter"),
    )
    for key, role in given:
        listed = table.get(key, [])
        expect(isinstance(listed, list), f"[graph] {key}", 'a list such as ["x", "y"]', listed)
        for text in listed:
            place = f"[graph] {key}"
            name, rank = _read_left_side(text, place, names, sizes)
            if name in names.roles:
                raise InputError(f"{place}: {name} is declared already, as {names.roles[name]}")
            names.quantities[name] = (_make_symbol(name, rank), rank)
            names.roles[name] = role
            quantity = call_at(place, parse_quantity, text, names=names.quantities, axes=axes)
            indices = indices_of(quantity)
            if len(set(indices)) < len(indices) or not all(i.is_Symbol for i in indices):
                raise InputError(f"{place}: {text}: here every index is an axis of its own")
            names.declared[name] = tuple(
                axes[index.name] for index in indices if str(index) in axes
            )
    for text in equations:
        place = "[graph.equations]"
        name, rank = _read_left_side(text, place, names, sizes)
        if name in names.roles:
            raise InputError(
                f"{place} {text}: {name} is declared as {names.roles[name]}; an equation cannot "
                f"define it as well"
            )
        if names.quantities.setdefault(name, (_make_symbol(name, rank), rank))[1] != rank:
            raise InputError(f"{place} {text}: {name} has another number of indices further up")
    return names


def _read_axes(table: dict[str, Any]) -> dict[str, _Range]:
    given = table.get("axes", {})
    expect(isinstance(given, dict), "[graph] axes", 'a table with lines such as t = "1..T"', given)
    axes: dict[str, _Range] = {}
    for name, text in given.items():
        place = f"[graph.axes] {name}"
        _check_name(name, place)
        expect(isinstance(text, str), place, 'a range in quotes such as "1..T"', text)
        low, high = call_at(place, parse_range, text)
        for size in sorted(s.name for s in low.free_symbols | high.free_symbols):
            _check_name(size, place)
            if size in given:
                raise InputError(f"{place}: {size} is an axis itself; a range ends at a size")
        axes[name] = (index_symbol(name), low, high)
    return axes


def _read_left_side(text: object, place: str, names: _Names, sizes: set[str]) -> tuple[str, int]:
    expect(isinstance(text, str), place, 'a name such as "x" or "W[j, k]"', text)
    name, rank = call_at(f"{place} {shorten(text)}", scan_quantity, text)
    _check_name(name, place)
    clashes = (
        (RESERVED, f"{RESERVED.get(name)} is written so"),
        (names.axes, "an axis has this name"),
        (sizes, "a size has this name"),
        ({**PRIMITIVES, **GRAPH_FUNCTIONS}, "a function has this name"),
    )
    for taken, reason in clashes:
        if name in taken:
            raise InputError(f"{place} {name}: {reason}; choose another name")
    return name, rank


def _check_name(name: str, place: str) -> None:
    if not NAME.fullmatch(name):
        raise InputError(
            f"{place} {shorten(name)}: a name has letters (a to z, also with accents, and Greek), "
            f"digits and _, begins with a letter, and has at most 40 characters"
        )


def _make_symbol(name: str, rank: int) -> Any:
    return IndexedBase(name) if rank else Symbol(name)


def _call_activation(row: Activation) -> Callable[[Expr], Expr]:
    def refuse(argument: Expr) -> Expr:
        raise InputError(
            "softmax of one number is always 1; over an axis write exp(z[j])/sum(k, exp(z[k]))"
        )

    if row.vector:
        return refuse
    if row.name == "identity":
        return lambda argument: argument
    return row.function


# a name of the grammar has no hyphen: leaky-relu --> leaky_relu
GRAPH_FUNCTIONS = {
    name.replace("-", "_"): _call_activation(row) for name, row in ACTIVATIONS.items()
}


def _make_system(table: dict[str, Any], equations: dict[str, Any], names: _Names) -> System:
    read: list[Eq] = []
    written: list[Written] = []
    for left, right in equations.items():
        place = f"[graph.equations] {shorten(left)}"
        expect(isinstance(right, str), place, 'a formula in quotes such as "x + y"', right)
        lhs = call_at(place, parse_quantity, left, names=names.quantities, axes=names.axes)
        rhs, how = call_at(
            place,
            parse_right_side,
            right,
            names=names.quantities,
            axes=names.axes,
            functions=GRAPH_FUNCTIONS,
        )
        read.append(Eq(lhs, rhs, evaluate=False))
        written.append(how)
    cost = table.get("cost", name_of(read[-1].lhs))
    expect(isinstance(cost, str), "[graph] cost", "the name of a quantity", cost)
    defined = {name_of(e.lhs): len(indices_of(e.lhs)) for e in read}
    if cost not in defined:
        raise InputError(f"[graph] {name_choices('cost', cost, defined)}")
    if defined[cost]:
        raise InputError(
            f"[graph] the cost is one number, but {cost} has indices; sum over them in one more "
            f'equation, such as C = "sum(j, ...)"'
        )
    if "C" in names.quantities and cost != "C":
        raise InputError(f"[graph] C is the name of the cost, but the cost here is {cost}")
    parameters = [names.quantities[n][0] for n, role in names.roles.items() if role == "parameter"]
    try:
        system = System(
            tuple(read),
            parameters=[Symbol(str(p)) for p in parameters],
            axes={symbol: (low, high) for symbol, low, high in names.axes.values()},
        )
        system = replace(
            system,
            equations=tuple(
                replace(equation, written=how)
                for equation, how in zip(system.equations, written, strict=True)
            ),
            quantities=_order(system, names, cost),
            cost=cost,
        )
        return check(system)
    except InputError as error:
        raise InputError(f"[graph.equations] {error}") from None


def _order(system: System, names: _Names, cost: str) -> dict[str, Quantity]:
    """Put the quantities in the order of the file, with the roles that it gives them."""
    for name, role in names.roles.items():
        if name not in system.quantities:
            raise InputError(f"no equation reads {name}, which is declared as {role}")
    order = [*names.roles, *(n for n in system.quantities if n not in names.roles)]
    found = {}
    for name in order:
        quantity = system.quantities[name]
        role = names.roles.get(name) or ("cost" if name == cost else "intermediate")
        axes = quantity.axes
        if len(names.declared.get(name, ())) == len(axes):
            axes = tuple(map(_widen, axes, names.declared.get(name, ())))
        found[name] = replace(quantity, role=role, axes=axes)
    return found


def _widen(axis: Axis, declared: _Range) -> Axis:
    """As far as it is declared, where that is further than it is read at plain indices."""
    _, low, high = declared
    return replace(
        axis,
        low=low if (axis.low - low).is_positive else axis.low,
        high=high if (high - axis.high).is_positive else axis.high,
    )


def read_graph_values(
    system: System, given: Mapping[str, Any], axes: Mapping[str, _Range] | None = None
) -> tuple[System, dict[str, Numbers]]:
    """Check the values of inputs and parameters; the system gets the sizes that they have."""
    if axes is None:
        found = [a for q in system.quantities.values() for a in q.axes]
        axes = {a.symbol.name: (a.symbol, a.low, a.high) for a in found}
    ends = [end for _, low, high in axes.values() for end in (low, high)]
    symbols = {s.name: s for end in ends for s in end.free_symbols}
    wanted = [q.name for q in system.quantities.values() if q.role in GIVEN]
    sizes: dict[Expr, int] = dict(system.sizes)
    values: dict[str, Numbers] = {}
    known = [*wanted, *symbols, "learning_rate"]
    for key, value in given.items():
        place = f"[values] {key}"
        if key not in known:
            if key in system.quantities:
                raise InputError(f"{place}: an equation defines it; give what it is made of")
            raise InputError(f"[values] {name_choices('key', key, known)}")
        if key in symbols:
            sizes[symbols[key]] = read_count(value, place, MAX_SIZE)
        elif key != "learning_rate":
            values[key] = read_numbers(value, place)
    missing = [name for name in wanted if name not in values]
    if values and missing:
        raise InputError(
            f"[values] {join(missing)} missing; the graph needs {join(wanted)}: "
            f"give all of them, or none"
        )
    sizes = _find_sizes(system, values, sizes)
    for name, (_, low, high) in axes.items():
        length = _count_range(low, high, sizes)
        if length.is_number and length < 1:
            raise InputError(f"[graph.axes] {name}: with the sizes given this range is empty")
    for name, value in values.items():
        quantity = system.quantities[name]
        shape = tuple(int(_length(axis, sizes)) for axis in quantity.axes)
        ranges = (f"{a.symbol} = {a.low}..{a.high}" for a in quantity.axes)
        expect_shape(value, shape, f"[values] {name}", ", ".join(ranges) or "it has no index")
    return replace(system, sizes=sizes), values


def _length(axis: Axis, sizes: Mapping[Expr, int]) -> Expr:
    return _count_range(axis.low, axis.high, sizes)


def _count_range(low: Expr, high: Expr, sizes: Mapping[Expr, int]) -> Expr:
    """How many values a range has, with the sizes put in that are known."""
    known = {symbol: Integer(size) for symbol, size in sizes.items()}
    return (high - low + 1).xreplace(known)


def _find_sizes(
    system: System, values: Mapping[str, Numbers], sizes: dict[Expr, int]
) -> dict[Expr, int]:
    """T from the three rows of x[t, k], where t = 1..T: an axis with one unknown size at a time."""
    sizes = dict(sizes)
    pairs = []
    for name, value in values.items():
        axes, shape = system.quantities[name].axes, measure(value)
        if len(axes) != len(shape):
            raise InputError(
                f"[values] {name}: {describe(shape)} is given, but {name} has "
                f"{count(len(axes), 'index', 'indices')}"
            )
        pairs += [(name, axis, length) for axis, length in zip(axes, shape, strict=True)]
    for _ in pairs:
        for name, axis, length in pairs:
            rest = _length(axis, sizes) - length
            unknown = rest.free_symbols
            if len(unknown) == 1:
                (symbol,) = unknown
                slope = rest.diff(symbol)
                found = -(rest - slope * symbol) / slope
                if not (found.is_Integer and found >= 1):
                    raise InputError(
                        f"[values] {name}: {length} entries do not fit {axis.symbol} = "
                        f"{axis.low}..{axis.high}"
                    )
                sizes[symbol] = int(found)
    unknown = {s for _, axis, _ in pairs for s in _length(axis, sizes).free_symbols}
    if unknown:
        symbol = min(map(str, unknown))
        raise InputError(
            f"[values] the size {symbol} cannot be told from the values; give {symbol} as well"
        )
    return sizes
