"""The syntax tree of a formula: what was written, not yet what it means.

Every node has its span, the first and the last offset (not included) in the text of the formula.
Nothing is decided here that needs to know the network: a superscript may be a layer or a power,
a name before brackets a function or a factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """Any part of a formula."""

    span: Span


@dataclass(frozen=True)
class Number(Node):
    """Digits as printed, with a point or a comma: 0,15 has the value 15/100 and 2 decimals."""

    value: Fraction
    decimals: int = 0


@dataclass(frozen=True)
class Script:
    """One thing above or below a name: content, and the brackets around it ("", "(", "[", "<").

    a^{(L)} has the script (L) with "("; w_{jk} has the lower scripts j and k; x_{1,2} has 1 and 2;
    net_{h1} has the one lower script h1, a Name; a^{x,l} has the upper scripts x and l, W_{f[i,j]}
    the lower ones f, [i and [j. Letters side by side above stay together: W^{ss} has one script,
    a Product.
    """

    content: Node
    bracket: str = ""


@dataclass(frozen=True)
class Name(Node):
    """A letter or a word with its scripts: W, \\delta, net, out, E_{total}, \\hat{y}, w'_5, w^+.

    `base` is the bare name: \\delta --> delta, \\mathbf{W} --> W, \\text{target} --> target;
    \\Delta w is one name too, "Delta w". Scripts before it are the first of its scripts: ^pE is
    E^p. \\sum that stands for a sum of which the text speaks is a name, too.
    `style` keeps what is written differently on purpose ("bf", "cal", "text" or ""); `accent` is
    hat, bar, tilde, dot or vec; `primes` counts ' (of either kind); `star` is "+" or "*" as a
    superscript.
    """

    base: str
    upper: tuple[Script, ...] = ()
    lower: tuple[Script, ...] = ()
    primes: int = 0
    accent: str = ""
    style: str = ""
    star: str = ""


@dataclass(frozen=True)
class Power(Node):
    """A superscript on something that is no name: brackets, a call, a number, a norm."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Transposed(Node):
    """^T, ^\\top, ^{\\mathsf T}, ^{[l] T}; the mark as written."""

    body: Node
    mark: str = "T"


@dataclass(frozen=True)
class Primed(Node):
    """A prime on brackets: [w a + b]'."""

    body: Node
    primes: int = 1


@dataclass(frozen=True)
class Lowered(Node):
    """A subscript on what is no name: (y - a)_2, \\sigma(z)_j, \\left[ ... \\right]_1^n."""

    body: Node
    lower: tuple[Script, ...]


@dataclass(frozen=True)
class Group(Node):
    """Brackets: "(", "[", "{" (printed braces), "|" (absolute value), "||" (norm), "<", "⌊", "⌈".

    A "." is none: of \\left. f'(x) \\right|_{x = 1} and f'(x)|_{x = 1} comes a Lowered with the
    Group f'(x) in "." and the script x = 1: its value there. [i = j] may be an indicator.
    """

    body: Node
    bracket: str = "("


@dataclass(frozen=True)
class Listed(Node):
    """Things with commas between them: (1, 0, 0), [y, x], 1, \\ldots, n with Dots among them."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Product(Node):
    """Factors with what stands between them: "" (side by side), cdot, *, times, odot, circ,
    otimes, bigcirc, .*, /, @ (code: the product of matrices) and rarer ones; there is one sign
    fewer than factors. Dots may stand among the factors."""

    factors: tuple[Node, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Total(Node):
    """Terms, each with "+", "-" or "±" before it (the first "+" where nothing is written)."""

    terms: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Ratio(Node):
    """\\frac{top}{bottom} that is no derivative; also \\tfrac, \\dfrac, {a}/{b}."""

    top: Node
    bottom: Node


@dataclass(frozen=True)
class Derivative(Node):
    """\\frac{\\partial X}{\\partial Y}, \\frac{dX}{dY}, \\partial X / \\partial Y.

    `mark` is how it is written above: partial, d, delta or Delta ("" where it is missing, as in
    \\frac{C}{\\partial a}), and `mark_below` below ("" in \\frac{\\partial C}{a}); `top` is None
    for the operator \\frac{\\partial}{\\partial Y}, which then stands before its body: `body`.
    \\partial_w C is one, too.
    """

    top: Node | None
    bottom: Node
    mark: str = "partial"
    mark_below: str = "partial"
    body: Node | None = None


@dataclass(frozen=True)
class Gradient(Node):
    """\\nabla C, \\nabla_a C."""

    body: Node
    by: Node | None = None


@dataclass(frozen=True)
class Sum(Node):
    """\\sum and its kin over one index, with its bounds (None where not written) and the body.

    `kind` is sum, prod, lim, int, union, intersection, odot or otimes. `condition` says which
    values of the index count: j \\ne i, k < t, x \\in S, y_j = 1 of \\sum_{j: y_j = 1}; of a limit
    it is h \\rightarrow 0. 1 \\le k \\le t are bounds. Several indices are sums within sums, the
    condition with the innermost. `index` is None where none is written, a Name otherwise: a word
    where words say what is summed over.
    """

    index: Node | None
    low: Node | None
    high: Node | None
    body: Node
    kind: str = "sum"
    condition: Node | None = None


@dataclass(frozen=True)
class Call(Node):
    """A name applied to arguments: \\sigma(z), \\exp z, \\max(0, x), f[x, y], C(a^L).

    `certain` is False where the name could as well be a factor: a(1 - a), w(x + y). An indicator
    is a call with a Compared: \\mathbb{1}(i = j), 1_{z > 0}. d with one argument is a change of
    it: the differential dx, or the gradient that some write dW; \\partial x alone is a call, too.
    A macro that nobody defines, with several groups, is a call of its name.
    """

    function: Node
    arguments: tuple[Node, ...]
    certain: bool = True


@dataclass(frozen=True)
class Matrix(Node):
    """Rows of entries in brackets or an array."""

    rows: tuple[tuple[Node, ...], ...]
    bracket: str = "["


@dataclass(frozen=True)
class Cases(Node):
    """Values with their conditions (None: otherwise)."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class Braced(Node):
    """A body with a label under or over it, or in a box (label None); colours leave no trace."""

    body: Node
    label: Node | None = None


@dataclass(frozen=True)
class Words(Node):
    """Running text in a formula, \\text{for all}; a sign alone of which a text speaks, $\\odot$;
    a remark in brackets, (= \\delta)."""

    text: str


@dataclass(frozen=True)
class Dots(Node):
    """\\ldots and its kin, ...: what goes on as it began."""


@dataclass(frozen=True)
class Compared(Node):
    """A comparison inside a condition or a set: x > 0, i \\in S; x | x > 0 has the comparison x > 0
    on its right."""

    left: Node
    sign: str
    right: Node


@dataclass(frozen=True)
class Statement(Node):
    """Sides with the signs between them: =, approx, :=, leftarrow, rightarrow, <, in, ...

    A statement may begin with a sign ("= 0.15 - ..."): then `continues` is True and its first side
    is what the statement before ended with. `label` is a \\tag or \\label; `heading` are the words
    in front: \\text{Output layer: } \\delta^L = .... Words that are themselves said to equal
    something, \\text{gradient of } W = ..., are the first side. w \\to w - 1 has the sign
    leftarrow, like w \\leftarrow w - 1; += and -= are signs of their own.
    """

    sides: tuple[Node, ...]
    signs: tuple[str, ...]
    continues: bool = False
    label: str = ""
    heading: str = ""

    @property
    def is_remark(self) -> bool:
        """Words beside a formula, or the range of its indices: nothing goes on from it."""
        if len(self.sides) != 1 or self.continues:
            return False
        side = self.sides[0]
        while isinstance(side, Group | Braced):
            side = side.body
        return isinstance(side, Words) or any(isinstance(n, Dots) for n in walk(side))


@dataclass(frozen=True)
class Repair:
    """Something that had to be mended to be read; each is reported as a finding."""

    span: Span
    message: str


@dataclass(frozen=True)
class Formula:
    """All statements of one display, with the repairs that were made.

    `unknown` are macros that nobody defines: around one thing they were read as decoration, alone
    as a name, around several things as a Call.
    """

    text: str
    statements: tuple[Statement, ...]
    repairs: tuple[Repair, ...] = ()
    unknown: frozenset[str] = frozenset()


def relocate(formula: Formula, text: str, locate: Callable[[Span], Span]) -> Formula:
    """The same formula as one of another text, in which `locate` finds each span."""

    def go(value: Any) -> Any:
        if isinstance(value, Node):
            kind: Any = type(value)
            return kind(locate(value.span), *(go(getattr(value, s)) for s in _list_slots(kind)))
        if isinstance(value, Script):
            return Script(go(value.content), value.bracket)
        return tuple(map(go, value)) if isinstance(value, tuple) else value

    repairs = tuple(Repair(locate(repair.span), repair.message) for repair in formula.repairs)
    return Formula(text, go(formula.statements), repairs, formula.unknown)


class ReadError(ValueError):
    """A formula that cannot be read: the message says why, `offset` where."""

    def __init__(self, message: str, text: str, offset: int) -> None:
        self.reason, self.text, self.offset = message, text, offset
        super().__init__(self.point())

    @property
    def place(self) -> tuple[int, int]:
        """Line and column in the text of the formula, both from 1."""
        before = self.text[: self.offset]
        return before.count("\n") + 1, self.offset - (before.rfind("\n") + 1) + 1

    def point(self) -> str:
        """The message with the line and a caret under the place.

        >>> print(ReadError("a bracket is not closed", "(a + b", 0).point())
        line 1, column 1: a bracket is not closed
          (a + b
          ^
        """
        line, column = self.place
        whole = self.text.split("\n")[line - 1]
        start = max(0, column - 60)
        shown = whole[start : start + 100]
        caret = " " * (column - 1 - start) + "^"
        return f"line {line}, column {column}: {self.reason}\n  {shown}\n  {caret}"


def list_children(node: object) -> tuple[Node, ...]:
    """The nodes directly below a node, from left to right."""
    if not isinstance(node, Node | Script):
        return ()
    # a tree is walked again and again, and never changes: what is below is remembered
    remembered = vars(node)
    if _BELOW not in remembered:
        kind: Any = type(node)  # mypy takes a class for unhashable
        slots = [getattr(node, slot) for slot in _list_slots(kind)]
        remembered[_BELOW] = tuple(n for slot in slots for n in _nodes_in(slot))
    below: tuple[Node, ...] = remembered[_BELOW]
    return below


_BELOW = "nodes directly below"


@cache
def _list_slots(kind: type) -> tuple[str, ...]:
    return tuple(slot.name for slot in fields(kind) if slot.name != "span")


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Script):
        yield value.content
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, from left to right."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(list_children(found)))


def walk_formula(node: Node) -> Iterator[Node]:
    """Everything that is part of what a formula says: the label of a brace is not."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        label = found.label if isinstance(found, Braced) else None
        waiting.extend(n for n in reversed(list_children(found)) if n is not label)
