"""Explanations as they stand on the board: read by hand once, said once, true as printed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from kinds import KINDS
from latex_judges import compile_document, needs_pdflatex

from symbackprop.equations import Equation, System
from symbackprop.network.declared import load
from symbackprop.network.network import mlp
from symbackprop.pipeline import Derived, derive
from symbackprop.printing.board import Board, has_direct
from symbackprop.printing.layout import Letter, Partial, Relation

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parents[1] / "fixtures" / "explanations"
# fixture --> what is explained, and how
READ_BY_HAND: dict[str, tuple[Any, dict[str, str]]] = {
    "weight_decay": (mlp(regularized=True), {"view": "scalar", "wrt": "W"}),
    "recurrence_in_numbers": ("examples/rnn.toml", {"view": "numeric", "wrt": "h"}),
    "residual": ("examples/residual.toml", {"view": "indexed", "wrt": "u", "language": "es"}),
    "un_peso": ("2-3-2", {"view": "indexed", "wrt": "W1", "language": "es"}),
}


def explain(net: Any, **options: str) -> str:
    if isinstance(net, str):
        net = load(ROOT / net if net.endswith(".toml") else net)
    return derive(net).show(steps=True, **options)


@pytest.mark.parametrize("name", READ_BY_HAND)
def test_explanations_read_as_on_a_board(name: str) -> None:
    net, options = READ_BY_HAND[name]
    assert explain(net, **options) == (FIXTURES / f"{name}.txt").read_text(encoding="utf-8")


# --- said once ---------------------------------------------------------------------------------


def list_formulas(text: str) -> list[str]:
    """The formulas of a sheet, each with its left side, without reasons."""
    formulas, left = [], ""
    for line in text.splitlines():
        formula = re.split(r"\s{6,}", line.strip())[0]
        if formula.startswith("= "):
            formula = f"{left} {formula}"
        elif " = " in formula:
            left = formula.split(" = ")[0]
        formulas.append(formula)
    return [formula for formula in formulas if formula]


@pytest.mark.parametrize("name", [name for name in KINDS if name != "30 layers"])
def test_no_line_of_a_sheet_stands_twice(name: str) -> None:
    text = derive(KINDS[name]).show(steps=True, view="indexed", limit=None, width=0)
    formulas = list_formulas(text)
    assert len(formulas) == len(set(formulas))


def test_a_factor_that_stands_there_is_referred_to() -> None:
    lines = explain(mlp(), view="indexed").splitlines()
    known = [line for line in lines if "see above" in line]
    assert len(known) == 5  # ∂C/∂a below L, and each case of W and of b
    assert sum("∂aˡⱼ/∂zˡⱼ = " in line for line in lines) == 1


def test_a_factor_with_other_letters_is_the_same() -> None:
    lines = explain(mlp(), view="indexed").splitlines()
    assert [line.split()[0] for line in lines if " = δˡ⁺¹" in line] == ["∂C/∂zˡ⁺¹ₖ"]


def test_the_sign_of_a_direct_part_is_explained_once_before_it_is_used() -> None:
    text = explain("examples/rnn.toml", view="indexed")
    assert text.count("∂⁺ is the direct part") == 1
    assert text.index("∂⁺ is the direct part") < text.index("∂⁺C")
    assert "∂⁺" not in explain(mlp(), view="indexed")


def test_a_board_keeps_what_was_written() -> None:
    direct = Partial(Letter("C"), Letter("h"), direct=True)
    assert has_direct(Relation((Letter("x"), direct)))
    net = mlp()
    board = Board(net.system, "en")
    line = net.system.equations[1]
    result = Equation(line.rhs, line.lhs)
    lines = [(line, "weighted sum"), (result, "factors")]

    def arrange(equation: Equation) -> Letter:
        return Letter(str(equation.lhs))

    assert [reason for *_, reason in board.write(lines, result, arrange)] == [
        "weighted sum",
        "factors",
    ]
    other = Equation(line.rhs + 1, line.lhs)
    again = [(line, "weighted sum"), (other, "factors")]
    assert [reason for *_, reason in board.write(again, other, arrange)] == ["known factors"]


# --- one view, any view ------------------------------------------------------------------------


def test_an_explanation_keeps_to_indices() -> None:
    for options in ({"steps": True}, {"form": "chain"}):
        text = derive(mlp()).show(**options)
        assert text == derive(mlp()).show(view="indexed", **options)
        assert "⊙" not in text and "ᵀ " not in text


def test_a_braced_delta_is_named_where_text_has_no_braces() -> None:
    text = explain("2-3-2", view="indexed", wrt="W1")
    assert "  where δ¹ⱼ = (Σₚ w²ₚⱼ δ²ₚ) σ′(z¹ⱼ)\n" in text
    latex = derive(load("2-3-2")).show("latex", steps=True, view="indexed", wrt="W1")
    assert r"\underbrace{" in latex and "where" not in latex


@cache
def derive_example(name: str) -> Derived:
    return derive(load(ROOT / f"examples/{name}.toml"))


@pytest.mark.parametrize("example", ["rnn", "residual", "mazur", "softmax_classifier"])
@pytest.mark.parametrize("form", ["steps", "chain", "factors", "expanded"])
def test_every_number_of_an_explanation_agrees_with_the_next(example: str, form: str) -> None:
    options = {"steps": True} if form == "steps" else {"form": form}
    text = derive_example(example).show(view="numeric", width=0, **options)
    compared = 0
    for line in join_rows(text):
        values = [v for side in line.split(" = ") if (v := work_out(side)) is not None]
        compared += len(values) > 1
        assert values == pytest.approx(values[:1] * len(values), abs=2e-8), line
    assert compared > 10


def join_rows(text: str) -> list[str]:
    """Formulas in one line: those that go on with the left side of the line before."""
    rows: list[str] = []
    for line in text.splitlines():
        formula = re.split(r"\s{6,}", line.strip())[0]
        if formula.startswith("= ") and rows:
            rows[-1] += f" {formula}"
        elif formula:
            rows.append(formula)
    return rows


def work_out(side: str) -> float | None:
    """The number of a side that has numbers only."""
    plain = side.replace("·", "*").replace("−", "-").replace("[", "(").replace("]", ")")
    plain = plain.replace("²", "**2").replace("½", "(1/2)").replace("¼", "(1/4)")
    if not re.fullmatch(r"[-+*/(). \d]+", plain):
        return None
    return float(eval(plain))


def test_components_of_an_explanation_have_their_own_lines() -> None:
    derived = derive(load("2-3-2"))
    text = derived.show(view="component", wrt="delta1", steps=True)
    for unit in ("₁", "₂", "₃"):
        chain = next(line for line in text.splitlines() if line.startswith(f"  δ¹{unit} = "))
        assert chain.count("∂C/∂z²") == 2
    assert text.count("Weighted sum") == 6


# --- networks that go forward only -------------------------------------------------------------


def perceptron() -> Derived:
    return derive(load(ROOT / "examples/perceptron.toml"))


def test_a_step_network_prints_its_forward_pass_and_why_no_more() -> None:
    text = perceptron().show()
    assert "A¹ = step(Z¹)" in text and "step(z) = 𝟏[z > 0]" in text
    assert "= step(3) = 1" in text
    assert "There is no backward pass: step has the derivative 0" in text
    assert "No hay propagación hacia atrás" in perceptron().show(language="es", steps=True)


def test_a_step_network_in_numbers_has_them_once() -> None:
    assert perceptron().show(view="numeric").count("= step(3) = 1") == 1


def test_forward_only_is_for_graphs_too() -> None:
    from sympy import Eq, symbols

    from symbackprop.network.activations import ACTIVATIONS

    x, w, a = symbols("x w a")
    system = System([Eq(a, ACTIVATIONS["step"].function(w * x))], parameters=[w])
    assert "There is no backward pass" in derive(system).show()


@needs_pdflatex
def test_pdflatex_takes_explanations_with_sentences(tmp_path: Path) -> None:
    derived = derive(load(ROOT / "examples/rnn.toml"))
    for to in ("document", "beamer"):
        text = derived.show(to, view="indexed", steps=True, language="es")
        compile_document(text, tmp_path)
    compile_document(perceptron().show("document", language="es"), tmp_path)
