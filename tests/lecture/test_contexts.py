"""What lowering knows of a text: its cost, and the sizes that it names."""

from __future__ import annotations

import pytest
from own_lectures import ONE_LAYER, read, read_all

from symbackprop.lecture.letters import Unclear


def test_the_cost_is_one_that_depends_on_what_it_is_differentiated_by() -> None:
    assert read(*ONE_LAYER).arrays.context.find_cost("W") == "C"
    with pytest.raises(Unclear, match="what is differentiated"):
        read("q = w x").arrays.context.find_cost("w")


def test_a_letter_that_a_sum_runs_to_is_a_size() -> None:
    context = read(r"E = \frac12 \sum_{k=1}^{K} (p_k - y_k)^2", "q = w x").arrays.context
    size, letter = (read_all(text)[0].sides[0] for text in ("K", "q"))
    found = context.size_of(size)
    assert found is not None and found.node == "size:K"
    assert context.size_of(letter) is None
