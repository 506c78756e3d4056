"""Findings of our own, for tests of what is said about them."""

from __future__ import annotations

from typing import Any

from symbackprop.verification.findings import Finding, Judged


def make(verdict: str = "holds", code: str | None = None, **more: Any) -> Finding:
    """A finding at line 8 of notes.md."""
    if verdict not in ("stated", "holds"):
        more = {"message": "the shapes clash", **more}
        code = code or "BP103"
    place = {"file": "notes.md", "line": 8, "column": 1, "end_line": 8, "end_column": 6}
    return Finding(**(place | {"latex": "a = b", "verdict": verdict, "code": code} | more))


def judge(*findings: Finding, **more: Any) -> Judged:
    """A document with these findings."""
    return Judged(**({"file": "notes.md", "findings": findings} | more))
