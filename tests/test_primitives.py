"""Every function of the table goes through every stage: there is no stage that does not know it."""

from __future__ import annotations

import importlib.util
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Eq, Expr, Symbol, exp, log, sqrt

from symbackprop import (
    System,
    check,
    define_activation,
    define_cost,
    derive,
    evaluate,
    explain,
    lambdify,
    load,
    mlp,
)
from symbackprop.derivation.activations import explain_activations
from symbackprop.errors import InputError
from symbackprop.functions import choose_branches
from symbackprop.network.activations import ACTIVATIONS, FUNCTIONS, find_activation
from symbackprop.network.declared import Declared, declare
from symbackprop.network.grammar import parse_expression
from symbackprop.network.python_functions import read_function
from symbackprop.notation import find_preset
from symbackprop.primitives import (
    FOREIGN,
    PRIMITIVES,
    Abs,
    Primitive,
    X,
    Y,
    cosh,
    leave_alone,
    tanh,
)
from symbackprop.printing.arrange import arrange_expression
from symbackprop.printing.latex import render
from symbackprop.printing.text import render as render_text
from symbackprop.programs.program import Statement, _evaluate_numbers, compile_statements
from symbackprop.programs.stable import stabilize
from symbackprop.reading.parser import read_formula
from symbackprop.verification.arithmetic import evaluate_interval, judge_numbers
from symbackprop.verification.intervals import ArithmeticProblem, Interval, apply
from symbackprop.verification.session import judge_formulas

x, y, z = sympy.symbols("x y z")
ROWS = list(PRIMITIVES.values())
SINGLE = [row for row in ROWS if row.arguments == 1]
SLOPING = [row for row in SINGLE if row.differentiable]
SEVERAL = [row for row in ROWS if row.arguments is None]
FAR = [-1e4, -750.0, -88.5, -40.0, -5.0, -0.3, 0.2, 0.5, 5.0, 40.0, 88.5, 750.0, 1e4]


def name(row: Primitive) -> str:
    return row.name


def choose_points(row: Primitive) -> list[float]:
    return [0.3, 0.9, 1.7, 4.1] if row.domain else [-2.1, -0.4, 0.3, 1.9]


def take_exactly(row: Primitive, point: float) -> mpmath.mpf:
    """The value by mpmath's own function of that name, which the table has no part in."""
    own = {"abs": abs, "sign": mpmath.sign}.get(row.name) or getattr(mpmath, row.name)
    return own(mpmath.mpf(point))


def test_the_issued_functions_are_in_the_table() -> None:
    wanted = "sin cos tan sinh cosh tanh atan exp log sqrt abs sign max min erf"
    assert set(wanted.split()) <= set(PRIMITIVES)
    words = [word for row in ROWS for word in row.words]
    assert len(words) == len(set(words))


# --- the row itself ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", SINGLE, ids=name)
def test_values_in_doubles_and_in_fifty_digits(row: Primitive) -> None:
    for point in choose_points(row):
        assert row.double(point) == pytest.approx(float(take_exactly(row, point)), rel=1e-14)
        with mpmath.workdps(60):
            exact = take_exactly(row, point)
            context = mpmath.MPContext()
            context.dps = 60
            assert abs(row.precise(context, context.mpf(point)) - exact) < 1e-50


@pytest.mark.parametrize("row", SINGLE, ids=name)
def test_an_imaginary_step_gives_the_slope_that_the_row_states(row: Primitive) -> None:
    for point in choose_points(row):
        stepped = row.double(complex(point, 1e-100))
        slope = getattr(stepped, "imag", 0) / 1e-100
        stated = float(row.differentiate(sympy.Float(point, 30), row.make(sympy.Float(point, 30))))
        assert slope == pytest.approx(stated, rel=1e-12, abs=1e-15)
        with mpmath.workdps(40):
            judged = mpmath.diff(lambda t: take_exactly(row, t), mpmath.mpf(point))
        assert float(judged) == pytest.approx(stated, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("row", [r for r in SINGLE if not r.has_corner], ids=name)
def test_the_slope_is_the_one_that_sympy_finds(row: Primitive) -> None:
    own = getattr(sympy, row.name)
    stated = row.differentiate(z, row.make(z)).replace(
        lambda e: type(e) in FOREIGN.values(), lambda e: getattr(sympy, type(e).__name__)(*e.args)
    )
    for point in choose_points(row):
        difference = (own(z).diff(z) - stated).subs(z, sympy.Float(point, 30))
        assert abs(difference.evalf(25)) < 1e-20


@pytest.mark.parametrize("row", [r for r in SINGLE if not r.has_corner], ids=name)
def test_away_from_the_real_line_values_are_analytic(row: Primitive) -> None:
    for point in choose_points(row):
        number = complex(point, 0.2)
        exact = complex(getattr(mpmath, row.name)(number))
        assert row.double(number) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("row", SINGLE, ids=name)
def test_sympy_s_own_function_is_written_as_that_of_the_table(row: Primitive) -> None:
    own = {"abs": sympy.Abs}.get(row.name) or getattr(sympy, row.name)
    assert leave_alone(2 * own(x + y)) == 2 * row.make(x + y)
    nested = x
    for _ in range(12):
        nested = row.make(2 * nested + 1)
    # sympy's own tanh takes minutes here
    assert nested.xreplace({x: y}).free_symbols == {y}


def test_numbers_are_real_whatever_sympy_thinks() -> None:
    w = Symbol("w")
    system = System([Eq(Symbol("C"), sympy.Abs(exp(w)) + sympy.Abs(w * x) ** 2)], parameters=[w])
    assert derive(system).reports[0].equations == 2


# --- what users write --------------------------------------------------------------------------


def write_call(row: Primitive, word: str, *arguments: str) -> str:
    several = arguments if row.arguments is None else arguments[:1]
    return f"{word}({', '.join(several)})"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_every_word_is_read_in_graphs(row: Primitive) -> None:
    known: dict[str, Any] = {"names": {"x": (x, 0), "y": (y, 0)}, "axes": {}, "functions": {}}
    wanted = row.make(x) if row.arguments else row.make(x, y, 2)
    for word in (*row.words, *row.code):
        assert parse_expression(write_call(row, word, "x", "y", "2"), **known) == wanted
    # a word is reserved only where it is the name
    given = {"tg": (y, 0)}
    assert parse_expression("tg*2", **{**known, "names": given}) == 2 * y
    with pytest.raises(InputError, match=r"write tg\*"):
        parse_expression("tg(2)", **{**known, "names": given})


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_every_name_is_read_in_python_functions(row: Primitive, tmp_path: Path) -> None:
    for number, word in enumerate(row.names):
        module = "np." if hasattr(np, word) else ("" if word in dir(__builtins__) else "math.")
        body = write_call(row, word, "z", "0.5 * z", "2")
        source = f"import math\nimport numpy as np\n\n\ndef f(z):\n    return {module}{body}\n"
        path = tmp_path / f"functions_{row.name}_{number}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module_read = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module_read
        spec.loader.exec_module(module_read)
        found, _ = read_function(module_read.f)
        assert found == (row.make(z) if row.arguments else row.make(z, z / 2, 2))


GRAPH = """
[graph]
inputs = ["x[k]"]
targets = ["y[j]"]
parameters = ["W[j, k]", "c"]
[graph.axes]
j = "1..n"
k = "1..p"
[graph.equations]
"s[j]" = "{shift} + sum(k, W[j, k]*x[k])"
"h[j]" = "c*{call}"
C = "sum(j, (h[j] - y[j])^2)/2"
[values]
x = [0.4, -0.7]
y = [0.2, -0.3, 0.9]
c = 0.8
W = [[0.3, 0.5], [-0.2, 0.6], [0.7, 0.1]]
"""


@pytest.fixture(scope="module", params=ROWS, ids=name)
def declared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Declared:
    """A graph that applies a function of the table to a weighted sum."""
    row = request.param
    call = write_call(row, row.name, "s[j]", "s[j]^2", "0.1")
    shift = "2" if row.domain else "0.3"
    path = tmp_path_factory.mktemp("graphs") / f"{row.name}.toml"
    path.write_text(GRAPH.format(call=call, shift=shift))
    return load(path)


def test_a_graph_with_it_is_derived_proved_and_computed(declared: Declared) -> None:
    derived = derive(declared)
    assert derived.reports[0].equations >= 4
    numbers = evaluate(declared)
    program = lambdify(declared.system)(declared.values)
    assert program.cost == pytest.approx(numbers["cost"], rel=1e-12)
    for parameter in ("W", "c"):
        found = np.asarray(numbers["gradients"][parameter])
        assert np.asarray(program.gradients[parameter]) == pytest.approx(found, rel=1e-11)
    assert check(declared).agrees
    for argument in explain(derived, "W"):
        assert all(step.proof is not None for step in argument.steps)


def test_a_graph_with_it_is_printed_and_read_back(declared: Declared) -> None:
    derived = derive(declared)
    shown = derived.show("latex")
    assert derived.show("text")
    formulas = [line for line in shown.split("\\[")[1:]]
    formulas = [formula.split("\\]")[0].strip() for formula in formulas]
    verdicts = [v for found in judge_formulas(formulas, name_slips=False) for v in found]
    said = {verdict.judgement.verdict for verdict in verdicts}
    assert "wrong" not in said and "ill-formed" not in said, verdicts
    assert "holds" in said


def test_corners_are_as_declared_in_worlds_and_programs() -> None:
    w, h, c = sympy.symbols("w h C")
    corners = {"abs(w)": 0, "sign(w)": 0, "max(w, 0)": 0, "max(0, w)": 0, "min(w, 0)": 0}
    for text, wanted in corners.items():
        formula = parse_expression(text, names={"w": (w, 0)}, axes={}, functions={})
        system = System([Eq(h, formula), Eq(c, 3 * h)], parameters=[w])
        assert float(lambdify(system)({"w": 0.0}).gradients["w"]) == wanted, text
        given = evaluate(replace(declare(system), values={"w": 0.0}))
        assert given["gradients"]["w"] == wanted, text


# --- far from 0 --------------------------------------------------------------------------------


def sigmoid(u: Expr) -> Expr:
    return 1 / (1 + exp(-u))


def softplus(u: Expr) -> Expr:
    return log(1 + exp(u))


ALONE: dict[str, Callable[[Expr], Expr]] = {
    **{row.name: row.make for row in SINGLE},
    **{n: row.formula for n, row in ACTIVATIONS.items() if row.formula},
}
OUTER = ("tanh", "sin", "atan", "erf", "abs", "softplus", "sigmoid", "silu", "relu")
INNER = ("sigmoid", "softplus", "tanh", "abs", "silu", "relu", "sin")
COMPOSED: dict[str, Callable[[Expr], Expr]] = {
    **{f"{f} of {g}": lambda u, f=f, g=g: ALONE[f](ALONE[g](u)) for f in OUTER for g in INNER},
    "log of sigmoid": lambda u: log(sigmoid(u)),
    "log of softplus": lambda u: log(softplus(u)),
    "log of softplus, mirrored": lambda u: log(softplus(-2 * u)),
    "log of 1 - sigmoid": lambda u: log(1 - sigmoid(u)),
    "log of cosh": lambda u: log(cosh(u)),
    "log of 2 + 3 e^-u": lambda u: log(2 + 3 * exp(-u)),
    "inverse of 2 + 3 e^-u": lambda u: 1 / (2 + 3 * exp(-u)),
    "inverse of cosh": lambda u: 1 / cosh(u),
    "root of sigmoid": lambda u: sqrt(sigmoid(u)),
    "root of softplus": lambda u: sqrt(softplus(u)),
    "mish": lambda u: u * tanh(softplus(u)),
}


def program_of(formula: Expr, variable: Symbol) -> Callable[[float], float]:
    """One formula as a program computes it."""
    result = Symbol("result")
    statement = Statement(result, _evaluate_numbers(stabilize(formula)), None, "forward")
    function, _ = compile_statements((statement,), [variable], [result], np.float64)
    return lambda point: float(np.broadcast_to(function(np.array([point]))[0], 1)[0])


def take_value(formula: Expr, variable: Symbol, point: float) -> mpmath.mpf | None:
    """The value with so many digits that nothing cancels; None where a double has none."""
    with mpmath.workdps(4500 if abs(point) > 800 else 800):
        try:
            exact = sympy.lambdify(variable, formula, "mpmath")(mpmath.mpf(point))
        except (ValueError, ZeroDivisionError):
            return None
        fits = isinstance(exact, mpmath.mpf | int) and abs(exact) < 1e308
        return mpmath.mpf(exact) if fits else None


@pytest.mark.parametrize("part", ["value", "slope"])
@pytest.mark.parametrize("said", [*ALONE, *COMPOSED])
def test_programs_are_right_and_silent_far_from_0(said: str, part: str) -> None:
    u = Symbol("u", real=True)
    formula = (ALONE | COMPOSED)[said](u)
    if part == "slope":
        formula = choose_branches(formula).diff(u)
    program = program_of(formula, u)
    for point in FAR:
        exact = take_value(formula, u, point)
        if exact is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            error = abs(mpmath.mpf(program(point)) - exact)
        # an argument is rounded before sin is taken of it: its size counts
        assert error <= 1e-11 * max(1, abs(point)) * abs(exact) or error <= 1e-11, point


@pytest.mark.parametrize("size", [1.0, 90.0, 750.0, 1e4])
@pytest.mark.parametrize("activation", ["softplus", "sigmoid", "softmax"])
def test_cross_entropy_is_finite_where_outputs_are_rounded_to_0(
    activation: str, size: float
) -> None:
    program = lambdify(mlp([1, 2], activation=activation, cost="cross-entropy"))
    values = {"W1": np.zeros((2, 1)), "b1": np.array([size, -size])}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = program(values, [1.0], [0.25, 0.75])
    assert np.isfinite(result.cost)
    if activation == "softplus":
        with mpmath.workdps(9000):
            outputs = [mpmath.log1p(mpmath.exp(s)) for s in (size, -size)]
            cost = -(mpmath.log(outputs[0]) + 3 * mpmath.log(outputs[1])) / 4
            slopes = [
                -t / a / (1 + mpmath.exp(-s))
                for t, a, s in zip((0.25, 0.75), outputs, (size, -size), strict=True)
            ]
        assert result.cost == pytest.approx(float(cost), rel=1e-13)
        assert result.gradients["b1"] == pytest.approx([float(s) for s in slopes], rel=1e-13)


# --- lectures ----------------------------------------------------------------------------------


def print_formula(formula: Expr) -> str:
    graph = System([Eq(Symbol("C"), x + y)])
    return render(arrange_expression(formula, graph, find_preset("nielsen", letters={})))


def judge(*formulas: str) -> str:
    *_, ((verdict,)) = judge_formulas(formulas, name_slips=False)
    return verdict.judgement.verdict


def list_calls() -> Iterator[tuple[str, str]]:
    for row in SLOPING:
        for word in row.words:
            yield row.name, rf"\operatorname{{{word}}}(x)"
            yield row.name, rf"\text{{{word}}}(x)"
            if row.bare:
                yield row.name, rf"\{word} x"
        yield row.name, print_formula(row.make(x))
        yield row.name, rf"{row.latex}(x)"


@pytest.mark.parametrize(("said", "call"), list(dict.fromkeys(list_calls())))
def test_a_lecture_that_uses_it_is_judged(said: str, call: str) -> None:
    slope = PRIMITIVES[said].rule
    right = print_formula(slope.xreplace({X: x, Y: y}))
    wrong = print_formula(slope.xreplace({X: x, Y: y}) + x / 3)
    assert judge(f"y = {call}", rf"\frac{{dy}}{{dx}} = {right}") == "holds"
    assert judge(f"y = {call}", rf"\frac{{dy}}{{dx}} = {wrong}") == "wrong"


@pytest.mark.parametrize("row", SLOPING, ids=name)
def test_its_prime_is_its_derivative_and_its_square_a_square(row: Primitive) -> None:
    call, prime = rf"{row.latex}(x)", rf"{row.latex}'(x)"
    assert judge(f"y = {call}", rf"\frac{{dy}}{{dx}} = {prime}") == "holds"
    assert judge(f"y = {call}", rf"\frac{{dy}}{{dx}} = {prime} + x") == "wrong"
    assert judge(f"y = {call}", f"q = {row.latex}^2(x)", rf"\frac{{dq}}{{dx}} = 2 y {prime}") == (
        "holds"
    )
    inverse = f"y = {row.latex}^{{-1}}(x)"
    if row.name == "tan":
        assert judge(inverse, r"\frac{dy}{dx} = \frac{1}{1 + x^2}") == "holds"
        assert judge(inverse, r"\frac{dy}{dx} = \frac{1}{1 - x^2}") == "wrong"
    else:
        # 1/f or the inverse of f: nobody knows
        assert judge(inverse, r"\frac{dy}{dx} = 1") == "not-checkable"


@pytest.mark.parametrize("row", SEVERAL, ids=name)
def test_a_branch_of_several_is_judged(row: Primitive) -> None:
    first, other = ("1", "0") if row.name == "max" else ("0", "1")
    for word in row.words:
        definition = rf"y = \operatorname{{{word}}}(x, v)"
        right = rf"\begin{{cases}} {first} & x > v \\ {other} & x < v \end{{cases}}"
        wrong = rf"\begin{{cases}} {other} & x > v \\ {first} & x < v \end{{cases}}"
        assert judge(definition, rf"\frac{{dy}}{{dx}} = {right}") == "holds"
        assert judge(definition, rf"\frac{{dy}}{{dx}} = {wrong}") == "wrong"


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (r"\text{sigmoid}(x)", "y(1 - y)", "y(1 + y)"),
        (r"\mathrm{softplus}(x)", r"\text{sigmoid}(x)", r"\text{softplus}(x)"),
        (r"\text{ReLU}(x)", r"\text{ReLU}'(x)", r"\text{ReLU}(x)"),
        (r"\text{SiLU}(x)", r"\text{SiLU}'(x)", r"\text{sigmoid}(x)"),
    ],
)
def test_activations_are_known_by_their_words(definition: str, right: str, wrong: str) -> None:
    assert judge(f"y = {definition}", rf"\frac{{dy}}{{dx}} = {right}") == "holds"
    assert judge(f"y = {definition}", rf"\frac{{dy}}{{dx}} = {wrong}") == "wrong"


@pytest.mark.parametrize("said", ["LeakyReLU", "ELU", "GELU"])
def test_what_texts_define_in_several_ways_accuses_nobody(said: str) -> None:
    for claim in ("1", "x", rf"\text{{{said}}}(x)"):
        verdict = judge(rf"y = \text{{{said}}}(x)", rf"\frac{{dy}}{{dx}} = {claim}")
        assert verdict == "not-checkable"


@pytest.mark.parametrize("word", ["arctan", "sin", "softplus", "erf", "tanh", "sen"])
def test_layers_are_read_with_any_activation(word: str) -> None:
    """a^l = arctan(z^l) says what the activation is: the slope of tanh is wrong there."""
    said = rf"\operatorname{{{word}}}"
    slope = name_of_slope(word)
    text = (
        "z^l = W^l a^{l-1} + b^l",
        f"a^l = {said}(z^l)",
        r"C = \frac{1}{2} \|y - a^L\|^2",
    )
    right = rf"\delta^L = (a^L - y) \odot {slope}"
    wrong = r"\delta^L = (a^L - y) \odot \frac{1}{7 + \cosh(z^L)}"
    assert judge(*text, right) == "holds"
    assert judge(*text, wrong) == "wrong"


def name_of_slope(word: str) -> str:
    row = FUNCTIONS[word]
    return rf"\operatorname{{{row.name}}}'(z^L)"


def list_numbers() -> Iterator[tuple[str, str, float]]:
    # numbers of one or two digits are exact
    for row in SINGLE:
        for point in ("0.5", "1.5") if row.domain else ("0.5", "-1.5"):
            yield row.latex, point, float(take_exactly(row, float(point)))
    yield r"\max", "0.5, 0.25", 0.5
    yield r"\min", "0.5, 0.25, -1.5", -1.5
    yield r"\sigma", "0.5", 1 / (1 + math.exp(-0.5))
    yield r"\text{ReLU}", "-1.5", 0.0
    yield r"\text{softplus}", "0.5", math.log1p(math.exp(0.5))


@pytest.mark.parametrize(("call", "arguments", "value"), list(list_numbers()))
def test_numbers_are_worked_out(call: str, arguments: str, value: float) -> None:
    def say(number: float) -> str:
        formula = read_formula(rf"{call}({arguments}) = {number:.6f}")
        (verdict,) = judge_numbers(formula.statements[0])
        return verdict.verdict

    assert say(value) == "holds"
    assert say(value + 0.00001) == "wrong"


@pytest.mark.parametrize("call", ["tan 1.57", "log 0.001", "cosh 0", "sin 3.14", "sin -314.1"])
def test_numbers_near_poles_and_turns(call: str) -> None:
    said, point = call.split()
    (side,) = read_formula(f"{PRIMITIVES[said].latex}({point})").statements[0].sides
    narrow = evaluate_interval(side, lambda number: False)
    assert narrow.width < Fraction(1, 10**30)
    with mpmath.workdps(60):
        exact = getattr(mpmath, said)(mpmath.mpf(point))
        assert abs(mpmath.mpf(narrow.low.numerator) / narrow.low.denominator - exact) < 1e-30


def test_intervals_know_where_a_function_turns() -> None:
    for said, low, high in (("cos", -1, 1), ("sin", 1, 2), ("cosh", -1, 2), ("abs", -3, 1)):
        interval = Interval(Fraction(low), Fraction(high))
        image = apply(PRIMITIVES[said], interval)
        grid = np.linspace(low, high, 201)
        values = [float(take_exactly(PRIMITIVES[said], float(point))) for point in grid]
        assert float(image.low) == pytest.approx(min(values), abs=1e-4)
        assert float(image.high) == pytest.approx(max(values), abs=1e-4)
    with pytest.raises(ArithmeticProblem, match="tangent"):
        apply(PRIMITIVES["tan"], Interval(Fraction(1), Fraction(2)))


# --- activations and costs of one's own --------------------------------------------------------

OWN: dict[str, Callable[[Expr], Expr]] = {
    "arctan": sympy.atan,
    "mish": lambda u: u * sympy.tanh(log(1 + exp(u))),
    "absolute": sympy.Abs,
    "bent": lambda u: (sqrt(u**2 + 1) - 1) / 2 + u,
    "soft": lambda u: u / (1 + sympy.Abs(u)),
    "bell": lambda u: exp(-(u**2)),
    "clipped": lambda u: sympy.Max(-1, sympy.Min(1, u)),
    "smooth": lambda u: log(1 + exp(u)),
}


def list_networks(activation: Any) -> Iterator[Any]:
    yield mlp(activation=activation)
    yield mlp(activation=activation, batch=True, regularized=True)
    yield mlp([2, 3, 2], activation=activation, bias="shared")
    yield mlp([2, 3, 2], activation=[activation, "softmax"], cost="cross-entropy", batch=True)


@pytest.mark.parametrize("said", OWN)
def test_an_activation_of_ones_own_goes_all_the_way(said: str) -> None:
    activation = define_activation(said, OWN[said](Symbol("z")))
    for network in list_networks(activation):
        derived = derive(network)
        assert derived.reports[0].equations >= 6
        explained = explain_activations(network.activations)
        assert all(step.proof for argument in explained for step in argument.steps)
        assert said in derived.show("text") or rf"\{said}" in derived.show("latex")
        if network.widths:
            assert check(declare(network)).agrees


@pytest.mark.parametrize("row", [r for r in SINGLE if not r.domain], ids=name)
def test_any_function_of_one_number_is_an_activation(row: Primitive) -> None:
    assert find_activation(row.name).name == row.name
    if not row.differentiable:
        # a step, forward only
        assert "There is no backward pass" in derive(mlp(activation=row.name)).show("text")
        return
    for network in list_networks(row.name):
        assert derive(network).reports[0].equations >= 6
        if network.widths:
            assert check(declare(network)).agrees


def test_the_name_of_another_function_is_refused() -> None:
    for said in ("tanh", "sigmoid", "ReLU", "log", "sen"):
        with pytest.raises(InputError, match="another function has this name"):
            define_activation(said, Symbol("u") ** 2)
    assert define_activation("tanh", sympy.tanh(Symbol("u"))).name == "tanh"


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("log-cosh", lambda a, y: log(sympy.cosh(a - y))),
        ("absolute", lambda a, y: sympy.Abs(a - y)),
        ("quartic", lambda a, y: (a - y) ** 4),
        ("hinge", lambda a, y: sympy.Max(0, 1 - a * y)),
        ("angle", lambda a, y: sympy.atan(a - y) ** 2),
    ],
)
def test_a_cost_of_ones_own_goes_all_the_way(said: str, term: Callable[..., Expr]) -> None:
    cost = define_cost(said, term(Symbol("a"), Symbol("y")))
    for network in (
        mlp(cost=cost),
        mlp([2, 3, 2], activation="tanh", cost=cost),
        mlp([2, 3, 2], activation=["atan", "sigmoid"], cost=cost, batch=True, bias="none"),
    ):
        derived = derive(network)
        assert derived.reports[0].equations >= 5
        assert derived.show("text") and derived.show("latex")
        if network.widths:
            assert check(declare(network)).agrees


def test_the_slope_of_softplus_is_the_sigmoid_by_name() -> None:
    text = derive(mlp(activation="softplus")).show("text", notation="nielsen")
    assert "⊙ σ(zᴸ)" in text
    assert "softplus′(z) = σ(z)" in text
    assert "σ(z) = 1/(1 + e⁻ᶻ)" in text
    # beside a generic sigma it keeps its own name
    both = derive(mlp([2, 3, 2], activation=["softplus", "sigma"])).show("text")
    assert "softplus′(z¹)" in both
    # the output of one layer is not taken for the slope in another
    mixed = derive(mlp([2, 3, 2], activation=["softplus", "sigmoid"])).show("text")
    assert "⊙ σ(z¹)" in mixed


def test_the_size_of_a_number_is_printed_between_bars() -> None:
    shown = arrange_expression(Abs(x - y), System([Eq(z, x + y)]), find_preset("nielsen"))
    assert render_text(shown) == "|x − y|"
    assert render(shown) == r"\lvert x - y \rvert"
    assert "= |zˡⱼ|" in derive(mlp(activation="abs")).show("text", view="indexed")


EXPONENTIALS = [
    "x[j] + 1/(1 + exp(-(sum(k, W[j, k]*x[k]))))",
    "exp(sum(k, W[j, k]*x[k]))",
    "x[j]*exp(-sum(k, W[j, k]*x[k]))*c",
    "exp(-c*sum(k, W[j, k]*x[k])^2)*x[j]",
    "exp(2)*exp(c*x[j]) + sum(k, W[j, k])",
    "c*exp(x[j] + sum(k, W[j, k]*x[k]) - 1)",
    "exp(x[j])*exp(-x[j]*c) + sum(k, exp(W[j, k]*x[k]))/exp(sum(k, W[j, k]))",
    "c/(1 + exp(sum(k, W[j, k]*x[k]))) + x[j]",
    "c + log(1 + exp(sum(k, W[j, k]*x[k])))",
    "exp(log(2)*x[j])*c + sum(k, W[j, k])",
    "1/(exp(sum(k, W[j, k]*x[k])) + exp(-sum(k, W[j, k]*x[k])))",
]


@pytest.mark.parametrize("formula", EXPONENTIALS)
def test_exponentials_of_sums_products_and_numbers(formula: str, tmp_path: Path) -> None:
    reads = "c" in formula.replace("exp", "")
    graph = f"""
[graph]
inputs = ["x[k]"]
targets = ["y[j]"]
parameters = ["W[j, k]"{', "c"' if reads else ""}]
[graph.axes]
j = "1..n"
k = "1..n"
[graph.equations]
"h[j]" = "{formula}"
C = "sum(j, (h[j] - y[j])^2)/2"
[values]
x = [0.3, -0.2]
y = [0.1, 0.9]
W = [[0.2, -0.3], [0.5, 0.7]]
{"c = 0.6" if reads else ""}
"""
    path = tmp_path / "graph.toml"
    path.write_text(graph)
    declared = load(path)
    derived = derive(declared)
    assert derived.show("latex")
    numbers, program = evaluate(declared), lambdify(declared.system)(declared.values)
    assert program.cost == pytest.approx(numbers["cost"], rel=1e-13)
    found = np.asarray(numbers["gradients"]["W"])
    assert program.gradients["W"] == pytest.approx(found, rel=1e-12)
    assert check(declared).agrees
