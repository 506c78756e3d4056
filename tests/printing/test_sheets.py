"""Sheets of networks of other kinds: their parts, their order, and what is left out."""

from __future__ import annotations

from functools import cache

import pytest
from cases import GRAPHS, SYSTEMS
from kinds import KINDS

from symbackprop import Derived, derive, show, show_parts
from symbackprop.choices import FORMATS, Format
from symbackprop.errors import InputError
from symbackprop.printing.documents import Sheet
from symbackprop.printing.sheets import make_sheet, name_defaults, request_for
from symbackprop.printing.text import render
from symbackprop.progress import listen

PARTS = ["Forward pass", "Backward pass", "Errors", "Gradients", "Updates"]
NAMES = [*GRAPHS, "tied autoencoder", "three costs", "gates of a long memory", "one neuron"]


@cache
def derive_named(name: str) -> Derived:
    return derive((SYSTEMS | KINDS)[name])


def sheet(name: str, **options) -> Sheet:
    derived = derive_named(name)
    return make_sheet(derived, request_for(derived, **options))


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_of_a_graph_is_in_its_part(name: str) -> None:
    made = sheet(name, view="indexed")
    derived = derive_named(name)
    headings = [section.heading for section in made.sections]
    assert headings[0] == "Forward pass" and len(set(headings)) == len(headings)
    assert len(made.sections[0].lines) >= len(derived.declared.system.equations)
    lines = [render(line.layout) for section in made.sections for line in section.lines]
    assert len(lines) == len(set(lines))


def test_the_backward_pass_goes_from_the_cost_to_the_inputs() -> None:
    text = derive_named("residual").show(view="indexed")
    places = [text.index(f"\n{heading}") for heading in PARTS if f"\n{heading}" in text]
    assert len(places) >= 2


@pytest.mark.parametrize("name", ["recurrent", "tied autoencoder"])
def test_only_what_is_asked_for_is_shown(name: str) -> None:
    made = sheet(name, view="indexed", wrt="W")
    (only,) = made.sections
    assert all(render(line.layout).startswith("∂C/∂") for line in only.lines)
    both = sheet(name, view="indexed", wrt="W,x" if name == "recurrent" else "W,b")
    assert sum(len(s.lines) for s in both.sections) > len(only.lines)


def test_an_option_has_the_default_of_the_others() -> None:
    derived = derive_named("2-2-2, shared bias")
    found = name_defaults(derived, {"notation": "mazur", "to": "latex"})
    assert (found["notation"], found["language"], found["steps"]) == ("mazur", "en", False)
    assert found["form"] == "delta"


def test_more_formulas_than_the_limit_are_counted() -> None:
    with pytest.raises(InputError, match="--all"):
        sheet("2-3-4-2, tanh and softmax, batch, L2", view="component", limit=3)


@pytest.mark.parametrize("to", FORMATS)
def test_formulas_are_made_when_they_are_asked_for(to: Format) -> None:
    told: list[tuple[str, int, int]] = []
    derived = derive("20-20-2")
    with listen(lambda what, done, total: told.append((what, done, total))):
        parts = show_parts(derived, to, view="component", limit=None, steps=False)
        first = "".join(next(parts) for _ in range(6))
        _, done, total = told[-1]
        assert done < 10 and total > 500
        whole = first + "".join(parts)
    assert told[-1][1] == total
    assert whole == show(derived, to, view="component", limit=None, steps=False)


def test_what_is_asked_for_twice_is_written_once() -> None:
    one, both = (show("2-3-2", wrt=wrt, view="component") for wrt in ("W1", "W1,w1_12"))
    assert one == both
