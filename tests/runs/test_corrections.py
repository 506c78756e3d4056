"""Corrected documents: certain corrections, put where the slips stand, and nothing else changed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.runs.corrections import correct_document, write_corrected
from symbackprop.runs.judging import judge_document
from symbackprop.verification.findings import Judged

LECTURE = r"""
Let $z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$ and $C = \frac12 \|a^L - y\|^2$. ñ

$$
\begin{aligned}
\delta^L &= (y - a^L)
    \odot \sigma'(z^L) \\
\frac{\partial C}{\partial w^l} &= \delta^l
\end{aligned}
$$
so $\delta^L = (y - a^L) \odot \sigma'(z^L)$ and
$\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)$.
Of parts: $\delta^L$ = $(y - a^L) \odot \sigma'(z^L)$.
"""
FIXED = r"""
Let $z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$ and $C = \frac12 \|a^L - y\|^2$. ñ

$$
\begin{aligned}
\delta^L &= (a^L - y)
    \odot \sigma'(z^L) \\
\frac{\partial C}{\partial b^l} &= \delta^l
\end{aligned}
$$
so $\delta^L = (a^L - y) \odot \sigma'(z^L)$ and
$\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)$.
Of parts: $\delta^L$ = $(y - a^L) \odot \sigma'(z^L)$.
"""


def judge(path: Path, text: str | bytes) -> Judged:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return judge_document(str(path), {})


def test_errors_are_corrected_where_they_stand_and_nothing_else_is(tmp_path: Path) -> None:
    corrected = correct_document(judge(tmp_path / "n.md", LECTURE), {})
    assert corrected is not None
    assert (corrected.new, corrected.number) == (FIXED, 3)
    assert correct_document(judge(tmp_path / "fixed.md", FIXED), {}) is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_end_as_they_did(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "n.md"
    corrected = correct_document(judge(path, mark + LECTURE.replace("\n", end)), {})
    assert corrected is not None
    assert write_corrected(corrected, in_place=False) == tmp_path / "n.fixed.md"
    written = (tmp_path / "n.fixed.md").read_bytes().decode()
    assert written == mark + FIXED.replace("\n", end)
    assert path.read_bytes().decode() == mark + LECTURE.replace("\n", end)
    assert write_corrected(corrected, in_place=True) == path
    assert path.read_bytes().decode() == written


def test_lines_that_end_in_several_ways_are_left_alone(tmp_path: Path) -> None:
    corrected = correct_document(judge(tmp_path / "n.md", "a\r\n" + LECTURE), {})
    assert corrected is not None
    with pytest.raises(InputError, match="its lines end in several ways"):
        write_corrected(corrected, in_place=True)


def test_a_document_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    judged = judge(path, LECTURE)
    path.write_text("Another.\n" + LECTURE)
    assert correct_document(judged, {}) is None
    corrected = correct_document(judge(path, LECTURE), {})
    assert corrected is not None
    path.write_text("Another.\n" + LECTURE)
    with pytest.raises(InputError, match="or it has changed"):
        write_corrected(corrected, in_place=True)


def test_a_patch_is_one_that_patch_applies(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    corrected = correct_document(judge(path, LECTURE.rstrip("\n")), {})
    assert corrected is not None
    patch = corrected.say_diff().replace(str(path), "n.md")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-p0", "-"], input=patch, text=True, cwd=tmp_path, check=True)
    assert path.read_text() == FIXED.rstrip("\n")


def test_a_cell_of_a_notebook_is_corrected(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": ["x = 1\n"], "metadata": {}},
        {"cell_type": "markdown", "source": LECTURE.splitlines(keepends=True), "metadata": {}},
        {"cell_type": "markdown", "source": r"ñ $\delta^L = (y - a^L) \odot \sigma'(z^L)$"},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1, ensure_ascii=False) + "\n"
    corrected = correct_document(judge(tmp_path / "n.ipynb", text), {})
    assert corrected is not None and corrected.number == 4
    fixed = json.loads(corrected.new)["cells"]
    assert fixed[0] == cells[0]
    assert "".join(fixed[1]["source"]) == FIXED and len(fixed[1]["source"]) == len(
        cells[1]["source"]
    )
    assert fixed[2]["source"] == r"ñ $\delta^L = (a^L - y) \odot \sigma'(z^L)$"
    changed = [line for line in corrected.say_diff().splitlines()[2:] if line[0] in "-+"]
    assert len(changed) == 8


def test_macros_of_the_author_stay(tmp_path: Path) -> None:
    text = r"$\newcommand{\err}{\delta}$" + LECTURE.replace(r"\delta^L &=", r"\err^L &=")
    corrected = correct_document(judge(tmp_path / "n.md", text), {})
    assert corrected is not None
    assert corrected.new == r"$\newcommand{\err}{\delta}$" + FIXED.replace(
        r"\delta^L &=", r"\err^L &="
    )


def test_what_depends_on_a_guess_is_not_corrected(tmp_path: Path) -> None:
    text = LECTURE.replace(r"and $C = \frac12 \|a^L - y\|^2$", "")
    corrected = correct_document(judge(tmp_path / "n.md", text), {})
    assert corrected is None or "(a^L - y)" not in corrected.new
