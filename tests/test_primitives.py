"""Every function of the table goes through every stage: there is no stage that does not know it."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from sympy import Eq

from symbackprop import (
    System,
    derive,
    evaluate,
    lambdify,
)
from symbackprop.network.activations import Activation
from symbackprop.network.declared import declare
from symbackprop.network.grammar import parse_expression
from symbackprop.primitives import (
    FOREIGN,
    PRIMITIVES,
    Primitive,
)

x, y, z = sympy.symbols("x y z")
ROWS = list(PRIMITIVES.values())
SINGLE = [row for row in ROWS if row.arguments == 1]
SEVERAL = [row for row in ROWS if row.arguments is None]
FAR = [-1e4, -750.0, -88.5, -40.0, -5.0, -0.3, 0.2, 0.5, 5.0, 40.0, 88.5, 750.0, 1e4]


def name(row: Primitive | Activation) -> str:
    return row.name


def choose_points(row: Primitive) -> list[float]:
    return [0.3, 0.9, 1.7, 4.1] if row.domain else [-2.1, -0.4, 0.3, 1.9]


def take_exactly(row: Primitive, point: float) -> mpmath.mpf:
    """The value by mpmath's own function of that name, which the table has no part in."""
    own = {"abs": abs, "sign": mpmath.sign}.get(row.name) or getattr(mpmath, row.name)
    return own(mpmath.mpf(point))


def test_the_issued_functions_are_in_the_table() -> None:
    wanted = "sin cos tan sinh cosh tanh atan exp log sqrt abs sign max min erf"
    assert set(wanted.split()) <= set(PRIMITIVES)
    words = [word for row in ROWS for word in row.words]
    assert len(words) == len(set(words))


# --- the row itself ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", SINGLE, ids=name)
def test_values_in_doubles_and_in_fifty_digits(row: Primitive) -> None:
    for point in choose_points(row):
        assert row.double(point) == pytest.approx(float(take_exactly(row, point)), rel=1e-14)
        with mpmath.workdps(60):
            exact = take_exactly(row, point)
            context = mpmath.MPContext()
            context.dps = 60
            assert abs(row.precise(context, context.mpf(point)) - exact) < 1e-50


@pytest.mark.parametrize("row", SINGLE, ids=name)
def test_an_imaginary_step_gives_the_slope_that_the_row_states(row: Primitive) -> None:
    for point in choose_points(row):
        stepped = row.double(complex(point, 1e-100))
        slope = getattr(stepped, "imag", 0) / 1e-100
        stated = float(row.differentiate(sympy.Float(point, 30), row.make(sympy.Float(point, 30))))
        assert slope == pytest.approx(stated, rel=1e-12, abs=1e-15)
        with mpmath.workdps(40):
            judged = mpmath.diff(lambda t: take_exactly(row, t), mpmath.mpf(point))
        assert float(judged) == pytest.approx(stated, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("row", [r for r in SINGLE if not r.has_corner], ids=name)
def test_the_slope_is_the_one_that_sympy_finds(row: Primitive) -> None:
    own = getattr(sympy, row.name)
    stated = row.differentiate(z, row.make(z)).replace(
        lambda e: type(e) in FOREIGN.values(), lambda e: getattr(sympy, type(e).__name__)(*e.args)
    )
    for point in choose_points(row):
        difference = (own(z).diff(z) - stated).subs(z, sympy.Float(point, 30))
        assert abs(difference.evalf(25)) < 1e-20


@pytest.mark.parametrize("row", [r for r in SINGLE if not r.has_corner], ids=name)
def test_away_from_the_real_line_values_are_analytic(row: Primitive) -> None:
    for point in choose_points(row):
        number = complex(point, 0.2)
        exact = complex(getattr(mpmath, row.name)(number))
        assert row.double(number) == pytest.approx(exact, rel=1e-12)


def test_corners_are_as_declared_in_worlds_and_programs() -> None:
    w, h, c = sympy.symbols("w h C")
    corners = {"abs(w)": 0, "sign(w)": 0, "max(w, 0)": 0, "max(0, w)": 0, "min(w, 0)": 0}
    for text, wanted in corners.items():
        formula = parse_expression(text, names={"w": (w, 0)}, axes={}, functions={})
        system = System([Eq(h, formula), Eq(c, 3 * h)], parameters=[w])
        derived = derive(system)
        assert float(lambdify(system)({"w": 0.0}).gradients["w"]) == wanted
        given = evaluate(replace_values(declare(system), {"w": 0.0}))
        assert given["gradients"]["w"] == wanted, text
        assert derived.report.equations > 0


def replace_values(declared: Any, values: dict[str, Any]) -> Any:
    from dataclasses import replace

    return replace(declared, values=values)
