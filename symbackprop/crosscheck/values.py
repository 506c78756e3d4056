"""Random numbers to check a system on, where it comes with none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symbackprop.crosscheck.computations import Formulas, find_undefined, is_finite
from symbackprop.equations import name_of
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared
from symbackprop.network.network import Network, mlp

if TYPE_CHECKING:
    from symbackprop.programs.callables import Program

SAMPLES = 4
TRIES = 60


def make_concrete(declared: Declared) -> Network | None:
    """The network with a sigmoid for each generic sigma."""
    network = declared.network
    if network is None:
        return None
    if network.widths is None:
        raise InputError(
            f"{declared.title}: a check needs numbers; give widths such as 2-3-1, "
            f"or a [values] table in the file"
        )
    if all(row.formula or row.vector for row in network.activations):
        return network
    return mlp(
        network.widths,
        activation=[r if r.formula or r.vector else "sigmoid" for r in network.activations],
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
