"""Random numbers to check a system on, where it comes with none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symbackprop.crosscheck.computations import Formulas, find_undefined, is_finite
from symbackprop.equations import name_of
from symbackprop.errors import InputError
from symbackprop.network.activations import Activation
from symbackprop.network.declared import Declared
from symbackprop.network.network import Network, mlp
from symbackprop.random_worlds import draw_sizes

if TYPE_CHECKING:
    from symbackprop.programs.callables import Program

SAMPLES = 4
TRIES = 60
# layers or time steps, where their number is a symbol
DEPTH = 3
SIGMOID = "sigmoid"


def draw_missing_sizes(declared: Declared, seed: int) -> tuple[Declared, str]:
    """The same with numbers for the sizes that are symbols, and a word on which were drawn.

    Where values are given, they tell the sizes.

    >>> from symbackprop.network.declared import declare
    >>> draw_missing_sizes(declare(mlp(activation="tanh")), seed=1)
    (Declared('network': 4-2-3-5, tanh, half-sse), '4-2-3-5')
    """
    network, system = declared.network, declared.system
    if declared.values:
        return declared, ""
    if network is not None:
        if network.widths is not None:
            return declared, ""
        sizes = draw_sizes(system, seed, DEPTH)
        widths = [size for (name, *_), size in sorted(sizes.items()) if name == "n"]
        network = _declare_again(network, widths, network.activations)
        told = "-".join(map(str, widths))
        return replace(declared, system=network.system, network=network), told
    samples = system.sample.high if system.sample else None
    drawn = draw_sizes(system, seed, DEPTH)
    missing = {
        symbol: drawn[(symbol.name,)]
        for symbol in sorted(system.size_symbols, key=str)
        if symbol not in system.sizes and symbol != samples
    }
    sized = replace(system, sizes={**system.sizes, **missing})
    told = ", ".join(f"{symbol} = {size}" for symbol, size in missing.items())
    return replace(declared, system=sized), told


def make_concrete(declared: Declared) -> Network | None:
    """The network with a sigmoid for each generic sigma."""
    network = declared.network
    if network is None:
        return None
    if network.widths is None:
        raise InputError(
            f"{declared.title}: a check on given values needs numbers of layers and neurons; "
            f"give widths such as 2-3-1"
        )
    if all(row.formula or row.vector for row in network.activations):
        return network
    rows = [row if row.formula or row.vector else SIGMOID for row in network.activations]
    return _declare_again(network, network.widths, rows)


def _declare_again(
    network: Network, widths: Sequence[int], activations: Sequence[str | Activation]
) -> Network:
    return mlp(
        widths,
        activation=activations if len(activations) > 1 else activations[0],
        cost=network.cost,
        bias=network.bias,
        batch=network.batch,
        regularized=network.regularized,
    )


def draw_values(declared: Declared, program: Program | Formulas, seed: int) -> dict[str, Any]:
    """Random numbers for all that a system is given, for which its cost is defined.

    Raises:
        InputError: a size that is not given; no such numbers were found.

    >>> from symbackprop.programs.callables import lambdify
    >>> from symbackprop.network.declared import declare
    >>> net = mlp([2, 3], activation="tanh")
    >>> sorted(draw_values(declare(net), lambdify(net), seed=1))
    ['W1', 'b1', 'x', 'y']
    """
    import numpy as np

    found: dict[str, Any] | None = None
    for attempt in range(TRIES):
        generator = np.random.default_rng([seed, attempt])
        # a logarithm or a root of sums may ask for numbers that are all positive
        values = dict(_draw(declared, program, generator, attempt >= TRIES // 3))
        with np.errstate(all="ignore"):
            result = program(values)
        if is_finite(result):
            found = values
            # twice a gradient of 0 is 0: a network of dead neurons shows no mistake
            if all(np.any(value) for value in result.gradients.values()):
                break
    if found is None:
        raise InputError(
            f"{declared.title}: no random values were found for which the cost is defined: "
            f"{find_undefined(program, values)}"
        )
    return found


def _draw(
    declared: Declared, program: Program | Formulas, generator: Any, positive: bool
) -> Iterator[tuple[str, Any]]:
    import numpy as np

    system = program.system
    totals = {name_of(given.function): float(total) for given, total in system.assumptions}
    samples = system.sample.high if system.sample else None
    for slot in program.slots:
        shape = tuple(SAMPLES if length == samples else length for length in slot.lengths)
        free = [str(length) for length in shape if isinstance(length, Expr)]
        if free:
            raise InputError(
                f"{declared.title}: a check needs numbers; the size {free[0]} of {slot.label} "
                f"is a symbol: give sizes, or a [values] table in the file"
            )
        if slot.quantity.role in ("target", "constant"):
            values = generator.uniform(0.1, 0.9, shape)
        else:
            values = generator.normal(size=shape) / np.sqrt(shape[-1] if len(shape) > 1 else 1)
            # smaller where nothing cancels, so that nothing grows through many layers
            values = np.abs(values) / np.sqrt(1 + max(shape, default=1)) if positive else values
        if slot.quantity.name in totals:
            values *= totals[slot.quantity.name] / values.sum(axis=-1, keepdims=True)
        yield slot.label, np.asarray(values)
