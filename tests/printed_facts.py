"""One world to hold printed lines against: entries, derivatives and sizes as a reader counts them.

The forward values and the slopes come from `worlds` alone; nothing derived is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from printed_values import (
    AT_ZERO,
    FUNCTIONS,
    LIBRARY,
    MANY,
    Misreading,
    Number,
    is_long,
    library_of,
)
from sympy import Expr, Indexed, Sum, Symbol, lambdify

from symbackprop.equations import GIVEN, Axis, System, indices_of, name_of, peel
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.network.declared import Declared
from symbackprop.number_types import DOUBLE
from symbackprop.random_worlds import draw_sizes, draw_world
from symbackprop.worlds import Arithmetic, World, build_world, forward

Entry = tuple[int, ...]
Key = tuple[Any, ...]

ETA = 0.37
LONGER = 3
# E_o1: the part of the cost that one output has; a sheet of named units defines it by a line
COST_TERM = "C_j"


@dataclass
class Facts:
    """A world with what a reader asks of it; `constants` are numbers that no equation reads.

    `definitions` are the letters that lines of the sheet have defined so far, `nudges` what is
    added to the numbers of a line, by their place in it, and `doubt` whether doubles were not
    enough to tell.
    """

    world: World
    constants: Mapping[str, Number]
    definitions: dict[Key, Callable[[Facts], Number]] = field(default_factory=dict)
    nudges: dict[int, float] = field(default_factory=dict)
    doubt: bool = False
    slopes: dict[Key, Number] = field(default_factory=dict)
    ranges: dict[Key, tuple[int, ...]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.world.system

    @property
    def is_long(self) -> bool:
        return self.world.arithmetic is not DOUBLE

    def make(self, number: Any) -> Number:
        return MANY.mpf(number) if self.is_long else float(number)

    @cached_property
    def formulas(self) -> dict[str, Callable[[Number], Number]]:
        return list_formulas(self.system)

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
    def readers(self) -> dict[Key, set[Key]]:
        """What reads an entry, whatever its slope is there."""
        found: dict[Key, set[Key]] = {}
        for equation in self.system.equations:
            for place in self.world.places(equation.axes):
                reader = self.world.key(equation.lhs, place)
                for key in self.list_reads(equation.rhs, place):
                    found.setdefault(key, set()).add(reader)
        return found

    def list_reads(self, expression: Expr, place: dict[Symbol, int]) -> Iterator[Key]:
        if isinstance(expression, Softmax):
            expression = expression.definition
        if isinstance(expression, Indexed | Symbol):
            if name_of(expression) in self.system.quantities:
                yield self.world.key(expression, place)
        elif isinstance(expression, Sum):
            body, bound, low, high = peel(expression)
            first, last = (int(self.world.value(end, place)) for end in (low, high))
            for number in range(first, last + 1):
                yield from self.list_reads(body, {**place, bound: number})
        else:
            for argument in expression.args:
                yield from self.list_reads(argument, place)

    def reaches(self, key: Key, goal: Key) -> bool:
        """Whether there is a way from one entry to another."""
        seen, waiting = {key}, [key]
        while waiting and goal not in seen:
            new = self.readers.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return goal in seen

    @cached_property
    def known(self) -> dict[str, set[Entry]]:
        return {name: set(entries) for name, entries in self.entries.items()}

    def look_up(self, name: str, entry: Entry) -> Number:
        """One entry of a quantity.

        Raises:
            Misreading: there is no such entry.
        """
        if name in self.constants and not entry:
            return self.constants[name]
        if (name, *entry) in self.definitions:
            return self.definitions[name, *entry](self)
        if entry not in self.known.get(name, ()):
            raise Misreading("ranges", f"{spell_entry(name, entry)} does not exist")
        try:
            return self.world.look_up((name, *entry))
        except InputError as error:
            raise Misreading("ranges", f"{spell_entry(name, entry)} has no value") from error

    def differentiate(self, top: Key, bottom: Key, direct: bool = False) -> Number:
        """The derivative of one entry by another: over all ways, or over the direct one only."""
        for name, *entry in (top, bottom):
            self.look_up(name, tuple(entry))
        if direct:
            return self.world.direct(top, bottom)
        return self.world.derivative(top, bottom)

    def find_adjoint(self, name: str, entry: Entry) -> Number:
        """The derivative of the cost; of the one sample's cost for what belongs to a sample."""
        kinds = self.system.quantities[name].kinds
        top: Key = (self.system.cost,)
        if self.system.sample is not None and "sample" in kinds:
            (sample_cost,) = self.system.names("sample cost")
            top = (sample_cost, entry[kinds.index("sample")])
        return self.differentiate(top, (name, *entry))

    def find_updated(self, name: str, entry: Entry) -> Number:
        """A parameter after one step of gradient descent."""
        slope = self.differentiate((self.system.cost,), (name, *entry))
        return self.look_up(name, entry) - self.constants["eta"] * slope

    def size(self, name: str, index: Entry) -> int:
        key = (name, *index)
        if key not in self.world.sizes:
            raise Misreading("ranges", f"the size {spell_entry(name, index)} does not exist")
        return self.world.sizes[key]

    def apply(self, name: str, primes: int, x: Number) -> Number:
        """A function, or a derivative of it, at a number; derivatives by differences, with many
        more digits than are asked for."""
        if name in self.world.generic:
            return self.world.apply_generic(name, primes, x)
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
                value = self.formulas[name](x)
                return value if is_long(x) else float(value)
            return FUNCTIONS[name](x, library_of(x))
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise Misreading("ranges", f"{name}({float(x)}): {error}") from error


def spell_entry(name: str, entry: Entry) -> str:
    return f"{name}[{', '.join(map(str, entry))}]" if entry else name


def list_formulas(system: System) -> dict[str, Callable[[Number], Number]]:
    """The functions that only this network has."""
    found: dict[str, Callable[[Number], Number]] = {}
    z, library = Symbol("z", real=True), {name: getattr(MANY, name) for name in LIBRARY}
    functions = {type(f) for e in system.equations for f in e.rhs.atoms(NamedFunction)}
    for function in functions:
        if function.formula is not None and function.spelling not in FUNCTIONS:
            formula = lambdify(z, function.formula(z), [library, "math"])
            found[function.spelling] = formula
    return found


# --- drawing a world ------------------------------------------------------------------------------


def draw_facts(
    system: System, seed: int, *, declared: bool = False, arithmetic: Arithmetic = DOUBLE
) -> Facts:
    """A random world with every forward entry computed: of small distinct sizes, or of those that
    are declared.

    Raises:
        InputError: no values were found for which all equations are defined.
    """
    sizes = draw_sizes(system, seed, depth=2 + seed % 2)
    # so many steps in time that the first ones, the last ones and others are told apart
    sizes |= {(name,): sizes[name,] + LONGER for name in list_lengths(system)}
    if declared:
        sizes |= read_sizes(system)
    return Facts(draw_world(system, seed, arithmetic, sizes), {"eta": arithmetic.make(ETA)})


def list_lengths(system: System) -> set[str]:
    """The sizes that count steps in time."""
    return {
        symbol.name
        for quantity in system.quantities.values()
        for axis in quantity.axes
        if axis.kind == "time"
        for symbol in axis.high.free_symbols & system.size_symbols
    }


def read_sizes(system: System) -> dict[Key, int]:
    """The sizes that are declared."""
    return {
        (name_of(symbol), *map(int, indices_of(symbol))): int(size)
        for symbol, size in system.sizes.items()
    }


def take_one_neuron(system: System) -> System:
    """The same network with one neuron in each layer: every neuron's index has one value."""

    def shorten(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        return tuple(replace(a, high=a.low) if a.kind == "neuron" else a for a in axes)

    def shorten_sums(expression: Expr) -> Expr:
        if not isinstance(expression, Sum):
            return (
                expression.func(*map(shorten_sums, expression.args))
                if expression.args
                else (expression)
            )
        body, bound, low, high = peel(expression)
        one = counts_neurons(bound, body, system)
        return Sum(shorten_sums(body), (bound, low, low if one else high))

    return replace(
        system,
        equations=tuple(
            replace(e, rhs=shorten_sums(e.rhs), axes=shorten(e.axes)) for e in system.equations
        ),
        quantities={n: replace(q, axes=shorten(q.axes)) for n, q in system.quantities.items()},
    )


def counts_neurons(bound: Symbol, body: Expr, system: System) -> bool:
    """Whether an index stands where a quantity has its neurons."""
    return any(
        kind == "neuron" and bound in index.free_symbols
        for read in body.atoms(Indexed)
        if name_of(read) in system.quantities
        for index, kind in zip(
            indices_of(read), system.quantities[name_of(read)].kinds, strict=True
        )
    )


def read_facts(declared: Declared) -> Facts:
    """The world of the declared numbers."""
    system = declared.system
    sizes = read_sizes(system)
    blank = build_world(system, sizes, {})
    numbers: dict[Key, float] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        layered = quantity.kinds[:1] == ("layer",)
        for place in blank.places(quantity.axes):
            entry = [place[axis.symbol] for axis in quantity.axes]
            value = declared.values[f"{quantity.name}{entry[0]}" if layered else quantity.name]
            for axis in quantity.axes[1 if layered else 0 :]:
                value = value[place[axis.symbol] - int(blank.value(axis.low, place))]
            numbers[(quantity.name, *entry)] = float(value)
    world = build_world(system, sizes, numbers)
    forward(world)
    eta = declared.learning_rate
    return Facts(world, {"eta": ETA if eta is None else eta})
