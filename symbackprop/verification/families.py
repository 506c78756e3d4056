"""Which letters of a text are numbers, vectors and matrices, and which scripts are indices.

\\mathbf{y}, y_i and \\mathbf{y}_i, y_{ic}, Y: a lecture writes one array as a whole, by rows and
by entries. What a script means is said nowhere; typography, transposes and sums tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from symbackprop.reading import tree
from symbackprop.verification.definitions import Definition
from symbackprop.verification.dots import RUNNING, flatten
from symbackprop.verification.lexicon import CONSTANTS, INDEX_LETTERS, list_names, spell
from symbackprop.verification.meaning import find_letter

BOLD = ("bf", "sf", "bs", "bm", "boldsymbol")
ENTRYWISE = ("odot", ".*", "circ", "otimes", "bigcirc")
ROUNDS = 8
WHOLE = "whole"
SIZES = (3, 4, 2, 5, 6, 7)
# arrays that are printed longer are tried with a shorter length
LONGEST = 8
ScriptPlace = tuple[str, int]

# so many names are known by what they are, the others by how they are spelled
MOST_SEEN = 20_000


@dataclass(frozen=True)
class Slot:
    """Where a name points to: the array it belongs to, that array's rank, and the indices."""

    family: str
    rank: int
    indices: tuple[tree.Node, ...]

    @property
    def own_rank(self) -> int:
        """0 for an entry, 1 for a row of a matrix."""
        return self.rank - len(self.indices)


@dataclass
class Families:
    """The arrays of one text, and which of their axes are as long as which others."""

    statements: Sequence[tree.Statement]
    definitions: Sequence[Definition]
    sizes: frozenset[str] = frozenset()
    promoted: dict[tuple[str, str], int] = field(default_factory=dict)
    slots: dict[tuple[str, str], Slot] = field(default_factory=dict)
    seen: dict[int, tuple[tree.Name, Slot]] = field(default_factory=dict)
    joined: dict[ScriptPlace, ScriptPlace] = field(default_factory=dict)
    lengths: dict[ScriptPlace, int] = field(default_factory=dict)
    longest: dict[ScriptPlace, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sides = [side for s in self.statements for side in s.sides]
        self.nodes = [n for side in self.sides for n in tree.walk(side)]
        # of names that are written alike, one is looked at
        alike = {(spell(n), n.style): n for side in self.sides for n in list_names(side)}
        self.written = list(alike.values())
        self.bound = {
            n.base
            for node in self.nodes
            if isinstance(node, tree.Sum)
            for n in [find_letter(node)]
            if n is not None
        }
        self.letters = INDEX_LETTERS | {RUNNING} | {b for b in self.bound if len(b) == 1}
        # s^{(t)}: then s^{(2)} is the second of them, and no other thing
        self.sequences = {
            n.base for n in self.written for s in n.upper if s.bracket and self._is_index(s)
        }
        self.chained = self._is_chained()
        self.bold = any(n.style in BOLD or n.accent == "vec" for n in self.written)
        self._count()
        self._promote()
        self._count()
        self.shaped = any(self.find(n).own_rank for n in self.written if n.base not in ("e", "pi"))
        for definition in self.definitions:
            self.tie((definition.left, definition.body))
            self._tie_definition(definition)
        for node in self.nodes:
            if isinstance(node, tree.Matrix | tree.Listed):
                self._tie_matrix(node)
            elif isinstance(node, tree.Name):
                self._note_numbers(node)

    def is_ambiguous(self, name: tree.Name) -> bool:
        """Whether a plain letter stands for arrays of several ranks in this text, or for one that
        nothing tells the rank of: W of W^T x where W_i and W_{ij} are written."""
        if name.style in BOLD or name.accent == "vec":
            return False
        labels = self._split(name)[2]
        ranks = self.totals.get((name.base.lower(), labels), set())
        slot = self.find(name)
        return len(ranks - {0}) > 1 or (slot.rank == 0 and _may_be_matrix(name))

    def fork(self) -> Families:
        """The same arrays, whose axes can be joined apart."""
        other = copy(self)
        other.joined, other.lengths = dict(self.joined), dict(self.lengths)
        return other

    # --- what a name points to --------------------------------------------------------------

    def find(self, name: tree.Name) -> Slot:
        """The array that a name belongs to, with its indices."""
        seen = self.seen.get(id(name))
        if seen is not None and seen[0] is name:
            return seen[1]
        key = (spell(name), name.style)
        if key not in self.slots:
            self.slots[key] = self._find(name)
        if len(self.seen) >= MOST_SEEN:
            # each keeps its name, and each formula makes names of its own
            self.seen.clear()
        self.seen[id(name)] = name, self.slots[key]
        return self.slots[key]

    def name_whole(self, name: tree.Name) -> tree.Name:
        """A name for the whole array that a name belongs to; no text can write it."""
        slot = self.find(name)
        whole = tree.Name(name.span, slot.family, style=WHOLE)
        self.slots[spell(whole), WHOLE] = Slot(slot.family, slot.rank, ())
        return whole

    def _find(self, name: tree.Name) -> Slot:
        indices, numbers, labels = self._split(name)
        totals = self.totals.get((name.base.lower(), labels), set())
        bold = self._own_rank(name, labels, True)
        if len(numbers) == 2 and bold + len(indices) + 2 not in totals:
            single = tuple(s.content for s in name.lower if isinstance(s.content, tree.Number))
            numbers = single if len(single) == 1 else numbers
        if numbers and bold + len(indices) + len(numbers) in totals:
            indices, numbers = self._order(name, labels), ()
        elif numbers:
            labels += "".join(f"_{spell(n)}" for n in numbers)
            totals = self.totals.get((name.base.lower(), labels), set())
        own = self._own_rank(name, labels, bool(indices))
        total = own + len(indices)
        if indices and not own and total not in totals:
            larger = [self.promoted.get((name.base, labels), 0)]
            total = max([total, *(r for r in larger if r > total)])
        if self.chained and indices and all(isinstance(i, tree.Name) for i in indices):
            labels += f"[{','.join(getattr(i, 'base', '') for i in indices)}]"
        base = name.base.lower() if total else name.base
        return Slot(f"{base}{labels}|{total}", total, indices)

    def _is_chained(self) -> bool:
        """Whether letters tell layers apart: a_j = Σ_i w_{ji} x_i and y_k = Σ_j w_{kj} z_j have two
        arrays w, of the inputs i of j, and of the inputs j of k."""
        pairs: dict[str, set[tuple[str, ...]]] = {}
        for definition in self.definitions:
            for name in list_names(definition.body):
                letters = tuple(getattr(s.content, "base", "") for s in name.lower)
                if len(letters) == 2 and set(letters) <= self.letters and name.base.islower():
                    pairs.setdefault(name.base, set()).add(letters)
        return any(
            (one[0] == other[1] and other[0] != one[1])
            for found in pairs.values()
            for one in found
            for other in found
        )

    def _order(self, name: tree.Name, labels: str) -> tuple[tree.Node, ...]:
        found: list[tree.Node] = []
        for script in (*name.upper, *flatten(name.lower)):
            if isinstance(script.content, tree.Number):
                found += split_digits(script.content, len(name.lower))
            elif self._is_index(script):
                found.append(script.content)
        return tuple(found)

    def _split(self, name: tree.Name) -> tuple[tuple[tree.Node, ...], tuple[tree.Node, ...], str]:
        """The scripts that are indices, numbers that may be, and the rest: labels, as text."""
        indices: list[tree.Node] = []
        numbers: list[tree.Node] = []
        labels = f"~{name.accent}" if name.accent not in ("", "vec") else ""
        labels += "'" * name.primes + name.star
        for script in name.upper:
            if script.bracket and self._is_index(script):
                indices.append(script.content)
            elif (
                script.bracket
                and isinstance(script.content, tree.Number)
                and (name.base in self.sequences)
            ):
                numbers.append(script.content)
            elif script.bracket or not _is_numeric_power(script.content):
                labels += f"^{script.bracket}{spell(script.content)}"
        for script in flatten(name.lower):
            if self._is_index(script):
                indices.append(script.content)
            elif isinstance(script.content, tree.Number):
                numbers += split_digits(script.content, len(name.lower))
            else:
                labels += f"_{spell(script.content)}"
        return tuple(indices), tuple(numbers), labels

    def _is_index(self, script: tree.Script) -> bool:
        content = script.content
        match content:
            case tree.Name():
                if content.style == "text":
                    return False
                if content.lower and not content.upper:
                    return content.base.islower() and all(map(self._is_index, content.lower))
                return len(content.base.rstrip("'")) == 1 and (
                    content.base in self.letters or content.base in self.sizes
                )
            case tree.Total():
                return any(
                    isinstance(t, tree.Name) and self._is_index(tree.Script(t))
                    for _, t in content.terms
                )
            case tree.Group():
                return self._is_index(tree.Script(content.body))
        return False

    def _own_rank(self, name: tree.Name, labels: str, indexed: bool) -> int:
        if name.accent == "vec":
            return 1
        if name.style in BOLD and not name.base.isdigit():
            return 2 if name.base[:1].isupper() else 1
        return 0 if indexed else self.promoted.get((name.base, labels), 0)

    def _count(self) -> None:
        """The ranks that each letter is written with."""
        self.slots.clear()
        self.seen.clear()
        self.totals: dict[tuple[str, str], set[int]] = {}
        for name in self.written:
            indices, numbers, labels = self._split(name)
            own = self._own_rank(name, labels, bool(indices))
            if not numbers and (own or indices):
                key = (name.base.lower(), labels)
                self.totals.setdefault(key, set()).add(own + len(indices))

    # --- evidence ---------------------------------------------------------------------------

    def _promote(self) -> None:
        """Plain letters that are vectors or matrices: what is transposed, what is multiplied
        entry by entry, and what is made of those."""
        for node in self.nodes:
            if isinstance(node, tree.Transposed):
                inner = node.body.body if isinstance(node.body, tree.Group) else node.body
                self._raise(inner.bottom if isinstance(inner, tree.Derivative) else inner, None)
            elif isinstance(node, tree.Group) and node.bracket == "||":
                inside = node.body.terms if isinstance(node.body, tree.Total) else ()
                for term in (node.body, *(t for _, t in inside)):
                    self._raise(term, None)
            elif isinstance(node, tree.Product) and set(node.signs) & {"odot", ".*", "circ"}:
                for factor in node.factors:
                    if isinstance(factor, tree.Name) and factor.base[:1].isupper():
                        self._raise(factor, 2)
        listed = any(isinstance(n, tree.Listed | tree.Matrix) for n in self.nodes)
        if not (self.promoted or self.bold or listed):
            return
        for _ in range(ROUNDS):
            before = dict(self.promoted)
            self._count()
            self._promote_wholes()
            self._promote_all_operands()
            for definition in self.definitions:
                if definition.parameters:
                    continue
                rank, left = self.rank(definition.body), self.find(definition.left)
                if rank > left.own_rank:
                    self._raise(definition.left, rank)
                elif left.own_rank > rank:
                    self._lift(definition.body, left.own_rank)
            if self.promoted == before:
                return

    def _promote_all_operands(self) -> None:
        """Until nothing new is found: what a definition makes of them is looked at then."""
        for _ in range(ROUNDS):
            before = dict(self.promoted)
            for node in self.nodes:
                self._promote_operands(node)
            if self.promoted == before:
                return
            self._count()

    def _promote_wholes(self) -> None:
        """y beside y_{ni}: the whole matrix, in a text with matrices."""
        most: dict[tuple[str, str, str], int] = {}
        for name in self.written:
            indices, _, labels = self._split(name)
            key = (name.base, name.style, labels)
            most[key] = max(most.get(key, 0), len(indices))
        for name in self.written:
            indices, numbers, labels = self._split(name)
            plain = not (indices or numbers or name.style or name.base[:1].isupper())
            written = most[name.base, name.style, labels]
            if plain and written == 2 and not self._own_rank(name, labels, False):
                self._raise(name, 2)

    def _lift(self, node: tree.Node, rank: int) -> None:
        """A result is known to have a rank: then what it is made of has it too. A bias has not,
        and W has it already in x W."""
        match node:
            case tree.Name():
                self._raise(node, rank)
            case tree.Call() if len(node.arguments) == 1:
                self._lift(node.arguments[0], rank)
            case tree.Group() | tree.Braced():
                self._lift(node.body, rank)
            case tree.Total():
                terms = [t for _, t in node.terms]
                for term in [t for t in terms if isinstance(t, tree.Product)] or terms:
                    self._lift(term, rank)
            case tree.Product() if not self.rank(node) and all(
                isinstance(f, tree.Name) for f in node.factors
            ):
                capitals = [f for f in node.factors if getattr(f, "base", "")[:1].isupper()]
                others = [f for f in node.factors if f not in capitals]
                for factor in capitals:
                    self._raise(factor, 2)
                if capitals and len(others) == 1:
                    self._raise(others[0], rank)
            case tree.Product():
                whole = bool(set(node.signs) & set(ENTRYWISE))
                for factor in node.factors:
                    if whole or self.rank(factor) == rank - 1 > 0:
                        self._lift(factor, rank)

    def _promote_operands(self, node: tree.Node) -> None:
        if isinstance(node, tree.Total):
            largest = max((self.rank(t) for _, t in node.terms), default=0)
            # Where vectors are bold, a plain b beside one is a number.
            vague = largest == 1 and self.bold
            for _, term in node.terms:
                if largest and not vague and isinstance(term, tree.Name) and self.rank(term) == 0:
                    self._raise(term, largest if term.base[:1].isupper() else 1)
        if not isinstance(node, tree.Product):
            return
        for one, sign, other in zip(node.factors, node.signs, node.factors[1:], strict=False):
            pairs = ((one, other), (other, one))
            for plain, beside in pairs:
                if not isinstance(plain, tree.Name) or self.rank(plain):
                    continue
                if sign in ENTRYWISE and self.rank(beside):
                    self._raise(plain, self.rank(beside))
                elif (
                    sign in ("", "cdot", "times", "*")
                    and _is_array(beside)
                    and (self.rank(beside) == 2)
                ):
                    self._raise(plain, 2 if plain.base.isupper() else 1)
                elif (
                    sign in ("", "cdot")
                    and plain is one
                    and self.rank(beside) == 1
                    and (isinstance(beside, tree.Name) and _may_be_matrix(plain))
                ):
                    # W x with a bold x
                    self._raise(plain, 2)
                elif (
                    sign in ("", "cdot")
                    and plain is other
                    and plain.base.islower()
                    and (isinstance(beside, tree.Transposed) and self.rank(beside) == 1)
                ):
                    # w^T x; but v x^T may be a number times a row
                    self._raise(plain, 1)

    def _raise(self, node: tree.Node, rank: int | None) -> None:
        """Count a plain letter without indices as a vector or a matrix."""
        if not isinstance(node, tree.Name) or node.base in CONSTANTS or node.base in self.sizes:
            return
        indices, numbers, labels = self._split(node)
        if indices or node.style in BOLD or node.accent == "vec":
            return
        if numbers and (node.base.lower(), labels) not in self.totals:
            labels += "".join(f"_{spell(n)}" for n in numbers)
        elif numbers:
            return
        wanted = rank or (2 if node.base[:1].isupper() else 1)
        key = (node.base, labels)
        self.promoted[key] = max(self.promoted.get(key, 0), min(wanted, 2))

    def rank(self, node: tree.Node) -> int:
        """The rank of a formula, as far as its form tells."""
        match node:
            case tree.Name():
                return max(self.find(node).own_rank, 0)
            case tree.Total():
                return max((self.rank(t) for _, t in node.terms), default=0)
            case tree.Product():
                return self._rank_product(node)
            case tree.Group():
                return 0 if node.bracket in ("|", "||") else self.rank(node.body)
            case tree.Power():
                return self.rank(node.base)
            case tree.Ratio():
                return self.rank(node.top)
            case tree.Transposed() | tree.Braced() | tree.Sum():
                return self.rank(node.body)
            case tree.Derivative():
                top = node.top if node.top is not None else node.body
                above = self.rank(top) if top is not None else 0
                return min(above + self.rank(node.bottom), 2)
            case tree.Call():
                if len(node.arguments) != 1 or getattr(node.function, "base", "") == "sum":
                    return 0
                return self.rank(node.arguments[0])
            case tree.Listed():
                return 1 + max(map(self.rank, node.items), default=0)
            case tree.Matrix():
                return 2 if len(node.rows) > 1 and len(node.rows[0]) > 1 else 1
        return 0

    def _rank_product(self, node: tree.Product) -> int:
        if set(node.signs) & set(ENTRYWISE):
            return max(map(self.rank, node.factors))
        result, lies = 0, False
        for factor in node.factors:
            rank = self.rank(factor)
            turned = isinstance(factor, tree.Transposed)
            if {result, rank} == {1, 2}:
                result = 1
            elif result == rank == 1:
                result = 2 if turned and not lies else 0
            else:
                result = max(result, rank)
            lies = turned
        return result

    # --- lengths ----------------------------------------------------------------------------

    def tie(self, sides: Sequence[tree.Node]) -> bool:
        """One letter counts one axis; Σ_{i=1}^N says that it has N entries. Whether it was news."""
        places: dict[str, ScriptPlace] = {}
        before = (len(self.joined), len(self.lengths))
        nodes = [n for side in sides for n in tree.walk(side)]
        for node in nodes:
            if not isinstance(node, tree.Name):
                continue
            slot = self.find(node)
            for position, index in enumerate(slot.indices):
                axis = (slot.family, position)
                for letter in _letters_of(index):
                    if letter in self.sizes:
                        self.join(axis, (letter, -1))
                    else:
                        self.join(axis, places.setdefault(letter, axis))
        for node in nodes:
            if isinstance(node, tree.Sum) and node.kind != "lim":
                self._tie_sum(node, places)
        return (len(self.joined), len(self.lengths)) != before

    def _note_numbers(self, name: tree.Name) -> None:
        slot = self.find(name)
        for position, index in enumerate(slot.indices):
            if isinstance(index, tree.Number):
                axis = (slot.family, position)
                self.longest[axis] = max(int(index.value), self.longest.get(axis, 0))

    def _tie_sum(self, node: tree.Sum, places: dict[str, ScriptPlace]) -> None:
        letter = find_letter(node)
        if letter is None or letter.base not in places:
            return
        high = node.high
        condition = node.condition
        if high is None and isinstance(condition, tree.Compared) and condition.sign == "in":
            high = condition.right
        if isinstance(high, tree.Name) and spell(high) in self.sizes:
            self.join(places[letter.base], (spell(high), -1))
        elif isinstance(high, tree.Number):
            low = node.low.value if isinstance(node.low, tree.Number) else 1
            self.lengths[places[letter.base]] = int(high.value - low) + 1

    def _tie_matrix(self, node: tree.Matrix | tree.Listed) -> None:
        """A matrix of entries is as large as it is printed, a list as long."""
        entries = [n for child in tree.list_children(node) for n in tree.walk(child)]
        if any(isinstance(n, tree.Dots) for n in entries):
            return
        for name in entries:
            if isinstance(name, tree.Name):
                slot = self.find(name)
                for position, index in enumerate(slot.indices):
                    if isinstance(index, tree.Number):
                        axis = (slot.family, position)
                        self.lengths[axis] = max(self.lengths.get(axis, 0), int(index.value))

    def _tie_definition(self, definition: Definition) -> None:
        """δ = ∂C/∂z is as large as z; a new value as the old one."""
        body = definition.body
        while isinstance(body, tree.Product) and any(
            isinstance(f, tree.Derivative) for f in body.factors
        ):
            body = next(f for f in body.factors if isinstance(f, tree.Derivative))
        if not isinstance(body, tree.Derivative) or not isinstance(body.bottom, tree.Name):
            return
        left, by = self.find(definition.left), self.find(body.bottom)
        if left.own_rank == by.own_rank and (body.top is None or not self.rank(body.top)):
            for position in range(left.own_rank):
                self.join(
                    (left.family, len(left.indices) + position),
                    (by.family, len(by.indices) + position),
                )

    def root(self, axis: ScriptPlace) -> ScriptPlace:
        while axis in self.joined:
            axis = self.joined[axis]
        return axis

    def join(self, one: ScriptPlace, other: ScriptPlace) -> bool:
        """Let two axes have one length; whether that was new."""
        first, second = self.root(one), self.root(other)
        if first == second:
            return False
        self.joined[second] = first
        return True

    def list_axes(self) -> list[ScriptPlace]:
        """The axes of all arrays, those of equal length as one."""
        axes = [
            self.root((slot.family, position))
            for slot in map(self.find, self.written)
            for position in range(slot.rank)
        ]
        axes += [self.root((size, -1)) for size in sorted(self.sizes)]
        return list(dict.fromkeys(axes))

    def count_ends(self) -> Counter[ScriptPlace]:
        """How many axes have the length of each."""
        axes = {
            (family, place)
            for family in self.known
            for place in range(int(family.rpartition("|")[2]))
        }
        return Counter(self.root(axis) for axis in axes)

    def choose_lengths(self, world: int = 0) -> dict[ScriptPlace, int]:
        """A length for each axis: as printed, or distinct ones, other ones in each world."""
        printed = {
            self.root(axis): length
            for axis, length in self.lengths.items()
            if 1 <= length <= LONGEST
        }
        least: dict[ScriptPlace, int] = {}
        for axis, number in self.longest.items():
            root = self.root(axis)
            least[root] = max(least.get(root, 0), min(number, LONGEST))
        free = [axis for axis in self.list_axes() if axis not in printed]
        return printed | {
            axis: max(SIZES[(place + world) % len(SIZES)], least.get(axis, 0))
            for place, axis in enumerate(free)
        }

    @cached_property
    def known(self) -> frozenset[str]:
        """All arrays that the text writes."""
        return frozenset(self.find(name).family for name in self.written)

    def list_free_letters(
        self, node: tree.Node, bound: frozenset[str] = frozenset()
    ) -> dict[str, ScriptPlace]:
        """The indices that no sum binds, each with an axis that it counts."""
        found: dict[str, ScriptPlace] = {}
        if isinstance(node, tree.Sum) and node.index is None:
            # it binds what it does not name
            return found
        if isinstance(node, tree.Sum):
            letter = find_letter(node)
            inner = bound | {letter.base} if letter is not None else bound
            return self.list_free_letters(node.body, inner)
        if isinstance(node, tree.Name):
            slot = self.find(node)
            for position, index in enumerate(slot.indices):
                for written in _letters_of(index):
                    if written not in bound and written not in self.sizes:
                        found.setdefault(written, (slot.family, position))
                if isinstance(index, tree.Name) and index.lower:
                    found = self.list_free_letters(index, bound) | found
            if node.base != "e":
                return found
        if isinstance(node, tree.Lowered):
            arrays = [n for n in list_names(node.body) if self.find(n).own_rank]
            for place, script in enumerate(node.lower):
                if not isinstance(script.content, tree.Name) or not self._is_index(script):
                    continue
                if script.content.base in bound:
                    continue
                if not arrays:
                    found.setdefault(script.content.base, ("", 0))
                else:
                    slot = self.find(arrays[0])
                    axis = (slot.family, len(slot.indices) + min(place, slot.own_rank - 1))
                    found.setdefault(script.content.base, axis)
            return self.list_free_letters(node.body, bound) | found
        for child in tree.list_children(node):
            found = self.list_free_letters(child, bound) | found
        return found


def split_digits(node: tree.Number, scripts: int) -> list[tree.Node]:
    """w_{12} is row 1, column 2, as w_{1,2} is."""
    digits = str(node.value)
    if scripts != 1 or not digits.isdigit() or len(digits) != 2 or "0" in digits:
        return [node]
    return [tree.Number(node.span, Fraction(d)) for d in digits]


def _may_be_matrix(name: tree.Name) -> bool:
    """W, U; not C, which is a cost, or N, which is a number."""
    return len(name.base) == 1 and name.base.isupper() and name.base not in "CEJLNTM"


def _is_array(node: tree.Node) -> bool:
    """A matrix as it stands in a product: its name, or its transpose."""
    if isinstance(node, tree.Transposed):
        node = node.body
    return isinstance(node, tree.Name)


def _is_numeric_power(node: tree.Node) -> bool:
    return not any(isinstance(n, tree.Name) for n in tree.walk(node))


def _letters_of(index: tree.Node) -> Iterator[str]:
    """The letters of an index: t of t - 1; none of y_i, whose value is the index."""
    if isinstance(index, tree.Name):
        if not index.lower:
            yield index.base
        return
    for child in tree.list_children(index):
        yield from _letters_of(child)


def find_sizes(statements: Iterable[tree.Statement]) -> frozenset[str]:
    """Names that bound sums: the number of samples, classes, steps. A letter that is counted
    itself, t of h_{t-1}, is none."""
    found, counted = set(), set()
    for node in (n for s in statements for side in s.sides for n in tree.walk(side)):
        if isinstance(node, tree.Sum) and node.kind != "lim":
            high = node.high
            condition = node.condition
            if high is None and isinstance(condition, tree.Compared) and condition.sign == "in":
                high = condition.right
            if isinstance(high, tree.Name) and not high.lower and not high.upper:
                found.add(spell(high))
        elif isinstance(node, tree.Name):
            for script in node.lower:
                if isinstance(script.content, tree.Total):
                    first = script.content.terms[0][1]
                    counted |= {first.base} if isinstance(first, tree.Name) else set()
    return frozenset(found - {c for c in counted if c.islower()})
