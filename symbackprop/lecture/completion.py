"""What a text leaves open and everybody presumes: which activation σ is, on what a loss depends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Integer, Sum

from symbackprop.equations import Equation, Quantity, entry, find_entries, indices_of, name_of
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


# --- functions of which a text only writes slopes -------------------------------------------------


@dataclass
class Dependence:
    """What each name of a system reads, and what it rests on through all of them."""

    reads: dict[str, set[str]]

    def find(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for other in self.reads.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def list_nearest(self, name: str, names: Iterable[str]) -> list[str]:
        """Those of some names on which no other of them rests, and none on `name` itself."""
        found = [n for n in names if name != n and name not in self.find(n)]
        return [n for n in found if not any(n in self.find(other) for other in found if other != n)]


def presume_functions(
    quantities: dict[str, Quantity],
    equations: Sequence[Equation],
    slopes: Mapping[str, Iterable[str]],
    last: Expr,
) -> Iterator[Equation]:
    """What is differentiated and never defined is any function of what it is differentiated by.

    `slopes` has the names that something is differentiated by: ∂L/∂p and ∂L/∂x --> L: p, x. Where
    p rests on x, L is a function of p alone. To the first order any function is a sum of slopes
    times its arguments; of the layers of an argument the `last` counts.
    """
    dependence = Dependence({})
    for equation in equations:
        names = {name_of(e) for e in find_entries(equation.rhs)}
        dependence.reads.setdefault(equation.name, set()).update(names)
    open_ = [name for name in slopes if name not in dependence.reads and name in quantities]
    while open_:
        # first what no other open one is differentiated by: p before the L that reads it
        name = next((n for n in open_ if not set(slopes[n]) - {n} & set(open_)), open_[0])
        open_.remove(name)
        nearest = dependence.list_nearest(name, [n for n in slopes[name] if n in quantities])
        if nearest:
            dependence.reads[name] = set(nearest)
            quantities[name] = replace(quantities[name], role="intermediate")
            yield _add_slopes(quantities, name, nearest, last)


def presume_cost(
    quantities: dict[str, Quantity],
    equations: Sequence[Equation],
    cost: str,
    by: Iterable[str],
    last: Expr,
) -> Equation | None:
    """Any function of the last output of a text; None where it is differentiated `by` nothing that
    this rests on."""
    read = {
        name_of(e): indices_of(e)
        for q in equations
        for e in find_entries(q.rhs)
        if name_of(e) in quantities
    }
    outputs = [e.name for e in equations if e.name not in read] or [
        e.name
        for e in equations
        if quantities[e.name].axes and read[e.name] and read[e.name][0].is_Add
    ]
    reads: dict[str, set[str]] = {}
    for equation in equations:
        reads.setdefault(equation.name, set()).update(map(name_of, find_entries(equation.rhs)))
    chosen = outputs[-1:]
    rests = set(chosen).union(*map(Dependence(reads).find, chosen))
    known = [name for name in by if name in quantities]
    if known and not rests.intersection(known):
        return None
    return _add_slopes(quantities, cost, chosen, last)


def _add_slopes(
    quantities: dict[str, Quantity], name: str, arguments: Iterable[str], last: Expr
) -> Equation:
    """L = Σ_j slope_j p_j."""
    own = quantities[name].axes if name in quantities else ()
    layer = next((a.symbol for a in own if a.kind == "layer"), last)
    total: Expr = Integer(0)
    for argument in arguments:
        axes = quantities[argument].axes
        at = {a.symbol: layer for a in axes if a.kind == "layer"}
        summed = tuple(replace(a, high=a.high.xreplace(at)) for a in axes if a.kind != "layer")
        slopes = Quantity(f"slope_{name}_{argument}", "input", (*own, *summed))
        quantities[slopes.name] = slopes
        term = entry(slopes.name, [a.symbol for a in (*own, *summed)])
        term *= entry(argument, [a.symbol for a in axes]).xreplace(at)
        for axis in summed:
            term = Sum(term, (axis.symbol, axis.low, axis.high))
        total = total + term
    left = entry(name, [a.symbol for a in own])
    return Equation(left, total, own)
