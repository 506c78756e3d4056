"""What stands left of what: the terms of a sum and the factors of a product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    exp,
    log,
)

from symbackprop.equations import find_entries, indices_of, name_of, split_adjoint
from symbackprop.functions import NamedFunction
from symbackprop.partials import Braced, Chain, Partial
from symbackprop.printing.entries import Entries

# where the factors of a product stand, from left to right
SUMS, WEIGHTS, ERRORS, DIFFERENCES, SLOPES, TARGETS, ACTIVATIONS, TRANSPOSED_WEIGHTS = range(8)
FUNCTIONS, INDICATORS = 8, 9


@dataclass(frozen=True)
class Order:
    """Ranks terms and factors by what they read."""

    entries: Entries

    def rank_term(self, sign: str, term: Expr, whole: Expr) -> tuple[Any, ...]:
        """Positive terms first, penalties last; weighted sums before biases; then by index."""
        body = term.as_coeff_Mul()[1]
        if term.is_number:
            leads = whole.has(exp, NamedFunction, log) or any(
                t.could_extract_minus_sign() for t in whole.args if not t.is_number
            )
            return False, sign == "-", 0 if leads else 9, 0, ()
        kind = 1
        if any(self.entries.role_of(e) == "constant" for e in find_entries(body)):
            kind = 2
        elif is_entry(body) and self.entries.role_of(body) == "parameter":
            kind = 3
        adds = sum(f.is_Add for f in Mul.make_args(body))
        return kind == 2, sign == "-", kind, adds, self.order_entries(body)

    def order_entries(self, body: Expr) -> tuple[Any, ...]:
        factors = self.sort_factors(Mul.make_args(body))
        reads = [e for f in factors for e in sorted(find_entries(f), key=str)]
        return tuple(map(name_in_order, reads))

    def sort_factors(self, factors: Sequence[Expr]) -> list[Expr]:
        partners = {one_minus(f) for f in factors} - {None}
        return sorted(factors, key=lambda f: self.rank_factor(f, partners))

    def rank_factor(self, factor: Expr, partners: set[Expr | None]) -> tuple[Any, ...]:
        base = factor.base if isinstance(factor, Pow) else factor
        if is_entry(base):
            paired = base in partners
            place = SLOPES if paired else self.place_entry(base)
            return place, *self.rank_entry(base), 0
        if isinstance(base, NamedFunction) and base in partners:
            return SLOPES, (0,), ((), ()), 0
        other = one_minus(base)
        if isinstance(other, NamedFunction):
            return SLOPES, (0,), ((), ()), 1
        if other is not None:
            if other in partners and self.entries.role_of(other) != "target":
                return SLOPES, *self.rank_entry(other), 1
            return TARGETS, *self.rank_entry(other), 1
        return self.place_compound(base), *self.rank_within(base), 2

    def place_entry(self, entry: Expr) -> int:
        if split_adjoint(name_of(entry)):
            return ERRORS
        role = self.entries.role_of(entry)
        if role == "parameter":
            return TRANSPOSED_WEIGHTS if self.entries.notation.rows else WEIGHTS
        return {"target": TARGETS, "constant": SUMS}.get(role, ACTIVATIONS)

    def place_compound(self, base: Expr) -> int:
        match base:
            case Sum():
                return SUMS
            case Partial() | Braced() | Chain():
                return ERRORS
            case Add():
                return DIFFERENCES
            case NamedFunction() if base.order:
                return SLOPES
            case KroneckerDelta() | Piecewise():
                return INDICATORS
        return FUNCTIONS

    def rank_entry(self, entry: Expr) -> tuple[Any, ...]:
        # later layers first, as the chain rule meets them
        indices = indices_of(entry)
        steps = [-int(i.as_coeff_Add()[0]) if i.is_Add or i.is_Integer else 0 for i in indices[:1]]
        return tuple(steps) or (0,), name_in_order(entry)

    def rank_within(self, base: Expr) -> tuple[Any, ...]:
        ranks = [self.rank_entry(e) for e in find_entries(base)]
        return min(ranks) if ranks else ((0,), ((), ()))

    def is_constant(self, factor: Expr) -> bool:
        """Numbers, sizes and declared constants stand before everything else."""
        base = factor.base if isinstance(factor, Pow) else factor
        if base.is_Number:
            return True
        if not is_entry(base):
            return base.is_number
        name = name_of(base)
        if name in self.entries.system.quantities:
            return self.entries.role_of(base) == "constant"
        return self.entries.find_quantity(name) is None


def split_digits(name: str) -> tuple[tuple[int, int | str], ...]:
    """So that x2 comes before x10."""
    return tuple(
        (0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", name)
    )


def name_in_order(entry: Expr) -> tuple[Any, ...]:
    return split_digits(name_of(entry)), tuple(map(rank_index, indices_of(entry)))


def rank_index(index: Expr) -> tuple[int, int, str]:
    return (0, int(index), "") if index.is_Integer else (1, 0, str(index))


def is_entry(expression: Expr) -> bool:
    return isinstance(expression, Indexed | Symbol)


def is_inverse(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.could_extract_minus_sign()


def one_minus(factor: Expr) -> Expr | None:
    """1 - a --> a, 1 - a^2 --> a, anything else None."""
    if not factor.is_Add or len(factor.args) != 2 or factor.args[0] != 1:
        return None
    coefficient, rest = factor.args[1].as_coeff_Mul()
    base = rest.base if isinstance(rest, Pow) else rest
    named = is_entry(base) or isinstance(base, NamedFunction)
    return base if coefficient == -1 and named else None
