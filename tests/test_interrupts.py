"""Ctrl-C ends the command at once, whenever it comes, without a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")

# run as the command is, from where its own code begins: before that, Python itself answers
START = """
import sys
from symbackprop.interrupts import install
install()
print("begun", flush=True)
sys.argv = ["symbackprop", *{arguments!r}]
from symbackprop.__main__ import start
start()
"""


def interrupt(arguments: list[str], after: float) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", START.format(arguments=arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.mark.parametrize("after", [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2])
def test_an_interrupt_at_any_time(after: float) -> None:
    done = interrupt(["derive", "-".join(["2"] * 300), "--all"], after)
    assert (done.returncode, done.stderr) == (130, "")


def test_an_interrupt_leaves_no_half_written_file(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from symbackprop.interrupts import install
from symbackprop.streams import write_whole
install()

def write(path):
    path.write_text("half")
    os.kill(os.getpid(), signal.SIGINT)

write_whole(Path({str(tmp_path / "out.txt")!r}), write)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_at_the_exit() -> None:
    code = """
import atexit, os, signal
from symbackprop.interrupts import install
install()
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (130, "")
