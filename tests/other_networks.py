"""Networks that are not the standard one, as systems: what other courses are about."""

from __future__ import annotations

from cases import recurrent, residual
from kinds import graph
from sympy import (
    Eq,
    Expr,
    IndexedBase,
    Integer,
    Max,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    sqrt,
    symbols,
)

from symbackprop.equations import System
from symbackprop.functions import Softmax, name_function
from symbackprop.network.network import mlp
from symbackprop.primitives import tanh

C = Symbol("C")
i, j, k, p, q, r, s, t = symbols("i j k p q r s t", integer=True)
d, n, o, N, M, R, S, T = symbols("d n o N M R S T", integer=True)


def total(term: Expr, *limits: tuple) -> Expr:
    """Σ over the limits, the last one innermost."""
    for limit in reversed(limits):
        term = Sum(term, limit)
    return term


def convolution() -> System:
    """y[i] = σ(Σ_r w[r] x[i + r] + b), one weight for all places."""
    x, w, y, z, g = map(IndexedBase, "xwyzg")
    sigma = name_function("sigma")
    return System(
        [
            Eq(z[i], total(w[r] * x[i + r], (r, 1, R)) + Symbol("b")),
            Eq(y[i], sigma(z[i])),
            Eq(C, total((y[i] - g[i]) ** 2, (i, 1, N)) / 2),
        ],
        parameters=[w, Symbol("b")],
        targets=[g],
        axes={i: (1, N), r: (1, R)},
    )


def convolution_in_two_dimensions() -> System:
    x, w, y, g = map(IndexedBase, "xwyg")
    return System(
        [
            Eq(y[i, j], total(w[r, s] * x[i + r, j + s], (r, 1, R), (s, 1, S))),
            Eq(C, total((y[i, j] - g[i, j]) ** 2, (i, 1, N), (j, 1, M)) / 2),
        ],
        parameters=[w],
        targets=[g],
        axes={i: (1, N), j: (1, M), r: (1, R), s: (1, S)},
    )


def attention() -> System:
    """Queries look at keys: softmax over time of their products, and the mix of the values."""
    x, A, B, D, u, v, w, e, f, h, y = map(IndexedBase, "xABDuvwefhy")
    score = total(u[t, p] * v[q, p], (p, 1, o))
    return System(
        [
            Eq(u[t, p], total(A[p, k] * x[t, k], (k, 1, n))),
            Eq(v[t, p], total(B[p, k] * x[t, k], (k, 1, n))),
            Eq(w[t, j], total(D[j, k] * x[t, k], (k, 1, n))),
            Eq(e[t, q], score),
            Eq(f[t, q], Softmax(e[t, q], e[t, s], s, Integer(1), T)),
            Eq(h[t, j], total(f[t, q] * w[q, j], (q, 1, T))),
            Eq(C, total((h[t, j] - y[t, j]) ** 2, (t, 1, T), (j, 1, d))),
        ],
        parameters=[A, B, D],
        targets=[y],
        axes={t: (1, T), q: (1, T), p: (1, o), j: (1, d), k: (1, n)},
    )


def autoencoder() -> System:
    """One matrix there and, transposed, back: its weights are read twice by one path."""
    x, W, h, y = map(IndexedBase, "xWhy")
    return System(
        [
            Eq(h[j], tanh(total(W[j, k] * x[k], (k, 1, n)))),
            Eq(y[k], total(W[j, k] * h[j], (j, 1, o))),
            Eq(C, total((y[k] - x[k]) ** 2, (k, 1, n))),
        ],
        parameters=[W],
        axes={j: (1, o), k: (1, n)},
    )


def hinge() -> System:
    """A support vector machine with a penalty: margins, max and an absolute value of weights."""
    x, w, y, m = map(IndexedBase, "xwym")
    return System(
        [
            Eq(m[i], y[i] * (total(w[k] * x[i, k], (k, 1, n)) + Symbol("b"))),
            Eq(C, total(Max(0, 1 - m[i]), (i, 1, N)) / N + total(w[k] ** 2, (k, 1, n))),
        ],
        parameters=[w, Symbol("b")],
        targets=[y],
        axes={i: (1, N), k: (1, n)},
    )


def normalised() -> System:
    """A layer that is divided by its own length."""
    x, g, h, y = map(IndexedBase, "xghy")
    u = Symbol("u")
    return System(
        [
            Eq(u, sqrt(total(x[k] ** 2, (k, 1, n)) + 1)),
            Eq(h[k], g[k] * x[k] / u),
            Eq(C, total((h[k] - y[k]) ** 2, (k, 1, n))),
        ],
        parameters=[g],
        targets=[y],
        axes={k: (1, n)},
    )


def poisson() -> System:
    """Counts: the cost is e^z - y z, of two inputs that meet in a product."""
    x, w, v, z, y = map(IndexedBase, "xwvzy")
    return System(
        [
            Eq(z[i], total(w[k] * x[i, k], (k, 1, n)) * total(v[k] * x[i, k], (k, 1, n))),
            Eq(C, total(exp(z[i]) - y[i] * z[i] + log(1 + z[i] ** 2), (i, 1, N))),
        ],
        parameters=[w, v],
        targets=[y],
        axes={i: (1, N), k: (1, n)},
    )


def waves() -> System:
    a, w, f = map(IndexedBase, "awf")
    x = Symbol("x")
    return System(
        [
            Eq(f[k], cos(w[k] * x)),
            Eq(C, (total(a[k] * f[k], (k, 1, n)) - Symbol("y")) ** 2),
        ],
        parameters=[a, w],
        targets=[Symbol("y")],
        axes={k: (1, n)},
    )


# an input read beyond the range of an output; both ways through time; a softmax that is written
# out, with a bias for every row
WRITTEN = {
    "residual convolution": graph(
        {
            "z[i]": "sum(r, w[r]*x[i + r])",
            "C": "1/2*sum(i, (tanh(z[i]) + x[i] - y[i])^2)",
        },
        "w[r]",
        "x[m]",
        "y[i]",
        m="1..n + 2",
        i="1..n",
        r="1..2",
    ),
    "both ways through time": graph(
        {
            "h[0]": "0",
            "h[t]": "tanh(u*h[t - 1] + x[t])",
            "g[1]": "tanh(v*x[T])",
            "g[s]": "tanh(v*g[s - 1] + x[s])",
            "C": "1/2*sum(t, (h[t] + g[t] - y[t])^2)",
        },
        "u; v",
        "x[t]",
        "y[t]",
        t="1..T",
        s="2..T",
    ),
    "rows of a softmax": graph(
        {
            "z[i, c]": "sum(k, W[c, k]*x[i, k]) + b[c]",
            "a[i, c]": "exp(z[i, c])/sum(e, exp(z[i, e]))",
            "C": "-1/m*sum(i, sum(c, y[i, c]*log(a[i, c])))",
        },
        "W[c, k]; b[c]",
        "x[i, k]",
        "y[i, c]",
        i="1..m",
        c="1..q",
        e="1..q",
        k="1..d",
    ),
}

OTHERS: dict[str, System] = WRITTEN | {
    "residual": residual(),
    "recurrent": recurrent(),
    "convolution": convolution(),
    "convolution in two dimensions": convolution_in_two_dimensions(),
    "attention": attention(),
    "autoencoder": autoencoder(),
    "hinge": hinge(),
    "normalised": normalised(),
    "poisson": poisson(),
    "waves": waves(),
    "one layer": mlp([3, 2], activation="sigmoid", cost="sse").system,
    "one layer of softmax": mlp([3, 2], activation="softmax", cost="cross-entropy").system,
    "twelve layers": mlp([3] * 13, activation="tanh").system,
    "batch, L2": mlp(batch=True, regularized=True).system,
    "shared bias, relu": mlp(bias="shared", activation="relu", cost="mse").system,
}
