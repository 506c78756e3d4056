"""What a reader of a printed line understands: its layout, evaluated in a world as it stands.

Nothing here knows the expression that a line was printed from. Letters are looked up in the
notation, indices are counted as the notation counts them, a sum runs over what is printed (or,
without bounds, over all there is), ∂C/∂h is the whole derivative and ∂⁺C/∂h its direct part, and
letters without indices of neurons are whole vectors and matrices, whose shapes must fit.

What cannot be understood in one way only (two quantities with one letter, brackets that are
missing, shapes that do not fit, an index without a range) is as false as sides that differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
from printed_facts import COST_TERM, Entry, Facts, Key
from printed_letters import (
    Index,
    Names,
    Place,
    Read,
    find_range,
    list_letters,
    spell,
    spell_index,
    take_apart,
)
from printed_values import (
    COMPARISONS,
    EXTREMES,
    MANY,
    ONES,
    Array,
    Misreading,
    Number,
    Value,
    add,
    check_not_square,
    combine,
    divide,
    divide_entries,
    map_entries,
    match_values,
    multiply,
    multiply_entries,
    negate,
    raise_power,
    simplify,
    spread,
    take_norm,
    take_softmax,
    transpose,
)

from symbackprop.equations import Quantity, System
from symbackprop.notation import Notation
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.printing.words import find_word

ROUNDING = 1e-9
# numbers to try a formula with that is about any z, and the name of its place
ANY = (-1.3, 0.4, 1.7)
ANY_PLACE = "·"
# numbers for an index that a line leans on without having it: more than any world has entries
OTHERS = range(-2, 30)
COMBINE: dict[str, Callable[[Value, Value], Value]] = {
    "": multiply,
    "dot": multiply,
    "hadamard": multiply_entries,
    "quotient": divide_entries,
}
Evaluate = Callable[[Facts, Place], Value]


@dataclass(frozen=True)
class Term:
    """What a part of a line means: its value in a world, what it reads, its free letters.

    `sort` is "number" for digits alone, "bias" for a parameter that may be added to every sample,
    "" for all else. `factors` are those of a product: what a sum over one of them does not reach
    is summed over once.
    """

    value: Evaluate
    reads: tuple[Read, ...] = ()
    letters: frozenset[str] = frozenset()
    sort: str = ""
    factors: tuple[Term, ...] = ()


def join(terms: Iterable[Term], value: Evaluate, sort: str = "") -> Term:
    terms = tuple(terms)
    return Term(
        value,
        tuple(read for term in terms for read in term.reads),
        frozenset().union(*(term.letters for term in terms)),
        sort,
    )


def sort_of(terms: Iterable[Term]) -> str:
    return "number" if all(term.sort == "number" for term in terms) else ""


@dataclass
class Parser:
    """Reads one line, and collects on the way which letters are heads of names and which are
    indices, which sums it has, and by how much each number of a line of numbers may be rounded.

    digits     how many decimals are shown of the numbers of a line of numbers
    about_any  whether the line is about any one number: σ′(z) = σ(z) (1 - σ(z))
    """

    names: Names
    digits: int | None = None
    about_any: bool = False
    heads: set[str] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    enclosing: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    exact: bool = False

    @property
    def rows(self) -> bool:
        return self.names.notation.rows

    def parse(self, layout: Layout) -> Term:
        """The meaning of any part of a formula.

        Raises:
            Misreading: it has none, or more than one.
            TypeError: a kind of layout that is not known here yet.
        """
        match layout:
            case show.Letter("one"):
                return Term(lambda facts, place: ONES)
            case show.Row(parts=(show.Letter("one"), show.Brackets(shape="square", body=body))):
                return self.parse_indicator(body)
            case show.Letter() | show.Scripted() | show.Row():
                return self.parse_scripted(layout)
        for kind, parse in PARSERS.items():
            if isinstance(layout, kind):
                return parse(self, layout)
        raise TypeError(f"no meaning is known for the layout {layout}")

    # --- numbers, sums and products ---------------------------------------------------------------

    def parse_number(self, number: show.Number) -> Term:
        digits = number.digits
        if not digits.replace(".", "", 1).isdigit():
            raise Misreading("letters", f"{digits} is no number")
        serial = len(self.numbers)
        rounded = self.digits is not None and not self.exact
        if rounded:
            self.numbers.append(0.5 * 10.0 ** -(self.digits or 0))

        def value(facts: Facts, place: Place) -> Number:
            exact = facts.make(digits) if "." in digits else int(digits)
            return exact + facts.nudges.get(serial, 0) if rounded else exact

        return Term(value, sort="number")

    def parse_scientific(self, mantissa: Layout, power: Layout) -> Term:
        """1.25 · 10^-7: so many significant digits, not decimals."""
        first, second = self.parse(mantissa), self.parse_exactly(power)
        self.numbers[-1] = 0.5 * 10.0 ** (1 - (self.digits or 0))
        return join(
            [first, second],
            lambda facts, place: first.value(facts, place) * second.value(facts, place),
            "number",
        )

    def parse_exactly(self, layout: Layout) -> Term:
        """Exponents and the like are not rounded."""
        before, self.exact = self.exact, True
        try:
            return self.parse(layout)
        finally:
            self.exact = before

    def parse_total(self, total: show.Total) -> Term:
        if any(isinstance(part, show.Total | show.Relation) for _, part in total.terms):
            raise Misreading("brackets", "a sum in a sum without brackets")
        parts = [(sign, self.parse(part)) for sign, part in total.terms]
        terms = [term for _, term in parts]

        def value(facts: Facts, place: Place) -> Value:
            return add_terms([(sign, t, t.value(facts, place)) for sign, t in parts])

        return join(terms, value, terms[0].sort if len(terms) == 1 else sort_of(terms))

    def parse_product(self, product: show.Product) -> Term:
        factors, sign = product.factors, product.sign
        for position, factor in enumerate(factors[:-1]):
            if isinstance(factor, show.SumOver) and sign != "hadamard":
                # what follows a Σ stands below it
                inner = replace(product, factors=(factor.body, *factors[position + 1 :]))
                swallowed = replace(factor, body=inner)
                return self.parse(replace(product, factors=(*factors[:position], swallowed)))
        check_brackets(product)
        if self.digits is not None and sign == "dot" and is_power_of_ten(factors):
            return self.parse_scientific(*factors)
        parts = [self.parse(factor) for factor in factors]
        mixed = sign == "" and any(has_sign(factor, "hadamard") for factor in factors)

        def value(facts: Facts, place: Place) -> Value:
            values = [simplify(part.value(facts, place)) for part in parts]
            arrays = sum(isinstance(v, Array) for v in values)
            if mixed and arrays > 1:
                raise Misreading("brackets", "a matrix product beside ⊙ without brackets")
            if sign == "hadamard" and not arrays:
                raise Misreading("shapes", "⊙ between numbers")
            result, *others = values
            for other in others:
                result = COMBINE[sign](result, other)
            return result

        term = join(parts, value, sort_of(parts))
        if sign not in ("", "dot"):
            return term
        return replace(term, factors=tuple(f for part in parts for f in part.factors or (part,)))

    def parse_fraction(self, fraction: show.Fraction) -> Term:
        top, bottom = self.parse(fraction.top), self.parse(fraction.bottom)
        return join(
            [top, bottom],
            lambda facts, place: divide(
                top.value(facts, place), bottom.value(facts, place), facts.make
            ),
            sort_of([top, bottom]),
        )

    def parse_root(self, layout: show.Root) -> Term:
        inner = self.parse(layout.body)
        return join(
            [inner],
            lambda facts, place: map_entries(
                lambda x: facts.apply("sqrt", 0, x), inner.value(facts, place)
            ),
            inner.sort,
        )

    def parse_brackets(self, brackets: show.Brackets) -> Term:
        inner = self.parse(brackets.body)
        match brackets.shape:
            case "round" | "square":
                return replace(inner, sort=sort_of([inner]))
            case "bar":
                return join(
                    [inner], lambda facts, place: map_entries(abs, inner.value(facts, place))
                )
            case "norm":
                return join([inner], lambda facts, place: take_norm(inner.value(facts, place), ""))
        raise Misreading("brackets", f"brackets of the shape {brackets.shape}")

    def parse_transposed(self, layout: show.Transposed) -> Term:
        body = layout.body
        bare = isinstance(body, show.Letter | show.Brackets | show.Row)
        if not bare and not (isinstance(body, show.Scripted) and body.upper is None):
            raise Misreading("brackets", "a transpose of what has no brackets")
        inner = self.parse(body)
        return join([inner], lambda facts, place: transpose(inner.value(facts, place)))

    def parse_sum(self, layout: show.SumOver) -> Term:
        if isinstance(layout.body, show.Total) and len(layout.body.terms) > 1:
            # Σ a + b is (Σ a) + b
            (sign, first), *others = layout.body.terms
            lone = first if sign == "+" else show.Total(((sign, first),))
            return self.parse(show.Total((("+", replace(layout, body=lone)), *others)))
        letter = self.open_sum(layout.bound)
        inner = self.parse(layout.body)
        self.enclosing.pop()
        ends = [self.names.read_index(end) for end in (layout.low, layout.high) if end is not None]
        self.note_indices(ends)
        if len(ends) == 1:
            raise Misreading("ranges", f"the sum over {letter} has one end only")

        def list_numbers(facts: Facts, place: Place) -> Iterable[int]:
            if not ends:
                return find_range(letter, inner.reads, facts, place)
            low, high = (end.value(facts, place) for end in ends)
            return range(low, high + 1)

        return add_up(letter, inner, ends, list_numbers)

    def open_sum(self, bound: Layout) -> str:
        letter = spell_index(bound)
        if letter is None:
            raise Misreading("letters", f"a sum over {spell(bound)}")
        if letter in self.enclosing:
            raise Misreading("one letter for two", f"a sum over {letter} in a sum over {letter}")
        self.bound.add(letter)
        self.enclosing.append(letter)
        return letter

    # --- functions, derivatives, conditions, braces -----------------------------------------------

    def parse_apply(self, layout: show.Apply) -> Term:
        arguments = [self.parse(argument) for argument in layout.arguments]
        function, power = layout.function, None
        if isinstance(function, show.Scripted) and function.upper and function.lower is None:
            # tanh²(z)
            function, power = function.base, self.parse_exactly(function.upper)
        if not isinstance(function, show.Function):
            raise Misreading("letters", f"{spell(function)} is no function")
        name, primes = function.name, function.primes
        if name not in EXTREMES and len(arguments) != 1:
            raise Misreading("letters", f"{name} of {len(arguments)} arguments")

        def value(facts: Facts, place: Place) -> Value:
            first, *others = (simplify(argument.value(facts, place)) for argument in arguments)
            if name in EXTREMES:
                result = combine(EXTREMES[name], [first, *others])
            elif name == "softmax":
                result = take_softmax(first, self.rows)
            else:
                result = map_entries(lambda x: facts.apply(name, primes, x), first)
            return raise_power(result, power.value(facts, place)) if power else result

        return join(arguments, value)

    def parse_partial(self, layout: show.Partial) -> Term:
        if layout.times != 1:
            raise Misreading("letters", "a second derivative")
        direct = layout.direct
        top, bottom = self.parse_read(layout.top), self.parse_read(layout.bottom)

        def value(facts: Facts, place: Place) -> Value:
            above = top.shape_entries(facts, place, self.rows)
            below = bottom.shape_entries(facts, place, self.rows)

            def slope(one: Entry, other: Entry) -> Number:
                return facts.differentiate((top.name, *one), (bottom.name, *other), direct)

            if len(above) == len(above[0]) == 1:
                return fill(below, lambda entry: slope(above[0][0], entry))
            if len(below) == len(below[0]) == 1:
                return fill(above, lambda entry: slope(entry, below[0][0]))
            if all(1 in (len(entries), len(entries[0])) for entries in (above, below)):
                # of a vector by a vector: a row for each entry above
                tops, bottoms = ([e for row in rows for e in row] for rows in (above, below))
                return Array(np.array([[slope(x, y) for y in bottoms] for x in tops], dtype=object))
            raise Misreading("shapes", "a derivative with more than rows and columns")

        return Term(value, (top, bottom), top.letters | bottom.letters)

    def parse_read(self, layout: Layout) -> Read:
        """A quantity to differentiate, or to differentiate by."""
        term = self.parse(layout) if take_apart(layout) is not None else None
        if term is None or len(term.reads) != 1 or term.reads[0].meaning != "value":
            raise Misreading("letters", f"{spell(layout)} is no quantity to differentiate")
        return term.reads[0]

    def parse_cases(self, layout: show.Cases) -> Term:
        rows = [
            (self.parse(value), None if condition is None else self.parse(condition))
            for value, condition in layout.rows
        ]

        def value(facts: Facts, place: Place) -> Value:
            for result, condition in rows:
                held = True if condition is None else condition.value(facts, place)
                if isinstance(held, Array):
                    raise Misreading("shapes", "cases of an array")
                if held:
                    return result.value(facts, place)
            raise Misreading("ranges", "no case applies")

        return join([term for row in rows for term in row if term is not None], value)

    def parse_indicator(self, body: Layout) -> Term:
        """𝟏[z > 0]: 1 where the condition holds, else 0."""
        held = self.parse(body)
        return join(
            [held],
            lambda facts, place: map_entries(lambda x: 1 if x else 0, held.value(facts, place)),
        )

    def parse_condition(self, relation: show.Relation) -> Term:
        """z > 0, or j = k."""
        if relation.sign not in COMPARISONS or len(relation.sides) != 2:
            raise Misreading("letters", f"the sign {relation.sign} in a condition")
        left, right = map(self.parse_compared, relation.sides)
        compare = COMPARISONS[relation.sign]
        return join(
            [left, right],
            lambda facts, place: combine(
                compare, [left.value(facts, place), right.value(facts, place)]
            ),
        )

    def parse_compared(self, side: Layout) -> Term:
        """One side of a condition: an expression, or an index."""
        heads, indices = set(self.heads), set(self.indices)
        try:
            return self.parse(side)
        except Misreading:
            self.heads, self.indices = heads, indices
            index = self.names.read_index(side)
            self.note_indices([index])
            return Term(index.value, (), index.letters)

    def parse_braced(self, layout: show.Braced) -> Term:
        """A name under a brace says that both are the same, wherever the brace stands."""
        inner, named = self.parse(layout.body), self.parse(layout.name)
        rounding = 0.0 if self.digits is None else 10.0 ** (2 - self.digits)

        def value(facts: Facts, place: Place) -> Value:
            found = simplify(inner.value(facts, place))
            for left, right in match_values(found, simplify(named.value(facts, place))):
                if abs(left - right) > rounding and is_false(left, right, facts):
                    raise Misreading("brace", f"{tell(left)} has the name of {tell(right)}")
            return found

        return Term(value, (*inner.reads, *named.reads), inner.letters | named.letters)

    # --- letters with scripts ---------------------------------------------------------------------

    def parse_scripted(self, layout: Layout) -> Term:
        """A quantity, a size, a power, e to a power, or an index that stands as a number."""
        reads, sizes = self.names.find_reads(layout), self.names.find_sizes(layout)
        exponential = is_exponential(layout)
        if len(reads) + len(sizes) + exponential > 1:
            raise Misreading("letters", f"{spell(layout)} can be read in several ways")
        lone = isinstance(layout, show.Letter) and not reads and not sizes
        if not lone:
            self.note_name(layout, reads)
        if reads:
            return self.value_of(reads[0])
        if sizes:
            self.note_indices(sizes)
            return Term(sizes[0].value, (), sizes[0].letters)
        match layout:
            case show.Scripted(upper=upper) if exponential and upper is not None:
                return self.parse_exponential(upper)
            case show.Scripted():
                return self.parse_power(layout)
            case show.Letter(name=name) if lone:
                return self.parse_lone_letter(name)
        raise Misreading("letters", f"{spell(layout)} is not known")

    def value_of(self, read: Read) -> Term:
        self.note_indices(read.given)
        find = {
            "value": Facts.look_up,
            "adjoint": Facts.find_adjoint,
            "updated": Facts.find_updated,
        }[read.meaning]

        def value(facts: Facts, place: Place) -> Value:
            if self.about_any:
                return facts.make(ANY[place[ANY_PLACE]])
            entries = read.shape_entries(facts, place, self.rows)
            return fill(entries, lambda entry: find(facts, read.name, entry))

        vector = read.indices.count(None) <= 1
        bias = read.role == "parameter" and read.meaning == "value" and vector
        return Term(value, (read,), read.letters, "bias" if bias else "")

    def parse_lone_letter(self, name: str) -> Term:
        if name in ("pi", "e"):
            number = MANY.pi if name == "pi" else MANY.e
            return Term(lambda facts, place: facts.make(number), sort="number")
        # an index that is counted with, as in Σ_t t x^t; whether it has a range is seen later
        self.indices.add(name)
        return Term(lambda facts, place: place[name], (), frozenset({name}))

    def parse_exponential(self, upper: Layout) -> Term:
        exponent = self.parse(upper)

        def value(facts: Facts, place: Place) -> Value:
            found = simplify(exponent.value(facts, place))
            check_not_square(found, "e to the power")
            return map_entries(lambda x: facts.apply("exp", 0, x), found)

        return join([exponent], value)

    def parse_power(self, layout: show.Scripted) -> Term:
        base, upper, lower = layout.base, layout.upper, layout.lower
        if isinstance(base, show.Brackets) and base.shape == "norm":
            inner = self.parse(base.body)
            norm = join(
                [inner], lambda facts, place: take_norm(inner.value(facts, place), spell(lower))
            )
            return norm if upper is None else self.raise_to(norm, upper)
        if upper is None or isinstance(upper, show.Row | show.Listed):
            raise Misreading("letters", f"{spell(layout)} is not known")
        if isinstance(base, show.Letter):
            return self.raise_to(self.parse(replace(layout, upper=None) if lower else base), upper)
        bare = isinstance(base, show.Number | show.Brackets) or (
            isinstance(base, show.Apply) and not base.bare
        )
        below = isinstance(base, show.Scripted) and base.upper is None
        if lower is not None or not (bare or below):
            raise Misreading("brackets", f"{spell(layout)}: a power of what has no brackets")
        number = isinstance(base, show.Number)
        return self.raise_to(self.parse_exactly(base) if number else self.parse(base), upper)

    def raise_to(self, base: Term, upper: Layout) -> Term:
        exponent = self.parse_exactly(upper)
        return join(
            [base, exponent],
            lambda facts, place: raise_power(
                base.value(facts, place), exponent.value(facts, place)
            ),
            sort_of([base, exponent]),
        )

    def note_name(self, layout: Layout, reads: Sequence[Read]) -> None:
        """Which letters the name has; z_h has an h as well."""
        written = take_apart(layout)
        if written is None:
            return
        named = reads[0].named if reads else 0
        self.heads.add(written.head)
        for part in written.lower[:named]:
            self.heads |= {letter.name for letter in list_letters(part)}

    def note_indices(self, indices: Iterable[Index]) -> None:
        for index in indices:
            self.indices |= index.letters
            self.heads |= index.heads


PARSERS: dict[type[Layout], Callable[[Parser, Layout], Term]] = {
    show.Number: Parser.parse_number,
    show.Total: Parser.parse_total,
    show.Product: Parser.parse_product,
    show.Fraction: Parser.parse_fraction,
    show.Root: Parser.parse_root,
    show.Brackets: Parser.parse_brackets,
    show.Transposed: Parser.parse_transposed,
    show.SumOver: Parser.parse_sum,
    show.Apply: Parser.parse_apply,
    show.Partial: Parser.parse_partial,
    show.Cases: Parser.parse_cases,
    show.Relation: Parser.parse_condition,
    show.Braced: Parser.parse_braced,
    show.Boxed: lambda parser, layout: parser.parse(layout.body),
}


def add_up(
    letter: str,
    inner: Term,
    ends: Sequence[Index],
    list_numbers: Callable[[Facts, Place], Iterable[int]],
) -> Term:
    """The sum of a term over one letter: Σ_k a_j b_k is a_j Σ_k b_k, where all are numbers, so
    that the sums of a long chain are worked out one after the other."""
    limits = frozenset().union(*(end.letters for end in ends))
    reached = [f for f in inner.factors if letter in f.letters]
    outside = [f for f in inner.factors if letter not in f.letters]

    def total(term: Callable[[Facts, Place], Value]) -> Evaluate:
        def value(facts: Facts, place: Place) -> Value:
            values = [term(facts, {**place, letter: n}) for n in list_numbers(facts, place)]
            return reduce(add, values) if values else 0

        return value

    whole = total(inner.value)
    part = total(lambda facts, place: multiply_numbers(reached, facts, place))
    letters = frozenset().union(*(f.letters for f in reached)) - {letter} | limits
    short = Term(remember(part, letters), (), letters)

    def value(facts: Facts, place: Place) -> Value:
        if not outside:
            return whole(facts, place)
        try:
            return multiply_numbers([*outside, short], facts, place)
        except ArrayError:
            return whole(facts, place)

    free = inner.letters - {letter} | limits
    factors = (*outside, replace(short, reads=inner.reads)) if outside else ()
    return Term(remember(value, free), inner.reads, free, factors=factors)


class ArrayError(Exception):
    """A factor is no number: then the order of factors matters."""


def multiply_numbers(factors: Iterable[Term], facts: Facts, place: Place) -> Number:
    result: Number = 1
    for factor in factors:
        value = simplify(factor.value(facts, place))
        if isinstance(value, Array):
            raise ArrayError
        result = result * value
    return result


def remember(evaluate: Evaluate, letters: frozenset[str]) -> Evaluate:
    """The same, evaluated once for the letters that it has."""
    known: dict[tuple[int, ...], Value] = {}
    order = sorted(letters)

    def value(facts: Facts, place: Place) -> Value:
        if facts.nudges or not letters <= place.keys():
            return evaluate(facts, place)
        key = (id(facts), *(place[letter] for letter in order))
        if key not in known:
            known[key] = evaluate(facts, place)
        return known[key]

    return value


def fill(entries: list[list[Entry]], function: Callable[[Entry], Number]) -> Value:
    """The numbers of entries that stand as rows and columns."""
    if len(entries) == len(entries[0]) == 1:
        return function(entries[0][0])
    return Array(np.array([[function(entry) for entry in row] for row in entries], dtype=object))


def add_terms(terms: Sequence[tuple[str, Term, Value]]) -> Value:
    """A sum: of one shape, but a plain number is added to every entry (1 - a), and a bias to
    every sample, as everybody writes it."""
    values = [(sign, term.sort, simplify(value)) for sign, term, value in terms]
    arrays = [(sort, value) for _, sort, value in values if isinstance(value, Array)]
    shapes = {v.data.shape for sort, v in arrays if sort != "bias"}
    total: Value = None
    for sign, sort, value in values:
        if arrays and not isinstance(value, Array) and sort:
            value = spread(value)
        elif isinstance(value, Array) and sort == "bias" and shapes - {value.data.shape}:
            rows, columns = value.data.shape
            value = Array(value.data, (rows == 1, columns == 1))
        value = negate(value) if sign == "-" else value
        total = value if total is None else add(total, value)
    return total


def check_brackets(product: show.Product) -> None:
    """Whether every factor can be told from its neighbours.

    Raises:
        Misreading: a sum, or a product of another kind, without brackets.
    """
    *front, _ = product.factors
    for position, factor in enumerate(product.factors):
        lone = isinstance(factor, show.Total) and len(factor.terms) == 1
        first = position == 0 and product.sign != "hadamard"
        if isinstance(factor, show.Relation | show.Total) and not (lone and first):
            raise Misreading("brackets", "a sum in a product without brackets")
    if any(isinstance(factor, show.SumOver) for factor in front):
        raise Misreading("brackets", "where a Σ ends cannot be told")
    if any(isinstance(factor, show.Apply) and factor.bare for factor in front):
        raise Misreading("brackets", "where an argument ends cannot be told")
    if product.sign not in ("hadamard", "quotient"):
        return
    for factor in product.factors:
        if isinstance(factor, show.Product) and factor.sign != product.sign:
            *scalars, _ = factor.factors
            if not all(isinstance(scalar, show.Number | show.Fraction) for scalar in scalars):
                raise Misreading("brackets", "a matrix product beside ⊙ without brackets")


def has_sign(layout: Layout, sign: str) -> bool:
    return isinstance(layout, show.Product) and layout.sign == sign


def is_power_of_ten(factors: Sequence[Layout]) -> bool:
    match factors:
        case (show.Number(), show.Scripted(base=show.Number("10"))):
            return True
    return False


def is_exponential(layout: Layout) -> bool:
    match layout:
        case show.Scripted(base=show.Letter("e"), lower=None, upper=upper):
            return upper is not None
    return False


# --- whole lines ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """The numbers that a free letter may be; the ends may have other free letters."""

    letter: str
    numbers: Callable[[Facts, Place], range]
    leans_on: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Claim:
    """A line that has been read: its sides, and the conditions on its free letters.

    `numbers` has, for each number of a line of numbers, by how much it may be rounded.
    """

    sides: tuple[Term, ...]
    domain: tuple[Condition, ...] = ()
    numbers: tuple[float, ...] = ()
    about_any: bool = False

    @property
    def defines(self) -> bool:
        """Whether it says what a letter is that the network itself does not have."""
        return [read.name for read in self.sides[0].reads] == [COST_TERM]


def read_claim(
    layout: Layout,
    domain: Sequence[Layout],
    system: System,
    notation: Notation,
    digits: int | None = None,
) -> Claim:
    """Read a line, with the domains that it stands under; `digits` for a line of numbers.

    Raises:
        Misreading: it has no meaning, or more than one.
    """
    if not isinstance(layout, show.Relation) or len(layout.sides) < 2:
        raise Misreading("letters", "no relation")
    if layout.sign not in ("=", "approx", "arrow"):
        raise Misreading("letters", f"the sign {layout.sign} between the sides of a line")
    names = Names(system, notation)
    try:
        return read_sides(layout, domain, Parser(names, digits))
    except Misreading as problem:
        unit = find_one_unit(layout, names)
        if unit is None:
            raise
        # a layer may be left out in a formula about any one unit only
        alone = replace(system, quantities={unit: Quantity(unit, "input")})
        try:
            return read_sides(layout, domain, Parser(Names(alone, notation), about_any=True))
        except Misreading:
            raise problem from None


def read_sides(layout: show.Relation, domain: Sequence[Layout], parser: Parser) -> Claim:
    digits, parser.digits = parser.digits, None
    left = parser.parse(layout.sides[0])
    if layout.sign == "arrow":
        if len(left.reads) != 1 or left.reads[0].meaning != "value":
            raise Misreading("letters", "an update of what is no parameter")
        left = parser.value_of(replace(left.reads[0], meaning="updated"))
    parser.digits = digits
    sides = (left, *(parser.parse(side) for side in layout.sides[1:]))
    letters = frozenset().union(*(side.letters for side in sides))
    conditions = [c for part in domain for c in read_domain(part, parser) if c.letter in letters]
    check_letters(parser, sides, {c.letter for c in conditions})
    for read in (read for side in sides for read in side.reads):
        if read.is_incomplete:
            raise Misreading("letters", f"{read.name}: an index is left out")
    return Claim(sides, tuple(conditions), tuple(parser.numbers), parser.about_any)


def find_one_unit(layout: Layout, names: Names) -> str | None:
    """The one pre-activation that a line reads without any index, if so."""
    found = {
        read.name
        for letter in list_letters(layout)
        for read in names.find_reads(letter)
        if read.role == "pre-activation"
    }
    return found.pop() if len(found) == 1 else None


def check_letters(parser: Parser, sides: Sequence[Term], limited: set[str]) -> None:
    """No index has the letter of a quantity, and no free index is on the right side only."""
    shared = (parser.indices | parser.bound) & parser.heads
    if shared:
        raise Misreading(
            "one letter for two", f"{', '.join(sorted(shared))}: an index and a quantity or size"
        )
    twice = parser.bound & sides[0].letters
    if twice:
        raise Misreading("one letter for two", f"{', '.join(sorted(twice))}: free and summed over")
    odd = frozenset().union(*(side.letters for side in sides[1:])) - sides[0].letters - limited
    if odd:
        raise Misreading("ranges", f"{', '.join(sorted(odd))} is free on the right side only")


def read_domain(layout: Layout, parser: Parser) -> Iterator[Condition]:
    """l = 1, ..., L-1, or l = L-1, L, or 1 <= l <= L-1, or l = 2, with commas between several."""
    match layout:
        case show.Listed(parts=parts):
            for part in parts:
                yield from read_domain(part, parser)
            return
        case show.Relation(
            sides=(letter, show.Listed(parts=(low, show.Symbol("dots"), high))), sign="="
        ):
            pass
        case show.Relation(sides=(letter, show.Listed(parts=(low, high))), sign="="):
            pass
        case show.Relation(sides=(low, letter, high), sign="<="):
            pass
        case show.Relation(sides=(letter, low), sign="="):
            high = low
        case _:
            raise TypeError(f"no meaning is known for the domain {layout}")
    name = spell_index(letter)
    if name is None:
        raise Misreading("letters", f"the domain of {spell(letter)}")
    first, last = parser.names.read_index(low), parser.names.read_index(high)
    yield Condition(
        name,
        lambda facts, place: range(first.value(facts, place), last.value(facts, place) + 1),
        first.letters | last.letters,
    )


@dataclass(frozen=True)
class Verdict:
    """Whether a line is true in some worlds; else why not, and where."""

    true: bool
    cause: str = ""
    detail: str = ""


TRUE = Verdict(True)
# true as far as it goes: in a world this small its range is empty
NOTHING = Verdict(True, "ranges", "it is said of nothing")


# --- remarks --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """W acts on C directly and through z: in which ways one quantity reaches another."""

    subject: Read
    top: Read
    ways: tuple[Read, ...]
    direct: bool
    domain: tuple[Condition, ...] = ()


def read_remark(
    layout: Layout, domain: Sequence[Layout], system: System, notation: Notation
) -> Remark | None:
    """What a sentence says of quantities; None where it is about none of them.

    Raises:
        Misreading: a letter in it that is not known.
    """
    parser = Parser(Names(system, notation))
    parts = list(flatten_sentence(layout))
    reads = [parser.parse_read(part) for part in parts if take_apart(part) is not None]
    if len(reads) < 2:
        return None
    subject, top, *ways = reads
    word = find_word("directly", notation.language)
    direct = any(isinstance(part, show.Word) and word in part.text for part in parts)
    conditions = [c for part in domain for c in read_domain(part, parser)]
    here = tuple(c for c in conditions if c.letter in subject.letters)
    return Remark(subject, top, tuple(ways), direct, here)


def flatten_sentence(layout: Layout) -> Iterator[Layout]:
    if isinstance(layout, show.Sentence):
        for part in layout.parts:
            yield from flatten_sentence(part)
    else:
        yield layout


def judge_remark(remark: Remark, facts: Facts) -> Verdict:
    """Whether these are the ways that there are: all of them, and no others."""
    term = Term(lambda facts, place: 0, (remark.subject,), remark.subject.letters)
    used: set[Read] = set()
    try:
        for place in list_places(Claim((term,), remark.domain), facts):
            for key, reader in list_ways(remark, facts, place):
                way = next(
                    (w for w in (remark.top, *remark.ways) if is_way(w, reader, place, facts)), None
                )
                if way is None or (way == remark.top and not remark.direct):
                    return Verdict(False, "ways", f"{key} is read by {reader}")
                used.add(way)
    except Misreading as problem:
        return Verdict(False, problem.cause, str(problem))
    missing = {*remark.ways, *([remark.top] if remark.direct else [])} - used
    if missing:
        return Verdict(False, "ways", f"no way through {', '.join(w.name for w in missing)}")
    return TRUE


def list_ways(remark: Remark, facts: Facts, place: Place) -> Iterator[tuple[Key, Key]]:
    """Each entry of the subject, with each entry that reads it and matters to the top."""
    (top,), *_ = remark.top.shape_entries(facts, place, False)
    entries = [e for row in remark.subject.shape_entries(facts, place, False) for e in row]
    goal = (remark.top.name, *top)
    for entry in entries:
        key = (remark.subject.name, *entry)
        for reader in facts.readers.get(key, ()):
            if facts.reaches(reader, goal):
                yield key, reader


def is_way(way: Read, reader: Key, place: Place, facts: Facts) -> bool:
    return way.name == reader[0] and way.match(facts, place, reader[1:]) is not None


# --- judging --------------------------------------------------------------------------------------


def judge(claim: Claim, facts: Facts, precise: Callable[[], Facts] | None = None) -> Verdict:
    """Whether the sides agree at every place of one world.

    What doubles leave in doubt is decided in `precise`, the same world with 50 digits.
    """
    facts.doubt = False
    try:
        places = list_places(claim, facts)
        if not places:
            return NOTHING
        if claim.defines and define(claim, facts, places):
            return TRUE
        judge_place = judge_numbers if claim.numbers else judge_sides
        for place in places:
            verdict = judge_place(claim, facts, place)
            if not verdict.true:
                return verdict
    except Misreading as problem:
        return Verdict(False, problem.cause, str(problem))
    return judge(claim, precise()) if facts.doubt and precise is not None else TRUE


def list_places(claim: Claim, facts: Facts) -> list[Place]:
    """Every choice of the free letters: within the domain, and over all that the left side has.

    Raises:
        Misreading: the domain has what the left side has not, or a letter has no range.
    """
    left = claim.sides[0]
    places: list[Place] = [{}]
    later = [c for c in claim.domain if c.leans_on]
    for c in claim.domain:
        if c not in later:
            places = [{**place, c.letter: n} for place in places for n in c.numbers(facts, place)]
    limited = {c.letter for c in claim.domain} - {c.letter for c in later}
    if claim.about_any:
        places = [{**place, ANY_PLACE: n} for place in places for n in range(len(ANY))]
    waiting = [] if claim.about_any else list(left.reads)
    while waiting and places:
        waiting.sort(key=lambda read: count_unknown(read, places[0]))
        places = extend_places(waiting.pop(0), places, limited, facts)
    for c in later:
        places = keep_within(c, places, facts)
    missing = left.letters - places[0].keys() if places else set()
    if missing:
        raise Misreading("ranges", f"the range of {', '.join(sorted(missing))} cannot be told")
    return places


def keep_within(condition: Condition, places: list[Place], facts: Facts) -> list[Place]:
    """The places at which a condition holds whose ends have other letters.

    Raises:
        Misreading: it has numbers for which there is nothing.
    """
    letter = condition.letter
    found: dict[tuple[tuple[str, int], ...], set[int]] = {}
    for place in places:
        others = tuple(sorted((name, n) for name, n in place.items() if name != letter))
        found.setdefault(others, set()).add(place[letter])
    kept: list[Place] = []
    for others, numbers in found.items():
        wanted = list_numbers(condition, facts, dict(others))
        if not numbers.issuperset(wanted):
            raise Misreading("ranges", f"{letter} runs over {wanted}, beyond what there is")
        kept += ({**dict(others), letter: n} for n in wanted)
    return kept


def list_numbers(condition: Condition, facts: Facts, place: Place) -> list[int]:
    """What a letter may be; where the ends lean on a letter that the line has not, for any."""
    places = [place]
    for letter in sorted(condition.leans_on - place.keys()):
        places = [{**known, letter: number} for known in places for number in OTHERS]
    return sorted({n for known in places for n in condition.numbers(facts, known)})


def extend_places(read: Read, places: list[Place], limited: set[str], facts: Facts) -> list[Place]:
    """The places at which a quantity exists, with the letters of its indices."""
    found: dict[tuple[tuple[str, int], ...], None] = {}
    for place in places:
        matches = [read.match(facts, place, e) for e in facts.entries.get(read.name, [()])]
        if read.letters & limited and not any(match is not None for match in matches):
            raise Misreading("ranges", f"{read.name} does not exist at {place}")
        for match in matches:
            if match is not None:
                found[tuple(sorted({**place, **match}.items()))] = None
    return [dict(items) for items in found]


def count_unknown(read: Read, place: Place) -> int:
    return max((len(index.letters - place.keys()) for index in read.given), default=0)


def define(claim: Claim, facts: Facts, places: Sequence[Place]) -> bool:
    """Remember what a new letter stands for; False where it stands for something already."""
    (read,) = claim.sides[0].reads
    for place in places:
        key = (read.name, *(n for n in read.fix(facts, place) if n is not None))
        if key in facts.definitions:
            return False
        facts.definitions[key] = lambda f, place=place: claim.sides[1].value(f, place)
    return len(claim.sides) == 2


def judge_sides(claim: Claim, facts: Facts, place: Place) -> Verdict:
    """Whether the sides agree at one choice of the free letters."""
    first, *others = (simplify(side.value(facts, place)) for side in claim.sides)
    for side, other in zip(claim.sides[1:], others, strict=True):
        for left, right in match_values(first, other, side.sort == "number"):
            if is_false(left, right, facts):
                return tell_difference(left, right, place)
    return TRUE


def is_false(left: Number, right: Number, facts: Facts) -> bool:
    """Whether two numbers differ; where it may be the rounding of doubles, that is noted."""
    size, difference = max(abs(left), abs(right)), abs(left - right)
    if facts.is_long:
        return bool(difference > 1e-30 * size + 1e-42)
    if difference <= ROUNDING * size:
        return False
    if difference < max(1e-4 * size, 1e-9):
        facts.doubt = True
        return False
    return True


def tell_difference(left: Number, right: Number, place: Place) -> Verdict:
    where = ", ".join(f"{letter} = {number}" for letter, number in place.items())
    values = f"{tell(left)} against {tell(right)}"
    return Verdict(False, "sides differ", f"{values} at {where}" if where else values)


def tell(number: Number) -> str:
    return f"{float(number):.12g}"


def judge_numbers(claim: Claim, facts: Facts, place: Place) -> Verdict:
    """Symbols = numbers = result: the sides agree within what the digits that are shown allow."""
    values = [simplify(side.value(facts, place)) for side in claim.sides]
    allowed: list[float] = []
    for number, value in enumerate(values[1:], start=1):
        for left, right in match_values(values[0], value):
            size, difference = max(abs(left), abs(right)), abs(left - right)
            if not math.isfinite(size):
                raise Misreading("ranges", "a number that is not finite")
            if difference <= min(*claim.numbers, 1e-6 * size) + 1e-12 * size:
                continue
            allowed = allowed or allow_rounding(claim, facts, place, values)
            if difference > 1.01 * (allowed[0] + allowed[number]):
                return tell_difference(left, right, place)
    return TRUE


def allow_rounding(
    claim: Claim, facts: Facts, place: Place, values: Sequence[Value]
) -> list[float]:
    """By how much each side may be off: every number in it by half of its last digit."""
    allowed = [1e-12] * len(values)
    for serial, step in enumerate(claim.numbers):
        facts.nudges = {serial: step}
        moved = [simplify(side.value(facts, place)) for side in claim.sides]
        for number, (value, other) in enumerate(zip(values, moved, strict=True)):
            allowed[number] += float(max(abs(x - y) for x, y in match_values(value, other)))
    facts.nudges = {}
    return allowed
