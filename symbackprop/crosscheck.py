"""The cross-check: gradients of the compiled program against ways that know nothing of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from sympy import Expr

from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import System, name_of
from symbackprop.errors import InputError
from symbackprop.evaluation import Evaluation, collect_numbers, evaluate_system, list_arrays
from symbackprop.matrix_forms import NoMatrixFormError
from symbackprop.network.activations import find_activation
from symbackprop.network.declared import Declarable, Declared, declare
from symbackprop.network.network import Network, mlp
from symbackprop.number_types import DOUBLE, PRECISE
from symbackprop.worlds import Arithmetic, build_world

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from symbackprop.programs.arrays import Slot
    from symbackprop.programs.callables import Program, Result
    from symbackprop.reference.compare import Row

# of all gradients together; the loops judge every entry
ENTRIES_FOR_STEPS = 600
SAMPLES = 4
TRIES = 60
# a gradient that is known no better than this is hidden by rounding
HIDDEN = 1e-3


@dataclass(frozen=True)
class Comparison:
    """The verdict of one judge on all gradients; `judge` says how it found its own."""

    judge: str
    rows: tuple[Row, ...]

    @property
    def agrees(self) -> bool:
        return all(row.agrees for row in self.rows)


@dataclass(frozen=True)
class CheckReport:
    """What every judge says of the derived gradients."""

    judgements: tuple[Comparison, ...]

    @property
    def agrees(self) -> bool:
        return all(j.agrees for j in self.judgements)

    @property
    def summary(self) -> str:
        """The verdict in one line.

        >>> check(mlp([2, 3, 1], activation="tanh")).summary
        '4 gradients agree with textbook loops and complex steps'
        """
        judges = " and ".join(judgement.judge for judgement in self.judgements)
        differing = self._list_differing()
        if differing:
            return f"{', '.join(differing)} DIFFER from {judges}"
        count = len(self.judgements[0].rows)
        return f"{count} gradient{'s agree' if count != 1 else ' agrees'} with {judges}"

    def _list_differing(self) -> list[str]:
        return sorted({r.name for j in self.judgements for r in j.rows if not r.agrees})

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary)}</p><pre>{escape(self.text)}</pre>"

    @property
    def text(self) -> str:
        """A table with a row for each parameter and judge, and a line on how sharply they see."""
        names = [row.name for judgement in self.judgements for row in judgement.rows]
        width = max(map(len, ("gradient", *names))) + 2
        lines = [
            f"{'gradient':<{width}}{'judge':<25}{'max abs diff':>13}{'max rel diff':>14}"
            f"{'sees':>10}  verdict"
        ]
        for judgement in self.judgements:
            for row in judgement.rows:
                lines.append(
                    f"{row.name:<{width}}{judgement.judge:<25}{row.absolute:>13.1e}"
                    f"{row.relative:>14.1e}{_word_sharpness(row):>10}  {_word_verdict(row)}"
                )
        lines += [
            "",
            "sees: the smallest relative mistake that would differ (-: none of a gradient of 0)",
        ]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON; what is infinite is None."""
        return {
            "agrees": self.agrees,
            "judgements": [
                {
                    "judge": judgement.judge,
                    "agrees": judgement.agrees,
                    "gradients": [
                        {
                            "name": row.name,
                            "agrees": row.agrees,
                            "max_abs_diff": _finite(row.absolute),
                            "max_rel_diff": _finite(row.relative),
                            "sees": _finite(row.sharpness),
                            "entries": row.count,
                        }
                        for row in judgement.rows
                    ],
                }
                for judgement in self.judgements
            ],
        }

    def __repr__(self) -> str:
        return f"CheckReport({self.summary})"


def _word_verdict(row: Row) -> str:
    if not row.agrees:
        return "DIFFERS"
    return "hidden by rounding" if HIDDEN <= row.sharpness < math.inf else "agrees"


def _word_sharpness(row: Row) -> str:
    return f"{row.sharpness:.0e}" if math.isfinite(row.sharpness) else "-"


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def check(net: Declarable, seed: int = 1, dtype: DTypeLike | None = None) -> CheckReport:
    """Hold the gradients of the compiled program against those of independent ways.

    Without values it is checked on random ones, drawn from `seed`; a generic sigma as a sigmoid.
    `dtype` is the precision that the program computes in.

    Raises:
        InputError: a depth or sizes that are not given; a network without gradients; values for
            which the cost or a gradient is not defined (1/0, log of a negative, an overflow).

    >>> check(mlp([2, 3, 1], activation="tanh"))
    CheckReport(4 gradients agree with textbook loops and complex steps)
    """
    declared = declare(net)
    network = _make_concrete(declared)
    system = declared.system if network is None else network.system
    program = compile_system(system, dtype)
    values = declared.values or draw_values(declared, program, seed)
    gradients = _compute_gradients(declared, program, values)
    return check_gradients(system, network, gradients, values, program)


def check_gradients(
    system: System,
    network: Network | None,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
    program: Program | Formulas | None = None,
) -> CheckReport:
    """Hold gradients by name ("W1", "b1", ...), from wherever they are, against the judges.

    A layered network of textbook activations and cost is judged by the textbook's loops and by
    complex steps through its forward pass; any other system by the slopes of its equations. Every
    entry may differ by what rounding may move it in the compiled program (`program`, where it is
    at hand), in the precision that the gradients have.

    >>> net = mlp([1, 1], activation="identity")
    >>> values = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    >>> right = check_gradients(net.system, net, {"W1": [[11.0]], "b1": [5.5]}, values)
    >>> wrong = check_gradients(net.system, net, {"W1": [[11.0]], "b1": [-5.5]}, values)
    >>> right.agrees, wrong.agrees
    (True, False)
    """
    import numpy as np

    from symbackprop.reference.rounding import measure_rounding

    if program is None:
        single = all(getattr(g, "dtype", None) == np.float32 for g in gradients.values())
        program = compile_system(system, np.float32 if single else np.float64)
    # W1, W2, ..., b1: as people read them
    gradients = dict(sorted(gradients.items(), key=lambda item: (len(item[0]), item[0])))
    given = {name: np.asarray(value, program.dtype) for name, value in values.items()}
    with np.errstate(all="ignore"):
        rounding = measure_rounding(lambda arrays: program(arrays).gradients, given)
        if network is not None and _is_textbook(network):
            judgements = _judge_by_textbook(network, gradients, values, rounding)
        else:
            sizes = _find_sizes(program, values)
            sized = replace(system, sizes={**system.sizes, **sizes})
            judgements = [_judge_by_slopes(sized, gradients, values, rounding)]
    return CheckReport(tuple(judgements))


# --- what is checked ---------------------------------------------------------------------------


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

        sizes = {**self.system.sizes, **_find_sizes(self, values)}
        evaluation = _evaluate(replace(self.system, sizes=sizes), values, PRECISE, traced=False)
        try:
            numbers = collect_numbers(evaluation)
        except InputError:
            # as a program does
            return Result(np.nan)
        gradients = {n: np.array(_as_floats(g)) for n, g in numbers["gradients"].items()}
        return Result(float(numbers["cost"]), gradients)


def compile_system(system: System, dtype: DTypeLike | None = None) -> Program | Formulas:
    """The numpy program of a system, or its formulas where it has none."""
    from symbackprop.programs.callables import lambdify

    try:
        return lambdify(system, dtype)
    except NoMatrixFormError:
        return Formulas(fold(gather_deltas(derive_backward(system))))


# --- numbers to check on -----------------------------------------------------------------------


def _make_concrete(declared: Declared) -> Network | None:
    """The network with a sigmoid for each generic sigma."""
    network = declared.network
    if network is None:
        return None
    if network.widths is None:
        raise InputError(
            f"{declared.title}: a check needs numbers; give widths such as 2-3-1, "
            f"or a [values] table in the file"
        )
    if all(row.formula or row.vector for row in network.activations):
        return network
    return mlp(
        network.widths,
        activation=[r if r.formula or r.vector else "sigmoid" for r in network.activations],
        cost=network.cost,
        bias=network.bias,
        batch=network.batch,
        regularized=network.regularized,
    )


def draw_values(declared: Declared, program: Program | Formulas, seed: int) -> dict[str, Any]:
    """Random numbers for all that a system is given, for which its cost is defined.

    Raises:
        InputError: a size that is not given; no such numbers were found.

    >>> from symbackprop.programs.callables import lambdify
    >>> net = mlp([2, 3], activation="tanh")
    >>> sorted(draw_values(declare(net), lambdify(net), seed=1))
    ['W1', 'b1', 'x', 'y']
    """
    import numpy as np

    found: dict[str, Any] | None = None
    for attempt in range(TRIES):
        generator = np.random.default_rng([seed, attempt])
        # a logarithm or a root of sums may ask for numbers that are all positive
        values = dict(_draw(declared, program, generator, attempt >= TRIES // 3))
        with np.errstate(all="ignore"):
            result = program(values)
        if _is_finite(result):
            found = values
            # twice a gradient of 0 is 0: a network of dead neurons shows no mistake
            if all(np.any(value) for value in result.gradients.values()):
                break
    if found is None:
        raise InputError(
            f"{declared.title}: no random values were found for which the cost is defined: "
            f"{_find_undefined(program, values)}"
        )
    return found


def _draw(
    declared: Declared, program: Program | Formulas, generator: Any, positive: bool
) -> Iterator[tuple[str, Any]]:
    import numpy as np

    system = program.system
    totals = {name_of(given.function): float(total) for given, total in system.assumptions}
    samples = system.sample.high if system.sample else None
    for slot in program.slots:
        shape = tuple(SAMPLES if length == samples else length for length in slot.lengths)
        free = [str(length) for length in shape if isinstance(length, Expr)]
        if free:
            raise InputError(
                f"{declared.title}: a check needs numbers; the size {free[0]} of {slot.label} "
                f"is a symbol: give sizes, or a [values] table in the file"
            )
        if slot.quantity.role in ("target", "constant"):
            values = generator.uniform(0.1, 0.9, shape)
        else:
            values = generator.normal(size=shape) / np.sqrt(shape[-1] if len(shape) > 1 else 1)
            # smaller where nothing cancels, so that nothing grows through many layers
            values = np.abs(values) / np.sqrt(1 + max(shape, default=1)) if positive else values
        if slot.quantity.name in totals:
            values *= totals[slot.quantity.name] / values.sum(axis=-1, keepdims=True)
        yield slot.label, np.asarray(values)


def _find_sizes(program: Program | Formulas, values: Mapping[str, Any]) -> dict[Expr, int]:
    """The sizes that only the values tell: the number of samples."""
    import numpy as np

    from symbackprop.programs.arrays import check_array

    sizes: dict[Expr, int] = {}
    for slot in program.slots:
        check_array(slot, np.asarray(values[slot.label]), sizes)
    return sizes


# --- values for which nothing is defined -------------------------------------------------------


def _compute_gradients(
    declared: Declared, program: Program | Formulas, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The gradients of the program; a value that is not defined is no mistake of the program.

    Raises:
        InputError: the cost, or the formula of a gradient, is not defined for these values.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        result = program(values)
    if _is_finite(result):
        return result.gradients
    reason = _find_undefined(program, values)
    if reason is None and not np.isfinite(result.cost):
        reason = "a number on the way to the cost is too large"
    if reason is not None:
        raise InputError(f"{declared.title}: {reason}")
    return result.gradients


def _is_finite(result: Result) -> bool:
    import numpy as np

    return all(np.isfinite(value).all() for value in (result.cost, *result.gradients.values()))


def _find_undefined(program: Program | Formulas, values: Mapping[str, Any]) -> str | None:
    """What has no value in the derived equations, taken at their word."""
    sizes = {**program.system.sizes, **_find_sizes(program, values)}
    evaluation = _evaluate(replace(program.system, sizes=sizes), values, DOUBLE, traced=False)
    wanted = [e for e in program.system.equations if e.role in ("forward", "gradient")]
    try:
        for equation in wanted:
            for place in evaluation.world.places(equation.axes):
                evaluation.number(equation.lhs, place)
    except InputError as error:
        return str(error)
    return None


def _evaluate(
    system: System, values: Mapping[str, Any], arithmetic: Arithmetic, traced: bool
) -> Evaluation:
    import numpy as np

    nested = {name: np.asarray(value).tolist() for name, value in values.items()}
    return evaluate_system(system, nested, traced=traced, arithmetic=arithmetic)


# --- judges ------------------------------------------------------------------------------------


def _is_textbook(network: Network) -> bool:
    """Whether the reference states these very functions, too."""
    from symbackprop.reference.activations import ACTIVATIONS
    from symbackprop.reference.costs import COSTS

    return network.cost.name in COSTS and all(
        row.name in ACTIVATIONS and row == find_activation(row.name) for row in network.activations
    )


def _judge_by_textbook(
    network: Network,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
    rounding: Mapping[str, Any],
) -> list[Comparison]:
    """The loops, on every entry; and complex steps through the forward pass, on some."""
    from symbackprop.reference.compare import compare
    from symbackprop.reference.differences import choose_entries, differentiate_complex
    from symbackprop.reference.loops import backprop, forward_cost
    from symbackprop.reference.rounding import measure_rounding

    def run_loops(arrays: Mapping[str, Any]) -> dict[str, Any]:
        result = backprop(**_arguments(network, arrays))
        named = _by_name(result.weights, result.biases)
        return {name: named[name] for name in gradients}

    def run_forward(arrays: Mapping[str, Any]) -> Any:
        return forward_cost(**_arguments(network, {**values, **arrays}))

    own = measure_rounding(run_loops, values)
    allowed = {name: own[name] + rounding[name] for name in gradients}
    arrays = {name: values[name] for name in gradients}
    entries = choose_entries(arrays, max(1, ENTRIES_FOR_STEPS // len(arrays)))
    steps = differentiate_complex(run_forward, arrays, entries=entries)
    return [
        Comparison("textbook loops", tuple(compare(gradients, run_loops(values), allowed))),
        Comparison("complex steps", tuple(compare(gradients, steps, allowed, entries=entries))),
    ]


def _arguments(network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    layers = range(1, len(network.widths or ()))
    biases = None if network.bias == "none" else [values[f"b{layer}"] for layer in layers]
    return {
        "weights": [values[f"W{layer}"] for layer in layers],
        "biases": biases,
        "x": values["x"],
        "y": values["y"],
        "activations": [a.name for a in network.activations],
        "cost": network.cost.name,
        "regularization": values.get("lambda", 0.0),
    }


def _by_name(weights: Any, biases: Any) -> dict[str, Any]:
    named = {f"W{layer}": w for layer, w in enumerate(weights, 1)}
    return named | {f"b{layer}": b for layer, b in enumerate(biases or (), 1)}


def _judge_by_slopes(
    system: System,
    gradients: Mapping[str, Any],
    values: Mapping[str, Any],
    rounding: Mapping[str, Any],
) -> Comparison:
    """The slope of each equation, multiplied along all paths: in doubles, and once more with 50
    digits where these do not agree.

    Raises:
        InputError: an equation is not defined for these values.
    """
    from symbackprop.reference.compare import compare

    rows: list[Row] = []
    problem: InputError | None = None
    for arithmetic in (DOUBLE, PRECISE):
        try:
            judged = _multiply_slopes(system, values, arithmetic)
        except InputError as error:
            problem = error
            continue
        rows = compare(gradients, {name: judged[name] for name in gradients}, rounding)
        if all(row.agrees for row in rows):
            break
    if not rows:
        raise InputError(f"there is nothing to check: {problem}")
    return Comparison("slopes of the equations", tuple(rows))


def _multiply_slopes(
    system: System, values: Mapping[str, Any], arithmetic: Arithmetic
) -> dict[str, Any]:
    evaluation = _evaluate(system, values, arithmetic, traced=True)
    evaluation.run_forward()
    world = evaluation.world
    entries = [key for key in world.numbers if key not in world.sizes]
    slopes = {key: world.derivative((system.cost,), key) for key in entries}
    by_key = build_world(system, world.sizes, slopes, arithmetic=arithmetic, traced=False)
    arrays = list_arrays(replace(evaluation, world=by_key), ("parameter", "input"))
    return {name: _as_floats(array) for name, array in arrays}


def _as_floats(nested: Any) -> Any:
    return [_as_floats(part) for part in nested] if isinstance(nested, list) else float(nested)
