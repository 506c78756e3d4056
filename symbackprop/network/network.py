"""Declaring a multilayer network: depth, widths, activations, cost and bias become a system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from operator import index

from sympy import Expr, IndexedBase, Integer, Rational, Sum, Symbol

from symbackprop.choices import BIASES
from symbackprop.equations import (
    Axis,
    Equation,
    Quantity,
    System,
    check,
    entry,
    index_symbol,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.functions import Softmax
from symbackprop.network.activations import Activation, find_activation
from symbackprop.network.checks import shorten
from symbackprop.network.costs import Cost, find_cost

n = IndexedBase("n", integer=True)
l, j, k, i = (index_symbol(letter) for letter in "ljki")
L, m = index_symbol("L"), index_symbol("m")
LAMBDA = Symbol("lambda")


@dataclass(frozen=True)
class Network:
    """A multilayer network: its system of equations, and what was declared to get it.

    `widths` is None when depth and widths are symbols; `activations` has one row for each layer;
    with a symbolic depth one for all, or two: the hidden layers' and the last one's.
    """

    system: System
    widths: tuple[int, ...] | None
    activations: tuple[Activation, ...]
    cost: Cost
    bias: str = "neuron"
    batch: bool = False
    regularized: bool = False

    @property
    def summary(self) -> str:
        """What was declared, in one line.

        >>> mlp([2, 3, 1], activation=["tanh", "sigmoid"], bias="none").summary
        '2-3-1, tanh and sigmoid, half-sse, no bias'
        """
        shape = "L layers" if self.widths is None else "-".join(map(str, self.widths))
        names = " and ".join(dict.fromkeys(row.name for row in self.activations))
        bias = {"neuron": "", "shared": "one bias for each layer", "none": "no bias"}[self.bias]
        extras = [bias, "a batch" if self.batch else "", "L2" if self.regularized else ""]
        return ", ".join(filter(None, [shape, names, self.cost.name, *extras]))

    def __repr__(self) -> str:
        return f"Network({self.summary})"

    def _repr_html_(self) -> str:
        """A row for each layer: its neurons, its activation, the shapes of its parameters."""
        rows = [("layer", "neurons", "activation", "weights", "biases"), *self._list_layers()]
        cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><caption>{escape(self.summary)}</caption>{body}</table>"

    def _list_layers(self) -> Iterator[tuple[str, ...]]:
        first = "n₀" if self.widths is None else str(self.widths[0])
        yield "0 (inputs)", first, "", "", ""
        names = [row.name for row in self.activations]
        if self.widths is None:
            layers = ["1, …, L"] if len(names) == 1 else ["1, …, L−1", "L"]
            shapes = [("nₗ", "nₗ₋₁"), ("n_L", "n_L₋₁")][: len(names)]
        else:
            layers = [str(layer) for layer in range(1, len(self.widths))]
            shapes = [(str(after), str(before)) for before, after in pairwise(self.widths)]
        for layer, name, (width, before) in zip(layers, names, shapes, strict=True):
            bias = {"neuron": width, "shared": "one number", "none": "none"}[self.bias]
            yield layer, width, name, f"{width} × {before}", bias


def mlp(
    widths: Sequence[int] | None = None,
    *,
    activation: str | Activation | Sequence[str | Activation] | None = None,
    cost: str | Cost = "half-sse",
    bias: str = "neuron",
    batch: bool = False,
    regularized: bool = False,
) -> Network:
    """Declare a multilayer network (a multilayer perceptron).

    With nothing fixed the number of layers L, the widths n[l] and the activation sigma are
    symbols. Indices: z[l, j] for neuron j of layer l; W[l, j, k] leads from neuron k of layer
    l-1 to neuron j of layer l; a[0, k] = x[k]. With `batch`, samples are the index before the
    neuron, a[l, i, j], and the cost is the mean over the m samples. `regularized` adds
    lambda/2 times the sum of all squared weights. `activation` is one for all layers, two for the
    hidden layers and the last, or a list with one for each layer.

    Raises:
        InputError: a width that is no positive integer, an unknown activation, cost or bias.

    >>> for equation in mlp().system.equations:
    ...     print(equation.lhs, "=", equation.rhs)
    a[0, j] = x[j]
    z[l, j] = b[l, j] + Sum(W[l, j, k]*a[l - 1, k], (k, 1, n[l - 1]))
    a[l, j] = sigma(z[l, j])
    C = Sum((-a[L, j] + y[j])**2, (j, 1, n[L]))/2
    """
    if bias not in BIASES:
        raise InputError(name_choices("bias", bias, BIASES))
    row = find_cost(cost)
    depth: Expr
    if widths is None:
        depth, sizes = L, {}
    else:
        if isinstance(widths, str):
            raise InputError(f"widths {widths!r}: a list such as [2, 3, 1] is wanted")
        widths = tuple(_check_width(w, widths) for w in widths)
        if len(widths) < 2:
            raise InputError(
                f"widths {list(widths)}: a network needs at least two, inputs and outputs"
            )
        depth, sizes = Integer(len(widths) - 1), {n[p]: w for p, w in enumerate(widths)}
    rows = _choose_activations(activation, widths)
    if row.name == "binary-cross-entropy" and rows[-1].vector:
        raise InputError(
            "binary-cross-entropy is for sigmoid outputs; with softmax use cross-entropy"
        )
    if widths is not None and rows[-1].vector and widths[-1] == 1:
        raise InputError("softmax on a scalar is always 1: give the last layer two neurons or more")
    declaration = _Declaration(depth, rows, row, bias, batch, regularized)
    system = System(
        equations=tuple(_write_equations(declaration)),
        quantities={q.name: q for q in _list_quantities(declaration)},
        cost="C",
        sizes=sizes,
        assumptions=tuple(_assume(declaration)),
        sample=_samples() if batch else None,
    )
    return Network(check(system), widths, rows, row, bias, batch, regularized)


def _check_width(width: object, widths: Sequence[object]) -> int:
    # an integer of numpy has __index__, and so has True
    if isinstance(width, bool) or not hasattr(width, "__index__") or index(width) < 1:
        raise InputError(f"widths {shorten(list(widths))}: {width!r} is not a positive integer")
    return index(width)


def _choose_activations(
    choice: str | Activation | Sequence[str | Activation] | None, widths: Sequence[int] | None
) -> tuple[Activation, ...]:
    if choice is None:
        choice = "sigma"
    if isinstance(choice, str | Activation):
        row = find_activation(choice)
        return (row,) if widths is None else (row,) * (len(widths) - 1)
    rows = tuple(find_activation(c) for c in choice)
    if widths is None:
        if len(rows) not in (1, 2):
            raise InputError(
                f"{len(rows)} activations for L layers, a symbol; give one for all, or two: "
                f"for the hidden layers and for the last"
            )
        return rows
    if len(rows) == 2 and len(widths) > 2:
        hidden, output = rows
        return (hidden,) * (len(widths) - 2) + (output,)
    if len(rows) != len(widths) - 1:
        raise InputError(
            f"{len(rows)} activations for {len(widths) - 1} layers; give one for all, two (the "
            f"hidden layers and the last), or one for each layer after the inputs"
        )
    return rows


# a layer or all of some layers, their axis, and their activation
_Outputs = tuple[Expr, tuple[Axis, ...], Activation]


@dataclass(frozen=True)
class _Declaration:
    depth: Expr
    activations: tuple[Activation, ...]
    cost: Cost
    bias: str
    batch: bool
    regularized: bool
    samples: tuple[Axis, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", (_samples(),) if self.batch else ())

    def layers(self) -> Iterator[tuple[Expr, tuple[Axis, ...], tuple[_Outputs, ...]]]:
        """The layer index, its axis where it is symbolic, and the activations for it."""
        if self.depth != L:
            for number, row in enumerate(self.activations, 1):
                yield Integer(number), (), ((Integer(number), (), row),)
            return
        hidden, output = self.activations[0], self.activations[-1]
        whole: tuple[_Outputs, ...] = ((l, (_layers(),), hidden),)
        if output != hidden:
            whole = ((l, (_layers(high=L - 1),), hidden), (L, (), output))
        yield l, (_layers(),), whole


def _samples() -> Axis:
    return Axis(i, Integer(1), m, "sample")


def _layers(low: int = 1, high: Expr = L) -> Axis:
    return Axis(l, Integer(low), high, "layer")


def _neurons(symbol: Symbol, layer: Expr) -> Axis:
    return Axis(symbol, Integer(1), n[layer], "neuron")


def _write_equations(d: _Declaration) -> Iterator[Equation]:
    at = tuple(a.symbol for a in d.samples)
    yield Equation(
        entry("a", (0, *at, j)), entry("x", (*at, j)), (*d.samples, _neurons(j, Integer(0)))
    )
    for layer, layer_axes, activations in d.layers():
        axes = (*layer_axes, *d.samples, _neurons(j, layer))
        before = layer - 1
        weighted = Sum(entry("W", (layer, j, k)) * entry("a", (before, *at, k)), (k, 1, n[before]))
        z = entry("z", (layer, *at, j))
        yield Equation(z, weighted + _bias_entry(d, layer), axes)
        for part, part_axes, activation in activations:
            axes = (*part_axes, *d.samples, _neurons(j, part))
            yield Equation(entry("a", (part, *at, j)), _apply(activation, part, at), axes)
    yield from _write_cost(d, at)


def _apply(activation: Activation, layer: Expr, at: tuple[Symbol, ...]) -> Expr:
    """The output of neuron j of a layer."""
    z = entry("z", (layer, *at, j))
    if activation.vector:
        return Softmax(z, entry("z", (layer, *at, k)), k, Integer(1), n[layer])
    return z if activation.name == "identity" else activation.function(z)


def _bias_entry(d: _Declaration, layer: Expr) -> Expr:
    if d.bias == "none":
        return Integer(0)
    return entry("b", (layer, j) if d.bias == "neuron" else (layer,))


def _write_cost(d: _Declaration, at: tuple[Symbol, ...]) -> Iterator[Equation]:
    output, target = entry("a", (d.depth, *at, j)), entry("y", (*at, j))
    total = Sum(d.cost.at(output, target), (j, 1, n[d.depth])) * d.cost.factor
    if d.cost.mean:
        total = total / n[d.depth]
    if d.batch:
        yield Equation(entry("C_i", at), total, d.samples)
        total = Sum(entry("C_i", at), (i, 1, m)) / m
    yield Equation(Symbol("C"), total + (_penalty(d) if d.regularized else 0))


def _penalty(d: _Declaration) -> Expr:
    def squares(layer: Expr) -> Expr:
        square = entry("W", (layer, j, k)) ** 2
        return Sum(Sum(square, (k, 1, n[layer - 1])), (j, 1, n[layer]))

    if d.depth == L:
        return LAMBDA * Rational(1, 2) * Sum(squares(l), (l, 1, L))
    return LAMBDA * Rational(1, 2) * sum(squares(layer) for layer, _, _ in d.layers())


def _list_quantities(d: _Declaration) -> Iterator[Quantity]:
    layers = _layers(1, d.depth)
    yield Quantity("x", "input", (*d.samples, _neurons(k, Integer(0))))
    yield Quantity("y", "target", (*d.samples, _neurons(j, d.depth)))
    yield Quantity("W", "parameter", (layers, _neurons(j, l), _neurons(k, l - 1)))
    if d.bias != "none":
        neurons = (_neurons(j, l),) if d.bias == "neuron" else ()
        yield Quantity("b", "parameter", (layers, *neurons))
    yield Quantity("z", "pre-activation", (layers, *d.samples, _neurons(j, l)))
    yield Quantity("a", "activation", (_layers(0, d.depth), *d.samples, _neurons(j, l)))
    if d.batch:
        yield Quantity("C_i", "sample cost", d.samples)
    if d.regularized:
        yield Quantity("lambda", "constant")
    yield Quantity("C", "cost")


def _assume(d: _Declaration) -> Iterator[tuple[Expr, Expr]]:
    if d.cost.one_hot:
        at = tuple(a.symbol for a in d.samples)
        yield Sum(entry("y", (*at, j)), (j, 1, n[d.depth])), Integer(1)
