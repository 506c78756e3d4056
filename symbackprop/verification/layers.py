"""A layered network as the scene of a formula: names with layers and indices are its entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.derivation.views import take_scalar
from symbackprop.equations import System
from symbackprop.network.activations import find_activation
from symbackprop.network.network import mlp
from symbackprop.random_worlds import draw_sizes, draw_world
from symbackprop.reading import tree
from symbackprop.semantics import compile_expression
from symbackprop.verification.dots import RUNNING
from symbackprop.verification.lexicon import CONSTANTS, LAYERED, RANKS, Lexicon
from symbackprop.verification.meaning import STEP, Meaningless, Misplaced, State, evaluate
from symbackprop.verification.names import say_undefined, write_name
from symbackprop.verification.shapes import ShapeClash, Value, agree, multiply, number
from symbackprop.worlds import World

# letters of the number of neurons of a layer: n_l, s_{l+1}, d^{(l)}
WIDTHS = frozenset("nsdmND")
_Z = Symbol("_z", real=True)


class MisplacedLayer(Misplaced):
    """A layer that the network does not have."""


@dataclass(frozen=True)
class EntryReference:
    """What a name refers to: a quantity in one layer, one entry of it or all (indices None)."""

    quantity: str
    layer: int | None
    indices: tuple[int, ...] | None
    updated: bool = False


@dataclass
class LayeredScene:
    """One random network in which formulas are tried; `scalar` has one neuron per layer."""

    lexicon: Lexicon
    seed: int
    scalar: bool = False
    cache: dict[Any, Any] = field(default_factory=dict)
    sums_need_index: bool = True

    @cached_property
    def instance(self) -> World:
        system = declare_system(self.lexicon, self.seed)
        shown = take_scalar(system) if self.scalar else system
        sizes = draw_sizes(shown, self.seed, self.lexicon.depth)
        return draw_world(shown, self.seed, sizes=sizes)

    @property
    def system(self) -> System:
        return self.instance.system

    @property
    def sizes(self) -> str:
        """The widths, for a counterexample."""
        if self.scalar:
            return "one neuron per layer"
        widths = [self.width(layer) for layer in range(self.lexicon.depth + 1)]
        return "widths " + "-".join(map(str, widths))

    def width(self, layer: int) -> int:
        if not 0 <= layer <= self.lexicon.depth:
            raise MisplacedLayer(f"there is no layer {layer}")
        return 1 if self.scalar else self.instance.sizes["n", layer]

    # --- names ------------------------------------------------------------------------------

    def refer(self, name: tree.Name, state: State) -> EntryReference | None:
        """What a name refers to, or None for one that is no quantity of the network."""
        quantity = self.lexicon.find(name)
        if quantity is None or (name.primes and quantity not in ("W", "b")):
            return None
        layer = None
        if quantity in LAYERED:
            layer = self._find_layer(name, state)
            lowest = 0 if quantity == "a" else 1
            if not lowest <= layer <= self.lexicon.depth:
                raise MisplacedLayer(f"{write_name(name)}: there is no layer {layer}")
        elif name.upper:
            raise Meaningless(f"{write_name(name)} has no layer")
        updated = bool(name.primes or name.star == "+")
        return EntryReference(
            quantity, layer, self._find_indices(name, quantity, layer, state), updated
        )

    def _find_layer(self, name: tree.Name, state: State) -> int:
        if not name.upper:
            return self.lexicon.depth
        if len(name.upper) > 1:
            raise Meaningless(f"{write_name(name)}: several superscripts")
        content = name.upper[0].content
        last = self.lexicon.depth + self.lexicon.first
        written = last if is_last_layer(content) else self.evaluate_index(content, state)
        # W^l of a^l to a^{l+1} is the weights of layer l + 1.
        shift = self.lexicon.shift if self.lexicon.find(name) in ("W", "b") else 0
        return written - self.lexicon.first + shift

    def _find_indices(
        self, name: tree.Name, quantity: str, layer: int | None, state: State
    ) -> tuple[int, ...] | None:
        if quantity == "C":
            return ()
        if self.scalar:
            return ()
        if (
            state.reading.one_unit
            and quantity not in ("x", "y")
            and len(name.lower) < (RANKS[quantity])
        ):
            return self._find_unit_indices(name, quantity, layer, state)
        if not name.lower:
            return None
        if len(name.lower) != RANKS[quantity]:
            raise Meaningless(
                f"{write_name(name)} has {len(name.lower)} indices, not {RANKS[quantity]}"
            )
        numbers = tuple(self.evaluate_index(s.content, state) for s in name.lower)
        if state.reading.weights == "kj" and quantity == "W":
            numbers = numbers[::-1]
        for index, width in zip(numbers, self._widths_of(quantity, layer), strict=True):
            if not 1 <= index <= width:
                raise Misplaced(
                    f"{write_name(name)}: the index {index} is beyond the width {width}"
                )
        return numbers

    def _find_unit_indices(
        self, name: tree.Name, quantity: str, layer: int | None, state: State
    ) -> tuple[int, ...]:
        """The first neuron of the layer: z is z_1, w_i is w_1i."""
        if quantity != "W":
            return (1,)
        if not name.lower:
            raise Meaningless(f"{write_name(name)} has no index")
        index = self.evaluate_index(name.lower[0].content, state)
        if not 1 <= index <= self._widths_of("W", layer)[1]:
            raise Misplaced(f"{write_name(name)}: the index {index} is beyond the width")
        return 1, index

    def _widths_of(self, quantity: str, layer: int | None) -> tuple[int, ...]:
        if quantity == "x":
            return (self.width(0),)
        if quantity == "y":
            return (self.width(self.lexicon.depth),)
        assert layer is not None
        if quantity == "W":
            return self.width(layer), self.width(layer - 1)
        return (self.width(layer),)

    def evaluate_index(self, node: tree.Node, state: State) -> int:
        """l - 1, L, 2, (j): a whole number."""
        match node:
            case tree.Number() if node.value.denominator == 1:
                return int(node.value)
            case tree.Name() if node.base in state.indices:
                return state.indices[node.base]
            case tree.Name(base="L") if not (node.upper or node.lower):
                return self.lexicon.depth + self.lexicon.first
            case tree.Name() if is_last_layer(node):
                return self.lexicon.depth + self.lexicon.first
            case tree.Total():
                return sum(
                    (-1 if sign == "-" else 1) * self.evaluate_index(term, state)
                    for sign, term in node.terms
                )
            case tree.Group():
                return self.evaluate_index(node.body, state)
        raise Meaningless(f"{write_name(node)}: nothing says what this index counts")

    def names(self, name: tree.Name) -> bool:
        """Whether the text uses e or pi for a quantity of its own."""
        return self.lexicon.find(name) is not None

    # --- values -----------------------------------------------------------------------------

    def look_up(self, name: tree.Name, state: State) -> Value:
        if name.base in state.indices and not name.upper and not name.lower:
            return number(float(state.indices[name.base]))
        if name.base == "delta" and len(name.lower) == 2 and not name.upper:
            # Kronecker's: 1 where both indices are the same
            one, other = (self.evaluate_index(s.content, state) for s in name.lower)
            return number(float(one == other))
        reference = self.refer(name, state)
        if reference is None:
            return self._look_up_other(name, state)
        return self.value(reference, state)

    def _look_up_other(self, name: tree.Name, state: State) -> Value:
        plain = not (name.upper or name.lower or name.primes)
        if name.base in WIDTHS and len(name.upper) + len(name.lower) == 1:
            script = (*name.upper, *name.lower)[0]
            layer = self.evaluate_index(script.content, state) - self.lexicon.first
            if not 0 <= layer <= self.lexicon.depth:
                raise MisplacedLayer(f"{write_name(name)}: there is no layer {layer}")
            return number(float(self.width(layer)))
        if name.base == "L" and plain:
            return number(float(self.lexicon.depth))
        if name.base in CONSTANTS and plain:
            return number(0.3)
        raise Meaningless(say_undefined(name))

    def value(self, reference: EntryReference, state: State) -> Value:
        keys, shape = self._keys(reference)
        array = np.array([self.entry(key, state.direction) for key in keys]).reshape(shape)
        if reference.updated:
            cost = np.array([self.instance.derivative(("C",), key) for key in keys])
            array = array - 0.3 * cost.reshape(shape)
        if array.ndim == 2 and (state.reading.vectors == "row") != state.reading.turned:
            array = array.T
        lie = "any" if reference.quantity == "delta" else state.reading.vectors
        return Value(array, lie)

    def entry(self, key: tuple, direction: Any) -> complex:
        """A number, with its slope along the direction as a tiny imaginary part."""
        found = self.cache.get((key, direction))
        if found is None:
            if key[0] == "delta":
                found = self._error(key, direction)
            else:
                value = self.instance.look_up(key)
                slope = self.instance.derivative(key, direction) if direction is not None else 0.0
                found = complex(value, STEP * slope)
            self.cache[key, direction] = found
        return found

    def _error(self, key: tuple, direction: Any) -> complex:
        if direction is not None:
            raise Meaningless("a derivative of δ is not known here")
        return complex(self.instance.derivative(("C",), ("z", *key[1:])))

    def _keys(self, reference: EntryReference) -> tuple[list[tuple], tuple[int, ...]]:
        quantity, layer = reference.quantity, reference.layer
        head = (quantity,) if layer is None else (quantity, layer)
        if reference.indices is not None:
            return [(*head, *reference.indices)], ()
        shape = self._widths_of(quantity, layer)
        places = product(*(range(1, width + 1) for width in shape))
        return [(*head, *place) for place in places], shape

    def directions(self, name: tree.Node, state: State) -> tuple[tuple[int, ...], list[Any]]:
        if not isinstance(name, tree.Name):
            raise Meaningless(
                "a derivative by a formula; give the formula a name and differentiate by that"
            )
        reference = self.refer(name, state)
        if reference is None or reference.updated:
            raise Meaningless(
                f"a derivative by {write_name(name)}, which is no quantity of the network"
            )
        keys, shape = self._keys(reference)
        if reference.quantity == "delta":
            raise Meaningless("a derivative by δ")
        if len(shape) == 2 and (state.reading.vectors == "row") != state.reading.turned:
            keys = [keys[r * shape[1] + c] for c in range(shape[1]) for r in range(shape[0])]
            shape = shape[::-1]
        return shape, keys

    def range_of(self, letter: str, body: tree.Node, state: State) -> range:
        """The values of an index: those of the place where it stands."""
        if letter == RUNNING:
            raise Meaningless("dots stand for what is not written")
        for node in tree.walk(body):
            if not isinstance(node, tree.Name):
                continue
            quantity = self.lexicon.find(node)
            if quantity is None:
                continue
            if any(_mentions(s.content, letter) for s in node.upper):
                return range(1, self.lexicon.depth + 1)
            for position, script in enumerate(node.lower):
                if _mentions(script.content, letter) and quantity != "C":
                    return self._index_range(node, quantity, position, state)
        raise Meaningless(f"the index {letter} is not one of neurons or layers")

    def _index_range(self, node: tree.Name, quantity: str, position: int, state: State) -> range:
        if self.scalar:
            return range(1, 2)
        layer = self._find_layer(node, state) if quantity in LAYERED else None
        if layer is not None and not (0 if quantity == "a" else 1) <= layer <= self.lexicon.depth:
            raise MisplacedLayer(f"{write_name(node)}: there is no layer {layer}")
        widths = self._widths_of(quantity, layer)
        if state.reading.one_unit and quantity == "W" and len(node.lower) == 1:
            widths = widths[1:]
        if len(node.lower) != len(widths):
            raise Meaningless(f"{write_name(node)}: {len(node.lower)} indices for {len(widths)}")
        if state.reading.weights == "kj" and quantity == "W":
            widths = widths[::-1]
        return range(1, widths[position] + 1)

    def printed_length(self, letter: str, body: tree.Node) -> int | None:
        return None

    def imply_samples(self, total: tree.Sum, state: State) -> range | None:
        return None

    def open(self, body: tree.Node, by: tree.Node, state: State) -> tuple[tree.Node, State]:
        return body, state

    def gradient(self, node: tree.Gradient, state: State) -> Value:
        raise Meaningless("∇ does not say by what; write it below: ∇_w")

    def ones(self, number: float) -> Value:
        raise Meaningless(f"a vector of {number:g}, whose length nothing says")

    def note_case(self, node: tree.Cases, place: int) -> None:
        raise Meaningless("cases, where any activation is meant")

    # --- functions --------------------------------------------------------------------------

    def call(self, call: tree.Call, state: State) -> Value:
        name = call.function
        if not isinstance(name, tree.Name):
            raise Meaningless("a call of something that is no function")
        if name.base in self.lexicon.functions and self.lexicon.find(name) is None:
            if len(call.arguments) != 1:
                raise Meaningless(f"{name.base} of several arguments")
            argument = evaluate(call.arguments[0], state)
            return Value(self.apply_activation(argument.array, name.primes), argument.lie)
        if self.lexicon.find(name) is not None:
            return self._compose(call, state)
        raise Meaningless(say_undefined(name))

    def apply_activation(self, array: Any, order: int) -> Any:
        if self.lexicon.activation == "softmax":
            raise Meaningless("softmax of one number")
        return apply_function(self.lexicon.activation, array, order, self.instance)

    def _compose(self, call: tree.Call, state: State) -> Value:
        """a^L(z^L) says what a^L depends on, where that is so; else a product: a(1 - a)."""
        assert isinstance(call.function, tree.Name)
        value = self.look_up(call.function, state)
        if len(call.arguments) != 1:
            return value
        quantity = self.lexicon.find(call.function)
        before = {"a": "z", "C": "a"}.get(quantity or "")
        argument = evaluate(call.arguments[0], state)
        if before is not None:
            reference = self.refer(call.function, state)
            layer = self.lexicon.depth
            indices: tuple[int, ...] | None = () if self.scalar else None
            if reference is not None and reference.layer is not None:
                layer = reference.layer
            if reference is not None and before == "z":
                indices = reference.indices
            wanted = self.value(EntryReference(before, layer, indices), state)
            try:
                if agree(argument, wanted):
                    return value
            except ShapeClash:
                pass
        if call.certain:
            raise Meaningless(f"{write_name(call.function)} is no function of that")
        return multiply(value, argument)


def _mentions(node: tree.Node, letter: str) -> bool:
    return any(isinstance(n, tree.Name) and n.base == letter for n in tree.walk(node))


def apply_function(activation: str, array: Any, order: int, world: World) -> Any:
    """A derivative of an activation, entry by entry."""
    row = find_activation(activation)
    if row.formula is None and activation not in world.generic:
        raise Meaningless(f"no layer has the activation {activation}")
    function = row.function
    for _ in range(order):
        function = function.derivative()
    meaning = compile_expression(function(_Z))
    flat = [meaning(world, {_Z: complex(x)}) for x in np.ravel(array)]
    return np.array(flat, dtype=complex).reshape(np.shape(array))


def is_last_layer(node: tree.Node) -> bool:
    """n_l, the number of layers, where a layer is wanted."""
    return (
        isinstance(node, tree.Name)
        and node.base in ("n", "N")
        and len(node.lower) == 1
        and getattr(node.lower[0].content, "base", "") in ("l", "L")
    )


def declare_system(lexicon: Lexicon, seed: int = 1) -> System:
    """The multilayer network that a text is about."""
    if lexicon.output is None:
        return mlp(activation=lexicon.activation, cost=lexicon.cost, bias=lexicon.bias).system
    # An output of its own is written out layer by layer, with widths that differ.
    widths = [2 + (seed + 3 * layer) % 4 for layer in range(lexicon.depth)] + [3]
    activations = [lexicon.activation] * (lexicon.depth - 1) + [lexicon.output]
    return mlp(widths, activation=activations, cost=lexicon.cost, bias=lexicon.bias).system
