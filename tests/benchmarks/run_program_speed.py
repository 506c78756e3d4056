"""How long a generated program takes, as a ratio to numpy written by hand.

Run it by itself: python tests/benchmarks/run_program_speed.py, with --once to see that it runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np

from symbackprop.network.network import mlp
from symbackprop.programs import lambdify

# widths, hidden and output activation, cost, samples
CASES = [
    ((2, 2, 2), "sigmoid", "sigmoid", "half-sse", 1),
    ((2, 2, 2), "sigmoid", "sigmoid", "half-sse", 10),
    ((784, 30, 10), "sigmoid", "sigmoid", "half-sse", 10),
    ((784, 30, 10), "relu", "softmax", "cross-entropy", 10),
    ((784, 512, 512, 10), "sigmoid", "sigmoid", "half-sse", 128),
    ((784, 512, 512, 10), "relu", "softmax", "cross-entropy", 128),
]
ROUNDS = 31


def run_sigmoids(weights: list[Any], biases: list[Any], x: Any, y: Any) -> tuple[Any, ...]:
    """Quadratic cost and sigmoids, samples as rows, as one writes it by hand."""
    outputs = [x]
    for weight, bias in zip(weights, biases, strict=True):
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ weight.T + bias))))
    error = outputs[-1] - y
    cost = np.vdot(error, error) / (2 * len(x))
    delta = error * outputs[-1] * (1 - outputs[-1]) / len(x)
    gradients = []
    for layer in range(len(weights) - 1, -1, -1):
        gradients += [delta.T @ outputs[layer], delta.sum(axis=0)]
        if layer:
            delta = (delta @ weights[layer]) * (outputs[layer] * (1 - outputs[layer]))
    return cost, *gradients


def run_classifier(weights: list[Any], biases: list[Any], x: Any, y: Any) -> tuple[Any, ...]:
    """Softmax with cross-entropy over rectified layers."""
    outputs = [x]
    for weight, bias in zip(weights, biases, strict=True):
        z = outputs[-1] @ weight.T + bias
        outputs.append(np.maximum(z, 0))
    z -= z.max(axis=1, keepdims=True)
    exponentials = np.exp(z)
    totals = exponentials.sum(axis=1, keepdims=True)
    cost = (np.log(totals).sum() - np.vdot(y, z)) / len(x)
    delta = (exponentials / totals - y) / len(x)
    gradients = []
    for layer in range(len(weights) - 1, -1, -1):
        gradients += [delta.T @ outputs[layer], delta.sum(axis=0)]
        if layer:
            delta = (delta @ weights[layer]) * (outputs[layer] > 0)
    return cost, *gradients


def measure(functions: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """The median time of each function; they take turns, so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in functions]
    start = perf_counter()
    functions[0]()
    repeats = max(1, int(0.01 / (perf_counter() - start)))
    for _ in range(rounds):
        for function, found in zip(functions, times, strict=True):
            start = perf_counter()
            for _ in range(repeats):
                function()
            found.append((perf_counter() - start) / repeats)
    return [float(np.median(found)) for found in times]


def main(rounds: int) -> None:
    random = np.random.default_rng(0)
    print("           network samples   hidden    by hand    program  ratio")
    for widths, hidden, output, cost, samples in CASES:
        activation = [*[hidden] * (len(widths) - 2), output]
        program = lambdify(mlp(widths, activation=activation, cost=cost, batch=True))
        weights = [random.normal(size=(b, a)) / np.sqrt(a) for a, b in pairwise(widths)]
        biases = [random.normal(size=width) for width in widths[1:]]
        x = random.normal(size=(samples, widths[0]))
        y = np.eye(widths[-1])[random.integers(widths[-1], size=samples)]
        parameters = {f"W{l}": w for l, w in enumerate(weights, 1)}
        parameters |= {f"b{l}": b for l, b in enumerate(biases, 1)}
        by_hand = run_sigmoids if output == "sigmoid" else run_classifier
        first, second = by_hand(weights, biases, x, y), program(parameters, x, y)
        np.testing.assert_allclose(first[0], second.cost)
        np.testing.assert_allclose(first[-2], second.gradients["W1"], atol=1e-12)
        hand, own = measure(
            [
                lambda f=by_hand, w=weights, b=biases, x=x, y=y: f(w, b, x, y),
                lambda f=program, p=parameters, x=x, y=y: f(p, x, y),
            ],
            rounds,
        )
        name = "-".join(map(str, widths))
        print(
            f"{name:>18} {samples:>7} {hidden:>8} {hand * 1e3:>7.3f} ms {own * 1e3:>7.3f} ms "
            f"{own / hand:>6.2f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="only see that everything runs")
    main(1 if parser.parse_args().once else ROUNDS)
