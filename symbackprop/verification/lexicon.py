"""What the letters of a text stand for: a -> activation, s -> pre-activation, theta -> sigma."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symbackprop.network.activations import FUNCTIONS, Activation
from symbackprop.primitives import Primitive
from symbackprop.reading import tree
from symbackprop.verification.cost_forms import classify_cost

# letters of the standard multilayer network --> its quantities
STANDARD: dict[str, str] = {
    "a": "a",
    "A": "a",
    "z": "z",
    "Z": "z",
    "w": "W",
    "W": "W",
    "b": "b",
    "B": "b",
    "x": "x",
    "X": "x",
    "y": "y",
    "Y": "y",
    "C": "C",
    "delta": "delta",
}
ACTIVATION_LETTERS = frozenset({"sigma", "f", "g", "phi", "varphi", "theta", "varsigma"})
# words for activations of which all texts mean the same --> their names
NAMED_ACTIVATIONS = {
    word.lower(): row.name
    for word, row in FUNCTIONS.items()
    if (isinstance(row, Primitive) and row.arguments == 1 and row.differentiable)
    or (isinstance(row, Activation) and row.formula and row.differentiable and not row.varies)
}
CONSTANTS = frozenset({"eta", "alpha", "mu", "lambda", "epsilon"})
# letters that count entries, samples or steps, where a sum does not say so
INDEX_LETTERS = frozenset("ijkmnpqrt") | {"i'", "j'", "k'"}
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
    are given, and not looked for in the text. `output` is the activation of the last layer where
    it has one of its own. Where a text writes z^{l+1} = W^l a^l, its weights have a `shift` of 1;
    `first` is the number of the input layer.
    """

    quantities: Mapping[str, str] = field(default_factory=lambda: dict(STANDARD))
    functions: frozenset[str] = ACTIVATION_LETTERS
    activation: str = "sigma"
    cost: str = "half-sse"
    bias: str = "neuron"
    output: str | None = None
    shift: int = 0
    first: int = 0
    depth: int = DEPTH
    presumed: tuple[str, ...] = ()
    declared: bool = False

    def find(self, name: tree.Name) -> str | None:
        """The quantity of a name, or None for one that is no quantity of the network."""
        if name.accent and f"{name.base}~{name.accent}" in self.quantities:
            return self.quantities[f"{name.base}~{name.accent}"]
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
        lexicon = _learn_target(statement, lexicon)
    for statement in statements:
        lexicon = _learn_cost_letter(statement, lexicon)
    for statement in statements:
        lexicon = _learn_differentiated(statement, lexicon)
    lexicon = _learn_numbering(statements, lexicon)
    if not any(_mentions_bias(s, lexicon) for s in statements):
        lexicon = replace(lexicon, bias="none")
    if lexicon.declared:
        return lexicon
    presumed = list(lexicon.presumed)
    activation = _find_activation(statements, lexicon)
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
        if lexicon.quantities.get(sides[0].base) == "C" and classify_cost(sides[1], lexicon.find):
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
    if not right.arguments:
        return lexicon
    function, argument = right.function, right.arguments[0]
    if not (isinstance(function, tree.Name) and isinstance(argument, tree.Name)):
        return lexicon
    if function.primes or lexicon.quantities.get(left.base) == "delta":
        # a slope, not the activation
        return lexicon
    if left.upper != () and _same_layer(left, argument) and right.certain:
        letters = {**lexicon.quantities, left.base: "a", argument.base: "z"}
        return replace(lexicon, quantities=letters, functions=lexicon.functions | {function.base})
    return lexicon


def _same_layer(one: tree.Name, other: tree.Name) -> bool:
    return [spell(s.content) for s in one.upper] == [spell(s.content) for s in other.upper]


def _learn_weighted_sum(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """s^l = W^l x^{l-1} + b^l: what stands alone on the left is the pre-activation."""
    sides = _sides(statement)
    if sides is None or not isinstance(sides[0], tree.Name) or not sides[0].upper:
        return lexicon
    left, right = sides[0], sides[1]
    found = {lexicon.quantities.get(n.base) for n in tree.walk(right) if isinstance(n, tree.Name)}
    if (
        {"W", "a"} <= found
        and "z" not in found
        and not any(isinstance(n, tree.Call | tree.Derivative) for n in tree.walk(right))
        and lexicon.quantities.get(left.base) not in ("a", "delta", "W", "b")
    ):
        return replace(lexicon, quantities={**lexicon.quantities, left.base: "z"})
    return lexicon


def _mentions_bias(statement: tree.Statement, lexicon: Lexicon) -> bool:
    """A text that writes z = W a, and no bias anywhere, has none (or has folded it in)."""
    return any(
        isinstance(n, tree.Name)
        and lexicon.quantities.get(n.base) in ("b", "z")
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
    found = {
        lexicon.quantities.get(n.base) for n in tree.walk(sides[1]) if isinstance(n, tree.Name)
    }
    if {"a", "y"} <= found and classify_cost(sides[1], lexicon.find) is not None:
        return replace(lexicon, quantities={**lexicon.quantities, left.base: "C"})
    return lexicon


def _learn_target(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """E = 1/2 sum (t - a)^2: what the activation is compared with is the target."""
    sides = _sides(statement)
    if sides is None or any(isinstance(n, tree.Derivative) for n in tree.walk(sides[1])):
        return lexicon
    for node in tree.walk(sides[1]):
        if not isinstance(node, tree.Total) or len(node.terms) != 2:
            continue
        names = [t for _, t in node.terms if isinstance(t, tree.Name)]
        found = [lexicon.find(n) for n in names]
        if (
            len(names) == 2
            and found.count("a") >= 1
            and "y" not in found
            and (_is_squared(sides[1], node))
        ):
            other = names[0] if found[1] == "a" and not names[0].upper else names[1]
            if other.upper or (other.base in lexicon.quantities and not other.accent):
                continue
            key = f"{other.base}~{other.accent}" if other.accent else other.base
            return replace(lexicon, quantities={**lexicon.quantities, key: "y"})
    return lexicon


def _is_squared(side: tree.Node, inner: tree.Node) -> bool:
    return any(
        (isinstance(n, tree.Power) or (isinstance(n, tree.Group) and n.bracket in ("|", "||")))
        and any(part is inner for part in tree.walk(n))
        for n in tree.walk(side)
    )


def _learn_differentiated(statement: tree.Statement, lexicon: Lexicon) -> Lexicon:
    """∂J/∂W^l: what is differentiated by something of a layer, and has none, is the cost."""
    for node in (n for side in statement.sides for n in tree.walk(side)):
        if not isinstance(node, tree.Derivative) or not isinstance(node.bottom, tree.Name):
            continue
        top, by = node.top, node.bottom
        top = top.function if isinstance(top, tree.Call) else top
        if (
            not isinstance(top, tree.Name)
            or top.upper
            or top.lower
            or top.base in (lexicon.quantities)
        ):
            continue
        if top.base in lexicon.functions or top.base in CONSTANTS:
            continue
        if lexicon.quantities.get(by.base) in LAYERED and by.upper:
            return replace(lexicon, quantities={**lexicon.quantities, top.base: "C"})
    return lexicon


def _learn_numbering(statements: list[tree.Statement], lexicon: Lexicon) -> Lexicon:
    """z^{l+1} = W^l a^l + b^l: weights are numbered by the layer that they start from; and
    a^1 = x: layers are counted from 1. The first weighted sum counts."""
    stated = False
    for statement in statements:
        sides = _sides(statement)
        if sides is None or not isinstance(sides[0], tree.Name):
            continue
        left, right = sides[0], sides[1]
        quantity = lexicon.quantities.get(left.base)
        layer = _read_layer(left)
        for one, other in ((left, right), (right, left)):
            if (
                isinstance(one, tree.Name)
                and isinstance(other, tree.Name)
                and lexicon.quantities.get(one.base) == "a"
                and _read_layer(one) == ("", 1)
                and lexicon.quantities.get(other.base) == "x"
            ):
                lexicon = replace(lexicon, first=1)
        if quantity not in ("z", "a") or layer is None or not layer[0]:
            continue
        weights = [
            _read_layer(n) for n in list_names(right) if lexicon.quantities.get(n.base) == "W"
        ]
        if weights and not stated:
            stated = True
            lexicon = replace(lexicon, shift=int(weights[0] == (layer[0], layer[1] - 1)))
    return lexicon


def _read_layer(name: tree.Name) -> tuple[str, int] | None:
    """l + 1 --> ("l", 1), 2 --> ("", 2)."""
    if len(name.upper) != 1:
        return None
    content = name.upper[0].content
    match content:
        case tree.Number() if content.value.denominator == 1:
            return "", int(content.value)
        case tree.Name() if not (content.upper or content.lower):
            return content.base, 0
        case tree.Total(terms=((_, tree.Name() as letter), (sign, tree.Number() as step))):
            return letter.base, int(step.value) * (-1 if sign == "-" else 1)
    return None


def _find_activation(statements: list[tree.Statement], lexicon: Lexicon) -> str | None:
    """sigmoid where a text writes 1/(1 + e^-x), or σ' = σ(1 - σ); tanh where a^l = tanh(z^l)."""
    nodes = [n for s in statements for side in s.sides for n in tree.walk(side)]
    if any(isinstance(n, tree.Ratio) and _is_sigmoid(n) for n in nodes):
        return "sigmoid"
    if any(states_slope_of_sigmoid(s) for s in statements):
        return "sigmoid"
    for statement in statements:
        sides = _sides(statement)
        if sides is None or not isinstance(sides[0], tree.Name):
            continue
        left, right = sides[0], sides[1]
        layer = _read_layer(left)
        if (
            lexicon.quantities.get(left.base) == "a"
            and layer is not None
            and layer[0]
            and (isinstance(right, tree.Call))
        ):
            named = getattr(right.function, "base", "").lower()
            if named in NAMED_ACTIVATIONS:
                return NAMED_ACTIVATIONS[named]
    return None


def states_slope_of_sigmoid(statement: tree.Statement) -> bool:
    """σ'(z) = σ(z)(1 - σ(z)), σ' = σ(1 - σ)."""
    if len(statement.sides) < 2:
        return False
    left = statement.sides[0]
    name = left.function if isinstance(left, tree.Call) else left
    if not isinstance(name, tree.Name) or name.primes != 1:
        return False
    value = spell(_without_prime(left, name))
    for right in statement.sides[1:]:
        if isinstance(right, tree.Call) and right.arguments:
            factors = [right.function, right.arguments[0]]
        elif isinstance(right, tree.Product) and len(right.factors) == 2:
            factors = list(right.factors)
        else:
            continue
        rest = factors[1].body if isinstance(factors[1], tree.Group) else factors[1]
        if spell(factors[0]) == value and spell(rest) in (f"+1-{value}", f"1-{value}"):
            return True
    return False


def _without_prime(left: tree.Node, name: tree.Name) -> tree.Node:
    plain = replace(name, primes=0)
    return replace(left, function=plain) if isinstance(left, tree.Call) else plain


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
        kind = classify_cost(sides[1], lexicon.find)
        if kind is not None:
            return kind
    return None


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
