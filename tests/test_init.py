"""The front door: every public name is there, is what it says, and works."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sympy import Eq, Symbol, atan, symbols

import symbackprop
from symbackprop import (
    CheckReport,
    Declared,
    Derived,
    Equation,
    Explanation,
    Finding,
    InputError,
    Network,
    ProofError,
    System,
    check,
    declare,
    define_activation,
    define_cost,
    derive,
    draw_world,
    evaluate,
    explain,
    explain_activation,
    find_preset,
    lambdify,
    load,
    mlp,
    prove_system,
    same,
    show,
    show_parts,
    verify,
    verify_formulas,
)

NUMBERS = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
LINE = mlp([1, 1], activation="identity")


def a_system() -> System:
    w, x, f = symbols("w x f")
    return System([Eq(f, w * x)], parameters=[w])


# public name --> a call that uses it, and whether the answer is right
CALLS: dict[str, Callable[[], Any]] = {
    "CheckReport": lambda: isinstance(check("2-2"), CheckReport),
    "Declared": lambda: isinstance(load("2-2"), Declared),
    "Derived": lambda: isinstance(derive("2-2"), Derived),
    "Equation": lambda: Equation(Symbol("z"), Symbol("x")).name == "z",
    "Explanation": lambda: isinstance(explain("2-2", "b1"), Explanation),
    "Finding": lambda: isinstance(verify("$a = b$")[0], Finding),
    "InputError": lambda: issubclass(InputError, ValueError),
    "Network": lambda: isinstance(mlp(), Network),
    "ProofError": lambda: issubclass(ProofError, AssertionError),
    "System": lambda: a_system().cost == "f",
    "check": lambda: check("2-3-2").agrees,
    "declare": lambda: declare([2, 3]).network.widths == (2, 3),
    "define_activation": lambda: (
        derive(mlp(activation=define_activation("arctan", atan(Symbol("z"))))).summary
    ),
    "define_cost": lambda: (
        derive(mlp(cost=define_cost("quartic", (Symbol("a") - Symbol("y")) ** 4))).summary
    ),
    "derive": lambda: derive(mlp()).system.definitions["∂C/∂W"],
    "draw_world": lambda: draw_world(LINE.system, seed=1).look_up(("C",)) >= 0,
    "evaluate": lambda: evaluate(LINE, NUMBERS)["cost"] == 15.125,
    "explain": lambda: len(explain(mlp(), "W")) == 2,
    "explain_activation": lambda: (
        explain_activation(define_activation("arctan", atan(Symbol("z")))).steps
    ),
    "find_preset": lambda: find_preset("ng").name == "ng",
    "lambdify": lambda: lambdify(LINE)(NUMBERS).cost == 15.125,
    "load": lambda: load("examples/mazur.toml").values,
    "mlp": lambda: mlp([2, 2]).widths == (2, 2),
    "prove_system": lambda: prove_system(derive("2-2").system).exact == 6,
    "same": lambda: same("a^L - y", "-(y - a^L)"),
    "show": lambda: "∂C/∂w" in show(mlp(), wrt="W"),
    "show_parts": lambda: "".join(show_parts("2-3-1")) == show("2-3-1"),
    "verify": lambda: verify(r"a^l = \sigma(z^l)")[0].is_good,
    "verify_formulas": lambda: verify_formulas([r"a^l = \sigma(z^l)"])[0][0].is_good,
}


@pytest.mark.parametrize("name", symbackprop.__all__)
def test_every_public_name_works(name: str) -> None:
    assert CALLS[name]()


def test_there_are_no_other_names() -> None:
    assert set(CALLS) == set(symbackprop.__all__) == set(dir(symbackprop))


@pytest.mark.parametrize("name", symbackprop.__all__)
def test_verbs_are_functions_and_nouns_are_types(name: str) -> None:
    found = getattr(symbackprop, name)
    assert inspect.isclass(found) if name[0].isupper() else inspect.isfunction(found)
    assert found.__doc__


def test_no_folder_hides_a_function() -> None:
    folder = Path(symbackprop.__file__).parent
    assert not {p.stem for p in folder.iterdir()} & set(symbackprop.__all__)


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'derivate'"):
        symbackprop.derivate  # noqa: B018


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "symbackprop.__version__"
    }
