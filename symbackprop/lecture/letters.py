"""Which array a written name belongs to, and what each of its scripts is: index, label or power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sympy import Expr, Integer, Symbol

from symbackprop.lecture.survey import Letter, Slot, Survey, Uses, bare, letter_of, list_slots
from symbackprop.reading import tree
from symbackprop.reading.spelling import SYMBOLS

LAST_LETTERS = frozenset({*"LTNKMHDC", "tau"})
# C beside C_n: the cost of all samples, and that of one
COST_LETTERS = frozenset({*"CEJL", "ell", "xi"})


# L by itself is the number of layers, too
LOSS = "loss L"


class Unclear(ValueError):
    """Something that the text does not say enough of; the message says what is missing."""


@dataclass
class Family:
    """An array of the text: its letter with its labels, and the places of its indices.

    The first `always` indices are written wherever it is named (layers, times, samples); the
    others may be left out, and then stand for a whole vector or matrix.
    """

    name: str
    letter: Letter
    slots: tuple[Slot, ...] = ()
    always: int = 0
    names: list[tree.Name] = field(default_factory=list)
    uses: Uses = field(default_factory=Uses)

    @property
    def components(self) -> int:
        return len(self.slots) - self.always


@dataclass(frozen=True)
class Reference:
    """A written name as an entry or a part of an array: None for a component that is left out."""

    family: Family
    indices: tuple[Expr | None, ...]
    power: tree.Node | None = None

    @property
    def missing(self) -> int:
        return sum(index is None for index in self.indices)


@dataclass
class Letters:
    """The arrays of a text, and how its names are to be taken."""

    survey: Survey
    families: dict[str, Family] = field(default_factory=dict)
    # which scripts of a letter are indices
    index_slots: dict[Letter, frozenset[Slot]] = field(default_factory=dict)
    powers: set[Letter] = field(default_factory=set)
    # which of these are never left out: they number layers, times or samples
    sequences: dict[Letter, frozenset[Slot]] = field(default_factory=dict)
    # which of these number layers or times, of which one leads to the next
    layers: dict[Letter, frozenset[Slot]] = field(default_factory=dict)
    # names without a layer that stand for the last one: a of ∇_a C --> a^
    lasts: dict[str, str] = field(default_factory=dict)
    # entries of W that are written w
    merged: dict[str, str] = field(default_factory=dict)

    @property
    def has_arrays(self) -> bool:
        """Whether anything in the text says that it is about more than single numbers."""
        return any(
            family.components
            or family.uses.transposed
            or family.uses.elementwise
            or family.uses.normed
            or family.uses.bold
            or family.uses.multiplied
            or any(
                s.place == "lower" and s not in self.sequences[family.letter] for s in family.slots
            )
            for family in self.families.values()
        )

    def refer(self, name: tree.Name) -> Reference:
        """What a written name refers to.

        Raises:
            Unclear: scripts that are not those of the array.
        """
        key, indices, power = self.split(name)
        family = self.families.get(self.merged.get(key, key))
        if family is None:
            raise Unclear(f"{key} is written so only once")
        found: list[Expr | None] = []
        if key in self.lasts:
            family = self.families[self.lasts[key]]
            return Reference(
                family, (Symbol("L", integer=True), *[None] * family.components), power
            )
        for slot in family.slots:
            content = indices.pop(slot, None)
            found.append(None if content is None else read_index(content))
        if indices or None in found[: family.always]:
            raise Unclear(f"{family.name} is written with other indices elsewhere")
        return Reference(family, tuple(found), power)

    def find(self, name: tree.Name) -> Reference | None:
        """What a written name refers to; None where its scripts are not those of the array."""
        try:
            return self.refer(name)
        except Unclear:
            return None

    def list_references(self, *formulas: tree.Node) -> Iterator[Reference]:
        """What the names of formulas refer to, from left to right; some refer to nothing."""
        for formula in formulas:
            for node in tree.walk_formula(formula):
                found = self.find(node) if isinstance(node, tree.Name) else None
                if found is not None:
                    yield found

    def split(self, name: tree.Name) -> tuple[str, dict[Slot, tree.Node], tree.Node | None]:
        """The name of the array with its labels, the indices, and the exponent."""
        letter = letter_of(name)
        slots = self.index_slots.get(letter, frozenset())
        labels: list[str] = []
        indices: dict[Slot, tree.Node] = {}
        power = None
        for slot, content in list_slots(name):
            if slot in slots and not _is_word(content, self.survey):
                indices[slot] = content
            elif slot.place == "upper" and self._is_power(letter, slot, content):
                power = content
            else:
                labels.append(("^" if slot.place == "upper" else "_") + spell(content))
        sequences = self.sequences.get(letter, frozenset())
        marks = "".join(
            "^" if slot.place == "upper" else "," for slot in indices if slot in sequences
        )
        return _spell(letter, labels) + marks, indices, power

    def _is_power(self, letter: Letter, slot: Slot, content: tree.Node) -> bool:
        inner = bare(content)
        if isinstance(inner, tree.Total) and not any(
            isinstance(n, tree.Name) for n in tree.walk(inner)
        ):
            return True  # w^{(1-1)} is no layer
        if slot.bracket:
            return False
        if isinstance(inner, tree.Number):
            return letter in self.powers - self.survey.squared
        return isinstance(inner, tree.Total | tree.Ratio) and letter in self.powers


def learn_letters(survey: Survey) -> Letters:
    """Decide for every letter which of its scripts are indices, and which names are one array."""
    letters = Letters(survey)
    for letter, uses in survey.letters.items():
        letters.index_slots[letter] = frozenset(
            slot for slot in uses.contents if _is_index(survey, uses, slot)
        )
    _spread_above(letters)
    _find_sequences(letters)
    for letter, uses in survey.letters.items():
        if not _counts_above(uses, letters.index_slots[letter]):
            letters.powers.add(letter)
    _collect_families(letters)
    _merge_cases(letters)
    return letters


def _is_word(content: tree.Node, survey: Survey) -> bool:
    """total of E_{total}: a label, also where E_n has an index."""
    inner = bare(content)
    if isinstance(inner, tree.Words):
        return True
    return (
        isinstance(inner, tree.Name)
        and len(inner.base) > 1
        and inner.base not in SYMBOLS
        and inner.base not in survey.indices | survey.lasts
    )


def _is_index(survey: Survey, uses: Uses, slot: Slot) -> bool:
    """Whether a script counts: somewhere a letter that counts stands there, and no other word."""
    counting = foreign = 0
    for content in uses.contents[slot]:
        inner = bare(content)
        if _is_word(content, survey):
            continue
        if isinstance(inner, tree.Total):
            inside = [n.base for n in tree.walk(inner) if isinstance(n, tree.Name)]
            counting += any(b in survey.indices or b in LAST_LETTERS for b in inside)
        elif isinstance(inner, tree.Name):
            plain = not inner.lower and not inner.upper and inner.style != "text"
            counts = inner.base in survey.indices or inner.base in survey.lasts
            if plain and (counts or inner.base in LAST_LETTERS):
                counting += counts
            elif inner.lower and inner.base in ("n", "N", "T", "L"):
                counting += 1
            else:
                foreign += 1
    return counting > 0 and foreign == 0


def _spread_above(letters: Letters) -> None:
    """What is an index above one letter is an index above another: δ^L beside a^L and a^l."""
    known = {
        (slot.bracket, spell(content))
        for letter, slots in letters.index_slots.items()
        for slot in slots
        if slot.place == "upper"
        for content in letters.survey.letters[letter].contents[slot]
    }
    brackets = {bracket for bracket, _ in known}
    for letter, uses in letters.survey.letters.items():
        for slot, contents in uses.contents.items():
            if slot.place == "upper" and all(
                (slot.bracket, spell(c)) in known
                or (slot.bracket in brackets and isinstance(bare(c), tree.Number) and slot.bracket)
                for c in contents
            ):
                letters.index_slots[letter] |= {slot}


def _find_sequences(letters: Letters) -> None:
    """An index above, one that is shifted, and one of a letter that is: t of h_{t-1} and of x_t;
    n of C_n beside C. Of these, what is summed over and never shifted numbers samples."""
    contents = {k: uses.contents for k, uses in letters.survey.letters.items()}
    running: set[str] = set()
    for letter, slots in letters.index_slots.items():
        for slot in slots:
            for content in contents[letter][slot]:
                inner = bare(content)
                if isinstance(inner, tree.Total) and len(inner.terms) == 2:
                    parts = [bare(term) for _, term in inner.terms]
                    if isinstance(parts[0], tree.Name) and isinstance(parts[1], tree.Number):
                        running.add(parts[0].base)
    samples = set(letters.survey.ends) - running
    for letter, slots in letters.index_slots.items():
        uses = letters.survey.letters[letter]
        found = {
            slot
            for slot in slots
            if slot.place == "upper"
            or any(isinstance(bare(c), tree.Total) for c in contents[letter][slot])
            or (slot.number == 0 and _names(contents[letter][slot]) & running)
            or (letter.base in COST_LETTERS and (0, 0) in uses.patterns)
        }
        letters.sequences[letter] = frozenset(found)
        letters.layers[letter] = frozenset(
            slot
            for slot in found
            if not (names := _names(contents[letter][slot])) & samples or names - samples
        )


def _names(contents: list[tree.Node]) -> set[str]:
    """All names in what stands at one place."""
    return {n.base for c in contents for n in tree.walk(c) if isinstance(n, tree.Name)}


def _counts_above(uses: Uses, slots: frozenset[Slot]) -> bool:
    """Whether plain numbers above a letter count layers and are no powers."""
    if any(slot.place == "upper" for slot in slots):
        return True
    for slot, contents in uses.contents.items():
        if slot.place == "upper" and not slot.bracket:
            values = {c.value for c in map(bare, contents) if isinstance(c, tree.Number)}
            if values & {0, 1}:
                return True
    return False


def _collect_families(letters: Letters) -> None:
    found: dict[str, list[dict[Slot, tree.Node]]] = {}
    for letter, uses in letters.survey.letters.items():
        for name in uses.names:
            key, indices, _ = letters.split(name)
            found.setdefault(key, []).append(indices)
            family = letters.families.setdefault(key, Family(key, letter, uses=uses))
            family.names.append(name)
    for key, rows in found.items():
        family = letters.families[key]
        sequences, layers = letters.sequences[family.letter], letters.layers[family.letter]
        slots = sorted(
            {s for row in rows for s in row},
            key=lambda s: (s not in layers, s not in sequences, s.place, s),
        )
        always = [s for s in slots if all(s in row for row in rows)]
        if slots[: len(always)] != always:
            always = [s for s in slots if s in sequences]
        rest = [s for s in slots if s not in always]
        family.slots, family.always = (*always, *rest), len(always)


def _merge_cases(letters: Letters) -> None:
    """w_{jk} are the entries of W where W never stands by entries and w never whole."""
    for key, family in list(letters.families.items()):
        small = family.letter.base
        if len(small) != 1 or not small.islower():
            continue
        capital = letters.families.get(small.upper() + key[1:])
        if capital is None or capital.components or family.components:
            continue
        entries = [s for s in family.slots if s.place == "lower"]
        rest = tuple(s for s in family.slots if s.place != "lower")
        if len(entries) == 2 and rest == capital.slots:
            capital.slots = (*capital.slots, *entries)
            letters.merged[key] = capital.name


def read_index(node: tree.Node) -> Expr:
    """An index as an expression of integers: l, l - 1, 3, n_l.

    Raises:
        Unclear: what can be no index.
    """
    match bare(node):
        case tree.Number(value=value) if value.denominator == 1:
            return Integer(int(value))
        case tree.Name(base=base, lower=(), upper=(), primes=primes):
            return Symbol(base + "'" * primes, integer=True)
        case tree.Name() as name:
            return Symbol(spell(name), integer=True)
        case tree.Total(terms=terms):
            total: Expr = Integer(0)
            for sign, term in terms:
                value = read_index(term)
                total = total - value if sign == "-" else total + value
            return total
    raise Unclear(f"{spell(node)} is no index")


def spell(node: tree.Node) -> str:
    """A script as plain text: h1, total, l-1."""
    match bare(node):
        case tree.Number(value=value):
            return str(value)
        case tree.Words(text=text):
            return text.strip()
        case tree.Name() as name:
            scripts = "".join(
                ("^" if slot.place == "upper" else "_") + spell(content)
                for slot, content in list_slots(name)
            )
            return name.base + "'" * name.primes + name.star + scripts
        case tree.Total(terms=terms):
            return "".join(
                (sign if number or sign == "-" else "") + spell(term)
                for number, (sign, term) in enumerate(terms)
            )
        case other:
            return "".join(map(spell, tree.list_children(other))) or type(other).__name__


def spell_letter(letter: Letter) -> str:
    """A letter with its decoration, and without its labels."""
    decorated = letter.base + (f"~{letter.accent}" if letter.accent else "")
    style = f"{letter.style}:" if letter.style else ""
    return style + decorated + "'" * letter.primes + letter.star


def _spell(letter: Letter, labels: list[str]) -> str:
    """The name of an array; L alone is not the number of layers."""
    name = spell_letter(letter) + "".join(labels)
    return LOSS if name == "L" else name
