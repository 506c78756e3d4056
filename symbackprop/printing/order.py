"""What stands left of what: the terms of a sum and the factors of a product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Piecewise, Pow, Sum, Symbol, exp, log

from symbackprop.equations import (
    GIVEN,
    Written,
    find_entries,
    indices_of,
    name_of,
    plain_name,
    skeleton,
    split_adjoint,
)
from symbackprop.functions import NamedFunction
from symbackprop.notation import ChainOrder
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.printing.entries import Entries
from symbackprop.printing.layout import Layout, TermSign


class Part(Enum):
    """What a factor is, for its place in a product."""

    SUM = auto()
    WEIGHT = auto()
    ERROR = auto()
    DIFFERENCE = auto()
    SLOPE = auto()
    TARGET = auto()
    ACTIVATION = auto()
    TRANSPOSED_WEIGHT = auto()
    FUNCTION = auto()
    INDICATOR = auto()


# from left to right: where the cost comes first, and where it comes last
PLACES: dict[ChainOrder, tuple[Part, ...]] = {
    "cost-first": (
        *(Part.SUM, Part.WEIGHT, Part.ERROR, Part.DIFFERENCE, Part.SLOPE, Part.TARGET),
        *(Part.ACTIVATION, Part.TRANSPOSED_WEIGHT, Part.FUNCTION, Part.INDICATOR),
    ),
    "cost-last": (
        *(Part.TARGET, Part.WEIGHT, Part.ACTIVATION, Part.TRANSPOSED_WEIGHT, Part.FUNCTION),
        *(Part.INDICATOR, Part.SLOPE, Part.DIFFERENCE, Part.ERROR, Part.SUM),
    ),
}


@dataclass(frozen=True)
class Order:
    """Ranks terms and factors: as they were written where that is known, else by what they read.

    The terms of a `derived` sum are the ways back from the cost; they come as the forward pass
    has them.
    """

    entries: Entries
    written: Written = field(default_factory=Written)
    derived: bool = False

    # --- terms ------------------------------------------------------------------------------

    def sort_terms(
        self, terms: Sequence[tuple[TermSign, Layout, Expr]], whole: Expr
    ) -> list[tuple[TermSign, Layout]]:
        """The terms of a sum, each with its sign, from left to right."""
        places = {term: place for place, term in reversed([*enumerate(self.written.terms)])}
        found = [places.get(skeleton(term)) for *_, term in terms]
        ranks: list[tuple[Any, ...]]
        if None in found:
            ranks = [self.rank_term(sign, term, whole) for sign, _, term in terms]
        else:
            pairs = zip(found, terms, strict=True)
            ranks = [(place, self.list_indices(term)) for place, (*_, term) in pairs]
        order = sorted(range(len(terms)), key=ranks.__getitem__)
        return [terms[place][:2] for place in order]

    def rank_term(self, sign: TermSign, term: Expr, whole: Expr) -> tuple[Any, ...]:
        """Positive terms first, penalties last; weighted sums before biases; then by index."""
        body = term.as_coeff_Mul()[1]
        way = self.find_way(body) if self.derived else 0
        if term.is_number:
            leads = whole.has(exp, NamedFunction, log) or any(
                t.could_extract_minus_sign() for t in whole.args if not t.is_number
            )
            return False, way, sign == "-" and leads, 0 if leads else 9, 0, ()
        kind = 1
        penalty = any(self.entries.role_of(e) == "constant" for e in find_entries(body))
        if is_entry(body) and self.entries.role_of(body) == "parameter":
            kind = 3
        while isinstance(body, Sum):
            body = body.function
        adds = sum(f.is_Add for f in Mul.make_args(body))
        return penalty, way, sign == "-", kind, adds, self.list_reads(body)

    def find_way(self, term: Expr) -> int:
        """When the forward pass takes this way: where it is computed what the way leads through
        next; the cost itself comes last."""
        through = [
            plain_name(name_of(read)) for read in find_entries(term) if split_adjoint(name_of(read))
        ]
        through += [name_of(link.args[0]) for link in term.atoms(Partial, Direct)]
        last = len(self.entries.system.equations)
        cost = self.entries.system.cost
        return min((self.steps.get(name, last) for name in through if name != cost), default=last)

    @cached_property
    def steps(self) -> dict[str, int]:
        """When each quantity is computed first."""
        names = self.entries.system.definitions
        return {name: place for place, name in enumerate(names)}

    def list_reads(self, body: Expr) -> tuple[Any, ...]:
        factors = self.sort_factors(Mul.make_args(body))
        return tuple(
            rank for factor in factors for rank in sorted(map(self.rank_name, find_entries(factor)))
        )

    def list_indices(self, term: Expr) -> tuple[Any, ...]:
        """Terms that read the same quantities come by their indices: w_1 x_1 + w_2 x_2."""
        reads = sorted(find_entries(term), key=self.rank_name)
        return tuple(tuple(map(rank_index, indices_of(read))) for read in reads)

    # --- factors ----------------------------------------------------------------------------

    def sort_factors(self, factors: Sequence[Expr]) -> list[Expr]:
        """The factors of a product from left to right."""
        ranks = self.rank_factors(factors)
        return [factors[place] for place in sorted(range(len(factors)), key=ranks.__getitem__)]

    def rank_factors(self, factors: Sequence[Expr]) -> list[tuple[Any, ...]]:
        places = PLACES[self.entries.notation.chain]
        partners = {one_minus(factor) for factor in factors} - {None}
        found = (self.describe_factor(factor, partners) for factor in factors)
        return [(places.index(part), *rest) for part, *rest in found]

    def describe_factor(self, factor: Expr, partners: set[Expr | None]) -> tuple[Any, ...]:
        """What a factor is, what it reads, and where it stands among its like: a before 1 - a."""
        base = factor.base if isinstance(factor, Pow) else factor
        if is_entry(base):
            part = Part.SLOPE if base in partners else self.find_part(base)
            return part, *self.rank_entry(base), 0
        if isinstance(base, NamedFunction) and base in partners:
            return Part.SLOPE, (0,), 0, (), [], 0
        other = one_minus(base)
        if isinstance(other, NamedFunction):
            return Part.SLOPE, (0,), 0, (), [], 1
        if other is not None:
            if other in partners and self.entries.role_of(other) != "target":
                return Part.SLOPE, *self.rank_entry(other), 1
            return Part.TARGET, *self.rank_entry(other), 1
        return self.find_compound_part(base), *self.rank_within(base), 2

    def find_part(self, entry: Expr) -> Part:
        if split_adjoint(name_of(entry)):
            return Part.ERROR
        role = self.entries.role_of(entry)
        if role == "parameter":
            return Part.TRANSPOSED_WEIGHT if self.entries.notation.rows else Part.WEIGHT
        return {"target": Part.TARGET, "constant": Part.SUM}.get(role, Part.ACTIVATION)

    def find_compound_part(self, base: Expr) -> Part:
        match base:
            case Sum():
                return Part.SUM
            case Partial() | Direct() | Braced() | Chain():
                return Part.ERROR
            case Add():
                return Part.DIFFERENCE
            case NamedFunction() if base.order:
                return Part.SLOPE
            case KroneckerDelta() | Piecewise():
                return Part.INDICATOR
        return Part.FUNCTION

    def rank_entry(self, entry: Expr) -> tuple[Any, ...]:
        # later layers first, as the chain rule meets them
        indices = indices_of(entry)
        steps = [-int(i.as_coeff_Add()[0]) if i.is_Add or i.is_Integer else 0 for i in indices[:1]]
        place, *name = self.rank_name(entry)
        return tuple(steps) or (0,), place, tuple(map(rank_index, indices)), name

    def rank_within(self, base: Expr) -> tuple[Any, ...]:
        ranks = [self.rank_entry(e) for e in find_entries(base)]
        return min(ranks) if ranks else ((0,), 0, (), [])

    def rank_name(self, entry: Expr) -> tuple[Any, ...]:
        """As it was written; else what is computed before what is given, each in its order."""
        name = plain_name(name_of(entry))
        written = self.written.names
        place = written.index(name) if name in written else len(written)
        quantity = self.entries.find_quantity(name)
        given = quantity is None or quantity.role in GIVEN
        step = 0 if given else self.steps.get(name, 0)
        return place, given, step, split_digits(name), tuple(map(rank_index, indices_of(entry)))

    def is_constant(self, factor: Expr) -> bool:
        """Numbers, sizes and declared constants stand before everything else."""
        base = factor.base if isinstance(factor, Pow) else factor
        if base.is_Number:
            return True
        if not is_entry(base):
            return bool(base.is_number)
        name = name_of(base)
        if name in self.entries.system.quantities:
            return self.entries.role_of(base) == "constant"
        return self.entries.find_quantity(name) is None


def split_digits(name: str) -> tuple[tuple[int, int | str], ...]:
    """So that x2 comes before x10."""
    return tuple(
        (0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", name)
    )


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
