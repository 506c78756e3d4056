"""Formulas in Markdown: each is found with its place, and nothing else is."""

from __future__ import annotations

import gc
import time

import pytest
from found_places import assert_places, list_texts

from symbackprop.reading.documents import find_formulas
from symbackprop.reading.markdown import find_in_markdown

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
    assert list_texts(found) == [
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
    ("text", "formulas"),
    [
        # only a fence that says so is a formula; an option of it is none
        ("```{math}\n:label: one\na = b\n```", [("a = b", 1)]),
        ("```python\n$a = b$\n```", []),
        ("~~~\n$a = b$\n~~~", []),
        ("    $a = b$", []),
        # a display that is open ends no paragraph
        ("so\n$$\na\n- b\n$$", [("a\n- b", 2)]),
        ("$$a$$ and $$b$$", [("a", 1), ("b", 1)]),
        ("> $$\n> a\n> $$", [("a", 1)]),
        ("It costs $5 or maybe $10.", []),
        ("| $a$ | $b$ |\n|--|--|\n| $a$ | c |", [("a", 1), ("b", 1), ("a", 3)]),
        (r"\\[a = b\\] and \[c\]", [("a = b", 1), ("c", 1)]),
        ("<pre>\n$a$\n</pre>\n\n<p>\n$b$\n</p>", [("b", 6)]),
        ("", []),
    ],
)
def test_only_what_is_shown_as_a_formula_is_one(text: str, formulas: list[tuple[str, int]]) -> None:
    found = find_in_markdown(text)
    assert [(one.text.strip(), one.line) for one in found] == formulas
    assert_places(text, found)


def test_what_is_not_closed_is_told() -> None:
    (one, other) = find_in_markdown("so $a = b and\n\n$c$")
    assert (one.text, bool(one.problem), one.line) == ("a = b and", True, 1)
    assert (other.text, bool(other.problem)) == ("c", False)
