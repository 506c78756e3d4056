"""The whole story in one screen: declare, derive, prove, show, check, evaluate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop.derive.backward import derive_backward
from symbackprop.derive.deltas import gather_deltas
from symbackprop.derive.fold import fold
from symbackprop.derive.steps import Passes
from symbackprop.derive.updates import add_updates
from symbackprop.derived import Declared, Derived, evaluate_declared
from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.network import Network, mlp
from symbackprop.network.pre_activations import name_pre_activations
from symbackprop.notation import Notation, find_preset
from symbackprop.sheets import DIGITS, choose_notation, make_sheet, request_for
from symbackprop.show.documents import render_sheet
from symbackprop.show.latex import render as render_latex
from symbackprop.show.layout import Aligned
from symbackprop.verify.proofs import prove_system

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sympy import Expr

    from symbackprop.crosscheck import CheckReport
    from symbackprop.verify.findings import Finding

WIDTHS = re.compile(r"\d+(-\d+)*")


class Formulas(Derived):
    """A derived and proved system that shows itself, in a notebook as LaTeX."""

    def show(self, to: str = "text", **options: Any) -> str:
        """The formulas as text, LaTeX, a document, Markdown or slides; see `show`."""
        return show(self, to, **options)

    def _repr_latex_(self) -> str:
        sheet = make_sheet(self, request_for(self))
        rows = tuple(line.layout for section in sheet.sections for line in section.lines)
        return f"$${render_latex(Aligned(rows))}$$"


def load(net: str | Path, **options: Any) -> Declared:
    """Read 'mlp', widths such as '2-2-2', or a network file.

    The options are those of `mlp`; a network file declares them itself.

    Raises:
        InputError: an argument or a file that declares no network; the message says why.

    >>> load("2-3-1", activation="tanh").network.widths
    (2, 3, 1)
    """
    text = str(net)
    if text == "mlp" or WIDTHS.fullmatch(text):
        widths = None if text == "mlp" else _read_widths(text)
        network = mlp(widths, **{k: v for k, v in options.items() if v is not None})
        return Declared(text, network.system, network)
    given = [k for k, v in options.items() if v]
    if given:
        raise InputError(f"--{given[0]}: {text} is a file, which declares this itself")
    from symbackprop.network.files import read_network_file

    file = read_network_file(text)
    system = file.system if file.network else name_pre_activations(file.system)
    return Declared(
        file.title,
        system,
        file.network,
        file.values,
        file.learning_rate,
        file.notation,
        file.notation_changes,
        file.digits,
    )


def _read_widths(text: str) -> list[int]:
    parts = text.split("-")
    if any(len(part) > 7 for part in parts):
        raise InputError(f"{text}: a width has at most seven digits")
    return [int(part) for part in parts]


def declare(net: Declared | Network | System) -> Declared:
    """A network or a system declared in Python, ready to be derived."""
    if isinstance(net, Declared):
        return net
    if isinstance(net, Network):
        return Declared("network", net.system, net)
    return Declared("system", name_pre_activations(net))


def derive(net: Declared | Network | System) -> Formulas:
    """Derive every formula and prove it.

    Raises:
        ProofError: a derived equation does not hold (a mistake of ours).
        InputError: the system has no gradient, or is not well-formed.

    >>> derived = derive(mlp())
    >>> print(derived.system.definitions["∂C/∂W"][0].rhs)
    a[l - 1, k]*∂C/∂z[l, j]
    >>> derived.summary.split(";")[0]
    '7 equations checked on 2 random instances'
    """
    declared = declare(net)
    raw = gather_deltas(derive_backward(declared.system))
    folded = fold(raw)
    report = prove_system(folded)
    if declared.learning_rate is not None:
        folded = add_updates(folded)
    return Formulas(declared, Passes(declared.system, raw, folded), [report])


def check(declared: Declared, seed: int = 1) -> CheckReport:
    """Hold the gradients of the compiled program against those of independent ways.

    A layered network without values is checked on random ones; a generic sigma as a sigmoid.

    Raises:
        InputError: a depth, sizes or values that are not given; a network without gradients.
    """
    from symbackprop.compute.callables import lambdify
    from symbackprop.crosscheck import check_gradients, draw_values

    network, values = declared.network, declared.values
    if not values:
        if network is None or network.widths is None:
            raise InputError(
                f"{declared.title}: a check needs numbers; give widths such as 2-3-1, "
                f"or a [values] table in the file"
            )
        network = _make_concrete(network)
        values = draw_values(network, seed)
    program = lambdify(network or declared.system)
    system = network.system if network else declared.system
    return check_gradients(system, network, program(values).gradients, values)


def _make_concrete(network: Network) -> Network:
    if all(row.formula or row.vector for row in network.activations):
        return network
    return mlp(
        network.widths,
        activation="sigmoid",
        cost=network.cost,
        bias=network.bias,
        batch=network.batch,
        regularized=network.regularized,
    )


def evaluate(declared: Declared) -> dict[str, Any]:
    """Forward values, cost, errors, gradients and updated parameters, by name.

    Raises:
        InputError: a declaration without values.
    """
    from symbackprop.results import name_results

    if declared.is_forward_only:
        evaluation = evaluate_declared(declared, declared.system)
    else:
        evaluation = derive(declared).evaluation
    return name_results(evaluation, choose_notation(declared))


def evaluate_text(declared: Declared, digits: int | None = None) -> str:
    """The same as text, rounded on display only."""
    from symbackprop.results import tell_results

    return tell_results(evaluate(declared), digits or declared.digits or DIGITS)


def show(derived: Derived, to: str = "text", **options: Any) -> str:
    """Print the formulas of a derived system; the options are the fields of a `Request`,
    and notation, language and decimal mark by name.

    >>> print(show(derive(mlp()), wrt="W"))
    network
    <BLANKLINE>
    Gradients
      ∂C/∂wˡ = δˡ (aˡ⁻¹)ᵀ
    <BLANKLINE>
    """
    if to == "beamer":
        # Slides uncover an argument step by step.
        options.setdefault("steps", True)
    return render_sheet(make_sheet(derived, request_for(derived, **options)), to)


def verify(
    given: str | Path,
    *,
    network: str | Path | Declared | Network | None = None,
    notation: str | Notation | None = None,
    kind: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[Finding]:
    """Judge every equation of a lecture, or one formula: what holds, and which slips there are.

    `given` is a file, "-" for standard input, or LaTeX. `network` is a declared network, widths,
    or a network file, and `notation` a preset; what they leave open, the text's own definitions
    declare, and what these leave open is presumed, and told to `tell`. `progress` is called with
    how many formulas are done, and of how many.

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
    from symbackprop.verification import verify_document

    declared, chosen = _find_declared(network, notation)
    return verify_document(
        given, network=declared, notation=chosen, kind=kind, progress=progress, tell=tell
    )


def verify_formulas(
    texts: Sequence[str],
    *,
    network: str | Path | Declared | Network | None = None,
    notation: str | Notation | None = None,
) -> list[list[Finding]]:
    """The same for formulas that stand in one document, a list for each.

    >>> [found.verdict for found, in verify_formulas(["q = x + y", r"\\frac{dq}{dx} = 1"])]
    ['holds', 'holds']
    """
    from symbackprop import verification

    declared, chosen = _find_declared(network, notation)
    return verification.verify_formulas(texts, network=declared, notation=chosen)


def same(
    one: str | Expr,
    other: str | Expr,
    *,
    network: str | Path | Declared | Network | None = None,
    notation: str | Notation | None = None,
) -> bool:
    """Whether two forms of one gradient are the same; see `verification.same`.

    Raises:
        InputError: one of them cannot be read, or has no meaning in the network.

    >>> same(r"a^L - y", r"-(y - a^L)", network="2-3-1")
    True
    """
    from symbackprop import verification

    declared, chosen = _find_declared(network, notation)
    return verification.same(one, other, network=declared, notation=chosen)


def _find_declared(
    network: str | Path | Declared | Network | None, notation: str | Notation | None
) -> tuple[Network | None, Notation | None]:
    """The network, and the notation that was asked for, else the one that a file declares."""
    if isinstance(notation, str):
        notation = find_preset(notation)
    if network is None or isinstance(network, Network):
        return network, notation
    declared = network if isinstance(network, Declared) else load(network)
    if declared.network is None:
        raise InputError(f"{declared.title}: formulas are checked against a layered network")
    if notation is None and declared.notation is not None:
        notation = choose_notation(declared)
    return declared.network, notation
