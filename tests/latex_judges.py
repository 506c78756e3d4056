"""Judges of the LaTeX that we emit: KaTeX in strict mode, and pdflatex."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

needs_pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed: nothing was compiled"
)

TEXT_GROUP = re.compile(r"\\(?:text|textbf|textit|textrm|mbox)\{[^{}]*\}")

JUDGE = """
function refuse(formula, macros) {
    try {
        katex.renderToString(formula, {
            strict: "error", throwOnError: true, displayMode: true, trust: false, macros: macros
        });
        return null;
    } catch (error) { return String(error.message || error); }
}
"""


@cache
def start_katex() -> Any:
    """Load KaTeX into one JavaScript context, which all tests share."""
    from py_mini_racer import MiniRacer

    # where it lies in the package differs from release to release
    shipped = metadata.files("sphinxcontrib-katex") or []
    scripts = [path for path in shipped if path.name == "katex.min.js"]
    assert scripts, "sphinxcontrib-katex ships no katex.min.js: there is no KaTeX to run"
    context = MiniRacer()
    context.eval(scripts[0].read_text(encoding="utf-8"))
    context.eval(JUDGE)
    return context


def refuse_in_katex(formula: str, macros: Mapping[str, str] | None = None) -> str | None:
    r"""Say why KaTeX in strict mode refuses a formula, or None when it takes it.

    >>> refuse_in_katex(r"\frac{1}{2}") is None
    True
    """
    arguments = f"{json.dumps(formula)}, {json.dumps(dict(macros or {}))}"
    refusal = start_katex().eval(f"refuse({arguments})")
    if refusal is not None:
        return str(refusal)
    # KaTeX takes a Greek letter such as δ in math, pdflatex does not
    foreign = re.search(r"[^\x00-\x7f]", TEXT_GROUP.sub("", formula))
    return f"Unicode character {foreign.group()!r} outside of \\text" if foreign else None


def compile_document(source: str, folder: Path) -> Path:
    """Run pdflatex on a whole document in a folder and return the path of its PDF.

    Raises AssertionError with the error lines of the log when pdflatex refuses it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "document.tex").write_text(source, encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"],
        cwd=folder,
        capture_output=True,
        timeout=120,
    )
    document = folder / "document.pdf"
    if run.returncode != 0 or not document.exists():
        # an error line opens with "!", the line of the source follows as "l.12 ..."
        lines = run.stdout.decode("utf-8", "replace").splitlines()
        errors = [line for line in lines if re.match(r"!|l\.\d+", line)] or lines[-20:]
        raise AssertionError("pdflatex refuses the document:\n" + "\n".join(errors))
    return document


def compile_many(formulas: Sequence[str], preamble: str = "") -> None:
    """Compile many display formulas in one document; halve it only to name a wrong one.

    `preamble` holds the macros that the formulas use. Raises AssertionError with the first
    formula that pdflatex refuses.
    """
    if not formulas:
        return
    displays = "\n\n".join(f"\\[\n{formula}\n\\]" for formula in formulas)
    source = (
        "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}\n"
        "\\usepackage{lmodern,amsmath,amssymb,xcolor}\n"
        f"{preamble}\n\\begin{{document}}\n{displays}\n\\end{{document}}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            compile_document(source, Path(folder))
            return
        except AssertionError as failure:
            if len(formulas) == 1:
                raise AssertionError(f"{formulas[0]}\n{failure}") from None
            whole = failure
    middle = len(formulas) // 2
    compile_many(formulas[:middle], preamble)
    compile_many(formulas[middle:], preamble)
    raise AssertionError(f"each half compiles, the whole does not: {whole}")
