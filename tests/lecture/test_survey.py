"""Every letter of a document with its uses."""

from __future__ import annotations

from own_lectures import RECURRENCE, RESIDUAL, read_all

from symbackprop.lecture.survey import Letter, Slot, survey


def test_letters_that_count_are_found_where_they_are_shifted_or_summed() -> None:
    assert survey(read_all(*RECURRENCE)).indices == {"t"}
    assert "l" in survey(read_all(*RESIDUAL)).indices
    assert survey(read_all(r"z_\alpha = \sum_\beta M_{\alpha\beta} q_\beta")).indices >= {"beta"}


def test_functions_are_what_is_called_and_never_a_factor() -> None:
    found = survey(read_all(*RESIDUAL)).functions
    assert {letter.base for letter in found} == {"phi"}
    assert not survey(read_all("y = g (a + b)", "z = g + 1")).functions


def test_uses_are_counted() -> None:
    letters = survey(
        read_all(r"\frac{\partial E}{\partial W} = \delta x^T", r"E = \|u \odot v\|^2")
    ).letters
    assert letters[Letter("E")].differentiated == 1
    assert letters[Letter("W")].by == 1
    assert letters[Letter("x")].transposed == 1
    assert letters[Letter("u")].elementwise == letters[Letter("v")].elementwise == 1
    assert letters[Letter("u")].normed == 1
    assert letters[Letter("E")].defined == 1


def test_sample_and_layer_in_one_bracket_are_two_scripts() -> None:
    letters = survey(read_all("z = a^{(x, l)} + a^{(x, l-1)}")).letters
    assert set(letters[Letter("a")].contents) == {Slot("upper", 0, "("), Slot("upper", 1, "(")}
