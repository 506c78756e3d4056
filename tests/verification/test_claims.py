"""Updates: which formulas are steps of descent, and whether they go down along their gradient."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.claims import is_change, is_update, judge_gradient_list, judge_update

BY_W = r"\frac{\partial C}{\partial w}"


def read_sides(formula: str) -> tuple[tree.Node, tree.Node]:
    left, right = read_formula(formula).statements[0].sides
    return left, right


@pytest.mark.parametrize(
    "formula",
    [
        rf"w' = w - \eta {BY_W}",
        rf"w^+ = w - \eta {BY_W}",
        rf"w_{{t+1}} = w_t - \eta {BY_W}",
        rf"w(k+1) = w(k) - \eta {BY_W}",
        r"w(k+1) = w(k) + \Delta w(k)",
        r"v' = v - \eta \nabla C",
        rf"M(k+1) = \mu M(k) - \eta {BY_W}",
        # a step along a gradient is one, whatever it starts from and where it goes
        rf"w' = b - \eta {BY_W}",
        rf"w' = w + \eta {BY_W}",
    ],
)
def test_updates(formula: str) -> None:
    assert is_update(*read_sides(formula))


@pytest.mark.parametrize(
    "formula",
    [
        rf"w = w - \eta {BY_W}",  # the same value on both sides: an equation, or an assignment
        r"z = w x + b",
        r"h_{t+1} = w h_t + x_t + b",
        rf"w' = \eta {BY_W}",
        rf"q = p - \eta {BY_W}",
        r"w' = b - c",
        r"w' = w + x",
        r"C = (y - a)^2",
        rf"{BY_W} = x - y",
    ],
)
def test_what_is_no_update(formula: str) -> None:
    assert not is_update(*read_sides(formula))


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (rf"w' = w - \eta {BY_W}", "stated"),
        (rf"w_{{t+1}} = w_t - \eta {BY_W}", "stated"),
        (rf"w(k+1) = w(k) - \eta {BY_W}", "stated"),
        (r"w(k+1) = w(k) + \Delta w(k)", "stated"),
        (r"v' = v - \eta \nabla C", "stated"),
        (rf"w' = w + \eta {BY_W}", "wrong"),
        (rf"w_{{t+1}} = w_t + \eta {BY_W}", "wrong"),
        (rf"w' = b - \eta {BY_W}", "wrong"),
        (r"w' = w - \eta \frac{\partial C}{\partial b}", "wrong"),
        (r"b(k+1) = b(k) - \eta \frac{\partial C}{\partial w(k)}", "wrong"),
        (r"w' = w - c", "not-checkable"),
        (r"v' = v + \eta \nabla C", "wrong"),
    ],
)
def test_judging_updates(formula: str, verdict: str) -> None:
    sides = read_sides(formula)
    assert is_update(*sides)
    assert judge_update(*sides).verdict == verdict


def test_the_sign_of_an_update_has_a_code_of_its_own() -> None:
    judgement = judge_update(*read_sides(rf"w' = w + \eta {BY_W}"))
    assert judgement.code == "BP105"
    assert judgement.message is not None and "up along its gradient" in judgement.message


letters = st.sampled_from("bcuvw")


@given(letters, letters, letters, st.sampled_from("+-"))
def test_an_update_holds_where_its_letters_agree_and_it_goes_down(
    new: str, old: str, by: str, sign: str
) -> None:
    formula = rf"{new}_{{t+1}} = {old}_t {sign} \eta \frac{{\partial E}}{{\partial {by}}}"
    sides = read_sides(formula)
    assert is_update(*sides)
    right = new == old == by and sign == "-"
    assert judge_update(*sides).verdict == ("stated" if right else "wrong")


def test_changes() -> None:
    left, right = read_sides(r"\Delta w(k) = w")
    assert is_change(left) and not is_change(right)


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\left(\frac{\partial C}{\partial u}, \frac{\partial C}{\partial v}\right)", "stated"),
        (r"\left(\frac{\partial C}{\partial u}, \frac{\partial C}{\partial v}\right)^T", "stated"),
        (r"\left(\frac{\partial C}{\partial u}, \frac{\partial E}{\partial v}\right)", "wrong"),
        (r"\left(\frac{\partial E}{\partial u}, \frac{\partial E}{\partial v}\right)", "wrong"),
        (r"(u, v)", None),
        (r"u + v", None),
    ],
)
def test_a_gradient_as_a_list(right: str, verdict: str | None) -> None:
    left, written = read_sides(rf"\nabla C = {right}")
    assert isinstance(left, tree.Gradient)
    judgement = judge_gradient_list(left, written)
    assert (judgement and judgement.verdict) == verdict
