"""The costs of one sample and their gradients, written by hand from the textbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.reference.activations import ACTIVATIONS, sigmoid, softmax, softplus

Array = NDArray[Any]
PairFunction = Callable[[Array, Array], Any]


@dataclass(frozen=True)
class Pair:
    """What a cost becomes with the one output activation made for it, as functions of (z, y)."""

    activation: str
    cost: PairFunction
    delta: PairFunction


@dataclass(frozen=True)
class Cost:
    """One cost of a single sample; a and y have the shape (n,), the cost is a scalar.

    cost: (a, y) -> C. Takes complex a too.
    gradient: (a, y) -> ∂C/∂a, shape (n,).
    pair: the stable forms for the output activation that the cost is made for, if any.
    """

    cost: Callable[[Array, Array], Any]
    gradient: Callable[[Array, Array], Array]
    pair: Pair | None = None

    def evaluate(self, z: Array, a: Array, y: Array, activation: str) -> Any:
        """Give C of one sample, from z where the output activation is the cost's own pair.

        >>> z, y = np.array([750.0, -750.0]), np.array([0.0, 1.0])
        >>> float(COSTS["cross-entropy"].evaluate(z, softmax(z), y, "softmax"))
        1500.0
        """
        if self.pair is not None and self.pair.activation == activation:
            return self.pair.cost(z, y)
        return self.cost(a, y)

    def delta(self, z: Array, a: Array, y: Array, activation: str) -> Array:
        """Give the output error δ = ∂C/∂z of one sample, all of shape (n,).

        As in Nielsen's network2.py: a - y for the pairs, f'(z) ⊙ ∂C/∂a otherwise.
        Raises ValueError for an activation that has no derivative.

        >>> z, y = np.array([0.0]), np.array([1.0])
        >>> COSTS["binary-cross-entropy"].delta(z, sigmoid(z), y, "sigmoid")
        array([-0.5])
        """
        if self.pair is not None and self.pair.activation == activation:
            return np.asanyarray(self.pair.delta(z, y))
        return ACTIVATIONS[activation].pull_back(z, self.gradient(a, y))


def half_sse(a: Array, y: Array) -> Any:
    return ((y - a) ** 2).sum() / 2


def half_sse_gradient(a: Array, y: Array) -> Array:
    return a - y


def sse(a: Array, y: Array) -> Any:
    return ((a - y) ** 2).sum()


def sse_gradient(a: Array, y: Array) -> Array:
    return 2 * (a - y)


def mse(a: Array, y: Array) -> Any:
    return sse(a, y) / a.size


def mse_gradient(a: Array, y: Array) -> Array:
    return np.asanyarray(sse_gradient(a, y) / a.size)


def _where_weighted(weight: Array, a: Array) -> Array:
    """Put 1 where the weight is 0: there 0 · ln a and 0 / a count as 0, whatever a is."""
    return np.where(weight == 0, np.ones_like(a), a)


def cross_entropy(a: Array, y: Array) -> Any:
    return -(y * np.log(_where_weighted(y, a))).sum()


def cross_entropy_gradient(a: Array, y: Array) -> Array:
    return np.asanyarray(-y / _where_weighted(y, a))


def binary_cross_entropy(a: Array, y: Array) -> Any:
    return cross_entropy(a, y) + cross_entropy(1 - a, 1 - y)


def binary_cross_entropy_gradient(a: Array, y: Array) -> Array:
    return cross_entropy_gradient(a, y) - cross_entropy_gradient(1 - a, 1 - y)


def softmax_cross_entropy(z: Array, y: Array) -> Any:
    """-Σ_j y_j (z_j - ln Σ_k e^z_k)."""
    shifted = z - z.real.max()
    return -(y * (shifted - np.log(np.exp(shifted).sum()))).sum()


def softmax_cross_entropy_delta(z: Array, y: Array) -> Array:
    """a Σ_k y_k - y, which is a - y for targets that sum to 1."""
    return np.asanyarray(softmax(z) * y.sum() - y)


def sigmoid_binary_cross_entropy(z: Array, y: Array) -> Any:
    """Σ y ln(1 + e^-z) + (1 - y) ln(1 + e^z)."""
    return (y * softplus(-z) + (1 - y) * softplus(z)).sum()


def sigmoid_binary_cross_entropy_delta(z: Array, y: Array) -> Array:
    """a - y = (1 - y) σ(z) - y σ(-z), which keeps its digits where a is close to y."""
    return np.asanyarray((1 - y) * sigmoid(z) - y * sigmoid(-z))


COSTS: MappingProxyType[str, Cost] = MappingProxyType(
    {
        "half-sse": Cost(half_sse, half_sse_gradient),
        "sse": Cost(sse, sse_gradient),
        "mse": Cost(mse, mse_gradient),
        "cross-entropy": Cost(
            cross_entropy,
            cross_entropy_gradient,
            Pair("softmax", softmax_cross_entropy, softmax_cross_entropy_delta),
        ),
        "binary-cross-entropy": Cost(
            binary_cross_entropy,
            binary_cross_entropy_gradient,
            Pair("sigmoid", sigmoid_binary_cross_entropy, sigmoid_binary_cross_entropy_delta),
        ),
    }
)
