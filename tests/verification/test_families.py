"""Which letters of a text are numbers, vectors and matrices, and how long their axes are."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.definitions import list_definitions
from symbackprop.verification.families import LONGEST, Families, find_sizes, split_digits
from symbackprop.verification.lexicon import list_names, spell
from symbackprop.verification.text import Text


def read(*formulas: str) -> list[tree.Statement]:
    return [s for formula in formulas for s in read_formula(formula).statements]


def group(*formulas: str) -> Families:
    statements = read(*formulas)
    definitions = [d for _, d in list_definitions(statements)]
    return Families(statements, definitions, find_sizes(statements))


def rank(families: Families, name: str) -> int:
    """The rank of the first name that is spelled so."""
    return next(families.find(n).own_rank for n in families.written if spell(n) == name)


def ranks(*formulas: str) -> dict[str, int]:
    families = group(*formulas)
    return {spell(n): families.find(n).own_rank for n in families.written}


def measure(*formulas: str) -> dict[str, tuple[int, ...]]:
    """The shape of each whole array, after the lengths fit the definitions."""
    text = Text([read_formula(formula) for formula in formulas])
    _, families, lengths = text.graph_readings[0]
    return {
        slot.family: tuple(lengths[families.root((slot.family, p))] for p in range(slot.rank))
        for slot in map(families.find, families.written)
    }


# --- ranks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        # typography
        ((r"\mathbf{y} = \mathbf{W} \mathbf{x}",), {"y": 1, "W": 2, "x": 1}),
        ((r"\vec{y} = \vec{x} + \vec{u}",), {"y~vec": 1, "x~vec": 1, "u~vec": 1}),
        # indices
        ((r"y_i = \sum_j w_{ij} x_j",), {"y_i": 0, "w_i_j": 0, "x_j": 0}),
        # transposes say what is a vector or a matrix
        (("y = w^T x",), {"y": 0, "w": 1, "x": 1}),
        (("y = w^T x", "s = x^T x"), {"y": 0, "w": 1, "x": 1, "s": 0}),
        (("G = X^T X",), {"G": 2, "X": 2}),
        # nothing says so
        (("y = w x + b",), {"y": 0, "w": 0, "x": 0, "b": 0}),
        (("Y = W X + B",), {"Y": 0, "W": 0, "X": 0, "B": 0}),
        # entry by entry: capitals are matrices
        ((r"D = A \odot B",), {"D": 2, "A": 2, "B": 2}),
        # a plain letter beside bold ones is a number
        ((r"z = \mathbf{w}^\top \mathbf{x} + b",), {"z": 0, "w": 1, "x": 1, "b": 0}),
        # constants are numbers
        ((r"\mathbf{v} = \eta \mathbf{u}",), {"v": 1, "eta": 0, "u": 1}),
    ],
)
def test_ranks(formulas: tuple[str, ...], expected: dict[str, int]) -> None:
    found = ranks(*formulas)
    assert {name: found[name] for name in expected} == expected


def test_what_is_made_of_a_vector_is_one() -> None:
    found = ranks("y = w^T h", "s = h^T h", r"h = \tanh(u)", "v = h + c")
    assert (found["h"], found["u"], found["v"], found["c"]) == (1, 1, 1, 1)


def test_a_product_that_is_a_vector_is_of_a_matrix() -> None:
    found = ranks("z = W x", "s = z^T z")
    assert (found["z"], found["W"], found["x"]) == (1, 2, 1)


def test_a_whole_its_rows_and_its_entries_are_one_array() -> None:
    families = group(
        r"\mathbf{z}_i = \mathbf{W} \mathbf{x}_i",
        r"z_{ik} = \sum_j w_{kj} x_{ij}",
    )
    rows = {spell(n): families.find(n) for n in families.written}
    assert rows["z_i"].family == rows["z_i_k"].family == "z|2"
    assert (rows["z_i"].own_rank, rows["z_i_k"].own_rank) == (1, 0)
    assert rows["W"].family == rows["w_k_j"].family
    assert rows["x_i"].family == rows["x_i_j"].family


def test_labels_are_no_indices() -> None:
    families = group(
        r"y_{\text{out}} = w_{\text{in}} x", r"W^{(1)} = u", r"W^{(2)} = u", "v_1 = x", "v_2 = x"
    )
    names = {families.find(n).family for n in families.written}
    assert {"W^(1|0", "W^(2|0", "v_1|0", "v_2|0"} <= names
    assert not any(families.find(n).indices for n in families.written)


def test_numbers_are_entries_where_the_text_writes_indices() -> None:
    families = group(r"y_i = \sum_j w_{ij} x_j", "z = w_{12} x_2 + y_1")
    slots = {spell(n): families.find(n) for n in families.written}
    assert [spell(i) for i in slots["w_12"].indices] == ["1", "2"]
    assert slots["x_2"].family == slots["x_j"].family
    assert slots["y_1"].family == slots["y_i"].family


def test_hats_and_primes_are_other_arrays() -> None:
    families = group(r"\hat{y}_i = w x_i", r"y_i = x_i", "w' = w + x_1")
    found = {spell(n): families.find(n).family for n in families.written}
    assert found["y_i~hat"] != found["y_i"]
    assert found["w'"] != found["w"]


def test_a_power_is_no_label() -> None:
    families = group("s = x^2 + x")
    assert len({families.find(n).family for n in families.written if n.base == "x"}) == 1


def test_two_digits() -> None:
    (name,) = [n for s in read("w_{12} = y") for n in list_names(s.sides[0])]
    (digits,) = [s.content for s in name.lower]
    assert isinstance(digits, tree.Number)
    assert [spell(d) for d in split_digits(digits, 1)] == ["1", "2"]
    assert split_digits(digits, 2) == [digits]


@given(st.integers(0, 999))
def test_digits_split_only_where_they_are_two_indices(number: int) -> None:
    (name,) = [n for s in read(f"w_{{{number}}} = y") for n in list_names(s.sides[0])]
    (script,) = name.lower
    assert isinstance(script.content, tree.Number)
    parts = [spell(d) for d in split_digits(script.content, 1)]
    assert "".join(parts) == str(number)
    assert len(parts) == (2 if 10 < number < 100 and number % 10 else 1)


# --- sizes ------------------------------------------------------------------------------------


def test_sizes_bound_sums() -> None:
    assert find_sizes(read(r"J = \frac{1}{N} \sum_{i=1}^{N} x_i")) == {"N"}
    assert find_sizes(read(r"J = \sum_{i=1}^{3} x_i")) == frozenset()
    assert find_sizes(read(r"J = \sum_{s=1}^{t} x_s", "h_t = h_{t-1} + x_t")) == frozenset()


# --- lengths ----------------------------------------------------------------------------------


def test_products_and_sums_tie_lengths() -> None:
    found = measure(
        r"\mathbf{z} = \mathbf{W} \mathbf{x} + \mathbf{b}", r"\mathbf{h} = f(\mathbf{z})"
    )
    above, below = found["w|2"]
    assert found["z|1"] == found["b|1"] == found["h|1"] == (above,)
    assert found["x|1"] == (below,)
    assert above != below


def test_rows_tie_them_the_other_way_round() -> None:
    text = [r"\mathbf{Z} = \mathbf{X} \mathbf{W}", r"\mathbf{G} = \mathbf{X}^\top \mathbf{Z}"]
    found = measure(*text)
    (samples, inputs), (rows, outputs) = found["x|2"], found["w|2"]
    assert inputs == rows
    assert found["z|2"] == (samples, outputs)
    assert found["g|2"] == (inputs, outputs)
    assert len({samples, inputs, outputs}) == 3


def test_one_letter_counts_one_axis() -> None:
    found = measure(r"y_i = \sum_j w_{ij} x_j", r"L = \sum_i (y_i - t_i)^2")
    assert found["w|2"] == found["y|1"] + found["x|1"]
    assert found["t|1"] == found["y|1"]


def test_a_printed_bound_is_a_length() -> None:
    found = measure(r"y_i = \sum_{j=1}^{5} w_{ij} x_j")
    assert found["x|1"] == (5,)
    found = measure(r"y_i = \sum_{j=0}^{4} w_{ij} x_j")
    assert found["x|1"] == (5,)


def test_a_printed_matrix_is_as_large_as_it_is_printed() -> None:
    found = measure(
        r"y_i = \sum_j w_{ij} x_j",
        r"W = \begin{pmatrix} w_{11} & w_{12} & w_{13} \\ w_{21} & w_{22} & w_{23} \end{pmatrix}",
    )
    assert found["w|2"] == (2, 3)


def test_entries_that_are_written_exist() -> None:
    found = measure(r"y_i = \sum_j w_{ij} x_j", "u = y_6")
    assert found["y|1"][0] >= 6


@given(st.integers(1, 2000))
def test_what_is_printed_long_is_tried_short(bound: int) -> None:
    families = group(rf"s = \sum_{{i=1}}^{{{bound}}} x_i")
    (length,) = families.choose_lengths().values()
    assert 1 <= length <= LONGEST
    assert (length == bound) or bound > LONGEST


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=8))
def test_joining_axes_is_an_equivalence(letters: list[str]) -> None:
    families = group(r"s = \sum_i a_i + \sum_j b_j + \sum_k c_k + \sum_m d_m")
    axes = [(f"{letter}|1", 0) for letter in letters]
    joined: list[set[str]] = []
    for (one, other), pair in zip(pairwise(axes), pairwise(letters), strict=True):
        touched = [group for group in joined if group & set(pair)]
        news = not any(set(pair) <= group for group in joined) and pair[0] != pair[1]
        assert families.join(one, other) == news
        merged = set(pair).union(*touched)
        joined = [group for group in joined if group not in touched] + [merged]
    roots = {letter: families.root((f"{letter}|1", 0)) for letter in letters}
    for first, second in combinations(sorted(roots), 2):
        same = any({first, second} <= group for group in joined)
        assert (roots[first] == roots[second]) == same


def test_a_fork_leaves_the_first_as_it_is() -> None:
    families = group(r"s = \sum_i a_i + \sum_j b_j")
    other = families.fork()
    assert other.join(("a|1", 0), ("b|1", 0))
    assert other.root(("a|1", 0)) == other.root(("b|1", 0))
    assert families.root(("a|1", 0)) != families.root(("b|1", 0))


def test_free_letters_are_those_that_no_sum_binds() -> None:
    families = group(r"y_i = \sum_j w_{ij} x_j", r"s = \sum_{i=1}^{N} y_i")
    (first, second) = families.statements
    assert set(families.list_free_letters(first.sides[0])) == {"i"}
    assert set(families.list_free_letters(first.sides[1])) == {"i"}
    assert families.list_free_letters(second.sides[1]) == {}
