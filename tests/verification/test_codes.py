"""The codes of findings: each explained, and listed in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.verification.codes import (
    CODES,
    check_codes,
    code_of_slip,
    explain_code,
    find_title,
)

DOCS = Path(__file__).parents[2] / "docs" / "verify.md"
BEGIN, END = "<!-- codes: begin -->\n", "<!-- codes: end -->"


def write_codes() -> str:
    """The table of codes, as the docs have it."""
    rows = [f"| {row.code} | {row.title} | {row.explanation} |" for row in CODES.values()]
    return "\n".join(["| code | name | meaning |", "|---|---|---|", *rows, ""])


def test_the_docs_have_every_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    table = text.split(BEGIN)[1].split(END)[0]
    assert table == write_codes(), "python tests/verification/test_codes.py writes the table anew"


def test_codes_are_told_apart_and_explained() -> None:
    for code, row in CODES.items():
        assert row.code == code
        assert row.title in explain_code(code) and row.explanation in explain_code(code)
        assert bool(row.wrong) == bool(row.right)
    assert len({row.name for row in CODES.values()}) == len(CODES)
    with pytest.raises(InputError, match="unknown code 'BP99'"):
        explain_code("BP99")


@pytest.mark.parametrize(
    ("latex", "suggestion", "title"),
    [
        ("W d", "(W)^T d", "missing transpose"),
        ("W d", r"W^\top d", "missing transpose"),
        ("W^{l} d", r"W^{l\top} d", "missing transpose"),
        (r"W^{\mathsf T} a", "W a", "extra transpose"),
        ("W^{[l] T} a", "W^{[l]} a", "extra transpose"),
        ("d^T W", "d W^T", "wrong transpose"),
        ("W d", None, "missing or extra transpose"),
    ],
)
def test_a_transpose_is_named_in_its_direction(
    latex: str, suggestion: str | None, title: str
) -> None:
    assert find_title("BP103", latex, suggestion) == title


def test_a_slip_has_its_code_and_near_codes_are_offered() -> None:
    for code, row in CODES.items():
        if row.wrong:
            assert code_of_slip(row.name) == code
    with pytest.raises(KeyError):
        code_of_slip("missing-weight")
    with pytest.raises(InputError, match=r"unknown code 'bp30'; did you mean BP30"):
        explain_code("bp30")


@pytest.mark.parametrize(
    ("codes", "complaint"),
    [
        (["BP103", "BP1", "BP"], None),
        (["BP8"], "unknown code 'BP8'"),
        (["BP1033"], "'BP1033' is no code"),
        (["bp103"], "'bp103' is no code"),
    ],
)
def test_codes_are_checked_before_they_choose(codes: list[str], complaint: str | None) -> None:
    if complaint is None:
        check_codes(codes)
        return
    with pytest.raises(InputError, match=complaint):
        check_codes(codes)


if __name__ == "__main__":
    whole = DOCS.read_text(encoding="utf-8")
    head, tail = whole.split(BEGIN)[0], whole.split(END)[1]
    DOCS.write_text(head + BEGIN + write_codes() + END + tail, encoding="utf-8")
