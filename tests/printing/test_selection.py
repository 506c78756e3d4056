"""One grammar of what is asked for, on networks of every kind, in every notation."""

from __future__ import annotations

from functools import cache

import pytest
from cases import NETWORKS, SYSTEMS
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Symbol

from symbackprop import derive, explain, load, show
from symbackprop.derivation.backward import derive_backward
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.notation import PRESETS, find_preset
from symbackprop.printing.selection import Selection, select

L, T = (Symbol(letter, integer=True) for letter in "LT")
ONE, TWO, THREE = map(Integer, (1, 2, 3))


@cache
def find_system(name: str) -> System:
    if name in SYSTEMS:
        return derive_backward(SYSTEMS[name])
    return derive_backward(load(name).system)


@pytest.mark.parametrize(
    ("network", "wanted", "found"),
    [
        ("2-3-2", "W", [("W", (None, None, None))]),
        ("2-3-2", "w", [("W", (None, None, None))]),
        ("2-3-2", "W1", [("W", (1, None, None))]),
        ("2-3-2", "W_1", [("W", (1, None, None))]),
        ("2-3-2", "Wl", [("W", (None, None, None))]),
        ("2-3-2", "WL", [("W", (2, None, None))]),
        ("2-3-2", "b2", [("b", (2, None))]),
        ("2-3-2", "b1_3", [("b", (1, 3))]),
        ("2-3-2", "delta", [("z", (None, None))]),
        ("2-3-2", "δL", [("z", (2, None))]),
        ("2-3-2", "w1_32", [("W", (1, 3, 2))]),
        ("2-3-2", "w1_3_2", [("W", (1, 3, 2))]),
        ("2-3-2", "W1[3, 2]", [("W", (1, 3, 2))]),
        ("2-3-2", "W[1,3,2]", [("W", (1, 3, 2))]),
        ("2-3-2", "x2", [("x", (2,))]),
        ("2-3-2", "W1[3,2], b1,W1[3,2]", [("W", (1, 3, 2)), ("b", (1, None))]),
        ("generic", "WL", [("W", (L, None, None))]),
        ("generic", "deltaL", [("z", (L, None))]),
        ("generic", "W[L, 1, 2]", [("W", (L, 1, 2))]),
        # samples are given where all indices are, else neurons
        ("generic batch", "zL[2]", [("z", (L, None, 2))]),
        ("generic batch", "zL[3, 2]", [("z", (L, 3, 2))]),
        ("2-2-2, shared bias", "b2", [("b", (2,))]),
        ("recurrent", "W[1,2]", [("W", (1, 2))]),
        ("recurrent", "hT", [("h", (T, None))]),
        ("residual", "u2", [("u", (2,))]),
        ("gates", "q", [("q", ())]),
        ("examples/rnn.toml", "h2", [("h", (2, None))]),
    ],
)
def test_what_a_name_means(network: str, wanted: str, found: list) -> None:
    assert select(find_system(network), wanted) == tuple(Selection(*each) for each in found)


@pytest.mark.parametrize(
    ("notation", "wanted", "found"),
    [
        # weights are stored [k, j], and written so
        ("rows", "W1[2,3]", ("W", (1, 3, 2))),
        # neurons count from 0
        ("3b1b", "w1_21", ("W", (1, 3, 2))),
        ("mazur", "w5", ("W", (1, 3, 1))),
        ("mazur", "net_h3", ("z", (1, 3))),
        ("mazur", "delta_o2", ("z", (2, 2))),
        ("mazur", "W1", ("W", (1, None, None))),
        ("ng", "W1", ("W", (1, None, None))),
    ],
)
def test_names_are_those_of_the_notation(notation: str, wanted: str, found: tuple) -> None:
    assert select(find_system("2-3-2"), wanted, find_preset(notation)) == (Selection(*found),)


@pytest.mark.parametrize("notation", PRESETS)
@pytest.mark.parametrize("network", SYSTEMS)
def test_every_quantity_has_its_name(network: str, notation: str) -> None:
    system = find_system(network)
    everything = select(system, "all", find_preset(notation))
    for chosen in everything:
        assert select(system, chosen.name, find_preset(notation)) == (chosen,)


@pytest.mark.parametrize(
    ("network", "wanted", "message"),
    [
        ("2-3-2", "V1", "unknown quantity 'V1'; Known: a1, z1, W1, b1"),
        ("2-3-2", "delt2", "unknown quantity 'delt2'; did you mean 'delta2'? Known: delta2, delta"),
        ("2-3-2", "W3", "W3: W has the layers 1 to 2"),
        ("2-3-2", "W0", "W0: W has the layers 1 to 2"),
        ("2-3-2", "W1[4,1]", "W1[4,1]: W has the entries 1 to 3"),
        ("2-3-2", "W1[1,2,3]", "W1[1,2,3]: W has 3 indices, not 4"),
        ("2-3-2", "W1[a]", "W1[a]: the index 'a' of W is no number"),
        ("2-3-2", "", "unknown quantity ''"),
        ("2-3-2", "W1,,b1", "unknown quantity ''"),
        ("generic", "W1", "W1: there are L layers, a symbol; ask for W or WL, or give widths"),
        ("recurrent", "h2", "h2: there are T time steps, a symbol; ask for h or hT, or give a num"),
        ("recurrent", "C", "unknown quantity 'C'"),
        ("gates", "q1", "q1: q has no index"),
        ("examples/rnn.toml", "h4", "h4: h has the time steps 0 to 3"),
    ],
)
def test_a_name_that_nothing_has_lists_those_there_are(
    network: str, wanted: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        select(find_system(network), wanted)
    assert message in str(caught.value)


@given(st.text(alphabet="WwbzaδLlT0123456789_[], delta", max_size=12))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    for network in ("2-3-2", "recurrent"):
        try:
            assert select(find_system(network), text)
        except InputError as refused:
            assert "\n" not in str(refused)


@pytest.mark.parametrize("network", NETWORKS)
def test_derive_explain_and_show_understand_the_same(network: str) -> None:
    derived = derive(NETWORKS[network])
    last = "WL, deltaL"
    targets = {str(argument.target) for argument in explain(derived, last)}
    sample = "i, " if derived.system.sample else ""
    depth = derived.system.quantities["W"].axes[0].high
    cost = "C_i" if sample else "C"
    assert targets == {f"∂C/∂W[{depth}, j, k]", f"∂{cost}/∂z[{depth}, {sample}j]"}
    shown = show(derived, wrt=last, view="indexed")
    assert "Forward" not in shown and shown.count("∂") + shown.count("δ") >= 2


def test_a_layer_of_any_depth_is_that_layer() -> None:
    assert "∂C/∂wᴸ = δᴸ (aᴸ⁻¹)ᵀ" in show("mlp", wrt="WL")
    assert "l = 1" not in show("mlp", wrt="deltaL")


def test_one_entry_is_shown_by_its_indices() -> None:
    assert "∂C/∂w¹₃₂ = δ¹₃ a⁰₂" in show("2-3-2", wrt="w1_32")
    assert "∂C/∂wᴸ₁₂ = δᴸ₁ aᴸ⁻¹₂" in show("mlp", wrt="WL[1,2]")
    with pytest.raises(InputError, match="the matrix view shows whole layers"):
        show("2-3-2", wrt="w1_32", view="matrix")


def test_a_last_time_step_by_number_is_the_last_one() -> None:
    """h3 of three steps is h[T], which no later step reads."""
    shown = show("examples/rnn.toml", wrt="h3", view="indexed", form="delta")
    assert shown.count("∂C/∂h") == 1 and "z" not in shown.split("Backward")[-1]
