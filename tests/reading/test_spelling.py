"""The tables of what LaTeX writes: each row is read, and no two tables disagree."""

from __future__ import annotations

import pytest
from spelled_trees import list_tokens, spell_formula

from symbackprop.reading import spelling
from symbackprop.reading.parser import read_formula
from symbackprop.reading.spelling import (
    ACCENTS,
    ALIASES,
    BARE_FUNCTIONS,
    CLOSERS,
    COMMANDS,
    DELIMITERS,
    DOTS,
    FUNCTION_WORDS,
    GREEK,
    OPERATORS,
    RELATIONS,
    SEPARATORS,
    SKIPPED,
    STYLES,
    SUMS,
    SWITCHES,
    UNICODE,
    is_other_script,
    list_same_signs,
)


def test_a_command_is_of_one_kind() -> None:
    kinds = {
        "accent": set(ACCENTS), "style": set(STYLES), "sum": set(SUMS), "sign": set(OPERATORS),
        "relation": set(RELATIONS), "separator": set(SEPARATORS), "delimiter": set(DELIMITERS),
        "dots": set(DOTS), "greek": set(GREEK), "fraction": set(spelling.FRACTIONS),
        "text": set(spelling.TEXTS), "skipped": set(SKIPPED),
    }  # fmt: skip
    for one, names in kinds.items():
        for other, others in kinds.items():
            assert one == other or not names & others, (one, other)
        assert names <= COMMANDS, one


@pytest.mark.parametrize(
    ("word", "is_function", "is_bare"),
    [
        ("tanh", True, True),
        ("log", True, True),
        ("det", True, True),
        ("relu", True, False),
        ("softmax", True, False),
        ("np.dot", True, False),
        ("argmax", True, True),
        # a letter before it is a function
        ("sigma", False, False),
        ("net", False, False),
    ],
)
def test_functions_of_all_tables_are_known(word: str, is_function: bool, is_bare: bool) -> None:
    assert (word in FUNCTION_WORDS, word in BARE_FUNCTIONS) == (is_function, is_bare)


def test_other_names_stand_for_commands_that_are_read() -> None:
    assert set(ALIASES.values()) - {"d"} <= COMMANDS
    assert all(len(sign) == 1 for sign in UNICODE)
    for sign, name in UNICODE.items():
        assert name in COMMANDS | ALIASES.keys() or not name.isalpha(), (sign, name)


@pytest.mark.parametrize("table", [OPERATORS, RELATIONS], ids=["operators", "relations"])
def test_signs_stand_between_two_sides(table: dict[str, str]) -> None:
    for name, sign in table.items():
        # an arrow that grows has what stands over it behind it
        above = "{p}" if name.startswith("x") else ""
        tokens = list_tokens(rf"u \{name}{above} v")
        assert [token.text for token in tokens] == ["u", sign, "v"], name


def test_accents_styles_and_brackets_are_read() -> None:
    for name, accent in ACCENTS.items():
        assert spell_formula(read_formula(rf"\{name}{{x}}")) == [f"{accent}~x"], name
    for name, style in STYLES.items():
        said = f"{style}:x" if style else "x"
        assert spell_formula(read_formula(rf"\{name}{{x}} + y")) == [f"(+{said} +y)"], name
    for name, (side, bracket) in DELIMITERS.items():
        (token,) = list_tokens(rf"\{name}")
        assert (token.kind, token.text) == (side, bracket), name
    opening = {sign for side, sign in DELIMITERS.values() if side == "open"}
    assert opening <= CLOSERS.keys()


@pytest.mark.parametrize(
    ("takes", "latex"),
    [
        ("", r"\{} x"),
        ("m", r"\{}{{u}} x"),
        ("om", r"\{}[p]{{u}} x"),
        ("omm", r"\{}[p]{{u}}{{v}} x"),
        ("mm", r"\{}{{u}}{{v}} x"),
        ("d", r"\{}3pt x"),
    ],
)
def test_what_only_looks_takes_what_it_needs_with_it(takes: str, latex: str) -> None:
    names = [name for name, rows in SKIPPED.items() if rows == takes]
    assert names
    for name in set(names) - SWITCHES.keys():
        assert [t.text for t in list_tokens(latex.format(name))] == ["x"], name


@pytest.mark.parametrize(
    ("sign", "usual"),
    [("（", "("), ("𝑎", "a"), ("’", "'"), ("−", "-"), ("\u200b", " "), ("。", ".")],
)
def test_signs_of_other_forms_are_the_usual_ones(sign: str, usual: str) -> None:
    assert sign.translate(list_same_signs()) == usual
    assert "aβ=w1".translate(list_same_signs()) == "aβ=w1"


@pytest.mark.parametrize(
    ("text", "is_other"),
    [("其中", True), ("ここ", True), ("ที่", True), ("où", False), ("где", False)],
)
def test_texts_without_blanks_are_known(text: str, is_other: bool) -> None:
    assert is_other_script(text) is is_other
