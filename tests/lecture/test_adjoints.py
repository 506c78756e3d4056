"""Which letter is the cost, and by what an error is its slope."""

from __future__ import annotations

import pytest
from own_lectures import judge, read


def test_an_error_is_of_the_layer_that_its_label_says() -> None:
    definitions = (
        r"z^{(1)} = W^{(1)} x",
        r"a^{(1)} = \phi(z^{(1)})",
        r"z^{(2)} = W^{(2)} a^{(1)}",
        r"C = \frac12 \|z^{(2)} - y\|^2",
    )
    assert judge(definitions, r"\delta^{(2)} = z^{(2)} - y") == "holds"
    assert judge(definitions, r"\delta^{(2)} = y - z^{(2)}") == "wrong"


@pytest.mark.parametrize(
    ("texts", "cost"),
    [
        # what is differentiated most, and by which nothing is
        ((r"q = W x", r"\frac{\partial R}{\partial q} = y", "E = q"), "R"),
        ((r"q = W x", r"E = \frac12 \|q - y\|^2"), "E"),
        (("q = W x", "p = q + c"), None),
    ],
)
def test_the_cost_is_what_is_differentiated(texts: tuple[str, ...], cost: str | None) -> None:
    assert read(*texts).arrays.context.cost == cost


@pytest.mark.parametrize(("sign", "factor"), [("", 1), ("-", -1)])
def test_an_error_is_by_what_the_text_says_it_is(sign: str, factor: int) -> None:
    network = ("n = w x", "v = f(n)", "q = u v", r"E = \frac12 (q - y)^2")
    lecture = read(*network, rf"\delta = {sign}\frac{{\partial E}}{{\partial q}}")
    assert lecture.arrays.context.adjoints == {"delta": ("E", "q", factor)}
    # else by the argument of the activation
    lecture = read(*network, r"\delta = (q - y) u f'(n)")
    assert lecture.arrays.context.adjoints == {"delta": ("E", "n", 1)}
