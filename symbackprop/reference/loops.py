"""Backpropagation as Nielsen's book writes it: sample by sample, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symbackprop.reference.activations import ACTIVATIONS
from symbackprop.reference.costs import COSTS

Array = NDArray[Any]


@dataclass(frozen=True)
class Result:
    """One forward and backward pass through L layers.

    cost: the mean over the samples, plus the L2 term.
    weights: L gradients of the cost, each of the shape of its weight (n_out, n_in).
    biases: L gradients of the shapes of the biases, () or (n_out,); None without biases.
    pre_activations: z of the layers 1..L, (n_l,) for one sample, (m, n_l) for a batch.
    activations: a of the layers 0..L, so the first one is x.
    deltas: ∂C_sample/∂z of the layers 1..L, each sample's own (not divided by m).
    """

    cost: Any
    weights: tuple[Array, ...]
    biases: tuple[Array, ...] | None
    pre_activations: tuple[Array, ...]
    activations: tuple[Array, ...]
    deltas: tuple[Array, ...]


@dataclass(frozen=True)
class _Arguments:
    """The checked arguments: samples as rows, one activation for each layer."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...] | None
    inputs: Array
    targets: Array
    activations: tuple[str, ...]
    cost: str
    single: bool


def _as_numbers(value: ArrayLike, name: str) -> Array:
    array = np.asanyarray(value)
    if array.dtype.kind in "bui":
        array = array.astype(float)
    if array.dtype.kind not in "fc":
        raise ValueError(f"{name} must hold numbers, but holds {array.dtype}")
    return array


def _check(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike] | None,
    x: ArrayLike,
    y: ArrayLike,
    activations: str | Sequence[str],
    cost: str,
) -> _Arguments:
    depth = len(weights)
    if depth == 0:
        raise ValueError("a network needs at least one weight matrix")
    names = (activations,) * depth if isinstance(activations, str) else tuple(activations)
    if len(names) != depth:
        raise ValueError(f"{depth} layers need {depth} activations, but {len(names)} were given")
    for name in names:
        if name not in ACTIVATIONS:
            raise ValueError(f"unknown activation {name!r}; known are {', '.join(ACTIVATIONS)}")
    if cost not in COSTS:
        raise ValueError(f"unknown cost {cost!r}; known are {', '.join(COSTS)}")

    inputs, targets = _as_numbers(x, "x"), _as_numbers(y, "y")
    if inputs.ndim not in (1, 2):
        raise ValueError(f"x must be (n,) or (m, n), but is {inputs.shape}")
    single = inputs.ndim == 1
    if inputs.size == 0:
        raise ValueError(f"x must hold at least one sample and one input, but is {inputs.shape}")

    matrices: list[Array] = []
    width = inputs.shape[-1]
    for layer, value in enumerate(weights, start=1):
        matrix = _as_numbers(value, f"W{layer}")
        if matrix.ndim != 2 or matrix.shape[1] != width or matrix.shape[0] == 0:
            raise ValueError(
                f"W{layer} must be (n_out, {width}), as the layer before it has {width} values, "
                f"but is {matrix.shape}"
            )
        matrices.append(matrix)
        width = matrix.shape[0]

    expected = inputs.shape[:-1] + (width,)
    if targets.shape != expected:
        raise ValueError(f"y must be {expected}, but is {targets.shape}")

    vectors: list[Array] | None = None
    if biases is not None:
        if len(biases) != depth:
            raise ValueError(f"{depth} layers need {depth} biases, but {len(biases)} were given")
        vectors = []
        for layer, (value, matrix) in enumerate(zip(biases, matrices, strict=True), start=1):
            vector = _as_numbers(value, f"b{layer}")
            if vector.shape not in ((), matrix.shape[:1]):
                raise ValueError(
                    f"b{layer} must be {matrix.shape[:1]}, or () when shared by its layer, "
                    f"but is {vector.shape}"
                )
            vectors.append(vector)

    return _Arguments(
        weights=tuple(matrices),
        biases=None if vectors is None else tuple(vectors),
        inputs=np.atleast_2d(inputs),
        targets=np.atleast_2d(targets),
        activations=names,
        cost=cost,
        single=single,
    )


def _feed_forward(given: _Arguments, x: Array) -> tuple[list[Array], list[Array]]:
    """Give z of the layers 1..L and a of the layers 0..L for one sample."""
    pre_activations, activations = [], [x]
    for layer, matrix in enumerate(given.weights):
        z = matrix @ activations[-1]
        if given.biases is not None:
            z = z + given.biases[layer]
        pre_activations.append(z)
        activations.append(ACTIVATIONS[given.activations[layer]].forward(z))
    return pre_activations, activations


def _penalize(given: _Arguments, regularization: float) -> Any:
    if regularization == 0:
        return 0
    # W * W and not |W|²: a complex step has to pass through it.
    return regularization / 2 * sum((matrix * matrix).sum() for matrix in given.weights)


def forward_cost(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike] | None,
    x: ArrayLike,
    y: ArrayLike,
    activations: str | Sequence[str],
    cost: str,
    *,
    regularization: float = 0.0,
) -> Any:
    """Give the cost alone, for the arguments of `backprop`; parameters and x may be complex.

    Raises ValueError for shapes or names that do not fit.

    >>> float(forward_cost([[[2.0]]], [1.0], [3.0], [5.0], "identity", "half-sse"))
    2.0
    """
    given = _check(weights, biases, x, y, activations, cost)
    total: Any = 0
    for sample, target in zip(given.inputs, given.targets, strict=True):
        pre_activations, outputs = _feed_forward(given, sample)
        total = total + COSTS[cost].evaluate(
            pre_activations[-1], outputs[-1], target, given.activations[-1]
        )
    return total / len(given.inputs) + _penalize(given, regularization)


def _refuse_steps(given: _Arguments) -> None:
    for layer, name in enumerate(given.activations, start=1):
        if not ACTIVATIONS[name].differentiable:
            raise ValueError(
                f"layer {layer} has the activation {name!r}, which has no derivative: "
                "no gradient passes through it"
            )


def backprop(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike] | None,
    x: ArrayLike,
    y: ArrayLike,
    activations: str | Sequence[str],
    cost: str,
    *,
    regularization: float = 0.0,
) -> Result:
    """Give the cost, every gradient, and all that was computed on the way.

    weights: L matrices (n_out, n_in); W[j, k] leads from neuron k to neuron j.
    biases: L vectors (n_out,), or scalars (one bias shared by its layer), or None.
    x, y: one sample (n_0,), (n_L,), or a batch (m, n_0), (m, n_L) whose cost is the mean of
        the samples' costs.
    activations: one name for all layers, or one for each layer.
    regularization: λ of the term (λ/2) Σ W², over all weights, no biases, not divided by m.

    Raises ValueError for shapes or names that do not fit, and for a gradient through step.

    The four equations: Nielsen, Neural Networks and Deep Learning, chapter 2, BP1 to BP4.

    >>> result = backprop([[[2.0]]], [1.0], [3.0], [5.0], "identity", "half-sse")
    >>> float(result.cost), result.weights[0], float(result.biases[0])
    (2.0, array([[6.]]), 2.0)
    """
    given = _check(weights, biases, x, y, activations, cost)
    _refuse_steps(given)
    depth, count = len(given.weights), len(given.inputs)
    total: Any = 0
    weight_sums: list[Any] = [0] * depth
    bias_sums: list[Any] = [0] * depth
    all_z: list[list[Array]] = [[] for _ in range(depth)]
    all_a: list[list[Array]] = [[] for _ in range(depth + 1)]
    all_delta: list[list[Array]] = [[] for _ in range(depth)]

    for sample, target in zip(given.inputs, given.targets, strict=True):
        z, a = _feed_forward(given, sample)
        total = total + COSTS[cost].evaluate(z[-1], a[-1], target, given.activations[-1])
        delta = COSTS[cost].delta(z[-1], a[-1], target, given.activations[-1])
        for layer in reversed(range(depth)):
            if layer < depth - 1:
                # BP2: δ^l = (W^(l+1))ᵀ δ^(l+1) ⊙ f'(z^l)
                delta = ACTIVATIONS[given.activations[layer]].pull_back(
                    z[layer], given.weights[layer + 1].T @ delta
                )
            # a[layer] is the activation that this layer reads, as a[0] is x.
            weight_sums[layer] = weight_sums[layer] + np.outer(delta, a[layer])
            if given.biases is not None:
                shared = given.biases[layer].ndim == 0
                bias_sums[layer] = bias_sums[layer] + (delta.sum() if shared else delta)
            all_delta[layer].append(delta)
            all_z[layer].append(z[layer])
        for layer in range(depth + 1):
            all_a[layer].append(a[layer])

    def gather(rows: list[list[Array]]) -> tuple[Array, ...]:
        return tuple(row[0] if given.single else np.stack(row) for row in rows)

    return Result(
        cost=total / count + _penalize(given, regularization),
        weights=tuple(
            np.asanyarray(sums / count + regularization * matrix)
            for sums, matrix in zip(weight_sums, given.weights, strict=True)
        ),
        biases=None
        if given.biases is None
        else tuple(np.asanyarray(sums / count) for sums in bias_sums),
        pre_activations=gather(all_z),
        activations=gather(all_a),
        deltas=gather(all_delta),
    )
