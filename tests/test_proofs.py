"""The prover is held against wrong equations: far wrong, slightly wrong, and wrong in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from math import inf, isnan, nan

import pytest
from cases import SYSTEMS
from derived import derive
from entry_by_entry import EntryByEntry, NoSuchEntryError
from kinds import graph
from other_networks import OTHERS
from sympy import (
    Add,
    Eq,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Max,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    sqrt,
    symbols,
    zoo,
)

from symbackprop.derivation.arguments import Argument, Step, prove_argument
from symbackprop.derivation.backward import derive_backward
from symbackprop.equations import Axis, Equation, System, find_entries, peel
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, name_function
from symbackprop.network.network import mlp
from symbackprop.number_types import UndefinedError
from symbackprop.partials import Partial
from symbackprop.proofs import (
    DERIVED,
    PROVERS_KEPT,
    ROUNDING,
    Counterexample,
    NoPlaceError,
    Proof,
    ProofError,
    Prover,
    Report,
    Tried,
    decide,
    find_prover,
    find_worst_error,
    holds,
    prove_system,
)
from symbackprop.random_worlds import draw_world
from symbackprop.worlds import MissingError

x, y, u, v, f = symbols("x y u v f")
C = Symbol("C")
L, l, j, k, i, n, t, T = symbols("L l j k i n t T", integer=True)
# roots have a sign, which exact numbers do not know
IN_DOUBLES = {"normalised"}


@cache
def derive_named(name: str) -> System:
    return derive((SYSTEMS | OTHERS)[name])


def list_derived(system: System) -> list[Equation]:
    return [e for e in system.equations if e.role in DERIVED]


# --- what is right -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SYSTEMS | OTHERS)
def test_networks_of_every_kind_are_proved_exactly(name: str) -> None:
    report = prove_system(derive_named(name))
    assert report.equations == len(list_derived(derive_named(name))) >= 2
    assert report.exact == (0 if name in IN_DOUBLES else report.equations)
    assert not any(proof.says_nothing for proof in report.proofs)
    assert len(report.networks) >= (1 if report.networks == ("",) else 2)


@pytest.mark.parametrize("name", [n for n in SYSTEMS | OTHERS if n != "twelve layers"])
def test_doubles_and_fifty_digits_agree_with_exact_numbers(name: str) -> None:
    prover = Prover(derive_named(name), worlds=1)
    for equation in list_derived(prover.system):
        for doubtful in (False, True):
            proof = prover._decide_numerically(equation, False, doubtful)
            assert isinstance(proof, Proof), str(proof)
            assert (proof.kind, proof.digits) == ("numeric", doubtful)
            assert proof.worst_error < (1e-30 if doubtful else 1e-13)


def test_worlds_differ_in_depth_and_every_width() -> None:
    (first, second) = prove_system(derive_named("generic")).networks
    assert re.fullmatch(r"\d-\d-\d", first)
    assert re.fullmatch(r"\d-\d-\d-\d", second)
    assert all(len(set(sizes)) == len(sizes) for sizes in (first[::2], second[::2]))


# --- what is slightly wrong --------------------------------------------------------------------

SLIGHTLY = 1 + Rational(1, 10**12)


@pytest.mark.parametrize("activation", ["sigma", "tanh", "relu"])
def test_one_part_in_ten_to_the_twelve_is_seen_at_depth_24(activation: str) -> None:
    """Doubles let these pass: each is within rounding there."""
    system = derive(mlp([3] * 25, activation=activation).system)
    prover = find_prover(system)
    equations = list_derived(system)
    assert len(equations) == 98
    passed = 0
    for equation in equations[:: 1 if activation == "sigma" else 9]:
        wrong = replace(equation, rhs=equation.rhs * SLIGHTLY)
        assert isinstance(prover.decide(equation), Proof)
        found = prover.decide(wrong)
        assert isinstance(found, Counterexample), f"{wrong.lhs} = {wrong.rhs}"
        assert found.kind == ("numeric" if activation == "tanh" else "exact")
        passed += find_worst_error(prover._try("doubles", wrong, False)) < ROUNDING
    assert passed == len(equations[:: 1 if activation == "sigma" else 9])
    if activation != "tanh":
        assert "as exact numbers they differ" in str(found)


@pytest.mark.parametrize("name", [n for n in OTHERS if n != "twelve layers"])
def test_other_networks_see_it_too(name: str) -> None:
    prover = find_prover(derive_named(name))
    for equation in list_derived(prover.system):
        wrong = replace(equation, rhs=equation.rhs * SLIGHTLY)
        found = prover.decide(wrong)
        # Where only doubles can decide, this is within rounding.
        assert isinstance(found, Proof if name in IN_DOUBLES else Counterexample)


# --- planted slips -----------------------------------------------------------------------------

Slip = Callable[[Equation], Iterator[Expr]]


def list_parts(expression: Expr, kind: type) -> list[Expr]:
    return sorted(expression.atoms(kind), key=str)


def list_reads(expression: Expr) -> list[Indexed]:
    """Entries of quantities; n[l], a width, is none."""
    return [read for read in list_parts(expression, Indexed) if read.base.label.name != "n"]


def slip_sign(equation: Equation) -> Iterator[Expr]:
    yield -equation.rhs
    for part in list_parts(equation.rhs, Add):
        yield equation.rhs.xreplace({part: Add(-part.args[0], *part.args[1:])})


def slip_factor(equation: Equation) -> Iterator[Expr]:
    yield 2 * equation.rhs
    for total in list_parts(equation.rhs, Sum):
        yield equation.rhs.xreplace({total: total / 2})


def slip_term(equation: Equation) -> Iterator[Expr]:
    for part in list_parts(equation.rhs, Add):
        for dropped in part.args:
            yield equation.rhs.xreplace({part: part - dropped})


def slip_product(equation: Equation) -> Iterator[Expr]:
    for part in list_parts(equation.rhs, Mul):
        for dropped in part.args:
            if not dropped.is_number:
                yield equation.rhs.xreplace({part: part / dropped})


def slip_transpose(equation: Equation) -> Iterator[Expr]:
    for read in list_reads(equation.rhs):
        if len(read.indices) > 1 and read.indices[-1] != read.indices[-2]:
            *rest, row, column = read.indices
            yield equation.rhs.xreplace({read: read.base[(*rest, column, row)]})


def slip_shift(equation: Equation) -> Iterator[Expr]:
    """Another layer, time or neighbour."""
    for read in list_reads(equation.rhs):
        for position, index in enumerate(read.indices):
            for by in (-1, 1):
                shifted = (*read.indices[:position], index + by, *read.indices[position + 1 :])
                yield equation.rhs.xreplace({read: read.base[shifted]})


def slip_index(equation: Equation) -> Iterator[Expr]:
    """One index for another: j for k."""
    bound = {b for s in equation.rhs.atoms(Sum) for b, *_ in s.limits}
    letters = sorted(bound | {a.symbol for a in equation.axes}, key=str)
    for read in list_reads(equation.rhs):
        for old in letters:
            for new in letters:
                if old in read.free_symbols and new not in read.free_symbols:
                    yield equation.rhs.xreplace({read: read.xreplace({old: new})})


def slip_bounds(equation: Equation) -> Iterator[Expr]:
    for total in list_parts(equation.rhs, Sum):
        body, bound, low, high = peel(total)
        for ends in ((low + 1, high), (low, high - 1)):
            yield equation.rhs.xreplace({total: Sum(body, (bound, *ends))})


def slip_derivative(equation: Equation) -> Iterator[Expr]:
    """σ for σ′."""
    for function in list_parts(equation.rhs, NamedFunction):
        kind = type(function)
        if kind.order:
            plain = name_function(kind.spelling, kind.formula, kind.order - 1)
            yield equation.rhs.xreplace({function: plain(*function.args)})


def slip_power(equation: Equation) -> Iterator[Expr]:
    for power in list_parts(equation.rhs, Pow):
        if power.exp.is_Integer:
            yield equation.rhs.xreplace({power: power.base ** (power.exp + 1)})


SLIPS: dict[str, Slip] = {
    name.removeprefix("slip_"): slip for name, slip in globals().items() if name[:5] == "slip_"
}


def differ(prover: Prover, wrong: Equation, right: Expr) -> bool | None:
    """Whether a slip changes anything, by the slow meaning; None if it reads what is not there."""
    differences = []
    for number in range(2):
        slow = read_slowly(prover, number)
        for place in slow.places([(a.symbol, a.low, a.high) for a in wrong.axes], {}):
            try:
                values = [slow.value(side, place) for side in (wrong.rhs, right)]
            except NoSuchEntryError:
                return None
            differences.append(
                abs(values[0] - values[1]) / (abs(values[0]) + abs(values[1]) + 1e-9)
            )
    return max(differences) > 1e-6


SLOW: dict[tuple[Prover, int], EntryByEntry] = {}


def read_slowly(prover: Prover, number: int) -> EntryByEntry:
    """The slow meaning of a world in doubles, with the true values of all derivatives by name."""
    if (prover, number) not in SLOW:
        world = prover._world("doubles", number)
        slow = SLOW[prover, number] = EntryByEntry(world)
        for equation in list_derived(prover.system):
            for key in world.keys(equation.lhs, equation.axes):
                slow.numbers[key] = complex(world.look_up(key))
    return SLOW[prover, number]


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize(
    "name", [*OTHERS, "generic", "softmax, cross-entropy", "softmax, sse", "generic, no bias, L2"]
)
def test_a_planted_slip_is_seen(name: str, slip: str) -> None:
    prover = find_prover(derive_named(name))
    equations = list_derived(prover.system)
    planted = 0
    for equation in equations[:: 1 + len(equations) // 12]:
        for rhs in SLIPS[slip](equation):
            if rhs.has(zoo):
                continue
            wrong = replace(equation, rhs=rhs)
            changes = differ(prover, wrong, equation.rhs)
            if changes is None:
                with pytest.raises(MissingError):
                    prover.decide(wrong)
                continue
            try:
                refused = isinstance(prover.decide(wrong), Counterexample)
            except (UndefinedError, MissingError):
                # the root of a negative number; a factor, of a sum of no terms, that is not there
                refused = True
            assert refused is changes, f"{wrong.lhs} = {rhs}"
            planted += changes
    if slip in ("sign", "factor"):
        assert planted >= len(equations[:: 1 + len(equations) // 12])


def test_a_counterexample_names_the_place_and_both_sides() -> None:
    system = derive_named("generic")
    _, before = system.definitions["∂C/∂z"]
    found = decide(system, replace(before, rhs=-before.rhs))
    assert isinstance(found, Counterexample)
    assert found.left == pytest.approx(-found.right)
    assert abs(found.left) > 1e-3
    assert dict(found.place).keys() == {"l", "j"}
    message = str(found)
    assert f"{before.lhs} = {-before.rhs} does not hold: {found.left} against" in message
    assert message.endswith(f"at l = 1, j = {dict(found.place)['j']} on the network 4-2-3")


@pytest.mark.parametrize(
    ("kind", "right", "is_said"),
    [("exact", 1 + 1e-13, True), ("exact", 2.0, False), ("numeric", 1 + 1e-13, False)],
)
def test_numbers_that_look_alike_are_said_to_differ(kind, right: float, is_said: bool) -> None:
    message = str(Counterexample(kind, Equation(f, x), "", (), 1.0, right))
    assert ("(as exact numbers they differ)" in message) == is_said
    assert " at " not in message and " on the network" not in message


def test_a_case_that_was_forgotten_is_no_proof() -> None:
    system = derive_named("generic")
    last, before = system.definitions["∂C/∂z"]
    for dropped, named in ((last, r"∂C/∂z\[3, 1\]"), (before, r"∂C/∂z\[1, 1\]")):
        fewer = tuple(e for e in system.equations if e != dropped)
        with pytest.raises(ProofError, match=f"no equation defines {named} on the network 3-2-5-4"):
            prove_system(replace(system, equations=fewer))
    with pytest.raises(ProofError, match="again"):
        prove_system(replace(system, equations=(*system.equations, last)))


# --- what exact numbers cannot know ------------------------------------------------------------


def claim(system: System, left: Expr, right: Expr) -> Proof | Counterexample:
    return decide(system, Equation(left, right))


def test_an_identity_of_exp_in_disguise_is_decided_with_digits() -> None:
    system = System([Eq(u, x + y), Eq(v, exp(u)), Eq(f, v**2)])
    proof = claim(system, v, exp(x) * exp(y))
    assert isinstance(proof, Proof)
    assert (proof.kind, proof.digits) == ("numeric", True)
    assert proof.worst_error < 1e-50
    assert "with 50 digits" in str(Report((proof,)))
    for factor in (SLIGHTLY, 1 + Rational(1, 10**25), 2):
        wrong = claim(system, v, factor * exp(x) * exp(y))
        assert isinstance(wrong, Counterexample)
        assert wrong.kind == "numeric"


def test_what_sympy_joins_is_exact() -> None:
    system = System([Eq(u, exp(x) / (exp(x) + exp(y))), Eq(f, log(u))])
    for left, right in (
        (Partial(u, x), u * (1 - u)),
        (Partial(u, y), -exp(x + y) / (exp(x) + exp(y)) ** 2),
        (Partial(f, x), 1 / (1 + exp(x - y))),
        (u, 1 / (1 + exp(y - x))),
        (exp(3 * x / 2 - 2), exp(-x / 2) * exp(2 * x) / exp(1) ** 2),
    ):
        proof = claim(system, left, right)
        assert isinstance(proof, Proof), str(proof)
        assert proof.kind == "exact", str(right)
    assert isinstance(claim(system, Partial(u, y), u * (1 - u)), Counterexample)


def test_a_generic_function_has_no_identity_of_its_own() -> None:
    sigma = name_function("sigma")
    system = System([Eq(u, sigma(x)), Eq(f, u**2)])
    assert holds(system, Equation(Partial(f, x), 2 * u * sigma(x).diff(x)))
    found = claim(system, Partial(u, x), u * (1 - u))
    assert isinstance(found, Counterexample)
    assert found.kind == "exact"
    two = System([Eq(u, sigma(x)), Eq(f, name_function("rho")(u))])
    assert not holds(two, Equation(u, name_function("rho")(x)))


def test_an_order_is_decided_with_fractions() -> None:
    system = System([Eq(u, Max(x, y, 0)), Eq(f, u**2)])
    slope = Piecewise((2 * x, (x > y) & (x > 0)), (0, True))
    proof = claim(system, Partial(f, x), slope)
    assert isinstance(proof, Proof)
    assert proof.kind == "exact"
    wrong = claim(system, Partial(f, x), slope * SLIGHTLY)
    assert wrong == Counterexample("exact", wrong.equation, "", (), wrong.left, wrong.right)


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        (sqrt(x**2 + 1), x / sqrt(x**2 + 1)),
        (Rational(1, 10).evalf() * x, Rational(1, 10).evalf()),
        (sqrt(3) * x, sqrt(3)),
        (2**x, log(2) * 2**x),
        (x**y, y * x**y / x),
    ],
)
def test_roots_decimals_and_powers_are_numeric(value: Expr, slope: Expr) -> None:
    system = System([Eq(f, value)])
    proof = claim(system, Partial(f, x), slope)
    assert isinstance(proof, Proof)
    assert (proof.kind, proof.digits) == ("numeric", False)
    assert str(Report((proof,))).startswith("1 equation proved in doubles at random points; worst")
    assert isinstance(claim(system, Partial(f, x), slope * (1 + 1e-6)), Counterexample)


def test_what_overflows_in_doubles_is_decided_with_digits() -> None:
    """e^700 (sqrt(x) e^700) is infinite in doubles: neither side is evidence there."""
    big = exp(700) * sqrt(x**2 + 1)
    system = System([Eq(f, sqrt(x**2 + 1))])
    proof = claim(system, f * exp(700) * big, big * f * exp(700))
    assert isinstance(proof, Proof)
    assert proof.digits
    assert isinstance(claim(system, f * exp(700) * big, 2 * big * f * exp(700)), Counterexample)


def test_what_is_infinite_is_no_evidence() -> None:
    """u^2 is infinite in doubles, and so is twice as much: they are not the same for that."""
    system = System([Eq(u, 10**200 * sqrt(x**2 + 1)), Eq(f, u**2)])
    proof = claim(system, f, u * 10**200 * sqrt(x**2 + 1))
    assert isinstance(proof, Proof)
    assert proof.digits
    assert isinstance(claim(system, f, 2 * u**2), Counterexample)
    system = System([Eq(u, 10**200 * sqrt(x**2 + 1)), Eq(v, u + 1), Eq(f, u * v)])
    assert holds(system, Equation(f, (v - 1) * v))
    assert not holds(system, Equation(f, 2 * (v - 1) * v))
    for infinite in (inf, nan):
        places = [Tried(1, {}, infinite, infinite), Tried(1, {}, 1.0, 2.0)]
        assert isnan(find_worst_error(places))
        assert isnan(find_worst_error(places[::-1]))
    assert find_worst_error([Tried(1, {}, 4.0, 3.0), Tried(2, {}, 0.0, 0.0)]) == 0.25


def test_what_rounding_leaves_of_0_is_not_refused() -> None:
    """Σ_j (a_j - m) is 0 exactly, and 2e-16 or so in doubles."""
    m, a = Symbol("m"), IndexedBase("a")
    system = System(
        [
            Eq(m, Sum(a[j], (j, 1, n)) / n),
            Eq(v, sqrt(Sum((a[j] - m) ** 2, (j, 1, n)) + 1)),
            Eq(f, m * v),
        ]
    )
    zero = Sum(a[j], (j, 1, n)) - n * m
    proof = claim(system, zero, 0 * f)
    assert isinstance(proof, Proof)
    assert proof.digits
    tiny = v * Integer(10) ** -12
    assert isinstance(claim(system, tiny, 0 * f), Counterexample)
    assert isinstance(claim(system, zero + tiny, zero), Counterexample)
    assert find_worst_error([Tried(1, {}, 1e-16, 0.0)], noise=1e-10) == 1e-6


def test_networks_are_so_large_that_no_cases_overlap() -> None:
    system = graph(
        {"z[i]": "w[1]*x[i] + w[2]*x[i + 4]", "C": "sum(i, z[i]^2)"},
        "w[r]",
        "x[k]",
        k="1..n + 4",
        i="1..n",
        r="1..2",
    )
    report = prove_system(derive_backward(system))
    assert [network.partition(" ")[0] for network in report.networks] == ["n", "n"]
    assert all(int(network.rpartition(" ")[2]) >= 4 for network in report.networks)


# --- claims of every kind ----------------------------------------------------------------------


def recurrence() -> tuple[System, Equation]:
    """s[t] = tanh(V s[t-1] + Q x[t]) and the derivative by s[t], for t < T."""
    s, V, Q, a, d = map(IndexedBase, ("s", "V", "Q", "x", "d"))
    p, o, E = *symbols("p o", integer=True), Symbol("E")
    total = Sum(V[i, j] * s[t - 1, j], (j, 1, n)) + Sum(Q[i, p] * a[t, p], (p, 1, o))
    tanh = name_function("tanh", lambda z: (exp(2 * z) - 1) / (exp(2 * z) + 1))
    system = System(
        [
            Eq(s[0, i], 0),
            Eq(s[t, i], tanh(total)),
            Eq(E, Sum(Sum((s[t, i] - d[t, i]) ** 2, (i, 1, n)), (t, 1, T)) / 2),
        ],
        parameters=[V, Q],
        axes={t: (1, T), i: (1, n)},
    )
    slope = IndexedBase("∂E/∂s")
    later = Sum(V[j, i] * (1 - s[t + 1, j] ** 2) * slope[t + 1, j], (j, 1, n))
    axes = (Axis(t, Integer(1), T), Axis(i, Integer(1), n))
    return system, Equation(slope[t, i], s[t, i] - d[t, i] + later, axes)


def test_a_claim_holds_where_what_it_reads_exists() -> None:
    system, equation = recurrence()
    with pytest.raises(MissingError, match="is read"):
        decide(system, equation)
    proof = decide(system, equation, where_defined=True)
    assert isinstance(proof, Proof)
    assert proof.kind == "exact"
    shorter = replace(equation, axes=(Axis(t, Integer(1), T - 1), equation.axes[1]))
    assert decide(system, shorter) == proof
    V = IndexedBase("V")
    turned = equation.rhs.xreplace({V[j, i]: V[i, j]})
    for wrong in (replace(equation, rhs=turned), replace(equation, rhs=2 * equation.rhs)):
        assert not holds(system, wrong, where_defined=True)


def test_any_quantity_is_differentiated_by_any_other_without_a_cost() -> None:
    a, b, A = IndexedBase("a"), IndexedBase("b"), IndexedBase("A")
    axes = {i: (1, n), j: (1, n)}
    system = System([Eq(b[i], Sum(A[i, j] * a[j] ** 2, (j, 1, n)))], axes=axes)
    ranges = (Axis(i, Integer(1), n), Axis(j, Integer(1), n))
    assert holds(system, Equation(Partial(b[i], a[j]), 2 * A[i, j] * a[j], ranges))
    assert not holds(system, Equation(Partial(b[i], a[j]), 2 * A[j, i] * a[j], ranges))
    with pytest.raises(MissingError, match=r"c\[1\] is read"):
        decide(system, Equation(IndexedBase("∂b/∂c")[i], Integer(0), ranges[:1]))
    with pytest.raises(InputError, match="b has indices; write a derivative of one entry"):
        decide(system, Equation(IndexedBase("∂b/∂a")[i], Integer(0), ranges[:1]))


def test_a_batch_has_claims_about_single_samples_and_all() -> None:
    system = mlp(batch=True).system
    a, W = IndexedBase("a"), IndexedBase("W")
    slope, m, widths = IndexedBase("∂C_i/∂z"), Symbol("m", integer=True), IndexedBase("n")
    layer, sample = Axis(l, Integer(1), L), Axis(i, Integer(1), m)
    row, column = Axis(j, Integer(1), widths[l]), Axis(k, Integer(1), widths[l - 1])
    whole = Sum(slope[l, i, j] * a[l - 1, i, k], (i, 1, m))
    by_weights = IndexedBase("∂C/∂W")[l, j, k]
    axes = (layer, row, column)
    assert holds(system, Equation(by_weights, whole / m, axes))
    assert not holds(system, Equation(by_weights, whole, axes))
    own = Partial(IndexedBase("C_i")[i], W[l, j, k])
    assert holds(system, Equation(own, slope[l, i, j] * a[l - 1, i, k], (layer, sample, *axes[1:])))


def test_both_sides_zero_say_nothing() -> None:
    system = System([Eq(u, x**2), Eq(f, u + y)])
    proof = claim(system, Partial(u, y), Integer(0))
    assert isinstance(proof, Proof)
    assert proof.says_nothing
    numeric = claim(System([Eq(u, sqrt(x)), Eq(f, u + y)]), Partial(u, y), Integer(0))
    assert isinstance(numeric, Proof)
    assert numeric.says_nothing
    # what rounding leaves of 0 is no evidence either
    a = IndexedBase("a")
    zero = Sum(sqrt(a[j]) - sqrt(a[j] * y) / sqrt(y), (j, 1, n))
    rounded = claim(System([Eq(u, zero)]), u, Integer(0))
    assert isinstance(rounded, Proof)
    assert rounded.kind == "numeric" and rounded.says_nothing
    something = claim(system, Partial(u, x), 2 * x)
    assert isinstance(something, Proof)
    assert not something.says_nothing


def test_a_difference_in_a_later_world_is_the_one_that_is_shown() -> None:
    a, size = IndexedBase("a"), Symbol("n", integer=True)
    total = Sum(a[j] ** Rational(1, 2), (j, 1, size))
    system = System([Eq(f, total)], axes={j: (1, size)})
    first = Prover(system)._find_sizes(0)
    (width,) = first.values()
    found = Prover(system).decide(Equation(f, total + (size - width) ** 2))
    assert isinstance(found, Counterexample)
    assert found.left != found.right and f"n = {width}" not in found.network


def test_a_claim_needs_a_place_and_a_value() -> None:
    system, equation = recurrence()
    nowhere = replace(equation, axes=(Axis(t, T + 1, T), equation.axes[1]))
    with pytest.raises(NoPlaceError, match="no place to try it"):
        decide(system, nowhere)
    with pytest.raises(UndefinedError):
        claim(System([Eq(u, x**2), Eq(f, u)]), f, 1 / (u - x**2))


def test_a_range_that_is_empty_in_small_worlds_is_tried_in_larger_ones() -> None:
    a, z = IndexedBase("a"), IndexedBase("∂C/∂z")
    system = derive_named("generic")
    _, before = system.definitions["∂C/∂z"]
    layer, neuron = before.axes
    inner = replace(before, axes=(replace(layer, low=Integer(3)), neuron))
    proof = decide(system, inner)
    assert isinstance(proof, Proof)
    assert [network.count("-") for network in proof.networks] == [4, 5]
    wrong = replace(inner, rhs=inner.rhs + Piecewise((a[l, j] * z[l, j], Eq(l, 3)), (0, True)))
    assert isinstance(decide(system, wrong), Counterexample)


def test_a_range_that_needs_a_long_time_is_tried_in_larger_worlds() -> None:
    system, equation = recurrence()
    late = replace(equation, axes=(Axis(t, Integer(6), T - 1), equation.axes[1]))
    assert holds(system, late)
    assert not holds(system, replace(late, rhs=2 * late.rhs))


def test_what_sums_came_to_is_not_kept_for_ever() -> None:
    system = derive_named("generic")
    prover, (_, before) = find_prover(system), system.definitions["∂C/∂z"]
    sizes = set()
    for number in range(1, 5):
        other = before.rhs.replace(
            lambda node: isinstance(node, Sum),
            lambda node, number=number: Sum(number * node.function, *node.limits),
        )
        prover.decide(replace(before, rhs=other))
        sizes.add(len(prover._world("residues", 0).memory))
    assert len(sizes) == 1


# --- how it is told ----------------------------------------------------------------------------


def test_a_report_tells_how_much_was_proved_how() -> None:
    exact = Proof("exact", ("4-2-3", "3-2-5-4"))
    numeric = Proof("numeric", ("4-2-3", "3-2-5-4"), 2e-16)
    digits = Proof("numeric", ("4-2-3", "3-2-5-4"), 1e-17, digits=True)
    where = "on 4-2-3 and 3-2-5-4"
    assert str(Report((exact,) * 7)) == f"7 equations proved exactly {where}"
    assert str(Report((exact,)) + Report((numeric, digits))) == (
        f"3 equations proved {where}: 1 exactly, 2 in doubles, 1 of them with 50 digits "
        f"(worst relative error 2.0e-16)"
    )
    assert str(Report((numeric,))) == (
        f"1 equation proved in doubles {where}; worst relative error 2.0e-16"
    )
    assert str(Report((Proof("exact", ("",)),))) == "1 equation proved exactly at random points"
    assert Report(()).worst_error == 0


def test_steps_keep_their_proofs_and_wrong_ones_are_refused() -> None:
    system = System([Eq(u, x**2), Eq(f, sqrt(u) * y)])
    steps = (Step(Partial(u, x), 2 * x, "derivative"), Step(Partial(f, y), sqrt(u), "derivative"))
    proved = prove_argument(system, Argument(Partial(f, y), (), steps))
    # A root anywhere keeps the whole system out of the field.
    assert [s.proof.kind for s in proved.steps if s.proof] == ["numeric", "numeric"]
    wrong = Argument(Partial(f, y), (), (replace(steps[0], right=3 * x),))
    with pytest.raises(ProofError, match=r"3\*x does not hold"):
        prove_argument(system, wrong)


def test_worlds_are_kept_for_the_next_equation_of_the_same_system() -> None:
    system = mlp().system
    prover = find_prover(system)
    assert find_prover(system) is prover
    assert find_prover(mlp().system) is not prover
    assert find_prover(system, seed=2) is not prover
    others = [System([Eq(f, x + number)]) for number in range(PROVERS_KEPT)]
    for other in others[3:]:
        find_prover(other)
    assert find_prover(system) is prover
    for other in others:
        find_prover(other)
    assert find_prover(system) is not prover


def test_derived_equations_are_never_read_as_definitions() -> None:
    """A wrong derived equation must not make another one right."""
    system = derive_named("generic")
    wrong = tuple(replace(e, rhs=2 * e.rhs) if e.name == "∂C/∂z" else e for e in system.equations)
    prover = find_prover(replace(system, equations=wrong))
    (gradient,) = prover.system.definitions["∂C/∂W"]
    assert isinstance(prover.decide(gradient), Proof)
    assert "∂C/∂z" in {e.lhs.base.name for e in [gradient.rhs] for e in find_reads(gradient)}


def find_reads(equation: Equation) -> list[Equation]:
    return [Equation(e, Integer(0)) for e in find_entries(equation.rhs)]


def test_every_place_is_tried() -> None:
    """An equation that is wrong at one place of a hundred is wrong."""
    system = derive_named("generic")
    (gradient,) = system.definitions["∂C/∂W"]
    for place in draw_world(system, 2).places(gradient.axes):
        spot = Mul(*(Piecewise((1, Eq(s, number)), (0, True)) for s, number in place.items()))
        found = decide(system, replace(gradient, rhs=gradient.rhs * (1 + spot)))
        assert isinstance(found, Counterexample)
        assert found.place == tuple((s.name, number) for s, number in place.items())


FACTORS = {"sign": -1, "factor": 2, "one in a billion": 1 + 1e-9}


@pytest.mark.parametrize("name", ["∂C/∂W", "∂C/∂b", "∂C/∂z", "∂C/∂a"])
@pytest.mark.parametrize("factor", FACTORS)
def test_a_wrong_equation_is_refused(name: str, factor: str) -> None:
    system = derive(mlp().system)
    wrong = tuple(
        replace(e, rhs=e.rhs * FACTORS[factor]) if e.name == name else e for e in system.equations
    )
    with pytest.raises(ProofError, match="does not hold"):
        prove_system(replace(system, equations=wrong))


def test_wrong_index_transpose_and_layer_are_refused() -> None:
    system = derive(mlp().system)
    l, j, k = symbols("l j k", integer=True)
    a, z = IndexedBase("a"), IndexedBase("∂C/∂z")
    for wrong_rhs in (a[l - 1, j] * z[l, k], a[l, j] * z[l, j], a[l - 1, k] * z[l, 1]):
        equations = tuple(
            replace(e, rhs=wrong_rhs) if e.name == "∂C/∂W" else e for e in system.equations
        )
        with pytest.raises((ProofError, InputError)):
            prove_system(replace(system, equations=equations))
