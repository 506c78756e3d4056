"""Formulas and documents damaged at random: each is read, or refused with its place; nothing else.

Run it by hand for as many as you like: python tests/fuzz_reading.py 100000
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from symbackprop.errors import InputError
from symbackprop.reading.documents import find_formulas
from symbackprop.reading.macros import Macro, find_macros
from symbackprop.reading.parser import read_formula
from symbackprop.reading.tree import Node, ReadError, walk

FIXTURES = Path(__file__).parent / "fixtures" / "reading"
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|[A-Za-z]+|\d+|.", re.DOTALL)
POOL = [
    *"abdWxnTzE+-=*/^_(){}[]|,.;&'0129 <>:%~$!?@#\\\n",
    *"∂δσΣ⊙·²₁’，（𝐱中é\u200b",
    r"\frac", r"\partial", r"\sum", r"\prod", r"\left", r"\right", r"\\", r"\quad", r"\text{if }",
    r"\mathbf", r"\hat", r"\begin{cases}", r"\end{cases}", r"\begin{aligned}", r"\end{aligned}",
    r"\begin{bmatrix}", r"\end{bmatrix}", r"\sigma", r"\nabla", r"\top", r"\log", r"\underbrace",
    r"\rightarrow", r"\leftarrow", r"\|", r"\cdot", r"\odot", r"\{", r"\}", "0,15", r"\tag{1}",
    r"\overset", r"\ldots", r"\unknown", "net", r"\boxed{", r"\mathrm{d}", r"\color{red}", r"\bf",
    r"\textcolor{red}{", r"\mathbb{1}", r"\substack{", r"\_", r"\*", "...", "&plus;", r"\bigodot",
    r"\newcommand{\q}[1]{#1^2}", r"\q", r"\pair", r"\loss", r"\again", r"\def", r"\big|_{x=1}",
    r"\text{$", "$}", r"\operatorname", r"\binom", r"\sqrt[", r"\lim_{h \to 0}", r"\kern3pt", "{}",
]  # fmt: skip
MACROS = {
    "loss": Macro(0, r"\mathcal{L}"),
    "pair": Macro(2, r"\frac{\partial #1}{\partial #2}"),
    "q": Macro(1, r"#1^2", "x"),
    "again": Macro(1, r"\again{#1#1}"),
    "open": Macro(0, r"\left("),
}
TEXTS = [
    """# Title $a = b$

- item $$
  c = d
  $$

> $e$

| $f$ | g |
|-----|---|
| $h$ | j |
""",
    r"""\documentclass{article}
\newcommand{\l}{L}
\begin{document}
\begin{align}
a &= b \\
c &= d
\end{align}
\[ \l = 1 \] % $no$
\verb|$x$| $\text{if $a$}$
\end{document}
""",
    r"""Text \(a\) and \\(b\\), $$c$$ = $d$.

```math
e = f
```

<div>$$g$$</div>

    $h$
""",
]
# what a document is damaged with
SCRAPS = [
    "$", "$$", "\\[", "\\]", "\\(", "\\)", "\\begin{align}", "\\end{align}", "`", "```", "\n\n",
    "- ", "> ", "|", "<!--", "-->", "{", "}", "%", "\\newcommand{\\z}", "\\def\\z", "#", "    ",
    "<div>", "\\input{z}", "macros: {", "---\n", "=", "\\text{",
]  # fmt: skip


def list_formulas() -> list[str]:
    """The formulas of the fixtures."""
    lines = "\n".join(path.read_text("utf-8") for path in sorted(FIXTURES.glob("*.txt"))).split(
        "\n"
    )
    return [line for line in lines if line.strip() and line[0] not in "# "]


def damage(
    chance: random.Random, pieces: Sequence[str], pool: Sequence[str], others: Sequence[str]
) -> str:
    """A text after one to four edits: a piece left out, doubled, exchanged, or put in."""
    found = list(pieces)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(found) + 1)
        edit = chance.randrange(6)
        if edit == 0 and found:
            del found[at - 1]
        elif edit == 1 and found:
            found.insert(at, found[at - 1])
        elif edit == 2 and found:
            found[at - 1] = chance.choice(pool)
        elif edit == 3 and len(found) > 1:
            other = chance.randrange(len(found))
            found[at - 1], found[other] = found[other], found[at - 1]
        elif edit == 4 and others:
            found.insert(at, chance.choice(others))
        else:
            found.insert(at, chance.choice(pool))
    return "".join(found)


def damage_formulas(count: int, seed: int) -> Iterator[str]:
    """Formulas of the fixtures, damaged."""
    chance = random.Random(seed)
    formulas = list_formulas()
    for _ in range(count):
        yield damage(chance, TOKEN.findall(chance.choice(formulas)), POOL, formulas)


def damage_documents(count: int, seed: int) -> Iterator[str]:
    """Small documents, damaged."""
    chance = random.Random(seed)
    for _ in range(count):
        yield damage(chance, re.split(r"(\W)", chance.choice(TEXTS)), SCRAPS, [])


def check_formula(latex: str) -> None:
    """A formula, or a ReadError inside the text; every node inside the text, too."""
    try:
        formula = read_formula(latex, macros=MACROS)
    except ReadError as error:
        assert 0 <= error.offset <= len(latex), latex
        assert str(error), latex
        return
    for statement in formula.statements:
        for node in walk(statement):
            assert isinstance(node, Node), latex
            assert 0 <= node.span[0] <= node.span[1] <= len(latex), (latex, node)
    for repair in formula.repairs:
        assert 0 <= repair.span[0] <= repair.span[1] <= len(latex), latex


def check_document(text: str) -> None:
    """Formulas with places in the text, or an InputError."""
    find_macros(text)
    lines = text.split("\n")
    for kind in ("markdown", "latex", "text", "notebook", "formula"):
        try:
            found = find_formulas(text, kind)
        except InputError:
            continue
        for one in found:
            assert 1 <= one.line <= one.end_line <= len(lines), (kind, text)
            one.place(len(one.text))


def main(count: int) -> None:
    """Damage so many formulas, and a seventh as many documents; say which fail."""
    failed = 0
    for check, texts in (
        (check_formula, damage_formulas(count, 1)),
        (check_document, damage_documents(count // 7, 2)),
    ):
        slowest = (0.0, "")
        for text in texts:
            begin = time.process_time()
            try:
                check(text)
            except (Exception, RecursionError) as error:  # a fuzzer has to see all of them
                failed += 1
                print(f"{type(error).__name__}: {error}\n  {text!r}")
            slowest = max(slowest, (time.process_time() - begin, text))
        print(f"{check.__name__}: the slowest took {slowest[0]:.3f} s: {slowest[1][:200]!r}")
    print(f"{failed} failed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
