"""Why the shapes of a formula clash, in words: (n_l × n_{l-1})(n_l), with widths as letters."""

from __future__ import annotations

import re

from symbackprop.reading import tree
from symbackprop.reading.macros import NO_MACROS, Macros
from symbackprop.reading.parser import read_formula
from symbackprop.verification.lexicon import CONSTANTS, RANKS, Lexicon
from symbackprop.verification.meaning import ELEMENTWISE

# a layer: its letter ("" for a number) and what is added to it
Layer = tuple[str, int]
# rows and columns, each the width of a layer; None where there is one
Shape = tuple[Layer | None, Layer | None]
SCALAR: Shape = (None, None)


# product: the shapes clash, 5×2 and 5
_DRAWN = re.compile(
    r"(?P<how>\w[\w ]*): the shapes clash, (?P<one>[\d×]+|number) and (?P<other>[\d×]+|number)"
)


def say_kinds(message: str) -> str:
    """A clash of shapes without the sizes that were drawn to try it, which no text has.

    >>> say_kinds("product: the shapes clash, 5×2 and 5×1")
    'product: the shapes clash, a matrix and a column'
    >>> say_kinds("sum: the shapes clash, 3×1 and 2×1")
    'sum: the shapes clash, two columns of different lengths'
    """
    return _DRAWN.sub(_say_pair, message)


def _say_pair(found: re.Match[str]) -> str:
    one, other = _name_kind(found["one"]), _name_kind(found["other"])
    if one == other and one in ("row", "column", "vector"):
        pair = f"two {one}s of different lengths"
    elif one == other:
        pair = "two matrices of different sizes"
    else:
        pair = f"a {one} and a {other}"
    return f"{found['how']}: the shapes clash, {pair}"


def _name_kind(shape: str) -> str:
    if shape == "number":
        return shape
    sizes = shape.split("×")
    if len(sizes) == 1:
        return "vector"
    if len(sizes) == 2 and "1" in sizes:
        return "row" if sizes[0] == "1" else "column"
    return "matrix"


class _Unknown(ValueError):
    """A part whose shape nothing here tells."""


class _Clash(ValueError):
    """Shapes that do not fit; the message has them."""


def say_clash(latex: str, lexicon: Lexicon, macros: Macros = NO_MACROS) -> str | None:
    r"""The shapes in one statement that do not fit where vectors are columns, or None.

    >>> say_clash(r"\delta^{l-1} = W^l \delta^l", Lexicon())
    '(n_l × n_{l-1})(n_l)'
    >>> say_clash(r"\frac{\partial C}{\partial W^L} = \delta^L", Lexicon())
    '(n_L × n_{L-1}) = (n_L)'
    >>> say_clash(r"\delta^{l-1} = (W^l)^T \delta^l", Lexicon())
    """
    try:
        formula = read_formula(latex, macros=macros)
    except tree.ReadError:
        return None
    if len(formula.statements) != 1:
        return None
    known: Shape | None = None
    try:
        for side in formula.statements[0].sides:
            shape = _find_shape(side, lexicon)
            if known is not None and shape != known:
                return f"{_say(known)} = {_say(shape)}" if SCALAR not in (shape, known) else None
            known = shape
    except _Clash as clash:
        return str(clash)
    except _Unknown:
        pass
    return None


def _find_shape(node: tree.Node, lexicon: Lexicon) -> Shape:
    match node:
        case tree.Number():
            return SCALAR
        case tree.Name():
            return _find_shape_of_name(node, lexicon)
        case tree.Group(bracket="(" | "[" | "{"):
            return _find_shape(node.body, lexicon)
        case tree.Transposed():
            rows, columns = _find_shape(node.body, lexicon)
            return columns, rows
        case tree.Call(function=tree.Name() as name, arguments=(argument,)) if (
            name.base in lexicon.functions and lexicon.find(name) is None
        ):
            return _find_shape(argument, lexicon)
        case tree.Derivative(top=tree.Name() as top, bottom=tree.Name() as bottom):
            return _find_shape_of_derivative(top, bottom, lexicon)
        case tree.Total():
            return _add([_find_shape(term, lexicon) for _, term in node.terms])
        case tree.Product():
            shape = _find_shape(node.factors[0], lexicon)
            for sign, factor in zip(node.signs, node.factors[1:], strict=True):
                shape = _multiply(sign, shape, _find_shape(factor, lexicon))
            return shape
    raise _Unknown


def _find_shape_of_name(name: tree.Name, lexicon: Lexicon) -> Shape:
    quantity = lexicon.find(name)
    if quantity is None:
        if name.base in CONSTANTS and not (name.upper or name.lower):
            return SCALAR
        raise _Unknown
    if quantity == "C" or len(name.lower) == RANKS[quantity]:
        return SCALAR
    if name.lower or len(name.upper) > 1:
        raise _Unknown
    if quantity in ("x", "y"):
        return (("", 0) if quantity == "x" else ("L", 0)), None
    letter, offset = _read_layer(name.upper[0].content) if name.upper else ("L", 0)
    return (letter, offset), ((letter, offset - 1) if quantity == "W" else None)


def _read_layer(node: tree.Node) -> Layer:
    """l - 1 --> ("l", -1), 2 --> ("", 2)."""
    match node:
        case tree.Number() if node.value.denominator == 1:
            return "", int(node.value)
        case tree.Name() if not (node.upper or node.lower):
            return node.base, 0
        case tree.Total(terms=((_, tree.Name() as name), (sign, tree.Number() as number))):
            return name.base, int(number.value) * (-1 if sign == "-" else 1)
    raise _Unknown


def _find_shape_of_derivative(top: tree.Name, bottom: tree.Name, lexicon: Lexicon) -> Shape:
    above, below = _find_shape_of_name(top, lexicon), _find_shape_of_name(bottom, lexicon)
    if above == SCALAR:
        return below
    if above[1] is None and below[1] is None and below[0] is not None:
        return above[0], below[0]
    raise _Unknown


def _add(shapes: list[Shape]) -> Shape:
    whole = [shape for shape in shapes if shape != SCALAR]
    for shape in whole[1:]:
        if shape != whole[0]:
            raise _Clash(f"{_say(whole[0])} + {_say(shape)}")
    return whole[0] if whole else SCALAR


def _multiply(sign: str, one: Shape, other: Shape) -> Shape:
    if SCALAR in (one, other):
        return other if one == SCALAR else one
    if sign in ELEMENTWISE:
        if one != other:
            raise _Clash(f"{_say(one)} ⊙ {_say(other)}")
        return one
    if sign == "otimes" or sign == "/" or (sign and one == other):
        raise _Unknown
    if one[1] != other[0]:
        raise _Clash(f"{_say(one)}{_say(other)}")
    return one[0], other[1]


def _say(shape: Shape) -> str:
    rows, columns = shape
    if columns is None:
        return f"({_say_width(rows)})"
    return f"({_say_width(rows)} × {_say_width(columns)})"


def _say_width(layer: Layer | None) -> str:
    """The width of a layer: n_l, n_{l-1}, n_2."""
    if layer is None:
        return "1"
    letter, offset = layer
    if not letter:
        return f"n_{offset}"
    return f"n_{{{letter}{offset:+d}}}" if offset else f"n_{letter}"
