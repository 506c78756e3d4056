"""Arrays that come from outside: their names, numbers and shapes are held against the system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Integer

from symbackprop.equations import GIVEN, Axis, Quantity, Role, System
from symbackprop.errors import InputError, name_choices
from symbackprop.programs.program import Key, label_of_key

Array = NDArray[Any]


@dataclass(frozen=True)
class Slot:
    """One array that is asked for: its name, and a length (a number or a size) for each index."""

    label: str
    quantity: Quantity
    indices: tuple[Expr, ...]
    lengths: tuple[int | Expr, ...]
    steps: tuple[int, ...] = ()

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the indices that become rows and columns."""
        return tuple(k for k in self.quantity.kinds if k in ("neuron", "sample"))

    def tell(self) -> str:
        """The name and the shape, as people write it: W1 (3, 2)."""
        if not self.lengths:
            return f"{self.label} a number"
        shape = ", ".join(map(str, self.lengths))
        return f"{self.label} ({shape}{',' if len(self.lengths) == 1 else ''})"

    @property
    def keys(self) -> tuple[Key, ...]:
        """The variables of the program that this array holds: one, or one for each time step."""
        name = self.quantity.name
        return tuple((name, (Integer(s),)) for s in self.steps) or ((name, self.indices),)

    def lay_out(self, array: Array) -> list[Any]:
        """The values of these variables, with samples as rows."""
        return [_lay_out(a, self.kinds) for a in (array if self.steps else (array,))]


def _lay_out(array: Array, kinds: tuple[str, ...]) -> Any:
    """Two dimensions, or none: (n,) --> (1, n); one number for each sample: (m,) --> (m, 1)."""
    if kinds == ("neuron",):
        return array.reshape(1, -1)
    if kinds == ("sample",):
        return array.reshape(-1, 1)
    if kinds == ("neuron", "sample"):
        return array.T
    # a number of numpy keeps its precision
    return array if kinds else array[()]


def list_slots(system: System) -> tuple[Slot, ...]:
    """The arrays that a system asks for; a parameter of layers is one array for each."""
    return tuple(
        slot
        for quantity in system.quantities.values()
        if quantity.role in GIVEN
        for slot in _list_slots_of(quantity, system)
    )


def _list_slots_of(quantity: Quantity, system: System) -> Iterator[Slot]:
    known = {s: Integer(v) for s, v in system.sizes.items()}
    sequential = [a for a in quantity.axes if a.kind in ("layer", "time")]
    others = [a for a in quantity.axes if a.kind not in ("layer", "time")]
    if not sequential:
        lengths = tuple(_measure(a, known) for a in others)
        yield Slot(quantity.name, quantity, (), lengths)
        return
    if len(sequential) > 1:
        raise InputError(f"{quantity.name} has an index of layers and one of time steps")
    (axis,) = sequential
    steps = range(int(axis.low.xreplace(known)), int(axis.high.xreplace(known)) + 1)
    if axis.kind == "time":
        # all time steps come in one array, the step first
        lengths = (len(steps), *(_measure(a, known) for a in others))
        yield Slot(quantity.name, quantity, (), lengths, tuple(steps))
        return
    for step in steps:
        number = Integer(step)
        lengths = tuple(
            _measure(
                Axis(
                    a.symbol,
                    a.low.xreplace({axis.symbol: number}),
                    a.high.xreplace({axis.symbol: number}),
                    a.kind,
                ),
                known,
            )
            for a in others
        )
        yield Slot(label_of_key((quantity.name, (number,))), quantity, (number,), lengths)


def _measure(axis: Axis, known: Mapping[Expr, Expr]) -> int | Expr:
    length = (axis.high - axis.low + 1).xreplace(dict(known))
    return int(length) if length.is_Integer else length


def gather_arrays(
    system: System,
    slots: tuple[Slot, ...],
    parameters: Mapping[str, ArrayLike],
    x: ArrayLike | Mapping[str, ArrayLike] | None,
    y: ArrayLike | Mapping[str, ArrayLike] | None,
    dtype: type | None,
) -> tuple[dict[str, Array], type]:
    """All arrays by name, in one precision.

    Raises:
        InputError: a name that is missing or unknown, something that is no finite number.
    """
    given: dict[str, ArrayLike] = {}
    arguments: tuple[tuple[str, Role, Any], ...] = (("x", "input", x), ("y", "target", y))
    for argument, role, values in arguments:
        if values is None:
            continue
        if isinstance(values, Mapping):
            given |= values
            continue
        names = system.names(role)
        if len(names) != 1:
            found = ", ".join(names) or "none"
            raise InputError(
                f"{argument} is one array, but the system has the {role}s {found}; "
                f"give a mapping from name to array"
            )
        given[names[0]] = values
    if not isinstance(parameters, Mapping):
        raise InputError("parameters must be a mapping from name to array, such as {'W1': ...}")
    given = {**parameters, **given}
    labels = [slot.label for slot in slots]
    if given.keys() != set(labels):
        _refuse_names(given, labels)
    if dtype is None:
        typed = [v.dtype for v in given.values() if isinstance(v, np.ndarray | np.generic)]
        single = bool(typed) and all(t == np.float32 for t in typed)
        dtype = np.float32 if single else np.float64
    return {name: _as_numbers(name, value, dtype) for name, value in given.items()}, dtype


def _refuse_names(given: Mapping[str, ArrayLike], labels: list[str]) -> None:
    for name in given:
        if name not in labels:
            raise InputError(name_choices("array", name, labels))
    for label in labels:
        if label not in given:
            raise InputError(f"{label} is missing; the arrays are {', '.join(labels)}")


def _as_numbers(name: str, value: ArrayLike, dtype: type) -> Array:
    try:
        array = np.asanyarray(value)
    except ValueError as error:
        raise InputError(f"{name} is no array: its rows have different lengths") from error
    if array.dtype.kind not in "fiu":
        raise InputError(f"{name} must hold real numbers, but holds {array.dtype}")
    if array.dtype != dtype:
        with np.errstate(over="ignore"):
            array = array.astype(dtype)
    finite = np.isfinite(array)
    if not finite.all():
        place = tuple(int(p) for p in np.argwhere(~finite)[0])
        at = f"[{', '.join(map(str, place))}]" if place else ""
        raise InputError(f"{name}{at} is {array[place]}: every number must be finite")
    return array


def check_array(slot: Slot, array: Array, sizes: dict[Expr, int]) -> None:
    """Hold a shape against what the system wants; a size that is free is learnt here.

    Raises:
        InputError: names the array, its shape and the wanted one.
    """
    if array.ndim == len(slot.lengths):
        for length, found in zip(slot.lengths, array.shape, strict=True):
            if isinstance(length, int):
                if length != found:
                    break
            elif sizes.setdefault(length, found) != found or found == 0:
                break
        else:
            return
    raise InputError(_word_shape(slot, array.shape, sizes))


def _word_shape(slot: Slot, shape: tuple[int, ...], sizes: Mapping[Expr, int]) -> str:
    lengths = [str(sizes.get(length, length)) for length in slot.lengths]  # type: ignore[call-overload]
    wanted = f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
    message = f"{slot.label} has the shape {shape}; wanted {wanted}"
    kinds = slot.quantity.kinds
    if not lengths:
        return f"{message}, a single number"
    if "sample" in kinds:
        if len(shape) == len(lengths) - 1:
            return f"{message}: a row for each sample, also for a single one"
    elif slot.quantity.role in ("input", "target") and len(shape) == len(lengths) + 1:
        return f"{message}: one sample was declared; declare batch=True for a row for each sample"
    if len(lengths) == 1 and len(shape) == 2 and 1 in shape:
        return f"{message}: a plain vector, no {'column' if shape[1] == 1 else 'row'}"
    return message
