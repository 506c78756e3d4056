"""Means over samples: C = 1/n Σ_x C_x, and sums whose terms leave out which sample is meant."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from symbackprop.reading import tree
from symbackprop.verification.judgement import DEFINITION, Judgement, say_stated
from symbackprop.verification.lexicon import spell
from symbackprop.verification.meaning import find_letter


def judge_mean(left: tree.Node, right: tree.Node) -> Judgement | None:
    """∂C/∂w = 1/n Σ_k ∂C_k/∂w: the mean of the same thing for each sample; None for others."""
    mean = find_mean(right)
    letter = find_letter(mean) if mean is not None else None
    if mean is None or letter is None:
        return None
    without = _drop_index(mean.body, letter.base)
    if spell(without) != spell(left) or spell(without) == spell(mean.body):
        return None
    reading = "mean over samples"
    if isinstance(left, tree.Name | tree.Call):
        return say_stated(f"{DEFINITION}, {reading}")
    return Judgement("holds", reading)


def find_mean(node: tree.Node) -> tree.Sum | None:
    """The sum of 1/n Σ_{k=1}^n ..., where both say the same n."""
    if not isinstance(node, tree.Product) or len(node.factors) != 2:
        return None
    share, total = node.factors
    if not isinstance(share, tree.Ratio) or not isinstance(total, tree.Sum):
        return None
    one, count = share.top, share.bottom
    if not (isinstance(one, tree.Number) and one.value == 1 and isinstance(count, tree.Name)):
        return None
    return total if _count(total) in (None, spell(count)) else None


def _count(total: tree.Sum) -> str | None:
    """How many terms a sum has: n of Σ_{k=1}^n and of Σ_{k=0}^{n-1}; None where it is not said."""
    high, low = total.high, total.low
    if high is None:
        return None
    first = low.value if isinstance(low, tree.Number) else 1
    if first == 0 and isinstance(high, tree.Total) and spell(high).endswith("-1"):
        return spell(high.terms[0][1])
    return spell(high) if first == 1 else spell(total)


def _drop_index(node: Any, letter: str) -> Any:
    """C_k and C_{X_k} --> C."""
    if isinstance(node, tuple):
        return tuple(_drop_index(item, letter) for item in node)
    if not isinstance(node, tree.Node | tree.Script):
        return node
    if isinstance(node, tree.Name):
        kept = tuple(s for s in node.lower if not _names(s.content, letter))
        return replace(node, lower=kept)
    inner = {
        slot.name: _drop_index(getattr(node, slot.name), letter)
        for slot in fields(node)
        if slot.name != "span"
    }
    return replace(node, **inner)


def _names(node: tree.Node, letter: str) -> bool:
    return any(isinstance(n, tree.Name) and n.base == letter for n in tree.walk(node))


def open_mean(node: tree.Node) -> tree.Node | None:
    """What is summed in a mean whose terms do not say which sample is meant, as in
    1/n Σ_i (a - y)^2; None for others."""
    mean = find_mean(node)
    letter = find_letter(mean) if mean is not None else None
    if mean is None or letter is None or _names(mean.body, letter.base):
        return None
    return mean.body
