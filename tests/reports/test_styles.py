"""The table of reports."""

from __future__ import annotations

import pytest
from made_findings import judge, make

from symbackprop.errors import InputError
from symbackprop.reports.styles import STYLES, SUMMARIES, report


@pytest.mark.parametrize("style", STYLES)
def test_every_style_writes_one_document_after_the_other(style: str) -> None:
    if style == "html":
        pytest.importorskip("latex2mathml")
    documents = [judge(make("wrong", file=name), file=name) for name in ("a.md", "b.md")]
    text = report(iter(documents), style)
    assert "a.md" in text and "b.md" in text and text.endswith("\n")


def test_unknown_styles_are_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'json'"):
        report([], "jsn")
    for style in set(STYLES) - set(SUMMARIES):
        with pytest.raises(InputError, match="no summary"):
            report([], style, summary_only=True)
