"""Presets of notation: what they have, and how wrong ones are refused."""

from __future__ import annotations

from dataclasses import fields

import pytest

from symbackprop.errors import InputError
from symbackprop.notation import CHOICES, PRESETS, Notation, find_preset


def test_the_presets_of_the_lectures_are_there() -> None:
    assert list(PRESETS) == ["nielsen", "3b1b", "mazur", "ng", "rows"]
    assert Notation() == PRESETS["nielsen"]


def test_choices_are_fields() -> None:
    assert set(CHOICES) <= {f.name for f in fields(Notation)}


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("nilsen", {}, "did you mean 'nielsen'"),
        ("ng", {"languag": "es"}, "did you mean 'language'"),
        ("ng", {"language": "fr"}, "language is one of en, es, not 'fr'"),
        ("3b1b", {"index_base": 2}, "index_base is one of 0, 1, not 2"),
        ("rows", {"decimal": ";"}, "decimal is one of"),
    ],
)
def test_wrong_notations_are_refused(name: str, changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_preset(name, **changes)


def test_changes_leave_the_preset_alone() -> None:
    assert find_preset("3b1b", index_base=1).index_base == 1
    assert PRESETS["3b1b"].index_base == 0
