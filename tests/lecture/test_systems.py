"""A text becomes a system: its definitions, what is given, and what is presumed."""

from __future__ import annotations

from own_lectures import RECURRENCE, judge, read

from symbackprop.equations import find_entries, name_of


def test_the_system_has_the_text_s_own_equations() -> None:
    lecture = read(*RECURRENCE)
    assert lecture.arrays.problems == {}
    system = lecture.arrays.system
    step, start = (equation for equation in system.equations if equation.name == "s,")
    assert {name_of(e) for e in find_entries(step.rhs)} == {"V", "s,", "Q", "x,"}
    assert {name_of(e) for e in find_entries(start.rhs)} == {"s,_start"}
    assert lecture.arrays.depends["E"] == {"s,", "V", "Q", "x,", "d,", "s,_start"}
    assert system.cost == "E"


def test_a_cost_that_is_not_stated_may_be_any() -> None:
    definitions = (r"z = V x", r"a = \phi(z)")
    right = r"\frac{\partial E}{\partial z} = \frac{\partial E}{\partial a} \odot \phi'(z)"
    assert judge(definitions, right) == "holds"
    assert judge(definitions, right.replace("'", "")) == "wrong"
    # what the cost must be known for is not decided
    assert judge(definitions, r"\frac{\partial E}{\partial a} = a - y") == "not-checkable"


def test_a_cost_that_is_presumed_is_a_function_of_what_is_defined_last() -> None:
    lecture = read(r"z = V x", r"a = \phi(z)", r"\frac{\partial E}{\partial z} = y")
    assert lecture.arrays.presumes_cost
    (cost,) = (e for e in lecture.arrays.system.equations if e.name == "E")
    read_by_it = {name_of(e) for e in find_entries(cost.rhs)}
    assert read_by_it & {"a", "z", "x", "V"} == {"a"}
    assert lecture.arrays.any_cost
