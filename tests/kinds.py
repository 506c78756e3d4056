"""Networks of many kinds beside the layered one, each in the grammar of network files."""

from __future__ import annotations

from symbackprop.equations import System
from symbackprop.network.graph_files import read_graph
from symbackprop.network.network import mlp
from symbackprop.network.pre_activations import name_pre_activations


def graph(
    equations: dict[str, str],
    parameters: str = "",
    inputs: str = "",
    targets: str = "",
    **axes: str,
) -> System:
    """A graph as a file declares it; what is declared stands in one text: "W[j, k]; b[j]"."""

    def split(declared: str) -> list[str]:
        return [part.strip() for part in declared.split(";") if part.strip()]

    table = {
        "parameters": split(parameters),
        "inputs": split(inputs),
        "targets": split(targets),
        "axes": axes,
        "equations": equations,
    }
    return name_pre_activations(read_graph(table, {})[0])


SQUARES = "1/2*sum(j, (a[j] - y[j])^2)"

GRAPHS: dict[str, System] = {
    "residual, several reads": graph(
        {
            "u[j]": "sum(k, V[j, k]*x[k])",
            "p[j]": "tanh(sum(k, W[j, k]*u[k]))",
            "r[j]": "u[j] + p[j]*u[j]",
            "C": "1/2*sum(j, (r[j] - y[j])^2) + sum(j, u[j]^2)",
        },
        "V[j, k]; W[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..n",
    ),
    "three residual blocks": graph(
        {
            "r1[j]": "x[j] + tanh(sum(k, U[j, k]*x[k]))",
            "r2[j]": "r1[j] + tanh(sum(k, V[j, k]*r1[k]))",
            "r3[j]": "r2[j] + tanh(sum(k, W[j, k]*r2[k]))",
            "C": "1/2*sum(j, (r3[j] - y[j])^2)",
        },
        "U[j, k]; V[j, k]; W[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..n",
    ),
    "attention": graph(
        {
            "q[p, i]": "sum(j, A[i, j]*x[p, j])",
            "k[p, i]": "sum(j, B[i, j]*x[p, j])",
            "v[p, j]": "sum(u, V[j, u]*x[p, u])",
            "s[p, r]": "sum(i, q[p, i]*k[r, i])",
            "e[p, r]": "exp(s[p, r])/sum(o, exp(s[p, o]))",
            "a[p, j]": "sum(r, e[p, r]*v[r, j])",
            "C": "1/2*sum(p, sum(j, (a[p, j] - y[p, j])^2))",
        },
        "A[i, j]; B[i, j]; V[j, u]",
        "x[p, j]",
        "y[p, j]",
        p="1..P",
        r="1..P",
        o="1..P",
        i="1..d",
        j="1..n",
        u="1..n",
    ),
    "convolution in one dimension": graph(
        {
            "z[i]": "sum(r, w[r]*x[i + r - 1]) + b",
            "a[i]": "tanh(z[i])",
            "c[h]": "sum(r, v[r]*a[h + r - 1])",
            "C": "1/2*sum(h, (c[h] - y[h])^2)",
        },
        "w[r]; v[r]; b",
        "x[m]",
        "y[h]",
        m="1..n + 4",
        i="1..n + 2",
        h="1..n",
        r="1..3",
    ),
    "convolution in two dimensions": graph(
        {
            "z[i, j]": "sum(r, sum(s, w[r, s]*x[i + r, j + s]))",
            "a[i, j]": "tanh(z[i, j])",
            "C": "1/2*sum(i, sum(j, (a[i, j] - y[i, j])^2))",
        },
        "w[r, s]",
        "x[u, v]",
        "y[i, j]",
        u="1..4",
        v="1..4",
        i="1..3",
        j="1..3",
        r="0..1",
        s="0..1",
    ),
    "tied autoencoder": graph(
        {
            "h[j]": "tanh(sum(k, W[j, k]*x[k]) + b[j])",
            "o[k]": "sum(j, W[j, k]*h[j]) + c[k]",
            "C": "1/2*sum(k, (o[k] - x[k])^2)",
        },
        "W[j, k]; b[j]; c[k]",
        "x[k]",
        j="1..m",
        k="1..n",
    ),
    "one weight in three layers": graph(
        {
            "a1[j]": "tanh(sum(k, W[j, k]*x[k]))",
            "a2[j]": "tanh(sum(k, W[j, k]*a1[k]))",
            "a3[j]": "tanh(sum(k, W[j, k]*a2[k]))",
            "C": "1/2*sum(j, (a3[j] - y[j])^2)",
        },
        "W[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..n",
    ),
    "recurrence with a loss for each time": graph(
        {
            "h[0, j]": "0",
            "h[t, j]": "tanh(sum(k, W[j, k]*h[t - 1, k]) + sum(i, U[j, i]*x[t, i]))",
            "o[t, i]": "sum(j, V[i, j]*h[t, j])",
            "E[t]": "1/2*sum(i, (o[t, i] - y[t, i])^2)",
            "C": "sum(t, E[t])",
        },
        "W[j, k]; U[j, i]; V[i, j]",
        "x[t, i]",
        "y[t, i]",
        t="1..T",
        j="1..n",
        k="1..n",
        i="1..d",
    ),
    "recurrence read at its end": graph(
        {
            "h[0, j]": "0",
            "h[t, j]": "tanh(sum(k, W[j, k]*h[t - 1, k]) + x[t, j])",
            "C": "1/2*sum(j, (h[T, j] - y[j])^2)",
        },
        "W[j, k]",
        "x[t, j]",
        "y[j]",
        t="1..T",
        j="1..n",
        k="1..n",
    ),
    "two steps back": graph(
        {
            "h[-1]": "0",
            "h[0]": "1/2",
            "h[t]": "tanh(u*h[t - 1] + v*h[t - 2] + x[t])",
            "C": "1/2*sum(t, (h[t] - y[t])^2)",
        },
        "u; v",
        "x[t]",
        "y[t]",
        t="1..T",
    ),
    "gates of a long memory": graph(
        {
            "h[0, j]": "0",
            "c[0, j]": "0",
            "f[t, j]": "sigmoid(sum(k, F[j, k]*h[t - 1, k]) + x[t, j])",
            "i[t, j]": "sigmoid(sum(k, I[j, k]*h[t - 1, k]) + x[t, j])",
            "o[t, j]": "sigmoid(sum(k, O[j, k]*h[t - 1, k]) + x[t, j])",
            "g[t, j]": "tanh(sum(k, G[j, k]*h[t - 1, k]) + x[t, j])",
            "c[t, j]": "f[t, j]*c[t - 1, j] + i[t, j]*g[t, j]",
            "h[t, j]": "o[t, j]*tanh(c[t, j])",
            "C": "1/2*sum(t, sum(j, (h[t, j] - y[t, j])^2))",
        },
        "F[j, k]; I[j, k]; O[j, k]; G[j, k]",
        "x[t, j]",
        "y[t, j]",
        t="1..T",
        j="1..n",
        k="1..n",
    ),
    "gain and mask": graph(
        {
            "z[j]": "sum(k, W[j, k]*x[k])",
            "a[j]": "g[j]*m[j]*tanh(z[j])",
            "C": SQUARES,
        },
        "W[j, k]; g[j]",
        "x[k]; m[j]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "one number for a temperature": graph(
        {
            "z[j]": "sum(k, W[j, k]*x[k])/T",
            "a[j]": "exp(z[j])/sum(i, exp(z[i]))",
            "C": "-sum(j, y[j]*log(a[j]))",
        },
        "W[j, k]; T",
        "x[k]",
        "y[j]",
        j="1..n",
        i="1..n",
        k="1..d",
    ),
    "weight decay by size": graph(
        {
            "a[j]": "sigmoid(sum(k, W[j, k]*x[k]) + b[j])",
            "C": SQUARES + " + l*sum(j, sum(k, max(W[j, k], -W[j, k])))",
        },
        "W[j, k]; b[j]; l",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "a cost that grows slowly": graph(
        {
            "a[j]": "tanh(sum(k, W[j, k]*x[k]))",
            "C": "sum(j, sqrt(1 + (a[j] - y[j])^2) - 1)",
        },
        "W[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "max gates": graph(
        {
            "m": "max(x, y)",
            "q": "m*z + x",
            "s": "min(q, z)",
            "f": "max(q, y) + s*m",
        },
        "",
        "x; y; z",
    ),
    "shifted and fixed places": graph(
        {
            "h[1]": "w*x[1]",
            "h[t]": "w*x[t]*h[t - 1]",
            "C": "h[1]^2 + sum(t, h[t]*h[t - 1]) + h[T]",
        },
        "w",
        "x[s]",
        s="1..T",
        t="2..T",
    ),
    "read at two places": graph(
        {
            "h[j]": "tanh(v[j]*x[j])",
            "o[j]": "h[j]*c + sum(k, W[j, k]*h[k])",
            "C": "sum(j, o[j]^2) + sum(k, h[k]*y[k])",
        },
        "v[j]; W[j, k]; c",
        "x[j]",
        "y[j]",
        j="1..n",
        k="1..n",
    ),
    "three costs": graph(
        {
            "a[j]": "sigmoid(sum(k, W[j, k]*x[k]))",
            "A": SQUARES,
            "B": "sum(j, a[j]*(1 - a[j]))",
            "R": "sum(j, sum(k, W[j, k]^2))",
            "C": "A + 2*B + R/2",
        },
        "W[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "logistic regression": graph(
        {
            "a[i]": "sigmoid(sum(k, w[k]*x[i, k]) + b)",
            "C": "-1/m*sum(i, y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]))",
        },
        "w[k]; b",
        "x[i, k]",
        "y[i]",
        i="1..m",
        k="1..n",
    ),
    "letters of indices for quantities": graph(
        {
            "j[a]": "sum(b, k[a, b]*p[b])",
            "q[a]": "tanh(j[a])",
            "r[a]": "sum(b, s[a, b]*q[b])",
            "l": "1/2*sum(a, (r[a] - u[a])^2)",
        },
        "k[a, b]; s[a, b]",
        "p[b]",
        "u[a]",
        a="1..n",
        b="1..n",
    ),
    "several weighted sums": graph(
        {
            "u[j]": "tanh(sum(k, A[j, k]*x[k]))",
            "v[j]": "sigmoid(sum(k, B[j, k]*x[k]))",
            "o[j]": "tanh(u[j]*v[j])",
            "C": "1/2*sum(j, (o[j] - y[j])^2)",
        },
        "A[j, k]; B[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "normalised": graph(
        {
            "u[j]": "sum(k, W[j, k]*x[k])",
            "m": "sum(j, u[j])/n",
            "v": "sum(j, (u[j] - m)^2)/n",
            "a[j]": "g[j]*(u[j] - m)/sqrt(v + 1) + b[j]",
            "C": SQUARES,
        },
        "W[j, k]; g[j]; b[j]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..d",
    ),
    "what has no way to the cost": graph(
        {
            "h[0]": "0",
            "h[t]": "w*h[t - 1] + x[t]",
            "C": "h[1]^2",
        },
        "w",
        "x[t]",
        t="1..3",
    ),
    "one neuron": graph(
        {"a": "sigmoid(w*x + b)", "C": "1/2*(a - y)^2"},
        "w; b",
        "x",
        "y",
    ),
    "a chain of gates": graph(
        {f"q{n}": f"tanh(w*q{n - 1})" if n % 2 else f"q{n - 1}^2 + q{n - 1}" for n in range(1, 13)}
        | {"f": "q12^2"},
        "w",
        "q0",
    ),
    "each layer reads all before": graph(
        {
            "a1[j]": "tanh(sum(k, A[j, k]*x[k]))",
            "a2[j]": "tanh(sum(k, B[j, k]*(x[k] + a1[k])))",
            "a3[j]": "tanh(sum(k, D[j, k]*(x[k] + a1[k] + a2[k])))",
            "C": "1/2*sum(j, (a3[j] + a1[j] - y[j])^2)",
        },
        "A[j, k]; B[j, k]; D[j, k]",
        "x[k]",
        "y[j]",
        j="1..n",
        k="1..n",
    ),
    "a quadratic form": graph(
        {
            "u[j]": "sum(k, W[j, k]*x[k])",
            "C": "sum(j, sum(k, u[j]*Q[j, k]*u[k]))",
        },
        "W[j, k]; Q[j, k]",
        "x[k]",
        j="1..n",
        k="1..n",
    ),
}

LAYERED: dict[str, System] = {
    "one layer": mlp([3, 2]).system,
    "a batch with one bias": mlp(batch=True, bias="shared").system,
    "a batch with weight decay": mlp(batch=True, regularized=True, activation="tanh").system,
    "12 layers": mlp([2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 2], activation="tanh").system,
    "30 layers": mlp([2] * 31, activation="sigmoid").system,
}

KINDS = GRAPHS | LAYERED
