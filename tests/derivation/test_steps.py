"""Explanations line by line: all that is said is true, said once, and leads to the formula."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from cases import recurrent
from explained import ALL, derive, explain_all
from sympy import Add, Expr, Function, Sum

from symbackprop.derivation.arguments import Argument, Step, prove_argument
from symbackprop.derivation.passes import Passes
from symbackprop.derivation.steps import explain_quantity, match
from symbackprop.derivation.views import drop_neurons, take_scalar
from symbackprop.equations import Equation
from symbackprop.errors import InputError
from symbackprop.functions import Softmax
from symbackprop.network.network import mlp
from symbackprop.partials import Chain, Direct, Partial, flatten
from symbackprop.proofs import ProofError


def write(step: Step) -> str:
    return f"{step.left} = {step.right}"


@pytest.mark.parametrize("name", ALL)
def test_every_line_is_proved_and_leads_to_the_formula(name: str) -> None:
    passes, explained = explain_all(name)
    assert explained
    for arguments in explained.values():
        assert arguments
        for argument in arguments:
            proved = prove_argument(passes.folded, argument)
            assert all(step.proof is not None for step in proved.steps)
            case = Equation(argument.target, argument.target, argument.axes)
            (found,) = [result for _, result in match(passes.folded, case)]
            assert (argument.steps[-1].left, argument.steps[-1].right) == (argument.target, found)


@pytest.mark.parametrize("name", ALL)
def test_no_line_is_said_twice(name: str) -> None:
    for argument in (a for arguments in explain_all(name)[1].values() for a in arguments):
        # nor in another order of factors
        lines = [(step.left, flatten(step.right)) for step in argument.steps]
        assert len(lines) == len(set(lines))


@pytest.mark.parametrize("name", [n for n in ALL if not n.endswith(" layers")])
def test_the_scalar_view_of_every_line_is_proved(name: str) -> None:
    passes, explained = explain_all(name)
    system = passes.folded
    if any(e.rhs.has(Softmax) for e in system.equations) or "convolution" in name:
        with pytest.raises(InputError):
            take_scalar(system)
        return
    scalar = take_scalar(system)
    for argument in (a for arguments in explained.values() for a in arguments):
        lines = [
            drop_neurons(Equation(s.left, s.right, (*argument.axes, *s.axes)), system.quantities)
            for s in argument.steps
        ]
        steps = tuple(Step(line.lhs, line.rhs, "", line.axes) for line in lines)
        prove_argument(scalar, replace(argument, axes=(), steps=steps))


def test_an_error_is_defined_where_it_is_met_first() -> None:
    last, before = explain_quantity(derive(mlp().system), "z")
    assert (last.steps[0].reason, before.steps[0].reason) == (
        "definition of the error",
        "chain rule",
    )


def test_every_cell_of_a_derivative_is_explained() -> None:
    for name in ALL:
        passes, explained = explain_all(name)
        for quantity, arguments in explained.items():
            cells = passes.folded.definitions[passes.find_adjoint(quantity)]
            assert len(arguments) >= len(cells)


# --- whole and direct --------------------------------------------------------------------------


def list_atoms(argument: Argument, kind: type[Function]) -> set[Expr]:
    sides = [side for step in argument.steps for side in (step.left, step.right)]
    return {atom for side in sides for atom in side.atoms(kind)}


def test_weight_decay_acts_directly_and_through_the_network() -> None:
    passes = derive(mlp(regularized=True).system)
    last, before = explain_quantity(passes, "W")
    assert list(map(write, last.steps)) == [
        "∂C/∂W[L, j, k] = Chain(Partial(C, a[L, j]), Partial(a[L, j], z[L, j]), "
        "Partial(z[L, j], W[L, j, k])) + Direct(C, W[L, j, k])",
        "Partial(C, a[L, j]) = a[L, j] - y[j]",
        "Partial(a[L, j], z[L, j]) = sigma'(z[L, j])",
        "Partial(z[L, j], W[L, j, k]) = a[L - 1, k]",
        "Direct(C, W[L, j, k]) = lambda*W[L, j, k]",
        "∂C/∂W[L, j, k] = lambda*W[L, j, k] + "
        "Braced((a[L, j] - y[j])*sigma'(z[L, j]), ∂C/∂z[L, j])*a[L - 1, k]",
        "∂C/∂W[L, j, k] = lambda*W[L, j, k] + a[L - 1, k]*∂C/∂z[L, j]",
    ]
    assert [str(ways.rhs) for ways in last.ways] == ["Ways(W[L, j, k], C, C, z[L, j])"]
    assert [str(ways.rhs) for ways in before.ways] == ["Ways(W[l, j, k], C, C, z[l, j])"]


def test_a_state_acts_directly_and_through_the_next() -> None:
    passes = derive(recurrent())
    last, before, first = explain_quantity(passes, "h")
    assert list(map(write, last.steps)) == ["∂C/∂h[T, j] = h[T, j] - y[T, j]"]
    assert list(map(write, before.steps)) == [
        "∂C/∂h[t, j] = Direct(C, h[t, j]) + Sum(Chain(Partial(C, z[t + 1, k]), "
        "Partial(z[t + 1, k], h[t, j])), (k, 1, n))",
        "Direct(C, h[t, j]) = h[t, j] - y[t, j]",
        "Partial(C, z[t + 1, k]) = ∂C/∂z[t + 1, k]",
        "Partial(z[t + 1, k], h[t, j]) = W[k, j]",
        "∂C/∂h[t, j] = h[t, j] - y[t, j] + Sum(W[k, j]*∂C/∂z[t + 1, k], (k, 1, n))",
    ]
    assert [str(ways.rhs) for ways in before.ways] == [
        "Ways(h[t, j], C, C, Sum(z[t + 1, k], (k, 1, n)))"
    ]
    assert not last.ways and not first.ways


def test_a_weight_shared_over_time_has_a_direct_part_at_each() -> None:
    (argument,) = explain_quantity(derive(recurrent()), "W")
    assert list(map(str, list_atoms(argument, Direct))) == ["Direct(z[t, j], W[j, k])"]


@pytest.mark.parametrize("name", ["generic", "generic batch", "2-3-2", "12 layers", "one neuron"])
def test_one_way_needs_no_second_sign(name: str) -> None:
    for arguments in explain_all(name)[1].values():
        assert not any(list_atoms(argument, Direct) or argument.ways for argument in arguments)


def test_what_never_reaches_the_cost_is_said_to() -> None:
    _, explained = explain_all("what has no way to the cost")
    reasons = {step.reason for a in explained["h"] for step in a.steps if step.right == 0}
    assert reasons == {"no way"}


# --- the length of an explanation --------------------------------------------------------------


def test_a_chain_ends_at_the_delta_of_the_next_layer() -> None:
    _, explained = explain_all("12 layers")
    for arguments in explained.values():
        for argument in arguments:
            assert all(len(c.args) <= 5 for s in argument.steps for c in s.right.atoms(Chain))
            assert not any(len(s.limits) > 1 for t in argument.steps for s in t.right.atoms(Sum))


def test_an_explanation_grows_with_the_depth_and_no_faster() -> None:
    def measure(depth: int) -> tuple[int, float]:
        passes = derive(mlp([2] * (depth + 1), activation="tanh").system)
        started = time.process_time()
        arguments = [a for q in "zWb" for a in explain_quantity(passes, q)]
        return sum(len(a.steps) for a in arguments), time.process_time() - started

    few, _ = measure(4)
    short, fast = measure(8)
    long, slow = measure(16)
    assert long - short == 2 * (short - few)
    assert slow < 8 * fast


# --- planted slips -----------------------------------------------------------------------------


def replace_step(argument: Argument, number: int, right: Expr) -> Argument:
    steps = list(argument.steps)
    steps[number] = replace(steps[number], right=right)
    return replace(argument, steps=tuple(steps))


def drop_factors(right: Expr) -> list[Expr]:
    chains = [c for c in right.atoms(Chain) if len(c.args) > 1]
    return [
        right.xreplace({c: Chain(*(f for f in c.args if f != g))}) for c in chains for g in c.args
    ]


def drop_ways(right: Expr) -> list[Expr]:
    totals = [t for t in right.atoms(Add) if t.has(Partial, Direct)]
    return [
        right.xreplace({t: Add(*(a for a in t.args if a != g))}) for t in totals for g in t.args
    ]


def take_direct_for_whole(right: Expr) -> list[Expr]:
    return [right.xreplace({d: Partial(*d.args)}) for d in right.atoms(Direct)]


def shorten_sums(right: Expr) -> list[Expr]:
    found = []
    for total in right.atoms(Sum):
        *others, (bound, low, high) = total.limits
        found.append(right.xreplace({total: Sum(total.function, *others, (bound, low + 1, high))}))
    return found


SLIPS = {
    "a factor dropped": drop_factors,
    "a way dropped": drop_ways,
    "the direct part for the whole": take_direct_for_whole,
    "a sum that begins late": shorten_sums,
}
# networks where no factor is 1 and no way is 0
TRIED = {
    "generic, no bias, L2": "W",
    "recurrent": "z",
    "residual, several reads": "u",
    "tied autoencoder": "W",
    "gates of a long memory": "c",
    "each layer reads all before": "a1",
    "read at two places": "h",
    "one weight in three layers": "W",
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("name", TRIED)
def test_a_slip_in_the_chain_rule_is_refused(name: str, slip: str) -> None:
    passes, explained = explain_all(name)
    planted = 0
    for argument in explained[TRIED[name]]:
        for number, step in enumerate(argument.steps):
            if step.reason != "chain rule":
                continue
            for wrong in SLIPS[slip](step.right):
                planted += 1
                with pytest.raises(ProofError):
                    prove_argument(passes.folded, replace_step(argument, number, wrong))
    sums = passes.links.definitions[passes.find_adjoint(TRIED[name])][0].rhs.has(Sum)
    assert planted or (slip == "a sum that begins late" and not sums)


def test_a_direct_part_under_the_name_of_the_whole_is_refused() -> None:
    for name, quantity in (("generic, no bias, L2", "W"), ("recurrent", "h")):
        passes, explained = explain_all(name)
        argument = next(a for a in explained[quantity] if a.ways)
        steps = tuple(
            replace(s, left=Partial(*s.left.args)) if isinstance(s.left, Direct) else s
            for s in argument.steps
        )
        with pytest.raises(ProofError, match="does not hold"):
            prove_argument(passes.folded, replace(argument, steps=steps))


def test_a_wrong_result_is_refused() -> None:
    passes = derive(mlp(activation="sigmoid").system)
    argument, *_ = explain_quantity(passes, "W")
    for number, step in enumerate(argument.steps):
        with pytest.raises(ProofError):
            prove_argument(passes.folded, replace_step(argument, number, 2 * step.right))


# --- what cannot be explained ------------------------------------------------------------------


def test_an_unknown_quantity_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"unknown quantity 'V'.*Known: a, z, x, W, b"):
        explain_quantity(derive(mlp().system), "V")


def test_a_step_has_nothing_to_explain() -> None:
    system = mlp([2, 1], activation="step").system
    with pytest.raises(InputError, match="step has no gradient"):
        explain_quantity(Passes(system, system), "W")
