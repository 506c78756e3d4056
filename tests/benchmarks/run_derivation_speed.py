"""How long deriving, proving and showing take, and how starting compares with importing sympy.

Run it by itself: python tests/benchmarks/run_derivation_speed.py, with --once to see that it runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from sympy.core.cache import clear_cache

import symbackprop
from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.equations import System
from symbackprop.network.network import mlp
from symbackprop.proofs import prove_system

ROUNDS = 5
GOAL_MILLISECONDS = 50.0


def derive(system: System) -> System:
    return fold(gather_deltas(derive_backward(system)))


def show_formulas() -> Callable[[], Any]:
    formulas = symbackprop.derive(mlp())
    return lambda: symbackprop.show(formulas, "text", view="matrix")


def measure(make: Callable[[], Callable[[], Any]], rounds: int) -> tuple[float, float]:
    """The first and the median time in milliseconds; sympy's cache is emptied before each."""
    times = []
    for _ in range(rounds):
        function = make()
        clear_cache()
        start = perf_counter()
        function()
        times.append((perf_counter() - start) * 1e3)
    return times[0], median(times)


def measure_processes(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """The median time of each command; they take turns, so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            times[name].append(perf_counter() - start)
    return {name: median(found) for name, found in times.items()}


def report(what: str, ratio: float, goal: float, detail: str) -> None:
    print(f"{what:<44} {ratio:>7.2f}  goal {goal:>5.2f}  {detail}")


def main(rounds: int) -> None:
    derived = derive(mlp().system)
    parts = {
        "derive and fold mlp()": lambda: lambda: derive(mlp().system),
        "prove it": lambda: lambda: prove_system(derived),
        "show its matrix view as text": show_formulas,
    }
    for name, make in parts.items():
        first, usual = measure(make, rounds)
        report(
            f"{name}, of 50 ms",
            usual / GOAL_MILLISECONDS,
            1.0,
            f"{usual:.0f} ms, the first time {first:.0f} ms",
        )
    _, four = measure(lambda: lambda: derive(mlp([2] * 5).system), rounds)
    _, many = measure(lambda: lambda: derive(mlp([2] * 257).system), rounds)
    report("256 layers to 4 layers", many / four, 80.0, f"{many:.0f} ms to {four:.0f} ms")
    _, narrow = measure(lambda: lambda: derive(mlp([2, 2, 2]).system), rounds)
    _, wide = measure(lambda: lambda: derive(mlp([784, 512, 10]).system), rounds)
    report("784-512-10 to 2-2-2", wide / narrow, 1.2, f"{wide:.0f} ms to {narrow:.0f} ms")
    seconds = measure_processes(
        {
            "sympy": ["-c", "import sympy"],
            "derive": ["-m", "symbackprop", "derive", "mlp"],
            "help": ["-m", "symbackprop", "--help"],
        },
        rounds,
    )
    for name, command, goal in (
        ("derive", "symbackprop derive mlp", 1.45),
        ("help", "symbackprop --help", 0.15),
    ):
        report(
            f"{command} to import sympy",
            seconds[name] / seconds["sympy"],
            goal,
            f"{seconds[name]:.2f} s to {seconds['sympy']:.2f} s",
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="only see that everything runs")
    main(1 if parser.parse_args().once else ROUNDS)
