"""How far a definition reaches: the models of a text, each with its statements."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.lecture.definitions import read_definitions
from symbackprop.lecture.letters import Letters, learn_letters, spell
from symbackprop.lecture.survey import survey
from symbackprop.reading import tree

# Markdown's, also in a notebook, and LaTeX's
_HEADING = re.compile(
    r"^\s*\"?(#{1,6} |\\(sub)*section|\\chapter|\\frametitle|\\begin\{frame\})", re.MULTILINE
)


@dataclass(frozen=True)
class Scope:
    """One model of a text: the statements that are about it, by their numbers.

    `inherited` are definitions of models before, of names that this one does not define anew.
    """

    statements: tuple[int, ...]
    inherited: tuple[int, ...] = ()


def number_sections(text: str, lines: Sequence[int]) -> list[int]:
    """The number of the section in which each of some lines stands, counted by headings.

    >>> number_sections("# One\\n$a$\\n## Two\\n$b$\\n", [2, 4])
    [1, 2]
    """
    headings = [text.count("\n", 0, m.end()) + 1 for m in _HEADING.finditer(text)]
    return [bisect_right(headings, line) for line in lines]


def split_scopes(statements: Sequence[tree.Statement], sections: Sequence[int]) -> list[Scope]:
    """The models of a text.

    A section that defines a name anew, by other names, is about another model. Within a section a
    second definition is a claim about the first.
    """
    letters = learn_letters(survey(statements))
    scopes: list[Scope] = []
    current: list[int] = []
    known: dict[tuple[str, str], int] = {}
    inherited: dict[tuple[str, str], int] = {}
    for numbers in _group_by_section(sections):
        own = _find_definitions(letters, statements, numbers)
        if current and any(
            key in known and _is_other(letters, statements[known[key]], statements[number])
            for key, number in own.items()
        ):
            scopes.append(_make_scope(current, inherited, known))
            inherited = {**inherited, **known}
            current, known = [], {}
        current += numbers
        for key, number in own.items():
            known.setdefault(key, number)
    if current:
        scopes.append(_make_scope(current, inherited, known))
    return scopes


def _make_scope(
    current: list[int],
    inherited: dict[tuple[str, str], int],
    known: dict[tuple[str, str], int],
) -> Scope:
    families = {family for family, _ in known}
    kept = tuple(number for (family, _), number in inherited.items() if family not in families)
    return Scope(tuple(current), kept)


def _group_by_section(sections: Sequence[int]) -> Iterator[list[int]]:
    group: list[int] = []
    for number, section in enumerate(sections):
        if group and section != sections[group[-1]]:
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def _find_definitions(
    letters: Letters, statements: Sequence[tree.Statement], numbers: Sequence[int]
) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for number in numbers:
        for definition in read_definitions(letters, statements[number]):
            found.setdefault((definition.family, definition.place), number)
    return found


def _is_other(letters: Letters, one: tree.Statement, other: tree.Statement) -> bool:
    """Whether two definitions of a name speak of other names."""
    if spell(one.sides[1]) == spell(other.sides[1]):
        return False
    return not (_names(letters, one.sides[1]) & _names(letters, other.sides[1]))


def _names(letters: Letters, node: tree.Node) -> set[str]:
    found = set()
    for part in tree.walk(node):
        if isinstance(part, tree.Name) and part.base not in letters.survey.indices:
            found.add(letters.split(part)[0])
    return found
