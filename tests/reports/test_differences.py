"""Where a formula and its correction differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.reports.differences import apply_changes, list_changes, mark

PAIRS = [
    (r"d = W e", r"d = (W)^T e", r"d = <W> e", r"d = <(W)^T> e"),
    (r"\frac{\partial C}{\partial w} = d", r"\frac{\partial C}{\partial b} = d",
     r"\frac{\partial C}{\partial <w>} = d", r"\frac{\partial C}{\partial <b>} = d"),
    (r"g_{jk} = d_j a^l_k", r"g_{jk} = d_j a^{l-1}_k", r"g_{jk} = d_j <a^l_k>",
     r"g_{jk} = d_j <a^{l-1}_k>"),
    (r"\frac{C}{\partial a} = b", r"\frac{\partial C}{\partial a} = b",
     r"\frac{<C>}{\partial a} = b", r"\frac{<\partial> C}{\partial a} = b"),
    (r"d = w_{kj} e_k", r"d = \sum_k w_{kj} e_k", r"d = <w_{kj}> e_k", r"d = <\sum_k> w_{kj} e_k"),
    (r"q = \sqrt{a + b}c", r"q = \sqrt{a}c", r"q = \sqrt{a <+ b>}c", r"q = \sqrt{a}c"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "slip", "better"), PAIRS)
def test_what_differs_is_marked(one: str, other: str, slip: str, better: str) -> None:
    changes = list_changes(one, other)
    assert mark(one, [c.old for c in changes], "<", ">") == slip
    added = [c.new for c in changes if c.new[0] < c.new[1]]
    assert (mark(other, added, "<", ">") if added else other) == better


@pytest.mark.parametrize(("one", "other"), [pair[:2] for pair in PAIRS])
def test_a_correction_is_laid_out_as_it_is_itself(one: str, other: str) -> None:
    assert apply_changes(one, other) == other


def test_layout_and_alignment_of_the_author_are_kept() -> None:
    assert apply_changes("d &= W\n   e", "d = (W)^T e") == "d &= (W)^T\n   e"
    assert apply_changes(r"a =\alpha b", r"a =\alpha\beta b") == r"a =\alpha\beta b"
    assert apply_changes(r"a = 2b", r"a = \eta b") == r"a = \eta b"


TOKENS = st.lists(
    st.sampled_from(["a", "b", "W", "+", "=", "^{l}", "_j", r"\delta", r"\frac{a}{b}"])
)


def squeeze(latex: str) -> str:
    return latex.replace(" ", "")


@given(TOKENS, TOKENS)
def test_changes_lead_from_one_to_the_other(one: list[str], other: list[str]) -> None:
    before, after = " ".join(one), " ".join(other)
    assert squeeze(apply_changes(before, after)) == squeeze(after)


@given(TOKENS, st.integers(0, 30), st.integers(0, 8))
def test_marks_stand_around_whole_groups(tokens: list[str], start: int, length: int) -> None:
    latex = " ".join(tokens)
    marked = mark(latex, [(start, min(start + length, len(latex)))], "⟨", "⟩")
    if marked is None:
        return
    inner = marked[marked.index("⟨") + 1 : marked.index("⟩")]
    assert marked.replace("⟨", "").replace("⟩", "") == latex
    assert inner.count("{") == inner.count("}")
    assert not inner.startswith(("^", "_")) or latex.startswith(("^", "_"))
