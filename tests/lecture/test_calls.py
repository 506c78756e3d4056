"""Names with arguments: which are calls of functions, and which name a quantity."""

from __future__ import annotations

from symbackprop.lecture.calls import name_quantities, write_key
from symbackprop.reading.parser import read_formula


def test_a_cost_with_its_arguments_is_the_cost() -> None:
    formulas = (r"C(w, b) = w + b", r"\frac{\partial C}{\partial w} = 1")
    statements = [s for f in formulas for s in read_formula(f).statements]
    first, second = name_quantities(statements)
    (plain,) = read_formula("C").statements
    assert write_key(first.sides[0]) == write_key(plain.sides[0])
    assert second.sides == statements[1].sides


def test_keys_tell_scripts_apart() -> None:
    keys = {
        write_key(read_formula(f).statements[0].sides[0])
        for f in ("a_1", "a^1", "a^{(1)}", "a_{12}", "a'", "a", r"\hat a")
    }
    assert len(keys) == 7
