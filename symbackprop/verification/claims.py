"""Judging what is not about layers: graphs, definitions, values, updates, gradients as lists."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.reading import tree
from symbackprop.verification.arithmetic import (
    ArithmeticProblem,
    evaluate_interval,
    is_numeric,
    match_value,
)
from symbackprop.verification.definitions import Definition
from symbackprop.verification.graph_claims import judge_graph
from symbackprop.verification.graphs import GraphScene
from symbackprop.verification.judgement import (
    DEFINITION,
    GIVEN,
    NO_VALUE,
    UPDATE,
    Judgement,
    say_briefly,
    say_not_checkable,
    say_stated,
)
from symbackprop.verification.lexicon import (
    INDEX_LETTERS,
    list_names,
    spell,
)
from symbackprop.verification.meaning import (
    KNOWN,
    Meaningless,
    State,
    evaluate,
)
from symbackprop.verification.names import write_name
from symbackprop.verification.scopes import Scope
from symbackprop.verification.shapes import ShapeClash
from symbackprop.verification.text import NUMBERS, Text

# Numbers that a text gives are rounded themselves: a result may differ by so much of itself.
INPUTS_ROUNDED = 1e-4
INPUTS_DOUBTFUL = 1e-2


def is_change(node: tree.Node) -> bool:
    """Δw, Δw(k)."""
    return (_base_of(node) or "").startswith("Delta ")


def judge_value(text: Text, left: tree.Node, right: tree.Node) -> Judgement:
    """A formula and a number: checkable where the text gives the numbers that it depends on."""
    symbols, numbers = (right, left) if is_numeric(left) else (left, right)
    if isinstance(symbols, tree.Name) and symbols.base in INDEX_LETTERS and not symbols.lower:
        return say_stated(GIVEN)
    if any(isinstance(n, tree.Derivative) for n in tree.walk(symbols)):
        constant = judge_graph(text, left, right)
        if constant.verdict == "holds":
            return constant
    stated = {k: d for k, d in text.definitions.items() if not d.presumed}
    leaves = _find_leaves(stated, symbols, set())
    missing = sorted(set(leaves) - set(text.values))
    if missing:
        shown = ", ".join(write_name(leaves[name]) for name in missing[:4])
        return say_not_checkable(f"a value, and no number is given for {shown}", NO_VALUE)
    names = {spell(n) for n in list_names(symbols)}
    if not names & set(stated) or names & text.cases:
        return judge_given(text, symbols)
    given = {k: v for k, v in text.values.items() if k not in stated}
    scope = Scope(text.families, stated)
    scene = GraphScene(scope, 0, text.families.choose_lengths(), given)
    try:
        value = evaluate(symbols, State(scene, NUMBERS, budget=text.budget))
        printed = evaluate_interval(numbers)
    except (Meaningless, ShapeClash, ArithmeticProblem) as problem:
        return say_not_checkable(str(problem))
    computed = float(value.array.real) if value.rank == 0 else float("nan")
    middle = float((printed.low + printed.high) / 2)
    difference = abs(computed - middle) / max(abs(computed), 1e-12)
    if match_value(printed, computed) or difference < INPUTS_ROUNDED:
        return Judgement("holds", "numbers", instances=1)
    if difference < INPUTS_DOUBTFUL:
        return say_not_checkable("a value, and the numbers it rests on are rounded", NO_VALUE)
    return Judgement(
        "wrong",
        message=f"with the numbers that the text gives, this is {say_briefly(value)}",
        code="BP301",
    )


def judge_given(text: Text, symbols: tree.Node) -> Judgement:
    """A number for a name is given, and held against the one that was given before. Another
    number is another example: texts have several."""
    if not isinstance(symbols, tree.Name):
        return say_not_checkable(
            "a number is given for a formula; say what its letters are, or their numbers", NO_VALUE
        )
    values = text.list_values(spell(symbols))
    if len(values) > 1 and values[-1] in values[:-1]:
        return Judgement("holds", f"{GIVEN}, as before")
    return say_stated(GIVEN)


def _find_leaves(
    definitions: Mapping[str, Definition], node: tree.Node, seen: set[str]
) -> dict[str, tree.Name]:
    """The names that a formula rests on in the end: those without a definition, by their keys."""
    leaves: dict[str, tree.Name] = {}
    for name in list_names(node):
        if name.base in KNOWN and spell(name) not in definitions:
            continue
        key = spell(name)
        if key in definitions and key not in seen:
            leaves |= _find_leaves(definitions, definitions[key].body, seen | {key})
        elif key not in definitions:
            leaves[key] = name
    return leaves


def judge_gradient_list(left: tree.Gradient, right: tree.Node) -> Judgement | None:
    """∇C = (∂C/∂v_1, ∂C/∂v_2)^T: a list of the derivatives of the same quantity."""
    while isinstance(right, tree.Transposed | tree.Group):
        right = right.body
    if not isinstance(right, tree.Listed):
        return None
    if not all(isinstance(item, tree.Derivative) and item.top for item in right.items):
        return None
    tops = {spell(i.top) for i in right.items if isinstance(i, tree.Derivative) and i.top}
    bare = left.body.function if isinstance(left.body, tree.Call) else left.body
    if tops == {spell(bare)}:
        return say_stated(f"{DEFINITION} of the gradient")
    return Judgement(
        "wrong",
        message=f"the gradient of {write_name(bare)}, but derivatives of {', '.join(sorted(tops))}",
        code="BP100",
    )


def is_update(left: tree.Node, right: tree.Node) -> bool:
    """w' = w - eta ..., w_{t+1} = w_t - ..., w(k+1) = w(k) - ...: a new value of the same name;
    M(k+1) = mu M(k) - ... too. A step along a gradient is one, whatever it starts from."""
    if not isinstance(right, tree.Total) or len(right.terms) != 2:
        return False
    (_, old), (sign, step) = right.terms
    new = _base_of(left)
    if isinstance(left, tree.Call) and not _is_next_step(left):
        return False
    if new is None or spell(left) == spell(old) or sign not in "+-":
        return False
    if new in _list_bases(old):
        return sign == "-" or bool(_list_steps(step)) or _is_next_step(left)
    return _is_new(left) and bool(_list_steps(step)) and _base_of(old) is not None


def _list_bases(node: tree.Node) -> set[str | None]:
    """The names of an old value: of w(k), and of mu M(k)."""
    factors = node.factors if isinstance(node, tree.Product) else (node,)
    return {_base_of(f) for f in factors}


def _list_steps(node: tree.Node) -> list[tree.Node]:
    return [n for n in tree.walk(node) if isinstance(n, tree.Derivative | tree.Gradient)]


def _is_new(left: tree.Node) -> bool:
    """w(k+1), w_{t+1}, w', w^+."""
    if _is_next_step(left):
        return True
    return isinstance(left, tree.Name) and (
        left.primes > 0
        or left.star == "+"
        or any(isinstance(s.content, tree.Total) for s in left.lower)
    )


def _is_next_step(node: tree.Node) -> bool:
    """w(k + 1): a value at the next step."""
    return (
        isinstance(node, tree.Call)
        and len(node.arguments) == 1
        and isinstance(node.arguments[0], tree.Total)
        and len(node.arguments[0].terms) == 2
        and _base_of(node.arguments[0].terms[0][1]) in INDEX_LETTERS
        and isinstance(node.arguments[0].terms[1][1], tree.Number)
    )


def _base_of(node: tree.Node) -> str | None:
    if isinstance(node, tree.Call):
        node = node.function
    return node.base if isinstance(node, tree.Name) else None


def judge_update(left: tree.Node, right: tree.Node) -> Judgement:
    """A step of gradient descent declares a new value; it has to go down along its own gradient."""
    assert isinstance(right, tree.Total)
    (_, old), (sign, step) = right.terms
    own = _base_of(left)
    if own is None:
        return say_not_checkable("several things are updated at once")
    if own not in _list_bases(old):
        start = _base_of(old) or ""
        if start.lower() == own.lower():
            words = f"{own} and {start} are two spellings of one symbol"
            return Judgement("ill-formed", message=words, code="BP207")
        return Judgement("wrong", message=f"the new {own} starts from {start}", code="BP100")
    called = step.function if isinstance(step, tree.Call) else step
    by = [_base_of(n.bottom) for n in tree.walk(step) if isinstance(n, tree.Derivative)]
    keeps = isinstance(old, tree.Product)
    uphill = any(isinstance(n, tree.Gradient) for n in tree.walk(step)) and not keeps
    if sign == "+" and ((by and by[0] == own) or uphill):
        return Judgement("wrong", message=f"{own} is updated up along its gradient", code="BP105")
    if any(base != own for base in by) and not keeps:
        return Judgement(
            "wrong",
            message=f"{own or 'it'} is updated along the derivative by {by[0]}",
            code="BP100",
        )
    if by or _list_steps(step) or _is_next_step(left) or _base_of(called) == f"Delta {own}":
        return say_stated(UPDATE)
    return say_not_checkable("a new value, without the gradient", NO_VALUE)
