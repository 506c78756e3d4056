"""Leaving at once on Ctrl-C, whenever it comes: while modules load, at work, at the exit.

It is the first thing that the command line loads, so it loads next to nothing itself.
"""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130
# what must be put right before leaving: a half-written file, a bar on the terminal
at_interrupt: list[Callable[[], object]] = []


def install() -> None:
    """Answer Ctrl-C without a traceback from now on.

    Raising KeyboardInterrupt would not do: in the middle of an import, of a finalizer or of the
    shutdown of Python, it is printed, and sometimes swallowed.
    """
    signal.signal(signal.SIGINT, _leave)


def _leave(number: int, frame: object) -> None:
    for put_right in reversed(at_interrupt):
        put_right()
    os._exit(INTERRUPTED)
