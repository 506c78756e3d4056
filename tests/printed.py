"""Every formula of every network in every notation, as a layout: what tests of printing go over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cases import SYSTEMS
from derived import derive as derive_system
from kinds import KINDS

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.notation import PRESETS, Notation
from symbackprop.printing.arrange import arrange_equation
from symbackprop.printing.arrange_matrix import arrange_matrix_equation
from symbackprop.printing.layout import Layout, list_parts

# thirty layers are twelve once more
DECLARED = {name: system for name, system in (SYSTEMS | KINDS).items() if name != "30 layers"}


@cache
def derive(name: str) -> System:
    return derive_system(DECLARED[name])


def list_layouts(system: System, notation: Notation) -> Iterator[Layout]:
    """Every equation with its indices, and in matrices where it has a matrix form."""
    for equation in system.equations:
        yield arrange_equation(equation, system, notation)
        try:
            yield arrange_matrix_equation(equation, system, notation)
        except InputError:
            continue


@cache
def arrange_all(name: str) -> frozenset[Layout]:
    """Every layout of a network, in all notations."""
    system = derive(name)
    return frozenset(
        layout for notation in PRESETS.values() for layout in list_layouts(system, notation)
    )


def walk(layout: Layout) -> Iterator[Layout]:
    """The layout and everything in it."""
    yield layout
    for part in list_parts(layout):
        yield from walk(part)
