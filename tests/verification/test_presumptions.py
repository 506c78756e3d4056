"""What formulas presume: a function of what something is differentiated by."""

from __future__ import annotations

from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.definitions import PRESUMED, Definition, list_definitions
from symbackprop.verification.families import Families, find_sizes
from symbackprop.verification.lexicon import spell
from symbackprop.verification.presumptions import presume_functions


def presume(*formulas: str) -> dict[str, list[str]]:
    """Each presumed quantity with what it is a function of."""
    statements = [s for formula in formulas for s in read_formula(formula).statements]
    definitions: list[Definition] = [d for _, d in list_definitions(statements)]
    families = Families(statements, definitions, find_sizes(statements))
    found = {}
    for definition in presume_functions(statements, definitions, families):
        assert definition.presumed
        assert isinstance(definition.body, tree.Call)
        assert isinstance(definition.body.function, tree.Name)
        assert definition.body.function.base.startswith(PRESUMED)
        found[definition.name] = [spell(a) for a in definition.body.arguments]
    return found


def test_what_is_differentiated_and_not_defined_is_a_function() -> None:
    assert presume(r"\frac{\partial E}{\partial y} = g") == {"E": ["y"]}


def test_what_is_defined_is_not_presumed() -> None:
    assert presume("E = y^2 + x", r"\frac{\partial E}{\partial y} = 2 y") == {}


def test_what_goes_through_another_is_left_out() -> None:
    chain = (
        r"\frac{\partial E}{\partial w} = "
        r"\frac{\partial E}{\partial y} \frac{\partial y}{\partial w}"
    )
    assert presume(chain) == {"E": ["y"], "y": ["w"]}
    assert presume("y = w x", chain) == {"E": ["y"]}


def test_of_several_arguments_each_is_kept() -> None:
    formula = r"\frac{\partial E}{\partial u} + \frac{\partial E}{\partial v} = 0"
    assert presume(formula) == {"E": ["u", "v"]}


def test_a_share_is_of_its_own_sample() -> None:
    """E_i is a function of y_i, E of the whole of W."""
    found = presume(r"\frac{\partial E_i}{\partial y_i} = 2 y_i")
    assert found == {"E_i": ["y_i"]}
    ((argument,),) = presume(r"\frac{\partial E}{\partial w_{jk}} = x_k").values()
    assert argument.startswith("w|2")


def test_a_power_is_no_quantity() -> None:
    assert presume(r"\frac{\partial v^2}{\partial v} = 2 v") == {}


def test_nothing_is_a_function_of_itself() -> None:
    assert presume(r"\frac{\partial y}{\partial y} = 1") == {}
