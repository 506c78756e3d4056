"""What is selected, ignored, and gathered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_findings import judge, make

from symbackprop.errors import InputError
from symbackprop.reports.selecting import Choice, gather_places


def test_codes_of_a_file_are_ignored_there_alone() -> None:
    choice = Choice(ignore=("BP3",), per_file={"drafts/*.md": ("BP1",)})
    findings = [make("wrong", "BP103"), make("wrong", "BP301"), make("wrong", "BP202"), make()]
    kept = {
        file: [f.code for f in choice.keep(judge(*findings, file=file)).findings]
        for file in ("drafts/a.md", "course/drafts/a.md", "a.md", "drafts/a.tex")
    }
    assert kept == {
        "drafts/a.md": ["BP202", None],
        "course/drafts/a.md": ["BP202", None],
        "a.md": ["BP103", "BP202", None],
        "drafts/a.tex": ["BP103", "BP202", None],
    }


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="is no code"):
        Choice(per_file={"*.md": ("103",)}).keep(judge(make(), file="a.md"))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["BP103", "BP105"]), st.integers(1)))
)
def test_gathering_loses_no_finding(rows: list[tuple[str, str, int]]) -> None:
    findings = [make("wrong", code, latex=latex, line=line) for latex, code, line in rows]
    places = gather_places(findings)
    assert sorted(
        (f for place in places for f in (place.finding, *place.others)), key=findings.index
    ) == sorted(findings, key=findings.index)
    assert len(places) == len({(f.latex, f.code) for f in findings})
