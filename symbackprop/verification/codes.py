"""The codes of findings: what each one means, with a wrong and a right example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from symbackprop.errors import InputError

Severity = Literal["error", "warning", "hint", "none"]


@dataclass(frozen=True)
class Code:
    """One row: a stable code, the name of the slip, what it is, and an example of our own.

    `severity` is that of every finding with this code; without, the verdict decides.
    """

    code: str
    name: str
    title: str
    explanation: str
    wrong: str = ""
    right: str = ""
    severity: Severity | None = None


CODES: dict[str, Code] = {
    row.code: row
    for row in (
        Code(
            "BP001",
            "unreadable",
            "unreadable formula",
            "The formula could not be read; the message points at the place.",
        ),
        Code(
            "BP002",
            "not-closed",
            "formula not closed",
            "What opens the formula ($, \\[, an environment) has no partner in its paragraph.",
        ),
        Code(
            "BP100",
            "unnamed",
            "wrong equation",
            "Both sides differ on random networks, and undoing no single slip makes them agree.",
        ),
        Code(
            "BP101",
            "missing-sum",
            "missing sum",
            "An index on the right side only: a quantity that reaches the cost through several "
            "neurons gathers over all of them.",
            r"\delta^l_j = w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
            r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
        ),
        Code(
            "BP102",
            "wrong-layer",
            "wrong layer",
            "A layer index is one too high or too low.",
            r"\frac{\partial C}{\partial w^l_{jk}} = \delta^l_j a^l_k",
            r"\frac{\partial C}{\partial w^l_{jk}} = \delta^l_j a^{l-1}_k",
        ),
        Code(
            "BP103",
            "missing-transpose",
            "missing or extra transpose",
            "Errors go back through the transposed weights; a gradient of weights is the error "
            "times the transposed input.",
            r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)",
            r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
        ),
        Code(
            "BP104",
            "factor",
            "dropped or extra factor",
            "A factor 2 or one half is too many or too few: ½(y − a)² has the derivative a − y, "
            "(y − a)² has twice that.",
            r"\frac{\partial C}{\partial a} = 2(a - y)",
            r"\frac{\partial C}{\partial a} = a - y",
        ),
        Code(
            "BP105",
            "sign",
            "wrong sign",
            "One side is the negative of the other.",
            r"\delta^L = (y - a^L) \odot \sigma'(z^L)",
            r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        ),
        Code(
            "BP106",
            "missing-slope",
            "missing slope σ′",
            "The path through an activation has its derivative, the slope σ′, as a factor.",
            r"\delta^L = a^L - y",
            r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        ),
        Code(
            "BP107",
            "dropped-delta",
            "dropped δ",
            "The error is missing as a factor.",
            r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k",
            r"\frac{\partial C}{\partial w^l_{jk}} = \delta^l_j a^{l-1}_k",
        ),
        Code(
            "BP108",
            "wrong-lhs",
            "wrong left side",
            "The right side is the derivative by something else.",
            r"\frac{\partial C}{\partial w^l} = \delta^l",
            r"\frac{\partial C}{\partial b^l} = \delta^l",
        ),
        Code(
            "BP109",
            "sum-bound",
            "wrong summation bound",
            "The sum runs over too many or too few: n_{L-1} is a width, n_L - 1 a last index.",
            r"\sum_{j=0}^{n_{L-1}}",
            r"\sum_{j=0}^{n_L - 1}",
        ),
        Code(
            "BP110",
            "wrong-index",
            "wrong index",
            "An index stands where another belongs.",
            r"\frac{\partial C}{\partial w_{jk}} = \delta_k a_j",
            r"\frac{\partial C}{\partial w_{jk}} = \delta_j a_k",
        ),
        Code(
            "BP111",
            "missing-transpose-and-hadamard",
            "transpose and elementwise product",
            "A transpose is missing, and the product with σ′ is elementwise.",
            r"\delta^l = W^{l+1} \delta^{l+1} \cdot \sigma'(z^l)",
            r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
        ),
        Code(
            "BP112",
            "missing-partial",
            "missing ∂",
            "A ∂ of a partial derivative is missing.",
            r"\frac{C}{\partial a}",
            r"\frac{\partial C}{\partial a}",
        ),
        Code(
            "BP113",
            "wrong-order",
            "wrong order of a product",
            "Matrices do not commute.",
            r"\delta^{l+1} (W^{l+1})^T",
            r"(W^{l+1})^T \delta^{l+1}",
        ),
        Code(
            "BP114",
            "delta-for-partial",
            "δ printed for ∂",
            "δ is the error; the sign of a partial derivative is ∂.",
            r"\frac{\delta C}{\delta w}",
            r"\frac{\partial C}{\partial w}",
        ),
        Code(
            "BP115",
            "hadamard",
            "Hadamard against matrix product",
            "Vectors of one layer are multiplied entry by entry, with ⊙; without it the product "
            "of two columns has no meaning.",
            r"\delta^L = (a^L - y) \sigma'(z^L)",
            r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        ),
        Code(
            "BP116",
            "wrong-slope",
            "σ′ of the wrong thing",
            "The slope σ′ is taken at the pre-activation z, not at the activation a.",
            r"\delta^L = (a^L - y) \odot \sigma'(a^L)",
            r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
        ),
        Code(
            "BP201",
            "dangling-index",
            "index free on one side only",
            "An index that stands on one side only: a sum over it is missing, or it is one of a "
            "layer of one neuron.",
            r"\frac{\partial C}{\partial w} = \delta a_k",
            r"\frac{\partial C}{\partial w_{jk}} = \delta_j a_k",
        ),
        Code(
            "BP202",
            "bound-and-free",
            "index both bound and free, or sizes mixed",
            "An index is summed over and free at once, or a mean divides by N where the sum runs "
            "to n.",
            r"C(a_j) = \sum_j (y_j - a_j)^2",
            r"C = \sum_j (y_j - a_j)^2",
        ),
        Code(
            "BP203",
            "assignment",
            "assignment written as an equation",
            "The same name on both sides of = says that what is subtracted is 0.",
            r"w = w - \eta \frac{\partial C}{\partial w}",
            r"w \leftarrow w - \eta \frac{\partial C}{\partial w}",
            severity="hint",
        ),
        Code("BP204", "empty", "both sides are the same", "The equation says nothing."),
        Code(
            "BP205",
            "contradiction",
            "contradicting definitions",
            "A name was defined before, the same but for one name.",
            r"net_1 = w_1 x_1 + w_3 x_2",
            r"net_1 = w_1 x_1 + w_2 x_2",
        ),
        Code(
            "BP206",
            "approximation",
            "approximation written as an equation",
            "What holds to the first order only is written with =.",
            r"f(x + h) = f(x) + h f'(x)",
            r"f(x + h) \approx f(x) + h f'(x)",
        ),
        Code(
            "BP207",
            "symbol-case",
            "two spellings of one symbol",
            "A capital here, a small letter there.",
            r"W(t+1) = w(t) - \eta \nabla E",
            r"w(t+1) = w(t) - \eta \nabla E",
        ),
        Code(
            "BP301",
            "number",
            "wrong number",
            "The printed number is not what the other side gives, within its rounding.",
            "0.5 \\cdot 0.25 = 0.13",
            "0.5 \\cdot 0.25 = 0.125",
        ),
        Code(
            "BP401",
            "not-understood",
            "not checkable",
            "Something in the equation has no meaning that is known here; it was not judged.",
        ),
        Code(
            "BP402",
            "no-values",
            "value without numbers",
            "A number is given for something whose inputs have no numbers in the text.",
        ),
        Code(
            "BP501",
            "mended",
            "mended to be read",
            "Something in the formula had to be mended before it could be read.",
        ),
        Code(
            "BP502",
            "partial-and-total",
            "∂ with two meanings",
            "∂f(x, h)/∂w is taken with x and h fixed, and ∂h/∂w along all ways; both are written "
            "∂. It holds when they are read so.",
            severity="warning",
        ),
        Code(
            "BP901",
            "internal",
            "failed inside",
            "The program failed on this formula, which is a defect of the program; the rest of the "
            "document was judged.",
        ),
    )
}
_OF_SLIP = {row.name: row.code for row in CODES.values()}


def check_codes(codes: Iterable[str]) -> None:
    """See that each is a code, or the beginning of one.

    Raises:
        InputError: what is given is none; the message has the nearest.

    >>> check_codes(["BP1", "BP301"])
    """
    for code in codes:
        if not re.fullmatch(r"BP\d{0,3}", code):
            raise InputError(
                f"{code!r} is no code; a code is BP and up to three digits: BP103, BP1"
            )
        if not any(known.startswith(code) for known in CODES):
            raise InputError(_refuse(code))


def code_of_slip(slip: str) -> str:
    """The code of a named slip.

    >>> code_of_slip("missing-transpose")
    'BP103'
    """
    return _OF_SLIP[slip]


# how a transpose is written
_TRANSPOSE = re.compile(r"\^\s*(?:T\b|\\top\b|\{[^{}]*(?:T|\\top|\{T\})\s*\})")


def find_title(code: str, latex: str = "", suggestion: str | None = None) -> str:
    r"""The title of a code, in the direction that a suggestion goes.

    >>> find_title("BP103", "W d", "(W)^T d"), find_title("BP103", "W^T a", "W a")
    ('missing transpose', 'extra transpose')
    >>> find_title("BP103", "W d"), find_title("BP105")
    ('missing or extra transpose', 'wrong sign')
    """
    row = CODES[code]
    if row.name == "missing-transpose" and suggestion:
        added = len(_TRANSPOSE.findall(suggestion)) - len(_TRANSPOSE.findall(latex))
        if added:
            return "missing transpose" if added > 0 else "extra transpose"
        return "wrong transpose"
    return row.title


def explain_code(code: str) -> str:
    """What a code means, with its example.

    Raises:
        InputError: no such code; the message has the nearest.

    >>> print(explain_code("bp204"))
    BP204 both sides are the same
    The equation says nothing.
    """
    row = CODES.get(code.strip().upper())
    if row is None:
        raise InputError(_refuse(code))
    lines = [f"{row.code} {row.title}", row.explanation]
    if row.wrong:
        lines += [f"  wrong  {row.wrong}", f"  right  {row.right}"]
    return "\n".join(lines)


def _refuse(code: str) -> str:
    near = get_close_matches(code.upper(), CODES, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"unknown code {code!r}; {hint}Known: {', '.join(CODES)}"
