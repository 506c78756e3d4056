"""The verdict: are two sets of gradients the same, entry by entry?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

# Two right ways to one number may differ in its last place or two.
LAST_PLACES = 8

# A complex step goes this far down before it leaves the range of normal numbers.
SMALLEST = 1e-250


@dataclass(frozen=True)
class Row:
    """How one gradient compares; the differences are the largest over its entries.

    The relative difference is that of an entry to the judge's same entry: 0 where both are 0,
    infinite where only the judge's is. A gradient that is wrong by a factor of 1 + sharpness is
    caught: the sharpness is the least allowed difference of an entry, relative to that entry,
    and infinite where every entry is 0 or may be anything.
    """

    name: str
    absolute: float
    relative: float
    sharpness: float
    agrees: bool
    count: int


def compare(
    derived: Mapping[str, ArrayLike],
    judged: Mapping[str, ArrayLike],
    rounding: Mapping[str, ArrayLike],
    *,
    entries: Mapping[str, NDArray[np.bool_]] | None = None,
) -> list[Row]:
    """Hold derived gradients against a judge's, each entry relative to itself.

    rounding is how far rounding may move each entry (`rounding.measure_rounding`): arrays that
    fit the gradients, or single numbers. An entry agrees if it differs by no more, a last place
    apart. A value that is not finite never agrees. entries, from `differences.choose_entries`,
    limits the comparison to what the judge has done.

    Returns a row for each name, in the order of `derived`. Raises ValueError if the names or
    the shapes differ, or if nothing is left to compare.

    >>> [row] = compare({"W": [[1.0, 2.0]]}, {"W": [[1.0, 2.5]]}, {"W": 0.125})
    >>> row.absolute, row.relative, round(row.sharpness, 9), row.agrees, row.count
    (0.5, 0.2, 0.05, False, 2)
    """
    if set(derived) != set(judged):
        raise ValueError(
            f"the two sides name different gradients: {', '.join(derived)} and {', '.join(judged)}"
        )
    if not derived:
        raise ValueError("there is no gradient to compare")
    return [
        _compare_one(
            name,
            np.asarray(derived[name]),
            np.asarray(judged[name]),
            np.asarray(rounding[name]),
            None if entries is None else entries[name],
        )
        for name in derived
    ]


def _compare_one(
    name: str, derived: Array, judged: Array, rounding: Array, mask: NDArray[np.bool_] | None
) -> Row:
    if derived.shape != judged.shape:
        raise ValueError(
            f"{name}: the derived gradient is {derived.shape}, the judge's is {judged.shape}"
        )
    if rounding.shape not in ((), judged.shape):
        raise ValueError(f"{name}: the rounding must be {judged.shape}, but is {rounding.shape}")
    chosen = np.ones(judged.shape, dtype=bool) if mask is None else mask
    if chosen.shape != judged.shape or not chosen.any():
        raise ValueError(f"{name}: no entry is left to compare")
    left, right = derived[chosen], judged[chosen]

    finite = np.isfinite(left) & np.isfinite(right)
    left, right = np.where(finite, left, 0), np.where(finite, right, 0)
    difference = np.where(finite, abs(left - right), np.inf)
    size = abs(right)
    allowed = np.broadcast_to(rounding, judged.shape)[chosen] + _last_places(derived.dtype, size)
    # Written so that nan agrees with nothing.
    agrees = finite & (difference <= allowed)
    return Row(
        name=name,
        absolute=float(difference.max()),
        relative=float(_divide(difference, size).max()),
        sharpness=float(_divide(allowed, size).min()),
        agrees=bool(agrees.all()),
        count=int(chosen.sum()),
    )


def _last_places(kind: np.dtype[Any], size: Array) -> Array:
    """What may differ at least: the last places, and what underflow leaves of tiny numbers."""
    precision = np.finfo(kind if kind.kind == "f" else float)
    smallest = max(SMALLEST, float(precision.tiny) / float(precision.eps) ** 2)
    return np.asarray(LAST_PLACES * float(precision.eps) * size + smallest)


def _divide(part: Array, whole: Array) -> Array:
    """0/0 is 0, and anything else infinite times 0."""
    return np.divide(part, whole, out=np.where(part == 0, 0.0, np.inf), where=whole > 0)
