"""A network with random values for the textbook loops, and its judges."""

from __future__ import annotations

import itertools

import numpy as np

from symbackprop.reference.activations import ACTIVATIONS
from symbackprop.reference.compare import compare
from symbackprop.reference.differences import differentiate_complex
from symbackprop.reference.loops import backprop, forward_cost
from symbackprop.reference.rounding import measure_rounding

DIFFERENTIABLE = [name for name, row in ACTIVATIONS.items() if row.differentiable]


SQUARED = ["half-sse", "sse", "mse"]


# A cost with logarithms makes sense only where the output lies between 0 and 1.
PAIRS = [
    *itertools.product(DIFFERENTIABLE, SQUARED),
    *itertools.product(["sigmoid", "softmax"], ["cross-entropy", "binary-cross-entropy"]),
]


class Network:
    """One network with random values, and its parameters by name."""

    def __init__(self, widths, activations, cost, *, batch=None, bias="neuron", l2=0.0, seed=0):
        generator = np.random.default_rng(seed)
        shapes = list(itertools.pairwise(widths))
        self.weights = [
            generator.normal(size=(after, before)) / np.sqrt(before) for before, after in shapes
        ]
        self.biases = (
            None
            if bias == "none"
            else [
                np.array(generator.normal(size=() if bias == "shared" else after))
                for _, after in shapes
            ]
        )
        rows = () if batch is None else (batch,)
        self.x = generator.normal(size=(*rows, widths[0]))
        self.y = generator.uniform(0.1, 0.9, size=(*rows, widths[-1]))
        if cost == "cross-entropy":
            self.y = np.eye(widths[-1])[generator.integers(widths[-1], size=rows)]
        self.rest = (self.x, self.y, activations, cost)
        self.l2 = l2

    @property
    def parameters(self):
        return self.name(self.weights, self.biases)

    @staticmethod
    def name(weights, biases):
        named = {f"W{layer}": value for layer, value in enumerate(weights, 1)}
        return named | {f"b{layer}": value for layer, value in enumerate(biases or (), 1)}

    def backprop(self):
        return self.backprop_with(self.parameters)

    def backprop_with(self, parameters):
        weights, biases = self.split(parameters)
        return backprop(weights, biases, *self.rest, regularization=self.l2)

    def split(self, parameters):
        depth = range(1, len(self.weights) + 1)
        return (
            [parameters[f"W{layer}"] for layer in depth],
            None if self.biases is None else [parameters[f"b{layer}"] for layer in depth],
        )

    def gradients_with(self, parameters):
        result = self.backprop_with(parameters)
        return self.name(result.weights, result.biases)

    def gradients(self):
        return self.gradients_with(self.parameters)

    def cost(self, parameters):
        return forward_cost(*self.split(parameters), *self.rest, regularization=self.l2)

    def rounding(self):
        return measure_rounding(self.gradients_with, self.parameters)

    def judge(self, gradients, entries=None):
        judged = differentiate_complex(self.cost, self.parameters, entries=entries)
        return compare(gradients, judged, self.rounding(), entries=entries)


def agree(rows):
    return all(row.agrees for row in rows)


MAZUR = dict(
    weights=[[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
    biases=[0.35, 0.60],
    x=[0.05, 0.10],
    y=[0.01, 0.99],
    activations="sigmoid",
    cost="half-sse",
)
