"""The cross-check: gradients of the compiled program against two that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sympy import Abs, Max, Min, Piecewise, sign

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.evaluation import evaluate_system
from symbackprop.functions import NamedFunction
from symbackprop.network.declared import Declarable, declare
from symbackprop.network.network import Network, mlp

if TYPE_CHECKING:
    from symbackprop.reference.compare import Row

MOST_ENTRIES = 60
CORNERS = (Max, Min, Piecewise, Abs, sign)


@dataclass(frozen=True)
class Comparison:
    """The verdict of one judge on all gradients; `judge` says how it found its own."""

    judge: str
    rows: tuple[Row, ...]

    @property
    def agrees(self) -> bool:
        return all(row.agrees for row in self.rows)


@dataclass(frozen=True)
class CheckReport:
    """What every judge says of the derived gradients."""

    judgements: tuple[Comparison, ...]

    @property
    def agrees(self) -> bool:
        return all(j.agrees for j in self.judgements)

    @property
    def summary(self) -> str:
        """The verdict in one line.

        >>> CheckReport((Comparison("textbook loops", ()),)).summary
        '0 gradients agree with textbook loops'
        """
        judges = " and ".join(j.judge for j in self.judgements)
        differing = sorted({r.name for j in self.judgements for r in j.rows if not r.agrees})
        if differing:
            return f"{', '.join(differing)}: DIFFERS from {judges}"
        return f"{len(self.judgements[0].rows)} gradients agree with {judges}"

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary)}</p><pre>{escape(self.text)}</pre>"

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "agrees": self.agrees,
            "judgements": [
                {
                    "judge": judgement.judge,
                    "agrees": judgement.agrees,
                    "gradients": [
                        {
                            "name": row.name,
                            "agrees": row.agrees,
                            "max_abs_diff": row.absolute,
                            "max_rel_diff": row.relative,
                        }
                        for row in judgement.rows
                    ],
                }
                for judgement in self.judgements
            ],
        }

    @property
    def text(self) -> str:
        """A table with a row for each parameter and judge."""
        lines = [f"{'gradient':<10}{'judge':<24}{'max abs diff':>14}{'max rel diff':>14}  verdict"]
        for judgement in self.judgements:
            for row in judgement.rows:
                verdict = "agrees" if row.agrees else "DIFFERS"
                lines.append(
                    f"{row.name:<10}{judgement.judge:<24}{row.absolute:>14.1e}"
                    f"{row.relative:>14.1e}  {verdict}"
                )
        return "\n".join(lines)


def check_gradients(
    system: System,
    network: Network | None,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
) -> CheckReport:
    """Hold gradients by name ("W1", "b1", ...) against the textbook loops, where the network is
    a layered one, and against differences of the forward pass.

    >>> from symbackprop.network.network import mlp
    >>> net = mlp([1, 1], activation="identity")
    >>> values = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    >>> right = check_gradients(net.system, net, {"W1": [[11.0]], "b1": [5.5]}, values)
    >>> wrong = check_gradients(net.system, net, {"W1": [[11.0]], "b1": [-5.5]}, values)
    >>> right.agrees, wrong.agrees
    (True, False)
    """
    # W1, W2, ..., b1: as people read them
    gradients = dict(sorted(gradients.items(), key=lambda item: (len(item[0]), item[0])))
    judges = []
    if network is not None and _is_textbook(network):
        judges.append(_judge_by_loops(network, gradients, values))
    judges.append(_judge_by_differences(system, network, gradients, values))
    return CheckReport(tuple(judges))


SAMPLES = 4


def draw_values(network: Network, seed: int) -> dict[str, Any]:
    """Random numbers for everything that a network with widths is given.

    >>> from symbackprop.network.network import mlp
    >>> sorted(draw_values(mlp([2, 3]), seed=1))
    ['W1', 'b1', 'x', 'y']
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    widths = network.widths or ()
    rows = (SAMPLES,) if network.batch else ()
    targets = generator.uniform(0.1, 0.9, (*rows, widths[-1]))
    if network.cost.one_hot:
        targets = targets / targets.sum(axis=-1, keepdims=True)
    values: dict[str, Any] = {"x": generator.normal(size=(*rows, widths[0])), "y": targets}
    for layer, (before, width) in enumerate(pairwise(widths), 1):
        values[f"W{layer}"] = generator.normal(size=(width, before)) / np.sqrt(before)
        if network.bias != "none":
            shape = (width,) if network.bias == "neuron" else ()
            values[f"b{layer}"] = np.asarray(generator.normal(size=shape))
    if network.regularized:
        values["lambda"] = 0.1
    return values


def _is_textbook(network: Network) -> bool:
    from symbackprop.reference.activations import ACTIVATIONS
    from symbackprop.reference.costs import COSTS

    return network.cost.name in COSTS and all(a.name in ACTIVATIONS for a in network.activations)


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


def _judge_by_loops(
    network: Network, gradients: Mapping[str, Any], values: Mapping[str, Any]
) -> Comparison:
    from symbackprop.reference.compare import bound_rounding, compare
    from symbackprop.reference.loops import backprop, sum_magnitudes

    given = _arguments(network, values)
    result = backprop(**given)
    floors = bound_rounding(_by_name(*sum_magnitudes(**given)))
    judged = _by_name(result.weights, result.biases)
    rows = compare(gradients, {n: judged[n] for n in gradients}, absolute_floor=floors)
    return Comparison("textbook loops", tuple(rows))


def _judge_by_differences(
    system: System,
    network: Network | None,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
) -> Comparison:
    from symbackprop.reference.compare import (
        CENTRAL_RELATIVE,
        COMPLEX_RELATIVE,
        bound_difference,
        bound_rounding,
        compare,
    )
    from symbackprop.reference.differences import (
        choose_entries,
        differentiate_central,
        differentiate_complex,
    )
    from symbackprop.reference.loops import sum_magnitudes

    cost = _cost_function(system, network, values)
    arrays = {name: values[name] for name in gradients}
    entries = choose_entries(arrays, MOST_ENTRIES)
    if _has_corners(system):
        judged = differentiate_central(cost, arrays, entries=entries)
        floor: Any = bound_difference(abs(float(cost(arrays))))
        rows = compare(
            gradients, judged, relative=CENTRAL_RELATIVE, absolute_floor=floor, entries=entries
        )
        return Comparison("central differences", tuple(rows))
    judged = differentiate_complex(cost, arrays, entries=entries)
    floor = None
    if network is not None and _is_textbook(network):
        floor = bound_rounding(_by_name(*sum_magnitudes(**_arguments(network, values))))
        floor = {name: floor[name] for name in gradients}
    rows = compare(
        gradients, judged, relative=COMPLEX_RELATIVE, absolute_floor=floor, entries=entries
    )
    return Comparison("complex steps", tuple(rows))


def _has_corners(system: System) -> bool:
    """Whether a complex step cannot follow the forward pass: max, relu and the like."""
    forward = [e.rhs for e in system.select("forward")]
    formulas = [
        function.apply_formula(function.args[0])
        for rhs in forward
        for function in rhs.atoms(NamedFunction)
        if function.formula is not None
    ]
    return any(e.has(*CORNERS) for e in (*forward, *formulas))


def _cost_function(
    system: System, network: Network | None, values: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    """The cost of the forward pass: by the textbook, or by the meaning of the equations."""
    if network is not None and _is_textbook(network):
        from symbackprop.reference.loops import forward_cost

        return lambda arrays: forward_cost(**_arguments(network, {**values, **arrays}))

    def cost(arrays: Mapping[str, Any]) -> Any:
        nested = {
            name: array.tolist() if hasattr(array, "tolist") else array
            for name, array in arrays.items()
        }
        return evaluate_system(system, {**values, **nested}).array(system.cost)

    return cost


def check(net: Declarable, seed: int = 1) -> CheckReport:
    """Hold the gradients of the compiled program against those of independent ways.

    A layered network without values is checked on random ones; a generic sigma as a sigmoid.

    Raises:
        InputError: a depth, sizes or values that are not given; a network without gradients.
    """
    from symbackprop.programs.callables import lambdify

    declared = declare(net)
    network, values = declared.network, declared.values
    if not values:
        if network is None or network.widths is None:
            raise InputError(
                f"{declared.title}: a check needs numbers; give widths such as 2-3-1, "
                f"or a [values] table in the file"
            )
        network = _make_concrete(network)
        values = draw_values(network, seed)
    program = lambdify(network or declared.system)
    system = network.system if network else declared.system
    return check_gradients(system, network, program(values).gradients, values)


def _make_concrete(network: Network) -> Network:
    if all(row.formula or row.vector for row in network.activations):
        return network
    return mlp(
        network.widths,
        activation="sigmoid",
        cost=network.cost,
        bias=network.bias,
        batch=network.batch,
        regularized=network.regularized,
    )
