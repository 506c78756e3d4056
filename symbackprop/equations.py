"""The carrier of all work: a system is an ordered list of indexed equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from sympy import (
    Add,
    Eq,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Sum,
    Symbol,
)

from symbackprop.errors import InputError
from symbackprop.functions import Softmax
from symbackprop.primitives import leave_alone

# what an index counts; it says how the index is written
Kind = Literal["layer", "time", "neuron", "sample"]
Role = Literal[
    "input",
    "target",
    "parameter",
    "constant",
    "intermediate",
    "pre-activation",
    "activation",
    "sample cost",
    "cost",
    "adjoint",
    "gradient",
    "updated",
]
EquationRole = Literal["forward", "adjoint", "gradient", "update"]

KINDS: frozenset[Kind] = frozenset(get_args(Kind))
UPDATED = "⁺"
# what one sample, and one output, adds to the cost, where that has a name
SAMPLE_COST = "C_i"
COST_TERM = "C_j"
GIVEN: tuple[Role, ...] = ("input", "target", "parameter", "constant")
# for the axes of what is only ever read at shifted indices or at numbers
INDEX_LETTERS = (*"jkpqruvwabcdefgh", *(f"j{number}" for number in range(100)))


@dataclass(frozen=True)
class Axis:
    """One index with its range, both ends included; the kind tells how a notation writes it."""

    symbol: Symbol
    low: Expr
    high: Expr
    kind: Kind = "neuron"


@dataclass(frozen=True)
class Quantity:
    """A named family of numbers: W over the axes (l, j, k), or a scalar over none."""

    name: str
    role: Role
    axes: tuple[Axis, ...] = ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(axis.kind for axis in self.axes)

    def at(self, *indices: Expr | int) -> Expr:
        """The entry at these indices.

        >>> Quantity("C", "cost").at()
        C
        """
        return entry(self.name, indices)


@dataclass(frozen=True)
class Written:
    """How a right side was written, which sympy forgets: its terms and names from left to right."""

    terms: tuple[Expr, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Equation:
    """lhs = rhs for every value of the axes; role is forward, adjoint, gradient or update."""

    lhs: Expr
    rhs: Expr
    axes: tuple[Axis, ...] = ()
    role: EquationRole = "forward"
    written: Written = field(default=Written(), compare=False)

    @property
    def name(self) -> str:
        return name_of(self.lhs)

    @property
    def indices(self) -> tuple[Expr, ...]:
        return indices_of(self.lhs)

    def substitute(self, mapping: Mapping[Symbol, Expr]) -> Equation:
        """Put values for some axes; those axes are gone from the result."""
        return replace(
            self,
            lhs=substitute(self.lhs, mapping),
            rhs=substitute(self.rhs, mapping),
            axes=tuple(
                replace(a, low=substitute(a.low, mapping), high=substitute(a.high, mapping))
                for a in self.axes
                if a.symbol not in mapping
            ),
        )


def index_symbol(letter: str) -> Symbol:
    """The symbol of an index or a size: an integer."""
    return Symbol(letter, integer=True)


def entry(name: str, indices: Iterable[Expr | int] = ()) -> Expr:
    """The expression for one entry of a quantity.

    >>> from sympy import Symbol
    >>> entry("a", (Symbol("L"), 1))
    a[L, 1]
    """
    indices = tuple(indices)
    return IndexedBase(name)[indices] if indices else Symbol(name)


def name_of(quantity: Expr) -> str:
    if isinstance(quantity, Indexed):
        return quantity.base.label.name
    if isinstance(quantity, Symbol):
        return quantity.name
    raise InputError(f"a left side must be a quantity such as z or z[l, j], not {quantity}")


def is_entry_of(expression: Expr, name: str) -> bool:
    """Whether an expression is one entry of the quantity of that name, and nothing more.

    >>> is_entry_of(entry("a", (1,)), "a"), is_entry_of(2 * entry("a", (1,)), "a")
    (True, False)
    """
    return isinstance(expression, Indexed | Symbol) and name_of(expression) == name


def indices_of(quantity: Expr) -> tuple[Expr, ...]:
    return tuple(quantity.indices) if isinstance(quantity, Indexed) else ()


def adjoint_name(name: str, cost: str = "C") -> str:
    """The name of the derivative of the cost by a quantity.

    >>> adjoint_name("z")
    '∂C/∂z'
    """
    return f"∂{cost}/∂{name}"


def updated_name(name: str) -> str:
    """The name of a parameter after a step of gradient descent.

    >>> updated_name("W")
    'W⁺'
    """
    return name + UPDATED


def plain_name(name: str) -> str:
    """The name of the quantity that an adjoint or an updated parameter belongs to.

    >>> plain_name("∂C/∂z"), plain_name("W⁺"), plain_name("z")
    ('z', 'W', 'z')
    """
    adjoint = split_adjoint(name)
    return adjoint[1] if adjoint else name.removesuffix(UPDATED)


def split_adjoint(name: str) -> tuple[str, str] | None:
    """Undo `adjoint_name`; None for any other name.

    >>> split_adjoint("∂C/∂z"), split_adjoint("z")
    (('C', 'z'), None)
    """
    if not name.startswith("∂"):
        return None
    cost, _, quantity = name[1:].partition("/∂")
    return cost, quantity


def substitute(expression: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Replace free symbols; the bound index of a sum is left alone.

    >>> from sympy import symbols, Sum, IndexedBase
    >>> k, x = symbols("k"), IndexedBase("x")
    >>> substitute(x[k] + Sum(x[k], (k, 1, 2)), {k: symbols("p")})
    x[p] + Sum(x[k], (k, 1, 2))
    """
    if not mapping:
        return expression
    if not expression.has(Sum, Softmax):
        return expression.xreplace(dict(mapping))
    return _substitute_scoped(expression, dict(mapping))


def _substitute_scoped(expression: Expr, mapping: dict[Expr, Expr]) -> Expr:
    if expression in mapping:
        return mapping[expression]
    if not expression.args or isinstance(expression, Indexed):
        return expression.xreplace(mapping)
    if isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        inner = {old: new for old, new in mapping.items() if old != bound}
        limits = (bound, _substitute_scoped(low, mapping), _substitute_scoped(high, mapping))
        return Sum(_substitute_scoped(body, inner), limits)
    if isinstance(expression, Softmax):
        argument, term, bound, low, high = expression.args
        inner = {old: new for old, new in mapping.items() if old != bound}
        return Softmax(
            _substitute_scoped(argument, mapping),
            _substitute_scoped(term, inner),
            bound,
            _substitute_scoped(low, mapping),
            _substitute_scoped(high, mapping),
        )
    return expression.func(*(_substitute_scoped(a, mapping) for a in expression.args))


def peel(total: Sum) -> tuple[Expr, Symbol, Expr, Expr]:
    """Take off the outermost sum: (body, bound index, low, high); sympy nests by itself.

    >>> from sympy import symbols, Sum
    >>> j, k = symbols("j k")
    >>> peel(Sum(j * k, (k, 1, 2), (j, 1, 3)))
    (Sum(j*k, (k, 1, 2)), j, 1, 3)
    """
    *inner, (bound, low, high) = total.limits
    return (Sum(total.function, *inner) if inner else total.function), bound, low, high


def skeleton(term: Expr) -> Expr:
    """What a term reads, without numbers, sums and indices: so that it is known again.

    >>> from sympy import symbols, IndexedBase, Sum
    >>> j, k, W, a = *symbols("j k"), IndexedBase("W"), IndexedBase("a")
    >>> skeleton(-2 * Sum(W[j, k] * a[k], (k, 1, 3)))
    W*a
    """
    number, body = term.as_coeff_Mul()
    if body == 1:
        return abs(number)
    if isinstance(body, Sum):
        return skeleton(body.function)
    if isinstance(body, Indexed):
        return Symbol(name_of(body))
    if isinstance(body, Pow) and body.exp.is_number:
        return skeleton(body.base) ** body.exp
    known = isinstance(body, Add | Mul | Pow | Function) and not body.has(Softmax)
    if not known or not all(isinstance(part, Expr) for part in body.args):
        return body
    return body.func(*map(skeleton, body.args))


def bound_indices(expression: Expr) -> set[Symbol]:
    return {limit[0] for s in expression.atoms(Sum) for limit in s.limits}


def find_entries(expression: Expr) -> Iterator[Expr]:
    """Every entry of a quantity read in an expression, in no particular order.

    Sizes in the bounds of sums are not read: n[l-1] in a bound is a range, not a value.
    """
    if isinstance(expression, Indexed | Symbol):
        yield expression
    elif isinstance(expression, Sum):
        body, bound, *_ = peel(expression)
        yield from (e for e in find_entries(body) if e != bound)
    elif isinstance(expression, Softmax):
        yield from find_entries(expression.args[0])
        yield from (e for e in find_entries(expression.args[1]) if e != expression.args[2])
    elif isinstance(expression, KroneckerDelta):
        return
    else:
        for argument in expression.args:
            yield from find_entries(argument)


def free_indices(expression: Expr) -> set[Symbol]:
    """The symbols free in the indices of an expression (its axes, but also L in a[L, j])."""
    if isinstance(expression, Indexed):
        return set().union(*(i.free_symbols for i in expression.indices))
    if isinstance(expression, KroneckerDelta):
        return set(expression.free_symbols)
    if isinstance(expression, Sum):
        body, bound, *_ = peel(expression)
        return free_indices(body) - {bound}
    if isinstance(expression, Softmax):
        argument, term, bound, *_ = expression.args
        return free_indices(argument) | (free_indices(term) - {bound})
    return set().union(*(free_indices(a) for a in expression.args))


@dataclass(frozen=True)
class System:
    """An ordered tuple of equations with the quantities they are about.

    `sizes` gives numbers for size symbols where the declaration has them: {n[0]: 784, L: 3}.
    `assumptions` are identities that hold by declaration, as (expression, value) pairs.
    `sample` is the axis of a batch: with it, adjoints of what has that axis are derivatives of
    the cost of one sample, and gradients are their mean.

    Made from sympy equations, quantities and their ranges are inferred: what no equation defines
    is an input unless `parameters` or `targets` names it, the last left side is the cost, and
    `axes` gives the ranges of the indices.

    >>> from sympy import Eq, symbols
    >>> x, y, z, q, f = symbols("x y z q f")
    >>> system = System([Eq(q, x + y), Eq(f, q * z)], parameters=[z])
    >>> system.cost, system.names("input"), system.names("parameter")
    ('f', ('x', 'y'), ('z',))
    """

    equations: tuple[Equation, ...]
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    cost: str = ""
    sizes: Mapping[Expr, int] = field(default_factory=dict)
    assumptions: tuple[tuple[Expr, Expr], ...] = ()
    sample: Axis | None = None
    parameters: InitVar[Iterable[Expr | IndexedBase]] = ()
    targets: InitVar[Iterable[Expr | IndexedBase]] = ()
    axes: InitVar[Mapping[Symbol, tuple[Expr | int, Expr | int]] | None] = None

    def __post_init__(
        self,
        parameters: Iterable[Expr | IndexedBase],
        targets: Iterable[Expr | IndexedBase],
        axes: Mapping[Symbol, tuple[Expr | int, Expr | int]] | None,
    ) -> None:
        if not self.equations:
            raise InputError("a system needs at least one equation")
        if not self.quantities:
            equations = _read_equations(self.equations, axes or {})
            object.__setattr__(self, "equations", equations)
            chosen_roles: tuple[tuple[Role, Iterable[Expr | IndexedBase]], ...]
            chosen_roles = (("parameter", parameters), ("target", targets))
            roles: dict[str, Role] = {
                q.label.name if isinstance(q, IndexedBase) else name_of(q): role
                for role, chosen in chosen_roles
                for q in chosen
            }
            object.__setattr__(self, "quantities", _infer_quantities(equations, roles))
        object.__setattr__(self, "equations", tuple(self.equations))
        object.__setattr__(self, "cost", self.cost or self.equations[-1].name)

    @cached_property
    def definitions(self) -> dict[str, tuple[Equation, ...]]:
        """The equations that define a name, in order."""
        found: dict[str, list[Equation]] = {}
        for equation in self.equations:
            found.setdefault(equation.name, []).append(equation)
        return {name: tuple(equations) for name, equations in found.items()}

    @cached_property
    def size_symbols(self) -> set[Symbol]:
        """The symbols that ranges are made of: L, T, n (of n[l]), the number of samples."""
        found: set[Symbol] = set()
        for axes in [q.axes for q in self.quantities.values()] + [e.axes for e in self.equations]:
            own = {a.symbol for a in axes}
            for axis in axes:
                found |= (axis.low.free_symbols | axis.high.free_symbols) - own
        for equation in self.equations:
            limits = [limit for s in equation.rhs.atoms(Sum) for limit in s.limits]
            own = {a.symbol for a in equation.axes} | {bound for bound, *_ in limits}
            for _, low, high in limits:
                found |= (low.free_symbols | high.free_symbols) - own
        return {s for s in found if isinstance(s, Symbol)}

    @cached_property
    def letters(self) -> frozenset[str]:
        """The names of all quantities and sizes: no index may have one of them."""
        return frozenset(self.quantities).union(s.name for s in self.size_symbols)

    def select(self, role: EquationRole) -> tuple[Equation, ...]:
        return tuple(e for e in self.equations if e.role == role)

    def names(self, role: Role) -> tuple[str, ...]:
        """The names of the quantities of one role, in declared order."""
        return tuple(q.name for q in self.quantities.values() if q.role == role)

    def extend(self, equations: Iterable[Equation], quantities: Iterable[Quantity] = ()) -> System:
        merged = {**self.quantities, **{q.name: q for q in quantities}}
        return replace(self, equations=self.equations + tuple(equations), quantities=merged)

    def adjoint(self, name: str) -> str:
        """The name of the derivative by a quantity: of one sample's cost where it has samples."""
        return adjoint_name(name, self.differentiated(name))

    def differentiated(self, name: str) -> str:
        """The name of the cost that an adjoint of this quantity differentiates."""
        if self.sample and "sample" in self.quantities[name].kinds:
            return self.names("sample cost")[0]
        return self.cost


def _read_equations(
    equations: Iterable[Eq | Equation], ranges: Mapping[Symbol, tuple[Expr | int, Expr | int]]
) -> tuple[Equation, ...]:
    """Eq(h[t, j], ...) --> Equation with the axes t and j."""
    equations = tuple(equations)
    for equation in equations:
        if not isinstance(equation, Eq | Equation):
            raise InputError(f"{equation}: an equation is written Eq(left side, right side)")
    defined = {name_of(e.lhs) for e in equations}
    # h[t] from h[t - 1] is a step in time; x[i + r] of an input is a place
    stepped = {
        s
        for e in equations
        for read in find_entries(e.rhs)
        if name_of(read) in defined
        for index in indices_of(read)
        for s in index.free_symbols
        if index != s and (index - s).is_Integer
    }
    found = []
    for equation in equations:
        if isinstance(equation, Equation):
            found.append(replace(equation, rhs=leave_alone(equation.rhs)))
            continue
        symbols = dict.fromkeys(s for i in indices_of(equation.lhs) for s in i.free_symbols)
        missing = [s for s in symbols if s not in ranges]
        if missing:
            raise InputError(
                f"{equation.lhs} = {equation.rhs}: the range of the index {missing[0]} is not "
                f"given; add it to axes, for example axes={{{missing[0]}: (1, n)}}"
            )
        axes = tuple(
            Axis(s, _as_bound(low), _as_bound(high), "time" if s in stepped else "neuron")
            for s in symbols
            for low, high in (ranges[s],)
        )
        found.append(Equation(equation.lhs, leave_alone(equation.rhs), axes))
    return tuple(found)


def _as_bound(bound: Expr | int) -> Expr:
    return Integer(bound) if isinstance(bound, int) else bound


def _infer_quantities(
    equations: tuple[Equation, ...], roles: Mapping[str, Role]
) -> dict[str, Quantity]:
    """What the equations define, read and range over."""
    ranges = {a.symbol: a for e in equations for a in e.axes}
    for equation in equations:
        for bound, low, high in (x for s in equation.rhs.atoms(Sum) for x in s.limits):
            ranges.setdefault(bound, Axis(bound, low, high))
    sizes = {s for a in ranges.values() for s in (a.low.free_symbols | a.high.free_symbols)}
    defined = [e.name for e in equations]
    found: dict[str, Quantity] = {}
    reads: dict[str, list[Expr]] = {}
    for equation in equations:
        for read in sorted(set(find_entries(equation.rhs)), key=str):
            if name_of(read) not in defined and read not in sizes and read not in ranges:
                reads.setdefault(name_of(read), []).append(read)
    for name, places in reads.items():
        found[name] = Quantity(name, roles.get(name, "input"), _ranges_of(places, ranges))
    for name in dict.fromkeys(defined):
        places = [e for e in equations if e.name == name]
        role: Role = "cost" if name == defined[-1] else "intermediate"
        found[name] = Quantity(name, role, _join_ranges(places))
    return found


def _ranges_of(reads: list[Expr], ranges: Mapping[Symbol, Axis]) -> tuple[Axis, ...]:
    """Where an input is read: W[j, k] over the ranges of j and k, x[1] and x[2] over 1..2."""
    axes = []
    for position in range(len(indices_of(reads[0]))):
        found = [indices_of(read)[position] for read in reads]
        plain = [index for index in found if index in ranges]
        numbers = [index for index in found if index.is_Integer]
        if plain:
            axes.append(_widen(ranges[plain[0]], numbers))
        elif all(index.is_Integer for index in found):
            axes.append(Axis(_fresh_index(axes, ranges), min(Integer(1), *found), max(found)))
        elif found[0].is_Add and found[0].free_symbols <= set(ranges):
            # x[i + r]: from where both begin to where both end
            lows = {s: ranges[s].low for s in found[0].free_symbols}
            highs = {s: ranges[s].high for s in found[0].free_symbols}
            ends = found[0].xreplace(lows), found[0].xreplace(highs)
            axes.append(Axis(_fresh_index(axes, ranges), *ends))
        elif found[0].is_Symbol:
            raise InputError(
                f"{reads[0]}: the index {found[0]} is free on the right side only; "
                f"sum over it or put it on the left"
            )
        else:
            raise InputError(
                f"{reads[0]}: the range of the index {found[0]} cannot be told; read an input "
                f"or a parameter at a plain index whose range is declared"
            )
    return tuple(axes)


def _fresh_index(axes: list[Axis], ranges: Mapping[Symbol, Axis]) -> Symbol:
    """A letter for an axis that has none: x[i + r, j + s] has two, and they are not the same."""
    taken = {a.symbol.name for a in axes} | {s.name for s in ranges}
    return index_symbol(next(letter for letter in INDEX_LETTERS if letter not in taken))


def _join_ranges(places: list[Equation]) -> tuple[Axis, ...]:
    """h[0, j] and h[t, j] for t = 1..T --> h over t = 0..T."""
    general = max(places, key=lambda e: len(e.axes))
    axes = {a.symbol: a for a in general.axes}
    joined = []
    for position, index in enumerate(general.indices):
        axis = axes.get(index) or Axis(index_symbol("l"), index, index)
        others = (e.indices[position] for e in places)
        joined.append(_widen(axis, [other for other in others if other.is_Integer]))
    return tuple(joined)


def _widen(axis: Axis, numbers: list[Expr]) -> Axis:
    """t = 2..T with x[1] read or defined as well --> t = 1..T."""
    for number in numbers:
        if axis.low.is_Integer and number < axis.low:
            axis = replace(axis, low=number)
        if axis.high.is_Integer and number > axis.high:
            axis = replace(axis, high=number)
    return axis


def check(system: System) -> System:
    """Return the system itself if it is well-formed, else raise.

    Every quantity is defined once and before use (a shifted index counts as before), the free
    indices of both sides agree, and bound indices are not also free.

    Raises:
        InputError: names the equation and what would be right.
    """
    defined: set[str] = {q.name for q in system.quantities.values() if q.role in GIVEN}
    later = set(system.definitions)
    _check_defined_once(system)
    sizes = system.size_symbols
    size_names = {s.name for s in sizes}
    for equation in system.equations:
        _check_indices(equation, sizes)
        axes = {a.symbol for a in equation.axes}
        for read in find_entries(equation.rhs):
            name = name_of(read)
            if name in defined or read in axes or name in size_names:
                continue
            if name not in system.quantities and name not in later:
                raise InputError(
                    f"{equation.lhs} = {equation.rhs}: {name} is not defined; declare it as an "
                    f"input or a parameter, or define it before this equation"
                )
            if not _is_shifted(read, equation):
                raise InputError(
                    f"{equation.lhs} = {equation.rhs}: {read} is used before it is defined; "
                    f"move the equation that defines {name} before this one"
                )
        defined.add(equation.name)
    return system


def _is_shifted(read: Expr, equation: Equation) -> bool:
    """Whether a read lies before the left side: a[l-1, k] for z[l, j], h[t-1] for h[t].

    What is derived goes the other way: the error of l reads that of l + 1.
    """
    axes = {a.symbol for a in equation.axes}
    derived = equation.role != "forward"
    for index in indices_of(read):
        shift, rest = index.as_coeff_Add()
        if shift and rest in axes:
            return shift < 0 or derived
        if derived and any((index - place).is_nonzero for place in equation.indices):
            return True
    return False


def _check_defined_once(system: System) -> None:
    for name, equations in system.definitions.items():
        quantity = system.quantities.get(name)
        if quantity is not None and quantity.role in GIVEN:
            raise InputError(
                f"{equations[0].lhs} = {equations[0].rhs}: {name} is declared as {quantity.role}; "
                f"it cannot be defined by an equation as well"
            )
        seen: dict[tuple[Expr, ...], Equation] = {}
        for equation in equations:
            axes = {a.symbol: a for a in equation.axes}
            # a[l, j] for l = 1..L and a[0, j] are two places; z[l, j] twice is one.
            place = tuple(
                (axes[i].low, axes[i].high) if i in axes else (i, i) for i in equation.indices
            )
            if place in seen:
                raise InputError(
                    f"{equation.lhs} is defined twice: {seen[place].rhs} and {equation.rhs}; "
                    f"give one of them another name"
                )
            seen[place] = equation


def _check_indices(equation: Equation, sizes: set[Symbol]) -> None:
    left = {s for i in equation.indices for s in i.free_symbols} - sizes
    axes = {a.symbol for a in equation.axes}
    if left != axes:
        odd = ", ".join(sorted(map(str, left ^ axes)))
        raise InputError(f"{equation.lhs}: the range of the index {odd} is not given exactly once")
    for symbol in sorted(free_indices(equation.rhs) - axes - sizes, key=str):
        raise InputError(
            f"{equation.lhs} = {equation.rhs}: the index {symbol} is free on the right side only; "
            f"sum over it or put it on the left"
        )
    for bound in sorted(bound_indices(equation.rhs) & axes, key=str):
        raise InputError(
            f"{equation.lhs} = {equation.rhs}: the index {bound} is both summed over and free; "
            f"rename one of them"
        )
