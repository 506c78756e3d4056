"""What a text leaves open and everybody presumes: which activation σ is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symbackprop.functions import name_function
from symbackprop.lecture.letters import Letters, Unclear, spell
from symbackprop.lecture.survey import KNOWN, bare
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.reading import tree


def find_activations(
    letters: Letters, statements: Sequence[tree.Statement]
) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Letter of a function --> the activation that it is, and for those that are presumed the
    numbers of the statements that speak for it.

    1/(1 + e^{-z}) says that σ is the sigmoid; a(1 - a) for its slope says it too, and 1 - a^2 says
    tanh.
    """
    outputs = dict(_list_outputs(letters, statements))
    found: dict[str, str] = {}
    presumed: dict[str, list[int]] = {}
    for statement in statements:
        for function, activation in _read_definition(statement):
            found.setdefault(function, activation)
    said = set(found)
    for number, statement in enumerate(statements):
        if "sigma" in set(outputs.values()) - said and any(map(_is_logistic_loss, statement.sides)):
            found["sigma"] = "sigmoid"
            presumed.setdefault("sigma", []).append(number)
    for number, statement in enumerate(statements):
        for side in statement.sides:
            for node in tree.walk(side):
                for unit, activation in _read_slope(node):
                    own = _function_of(letters, unit, outputs)
                    if own is None or own in said:
                        continue
                    if found.setdefault(own, activation) == activation:
                        presumed.setdefault(own, []).append(number)
    return found, presumed


def make_function(name: tree.Name, known: Mapping[str, str]) -> Any | None:
    """The function of a letter that is a known activation; None for one that may be any."""
    if name.base not in known:
        return None
    row = ACTIVATIONS[known[name.base]]
    return name_function(row.name, row.formula, name.primes)


def _read_definition(statement: tree.Statement) -> Iterator[tuple[str, str]]:
    """σ(x) = 1/(1 + e^{-x})."""
    if len(statement.sides) < 2:
        return
    for left, right in zip(statement.sides, statement.sides[1:], strict=False):
        call, ratio = bare(left), bare(right)
        if (
            isinstance(call, tree.Call)
            and isinstance(call.function, tree.Name)
            and not call.function.primes
            and call.function.base not in KNOWN
            and isinstance(ratio, tree.Ratio)
            and _is_logistic(ratio)
        ):
            yield call.function.base, "sigmoid"


def _is_logistic(ratio: tree.Ratio) -> bool:
    return (
        spell(ratio).replace("(", "").startswith("1")
        and any(
            (isinstance(n, tree.Name) and n.base == "e" and "-" in spell(n))
            or (isinstance(n, tree.Call) and spell(n.function) == "exp")
            for n in tree.walk(ratio.bottom)
        )
        and isinstance(bare(ratio.top), tree.Number)
    )


def _list_outputs(
    letters: Letters, statements: Sequence[tree.Statement]
) -> Iterator[tuple[str, str]]:
    """Arrays with the letter of the function whose values they are: a of a = σ(z)."""
    for statement in statements:
        for left, right in zip(statement.sides, statement.sides[1:], strict=False):
            name, call = bare(left), bare(right)
            if (
                isinstance(name, tree.Name)
                and isinstance(call, tree.Call)
                and isinstance(call.function, tree.Name)
                and call.function.base not in KNOWN
            ):
                try:
                    yield letters.refer(name).family.name, call.function.base
                except Unclear:
                    continue


def _read_slope(node: tree.Node) -> Iterator[tuple[tree.Node, str]]:
    """X of X(1 - X) with "sigmoid", of 1 - X^2 with "tanh"."""
    if isinstance(node, tree.Call) and not node.certain and len(node.arguments) == 1:
        unit = _one_minus(node.arguments[0])
        if unit is not None and spell(unit) == spell(node.function):
            yield unit, "sigmoid"
    if isinstance(node, tree.Product):
        spelled = {spell(bare(f)) for f in node.factors}
        for factor in node.factors:
            unit = _one_minus(factor)
            if unit is not None and spell(unit) in spelled:
                yield unit, "sigmoid"
    unit = _one_minus(node)
    if isinstance(unit, tree.Name) and len(unit.upper) == 1 and spell(unit.upper[0].content) == "2":
        yield replace(unit, upper=()), "tanh"
    if isinstance(unit, tree.Power) and spell(unit.exponent) == "2":
        yield unit.base, "tanh"


def _is_logistic_loss(side: tree.Node) -> bool:
    """y log a + (1 - y) log(1 - a): the outputs are probabilities."""
    return any(
        isinstance(n, tree.Call)
        and isinstance(n.function, tree.Name)
        and n.function.base in ("log", "ln")
        and len(n.arguments) == 1
        and _one_minus(n.arguments[0]) is not None
        for n in tree.walk(side)
    )


def _one_minus(node: tree.Node) -> tree.Node | None:
    total = bare(node)
    if not isinstance(total, tree.Total) or len(total.terms) != 2:
        return None
    (_, one), (sign, unit) = total.terms
    if sign != "-" or not isinstance(one, tree.Number) or one.value != 1:
        return None
    return bare(unit)


def _function_of(letters: Letters, unit: tree.Node, outputs: Mapping[str, str]) -> str | None:
    inner = bare(unit)
    if isinstance(inner, tree.Call) and isinstance(inner.function, tree.Name):
        base = inner.function.base
        return base if base not in KNOWN else None
    if isinstance(inner, tree.Name):
        try:
            return outputs.get(letters.refer(inner).family.name)
        except Unclear:
            return None
    return None
