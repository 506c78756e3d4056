"""What a terminal gets and a file or a pipe does not: its width, colours, progress.

rich is imported only where it writes to a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TextIO

from symbackprop.interrupts import at_interrupt

UNKNOWN_WIDTH = 80
# progress is shown of what takes longer than so many seconds
PATIENCE = 1.0
# part of a sheet --> how rich names its style
STYLES = {"title": "bold", "note": "dim", "heading": "bold cyan", "reason": "green"}

Paint = Callable[[str, str], str]


def find_width(asked: int | None) -> int:
    """How wide text may be: as asked, as the terminal is, or 80; 0 is without end."""
    if asked is not None:
        return asked
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or UNKNOWN_WIDTH
    except (AttributeError, OSError, ValueError):
        # standard output is closed, a file, or no file at all
        return UNKNOWN_WIDTH


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def choose_paint(stream: TextIO | None) -> Paint | None:
    """Colours for headings and reasons on a terminal that has them.

    NO_COLOR (https://no-color.org), set to anything, means none.
    """
    if not is_terminal(stream) or os.environ.get("NO_COLOR"):
        return None
    if os.environ.get("TERM") in ("dumb", "unknown"):
        return None
    from rich.color import ColorSystem
    from rich.style import Style

    def paint(part: str, text: str) -> str:
        return Style.parse(STYLES[part]).render(text, color_system=ColorSystem.STANDARD)

    return paint


class Progress:
    """A bar on a terminal that comes after a second and leaves no trace."""

    def __init__(self) -> None:
        self.start = monotonic()
        self.shown = 0.0
        self.bar: Any = None

    def __call__(self, what: str, done: int, total: int) -> None:
        now = monotonic()
        if now - self.start < PATIENCE or (now - self.shown < 0.1 and done < total):
            return
        if self.bar is None:
            self.bar = _make_bar()
            self.bar.start()
            at_interrupt.append(self.stop)
            self.bar.add_task(what)
        self.shown = now
        self.bar.update(self.bar.task_ids[0], description=what, completed=done, total=total)

    def stop(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
            at_interrupt.remove(self.stop)


def _make_bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Bar(*columns, console=Console(file=sys.stderr), transient=True)


@contextmanager
def show_progress(quiet: bool) -> Iterator[None]:
    """Show on standard error, where that is a terminal, how far long work is."""
    from symbackprop.progress import listen

    if quiet or not is_terminal(sys.stderr):
        yield
        return
    progress = Progress()
    try:
        with listen(progress):
            yield
    finally:
        progress.stop()
