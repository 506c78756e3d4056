"""One walk over all formulas of a document: every name with its uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from symbackprop.network.activations import FUNCTIONS
from symbackprop.reading import tree

# letters that usually count something
COUNTING = frozenset("ijklmnpqrst") | {"ell"}
# capitals that are many samples at once
DATA_LETTERS = frozenset("XAHZ")
# functions that everybody knows by name; what a text calls otherwise is its own
KNOWN = frozenset(FUNCTIONS) - {"sigma"} | {"diag", "sum", "np.sum", "tr", "softmax"}
# letters that are activations where they are called
ACTIVATION_LETTERS = frozenset(
    {"sigma", "f", "g", "phi", "varphi", "theta", "psi", "h", "F", "G", "rho", "varsigma"}
)


class Letter(NamedTuple):
    """What makes two written names the same letter: scripts do not count, nor does bold type."""

    base: str
    accent: str = ""
    style: str = ""
    primes: int = 0
    star: str = ""


class Slot(NamedTuple):
    """One place for a script: above or below, which of them, of how many, in which brackets."""

    place: str
    number: int
    bracket: str = ""


@dataclass
class Uses:
    """How one letter is used in a document."""

    names: list[tree.Name] = field(default_factory=list)
    contents: dict[Slot, list[tree.Node]] = field(default_factory=dict)
    # counts of scripts (above, below) --> how often
    patterns: Counter[tuple[int, int]] = field(default_factory=Counter)
    bold: int = 0
    transposed: int = 0
    elementwise: int = 0
    normed: int = 0
    # how often it stands in w_1 x_1 + w_2 x_2, number by number
    numbered: int = 0
    # how often a capital stands before it: X w
    multiplied: int = 0
    called: int = 0
    differentiated: int = 0
    by: int = 0
    defined: int = 0
    # sizes that the text states: x in R^{n x m}
    stated: list[tree.Node] = field(default_factory=list)


@dataclass(frozen=True)
class Survey:
    """Every letter of a document with its uses, and the letters that count."""

    letters: dict[Letter, Uses]
    indices: frozenset[str]
    functions: frozenset[Letter]
    # letter of an index --> the last value that sums give it: k --> n_{L-1}
    ends: dict[str, list[tree.Node]]
    # letters that are the last value of an index: K of a sum to K
    lasts: frozenset[str]
    # what stands in the place of a layer or a time, such as L in a^L and n_l in a^{(n_l)}
    places: frozenset[str] = frozenset()
    # letters whose squares are quantities of their own: \sigma^2 = ... says what sigma^2 is
    squared: frozenset[Letter] = frozenset()
    # what is written before brackets or another name, as d is in dx
    applied: frozenset[str] = frozenset()

    def is_sequence_end(self, name: str) -> bool:
        return name in self.places or name in ("L", "T")


def letter_of(name: tree.Name) -> Letter:
    """The letter of a written name; only script and double-struck types are other letters."""
    style = name.style if name.style in ("cal", "bb", "frak", "scr") else ""
    accent = "" if name.accent in ("vec", "underline") else name.accent
    return Letter(name.base, accent, style, name.primes, name.star)


def bare(node: tree.Node) -> tree.Node:
    """A node without brackets and braces that say nothing."""
    while isinstance(node, tree.Braced) or (
        isinstance(node, tree.Group) and node.bracket in ("", "(", "[", "{")
    ):
        node = node.body
    return node


def list_slots(name: tree.Name) -> Iterator[tuple[Slot, tree.Node]]:
    """The scripts of a name with their places."""
    for place, scripts in (("upper", name.upper), ("lower", name.lower)):
        for number, script in enumerate(_flatten(scripts)):
            yield Slot(place, number, script.bracket), script.content


def _flatten(scripts: tuple[tree.Script, ...]) -> Iterator[tree.Script]:
    """(x, l) in one pair of brackets are two scripts."""
    for script in scripts:
        if isinstance(script.content, tree.Listed):
            yield from (tree.Script(item, script.bracket) for item in script.content.items)
        else:
            yield script


def _strip(node: tree.Node) -> tree.Name | None:
    """The name that stands somewhere, transposed or not."""
    inner = bare(node)
    while isinstance(inner, tree.Transposed):
        inner = bare(inner.body)
    return inner if isinstance(inner, tree.Name) else None


def _list_numbered(terms: list[tree.Node]) -> Iterator[tree.Name]:
    """The names of w_1 x_1 + w_2 x_2: letters of one kind, multiplied number by number."""
    products = [
        [f for f in map(bare, term.factors) if isinstance(f, tree.Name)]
        for term in terms
        if isinstance(term, tree.Product)
        and all(s in ("", "*", "cdot", "times") for s in term.signs)
    ]
    for one, other in pairwise(p for p in products if len(p) > 1):
        same = [a.base for a in one] == [b.base for b in other]
        if same and all(
            _is_numbered(a) and _is_numbered(b) for a, b in zip(one, other, strict=True)
        ):
            yield from (*one, *other)


def _is_numbered(name: tree.Name) -> bool:
    """A small letter with a number below: an entry, and no matrix."""
    return (
        name.base.islower()
        and name.style not in ("bf", "bm", "boldsymbol")
        and any(isinstance(n, tree.Number) for s in name.lower for n in tree.walk(s.content))
    )


def _is_capital(name: tree.Name) -> bool:
    return len(name.base) == 1 and name.base.isupper() and name.base in DATA_LETTERS


def survey(statements: Iterable[tree.Statement]) -> Survey:
    """Walk over all statements once."""
    walk = _Walk()
    for statement in statements:
        walk.read(statement)
    return walk.finish()


class _Walk:
    """Collects the uses of letters."""

    def __init__(self) -> None:
        self.letters: dict[Letter, Uses] = {}
        self.summed: dict[str, list[tree.Node]] = {}
        self.shifted: set[str] = set()
        self.free: Counter[str] = Counter()
        self.called: Counter[Letter] = Counter()
        self.squared: set[Letter] = set()
        # q(u) = u^3 says that q is a function
        self.given: set[Letter] = set()

    def uses(self, name: tree.Name) -> Uses:
        return self.letters.setdefault(letter_of(name), Uses())

    def read(self, statement: tree.Statement) -> None:
        if len(statement.sides) == 1 and isinstance(bare(statement.sides[0]), tree.Name):
            return  # a name alone is part of a sentence
        if statement.sides and isinstance(bare(statement.sides[0]), tree.Name):
            name = bare(statement.sides[0])
            assert isinstance(name, tree.Name)
            if len(statement.sides) > 1 and statement.signs[:1] in (("=",), (":=",), ("equiv",)):
                self.uses(name).defined += 1
                if any(
                    isinstance(content, tree.Number) and slot.place == "upper" and not slot.bracket
                    for slot, content in list_slots(name)
                ):
                    self.squared.add(letter_of(name))
            if len(statement.sides) > 1 and statement.signs[-1:] == ("in",):
                for side in statement.sides[:-1]:
                    inner = bare(side)
                    for item in inner.items if isinstance(inner, tree.Listed) else (inner,):
                        item = bare(item)
                        if isinstance(item, tree.Name):
                            self.uses(item).stated.append(statement.sides[-1])
        left = bare(statement.sides[0]) if len(statement.sides) > 1 else None
        if (
            isinstance(left, tree.Call)
            and isinstance(left.function, tree.Name)
            and left.function.base != "d"
            and not statement.continues
            and all(isinstance(bare(a), tree.Name) for a in left.arguments)
        ):
            self.given.add(letter_of(left.function))
        for side in statement.sides:
            self.walk(side)

    def walk(self, node: tree.Node) -> None:
        match node:
            case tree.Name():
                self.note(node)
            case tree.Transposed(body=body) if isinstance(bare(body), tree.Name):
                self.uses(bare(body)).transposed += 1  # type: ignore[arg-type]
            case tree.Product(factors=factors, signs=signs):
                for one, other in pairwise(map(_strip, factors)):
                    if other is not None and one is not None and _is_capital(one):
                        self.uses(other).multiplied += 1
                for position, sign in enumerate(signs):
                    if sign in ("odot", "circ", "otimes"):
                        for factor in factors[position : position + 2]:
                            if isinstance(bare(factor), tree.Name):
                                self.uses(bare(factor)).elementwise += 1  # type: ignore[arg-type]
            case tree.Total(terms=terms) if len(terms) > 1:
                for name in _list_numbered([bare(term) for _, term in terms]):
                    self.uses(name).numbered += 1
            case tree.Group(bracket="||", body=body):
                for part in tree.walk(body):
                    if isinstance(part, tree.Name):
                        self.uses(part).normed += 1
            case tree.Call(function=tree.Name() as function, certain=certain):
                if certain:
                    self.called[letter_of(function)] += 1
                self.uses(function).called += 1
            case tree.Derivative(top=top, bottom=bottom):
                for side, slot in ((top, "differentiated"), (bottom, "by")):
                    if side is not None and isinstance(inner := bare(side), tree.Name):
                        uses = self.uses(inner)
                        setattr(uses, slot, getattr(uses, slot) + 1)
            case tree.Gradient(body=body, by=by):
                if isinstance(bare(body), tree.Name):
                    self.uses(bare(body)).differentiated += 1  # type: ignore[arg-type]
                if by is not None and isinstance(bare(by), tree.Name):
                    self.uses(bare(by)).by += 1  # type: ignore[arg-type]
            case tree.Sum(index=index, high=high):
                if isinstance(index, tree.Name) and not index.lower and not index.upper:
                    self.summed.setdefault(index.base, []).extend([high] if high else [])
        for child in tree.list_children(node):
            self.walk(child)

    def note(self, name: tree.Name) -> None:
        uses = self.uses(name)
        uses.names.append(name)
        uses.bold += name.style in ("bf", "bm", "boldsymbol") or name.accent in ("vec", "underline")
        slots = list(list_slots(name))
        upper = sum(slot.place == "upper" for slot, _ in slots)
        uses.patterns[upper, len(slots) - upper] += 1
        for slot, content in slots:
            uses.contents.setdefault(slot, []).append(content)
            inner = bare(content)
            if name.base == "e" and slot.place == "upper":
                continue  # e^{-z}: an exponent counts nothing
            if isinstance(inner, tree.Total):
                letters = [n for n in tree.walk(inner) if isinstance(n, tree.Name)]
                if len(letters) == 1:
                    self.shifted.add(letters[0].base)
            elif isinstance(inner, tree.Name) and not inner.lower and not inner.upper:
                self.free[inner.base] += 1

    def stands_alone(self, letter: Letter) -> bool:
        """Whether a letter is also written as a factor, with nothing it is applied to."""
        uses = self.letters[letter]
        return len(uses.names) > uses.called + uses.differentiated

    def finish(self) -> Survey:
        # L - 1 is the layer before the last: a capital runs only where it is summed over
        indices = set(self.summed) | {s for s in self.shifted if not s[0].isupper()}
        indices |= {letter for letter in self.free if letter in COUNTING}
        functions = {
            letter
            for letter, count in self.called.items()
            if letter.base in KNOWN
            or (letter.base in ACTIVATION_LETTERS and not self.stands_alone(letter))
        } | {letter for letter in self.given if not self.stands_alone(letter)}
        lasts = {
            bare(high).base  # type: ignore[attr-defined]
            for highs in self.summed.values()
            for high in highs
            if isinstance(bare(high), tree.Name)
        }
        return Survey(
            self.letters,
            frozenset(indices),
            frozenset(functions),
            self.summed,
            frozenset(lasts),
            squared=frozenset(self.squared),
            applied=frozenset(k.base for k, uses in self.letters.items() if uses.called),
        )
