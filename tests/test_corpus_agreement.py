"""The measurement of the judge counts what it says it counts, on a corpus of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus_agreement
import pytest
from corpus_agreement import (
    CorpusError,
    count_outcomes,
    find_worst,
    judge_corpus,
    load_corpus,
    write_report,
)


@dataclass(frozen=True)
class Said:
    """A finding of a judge that is none."""

    verdict: str
    slip: str | None = None
    code: str | None = None
    message: str | None = None
    reading: str | None = None
    repairs: tuple[str, ...] | None = None


def record(identity: str, latex: str, verdict: str, **more: object) -> dict[str, object]:
    base = {"id": identity, "source": "deck.txt", "line": 1, "latex": latex, "verdict": verdict}
    return base | more


def write_corpus(folder: Path, **files: Sequence[object]) -> Path:
    for name, rows in files.items():
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def score(folder: Path, said: Mapping[str, list[Said]]) -> corpus_agreement.Score:
    records = load_corpus(folder)
    return count_outcomes(judge_corpus(records, lambda texts: [said[text] for text in texts]))


def test_every_share_is_counted(tmp_path: Path) -> None:
    context = {"record": "context", "title": "made up", "notation": {}}
    write_corpus(
        tmp_path,
        own=[
            context,
            record("1", "right", "correct"),
            record("2", "taken for wrong", "correct"),
            record("3", "never judged", "correct"),
            record("4", "found", "wrong", slip="wrong-layer"),
            record("5", "missed", "wrong", slip="sign+wrong-layer"),
            record("6", "told apart", "not-checkable"),
            record("7", "judged all the same", "not-checkable"),
            record("8", "unreadable", "correct"),
            record("9", "one neuron", "correct-for-one-neuron", slip="missing-transpose"),
        ],
    )
    said = {
        "right": [Said("holds")],
        "taken for wrong": [Said("wrong", code="BP100")],
        "never judged": [Said("not-checkable", code="BP402")],
        "found": [Said("wrong", "wrong-layer", "BP104")],
        "missed": [Said("holds")],
        "told apart": [Said("not-checkable", code="BP402")],
        "judged all the same": [Said("holds")],
        "unreadable": [Said("not-checkable", code="BP001")],
        "one neuron": [Said("holds-for-one-neuron", "missing-transpose-and-hadamard")],
    }
    found = score(tmp_path, said)
    assert str(found.read) == " 88.9 % (8/9)"
    # of the seven not labelled not-checkable, one was not judged and one not read
    assert (found.judged.part, found.judged.whole) == (5, 7)
    assert (found.agreeing.part, found.agreeing.whole) == (3, 6)
    assert (found.false_holds.part, found.false_holds.whole) == (1, 2)
    assert (found.slips.part, found.slips.whole) == (2, 3)
    records = load_corpus(tmp_path)
    outcomes = judge_corpus(records, lambda texts: [said[text] for text in texts])
    report = "\n".join(write_report(outcomes, disagreements=True))
    false_holds = report.split("labelled wrong, judged to hold: 1")[1].split("not read: 1")[0]
    assert "5: labelled wrong [sign+wrong-layer], judged holds" in false_holds
    assert false_holds.count("labelled") == 1
    assert "8: labelled correct, judged unread" in report
    assert "judged otherwise than labelled: 3" in report


@pytest.mark.parametrize(
    "label, said, agrees",
    [
        ("correct", Said("holds"), True),
        ("correct", Said("holds-for-one-neuron"), False),
        ("correct-for-one-neuron", Said("holds", reading="rows"), False),
        ("correct-for-one-neuron", Said("holds", reading="one neuron per layer"), True),
        ("wrong", Said("ill-formed"), True),
        ("wrong", Said("holds-for-one-neuron"), False),
        ("abuse-of-notation", Said("ill-formed"), True),
        ("abuse-of-notation", Said("wrong"), False),
        ("abuse-of-notation", Said("holds"), False),
        ("abuse-of-notation", Said("holds", code="BP115"), True),
        ("abuse-of-notation", Said("holds", repairs=("a bracket was closed",)), True),
        ("not-checkable", Said("holds"), False),
    ],
)
def test_labels_and_verdicts_agree_by_the_table(
    tmp_path: Path, label: str, said: Said, agrees: bool
) -> None:
    write_corpus(tmp_path, own=[record("1", "it", label)])
    assert score(tmp_path, {"it": [said]}).agreeing.part == int(agrees)


@pytest.mark.parametrize(
    "kind, latex, agrees",
    [
        ("definition", r"h = \sigma(u)", True),
        ("update", r"u := u - \eta g", True),
        ("numeric", "u_1 = 0.35", True),
        ("numeric", "u_1 = w_1 x_1 = 0.35", False),
        ("numeric", "u_1 = w_1", False),
        ("derivative", r"\frac{dh}{du} = h", False),
        ("", "u_1 = 0.35", False),
    ],
)
def test_what_is_stated_agrees_where_nothing_could_be_compared(
    tmp_path: Path, kind: str, latex: str, agrees: bool
) -> None:
    write_corpus(
        tmp_path,
        own=[
            record("1", latex, "correct", kind=kind),
            record("2", "another", "wrong", kind=kind),
            record("3", "none", "not-checkable", kind=kind),
        ],
    )
    said = {text: [Said("stated")] for text in (latex, "another", "none")}
    found = score(tmp_path, said)
    assert found.judged.part == 2
    assert found.agreeing.part == int(agrees)
    assert found.false_holds.part == 0


def test_nothing_hides_what_is_wrong() -> None:
    holds, wrong, unsaid = Said("holds"), Said("wrong"), Said("not-checkable")
    assert find_worst([holds, unsaid, wrong]) == "wrong"
    assert find_worst([unsaid, Said("ill-formed"), Said("holds-for-one-neuron")]) == "ill-formed"
    assert find_worst([holds, unsaid]) == "not-checkable"
    assert find_worst([holds, holds]) == "holds"
    assert find_worst([Said("stated"), holds]) == "holds"
    assert find_worst([Said("stated"), unsaid]) == "not-checkable"
    assert find_worst([wrong, Said("not-checkable", code="BP001")]) == "unread"
    assert find_worst([]) == "not-checkable"


def test_a_document_is_judged_as_a_whole_in_the_order_of_its_lines(tmp_path: Path) -> None:
    write_corpus(
        tmp_path,
        one=[
            record("late", "c", "correct", line=20),
            record("early", "a", "correct", line=3),
            record("other", "d", "correct", source="second.txt"),
            record("cell", "e", "correct", source="book.ipynb", line="c10:2"),
            record("cell before", "f", "correct", source="book.ipynb", line="c9:14"),
        ],
        two=[record("elsewhere", "g", "correct")],
    )
    documents: list[list[str]] = []

    def judge(texts: list[str]) -> list[list[Said]]:
        documents.append(texts)
        return [[Said("holds")] for _ in texts]

    judge_corpus(load_corpus(tmp_path), judge)
    assert documents == [["a", "c"], ["d"], ["f", "e"], ["g"]]


def test_a_judge_that_loses_a_formula_is_found_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, own=[record("1", "a", "correct"), record("2", "b", "correct")])
    with pytest.raises(CorpusError, match="2 formulas were given, 1 came back"):
        judge_corpus(load_corpus(tmp_path), lambda texts: [[Said("holds")]])


@pytest.mark.parametrize(
    "line, message",
    [
        ("{", "own.jsonl:2: no JSON"),
        ("[]", "own.jsonl:2: no object"),
        ('{"id": "1", "latex": "x"}', "own.jsonl:2: has no source, line, verdict"),
        (json.dumps(record("1", "x", "rihgt")), "own.jsonl:2: the label 'rihgt'"),
    ],
)
def test_a_line_that_is_no_record_is_not_skipped(tmp_path: Path, line: str, message: str) -> None:
    write_corpus(tmp_path, own=[record("0", "x", "correct")])
    with (tmp_path / "own.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    assert message in str(caught.value)


def test_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corpus_agreement.main([str(tmp_path)]) == 2
    write_corpus(tmp_path, own=[record("1", "a", "correct")], two=[record("2", "b", "wrong")])
    monkeypatch.setattr(
        corpus_agreement, "judge_by_pipeline", lambda texts: [[Said("holds")] for _ in texts]
    )
    assert corpus_agreement.main([str(tmp_path), "--source", "own", "--verbose"]) == 0
    assert "labelled wrong, judged to hold: 0" in capsys.readouterr().out
    assert corpus_agreement.main([str(tmp_path)]) == 0
    assert "labelled wrong, judged to hold: 1" in capsys.readouterr().out
    assert corpus_agreement.main([str(tmp_path), "--source", "three"]) == 2
    assert "there are own, two" in capsys.readouterr().err
