r"""Commands: what each reads of what follows it, \hat{x}, \partial_w C, \underbrace{..}_{..}."""

from __future__ import annotations

import pytest
from spelled_trees import read_rest, spell, start_reader

from symbackprop.reading.commands import read_command
from symbackprop.reading.tree import Braced, ReadError


@pytest.mark.parametrize(
    ("latex", "said", "rest"),
    [
        (r"\hat{x} y", "hat~x", "y"),
        (r"\hat{u v}", "(call hat (* u ~ v))", ""),
        (r"\bar{x + y}", "(call overline (+x +y))", ""),
        (r"\vec 0 x", "vec~0", "x"),
        (r"\mathbf{W} x", "bf:W", "x"),
        (r"\mathbf{u v}", "(* bf:u ~ bf:v)", ""),
        (r"\mathbb{1} x", "bb:1", "x"),
        (r"\sqrt[3]{x} y", "(call sqrt x 3)", "y"),
        (r"\sqrt x y", "(call sqrt x)", "y"),
        (r"\binom{n}{k} p", "(call binom n k)", "p"),
        (r"\cancelto{0}{x} y", "(braced x)", "y"),
        (r"\boxed{x + y} z", "(braced (+x +y))", "z"),
        (r"\underbrace{x + y}_{= z} w", "(braced (+x +y) z)", "w"),
        (r"\overset{a}{x} y", "(braced x 'a')", "y"),
        (r"\nabla_w C x", "(gradient C by w)", "x"),
        (r"\nabla + x", "nabla", "+x"),
        (r"\partial_w C x", "(partial/partial C w)", "x"),
        (r"\Delta w_{jk} x", "Delta w_{j k}", "x"),
        (r"\Delta (x)", "Delta", "(x)"),
        (r"\ldots x", "...", "x"),
        (r"\omega x", "omega", "x"),
        (r"\pair{u}{v} x", "(call pair u v)", "x"),
        (r"\frac{u}{v} x", "(ratio u v)", "x"),
        (r"\sum_j x", "(sum j _ _ : x)", ""),
    ],
)
def test_a_command_takes_what_belongs_to_it(latex: str, said: str, rest: str) -> None:
    reader = start_reader(latex)
    assert reader.token is not None
    assert spell(read_command(reader, reader.token)) == said
    assert read_rest(reader) == rest


def test_a_label_is_kept_apart_from_the_body() -> None:
    reader = start_reader(r"\underbrace{u v}_{\text{slope}}")
    assert reader.token is not None
    braced = read_command(reader, reader.token)
    assert isinstance(braced, Braced)
    assert (spell(braced.body), spell(braced.label)) == ("(* u ~ v)", "'slope'")


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\mathbf{1} x", "(* bf:1 ~ x)"),
        (r"\mathbf{1}_n", "bf:1_{n}"),
        (r"\mathbf{1} + x", "(+1 +x)"),
        (r"\mathbf{2} x", "(* 2 ~ x)"),
    ],
)
def test_a_bold_one_is_a_vector_where_it_is_a_factor(latex: str, said: str) -> None:
    assert spell(start_reader(latex).read_expression()) == said


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\nabla_u_v C", "two lower scripts on one nabla"),
        (r"\hat", "something is missing here"),
        (r"\binom{n}", "something is missing here"),
    ],
)
def test_commands_without_what_they_need_are_refused(latex: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        start_reader(latex).read_expression()


def test_an_accent_over_a_bracket_is_mended() -> None:
    reader = start_reader(r"\hat (x)")
    assert spell(reader.read_expression()) == "(( x)"
    assert [repair.message for repair in reader.repairs] == ["an accent over a bracket was skipped"]
