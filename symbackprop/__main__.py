"""Start the command line: python -m symbackprop."""

from __future__ import annotations

import gc
import os


def start() -> None:
    """The command line as a process of its own: Ctrl-C ends it at once, also while it loads."""
    from symbackprop.interrupts import install

    install()
    # loading makes a million objects that stay: to look through them for garbage, and to take
    # them apart at the end, is a third of the time that a short command takes
    gc.set_threshold(100_000, 50, 50)
    from symbackprop.cli import main

    try:
        code = main()
    except SystemExit as left:
        # --help, --version, and what argparse complains of
        code = left.code if isinstance(left.code, int) else 0
    # all is written: main flushes what it says
    os._exit(code)


if __name__ == "__main__":
    start()
