"""What each node of a formula means, index by index."""

from __future__ import annotations

import pytest
from own_lectures import ONE_LAYER, judge, lower

from symbackprop.lecture.letters import Unclear
from symbackprop.lecture.sizes import Clash


def test_shapes_are_refused_in_the_text_s_own_sizes() -> None:
    with pytest.raises(Clash, match="n_y and n_x"):
        lower("W^T x")


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(Unclear, match="not understood"):
        lower(r"\begin{pmatrix} z & a \\ a & z \end{pmatrix}")


def test_a_transposed_value_lies_the_other_way() -> None:
    column, row = lower("z"), lower("z^T")
    assert column.row is not None and column.column is None
    assert row.row is None and row.column is not None


def test_brackets_behind_a_name_that_is_no_function_are_a_factor() -> None:
    assert judge(ONE_LAYER, "W (x + x) = 2 z - 2 b") == "holds"
    assert judge(ONE_LAYER, "W (x + x) = z - b") != "holds"


def test_a_power_behind_the_name_of_a_function_is_one_of_its_value() -> None:
    assert judge(ONE_LAYER, r"\tanh^2(z) = \tanh(z) \odot \tanh(z)") == "holds"
