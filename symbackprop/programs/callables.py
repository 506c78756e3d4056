"""A network as a function: parameters, inputs and targets in, cost and gradients out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from sympy import Expr, Indexed, Integer

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.derivation.views import unroll
from symbackprop.equations import System, find_entries, name_of, split_adjoint
from symbackprop.errors import InputError, name_choices
from symbackprop.network.declared import Declarable, declare
from symbackprop.programs.arrays import Slot, check_array, gather_arrays, list_slots
from symbackprop.programs.program import (
    HELPERS,
    Key,
    Script,
    compile_statements,
    label_of_key,
    list_sizes_in,
    select,
    sequential_key,
    share,
    write_script,
)
from symbackprop.programs.source import write_module

Array = NDArray[Any]


@dataclass(frozen=True)
class _Compiled:
    """A function with its source, what it takes and what it gives."""

    function: Callable[..., tuple[Any, ...]]
    source: str
    given: tuple[Key, ...]
    sizes: tuple[Expr, ...]
    outputs: tuple[Key, ...]
    real: type


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


@dataclass(frozen=True, repr=False)
class Program:
    """The numpy program of a network: call it with parameters, x and y, or `forward` without y.

    What arrays it takes, and of which shapes, its own docstring says: help(program).
    """

    system: System
    dtype: type | None = None
    title: str = "system"

    def __post_init__(self) -> None:
        object.__setattr__(self, "__doc__", f"{self!r}\n\n{self.shapes}")

    @property
    def shapes(self) -> str:
        """The arrays that it takes, with their shapes, and those that it gives."""
        roles: dict[str, list[str]] = {}
        for slot in self.slots:
            roles.setdefault(slot.quantity.role, []).append(slot.tell())
        parameters = ", ".join((*roles.get("parameter", ()), *roles.get("constant", ())))
        x, y = (", ".join(roles.get(role, ["nothing"])) for role in ("input", "target"))
        outputs = ", ".join(label_of_key(key) for key in self._outputs)
        return (
            f"program(parameters, x, y) gives the cost and its gradients,\n"
            f"program.forward(parameters, x) gives {outputs}.\n\n"
            f"parameters: {parameters or 'none'}\nx: {x}\ny: {y}"
        )

    def __repr__(self) -> str:
        given = ", ".join(slot.tell() for slot in self.slots)
        return f"Program({self.title!r}: {given})"

    @cached_property
    def script(self) -> Script:
        return write_script(self.system)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        return list_slots(self.system)

    @property
    def source(self) -> str:
        """The numpy source of what is computed when only cost and gradients are asked for: a
        module that runs on its own. Its function takes vectors as rows of two dimensions."""
        real = self.dtype or np.float64
        compiled = self._compile(self._list_outputs(False), real)
        taken = [*self.script.given.values(), *self.script.sizes.values()]
        given_back = filter(None, map(self.script.variable, compiled.outputs))
        # names of variables only: what a quantity is called could be anything
        explanation = (
            f"The cost and its gradients, from arrays of two dimensions: vectors are rows.\n\n"
            f"Takes {', '.join(map(str, taken))};\ngives {', '.join(map(str, given_back))}.\n"
        )
        return write_module(compiled.source, HELPERS, real, explanation)

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
        compiled = self._compile(self._list_outputs(details), real)
        cost, *computed = self._run(compiled, self.slots, arrays)
        groups: dict[str, dict[str, Array]] = {}
        for key, value in zip(compiled.outputs[1:], computed, strict=True):
            group, label = self._name_output(key)
            groups.setdefault(group, {})[label] = value
        return Result(cost, **groups)

    def forward(
        self,
        parameters: Mapping[str, ArrayLike],
        x: ArrayLike | Mapping[str, ArrayLike] | None = None,
    ) -> Any:
        """Compute what the cost compares with the targets: the outputs of the network.

        Where there are several, a mapping from name to array; those of time steps are one array,
        the step first. Without targets in the system it is the cost itself.

        Raises:
            InputError: as in a call.

        >>> from symbackprop.network.network import mlp
        >>> program = lambdify(mlp([1, 1], activation="identity"))
        >>> program.forward({"W1": [[2.0]], "b1": [1.0]}, [3.0])
        array([7.])
        """
        slots = tuple(slot for slot in self.slots if set(slot.keys) & self._read_by_outputs)
        idle = {slot.label for slot in self.slots if slot not in slots}
        needed = {name: value for name, value in parameters.items() if name not in idle}
        arrays, real = gather_arrays(self.system, slots, needed, x, None, self.dtype)
        compiled = self._compile(self._outputs, real)
        found: dict[str, list[Array]] = {}
        for key, value in zip(compiled.outputs, self._run(compiled, slots, arrays), strict=True):
            name, kinds = key[0], self.system.quantities[key[0]].kinds
            found.setdefault(name if "time" in kinds else label_of_key(key), []).append(value)
        whole = {
            label: np.stack(values) if label not in map(label_of_key, self._outputs) else values[0]
            for label, values in found.items()
        }
        return whole if len(whole) > 1 else next(iter(whole.values()))

    def _run(
        self, compiled: _Compiled, slots: tuple[Slot, ...], arrays: Mapping[str, Array]
    ) -> list[Any]:
        """Hold the arrays against the slots, call the function, and give results their shapes."""
        sizes: dict[Expr, int] = {}
        values: dict[Key, Any] = {}
        for slot in slots:
            check_array(slot, arrays[slot.label], sizes)
            values |= zip(slot.keys, slot.lay_out(arrays[slot.label]), strict=True)
        taken = [*(values[key] for key in compiled.given), *(sizes[s] for s in compiled.sizes)]
        # before numpy 2, a number in single precision times 1/2 is one in double precision
        computed: list[Any] = [
            np.asanyarray(v, compiled.real)[()] for v in compiled.function(*taken)
        ]
        # (1, n) --> (n,) and (m, 1) --> (m,) for what has one index
        return [
            v.reshape(-1) if self._is_vector(key) else v
            for key, v in zip(compiled.outputs, computed, strict=True)
        ]

    def _is_vector(self, key: Key) -> bool:
        split = split_adjoint(key[0])
        quantity = self.system.quantities[split[1] if split else key[0]]
        return sum(kind in ("neuron", "sample") for kind in quantity.kinds) == 1

    @cached_property
    def _reads(self) -> dict[Key, set[Key]]:
        """What each equation of the forward pass reads."""
        return {
            sequential_key(e.lhs, self.system): {
                sequential_key(read, self.system)
                for read in find_entries(e.rhs)
                if name_of(read) in self.system.quantities
            }
            for e in self.system.select("forward")
        }

    @cached_property
    def _outputs(self) -> tuple[Key, ...]:
        """What rests on no target and is read together with one; else the cost."""
        targets = set(self.system.names("target"))
        aimed: set[Key] = set()
        for key, reads in self._reads.items():
            if any(read in aimed or read[0] in targets for read in reads):
                aimed.add(key)
        cost: Key = (self.system.cost, ())
        if cost not in aimed:
            return (cost,)
        read_by_aimed = set().union(*(self._reads[key] for key in aimed))
        return tuple(key for key in self._reads if key in read_by_aimed and key not in aimed)

    @cached_property
    def _read_by_outputs(self) -> frozenset[Key]:
        """Everything that the outputs rest on."""
        needed, waiting = set[Key](), list(self._outputs)
        while waiting:
            key = waiting.pop()
            if key not in needed:
                needed.add(key)
                waiting += self._reads.get(key, ())
        return frozenset(needed)

    def _compile(self, outputs: tuple[Key, ...], real: type) -> _Compiled:
        known = self.__dict__.setdefault("_compiled", {})
        if (outputs, real) not in known:
            found = [(key, v) for key in outputs if (v := self.script.variable(key)) is not None]
            variables = [variable for _, variable in found]
            statements = share(select(self.script.statements, variables))
            used = {s for st in statements for s in st.value.free_symbols}
            whole = outputs[0] == (self.system.cost, ())
            # the function of all gradients takes all that is given, needed or not
            given = {k: v for k, v in self.script.given.items() if whole or v in used}
            sizes = {k: v for k, v in self.script.sizes.items() if whole or v in used}
            function, source = compile_statements(
                statements, [*given.values(), *sizes.values()], variables, real
            )
            keys = tuple(key for key, _ in found)
            known[outputs, real] = _Compiled(
                function, source, tuple(given), tuple(sizes), keys, real
            )
        return known[outputs, real]

    def _list_outputs(self, details: bool) -> tuple[Key, ...]:
        """The keys of what is asked for: the cost first."""
        chosen: dict[Key, None] = {(self.system.cost, ()): None}
        kept = "parameter" if self.system.names("parameter") else "input"
        for statement in self.script.statements:
            assert statement.key is not None
            split = split_adjoint(statement.key[0])
            role = self.system.quantities[split[1]].role if split else ""
            if role == kept or (details and role != "activation"):
                chosen[statement.key] = None
        return tuple(chosen)

    def _name_output(self, key: Key) -> tuple[str, str]:
        """The field of the result, and the name in it."""
        name, indices = key
        split = split_adjoint(name)
        if split is None:
            return "forward", label_of_key(key)
        role = self.system.quantities[split[1]].role
        if role in ("parameter", "input"):
            return "gradients", label_of_key((split[1], indices))
        if role == "pre-activation":
            return "deltas", label_of_key(("delta", indices))
        return "adjoints", label_of_key((split[1], indices))


def _resolve_sizes(system: System, known: Mapping[Expr, int]) -> Iterator[tuple[Expr, int]]:
    """n[L] --> n[2] --> 3."""
    numbers = {size: Integer(value) for size, value in known.items()}
    for axis in (a for q in system.quantities.values() for a in q.axes):
        for size in list_sizes_in(axis.high, known):
            resolved = size.xreplace(numbers).xreplace(numbers)
            if resolved.is_Integer:
                yield size, int(resolved)


def lambdify(
    network: Declarable,
    dtype: DTypeLike | None = None,
    sizes: Mapping[Expr | str, int] | None = None,
) -> Program:
    """The numpy function (parameters, x, y) -> cost and all gradients, from derived equations.

    `network` is what can be declared: mlp(...), System(...), widths, the path of a network file.
    `dtype` is float32 or float64; without it, single precision is kept where all arrays have it.
    `sizes` gives numbers for a symbolic depth or number of time steps: {"L": 3}.

    Raises:
        InputError: a depth or a number of time steps that is not given, a generic activation.

    >>> from symbackprop.network.network import mlp
    >>> program = lambdify(mlp([1, 1], activation="identity"))
    >>> result = program({"W1": [[2.0]], "b1": [1.0]}, [3.0], [5.0])
    >>> float(result.cost), result.gradients["W1"]
    (2.0, array([[6.]]))
    >>> program
    Program('network': x (1,), y (1,), W1 (1, 1), b1 (1,))
    """
    declared = declare(network)
    # a system that is derived already has names for its pre-activations
    system = network if isinstance(network, System) and _is_derived(network) else declared.system
    real = None if dtype is None else np.dtype(dtype).type
    if real not in (None, np.float32, np.float64):
        raise InputError(f"dtype {np.dtype(dtype)}: give float32 or float64")
    if not _is_derived(system):
        system = fold(gather_deltas(derive_backward(system)))
    known = {**system.sizes, **dict(_find_sizes(system, sizes or {}))}
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
            f"declare the widths, mlp([2, 3, 2]), or give sizes={{'{size}': 3}}"
        )
    program = Program(unroll(system, known), real, declared.title)
    program.script  # noqa: B018  what has no program is refused here, not at the first call
    return program


def _is_derived(system: System) -> bool:
    return bool(system.select("adjoint") or system.select("gradient"))


def _find_sizes(system: System, given: Mapping[Expr | str, int]) -> Iterator[tuple[Expr, int]]:
    """{"L": 3} --> {L: 3}, whatever is assumed of the symbol that is given."""
    known = {str(symbol): symbol for symbol in system.size_symbols}
    for size, number in given.items():
        if isinstance(size, Indexed):
            yield size, number
            continue
        if str(size) not in known:
            raise InputError(name_choices("size", str(size), known))
        yield known[str(size)], number
