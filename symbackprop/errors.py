"""The one error that is meant for people: what was wrong, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """What a user declared cannot be used; the message says why and what would be right.

    The command line prints the message and exits with 2. Anything else that is raised is a bug.
    """


def name_choices(what: str, given: object, choices: Iterable[str]) -> str:
    """Word the refusal of an unknown name, with the nearest known one.

    >>> name_choices("activation", "sigmod", ["sigmoid", "tanh"])
    "unknown activation 'sigmod'; did you mean 'sigmoid'? Known: sigmoid, tanh"
    """
    known = list(choices)
    near = get_close_matches(str(given).lower(), known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown {what} {given!r}; {hint}Known: {', '.join(known)}"
