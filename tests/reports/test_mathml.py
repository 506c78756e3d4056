"""LaTeX as MathML: harmless, always something, and in letters that browsers have."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import InputError
from symbackprop.reports import mathml

pytest.importorskip("latex2mathml")

PIECES = (
    r"a b { } ^ _ \frac \sqrt \begin{cases} \end{cases} & \\ \left( \right) \text{<b>} "
    r"\class{slip} \underline \mathbb R \overset % < > ' ] [ \hline \limits \sum"
)


@given(st.lists(st.sampled_from(PIECES.split()), max_size=12))
def test_what_cannot_be_rendered_is_shown_as_it_is_written(pieces: list[str]) -> None:
    shown = mathml.render(" ".join(pieces), mathml.find_converter())
    assert ElementTree.fromstring(shown).tag.endswith(("math", "code"))


def test_letters_of_other_alphabets_are_letters() -> None:
    shown = mathml.render(r"\mathbb{R N} \mathbf{x} \mathcal{L}", mathml.find_converter())
    assert all(letter in shown for letter in "ℝℕ𝐱ℒ")


def test_labels_comments_and_alignment_leave_no_trace() -> None:
    latex = "a &= b \\label{eq:one} % a comment\n + \\ensuremath{c} \\nonumber"
    shown = mathml.render(latex, mathml.find_converter())
    assert "".join(ElementTree.fromstring(shown).itertext()) == "a=b+c"


def test_only_what_is_known_to_be_harmless_stays() -> None:
    shown = mathml.render(
        r"\class{slip}{x} \class{menu}{y} \style{a:b}{z}", mathml.find_converter()
    )
    found = [e.attrib for e in ElementTree.fromstring(shown).iter() if e.attrib]
    assert found == [{"display": "block"}, {"class": "slip"}]


def test_without_latex2mathml_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mathml, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'symbackprop\[html\]'"):
        mathml.find_converter()
