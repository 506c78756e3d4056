"""Names that are always written with what they depend on are quantities; others are functions."""

from __future__ import annotations

from own_lectures import judge, read_all

from symbackprop.lecture.calls import name_quantities, write_key
from symbackprop.lecture.letters import spell
from symbackprop.reading import tree


def find_left(*texts: str) -> list[str]:
    return [type(s.sides[0]).__name__ for s in name_quantities(read_all(*texts))]


def test_a_name_with_the_same_arguments_everywhere_is_a_quantity() -> None:
    texts = ("q(u, v) = u v", r"\frac{\partial q(u, v)}{\partial u} = v")
    first, second = name_quantities(read_all(*texts))
    assert isinstance(first.sides[0], tree.Name)
    derivative = second.sides[0]
    assert isinstance(derivative, tree.Derivative)
    assert isinstance(derivative.top, tree.Name)


def test_a_prime_on_it_is_its_derivative() -> None:
    assert find_left("q(u) = u^3", "q'(u) = 3 u^2") == ["Name", "Derivative"]


def test_what_is_applied_to_other_things_as_well_stays_a_function() -> None:
    assert find_left("q(u) = u^2", "r = q(v)", "q(2) = 4") == ["Call", "Name", "Call"]
    # and so does what is never anything else
    assert find_left(r"\sigma(u) = u^2") == ["Call"]


def test_the_function_that_a_text_gives_is_known() -> None:
    definitions = ("q(u) = u^3", "r = q(v)", "s = q(w)")
    assert judge(definitions, r"\frac{\partial r}{\partial v} = 3 v^2") == "holds"
    assert judge(definitions, r"\frac{\partial r}{\partial v} = 2 v^3") == "wrong"


def test_a_key_says_what_and_not_where() -> None:
    one, other = read_all("a_{jk} + b", "(a_{jk} + b)")
    assert write_key(one.sides[0]) == write_key(other.sides[0])
    assert write_key(one.sides[0]) != write_key(read_all("a_{kj} + b")[0].sides[0])


def test_t_is_the_last_time_where_sums_run_to_it() -> None:
    sums, recurrence, product = r"C = \sum_{t=1}^T e^t", "h^t = V h^{t-1}", "d = W^T h^T"
    *_, statement = name_quantities(read_all(sums, recurrence, product))
    weight, state = statement.sides[1].factors  # type: ignore[attr-defined]
    assert isinstance(weight, tree.Transposed)
    assert isinstance(state, tree.Name) and spell(state) == "h^T"
    (alone,) = name_quantities(read_all(product))
    assert all(isinstance(f, tree.Transposed) for f in alone.sides[1].factors)  # type: ignore[attr-defined]
