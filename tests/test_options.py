"""The options of the command line: what they become, and one line for each mistake."""

from __future__ import annotations

import argparse

import pytest

from symbackprop.choices import FORMATS, FORMS, LANGUAGES, NOTATIONS, VIEWS
from symbackprop.options import build_parser, split_codes


def parse(*arguments: str) -> argparse.Namespace:
    commands = {name: lambda given: 0 for name in ("derive", "check", "evaluate", "verify")}
    return build_parser(commands).parse_args(arguments)


def test_what_is_not_given_is_not_decided_here() -> None:
    given = vars(parse("derive", "mlp"))
    for option in ("wrt", "view", "form", "notation", "language", "decimal", "digits", "steps"):
        assert given[option] is None, option
    assert given["limit"] == 1000
    assert vars(parse("derive", "mlp", "--all"))["limit"] is None


@pytest.mark.parametrize(
    ("option", "name", "known"),
    [
        ("--view", "view", VIEWS),
        ("--form", "form", FORMS),
        ("--notation", "notation", NOTATIONS),
        ("--lang", "language", LANGUAGES),
        ("--to", "to", FORMATS),
    ],
)
def test_every_choice_is_taken_and_no_other(
    option: str, name: str, known: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for choice in known:
        assert vars(parse("derive", "mlp", option, choice))[name] == choice
    near = known[0] + "x"
    with pytest.raises(SystemExit) as left:
        parse("derive", "mlp", option, near)
    said = capsys.readouterr().err
    assert left.value.code == 2 and said.count("\n") == 1
    assert repr(near) in said and known[0] in said


def test_numbers_have_their_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse("derive", "mlp", "--width", "0").width == 0
    assert parse("check", "2-1", "--seed", "7").seed == 7
    for arguments in (
        ("derive", "mlp", "--digits", "0"),
        ("derive", "mlp", "--digits", "two"),
        ("derive", "mlp", "--width", "-1"),
        ("check", "2-1", "--seed", "-1"),
    ):
        with pytest.raises(SystemExit) as left:
            parse(*arguments)
        assert left.value.code == 2
        said = capsys.readouterr().err
        assert arguments[-2] in said and said.count("\n") == 1


def test_activations_may_be_two_and_codes_many() -> None:
    assert parse("derive", "mlp", "--activation", "tanh").activation == "tanh"
    assert parse("derive", "mlp", "--activation", "tanh,softmax").activation == ["tanh", "softmax"]
    assert split_codes("bp1, BP301") == ["BP1", "BP301"]


def test_a_command_runs_what_it_is_given() -> None:
    ran: list[str] = []
    commands = {
        name: lambda given, name=name: ran.append(name) or 0
        for name in ("derive", "check", "evaluate", "verify")
    }
    for name in commands:
        given = build_parser(commands).parse_args([name, "2-1"])
        given.command(given)
    assert ran == list(commands)
