"""Ways to the cost: links put end to end, case by case, and what is said of several."""

from __future__ import annotations

from kinds import GRAPHS, graph
from sympy import IndexedBase, Integer, Symbol, symbols

from symbackprop.derivation.links import derive_links
from symbackprop.derivation.ways import (
    Route,
    find_top,
    find_ways,
    follow,
    list_axes,
    list_heads,
    list_links,
    put_in_cases,
    straighten,
)
from symbackprop.equations import Axis, Equation, System
from symbackprop.network.network import mlp
from symbackprop.partials import Chain, Direct

DEEP = derive_links(mlp().system)


def follow_all(links: System, name: str) -> list[str]:
    def once(system: System, route: Route):
        return [h for h in list_heads(system, route.equation) if not route.passed]

    return [
        str(route.equation.rhs) for e in links.definitions[name] for route in follow(links, e, once)
    ]


def test_a_route_has_its_cases() -> None:
    last, before = follow_all(DEEP, "∂C/∂z")
    assert last == "Chain(Direct(C, a[L, j]), Direct(a[L, j], z[L, j]))"
    assert before.startswith("Sum(Chain(∂C/∂z[l + 1, k], Direct(z[l + 1, k], a[l, j])")


def test_nothing_is_followed_that_is_not_chosen() -> None:
    (equation,) = DEEP.definitions["∂C/∂W"]
    (route,) = follow(DEEP, equation, lambda links, route: [])
    assert (route.equation.rhs, route.passed) == (equation.rhs, ())


def test_a_sum_over_several_cases_keeps_the_name() -> None:
    links = derive_links(GRAPHS["recurrence read at its end"])
    (weights,) = links.definitions["∂C/∂W"]
    (head,) = list_heads(links, weights)
    (into_states,) = put_in_cases(links, weights, head)
    (state,) = list_heads(links, into_states)
    assert put_in_cases(links, into_states, state) == []


def test_links_stand_in_the_order_of_the_chain() -> None:
    f, g, x, y = symbols("f g x y")
    one, two = Direct(f, g), Direct(g, x)
    assert list_links(Chain(one, two) + y * two) in ([one, two], [two, one])
    assert list_links(straighten(Chain(Chain(one), two))) == [one, two]


def test_a_link_has_the_indices_that_it_needs() -> None:
    (equation,) = DEEP.definitions["∂C/∂W"]
    (link,) = list_links(equation.rhs)
    assert [str(a.symbol) for a in list_axes(equation, link, DEEP)] == ["l", "j", "k"]
    (before,) = DEEP.definitions["∂C/∂a"][1:]
    (link,) = list_links(before.rhs)
    axes = list_axes(before, link, DEEP)
    assert [(str(a.symbol), a.kind) for a in axes][-1] == ("k", "neuron")


def test_an_axis_comes_with_those_that_its_range_rests_on() -> None:
    width, z = IndexedBase("n", integer=True), IndexedBase("z")
    l, k, L, C = (Symbol(name, integer=True) for name in "lkLC")
    axes = (Axis(l, Integer(1), L, "layer"), Axis(k, Integer(1), width[l]))
    link = Direct(C, z[k])
    case = Equation(IndexedBase("g")[l, k], link, axes)
    assert [a.symbol for a in list_axes(case, link, mlp().system)] == [l, k]


def test_ways_name_what_lies_at_their_ends() -> None:
    system = graph({"u": "2*w", "v": "3*w", "C": "u*v*w"}, "w")
    (equation,) = derive_links(system).definitions["∂C/∂w"]
    (ways,) = find_ways(system, equation, lambda start, goal, axes: True)
    assert str(ways.rhs) == "Ways(w, C, C, u, v)"


def test_a_way_that_leads_nowhere_is_not_told() -> None:
    system = graph({"u": "2*w", "v": "3*w", "C": "u*w"}, "w")
    (equation,) = derive_links(system).definitions["∂C/∂w"]
    (ways,) = find_ways(system, equation, lambda start, goal, axes: str(start) != "v")
    assert str(ways.rhs) == "Ways(w, C, C, u)"
    assert not find_ways(system, equation, lambda start, goal, axes: start == goal)


def test_a_way_through_several_entries_says_which() -> None:
    system = graph(
        {"z[i]": "sum(r, w[r]*x[i + r])", "C": "sum(i, z[i]*x[i])"},
        "w[r]",
        "x[m]",
        m="1..n + 2",
        i="1..n",
        r="1..2",
    )
    (inside,) = (e for e in derive_links(system).definitions["∂C/∂x"] if e.rhs.is_Add)
    (ways,) = find_ways(system, inside, lambda start, goal, axes: True)
    assert str(ways.rhs) == "Ways(x[j], C, C, Sum(z[k], (k, Max(1, j - 2), Min(n, j - 1))))"
    assert ways.axes == inside.axes


def test_one_way_is_not_worth_a_word() -> None:
    (equation,) = DEEP.definitions["∂C/∂W"]
    assert find_ways(mlp().system, equation, lambda start, goal, axes: True) == ()


def test_the_top_of_a_sample_is_its_own_cost() -> None:
    system = mlp(batch=True).system
    l, i, j, k = symbols("l i j k", integer=True)
    assert str(find_top(system, system.quantities["z"].at(l, i, j))) == "C_i[i]"
    assert str(find_top(system, system.quantities["W"].at(l, j, k))) == "C"
