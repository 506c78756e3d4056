"""The command line: exit codes, what goes where, and no traceback for any input."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symbackprop
from symbackprop import cli
from symbackprop.errors import InputError
from symbackprop.options import build_parser
from symbackprop.streams import write_whole


class Story(SimpleNamespace):
    """A pipeline that only notes how it was called, so that the front is tested alone."""

    def __init__(
        self, agrees: bool = True, values: bool = False, fails: BaseException | None = None
    ) -> None:
        super().__init__(agrees=agrees, values=values, fails=fails, calls={})

    def load(self, net: str, **options: Any) -> SimpleNamespace:
        self.calls["load"] = (net, options)
        if self.fails:
            raise self.fails
        values = {"x": 1.0} if self.values else {}
        return SimpleNamespace(values=values, digits=None, is_forward_only=False)

    def derive(self, declared: object) -> SimpleNamespace:
        return SimpleNamespace(summary="7 equations checked", details="one by one")

    def show_parts(self, derived: object, **options: Any) -> list[str]:
        return [self.show(derived, **options), "\n"]

    def show(self, derived: object, **options: Any) -> str:
        self.calls.setdefault("show", options)
        return "δ = a − y"

    def check(self, declared: object, **options: Any) -> SimpleNamespace:
        self.calls["check"] = options
        return SimpleNamespace(
            agrees=self.agrees,
            text="W1 agrees",
            summary="1 gradient agrees",
            as_dict=lambda: {"agrees": self.agrees},
        )

    def evaluate(self, declared: object, **options: Any) -> dict[str, Any]:
        self.calls["evaluate"] = options
        return {"cost": 0.5}


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    return tell(monkeypatch, Story())


def tell(monkeypatch: pytest.MonkeyPatch, story: Story) -> Story:
    for name in ("load", "derive", "show", "show_parts", "check", "evaluate"):
        monkeypatch.setattr(symbackprop, name, getattr(story, name), raising=False)
    monkeypatch.setattr(cli, "find_idle", lambda *given: ())
    return story


def test_formulas_go_to_output_and_proofs_to_error(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["derive", "mlp"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("δ = a − y\n", "7 equations checked\n")
    assert story.calls == {
        "load": ("mlp", {"batch": False, "regularized": False}),
        "show": {"limit": 1000, "width": 80, "paint": None},
    }


def test_every_option_reaches_the_pipeline(story: Story) -> None:
    options = """derive 2-3-2 --wrt W1 --view matrix --form delta --notation ng --lang es
        --digits 4 --decimal , --all --explain --to latex --activation tanh,softmax --cost sse
        --bias shared --batch --regularized"""
    assert cli.main(options.split()) == 0
    assert story.calls == {
        "load": (
            "2-3-2",
            {
                "activation": ["tanh", "softmax"],
                "cost": "sse",
                "bias": "shared",
                "batch": True,
                "regularized": True,
            },
        ),
        "show": {
            "wrt": "W1",
            "view": "matrix",
            "form": "delta",
            "steps": True,
            "notation": "ng",
            "language": "es",
            "digits": 4,
            "decimal": ",",
            "to": "latex",
            "limit": None,
        },
    }


@pytest.mark.parametrize(("agrees", "code"), [(True, 0), (False, 1)])
def test_a_check_that_disagrees_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, agrees: bool, code: int
) -> None:
    tell(monkeypatch, Story(agrees=agrees))
    assert cli.main(["check", "mlp"]) == code


@pytest.mark.parametrize(("agrees", "code"), [(True, 0), (False, 1)])
def test_a_file_with_values_is_cross_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], agrees: bool, code: int
) -> None:
    tell(monkeypatch, Story(agrees=agrees, values=True))
    assert cli.main(["derive", "net.toml"]) == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("δ = a − y\n", "7 equations checked\n1 gradient agrees\n")


def test_what_was_proved_is_said_in_a_line_in_full_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(monkeypatch, Story(values=True))
    cli.main(["derive", "net.toml", "--verbose"])
    assert capsys.readouterr().err == "one by one\nW1 agrees\n"
    cli.main(["derive", "net.toml", "--quiet"])
    assert capsys.readouterr() == ("δ = a − y\n", "")


def test_evaluate_as_text_and_as_json(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "net.toml", "--all"]) == 0
    assert capsys.readouterr().out == "cost  0.5\n"
    assert story.calls["evaluate"] == {"everything": True}
    assert cli.main(["evaluate", "net.toml", "--format", "json"]) == 0
    assert capsys.readouterr().out == '{\n  "cost": 0.5\n}\n'


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InputError("no such thing"), "symbackprop: no such thing\n"),
        (PermissionError(13, "Permission denied", "x"), "symbackprop: x: Permission denied\n"),
    ],
)
def test_bad_input_is_one_message(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    message: str,
) -> None:
    tell(monkeypatch, Story(fails=error))
    assert cli.main(["derive", "x"]) == 2
    assert capsys.readouterr() == ("", message)


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, Story(fails=TypeError("a bug")))
    with pytest.raises(TypeError):
        cli.main(["derive", "x"])


def test_an_interrupt_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(monkeypatch, Story(fails=KeyboardInterrupt()))
    assert cli.main(["derive", "x"]) == 130
    assert capsys.readouterr() == ("", "")


def test_check_as_json_and_with_another_seed(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "2-3", "--format", "json", "--seed", "7"]) == 0
    assert capsys.readouterr().out == '{\n  "agrees": true\n}\n'
    assert story.calls["check"] == {"seed": 7}


def test_alone_it_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "usage: symbackprop" in capsys.readouterr().out


BAD_ARGUMENTS = [
    (["dervie", "mlp"], "invalid choice: 'dervie'"),
    (["derive"], "the following arguments are required: NET"),
    (["derive", "mlp", "--view", "matix"], "unknown view 'matix'; did you mean 'matrix'?"),
    (["derive", "mlp", "--form", "chian"], "unknown form 'chian'; did you mean 'chain'?"),
    (["derive", "mlp", "--notation", "nilsen"], "unknown notation 'nilsen'; did you mean 'niel"),
    (["derive", "mlp", "--lang", "fr"], "unknown language 'fr'"),
    (["derive", "mlp", "--to", "pdf"], "unknown to 'pdf'; Known: text, latex"),
    (["derive", "mlp", "--digits", "0"], "an integer from 1 to 50 is wanted"),
    (["derive", "mlp", "--digits", "-3"], "an integer from 1 to 50 is wanted"),
    (["derive", "mlp", "--digits", "1e3"], "an integer from 1 to 50 is wanted"),
    (["derive", "mlp", "--digits", "9" * 9999], "an integer from 1 to 50 is wanted"),
    (["derive", "mlp", "--bias", "share"], "unknown bias 'share'; did you mean 'shared'?"),
    (["evaluate", "x.toml", "--format", "xml"], "unknown format 'xml'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_ARGUMENTS)
def test_bad_arguments_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    said = capsys.readouterr()
    assert message in said.err and not said.out
    assert said.err.count("\n") == 1


@given(st.lists(st.text(max_size=5) | st.sampled_from(["derive", "mlp", "--view"]), max_size=4))
def test_arguments_never_end_in_a_traceback(arguments: list[str]) -> None:
    try:
        build_parser(cli.COMMANDS).parse_args(arguments)
    except SystemExit as left:
        assert left.code in (0, 2)


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ("--digits 3", ["--digits"]),
        ("--decimal ,", ["--decimal"]),
        ("--digits 9 --view matrix --form delta --lang en --notation nielsen", []),
        ("--explain --form chain", ["--form"]),
        ("--lang es --notation ng --view indexed", []),
        ("--all", ["--all"]),
        ("--to latex --width 40", ["--width"]),
        ("--wrt W --lang es --digits 4 --decimal ,", ["--digits", "--decimal"]),
    ],
)
def test_an_option_without_effect_says_so(
    options: str, idle: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["derive", "mlp", *options.split()]) == 0
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if "no effect" in line] == [
        f"{option} has no effect here" for option in idle
    ]


def test_seeds_and_digits_without_effect_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "examples/xyz_graph.toml", "--seed", "3"])
    assert "--seed has no effect here" in capsys.readouterr().err
    cli.main(["evaluate", "examples/xyz_graph.toml", "--format", "json", "--digits", "3"])
    assert "--digits has no effect here" in capsys.readouterr().err


def test_sigma_and_softmax_at_any_depth(capsys: pytest.CaptureFixture[str]) -> None:
    options = "derive mlp --activation sigmoid,softmax --cost cross-entropy"
    assert cli.main(options.split()) == 0
    shown = capsys.readouterr().out
    assert "δᴸ = aᴸ − y\n" in shown
    assert "aᴸ = softmax(zᴸ)" in shown and "aˡ = σ(zˡ)" in shown
    assert "δˡ = ((wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ aˡ ⊙ (1 − aˡ)        (l = 1, …, L−1)" in shown


def test_text_is_as_wide_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    widest = {}
    for width in ("0", "40", "60"):
        cli.main(["derive", "examples/mazur.toml", "--quiet", "--width", width])
        lines = capsys.readouterr().out.splitlines()
        widest[width] = max(len(line) for line in lines if line.startswith("  "))
    assert widest["40"] < widest["60"] <= 60 < 120 < widest["0"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    with pytest.raises(SystemExit) as left:
        cli.main(["--print-completion", shell])
    assert left.value.code == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("derive", "--notation", "nielsen"))


def test_help_and_version_are_quick_to_load() -> None:
    for arguments in (["--version"], ["--help"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
    assert run("--version").stdout == f"symbackprop {symbackprop.__version__}\n"


# --- files ------------------------------------------------------------------------------------


def test_a_file_is_written_whole(story: Story, tmp_path: Path) -> None:
    target = tmp_path / "formulas.txt"
    target.write_text("old")
    assert cli.main(["derive", "mlp", "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == "δ = a − y\n"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tell(monkeypatch, Story(fails=InputError("bad")))
    target = tmp_path / "formulas.txt"
    target.write_text("old")
    assert cli.main(["derive", "x", "-o", str(target)]) == 2
    assert target.read_text() == "old"


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "formulas.txt"
    target.write_text("old")

    def break_off(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_whole(target, break_off)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_followed(story: Story, tmp_path: Path) -> None:
    target, link = tmp_path / "formulas.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    assert cli.main(["derive", "mlp", "-o", str(link)]) == 0
    assert link.is_symlink() and target.read_text(encoding="utf-8") == "δ = a − y\n"


@pytest.mark.parametrize(
    ("place", "message"),
    [(".", "this is a folder; a file is wanted"), ("none/x.txt", "cannot be written")],
)
def test_a_place_that_cannot_be_written(
    story: Story,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    place: str,
    message: str,
) -> None:
    assert cli.main(["derive", "mlp", "-o", str(tmp_path / place)]) == 2
    assert message in capsys.readouterr().err


def test_a_page_without_the_letters_still_gets_utf_8(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", page)
    assert cli.main(["derive", "mlp"]) == 0
    assert page.buffer.getvalue().decode() == "δ = a − y\n"  # type: ignore[attr-defined]


# --- as a process -----------------------------------------------------------------------------


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "symbackprop"]
    return subprocess.run(
        [sys.executable, *start, *arguments], capture_output=True, encoding="utf-8", check=False
    )


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from symbackprop.cli import main
try:
    main(["derive", "--help"])
except SystemExit:
    print([name for name in ("sympy", "numpy", "latexify") if name in sys.modules])
"""
    done = run(code=code)
    assert done.stdout.endswith("[]\n"), done.stderr
    assert "usage: symbackprop derive" in done.stdout


def test_a_reader_that_leaves_is_no_error() -> None:
    code = """
import os, sys
from symbackprop.streams import emit
reader, writer = os.pipe()
os.close(reader)
os.dup2(writer, 1)
emit("x" * 1_000_000, None)
"""
    done = run(code=code)
    assert (done.returncode, done.stderr) == (0, "")
