"""The whole story: what is shown in every view, form, notation, language and format."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from latex_judges import compile_document, compile_many, needs_pdflatex, refuse_in_katex

from symbackprop import Derived, check, derive, evaluate, explain, load, show
from symbackprop.choices import FORMS, LANGUAGES, NOTATIONS, VIEWS
from symbackprop.errors import InputError
from symbackprop.network.network import mlp

EXAMPLES = Path("examples")
SYMBOLIC = tuple(view for view in VIEWS if view not in ("component", "numeric"))


@pytest.fixture(scope="module")
def mazur() -> Derived:
    return derive(load(EXAMPLES / "mazur.toml"))


@pytest.fixture(scope="module")
def generic() -> Derived:
    return derive(mlp())


@pytest.fixture(scope="module")
def softmax() -> Derived:
    return derive(mlp(activation="softmax", cost="cross-entropy", batch=True, regularized=True))


def displays(markdown: str) -> list[str]:
    return re.findall(r"\$\$\n(.*?)\n\$\$", markdown, flags=re.DOTALL)


@pytest.fixture(scope="module")
def shown(mazur: Derived, generic: Derived, softmax: Derived) -> dict[tuple, list[str]]:
    """Every display of every view, form and notation; each of these in each language."""
    everything = {}
    for places in product(*map(range, map(len, (VIEWS, FORMS, NOTATIONS)))):
        tables = (VIEWS, FORMS, NOTATIONS)
        view, form, notation = (t[i] for t, i in zip(tables, places, strict=True))
        language = LANGUAGES[sum(places) % len(LANGUAGES)]
        given = {"view": view, "form": form, "notation": notation, "language": language}
        for name, derived in (("mazur", mazur), ("generic", generic), ("softmax", softmax)):
            if (name != "mazur" and view not in SYMBOLIC) or (name, view) == ("softmax", "scalar"):
                continue
            decimal = "," if language == "es" else "."
            found = displays(show(derived, "markdown", decimal=decimal, **given))
            assert found, given
            everything[name, *given.values()] = found
    return everything


def test_katex_takes_every_combination(shown) -> None:
    assert len(shown) >= 200
    formulas = sorted({formula for found in shown.values() for formula in found})
    for formula in formulas:
        assert refuse_in_katex(formula) is None, formula
        assert r"\left." not in formula
        assert "\\mathrm{d}" not in formula and r"\circ" not in formula


@needs_pdflatex
def test_pdflatex_takes_every_combination(shown) -> None:
    compile_many(sorted({formula for found in shown.values() for formula in found}))


@needs_pdflatex
@pytest.mark.parametrize("to", ["document", "beamer"])
def test_documents_and_slides_compile(mazur, softmax, to, tmp_path) -> None:
    # each line of a slide is a page of its own: those of one gradient are enough
    chosen = {"wrt": "W"} if to == "beamer" else {}
    for derived, language in zip((mazur, softmax), LANGUAGES, strict=True):
        source = show(derived, to, language=language, **chosen)
        pdf = compile_document(source, tmp_path / language)
        assert pdf.stat().st_size > 5_000


def test_the_words_are_those_of_the_language(generic) -> None:
    assert "Gradients" in show(generic)
    assert "Gradientes" in show(generic, language="es")
    assert "Regla de la cadena" in show(generic, language="es", wrt="W", steps=True)


def test_the_decimal_mark_is_chosen(mazur) -> None:
    assert "0,3775" in show(mazur, decimal=",")
    assert "0{,}3775" in show(mazur, "latex", decimal=",")


def test_mazurs_first_line_is_worked_as_on_his_page(mazur) -> None:
    line = "net_h1 = w₁ · i₁ + w₂ · i₂ + b₁ · 1 = 0.15 · 0.05 + 0.2 · 0.1 + 0.35 · 1 = 0.3775"
    assert line in show(mazur)


PUBLISHED = """
    0.3775 0.593269992 0.596884378 1.105905967 0.75136507 0.772928465 0.274811083 0.023560026
    0.298371109 0.082167041 0.35891648 0.408666186 0.51130127 0.561370121 0.000438568
    0.149780716 0.19956143 0.24975114 0.2995022
"""


@pytest.mark.parametrize("number", PUBLISHED.split())
def test_every_number_of_mazurs_page_is_shown(mazur, number) -> None:
    assert number in show(mazur)


def test_evaluate_has_the_names_of_the_notation() -> None:
    found = evaluate(load(EXAMPLES / "mazur.toml"))
    assert list(found) == ["cost", "forward", "delta", "gradients", "updated"]
    assert found["forward"]["net_h1"] == pytest.approx(0.3775)
    assert found["forward"]["E_o1"] == pytest.approx(0.274811083, abs=6e-10)
    assert found["gradients"]["w5"] == pytest.approx(0.082167041, abs=6e-10)
    assert found["updated"]["b1"] == pytest.approx(0.35 - 0.5 * found["gradients"]["b1"])


def test_evaluate_has_arrays_elsewhere() -> None:
    found = evaluate(load(EXAMPLES / "softmax_classifier.toml"))
    assert set(found["gradients"]) == {"W1", "W2", "b1", "b2"}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_derives_and_agrees(path) -> None:
    declared = load(path)
    if declared.is_forward_only:
        assert "no backward pass" in show(derive(declared))
        with pytest.raises(InputError, match="step has no gradient"):
            show(derive(declared), wrt="W")
        return
    assert show(derive(declared))
    if declared.values:
        assert check(declared).agrees


def test_wrt_chooses(generic) -> None:
    chosen = show(derive(load("2-3-2")), wrt="W1")
    assert "w¹" in chosen and "w²" not in chosen
    assert "∂C/∂w" in show(generic, wrt="W")


def test_a_named_weight_can_be_asked_for(mazur) -> None:
    chosen = show(mazur, wrt="w5")
    assert "∂E_total/∂w₅" in chosen and "0.082167041" in chosen and "w₆" not in chosen
    with pytest.raises(InputError, match="the matrix view shows whole layers"):
        show(mazur, wrt="w5", view="matrix")


BAD = {
    "did you mean 'matrix'": {"view": "matrx"},
    "did you mean 'chain'": {"form": "chian"},
    "did you mean 'nielsen'": {"notation": "nilsen"},
    "unknown quantity 'V'; Known: all": {"wrt": "V"},
    "there are L layers, a symbol; ask for W or WL": {"wrt": "W1"},
    "give widths": {"view": "component"},
    "there are no values": {"view": "numeric", "wrt": "W"},
}


@pytest.mark.parametrize("message", BAD)
def test_requests_that_cannot_be_met_say_why(generic, message) -> None:
    with pytest.raises(InputError, match=message):
        show(generic, **BAD[message])


def test_too_many_formulas_are_counted_not_printed() -> None:
    derived = derive(load("784-15-10"))
    with pytest.raises(InputError, match=r"that is \d\d,\d{3} formulas.*--wrt.*--all"):
        show(derived, view="component")


def test_notebooks_show_latex(generic) -> None:
    latex = generic._repr_latex_()
    assert latex.startswith("$$") and latex.endswith("$$")
    assert refuse_in_katex(latex.strip("$")) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-2", "not a positive integer"),
        ("2", "at least two"),
        ("2-99999999", "seven digits"),
        ("nowhere.toml", "no such file"),
    ],
)
def test_bad_networks_are_refused(text, message) -> None:
    with pytest.raises(InputError, match=message):
        load(text)


def test_derive_takes_what_is_shown() -> None:
    derived = derive(load("2-3-2"), wrt="W2, b1")
    assert str(derived) == show(derive(load("2-3-2")), wrt="W2, b1")
    assert str(explain(derived)) == str(explain(load("2-3-2"), "W2, b1"))
    assert "w¹" in show(derived, wrt="W1")
    with pytest.raises(InputError, match="W has the layers 1 to 2"):
        derive(load("2-3-2"), wrt="W3")
