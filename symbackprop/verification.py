"""Checking somebody's derivation: documents in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sympy import Expr, Symbol

from symbackprop.derive.backward import derive_backward
from symbackprop.equations import (
    Axis,
    Equation,
    System,
    find_entries,
    free_indices,
    indices_of,
    name_of,
)
from symbackprop.errors import InputError
from symbackprop.network.network import Network, mlp
from symbackprop.read.documents import Found, find_formulas, load_document
from symbackprop.verify.findings import Finding
from symbackprop.verify.judgement import Judgement
from symbackprop.verify.lexicon import Lexicon
from symbackprop.verify.proofs import ROUNDING, draw_world, measure
from symbackprop.verify.session import Verdict, judge_formulas

Progress = Callable[[int, int], None]


def verify_document(
    given: str | Path,
    *,
    network: Network | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[Finding]:
    """The findings on every equation of a file, of standard input ("-"), or of one formula.

    Without a network the text's own definitions declare it; what they leave open is presumed, and
    told to `tell`.

    Raises:
        InputError: a file that cannot be read.

    >>> found, = verify_document(r"\\frac{\\partial C}{\\partial b^l} = \\delta^l")
    >>> found.verdict, found.instances
    ('holds', 2)
    """
    document = load_document(given, kind)
    found = list(find_formulas(document.text, document.kind))
    verdicts = judge_formulas(
        [f.text for f in found], _read_network(network), progress=progress, tell=tell
    )
    whole = document.kind == "formula"
    return [
        _make_finding(document.name, formula, _note_problem(formula, verdict))
        for formula, judged in zip(found, verdicts, strict=True)
        for verdict in judged
        if whole or formula.problem or verdict.is_equation
    ]


def _note_problem(found: Found, verdict: Verdict) -> Verdict:
    """A formula that is not closed is not judged: nobody knows where it ends."""
    if not found.problem:
        return verdict
    judgement = Judgement("not-checkable", message=found.problem, code="BP002")
    return replace(verdict, judgement=judgement, slip=None, suggestion=None)


def verify_formulas(
    texts: Sequence[str], *, network: Network | None = None
) -> list[list[Finding]]:
    """The findings on each of some formulas that stand in one document, in order.

    What is no equation is passed over where a formula has one.
    """
    verdicts = judge_formulas(texts, _read_network(network))
    return [
        [_make_finding("<formula>", _as_found(text), v) for v in _keep_equations(judged)]
        for text, judged in zip(texts, verdicts, strict=True)
    ]


def _keep_equations(judged: list[Verdict]) -> list[Verdict]:
    return [v for v in judged if v.is_equation] or judged


def same(one: str | Expr, other: str | Expr, *, network: Network | None = None) -> bool:
    """Whether two forms of one gradient are the same: two formulas in LaTeX, or two sympy
    expressions in the entries of a network.

    Raises:
        InputError: one of them cannot be read, or has no meaning in the network.

    >>> same(r"(a^L - y) \\odot \\sigma'(z^L)", r"\\sigma'(z^L) \\odot (a^L - y)")
    True
    >>> from sympy import IndexedBase, symbols
    >>> L, j = symbols("L j", integer=True)
    >>> a, y = IndexedBase("a"), IndexedBase("y")
    >>> same(a[L, j] - y[j], y[j] - a[L, j])
    False
    """
    if isinstance(one, str) and isinstance(other, str):
        ((verdict, *_),) = judge_formulas([f"{one} = {other}"], _read_network(network))
        judgement = verdict.judgement
        if judgement.verdict == "not-checkable":
            raise InputError(f"{one} = {other}: {judgement.message}")
        return judgement.verdict == "holds"
    if isinstance(one, str) or isinstance(other, str):
        raise InputError("give two formulas in LaTeX or two sympy expressions, not one of each")
    system = derive_backward((network or mlp()).system)
    equation = Equation(one, other, _find_axes(system, (one, other)))
    return all(measure(draw_world(system, seed), equation) < ROUNDING for seed in (1, 2))


def _find_axes(system: System, expressions: tuple[Expr, ...]) -> tuple[Axis, ...]:
    """The range of every free index: that of the place where it stands alone."""
    axes: dict[Symbol, Axis] = {}
    for expression in expressions:
        for read in find_entries(expression):
            quantity = system.quantities.get(name_of(read))
            if quantity is None:
                continue
            indices = dict(zip((a.symbol for a in quantity.axes), indices_of(read), strict=True))
            for axis, index in zip(quantity.axes, indices_of(read), strict=True):
                if index in free_indices(expression) - system.size_symbols:
                    ends = (axis.low.xreplace(indices), axis.high.xreplace(indices))
                    axes.setdefault(index, Axis(index, *ends, axis.kind))
    return tuple(sorted(axes.values(), key=lambda a: a.kind != "layer"))


def _as_found(text: str) -> Found:
    (found,) = find_formulas(text, "formula")
    return found


def _read_network(network: Network | None) -> Lexicon | None:
    if network is None:
        return None
    names = {row.name for row in network.activations}
    if len(names) != 1:
        raise InputError("formulas are checked against one activation for all layers")
    return Lexicon(activation=names.pop(), cost=network.cost.name, declared=True)


def _make_finding(file: str, found: Found, verdict: Verdict) -> Finding:
    start, end = (min(at, len(found.text)) for at in verdict.span)
    line, column = found.place(start)
    end_line, end_column = found.place(end)
    judgement = verdict.judgement
    return Finding(
        file,
        line,
        column,
        end_line,
        end_column,
        verdict.latex.strip(),
        judgement.verdict,
        judgement.reading,
        judgement.instances,
        judgement.code,
        verdict.slip,
        judgement.message,
        verdict.suggestion,
        judgement.counterexample,
        verdict.repairs or None,
        found.cell,
        found.file_line,
    )
