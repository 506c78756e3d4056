"""What a reader understands by a printed line: its layout, evaluated in one world as it stands.

Nothing here knows the expression that a line was printed from. Letters are looked up in the
notation, indices are counted as the notation counts them, a sum runs over what is printed (or,
without bounds, over all there is), ∂C/∂h is the total derivative and ∂⁺C/∂h the direct one, and
letters without indices of neurons are whole vectors and matrices, whose shapes must fit.

What cannot be understood in one way only (two quantities with one letter, brackets that are
missing, shapes that do not fit, an index without a range) is a `Misreading`: such a line is as
false as one whose sides differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, product
from typing import Any, Literal

import mpmath
import numpy as np
from sympy import Indexed

from symbackprop.equations import Quantity, System
from symbackprop.errors import InputError
from symbackprop.notation import Notation
from symbackprop.printing import layout as show
from symbackprop.printing.layout import Layout
from symbackprop.worlds import DOUBLE, World

Cause = Literal[
    "sides differ", "letters", "one letter for two", "ranges", "shapes", "brackets", "brace"
]
Number = Any
Place = dict[str, int]
Entry = tuple[int, ...]

ROUNDING = 1e-9
MANY = mpmath.MPContext()
MANY.dps = 60


class Misreading(Exception):
    """A line that has no meaning, or more than one."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


# --- numbers, vectors and matrices --------------------------------------------------------------


@dataclass(frozen=True)
class Array:
    """Rows and columns; `free` says which of both has any length: the vector 𝟏 has free rows."""

    data: np.ndarray
    free: tuple[bool, bool] = (False, False)

    @property
    def shape(self) -> str:
        pairs = zip(self.free, self.data.shape, strict=True)
        rows, columns = ("any" if free else length for free, length in pairs)
        return f"({rows} × {columns})"


Value = Any  # a number or an Array
ONES = Array(np.array([[1]], dtype=object), (True, False))


def simplify(value: Value) -> Value:
    """A matrix of one entry is a number."""
    if isinstance(value, Array) and value.data.shape == (1, 1) and not any(value.free):
        return value.data[0, 0]
    return value


def stretch(left: Array, right: Array, stretch_numbers: bool = False) -> tuple[Array, Array]:
    """Give free lengths the lengths of the other side.

    Raises:
        Misreading: the shapes are not the same.
    """
    shape = []
    for axis in (0, 1):
        one, other = left.data.shape[axis], right.data.shape[axis]
        if one != other and not (left.free[axis] or right.free[axis]):
            raise Misreading("shapes", f"{left.shape} and {right.shape} do not fit")
        shape.append(max(one, other))
    free = (left.free[0] and right.free[0], left.free[1] and right.free[1])
    return (
        Array(np.broadcast_to(left.data, shape), free),
        Array(np.broadcast_to(right.data, shape), free),
    )


def multiply(left: Value, right: Value) -> Value:
    """Juxtaposition: numbers, a number times an array, or the matrix product."""
    left, right = simplify(left), simplify(right)
    if not isinstance(left, Array) or not isinstance(right, Array):
        if isinstance(left, Array):
            return Array(left.data * right, left.free)
        if isinstance(right, Array):
            return Array(left * right.data, right.free)
        return left * right
    one, other = left.data, right.data
    if one.shape[1] != other.shape[0]:
        if left.free[1]:
            one = np.broadcast_to(one, (one.shape[0], other.shape[0]))
        elif right.free[0]:
            other = np.broadcast_to(other, (one.shape[1], other.shape[1]))
        else:
            raise Misreading("shapes", f"no product of {left.shape} and {right.shape}")
    elif left.free[1] and right.free[0]:
        raise Misreading("shapes", "the length of 𝟏 cannot be told")
    return simplify(Array(one @ other, (left.free[0], right.free[1])))


def multiply_entries(left: Value, right: Value) -> Value:
    """⊙: both of one shape."""
    left, right = simplify(left), simplify(right)
    if isinstance(left, Array) != isinstance(right, Array):
        raise Misreading("shapes", "⊙ between a number and an array")
    if not isinstance(left, Array):
        return left * right
    left, right = stretch(left, right)
    return Array(left.data * right.data, left.free)


def divide(top: Value, bottom: Value, make: Callable[[Any], Number] = float) -> Value:
    """A fraction: nobody divides by a vector."""
    top, bottom = simplify(top), simplify(bottom)
    if isinstance(bottom, Array):
        raise Misreading("shapes", f"a quotient with {bottom.shape} below")
    if bottom == 0:
        raise Misreading("ranges", "a division by 0")
    if isinstance(bottom, int) and isinstance(top, int):
        top = make(top)
    if isinstance(top, Array):
        return Array(top.data / bottom, top.free)
    return top / bottom


def divide_entries(top: Value, bottom: Value) -> Value:
    """⊘: both of one shape."""
    top, bottom = simplify(top), simplify(bottom)
    if isinstance(top, Array) and isinstance(bottom, Array):
        return multiply_entries(top, Array(1 / bottom.data, bottom.free))
    if isinstance(top, Array) or isinstance(bottom, Array):
        raise Misreading("shapes", "⊘ between a number and an array")
    return divide(top, bottom)


def turn(value: Value) -> Value:
    """The transpose."""
    if not isinstance(value, Array):
        return value
    return Array(value.data.T, value.free[::-1])


def map_entries(function: Callable[[Number], Any], value: Value) -> Value:
    if not isinstance(value, Array):
        return function(value)
    data = np.empty(value.data.shape, dtype=object)
    for place, number in np.ndenumerate(value.data):
        data[place] = function(number)
    return Array(data, value.free)


def raise_power(base: Value, exponent: Value) -> Value:
    """A power; of a vector entry by entry, of a square matrix it could be either."""
    base, exponent = simplify(base), simplify(exponent)
    if isinstance(exponent, Array):
        raise Misreading("shapes", "an array as exponent")
    if not isinstance(base, Array):
        if base == 0 and exponent < 0:
            raise Misreading("ranges", "a division by 0")
        result = base**exponent
        if isinstance(result, complex):
            raise Misreading("ranges", "a power of a negative number")
        return result
    check_not_square(base, "a power")
    return map_entries(lambda x: raise_power(x, exponent), base)


def check_not_square(value: Value, what: str) -> None:
    if isinstance(value, Array) and value.data.shape[0] == value.data.shape[1]:
        raise Misreading("shapes", f"{what} of the square matrix {value.shape}: which product?")


def take_norm(value: Value, lower: str) -> Number:
    """‖v‖ of a vector, ‖M‖_F of a matrix; ‖M‖ alone is the largest singular value."""
    value = simplify(value)
    if not isinstance(value, Array):
        return abs(value)
    if any(value.free):
        raise Misreading("shapes", f"a norm of {value.shape}")
    if 1 not in value.data.shape and lower != "F":
        return float(np.linalg.norm(np.asarray(value.data, dtype=float), 2))
    if lower not in ("", "F", "2"):
        raise Misreading("letters", f"the norm ‖ ‖_{lower} is not known")
    return root(sum(x * x for x in value.data.flat))


def root(number: Number) -> Number:
    return MANY.sqrt(number) if is_long(number) else math.sqrt(number)


def is_long(number: Number) -> bool:
    return hasattr(number, "_mpf_")


# --- functions ----------------------------------------------------------------------------------


def logistic(x: Number, lib: Any) -> Number:
    return 1 / (1 + lib.exp(-x))


LIBRARY = ["exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"]
LIBRARY += ["asin", "acos", "atan", "asinh", "acosh", "atanh", "erf"]
# name in a layout --> its value, from a number and a library (math or many digits)
FUNCTIONS: dict[str, Callable[[Number, Any], Number]] = {
    "identity": lambda x, lib: x,
    "sigmoid": logistic,
    "relu": lambda x, lib: x if x > 0 else 0 * x,
    "leaky-relu": lambda x, lib: x if x > 0 else x / 100,
    "elu": lambda x, lib: x if x > 0 else lib.exp(x) - 1,
    "softplus": lambda x, lib: lib.log(1 + lib.exp(x)),
    "silu": lambda x, lib: x * logistic(x, lib),
    "gelu": lambda x, lib: x * (1 + lib.erf(x / lib.sqrt(2))) / 2,
    "step": lambda x, lib: 1 if x > 0 else 0,
    "abs": lambda x, lib: abs(x),
    "sign": lambda x, lib: (x > 0) - (x < 0),
    **{name: lambda x, lib, name=name: getattr(lib, name)(x) for name in LIBRARY},
    "ln": lambda x, lib: lib.log(x),
    "arctan": lambda x, lib: lib.atan(x),
}
# where a function has a corner: the value of its derivative there
AT_ZERO = {"relu": 0, "leaky-relu": 0.01, "abs": 0}
EXTREMES: dict[str, Callable[..., Number]] = {"max": max, "min": min}


def make_generic(name: str) -> Callable[[Number], Number]:
    """A smooth function with values in (0, 1) and no identity of its own such as a(1 - a)."""
    shift = sum(map(ord, name)) % 7 / 10 - 0.3

    def generic(x: Number) -> Number:
        if isinstance(x, complex):
            import cmath

            return 0.5 + 0.3 * cmath.tanh(0.9 * x + shift) + 0.06 * cmath.sin(x + shift)
        lib = MANY if hasattr(x, "_mpf_") or hasattr(x, "_mpc_") else math
        return 0.5 + 0.3 * lib.tanh(0.9 * x + shift) + 0.06 * lib.sin(x + shift)

    return generic


# --- one world ----------------------------------------------------------------------------------


@dataclass
class Facts:
    """A world of a system, with what is asked of it: entries, derivatives, sizes, functions."""

    world: World
    constants: Mapping[str, Number]
    formulas: Mapping[str, Any] = field(default_factory=dict)
    definitions: dict[tuple, tuple[Term, Place]] = field(default_factory=dict)
    doubt: bool = False
    nudges: dict[int, float] = field(default_factory=dict)
    slopes: dict[tuple, Number] = field(default_factory=dict)
    ranges: dict[tuple, tuple[int, ...]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.world.system

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """Every entry that there is of each quantity."""
        found: dict[str, list[Entry]] = {}
        for quantity in self.system.quantities.values():
            symbols = [axis.symbol for axis in quantity.axes]
            places = self.world.places(quantity.axes)
            found[quantity.name] = [tuple(place[s] for s in symbols) for place in places]
        for name in self.system.names("target"):
            found[COST_TERM] = list(dict.fromkeys(entry[-1:] for entry in found[name]))
        return found

    @cached_property
    def known(self) -> dict[str, set[Entry]]:
        return {name: set(entries) for name, entries in self.entries.items()}

    @property
    def is_long(self) -> bool:
        return self.world.arithmetic is not DOUBLE

    def make(self, number: Any) -> Number:
        return self.world.arithmetic.make(number)

    def look_up(self, name: str, entry: Entry) -> Number:
        """One entry of a quantity.

        Raises:
            Misreading: there is no such entry.
        """
        if name in self.constants and not entry:
            return self.constants[name]
        if entry not in self.known.get(name, ()):
            raise Misreading("ranges", f"{spell_entry(name, entry)} does not exist")
        try:
            return self.world.look_up((name, *entry))
        except InputError as error:
            raise Misreading("ranges", f"{spell_entry(name, entry)} has no value") from error

    def derive(self, top: tuple, bottom: tuple, direct: bool = False) -> Number:
        """The derivative of one entry by another: over all ways, or over the direct one only."""
        for name, *entry in (top, bottom):
            self.look_up(name, tuple(entry))
        if direct:
            return self.world.slopes.get(top, {}).get(bottom, 0)
        return self.world.derivative(top, bottom)

    def adjoint(self, name: str, entry: Entry) -> Number:
        """The derivative of the cost; of the one sample's cost for what belongs to a sample."""
        kinds = self.system.quantities[name].kinds
        top: tuple = (self.system.cost,)
        if self.system.sample is not None and "sample" in kinds:
            (sample_cost,) = self.system.names("sample cost")
            top = (sample_cost, entry[kinds.index("sample")])
        return self.derive(top, (name, *entry))

    def size(self, name: str, index: Entry) -> int:
        key = (name, *index)
        if key not in self.world.sizes:
            raise Misreading("ranges", f"the size {spell_entry(name, index)} does not exist")
        return self.world.sizes[key]

    def apply(self, name: str, primes: int, x: Number) -> Number:
        """A function, or a derivative of it, at a number."""
        if name not in FUNCTIONS and name not in self.formulas:
            raise Misreading("letters", f"the function {name} is not known")
        if primes == 0:
            return self._call(name, x)
        key = (name, primes, x)
        if key not in self.slopes:
            if x == 0 and name in AT_ZERO:
                slope = AT_ZERO[name]
            else:
                slope = MANY.diff(lambda u: self._call(name, u), MANY.mpf(x), primes)
            self.slopes[key] = slope if self.is_long else float(slope)
        return self.slopes[key]

    def _call(self, name: str, x: Number) -> Number:
        try:
            if name in self.formulas:
                return self.formulas[name](x)
            return FUNCTIONS[name](x, MANY if hasattr(x, "_mpf_") else math)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise Misreading("ranges", f"{name}({float(x)}): {error}") from error


def spell_entry(name: str, entry: Entry) -> str:
    return f"{name}[{', '.join(map(str, entry))}]" if entry else name


# --- indices ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """An integer in a script or a bound: l-1, 3, n_{l-1}-1; `letters` are its index letters."""

    value: Callable[[Facts, Place], int]
    letters: frozenset[str] = frozenset()
    plain: str | None = None  # the letter that the whole index is
    heads: frozenset[str] = frozenset()  # the letters of the sizes in it

    def solve(self, facts: Facts, place: Place, wanted: int) -> Place | None:
        """What the one letter without a value must be; None where the index is another number."""
        unknown = [letter for letter in self.letters if letter not in place]
        if not unknown:
            return {} if self.value(facts, place) == wanted else None
        if len(unknown) > 1:
            raise Misreading("ranges", f"the ranges of {' and '.join(unknown)} cannot be told")
        (letter,) = unknown
        start = self.value(facts, {**place, letter: 0})
        slope = self.value(facts, {**place, letter: 1}) - start
        if slope == 0 or (wanted - start) % slope:
            return None
        return {letter: (wanted - start) // slope}


@dataclass(frozen=True)
class Read:
    """A quantity that is read somewhere: which entry, in the order of its declared axes; None
    where an index is left out."""

    name: str
    meaning: Literal["value", "adjoint", "updated"]
    indices: tuple[Index | None, ...]
    shifts: tuple[int, ...]
    kinds: tuple[str, ...]
    role: str
    backwards: bool = False  # the printed order of two neurons is the other one
    named: int = 0  # how many scripts belong to the name

    @property
    def incomplete(self) -> bool:
        """Whether a layer or a time is left out, which nothing on paper may."""
        return any(
            index is None and kind in ("layer", "time")
            for index, kind in zip(self.indices, self.kinds, strict=True)
        )

    @property
    def letters(self) -> frozenset[str]:
        return frozenset().union(*(i.letters for i in self.indices if i is not None))

    def is_known(self, place: Place) -> bool:
        return self.letters <= place.keys()

    def match(self, facts: Facts, place: Place, entry: Entry) -> Place | None:
        """What the letters must be for this to be that entry."""
        found: Place = {}
        for index, shift, number in zip(self.indices, self.shifts, entry, strict=True):
            if index is None:
                continue
            more = index.solve(facts, {**place, **found}, number - shift)
            if more is None:
                return None
            found |= more
        return found

    def find_entries(self, facts: Facts, place: Place) -> tuple[list[Entry], list[int]]:
        """The entries that are meant, and the places of the indices that are left out."""
        fixed = [
            None if index is None else index.value(facts, place) + shift
            for index, shift in zip(self.indices, self.shifts, strict=True)
        ]
        left_out = [p for p, number in enumerate(fixed) if number is None]
        if not left_out:
            return [tuple(n for n in fixed if n is not None)], []
        entries = [
            entry
            for entry in facts.entries[self.name]
            if all(n is None or n == m for n, m in zip(fixed, entry, strict=True))
        ]
        if not entries:
            raise Misreading("ranges", f"{self.name} at {fixed} does not exist")
        return entries, left_out


def shape_entries(read: Read, facts: Facts, place: Place, rows: bool) -> np.ndarray:
    """The entries that are meant, as rows and columns; one entry is a 1 × 1 array."""
    entries, left_out = read.find_entries(facts, place)
    result: np.ndarray
    if not left_out:
        result = np.empty((1, 1), dtype=object)
        result[0, 0] = entries[0]
        return result
    if len(left_out) == 1:
        shape = (1, len(entries)) if rows else (len(entries), 1)
        result = np.empty(len(entries), dtype=object)
        result[:] = entries
        return result.reshape(shape)
    if len(left_out) > 2:
        raise Misreading("shapes", f"{read.name} has more than rows and columns")
    first, second = left_out
    if "sample" in (read.kinds[first], read.kinds[second]):
        sample = first if read.kinds[first] == "sample" else second
        neuron = second if sample == first else first
        first, second = (sample, neuron) if rows else (neuron, sample)
    elif read.backwards:
        first, second = second, first
    heights = sorted({entry[first] for entry in entries})
    widths = sorted({entry[second] for entry in entries})
    if len(heights) * len(widths) != len(entries):
        raise Misreading("shapes", f"{read.name} is no rectangle")
    table = {(entry[first], entry[second]): entry for entry in entries}
    result = np.empty((len(heights), len(widths)), dtype=object)
    for row, column in product(range(len(heights)), range(len(widths))):
        result[row, column] = table[heights[row], widths[column]]
    return result


def fill(shaped: np.ndarray, function: Callable[[Entry], Number]) -> Value:
    data = np.empty(shaped.shape, dtype=object)
    for place, entry in np.ndenumerate(shaped):
        data[place] = function(entry)
    return data[0, 0] if data.shape == (1, 1) else Array(data)


# --- from layouts to meanings -------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """What a part of a line means: its value in a world, what it reads, its free letters.

    `sort` is "number" for digits alone, "bias" for a parameter that may be added to every sample,
    "" for all else.
    """

    value: Callable[[Facts, Place], Value]
    reads: tuple[Read, ...] = ()
    letters: frozenset[str] = frozenset()
    sort: str = ""


def join(terms: Iterable[Term], value: Callable[[Facts, Place], Value], sort: str = "") -> Term:
    terms = tuple(terms)
    return Term(
        value,
        tuple(read for term in terms for read in term.reads),
        frozenset().union(*(term.letters for term in terms)),
        sort,
    )


@dataclass
class Parser:
    """Reads one line; `heads`, `indices` and `bound` collect its letters on the way."""

    system: System
    notation: Notation
    digits: int | None = None  # of a line of numbers: how many are shown
    about_any: bool = False  # a formula about any one number: σ′(z) = σ(z) (1 - σ(z))
    heads: set[str] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    bound: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    transposes: set[str] = field(default_factory=set)
    exact: bool = False

    # --- expressions -----------------------------------------------------------------------------

    def parse(self, layout: Layout) -> Term:
        match layout:
            case show.Number():
                return self.parse_number(layout)
            case show.Total():
                return self.parse_total(layout)
            case show.Product():
                return self.parse_product(layout)
            case show.Fraction(top=top, bottom=bottom):
                parts = self.parse(top), self.parse(bottom)
                sort = "number" if all(p.sort == "number" for p in parts) else ""
                return join(
                    parts,
                    lambda facts, place: divide(
                        parts[0].value(facts, place), parts[1].value(facts, place), facts.make
                    ),
                    sort,
                )
            case show.Brackets():
                return self.parse_brackets(layout)
            case show.Root(body=body):
                inner = self.parse(body)
                return join(
                    [inner],
                    lambda facts, place: map_entries(
                        lambda x: facts.apply("sqrt", 0, x), inner.value(facts, place)
                    ),
                )
            case show.Transposed():
                return self.parse_transposed(layout)
            case show.SumOver():
                return self.parse_sum(layout)
            case show.Apply():
                return self.parse_apply(layout)
            case show.Partial():
                return self.parse_partial(layout)
            case show.Braced(body=body, name=name):
                return self.parse_braced(body, name)
            case show.Boxed(body=body):
                return self.parse(body)
            case show.Cases():
                return self.parse_cases(layout)
            case show.Relation():
                return self.parse_relation(layout)
            case show.Letter("one"):
                return Term(lambda facts, place: ONES)
            case show.Row(parts=(show.Letter("one"), show.Brackets(shape="square", body=body))):
                held = self.parse(body)
                return join(
                    [held],
                    lambda facts, place: map_entries(
                        lambda x: 1 if x else 0, held.value(facts, place)
                    ),
                )
            case show.Letter() | show.Scripted() | show.Row():
                return self.parse_scripted(layout)
        raise TypeError(f"no meaning is known for the layout {layout}")

    def parse_number(self, number: show.Number) -> Term:
        digits = number.digits
        if not digits.replace(".", "", 1).isdigit():
            raise Misreading("letters", f"{digits} is no number")
        serial = len(self.numbers)
        if self.digits is not None and not self.exact:
            self.numbers.append(0.5 * 10.0**-self.digits)
        else:
            serial = -1

        def value(facts: Facts, place: Place) -> Number:
            exact = int(digits) if "." not in digits else facts.make(digits)
            nudge = facts.nudges.get(serial, 0) if serial >= 0 else 0
            return exact + nudge if nudge else exact

        return Term(value, sort="number")

    def parse_total(self, total: show.Total) -> Term:
        parts = []
        for sign, layout in total.terms:
            if isinstance(layout, show.Total | show.Relation):
                raise Misreading("brackets", "a sum in a sum without brackets")
            parts.append((sign, self.parse(layout)))
        if len(parts) > 1 and any(
            isinstance(x, show.SumOver) and isinstance(x.body, show.Total) and len(x.body.terms) > 1
            for _, x in total.terms
        ):
            raise Misreading("brackets", "where a Σ ends cannot be told")

        def value(facts: Facts, place: Place) -> Value:
            return add_terms([(s, t, t.value(facts, place)) for s, t in parts])

        sorts = {term.sort for _, term in parts}
        sort = sorts.pop() if len(parts) == 1 or sorts == {"number"} else ""
        return join([t for _, t in parts], value, sort)

    def parse_product(self, product: show.Product) -> Term:
        factors = product.factors
        for position, factor in enumerate(factors):
            last = position == len(factors) - 1
            if isinstance(factor, show.Relation) or (
                isinstance(factor, show.Total)
                and (len(factor.terms) > 1 or position or product.sign == "hadamard")
            ):
                raise Misreading("brackets", "a sum in a product without brackets")
            if isinstance(factor, show.SumOver) and not last:
                if product.sign == "hadamard":
                    raise Misreading("brackets", "where a Σ ends cannot be told")
                # what follows a Σ stands below it
                inner = replace(product, factors=(factor.body, *factors[position + 1 :]))
                swallowed = replace(factor, body=inner)
                return self.parse(replace(product, factors=(*factors[:position], swallowed)))
            if isinstance(factor, show.Apply) and factor.bare and not last:
                raise Misreading("brackets", f"where the argument of {factor.function} ends")
        if self.digits is not None and product.sign == "dot" and is_power_of_ten(factors):
            return self.parse_scientific(factors)
        if product.sign == "hadamard":
            self.check_mixed(factors)
        combine = {
            "": multiply,
            "dot": multiply,
            "hadamard": multiply_entries,
            "quotient": divide_entries,
        }[product.sign]
        parts = [self.parse(factor) for factor in factors]
        mixed = product.sign != "hadamard" and any(
            isinstance(f, show.Product) and f.sign == "hadamard" for f in factors
        )

        def value(facts: Facts, place: Place) -> Value:
            values = [simplify(part.value(facts, place)) for part in parts]
            if mixed and sum(isinstance(v, Array) for v in values) > 1:
                raise Misreading("brackets", "a matrix product beside ⊙ without brackets")
            result = values[0]
            for other in values[1:]:
                result = combine(result, other)
            return result

        sort = "number" if all(p.sort == "number" for p in parts) else ""
        return join(parts, value, sort)

    def check_mixed(self, factors: Sequence[Layout]) -> None:
        for factor in factors:
            if isinstance(factor, show.Product) and factor.sign != "hadamard":
                *numbers, _ = factor.factors
                if not all(isinstance(n, show.Number | show.Fraction) for n in numbers):
                    raise Misreading("brackets", "a matrix product beside ⊙ without brackets")

    def parse_scientific(self, factors: Sequence[Layout]) -> Term:
        """1.25 · 10^-7: so many significant digits, not decimals."""
        mantissa = self.parse(factors[0])
        assert self.digits is not None
        self.numbers[-1] = 0.5 * 10.0 ** (1 - self.digits)
        power = self.parse_exactly(factors[1])
        return join(
            [mantissa, power],
            lambda facts, place: mantissa.value(facts, place) * power.value(facts, place),
            "number",
        )

    def parse_exactly(self, layout: Layout) -> Term:
        """Exponents and the like are not rounded."""
        before, self.exact = self.exact, True
        try:
            return self.parse(layout)
        finally:
            self.exact = before

    def parse_brackets(self, brackets: show.Brackets) -> Term:
        inner = self.parse(brackets.body)
        if brackets.shape in ("round", "square"):
            return replace(inner, sort="number" if inner.sort == "number" else "")
        if brackets.shape == "bar":
            return join([inner], lambda facts, place: map_entries(abs, inner.value(facts, place)))
        if brackets.shape == "norm":
            return join([inner], lambda facts, place: take_norm(inner.value(facts, place), ""))
        raise Misreading("brackets", f"brackets of the shape {brackets.shape}")

    def parse_transposed(self, layout: show.Transposed) -> Term:
        body = layout.body
        plain = isinstance(body, show.Letter | show.Brackets | show.Row) or (
            isinstance(body, show.Scripted) and body.upper is None
        )
        if not plain:
            raise Misreading("brackets", "a transpose of what has no brackets")
        self.transposes.add(layout.mark)
        inner = self.parse(body)
        return join([inner], lambda facts, place: turn(inner.value(facts, place)))

    def parse_sum(self, layout: show.SumOver) -> Term:
        body = layout.body
        if isinstance(body, show.Total) and len(body.terms) > 1:
            # Σ a + b is (Σ a) + b
            (sign, first), *others = body.terms
            lone = first if sign == "+" else show.Total(((sign, first),))
            return self.parse(show.Total((("+", replace(layout, body=lone)), *others)))
        letter = self.read_index_letter(layout.bound)
        if letter in self.open:
            raise Misreading("one letter for two", f"a sum over {letter} in a sum over {letter}")
        self.bound.append(letter)
        self.open.append(letter)
        inner = self.parse(body)
        self.open.pop()
        low, high = (None if b is None else self.parse_index(b) for b in (layout.low, layout.high))
        self.note_indices(end for end in (low, high) if end is not None)
        if (low is None) != (high is None):
            raise Misreading("ranges", f"the sum over {letter} has one end only")
        ends = frozenset() if low is None or high is None else low.letters | high.letters

        def list_numbers(facts: Facts, place: Place) -> Iterable[int]:
            if low is None or high is None:
                return find_range(letter, inner.reads, facts, place)
            return range(low.value(facts, place), high.value(facts, place) + 1)

        def value(facts: Facts, place: Place) -> Value:
            total: Value = 0
            for position, number in enumerate(list_numbers(facts, place)):
                found = inner.value(facts, {**place, letter: number})
                total = found if position == 0 else add_values(total, found)
            return total

        return Term(value, inner.reads, (inner.letters - {letter}) | ends)

    def parse_apply(self, layout: show.Apply) -> Term:
        arguments = [self.parse(a) for a in layout.arguments]
        function = layout.function
        power = None
        if isinstance(function, show.Scripted) and function.lower is None:
            # tanh²(z)
            power = self.parse_exactly(function.upper) if function.upper else None
            function = function.base
        if not isinstance(function, show.Function):
            raise Misreading("letters", f"{function} is no function")
        name, primes = function.name, function.primes

        def value(facts: Facts, place: Place) -> Value:
            values = [simplify(a.value(facts, place)) for a in arguments]
            if name == "softmax":
                result = take_softmax(values[0], facts, self.notation.rows)
            elif name in EXTREMES:
                if any(isinstance(v, Array) for v in values):
                    result = extreme_entries(EXTREMES[name], values)
                else:
                    result = EXTREMES[name](values)
            elif len(values) != 1:
                raise Misreading("letters", f"{name} of {len(values)} arguments")
            else:
                result = map_entries(lambda x: facts.apply(name, primes, x), values[0])
            return raise_power(result, power.value(facts, place)) if power else result

        return join(arguments, value)

    def parse_partial(self, layout: show.Partial) -> Term:
        if layout.times != 1:
            raise Misreading("letters", "a second derivative")
        direct = is_direct(layout)
        top, bottom = (self.parse_read(part) for part in (layout.top, layout.bottom))
        if (top.meaning, bottom.meaning) != ("value", "value"):
            raise Misreading("letters", "a derivative of or by a derivative")

        def value(facts: Facts, place: Place) -> Value:
            above = shape_entries(top, facts, place, self.notation.rows)
            below = shape_entries(bottom, facts, place, self.notation.rows)

            def slope(one: Entry, other: Entry) -> Number:
                return facts.derive((top.name, *one), (bottom.name, *other), direct)

            if above.shape == (1, 1):
                return fill(below, lambda entry: slope(above[0, 0], entry))
            if below.shape == (1, 1):
                return fill(above, lambda entry: slope(entry, below[0, 0]))
            if 1 not in above.shape or 1 not in below.shape:
                raise Misreading("shapes", "a derivative with more than rows and columns")
            pairs = np.empty((above.size, below.size), dtype=object)
            for row, one in enumerate(above.flat):
                for column, other in enumerate(below.flat):
                    pairs[row, column] = slope(one, other)
            return Array(pairs)

        return Term(value, (top, bottom), top.letters | bottom.letters)

    def parse_read(self, layout: Layout) -> Read:
        term = self.parse(layout)
        if len(term.reads) != 1 or not isinstance(layout, show.Letter | show.Scripted | show.Row):
            raise Misreading("letters", f"{layout} is no quantity to differentiate")
        return term.reads[0]

    def parse_cases(self, layout: show.Cases) -> Term:
        rows = [
            (self.parse(value), None if condition is None else self.parse(condition))
            for value, condition in layout.rows
        ]

        def value(facts: Facts, place: Place) -> Value:
            for result, condition in rows:
                if condition is None:
                    return result.value(facts, place)
                held = condition.value(facts, place)
                if isinstance(held, Array):
                    raise Misreading("shapes", "cases of an array")
                if held:
                    return result.value(facts, place)
            raise Misreading("ranges", "no case applies")

        return join([t for row in rows for t in row if t is not None], value)

    def parse_relation(self, relation: show.Relation) -> Term:
        """A condition, such as z > 0 or j = k."""
        sides = [self.parse_condition(side) for side in relation.sides]
        compare = COMPARISONS.get(relation.sign)
        if compare is None:
            raise Misreading("letters", f"the sign {relation.sign} in a condition")

        def value(facts: Facts, place: Place) -> Value:
            values = [simplify(side.value(facts, place)) for side in sides]
            held: Value = True
            for left, right in pairwise(values):
                one = compare_values(compare, left, right)
                held = one if held is True else map_entries(bool, one) and held
            return held

        return join(sides, value)

    def parse_condition(self, side: Layout) -> Term:
        """One side of a condition: an expression, or an index."""
        try:
            return self.parse(side)
        except Misreading:
            index = self.parse_index(side)
            self.note_indices([index])
            return Term(index.value, (), index.letters)

    def parse_braced(self, body: Layout, name: Layout) -> Term:
        """A name under a brace says that both are the same, wherever the brace stands."""
        inner, named = self.parse(body), self.parse(name)
        digits = self.digits

        def value(facts: Facts, place: Place) -> Value:
            found = simplify(inner.value(facts, place))
            for left, right in match_values(found, simplify(named.value(facts, place))):
                error = differ(left, right, facts)
                if digits is not None and abs(left - right) < 10.0 ** (2 - digits):
                    continue
                if error and (facts.is_long or not is_doubtful(left, right, error)):
                    raise Misreading("brace", f"{float(left)!r} has the name {float(right)!r}")
                facts.doubt = facts.doubt or bool(error)
            return found

        return Term(value, (*inner.reads, *named.reads), inner.letters | named.letters)

    # --- letters with scripts --------------------------------------------------------------------

    def parse_scripted(self, layout: Layout) -> Term:
        """A quantity, a size, a power, e to a power, or an index that stands as a number."""
        reads = self.find_reads(layout)
        sizes = self.find_sizes(layout)
        exponential = is_exponential(layout)
        if len(reads) + len(sizes) + exponential > 1:
            names = [*(r.name for r in reads), *(["e"] if exponential else [])]
            raise Misreading("letters", f"{spell(layout)} could be {' or '.join(names)}")
        if reads:
            return self.value_of(reads[0], layout)
        if sizes:
            self.note_head(layout)
            (size,) = sizes
            self.note_indices(sizes)
            return Term(size.value, (), size.letters)
        if exponential:
            return self.parse_exponential(layout)
        if isinstance(layout, show.Scripted):
            return self.parse_power(layout)
        if isinstance(layout, show.Letter):
            return self.parse_lone_letter(layout)
        raise Misreading("letters", f"{spell(layout)} is not known")

    def value_of(self, read: Read, layout: Layout) -> Term:
        self.note_head(layout)
        _, _, lower, _ = take_apart(layout)
        for part in lower[: read.named]:
            self.heads |= {spell(letter) for letter in list_letters(part)}
        self.note_indices(i for i in read.indices if i is not None)
        rows = self.notation.rows

        def value(facts: Facts, place: Place) -> Value:
            if self.about_any:
                return facts.make(GENERIC[place["·"]])
            shaped = shape_entries(read, facts, place, rows)
            return fill(shaped, lambda entry: number(facts, entry))

        def number(facts: Facts, entry: Entry) -> Number:
            if (read.name, *entry) in facts.definitions:
                term, where = facts.definitions[read.name, *entry]
                return term.value(facts, where)
            if read.meaning == "value":
                return facts.look_up(read.name, entry)
            slope = facts.adjoint(read.name, entry)
            if read.meaning == "adjoint":
                return slope
            return facts.look_up(read.name, entry) - facts.constants["eta"] * slope

        left_out = sum(index is None for index in read.indices)
        bias = read.role == "parameter" and read.meaning == "value" and left_out <= 1
        return Term(value, (read,), read.letters, "bias" if bias else "")

    def parse_lone_letter(self, letter: show.Letter) -> Term:
        name = letter.name
        if name == "pi":
            return Term(lambda facts, place: facts.make(MANY.pi), sort="number")
        if name == "e":
            return Term(lambda facts, place: facts.make(MANY.e), sort="number")
        # an index that is counted with, as in Σ_t t x^t; whether it has a range is seen later
        self.indices.add(name)
        return Term(lambda facts, place: place[name], (), frozenset({name}))

    def parse_exponential(self, layout: Layout) -> Term:
        assert isinstance(layout, show.Scripted) and layout.upper is not None
        self.heads.add("e")
        exponent = self.parse(layout.upper)

        def value(facts: Facts, place: Place) -> Value:
            found = simplify(exponent.value(facts, place))
            check_not_square(found, "e to the power")
            return map_entries(lambda x: facts.apply("exp", 0, x), found)

        return join([exponent], value)

    def parse_power(self, layout: show.Scripted) -> Term:
        base, upper, lower = layout.base, layout.upper, layout.lower
        if isinstance(base, show.Brackets) and base.shape == "norm":
            inner = self.parse(base.body)
            name = "" if lower is None else spell(lower)
            norm = join([inner], lambda facts, place: take_norm(inner.value(facts, place), name))
            return norm if upper is None else self.raise_to(norm, upper)
        if upper is None:
            raise Misreading("letters", f"{spell(layout)} is not known")
        if lower is not None:
            if not isinstance(base, show.Letter):
                raise Misreading("brackets", f"{spell(layout)}: a power of what has no brackets")
            return self.raise_to(self.parse(replace(layout, upper=None)), upper)
        plain = isinstance(base, show.Letter | show.Number | show.Brackets) or (
            isinstance(base, show.Apply) and not base.bare
        )
        if not plain:
            raise Misreading("brackets", f"{spell(layout)}: a power of what has no brackets")
        return self.raise_to(
            self.parse_exactly(base) if isinstance(base, show.Number) else self.parse(base), upper
        )

    def raise_to(self, base: Term, upper: Layout) -> Term:
        exponent = self.parse_exactly(upper)
        return join(
            [base, exponent],
            lambda facts, place: raise_power(
                base.value(facts, place), exponent.value(facts, place)
            ),
            "number" if base.sort == exponent.sort == "number" else "",
        )

    def note_head(self, layout: Layout) -> None:
        head, *_ = take_apart(layout)
        if head is not None:
            self.heads.add(head)

    def note_indices(self, indices: Iterable[Index]) -> None:
        for index in indices:
            self.indices |= index.letters
            self.heads |= index.heads

    # --- which quantity --------------------------------------------------------------------------

    def find_reads(self, layout: Layout) -> list[Read]:
        """The quantities that a letter with its scripts can be; the complete ones before those
        with indices left out."""
        head, differential, lower, upper = take_apart(layout)
        if head is None:
            return []
        found: list[Read] = list(self.read_cost_term(head, lower, upper))
        for quantity in self.system.quantities.values():
            if not quantity.name.startswith("∂") and quantity.role != "updated":
                found += self.read_as(quantity, head, differential, lower, upper)
        found = list(dict.fromkeys(found))
        complete = [r for r in found if None not in r.indices]
        whole = [r for r in found if not r.incomplete]
        best = complete or whole or found
        if len(best) > 1 and len({r.name for r in best}) == 1:
            raise Misreading("letters", f"{spell(layout)} can be read in two ways")
        # z_h is the name z_h and not z at h; but w_0 with a w[0] beside it could be either
        longest = max((r.named for r in best), default=0)
        return [
            r
            for r in best
            if r.named == longest or all(i is None or not i.letters for i in r.indices)
        ]

    def read_cost_term(
        self, head: str, lower: tuple[Layout, ...], upper: tuple[Layout, ...]
    ) -> Iterator[Read]:
        """E_o1: the part of the cost that one output has, by its own line of the sheet."""
        letter = self.notation.letters.get("C_j")
        if not self.notation.named_units or head != letter or upper or len(lower) != 1:
            return
        script = spell_name(lower[0]) or ""
        if script[:1] != "o" or not script[1:] or not self.widths:
            return
        rest = script[1:]
        index = self.parse_index(show.Number(rest) if rest.isdigit() else show.Letter(rest))
        yield Read(COST_TERM, "value", (index,), (0,), ("neuron",), "intermediate", named=1)

    def read_as(
        self,
        quantity: Quantity,
        head: str,
        differential: bool,
        lower: tuple[Layout, ...],
        upper: tuple[Layout, ...],
    ) -> Iterator[Read]:
        """The ways in which this quantity is written with this head and these scripts."""
        notation = self.notation
        updated = bool(upper) and upper[-1] == show.Symbol("plus")
        if updated:
            upper = upper[:-1]
        meaning: Literal["value", "adjoint", "updated"] = "updated" if updated else "value"
        if differential:
            if notation.adjoints != "differential" or updated:
                return
            meaning = "adjoint"
        is_error = head == "delta" and not differential and notation.adjoints == "delta"
        if is_error and quantity.role == "pre-activation":
            yield from self.read_error(quantity, lower, upper)
        for letter, capital in self.letters_of(quantity):
            stem, fixed = split_name(letter)
            if capital:
                stem = stem.upper() if len(stem) == 1 else stem
            if stem != head:
                continue
            rest = take_fixed(fixed, lower)
            if rest is None:
                continue
            units = [] if capital else list(self.read_unit(quantity, meaning, rest, upper))
            for read in units or self.place_indices(quantity, meaning, rest, upper):
                if has_left_out_sample(read) == capital or read.incomplete:
                    yield replace(read, named=len(fixed))

    def letters_of(self, quantity: Quantity) -> Iterator[tuple[str, bool]]:
        """(letter, whether it is written as a capital for a whole batch)."""
        notation, name = self.notation, quantity.name
        if name == self.system.cost and not self.system.sample and name == "C":
            yield notation.single_cost, False
            return
        entries, whole = notation.find_letter(name), notation.find_letter(name, matrix=True)
        yield entries, False
        if whole != entries:
            yield whole, False
        if "sample" in quantity.kinds and "neuron" in quantity.kinds:
            yield whole, True

    def read_error(
        self, quantity: Quantity, lower: tuple[Layout, ...], upper: tuple[Layout, ...]
    ) -> Iterator[Read]:
        """δ, with the name of its weighted sum where there are several."""
        several = len(self.system.names("pre-activation")) > 1
        letter = "_".join(flatten_name(split_name(self.notation.find_letter(quantity.name))))
        fixed = (letter,) if several else ()
        rest = take_fixed(fixed, lower)
        if rest is not None:
            units = list(self.read_unit(quantity, "adjoint", rest, upper))
            for read in units or self.place_indices(quantity, "adjoint", rest, upper):
                yield replace(read, named=len(fixed))

    def place_indices(
        self,
        quantity: Quantity,
        meaning: Literal["value", "adjoint", "updated"],
        lower: tuple[Layout, ...],
        upper: tuple[Layout, ...],
    ) -> Iterator[Read]:
        """Which script is which index, by the places and brackets of the notation."""
        notation, kinds = self.notation, quantity.kinds
        of = {kind: [p for p, k in enumerate(kinds) if k == kind] for kind in set(kinds)}
        neurons = of.get("neuron", [])
        samples, steps = of.get("sample", []), [*of.get("layer", []), *of.get("time", [])]
        below = list(neurons)
        backwards = (
            notation.weights_transposed and len(neurons) == 2 and quantity.role == "parameter"
        )
        if backwards:
            below.reverse()
        if samples and (notation.sample_place == "lower" or quantity.role == "sample cost"):
            below = samples + below
            above = steps
        elif notation.sample == "plain":
            above = samples + steps
        else:
            above = steps + samples
        placed = dict(self.place_above(quantity, above, steps, upper))
        placed_below = self.place_below(below, samples, lower)
        if len(placed) != len(upper) or placed_below is None:
            return
        placed |= placed_below
        try:
            indices = tuple(
                self.parse_index(placed[p]) if p in placed else None for p in range(len(kinds))
            )
        except Misreading:
            return
        given = [p for p in neurons if p in placed]
        if given and len(given) < len(neurons):
            return
        if any(p not in placed for p in samples) and (given or quantity.role == "sample cost"):
            return
        shift = 1 - notation.index_base
        shifts = tuple(shift if kind in ("neuron", "sample") else 0 for kind in kinds)
        yield Read(quantity.name, meaning, indices, shifts, kinds, quantity.role, backwards)

    def place_above(
        self,
        quantity: Quantity,
        above: list[int],
        steps: list[int],
        upper: tuple[Layout, ...],
    ) -> Iterator[tuple[int, Layout]]:
        """a^{[l](i)}: by its brackets each script tells what it counts."""
        chosen = above if len(upper) == len(above) else steps
        if len(upper) != len(chosen):
            return
        for place, layout in zip(chosen, upper, strict=True):
            shape = getattr(self.notation, quantity.kinds[place])
            if shape == "plain" and not isinstance(layout, show.Brackets):
                yield place, layout
            elif isinstance(layout, show.Brackets) and layout.shape == shape:
                yield place, layout.body

    def place_below(
        self, below: list[int], samples: list[int], lower: tuple[Layout, ...]
    ) -> dict[int, Layout] | None:
        if not lower:
            return {}
        if len(lower) == len(below):
            return dict(zip(below, lower, strict=True))
        if samples and samples[0] in below and len(lower) == len(samples):
            # x_i of x_{ij} is the whole sample
            return dict(zip(samples, lower, strict=True))
        return None

    def read_unit(
        self,
        quantity: Quantity,
        meaning: Literal["value", "adjoint", "updated"],
        lower: tuple[Layout, ...],
        upper: tuple[Layout, ...],
    ) -> Iterator[Read]:
        """net_h1, out_oj, i_2, w_5, b_1: the names of a small network."""
        widths = self.widths
        if not self.notation.named_units or not 2 <= len(widths) <= 3 or len(lower) != 1:
            return
        if quantity.name not in ("x", "y", "z", "a", "W", "b"):
            return
        last = len(widths) - 1
        kinds, (script,) = quantity.kinds, lower
        found: dict[str, Index | None] = {}
        if upper:
            if "sample" not in kinds or len(upper) != 1:
                return
            (sample,) = upper
            if not isinstance(sample, show.Brackets) or sample.shape != "round":
                return
            found["sample"] = self.parse_index(sample.body)
        if quantity.name == "W":
            if not isinstance(script, show.Number):
                return
            layer, j, k = find_weight(widths, int(script.digits))
            indices = (constant(layer), constant(j), constant(k))
            yield Read("W", meaning, indices, (0, 0, 0), kinds, quantity.role)
            return
        if isinstance(script, show.Letter) and script.name[:1] in ("h", "o") and script.name[1:]:
            layer = last if script.name[0] == "o" else 1
            if script.name[0] == "h" and last == 1:
                return
            if (quantity.name == "y" and layer != last) or quantity.name == "x":
                return
            found["layer"], rest = constant(layer), script.name[1:]
            found["neuron"] = self.parse_index(
                show.Number(rest) if rest.isdigit() else show.Letter(rest)
            )
        elif isinstance(script, show.Number) and "neuron" in kinds and quantity.name == "x":
            # i_2 is an input; where every layer is one neuron, i_0 is the layer of inputs
            found["neuron"] = constant(int(script.digits)) if script.digits != "0" else None
        elif isinstance(script, show.Number):
            # b_1: one for the layer, or one neuron for each layer
            found["layer"] = constant(int(script.digits))
        else:
            return
        if any(kind not in found for kind in kinds if kind != "neuron"):
            return
        indices = tuple(found.get(kind) for kind in kinds)
        yield Read(quantity.name, meaning, indices, (0,) * len(kinds), kinds, quantity.role)

    @cached_property
    def widths(self) -> list[int]:
        """The widths of a network by layers, where all are declared."""
        found = {
            int(size.indices[0]): int(width)
            for size, width in self.system.sizes.items()
            if isinstance(size, Indexed) and size.indices[0].is_Integer
        }
        return [found[p] for p in sorted(found)] if set(found) == set(range(len(found))) else []

    # --- sizes and indices -----------------------------------------------------------------------

    @cached_property
    def size_names(self) -> set[str]:
        return {symbol.name for symbol in self.system.size_symbols}

    def find_sizes(self, layout: Layout) -> list[Index]:
        """n_{l}, n^{[l]} or m: a width or another size."""
        head, differential, lower, upper = take_apart(layout)
        if head is None or differential:
            return []
        found = []
        for name in self.size_names:
            stem, fixed = split_name(name)
            rest = take_fixed(fixed, lower) if stem == head else None
            if rest is None:
                continue
            if self.notation.layer == "square" and len(upper) == 1 and not rest:
                rest = (upper[0].body,) if isinstance(upper[0], show.Brackets) else upper
            elif upper:
                continue
            try:
                indices = [self.parse_index(part) for part in rest]
            except Misreading:
                continue
            found.append(read_size(name, indices))
        return found

    def read_index_letter(self, layout: Layout) -> str:
        letter = spell_name(layout)
        if letter is None:
            raise Misreading("letters", f"a sum over {spell(layout)}")
        self.indices.add(letter)
        return letter

    def parse_index(self, layout: Layout) -> Index:
        """An integer of index letters, sizes and numbers."""
        match layout:
            case show.Number(digits=digits) if digits.isdigit():
                return constant(int(digits))
            case show.Total(terms=terms):
                parts = [(sign, self.parse_index(part)) for sign, part in terms]
                return combine(
                    [i for _, i in parts],
                    lambda values: sum(
                        -v if sign == "-" else v for (sign, _), v in zip(parts, values, strict=True)
                    ),
                )
            case show.Product(factors=factors, sign="" | "dot"):
                return combine([self.parse_index(f) for f in factors], math.prod)
            case show.Brackets(body=body, shape="round"):
                return self.parse_index(body)
            case show.Apply(function=show.Function(name=name), arguments=arguments) if (
                name in EXTREMES
            ):
                extreme = EXTREMES[name]
                return combine([self.parse_index(a) for a in arguments], extreme)
        letter = spell_name(layout)
        sizes = self.find_sizes(layout)
        if sizes:
            return sizes[0]
        if letter is None:
            raise Misreading("letters", f"the index {spell(layout)}")
        return Index(lambda facts, place: place[letter], frozenset({letter}), letter)


COST_TERM = "C_j"
# numbers to try a formula with that is about any z
GENERIC = (-1.3, 0.4, 1.7)
COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def constant(number: int) -> Index:
    return Index(lambda facts, place: number)


def combine(indices: Sequence[Index], function: Callable[[list[int]], int]) -> Index:
    letters = frozenset().union(*(i.letters for i in indices))
    heads = frozenset().union(*(i.heads for i in indices))
    return Index(
        lambda facts, place: function([i.value(facts, place) for i in indices]),
        letters,
        heads=heads,
    )


def read_size(name: str, indices: Sequence[Index]) -> Index:
    letters = frozenset().union(*(i.letters for i in indices))
    return Index(
        lambda facts, place: facts.size(name, tuple(i.value(facts, place) for i in indices)),
        letters,
        heads=frozenset({split_name(name)[0]}),
    )


def find_weight(widths: Sequence[int], number: int) -> tuple[int, int, int]:
    """w_5 of a 2-2-2 network is W[2, 1, 1]: counted row by row through the layers."""
    rest = number - 1
    for layer in range(1, len(widths)):
        count = widths[layer] * widths[layer - 1]
        if rest < count:
            return layer, rest // widths[layer - 1] + 1, rest % widths[layer - 1] + 1
        rest -= count
    raise Misreading("ranges", f"there is no weight {number}")


def has_left_out_sample(read: Read) -> bool:
    """Whether a letter is a whole batch, which is written as a capital."""
    pairs = zip(read.indices, read.kinds, strict=True)
    batch = any(index is None and kind == "sample" for index, kind in pairs)
    return batch


def is_direct(layout: show.Partial) -> bool:
    return bool(getattr(layout, "direct", False))


def is_exponential(layout: Layout) -> bool:
    return (
        isinstance(layout, show.Scripted)
        and layout.base == show.Letter("e")
        and layout.upper is not None
        and layout.lower is None
    )


def is_power_of_ten(factors: Sequence[Layout]) -> bool:
    return (
        len(factors) == 2
        and isinstance(factors[0], show.Number)
        and isinstance(factors[1], show.Scripted)
        and factors[1].base == show.Number("10")
    )


# --- letters taken apart ------------------------------------------------------------------------


def take_apart(
    layout: Layout,
) -> tuple[str | None, bool, tuple[Layout, ...], tuple[Layout, ...]]:
    """w^{l}_{jk} --> w, whether it is a dw, what stands below, what stands above."""
    base, upper, lower = layout, None, None
    if isinstance(layout, show.Scripted):
        base, upper, lower = layout.base, layout.upper, layout.lower
    differential = False
    if isinstance(base, show.Row):
        if len(base.parts) != 2 or base.parts[0] != show.Letter("d"):
            return None, False, (), ()
        differential, base = True, base.parts[1]
    below = list_scripts(lower)
    if isinstance(base, show.Scripted) and base.upper is None and differential:
        below = (*list_scripts(base.lower), *below)
        base = base.base
    if not isinstance(base, show.Letter):
        return None, False, (), ()
    return base.name, differential, below, list_scripts(upper)


def list_scripts(layout: Layout | None) -> tuple[Layout, ...]:
    if layout is None:
        return ()
    if isinstance(layout, show.Row | show.Listed):
        return tuple(part for inner in layout.parts for part in list_scripts(inner))
    return (layout,)


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """E_total --> E with total below, w0 --> w with 0 below, as names are written everywhere."""
    stem, _, rest = name.partition("_")
    if rest and stem:
        return stem, tuple(part for part in rest.split("_") if part)
    letters = name.rstrip("0123456789")
    if letters and letters != name:
        return letters, (name[len(letters) :],)
    return name, ()


def flatten_name(name: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    return (name[0], *name[1])


def take_fixed(fixed: tuple[str, ...], lower: tuple[Layout, ...]) -> tuple[Layout, ...] | None:
    """What stands below after the part that belongs to the name; None where that is another."""
    if len(lower) < len(fixed):
        return None
    for text, layout in zip(fixed, lower, strict=False):
        if spell_name(layout) != text and spell(layout) != text:
            return None
    return lower[len(fixed) :]


def spell_name(layout: Layout | None) -> str | None:
    """A letter with at most a name below: k, k_1, total; None for anything else."""
    match layout:
        case show.Letter(name=name) | show.Word(text=name):
            return name
        case show.Scripted(base=show.Letter(name=name), upper=None, lower=lower):
            below = [spell(part) for part in list_scripts(lower)]
            return "_".join((name, *below))
    return None


def spell(layout: Layout | None) -> str:
    """Any layout in a few characters, for messages and for names."""
    match layout:
        case None:
            return ""
        case show.Letter(name=name) | show.Function(name=name) | show.Symbol(name=name):
            return name
        case show.Number(digits=digits):
            return digits
        case show.Word(text=text):
            return text
    from symbackprop.printing.text import render

    return render(layout)


# --- sums of values -----------------------------------------------------------------------------


def add_values(left: Value, right: Value) -> Value:
    left, right = simplify(left), simplify(right)
    if isinstance(left, Array) and isinstance(right, Array):
        left, right = stretch(left, right)
        return Array(left.data + right.data, left.free)
    if isinstance(left, Array) or isinstance(right, Array):
        raise Misreading("shapes", "a number is added to an array")
    return left + right


def add_terms(terms: Sequence[tuple[str, Term, Value]]) -> Value:
    """A sum: of one shape, but a plain number is added to every entry (1 - a), and a bias to
    every sample, as everybody writes it."""
    values = [(sign, term, simplify(value)) for sign, term, value in terms]
    shapes = [v.data.shape for _, t, v in values if isinstance(v, Array) and t.sort != "bias"]
    shapes = shapes or [v.data.shape for _, _, v in values if isinstance(v, Array)]
    total: Value = None
    for sign, term, value in values:
        if shapes and not isinstance(value, Array) and term.sort in ("number", "bias"):
            value = Array(np.array([[value]], dtype=object), (True, True))
        elif isinstance(value, Array) and term.sort == "bias" and value.data.shape not in shapes:
            value = Array(value.data, tuple(n == 1 for n in value.data.shape))
        if sign == "-":
            value = Array(-value.data, value.free) if isinstance(value, Array) else -value
        total = value if total is None else add_values(total, value)
    return total


def take_softmax(value: Value, facts: Facts, rows: bool) -> Value:
    """Softmax of each sample: of each column, or of each row where samples are rows."""
    if not isinstance(value, Array):
        raise Misreading("shapes", "a softmax of one number is 1")
    powers = map_entries(lambda x: facts.apply("exp", 0, x), value).data
    sums = powers.sum(axis=1 if rows else 0, keepdims=True)
    return Array(powers / sums)


def extreme_entries(extreme: Callable[..., Number], values: Sequence[Value]) -> Value:
    arrays = [v if isinstance(v, Array) else Array(np.array([[v]]), (True, True)) for v in values]
    result = arrays[0]
    for other in arrays[1:]:
        one, two = stretch(result, other)
        data = np.empty(one.data.shape, dtype=object)
        for place in np.ndindex(data.shape):
            data[place] = extreme(one.data[place], two.data[place])
        result = Array(data, one.free)
    return result


def compare_values(compare: Callable[[Number, Number], bool], left: Value, right: Value) -> Value:
    if isinstance(left, Array) and isinstance(right, Array):
        one, other = stretch(left, right)
        data = np.empty(one.data.shape, dtype=object)
        for place in np.ndindex(data.shape):
            data[place] = compare(one.data[place], other.data[place])
        return Array(data, one.free)
    if isinstance(left, Array):
        return map_entries(lambda x: compare(x, right), left)
    if isinstance(right, Array):
        return map_entries(lambda x: compare(left, x), right)
    return compare(left, right)


def find_range(letter: str, reads: Sequence[Read], facts: Facts, place: Place) -> tuple[int, ...]:
    """The whole range of an index of a sum without bounds, as the quantities below it declare it.

    Raises:
        Misreading: it stands nowhere by itself, or it has two ranges.
    """
    ranges: dict[tuple[int, ...], Read] = {}
    for read in reads:
        for position, index in enumerate(read.indices):
            if index is None or index.plain != letter:
                continue
            numbers = range_at(read, position, facts, place)
            if not numbers:
                raise Misreading("ranges", f"there is no {read.name} to sum over {letter}")
            ranges.setdefault(numbers, read)
    if not ranges:
        raise Misreading("ranges", f"the range of {letter} cannot be told")
    if len(ranges) > 1:
        names = " and ".join(read.name for read in ranges.values())
        raise Misreading("ranges", f"{letter} has one range in {names} each")
    return next(iter(ranges))


def range_at(read: Read, position: int, facts: Facts, place: Place) -> tuple[int, ...]:
    """All numbers that one index of a quantity takes, the others as they are here."""
    fixed = []
    for p, (index, shift) in enumerate(zip(read.indices, read.shifts, strict=True)):
        known = p != position and index is not None and index.letters <= place.keys()
        fixed.append(index.value(facts, place) + shift if known else None)
    key = (read.name, position, tuple(fixed), read.shifts[position])
    if key not in facts.ranges:
        facts.ranges[key] = tuple(
            sorted(
                {
                    entry[position] - read.shifts[position]
                    for entry in facts.entries[read.name]
                    if all(n is None or n == m for n, m in zip(fixed, entry, strict=True))
                }
            )
        )
    return facts.ranges[key]


# --- whole lines --------------------------------------------------------------------------------

Condition = tuple[str, Callable[[Facts, Place], Iterable[int]]]


@dataclass(frozen=True)
class Sentence:
    """A line that has been read: its sides, and the conditions on its free letters.

    `numbers` has, for each number of a line of numbers, by how much it may be rounded.
    """

    sides: tuple[Term, ...]
    domain: tuple[Condition, ...] = ()
    numbers: tuple[float, ...] = ()
    about_any: bool = False

    @property
    def reads(self) -> tuple[Read, ...]:
        return tuple(read for side in self.sides for read in side.reads)

    @property
    def defines(self) -> bool:
        """Whether it says what a letter is that the network itself does not have."""
        return [read.name for read in self.sides[0].reads] == [COST_TERM]


def read_sentence(
    layout: Layout,
    domain: Sequence[Layout],
    system: System,
    notation: Notation,
    digits: int | None = None,
) -> Sentence:
    """Read a line, with the domains that it stands under; `digits` for a line of numbers.

    Raises:
        Misreading: it has no meaning, or more than one.
    """
    if not isinstance(layout, show.Relation) or len(layout.sides) < 2:
        raise Misreading("letters", "no relation")
    if layout.sign not in ("=", "approx", "arrow"):
        raise Misreading("letters", f"the sign {layout.sign} between the sides of a line")
    parser = Parser(system, notation, digits)
    try:
        return read_sides(layout, domain, parser)
    except Misreading as problem:
        unit = about_one_unit(layout, parser)
        if unit is None:
            raise
        try:
            alone = replace(system, quantities={unit: Quantity(unit, "input")})
            return read_sides(layout, domain, Parser(alone, notation, about_any=True))
        except Misreading:
            raise problem from None


def read_sides(layout: show.Relation, domain: Sequence[Layout], parser: Parser) -> Sentence:
    digits, parser.digits = parser.digits, None
    left = parser.parse(layout.sides[0])
    if layout.sign == "arrow":
        if len(left.reads) != 1 or left.reads[0].meaning != "value":
            raise Misreading("letters", "an update of what is no parameter")
        left = parser.value_of(replace(left.reads[0], meaning="updated"), layout.sides[0])
    parser.digits = digits
    sides = (left, *(parser.parse(side) for side in layout.sides[1:]))
    letters = frozenset().union(*(side.letters for side in sides))
    conditions = tuple(
        (letter, numbers)
        for part in domain
        for letter, numbers in read_domain(part, parser)
        if letter in letters
    )
    check_letters(parser, sides, {letter for letter, _ in conditions})
    sentence = Sentence(sides, conditions, tuple(parser.numbers), parser.about_any)
    for read in sentence.reads:
        if read.incomplete:
            raise Misreading("letters", f"{read.name}: an index is left out")
    return sentence


def about_one_unit(layout: Layout, parser: Parser) -> str | None:
    """The one pre-activation that a line reads, without any index: then it is about any number.

    A layer may be left out in such a formula only.
    """
    names = set()
    for letter in list_letters(layout):
        names |= {r.name for r in parser.find_reads(letter) if r.role == "pre-activation"}
    return names.pop() if len(names) == 1 else None


def list_letters(layout: Layout) -> Iterator[Layout]:
    if isinstance(layout, show.Letter):
        yield layout
    for part in show.list_parts(layout):
        yield from list_letters(part)


def check_letters(parser: Parser, sides: Sequence[Term], limited: set[str]) -> None:
    """No index has the letter of a quantity, and no free index is on the right side only."""
    shared = (parser.indices | set(parser.bound)) & parser.heads
    if shared:
        raise Misreading(
            "one letter for two", f"{', '.join(sorted(shared))}: an index and a quantity or size"
        )
    twice = set(parser.bound) & sides[0].letters
    if twice:
        raise Misreading("one letter for two", f"{', '.join(sorted(twice))}: free and summed over")
    odd = frozenset().union(*(side.letters for side in sides[1:])) - sides[0].letters - limited
    if odd:
        raise Misreading("ranges", f"{', '.join(sorted(odd))} is free on the right side only")


def read_domain(layout: Layout, parser: Parser) -> Iterator[Condition]:
    """l = 1, ..., L-1, or 1 <= l <= L-1, or l < L, with commas between several."""
    if isinstance(layout, show.Listed):
        for part in layout.parts:
            yield from read_domain(part, parser)
        return
    match layout:
        case show.Relation(
            sides=(letter, show.Listed(parts=(low, show.Symbol("dots"), high))), sign="="
        ):
            pass
        case show.Relation(sides=(low, letter, high), sign="<="):
            pass
        case show.Relation(sides=(letter, low), sign="="):
            high = low
        case _:
            raise TypeError(f"no meaning is known for the domain {layout}")
    name = spell_name(letter)
    if name is None:
        raise Misreading("letters", f"the domain of {spell(letter)}")
    first, last = parser.parse_index(low), parser.parse_index(high)
    yield name, lambda facts, place: range(first.value(facts, place), last.value(facts, place) + 1)


def list_places(sentence: Sentence, facts: Facts) -> list[Place]:
    """Every choice of the free letters: within the domain, and over all that the left side has.

    Raises:
        Misreading: the domain has what the left side has not, or a letter has no range.
    """
    left = sentence.sides[0]
    places: list[Place] = [{}]
    for letter, numbers in sentence.domain:
        places = [{**place, letter: n} for place in places for n in numbers(facts, place)]
    limited = {letter for letter, _ in sentence.domain}
    if sentence.about_any:
        return [{**place, "·": number} for place in places for number in range(len(GENERIC))]
    waiting = list(left.reads)
    while waiting and places:
        waiting.sort(key=lambda read: count_unknown(read, places[0]))
        places = extend_places(waiting.pop(0), places, limited, facts)
    missing = left.letters - places[0].keys() if places else set()
    if missing:
        raise Misreading("ranges", f"the range of {', '.join(sorted(missing))} cannot be told")
    return places


def extend_places(read: Read, places: list[Place], limited: set[str], facts: Facts) -> list[Place]:
    """The places at which a quantity exists, with the letters of its indices."""
    found: dict[tuple, None] = {}
    for place in places:
        matches = [read.match(facts, place, e) for e in facts.entries.get(read.name, [()])]
        if not any(match is not None for match in matches) and read.letters & limited:
            raise Misreading("ranges", f"{read.name} does not exist at {place}")
        for match in matches:
            if match is not None:
                found[tuple(sorted({**place, **match}.items()))] = None
    return [dict(items) for items in found]


def count_unknown(read: Read, place: Place) -> int:
    return max((len(i.letters - place.keys()) for i in read.indices if i is not None), default=0)


# --- judging ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Whether a line is true in some worlds; else why not, and where."""

    true: bool
    cause: str = ""
    detail: str = ""


TRUE = Verdict(True)


def judge(sentence: Sentence, facts: Facts, precise: Callable[[], Facts] | None = None) -> Verdict:
    """Whether the sides agree at every place of one world.

    What doubles leave in doubt is decided in `precise`, the same world with 50 digits.
    """
    facts.doubt = False
    try:
        places = list_places(sentence, facts)
        if not places:
            return Verdict(False, "ranges", "it is said of nothing")
        if sentence.defines and define(sentence, facts, places):
            return TRUE
        for place in places:
            verdict = judge_place(sentence, facts, place)
            if verdict is not None:
                return verdict
    except Misreading as problem:
        return Verdict(False, problem.cause, str(problem))
    if facts.doubt and precise is not None:
        return judge(sentence, precise())
    return TRUE


def define(sentence: Sentence, facts: Facts, places: Sequence[Place]) -> bool:
    """Remember what a new letter stands for; False where it stands for something already."""
    (read,) = sentence.sides[0].reads
    for place in places:
        (entry,), _ = read.find_entries(facts, place)
        if facts.definitions.setdefault((read.name, *entry), (sentence.sides[1], place)) != (
            sentence.sides[1],
            place,
        ):
            return False
    return len(sentence.sides) == 2


def judge_place(sentence: Sentence, facts: Facts, place: Place) -> Verdict | None:
    """What is wrong at one choice of the free letters, if anything."""
    if sentence.numbers:
        return judge_numbers(sentence, facts, place)
    first, *others = (simplify(side.value(facts, place)) for side in sentence.sides)
    for side, other in zip(sentence.sides[1:], others, strict=True):
        for left, right in match_values(first, other, side.sort == "number"):
            error = differ(left, right, facts)
            if error and not facts.is_long and is_doubtful(left, right, error):
                facts.doubt = True
            elif error:
                return differing(left, right, place)
    return None


def differing(left: Number, right: Number, place: Place) -> Verdict:
    where = ", ".join(f"{letter} = {number}" for letter, number in place.items())
    values = f"{float(left):.12g} against {float(right):.12g}"
    return Verdict(False, "sides differ", f"{values} at {where}" if where else values)


def judge_numbers(sentence: Sentence, facts: Facts, place: Place) -> Verdict | None:
    """Symbols = numbers = result: the sides agree within what the digits that are shown allow."""
    values = [simplify(side.value(facts, place)) for side in sentence.sides]
    allowed: list[float] | None = None
    for number, value in enumerate(values[1:], start=1):
        for left, right in match_values(values[0], value):
            size, difference = max(abs(left), abs(right)), abs(left - right)
            if difference <= min(*sentence.numbers, 1e-6 * size) + 1e-12 * size:
                continue
            if allowed is None:
                allowed = allow_rounding(sentence, facts, place, values)
            if difference > 1.01 * (allowed[0] + allowed[number]):
                return differing(left, right, place)
    return None


def allow_rounding(
    sentence: Sentence, facts: Facts, place: Place, values: Sequence[Value]
) -> list[float]:
    """By how much each side may be off: every number in it by half of its last digit."""
    allowed = [0.0] * len(values)
    for serial, step in enumerate(sentence.numbers):
        facts.nudges = {serial: step}
        moved = [simplify(side.value(facts, place)) for side in sentence.sides]
        for number, (value, other) in enumerate(zip(values, moved, strict=True)):
            allowed[number] += float(max(abs(x - y) for x, y in match_values(value, other)))
    facts.nudges = {}
    return allowed


def match_values(left: Value, right: Value, digits: bool = False) -> list[tuple[Number, Number]]:
    """Pairs of entries that must agree; the number 0 says that all of an array are 0."""
    if isinstance(left, Array) and isinstance(right, Array):
        one, other = stretch(left, right)
        return list(zip(one.data.flat, other.data.flat, strict=True))
    if isinstance(left, Array):
        if not (digits and right == 0):
            raise Misreading("shapes", f"{left.shape} against a number")
        return [(x, right) for x in left.data.flat]
    if isinstance(right, Array):
        raise Misreading("shapes", f"a number against {right.shape}")
    return [(left, right)]


def differ(left: Number, right: Number, facts: Facts) -> float:
    """0 where two numbers agree, else by how much of the larger they differ."""
    size, difference = max(abs(left), abs(right)), abs(left - right)
    allowed = 1e-30 * size + 1e-42 if facts.is_long else ROUNDING * size
    return 0.0 if difference <= allowed else float(difference / size)


def is_doubtful(left: Number, right: Number, error: float) -> bool:
    """Whether it may be the rounding of doubles."""
    return error < 1e-4 or abs(left - right) < 1e-9
