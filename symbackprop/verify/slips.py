"""Slips and their inverses: what to change in a formula so that it would be right.

Each slip is one row: a name and a function that proposes changed formulas, as edits of the text
that the author wrote. A slip is named when an edit makes the statement hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symbackprop.read import tree
from symbackprop.verify.lexicon import Lexicon, spell


@dataclass(frozen=True)
class Proposal:
    """One change of a formula: the slip that it undoes, and the text without it."""

    slip: str
    text: str


Edit = tuple[tree.Span, str]


def propose(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[Proposal]:
    """Every statement that one inverse slip makes of this one, most telling slips first."""
    for slip, find in SLIPS.items():
        for edits in find(statement, text, lexicon):
            yield Proposal(slip, apply_edits(text, edits, statement.span))


def apply_edits(text: str, edits: list[Edit], span: tree.Span) -> str:
    """The part of a text in a span, with some parts replaced.

    >>> apply_edits("a = b + c", [((4, 5), "d")], (0, 9))
    'a = d + c'
    """
    result, at = [], span[0]
    for (start, end), new in sorted(edits):
        result += [text[at:start], new]
        at = end
    return "".join([*result, text[at : span[1]]]).strip()


def _names(node: tree.Node) -> Iterator[tree.Name]:
    for found in tree.walk(node):
        if isinstance(found, tree.Name):
            yield found


def _quantities(statement: tree.Statement, lexicon: Lexicon) -> Iterator[tuple[tree.Name, str]]:
    for side in statement.sides:
        for name in _names(side):
            quantity = lexicon.find(name)
            if quantity is not None:
                yield name, quantity


def _inside_derivatives(statement: tree.Statement) -> set[tree.Span]:
    return {
        name.span
        for side in statement.sides
        for node in tree.walk(side)
        if isinstance(node, tree.Derivative)
        for part in (node.top, node.bottom)
        if part is not None
        for name in _names(part)
    }


def _write(text: str, node: tree.Node) -> str:
    return text[node.span[0] : node.span[1]]


def add_partial(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    r"""\frac{C}{\partial a} --> \frac{\partial C}{\partial a}, everywhere at once."""
    edits = [
        ((node.top.span[0], node.top.span[0]), "\\partial ")
        for side in statement.sides
        for node in tree.walk(side)
        if isinstance(node, tree.Derivative) and not node.mark and node.top is not None
    ]
    if edits:
        yield edits


def change_transpose(
    statement: tree.Statement, text: str, lexicon: Lexicon
) -> Iterator[list[Edit]]:
    """W --> (W)^T, a --> (a)^T, and back."""
    derivatives = _inside_derivatives(statement)
    for name, quantity in _quantities(statement, lexicon):
        if quantity in ("W", "a", "x", "delta") and name.span not in derivatives:
            yield [(name.span, f"({_write(text, name)})^T")]
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Transposed):
                yield [(node.span, _write(text, node.body))]


def change_both_transpose_and_product(
    statement: tree.Statement, text: str, lexicon: Lexicon
) -> Iterator[list[Edit]]:
    """W d · s --> (W)^T d ⊙ s: the transpose and the elementwise product."""
    derivatives = _inside_derivatives(statement)
    signs = [
        (node, index)
        for side in statement.sides
        for node in tree.walk(side)
        if isinstance(node, tree.Product)
        for index, sign in enumerate(node.signs)
        if sign in ("cdot", "*", "times")
    ]
    for name, quantity in _quantities(statement, lexicon):
        if quantity != "W" or name.span in derivatives:
            continue
        for node, index in signs:
            between = (node.factors[index].span[1], node.factors[index + 1].span[0])
            yield [(name.span, f"({_write(text, name)})^T"), (between, " \\odot ")]


def change_product(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """(a - y) sigma'(z) --> (a - y) ⊙ sigma'(z): the elementwise product of vectors."""
    for side in statement.sides:
        for node in tree.walk(side):
            if not isinstance(node, tree.Product):
                continue
            for index, sign in enumerate(node.signs):
                between = (node.factors[index].span[1], node.factors[index + 1].span[0])
                if sign in ("", "cdot", "*", "times"):
                    yield [(between, " \\odot ")]
                elif sign in ("odot", "circ"):
                    yield [(between, " ")]


def change_slope(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """sigma'(a) --> sigma'(z): the slope is taken at the pre-activation."""
    letters = {quantity: letter for letter, quantity in lexicon.quantities.items()
               if letter.islower()}
    for side in statement.sides:
        for node in tree.walk(side):
            if not isinstance(node, tree.Call) or not getattr(node.function, "primes", 0):
                continue
            for name in node.arguments:
                if isinstance(name, tree.Name) and lexicon.find(name) == "a" and "z" in letters:
                    written = _write(text, name)
                    yield [(name.span, written.replace(name.base, letters["z"], 1))]


def change_left_side(
    statement: tree.Statement, text: str, lexicon: Lexicon
) -> Iterator[list[Edit]]:
    """∂C/∂w = what is ∂C/∂b, and the other way round."""
    left = statement.sides[0]
    if not isinstance(left, tree.Derivative) or not isinstance(left.bottom, tree.Name):
        return
    written = _write(text, left.bottom)
    swap = {"W": "b", "b": "w"}.get(lexicon.find(left.bottom) or "")
    if swap is None:
        return
    base_at = written.find(left.bottom.base)
    if base_at >= 0:
        changed = written[:base_at] + swap + written[base_at + len(left.bottom.base) :]
        yield [(left.bottom.span, changed)]


def change_layer(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """a^{L} --> a^{L-1}: one layer more or less, for one name at a time, or for a whole factor."""
    for name, _ in _quantities(statement, lexicon):
        for script in name.upper:
            for changed in _shift(text, script.content):
                yield [(script.content.span, changed)]


def _shift(text: str, content: tree.Node) -> Iterator[str]:
    letter, offset = _read_offset(content)
    if letter is None:
        return
    for step in (1, -1):
        moved = offset + step
        yield letter + (f"{moved:+d}" if moved else "")


def _read_offset(content: tree.Node) -> tuple[str | None, int]:
    """L - 1 --> ("L", -1)."""
    match content:
        case tree.Name() if not (content.upper or content.lower):
            return content.base, 0
        case tree.Total(terms=((_, tree.Name() as name), (sign, tree.Number() as number))):
            return name.base, int(number.value) * (-1 if sign == "-" else 1)
    return None, 0


def change_sign(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    last = statement.sides[-1]
    yield [(last.span, f"-\\left({_write(text, last)}\\right)")]


def change_factor(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """A factor 2 or 1/2 too many or too few."""
    last = statement.sides[-1]
    for factor in ("2", "\\frac{1}{2}"):
        yield [(last.span, f"{factor} \\left({_write(text, last)}\\right)")]


def change_bound(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    r"""\sum_{j=0}^{n_{L-1}} --> \sum_{j=0}^{n_L - 1}: the braces decide."""
    edits = []
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Sum) and isinstance(node.high, tree.Name) and node.high.lower:
                letter, offset = _read_offset(node.high.lower[0].content)
                if letter is not None and offset < 0:
                    edits.append((node.high.span, f"{node.high.base}_{letter} {offset:+d}"))
    if edits:
        yield edits


def change_index(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """w_{jk} --> w_{kj}, x_j --> x_i."""
    letters = sorted(
        {
            spell(s.content)
            for name, _ in _quantities(statement, lexicon)
            for s in name.lower
            if isinstance(s.content, tree.Name)
        }
    )
    derivatives = _inside_derivatives(statement)
    for name, _ in _quantities(statement, lexicon):
        if name.span in derivatives:
            continue
        if len(name.lower) == 2:
            one, other = (s.content for s in name.lower)
            yield [(one.span, _write(text, other)), (other.span, _write(text, one))]
        for script in name.lower:
            for letter in letters:
                if isinstance(script.content, tree.Name) and spell(script.content) != letter:
                    yield [(script.content.span, letter)]


def add_sum(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """An index on the right only is summed over."""
    left, right = statement.sides[0], statement.sides[-1]
    one = {spell(s.content) for n in _names(left) for s in n.lower}
    for letter in sorted({spell(s.content) for n in _names(right) for s in n.lower} - one):
        if letter.isalpha() and len(letter) == 1:
            yield [(right.span, f"\\sum_{{{letter}}} {_write(text, right)}")]


def add_slope(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """The right side without its factor sigma'(z)."""
    left, right = statement.sides[0], statement.sides[-1]
    for name in _names(left):
        for script in name.upper:
            layer = _write(text, script.content)
            written = f"\\left({_write(text, right)}\\right) \\odot \\sigma'(z^{{{layer}}})"
            yield [(right.span, written)]


def add_delta(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """The right side without its factor delta."""
    left, right = statement.sides[0], statement.sides[-1]
    for name in _names(left):
        for script in name.upper:
            layer = _write(text, script.content)
            yield [(right.span, f"\\delta^{{{layer}}} {_write(text, right)}")]


def swap_factors(statement: tree.Statement, text: str, lexicon: Lexicon) -> Iterator[list[Edit]]:
    """W^T d written d W^T, d a^T written a d."""
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Product) and len(node.factors) == 2:
                one, other = node.factors
                yield [(one.span, _write(text, other)), (other.span, _write(text, one))]
                turned = f"({_write(text, one)})^T"
                yield [(one.span, _write(text, other)), (other.span, turned)]


Finder = Callable[[tree.Statement, str, Lexicon], Iterator[list[Edit]]]

# the name of a slip --> what would undo it
SLIPS: dict[str, Finder] = {
    "missing-partial": add_partial,
    "wrong-lhs": change_left_side,
    "missing-transpose": change_transpose,
    "missing-transpose-and-hadamard": change_both_transpose_and_product,
    "hadamard": change_product,
    "wrong-slope": change_slope,
    "sum-bound": change_bound,
    "wrong-layer": change_layer,
    "sign": change_sign,
    "factor": change_factor,
    "wrong-index": change_index,
    "missing-sum": add_sum,
    "missing-slope": add_slope,
    "dropped-delta": add_delta,
    "wrong-order": swap_factors,
}
