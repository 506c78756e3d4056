"""The models of a text: a section that defines a name anew, by other names, is another model."""

from __future__ import annotations

from own_lectures import read_all

from symbackprop.lecture.scopes import split_scopes


def test_a_section_that_defines_a_name_anew_is_another_model() -> None:
    statements = read_all("q = x y", "f = q z", "f = u + v", r"\frac{\partial f}{\partial u} = 1")
    scopes = split_scopes(statements, [0, 0, 1, 1])
    assert [scope.statements for scope in scopes] == [(0, 1), (2, 3)]
    # q is still what it was
    assert scopes[1].inherited == (0,)


def test_within_a_section_a_second_definition_is_a_claim() -> None:
    statements = read_all("f = x y", "f = y x")
    (scope,) = split_scopes(statements, [0, 0])
    assert scope.statements == (0, 1)


def test_a_repetition_in_another_section_begins_nothing() -> None:
    statements = read_all("f = x y", "g = f + 1", "f = x y")
    assert len(split_scopes(statements, [0, 0, 1])) == 1
