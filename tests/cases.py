"""One list of networks, run through every stage and every view."""

from __future__ import annotations

from sympy import Eq, IndexedBase, Max, Sum, Symbol, exp, symbols, tanh

from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.network.pre_activations import name_pre_activations


def recurrent() -> System:
    """h[t] = tanh(W h[t-1] + U x[t] + b), cost over all times."""
    h, W, U, b, x, y = map(IndexedBase, ("h", "W", "U", "b", "x", "y"))
    t, j, k, p, T, n, o = symbols("t j k p T n o", integer=True)
    state = Sum(W[j, k] * h[t - 1, k], (k, 1, n)) + Sum(U[j, p] * x[t, p], (p, 1, o)) + b[j]
    cost = Sum(Sum((y[t, j] - h[t, j]) ** 2, (j, 1, n)), (t, 1, T)) / 2
    return name_pre_activations(
        System(
            [Eq(h[0, j], 0), Eq(h[t, j], tanh(state)), Eq(Symbol("C"), cost)],
            parameters=[W, U, b],
            targets=[y],
            axes={t: (1, T), j: (1, n)},
        )
    )


def gates() -> System:
    """Add, multiply and max gates with a value used twice."""
    x, y, z, q, m, f = symbols("x y z q m f")
    return System([Eq(q, x + y), Eq(m, Max(q, z)), Eq(f, m * z * q)])


def sigmoid_neuron() -> System:
    w0, w1, w2, x0, x1, f = symbols("w0 w1 w2 x0 x1 f")
    return name_pre_activations(
        System([Eq(f, 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2))))], parameters=[w0, w1, w2])
    )


def residual() -> System:
    """r = u + tanh(W u), u = V x: u is read twice."""
    u, V, W, x, y, r, z = map(IndexedBase, ("u", "V", "W", "x", "y", "r", "z"))
    j, k, n = symbols("j k n", integer=True)
    return System(
        [
            Eq(u[j], Sum(V[j, k] * x[k], (k, 1, n))),
            Eq(z[j], Sum(W[j, k] * u[k], (k, 1, n))),
            Eq(r[j], u[j] + tanh(z[j])),
            Eq(Symbol("C"), Sum((y[j] - r[j]) ** 2, (j, 1, n)) / 2),
        ],
        parameters=[V, W],
        targets=[y],
        axes={j: (1, n), k: (1, n)},
    )


SIGMOIDAL = ("sigmoid", "tanh", "softplus", "silu", "gelu", "elu", "identity")

NETWORKS = {
    "generic": mlp(),
    "generic batch": mlp(batch=True),
    "generic, shared bias": mlp(bias="shared"),
    "generic, no bias, L2": mlp(bias="none", regularized=True),
    **{f"{name}, mse": mlp(activation=name, cost="mse") for name in SIGMOIDAL},
    "relu": mlp(activation="relu"),
    "leaky relu, batch, sse": mlp(activation="leaky-relu", cost="sse", batch=True),
    "softmax, cross-entropy": mlp(activation="softmax", cost="cross-entropy"),
    "softmax, sse": mlp(activation="softmax", cost="sse"),
    "sigmoid, binary cross-entropy": mlp(activation="sigmoid", cost="binary-cross-entropy"),
    "2-3-2": mlp([2, 3, 2], activation="sigmoid"),
    "2-3-4-2, tanh and softmax, batch, L2": mlp(
        [2, 3, 4, 2],
        activation=["tanh", "sigmoid", "softmax"],
        cost="cross-entropy",
        batch=True,
        regularized=True,
    ),
    "2-2-2, shared bias": mlp([2, 2, 2], activation="sigmoid", bias="shared"),
}

GRAPHS = {
    "recurrent": recurrent(),
    "gates": gates(),
    "sigmoid neuron": sigmoid_neuron(),
    "residual": residual(),
}

SYSTEMS = {name: network.system for name, network in NETWORKS.items()} | GRAPHS
