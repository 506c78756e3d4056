"""What stands where in a formula, before it is LaTeX or text: a small tree of frozen nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from symbackprop.notation import TransposeMark

BracketShape = Literal["round", "square", "angle", "bar", "norm"]
ProductSign = Literal["", "dot", "hadamard", "quotient", "and", "or"]
TermSign = Literal["+", "-"]


@dataclass(frozen=True)
class Layout:
    """Any part of a formula."""


@dataclass(frozen=True)
class Letter(Layout):
    """A mathematical letter by name: W, delta, net, script-L."""

    name: str


@dataclass(frozen=True)
class Function(Layout):
    """The name of a function: sigma, tanh, relu; primes count its derivatives."""

    name: str
    primes: int = 0


@dataclass(frozen=True)
class Number(Layout):
    """Digits as they are shown, with a point; `comma` shows the point as a comma."""

    digits: str
    comma: bool = False


@dataclass(frozen=True)
class Word(Layout):
    """Upright words in a formula: total, for."""

    text: str


@dataclass(frozen=True)
class Symbol(Layout):
    """A sign that stands for itself, by name: nabla, infinity, dots."""

    name: str


@dataclass(frozen=True)
class Row(Layout):
    """Parts side by side without a sign: the indices jk."""

    parts: tuple[Layout, ...]


@dataclass(frozen=True)
class Sentence(Row):
    """Words with formulas among them, a remark between displays."""


@dataclass(frozen=True)
class Listed(Layout):
    """Parts with commas between them; tight as in the indices 12,3."""

    parts: tuple[Layout, ...]
    tight: bool = False


@dataclass(frozen=True)
class Scripted(Layout):
    """A base with something above and below its right side."""

    base: Layout
    upper: Layout | None = None
    lower: Layout | None = None


@dataclass(frozen=True)
class Transposed(Layout):
    """The transpose of the body; mark is T, sans or top."""

    body: Layout
    mark: TransposeMark = "T"


@dataclass(frozen=True)
class Product(Layout):
    """Factors with a sign between them, side by side where it is "".

    "hadamard" multiplies arrays entry by entry; "quotient" divides the first so by the others.
    """

    factors: tuple[Layout, ...]
    sign: ProductSign = ""


@dataclass(frozen=True)
class Total(Layout):
    """Terms with their signs, "+" or "-"; tight as in the index l-1."""

    terms: tuple[tuple[TermSign, Layout], ...]
    tight: bool = False


@dataclass(frozen=True)
class Fraction(Layout):
    top: Layout
    bottom: Layout


@dataclass(frozen=True)
class Partial(Layout):
    """The partial derivative of the top by the bottom; `times` for the second and so on.

    A `direct` one is the part that the equation of the top has by itself: ∂⁺C/∂h.
    """

    top: Layout
    bottom: Layout
    times: int = 1
    direct: bool = False


@dataclass(frozen=True)
class Root(Layout):
    """The square root of the body."""

    body: Layout


@dataclass(frozen=True)
class SumOver(Layout):
    """A sum; low and high are None where a notation leaves them out."""

    bound: Layout
    low: Layout | None
    high: Layout | None
    body: Layout


@dataclass(frozen=True)
class Brackets(Layout):
    """A body in brackets; bars are its absolute value, norm its length."""

    body: Layout
    shape: BracketShape = "round"


@dataclass(frozen=True)
class Apply(Layout):
    """A function of arguments; an atom such as ln a stands without brackets if `bare`."""

    function: Layout
    arguments: tuple[Layout, ...]
    bare: bool = False


@dataclass(frozen=True)
class Braced(Layout):
    """A body with its name under a brace, level with the braces of `beside`."""

    body: Layout
    name: Layout
    beside: tuple[Layout, ...] = ()


@dataclass(frozen=True)
class Boxed(Layout):
    body: Layout


@dataclass(frozen=True)
class Cases(Layout):
    """Values, each with its condition; None is otherwise."""

    rows: tuple[tuple[Layout, Layout | None], ...]
    otherwise: str = "otherwise"


@dataclass(frozen=True)
class Relation(Layout):
    """Sides with a sign between them; "=", "<", ... by name."""

    sides: tuple[Layout, ...]
    sign: str = "="


@dataclass(frozen=True)
class Aligned(Layout):
    """Relations one below the other, aligned at their first sign."""

    rows: tuple[Layout, ...] = field(default=())


ATOM, POWER, PRODUCT, TOTAL = range(4)


def bind(layout: Layout) -> int:
    """How tightly a layout holds together: ATOM needs no brackets anywhere, TOTAL almost always."""
    match layout:
        case Total(terms=((sign, only),)):
            return TOTAL if sign == "-" else bind(only)
        case Total() | Relation() | Cases():
            return TOTAL
        case Product(factors=(only,)):
            return bind(only)
        case Product() | SumOver():
            return PRODUCT
        case Fraction() | Partial() | Scripted() | Transposed() | Apply():
            return POWER
    return ATOM


def is_tall(layout: Layout) -> bool:
    """Whether brackets around it must grow: sums, fractions, braces."""
    if isinstance(layout, SumOver | Fraction | Partial | Braced | Cases):
        return True
    if isinstance(layout, Scripted):
        return is_tall(layout.base)
    return any(is_tall(part) for part in list_parts(layout))


def has_node(layout: Layout, kinds: type | tuple[type, ...]) -> bool:
    return isinstance(layout, kinds) or any(has_node(p, kinds) for p in list_parts(layout))


def map_parts(layout: Layout, change: Callable[[Layout], Layout]) -> Layout:
    """The same layout with every part that it is directly made of changed."""

    def visit(value: object) -> object:
        if isinstance(value, Layout):
            return change(value)
        return tuple(map(visit, value)) if isinstance(value, tuple) else value

    changed = {slot.name: visit(getattr(layout, slot.name)) for slot in fields(layout)}
    return replace(layout, **changed)


def list_parts(layout: Layout) -> list[Layout]:
    """The layouts that a layout is directly made of."""
    found: list[Layout] = []
    for slot in fields(layout):
        found += _collect(getattr(layout, slot.name))
    return found


def _collect(value: object) -> list[Layout]:
    if isinstance(value, Layout):
        return [value]
    if isinstance(value, tuple):
        return [part for item in value for part in _collect(item)]
    return []


def list_braces(layout: Layout) -> list[Braced]:
    """The parts of a layout with a name under a brace."""
    own = [layout] if isinstance(layout, Braced) else []
    return own + [brace for part in list_parts(layout) for brace in list_braces(part)]


def unbrace(layout: Layout, alone: bool = True) -> Layout:
    """The same without names under braces; brackets come where the brace held a sum together."""
    if not isinstance(layout, Braced):
        sides = isinstance(layout, Relation)
        return map_parts(layout, lambda part: unbrace(part, sides))
    body = unbrace(layout.body, alone)
    last = body.factors[-1] if isinstance(body, Product) else body
    return body if alone or bind(last) < PRODUCT else enclose(body)


def bracket(layout: Layout, allowed: int) -> Layout:
    """Put brackets around a layout that holds together less tightly than allowed.

    >>> bracket(Total((("+", Letter("a")), ("-", Letter("y")))), PRODUCT).shape
    'round'
    """
    if bind(layout) <= allowed:
        return layout
    return enclose(layout)


def enclose(layout: Layout) -> Brackets:
    """Put brackets around a layout; square where a sum of products has round ones inside."""
    inner = isinstance(layout, Total) and any(_shows_brackets(term) for _, term in layout.terms)
    return Brackets(layout, "square" if inner else "round")


def _shows_brackets(layout: Layout) -> bool:
    if isinstance(layout, Brackets):
        return layout.shape == "round"
    if isinstance(layout, Apply):
        return not layout.bare
    if isinstance(layout, Scripted):
        return _shows_brackets(layout.base)
    return any(_shows_brackets(part) for part in list_parts(layout))
