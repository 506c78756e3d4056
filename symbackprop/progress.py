"""How far a long piece of work is: the work counts what it has done, a listener shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
# what is being done, how many are done, of how many
Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Tell a listener of all work that is tracked within."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def track(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items themselves, one by one, counted for whoever listens; `total` says how many they
    are where they have no length.

    >>> with listen(lambda what, done, total: print(what, done, "of", total)):
    ...     for letter in track("ab", "spelling"):
    ...         print(letter)
    spelling 0 of 2
    a
    spelling 1 of 2
    b
    spelling 2 of 2
    """
    listener = _listener.get()
    if listener is None:
        yield from items
        return
    length = len(items) if isinstance(items, Sized) else total or 0
    for done, item in enumerate(items):
        listener(what, done, length)
        yield item
    listener(what, length, length)


def count(what: str) -> Callable[[int, int], None]:
    """What work calls that counts for itself: with how many are done, and of how many."""

    def tell(done: int, total: int) -> None:
        listener = _listener.get()
        if listener is not None:
            listener(what, done, total)

    return tell
