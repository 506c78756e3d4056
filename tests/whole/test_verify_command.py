"""The command verify: exit codes, formats, choices, and the examples of its docs."""

from __future__ import annotations

import doctest
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import symbackprop
from symbackprop import cli, options, terminal
from symbackprop.reading import documents
from symbackprop.reports.selecting import ORDERS
from symbackprop.reports.styles import STYLES
from symbackprop.runs import judging
from symbackprop.verification.findings import Finding

DOCS = Path(__file__).parents[2] / "docs" / "verify.md"

NOTES = r"""Let $z^l = W^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$.

$$\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)$$
"""
GOOD = Finding("n.md", 1, 1, 1, 6, "a = b", "holds")
WRONG = Finding("n.md", 2, 1, 2, 6, "a = b", "wrong", code="BP105", message="they differ")


class Judge(SimpleNamespace):
    """A pipeline that says what it is told to say, and notes what it was asked."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings=list(findings), asked=[])

    def verify(self, given: str, *, progress: Any, tell: Any, **options: Any) -> list[Finding]:
        self.asked.append((given, options))
        for done in range(1, 41):
            progress(done, 40)
        return self.findings

    def load(self, net: str, **options: Any) -> tuple[str, dict[str, Any]]:
        return net, options


def tell(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> Judge:
    judge = Judge(*findings)
    for name in ("load", "verify"):
        monkeypatch.setattr(symbackprop, name, getattr(judge, name), raising=False)
    judging.load_network.cache_clear()
    return judge


@pytest.mark.parametrize(("findings", "code"), [([GOOD], 0), ([GOOD, WRONG], 1), ([], 3)])
def test_exit_codes(monkeypatch: pytest.MonkeyPatch, findings: list[Finding], code: int) -> None:
    tell(monkeypatch, *findings)
    assert cli.main(["verify", "n.md"]) == code


def test_ignored_codes_count_for_the_summary_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(monkeypatch, WRONG)
    assert cli.main(["verify", "n.md", "--ignore", "bp105"]) == 0
    assert capsys.readouterr().out == "1 equation: 0 hold, 1 wrong\n"
    assert cli.main(["verify", "n.md", "--select", "BP1,BP301", "--summary"]) == 1
    assert capsys.readouterr().out == "1 equation: 0 hold, 1 wrong\n"


def test_several_files_and_what_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = tell(monkeypatch, GOOD)
    cli.main(["verify", "a.md", "b.x", "--kind", "latex", "--network", "2-3-1"])
    assert judge.asked == [
        (given, {"kind": "latex", "network": "2-3-1"}) for given in ("a.md", "b.x")
    ]
    cli.main(["verify", "c.md", "--activation", "tanh"])
    assert judge.asked[-1] == ("c.md", {"network": ("mlp", {"activation": "tanh"})})
    judging.load_network.cache_clear()
    cli.main(["verify", "d.md", "--notation", "ng"])
    assert judge.asked[-1] == ("d.md", {"notation": "ng"})
    cli.main(["verify", "--macros", "own.tex", "d.md"])
    assert judge.asked[-1] == ("d.md", {"macros": "own.tex"})
    cli.main(["verify", "--wrt", "W1", r"$\delta^1 a$"])
    assert judge.asked[-1] == (r"$\delta^1 a$", {"wrt": "W1"})


def test_codes_of_several_options_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, WRONG, Finding("n.md", 3, 1, 3, 2, "c", "wrong", code="BP301", message="x"))
    assert cli.main(["verify", "n.md", "--ignore", "BP105"]) == 1
    assert cli.main(["verify", "n.md", "--ignore", "BP105", "--ignore", "bp3"]) == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "nothing to verify"),
        (["-", "-"], "once only"),
        (["n.md", "--select", "103"], "is no code"),
        (["n.md", "--ignore", "BP999"], "unknown code 'BP999'"),
        (["--explain", "BP999"], "unknown code"),
        (["n.md", "--format", "sarif", "--summary"], "no summary"),
    ],
)
def test_complaints(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    complaint: str,
) -> None:
    tell(monkeypatch, WRONG)
    assert cli.main(["verify", *arguments]) == 2
    shown = capsys.readouterr()
    assert complaint in shown.err and not shown.out


def test_progress_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(monkeypatch, GOOD)
    cli.main(["verify", "n.md"])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(terminal, "PATIENCE", 0.0)
    cli.main(["verify", "n.md"])
    assert "judging formulas" in capsys.readouterr().err
    cli.main(["verify", "n.md", "--quiet"])
    assert capsys.readouterr().err == ""


def test_explaining_needs_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", "--explain", "BP103"]) == 0
    assert "transpose" in capsys.readouterr().out


def test_notes_are_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES, encoding="utf-8")
    assert cli.main(["verify", str(notes), "--format", "json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [entry["verdict"] for entry in shown["equations"]] == [
        "stated", "stated", "holds-for-one-neuron",
    ]  # fmt: skip
    assert shown["equations"][2]["code"] == "BP103"
    assert shown["equations"][2]["line"] == 3


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b"])
def test_what_is_no_text_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    assert cli.main(["verify", str(path)]) == 2
    assert cli.main(["verify", str(tmp_path)]) == 2
    assert cli.main(["verify", str(tmp_path / "none.md")]) == 2


@pytest.mark.parametrize(
    ("wrt", "formula", "code"),
    [
        ("W1", r"\delta^1 x^T", 0),
        ("W1", r"\delta^1 (a^1)^T", 1),
        ("bl", r"\delta^l", 0),
        ("deltaL", r"(a^L - y) \odot \sigma'(z^L)", 0),
        ("W1", r"\delta^1 x", 1),
    ],
)
@pytest.mark.parametrize("declared", [[], ["--network", "2-3-1"], ["--notation", "nielsen"]])
def test_one_formula_of_a_student(
    wrt: str, formula: str, code: int, declared: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", "--wrt", wrt, *declared, formula]) == code
    assert "not checkable" not in capsys.readouterr().out


def test_nothing_to_annotate_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", "0.5 + 0.5 = 1.0", "--network", "mlp", "--format", "github"]) == 0
    assert capsys.readouterr().out == ""


def test_complaints_name_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text('{"cells": 3}', encoding="utf-8")
    assert cli.main(["verify", str(path)]) == 2
    assert f"{path}: this is no notebook" in capsys.readouterr().err
    assert cli.main(["verify", ""]) == 2
    assert "nothing is given" in capsys.readouterr().err


def test_one_file_that_cannot_be_read_keeps_no_other_from_being_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("$a^l = \\sigma(z^l)$", encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "none.md"), str(notes)]) == 2
    shown = capsys.readouterr()
    assert shown.out.endswith("1 equation: 1 stated\n")
    assert shown.err == f"symbackprop: {tmp_path / 'none.md'}: there is no such file\n"


def test_a_notation_or_a_network_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["verify", "a = b", "--notation", "nilsen"])
    assert stop.value.code == 2
    assert "did you mean 'nielsen'?" in capsys.readouterr().err
    mixed = tmp_path / "mixed.toml"
    mixed.write_text('[network]\nactivation = ["tanh", "softmax"]\ncost = "cross-entropy"\n')
    assert cli.main(["verify", r"\delta^L = a^L - y", "--network", str(mixed)]) == 0
    assert cli.main(["verify", r"\delta^L = y - a^L", "--network", str(mixed)]) == 1
    graph = Path(__file__).parents[2] / "examples" / "xyz_graph.toml"
    assert cli.main(["verify", r"\frac{\partial f}{\partial x} = z", "--network", str(graph)]) == 0
    assert cli.main(["verify", r"\frac{\partial f}{\partial x} = y", "--network", str(graph)]) == 1


def test_what_was_read_is_said_of_one_file_and_presumed_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "a.md", tmp_path / "b.md"]
    for path in paths:
        path.write_text("$a^l = \\sigma(z^l)$", encoding="utf-8")
    cli.main(["verify", *map(str, paths)])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["2 equations: 2 stated"]
    cli.main(["verify", str(paths[0])])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        r"read: a^l = \sigma(z^l) (line 1); columns; presumed: any activation"
    )
    cli.main(["verify", *map(str, paths), "--format", "json"])
    presumed = json.loads(capsys.readouterr().out)["summary"]["presumed"]
    assert [words.split(": ")[0] for words in presumed] == list(map(str, paths))


SLIPPED = r"""$z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$, $C = \frac12 \|a^L - y\|^2$:
$\delta^L = (y - a^L) \odot \sigma'(z^L)$ and $w = w - \eta \frac{\partial C}{\partial w}$.
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with two lectures and a text without formulas."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week1.md").write_text(SLIPPED, encoding="utf-8")
    (tmp_path / "week2.md").write_text(SLIPPED.replace("(y - a^L)", "(a^L - y)"), encoding="utf-8")
    (tmp_path / "readme.txt").write_text("No formulas.")
    return tmp_path


def test_a_folder_is_judged_by_several_processes(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", "."]) == 1
    alone = capsys.readouterr()
    assert cli.main(["verify", ".", "--jobs", "2"]) == 1
    assert capsys.readouterr() == alone
    assert "./week1.md:2:2: error: BP105 wrong sign" in alone.out and "week2" not in alone.out
    assert cli.main(["verify", "week*.md", "--jobs", "2", "--format", "jsonl"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(line["file"] for line in lines) == ["week1.md", "week2.md"]


def test_no_document_that_is_read_is_written_over(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given in (".", "week*.md", "week1.md"):
        assert cli.main(["verify", given, "-o", "week1.md"]) == 2
        assert "week1.md: this is the file that is read" in capsys.readouterr().err
    assert (course / "week1.md").read_text(encoding="utf-8") == SLIPPED
    assert cli.main(["verify", ".", "-o", "report.out"]) == 1
    assert cli.main(["verify", ".", "-o", "report.out"]) == 1


def test_hints_do_not_fail(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", "week2.md"]) == 0
    assert "1 hint not shown; --hints shows it" in capsys.readouterr().out
    assert cli.main(["verify", "week2.md", "--hints"]) == 0
    assert ": hint: BP203 assignment" in capsys.readouterr().out


def test_what_is_configured_counts_unless_options_say_otherwise(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = course / "pyproject.toml"
    configuration.write_text('[tool.symbackprop]\nignore = ["BP105"]\n')
    assert cli.main(["verify", "week1.md"]) == 0
    assert cli.main(["verify", "week1.md", "--ignore", "BP203"]) == 1
    configuration.write_text('[tool.symbackprop.per-file-ignores]\n"week1*" = ["BP1"]\n')
    assert cli.main(["verify", "."]) == 0
    configuration.write_text('[tool.symbackprop]\nnotation = "ng"\nmacros = "none.tex"\n')
    assert cli.main(["verify", "week1.md"]) == 2
    assert "none.tex: there is no such file" in capsys.readouterr().err
    assert cli.main(["verify", "week1.md", "--macros", "readme.txt"]) == 1


def test_texts_without_equations_may_pass(course: Path) -> None:
    assert cli.main(["verify", "readme.txt"]) == 3
    assert cli.main(["verify", "readme.txt", "--pass-without-equations"]) == 0


def test_corrections_are_shown_and_written(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (course / "week1.md").read_text()
    assert cli.main(["verify", ".", "--diff"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("--- ./week1.md\n+++ ./week1.md\n@@") and "week2" not in shown
    assert not list(course.glob("*.fixed.*"))
    assert cli.main(["verify", ".", "--fix"]) == 1
    assert capsys.readouterr().err == "week1.fixed.md: 1 correction\n"
    assert (course / "week1.md").read_text() == before
    fixed = (course / "week1.fixed.md").read_text()
    assert cli.main(["verify", ".", "--fix", "--in-place", "--diff"]) == 1
    assert capsys.readouterr().out == shown
    assert (course / "week1.md").read_text() == fixed
    assert cli.main(["verify", "."]) == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["week1.md", "--in-place"], "give --fix too"),
        (["-", "--fix"], "--fix corrects files; - is none"),
        (["a = b", "--diff"], "--diff corrects files; a = b is none"),
        (["week1.md", "--diff", "--format", "json"], "in place of a report"),
        (["week1.md", "--diff", "--summary"], "in place of a report"),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    course: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert cli.main(["verify", *arguments]) == 2
    shown = capsys.readouterr()
    assert complaint in shown.err and not shown.out and shown.err.count("\n") == 1


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1.5", "1000"])
def test_jobs_are_a_small_number(capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["verify", "a = b", f"--jobs={jobs}"])
    assert stop.value.code == 2
    assert "an integer from 1 to 256 is wanted" in capsys.readouterr().err


def test_a_configuration_that_is_none_is_refused(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "pyproject.toml").write_text('[tool.symbackprop]\nselcet = ["BP1"]\n')
    assert cli.main(["verify", "week1.md"]) == 2
    shown = capsys.readouterr()
    assert "did you mean 'select'?" in shown.err and not shown.out


def test_a_hook_runs_what_there_is(course: Path) -> None:
    """The hook for pre-commit has options that the command knows."""
    hooks = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    (entry,) = [
        line.split(": ", 1)[1]
        for line in hooks.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("entry: ")
    ]
    program, *arguments = entry.split()
    assert program == "symbackprop"
    assert cli.main([*arguments, "readme.txt"]) == 0
    assert cli.main([*arguments, "week1.md", "readme.txt"]) == 1


def test_names_repeated_in_the_front_are_those_of_the_tables() -> None:
    assert tuple(STYLES) == options.REPORTS
    assert options.KINDS == documents.KINDS
    assert options.ORDERS == ORDERS


def test_the_docs_have_examples_that_run() -> None:
    tried = doctest.testfile(str(DOCS), module_relative=False)
    assert tried.attempted and not tried.failed


@pytest.mark.parametrize("call", ["f()", r"\sigma()", r"\sigma'()", r"\log()", "C()", "f()()"])
@pytest.mark.parametrize(
    "formula", ["h = {}", r"a^l = {}", r"\delta^l = {} W^{{l+1}} \delta^{{l+1}}", "y = 3 {}"]
)
def test_a_call_without_arguments_loses_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: str, formula: str
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(f"${formula.format(call)}$\n\n$\\delta^L = (a^L-y) \\odot \\sigma'(z^L)$\n")
    assert cli.main(["verify", str(notes), "--format", "json"]) in (0, 1)
    latex = [entry["latex"] for entry in json.loads(capsys.readouterr().out)["equations"]]
    assert any("delta^L" in each for each in latex)
