"""What stands above and below a thing, and what it makes of the thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symbackprop.reading.reader import Reader
from symbackprop.reading.spelling import FUNCTION_LETTERS, SCRIPT_WORDS, STARTS, STYLES
from symbackprop.reading.tree import (
    Call,
    Group,
    Listed,
    Lowered,
    Name,
    Node,
    Number,
    Power,
    Primed,
    Product,
    Script,
    Span,
    Transposed,
    Words,
)

# letters of indices
COUNTING = frozenset("hijklmn")
TRANSPOSES = frozenset({"T", "top", "intercal", "Tr"})
# a small t turns a matrix in the texts of some countries; elsewhere it is a step of time
SMALL_TRANSPOSE = re.compile(r"\^\s*(?:\{\s*t\s*\}|t(?![A-Za-z]))")
STEP_OF_TIME = re.compile(r"[_(\[{,]\s*t\b|\bt\s*[-+=]|\bt\s*[)\]]")


def find_transposes(texts: Iterable[str]) -> frozenset[str]:
    r"""The superscripts that transpose in a document: T, and t where t is nothing else.

    >>> sorted(find_transposes([r"\delta_2 a_1^t"])), sorted(find_transposes(["h^t = h_{t-1}"]))
    (['T', 'Tr', 'intercal', 't', 'top'], ['T', 'Tr', 'intercal', 'top'])
    """
    found = False
    for text in texts:
        rest = SMALL_TRANSPOSE.sub("", text)
        if STEP_OF_TIME.search(rest):
            return TRANSPOSES
        found = found or rest != text
    return TRANSPOSES | {"t"} if found else TRANSPOSES


STARS = {"plus": ("+", "-"), "op": ("*",), "macro": ("dagger",)}


@dataclass
class Marks:
    """Scripts and primes met so far, in the order that they were written for what is no name."""

    upper: list[Script] = field(default_factory=list)
    lower: list[Script] = field(default_factory=list)
    primes: int = 0
    star: str = ""
    transpose: str = ""

    def __bool__(self) -> bool:
        return bool(self.upper or self.lower or self.primes or self.star or self.transpose)


def attach(atom: Node, marks: Marks, span: Span) -> Node:
    """The atom with its marks: a name takes them in, anything else is wrapped."""
    if not marks:
        return atom
    if isinstance(atom, Name):
        made: Node = atom
        if marks.upper or marks.lower or marks.primes or marks.star:
            made = Name(
                span,
                atom.base,
                atom.upper + tuple(marks.upper),
                atom.lower + tuple(marks.lower),
                atom.primes + marks.primes,
                atom.accent,
                atom.style,
                marks.star or atom.star,
            )
        return Transposed(span, made, marks.transpose) if marks.transpose else made
    if isinstance(atom, Transposed) and isinstance(atom.body, Name) and not marks.transpose:
        return Transposed(span, attach(atom.body, marks, span), atom.mark)
    if isinstance(atom, Call) and is_change(atom) and not marks.primes:
        # {dz}^{[l]} is d(z^{[l]})
        return replace(atom, span=span, arguments=(attach(atom.arguments[0], marks, span),))
    if marks.lower:
        atom = _lower(atom, tuple(marks.lower), span)
    if marks.primes:
        atom = Primed(span, atom, marks.primes)
    for script in marks.upper:
        atom = Power(span, atom, script.content)
    if marks.star:
        atom = Power(span, atom, Name(span, base=marks.star))
    if marks.transpose:
        atom = Transposed(span, atom, marks.transpose)
    return atom


def _lower(atom: Node, lower: tuple[Script, ...], span: Span) -> Node:
    """(x^{(i)})_k --> x^{(i)}_k; what is no array in brackets is a Lowered."""
    if isinstance(atom, Group) and atom.bracket == "(" and isinstance(atom.body, Name):
        name = atom.body
        if not (name.lower or name.primes or name.star):
            return replace(name, span=span, lower=lower)
    return Lowered(span, atom, lower)


def is_change(node: Node) -> bool:
    """dz, without brackets."""
    if not isinstance(node, Call) or node.certain:
        return False
    function = node.function
    is_d = isinstance(function, Name) and function.base == "d" and not function.style
    return is_d and len(node.arguments) == 1 and isinstance(node.arguments[0], Name)


def name_primed(node: Node) -> Node:
    """(f^l)' before brackets is the function f'^l; (W)' is a matrix."""
    held = node.body.body if isinstance(node, Primed) and isinstance(node.body, Group) else None
    if not isinstance(node, Primed) or not isinstance(held, Name):
        return node
    if held.base not in FUNCTION_LETTERS:
        return node
    return replace(held, span=node.span, primes=held.primes + node.primes)


def join_primes(node: Node) -> Node:
    """j' counts as j does, but is another letter; w_{jj'} has the indices j and j'."""
    if isinstance(node, Product) and not any(node.signs):
        return Product(node.span, tuple(map(join_primes, node.factors)), node.signs)
    if isinstance(node, Name) and node.primes and not (node.lower or node.upper):
        return replace(node, base=node.base + "'" * node.primes, primes=0)
    return node


def make_scripts(node: Node, reader: Reader) -> Iterator[Script]:
    """Split what stands below: jk --> j, k; 01 --> 0, 1 (nobody numbers from 01).

    A letter with one digit is one label, h1, unless the letter is an index of a sum here or a
    capital; with more digits it is a letter and digits: o11 --> o, 1, 1.
    """
    text = reader.text
    if isinstance(node, Product) and not any(node.signs):
        for factor in node.factors:
            if isinstance(factor, Group) and factor.bracket == "[":
                # W_{f[i, j]}: gate f, entry i, j
                body = factor.body
                items = body.items if isinstance(body, Listed) else (body,)
                yield from (Script(item, "[") for item in items)
            else:
                yield from make_scripts(factor, reader)
    elif isinstance(node, Number) and not node.decimals and _has_leading_zero(node, text):
        yield from _split_digits(node, text)
    elif isinstance(node, Name) and _is_run_of_indices(node):
        # A_{\text{ij}} is A_{ij}
        start = node.span[1] - len(node.base) - 1
        for number, letter in enumerate(node.base):
            yield Script(Name((start + number, start + number + 1), base=letter))
    elif isinstance(node, Name) and _is_split(node, reader):
        digits = node.lower[0].content
        yield Script(Name((node.span[0], digits.span[0]), base=node.base, style=node.style))
        yield from _split_digits(digits, text)
    else:
        yield Script(node)


def _is_run_of_indices(name: Name) -> bool:
    """Letters that count, two or three of them set as if they were a word."""
    if len(name.base) not in (2, 3) or name.lower or name.upper or name.accent:
        return False
    if len(set(name.base)) < len(name.base):
        # W_{\text{hh}} is a label
        return False
    return set(name.base) <= COUNTING and name.base not in SCRIPT_WORDS


def _split_digits(number: Node, text: str) -> Iterator[Script]:
    said = text[slice(*number.span)]
    if not (said.isascii() and said.isdigit()):
        yield Script(number)
        return
    for offset, digit in enumerate(said, number.span[0]):
        yield Script(Number((offset, offset + 1), Fraction(int(digit))))


def _is_split(name: Name, reader: Reader) -> bool:
    """N1, o11, and i1 where i is summed over; not h1, nor w_1 with a sign between them."""
    if len(name.base) != 1 or len(name.lower) != 1 or name.upper or name.primes or name.accent:
        return False
    digits = name.lower[0].content
    if not isinstance(digits, Number) or digits.span[0] != name.span[0] + 1:
        return False
    many = digits.span[1] - digits.span[0] > 1
    return many or name.base.isupper() or name.base in reader.indices


_INDEX = re.compile(
    r"\\(?:sum|prod)(?:\\limits)?\s*(?:\^\s*(?:\{[^{}]*\}|[^\s{}])\s*)?_\s*\{?\s*([a-z])(?![a-z])"
)


def find_indices(text: str) -> frozenset[str]:
    r"""The letters that sums of a formula run over.

    >>> sorted(find_indices(r"\sum_{i=1}^n \sum_k a"))
    ['i', 'k']
    """
    return frozenset(_INDEX.findall(text))


def _has_leading_zero(node: Number, text: str) -> bool:
    said = text[node.span[0] : node.span[1]]
    return len(said) > 1 and said[0] == "0" and said.isascii() and said.isdigit()


def read_superscript(reader: Reader, marks: Marks, on_name: bool) -> None:
    r"""Read what follows ^: a transpose, a prime, a star, layers in brackets, or an expression."""
    token = reader.token
    if token is None:
        reader.refuse("a superscript is missing")
    if token.kind == "open" and token.text in ("(", "[", "<"):
        marks.upper.extend(read_bare_group(reader))
        return
    if token.kind != "lbrace":
        if _take_mark(reader, marks, reader.spot, _find_end(reader)):
            return
        marks.upper.append(Script(reader.read_single()))
        return
    end = reader.partner[reader.spot]
    if end == reader.spot + 1:
        reader.spot = end + 1
        return
    if _take_mark(reader, marks, reader.spot + 1, end):
        reader.spot = end + 1
        return
    if on_name and _read_bracketed(reader, marks, end):
        return
    items = list(reader.read_script_content())
    if (
        items
        and isinstance(items[-1], Name)
        and len(items) > 1
        and items[-1] == Name(items[-1].span, base="T")
    ):
        marks.transpose = "T"
        items.pop()
    for item in items:
        marks.upper.append(Script(item))


def _find_end(reader: Reader) -> int:
    r"""Where what TeX takes as a script without braces ends: of ^\mathsf{T} behind the group."""
    spot, token = reader.spot, reader.token
    while token is not None and token.kind == "macro" and token.text in STYLES:
        spot += 1
        token = reader.peek(spot)
    held = token is not None and token.kind == "lbrace" and spot > reader.spot
    return (reader.partner[spot] if held else spot) + 1


def read_bare_group(reader: Reader) -> list[Script]:
    """J^(l): brackets that TeX would not take whole; the braces around them are missing."""
    opened = reader.token
    assert opened is not None
    reader.mend("the braces around a script in brackets are missing")
    end = reader.partner[reader.spot]
    reader.advance()
    items = reader.read_list(end)
    reader.advance()
    return [Script(item, opened.text) for item in items]


def read_prescript(reader: Reader) -> Node:
    r"""^p E is E with one more upper script; ^t A is transposed; alone it is a sign of its own."""
    token = reader.advance()
    start = token.start
    marks = Marks()
    if token.kind == "sub":
        marks.lower.extend(reader.read_lower())
    else:
        read_superscript(reader, marks, True)
        last = marks.upper[-1].content if marks.upper else None
        if isinstance(last, Name) and last == Name(last.span, base="t"):
            marks.upper, marks.transpose = marks.upper[:-1], "t"
    if reader.token is None or reader.token.kind not in STARTS | {"sub", "sup"}:
        return Words((start, reader.last_end), reader.text[start : reader.last_end])
    body = reader.read_factor()
    span = (start, body.span[1])
    if isinstance(body, Call) and isinstance(body.function, Name) and not marks.transpose:
        function = attach(body.function, marks, (start, body.function.span[1]))
        return replace(body, span=span, function=function)
    if isinstance(body, Transposed) and not marks.transpose:
        return replace(body, span=span, body=attach(body.body, marks, span))
    return attach(body, marks, span)


def _take_mark(reader: Reader, marks: Marks, start: int, end: int) -> bool:
    r"""T, \top, \mathsf T, ', +, * as the only thing from `start` to `end`."""
    tokens = reader.tokens[start:end]
    if all(token.kind == "prime" for token in tokens):
        marks.primes += len(tokens)
        reader.spot = end
        return True
    bare = [
        token
        for token in tokens
        if token.kind not in ("lbrace", "rbrace")
        and token.text not in ("mathsf", "mathrm", "mathbf", "mathit", "mathtt", "textstyle")
    ]
    if [token.text for token in bare] == ["T", "r"]:
        bare = [bare[0]._replace(text="Tr")]
    if len(bare) != 1:
        return False
    token = bare[0]
    if token.text in reader.transposes and token.kind in ("letter", "macro", "text", "roman"):
        if marks.transpose:
            reader.refuse("transposed twice")
        marks.transpose = token.text
    elif token.text in STARS.get(token.kind, ()):
        marks.star = token.text
    else:
        return False
    reader.spot = end
    return True


def _read_bracketed(reader: Reader, marks: Marks, end: int) -> bool:
    r"""(l), [l-1] T, [l](i), (l)': brackets one after another, then perhaps a mark.

    Nothing is read where the brackets are part of an expression: (1-1) + 2.
    """
    spot = reader.spot + 1
    groups: list[int] = []
    while spot < end and reader.tokens[spot].kind == "open":
        if reader.tokens[spot].text not in ("(", "[", "<", "{"):
            return False
        groups.append(spot)
        spot = reader.partner[spot] + 1
    if not groups:
        return False
    while spot < end and reader.tokens[spot].kind == "comma":
        spot += 1
    has_mark = spot < end
    if has_mark and reader.tokens[spot].kind == "sup":
        # W^{[l]^T}: the transpose of what is marked
        spot += 1
    if has_mark and not _is_mark(reader, spot, end):
        return False
    for group in groups:
        bracket = reader.tokens[group].text
        reader.spot = group + 1
        for item in reader.read_list(reader.partner[group]):
            marks.upper.append(Script(item, bracket))
    if has_mark:
        _take_mark(reader, marks, spot, end)
    reader.spot = end + 1
    return True


def _is_mark(reader: Reader, start: int, end: int) -> bool:
    trial = Marks()
    before = reader.spot
    found = _take_mark(reader, trial, start, end)
    reader.spot = before
    return found
