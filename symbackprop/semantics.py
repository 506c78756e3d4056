"""What an indexed expression means: a function of where it is read and of its free indices.

The function looks entries up, adds, multiplies and loops; nested sums are carried out index by
index. Proofs and verdicts rest on this meaning, never on the compiled programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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

from symbackprop.equations import indices_of, name_of, peel
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.number_types import Number, UndefinedError, add_all
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.primitives import KINDS, rank_in_tie

# ("a", 1, 2) is a[1, 2]
Key = tuple


class Scope(Protocol):
    """What an expression is read in: a world, or a world whose entries are dual numbers."""

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
Meaning = Callable[[Scope, Indices], Number]


@lru_cache(maxsize=4096)
def compile_expression(expression: Expr) -> Meaning:
    """A function from (scope, indices) to the number that the expression stands for.

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


def read_key(quantity: Expr) -> Callable[[Scope, Indices], Key]:
    """A function from (scope, indices) to the key of the entry that is read there."""
    name = name_of(quantity)
    parts = [compile_expression(i) for i in indices_of(quantity)]
    return lambda scope, indices: (name, *[part(scope, indices) for part in parts])


def _compile_indexed(quantity: Indexed) -> Meaning:
    key = read_key(quantity)
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
        start, stop = (_take_whole(end(scope, indices)) for end in (first, last))
        inner = dict(indices)

        def summands() -> Iterator[Number]:
            for number in range(start, stop + 1):
                inner[bound] = number
                yield summand(scope, inner)

        scope.memory[key] = total = add_all(summands())
        return total

    return add_up


def _take_whole(bound: Number) -> int:
    """A bound of a sum, which counts and is no quantity of the network."""
    if isinstance(bound, int):
        return bound
    raise InputError("a bound of a sum must be a whole number")


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
    of, by = (read_key(a) for a in expression.args)
    return lambda scope, indices: scope.derivative(of(scope, indices), by(scope, indices))


def _compile_direct(expression: Direct) -> Meaning:
    of, by = (read_key(a) for a in expression.args)
    return lambda scope, indices: scope.direct(of(scope, indices), by(scope, indices))


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
