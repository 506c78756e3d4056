"""A claim of a text as an equation, refused where the text does not say enough of it."""

from __future__ import annotations

from sympy import Expr

from symbackprop.equations import Equation, name_of
from symbackprop.lecture.equations import make_equation
from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.systems import Reading
from symbackprop.partials import Direct, Partial
from symbackprop.reading import tree


def lower_claim(
    reading: Reading, left: tree.Node, right: tree.Node, alone: bool = False
) -> tuple[Reading, Equation]:
    """Two sides that are said to be equal, as an equation over their open axes, and the text as
    this claim sees it: with a cost, if none is stated, of what it names `alone`, or of all that
    follows from it.

    Raises:
        Unclear: what the text does not say enough of.
        Clash: shapes that do not fit.
    """
    _check_names(reading, left, right, reading.context.cost)
    lowerer = Lowerer(reading.context)
    one, other = lowerer.lower(left), lowerer.lower(right)
    lhs, rhs, axes = lowerer.algebra.equate(one, other)
    slopes = {p.args for side in (lhs, rhs) for p in side.atoms(Partial, Direct)}
    reading = reading.ask(
        frozenset(name_of(by) for of, by in slopes if name_of(of) == reading.context.cost), alone
    )
    if not reading.slopes:
        _check_names(reading, left, right)
    check_grounds(reading, lhs, rhs)
    return reading, make_equation(reading, lowerer, lhs, rhs, axes, right)


def _check_names(
    reading: Reading, left: tree.Node, right: tree.Node, spared: str | None = None
) -> None:
    """Refuse names whose definitions are not understood, before their shapes are used; one may be
    `spared`.

    Raises:
        Unclear: says which.
    """
    for reference in reading.context.letters.list_references(left, right):
        name = reference.family.name
        if name in reading.problems and name != spared:
            raise Unclear(f"{name} is not understood: {reading.problems[name]}")


def check_grounds(reading: Reading, lhs: Expr, rhs: Expr) -> None:
    """Refuse a claim about what the text does not define.

    Raises:
        Unclear: says what is missing.
    """
    partials = [lhs.atoms(Partial, Direct), rhs.atoms(Partial, Direct)]
    cost = reading.context.cost
    depends = reading.depends  # builds the system, which tells whether the cost is presumed
    presumed = reading.any_cost
    for own, others in (partials, partials[::-1]):
        for slope in own:
            top, bottom = map(name_of, slope.args)
            if top == bottom:
                continue
            if top in reading.problems and not (top == cost and reading.slopes):
                raise Unclear(
                    f"{top} is defined by what is not understood: {reading.problems[top]}"
                )
            known = depends.get(top)
            if known is None and not top.startswith("_"):
                raise Unclear(f"the text does not say what {top} is")
            broken = sorted(set(known or ()) & set(reading.problems))
            if broken:
                why = reading.problems[broken[0]]
                raise Unclear(f"{top} rests on {broken[0]}, which is not understood: {why}")
            if known is not None and bottom not in known:
                raise Unclear(f"the text does not say how {top} depends on {bottom}")
            if top == cost and presumed and not any(p.args[0] == slope.args[0] for p in others):
                raise Unclear(f"the text does not say what {cost} is")
            if top in reading.guessed and not any(
                top == name or top in depends.get(name, ())
                for name in (name_of(p.args[0]) for p in others)
            ):
                raise Unclear(f"the text does not say what {top} is")
