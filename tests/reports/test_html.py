"""The page: formulas as MathML, verdicts in words, nothing that acts or loads, keys."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from made_findings import judge, make

from symbackprop.reading.macros import Macro
from symbackprop.reports.selecting import Choice
from symbackprop.reports.styles import report

pytest.importorskip("latex2mathml")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

SLIP = make(
    "wrong",
    "BP103",
    latex=r"\delta^l = W^{l+1} \delta^{l+1}",
    suggestion=r"\delta^l = (W^{l+1})^T \delta^{l+1}",
)
FINDINGS = (
    make("stated", latex=r"z = \sum_k w_k x_k", reading="definition", line=3),
    SLIP,
    make("holds-for-one-neuron", latex=r"\frac{\partial C}{\partial w} = \delta a", line=12),
    make("holds", latex="q = r", line=14, evidence="proved"),
    make("ill-formed", "BP203", latex="w = w - g", line=15, message="an assignment"),
    make("not-checkable", "BP401", latex="E = F", line=16, message="nothing says what F is"),
)


def write(*findings, choice: Choice | None = None, **more) -> str:
    return report([judge(*findings, **more)], "html", choice)


class Balance(HTMLParser):
    """Sees that every element is closed, and notes what has an address or acts."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.odd: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.odd += [
            f"{tag} {name}"
            for name, _ in attributes
            if name.startswith("on") or name in ("src", "href", "style", "action")
        ]
        if tag in ("img", "iframe", "object", "link", "form", "a"):
            self.odd.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_formula_is_there_with_its_verdict_in_words() -> None:
    page = write(*FINDINGS)
    assert Balance(page).odd == []
    words = re.findall(r'class="verdict">(.*?)</span>', page)
    assert words == [
        "stated",
        "error: wrong: BP103 missing transpose",
        "warning: holds for one neuron: BP103 missing or extra transpose",
        "holds",
        "hint: ill-formed: BP203 assignment written as an equation",
        "not checkable: BP401 not checkable",
    ]
    formulas = re.findall(r"<math.*?</math>", page, re.DOTALL)
    assert len(formulas) == len(FINDINGS) + 1
    for formula in formulas:
        ElementTree.fromstring(formula)
    assert 'class="slip"' in page and 'class="correction"' in page


def test_keys_stop_at_what_is_to_be_said() -> None:
    assert write(*FINDINGS).count("data-stop=") == 2
    assert write(*FINDINGS, choice=Choice(hints=True, unchecked=True)).count("data-stop=") == 4


ACTING = [
    r"\text{<img src=x onerror=alert(1)>}", r"\href{javascript:alert(1)}{x}", r"\style{x}{y}",
    r"\class{error}{x}", r"&lt;script&gt;", r"</code><script>alert(1)</script>", r"x^{^",
    r"\color{red\" onload=}{y}", r"\includegraphics{http://example.org/x.png}",
]  # fmt: skip


@pytest.mark.parametrize("latex", ACTING)
def test_nothing_of_a_formula_acts(latex: str) -> None:
    page = write(make("wrong", latex=latex, suggestion=f"{latex} + 1", message=latex), file=latex)
    assert Balance(page).odd == []
    assert page.count("<script>") == 1 and "Content-Security-Policy" in page


def test_macros_are_written_out() -> None:
    macros = {"pd": Macro(2, r"\frac{\partial #1}{\partial #2}"), "err": Macro(0, r"\delta")}
    slip = make("wrong", latex=r"\pd{C}{w} = \err", suggestion=r"\pd{C}{b} = \err")
    page = write(slip, macros=macros)
    assert page.count("<mfrac>") == 2 and page.count("<mi>δ</mi>") == 2
    assert page.count("<mi>δ</mi>") == 2 and "<mi>\\pd</mi>" not in page
    endless = write(slip, macros={"err": Macro(0, r"\err \err")})
    assert Balance(endless).odd == []


def test_several_documents_are_sections_of_one_page() -> None:
    page = report((judge(SLIP, file=f"{n}.md") for n in range(3)), "html")
    assert Balance(page).odd == []
    assert page.count("<section>") == 3 and page.count("<!DOCTYPE") == 1
    assert "3 equations: 0 hold, 3 wrong" in page
    assert Balance(report([], "html")).odd == []
