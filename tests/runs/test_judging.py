"""Documents judged in this process, and in several."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import symbackprop
from symbackprop.errors import InputError
from symbackprop.runs import judging
from symbackprop.runs.judging import AHEAD, declare, judge_document, judge_documents
from symbackprop.verification.findings import Judged


@pytest.fixture
def documents(tmp_path: Path) -> list[str]:
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}.md"
        path.write_text(
            rf"$q_{number} = x + {number} y$, $\frac{{\partial q_{number}}}{{\partial x}} = 1$"
        )
        paths.append(str(path))
    return paths


def test_processes_say_the_same_in_the_same_order(documents: list[str]) -> None:
    given = [*documents[:3], "none.md", InputError("x*: no file has such a name"), *documents[3:]]
    alone = list(judge_documents(given, {}))
    assert [judged.problem for judged in alone if judged.problem] == [
        "none.md: there is no such file",
        "x*: no file has such a name",
    ]
    assert alone == list(judge_documents(given, {}, 2))
    unordered = list(judge_documents(given, {}, 2, in_order=False))
    assert sorted(unordered, key=alone.index) == alone


def test_no_more_is_taken_than_is_under_way(documents: list[str]) -> None:
    taken = 0

    def give() -> Iterator[str]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield documents[0]

    judged = judge_documents(give(), {}, 2)
    next(judged)
    assert taken <= AHEAD * 2 + 1
    judged.close()


def end_at_once(given: str, options: object) -> Judged:
    """Stands for a document that is too much for its process."""
    if given == "heavy":
        os._exit(1)
    return Judged(given)


def test_a_process_that_ends_takes_only_its_document_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "judge_document", end_at_once)
    given = ["a", "heavy", "b", *map(str, range(10))]
    judged = list(judge_documents(given, {}, 2))
    assert [one.file for one in judged] == given
    assert [one.file for one in judged if one.problem] == ["heavy"]
    assert judged[1].problem.startswith("heavy: the process that judged it has ended")


def test_what_is_presumed_comes_with_the_findings() -> None:
    judged = judge_document(r"a^l = \sigma(z^l)", {})
    assert judged.file == "<formula>" and "any activation σ" in judged.notes[0]


def test_options_that_declare_a_network_declare_one() -> None:
    assert declare({"network": "2-3-1", "kind": "text"}) == {"network": "2-3-1", "kind": "text"}
    given = declare({"network": "2-3-1", "activation": "tanh"})["network"]
    assert given.network.activations[0].name == "tanh"
    assert declare({"network": "2-3-1", "activation": "tanh"})["network"] is given
    with pytest.raises(InputError, match="unknown activation 'tahn'"):
        declare({"activation": "tahn"})


def test_a_network_that_is_none_is_a_problem() -> None:
    assert "unknown activation" in judge_document("a = b", {"activation": "tahn"}).problem
    assert symbackprop.InputError is InputError
