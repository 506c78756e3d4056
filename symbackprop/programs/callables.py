"""A network as a function: parameters, inputs and targets in, cost and gradients out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from sympy import Expr, Integer

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.derivation.views import unroll
from symbackprop.equations import System, split_adjoint
from symbackprop.errors import InputError
from symbackprop.network.network import Network
from symbackprop.programs.arrays import Slot, check_array, gather_arrays, list_slots
from symbackprop.programs.program import (
    Key,
    Script,
    compile_statements,
    label_of_key,
    list_sizes_in,
    select,
    share,
    write_script,
)

Array = NDArray[Any]
# the field of the result, the name in it, and whether it is a vector
_Output = tuple[str, str, bool]


@dataclass(frozen=True)
class Result:
    """What a program computes; arrays have the shapes of the quantities they belong to.

    `gradients` has a gradient for each parameter (for each input where there are no parameters).
    With details: `forward` has every z, a, and cost of a sample; `deltas` the errors ∂C/∂z of
    each layer, in a batch each sample's own; `adjoints` the derivatives by what is neither a
    z nor an a (∂C/∂a is infinite where -y/a meets an output that is rounded to 0).
    """

    cost: Any
    gradients: Mapping[str, Array] = field(default_factory=dict)
    forward: Mapping[str, Array] = field(default_factory=dict)
    deltas: Mapping[str, Array] = field(default_factory=dict)
    adjoints: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """The numpy program of a network: call it with parameters, x and y."""

    system: System
    dtype: type | None = None

    @cached_property
    def script(self) -> Script:
        return write_script(self.system)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        return list_slots(self.system)

    @property
    def source(self) -> str:
        """The numpy source of what is computed when only cost and gradients are asked for."""
        return self._compile(False, self.dtype or np.float64)[1]

    def __call__(
        self,
        parameters: Mapping[str, ArrayLike],
        x: ArrayLike | Mapping[str, ArrayLike] | None = None,
        y: ArrayLike | Mapping[str, ArrayLike] | None = None,
        *,
        details: bool = False,
    ) -> Result:
        """Compute the cost and its gradients.

        `parameters` maps names to arrays: W1 of shape (n1, n0), b1 of shape (n1,), or a number
        where a layer shares its bias. x has the shape (n0,), in a batch (m, n0); y likewise.
        A graph with several inputs takes them as a mapping in x. `details` adds what the result
        has besides the cost and the gradients.

        Raises:
            InputError: a name that is missing or unknown, numbers that are not finite, a wrong
                shape; the message has the shape and the one that is wanted.
        """
        arrays, real = gather_arrays(self.system, self.slots, parameters, x, y, self.dtype)
        sizes: dict[Expr, int] = {}
        values: list[Any] = []
        for slot in self.slots:
            check_array(slot, arrays[slot.label], sizes)
            values += slot.lay_out(arrays[slot.label])
        function, _, outputs = self._compile(details, real)
        cost, *computed = function(
            *(values[place] for place in self._places),
            *(sizes[size] for size in self.script.sizes),
        )
        groups: dict[str, dict[str, Array]] = {}
        for (group, label, is_vector), value in zip(outputs, computed, strict=True):
            # (1, n) --> (n,) and (m, 1) --> (m,) for what has one index
            groups.setdefault(group, {})[label] = value.reshape(-1) if is_vector else value
        return Result(cost, **groups)

    @cached_property
    def _places(self) -> tuple[int, ...]:
        """Where the given variables stand among the values of all slots."""
        keys = [key for slot in self.slots for key in slot.keys]
        return tuple(keys.index(key) for key in self.script.given)

    def _compile(self, details: bool, real: type) -> tuple[Any, str, tuple[_Output, ...]]:
        known = self.__dict__.setdefault("_compiled", {})
        if (details, real) not in known:
            keys = self._list_outputs(details)
            variables = [v for key in keys if (v := self.script.variable(key)) is not None]
            statements = share(select(self.script.statements, variables))
            given = [*self.script.given.values(), *self.script.sizes.values()]
            function, source = compile_statements(statements, given, variables, real)
            known[details, real] = function, source, tuple(map(self._name_output, keys[1:]))
        return known[details, real]

    def _list_outputs(self, details: bool) -> list[Key]:
        """The keys of what is asked for: the cost first."""
        chosen = [(self.system.cost, ())]
        kept = "parameter" if self.system.names("parameter") else "input"
        for statement in self.script.statements:
            assert statement.key is not None
            split = split_adjoint(statement.key[0])
            role = self.system.quantities[split[1]].role if split else ""
            shown = details and role != "activation"
            if (role == kept or shown) and statement.key not in chosen:
                chosen.append(statement.key)
        return chosen

    def _name_output(self, key: Key) -> _Output:
        name, indices = key
        split = split_adjoint(name)
        quantity = self.system.quantities[split[1] if split else name]
        is_vector = sum(kind in ("neuron", "sample") for kind in quantity.kinds) == 1
        if split is None:
            return "forward", label_of_key(key), is_vector
        if quantity.role in ("parameter", "input"):
            return "gradients", label_of_key((split[1], indices)), is_vector
        if quantity.role == "pre-activation":
            return "deltas", label_of_key(("delta", indices)), is_vector
        return "adjoints", label_of_key((split[1], indices)), is_vector


def _resolve_sizes(system: System, known: Mapping[Expr, int]) -> Iterator[tuple[Expr, int]]:
    """n[L] --> n[2] --> 3."""
    numbers = {size: Integer(value) for size, value in known.items()}
    for axis in (a for q in system.quantities.values() for a in q.axes):
        for size in list_sizes_in(axis.high, known):
            resolved = size.xreplace(numbers).xreplace(numbers)
            if resolved.is_Integer:
                yield size, int(resolved)


def lambdify(
    network: Network | System,
    dtype: DTypeLike | None = None,
    sizes: Mapping[Expr, int] | None = None,
) -> Program:
    """The numpy function (parameters, x, y) -> cost and all gradients, from derived equations.

    `dtype` is float32 or float64; without it, single precision is kept where all arrays have it.
    `sizes` gives numbers for a symbolic depth or number of time steps: {T: 3}.

    Raises:
        InputError: a depth or a number of time steps that is not given, a generic activation.

    >>> from symbackprop.network.network import mlp
    >>> program = lambdify(mlp([1, 1], activation="identity"))
    >>> result = program({"W1": [[2.0]], "b1": [1.0]}, [3.0], [5.0])
    >>> float(result.cost), result.gradients["W1"]
    (2.0, array([[6.]]))
    """
    system = network.system if isinstance(network, Network) else network
    real = None if dtype is None else np.dtype(dtype).type
    if real not in (None, np.float32, np.float64):
        raise InputError(f"dtype {np.dtype(dtype)}: give float32 or float64")
    if not system.select("adjoint") and not system.select("gradient"):
        system = fold(gather_deltas(derive_backward(system)))
    known = {**system.sizes, **(sizes or {})}
    known.update(_resolve_sizes(system, dict(known)))
    missing = [
        size
        for axis in (a for q in system.quantities.values() for a in q.axes)
        if axis.kind in ("layer", "time")
        for bound in (axis.low, axis.high)
        for size in list_sizes_in(bound, known)
    ]
    if missing:
        size = missing[0]
        raise InputError(
            f"a program needs numbers of layers and time steps, and {size} is a symbol: "
            f"declare the widths, mlp([2, 3, 2]), or give sizes={{{size}: 3}}"
        )
    program = Program(unroll(system, known), real)
    program.script  # noqa: B018  what has no program is refused here, not at the first call
    return program
