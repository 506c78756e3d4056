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
# digits in which numbers are told; more than the last a double has not
FEWEST_DIGITS, MOST_DIGITS = 6, 17
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
    # what it rests on that the text does not say: "σ is the sigmoid"
    presumed: str | None = None


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ."""

    place: str
    left: Value
    right: Value

    def as_dict(self) -> dict:
        digits = find_digits(self.left.array.real, self.right.array.real)
        left, right = (_list_numbers(value, digits) for value in (self.left, self.right))
        return {"widths": self.place, "left": left, "right": right}

    def say(self) -> str:
        left, right = self.left.array, self.right.array
        if {left.ndim, right.ndim} == {0, max(left.ndim, right.ndim)}:
            left, right = np.broadcast_arrays(left, right)
        if left.ndim and left.shape == right.shape:
            place = max(np.ndindex(left.shape), key=lambda at: abs(left[at] - right[at]))
            at = ", ".join(str(index + 1) for index in place)
            one, other = tell_apart(left[place].real, right[place].real)
            return f"the sides differ: entry {at} is {one} and {other}"
        if not left.ndim and not right.ndim:
            one, other = tell_apart(float(left.real), float(right.real))
            return f"the sides differ: {one} and {other}"
        return "the sides have different shapes"


def tell_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers in as many digits as it takes to see that they differ, six at least.

    >>> tell_apart(0.25, 0.5), tell_apart(1.0, 1.0000000001)
    (('0.25', '0.5'), ('1', '1.0000000001'))
    """
    digits = find_digits(np.asarray(one), np.asarray(other))
    return f"{one:.{digits}g}", f"{other:.{digits}g}"


def find_digits(one: np.ndarray, other: np.ndarray) -> int:
    """In how many digits some number of two arrays differs from its counterpart, six at least."""
    if one.shape != other.shape:
        return FEWEST_DIGITS
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        pairs = zip(np.ravel(one), np.ravel(other), strict=True)
        if any(f"{a:.{digits}g}" != f"{b:.{digits}g}" for a, b in pairs):
            return digits
    return MOST_DIGITS


def _list_numbers(value: Value, digits: int) -> object:
    """So many digits of each number, however small it is."""
    flat = [float(f"{number:.{digits}g}") for number in np.ravel(value.array.real)]
    return np.reshape(np.array(flat, dtype=float), value.array.shape).tolist()


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
    given = f", presuming that {judgement.presumed}" if judgement.presumed else ""
    if judgement.is_proved:
        return f"proved{given}"
    number = judgement.instances
    if not number:
        return None
    return f"holds on {number} instance{'' if number == 1 else 's'}{given}"


def say_briefly(value: Value) -> str:
    if value.rank:
        return f"a {value.shape}"
    return f"{float(value.array.real):.6g}"
