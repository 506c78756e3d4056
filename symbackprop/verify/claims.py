"""Judging what is not about layers: graphs, definitions, values, updates, gradients as lists."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.read import tree
from symbackprop.verify.arithmetic import (
    ArithmeticProblem,
    evaluate_interval,
    is_numeric,
    match_value,
)
from symbackprop.verify.compare import Outcome
from symbackprop.verify.graphs import (
    Definition,
    GraphScene,
    differ_by_one_name,
)
from symbackprop.verify.judgement import (
    NO_VALUE,
    Counterexample,
    Judgement,
    say_briefly,
    say_not_checkable,
)
from symbackprop.verify.lexicon import (
    list_names,
    spell,
)
from symbackprop.verify.meaning import (
    Meaningless,
    State,
    evaluate,
)
from symbackprop.verify.shapes import ShapeClash, agree
from symbackprop.verify.text import ONE_NEURON, SEEDS, Text, find_prime

# Numbers that a text gives are rounded themselves: a result may differ by so much of itself.
INPUTS_ROUNDED = 1e-4
INPUTS_DOUBTFUL = 1e-2


def judge_definition(text: Text, own: Definition) -> Judgement:
    """A name's first definition declares it; a later one must say the same."""
    try:
        for scene in text.graphs:
            evaluate(own.body, State(scene, ONE_NEURON, budget=text.budget))
    except (Meaningless, ShapeClash) as problem:
        return say_not_checkable(str(problem))
    earlier = [d for n, d in text.found if n < text.place and d.name == own.name]
    if any(differ_by_one_name(d.body, own.body) for d in earlier):
        return Judgement(
            "wrong",
            message=f"{own.name} was defined with another name in one place",
            code="BP205",
        )
    return Judgement("holds", "definition")


def judge_value(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    """A formula and a number: checkable where the text gives the numbers that it depends on."""
    symbols, numbers = (right, left) if is_numeric(left) else (left, right)
    if any(isinstance(n, tree.Derivative) for n in tree.walk(symbols)):
        constant = judge_graph(text, statement, left, right)
        if constant.verdict == "holds":
            return constant
    missing = sorted(_find_leaves(text, symbols, set()) - set(text.values))
    if missing:
        shown = ", ".join(missing[:4])
        return say_not_checkable(f"a value, and no number is given for {shown}", NO_VALUE)
    names = {spell(n) for n in list_names(symbols)}
    if not names & set(text.definitions):
        return say_not_checkable("a number that is given, not computed", NO_VALUE)
    given = {k: v for k, v in text.values.items() if k not in text.definitions}
    scene = GraphScene(text.definitions, 0, frozenset(), given)
    try:
        value = evaluate(symbols, State(scene, ONE_NEURON, budget=text.budget))
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


def _find_leaves(text: Text, node: tree.Node, seen: set[str]) -> set[str]:
    """The names that a formula rests on in the end: those without a definition."""
    leaves: set[str] = set()
    for name in list_names(node):
        if name.base in ("e", "pi") and spell(name) not in text.definitions:
            continue
        key = spell(name)
        if key in text.definitions and key not in seen:
            leaves |= _find_leaves(text, text.definitions[key].body, seen | {key})
        elif key not in text.definitions:
            leaves.add(key)
    return leaves


def judge_graph(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    outcome = _try_graph(text, left, right, find_prime(statement))
    if outcome is None:
        return Judgement("holds", "quantities of one number each", instances=len(SEEDS))
    if isinstance(outcome, Counterexample):
        loose = _find_loose_name(text, left, right) or _find_index(left, right)
        if loose is not None:
            return say_not_checkable(f"{loose} is not defined")
        return Judgement(
            "wrong",
            message=outcome.say(),
            code="BP100",
            counterexample=outcome.as_dict(),
        )
    return say_not_checkable(str(outcome))


def _find_index(left: tree.Node, right: tree.Node) -> str | None:
    """An index that no sum binds: outside of layers nothing is known of its range."""
    bound = {
        spell(n.index)
        for side in (left, right)
        for n in tree.walk(side)
        if isinstance(n, tree.Sum) and n.index is not None
    }
    for side in (left, right):
        for node in tree.walk(side):
            if isinstance(node, tree.Name):
                for script in node.lower:
                    letter = spell(script.content)
                    if len(letter) == 1 and letter.isalpha() and letter not in bound:
                        return f"what {spell(node)} ranges over"
    return None


def _find_loose_name(text: Text, left: tree.Node, right: tree.Node) -> str | None:
    """A name that no definition has to do with: it may be anything."""
    tied = set(text.sizes)
    for definition in text.definitions.values():
        tied |= {definition.name, *definition.parameters}
        tied |= {spell(n) for n in list_names(definition.body)}
    for side in (left, right):
        for node in list_names(side):
            if node.base not in ("e", "pi", "max", "exp", "log"):
                bare = replace(node, upper=(), primes=0)
                if spell(node) not in tied and spell(bare) not in tied:
                    return spell(node)
    return None


def find_unmodelled(statement: tree.Statement) -> str | None:
    """Vectors and matrices outside of a layered network are not modelled: as numbers, formulas
    with transposes would hold that do not."""
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Transposed | tree.Matrix | tree.Cases):
                return "vectors and matrices outside of layers, or cases"
            if isinstance(node, tree.Product) and {"odot", "circ", "otimes"} & set(node.signs):
                return "vectors and matrices outside of layers"
    return None


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
        return Judgement("holds", "definition of the gradient")
    return Judgement(
        "wrong",
        message=f"the gradient of {spell(bare)}, but derivatives of {', '.join(sorted(tops))}",
        code="BP100",
    )


def is_update(left: tree.Node, right: tree.Node) -> bool:
    """w' = w - eta ..., w_{t+1} = w_t - ..., w(k+1) = w(k) - ...: a new value of the same name."""
    if not isinstance(right, tree.Total) or len(right.terms) != 2:
        return False
    new, old = _base_of(left), _base_of(right.terms[0][1])
    return (
        new is not None
        and new == old
        and right.terms[1][0] == "-"
        and (spell(left) != spell(right.terms[0][1]))
    )


def _base_of(node: tree.Node) -> str | None:
    if isinstance(node, tree.Call):
        node = node.function
    return node.base if isinstance(node, tree.Name) else None


def judge_update(left: tree.Node, right: tree.Node) -> Judgement:
    """A step of gradient descent declares a new value; it has to go along its own gradient."""
    assert isinstance(right, tree.Total)
    step = right.terms[1][1]
    by = [_base_of(n.bottom) for n in tree.walk(step) if isinstance(n, tree.Derivative)]
    if any(base != _base_of(left) for base in by):
        return Judgement(
            "wrong",
            message=f"{_base_of(left)} is updated along the derivative by {by[0]}",
            code="BP100",
        )
    steps = [n for n in tree.walk(step) if isinstance(n, tree.Gradient)]
    if by or steps:
        return Judgement("holds", "update rule")
    return say_not_checkable("a new value, without the gradient", NO_VALUE)


def _try_graph(
    text: Text, left: tree.Node, right: tree.Node, primed_by: tree.Node | None = None
) -> Outcome:
    undefined = _undefined_alone(text, left, right)
    if undefined is not None:
        return undefined
    try:
        for scene in text.graphs:
            state = State(scene, ONE_NEURON, primed_by=primed_by, budget=text.budget)
            values = evaluate(left, state), evaluate(right, state)
            if not agree(*values):
                return Counterexample(scene.sizes_text, *values)
    except (Meaningless, ShapeClash) as problem:
        return problem
    return None


def _undefined_alone(text: Text, left: tree.Node, right: tree.Node) -> Meaningless | None:
    """Names that no definition ties to anything can be anything: then nothing can be checked."""
    tops = [n for side in (left, right) for n in tree.walk(side) if isinstance(n, tree.Derivative)]
    for derivative in tops:
        top = derivative.top
        if isinstance(top, tree.Name) and spell(top) not in text.definitions:
            return Meaningless(f"{spell(top)} is not defined")
    return None
