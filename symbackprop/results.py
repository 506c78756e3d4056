"""What `evaluate` says: every number under the name that the notation gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import Integer

from symbackprop.derive.updates import updated_name
from symbackprop.derive.views import split_cost
from symbackprop.equations import Quantity, System
from symbackprop.evaluation import Evaluation, collect_numbers
from symbackprop.notation import Notation
from symbackprop.show.arrange import Arranger, round_number
from symbackprop.show.layout import Layout, Letter, Listed, Number, Row, Scripted

FORWARD = ("pre-activation", "activation", "intermediate")


def name_results(evaluation: Evaluation, notation: Notation) -> dict[str, Any]:
    """The numbers as a tree for JSON: cost, forward, delta, gradients, updated.

    Arrays by name (W1, b1, z1); where the notation names every unit, one number for each name
    (w1, net_h1, out_o1).
    """
    if not _names_units(evaluation.system, notation):
        return collect_numbers(evaluation)
    return _name_every_unit(evaluation, Arranger(evaluation.system, notation))


def _names_units(system: System, notation: Notation) -> bool:
    if not notation.named_units or "W" not in system.quantities or system.sample:
        return False
    first, kinds = (Integer(1),) * 3, system.quantities["W"].kinds
    return Arranger(system, notation).name_unit("W", first, kinds) is not None


def _name_every_unit(evaluation: Evaluation, arranger: Arranger) -> dict[str, Any]:
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
    evaluation: Evaluation, arranger: Arranger, quantity: Quantity, holder: str
) -> Iterator[tuple[str, Any]]:
    """Each entry of `holder` (W, its gradient, its update) under the name of the plain entry."""
    is_error = quantity.role == "pre-activation" and holder != quantity.name
    letter = "delta" if is_error else quantity.name
    for place in evaluation.instance.places(quantity.axes):
        indices = tuple(Integer(place[a.symbol]) for a in quantity.axes)
        if quantity.name == "a" and indices[0] == 0:
            continue
        layout = arranger.name_unit(letter, indices, quantity.kinds)
        value = evaluation.instance.world.look_up((holder, *map(int, indices)))
        yield spell(layout), value


def _name_cost_terms(evaluation: Evaluation, arranger: Arranger) -> dict[str, Any]:
    terms = split_cost(evaluation.system)
    if terms is None:
        return {}
    width = evaluation.instance.value(terms.axes[0].high)
    letter = arranger.notation.letters.get("C", "C").partition("_")[0]
    return {
        f"{letter}_o{j}": evaluation.instance.value(terms.rhs, {terms.axes[0].symbol: j})
        for j in range(1, width + 1)
    }


def spell(layout: Layout | None) -> str:
    """A name without LaTeX: w with 5 below --> w5, net with h1 below --> net_h1.

    >>> spell(Scripted(Letter("w"), None, Number("5")))
    'w5'
    >>> spell(Scripted(Letter("out"), None, Letter("o1")))
    'out_o1'
    """
    match layout:
        case Scripted(base=base, lower=lower) if lower is not None:
            stem = spell(base)
            return f"{stem}_{spell(lower)}" if len(stem) > 1 else stem + spell(lower)
        case Scripted(base=base):
            return spell(base)
        case Letter(name=name):
            return name
        case Number(digits=digits):
            return digits
        case Row(parts=parts) | Listed(parts=parts):
            return "".join(map(spell, parts))
    raise TypeError(f"{layout} is not the name of a unit")


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


