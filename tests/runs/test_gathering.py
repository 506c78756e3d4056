"""Which documents are meant by what is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.runs.gathering import are_several, gather_documents


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "b.md", "a.tex", "a.fixed.tex", "code.py", ".hidden.md", "week1/c.ipynb", "week1/deep/d.md",
        ".git/e.md",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["."], ["./a.tex", "./b.md", "./week1/c.ipynb", "./week1/deep/d.md"]),
        (["week1", "b.md"], ["week1/c.ipynb", "week1/deep/d.md", "b.md"]),
        (["*.md"], ["b.md"]),
        (["**/*.md"], ["b.md", "week1/deep/d.md"]),
        (["w*"], ["week1/c.ipynb", "week1/deep/d.md"]),
        (["b.md", "./b.md", "*.md"], ["b.md"]),
        (["code.py"], ["code.py"]),
        (["-", "c = a * b", "c = a * b"], ["-", "c = a * b", "c = a * b"]),
        (["none.md"], ["none.md"]),
        (["a\0b"], ["a\0b"]),
    ],
)
def test_what_is_given_and_what_is_meant(course: Path, given: list[str], found: list[str]) -> None:
    assert list(gather_documents(given)) == found


@pytest.mark.parametrize(
    ("given", "words"),
    [("*.rst", "no file has such a name"), ("empty", "no document in this folder")],
)
def test_nothing_found_is_told(course: Path, given: str, words: str) -> None:
    (course / "empty").mkdir()
    first, second = gather_documents([given, "b.md"])
    assert isinstance(first, InputError) and words in str(first)
    assert second == "b.md"


def test_a_file_with_signs_of_a_pattern_in_its_name_is_itself(course: Path) -> None:
    (course / "notes[1].md").write_text("")
    assert list(gather_documents(["notes[1].md"])) == ["notes[1].md"]


def test_a_folder_that_leads_back_to_itself_is_read_once(course: Path) -> None:
    (course / "week1" / "again").symlink_to(course)
    assert len(list(gather_documents(["."]))) == 4


def test_several_documents_say_their_names(course: Path) -> None:
    assert are_several(["."]) and are_several(["*.md"]) and are_several(["a", "b"])
    assert not are_several(["b.md"]) and not are_several(["-"])
