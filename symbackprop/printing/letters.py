"""Letters with what hangs on them: words below, indices, brackets around an index, powers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from symbackprop.notation import Enclosure
from symbackprop.printing import layout as show
from symbackprop.printing.layout import ATOM, Layout, bind, enclose


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """E_total --> E, (total,); w0 --> w, (0,); delta stays.

    >>> split_name("w0"), split_name("_total")
    (('w', ('0',)), ('', ('total',)))
    """
    stem, _, rest = name.partition("_")
    if not rest:
        found = re.fullmatch(r"([^\W\d_]+)(\d+)", name)
        if found is None:
            return name, ()
        stem, rest = found.groups()
    return stem, tuple(part for part in rest.split("_") if part)


# entries of large networks stand in many formulas: they are the same objects there
MOST_SHARED = 8192


@lru_cache(MOST_SHARED)
def split_letter(name: str, enclosed: bool = False) -> Layout:
    """E_total --> E with total below; w0 --> w with 0 below, or with (0); delta stays.

    >>> split_letter("w0").lower, split_letter("w0", enclosed=True).lower.shape
    (Number(digits='0', comma=False), 'round')
    """
    stem, parts = split_name(name)
    if not parts:
        return show.Letter(name)
    if not stem:
        return show.Word(name)
    below = join_indices([show.Number(p) if p.isdigit() else show.Letter(p) for p in parts])
    return show.Scripted(show.Letter(stem), None, enclose(below) if enclosed else below)


def name_stem(name: str) -> str:
    """What stands on the line: E of E_total, w of w0.

    >>> name_stem("w0")
    'w'
    """
    layout = split_letter(name)
    base = layout.base if isinstance(layout, show.Scripted) else layout
    return base.name if isinstance(base, show.Letter) else name


def join_indices(parts: Sequence[Layout]) -> Layout:
    """jk side by side, but 12,3 and j+1,k with a comma."""
    if len(parts) == 1:
        return parts[0]
    short = all(
        isinstance(p, show.Letter) or (isinstance(p, show.Number) and len(p.digits) == 1)
        for p in parts
    )
    return show.Row(tuple(parts)) if short else show.Listed(tuple(parts), tight=True)


@lru_cache(MOST_SHARED)
def write_count(number: int) -> Layout:
    """12 of w_{12,3}."""
    return show.Number(str(number))


def wrap(layout: Layout, shape: Enclosure) -> Layout:
    return layout if shape == "plain" else show.Brackets(layout, shape)


def join_wrapped(parts: Sequence[tuple[Enclosure, Layout]]) -> Layout | None:
    """[l](i) side by side, but i,l with a comma."""
    if not parts:
        return None
    wrapped = tuple(wrap(layout, shape) for shape, layout in parts)
    if len(wrapped) == 1:
        return wrapped[0]
    bare = any(shape == "plain" for shape, _ in parts[:-1])
    return show.Listed(wrapped, tight=True) if bare else show.Row(wrapped)


@lru_cache(MOST_SHARED)
def add_scripts(letter: Layout, upper: Layout | None, lower: Layout | None) -> Layout:
    """Scripts on a letter that may have a word below already."""
    if upper is None and lower is None:
        return letter
    if isinstance(letter, show.Scripted) and letter.upper is None:
        kept = letter.lower
        both = tuple(part for part in (kept, lower) if part is not None)
        return show.Scripted(letter.base, upper, join_indices(both))
    return show.Scripted(letter, upper, lower)


def differentiate_letter(letter: Layout) -> Layout:
    """z --> dz; a word below stays below the whole."""
    d = show.Letter("d")
    if isinstance(letter, show.Scripted):
        return show.Scripted(show.Row((d, letter.base)), letter.upper, letter.lower)
    return show.Row((d, letter))


def raise_layout(base: Layout, exponent: Layout) -> Layout:
    """A power, with brackets where the exponent would be taken for an index."""
    if isinstance(base, show.Scripted) and base.upper is None:
        return show.Scripted(base, exponent)
    if isinstance(base, show.Apply) and not base.bare:
        return show.Scripted(base, exponent)
    return show.Scripted(base if bind(base) == ATOM else enclose(base), exponent)
