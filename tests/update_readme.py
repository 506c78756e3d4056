"""Fill the console blocks of the README with what the tool really prints: run this file.

A block is fenced by ```console and has commands after "$ "; what follows a command is its output.
"2>&1" at its end shows standard error too, and "| head -n 5" its first lines alone.
"""

from __future__ import annotations

import io
import re
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from symbackprop.cli import main

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"^\$ symbackprop (?P<arguments>.*?)(?P<both> 2>&1)?( \| head -n (?P<lines>\d+))?$"
)


def fill(readme: str) -> str:
    """Run every command of every console block, and put its output below it."""
    return BLOCK.sub(lambda found: f"```console\n{fill_block(found.group(1))}```", readme)


def fill_block(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{run(command)}" for command in commands)


def run(command: str) -> str:
    """Run one command line in this process, from the top of the repository."""
    found = COMMAND.match(command)
    if not found:
        raise ValueError(f"a console block runs symbackprop alone, not {command!r}")
    out, err = io.StringIO(), io.StringIO()
    with chdir(ROOT), redirect_stdout(out), redirect_stderr(err):
        main(shlex.split(found["arguments"]))
    said = out.getvalue() + (err.getvalue() if found["both"] else "")
    lines = said.splitlines(keepends=True)
    return "".join(lines[: int(found["lines"])] if found["lines"] else lines)


if __name__ == "__main__":
    README.write_text(fill(README.read_text(encoding="utf-8")), encoding="utf-8")
