"""What pyproject.toml says, and what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.runs.configuration import Configuration, find_configuration

TABLE = """
[tool.symbackprop]
select = ["BP1", "bp301"]
ignore = ["BP114"]
notation = "ng"
macros = "course.tex"

[tool.symbackprop.per-file-ignores]
"drafts/*" = ["BP1"]
"""


def test_the_nearest_file_that_has_the_table_counts(tmp_path: Path) -> None:
    inner = tmp_path / "course" / "week1"
    inner.mkdir(parents=True)
    assert find_configuration(inner) == Configuration()
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (inner / "pyproject.toml").write_text('[project]\nname = "x"\n')
    found = find_configuration(inner)
    assert found == Configuration(
        ("BP1", "BP301"), ("BP114",), {"drafts/*": ("BP1",)}, "ng", tmp_path / "course.tex"
    )
    assert found.options == {"notation": "ng", "macros": str(tmp_path / "course.tex")}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tool = 3", None),
        ("[tool", "cannot be read"),
        ("[tool]\nsymbackprop = 3", "a table is wanted"),
        ("[tool.symbackprop]\nignor = []", "unknown key 'ignor'; did you mean 'ignore'?"),
        ("[tool.symbackprop]\nselect = 'BP1'", "a list of codes is wanted"),
        ("[tool.symbackprop]\nselect = [1]", "a list of codes is wanted"),
        ("[tool.symbackprop]\nselect = ['BP999']", "select: unknown code 'BP999'"),
        ("[tool.symbackprop]\nnotation = 'nilsen'", "did you mean 'nielsen'?"),
        ("[tool.symbackprop]\nmacros = ['a']", "a string is wanted"),
        ("[tool.symbackprop]\nper-file-ignores = ['a']", "a table of patterns"),
        ("[tool.symbackprop.per-file-ignores]\n'*' = 'BP1'", "a list of codes is wanted"),
    ],
)
def test_a_configuration_that_is_none_is_refused(
    tmp_path: Path, text: str, complaint: str | None
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    if complaint is None:
        assert find_configuration(tmp_path) == Configuration()
        return
    with pytest.raises(InputError) as caught:
        find_configuration(tmp_path)
    assert complaint in str(caught.value)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert "\n" not in str(caught.value).strip()


def test_what_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        find_configuration(tmp_path)
