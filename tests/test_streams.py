"""Writing where it belongs: closed and full streams, files that are read, run in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.streams import Counted, gather, refuse_input_as_output, write_whole

NETWORK = """title = "t"
[graph]
inputs = ["x"]
[graph.equations]
f = "x*x"
"""


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which sbp is the command."""
    script = f'sbp() {{ "{sys.executable}" -m symbackprop "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", script], capture_output=True, encoding="utf-8")


needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="needs bash")

LINES = [
    ("sbp derive mlp >&-", 2, "symbackprop: standard output is closed; give -o FILE"),
    ("sbp derive mlp >&- 2>&-", 2, ""),
    ("sbp verify - <&-", 2, "symbackprop: standard input (-) is closed"),
    ("sbp --version | head -0", 0, ""),
    ("sbp --help | head -1", 0, ""),
    ("sbp derive mlp --quiet | head -1", 0, ""),
    ("sbp derive mlp --quiet <&- | tail -1", 0, ""),
    ("set -o pipefail; sbp derive mlp --quiet --view indexed | head -c 5", 0, ""),
]


@needs_shell
@pytest.mark.parametrize(("line", "code", "said"), LINES)
def test_closed_streams_end_in_one_line(line: str, code: int, said: str) -> None:
    done = shell(line)
    assert (done.returncode, done.stderr.strip()) == (code, said)


@needs_shell
def test_what_was_proved_never_goes_to_standard_output() -> None:
    done = shell("sbp derive mlp 2>&-")
    assert done.returncode == 0 and "proved" not in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["derive 2-2", "check 2-2"])
def test_a_full_disk_is_told_in_one_line(command: str) -> None:
    done = shell(f"sbp {command} > /dev/full")
    wanted = "symbackprop: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, wanted)


@pytest.mark.parametrize("way", ["name", "folder", "link"])
def test_a_file_that_is_read_is_not_written_over(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "net.toml"
    source.write_text(NETWORK)
    other = tmp_path / "link.toml"
    other.symlink_to(source)
    monkeypatch.chdir(tmp_path)
    output = {"name": Path("net.toml"), "folder": tmp_path / "." / "net.toml", "link": other}[way]
    with pytest.raises(InputError, match="this is the file that is read; choose another"):
        refuse_input_as_output(output, ["mlp", "net.toml"])
    done = subprocess.run(
        [sys.executable, "-m", "symbackprop", "derive", "net.toml", "-o", str(output)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert source.read_text() == NETWORK


def test_other_files_may_be_written(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    refuse_input_as_output(target, ["mlp"])
    write_whole(target, lambda path: path.write_text("new"))
    refuse_input_as_output(target, ["2-3-1", str(tmp_path / "none.toml")])
    assert target.read_text() == "new" and list(tmp_path.iterdir()) == [target]


def test_parts_are_gathered_and_their_lines_counted() -> None:
    counted = Counted(gather(["a\n", "b", "c\n", "d\n"], 3))
    assert list(counted) == ["a\nb", "c\nd\n"]
    assert counted.lines == 3
    assert list(gather([])) == []
