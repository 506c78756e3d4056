"""What is checked: the compiled program, or formulas that have none, and what they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.evaluation import Evaluation, collect_numbers, evaluate_system
from symbackprop.matrix_forms import NoMatrixFormError
from symbackprop.network.declared import Declared
from symbackprop.number_types import DOUBLE, PRECISE
from symbackprop.worlds import Arithmetic

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from symbackprop.programs.arrays import Slot
    from symbackprop.programs.callables import Program, Result


@dataclass(frozen=True)
class Formulas:
    """Derived equations that have no numpy program (a convolution), taken at their word."""

    system: System
    dtype: type | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        from symbackprop.programs.arrays import list_slots

        return list_slots(self.system)

    def __call__(self, values: Mapping[str, Any]) -> Result:
        import numpy as np

        from symbackprop.programs.callables import Result

        sizes = {**self.system.sizes, **find_sizes(self, values)}
        evaluation = evaluate_on(replace(self.system, sizes=sizes), values, PRECISE, traced=False)
        try:
            numbers = collect_numbers(evaluation)
        except InputError:
            # as a program does
            return Result(np.nan)
        gradients = {n: np.array(as_floats(g)) for n, g in numbers["gradients"].items()}
        return Result(float(numbers["cost"]), gradients)


def compile_system(system: System, dtype: DTypeLike | None = None) -> Program | Formulas:
    """The numpy program of a system, or its formulas where it has none."""
    from symbackprop.programs.callables import lambdify

    try:
        return lambdify(system, dtype)
    except NoMatrixFormError:
        return Formulas(fold(gather_deltas(derive_backward(system))))


def find_sizes(program: Program | Formulas, values: Mapping[str, Any]) -> dict[Expr, int]:
    """The sizes that only the values tell: the number of samples."""
    import numpy as np

    from symbackprop.programs.arrays import check_array

    sizes: dict[Expr, int] = {}
    for slot in program.slots:
        check_array(slot, np.asarray(values[slot.label]), sizes)
    return sizes


def evaluate_on(
    system: System, values: Mapping[str, Any], arithmetic: Arithmetic, traced: bool
) -> Evaluation:
    """A system in a world of these values, in some arithmetic."""
    import numpy as np

    nested = {name: np.asarray(value).tolist() for name, value in values.items()}
    return evaluate_system(system, nested, traced=traced, arithmetic=arithmetic)


def as_floats(nested: Any) -> Any:
    """The same nested lists with floats, of whatever arithmetic the numbers are."""
    return [as_floats(part) for part in nested] if isinstance(nested, list) else float(nested)


# --- values for which nothing is defined -------------------------------------------------------


def compute_gradients(
    declared: Declared, program: Program | Formulas, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The gradients of the program; a value that is not defined is no mistake of the program.

    Raises:
        InputError: the cost, or the formula of a gradient, is not defined for these values.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        result = program(values)
    if is_finite(result):
        return result.gradients
    reason = find_undefined(program, values)
    if reason is None and not np.isfinite(result.cost):
        reason = "a number on the way to the cost is too large"
    if reason is not None:
        raise InputError(f"{declared.title}: {reason}")
    return result.gradients


def is_finite(result: Result) -> bool:
    """Whether the cost and all gradients are numbers."""
    import numpy as np

    return all(np.isfinite(value).all() for value in (result.cost, *result.gradients.values()))


def find_undefined(program: Program | Formulas, values: Mapping[str, Any]) -> str | None:
    """What has no value in the derived equations, taken at their word."""
    sizes = {**program.system.sizes, **find_sizes(program, values)}
    evaluation = evaluate_on(replace(program.system, sizes=sizes), values, DOUBLE, traced=False)
    wanted = [e for e in program.system.equations if e.role in ("forward", "gradient")]
    try:
        for equation in wanted:
            for place in evaluation.world.places(equation.axes):
                evaluation.number(equation.lhs, place)
    except InputError as error:
        return str(error)
    return None
