"""Checking somebody's derivation: documents in, findings out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sympy import Expr, Symbol

from symbackprop.derivation.backward import derive_backward
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
from symbackprop.lecture.scopes import number_sections
from symbackprop.network.declared import Declarable, Declared, choose_notation, declare
from symbackprop.network.network import mlp
from symbackprop.notation import Notation, find_preset
from symbackprop.proofs import holds
from symbackprop.reading import tree
from symbackprop.reading.documents import Document, Found, Segment, find_formulas, load_document
from symbackprop.reading.macros import Macros
from symbackprop.reading.parser import read_formula
from symbackprop.verification import defects
from symbackprop.verification.declared import Declaration
from symbackprop.verification.declared import declare as declare_text
from symbackprop.verification.findings import STATED, Finding
from symbackprop.verification.judgement import DEFINITION, MENDED, Judgement, say_evidence
from symbackprop.verification.session import SAME_SIDES, Verdict, fail_formula, judge_formulas
from symbackprop.verification.shape_words import say_clash, say_kinds
from symbackprop.verification.statements import state_gradient

Progress = Callable[[int, int], None]
Tell = Callable[[str], None]

UNREADABLE = "BP001"
JOINED = "joined from formulas that stand side by side"
# signs that make an equation
EQUATES = frozenset({"=", ":=", "equiv", "leftarrow", "approx", "simeq", "sim"})
# a sign that a sentence speaks of: $\odot$, $=$, $^T$
_LONE_SIGN = re.compile(r"\\[A-Za-z]+|[-+=<>*/'’]+|[\^_]\s*(?:\{[^{}]*\}|\\[A-Za-z]+|\w)")
# how the reader says where in its formula it stopped
_PLACE = re.compile(r"line \d+, column \d+: ")
# product: the shapes clash, 5×2 and 5
_CLASH = re.compile(r"\w[\w ]*: the shapes clash, [^;]*")
# a reading in which vectors are rows
_ROWS = re.compile(rf"(?:{DEFINITION}, )?rows")
# rows are aligned at a sign
_ALIGNED = re.compile(r"(?<!\\)&\s?")


def verify(
    given: str | Path | Document,
    *,
    network: Declarable | None = None,
    notation: str | Notation | None = None,
    kind: str | None = None,
    macros: str | Path | None = None,
    wrt: str | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> list[Finding]:
    """Judge every equation of a lecture, or one formula: what holds, and which slips there are.

    `given` is a file, "-" for standard input, LaTeX, or a document that is loaded. `network` is a
    declared network, widths, or a network file, and `notation` a preset; what they leave open, the
    text's own definitions declare, and what these leave open is presumed, and told to `tell`. `wrt`
    says of one formula what it is the gradient by: W1, b2, deltaL. `macros` is a file that defines
    macros, beside those of the document itself and of the files that it reads in. `progress` is
    called with how many formulas are done, and of how many.

    Each finding has its place (line, column, end_line, end_column), its verdict, and where they
    apply reading, instances, code, slip, message, suggestion and counterexample.

    Raises:
        InputError: a file that cannot be read, a network or a notation that is none.

    >>> formula = r"\\delta^l = W^{l+1} \\delta^{l+1} \\odot \\sigma'(z^l)"
    >>> found, = verify(formula, notation="nielsen")
    >>> found.verdict, found.slip, found.line, found.column
    ('holds-for-one-neuron', 'missing-transpose', 1, 1)
    >>> print(found.suggestion)
    \\delta^l = (W^{l+1})^T \\delta^{l+1} \\odot \\sigma'(z^l)
    """
    of, chosen = _find_declared(network, notation)
    if wrt is not None:
        given, kind = state_gradient(wrt, str(given), of, chosen), "formula"
    document = given if isinstance(given, Document) else load_document(given, kind, macros)
    try:
        found = find_formulas(document.text, document.kind, document.macros)
    except InputError as error:
        raise InputError(f"{document.name}: {error}") from None
    if tell is not None:
        for note in document.notes:
            tell(note)
    texts = [f.text for f in found]
    sections = number_sections(document.text, [f.line for f in found])
    try:
        declared = declare_text(texts, of, chosen, document.macros)
    except InputError:
        # what is declared is wrong, and not the text
        raise
    except defects.DEFECTS as error:
        verdicts = [fail_formula(text, error) for text in texts]
    else:
        verdicts = _judge(texts, declared, progress, tell, sections)
    whole = document.kind == "formula"
    return [
        _make_finding(document.name, formula, _note_document(formula, verdict))
        for formula, judged in zip(found, verdicts, strict=True)
        for verdict in judged
        if whole or formula.problem or (verdict.is_equation and _is_said(verdict, document.macros))
    ]


def _is_said(verdict: Verdict, macros: Macros) -> bool:
    """Whether something is stated that could hold: a sign alone, $\\odot$, x \\in R and
    l = 1, ..., L are parts of sentences, and no equations."""
    if verdict.judgement.verdict != "not-checkable":
        return True
    if verdict.judgement.code == UNREADABLE:
        return _LONE_SIGN.fullmatch(verdict.latex.strip()) is None
    try:
        statements = read_formula(verdict.latex, macros=macros).statements
    except tree.ReadError:
        return True
    return any(s.continues or (EQUATES & set(s.signs) and not _is_range(s)) for s in statements)


def _is_range(statement: tree.Statement) -> bool:
    """l = 1, ..., L."""
    return isinstance(statement.sides[-1], tree.Listed) and any(
        isinstance(item, tree.Dots) for item in statement.sides[-1].items
    )


def _judge(
    texts: Sequence[str],
    declared: Declaration,
    progress: Progress | None = None,
    tell: Tell | None = None,
    sections: Sequence[int] = (),
) -> list[list[Verdict]]:
    """Judge with what is declared; the formulas that declare it are no part of the answer."""

    def report_progress(done: int, total: int) -> None:
        if progress is not None and done <= len(texts):
            progress(done, len(texts))

    # behind the text, so that "= 3" at its beginning continues nothing of ours
    formulas = [*texts, *declared.formulas]
    verdicts = judge_formulas(
        formulas,
        declared.lexicon,
        report_progress,
        tell=tell,
        macros=declared.macros,
        network=declared.network,
        sections=[*sections, *[0] * len(declared.formulas)] if sections else (),
    )
    return _say_shapes(verdicts[: len(texts)], declared)


def _note_document(found: Found, verdict: Verdict) -> Verdict:
    """A formula that is not closed is not judged, since nobody knows where it ends; one that was
    joined from parts is said to be mended."""
    judgement = verdict.judgement
    if found.problem:
        judgement = Judgement("not-checkable", message=found.problem, code="BP002")
        return replace(verdict, judgement=judgement, slip=None, suggestion=None)
    if judgement.code == UNREADABLE:
        line, column = found.place(min(verdict.span[0], len(found.text)))
        said = _PLACE.sub(f"line {line}, column {column}: ", judgement.message or "", count=1)
        return replace(verdict, judgement=replace(judgement, message=said))
    start, end = verdict.span
    if any(start <= join < end for join in found.joins):
        verdict = replace(verdict, repairs=(*verdict.repairs, JOINED))
        if judgement.code is None:
            mended = replace(judgement, code=MENDED, message=f"mended to be read: {JOINED}")
            verdict = replace(verdict, judgement=mended)
    return verdict


def verify_formulas(
    texts: Sequence[str],
    *,
    network: Declarable | None = None,
    notation: str | Notation | None = None,
) -> list[list[Finding]]:
    """The findings on each of some formulas that stand in one document, in order.

    What is no equation is passed over where a formula has one.

    >>> wrong, right = verify_formulas([r"\\delta^L = \\sigma'(z^L)", r"a^l = \\sigma(z^l)"])
    >>> [finding.verdict for finding in (*wrong, *right)]
    ['wrong', 'stated']
    """
    verdicts = _judge(texts, declare_text(texts, *_find_declared(network, notation)))
    return [
        [_make_finding("<formula>", _as_found(text), v) for v in _keep_equations(judged)]
        for text, judged in zip(texts, verdicts, strict=True)
    ]


def _keep_equations(judged: list[Verdict]) -> list[Verdict]:
    return [v for v in judged if v.is_equation] or judged


def same(
    one: str | Expr,
    other: str | Expr,
    *,
    network: Declarable | None = None,
    notation: str | Notation | None = None,
) -> bool:
    """Whether two forms of one gradient are the same: two formulas in LaTeX, or two sympy
    expressions in the entries of a network.

    Each formula in LaTeX may use whatever the network declares: a, z, W, b, delta, C with layers.

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
    of, chosen = _find_declared(network, notation)
    if isinstance(one, str) and isinstance(other, str):
        # in brackets neither is a name that an equation could define
        texts = [f"({_take_formula(one)}) = ({_take_formula(other)})"]
        ((verdict, *more),) = _judge(texts, declare_text(texts, of, chosen))
        judgement = verdict.judgement
        if more or judgement.verdict in ("not-checkable", STATED):
            reason = judgement.message or "the formulas define something, and say nothing else"
            raise InputError(f"{texts[0]}: {reason}")
        return judgement.verdict == "holds" or judgement.code == SAME_SIDES
    if not (isinstance(one, Expr) and isinstance(other, Expr)):
        raise InputError("give two formulas in LaTeX or two sympy expressions, not one of each")
    system = derive_backward(of.system if of is not None else mlp().system)
    return holds(system, Equation(one, other, _find_axes(system, (one, other))))


def _take_formula(given: str) -> str:
    """One formula without the dollar signs around it."""
    found = find_formulas(given, "formula")
    if not found:
        raise InputError("two formulas are compared, and one of them is empty")
    return found[0].text.strip()


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


def _say_shapes(verdicts: list[list[Verdict]], declared: Declaration) -> list[list[Verdict]]:
    """Shapes that clash are told in the widths of layers, where vectors are columns; elsewhere
    as what they are the shapes of."""
    readings = {v.judgement.reading or "" for judged in verdicts for v in judged}
    rows = declared.rows or any(_ROWS.match(reading) for reading in readings)
    return [[_say_clash(v, declared, rows) for v in judged] for judged in verdicts]


def _say_clash(verdict: Verdict, declared: Declaration, rows: bool) -> Verdict:
    message = verdict.judgement.message or ""
    if not _CLASH.search(message):
        return verdict
    clash = None
    if not rows and verdict.judgement.verdict != "not-checkable":
        clash = say_clash(verdict.latex, declared.lexicon, declared.macros)
    said = say_kinds(message)
    if clash is not None:
        words = f"as a matrix equation the shapes clash: {clash}"
        said = _CLASH.sub(lambda _: words, message, count=1)
    return replace(verdict, judgement=replace(verdict.judgement, message=said))


def _squeeze(latex: str) -> str:
    """Without the blanks that stand for the delimiters between joined parts."""
    return " ".join(latex.split())


def _finish(suggestion: str | None) -> str | None:
    """A suggestion is one statement: a sign of alignment has nothing to align with."""
    if suggestion is None or "\\begin" in suggestion:
        return suggestion
    return _ALIGNED.sub("", suggestion).strip()


def _as_found(text: str) -> Found:
    return Found(text, 1, 1, *_find_end(text), segments=tuple(_list_lines(text)), display=True)


def _list_lines(text: str) -> Iterator[Segment]:
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        yield Segment(offset, number, 1)
        offset += len(line) + 1


def _find_end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _make_finding(file: str, found: Found, verdict: Verdict) -> Finding:
    start, end = (min(at, len(found.text)) for at in verdict.span)
    line, column = found.place(start)
    end_line, end_column = found.place(end)
    judgement = verdict.judgement
    latex = _squeeze(verdict.latex) if found.joins else verdict.latex.strip()
    return Finding(
        file,
        line,
        column,
        end_line,
        end_column,
        latex,
        judgement.verdict,
        judgement.reading,
        judgement.instances,
        judgement.code,
        verdict.slip,
        judgement.message,
        _finish(verdict.suggestion),
        judgement.counterexample,
        verdict.repairs or None,
        found.cell,
        found.find_file_line(line),
        say_evidence(judgement),
    )


def _find_declared(
    network: Declarable | None, notation: str | Notation | None
) -> tuple[Declared | None, Notation | None]:
    """The network, and the notation that was asked for, else the one that a file declares."""
    if isinstance(notation, str):
        notation = find_preset(notation)
    if network is None:
        return None, notation
    declared = declare(network)
    if notation is None and declared.notation is not None:
        notation = choose_notation(declared)
    return declared, notation
