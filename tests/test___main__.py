"""The command as a process: its answers, its exit codes, and that it leaves nothing unsaid."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        (["--version"], 0, "symbackprop ", ""),
        ([], 0, "usage: symbackprop", ""),
        (["derive", "1-1", "--wrt", "b1", "--quiet"], 0, "∂C/∂b¹", ""),
        (["derive", "0-1"], 2, "", "not a positive integer"),
        (["derive"], 2, "", "NET"),
        (["verify", "--wrt", "b1", r"2 \delta^1"], 1, "wrong", ""),
    ],
)
def test_a_process_says_all_and_ends_with_its_code(
    arguments: list[str], code: int, out: str, err: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "symbackprop", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == code
    assert out in ended.stdout and err in ended.stderr
    assert "Traceback" not in ended.stderr
