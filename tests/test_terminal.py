"""What a terminal gets and a file does not: its width, colours, progress."""

from __future__ import annotations

import io
import os
import sys

import pytest

from symbackprop import terminal
from symbackprop.interrupts import at_interrupt
from symbackprop.progress import track


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Screen()


def test_the_width_is_as_asked_as_the_terminal_or_80(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.find_width(0) == 0
    assert terminal.find_width(33) == 33
    assert terminal.find_width(None) == 80
    monkeypatch.setattr(os, "get_terminal_size", lambda fd: os.terminal_size((132, 50)))
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1, raising=False)
    assert terminal.find_width(None) == 132
    monkeypatch.setattr(sys, "stdout", None)
    assert terminal.find_width(None) == 80


def test_headings_are_coloured_on_a_terminal(screen: Screen) -> None:
    paint = terminal.choose_paint(screen)
    assert paint is not None
    painted = [paint(part, "words") for part in terminal.STYLES]
    assert len(set(painted)) == len(painted)
    assert all(p.startswith("\x1b[") and "words" in p for p in painted)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_may_be_refused(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert terminal.choose_paint(screen) is None


def test_a_file_has_no_colours() -> None:
    assert terminal.choose_paint(io.StringIO()) is None
    assert terminal.choose_paint(None) is None


def test_progress_comes_after_a_second_and_leaves(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    now = [0.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    with terminal.show_progress(quiet=False):
        for number in track(range(5), "counting sheep"):
            assert ("counting sheep" in screen.getvalue()) == (number >= 3)
            now[0] += 0.4
        assert at_interrupt
    assert not at_interrupt


@pytest.mark.parametrize("quiet", [True, False])
def test_no_progress_where_nobody_looks(quiet: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "PATIENCE", 0.0)
    page = Screen() if quiet else io.StringIO()
    monkeypatch.setattr(sys, "stderr", page)
    with terminal.show_progress(quiet):
        list(track(range(5), "counting sheep"))
    assert page.getvalue() == ""
