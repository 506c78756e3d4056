"""Numbers for a declared network, each under the name that its notation gives it."""

from __future__ import annotations

import cmath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Integer, Symbol

from symbackprop.derivation.updates import LEARNING_RATE
from symbackprop.derivation.views import split_cost
from symbackprop.equations import (
    GIVEN,
    Quantity,
    Role,
    System,
    entry,
    indices_of,
    name_of,
    split_adjoint,
    updated_name,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.network.declared import Declared
from symbackprop.notation import Notation
from symbackprop.number_types import DOUBLE, Number, UndefinedError
from symbackprop.partials import Direct, Partial
from symbackprop.printing.numbers import round_number
from symbackprop.printing.requests import DIGITS
from symbackprop.printing.text import spell
from symbackprop.printing.units import NamedEntries
from symbackprop.semantics import Key
from symbackprop.worlds import Arithmetic, World, build_world

Nested = Any


@dataclass(frozen=True)
class Evaluation:
    """A world of a derived system with the declared numbers, everything computed on demand."""

    system: System
    world: World

    def number(self, quantity: Expr, place: Mapping[Symbol, int] | None = None) -> Number:
        """The value of one entry, or of the partial derivative of one entry by another.

        Raises:
            InputError: the entry has no value with these numbers, or none that a double holds.
        """
        try:
            number = self.world.value(quantity, place)
        except UndefinedError as error:
            where = _say_place(quantity, place)
            raise InputError(f"{where} has no value with these numbers: {error}") from None
        if not cmath.isfinite(number):
            raise InputError(f"{_say_place(quantity, place)} is {number} with these numbers")
        return number

    def run_forward(self) -> None:
        """Compute the forward pass in its order, so that what has no value is told by its name."""
        for equation in self.system.select("forward"):
            for place in self.world.places(equation.axes):
                self.number(equation.lhs, place)

    def array(self, name: str, layer: int | None = None) -> Nested:
        """All entries of a quantity as nested lists, of one layer where it has layers."""
        quantity = self.system.quantities[name]
        fixed = {} if layer is None else {quantity.axes[0].symbol: layer}
        return self._nest(quantity, fixed, 0 if layer is None else 1)

    def _nest(self, quantity: Quantity, place: dict, depth: int) -> Nested:
        if depth == len(quantity.axes):
            return self.number(quantity.at(*(a.symbol for a in quantity.axes)), place)
        axis = quantity.axes[depth]
        low, high = (int(self.world.value(e, place)) for e in (axis.low, axis.high))
        return [
            self._nest(quantity, {**place, axis.symbol: index}, depth + 1)
            for index in range(low, high + 1)
        ]


def _say_place(quantity: Expr, place: Mapping[Symbol, int] | None) -> str:
    return str(quantity.xreplace({s: Integer(i) for s, i in (place or {}).items()}))


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


def collect_numbers(evaluation: Evaluation, everything: bool = False) -> dict[str, Any]:
    """Everything that `evaluate` shows, as arrays by name: W1, b1, z1, a1, ...

    The keys are cost, forward, delta, gradients and updated, and with `everything` the gradients
    of intermediates and inputs; a part that the system does not have is left out.
    """
    system = evaluation.system
    parts: dict[str, Any] = {"cost": evaluation.array(system.cost)}
    forward: tuple[Role, ...] = ("pre-activation", "activation", "sample cost", "intermediate")
    parts["forward"] = dict(list_arrays(evaluation, forward))
    for name in system.quantities:
        split = split_adjoint(name)
        part = _choose_part(system, split[1], everything) if split else None
        if split is None or part is None:
            continue
        shown = "delta" if part == "delta" and len(_list_errors(system)) == 1 else split[1]
        found = _rename(_array(evaluation, name), name, shown)
        parts[part] = parts.get(part, {}) | found
    updated = {key.replace("⁺", ""): v for key, v in list_arrays(evaluation, ("updated",))}
    return _in_order(parts | {"updated": updated})


PARTS = (
    "cost",
    "forward",
    "delta",
    "gradients",
    "intermediate gradients",
    "input gradients",
    "updated",
)


def _choose_part(system: System, name: str, everything: bool) -> str | None:
    """Where the derivative by a quantity is listed; None where it is not."""
    role = system.quantities[name].role
    if role == "pre-activation":
        return "delta"
    if role == "parameter" or (role == "input" and not system.names("parameter")):
        return "gradients"
    if not everything:
        return None
    return "input gradients" if role == "input" else "intermediate gradients"


def _list_errors(system: System) -> list[str]:
    return [n for n in system.names("pre-activation") if system.adjoint(n) in system.quantities]


def _in_order(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: parts[name] for name in PARTS if name == "cost" or parts.get(name)}


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
    """A system with the numbers of its declaration, its forward pass computed.

    Raises:
        InputError: the declaration has no values, or a formula is undefined for them.
    """
    if not declared.values:
        raise InputError(
            f"{declared.title}: there are no values to work with; add a [values] table to the "
            f"file, or in Python give evaluate(net, values)"
        )
    generic = [
        f.spelling
        for equation in system.select("forward")
        for f in equation.rhs.atoms(NamedFunction)
        if f.formula is None
    ]
    if generic:
        raise InputError(
            f"{declared.title}: {generic[0]} has no formula to work out; give the network an "
            f"activation such as sigmoid"
        )
    found = evaluate_system(system, declared.values, declared.learning_rate, traced)
    try:
        found.run_forward()
    except InputError as error:
        raise InputError(f"{declared.title}: {error}") from None
    return found


class Numbers:
    """The numbers of what is declared, computed when they are asked for."""

    declared: Declared

    @property
    def system(self) -> System:
        raise NotImplementedError

    @cached_property
    def evaluation(self) -> Evaluation:
        """All numbers, where the declaration has values."""
        return evaluate_declared(self.declared, self.system)

    @cached_property
    def slopes(self) -> Evaluation:
        """The same numbers with the derivative of any entry by any other."""
        return evaluate_declared(self.declared, self.declared.system, traced=True)

    def require_values(self) -> None:
        """Say so where the declaration has no values."""
        self.evaluation  # noqa: B018

    def number(self, expression: Expr, place: Mapping[Symbol, int] | None = None) -> Number:
        """The number of an expression, also of the partial derivative of one entry by another."""
        source = self.slopes if isinstance(expression, Partial | Direct) else self.evaluation
        return source.number(expression, place)


# --- the names of a notation -------------------------------------------------------------------

FORWARD = ("pre-activation", "activation", "intermediate")


def name_results(
    evaluation: Evaluation, notation: Notation, everything: bool = False
) -> dict[str, Any]:
    """The numbers as a tree for JSON: cost, forward, delta, gradients, updated.

    Arrays by name (W1, b1, z1); where the notation names every unit, one number for each name
    (w1, net_h1, out_o1).
    """
    if not _names_units(evaluation.system, notation):
        return collect_numbers(evaluation, everything)
    return _name_every_unit(evaluation, NamedEntries(evaluation.system, notation), everything)


def _names_units(system: System, notation: Notation) -> bool:
    if not notation.named_units or "W" not in system.quantities or system.sample:
        return False
    first, kinds = (Integer(1),) * 3, system.quantities["W"].kinds
    return NamedEntries(system, notation).name_unit("W", first, kinds) is not None


def _name_every_unit(
    evaluation: Evaluation, arranger: NamedEntries, everything: bool
) -> dict[str, Any]:
    system = evaluation.system
    parts: dict[str, Any] = {"cost": evaluation.array(system.cost), "forward": {}}
    for quantity in system.quantities.values():
        if quantity.role in FORWARD:
            parts["forward"] |= dict(_name_entries(evaluation, arranger, quantity, quantity.name))
    parts["forward"] |= _name_cost_terms(evaluation, arranger)
    for name, quantity in system.quantities.items():
        holders: list[tuple[str, str | None]] = [(updated_name(name), "updated")]
        if quantity.role not in ("cost", "sample cost", "constant", "target"):
            holders.append((system.adjoint(name), _choose_part(system, name, everything)))
        for holder, part in holders:
            if part and holder in system.quantities:
                found = dict(_name_entries(evaluation, arranger, quantity, holder))
                parts[part] = parts.get(part, {}) | found
    return _in_order(parts)


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
        yield spell(layout), evaluation.number(entry(holder, indices))


def _name_cost_terms(evaluation: Evaluation, arranger: NamedEntries) -> dict[str, Any]:
    terms = split_cost(evaluation.system)
    if terms is None:
        return {}
    width = evaluation.world.value(terms.axes[0].high)
    letter = arranger.notation.letters.get("C", "C").partition("_")[0]
    return {
        f"{letter}_o{j}": evaluation.number(terms.rhs, {terms.axes[0].symbol: j})
        for j in range(1, width + 1)
    }


def tell_results(results: Mapping[str, Any], digits: int | None = None) -> str:
    """The same numbers as lines of text: a name and its number, part by part.

    >>> print(tell_results({"cost": 0.25, "forward": {"z1": [0.5, 1.0]}}, digits=3))
    cost  0.25
    <BLANKLINE>
    forward
      z1  [0.5, 1]
    """
    digits = digits or DIGITS
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
