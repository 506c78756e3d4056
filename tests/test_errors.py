"""A refusal names what was given, the nearest that is known, and all there are."""

from __future__ import annotations

from symbackprop.errors import InputError, name_choices


def test_a_near_name_is_offered_whatever_its_case() -> None:
    said = name_choices("cost", "Cross-Entrpy", ["sse", "cross-entropy"])
    assert said == (
        "unknown cost 'Cross-Entrpy'; did you mean 'cross-entropy'? Known: sse, cross-entropy"
    )


def test_nothing_is_offered_that_is_not_near() -> None:
    assert name_choices("view", 7, iter(("scalar",))) == "unknown view 7; Known: scalar"


def test_it_can_be_caught_as_a_wrong_value() -> None:
    assert issubclass(InputError, ValueError)
