"""Numbers put in: in the order of the symbols, and asked for by name where one is missing."""

from __future__ import annotations

import re

import pytest
from fixture_networks import derive, list_entries

from symbackprop.errors import InputError
from symbackprop.notation import PRESETS
from symbackprop.printing import latex
from symbackprop.printing.numeric import arrange_numeric, list_values


def test_numbers_stand_in_the_order_of_the_symbols() -> None:
    system = derive("mazur")
    first = next(e for e in list_entries(system) if e.name == "z")
    numbers = [0.15, 0.05, 0.20, 0.10, 0.35]
    entries = sorted(list_values(first.rhs), key=str)
    # W[1,1,1], W[1,1,2], a[0,1], a[0,2], b[1]
    values = dict(zip(entries, [0.15, 0.20, 0.05, 0.10, 0.35], strict=True))
    layout = arrange_numeric(first, system, PRESETS["mazur"], values | {first.lhs: 0.3775})
    formula = latex.render(layout)
    assert formula == (
        r"net_{h1} = w_{1} \cdot i_{1} + w_{2} \cdot i_{2} + b_{1} \cdot 1 "
        r"= 0.15 \cdot 0.05 + 0.2 \cdot 0.1 + 0.35 \cdot 1 = 0.3775"
    )
    assert [float(n) for n in re.findall(r"0\.\d+", formula)][:5] == numbers


def test_a_missing_number_is_said_by_name() -> None:
    system = derive("mazur")
    first = next(e for e in list_entries(system) if e.name == "z")
    with pytest.raises(InputError, match=r"\[.*\] has no value"):
        arrange_numeric(first, system, PRESETS["mazur"], {})
