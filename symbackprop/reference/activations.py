"""The activation functions and their derivatives, written by hand from the textbook."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEAKY_SLOPE = 0.01


@dataclass(frozen=True)
class Activation:
    """One activation a = f(z); every function takes arrays of any shape and keeps it.

    forward: z -> a. Takes complex z too, and follows a complex step to first order, also at
        a corner, where it gives the slope of the side that 0 belongs to.
    derivative: z -> f'(z), entry by entry; None for softmax and step.
    jacobian_product: (z, v) -> J(z) v along the last axis, for an activation that mixes
        the entries of a layer; None for all that act entry by entry.
    """

    forward: Callable[[Array], Array]
    derivative: Callable[[Array], Array] | None
    jacobian_product: Callable[[Array, Array], Array] | None = None

    @property
    def differentiable(self) -> bool:
        """Whether a gradient can pass through it at all."""
        return self.derivative is not None or self.jacobian_product is not None

    def pull_back(self, z: Array, error: Array) -> Array:
        """Carry ∂C/∂a (same shape as z) back to ∂C/∂z.

        Raises ValueError for an activation that has no derivative.

        >>> ACTIVATIONS["tanh"].pull_back(np.array([0.0]), np.array([3.0]))
        array([3.])
        """
        if self.jacobian_product is not None:
            # The Jacobian of softmax is symmetric, so J v is also the wanted Jᵀ v.
            return self.jacobian_product(z, error)
        if self.derivative is None:
            raise ValueError("this activation has no derivative: no gradient passes through it")
        return np.asanyarray(self.derivative(z) * error)


def identity(z: Array) -> Array:
    return z


def identity_derivative(z: Array) -> Array:
    return np.ones_like(z)


def sigmoid(z: Array) -> Array:
    """1/(1 + e^-z), by whichever of its two forms has a falling exponential.

    >>> sigmoid(np.array([-750.0, 0.0, 750.0]))
    array([0. , 0.5, 1. ])
    """
    positive = z.real >= 0
    exponential = np.exp(np.where(positive, -z, z))
    return np.where(positive, 1, exponential) / (1 + exponential)


def sigmoid_derivative(z: Array) -> Array:
    # σ' = σ(1 - σ), and 1 - σ(z) = σ(-z) keeps its digits where σ is close to 1.
    return np.asanyarray(sigmoid(z) * sigmoid(-z))


def tanh(z: Array) -> Array:
    return np.asanyarray(np.tanh(z))


def tanh_derivative(z: Array) -> Array:
    # 1 - tanh² = sech² = 4 σ(2z) σ(-2z), which neither cancels nor overflows.
    return np.asanyarray(4 * sigmoid_derivative(2 * z))


def relu(z: Array) -> Array:
    return np.where(z.real > 0, z, np.zeros_like(z))


def relu_derivative(z: Array) -> Array:
    """1 where z > 0 and 0 elsewhere, at 0 too."""
    return np.where(z.real > 0, np.ones_like(z), np.zeros_like(z))


def leaky_relu(z: Array) -> Array:
    return np.where(z.real > 0, z, LEAKY_SLOPE * z)


def leaky_relu_derivative(z: Array) -> Array:
    """1 where z > 0 and the slope elsewhere, at 0 too."""
    return np.where(z.real > 0, np.ones_like(z), np.full_like(z, LEAKY_SLOPE))


def elu(z: Array) -> Array:
    return np.where(z.real > 0, z, np.expm1(np.where(z.real > 0, np.zeros_like(z), z)))


def elu_derivative(z: Array) -> Array:
    """1 where z > 0 and e^z elsewhere: both are 1 at 0."""
    return np.asanyarray(np.exp(np.where(z.real > 0, np.zeros_like(z), z)))


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|).

    >>> softplus(np.array([-750.0, 0.0, 750.0])).tolist()
    [0.0, 0.6931471805599453, 750.0]
    """
    exponential = np.exp(np.where(z.real > 0, -z, z))
    if not np.iscomplexobj(z):
        return np.asanyarray(relu(z) + np.log1p(exponential))
    # numpy's complex log1p loses a small real part; to first order |1 + e| is 1 + Re e.
    logarithm = np.log1p(exponential.real) + 1j * np.arctan2(exponential.imag, 1 + exponential.real)
    return np.asanyarray(relu(z) + logarithm)


def silu(z: Array) -> Array:
    return np.asanyarray(z * sigmoid(z))


def silu_derivative(z: Array) -> Array:
    return np.asanyarray(sigmoid(z) + z * sigmoid_derivative(z))


_complementary_error = np.vectorize(math.erfc, otypes=[float])


def normal_density(z: Array) -> Array:
    """φ(z) = e^(-z²/2) / sqrt(2π)."""
    return np.asanyarray(np.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def normal_distribution(z: Array) -> Array:
    """Φ(z) = erfc(-z/√2)/2.

    For complex z = x + iy it is Φ(x) + iy φ(x): exact to first order in y, which is all that
    a complex step reads.

    >>> normal_distribution(np.array([0.0]))
    array([0.5])
    """
    real = _complementary_error(-z.real / math.sqrt(2)).astype(z.real.dtype) / 2
    if not np.iscomplexobj(z):
        return np.asanyarray(real)
    return np.asanyarray(real + 1j * z.imag * normal_density(z.real))


def gelu(z: Array) -> Array:
    return np.asanyarray(z * normal_distribution(z))


def gelu_derivative(z: Array) -> Array:
    return np.asanyarray(normal_distribution(z) + z * normal_density(z))


def softmax(z: Array) -> Array:
    """e^z_j / Σ_k e^z_k along the last axis, shifted by the largest z so nothing overflows.

    >>> softmax(np.array([0.0, 750.0, 750.0]))
    array([0. , 0.5, 0.5])
    """
    exponential = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return np.asanyarray(exponential / exponential.sum(axis=-1, keepdims=True))


def softmax_jacobian_product(z: Array, vector: Array) -> Array:
    """Σ_k a_j (1[j = k] - a_k) v_k = a_j (v_j - Σ_k a_k v_k)."""
    a = softmax(z)
    return np.asanyarray(a * (vector - (a * vector).sum(axis=-1, keepdims=True)))


def step(z: Array) -> Array:
    """The perceptron's threshold: 1 where z > 0 and 0 elsewhere, at 0 too."""
    return np.where(z.real > 0, np.ones_like(z), np.zeros_like(z))


ACTIVATIONS: MappingProxyType[str, Activation] = MappingProxyType(
    {
        "identity": Activation(identity, identity_derivative),
        "sigmoid": Activation(sigmoid, sigmoid_derivative),
        "tanh": Activation(tanh, tanh_derivative),
        "relu": Activation(relu, relu_derivative),
        "leaky-relu": Activation(leaky_relu, leaky_relu_derivative),
        "elu": Activation(elu, elu_derivative),
        "softplus": Activation(softplus, sigmoid),
        "silu": Activation(silu, silu_derivative),
        "gelu": Activation(gelu, gelu_derivative),
        "softmax": Activation(softmax, None, softmax_jacobian_product),
        "step": Activation(step, None),
    }
)
