"""Formulas between delimiters: found in LaTeX and in plain text, and alone."""

from __future__ import annotations

import pytest
from found_places import assert_places, list_texts

from symbackprop.reading.documents import find_formulas

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
