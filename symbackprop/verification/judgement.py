"""One verdict on one statement or link, and where two sides differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symbackprop.verification.findings import HOLDS, NOT_CHECKABLE, STATED
from symbackprop.verification.shapes import Value

# how something that is stated was read
DEFINITION, UPDATE, GIVEN = "definition", "update rule", "given value"

NO_VALUE = "BP402"
MENDED = "BP501"
TWO_MEANINGS = "BP502"
DANGLING = "BP201"


@dataclass(frozen=True)
class Judgement:
    """What is said of one statement: the verdict, its reading or the reason.

    It was tried on so many `instances`, or `is_proved`: exactly, in a prime field.
    """

    verdict: str
    reading: str | None = None
    message: str | None = None
    code: str | None = None
    instances: int | None = None
    counterexample: dict | None = None
    is_proved: bool = False


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ."""

    place: str
    left: Value
    right: Value

    def as_dict(self) -> dict:
        left, right = _list_numbers(self.left), _list_numbers(self.right)
        return {"widths": self.place, "left": left, "right": right}

    def say(self) -> str:
        left, right = self.left.array, self.right.array
        if left.ndim and left.shape == right.shape:
            place = max(np.ndindex(left.shape), key=lambda at: abs(left[at] - right[at]))
            at = ", ".join(str(index + 1) for index in place)
            values = _shorten(left[place].real), _shorten(right[place].real)
            return f"the sides differ: entry {at} is {values[0]} and {values[1]}"
        return f"the sides differ: {say_briefly(self.left)} and {say_briefly(self.right)}"


def _list_numbers(value: Value) -> object:
    """Six digits of each number, however small it is."""
    flat = [_shorten(number) for number in np.ravel(value.array.real)]
    return np.reshape(np.array(flat, dtype=float), value.array.shape).tolist()


def _shorten(number: float) -> float:
    return float(f"{number:.6g}")


def say_not_checkable(reason: str, code: str = "BP401") -> Judgement:
    return Judgement(NOT_CHECKABLE, message=reason, code=code)


def say_stated(reading: str) -> Judgement:
    """It says something, and there is nothing to hold it against."""
    return Judgement(STATED, reading)


def say_evidence(judgement: Judgement) -> str | None:
    """What there is for it that a formula holds.

    >>> say_evidence(Judgement("holds", instances=2)), say_evidence(Judgement("holds"))
    ('holds on 2 instances', None)
    """
    if judgement.verdict != HOLDS:
        return None
    if judgement.is_proved:
        return "proved"
    number = judgement.instances
    if not number:
        return None
    return f"holds on {number} instance{'' if number == 1 else 's'}"


def say_briefly(value: Value) -> str:
    if value.rank:
        return f"a {value.shape}"
    return f"{float(value.array.real):.6g}"
