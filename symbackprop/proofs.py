"""Proving derived equations and steps: both sides are evaluated on random networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.equations import Equation, System, split_adjoint
from symbackprop.worlds import (
    DOUBLE,
    PRECISE,
    Arithmetic,
    Number,
    World,
    draw_world,
)

INSTANCES = 2
ROUNDING = 1e-11
DOUBT = 1e-4
PRECISE_ROUNDING = 1e-30


class ProofError(AssertionError):
    """A derived equation or step does not hold; the message has a counterexample."""


@dataclass(frozen=True)
class Proof:
    """How a line was proved: on how many instances, and the worst relative error."""

    instances: int
    worst_error: float


@dataclass(frozen=True)
class Report:
    """What was checked: equations, instances, the worst relative error, and how many needed more
    digits than a double has."""

    equations: int
    instances: int
    worst_error: float
    doubtful: int = 0

    def __str__(self) -> str:
        again = f", {self.doubtful} of them with 50 digits" if self.doubtful else ""
        return (
            f"{self.equations} equations checked on {self.instances} random instances{again}; "
            f"worst relative error {self.worst_error:.1e}"
        )


def add_reports(reports: Sequence[Report]) -> Report:
    """One report on what several are about."""
    return Report(
        sum(r.equations for r in reports),
        max(r.instances for r in reports),
        max(r.worst_error for r in reports),
        sum(r.doubtful for r in reports),
    )


def prove_system(system: System, instances: int = INSTANCES, seed: int = 1) -> Report:
    """Check every derived equation of a system against slopes of its forward equations alone.

    Raises:
        ProofError: names the equation, the sizes and the values of both sides.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.derivation.backward import derive_backward
    >>> report = prove_system(derive_backward(mlp().system))
    >>> report.equations, report.worst_error < 1e-12
    (6, True)
    """
    derived = [e for e in system.equations if e.role in ("adjoint", "gradient")]
    worst, doubtful = 0.0, 0
    for number in range(instances):
        world = draw_true_world(system, seed + number)
        for equation in derived:
            error = measure(world, equation)
            if error > ROUNDING:
                doubtful += 1
                error = settle(system, seed + number, equation, error)
            worst = max(worst, error)
    return Report(len(derived), instances, worst, doubtful)


def draw_true_world(system: System, seed: int, arithmetic: Arithmetic = DOUBLE) -> World:
    """A random instance in which adjoints have their true values: slopes of the forward pass."""
    world = draw_world(system, seed, arithmetic)
    for equation in system.equations:
        if equation.role in ("adjoint", "gradient"):
            _, name = split_adjoint(equation.name) or ("", "")
            for place in world.places(equation.axes):
                key = world.key(equation.lhs, place)
                world.numbers[key] = true_adjoint(system, world, name, key)
    return world


def true_adjoint(system: System, world: World, name: str, key: tuple) -> Number:
    """The derivative of the cost (of the one sample, in a batch) by an entry."""
    cost = system.differentiated(name)
    if cost == system.cost:
        return world.derivative((cost,), (name, *key[1:]))
    sample = system.quantities[name].kinds.index("sample")
    return world.derivative((cost, key[1 + sample]), (name, *key[1:]))


def measure(world: World, equation: Equation) -> float:
    """The worst relative difference of both sides over all places of the equation."""
    pairs = list(_sides(world, equation))
    scale = max((abs(x) for pair in pairs for x in pair), default=0)
    if not scale:
        return 0.0
    return max(float(abs(left - right) / scale) for left, right in pairs)


def _sides(world: World, equation: Equation) -> Iterator[tuple[Number, Number]]:
    for place in world.places(equation.axes):
        yield world.value(equation.lhs, place), world.value(equation.rhs, place)


def settle(system: System, seed: int, equation: Equation, error: float) -> float:
    """Decide with 50 digits what doubles leave in doubt."""
    precise = 1.0
    if error < DOUBT:
        precise = measure(draw_true_world(system, seed, PRECISE), equation)
        if precise < PRECISE_ROUNDING:
            return precise
    world = draw_true_world(system, seed)
    left, right = next(
        (p for p in _sides(world, equation) if abs(p[0] - p[1]) > 1e-12), (None, None)
    )
    sizes = ", ".join(f"{'_'.join(map(str, k))} = {v}" for k, v in world.sizes.items())
    raise ProofError(
        f"{equation.lhs} = {equation.rhs} does not hold: "
        f"{left} against {right} on the instance with {sizes} (seed {seed})"
    )
