"""Layout: rows and columns part statements, or only place what belongs together."""

from __future__ import annotations

import pytest
from spelled_trees import list_fixtures, list_tokens, spell_formula

from symbackprop.reading.layout import arrange
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import ReadError, Repair


@pytest.mark.parametrize(("latex", "said"), list_fixtures("layout"))
def test_statements_are_read_as_laid_out(latex: str, said: list[str]) -> None:
    assert spell_formula(read_formula(latex)) == said


def write(latex: str, repairs: list[Repair]) -> str:
    """The tokens that are left; sep and row are what parts statements."""
    parting = {"sep": "SEP", "row": "ROW", "amp": "AMP"}
    paired = arrange(list_tokens(latex, repairs), latex, repairs)
    for spot, partner in paired.partner.items():
        assert paired.partner[partner] == spot
    return " ".join(parting.get(token.kind, token.text) for token in paired.tokens)


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        (r"a = b \quad c = d", "a = b SEP c = d"),
        (r"a = \quad b", "a = b"),
        (r"a = b \\ + c", "a = b + c"),
        (r"a = b \\ c = d", "a = b ROW c = d"),
        (r"a = b \\ = d", "a = b ROW = d"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b ROW = c"),
        (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", "bmatrix a AMP b ROW c AMP d bmatrix"),
        (r"f(a & b)", "f ( a b )"),
        (r"\boxed{a = b}", "a = b"),
        (r"\sum_{\substack{i = 1 \\ i \ne j}} x", "sum _ { substack { i = 1 , i neq j } } x"),
        (r"y = \begin{cases} 1 \quad x > 0 \end{cases}", "y = cases 1 AMP x > 0 cases"),
        (r"{}^p E", "~^ p E"),
    ],
)
def test_layout_is_dropped_and_statements_stay_apart(latex: str, written: str) -> None:
    repairs: list[Repair] = []
    assert write(latex, repairs).split() == written.split()
    assert [one.message for one in repairs] == ["an & inside brackets was skipped"] * (
        latex == r"f(a & b)"
    )


def test_rows_of_what_nobody_knows_are_read_and_told() -> None:
    repairs: list[Repair] = []
    assert write(r"\begin{mine} a = b \\ c = d \end{mine}", repairs) == "a = b ROW c = d"
    assert [one.message for one in repairs] == [
        "the environment mine is not known; its rows were read"
    ]


@pytest.mark.parametrize(
    "latex", ["(a", r"\begin{aligned} a", r"\begin{aligned} a \end{matrix}", r"{(a}"]
)
def test_what_is_not_closed_is_refused(latex: str) -> None:
    with pytest.raises(ReadError):
        write(latex, [])
