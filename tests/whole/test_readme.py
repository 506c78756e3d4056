"""The README and the docs tell the truth: their output is the tool's, their tables are ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from update_readme import BLOCK, README, ROOT, fill_block, run

from symbackprop.notation import CHOICES, PRESETS

TEXT = README.read_text(encoding="utf-8")
BLOCKS = [found.group(1) for found in BLOCK.finditer(TEXT)]
# rounding errors differ from machine to machine: 3.1e-16
ERROR = re.compile(r" *\d(\.\d)?e[+-]\d\d")

INSTALL = (
    "python3 -m venv .venv && .venv/bin/pip install . && "
    ".venv/bin/symbackprop derive examples/mazur.toml",
    ".venv/bin/pip install -e '.[test]' && .venv/bin/pytest -n auto",
)


def mask(text: str) -> str:
    return ERROR.sub(" #", text)


def test_the_readme_has_output() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_the_output_in_the_readme_is_the_tools(block: str) -> None:
    assert mask(fill_block(block)) == mask(block), "run tests/update_readme.py, and look at it"


def test_a_changed_output_is_noticed() -> None:
    block = BLOCKS[0]
    changed = block.replace("=", "≠", 1)
    assert changed != block
    assert mask(fill_block(changed)) != mask(changed)


def test_only_the_tool_is_run() -> None:
    with pytest.raises(ValueError, match="runs symbackprop alone"):
        run("$ rm -r x")


@pytest.mark.parametrize("line", INSTALL)
def test_the_two_lines_are_those_that_ci_runs(line: str) -> None:
    assert line in TEXT.splitlines()
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_example_is_in_the_table() -> None:
    examples = sorted(path.name for path in (ROOT / "examples").glob("*.toml"))
    listed = re.findall(r"^\| `([\w.]+\.toml)` ", TEXT, re.MULTILINE)
    assert sorted(listed) == examples


def test_the_notation_page_has_every_preset_and_field() -> None:
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    for preset in PRESETS:
        assert f"\n| `{preset}`" in page
    for field, values in CHOICES.items():
        row = next(
            line
            for line in page.splitlines()
            if line.startswith("| `") and f"`{field}`" in line.split(" | ")[0]
        )
        for value in values:
            assert f"`{str(value).lower() if isinstance(value, bool) else value}`" in row


PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    # a^[L](i) in what a command prints is no link
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)\)", prose):
        assert (page.parent / target).exists(), target
