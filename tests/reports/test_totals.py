"""The counts over a run, and the causes of what was not checked."""

from __future__ import annotations

from made_findings import judge, make

from symbackprop.reports.styles import report


def show(*findings, **more) -> list[str]:
    return report([judge(*findings, **more)]).splitlines()


def test_what_was_not_checked_is_counted_by_its_cause() -> None:
    vague = [make("not-checkable", "BP401", message="what L is is not said")] * 3
    unread = make(
        "not-checkable", "BP001", message="line 3, column 1: a bracket is not closed\n  (\n  ^"
    )
    assert show(*vague, unread, make()) == [
        "not checked: 4 equations; --unchecked lists them",
        "     3  what L is is not said",
        "     1  could not be read: a bracket is not closed",
        "5 equations: 1 holds, 4 not checkable",
    ]


def test_rare_causes_are_counted_together() -> None:
    lines = show(*(make("not-checkable", "BP401", message=f"cause {n}") for n in range(11)))
    assert lines[-2] == "     3  other causes"
