"""Slips and their inverses: what to change in a formula so that it would be right.

Each slip is one row: a name, what it changes, its cost and a function that proposes edits of the
text that the author wrote. A slip is named when undoing it makes the equation hold. Where several
would, the cheapest is named: SLIPS says which is likeliest, a smaller edit comes before a larger.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from symbackprop.reading import tree
from symbackprop.verification.lexicon import Lexicon, spell

ELEMENTWISE = ("odot", "circ")
PLAIN = ("", "cdot", "*", "times", "otimes")
BRACKETS = {"(": ")", "[": "]", "<": ">", "": ""}


@dataclass(frozen=True)
class Hand:
    """How an author writes what an edit may have to add."""

    elementwise: str = "\\odot"
    transpose: str = "T"
    slope: str = "\\sigma"
    letters: dict[str, str] = field(default_factory=dict)
    counts: tuple[str, ...] = ()

    def write_letter(self, quantity: str) -> str:
        """The author's letter for a quantity: z, s, \\delta."""
        usual = {"delta": "\\delta", "W": "w"}.get(quantity, quantity)
        return self.letters.get(quantity, usual)


@dataclass(frozen=True)
class Page:
    """An equation of two sides on its own, and which of its sides may be edited."""

    text: str
    left: tree.Node
    right: tree.Node
    lexicon: Lexicon
    hand: Hand
    left_too: bool = True

    @property
    def sides(self) -> tuple[tree.Node, ...]:
        return (self.left, self.right) if self.left_too else (self.right,)

    @cached_property
    def all_nodes(self) -> list[tree.Node]:
        """The nodes of both sides."""
        return [*tree.walk(self.left), *self.right_nodes]

    @cached_property
    def right_nodes(self) -> list[tree.Node]:
        return list(tree.walk(self.right))

    @property
    def nodes(self) -> list[tree.Node]:
        """The nodes of the sides that may be edited."""
        return self.all_nodes if self.left_too else self.right_nodes

    def write(self, node: tree.Node) -> str:
        """The text of a node, as its author wrote it."""
        return self.text[node.span[0] : node.span[1]]


Change = tuple[tree.Span, str]


@dataclass(frozen=True)
class Edit:
    """Changes of a text that go together; `extra` is added to the cost of the slip."""

    changes: tuple[Change, ...]
    extra: float = 0.0


@dataclass(frozen=True)
class Slip:
    """One row: what undoes the slip, and what the slip changes.

    "value" changes what the formula says of one neuron per layer, "shape" only how it is written
    for several, "any" may be either.
    """

    find: Callable[[Page], Iterator[Edit]]
    changes: str
    cost: float


@dataclass(frozen=True)
class Proposal:
    """One change of an equation: the slip that it undoes, the text without it, what it costs."""

    slip: str
    text: str
    cost: float


def propose(page: Page, changes: Iterable[str] = ("value", "shape", "any")) -> Iterator[Proposal]:
    """Every equation that undoing one slip makes of this one, the likeliest slips first.

    >>> from symbackprop.reading.parser import read_formula
    >>> text = "a^L = -y"
    >>> left, right = read_formula(text).statements[0].sides
    >>> [p.text for p in propose(Page(text, left, right, Lexicon(), Hand())) if p.slip == "sign"]
    ['a^L = y']
    """
    wanted = set(changes)
    found = [
        (slip.cost + edit.extra, _size(edit, page.text), name, edit)
        for name, slip in SLIPS.items()
        if slip.changes in wanted
        for edit in slip.find(page)
    ]
    for cost, _, name, edit in sorted(found, key=lambda row: row[:2]):
        yield Proposal(name, apply_edits(page.text, edit.changes), cost)


def _size(edit: Edit, text: str) -> int:
    """How much of the author's text an edit takes away and adds."""
    return sum(
        abs(len(new) - (end - start)) + (text[start:end] != new)
        for (start, end), new in edit.changes
    )


def apply_edits(text: str, changes: Iterable[Change]) -> str:
    """A text with some parts replaced; of two insertions at one place the first comes first.

    >>> apply_edits("a = b + c", [((4, 5), "d"), ((9, 9), "!")])
    'a = d + c!'
    """
    result, at = [], 0
    for (start, end), new in sorted(changes, key=lambda change: change[0]):
        result += [text[at:start], new]
        at = end
    return re.sub(r"  +", " ", "".join([*result, text[at:]])).strip()


def learn_hand(formulas: Iterable[tree.Formula], lexicon: Lexicon) -> Hand:
    """How an author writes: the marks and letters that the text has most often."""
    signs: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    slopes: Counter[str] = Counter()
    letters: dict[str, Counter[str]] = {}
    counts: Counter[str] = Counter()
    for formula in formulas:
        for statement in formula.statements:
            for side in statement.sides:
                for node in tree.walk(side):
                    match node:
                        case tree.Product():
                            signs.update(s for s in node.signs if s in ELEMENTWISE)
                        case tree.Transposed():
                            marks[_read_mark(formula.text[: node.span[1]])] += 1
                        case tree.Call(function=tree.Name() as name):
                            if name.base in lexicon.functions:
                                slopes[_write_letter(name)] += 1
                        case tree.Sum(high=tree.Name() as high):
                            counts[formula.text[high.span[0] : high.span[1]]] += 1
                        case tree.Name():
                            quantity = lexicon.find(node)
                            if quantity is not None and not node.accent:
                                letters.setdefault(quantity, Counter())[_write_letter(node)] += 1
    return Hand(
        "\\" + _most(signs, "odot"),
        _most(marks, "T"),
        _most(
            slopes,
            "\\" + lexicon.activation if lexicon.activation in lexicon.functions else "\\sigma",
        ),
        {quantity: _most(found, quantity) for quantity, found in letters.items()},
        tuple(c for c, _ in counts.most_common(2) if len(c) == 1),
    )


def _most(counter: Counter[str], otherwise: str) -> str:
    return counter.most_common(1)[0][0] if counter else otherwise


def _read_mark(before: str) -> str:
    found = re.search(
        r"(\\top|\\intercal|\\mathsf\s*\{?\s*T\s*\}?|\\mathrm\s*\{\s*T\s*\}|T)"
        r"[\s}]*$",
        before,
    )
    return found.group(1) if found else "T"


def _write_letter(name: tree.Name) -> str:
    return name.base if len(name.base) == 1 else f"\\{name.base}"


# --- looking around ---------------------------------------------------------------------------


def _names(node: tree.Node) -> Iterator[tree.Name]:
    for found in tree.walk(node):
        if isinstance(found, tree.Name):
            yield found


def _quantities(page: Page, everywhere: bool = False) -> Iterator[tuple[tree.Name, str]]:
    for name in page.all_nodes if everywhere else page.nodes:
        if isinstance(name, tree.Name):
            quantity = page.lexicon.find(name)
            if quantity is not None:
                yield name, quantity


def _inside(page: Page, *kinds: type[tree.Node]) -> set[tree.Span]:
    """The spans of the names inside nodes of some kinds."""
    return {
        name.span
        for node in page.nodes
        if isinstance(node, kinds)
        for child in tree.list_children(node)
        for name in _names(child)
    }


def _products(page: Page) -> Iterator[tree.Product]:
    for node in page.nodes:
        if isinstance(node, tree.Product):
            yield node


def _letters(page: Page) -> list[str]:
    """The letters of neurons: of the left side first, then those that sums bind, then others."""
    found: dict[str, None] = {}
    for node in page.all_nodes:
        if isinstance(node, tree.Sum) and isinstance(node.index, tree.Name):
            found[node.index.base] = None
        elif isinstance(node, tree.Name) and page.lexicon.find(node) not in (None, "C"):
            for script in node.lower:
                if isinstance(script.content, tree.Name) and not script.content.lower:
                    found[spell(script.content)] = None
    return [letter for letter in found if letter.isalpha() and len(letter) == 1]


def _is_indexed(page: Page) -> bool:
    return any(name.lower for name in _names(page.left))


def _is_entry(page: Page, node: tree.Node) -> bool:
    r"""Whether a factor is a number: 2, w_{jk}, \sigma'(z_j); the product with it commutes."""
    return all(
        name.lower or page.lexicon.find(name) == "C"
        for name in _names(node)
        if page.lexicon.find(name) is not None
    )


def _scripts(page: Page) -> list[str]:
    """The layers that the equation writes, in the author's way: ^{(L)}, ^{l+1}, ^L."""
    found: dict[str, None] = {}
    for name, _ in _quantities(page, everywhere=True):
        for script in name.upper[:1]:
            inner = script.bracket + page.write(script.content) + BRACKETS.get(script.bracket, "")
            found["^" + (inner if len(inner) == 1 else f"{{{inner}}}")] = None
    return list(found)


def _new_names(page: Page, letter: str) -> Iterator[str]:
    """letter^{layer}_{index}, for the layers and the indices that the equation has."""
    indices = [f"_{i}" for i in _letters(page)] if _is_indexed(page) else [""]
    below_first = re.search(r"_(\w|\{\w+\})\^", page.text) is not None
    for layer in _scripts(page):
        for index in indices:
            yield letter + (index + layer if below_first else layer + index)


def _bracket(page: Page, node: tree.Node) -> str:
    written = page.write(node)
    return f"\\left({written}\\right)" if isinstance(node, tree.Total) else written


def _after(node: tree.Node, text: str) -> Change:
    return (node.span[1], node.span[1]), text


def _before(node: tree.Node, text: str) -> Change:
    return (node.span[0], node.span[0]), text


def _replace(node: tree.Node, text: str) -> Change:
    return node.span, text


def _replace_script(page: Page, node: tree.Node, text: str) -> Change:
    """a^l with l-1 --> a^{l-1}: without braces a script is one sign."""
    is_bare = page.text[: node.span[0]].rstrip()[-1:] in ("^", "_")
    return _replace(node, f"{{{text}}}" if is_bare and len(text) > 1 else text)


def _swap_letter(written: str, old: str, new: str) -> str | None:
    r"""\mathbf{b}^L with b and w --> \mathbf{w}^L, whatever b stands in the command."""
    found = re.search(rf"(?<![\\A-Za-z]){re.escape(old)}(?![A-Za-z])", written)
    return written[: found.start()] + new + written[found.end() :] if found else None


# --- what undoes each slip --------------------------------------------------------------------


def add_partial(page: Page) -> Iterator[Edit]:
    r"""\frac{C}{\partial a} --> \frac{\partial C}{\partial a}, everywhere at once."""
    changes = [
        _before(node.top if not node.mark else node.bottom, "\\partial ")
        for node in page.all_nodes
        if isinstance(node, tree.Derivative) and node.top and not (node.mark and node.mark_below)
    ]
    if changes:
        yield Edit(tuple(changes))


def _put_below(written: str, script: str) -> str:
    """w^l_{jk} and j --> w^l_j."""
    return re.sub(r"_(?:\w|\{[^{}]*\})", lambda _: f"_{script}", written)


def change_left_side(page: Page) -> Iterator[Edit]:
    """∂C/∂w = what is ∂C/∂b, and the other way round; then ∂C/∂a and ∂C/∂z."""
    left = page.left
    if not page.left_too or not isinstance(left, tree.Derivative):
        return
    name = left.bottom
    if not isinstance(name, tree.Name):
        return
    quantity = page.lexicon.find(name) or ""
    other = {"W": "b", "b": "W", "a": "z", "z": "a"}.get(quantity)
    changed = other and _swap_letter(
        page.write(name), _write_letter(name), page.hand.write_letter(other)
    )
    if not changed or other is None:
        return
    extra = 0.0 if other in ("W", "b") else 2.0
    if other == "b" and len(name.lower) == 2:
        for script in name.lower:
            kept = _put_below(changed, page.write(script.content))
            yield Edit((_replace(name, kept),), extra)
    elif other == "W" and len(name.lower) == 1:
        own = page.write(name.lower[0].content)
        for letter in _letters(page):
            for pair in (own + letter, letter + own):
                if letter != own:
                    lower = _put_below(changed, f"{{{pair}}}")
                    yield Edit((_replace(name, lower),), extra)
    else:
        yield Edit((_replace(name, changed),), extra)


def change_transpose(page: Page) -> Iterator[Edit]:
    """W --> (W)^T, a --> (a)^T, and back; last the transpose of a Jacobian."""
    derivatives = _inside(page, tree.Derivative)
    turned = {_peel(n.body).span for n in page.nodes if isinstance(n, tree.Transposed)}
    for node in page.nodes:
        # W (d) may be read as a call; a slope is one
        if isinstance(node, tree.Call) and page.lexicon.find(_base(node)) is None:
            turned |= {name.span for name in _names(node)}
    mark = page.hand.transpose
    mark = mark if len(mark) == 1 else f"{{{mark}}}"
    for name, quantity in _quantities(page):
        free = name.span not in derivatives and name.span not in turned
        if quantity in ("W", "a", "x", "delta") and free and not name.lower:
            extra = {"W": 0.0, "delta": 0.3}.get(quantity, 0.1)
            yield Edit((_replace(name, f"({page.write(name)})^{mark}"),), extra)
    for node in page.nodes:
        if isinstance(node, tree.Transposed):
            # what is turned already is more often in the wrong place than turned in vain
            yield Edit((_replace(node, _write_plain(page, node)),), 1.2)
        elif isinstance(node, tree.Product):
            for factor in node.factors:
                if isinstance(factor, tree.Group) and factor.span not in turned:
                    yield Edit((_after(factor, f"^{mark}"),), 0.5)
                elif isinstance(factor, tree.Derivative) and not _is_indexed(page):
                    whole = f"\\left({page.write(factor)}\\right)^{mark}"
                    yield Edit((_replace(factor, whole),), 1.0)


def _peel(node: tree.Node) -> tree.Node:
    while isinstance(node, tree.Group):
        node = node.body
    return node


def _base(call: tree.Call) -> tree.Name:
    name = call.function
    return name if isinstance(name, tree.Name) else tree.Name(name.span, "")


def _write_plain(page: Page, node: tree.Transposed) -> str:
    """(W)^T --> W, A^{[l-1] T} --> A^{[l-1]}: without the transpose, wherever it is written."""
    body = node.body
    if body.span[1] < node.span[1]:
        written = page.write(body)
        if isinstance(body, tree.Group) and isinstance(body.body, tree.Name):
            return page.write(body.body)
        return written
    marks = r"\\top|\\intercal|\\mathsf\s*\{?\s*T\s*\}?|\\mathrm\s*\{\s*T\s*\}|T"
    return re.sub(rf"\s*,?\s*({marks})\s*(?=\}}$)", "", page.write(node))


def change_product(page: Page) -> Iterator[Edit]:
    """(a - y) sigma'(z) --> (a - y) ⊙ sigma'(z): the elementwise product of vectors."""
    for node in _products(page):
        for index, sign in enumerate(node.signs):
            one, other = node.factors[index : index + 2]
            if _is_entry(page, one) or _is_entry(page, other):
                continue
            between = (one.span[1], other.span[0])
            if sign in PLAIN:
                yield Edit(((between, f" {page.hand.elementwise} "),))
            elif sign in ELEMENTWISE:
                yield Edit(((between, " "),))


def change_slope(page: Page) -> Iterator[Edit]:
    """sigma'(a) --> sigma'(z): the slope is taken at the pre-activation, at every such place."""
    changes = []
    for node in page.nodes:
        if not isinstance(node, tree.Call) or not getattr(node.function, "primes", 0):
            continue
        for name in node.arguments:
            if isinstance(name, tree.Name) and page.lexicon.find(name) not in ("z", None):
                letter = page.hand.write_letter("z")
                written = _swap_letter(page.write(name), _write_letter(name), letter)
                if written is not None:
                    changes.append(_replace(name, written))
    for change in changes:
        yield Edit((change,))
    if len(changes) > 1:
        yield Edit(tuple(changes))


def change_bound(page: Page) -> Iterator[Edit]:
    r"""\sum_{j=0}^{n_{L-1}} --> \sum_{j=0}^{n_L - 1}: the braces decide; then n_L, and one more or
    less."""
    for node in page.nodes:
        if not isinstance(node, tree.Sum):
            continue
        low, high = node.low, node.high
        width = high.terms[0][1] if isinstance(high, tree.Total) else high
        if high is not None and isinstance(width, tree.Name) and width.lower:
            letter, offset = _read_offset(width.lower[0].content)
            if letter and offset < 0 and high is width:
                yield Edit((_replace_script(page, high, f"{width.base}_{letter} {offset:+d}"),))
            for shifted in _shift(width.lower[0].content):
                yield Edit((_replace_script(page, width.lower[0].content, shifted),), 0.5)
            if high is not width:
                yield Edit((_replace_script(page, high, page.write(width)),), 0.5)
            else:
                yield Edit((_after(high, " - 1"),), 0.5)
                if isinstance(low, tree.Number) and low.value == 0:
                    # n_L from 1 on, or n_L - 1 from 0 on
                    yield Edit((_replace(low, "1"),), 0.4)
        if isinstance(low, tree.Number) and low.value in (0, 1):
            yield Edit((_replace(low, str(1 - low.value)),), 0.5)


def change_layer(page: Page) -> Iterator[Edit]:
    """a^{L} --> a^{L-1}: one layer more or less, for one name, or for all of the same layer."""
    together: dict[str, list[tree.Node]] = {}
    for name, _ in _quantities(page):
        for script in name.upper[:1]:
            for changed in _shift(script.content):
                yield Edit((_replace_script(page, script.content, changed),))
            together.setdefault(page.write(script.content), []).append(script.content)
    for contents in together.values():
        if len(contents) > 1:
            for changed in _shift(contents[0]):
                yield Edit(tuple(_replace_script(page, c, changed) for c in contents), 0.5)


def _shift(content: tree.Node) -> Iterator[str]:
    """l --> l+1 and l-1; 2 --> 3 and 1."""
    if isinstance(content, tree.Number) and content.value.denominator == 1:
        for step in (1, -1):
            yield str(int(content.value) + step)
        return
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


def change_sign(page: Page) -> Iterator[Edit]:
    """y - a --> a - y, - x --> x, a + b --> a - b; last the whole right side."""
    indices = {
        script.content.span for name in _names(page.right) for script in (*name.upper, *name.lower)
    }
    for node in page.right_nodes:
        if not isinstance(node, tree.Total) or node.span in indices:
            continue
        terms = node.terms
        if len(terms) == 2 and [sign for sign, _ in terms] == ["+", "-"]:
            one, other = terms[0][1], terms[1][1]
            yield Edit((_replace(one, page.write(other)), _replace(other, page.write(one))))
        for (sign, term), before in zip(terms, (None, *terms[:-1]), strict=True):
            start = node.span[0] if before is None else before[1].span[1]
            if sign == "-" and before is None:
                yield Edit((((start, term.span[0]), ""),))
            elif before is None and not isinstance(term, tree.Total):
                yield Edit((((start, term.span[0]), "-"),), 0.3)
            elif sign in "+-":
                yield Edit((((start, term.span[0]), " - " if sign == "+" else " + "),), 0.2)
    if isinstance(page.right, tree.Total):
        if page.right.terms[0][0] != "-":
            yield Edit((_replace(page.right, f"-{_bracket(page, page.right)}"),), 0.5)
    else:
        yield Edit((_before(page.right, "-"),), 0.5)


def change_factor(page: Page) -> Iterator[Edit]:
    """A number, a mean or a symbol too many in a product; 2, 1/2 or 1/N too few on the right."""
    for product in _products(page):
        for index, factor in enumerate(product.factors):
            if index:
                gap = (product.factors[index - 1].span[1], factor.span[1])
            else:
                gap = (factor.span[0], product.factors[1].span[0])
            yield Edit(((gap, ""),), 0.0 if _is_count(factor) else 2.0)
    for node in page.nodes:
        # a/2 --> a
        if isinstance(node, tree.Ratio) and isinstance(node.bottom, tree.Number):
            yield Edit((_replace(node, _bracket(page, node.top)),), 0.3)
    wanted = ("2", "\\frac{1}{2}", *(f"\\frac{{1}}{{{count}}}" for count in page.hand.counts))
    for number in wanted:
        yield Edit((_replace(page.right, f"{number} {_bracket(page, page.right)}"),), 0.5)
    yield from _add_links(page, slopes=False)


def _is_count(node: tree.Node) -> bool:
    """2, 1/2, 1/N."""
    if isinstance(node, tree.Ratio):
        return isinstance(node.top, tree.Number)
    return isinstance(node, tree.Number)


def _add_links(page: Page, slopes: bool) -> Iterator[Edit]:
    """∂C/∂a · ∂z/∂w --> ∂C/∂a · ∂a/∂z · ∂z/∂w: the link that a chain of derivatives leaves out.

    `slopes` asks for the links through an activation, else for the others.
    """
    for node in _products(page):
        for index, sign in enumerate(node.signs):
            for one, other in (
                (node.factors[index], node.factors[index + 1]),
                (node.factors[index + 1], node.factors[index]),
            ):
                if not (isinstance(one, tree.Derivative) and isinstance(other, tree.Derivative)):
                    continue
                top, bottom = one.bottom, other.top
                if not isinstance(top, tree.Name) or not isinstance(bottom, tree.Name):
                    continue
                kinds = (page.lexicon.find(top), page.lexicon.find(bottom))
                if None in kinds or "C" in kinds or spell(top) == spell(bottom):
                    continue
                if (kinds == ("a", "z")) == slopes:
                    link = (
                        f"\\frac{{\\partial {page.write(top)}}}{{\\partial {page.write(bottom)}}}"
                    )
                    mark = {"cdot": " \\cdot ", "times": " \\times ", "*": " * "}.get(sign, " ")
                    yield Edit((_after(node.factors[index], mark + link),), 0.5)


def add_sum(page: Page) -> Iterator[Edit]:
    """An index on the right only is summed over: over the whole side, or over its last factor."""
    bound = {
        spell(node.index)
        for node in page.right_nodes
        if isinstance(node, tree.Sum) and node.index is not None
    }
    one = {spell(s.content) for n in _names(page.left) for s in n.lower}
    found = sorted({spell(s.content) for n in _names(page.right) for s in n.lower} - one - bound)
    for letter in found:
        if letter.isalpha() and len(letter) == 1:
            sign = f"\\sum_{letter} "
            yield Edit((_replace(page.right, sign + _bracket(page, page.right)),))
            for term in (
                [t for _, t in page.right.terms] if isinstance(page.right, tree.Total) else []
            ):
                if any(spell(s.content) == letter for n in _names(term) for s in n.lower):
                    yield Edit((_before(term, sign),))


def add_slope(page: Page) -> Iterator[Edit]:
    """A factor sigma'(z) or a link ∂a/∂z that is missing, or the prime of sigma'."""
    for node in page.right_nodes:
        if not isinstance(node, tree.Call) or not isinstance(node.function, tree.Name):
            continue
        if node.function.base in page.lexicon.functions and not node.function.primes:
            yield Edit((_after(node.function, "'"),))
    yield from _add_links(page, slopes=True)
    right, indexed = page.right, _is_indexed(page)
    mark = " " if indexed else f" {page.hand.elementwise} "
    letter = page.hand.write_letter("z")
    slopes = [f"{page.hand.slope}'({name})" for name in _new_names(page, letter)]
    for slope in slopes:
        yield Edit((_replace(right, f"{_bracket(page, right)}{mark}{slope}"),))
    for node in page.right_nodes:
        if isinstance(node, tree.Product):
            for factor in node.factors:
                if not isinstance(factor, tree.Number | tree.Transposed | tree.Sum):
                    for slope in slopes if not indexed else ():
                        whole = f"\\left({page.write(factor)}{mark}{slope}\\right)"
                        yield Edit((_replace(factor, whole),), 0.5)


def add_delta(page: Page) -> Iterator[Edit]:
    """The right side without its factor delta: in front, after the weights, or at the end."""
    right = page.right
    names = list(_new_names(page, page.hand.write_letter("delta")))
    for name in names:
        if isinstance(right, tree.Number) and right.value == 1:
            yield Edit((_replace(right, name),))
            continue
        yield Edit((_replace(right, f"{name} {_bracket(page, right)}"),))
        yield Edit((_replace(right, f"{_bracket(page, right)} {name}"),), 0.2)
        for node in page.right_nodes:
            if isinstance(node, tree.Transposed):
                yield Edit((_after(node, f" {name}"),), 0.1)


def swap_factors(page: Page) -> Iterator[Edit]:
    """W^T d written d W^T: two neighbours change places, or all of a product."""
    for node in _products(page):
        factors = node.factors
        if any(isinstance(f, tree.Sum) for f in factors):
            continue
        for one, other in pairwise(factors):
            if not (_is_entry(page, one) or _is_entry(page, other)):
                yield Edit((_replace(one, page.write(other)), _replace(other, page.write(one))))
        if len([f for f in factors if not _is_entry(page, f)]) > 2:
            yield Edit(
                tuple(
                    _replace(one, page.write(other))
                    for one, other in zip(factors, reversed(factors), strict=True)
                ),
                0.5,
            )


def change_index(page: Page) -> Iterator[Edit]:
    """w_{jk} --> w_{kj}, x_j --> x_i, w_3 --> w_2."""
    derivatives = _inside(page, tree.Derivative)
    left = {name.span for name in _names(page.left)}
    spelled: dict[str, str] = {}
    for side in (page.left, page.right):
        for name in _names(side):
            for script in name.lower:
                spelled.setdefault(spell(script.content), page.write(script.content))
    for side in page.sides:
        for name in _names(side):
            extra = 1.5 if name.span in left else 0.5 if name.span in derivatives else 0.0
            if len(name.lower) == 2:
                one, other = (s.content for s in name.lower)
                yield Edit(
                    (_replace(one, page.write(other)), _replace(other, page.write(one))), extra
                )
            for script in name.lower:
                for key, written in spelled.items():
                    same_kind = key.isalpha() == spell(script.content).isalpha()
                    if spell(script.content) != key and same_kind:
                        yield Edit((_replace_script(page, script.content, written),), 0.2 + extra)


def add_index(page: Page) -> Iterator[Edit]:
    """∂C/∂w = δ a_i --> ∂C/∂w_i = δ a_i: a name without the index that the others have."""
    if not any(n.lower for n, _ in _quantities(page, everywhere=True)):
        return
    for name, quantity in _quantities(page):
        if quantity != "C" and not name.lower and not name.primes:
            for letter in _letters(page):
                yield Edit((_after(name, f"_{letter}"),))


# the name of a slip --> what undoes it; of slips that would explain the same, the first that costs
# least is named: marks that are missing, then where a factor stands, then what stands there
SLIPS: dict[str, Slip] = {
    "missing-partial": Slip(add_partial, "any", 0.0),
    "wrong-lhs": Slip(change_left_side, "value", 1.0),
    "missing-transpose": Slip(change_transpose, "shape", 1.0),
    "sum-bound": Slip(change_bound, "any", 1.0),
    "hadamard": Slip(change_product, "shape", 1.5),
    "wrong-slope": Slip(change_slope, "value", 1.5),
    "wrong-layer": Slip(change_layer, "value", 2.0),
    "sign": Slip(change_sign, "value", 2.0),
    "factor": Slip(change_factor, "value", 2.0),
    "missing-sum": Slip(add_sum, "shape", 2.0),
    "wrong-index": Slip(change_index, "shape", 2.0),
    "wrong-order": Slip(swap_factors, "shape", 2.0),
    "missing-slope": Slip(add_slope, "value", 2.5),
    "dropped-delta": Slip(add_delta, "value", 2.5),
    "dangling-index": Slip(add_index, "shape", 3.0),
}
# two slips that are made together, of which neither alone changes the verdict
LIKELY_PAIRS = frozenset(
    frozenset(pair)
    for pair in (
        ("sign", "factor"),
        ("sign", "missing-slope"),
        ("sign", "wrong-slope"),
        ("sign", "wrong-layer"),
        ("factor", "missing-slope"),
        ("factor", "wrong-slope"),
        ("factor", "wrong-layer"),
        ("wrong-slope", "wrong-layer"),
        ("wrong-layer",),
    )
)
# two slips that have a name of their own
JOINT = {
    frozenset(("missing-transpose", "hadamard")): "missing-transpose-and-hadamard",
}
