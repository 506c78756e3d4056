"""Sheets in every format: KaTeX and pdflatex take every view, preset and language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fixture_networks import NETWORKS, derive, list_entries
from latex_judges import compile_document, needs_pdflatex, refuse_in_katex

from symbackprop.choices import FORMATS
from symbackprop.derivation.updates import add_updates
from symbackprop.derivation.views import take_scalar
from symbackprop.errors import InputError
from symbackprop.notation import PRESETS, Notation, find_preset
from symbackprop.printing.arrange import arrange_domain
from symbackprop.printing.documents import Line, Section, Sheet, display, render_sheet
from symbackprop.printing.formula import arrange_formula
from symbackprop.printing.layout import Letter, Number, Product, Relation, Total
from symbackprop.printing.numeric import arrange_numeric, list_values
from symbackprop.printing.words import find_word

PARTS = {
    "forward pass": "forward",
    "errors": "adjoint",
    "gradients": "gradient",
    "updates": "update",
}
LANGUAGES = {"en": ".", "es": ","}


def make_sheet(network: str, view: str, notation: Notation) -> Sheet:
    system = add_updates(derive(network))
    language = notation.language
    if view == "numeric":
        lines = []
        for equation in list_entries(system):
            values = {e: -0.125 for e in list_values(equation.rhs)} | {equation.lhs: 4.2e-7}
            lines.append(Line(arrange_numeric(equation, system, notation, values)))
        section = Section(find_word("numbers", language), tuple(lines))
        return Sheet(find_word("title", language), (section,))
    if view == "scalar":
        system = take_scalar(system)
    equations = tuple(list_entries(system)) if view == "component" else system.equations
    sections = []
    for part, role in PARTS.items():
        lines = [
            Line(
                arrange_formula(e, system, notation, view),
                find_word("weighted sum", language),
                arrange_domain(e, system, notation),
            )
            for e in equations
            if e.role == role
        ]
        sections.append(Section(find_word(part, language), tuple(lines)))
    return Sheet(find_word("title", language), tuple(sections))


CASES = [
    (network, view)
    for network in NETWORKS
    for view in ("scalar", "indexed", "matrix", "component", "numeric")
    if not (view in ("component", "numeric") and network != "mazur")
    and not (view == "scalar" and network == "softmax")
]


@cache
def list_sheets() -> tuple[Sheet, ...]:
    """Every network and view in every preset; each preset and each case in each language."""
    sheets = []
    for number, preset in enumerate(PRESETS):
        for place, (network, view) in enumerate(CASES, start=number):
            language, decimal = list(LANGUAGES.items())[place % len(LANGUAGES)]
            notation = find_preset(preset, language=language, decimal=decimal)
            sheets.append(make_sheet(network, view, notation))
    return tuple(sheets)


def test_katex_takes_every_view_and_preset() -> None:
    seen = set()
    for sheet in list_sheets():
        seen |= set(re.findall(r"\\\[\n(.*?)\n\\\]", render_sheet(sheet, "latex"), re.DOTALL))
    assert len(seen) > 300
    for formula in seen:
        assert refuse_in_katex(formula) is None, formula


@needs_pdflatex
def test_pdflatex_takes_every_view_and_preset(tmp_path: Path) -> None:
    sections = [s for sheet in list_sheets() for s in sheet.sections]
    whole = Sheet("Retropropagación & δ_x < 100%", tuple(sections))
    compile_document(render_sheet(whole, "document"), tmp_path)


@needs_pdflatex
@pytest.mark.parametrize("view", ["matrix", "numeric"])
def test_slides_compile(view: str, tmp_path: Path) -> None:
    sheet = make_sheet("mazur", view, PRESETS["mazur"])
    short = Sheet(sheet.title, tuple(Section(s.heading, s.lines[:6]) for s in sheet.sections))
    compile_document(render_sheet(short, "beamer"), tmp_path)


def test_every_format_shows_title_headings_and_formulas() -> None:
    sheet = make_sheet("mlp", "matrix", find_preset("nielsen", language="es"))
    for to in FORMATS:
        written = render_sheet(sheet, to)
        assert "Retropropagación" in written and "Propagación hacia delante" in written
        assert ("δˡ = ((wˡ⁺¹)ᵀ δˡ⁺¹)" if to == "text" else r"(w^{l+1})^{T} \delta^{l+1}") in written


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'beamer'"):
        render_sheet(Sheet("", ()), "beemer")


a, b, c = map(Letter, "abc")


def test_lines_with_the_same_left_side_are_one_display() -> None:
    lines = (Line(Relation((a, b)), "Cost"), Line(Relation((a, c))))
    formula = display(lines)
    assert formula.splitlines()[1:3] == [r"a & = b \qquad \text{Cost} \\", "& = c"]


def test_lines_that_say_nothing_are_left_out() -> None:
    sheet = Sheet("t", (Section("s", (Line(Relation((a, a))), Line(Relation((a, b))))),))
    assert render_sheet(sheet, "markdown").count("$$") == 2


def test_long_sums_are_broken_with_their_signs() -> None:
    terms = tuple(("-", Product((Number("0.123456789"), b), "dot")) for _ in range(9))
    formula = display((Line(Relation((a, Total((("+", b), *terms))))),))
    assert formula.count(r"\\") >= 1
    assert formula.count("-") == 9
    assert refuse_in_katex(formula) is None


def test_slides_uncover_row_by_row() -> None:
    sheet = Sheet("t", (Section("s", (Line(Relation((a, b, c))),)),))
    written = render_sheet(sheet, "beamer")
    assert r"\uncover<2->{= c}" in written
    assert r"\uncover<1->" not in written
