"""Matrix forms say the same as the indexed equations, in every layout."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from sympy import (
    Add,
    Eq,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Lambda,
    Max,
    Mul,
    Number,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
    tanh,
)
from sympy.core.relational import Relational

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import (
    Axis,
    Equation,
    Quantity,
    System,
    index_symbol,
    indices_of,
    name_of,
    peel,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.matrix_forms import (
    COLUMNS,
    ROWS,
    ROWS_TRANSPOSED,
    Apply,
    Elementwise,
    Form,
    Leaf,
    Power,
    Product,
    Scalar,
    Scaled,
    Series,
    SoftmaxOf,
    Spread,
    SquaredNorm,
    Storage,
    SumOver,
    Total,
    form_matrix,
    separate_bounds,
    walk_forms,
)
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.network import mlp

Indices = Mapping[Symbol, int]
LAYOUTS = [COLUMNS, ROWS, ROWS_TRANSPOSED]
FUNCTIONS = {exp: math.exp, log: math.log, tanh: math.tanh, Max: max}


def recurrent() -> System:
    t, j, k, i, steps, n, p = (index_symbol(s) for s in ("t", "j", "k", "i", "T", "n", "p"))
    h, a, w, u, x, b, y = (IndexedBase(s) for s in ("h", "a", "W", "U", "x", "b", "y"))
    return System(
        [
            Eq(h[0, j], 0),
            Eq(
                a[t, j],
                Sum(w[j, k] * h[t - 1, k], (k, 1, n)) + Sum(u[j, i] * x[t, i], (i, 1, p)) + b[j],
            ),
            Eq(h[t, j], ACTIVATIONS["tanh"].function(a[t, j])),
            Eq(Symbol("C"), Sum((h[steps, j] - y[j]) ** 2, (j, 1, n)) / 2),
        ],
        parameters=[w[j, k], u[j, i], b[j]],
        axes={t: (1, steps), j: (1, n)},
    )


def graph() -> System:
    x, y, z, q, f = symbols("x y z q f")
    return System([Eq(q, x + y), Eq(f, q * z)], parameters=[z])


SYSTEMS = {
    "generic": lambda: mlp().system,
    "generic batch, L2": lambda: mlp(batch=True, regularized=True).system,
    "shared bias": lambda: mlp(bias="shared").system,
    "shared bias, batch": lambda: mlp(bias="shared", batch=True).system,
    "softmax everywhere": lambda: mlp(activation="softmax", cost="mse").system,
    "softmax everywhere, batch": lambda: mlp(activation="softmax", cost="mse", batch=True).system,
    "cross-entropy": lambda: mlp(activation="softmax", cost="cross-entropy").system,
    "binary cross-entropy": lambda: (
        mlp(activation="sigmoid", cost="binary-cross-entropy", batch=True).system
    ),
    "three layers": lambda: (
        mlp([2, 4, 3, 5], activation=["relu", "tanh", "softmax"], cost="cross-entropy").system
    ),
    "recurrent": recurrent,
    "graph": graph,
}
SIZES = {"L": 3, "m": 7, "T": 3, "n": 4, "p": 6, "n0": 2, "n1": 4, "n2": 3, "n3": 5}


class Numbers:
    """A random number for each entry that is asked for, always the same one."""

    def __init__(self, quantities: Mapping[str, Quantity]) -> None:
        self.quantities = quantities

    def size(self, expression: Expr, at: Indices) -> int:
        known = {s: at.get(s, SIZES.get(s.name)) for s in expression.free_symbols}
        value = expression.xreplace({s: Integer(v) for s, v in known.items() if v is not None})
        return int(
            value.replace(
                lambda e: isinstance(e, Indexed), lambda e: Integer(SIZES[f"n{e.indices[0]}"])
            )
        )

    def entry(self, entry: Expr, at: Indices) -> float:
        name = name_of(entry)
        known = {s: Integer(at.get(s, SIZES.get(s.name, 0))) for s in entry.free_symbols}
        indices = [int(index.xreplace(known)) for index in indices_of(entry)]
        if name == "n" and name not in self.quantities:
            return SIZES[f"n{indices[0]}"] if indices else SIZES["n"]
        if name in SIZES and not indices and name not in self.quantities:
            return SIZES[name]
        return random.Random(f"{name} {indices}").uniform(0.1, 0.9)


def loop(expression: Any, at: Indices, numbers: Numbers) -> Any:
    """The plain meaning of an indexed expression."""
    match expression:
        case Indexed() | Symbol():
            return at[expression] if expression in at else numbers.entry(expression, at)
        case Number():
            return float(expression)
        case Sum():
            body, bound, low, high = peel(expression)
            steps = range(numbers.size(low, at), numbers.size(high, at) + 1)
            return sum(loop(body, {**at, bound: step}, numbers) for step in steps)
        case Softmax():
            return loop(expression.definition, at, numbers)
        case Add():
            return sum(loop(a, at, numbers) for a in expression.args)
        case Mul():
            return math.prod(loop(a, at, numbers) for a in expression.args)
        case Pow():
            return loop(expression.base, at, numbers) ** loop(expression.exp, at, numbers)
        case NamedFunction():
            return named(type(expression))(loop(expression.args[0], at, numbers))
        case Piecewise():
            for value, condition in expression.args:
                holds = condition == True  # noqa: E712
                if holds or loop(condition, at, numbers):
                    return loop(value, at, numbers)
        case Relational():
            left, right = (loop(a, at, numbers) for a in (expression.lhs, expression.rhs))
            return {">": left > right, "<": left < right}[expression.rel_op]
    return FUNCTIONS[expression.func](*(loop(a, at, numbers) for a in expression.args))


def named(function: type[NamedFunction]) -> Any:
    """Any two functions do: both sides use the same."""
    return (np.sin, np.cos)[function.order]


class Reader:
    """A form in numbers: every array has two dimensions."""

    def __init__(self, numbers: Numbers, ranges: Mapping[Symbol, int], at: Indices) -> None:
        self.numbers, self.ranges, self.at = numbers, ranges, at

    def read(self, form: Form, at: Indices | None = None) -> Any:
        at = self.at if at is None else at
        array = self.value(form, at)
        assert array.shape == self.shape(form), form
        return array

    def shape(self, form: Form) -> tuple[int, int]:
        return tuple(1 if p is None else self.ranges[p] for p in (form.row, form.column))

    def value(self, form: Form, at: Indices) -> Any:
        match form:
            case Leaf():
                rows, columns = self.shape(form)
                return np.array(
                    [
                        [
                            self.numbers.entry(
                                form.entry, {**at, form.row: row + 1, form.column: column + 1}
                            )
                            for column in range(columns)
                        ]
                        for row in range(rows)
                    ]
                )
            case Scalar():
                return np.array([[loop(form.expression, at, self.numbers)]])
            case Product():
                return self.read(form.left, at) @ self.read(form.right, at)
            case Elementwise():
                parts = [self.read(f, at) for f in form.factors]
                assert len({part.shape for part in parts}) == 1
                return math.prod(parts)
            case Total():
                parts = [self.read(f, at) for f in form.terms]
                assert len({part.shape for part in parts}) == 1
                return sum(parts)
            case Scaled():
                return self.read(form.coefficient, at).item() * self.read(form.body, at)
            case Spread():
                return np.broadcast_to(self.read(form.body, at), self.shape(form))
            case Power():
                return self.read(form.body, at) ** loop(form.exponent, at, self.numbers)
            case SquaredNorm():
                return (self.read(form.body, at) ** 2).sum(keepdims=True)
            case SoftmaxOf():
                e = np.exp(self.read(form.body, at))
                return e / e.sum(axis=0 if form.row == form.along else 1, keepdims=True)
            case SumOver():
                places = (form.body.row, form.body.column)
                axes = tuple(places.index(index) for index in form.over)
                return self.read(form.body, at).sum(axis=axes, keepdims=True)
            case Series():
                low, high = (self.numbers.size(b, at) for b in (form.low, form.high))
                steps = range(low, high + 1)
                return sum(self.read(form.body, {**at, form.index: step}) for step in steps)
            case Apply():
                bodies = [self.read(body, at) for body in form.bodies]
                return np.vectorize(self.function(form.function, at))(*bodies)
        raise AssertionError(form)

    def function(self, function: Any, at: Indices) -> Any:
        if isinstance(function, Lambda):
            return lambda *u: loop(
                function.expr, {**at, **dict(zip(function.variables, u, strict=True))}, self.numbers
            )
        if issubclass(function, NamedFunction):
            return named(function)
        return FUNCTIONS[function]


def places(equation: Equation, numbers: Numbers) -> Iterator[Indices]:
    """Every layer and time step that an equation is about."""
    sequential = [a for a in equation.axes if a.kind in ("layer", "time")]
    for steps in itertools.product(
        *(range(numbers.size(a.low, {}), numbers.size(a.high, {}) + 1) for a in sequential)
    ):
        yield {a.symbol: step for a, step in zip(sequential, steps, strict=True)}


def ranges_of(equation: Equation, numbers: Numbers, at: Indices) -> dict[Symbol, int]:
    found = {a.symbol: (a.low, a.high) for a in equation.axes}
    found |= {bound: (low, high) for s in equation.rhs.atoms(Sum) for bound, low, high in s.limits}
    for softmax in equation.rhs.atoms(Softmax):
        found[softmax.args[2]] = softmax.args[3:]
    measured = {}
    for symbol, (low, high) in found.items():
        inner = {**at, index_symbol("l"): at.get(index_symbol("l"), 1)}
        measured[symbol] = numbers.size(high, inner) - numbers.size(low, inner) + 1
    return measured


def derive(system: System) -> System:
    return fold(gather_deltas(derive_backward(system)))


@pytest.mark.parametrize("layout", LAYOUTS, ids=["columns", "rows", "transposed"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_derived_equation_has_a_form_that_says_the_same(name: str, layout: Storage) -> None:
    system = derive(SYSTEMS[name]())
    numbers = Numbers(system.quantities)
    for equation in map(separate_bounds, system.equations):
        left, right = form_matrix(equation, system.quantities, layout)
        assert (left.row, left.column, left.transposed) == (right.row, right.column, False)
        if any(isinstance(form, Series) and form.index.name == "l" for form in walk_forms(right)):
            continue  # widths change within the sum: test_a_sum_over_layers
        for at in places(equation, numbers):
            found = Reader(numbers, ranges_of(equation, numbers, at), at).read(right)
            rows, columns = found.shape
            for row, column in itertools.product(range(rows), range(columns)):
                spot = {**at, left.row: row + 1, left.column: column + 1}
                assert found[row, column] == pytest.approx(loop(equation.rhs, spot, numbers))


def test_a_sum_over_layers() -> None:
    system = mlp(regularized=True).system
    _, right = form_matrix(system.definitions["C"][0], system.quantities)
    (series,) = (form for form in walk_forms(right) if isinstance(form, Series))
    assert (series.index.name, series.low, series.high) == ("l", 1, Symbol("L", integer=True))
    assert isinstance(series.body, SquaredNorm)


def spell(form: Form) -> str:
    """A short writing of forms for these tests."""
    match form:
        case Leaf():
            return form.name + "ᵀ" * form.transposed
        case Scalar():
            return str(form.expression)
        case Product():
            return f"{spell(form.left)} {spell(form.right)}"
        case Elementwise():
            return " ⊙ ".join(map(spell, form.factors))
        case Total():
            return "(" + " + ".join(sorted(map(spell, form.terms))) + ")"
        case Scaled():
            return f"{spell(form.coefficient)}·{spell(form.body)}"
        case Spread():
            return f"{spell(form.body)}.."
        case Apply():
            return f"{form.function.__name__}({', '.join(map(spell, form.bodies))})"
        case SumOver():
            return f"Σ{','.join(s.name for s in form.over)} {spell(form.body)}"
        case SquaredNorm():
            return f"‖{spell(form.body)}‖²"
        case SoftmaxOf():
            return f"softmax({spell(form.body)})"
    raise AssertionError(form)


@pytest.mark.parametrize(
    ("options", "layout", "name", "wanted"),
    [
        ({}, COLUMNS, "z", "(W a + b)"),
        ({}, ROWS, "z", "(a Wᵀ + b)"),
        ({}, ROWS_TRANSPOSED, "z", "(a W + b)"),
        ({}, COLUMNS, "∂C/∂z", "Wᵀ ∂C/∂z ⊙ sigma'(z)"),
        ({}, ROWS, "∂C/∂z", "∂C/∂z W ⊙ sigma'(z)"),
        ({}, COLUMNS, "∂C/∂W", "∂C/∂z aᵀ"),
        ({}, ROWS, "∂C/∂W", "∂C/∂zᵀ a"),
        ({}, ROWS_TRANSPOSED, "∂C/∂W", "aᵀ ∂C/∂z"),
        ({}, COLUMNS, "C", "1/2·‖(-1·a + y)‖²"),
        ({"batch": True}, COLUMNS, "z", "(W a + b..)"),
        ({"batch": True}, COLUMNS, "∂C/∂W", "1/m·∂C_i/∂z aᵀ"),
        ({"batch": True}, ROWS, "∂C/∂W", "1/m·∂C_i/∂zᵀ a"),
        ({"batch": True}, COLUMNS, "∂C/∂b", "1/m·Σi ∂C_i/∂z"),
        ({"activation": "softmax", "cost": "cross-entropy"}, COLUMNS, "C", "-1·yᵀ log(a)"),
        ({"activation": "softmax", "cost": "cross-entropy"}, COLUMNS, "a", "softmax(z)"),
        ({"regularized": True}, COLUMNS, "∂C/∂W", "(lambda·W + ∂C/∂z aᵀ)"),
    ],
)
def test_forms_are_those_of_the_textbooks(
    options: dict[str, Any], layout: Storage, name: str, wanted: str
) -> None:
    system = derive(mlp(**options).system)
    equation = system.definitions[name][-1]
    assert spell(form_matrix(equation, system.quantities, layout)[1]) == wanted


@pytest.fixture
def cube() -> dict[str, Quantity]:
    axes = [Axis(index_symbol(s), Integer(1), index_symbol(f"n{s}")) for s in "jkp"]
    return {
        "T": Quantity("T", "input", tuple(axes)),
        "W": Quantity("W", "input", tuple(axes[:2])),
        "V": Quantity("V", "input", tuple(axes[1:])),
        "g": Quantity("g", "intermediate", (axes[0],)),
    }


def test_three_dense_indices_have_no_form(cube: dict[str, Quantity]) -> None:
    j, k, p = (index_symbol(s) for s in "jkp")
    tensor, w, g = (cube[s].at for s in "TWg")
    wrong = [
        Sum(Sum(tensor(j, k, p), (k, 1, 2)), (p, 1, 2)),
        Sum(tensor(j, k, k), (k, 1, 2)),
        Sum(w(j, k) * KroneckerDelta(j, k), (k, 1, 2)),
        w(j, j),
        w(j, 1),
        Sum(w(j, k + 1), (k, 1, 2)),
        Sum(w(j, k) * k, (k, 1, 2)),
    ]
    for expression in wrong:
        with pytest.raises(InputError, match="indexed view"):
            form_matrix(Equation(g(j), expression, cube["g"].axes), cube)


def test_a_part_of_an_array_has_no_form(cube: dict[str, Quantity]) -> None:
    j, k = (index_symbol(s) for s in "jk")
    w, g = cube["W"].at, cube["g"].at
    part = Sum(w(j, k), (k, 2, cube["W"].axes[1].high))
    with pytest.raises(InputError, match="k runs from 2 to nk, over a part of W"):
        form_matrix(Equation(g(j), part, cube["g"].axes), cube)
    shorter = (Axis(j, Integer(2), cube["g"].axes[0].high),)
    with pytest.raises(InputError, match="j runs from 2 to nj, over a part of g"):
        form_matrix(Equation(g(j), g(j), shorter), cube)


def test_an_array_for_each_row_has_no_form(cube: dict[str, Quantity]) -> None:
    j = index_symbol("j")
    steps = Axis(index_symbol("t"), Integer(1), index_symbol("nj"), "time")
    quantities = {**cube, "h": Quantity("h", "input", (steps, cube["g"].axes[0]))}
    with pytest.raises(InputError, match="has another array at each j"):
        form_matrix(Equation(cube["g"].at(j), quantities["h"].at(j, j), cube["g"].axes), quantities)


def test_held_samples_give_the_form_of_one_sample() -> None:
    system = mlp(batch=True).system
    cost = system.definitions["C_i"][0]
    left, right = form_matrix(cost, system.quantities, held=[cost.axes[0].symbol])
    assert left.indices == cost.indices
    assert spell(right) == "1/2·‖(-1·a + y)‖²"


def test_chains_of_products(cube: dict[str, Quantity]) -> None:
    j, k, p = (index_symbol(s) for s in "jkp")
    w, v, g = (cube[s].at for s in "WVg")
    width, depth = cube["W"].axes[1].high, cube["V"].axes[1].high
    chain = Sum(Sum(w(j, k) * v(k, p), (p, 1, depth)), (k, 1, width))
    _, form = form_matrix(Equation(g(j), chain, cube["g"].axes), cube)
    assert spell(form) == "W Σp V"
