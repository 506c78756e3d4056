"""Chains of equalities: which link is wrong, and what the chain is without its slip."""

from __future__ import annotations

from dataclasses import replace

import pytest
from opened_texts import list_statements, open_text

from symbackprop.verification.chains import LinkedSides, follows_from, name_slip, open_chain
from symbackprop.verification.mending import Effort, Search
from symbackprop.verification.slips import Hand

GRAPH = ("q = x + y", "f = q z")
SLOPE = r"\frac{\partial f}{\partial x}"


def open_last(latex: str, before: str | None = None, first: str = "") -> LinkedSides | None:
    return open_chain(list_statements(latex)[-1], latex, before, first)


@pytest.mark.parametrize(
    ("latex", "sides", "signs"),
    [
        ("a = b + c", ("a", "b + c"), ("=",)),
        (r"a := b \equiv c", ("a", "b", "c"), (":=", r"\equiv")),
        # a sign that no correction would be written with
        (r"a \approx b = c", ("a", "b", "c"), ("=", "=")),
        (r"a &= b \\[2pt] &+ c", ("a", "b + c"), ("=",)),
        ("a  =\n  b", ("a", "b"), ("=",)),
    ],
)
def test_a_chain_is_its_sides_as_written(
    latex: str, sides: tuple[str, ...], signs: tuple[str, ...]
) -> None:
    chain = open_last(latex)
    assert chain is not None
    assert (chain.sides, chain.signs, chain.continues) == (sides, signs, False)
    assert chain.write([*sides[:-1], "new"]).endswith(f"{signs[-1]} new")


def test_a_row_goes_on_from_the_row_before() -> None:
    chain = open_last("= c", before="b", first="a")
    assert chain == LinkedSides(("b", "c"), ("=",), continues=True, first="a")
    assert open_last("= c") is None and open_last("a") is None


@pytest.mark.parametrize(
    ("latex", "slip", "suggestion"),
    [
        (f"{SLOPE} = -z", "sign", f"{SLOPE} = z"),
        # the wrong link alone is edited, and what follows goes on from it
        (f"{SLOPE} = -z = z - 2 z", "sign", f"{SLOPE} = z = z"),
        (f"{SLOPE} = z = -z", "sign", f"{SLOPE} = z = z"),
    ],
)
def test_the_wrong_link_is_named(latex: str, slip: str, suggestion: str) -> None:
    chain = open_last(latex)
    assert chain is not None
    named = name_slip(Search(open_text(*GRAPH), Hand()), chain, Effort(20_000), False)
    assert named is not None and named.slip == slip
    assert named.suggestion is not None
    assert named.suggestion.replace(" ", "").startswith(f"{SLOPE} = z".replace(" ", ""))
    judged = Search(open_text(*GRAPH), Hand()).judge(named.suggestion, Effort(9_000))
    assert judged is not None and judged.verdict == "holds"


def test_of_a_chain_that_continues_the_first_side_is_not_edited() -> None:
    search = Search(open_text(*GRAPH), Hand())
    chain = LinkedSides((SLOPE, "-z"), ("=",), continues=True, first=SLOPE)
    named = name_slip(search, chain, Effort(20_000), False)
    assert named is not None and (named.slip, named.end) == ("sign", "z")


def test_a_row_is_held_against_the_first_side_of_the_derivation_too() -> None:
    # u = -z alone only says what u is
    chain = LinkedSides(("u", "-z"), ("=",), continues=True, first=SLOPE)
    named = name_slip(Search(open_text(*GRAPH), Hand()), chain, Effort(20_000), False)
    assert named is not None
    assert (named.slip, named.suggestion, named.end) == ("sign", f"{SLOPE} = z", None)
    alone = replace(chain, first="u")
    assert name_slip(Search(open_text(*GRAPH), Hand()), alone, Effort(20_000), False) is None


def test_a_right_chain_and_a_spent_effort_have_no_slip() -> None:
    search = Search(open_text(*GRAPH), Hand())
    right = open_last(f"{SLOPE} = z = 2 z - z")
    wrong = open_last(f"{SLOPE} = -z")
    assert right is not None and wrong is not None
    assert name_slip(search, right, Effort(20_000), False) is None
    assert name_slip(search, wrong, Effort(0), False) is None


@pytest.mark.parametrize(("mended", "follows"), [("z", True), ("-z", False), ("x", False)])
def test_a_row_is_right_once_the_row_before_is_mended(mended: str, follows: bool) -> None:
    search = Search(open_text(*GRAPH), Hand())
    chain = LinkedSides(("-z", "3 z - 2 z"), ("=",), continues=True, first=SLOPE)
    assert follows_from(search, chain, mended, Effort(9_000)) is follows
