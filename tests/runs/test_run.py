"""One run: what is written, counted, and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.reports.selecting import Choice
from symbackprop.runs.run import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(r"$q = x y$, $\frac{\partial q}{\partial x} = x$")
    (tmp_path / "b.md").write_text(r"$q = x y$, $\frac{\partial q}{\partial x} = y$")
    (tmp_path / "c.md").write_bytes(b"\xff")
    return tmp_path


def test_documents_are_written_as_they_finish(folder: Path) -> None:
    run = Run([str(folder / "a.md"), str(folder / "b.md")], {})
    parts = run.write()
    first = next(parts)
    assert run.totals.documents == 1
    assert "a.md:1:13: error: BP1" in first
    assert "".join(parts).endswith("4 equations: 2 stated, 1 holds, 1 wrong\n")
    assert run.exit_code == 1


def test_what_cannot_be_read_is_told_and_the_rest_is_judged(folder: Path) -> None:
    run = Run([str(folder)], {}, style="jsonl", jobs=2)
    lines = [json.loads(line) for line in "".join(run.write()).splitlines()]
    assert sorted(Path(line["file"]).name for line in lines) == ["a.md", "b.md", "c.md"]
    assert [line["problem"] for line in lines if "problem" in line] == run.problems
    assert run.exit_code == 2


def test_nothing_is_written_where_nothing_can_be_read(folder: Path) -> None:
    run = Run([str(folder / "c.md")], {})
    assert "".join(run.write()) == ""
    assert run.exit_code == 2


def test_what_is_left_out_does_not_fail(folder: Path) -> None:
    run = Run([str(folder / "a.md")], {}, Choice(ignore=("BP1",)))
    assert "".join(run.write()).endswith("2 equations: 1 stated, 1 wrong\n")
    assert run.exit_code == 0


def test_a_style_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="unknown format"):
        "".join(Run([str(folder)], {}, style="yaml").write())
