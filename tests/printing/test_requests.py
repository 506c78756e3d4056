"""A request by itself asks for everything in the standard notation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import recurrent

from symbackprop import derive
from symbackprop.choices import FORMS, VIEWS
from symbackprop.errors import InputError
from symbackprop.printing.requests import ALL, LIMIT, Request
from symbackprop.printing.sheets import make_sheet


def test_defaults_are_among_the_choices() -> None:
    request = Request()
    assert request.view in VIEWS and request.form in FORMS
    assert (request.wrt, request.limit, request.steps) == (ALL, LIMIT, False)
    assert request.notation.name == "nielsen"


@pytest.mark.parametrize("change", [{"view": "flat"}, {"form": "short"}, {"wrt": "V"}])
def test_what_is_not_known_is_refused_when_it_is_shown(change: dict) -> None:
    with pytest.raises(InputError, match="unknown"):
        make_sheet(derive(recurrent()), replace(Request(view="indexed"), **change))
