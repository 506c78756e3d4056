"""What a text defines: names, functions, samples, and at which place they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.definitions import (
    ARGUMENT,
    Definition,
    differ_by_one_name,
    find_scope,
    list_definitions,
    list_sample_definitions,
    put,
    read_definition,
)
from symbackprop.verification.lexicon import list_names, spell


def read(*formulas: str) -> list[tree.Statement]:
    return [s for formula in formulas for s in read_formula(formula).statements]


def define(*formulas: str) -> list[tuple[int, Definition]]:
    return list_definitions(read(*formulas))


def names(*formulas: str) -> list[str]:
    return [definition.name for _, definition in define(*formulas)]


@pytest.mark.parametrize(
    ("formula", "defined"),
    [
        ("q = x + y", ["q"]),
        ("z := w x + b", ["z"]),
        (r"f(x, y) = x y", ["f"]),
        (r"\mathbf{z} = \mathbf{W} \mathbf{x}", ["z"]),
        (r"z_i = \sum_j w_{ij} x_j", ["z_i"]),
        # both names of one thing, and the function with what it is applied to
        (r"a = \hat{y} = \sigma(z)", ["a", "y~hat"]),
        (r"h = \phi(z) = \tanh z", ["h", "phi"]),
    ],
)
def test_what_is_defined(formula: str, defined: list[str]) -> None:
    assert names(formula) == defined


@pytest.mark.parametrize(
    "formula",
    [
        "x = 3",  # a value
        "x = e",  # a number too
        r"x = 2 \pi",
        "x = x + 1",  # says nothing of what x is
        r"\frac{\partial C}{\partial w} = x",  # a claim
        r"\sigma'(z) = \sigma(z)",
        "w' = w - y",
        r"x + y = z",
        r"x < y",
        r"a \approx b + c",
    ],
)
def test_what_is_none(formula: str) -> None:
    assert names(formula) == []


def test_a_function_of_anything() -> None:
    """σ(h + b) = ... says what σ is of any argument."""
    ((_, definition),) = define(r"\sigma(h + b) = \frac{1}{1 + e^{-(h + b)}}")
    assert [p.base for p in definition.parameters] == [ARGUMENT]
    assert {n.base for n in list_names(definition.body)} <= {"e", ARGUMENT}


def test_an_error_is_first_of_all_a_derivative() -> None:
    claim, named = r"\delta = y - t", r"\delta = \frac{\partial C}{\partial y}"
    assert [number for number, _ in define(claim, named)] == [1]
    assert [number for number, _ in define(named, claim)] == [0]
    assert [number for number, _ in define(claim)] == [0]


def test_a_derivative_is_named_on_its_right() -> None:
    ((_, definition),) = define(r"\frac{\partial C}{\partial z} = \delta")
    assert definition.name == "delta"
    assert isinstance(definition.body, tree.Derivative)


def test_the_last_definition_before_a_place_holds_there() -> None:
    found = define("q = x + y", "r = q z", "q = x y")
    bodies = [type(find_scope(found, place)["q"].body) for place in (0, 1, 2)]
    assert bodies == [tree.Total, tree.Total, tree.Product]
    # r is not defined before its place, and used there as it will be
    assert "r" in find_scope(found, 0)


def test_styles_are_told_apart() -> None:
    found = define(r"\mathbf{h} = \mathbf{x} + \mathbf{y}", "h = x y")
    scope = find_scope(found, 1)
    assert {d.left.style for d in scope.values()} == {"bf", ""}


def test_a_definition_continues_none() -> None:
    statement = read(r"C = \frac{1}{2} (y - t)^2")[0]
    assert read_definition(statement) is not None
    (_, row) = read(r"\begin{aligned} C &= (y - t)^2 \\ &= e^2 \end{aligned}")
    assert row.continues
    assert read_definition(row) is None


def test_the_share_of_one_sample() -> None:
    definitions = [d for _, d in define(r"J = \frac{1}{N} \sum_{i=1}^{N} (p_i - y_i)^2")]
    (share,) = list_sample_definitions(definitions)
    assert share.name == "J_i"
    assert not any(isinstance(n, tree.Sum) for n in tree.walk(share.body))


def test_a_function_of_samples_says_what_the_share_is() -> None:
    ((_, definition),) = define(r"\ell(p_i, y_i) = (p_i - y_i)^2")
    assert definition.is_of_sample
    (share,) = list_sample_definitions([definition])
    assert share.name == "ell_i"
    ((_, plain),) = define(r"\ell(p, y) = (p - y)^2")
    assert not plain.is_of_sample
    assert list(list_sample_definitions([plain])) == []


def test_one_name_apart() -> None:
    one, same, odd, other = (
        s.sides[1]
        for s in read(
            "z = w_1 x_1 + w_2 x_2",
            "z = w_1 x_1 + w_2 x_2",
            "z = w_1 x_1 + w_3 x_2",
            "z = v_1 u_1 + w_2 x_2",
        )
    )
    assert differ_by_one_name(one, odd)
    assert not differ_by_one_name(one, same)
    assert not differ_by_one_name(one, other)


letters = st.sampled_from("abcdfghkmnpqrstuvwxyz")


@given(st.lists(letters, min_size=3, max_size=3, unique=True))
def test_every_sum_of_letters_defines_its_left_side(chosen: list[str]) -> None:
    left, one, other = chosen
    ((place, definition),) = define(f"{left} = {one} + {other}")
    assert (place, definition.name) == (0, left)
    assert {n.base for n in list_names(definition.body)} == {one, other}


@given(st.lists(letters, min_size=3, max_size=3, unique=True))
def test_putting_a_name_for_another_leaves_the_rest(chosen: list[str]) -> None:
    left, one, other = chosen
    body = read(f"{left} = {one} {other} + {one}")[0].sides[1]
    new = tree.Name((0, 1), "total", style="text")
    changed = put(body, one, new)
    assert {spell(n) for n in list_names(changed)} == {"total", other}
    assert put(changed, "total", read(one)[0].sides[0]) is not changed
