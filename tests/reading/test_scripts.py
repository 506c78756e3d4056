"""What stands above and below: indices, layers, transposes, stars and primes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from spelled_trees import list_fixtures, spell, spell_formula, start_reader

from symbackprop.reading.parser import read_formula
from symbackprop.reading.scripts import (
    TRANSPOSES,
    Marks,
    attach,
    find_indices,
    find_transposes,
    is_change,
    make_scripts,
    name_primed,
    read_superscript,
)
from symbackprop.reading.tree import Name, Node, ReadError, Script


@pytest.mark.parametrize(("latex", "said"), list_fixtures("names"))
def test_names_are_read_as_written(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


def read(latex: str) -> Node:
    return start_reader(latex).read_expression()


@pytest.mark.parametrize(
    ("texts", "is_transpose"),
    [
        ([r"\delta_2 a_1^t"], True),
        ([r"W^{t} x"], True),
        (["h^t = h_{t-1}"], False),
        ([r"\sum_t h^t"], False),
        # one formula counts in steps of time: t is that in all of them
        (["a^t b", "t = 1"], False),
        (["a^T b"], False),
        ([], False),
    ],
)
def test_a_small_t_transposes_where_it_is_no_time(texts: Sequence[str], is_transpose: bool) -> None:
    assert find_transposes(texts) == (TRANSPOSES | {"t"} if is_transpose else TRANSPOSES)


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\sum_{i=1}^n \prod_k a", {"i", "k"}),
        (r"\sum\limits_{j} x", {"j"}),
        (r"\sum^{n}_{m} x", {"m"}),
        (r"\sum_{samples} x", set()),
        (r"\int_a x_b", set()),
    ],
)
def test_letters_that_sums_run_over_are_found(latex: str, letters: set[str]) -> None:
    assert find_indices(latex) == letters


@pytest.mark.parametrize(
    ("body", "marks", "said"),
    [
        ("w", Marks(primes=1, star="+"), "w'+"),
        ("w", Marks(transpose="T"), "(transposed w)"),
        ("(u + v)", Marks(lower=[Script(Name((0, 1), "j"))]), "(lowered (( (+u +v)) j)"),
        ("(x)", Marks(lower=[Script(Name((0, 1), "j"))]), "x_{j}"),
        ("(u + v)", Marks(upper=[Script(Name((0, 1), "k"))]), "(power (( (+u +v)) k)"),
        ("(u + v)", Marks(primes=2, transpose="T"), "(transposed (primed (( (+u +v))))"),
        ("dz", Marks(upper=[Script(Name((0, 1), "l"))]), "(call? d z^{l})"),
        ("W^T", Marks(lower=[Script(Name((0, 1), "j"))]), "(transposed W_{j})"),
        ("u v", Marks(), "(* u ~ v)"),
    ],
)
def test_marks_are_taken_in_or_put_around(body: str, marks: Marks, said: str) -> None:
    assert spell(attach(read(body), marks, (0, 9))) == said


@pytest.mark.parametrize(
    ("latex", "said", "transpose", "primes", "star"),
    [
        ("T", [], "T", 0, ""),
        (r"\top", [], "top", 0, ""),
        (r"{\mathsf T}", [], "T", 0, ""),
        ("{[l-1] T}", ["[(+l -1)"], "T", 0, ""),
        ("{(l)}", ["(l"], "", 0, ""),
        ("{(1-1) + 2}", ["(+(( (+1 -1)) +2)"], "", 0, ""),
        ("{(l)(i)}", ["(l", "(i"], "", 0, ""),
        ("{''}", [], "", 2, ""),
        ("+", [], "", 0, "+"),
        ("*", [], "", 0, "*"),
        ("23", ["2"], "", 0, ""),
        ("{}", [], "", 0, ""),
        ("{k}", ["k"], "", 0, ""),
    ],
)
def test_a_superscript_is_a_layer_a_mark_or_a_power(
    latex: str, said: list[str], transpose: str, primes: int, star: str
) -> None:
    reader, marks = start_reader(f"w^{latex}"), Marks()
    reader.spot = 2
    read_superscript(reader, marks, on_name=True)
    assert [spell(script) for script in marks.upper] == said
    assert (marks.transpose, marks.primes, marks.star) == (transpose, primes, star)


def test_what_is_transposed_twice_is_refused() -> None:
    with pytest.raises(ReadError, match="transposed twice"):
        read("W^T^T")
    with pytest.raises(ReadError, match="a superscript is missing"):
        read("W^")


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        ("w_{jk}", ["j", "k"]),
        ("w_{o21}", ["o", "2", "1"]),
        ("w_{01}", ["0", "1"]),
        ("w_{12}", ["12"]),
        ("w_{h1}", ["h_{1}"]),
        ("w_{N1}", ["N", "1"]),
        # a letter that is summed over is an index, and no label
        (r"\sum_i w_{i1} + w_{h1}", ["i", "1"]),
        (r"A_{\text{ij}}", ["i", "j"]),
        (r"A_{\text{hh}}", ["text:hh"]),
        ("W_{f[i,j]}", ["f", "[i", "[j"]),
    ],
)
def test_what_stands_below_is_split_into_indices(latex: str, said: list[str]) -> None:
    reader = start_reader(latex)
    below = [
        spot
        for spot, token in enumerate(reader.tokens)
        if token.kind == "sub" and reader.tokens[spot - 1].text in "wWA"
    ]
    reader.spot = below[0] + 1
    (content,) = reader.read_script_content()
    assert [spell(script) for script in make_scripts(content, reader)] == said


@pytest.mark.parametrize(
    ("latex", "changes"), [("dz", True), ("dz^2", True), ("f(z)", False), ("d (u + v)", False)]
)
def test_a_change_is_written_without_brackets(latex: str, changes: bool) -> None:
    assert is_change(read(latex)) is changes


@pytest.mark.parametrize(
    ("latex", "said"), [("(f^l)'", "f'^{l}"), ("(W)'", "(primed (( W))"), ("f'", "f'")]
)
def test_a_function_in_brackets_is_primed(latex: str, said: str) -> None:
    assert spell(name_primed(read(latex))) == said
