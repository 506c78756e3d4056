"""Every name that can be chosen has its row, and no row is without a name."""

from __future__ import annotations

import pytest

from symbackprop import choices
from symbackprop.notation import PRESETS
from symbackprop.printing.documents import WRITERS
from symbackprop.printing.words import WORDS

TABLES = [
    (choices.FORMATS, WRITERS),
    (choices.NOTATIONS, PRESETS),
]


@pytest.mark.parametrize(("names", "table"), TABLES)
def test_a_table_has_the_names_that_are_offered(names: tuple[str, ...], table: dict) -> None:
    assert tuple(table) == names


def test_every_word_is_there_in_every_language() -> None:
    assert all(len(words) == len(choices.LANGUAGES) for words in WORDS.values())
