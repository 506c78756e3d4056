"""Which entries read which: whether there is a way, and only one, whatever the numbers are."""

from __future__ import annotations

from kinds import GRAPHS, graph
from sympy import Eq, Piecewise, symbols

from symbackprop.equations import Axis, System
from symbackprop.network.network import mlp
from symbackprop.paths import Paths, draw_paths

SIZES = {("L",): 3, ("n", 0): 2, ("n", 1): 3, ("n", 2): 4, ("n", 3): 2}


def test_layers_lead_forward_only() -> None:
    paths = Paths(mlp().system, SIZES)
    assert paths.lead(("z", 1, 1), ("C",))
    assert paths.lead(("W", 2, 1, 3), ("z", 3, 2))
    assert not paths.lead(("z", 3, 2), ("W", 2, 1, 3))
    assert not paths.lead(("a", 1, 1), ("a", 1, 2))


def test_a_way_counts_whatever_its_slope_is() -> None:
    """max(x, z) may be x in every world that is drawn: z acts on f through it all the same."""
    system = graph({"m": "max(x, z)", "f": "m*x + z"}, "x; z")
    for paths in draw_paths(system):
        assert not paths.is_only_way(("f",), ("z",))
        assert paths.is_only_way(("f",), ("m",))


def test_what_a_condition_reads_passes_no_slope_on() -> None:
    x, z, f = symbols("x z f")
    (paths, _) = draw_paths(System([Eq(f, Piecewise((x, z > 0), (0, True)))]))
    assert paths.reads["f",] == {("x",)}


def test_a_shared_weight_has_a_way_at_every_time() -> None:
    system = GRAPHS["recurrence read at its end"]
    (paths, _) = draw_paths(system)
    assert not paths.is_only_way(("z", 2, 1), ("W", 1, 1))
    assert paths.is_only_way(("z", 1, 1), ("W", 1, 1))
    assert paths.is_only_way(("h", 2, 1), ("z", 2, 1))


def test_pairs_are_those_within_the_ranges() -> None:
    l, L = symbols("l L", integer=True)
    paths = Paths(mlp().system, SIZES)
    axis = Axis(l, L - 1, L, "layer")
    z = mlp().system.quantities["z"]
    assert paths.list_pairs(z.at(l, 1), z.at(l - 1, 2), (axis,)) == [
        (("z", 2, 1), ("z", 1, 2)),
        (("z", 3, 1), ("z", 2, 2)),
    ]


def test_networks_are_large_enough_to_tell_ends_from_the_middle() -> None:
    drawn = draw_paths(GRAPHS["two steps back"])
    assert all(paths.sizes["T",] > 3 for paths in drawn)
    assert all(not p.is_only_way(("h", 3), ("h", 1)) for p in drawn)
