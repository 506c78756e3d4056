"""The room of programs imports nothing before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symbackprop import programs
from symbackprop.programs import callables


def test_importing_is_light() -> None:
    code = "import sys, symbackprop.programs; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_its_names_are_there_and_no_others() -> None:
    for name in programs.__all__:
        assert getattr(programs, name) is getattr(callables, name)
    with pytest.raises(AttributeError, match="has no attribute 'compile'"):
        programs.compile  # noqa: B018
