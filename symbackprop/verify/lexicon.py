"""What the letters of a text stand for: a -> activation, s -> pre-activation, theta -> sigma."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symbackprop.read import tree

# letters of the standard multilayer network --> its quantities
STANDARD: dict[str, str] = {
    "a": "a", "A": "a", "z": "z", "Z": "z", "w": "W", "W": "W", "b": "b", "B": "b",
    "x": "x", "X": "x", "y": "y", "Y": "y", "C": "C", "delta": "delta",
}
ACTIVATION_LETTERS = frozenset({"sigma", "f", "g", "phi", "varphi", "theta", "varsigma"})
CONSTANTS = frozenset({"eta", "alpha", "mu", "lambda", "epsilon"})
# letters that count entries, samples or steps, where a sum does not say so
INDEX_LETTERS = frozenset("ijkmnpqrt")
# words that texts use for one another
SYNONYMS = {"output": "out", "salida": "out", "objetivo": "target"}
# layers of the networks in which formulas are tried, where none are declared
DEPTH = 4
LAYERED = frozenset({"a", "z", "W", "b", "delta"})
# how many neuron indices a quantity has
RANKS = {"a": 1, "z": 1, "W": 2, "b": 1, "x": 1, "y": 1, "delta": 1, "C": 0}


@dataclass(frozen=True)
class Lexicon:
    """One text's letters for the quantities of a layered network.

    `presumed` says in words what the text left open; with `declared` the activation and the cost
    are given, and not looked for in the text.
    """

    quantities: Mapping[str, str] = field(default_factory=lambda: dict(STANDARD))
    functions: frozenset[str] = ACTIVATION_LETTERS
    activation: str = "sigma"
    cost: str = "half-sse"
    bias: str = "neuron"
    depth: int = DEPTH
    presumed: tuple[str, ...] = ()
    declared: bool = False

    def find(self, name: tree.Name) -> str | None:
        """The quantity of a name, or None for one that is no quantity of the network."""
        if name.accent == "hat" and self.quantities.get(name.base) == "y":
            return "a"
        return self.quantities.get(name.base)


def learn(formulas: Iterable[tree.Formula], lexicon: Lexicon | None = None) -> Lexicon:
    """What a text's own definitions say of its letters, its activation and its cost.

    z^l = W^l a^{l-1} + b^l, x^l = theta(s^l), C = 1/2 sum (y - a)^2 are recognised, wherever they
    stand.
    """
    lexicon = lexicon or Lexicon()
    statements = [s for f in formulas for s in f.statements]
    for statement in statements:
        lexicon = _learn_activation_letters(statement, lexicon)
    for statement in statements:
        lexicon = _learn_weighted_sum(statement, lexicon)
    for statement in statements:
        lexicon = _learn_cost_letter(statement, lexicon)
    if not any(_mentions_bias(s, lexicon) for s in statements):
        lexicon = replace(lexicon, bias="none")
    if lexicon.declared:
        return lexicon
    presumed = list(lexicon.presumed)
    activation = _find_activation(statements)
    if activation is None:
        presumed.append("any activation σ")
    cost = _find_cost(statements, lexicon)
    if cost is None:
        presumed.append("the cost ½ Σ (y − a)²")
    return replace(
        lexicon,
        activation=activation or "sigma",
        cost=cost or "half-sse",
        presumed=tuple(presumed),
    )


def declares_one_neuron(statements: Iterable[tree.Statement], lexicon: Lexicon) -> bool:
    """Whether the cost is written for one output: C_0 = (a^L - y)^2, no sum, index or norm."""
    for statement in statements:
        sides = _sides(statement)
        if sides is None or not isinstance(sides[0], tree.Name):
            continue
        if lexicon.quantities.get(sides[0].base) == "C" and _classify_cost(sides[1]):
            nodes = list(tree.walk(sides[1]))
            return not any(
                isinstance(n, tree.Sum)
                or (isinstance(n, tree.Group) and n.bracket == "||")
                or (isinstance(n, tree.Name) and n.lower)
                for n in nodes
            )
    return False


def _sides(statement: tree.Statement) -> tuple[tree.Node, tree.Node] | None:
    if len(statement.sides) < 2 or statement.signs[0] not in ("=", ":=", "leftarrow"):
        return None
    return statement.sides[0], statement.sides[1]


def _learn_activation_letters(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """x^{(l)} = theta(s^{(l)}): x is the activation, s the pre-activation, theta the function."""
    sides = _sides(statement)
    if sides is None:
        return lexicon
    left, right = sides
    if isinstance(left, tree.Call) or isinstance(right, tree.Name):
        left, right = right, left
    if not (isinstance(left, tree.Name) and isinstance(right, tree.Call) and left.upper):
        return lexicon
    function, argument = right.function, right.arguments[0]
    if not (isinstance(function, tree.Name) and isinstance(argument, tree.Name)):
        return lexicon
    if left.upper != () and _same_layer(left, argument) and right.certain:
        letters = {**lexicon.quantities, left.base: "a", argument.base: "z"}
        return replace(lexicon, quantities=letters,
                       functions=lexicon.functions | {function.base})
    return lexicon


def _same_layer(one: tree.Name, other: tree.Name) -> bool:
    return [spell(s.content) for s in one.upper] == [spell(s.content) for s in other.upper]


def _learn_weighted_sum(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """s^l = W^l x^{l-1} + b^l: what stands alone on the left is the pre-activation."""
    sides = _sides(statement)
    if sides is None or not isinstance(sides[0], tree.Name) or not sides[0].upper:
        return lexicon
    left, right = sides
    found = {lexicon.quantities.get(n.base) for n in tree.walk(right) if isinstance(n, tree.Name)}
    if {"W", "a"} <= found and "z" not in found and not any(
        isinstance(n, tree.Call | tree.Derivative) for n in tree.walk(right)
    ) and lexicon.quantities.get(left.base) not in ("a", "delta", "W", "b"):
        return replace(lexicon, quantities={**lexicon.quantities, left.base: "z"})
    return lexicon


def _mentions_bias(statement: tree.Statement, lexicon: Lexicon) -> bool:
    """A text that writes z = W a, and no bias anywhere, has none (or has folded it in)."""
    return any(
        isinstance(n, tree.Name) and lexicon.quantities.get(n.base) in ("b", "z")
        and (lexicon.quantities.get(n.base) == "b" or n.base == "z")
        for side in statement.sides
        for n in tree.walk(side)
    )


def _learn_cost_letter(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """e = (x^L - y)^2: the letter of the cost."""
    sides = _sides(statement)
    if sides is None or len(sides) < 2:
        return lexicon
    left = sides[0].function if isinstance(sides[0], tree.Call) else sides[0]
    if not isinstance(left, tree.Name) or left.base in lexicon.quantities:
        return lexicon
    found = {lexicon.quantities.get(n.base) for n in tree.walk(sides[1])
             if isinstance(n, tree.Name)}
    if {"a", "y"} <= found and _classify_cost(sides[1]) is not None:
        return replace(lexicon, quantities={**lexicon.quantities, left.base: "C"})
    return lexicon


def _find_activation(statements: list[tree.Statement]) -> str | None:
    """sigmoid where a text writes 1/(1 + e^-x); tanh and max(0, x) where it names them."""
    for statement in statements:
        for side in statement.sides:
            for node in tree.walk(side):
                if isinstance(node, tree.Ratio) and _is_sigmoid(node):
                    return "sigmoid"
    return None


def _is_sigmoid(node: tree.Ratio) -> bool:
    bottom = node.bottom
    if not isinstance(bottom, tree.Total) or len(bottom.terms) != 2:
        return False
    return any(
        (isinstance(t, tree.Name) and t.base == "e" and t.upper)
        or (isinstance(t, tree.Call) and getattr(t.function, "base", "") == "exp")
        for _, t in bottom.terms
    ) and any(isinstance(t, tree.Number) and t.value == 1 for _, t in bottom.terms)


def _find_cost(statements: list[tree.Statement], lexicon: Lexicon) -> str | None:
    """half-sse, sse or a cross-entropy, from the definition of the cost."""
    for statement in statements:
        sides = _sides(statement)
        if sides is None:
            continue
        left = sides[0].function if isinstance(sides[0], tree.Call) else sides[0]
        if not isinstance(left, tree.Name) or lexicon.quantities.get(left.base) != "C":
            continue
        kind = _classify_cost(sides[1])
        if kind is not None:
            return kind
    return None


def _classify_cost(right: tree.Node) -> str | None:
    nodes = list(tree.walk(right))
    squares = [
        n
        for n in nodes
        if isinstance(n, tree.Power) and isinstance(n.exponent, tree.Number)
        and n.exponent.value == 2
    ]
    if not squares or any(isinstance(n, tree.Derivative) for n in nodes):
        return None
    halved = any(
        isinstance(n, tree.Ratio)
        and isinstance(n.bottom, tree.Number)
        and n.bottom.value == 2
        for n in nodes
    )
    return "half-sse" if halved else "sse"


def list_names(node: tree.Node) -> Iterator[tree.Name]:
    """The names of a formula; h1 in net_{h1} is a part of a name, x in e^{x} is one itself."""
    if isinstance(node, tree.Name):
        yield node
        if node.base == "e":
            for script in node.upper:
                yield from list_names(script.content)
        return
    for child in tree.list_children(node):
        yield from list_names(child)


def spell(node: tree.Node) -> str:
    """A short canonical spelling of a name or an index, for comparing and as a key.

    >>> spell(tree.Name((0, 1), "w", lower=(tree.Script(tree.Number((2, 3), 5)),)))
    'w_5'
    """
    match node:
        case tree.Name():
            upper = "".join(f"^{s.bracket}{spell(s.content)}" for s in node.upper)
            lower = "".join(f"_{spell(s.content)}" for s in node.lower)
            marks = "'" * node.primes + node.star + (f"~{node.accent}" if node.accent else "")
            return SYNONYMS.get(node.base, node.base) + upper + lower + marks
        case tree.Number():
            return str(node.value)
        case tree.Total():
            return "".join(sign + spell(term) for sign, term in node.terms)
        case tree.Group():
            return f"({spell(node.body)})"
        case tree.Words():
            return node.text
    return f"{type(node).__name__}({', '.join(spell(c) for c in tree.list_children(node))})"
