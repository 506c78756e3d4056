"""Brackets: which closes which, what a bar is, and what is told where one is missing."""

from __future__ import annotations

import pytest
from spelled_trees import list_tokens

from symbackprop.reading.pairing import Paired, pair_brackets
from symbackprop.reading.tree import ReadError, Repair


def pair(latex: str) -> tuple[Paired, list[str]]:
    repairs: list[Repair] = []
    paired = pair_brackets(list_tokens(latex), latex, repairs)
    return paired, [repair.message for repair in repairs]


def list_groups(paired: Paired) -> list[str]:
    """What stands between each opening bracket and its partner."""
    return [
        "".join(token.text for token in paired.tokens[start : end + 1])
        for start, end in sorted(paired.partner.items())
        if start < end
    ]


@pytest.mark.parametrize(
    ("latex", "groups"),
    [
        ("(a [b]) (c)", ["(a[b])", "[b]", "(c)"]),
        (r"\{a\} {b}", ["{a}", "{b}"]),
        ("|a| + |b|", ["|a|", "|b|"]),
        ("|a||b|", ["|a|", "|b|"]),
        (r"\|a\| b", ["||a||"]),
        ("P(a | b)", ["(a|b)"]),
        ("]0, 1[", ["[0,1["]),
        (r"\begin{matrix} (a) \end{matrix}", ["matrix(a)matrix", "(a)"]),
    ],
)
def test_brackets_have_partners(latex: str, groups: list[str]) -> None:
    paired, mended = pair(latex)
    assert list_groups(paired) == groups and not mended
    assert all(paired.partner[paired.partner[spot]] == spot for spot in paired.partner)


@pytest.mark.parametrize(
    ("latex", "kinds"),
    [
        ("a | b", ["letter", "rel", "letter"]),
        ("|a|", ["open", "letter", "close"]),
        ("u|_{x}", ["letter", "at", "sub", "lbrace", "letter", "rbrace"]),
        # a bar does not reach over a column
        (r"|a & b|", ["rel", "letter", "amp", "letter", "rel"]),
    ],
)
def test_a_bar_is_a_bracket_where_it_has_a_partner(latex: str, kinds: list[str]) -> None:
    assert [token.kind for token in pair(latex)[0].tokens] == kinds


def test_brackets_know_whether_they_hold_a_relation() -> None:
    paired, _ = pair("f(i = j) + (k) = {u > 1}")
    held = {paired.tokens[spot].start for spot in paired.holds_relation}
    assert held == {1, 17}


@pytest.mark.parametrize(
    ("latex", "mended"),
    [
        ("[0, 1)", "a bracket [ is closed by )"),
        ("a ) + b", ") closes nothing; it was skipped"),
        ("a}", "} closes nothing; it was skipped"),
        ("h^{(k-1}", "a bracket ( is not closed before its braces are"),
        (r"\left( a \right.", None),
    ],
)
def test_what_is_mended_is_told(latex: str, mended: str | None) -> None:
    assert pair(latex)[1] == ([] if mended is None else [mended])


@pytest.mark.parametrize(
    ("latex", "reason", "offset"),
    [
        ("(a + b", "( is not closed", 0),
        ("{(a}", "( is not closed", 1),
        ("[0, 1[", "[ is not closed", 5),
        (r"\begin{matrix} 1 \end{cases}", r"\begin{matrix} is ended by \end{cases}", 17),
        (r"\begin{matrix} 1 ) \end{matrix}", "this bracket closes nothing", 17),
        ("(" * 181, "more than 180 open brackets", 180),
    ],
)
def test_what_is_not_closed_is_refused(latex: str, reason: str, offset: int) -> None:
    with pytest.raises(ReadError) as caught:
        pair(latex)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)
