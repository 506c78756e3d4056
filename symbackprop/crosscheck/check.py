"""Hold gradients against every judge that knows the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symbackprop.crosscheck.computations import (
    Formulas,
    compile_system,
    compute_gradients,
    find_sizes,
)
from symbackprop.crosscheck.judges import is_textbook, judge_by_slopes, judge_by_textbook
from symbackprop.crosscheck.reports import CheckReport
from symbackprop.crosscheck.values import draw_missing_sizes, draw_values, make_concrete
from symbackprop.equations import System
from symbackprop.network.declared import Declarable, declare
from symbackprop.network.network import Network

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from symbackprop.programs.callables import Program


def check(net: Declarable, seed: int = 1, dtype: DTypeLike | None = None) -> CheckReport:
    """Hold the gradients of the compiled program against those of independent ways.

    Without values it is checked on random ones, drawn from `seed`; so are sizes that are symbols;
    a generic sigma is a sigmoid.
    `dtype` is the precision that the program computes in.

    Raises:
        InputError: a network without gradients; values without a depth; values for which the
            cost or a gradient is not defined (1/0, log of a negative, an overflow).

    >>> from symbackprop.network.network import mlp
    >>> check(mlp([2, 3, 1], activation="tanh"))
    CheckReport(4 gradients agree with textbook loops and complex steps)
    >>> check(mlp(activation="tanh", bias="none"))
    CheckReport(3 gradients agree with textbook loops and complex steps on 4-2-3-5)
    """
    declared, drawn = draw_missing_sizes(declare(net), seed)
    network = make_concrete(declared)
    system = declared.system if network is None else network.system
    program = compile_system(system, dtype)
    values = declared.values or draw_values(declared, program, seed)
    gradients = compute_gradients(declared, program, values)
    return replace(check_gradients(system, network, gradients, values, program), drawn=drawn)


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

    >>> from symbackprop.network.network import mlp
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
        if network is not None and is_textbook(network):
            judgements = judge_by_textbook(network, gradients, values, rounding)
        else:
            sizes = find_sizes(program, values)
            sized = replace(system, sizes={**system.sizes, **sizes})
            judgements = [judge_by_slopes(sized, gradients, values, rounding)]
    return CheckReport(tuple(judgements))
