"""Numbers for a declared network: every quantity of its equations, evaluated as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from symbackprop.derive.updates import LEARNING_RATE
from symbackprop.equations import GIVEN, Quantity, System, indices_of, name_of, split_adjoint
from symbackprop.instances import Instance, Key, Number, build_instance

Nested = Any


@dataclass(frozen=True)
class Evaluation:
    """An instance of a derived system with the declared numbers, everything computed on demand."""

    system: System
    instance: Instance

    def number(self, quantity: Expr) -> Number:
        """The value of one entry, or of the partial derivative of one entry by another."""
        return self.instance.value(quantity)

    def array(self, name: str, layer: int | None = None) -> Nested:
        """All entries of a quantity as nested lists, of one layer where it has layers."""
        quantity = self.system.quantities[name]
        fixed = {} if layer is None else {quantity.axes[0].symbol: layer}
        return self._nest(quantity, fixed, 0 if layer is None else 1)

    def _nest(self, quantity: Quantity, place: dict, depth: int) -> Nested:
        if depth == len(quantity.axes):
            return self.instance.value(quantity.at(*(a.symbol for a in quantity.axes)), place)
        axis = quantity.axes[depth]
        low, high = (int(self.instance.value(e, place)) for e in (axis.low, axis.high))
        return [
            self._nest(quantity, {**place, axis.symbol: index}, depth + 1)
            for index in range(low, high + 1)
        ]


def evaluate_system(
    system: System,
    values: Mapping[str, Nested],
    learning_rate: float | None = None,
    traced: bool = False,
) -> Evaluation:
    """Evaluate a system with concrete sizes on values such as {"x": [...], "W1": [[...]]}.

    Values are nested lists in the order of the indices; a quantity with layers has one value
    for each, W1, W2, ... With `traced`, derivatives of any entry by any other are known too.

    >>> from symbackprop.network.network import mlp
    >>> system = mlp([1, 1], activation="identity").system
    >>> values = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    >>> evaluate_system(system, values).array("C")
    15.125
    """
    sizes = {_size_key(symbol): size for symbol, size in system.sizes.items()}
    blank = build_instance(system, sizes, {})
    numbers: dict[Key, Number] = {}
    for quantity in system.quantities.values():
        if quantity.role in GIVEN:
            numbers.update(_read_values(blank, quantity, values, learning_rate))
    return Evaluation(system, build_instance(system, sizes, numbers, traced=traced))


def _size_key(symbol: Expr) -> Key:
    return (name_of(symbol), *(int(i) for i in indices_of(symbol)))


def _read_values(
    blank: Instance, quantity: Quantity, values: Mapping[str, Nested], learning_rate: float | None
) -> Iterator[tuple[Key, Number]]:
    if quantity.name == LEARNING_RATE.name and quantity.name not in values:
        yield (quantity.name,), 0.0 if learning_rate is None else learning_rate
        return
    layered = quantity.kinds[:1] == ("layer",)
    for place in blank.places(quantity.axes):
        indices = [place[a.symbol] for a in quantity.axes]
        name = f"{quantity.name}{indices[0]}" if layered else quantity.name
        value = values[name]
        inner = quantity.axes[1:] if layered else quantity.axes
        for axis in inner:
            value = value[place[axis.symbol] - int(blank.value(axis.low, place))]
        yield (quantity.name, *indices), value


def collect_numbers(evaluation: Evaluation) -> dict[str, Any]:
    """Everything that `evaluate` shows, as arrays by name: W1, b1, z1, a1, ...

    The keys are cost, forward, delta, gradients and updated; a part that the system does not
    have is left out.
    """
    system = evaluation.system
    parts: dict[str, Any] = {"cost": evaluation.array(system.cost)}
    forward = ("pre-activation", "activation", "sample cost", "intermediate")
    parts["forward"] = dict(_arrays(evaluation, forward))
    delta: dict[str, Nested] = {}
    gradients: dict[str, Nested] = {}
    for name in system.quantities:
        split = split_adjoint(name)
        if split is None:
            continue
        role = system.quantities[split[1]].role
        if role == "pre-activation":
            delta |= _rename(_array(evaluation, name), name, "delta")
        elif role == "parameter" or (role == "input" and not system.names("parameter")):
            gradients |= _rename(_array(evaluation, name), name, split[1])
    if delta:
        parts["delta"] = delta
    if gradients:
        parts["gradients"] = gradients
    updated = {key.replace("⁺", ""): v for key, v in _arrays(evaluation, ("updated",))}
    if updated:
        parts["updated"] = updated
    return parts


def _arrays(evaluation: Evaluation, roles: tuple[str, ...]) -> Iterator[tuple[str, Nested]]:
    for quantity in evaluation.system.quantities.values():
        if quantity.role in roles:
            yield from _array(evaluation, quantity.name).items()


def _rename(arrays: dict[str, Nested], old: str, new: str) -> dict[str, Nested]:
    return {new + key.removeprefix(old): value for key, value in arrays.items()}


def _array(evaluation: Evaluation, name: str) -> dict[str, Nested]:
    """One array, or one for each layer after the inputs."""
    quantity = evaluation.system.quantities[name]
    if quantity.kinds[:1] != ("layer",):
        return {name: evaluation.array(name)}
    low, high = (int(e) for e in (quantity.axes[0].low, quantity.axes[0].high))
    layers = range(max(low, 1), high + 1)
    return {f"{name}{layer}": evaluation.array(name, layer) for layer in layers}
