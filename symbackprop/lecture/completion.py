"""What a text leaves open and everybody presumes: which activation σ is, on what a loss depends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Sum, Symbol

from symbackprop.equations import Axis, Equation, Quantity, entry, find_entries, indices_of, name_of
from symbackprop.functions import name_function
from symbackprop.lecture.letters import Letters, spell
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
                reference = letters.find(name)
                if reference is not None:
                    yield reference.family.name, call.function.base


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
        reference = letters.find(inner)
        return outputs.get(reference.family.name) if reference is not None else None
    return None


# --- functions of which a text only writes slopes -------------------------------------------------


def find_dependencies(equations: Sequence[Equation]) -> dict[str, frozenset[str]]:
    """What every defined name depends on, through all equations; on itself where it recurs."""
    reads: dict[str, set[str]] = {}
    for equation in equations:
        names = {name_of(e) for e in find_entries(equation.rhs)}
        reads.setdefault(equation.name, set()).update(names)
    found: dict[str, frozenset[str]] = {}
    for name in reads:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for other in reads.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        found[name] = frozenset(seen)
    return found


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
    made = list(equations)
    open_ = [name for name in slopes if name in quantities]
    while open_:
        # first what no other open one is differentiated by: p before the L that reads it
        name = next((n for n in open_ if not set(slopes[n]) - {n} & set(open_)), open_[0])
        open_.remove(name)
        depends = find_dependencies(made)
        by = [n for n in slopes[name] if n in quantities and name not in depends.get(n, ())]
        nearest = [n for n in by if n != name and not any(n in depends.get(o, ()) for o in by)]
        if nearest:
            quantities[name] = replace(quantities[name], role="intermediate")
            made.append(_add_slopes(quantities, name, nearest, last))
            yield made[-1]


def presume_cost(
    quantities: dict[str, Quantity],
    equations: Sequence[Equation],
    cost: str,
    slopes: frozenset[str],
    last: Expr,
    alone: bool = False,
) -> Equation:
    """Any function of the outputs is, to the first order, a sum of slopes times outputs.

    Where a claim says slopes of the cost, it depends on the outputs that follow from the last of
    what these are by, or on these `alone`; a text uses nothing before it has said what it is.
    """
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
    depends = find_dependencies(equations)
    known = [name for name in slopes if name in quantities]
    nearest = {q for q in known if not any(q in depends.get(o, ()) for o in known if o != q)}
    order = {e.name: number for number, e in enumerate(equations)}
    following = [
        o
        for o in outputs
        if o in nearest
        or any(order.get(q, -1) < order[o] for q in depends.get(o, frozenset()) & nearest)
    ]
    if alone:
        following = []
    # what each step brings forth counts at every step, what comes back only at the last
    is_last = not nearest or any(q in depends.get(q, ()) for q in nearest)
    total: Expr = Integer(0)
    for name in dict.fromkeys(following or sorted(nearest) or outputs[-1:]):
        places = [e.indices[0] for e in equations if e.name == name and e.indices]
        is_numbered = bool(places) and all(place.is_Integer for place in places)
        end = max(places) if is_numbered else last
        total = total + _weigh(quantities, cost, name, end if is_last else None)
    return Equation(Symbol(cost), total)


def _add_slopes(
    quantities: dict[str, Quantity], name: str, arguments: Iterable[str], last: Expr
) -> Equation:
    """p_j = Σ_i slope_ji x_i, at one layer where p has layers."""
    own = quantities[name].axes
    layer = next((a.symbol for a in own if a.kind == "layer"), last)
    total: Expr = Integer(0)
    for argument in arguments:
        total = total + _weigh(quantities, name, argument, layer, own)
    return Equation(entry(name, [a.symbol for a in own]), total, own)


def _weigh(
    quantities: dict[str, Quantity],
    name: str,
    argument: str,
    layer: Expr | None,
    own: tuple[Axis, ...] = (),
) -> Expr:
    """The sum of all entries of an array, each with a slope of its own; of its layers one counts,
    or all."""
    quantity = quantities[argument]
    at = {a.symbol: layer for a in quantity.axes if a.kind == "layer" and layer is not None}
    summed = tuple(
        replace(a, high=a.high.xreplace(at)) for a in quantity.axes if a.symbol not in at
    )
    slopes = Quantity(f"slope_{name}_{argument}", "input", (*own, *summed))
    quantities[slopes.name] = slopes
    term = entry(slopes.name, [a.symbol for a in (*own, *summed)])
    term *= entry(argument, [a.symbol for a in quantity.axes]).xreplace(at)
    for axis in reversed(summed):
        term = Sum(term, (axis.symbol, axis.low, axis.high))
    return term
