"""Start the command line: python -m symbackprop."""

from __future__ import annotations

import sys


def start() -> int:
    """The command line as a process of its own: Ctrl-C ends it at once, also while it loads."""
    from symbackprop.interrupts import install

    install()
    from symbackprop.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
