"""Proving equations: both sides are evaluated in random worlds, exactly wherever that can be done.

What the words mean. A proof is **exact** where both sides are the same number, with no rounding, at
every place of two worlds of different sizes. The numbers are residues modulo the prime 2^61 - 1;
where an order is needed (max, ReLU, a comparison), fractions. An equation that is false for these
sizes holds there by chance less than once in 10^15. A proof is **numeric** where the sides agree
within rounding, in doubles or with 50 digits: for identities that exact numbers cannot know, such
as e^(a + b) = e^a e^b in disguise, and for roots. Either way the equation was tried for the sizes
that were drawn; that it holds for all others stays open, and where there are corners it was tried
on the sides that were drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import nan
from typing import Literal

from sympy import Symbol

from symbackprop.equations import Equation, System
from symbackprop.errors import InputError
from symbackprop.number_types import (
    DOUBLE,
    PRECISE,
    Field,
    InexactError,
    Number,
    Residue,
    UndefinedError,
)
from symbackprop.progress import track
from symbackprop.random_worlds import NoWorldError, draw_sizes, draw_world, tell_sizes
from symbackprop.semantics import Key, compile_expression
from symbackprop.worlds import (
    Arithmetic,
    MissingError,
    World,
    build_world,
    spell,
)

WORLDS = 2
# worlds are drawn larger until an equation has a place in enough of them
MOST_WORLDS = 6
ROUNDING = 1e-11
DOUBT = 1e-4
PRECISE_ROUNDING = 1e-30
# where both sides are smaller, they may be what rounding left of a sum that is exactly 0
NOISE, PRECISE_NOISE = 1e-10, 1e-18
PROVERS_KEPT = 8
# at how many places two sides must differ before no more are asked, if some may have no entries
ENOUGH_DIFFERING = 8

Kind = Literal["exact", "numeric"]
NumberType = Literal["residues", "fractions", "doubles", "digits"]
EXACT: tuple[NumberType, ...] = ("residues", "fractions")
# a seed --> numbers of that type, with oracles or functions of their own
ARITHMETICS: dict[NumberType, Callable[[str], Arithmetic]] = {
    "residues": lambda seed: Field(seed, Residue),
    "fractions": lambda seed: Field(seed, Fraction),
    "doubles": lambda seed: DOUBLE,
    "digits": lambda seed: PRECISE,
}
Place = dict[Symbol, int]
DERIVED = ("adjoint", "gradient")


class NoPlaceError(InputError):
    """The ranges of an equation are empty in every world: there is nothing to try."""


class ProofError(AssertionError):
    """A derived equation or step does not hold; the message has a counterexample."""


@dataclass(frozen=True)
class Proof:
    """An equation holds: exactly, or within rounding, on the networks drawn ("3-2-5").

    `worst_error` is the worst relative difference of a numeric proof, `digits` is true where
    doubles left a doubt that 50 digits settled. `says_nothing` tells that both sides were 0 all
    over: true, but no evidence that a formula is the right one.
    """

    kind: Kind
    networks: tuple[str, ...]
    worst_error: float = 0.0
    digits: bool = False
    says_nothing: bool = False


@dataclass(frozen=True)
class Counterexample:
    """An equation does not hold: both sides in doubles, at one place of one network.

    Where `kind` is "exact" the sides are different residues, so that they differ beyond any
    doubt, even if their doubles are nearly the same.
    """

    kind: Kind
    equation: Equation
    network: str
    place: tuple[tuple[str, int], ...]
    left: float
    right: float

    def __str__(self) -> str:
        at = ", ".join(f"{index} = {number}" for index, number in self.place)
        where = f" at {at}" if at else ""
        network = f" on the network {self.network}" if self.network else ""
        nearly = abs(self.left - self.right) <= ROUNDING * max(abs(self.left), abs(self.right))
        exactly = " (as exact numbers they differ)" if self.kind == "exact" and nearly else ""
        return (
            f"{self.equation.lhs} = {self.equation.rhs} does not hold: "
            f"{self.left} against {self.right}{exactly}{where}{network}"
        )


@dataclass(frozen=True)
class Report:
    """What was proved, and how; reports are added where one derivation has several."""

    proofs: tuple[Proof, ...]

    @property
    def equations(self) -> int:
        return len(self.proofs)

    @property
    def exact(self) -> int:
        """How many equations were proved exactly."""
        return sum(proof.kind == "exact" for proof in self.proofs)

    @property
    def worst_error(self) -> float:
        return max((proof.worst_error for proof in self.proofs), default=0.0)

    @property
    def networks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for proof in self.proofs for n in proof.networks))

    def __add__(self, other: Report) -> Report:
        return Report(self.proofs + other.proofs)

    def __str__(self) -> str:
        numeric = self.equations - self.exact
        where = _tell_networks(self.networks)
        if not numeric:
            return f"{_count(self.exact)} proved exactly{where}"
        error = f"worst relative error {self.worst_error:.1e}"
        digits = sum(proof.digits for proof in self.proofs)
        again = f", {digits} of them with 50 digits" if digits else ""
        if not self.exact:
            return f"{_count(numeric)} proved in doubles{again}{where}; {error}"
        return (
            f"{_count(self.equations)} proved{where}: "
            f"{self.exact} exactly, {numeric} in doubles{again} ({error})"
        )


def _count(equations: int) -> str:
    return f"{equations} equation{'' if equations == 1 else 's'}"


def _tell_networks(networks: tuple[str, ...]) -> str:
    named = [network for network in networks if network]
    return f" on {' and '.join(named)}" if named else " at random points"


def prove_system(system: System, worlds: int = WORLDS, seed: int = 1) -> Report:
    """Prove every derived equation of a system against slopes of its forward equations alone.

    Raises:
        ProofError: names the equation, the sizes and the values of both sides; or an entry that no
            derived equation is about.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.derivation.backward import derive_backward
    >>> print(prove_system(derive_backward(mlp().system)))
    6 equations proved exactly on 4-2-3 and 3-2-5-4
    """
    prover = find_prover(system, worlds, seed)
    derived = [e for e in system.equations if e.role in DERIVED]
    for name in dict.fromkeys(equation.name for equation in derived):
        prover.require_all_cases(name)
    return Report(tuple(prover.prove(equation) for equation in track(derived, "proving")))


def decide(
    system: System, equation: Equation, where_defined: bool = False
) -> Proof | Counterexample:
    """Whether an equation holds in a system, at every place that its axes say.

    The system's forward equations alone say what its quantities are. The equation may have any
    expressions in them on either side, with derivatives of one entry by another: total ones as
    `Partial(E, s[t, j])` or by their name, "∂E/∂s"[t, j], and direct ones as `Direct(E, s[t, j])`.
    With `where_defined`, places are passed over where a side reads an entry that does not exist:
    of h[t + 1], the last t. Equations of one and the same system share the worlds that are drawn.

    Raises:
        MissingError: an entry is read that does not exist.
        NoPlaceError: there is no place to try it.
        InputError: an expression has no meaning.
        UndefinedError: a side has no value anywhere (it divides by 0).

    >>> from sympy import Eq, IndexedBase, Sum, Symbol, symbols
    >>> j, n, E = *symbols("j n", integer=True), Symbol("E")
    >>> s, d, slope = IndexedBase("s"), IndexedBase("d"), IndexedBase("∂E/∂s")
    >>> system = System([Eq(E, Sum((s[j] - d[j]) ** 2, (j, 1, n)) / 2)])
    >>> axis, = system.quantities["s"].axes
    >>> decide(system, Equation(slope[j], s[j] - d[j], (axis,))).kind
    'exact'
    >>> decide(system, Equation(slope[j], d[j] - s[j], (axis,))).network
    'n = 4'
    """
    return find_prover(system).decide(equation, where_defined)


def holds(system: System, equation: Equation, where_defined: bool = False) -> bool:
    """Whether an equation holds in a system; `decide` tells the evidence."""
    return isinstance(decide(system, equation, where_defined), Proof)


_PROVERS: dict[tuple[int, int, int], Prover] = {}


def find_prover(system: System, worlds: int = WORLDS, seed: int = 1) -> Prover:
    """The prover of this very system; the last few are kept with the worlds that they drew."""
    name = (id(system), worlds, seed)
    prover = _PROVERS.pop(name, None) or Prover(system, worlds, seed)
    # A kept prover holds its system, so that no other one has its id.
    _PROVERS[name] = prover
    while len(_PROVERS) > PROVERS_KEPT:
        del _PROVERS[next(iter(_PROVERS))]
    return prover


@dataclass(frozen=True)
class Tried:
    """Both sides of an equation at one place of one world; worlds are numbered as drawn."""

    number: int
    place: Place
    left: Number
    right: Number


class Prover:
    """One system with the worlds that were drawn of it: exact ones, and others where needed."""

    def __init__(self, system: System, worlds: int = WORLDS, seed: int = 1) -> None:
        self.system = system
        self.enough = worlds
        self.seed = seed
        self._worlds: dict[tuple[NumberType, int], World | InexactError] = {}
        self._sizes: dict[int, dict[Key, int]] = {}

    def prove(self, equation: Equation) -> Proof:
        """The proof of an equation, or a ProofError with the counterexample."""
        found = self.decide(equation)
        if isinstance(found, Counterexample):
            raise ProofError(f"{found} (seed {self.seed})")
        return found

    def decide(self, equation: Equation, where_defined: bool = False) -> Proof | Counterexample:
        """Exactly if possible. A difference is final, unless functions were asked for that have
        identities of their own: then 50 digits have the last word."""
        for kind in EXACT:
            try:
                enough = ENOUGH_DIFFERING if where_defined else None
                tried = self._try(kind, equation, where_defined, enough)
            except InexactError:
                continue
            differing = [t for t in tried if t.left != t.right]
            if not differing:
                return self._pass(tried)
            if not self._leans(kind, differing[0].number):
                return self._show("exact", equation, differing)
            if self._differ_in_doubles(equation, differing):
                return self._show("numeric", equation, differing)
            return self._decide_numerically(equation, where_defined, doubtful=True)
        return self._decide_numerically(equation, where_defined, doubtful=False)

    def require_all_cases(self, name: str) -> None:
        """A case that was forgotten is false as well: each entry has an equation, and only one."""
        world = self._sizes_only
        quantity = self.system.quantities[name]
        whole = quantity.at(*(axis.symbol for axis in quantity.axes))
        missing = set(world.keys(whole, quantity.axes))
        for equation in self.system.definitions[name]:
            for key in world.keys(equation.lhs, equation.axes):
                if key not in missing:
                    raise ProofError(f"{equation.lhs} = {equation.rhs} defines {spell(key)} again")
                missing.discard(key)
        if missing:
            network = tell_sizes(world.sizes)
            raise ProofError(f"no equation defines {spell(min(missing))} on the network {network}")

    @cached_property
    def _sizes_only(self) -> World:
        """The larger of two worlds, without numbers."""
        return build_world(self.system, self._find_sizes(1), {})

    def _decide_numerically(
        self, equation: Equation, where_defined: bool, doubtful: bool
    ) -> Proof | Counterexample:
        """In doubles; with 50 digits where these, or exact numbers, leave a doubt."""
        error = gap = nan
        try:
            tried = self._try("doubles", equation, where_defined)
            error, gap = find_worst_error(tried), find_worst_error(tried, NOISE)
        except (NoWorldError, UndefinedError):
            # An overflow, perhaps: more digits come with larger exponents.
            pass
        if not doubtful and error <= ROUNDING:
            return self._pass(tried, error)
        if not gap > DOUBT:
            tried = self._try("digits", equation, where_defined)
            error = find_worst_error(tried, PRECISE_NOISE)
            if error < PRECISE_ROUNDING:
                return self._pass(tried, error, digits=True)
        return self._show("numeric", equation, [t for t in tried if t.left != t.right])

    def _differ_in_doubles(self, equation: Equation, differing: list[Tried]) -> bool:
        """Whether doubles, too, leave no doubt at a place where exact numbers differ."""
        try:
            tried = self._try_again("doubles", equation, differing)
            return find_worst_error(tried, NOISE) > DOUBT
        except (NoWorldError, UndefinedError):
            return False

    def _try(
        self,
        kind: NumberType,
        equation: Equation,
        where_defined: bool,
        enough_differing: int | None = None,
    ) -> list[Tried]:
        """Both sides at every place of the first worlds in which the equation has a place, or till
        they differed often enough. Where there is an order, a world counts only if it says
        something: not all units are off."""
        found: list[Tried] = []
        counted = differing = 0
        for number in range(MOST_WORLDS):
            world, says = self._world(kind, number), False
            for tried in self._try_in(world, number, equation, where_defined):
                found.append(tried)
                says = says or kind == "residues" or bool(tried.left or tried.right)
                differing += tried.left != tried.right
                if differing == enough_differing:
                    return found
            counted += says
            if counted == self.enough:
                return found
        if not found:
            raise NoPlaceError(
                f"{equation.lhs} = {equation.rhs}: there is no place to try it at, "
                f"since its ranges are empty in every network that was drawn"
            )
        return found

    def _try_again(self, kind: NumberType, equation: Equation, tried: list[Tried]) -> list[Tried]:
        """Both sides in other numbers, at the places of the first world among those tried."""
        number = tried[0].number
        places = [t.place for t in tried if t.number == number]
        return [*self._try_in(self._world(kind, number), number, equation, True, places)]

    def _try_in(
        self,
        world: World,
        number: int,
        equation: Equation,
        where_defined: bool,
        places: Iterable[Place] | None = None,
    ) -> Iterator[Tried]:
        left, right = compile_expression(equation.lhs), compile_expression(equation.rhs)
        # What sums of this equation came to is of no use to the next.
        world.memory.clear()
        for place in world.places(equation.axes) if places is None else places:
            try:
                yield Tried(number, place, left(world, place), right(world, place))
            except MissingError:
                if not where_defined:
                    raise

    def _world(self, kind: NumberType, number: int) -> World:
        """The world of that number: the same sizes for every kind of numbers."""
        if (kind, number) not in self._worlds:
            try:
                drawn: World | InexactError = draw_world(
                    self.system,
                    self.seed + number,
                    ARITHMETICS[kind](f"{self.seed + number}"),
                    self._find_sizes(number),
                )
            except InexactError as error:
                drawn = error
            self._worlds[kind, number] = drawn
        world = self._worlds[kind, number]
        if isinstance(world, InexactError):
            raise world
        return world

    def _pass(self, tried: list[Tried], error: float | None = None, digits: bool = False) -> Proof:
        numbers = dict.fromkeys(t.number for t in tried)
        networks = tuple(tell_sizes(self._find_sizes(number)) for number in numbers)
        # beside a 0, a number is what rounding left of another
        says_nothing = not any(t.left and t.right for t in tried)
        kind: Kind = "exact" if error is None else "numeric"
        return Proof(kind, networks, error or 0.0, digits, says_nothing)

    def _leans(self, kind: NumberType, number: int) -> bool:
        field = self._world(kind, number).arithmetic
        return isinstance(field, Field) and field.leans

    def _show(self, kind: Kind, equation: Equation, differing: list[Tried]) -> Counterexample:
        """In doubles, at the place where these differ most."""
        shown = differing[0]
        try:
            tried = self._try_again("doubles", equation, differing)
            shown = max(tried, key=lambda t: abs(t.left - t.right), default=shown)
        except (InputError, UndefinedError):
            # Doubles have no values here; what tells the sides apart is shown as it is.
            pass
        named = tuple((symbol.name, index) for symbol, index in shown.place.items())
        sizes = tell_sizes(self._find_sizes(shown.number))
        return Counterexample(kind, equation, sizes, named, shown.left, shown.right)

    def _find_sizes(self, number: int) -> dict[Key, int]:
        """The same sizes for every kind of numbers; each world is deeper, the later ones wider."""
        if number not in self._sizes:
            smallest = max(2, 1 + number, self._least)
            self._sizes[number] = draw_sizes(
                self.system, self.seed + number, depth=2 + number, smallest=smallest
            )
        return self._sizes[number]

    @cached_property
    def _least(self) -> int:
        """How large sizes must be so that cases do not overlap: j = 5, ..., n needs an n of 4."""
        return max(
            (
                int(axis.low - 1 - axis.high.as_coeff_Add()[0])
                for equation in self.system.equations
                for axis in equation.axes
                if axis.low.is_Integer and not axis.high.is_Integer
            ),
            default=0,
        )


def find_worst_error(tried: list[Tried], noise: float = 0.0) -> float:
    """The worst difference of both sides, relative to the largest number of its world, but not to
    one below `noise`; nan where a side is infinite or no number."""
    scales: dict[int, Number] = {}
    for t in tried:
        size = abs(t.left) + abs(t.right)
        if size - size != 0:
            return nan
        scales[t.number] = max(scales.get(t.number, noise), abs(t.left), abs(t.right))
    return max(
        (float(abs(t.left - t.right) / scales[t.number]) for t in tried if scales[t.number]),
        default=0.0,
    )
