"""Numbers for a declared network, each under the name that its notation gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer

from symbackprop.derivation.updates import LEARNING_RATE
from symbackprop.derivation.views import split_cost
from symbackprop.equations import (
    GIVEN,
    Quantity,
    Role,
    System,
    indices_of,
    name_of,
    split_adjoint,
    updated_name,
)
from symbackprop.errors import InputError
from symbackprop.network.declared import Declared
from symbackprop.notation import Notation
from symbackprop.printing.numbers import round_number
from symbackprop.printing.text import spell
from symbackprop.printing.units import NamedEntries
from symbackprop.worlds import DOUBLE, Arithmetic, Key, Number, World, build_world

Nested = Any


@dataclass(frozen=True)
class Evaluation:
    """A world of a derived system with the declared numbers, everything computed on demand."""

    system: System
    world: World

    def number(self, quantity: Expr) -> Number:
        """The value of one entry, or of the partial derivative of one entry by another."""
        return self.world.value(quantity)

    def array(self, name: str, layer: int | None = None) -> Nested:
        """All entries of a quantity as nested lists, of one layer where it has layers."""
        quantity = self.system.quantities[name]
        fixed = {} if layer is None else {quantity.axes[0].symbol: layer}
        return self._nest(quantity, fixed, 0 if layer is None else 1)

    def _nest(self, quantity: Quantity, place: dict, depth: int) -> Nested:
        if depth == len(quantity.axes):
            return self.world.value(quantity.at(*(a.symbol for a in quantity.axes)), place)
        axis = quantity.axes[depth]
        low, high = (int(self.world.value(e, place)) for e in (axis.low, axis.high))
        return [
            self._nest(quantity, {**place, axis.symbol: index}, depth + 1)
            for index in range(low, high + 1)
        ]


def evaluate_system(
    system: System,
    values: Mapping[str, Nested],
    learning_rate: float | None = None,
    traced: bool = False,
    arithmetic: Arithmetic = DOUBLE,
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
    blank = build_world(system, sizes, {})
    numbers: dict[Key, Number] = {}
    for quantity in system.quantities.values():
        if quantity.role in GIVEN:
            numbers.update(_read_values(blank, quantity, values, learning_rate))
    world = build_world(system, sizes, numbers, arithmetic=arithmetic, traced=traced)
    return Evaluation(system, world)


def _size_key(symbol: Expr) -> Key:
    return (name_of(symbol), *(int(i) for i in indices_of(symbol)))


def _read_values(
    blank: World, quantity: Quantity, values: Mapping[str, Nested], learning_rate: float | None
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
    forward: tuple[Role, ...] = ("pre-activation", "activation", "sample cost", "intermediate")
    parts["forward"] = dict(list_arrays(evaluation, forward))
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
    updated = {key.replace("⁺", ""): v for key, v in list_arrays(evaluation, ("updated",))}
    if updated:
        parts["updated"] = updated
    return parts


def list_arrays(evaluation: Evaluation, roles: tuple[Role, ...]) -> Iterator[tuple[str, Nested]]:
    """The arrays of all quantities of some roles, by name: W1, W2, b1, ..."""
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


def evaluate_declared(declared: Declared, system: System, traced: bool = False) -> Evaluation:
    """A system with the numbers of its declaration.

    Raises:
        InputError: the declaration has no values.
    """
    if not declared.values:
        raise InputError(
            f"{declared.title}: there are no values to work with; add a [values] table to the file"
        )
    return evaluate_system(system, declared.values, declared.learning_rate, traced)


# --- the names of a notation -------------------------------------------------------------------

FORWARD = ("pre-activation", "activation", "intermediate")


def name_results(evaluation: Evaluation, notation: Notation) -> dict[str, Any]:
    """The numbers as a tree for JSON: cost, forward, delta, gradients, updated.

    Arrays by name (W1, b1, z1); where the notation names every unit, one number for each name
    (w1, net_h1, out_o1).
    """
    if not _names_units(evaluation.system, notation):
        return collect_numbers(evaluation)
    return _name_every_unit(evaluation, NamedEntries(evaluation.system, notation))


def _names_units(system: System, notation: Notation) -> bool:
    if not notation.named_units or "W" not in system.quantities or system.sample:
        return False
    first, kinds = (Integer(1),) * 3, system.quantities["W"].kinds
    return NamedEntries(system, notation).name_unit("W", first, kinds) is not None


def _name_every_unit(evaluation: Evaluation, arranger: NamedEntries) -> dict[str, Any]:
    system = evaluation.system
    parts: dict[str, Any] = {"cost": evaluation.array(system.cost), "forward": {}}
    for quantity in system.quantities.values():
        if quantity.role in FORWARD:
            parts["forward"] |= dict(_name_entries(evaluation, arranger, quantity, quantity.name))
    parts["forward"] |= _name_cost_terms(evaluation, arranger)
    delta: dict[str, Any] = {}
    gradients: dict[str, Any] = {}
    updated: dict[str, Any] = {}
    for name in ("z", *system.names("parameter")):
        quantity = system.quantities[name]
        if system.adjoint(name) in system.quantities:
            found = dict(_name_entries(evaluation, arranger, quantity, system.adjoint(name)))
            (delta if quantity.role == "pre-activation" else gradients).update(found)
        if updated_name(name) in system.quantities:
            updated |= dict(_name_entries(evaluation, arranger, quantity, updated_name(name)))
    found_parts = {"delta": delta, "gradients": gradients, "updated": updated}
    return parts | {key: part for key, part in found_parts.items() if part}


def _name_entries(
    evaluation: Evaluation, arranger: NamedEntries, quantity: Quantity, holder: str
) -> Iterator[tuple[str, Any]]:
    """Each entry of `holder` (W, its gradient, its update) under the name of the plain entry."""
    is_error = quantity.role == "pre-activation" and holder != quantity.name
    letter = "delta" if is_error else quantity.name
    for place in evaluation.world.places(quantity.axes):
        indices = tuple(Integer(place[a.symbol]) for a in quantity.axes)
        if quantity.name == "a" and indices[0] == 0:
            continue
        layout = arranger.name_unit(letter, indices, quantity.kinds)
        value = evaluation.world.look_up((holder, *map(int, indices)))
        yield spell(layout), value


def _name_cost_terms(evaluation: Evaluation, arranger: NamedEntries) -> dict[str, Any]:
    terms = split_cost(evaluation.system)
    if terms is None:
        return {}
    width = evaluation.world.value(terms.axes[0].high)
    letter = arranger.notation.letters.get("C", "C").partition("_")[0]
    return {
        f"{letter}_o{j}": evaluation.world.value(terms.rhs, {terms.axes[0].symbol: j})
        for j in range(1, width + 1)
    }


def tell_results(results: Mapping[str, Any], digits: int) -> str:
    """The same numbers as lines of text: a name and its number, part by part.

    >>> print(tell_results({"cost": 0.25, "forward": {"z1": [0.5, 1.0]}}, digits=3))
    cost  0.25
    <BLANKLINE>
    forward
      z1  [0.5, 1]
    """
    lines = [f"cost  {_tell(results['cost'], digits)}"]
    for part, numbers in results.items():
        if part == "cost":
            continue
        width = max(map(len, numbers))
        lines += ["", part]
        lines += [f"  {name:<{width}}  {_tell(value, digits)}" for name, value in numbers.items()]
    return "\n".join(lines)


def _tell(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_tell(v, digits) for v in value) + "]"
    return round_number(value, digits)
