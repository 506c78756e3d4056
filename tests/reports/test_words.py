"""What is said about a document: what was read of it."""

from __future__ import annotations

from made_findings import judge, make

from symbackprop.reports.styles import report


def show(*findings, **more) -> list[str]:
    return report([judge(*findings, **more)]).splitlines()


def test_the_header_says_what_was_read() -> None:
    findings = [
        make("stated", latex="z^l = W^l a^{l-1} + b^l", line=3, reading="definition, columns"),
        make("stated", latex="u' = u - g", reading="update rule"),
        make("stated", latex="x = " + "y + " * 40, reading="definition"),
        make("holds", reading="rows"),
        make("holds", reading="columns"),
        make("wrong"),
    ]
    first = show(*findings, notes=("any activation σ", r"\red: not defined"))[0]
    assert first == (
        "read: z^l = W^l a^{l-1} + b^l (line 3), …; columns; presumed: any activation σ; "
        r"\red: not defined"
    )
