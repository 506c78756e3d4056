"""How far rounding may move what a program computes: it runs again with errors thrown in.

The sum of all terms without their signs bounds the rounding of a sum, but taken through many
layers it grows like the product of all |W|, while the error itself does not. So the error is
measured: every operation of the program errs at random, somewhat more than rounding does, and the
spread of the results is what can be asked of them. It follows the condition of each entry.

Source: Parker, Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic, 1997;
Vignes, A stochastic arithmetic for reliable scientific computation, 1993.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Computation = Callable[[dict[str, Array]], Mapping[str, ArrayLike]]

# An error thrown in is up to so many times the eps of its numbers.
TIMES = 32
RUNS = 8

# These round nothing.
EXACT = (np.negative, np.positive, np.absolute, np.maximum, np.minimum, np.sign)
# These add up products; what they round is as large as all terms without their signs.
SUMS = (np.einsum, np.vdot, np.dot, np.inner, np.tensordot)


class Noisy(np.ndarray):
    """An array whose every operation errs at random, and gives such an array again."""

    generator: np.random.Generator

    def __array_finalize__(self, source: Any) -> None:
        generator = getattr(source, "generator", None)
        if generator is not None:
            self.generator = generator

    def __getitem__(self, place: Any) -> Any:
        # numpy would give a plain number for one entry
        return make_noisy(super().__getitem__(place), self.generator)

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any
    ) -> Any:
        plain = [_strip(value) for value in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        size = result
        if ufunc is np.matmul or (ufunc is np.add and method == "reduce"):
            size = getattr(ufunc, method)(*map(np.abs, plain), **options)
        noisy = self._shake(result, 0 if ufunc in EXACT else size)
        if out is None:
            return noisy
        out[0][...] = noisy
        return out[0]

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        plain = [_strip(value) for value in args]
        if function in SUMS:
            sizes = [abs(v) if isinstance(v, np.ndarray) else v for v in plain]
            return self._shake(function(*plain, **kwargs), function(*sizes, **kwargs))
        result = super().__array_function__(function, types, args, kwargs)
        return make_noisy(result, self.generator) if isinstance(result, np.ndarray) else result

    def _shake(self, result: Any, size: Any) -> Any:
        return make_noisy(shake(result, size, self.generator), self.generator)


def _strip(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Noisy) else value


def make_noisy(value: Any, generator: np.random.Generator) -> Any:
    """The same numbers as an array whose operations err.

    >>> noisy = make_noisy([1.0, 2.0], np.random.default_rng(1))
    >>> float((noisy + 1)[0]), bool((noisy + 1)[0] == 2)
    (2.0000000000000004, False)
    """
    noisy = np.asarray(value).view(Noisy)
    noisy.generator = generator
    return noisy


def shake(values: ArrayLike, size: ArrayLike, generator: np.random.Generator) -> Array:
    """Add an error of at most TIMES eps of a size to every entry; only to floating-point numbers.

    >>> shaken = shake(1.0, 1.0, np.random.default_rng(1))
    >>> bool(0 < abs(shaken - 1) < 1e-14)
    True
    """
    array = np.asarray(values)
    if array.dtype.kind != "f":
        return array
    noise = generator.uniform(-TIMES, TIMES, array.shape) * np.finfo(array.dtype).eps
    # infinite on purpose: 1/(1 + e^-u) is 0 where e^-u overflows
    bounded = np.where(np.isfinite(array), size, 0)
    return np.asarray(array + (noise * bounded).astype(array.dtype))


def measure_rounding(
    compute: Computation, arrays: Mapping[str, ArrayLike], *, seed: int = 0
) -> dict[str, Array]:
    """Give, for every entry of every result, how far rounding may move it, with room to spare.

    compute takes a dict of arrays and gives results by name; it must keep what kind of array it
    is given (np.asanyarray, not np.asarray). What is given may itself be rounded. The answer is
    the root mean square of what RUNS runs with random errors are off; it is infinite where such a
    run has no value (the root of 0, less an error).

    >>> spread = measure_rounding(lambda a: {"d": a["x"] - a["y"]}, {"x": 1e8 + 1, "y": 1e8})
    >>> bool(1e-8 < spread["d"] < 1e-6)
    True
    """
    plain = {name: np.asarray(value) for name, value in arrays.items()}
    exact = {name: np.asarray(value) for name, value in compute(plain).items()}
    spread = {name: np.zeros(value.shape) for name, value in exact.items()}
    for run in range(RUNS):
        generator = np.random.default_rng([seed, run])
        noisy = {
            name: make_noisy(shake(value, np.abs(value), generator), generator)
            for name, value in plain.items()
        }
        for name, value in compute(noisy).items():
            error = np.asarray(value, dtype=float) - exact[name]
            # no squares, which vanish or overflow; nan: an error takes it where it has no value
            spread[name] = np.hypot(spread[name], np.where(np.isnan(error), np.inf, error))
    return {name: value / np.sqrt(RUNS) for name, value in spread.items()}
