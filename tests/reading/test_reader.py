"""Where the reading stands: what comes next, whether it is words, a list, a script of the next."""

from __future__ import annotations

import pytest
from spelled_trees import start_reader

from symbackprop.reading.tree import ReadError


def test_a_reader_goes_from_token_to_token() -> None:
    reader = start_reader("a = 12")
    assert reader.token is not None and reader.token.text == "a"
    assert reader.begins_line and reader.last_end == 0
    assert reader.at("letter") and reader.at("letter", "a") and not reader.at("letter", "b")
    assert [reader.advance().text for _ in range(3)] == ["a", "=", "12"]
    assert reader.last_end == 6 and reader.token is None and not reader.at("number")
    with pytest.raises(ReadError, match="the formula ends too early") as caught:
        reader.advance()
    assert caught.value.offset == 6


def test_what_is_refused_or_mended_is_told_at_its_place() -> None:
    reader = start_reader("ab + c")
    reader.advance()
    with pytest.raises(ReadError, match="no b here") as caught:
        reader.refuse("no b here")
    assert caught.value.offset == 1
    reader.mend("b was skipped")
    reader.mend("a was read twice", reader.tokens[0])
    assert [(one.span, one.message) for one in reader.repairs] == [
        ((1, 2), "b was skipped"),
        ((0, 1), "a was read twice"),
    ]


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\text{for all } i", "for all"),
        (r"\text{and} x", "and"),
        (r"(\text{for } i > 0) x", "for"),
        (r"\text{note:} x", "note:"),
        (r"(= \delta)", "(= "),
        (r"\text{其中} p", "其中"),
        # names that are set as text
        (r"\text{target} - x", None),
        (r"\text{误差} = p", None),
        ("(x)", None),
        ("x", None),
    ],
)
def test_words_are_told_from_names(latex: str, words: str | None) -> None:
    reader = start_reader(latex)
    assert reader.is_words() is (words is not None)
    if words is not None:
        read = reader.read_words()
        assert words.strip() in read.text
        assert reader.last_end == read.span[1]
        assert reader.token is None or reader.token.start >= read.span[1]


@pytest.mark.parametrize(
    ("latex", "dots", "numbers"),
    [
        (r"i = 1, 2, \ldots, n", [2], []),
        (r"f(u, \ldots, v), w", [1], []),
        ("i = 1, 2, 3", [], [1, 2]),
        ("i = 1, 2, x", [], []),
        # a comma in brackets lists what is in them
        (r"(1, 2), \ldots", [2], []),
    ],
)
def test_commas_list_what_goes_on(latex: str, dots: list[int], numbers: list[int]) -> None:
    reader = start_reader(latex)
    commas = [spot for spot, token in enumerate(reader.tokens) if token.kind == "comma"]
    lists_dots, lists_numbers = [], []
    for number, spot in enumerate(commas, 1):
        reader.spot = spot
        if reader.lists_dots():
            lists_dots.append(number)
        if reader.lists_numbers():
            lists_numbers.append(number)
    assert lists_numbers == numbers
    assert lists_dots[-1:] == dots[-1:]


@pytest.mark.parametrize(
    ("latex", "spot", "is_prescript"),
    [
        (r"\eta \ ^p E", 1, True),
        (r"\eta^p E", 1, False),
        (r"W \, ^T d", 1, False),
        (r"\eta \ ^p", 1, False),
        (r"\eta \ ^p (u)", 1, False),
        ("x", 0, False),
    ],
)
def test_a_script_behind_a_blank_belongs_to_what_follows(
    latex: str, spot: int, is_prescript: bool
) -> None:
    reader = start_reader(latex)
    reader.spot = spot
    assert reader.is_prescript() is is_prescript
