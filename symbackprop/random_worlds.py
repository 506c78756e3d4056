"""Random worlds: sizes, numbers and generic functions to try every formula of a system in."""

from __future__ import annotations

import random
from collections.abc import Mapping

from sympy import Expr, Indexed, Sum

from symbackprop.equations import GIVEN, System, name_of
from symbackprop.errors import InputError
from symbackprop.number_types import DOUBLE, GenericFunction, Number, UndefinedError
from symbackprop.semantics import Key
from symbackprop.worlds import Arithmetic, World, build_world, forward

TRIES = 60
# so many layers in a row have different widths
NEAR = 4
# more widths than these are not told one by one
LONGEST = 8


class NoWorldError(InputError):
    """No numbers were found for which every equation is defined."""


def draw_world(
    system: System,
    seed: int,
    arithmetic: Arithmetic = DOUBLE,
    sizes: Mapping[Key, int] | None = None,
) -> World:
    """A random world with every forward entry computed: distinct widths above 1, random numbers,
    and a generic function wherever an activation is generic.

    Declared widths and numbers of samples are not used: formulas hold for all of them. The sizes,
    where they are not given, depend on the seed alone, with a depth of 2 or 3 by turns. Where a
    formula is undefined (the logarithm of a negative output), other numbers are drawn.

    Raises:
        NoWorldError: no numbers were found for which every equation is defined.
        InexactError: an equation that has no value among numbers of this kind.
    """
    sizes = draw_sizes(system, seed, depth=2 + (seed + 1) % 2) if sizes is None else sizes
    problem: Exception | None = None
    for attempt in range(TRIES):
        generator = random.Random(f"{seed}/{attempt}")
        generic = _Functions(f"{seed}/{attempt}", arithmetic)
        blank = build_world(system, sizes, {}, generic, arithmetic)
        numbers = _draw_numbers(system, generator, blank, positive=attempt >= TRIES // 3)
        world = build_world(system, sizes, numbers, generic, arithmetic)
        try:
            forward(world)
        except UndefinedError as error:
            problem = error
            continue
        return world
    raise NoWorldError(
        f"no values were found for which all equations are defined: {problem}; "
        f"use an activation whose outputs the cost can take (sigmoid or softmax for logarithms)"
    )


def draw_sizes(system: System, seed: int, depth: int, smallest: int = 2) -> dict[Key, int]:
    """A number for every size of a system, no two alike; of many layers, no two that are near.

    >>> from symbackprop.network.network import mlp
    >>> tell_sizes(draw_sizes(mlp(batch=True).system, seed=1, depth=2))
    '4-2-3 with m = 5'
    """
    bounds = [a.high for e in system.equations for a in e.axes]
    bounds += [lim[2] for e in system.equations for s in e.rhs.atoms(Sum) for lim in s.limits]
    layered = {w for bound in bounds for w in bound.atoms(Indexed)}
    if layered or not system.sizes:
        # what is given may have widths that no equation runs over
        given = [a.high for q in system.quantities.values() for a in q.axes]
        layered |= {w for bound in given for w in bound.atoms(Indexed)}
    families = sorted({name_of(w) for w in layered})
    names = {s.name for s in system.size_symbols} - set(families)
    sizes: dict[Key, int] = {}
    if "L" in names:
        sizes["L",] = depth
    else:
        depth = max((int(w.indices[0]) for w in layered if w.indices[0].is_Integer), default=depth)
    near = min(depth + 1, NEAR) if layered else 0
    others = sorted(names - {"L"})
    # As few numbers as there can be, but some to choose from; the depth is a width of its own.
    widths = list(range(smallest, smallest + max(near + len(others), NEAR) + 1))
    widths.remove(depth if "L" in names and depth in widths and not layered else widths[-1])
    random.Random(f"{seed}").shuffle(widths)
    if layered:
        # families of widths, where there are several, run through the same numbers at other places
        sizes |= {
            (family, layer): widths[(layer + turn) % near]
            for turn, family in enumerate(families)
            for layer in range(depth + 1)
        }
    else:
        # Written out by number: the declared widths are part of the equations themselves.
        declared = {k: v for k, v in system.sizes.items() if isinstance(k, Indexed)}
        sizes |= {(name_of(w), int(w.indices[0])): size for w, size in declared.items()}
    return sizes | {(name,): width for name, width in zip(others, widths[near:], strict=False)}


def tell_sizes(sizes: Mapping[Key, int]) -> str:
    """The sizes of a world in a few words: widths by layer, then all others.

    >>> tell_sizes({("L",): 2, ("n", 0): 3, ("n", 1): 2, ("n", 2): 5, ("m",): 4})
    '3-2-5 with m = 4'
    >>> tell_sizes({("T",): 3, ("n",): 2})
    'T = 3, n = 2'
    """
    layers = [str(size) for name, size in sorted(sizes.items()) if len(name) == 2]
    if len(layers) > LONGEST:
        layers = [*layers[:3], "…", f"{layers[-1]} ({len(layers) - 1} layers)"]
    words = [f"{n[0]} = {size}" for n, size in sizes.items() if len(n) == 1]
    if layers:
        words = [word for word in words if not word.startswith("L = ")]
    return " with ".join(part for part in ("-".join(layers), ", ".join(words)) if part)


class _Functions(dict[str, GenericFunction]):
    """Generic functions by their spelling, drawn when they are asked for: a claim may speak of one
    that no equation of the system has."""

    def __init__(self, seed: str, arithmetic: Arithmetic) -> None:
        super().__init__()
        self.seed = seed
        self.arithmetic = arithmetic

    def __missing__(self, spelling: str) -> GenericFunction:
        generator = random.Random(f"{self.seed}/{spelling}")
        self[spelling] = self.arithmetic.draw_function(generator)
        return self[spelling]


def _draw_numbers(
    system: System, generator: random.Random, blank: World, positive: bool
) -> dict[Key, Number]:
    """Numbers for what is given; all positive where others led to no value (a square root).

    Three in four are positive: then some ReLUs of a deep network are off, and no layer is.
    """
    draw = blank.arithmetic.draw
    signs = (1,) if positive else (1, 1, 1, -1)
    numbers: dict[Key, Number] = {}
    for quantity in system.quantities.values():
        if quantity.role not in GIVEN:
            continue
        symbols = [a.symbol for a in quantity.axes]
        for place in blank.places(quantity.axes):
            numbers[(quantity.name, *(place[s] for s in symbols))] = (
                draw(generator, 0.1, 0.9)
                if quantity.role in ("target", "constant")
                else draw(generator, 0.1, 1.2) * generator.choice(signs)
            )
    for given, total in system.assumptions:
        _scale(numbers, given, blank.value(total))
    return numbers


def _scale(numbers: dict[Key, Number], given: Expr, total: Number) -> None:
    """Make the sum of a quantity over one of its indices the declared total, for each sample."""
    name = name_of(given.function)
    place = 1 + given.function.indices.index(given.limits[0][0])
    groups: dict[Key, list[Key]] = {}
    for key in numbers:
        if key[0] == name:
            groups.setdefault((*key[:place], *key[place + 1 :]), []).append(key)
    for keys in groups.values():
        present = sum(numbers[key] for key in keys)
        for key in keys:
            numbers[key] *= total / present
