"""Which layered networks a text is about: the costs and the outputs that it states, by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symbackprop.reading import tree
from symbackprop.verification.cost_forms import classify_cost
from symbackprop.verification.lexicon import Lexicon

# a cost --> the output layer that is presumed with it
OUTPUT_OF = {"cross-entropy": "softmax", "binary-cross-entropy": "sigmoid"}
# what a text may mean that states no cost
SQUARES = ("half-sse", "sse")
USUAL = (
    ("sse", None),
    ("binary-cross-entropy", "sigmoid"),
    ("cross-entropy", "softmax"),
    ("half-sse", "identity"),
)


def list_costs(statements: Sequence[tree.Statement], lexicon: Lexicon) -> list[tuple[int, str]]:
    """The costs that a text defines, each with the number of its statement."""
    found = []
    for place, statement in enumerate(statements):
        for side in statement.sides[1:]:
            first = statement.sides[0]
            left = first.function if isinstance(first, tree.Call) else first
            if isinstance(left, tree.Name) and lexicon.find(left) == "C":
                kind = classify_cost(side, lexicon.find)
                if kind is not None:
                    found.append((place, kind))
                    break
    return found


def list_outputs(statements: Sequence[tree.Statement], lexicon: Lexicon) -> list[tuple[int, str]]:
    """The activations of the output layer that a text states: softmax where a^L is
    e^z over the sum of them, identity where a^L = z^L."""
    found = []
    for place, statement in enumerate(statements):
        if len(statement.sides) < 2:
            continue
        left, right = statement.sides[0], statement.sides[-1]
        if not isinstance(left, tree.Name) or lexicon.find(left) != "a":
            continue
        if is_softmax(right):
            found.append((place, "softmax"))
        elif isinstance(right, tree.Name) and lexicon.find(right) == "z" and _has_last_layer(left):
            found.append((place, "identity"))
    return found


def is_softmax(node: tree.Node) -> bool:
    """softmax(z), or e^z over the sum of such."""
    if isinstance(node, tree.Call):
        return getattr(node.function, "base", "").lower() == "softmax"
    return (
        isinstance(node, tree.Ratio)
        and isinstance(node.bottom, tree.Sum)
        and any(
            (isinstance(n, tree.Name) and n.base == "e")
            or (isinstance(n, tree.Call) and getattr(n.function, "base", "") == "exp")
            for n in tree.walk(node.bottom)
        )
    )


def _has_last_layer(name: tree.Name) -> bool:
    return any(getattr(s.content, "base", "") == "L" for s in name.upper)


def order_networks(
    lexicon: Lexicon,
    costs: Sequence[tuple[int, str]],
    outputs: Sequence[tuple[int, str]],
    place: int,
) -> list[Lexicon]:
    """What a text states, as seen from a place: the last cost before it, then the others."""
    near = sorted(costs, key=lambda c: (c[0] > place, abs(c[0] - place)))
    kinds = list(dict.fromkeys(kind for _, kind in near)) or [lexicon.cost]
    # of two that differ by a factor the first counts: the other is a slip
    square = next((kind for _, kind in costs if kind in SQUARES), None)
    kinds = [kind for kind in kinds if kind not in SQUARES or kind == (square or kind)]
    stated = list(dict.fromkeys(kind for _, kind in outputs))
    found = []
    for cost in kinds:
        usual = OUTPUT_OF.get(cost)
        found.append((cost, None if lexicon.activation == usual else usual))
        if cost not in OUTPUT_OF:
            found += [(cost, output) for output in stated]
    # a stated output counts also where its cost is not one that is known
    found += [("half-sse", output) for output in stated if output not in {o for _, o in found}]
    networks = [replace(lexicon, cost=cost, output=output) for cost, output in found]
    return [n for place, n in enumerate(networks) if n not in networks[:place]]


def list_doubts(lexicon: Lexicon) -> list[Lexicon]:
    """What a text may mean that states no cost."""
    return [replace(lexicon, cost=cost, output=output) for cost, output in USUAL]
