"""Tokens: letters, words, numbers and signs, in whatever alphabet and from whatever keyboard."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, list_tokens, spell_formula, spell_tokens

from symbackprop.reading.parser import read_formula
from symbackprop.reading.tokens import find_decimal_commas, split_formula
from symbackprop.reading.tree import ReadError, Repair


@pytest.mark.parametrize(("latex", "said"), list_fixtures("signs"))
def test_signs_are_read_as_meant(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


@pytest.mark.parametrize(
    ("latex", "tokens"),
    [
        ("a+b", ["letter:a", "plus:+", "letter:b"]),
        ("net_1", ["word:net", "sub:_", "number:1"]),
        ("flow", ["letter:f", "letter:l", "letter:o", "letter:w"]),
        (r"\delta'", ["macro:delta", "prime:'"]),
        (r"a \leq b", ["letter:a", "rel:leq", "letter:b"]),
        ("a ≤ b", ["letter:a", "rel:leq", "letter:b"]),
        ("w += 2", ["letter:w", "rel:+=", "number:2"]),
        (r"a \, % a remark" "\n b", ["letter:a", "letter:b"]),
        (r"\text{if }", ["text:if"]),
        (r"\mathrm{out}", ["roman:out"]),
        (r"\left[ a \right)", ["open:[", "letter:a", "close:)"]),
        (r"\lVert a \rVert", ["open:||", "letter:a", "close:||"]),
        (r"a \\ b", ["letter:a", r"row:\\", "letter:b"]),
        (r"\color{red} a", ["letter:a"]),
        ("np.exp(x)", ["word:exp", "open:(", "letter:x", "close:)"]),
        ("X.T", ["letter:X", "sup:^", "letter:T"]),
        ("1e-3", ["number:1e-3"]),
        (r"90\%", ["number:90%"]),
        ("", []),
    ],
)
def test_a_formula_falls_into_pieces(latex: str, tokens: list[str]) -> None:
    assert spell_tokens(list_tokens(latex)) == tokens


def test_tokens_know_where_they_stand() -> None:
    latex = r"w_{12} \cdot  \hat{y}"
    tokens = list_tokens(latex)
    assert [latex[token.start : token.end] for token in tokens] == [
        "w", "_", "{", "12", "}", r"\cdot", r"\hat", "{", "y", "}",
    ]  # fmt: skip
    assert [token.text for token in tokens if token.spaced] == ["cdot", "hat"]


@pytest.mark.parametrize(
    ("latex", "commas"),
    [
        ("0,15 + 0,5", [1, 8]),
        # decimal points are used elsewhere in it
        ("0,15 + 0.5", []),
        ("(0,1)", []),
        ("x_{1,2}", []),
        ("(0,079)", [2]),
        ("e^{-0,3}", [5]),
        ("i = 1,2", []),
        ("1,2,3", []),
        ("x = 1,5", [5]),
        ("(0,05, 1,25)", [2, 8]),
    ],
)
def test_a_comma_is_a_decimal_mark_or_lists(latex: str, commas: list[int]) -> None:
    assert sorted(find_decimal_commas(latex)) == commas


def test_words_of_a_document_and_of_the_formula_are_kept_whole() -> None:
    words = frozenset({"flow"})
    assert [t.text for t in split_formula("flow = 2", [], words)] == ["flow", "=", "2"]
    assert spell_tokens(list_tokens(r"\mathrm{gain} = gain"))[-1] == "word:gain"


def test_a_macro_that_nobody_defines_is_decoration_and_told() -> None:
    unknown: set[str] = set()
    tokens = split_formula(r"\red{x} + \frac{1}{2}", [], unknown=unknown)
    assert unknown == {"red"} and "red" not in [token.text for token in tokens]


def test_a_line_break_that_is_missing_behind_a_comment_is_mended() -> None:
    repairs: list[Repair] = []
    latex = r"a % first \alpha = b"
    assert spell_tokens(split_formula(latex, repairs)) == ["letter:a"] and not repairs
    tokens = split_formula(latex, repairs, mend_comment=True)
    assert [token.text for token in tokens] == ["a", "alpha", "=", "b"]
    assert repairs[0].span == (2, 10)


@pytest.mark.parametrize(
    ("latex", "reason", "offset"),
    [
        ("x" * 100_001, "the formula is longer than 100000 characters", 0),
        ("ab\0", "a NUL byte cannot stand in a formula", 2),
        ("a § b", "the character '§' cannot stand in a formula", 2),
        ("pd.abs(a)", "a point inside a name: this looks like code", 2),
        ("1" * 61, "a number of more than 60 digits", 0),
        (r"\text{if", "this brace is not closed", 5),
        (r"\text", "this needs something after it", 0),
    ],
)
def test_what_is_no_formula_is_refused_at_its_place(latex: str, reason: str, offset: int) -> None:
    with pytest.raises(ReadError) as caught:
        list_tokens(latex)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)
