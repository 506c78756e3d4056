"""Formulas between delimiters: found in LaTeX and in plain text, and alone."""

from __future__ import annotations

import pytest
from found_places import assert_places, list_texts

from symbackprop.reading.delimiters import (
    HTML_START,
    find_in_latex,
    find_in_text,
    scan,
    take_whole,
)
from symbackprop.reading.documents import find_formulas
from symbackprop.reading.macros import Macro

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
    assert list_texts(found) == [
        "a = b", "c = d", "e = f", "g = h", "i = j % why $",
        "\\begin{align}\nk &= l \\\\\nm &= n\n\\end{align}",
    ]  # fmt: skip
    assert [one.display for one in found] == [False, False, True, True, True, True]
    assert_places(LATEX, found)


def test_text_with_tabs_keeps_columns() -> None:
    text = "a\t$b = c$\t$$d = e$$\n\n\\[f = g\\] 100% $h = i$"
    found = find_formulas(text, "text")
    assert list_texts(found) == ["b = c", "d = e", "f = g", "h = i"]
    assert_places(text, found)


@pytest.mark.parametrize(
    ("text", "body"), [("a = b", "a = b"), ("$a = b$", "a = b"), ("\\[a = b\\]", "a = b"),
                       ("$a$ = $b$", "a  =  b"), ("$$a = b$$\n", "a = b")],
)  # fmt: skip
def test_a_formula_by_itself(text: str, body: str) -> None:
    (found,) = find_formulas(text, "formula")
    assert found.text == body
    assert_places(text, [found])


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"$a$ \$5 \(b\)", ["a", "b"]),
        (r"$\text{if $x > 0$} y$", [r"\text{if $x > 0$} y"]),
        ("% $a$\n$b$", ["b"]),
        (r"\lstinline!$a$! $b$", ["b"]),
        (r"\begin{verbatim} $a$", []),
        (r"\begin{math}a\end{math} \[ \] $b$", ["a", "b"]),
        (r"\begin{align*}a &= b\end{align*}", [r"\begin{align*}a &= b\end{align*}"]),
    ],
)
def test_what_is_shown_as_it_stands_is_no_formula(text: str, formulas: list[str]) -> None:
    found = list(find_in_latex(text))
    assert list_texts(found) == formulas and not any(one.problem for one in found)


def test_in_plain_text_a_percent_sign_begins_no_comment() -> None:
    assert list_texts(list(find_in_text("50 % $a$"))) == ["a"]
    assert list_texts(list(find_in_latex("50 % $a$"))) == []


def test_html_shows_no_scripts_and_no_code() -> None:
    text = "<script>$a$</script> <!-- $b$ --> <code>$c$</code> $d$ <PRE>$e$"
    assert list_texts(list(scan(text, HTML_START))) == ["d"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the next dollar closes it, where a paragraph does not
        ("$a = b\nc $d$", [("a = b\nc", False), ("", True)]),
        ("$a = b\n\nc $d$", [("a = b", True), ("d", False)]),
        (r"\[a = b" + "\n\nc $d$", [("a = b", True), ("d", False)]),
    ],
)
def test_what_is_not_closed_costs_little(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(one.text.strip(), bool(one.problem)) for one in find_in_text(text)] == found


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("", []),
        (" $ $ ", ["$ $"]),
        ("$a$ and $b$", ["a", "b"]),
        (r"\(a\)", ["a"]),
        ("a $", ["a $"]),
    ],
)
def test_a_whole_text_is_a_formula_or_has_several(text: str, formulas: list[str]) -> None:
    assert list_texts(take_whole(text)) == formulas


def test_macros_may_stand_for_delimiters() -> None:
    macros = {"be": Macro(0, r"\begin{equation}"), "ee": Macro(0, r"\end{equation}")}
    text = r"\be a = b \ee, \be c = d \end{equation}, $e$ \ee"
    assert list_texts(list(find_in_latex(text, macros))) == ["a = b", "c = d", "e"]
    # what opens is closed by its like only
    assert list_texts(list(find_in_latex(text))) == ["e"]
    assert [bool(one.problem) for one in find_in_latex(r"\be a $", macros)] == [True]
