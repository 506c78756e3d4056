"""A computation graph of numbers as the scene of a formula: names mean what the text defines."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from symbackprop.read import tree
from symbackprop.verify.arithmetic import is_numeric
from symbackprop.verify.lexicon import ACTIVATION_LETTERS, list_names, spell
from symbackprop.verify.meaning import STEP, Meaningless, State, evaluate
from symbackprop.verify.shapes import Value, multiply, number

SAMPLES = 3
DEEPEST = 40
CIRCLE = 24
UNDEFINING = (tree.Words, tree.Dots, tree.Gradient)


@dataclass(frozen=True)
class Definition:
    """A name with its right side; a function has parameters."""

    name: str
    body: tree.Node
    parameters: tuple[str, ...] = ()
    statement: tree.Statement | None = None


def list_definitions(statements: Iterable[tree.Statement]) -> list[tuple[int, Definition]]:
    """All definitions of a text with the number of their statement: q = x + y, f(x, y) = x y."""
    found = ((n, read_definition(s)) for n, s in enumerate(statements))
    return [(n, d) for n, d in found if d is not None]


def find_scope(definitions: list[tuple[int, Definition]], place: int) -> dict[str, Definition]:
    """The definitions that hold at a place: the last ones before it, else the first after it."""
    scope: dict[str, Definition] = {}
    for at, definition in definitions:
        if at <= place or definition.name not in scope:
            scope[definition.name] = definition
    return scope


def read_definition(statement: tree.Statement) -> Definition | None:
    """What a statement defines, or None; a number is no definition."""
    if statement.continues or len(statement.sides) < 2 or statement.signs[0] not in (
        "=",
        ":=",
        "equiv",
    ):
        return None
    left, right = statement.sides[:2]
    if not any(n.base not in ("e", "pi") for n in list_names(right)):
        return None
    if any(isinstance(n, UNDEFINING) for n in tree.walk(right)):
        return None
    # delta is the error, ∂C/∂z: a formula for it is no definition but a claim.
    is_error = isinstance(left, tree.Name) and left.base == "delta"
    if any(isinstance(n, tree.Derivative) for n in tree.walk(right)) != is_error:
        return None
    if any(isinstance(n, tree.Sum) and n.index is None for n in tree.walk(right)) and not (
        isinstance(left, tree.Name) and left.lower
    ):
        return None
    if isinstance(left, tree.Call) and isinstance(left.function, tree.Name):
        parameters = tuple(spell(a) for a in left.arguments if isinstance(a, tree.Name))
        if len(parameters) != len(left.arguments) or left.function.primes:
            return None
        name = spell(left.function)
        return None if _reads(right, name) else Definition(name, right, parameters, statement)
    if isinstance(left, tree.Name) and not left.primes and not left.star:
        name = spell(left)
        return None if _reads(right, name) else Definition(name, right, (), statement)
    return None


def differ_by_one_name(one: tree.Node, other: tree.Node) -> bool:
    """Whether two right sides are the same but for one name: w_1 i_1 + w_3 i_2 and w_1 i_1 +
    w_2 i_2. Then one of them is a slip; quite different ones are another example."""
    names = [n for n in tree.walk(one) if isinstance(n, tree.Name)]
    others = [n for n in tree.walk(other) if isinstance(n, tree.Name)]
    if len(names) != len(others) or len(names) < 4:
        return False
    odd = [(a, b) for a, b in zip(names, others, strict=True) if spell(a) != spell(b)]
    return len(odd) == 1 and odd[0][0].base == odd[0][1].base


def _reads(node: tree.Node, name: str) -> bool:
    return any(spell(n) == name for n in list_names(node))


@dataclass
class GraphScene:
    """Random numbers for what is not defined; `values` are numbers that the text gives."""

    definitions: Mapping[str, Definition]
    seed: int
    sizes: frozenset[str] = frozenset()
    values: Mapping[str, float] = field(default_factory=dict)
    depth: int = 0
    knows_all: bool = False

    @property
    def sizes_text(self) -> str:
        return f"random values (seed {self.seed})"

    def names(self, name: tree.Name) -> bool:
        """Whether the text defines e or pi itself."""
        return spell(name) in self.definitions

    def draw(self, key: str) -> float:
        if key in self.values:
            return self.values[key]
        return random.Random(f"{self.seed}/{key}").uniform(0.2, 0.9)

    def _key(self, name: tree.Name, state: State) -> str:
        lower = tuple(
            replace(s, content=tree.Number(s.content.span, state.indices[s.content.base]))  # type: ignore[arg-type]
            if isinstance(s.content, tree.Name) and s.content.base in state.indices
            else s
            for s in name.lower
        )
        return spell(replace(name, lower=lower))

    def look_up(self, name: tree.Name, state: State) -> Value:
        if name.base in state.indices and not (name.upper or name.lower):
            return number(float(state.indices[name.base]))
        power = None
        if len(name.upper) == 1 and is_numeric(name.upper[0].content):
            # No layers here: x^2 is a square, and so is x^{(2)}.
            power = float(evaluate(name.upper[0].content, state).array.real)
            name = replace(name, upper=())
        key = self._key(name, state)
        value = self._value(key, name, state)
        if power is not None:
            if abs(power) > 64:
                raise Meaningless("a power must be a small number")
            value = replace(value, array=value.array ** float(power))
        return value

    def _value(self, key: str, name: tree.Name, state: State) -> Value:
        if key in state.bound:
            return state.bound[key]
        if key in self.sizes:
            return number(float(SAMPLES))
        if key == state.direction:
            plain = self._value(key, name, replace(state, direction=None))
            return replace(plain, array=np.real(plain.array) + 1j * STEP)
        if key in self.definitions:
            return self._enter(self.definitions[key], state)
        return number(self.draw(key))

    def _enter(self, definition: Definition, state: State) -> Value:
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise Meaningless(f"{definition.name} is defined in terms of itself")
            return evaluate(definition.body, replace(state, indices={}))
        finally:
            self.depth -= 1

    def call(self, call: tree.Call, state: State) -> Value:
        name = call.function
        if not isinstance(name, tree.Name):
            raise Meaningless("a call of something that is no function")
        plain = spell(replace(name, primes=0))
        arguments = [evaluate(a, state) for a in call.arguments]
        definition = self.definitions.get(plain)
        if definition is not None and len(definition.parameters) == len(arguments):
            return self._apply(definition, arguments, name.primes, state)
        if definition is None and _is_function(call, name):
            return self._apply_generic(plain, arguments, name.primes)
        if definition is not None and _is_composition(definition, call):
            return self.look_up(name, state)
        if call.certain or len(arguments) != 1:
            raise Meaningless(f"the function {spell(name)} is not defined")
        return multiply(self.look_up(name, state), arguments[0])

    def _apply(
        self, definition: Definition, arguments: list[Value], primes: int, state: State
    ) -> Value:
        if primes > 1 or (primes and len(arguments) != 1):
            raise Meaningless(f"a derivative of {definition.name} that does not say by what")
        bound = dict(zip(definition.parameters, arguments, strict=True))
        inner = replace(state, bound={**state.bound, **bound})
        if not primes:
            return self._enter(definition, inner)
        return _differentiate(lambda x: self._enter(
            definition, replace(inner, bound={**inner.bound, definition.parameters[0]: x})
        ), arguments[0])

    def _apply_generic(self, name: str, arguments: list[Value], primes: int) -> Value:
        """A function that the text does not define: any analytic one."""
        generator = random.Random(f"{self.seed}/{name}()")
        steep = [generator.uniform(0.6, 1.2) for _ in arguments]
        shift = generator.uniform(-0.5, 0.5)

        def apply(*given: Value) -> Value:
            inner = sum(s * x.array for s, x in zip(steep, given, strict=True)) + shift
            return replace(given[0], array=0.5 + 0.3 * np.tanh(inner))

        if not primes:
            return apply(*arguments)
        if len(arguments) != 1 or primes > 1:
            raise Meaningless(f"a derivative of {name} that does not say by what")
        return _differentiate(apply, arguments[0])

    def directions(self, name: tree.Node, state: State) -> tuple[tuple[int, ...], list[Any]]:
        if not isinstance(name, tree.Name):
            raise Meaningless("a derivative by something that is no quantity")
        return (), [self._key(name, state)]

    def range_of(self, letter: str, body: tree.Node, state: State) -> range:
        return range(1, SAMPLES + 1)


def _is_function(call: tree.Call, name: tree.Name) -> bool:
    """l(o, y), RBF(x): not a factor, whatever it is."""
    return (
        call.certain
        or name.base in ACTIVATION_LETTERS
        or len(call.arguments) > 1
        or (len(name.base) > 1 and name.style == "text")
    )


def _is_composition(definition: Definition, call: tree.Call) -> bool:
    """out(net) says what out depends on; out(1 - out) is a product."""
    return all(
        isinstance(a, tree.Name) and _reads(definition.body, spell(a)) for a in call.arguments
    )


def _differentiate(function: Any, argument: Value) -> Value:
    """The slope of an analytic function at a complex point: around a small circle."""
    radius = 0.05
    total: Any = 0
    for turn in range(CIRCLE):
        direction = np.exp(2j * np.pi * turn / CIRCLE)
        moved = replace(argument, array=argument.array + radius * direction)
        total = total + function(moved).array / direction
    return replace(argument, array=total / CIRCLE / radius)


