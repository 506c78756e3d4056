"""Who judges: the loops of a textbook, complex steps, the slopes of the equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symbackprop.crosscheck.computations import as_floats, evaluate_on
from symbackprop.crosscheck.reports import Comparison
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.evaluation import list_arrays
from symbackprop.network.activations import find_activation
from symbackprop.network.network import Network
from symbackprop.number_types import DOUBLE, PRECISE
from symbackprop.worlds import Arithmetic, build_world

if TYPE_CHECKING:
    from symbackprop.reference.compare import Row

# of all gradients together; the loops judge every entry
ENTRIES_FOR_STEPS = 600


def is_textbook(network: Network) -> bool:
    """Whether the reference states these very functions, too."""
    from symbackprop.reference.activations import ACTIVATIONS
    from symbackprop.reference.costs import COSTS

    return network.cost.name in COSTS and all(
        row.name in ACTIVATIONS and row == find_activation(row.name) for row in network.activations
    )


def judge_by_textbook(
    network: Network,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
    rounding: Mapping[str, Any],
) -> list[Comparison]:
    """The loops, on every entry; and complex steps through the forward pass, on some."""
    from symbackprop.reference.compare import compare
    from symbackprop.reference.differences import choose_entries, differentiate_complex
    from symbackprop.reference.loops import backprop, forward_cost
    from symbackprop.reference.rounding import measure_rounding

    def run_loops(arrays: Mapping[str, Any]) -> dict[str, Any]:
        result = backprop(**_arguments(network, arrays))
        named = _by_name(result.weights, result.biases)
        return {name: named[name] for name in gradients}

    def run_forward(arrays: Mapping[str, Any]) -> Any:
        return forward_cost(**_arguments(network, {**values, **arrays}))

    own = measure_rounding(run_loops, values)
    allowed = {name: own[name] + rounding[name] for name in gradients}
    arrays = {name: values[name] for name in gradients}
    entries = choose_entries(arrays, max(1, ENTRIES_FOR_STEPS // len(arrays)))
    steps = differentiate_complex(run_forward, arrays, entries=entries)
    return [
        Comparison("textbook loops", tuple(compare(gradients, run_loops(values), allowed))),
        Comparison("complex steps", tuple(compare(gradients, steps, allowed, entries=entries))),
    ]


def _arguments(network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    layers = range(1, len(network.widths or ()))
    biases = None if network.bias == "none" else [values[f"b{layer}"] for layer in layers]
    return {
        "weights": [values[f"W{layer}"] for layer in layers],
        "biases": biases,
        "x": values["x"],
        "y": values["y"],
        "activations": [a.name for a in network.activations],
        "cost": network.cost.name,
        "regularization": values.get("lambda", 0.0),
    }


def _by_name(weights: Any, biases: Any) -> dict[str, Any]:
    named = {f"W{layer}": w for layer, w in enumerate(weights, 1)}
    return named | {f"b{layer}": b for layer, b in enumerate(biases or (), 1)}


def judge_by_slopes(
    system: System,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
    rounding: Mapping[str, Any],
) -> Comparison:
    """The slope of each equation, multiplied along all paths: in doubles, and once more with 50
    digits where these do not agree.

    Raises:
        InputError: an equation is not defined for these values.
    """
    from symbackprop.reference.compare import compare

    rows: list[Row] = []
    problem: InputError | None = None
    for arithmetic in (DOUBLE, PRECISE):
        try:
            judged = _multiply_slopes(system, values, arithmetic)
        except InputError as error:
            problem = error
            continue
        rows = compare(gradients, {name: judged[name] for name in gradients}, rounding)
        if all(row.agrees for row in rows):
            break
    if not rows:
        raise InputError(f"there is nothing to check: {problem}")
    return Comparison("slopes of the equations", tuple(rows))


def _multiply_slopes(
    system: System, values: Mapping[str, Any], arithmetic: Arithmetic
) -> dict[str, Any]:
    evaluation = evaluate_on(system, values, arithmetic, traced=True)
    evaluation.run_forward()
    world = evaluation.world
    entries = [key for key in world.numbers if key not in world.sizes]
    slopes = {key: world.derivative((system.cost,), key) for key in entries}
    by_key = build_world(system, world.sizes, slopes, arithmetic=arithmetic, traced=False)
    arrays = list_arrays(replace(evaluation, world=by_key), ("parameter", "input"))
    return {name: as_floats(array) for name, array in arrays}
