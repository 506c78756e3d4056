"""No formula makes the program fail; if one should, the rest of its document is judged."""

from __future__ import annotations

import pytest
from fuzz_judging import check_lecture, damage_lectures

from symbackprop import verify
from symbackprop.reading.tree import Name
from symbackprop.verification import defects, session
from symbackprop.verification.judge import judge_statement

# formulas that once took their document along
ONCE_FATAL = [
    r"h=f()",
    r"on(){ma}(w,z)",
    r"i=\begin{cases}0&{o}&0\end{cases}",
    f"02356=0{'9' * 50},29837",
    r"\frac{0}{\partial w_{jk}^{L}}=\frac{C}\partial a_\write",
    r"\nabla C\equiv({}{1},\nabla C{}{v})",
    r"\mathbf{x}_i_i_i_i_i_i",
    r"=. a\sigma(z)",
]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what goes wrong inside be seen; what leads back to itself is no fault of ours."""
    monkeypatch.setattr(defects, "DEFECTS", (RecursionError,))


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("latex", ONCE_FATAL)
def test_no_formula_takes_its_document_along(latex: str) -> None:
    text = rf"$$a^l = \sigma(z^l)$$" "\n\n" rf"$${latex}$$" "\n\n$$1 + 1 = 3$$"
    assert verify(text, kind="markdown")[-1].verdict == "wrong"


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("seed", range(12))
def test_damaged_lectures_are_judged(seed: int) -> None:
    for texts in damage_lectures(8, seed):
        check_lecture(texts)


def test_a_failure_is_reported_and_the_rest_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_once(text, statement):
        if isinstance(statement.sides[0], Name):
            raise KeyError("q")
        return judge_statement(text, statement)

    monkeypatch.setattr(session, "judge_statement", fail_once)
    first, second = verify("$$q = 2$$\n\n$$1 + 1 = 3$$", kind="markdown")
    assert (first.verdict, first.code) == ("not-checkable", "BP901")
    assert "KeyError" in (first.message or "")
    assert second.verdict == "wrong"


@pytest.mark.parametrize("part", ["Text", "learn_hand", "read_formula"])
def test_a_failure_before_judging_is_reported_too(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(*_, **__):
        raise IndexError("too far")

    monkeypatch.setattr(session, part, fail)
    found = verify("$$q = 2$$\n\n$$p = 3$$", kind="markdown")
    assert [finding.code for finding in found] == ["BP901", "BP901"]


def test_a_failure_while_looking_for_a_slip_changes_no_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_, **__):
        raise TypeError("no")

    monkeypatch.setattr(session, "name_slip", fail)
    (found,) = verify(r"\delta^L = (y - a^L) \odot \sigma'(z^L)")
    assert found.verdict == "wrong"
    assert "the search for its slip failed" in (found.message or "")
