"""Every module has a test file of its name in its place, and no test file is without a module."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
# what is about the house and no one module of it
WHOLE = "whole"


def find_misplaced(modules: Iterable[str], tests: Iterable[str], tools: Iterable[str]) -> list[str]:
    """What lacks its other half: `printing/text.py` has `printing/test_text.py`; a tool of the
    tests, `latex_judges.py`, may have `test_latex_judges.py`."""
    wanted = {place_test(module): module for module in modules}
    present = set(tests)
    lacking = [
        f"{module}: no tests/{test}" for test, module in wanted.items() if test not in present
    ]
    known = {*wanted, *map(place_test, tools)}
    strange = [
        f"tests/{test}: no module of its name"
        for test in present
        if test not in known and PurePosixPath(test).parts[0] != WHOLE
    ]
    return sorted([*lacking, *strange])


def place_test(module: str) -> str:
    path = PurePosixPath(module)
    name = "init" if path.stem == "__init__" else path.stem
    return str(path.parent / f"test_{name}.py")


def list_files(folder: Path, pattern: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob(pattern))]


def test_tests_lie_where_their_modules_do() -> None:
    modules = [
        module
        for module in list_files(ROOT / "symbackprop", "*.py")
        # that of a folder only says what the folder is
        if not module.endswith("/__init__.py") or "\nfrom " in read(module)
    ]
    tests = list_files(ROOT / "tests", "test_*.py")
    tools = {path.name for path in (ROOT / "tests").glob("*.py")} - set(tests)
    assert len(modules) > 100 and len(tests) > 50
    assert find_misplaced(modules, tests, tools) == []


def read(module: str) -> str:
    return (ROOT / "symbackprop" / module).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("modules", "tests", "complaint"),
    [
        (["printing/text.py"], [], "printing/text.py: no tests/printing/test_text.py"),
        (["text.py"], ["printing/test_text.py", "test_text.py"], "tests/printing/test_text.py: no"),
        ([], ["test_odds.py"], "tests/test_odds.py: no module"),
        (["__init__.py"], [], "__init__.py: no tests/test_init.py"),
        (["costs.py"], ["test_cost.py", "test_costs.py"], "tests/test_cost.py: no"),
    ],
)
def test_what_is_out_of_place_is_found(
    modules: list[str], tests: list[str], complaint: str
) -> None:
    (found,) = find_misplaced(modules, tests, [])
    assert found.startswith(complaint)


def test_tools_of_tests_may_have_tests_and_the_whole_needs_no_module() -> None:
    tests = ["test_latex_judges.py", "whole/test_floors.py"]
    assert find_misplaced([], tests, ["latex_judges.py", "kinds.py"]) == []
