"""What an indexed expression means, in numbers: one concrete world to try a formula in.

An expression becomes a function of the world and of its free indices that looks entries up, adds,
multiplies and loops; proofs and verdicts rest on this meaning, never on the compiled programs.

Derivatives are found without differentiating any formula: an entry is computed once more with dual
numbers, which gives its slope by each entry that its equation reads, and slopes are multiplied
along the paths from entry to entry. So they do not depend on `diff`, on the backward pass or on
folding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sympy import (
    ITE,
    Add,
    And,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    Not,
    NumberSymbol,
    Or,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    exp,
)
from sympy import Number as NumericConstant
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from symbackprop.equations import (
    Axis,
    Equation,
    System,
    indices_of,
    name_of,
    peel,
    split_adjoint,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.number_types import (
    DOUBLE,
    Dual,
    Field,
    FloatingPoint,
    GenericFunction,
    Number,
    UndefinedError,
    add_all,
)
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.primitives import KINDS, X, Y, rank_in_tie


class MissingError(InputError):
    """An entry is read that no equation defines and that has no number."""


Key = tuple
Arithmetic = FloatingPoint | Field


class Scope(Protocol):
    """What an expression is read in: a world, or a world whose entries are dual numbers."""

    sizes: Mapping[Key, int]
    memory: dict[Any, Number]

    @property
    def splits_exponents(self) -> bool: ...
    def look_up(self, key: Key) -> Number: ...
    def make(self, constant: Expr) -> Number: ...
    def apply(self, kind: type, x: Number) -> Number: ...
    def apply_generic(self, spelling: str, order: int, x: Number) -> Number: ...
    def power(self, base: Number, exponent: Number) -> Number: ...
    def derivative(self, of: Key, by: Key) -> Number: ...
    def direct(self, of: Key, by: Key) -> Number: ...


Indices = dict[Symbol, Any]
Meaning = Callable[[Any, Indices], Number]


@dataclass
class World:
    """One concrete world: sizes, generic functions, and numbers, computed when they are looked up.

    Entries have keys: ("a", 1, 2) is a[1, 2]. What has a number keeps it, so whatever was
    computed of it may be remembered.
    """

    system: System
    arithmetic: Arithmetic
    generic: Mapping[str, GenericFunction]
    numbers: dict[Key, Number]
    sizes: Mapping[Key, int] = field(default_factory=dict)
    traced: bool = True
    order: list[Key] = field(default_factory=list)
    slopes: dict[Key, dict[Key, Number]] = field(default_factory=dict)
    memory: dict[Any, Number] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.definitions = _index_equations(self.system, self.traced)
        self._pending: set[Key] = set()
        self._constants: dict[Expr, Number] = {}
        self._places: dict[Key, int] = {}
        self._first_reader: dict[Key, int] = {}
        self._sweeps: dict[Key, _Sweep] = {}

    # --- values ---------------------------------------------------------------------------------

    def value(self, expression: Expr, indices: Mapping[Symbol, int] | None = None) -> Number:
        """The number that an expression stands for, its free indices given.

        >>> from sympy import Integer, IndexedBase, Sum, Symbol
        >>> x, k = IndexedBase("x"), Symbol("k")
        >>> numbers = {("x", 1): 2.0, ("x", 2): 3.0}
        >>> world = build_world(System([Equation(Symbol("C"), x[1] + x[2])]), {}, numbers)
        >>> world.value(Sum(k * x[k], (k, 1, 2)))
        8.0
        """
        return compile_expression(expression)(self, dict(indices or {}))

    def look_up(self, key: Key) -> Number:
        if key in self.numbers:
            return self.numbers[key]
        return self.compute(key)

    def compute(self, key: Key) -> Number:
        """Evaluate the equation that defines an entry, with its slope by each entry it reads."""
        split = split_adjoint(key[0]) if self.traced else None
        if split is not None:
            self.numbers[key] = self._find_adjoint(*split, key)
            return self.numbers[key]
        equation, indices = _find_equation(self, key)
        if key in self._pending:
            raise InputError(f"{spell(key)} is defined in terms of itself")
        self._pending.add(key)
        try:
            scope = Traced(self) if self.traced else self
            result = compile_expression(equation.rhs)(scope, indices)
        finally:
            self._pending.discard(key)
        slopes: dict[Key, Number] = {}
        if isinstance(result, Dual):
            result, slopes = result.value, result.slopes
        # An exact 0 of a branch is a value like any other, not a size.
        self.numbers[key] = self.arithmetic.make(result) if isinstance(result, int) else result
        if self.traced:
            self._keep_slopes(key, {source: slope for source, slope in slopes.items() if slope})
        return self.numbers[key]

    def make(self, constant: Expr) -> Number:
        """The number for a constant such as 1/2 or pi."""
        if constant not in self._constants:
            self._constants[constant] = self.arithmetic.make(constant)
        return self._constants[constant]

    def apply(self, kind: type, x: Number) -> Number:
        """The value of exp, tanh, ... at a number."""
        return self.arithmetic.apply(kind, x)

    def slope_of(self, kind: type, x: Number, value: Number) -> Number:
        """The slope of exp, tanh, ... at a number; its rule counts only where no step can be
        taken, among exact numbers."""
        if isinstance(self.arithmetic, FloatingPoint):
            return self.arithmetic.slope_of(kind, x)
        return compile_expression(KINDS[kind].slope)(self, {X: x, Y: value})

    def apply_generic(self, spelling: str, order: int, x: Number) -> Number:
        """The value of a generic function, or of a derivative of it."""
        return self.generic[spelling](order, x)

    def power(self, base: Number, exponent: Number) -> Number:
        if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
            return base**exponent
        return self.arithmetic.power(base, exponent)

    @property
    def splits_exponents(self) -> bool:
        return self.arithmetic.is_exact

    def places(self, axes: tuple[Axis, ...]) -> list[dict[Symbol, int]]:
        """Every choice of indices within the ranges of some axes."""
        places: list[dict[Symbol, int]] = [{}]
        for axis in axes:
            low, high = compile_expression(axis.low), compile_expression(axis.high)
            places = [
                {**place, axis.symbol: number}
                for place in places
                for number in range(int(low(self, place)), int(high(self, place)) + 1)
            ]
        return places

    def key(self, quantity: Expr, indices: Mapping[Symbol, int]) -> Key:
        return _read_key(quantity)(self, dict(indices))

    def keys(self, quantity: Expr, axes: tuple[Axis, ...]) -> list[Key]:
        """The keys of a quantity's entries at every place within the ranges of some axes."""
        read = _read_key(quantity)
        return [read(self, place) for place in self.places(axes)]

    # --- derivatives ----------------------------------------------------------------------------

    def derivative(self, of: Key, by: Key) -> Number:
        """The total derivative of one entry by another: 0 where there is no path."""
        self.look_up(of)
        sweep = self._sweeps.get(of)
        if sweep is None:
            sweep = self._sweeps[of] = _Sweep({of: 1}, self._places.get(of, -1))
        totals = sweep.totals
        # What was computed before the first reader of an entry has no part in its derivative.
        first = self._first_reader.get(by, len(self.order))
        while sweep.place >= first:
            entry = self.order[sweep.place]
            sweep.place -= 1
            weight = totals.get(entry, 0)
            if weight:
                for source, slope in self.slopes[entry].items():
                    totals[source] = totals.get(source, 0) + weight * slope
        return totals.get(by, 0)

    def direct(self, of: Key, by: Key) -> Number:
        """The part of a derivative that an entry's own equation has: what lies between is held."""
        self.look_up(of)
        return self.slopes.get(of, {}).get(by, 0)

    def _keep_slopes(self, key: Key, slopes: dict[Key, Number]) -> None:
        self._places[key] = len(self.order)
        for source in slopes:
            self._first_reader.setdefault(source, len(self.order))
        self.order.append(key)
        self.slopes[key] = slopes

    def _find_adjoint(self, upper: str, lower: str, key: Key) -> Number:
        """What ∂C/∂z[l, j] means; a sample's cost is that of the sample of the entry."""
        by = (lower, *key[1:])
        self.look_up(by)
        if upper not in self.system.quantities or not self.system.quantities[upper].axes:
            return self.derivative((upper,), by)
        sample = self.system.quantities[lower].kinds.index("sample")
        return self.derivative((upper, by[1 + sample]), by)


@dataclass
class _Sweep:
    """The derivatives of one entry: those by entries computed after `place` are complete."""

    totals: dict[Key, Number]
    place: int


class Traced:
    """A world in which every entry that is read is a dual number, with slope 1 by itself."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sizes = world.sizes
        self.memory: dict[Any, Number] = {}

    def look_up(self, key: Key) -> Number:
        number = self.world.look_up(key)
        return number if key in self.sizes else Dual(number, {key: 1})

    def make(self, constant: Expr) -> Number:
        return self.world.make(constant)

    def apply(self, kind: type, x: Number) -> Number:
        world = self.world
        if not isinstance(x, Dual):
            return world.apply(kind, x)
        value = world.apply(kind, x.value)
        return x.scale(value, world.slope_of(kind, x.value, value))

    def apply_generic(self, spelling: str, order: int, x: Number) -> Number:
        ask = self.world.apply_generic
        if not isinstance(x, Dual):
            return ask(spelling, order, x)
        return x.scale(ask(spelling, order, x.value), ask(spelling, order + 1, x.value))

    def power(self, base: Number, exponent: Number) -> Number:
        world = self.world
        power, slope = world.power, world.arithmetic.slope
        if isinstance(exponent, Dual):
            b, e = _plain(base), exponent.value
            by_exponent = exponent.scale(power(b, e), slope(lambda x: power(b, x), e))
            held = self.power(base, e)
            slopes = [by_exponent, held] if isinstance(held, Dual) else [by_exponent]
            return Dual(power(b, e), add_all(slopes).slopes)
        if not isinstance(base, Dual):
            return world.power(base, exponent)
        b = base.value
        if isinstance(exponent, int):
            return base.scale(power(b, exponent), exponent * power(b, exponent - 1))
        return base.scale(power(b, exponent), slope(lambda x: power(x, exponent), b))

    @property
    def splits_exponents(self) -> bool:
        return self.world.splits_exponents

    def derivative(self, of: Key, by: Key) -> Number:
        raise InputError(f"the derivative of {spell(of)} stands in the equation of an entry")

    direct = derivative


def _plain(number: Number) -> Number:
    return number.value if isinstance(number, Dual) else number


def spell(key: Key) -> str:
    name, *indices = key
    return f"{name}[{', '.join(map(str, indices))}]" if indices else name


Definitions = dict[tuple[str, int | None], list[tuple[Equation, list[Any]]]]


def _index_equations(system: System, traced: bool) -> Definitions:
    """Equations by name and first index, as far as it is a number, with what each index must be.

    Proofs must not read derived equations: a traced world knows forward equations only.
    """
    found: Definitions = {}
    for equation in system.equations:
        if equation.role == "forward" or not traced:
            free = {axis.symbol for axis in equation.axes}
            wanted = [i if i in free else compile_expression(i) for i in equation.indices]
            first = equation.indices[:1]
            number = int(first[0]) if first and first[0].is_Integer else None
            found.setdefault((equation.name, number), []).append((equation, wanted))
    return found


def _find_equation(world: World, key: Key) -> tuple[Equation, Indices]:
    name, *numbers = key
    by_number = world.definitions.get((name, numbers[0]), []) if numbers else []
    for equation, wanted in (*by_number, *world.definitions.get((name, None), [])):
        if len(wanted) != len(numbers):
            continue
        indices: Indices = {}
        for index, number in zip(wanted, numbers, strict=True):
            if isinstance(index, Symbol):
                if indices.setdefault(index, number) != number:
                    break
            elif index(world, {}) != number:
                break
        else:
            if _in_range(world, equation, indices):
                return equation, indices
    raise MissingError(f"{spell(key)} is read, but no equation defines it and no value is given")


def _in_range(world: World, equation: Equation, indices: dict[Symbol, int]) -> bool:
    """Whether an equation holds at these indices: delta[L] and delta[l] differ by range only."""
    for axis in equation.axes:
        low, high = compile_expression(axis.low), compile_expression(axis.high)
        if not low(world, indices) <= indices[axis.symbol] <= high(world, indices):
            return False
    return True


def build_world(
    system: System,
    sizes: Mapping[Key, int],
    numbers: Mapping[Key, Number],
    generic: Mapping[str, GenericFunction] | None = None,
    arithmetic: Arithmetic = DOUBLE,
    traced: bool = True,
) -> World:
    """A world of a system from sizes {("L",): 2, ("n", 0): 3} and numbers {("x", 1): 0.5}.

    Without `traced` no slopes are kept, derived equations are evaluated as they stand, and
    numbers may be complex.
    """
    held = {
        key: arithmetic.make(number) if isinstance(number, int | float) else number
        for key, number in numbers.items()
    }
    return World(system, arithmetic, generic or {}, {**held, **sizes}, dict(sizes), traced)


def forward(world: World) -> None:
    """Compute every entry of every forward equation, in order."""
    for equation in world.system.equations:
        if equation.role == "forward":
            for key in world.keys(equation.lhs, equation.axes):
                world.look_up(key)


# --- from expressions to functions ------------------------------------------------------------


@lru_cache(maxsize=4096)
def compile_expression(expression: Expr) -> Meaning:
    """A function from (world, indices) to the number that the expression stands for.

    Raises:
        InputError: a kind of expression that has no meaning here; the message names it.
    """
    kind: Any = type(expression)  # mypy takes a class for unhashable
    compiler = _find_compiler(kind)
    if compiler is None:
        raise InputError(f"{expression}: no meaning is known for {type(expression).__name__}")
    return compiler(expression)


def _find_compiler(kind: type) -> Callable[[Any], Meaning] | None:
    return next((_COMPILERS[base] for base in kind.__mro__ if base in _COMPILERS), None)


def _compile_constant(expression: Expr) -> Meaning:
    if expression.is_Integer:
        number = int(expression)
        return lambda scope, indices: number
    return lambda scope, indices: scope.make(expression)


def _compile_symbol(symbol: Symbol) -> Meaning:
    key = (symbol.name,)

    def look_up(scope: Scope, indices: Indices) -> Number:
        return indices[symbol] if symbol in indices else scope.look_up(key)

    return look_up


def _read_key(quantity: Expr) -> Callable[[Scope, Indices], Key]:
    name = name_of(quantity)
    parts = [compile_expression(i) for i in indices_of(quantity)]
    return lambda scope, indices: (name, *[part(scope, indices) for part in parts])


def _compile_indexed(quantity: Indexed) -> Meaning:
    key = _read_key(quantity)
    return lambda scope, indices: scope.look_up(key(scope, indices))


def _compile_add(expression: Add) -> Meaning:
    terms = [compile_expression(a) for a in expression.args]
    return lambda scope, indices: add_all(term(scope, indices) for term in terms)


def _compile_product(expression: Expr) -> Meaning:
    return _multiply([compile_expression(a) for a in expression.args])


def _multiply(factors: list[Meaning]) -> Meaning:
    def multiply(scope: Scope, indices: Indices) -> Number:
        result: Number = 1
        for factor in factors:
            result = factor(scope, indices) * result
        return result

    return multiply if len(factors) != 1 else factors[0]


def _compile_power(expression: Pow) -> Meaning:
    if expression.exp.is_Rational and isinstance(expression.base, NumericConstant | NumberSymbol):
        return _compile_constant(expression)
    base, exponent = (compile_expression(a) for a in expression.args)

    def raise_power(scope: Scope, indices: Indices) -> Number:
        b, e = base(scope, indices), exponent(scope, indices)
        try:
            return scope.power(b, e)
        except (ZeroDivisionError, OverflowError, UndefinedError) as error:
            raise UndefinedError(f"{expression}: {_word_problem(error)}") from error

    return raise_power


def _word_problem(error: Exception) -> str:
    """What is not defined, without the words of the library."""
    if isinstance(error, ZeroDivisionError):
        return "a division by 0"
    return "too large a number" if isinstance(error, OverflowError) else str(error)


# --- sums: index by index ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Factor:
    """A factor of a summand, and all symbols that its value may depend on."""

    meaning: Meaning
    symbols: frozenset[Symbol]


def _compile_sum(expression: Sum) -> Meaning:
    """A sum of sums of a product is carried out index by index.

    Σ_k Σ_p A[j,k] B[k,p] C[p] = Σ_k A[j,k] (Σ_p B[k,p] C[p]): the bracket is computed once for
    each k, so a long chain takes as many steps as it has factors.
    """
    body, limits = _open_sums(expression)
    if body.is_Add:
        terms = [_contract(term, limits) for term in body.args]
        return lambda scope, indices: add_all(term(scope, indices) for term in terms)
    return _contract(body, limits)


def _open_sums(expression: Expr) -> tuple[Expr, dict[Symbol, tuple[Expr, Expr]]]:
    """Σ_k Σ_p body --> body, {k: range, p: range}; an index that is used again stays inside."""
    limits: dict[Symbol, tuple[Expr, Expr]] = {}
    while isinstance(expression, Sum):
        body, bound, low, high = peel(expression)
        if bound in low.free_symbols | high.free_symbols:
            raise InputError(f"{expression}: the index {bound} bounds its own sum; rename one")
        if bound in limits:
            break
        limits[bound] = (low, high)
        expression = body
    return expression, limits


def _contract(body: Expr, limits: Mapping[Symbol, tuple[Expr, Expr]]) -> Meaning:
    """The sum of a product over some indices: one after the other, the one that ties the fewest
    others together first, but none before those whose range depends on it."""
    factors = [_Factor(compile_expression(f), _find_symbols(f)) for f in _factors_of(body)]
    ranges = {b: _find_symbols(low) | _find_symbols(high) for b, (low, high) in limits.items()}
    remaining = set(limits)

    def ties(bound: Symbol) -> frozenset[Symbol]:
        touched = [f.symbols for f in factors if bound in f.symbols]
        return ranges[bound].union(*touched) - {bound}

    while remaining:
        ready = [b for b in limits if b in remaining and not any(b in ranges[c] for c in remaining)]
        bound = min(ready, key=lambda b: len(ties(b) & remaining))
        touched = [f.meaning for f in factors if bound in f.symbols]
        total = _add_up(bound, limits[bound], _multiply(touched), ties(bound))
        factors = [f for f in factors if bound not in f.symbols] + [_Factor(total, ties(bound))]
        remaining.remove(bound)
    return _multiply([f.meaning for f in factors])


def _factors_of(product: Expr) -> Iterator[Expr]:
    if isinstance(product, Mul | Chain):
        for factor in product.args:
            yield from _factors_of(factor)
    elif isinstance(product, Braced):
        yield from _factors_of(product.args[0])
    else:
        yield product


def _find_symbols(expression: Expr) -> frozenset[Symbol]:
    """The symbols that may be indices: those within indices, and those that stand by themselves."""
    if isinstance(expression, Symbol):
        return frozenset({expression})
    parts = expression.indices if isinstance(expression, Indexed) else expression.args
    return frozenset[Symbol]().union(*map(_find_symbols, parts))


def _add_up(
    bound: Symbol, limits: tuple[Expr, Expr], summand: Meaning, symbols: frozenset[Symbol]
) -> Meaning:
    """A sum over one index; it is remembered by the values of the symbols it depends on."""
    first, last = (compile_expression(e) for e in limits)
    remembered = sorted(symbols, key=str)
    name = object()

    def add_up(scope: Scope, indices: Indices) -> Number:
        key = (name, *[indices.get(s) for s in remembered])
        if key in scope.memory:
            return scope.memory[key]
        start, stop = int(first(scope, indices)), int(last(scope, indices))
        inner = dict(indices)

        def summands() -> Iterator[Number]:
            for number in range(start, stop + 1):
                inner[bound] = number
                yield summand(scope, inner)

        scope.memory[key] = total = add_all(summands())
        return total

    return add_up


# --- functions ---------------------------------------------------------------------------------


def _compile_function(expression: Expr) -> Meaning:
    argument = compile_expression(expression.args[0])
    kind = expression.func

    def apply(scope: Scope, indices: Indices) -> Number:
        x = argument(scope, indices)
        try:
            return scope.apply(kind, x)
        except (ZeroDivisionError, OverflowError, UndefinedError, ValueError) as error:
            raise UndefinedError(f"{expression}: {_word_problem(error)}") from error

    return apply


def _compile_exponential(expression: exp) -> Meaning:
    """Where numbers are exact, e^(a - 2 b) is e^a (e^b)^-2, as sympy joins what was a product."""
    whole = _compile_function(expression)
    parts = []
    for term in Add.make_args(expression.args[0]):
        coefficient, rest = term.as_coeff_Mul(rational=True)
        if rest.is_number:
            coefficient, rest = Integer(1), term
        rest = rest / coefficient.q
        parts.append((int(coefficient.p), _compile_function(exp(rest, evaluate=False))))
    if len(parts) == 1 and parts[0][0] == 1:
        return whole

    def apply(scope: Scope, indices: Indices) -> Number:
        if not scope.splits_exponents:
            return whole(scope, indices)
        result: Number = 1
        for power, part in parts:
            result = scope.power(part(scope, indices), power) * result
        return result

    return apply


def _compile_named(expression: NamedFunction) -> Meaning:
    argument, function = compile_expression(expression.args[0]), type(expression)
    if function.formula is not None:
        variable = Symbol("_z", real=True)
        formula = compile_expression(function.apply_formula(variable))
        return lambda scope, indices: formula(scope, {variable: argument(scope, indices)})
    return lambda scope, indices: scope.apply_generic(
        function.spelling, function.order, argument(scope, indices)
    )


def _compile_softmax(expression: Softmax) -> Meaning:
    return compile_expression(expression.definition)


def _compile_extreme(expression: Expr) -> Meaning:
    terms = [compile_expression(a) for a in sorted(expression.args, key=rank_in_tie)]
    row = KINDS[expression.func]
    return lambda scope, indices: row.choose(*(term(scope, indices) for term in terms))


def _compile_cases(expression: Piecewise) -> Meaning:
    cases = [(compile_expression(v), compile_expression(c)) for v, c in expression.args]

    def choose(scope: Scope, indices: Indices) -> Number:
        for value, condition in cases:
            if condition(scope, indices):
                return value(scope, indices)
        raise UndefinedError(f"{expression}: no case applies")

    return choose


_COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _compile_relation(expression: Relational) -> Meaning:
    left, right = (compile_expression(a) for a in expression.args)
    compare = _COMPARE[expression.rel_op]
    return lambda scope, indices: compare(left(scope, indices).real, right(scope, indices).real)


def _compile_all(expression: And) -> Meaning:
    conditions = [compile_expression(a) for a in expression.args]
    return lambda scope, indices: all(c(scope, indices) for c in conditions)


def _compile_any(expression: Or) -> Meaning:
    conditions = [compile_expression(a) for a in expression.args]
    return lambda scope, indices: any(c(scope, indices) for c in conditions)


def _compile_not(expression: Not) -> Meaning:
    condition = compile_expression(expression.args[0])
    return lambda scope, indices: not condition(scope, indices)


def _compile_choice(expression: ITE) -> Meaning:
    condition, first, second = (compile_expression(a) for a in expression.args)
    return lambda scope, indices: (first if condition(scope, indices) else second)(scope, indices)


def _compile_truth(expression: Any) -> Meaning:
    truth = bool(expression)
    return lambda scope, indices: truth


def _compile_delta(expression: KroneckerDelta) -> Meaning:
    left, right = (compile_expression(a) for a in expression.args)
    return lambda scope, indices: int(left(scope, indices) == right(scope, indices))


def _compile_braced(expression: Braced) -> Meaning:
    return compile_expression(expression.args[0])


def _compile_partial(expression: Partial) -> Meaning:
    of, by = (_read_key(a) for a in expression.args)

    def look_up(scope: Scope, indices: Indices) -> Number:
        upper, lower = of(scope, indices), by(scope, indices)
        scope.look_up(lower)
        return scope.derivative(upper, lower)

    return look_up


def _compile_direct(expression: Direct) -> Meaning:
    of, by = (_read_key(a) for a in expression.args)

    def look_up(scope: Scope, indices: Indices) -> Number:
        upper, lower = of(scope, indices), by(scope, indices)
        scope.look_up(lower)
        return scope.direct(upper, lower)

    return look_up


_COMPILERS: dict[Any, Callable[[Any], Meaning]] = {
    NumericConstant: _compile_constant,
    NumberSymbol: _compile_constant,
    Indexed: _compile_indexed,
    Symbol: _compile_symbol,
    Add: _compile_add,
    Mul: _compile_product,
    Chain: _compile_product,
    Pow: _compile_power,
    Sum: _compile_sum,
    NamedFunction: _compile_named,
    Softmax: _compile_softmax,
    Piecewise: _compile_cases,
    Relational: _compile_relation,
    And: _compile_all,
    Or: _compile_any,
    Not: _compile_not,
    ITE: _compile_choice,
    BooleanTrue: _compile_truth,
    BooleanFalse: _compile_truth,
    KroneckerDelta: _compile_delta,
    Partial: _compile_partial,
    Direct: _compile_direct,
    Braced: _compile_braced,
    **{
        kind: _compile_function if row.arguments else _compile_extreme
        for kind, row in KINDS.items()
    },
    exp: _compile_exponential,
}
