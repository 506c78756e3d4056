"""One world to hold printed lines against: entries, derivatives and sizes as a reader counts them.

The forward values and the slopes come from `worlds` alone; nothing derived is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    make_generic,
)
from sympy import Expr, Indexed, Symbol, lambdify

from symbackprop.equations import GIVEN, System, indices_of, name_of
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.network.declared import Declared
from symbackprop.worlds import (
    DOUBLE,
    Arithmetic,
    UndefinedError,
    World,
    build_world,
    forward,
)

Entry = tuple[int, ...]
Key = tuple[Any, ...]

TRIES = 40
ETA = 0.37
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
        return self.world.arithmetic.make(number)

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
            return self.world.slopes.get(top, {}).get(bottom, 0)
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


def list_functions(system: System) -> dict[str, type[NamedFunction]]:
    return {f.spelling: type(f) for e in system.equations for f in e.rhs.atoms(NamedFunction)}


def list_formulas(system: System) -> dict[str, Callable[[Number], Number]]:
    """The functions that only this network has."""
    found: dict[str, Callable[[Number], Number]] = {}
    z, library = Symbol("z", real=True), {n: getattr(MANY, n) for n in LIBRARY}
    for name, function in list_functions(system).items():
        if function.formula is None:
            found[name] = make_generic(name)
        elif name not in FUNCTIONS:
            found[name] = lambdify(z, function.formula(z), [library, "math"])
    return found


# --- drawing a world ------------------------------------------------------------------------------


def choose_sizes(
    system: System, seed: int, *, declared: bool = False, one_neuron: bool = False
) -> dict[Key, int]:
    """A number for every size: those declared, or small distinct ones; 1 for all neurons."""
    generator = random.Random(f"sizes/{seed}")
    numbers = [2, 3, 4, 5, 6, 7]
    generator.shuffle(numbers)
    given = {read_size_key(symbol): int(size) for symbol, size in system.sizes.items()}
    layered = any(a.high.has(Indexed) for q in system.quantities.values() for a in q.axes)
    keys: list[Key] = [
        (s.name,) for s in system.size_symbols if not (layered and s.name in ("L", "n"))
    ]
    sizes: dict[Key, int] = {}
    if layered:
        depth = max((k[1] for k in given if k[0] == "n"), default=2 + seed % 2)
        if any(symbol.name == "L" for symbol in system.size_symbols):
            sizes["L",] = depth
        keys += [("n", layer) for layer in range(depth + 1)]
    for key in sorted(keys):
        small = numbers.pop() if numbers else generator.randint(2, 7)
        sizes[key] = given[key] if declared and key in given else small
    if one_neuron:
        sizes |= {key: 1 for key in sizes if key[0] in list_neuron_sizes(system)}
    return sizes


def read_size_key(symbol: Expr) -> Key:
    return (name_of(symbol), *(int(i) for i in indices_of(symbol)))


def list_neuron_sizes(system: System) -> set[str]:
    """The sizes that count neurons."""
    return {
        name_of(axis.high) if isinstance(axis.high, Indexed) else symbol.name
        for quantity in system.quantities.values()
        for axis in quantity.axes
        if axis.kind == "neuron"
        for symbol in axis.high.free_symbols & system.size_symbols
    }


def draw_facts(
    system: System,
    seed: int,
    *,
    declared: bool = False,
    one_neuron: bool = False,
    arithmetic: Arithmetic = DOUBLE,
) -> Facts:
    """A random world with every forward entry computed.

    Raises:
        InputError: no values were found for which all equations are defined.
    """
    sizes = choose_sizes(system, seed, declared=declared, one_neuron=one_neuron)
    generic = {name: make_generic(name) for name in list_functions(system)}
    blank = build_world(system, sizes, {}, generic, arithmetic)
    problem: Exception | None = None
    for attempt in range(TRIES):
        generator = random.Random(f"{seed}/{attempt}")
        numbers = draw_numbers(system, blank, generator, positive=attempt >= TRIES // 2)
        if not one_neuron:
            for total, wanted in system.assumptions:
                scale(numbers, name_of(total.function), float(wanted))
        world = build_world(system, sizes, numbers, generic, arithmetic)
        try:
            forward(world)
        except UndefinedError as error:
            problem = error
            continue
        return Facts(world, {"eta": world.arithmetic.make(ETA)})
    raise InputError(f"no world was found: {problem}")


def draw_numbers(
    system: System, blank: World, generator: random.Random, positive: bool
) -> dict[Key, float]:
    numbers: dict[Key, float] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        symbols = [axis.symbol for axis in quantity.axes]
        for place in blank.places(quantity.axes):
            fraction = positive or quantity.role in ("target", "constant")
            number = generator.uniform(0.1, 0.9) if fraction else generator.uniform(0.2, 1.2)
            sign = 1 if fraction else generator.choice((1, -1))
            numbers[(quantity.name, *(place[s] for s in symbols))] = sign * number
    return numbers


def scale(numbers: dict[Key, float], name: str, wanted: float) -> None:
    """Make the last index of a quantity sum to what the network assumes."""
    groups: dict[Key, list[Key]] = {}
    for key in numbers:
        if key[0] == name:
            groups.setdefault(key[:-1], []).append(key)
    for keys in groups.values():
        present = sum(numbers[key] for key in keys)
        for key in keys:
            numbers[key] *= wanted / present


def read_facts(declared: Declared) -> Facts:
    """The world of the declared numbers."""
    system = declared.system
    sizes = choose_sizes(system, 0, declared=True)
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
