"""Documents: every formula is found, nothing else is, and each character has its place."""

from __future__ import annotations

import gc
import io
import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from symbackprop.errors import InputError
from symbackprop.reading import documents
from symbackprop.reading.documents import Found, find_formulas, load_document


def texts(found: list[Found]) -> list[str]:
    return [one.text.strip() for one in found]


def assert_places(text: str, found: list[Found]) -> None:
    """Every character of a formula stands in the file where its place says."""
    lines = text.split("\n")
    for one in found:
        for offset, sign in enumerate(one.text):
            if sign == "\n" or (one.joins and sign == " "):
                # where formulas are joined, their inner delimiters are blank
                continue
            line, column = one.place(offset)
            assert lines[line - 1][column - 1] == sign, (one, offset)


MARKDOWN = r"""# The error $\delta^L = a - y$ of $L$

Text with $a = b$ and `$not = code$`, \$5, and $$c = d$$ in a line.
A formula over $e
= f$ two lines, *$g = h$*.

```
$fenced = 1$
```

    $indented = 1$

> quoted $i = j$
> $$
> k = l
>   + m
> $$

1. one $n = o$

   $$
   p = q
   $$

| name | formula |
|------|---------|
| x    | $r = r$ and $r = r$ |

\begin{align}
s &= t \\
u &= v
\end{align}

```math
w = x
```

<div>
$$y = z$$
<!-- $hidden = 1$ -->
</div>

So \\(aa = bb\\) and \(cc = dd\).

$$ee = ff$$ (label)
"""


def test_markdown_formulas_and_nothing_else() -> None:
    found = find_formulas(MARKDOWN, "markdown")
    assert texts(found) == [
        r"\delta^L = a - y", "L", "a = b", "c = d", "e\n= f", "g = h", "i = j", "k = l\n  + m",
        "n = o", "p = q", "r = r", "r = r", "\\begin{align}\ns &= t \\\\\nu &= v\n\\end{align}",
        "w = x", "y = z", "aa = bb", "cc = dd", "ee = ff",
    ]  # fmt: skip
    assert not any(one.problem for one in found)
    assert_places(MARKDOWN, found)


def test_places_are_those_of_the_delimiters() -> None:
    (inline,) = find_formulas("ab $c = d$ e")
    assert (inline.line, inline.column, inline.end_line, inline.end_column) == (1, 4, 1, 11)
    assert not inline.display
    (display,) = find_formulas("ab\n\n$$\nc = d\n$$\n")
    assert (display.line, display.column, display.end_line, display.end_column) == (3, 1, 5, 3)
    assert display.place(display.text.index("d")) == (4, 5)
    assert display.display


LATEX = r"""\documentclass{article}
\begin{document}
Let $a = b$ cost \$5. % a comment with $hidden = 1$ and an odd $
\verb|$v = 1$| and \(c = d\).
\begin{verbatim}
an odd $ here
\end{verbatim}
\begin{lstlisting}
$also = 1$
\end{lstlisting}
\[ e = f \]
$$g = h$$
\begin{equation*}
i = j % why $
\end{equation*}
\begin{align}
k &= l \\
m &= n
\end{align}
"""


def test_latex_formulas_and_nothing_else() -> None:
    found = find_formulas(LATEX, "latex")
    assert texts(found) == [
        "a = b", "c = d", "e = f", "g = h", "i = j % why $",
        "\\begin{align}\nk &= l \\\\\nm &= n\n\\end{align}",
    ]  # fmt: skip
    assert [one.display for one in found] == [False, False, True, True, True, True]
    assert_places(LATEX, found)


def test_text_with_tabs_keeps_columns() -> None:
    text = "a\t$b = c$\t$$d = e$$\n\n\\[f = g\\] 100% $h = i$"
    found = find_formulas(text, "text")
    assert texts(found) == ["b = c", "d = e", "f = g", "h = i"]
    assert_places(text, found)


@pytest.mark.parametrize("kind", ["markdown", "text", "latex"])
def test_what_is_not_closed_costs_its_paragraph_only(kind: str) -> None:
    found = find_formulas("an odd $a = b\n\nthen $c = d$", kind)
    assert [(one.text, one.line, bool(one.problem)) for one in found] == [
        ("a = b", 1, True),
        ("c = d", 3, False),
    ]


@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_prices_are_no_formulas(kind: str) -> None:
    found = find_formulas(
        "It costs $5 or maybe $10.\n\nThen $a = 1$, $0, 1, 2$ and $2x = 4$.", kind
    )
    assert texts(found) == ["a = 1", "0, 1, 2", "2x = 4"]


def test_comments_ignore_formulas() -> None:
    comment = "<!-- symbackprop: ignore -->"
    text = f"$a = b$ {comment}\n$c = d$\n\n{comment}\n$$\ne = f\n$$\n"
    assert texts(find_formulas(text, "markdown")) == ["c = d"]
    assert texts(find_formulas("$a = b$ % symbackprop: ignore\n$c = d$", "latex")) == ["c = d"]
    assert texts(find_formulas("$a = b$ # symbackprop: ignore\n$c = d$", "text")) == ["c = d"]
    assert texts(find_formulas("$a = b$ # symbackprop: ignored", "text")) == ["a = b"]


def make_notebook(*cells: tuple[str, list[str] | str]) -> str:
    listed = [{"cell_type": kind, "source": source, "outputs": []} for kind, source in cells]
    return json.dumps({"cells": listed, "nbformat": 4}, indent=1)


def test_notebook_cells_have_places() -> None:
    text = make_notebook(
        ("code", ["x = '$a = b$'\n", "same $c = d$\n"]),
        ("markdown", ["same $c = d$\n", "\n", "$$\n", "\\delta = 1\n", "$$"]),
        ("markdown", "one\ntwo $e = f$"),
    )
    found = find_formulas(text, "notebook")
    assert [(one.cell, one.line, one.column, one.text.strip()) for one in found] == [
        (2, 1, 6, "c = d"),
        (2, 3, 1, r"\delta = 1"),
        (3, 2, 5, "e = f"),
    ]
    lines = text.split("\n")
    shown = [lines[one.file_lines[0] - 1] for one in found]
    assert "same" in shown[0] and "$$" in shown[1] and "two" in shown[2]
    assert found[0].file_lines[0] > next(n for n, line in enumerate(lines, 1) if "same" in line)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": 1}', '{"cells": [', "[" * 100_000,
             '{"cells": [{"cell_type": "markdown", "source": 5}]}'],
)  # fmt: skip
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no notebook"):
        find_formulas(text, "notebook")


@pytest.mark.parametrize(
    ("text", "body"), [("a = b", "a = b"), ("$a = b$", "a = b"), ("\\[a = b\\]", "a = b"),
                       ("$a$ = $b$", "a  =  b"), ("$$a = b$$\n", "a = b")],
)  # fmt: skip
def test_a_formula_by_itself(text: str, body: str) -> None:
    (found,) = find_formulas(text, "formula")
    assert found.text == body
    assert_places(text, [found])


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"a\xff = b", "UTF-8"), (b"a\0b", "NUL"), (b"\x89PNG\0", "NUL")]
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        load_document(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_document(str(tmp_path / "none.md"))
    with pytest.raises(InputError, match="folder"):
        load_document(str(tmp_path))
    with pytest.raises(InputError, match="no name"):
        load_document("a\0.md")
    with pytest.raises(InputError, match="did you mean 'latex'"):
        load_document("a = b", "latx")


def test_windows_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(b"\xef\xbb\xbf$a = b$\r\n\r\n$$\r\nc = d\r\n$$\r\n")
    document = load_document(path)
    found = find_formulas(document.text, document.kind)
    assert [(one.line, one.column, one.text.strip()) for one in found] == [
        (1, 1, "a = b"),
        (3, 1, "c = d"),
    ]


def test_standard_input_is_markdown_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, wanted in ((None, "markdown"), ("latex", "latex")):
        stream = SimpleNamespace(buffer=io.BytesIO(b"$a = b$"))
        monkeypatch.setattr(documents.sys, "stdin", stream)
        assert load_document("-", kind) == documents.Document("<stdin>", wanted, "$a = b$")


@given(st.text(alphabet="$\\[]()ab=`|>-# \n\t%{}1<!", max_size=60))
@example("$1$$=$")
def test_no_text_is_too_strange(text: str) -> None:
    for kind in ("markdown", "latex", "text", "formula"):
        found = find_formulas(text, kind)
        for one in found:
            assert one.line <= one.end_line
            one.place(len(one.text))
        if kind != "markdown":
            assert_places(text, found)


@pytest.mark.parametrize("kind", ["markdown", "latex", "text"])
@pytest.mark.parametrize(
    "part", ["{", "$", "$a ", "\\(", "\\[", "[", "\\begin{align}", "$$\n", ">"]
)
def test_hostile_texts_end_soon(kind: str, part: str) -> None:
    start = time.process_time()
    find_formulas(part * (20_000 // len(part)), kind)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "part", ["$a = b$\n", "$$a\n", "\\begin{align}a\n", "- $$a\n", "> $a$\n\n"]
)
def test_time_grows_with_the_length_of_a_document(part: str) -> None:
    def measure(count: int) -> float:
        times = []
        for _ in range(2):
            # what other tests have left is not to be walked over here
            gc.collect()
            gc.freeze()
            begin = time.process_time()
            find_formulas(part * count)
            times.append(time.process_time() - begin)
            gc.unfreeze()
        return min(times)

    measure(10)
    # four times as long; sixteen times the time would be a square
    assert measure(8000) < 8 * measure(2000) + 0.2


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("so $a$ = $b$.", ["a  =  b"]),
        ("so $a$ $= b$.", ["a   = b"]),
        ("so $a =$ $b$.", ["a =   b"]),
        ("$a$ = $b$ = $c$", ["a  =  b  =  c"]),
        ("ñ∂ $a$ =\n$b$ end", ["a  =\n b"]),
        ("\\(a\\) = \\(b\\)", ["a   =   b"]),
        ("$a$ = $b$ · $c$ + $d$.", ["a  =  b  ·  c  +  d"]),
        ("$a$ - $b$ = $c$", ["a  -  b  =  c"]),
        ("- $a$ = $b$", ["a  =  b"]),
        ("* $a$ = $b$", ["a  =  b"]),
        ("$a = b$ · $c$", ["a = b  ·  c"]),
        ("$a = b$ - $c$", ["a = b", "c"]),
        ("$a = b$ - $c = d$", ["a = b", "c = d"]),
        ("$a$ · $b$", ["a", "b"]),
        ("$a$ = $b$ + 5", ["a", "b"]),
        ("2 $a$ = $b$", ["a", "b"]),
        ("it is 2$a$ = $b$", ["a", "b"]),
        ("In (1) of step 2 $a$ = $b$ (see there).", ["a  =  b"]),
        ("**Bold** *$a$ = $b$* and", ["a  =  b"]),
        ("$f$ = $g$(x)", ["f", "g"]),
        ("1 + $a$ = $b$", ["a", "b"]),
        ("$a$, $= b$", ["a", "= b"]),
        ("$a$ is $= b$", ["a", "= b"]),
        ("$a$ $b$", ["a", "b"]),
        ("$a$ = 5 and $b$", ["a", "b"]),
        ("$a =$ $= b$", ["a =", "= b"]),
        ("$a$ =\n\n$b$", ["a", "b"]),
        ("$$a$$ = $b$", ["a", "b"]),
        ("| $a$ | $= b$ |\n|---|---|\n| $c$ | $d$ |", ["a", "= b", "c", "d"]),
    ],
)
@pytest.mark.parametrize("kind", ["markdown", "text", "latex"])
def test_an_equation_in_parts_is_one(text: str, whole: list[str], kind: str) -> None:
    found = find_formulas(text, kind)
    assert [one.text for one in found] == whole
    lines = text.split("\n")
    for one in found:
        assert bool(one.joins) == ("  " in one.text)
        for offset, sign in enumerate(one.text):
            line, column = one.place(offset)
            if sign not in " \n":
                assert lines[line - 1][column - 1] == sign
        assert lines[one.end_line - 1][one.end_column - 2] in "$)"


@pytest.mark.parametrize("text", ["$a = $b ", "$a$ = ", "$a$ - ", "- $a$ = $b$ 2 ", "$a$ $= b$ * "])
@pytest.mark.parametrize("kind", ["markdown", "text"])
def test_long_lines_of_parts_are_read_soon(text: str, kind: str) -> None:
    start = time.process_time()
    find_formulas(text * 3_000, kind)
    assert time.process_time() - start < 4
