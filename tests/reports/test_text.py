"""Reports for people: what is shown, in which order, and what is said at the end."""

from __future__ import annotations

import pytest
from made_findings import judge, make

from symbackprop.reports.selecting import Choice
from symbackprop.reports.styles import report


def show(*findings, choice: Choice | None = None, **more) -> list[str]:
    return report([judge(*findings, **more)], "text", choice).splitlines()


def test_what_is_wrong_is_shown_and_steers_no_terminal() -> None:
    wrong = make("wrong", latex="a\n = b\x1b[2J", suggestion="b = a")
    assert show(make(), wrong) == [
        "notes.md:8:1: error: BP103 wrong transpose: a = b�[2J",
        "    the shapes clash",
        "    did you mean  b = a",
        "2 equations: 1 holds, 1 wrong",
    ]
    assert show(make("wrong", cell=3))[0].startswith("notes.md:cell 3:8:1: error: ")


@pytest.mark.parametrize(
    ("finding", "option", "words"),
    [
        (make("holds", "BP501", message="a bracket was closed"), "hints", "hint: BP501"),
        (make("not-checkable", "BP401", message="what L is"), "unchecked", "not checked: BP401"),
        (make("holds", reading="columns", evidence="proved"), "verbose", "holds: a = b"),
        (make("stated", reading="definition"), "verbose", "stated: a = b"),
    ],
)
def test_quieter_things_are_shown_when_asked_for(finding, option: str, words: str) -> None:
    assert f"notes.md:8:1: {words}" not in "\n".join(show(finding))
    assert show(finding, choice=Choice(**{option: True}))[-3].startswith(f"notes.md:8:1: {words}")


def test_verbose_says_how_an_equation_was_read_and_why_it_holds() -> None:
    held = make("holds", reading="columns", evidence="holds on 2 instances")
    assert "    read: columns; holds on 2 instances" in show(held, choice=Choice(verbose=True))


def test_a_code_that_is_selected_by_its_name_is_shown() -> None:
    hint = make("ill-formed", "BP203", message="an assignment")
    assert len(show(hint)) == 2
    assert show(hint, choice=Choice(select=("BP203",)))[0].startswith("notes.md:8:1: hint: BP203")


def test_the_same_finding_at_several_places_is_one() -> None:
    wrong = [make("wrong", line=line) for line in (8, 100, 114, 100)]
    other = make("wrong", line=120, latex="a = c")
    assert show(wrong[0], wrong[1], other, *wrong[2:]) == [
        "notes.md:8:1: error: BP103 missing or extra transpose: a = b",
        "    the shapes clash",
        "    also at lines 100, 114",
        "notes.md:120:1: error: BP103 missing or extra transpose: a = c",
        "    the shapes clash",
        "5 equations: 0 hold, 5 wrong",
    ]
    cells = [make("wrong", cell=number) for number in (1, 2)]
    assert "    also at cell 2:8" in show(*cells)


def test_many_places_are_not_all_listed() -> None:
    lines = show(*(make("wrong", line=line) for line in range(1, 40)))
    assert lines[2].endswith("20, 21, …")


def test_findings_are_ordered_by_line_or_by_severity() -> None:
    warning, error = make("holds-for-one-neuron", line=3, latex="x"), make("wrong", line=5)
    by_line, by_severity = (
        [line.split(": ")[1] for line in show(warning, error, choice=choice) if ":1: " in line]
        for choice in (Choice(), Choice(order="severity"))
    )
    assert (by_line, by_severity) == (["warning", "error"], ["error", "warning"])


def test_hints_that_are_not_shown_are_counted() -> None:
    hint = make("holds", "BP501", message="mended")
    assert show(hint, hint)[0] == "2 hints not shown; --hints shows them"


def test_of_several_documents_those_with_findings_say_what_was_read() -> None:
    documents = [
        judge(make("stated", reading="definition"), make("wrong"), file="a.md"),
        judge(make("stated", reading="definition"), file="b.md", notes=("any σ",)),
    ]
    lines = report(documents, several=True).splitlines()
    assert [line for line in lines if "read: " in line] == ["a.md: read: a = b (line 8)"]


def test_the_summary_is_one_line() -> None:
    text = report([judge(make("wrong"), make())], "text", summary_only=True)
    assert text == "2 equations: 1 holds, 1 wrong\n"
