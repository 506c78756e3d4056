"""How formulas are written: letters, places of indices, order of factors; one preset per dialect.

The printer and the reader share this table. It is data only: nothing here makes LaTeX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from symbackprop.choices import DECIMALS, LANGUAGES, DecimalMark, Language, NotationName
from symbackprop.errors import InputError, name_choices

Enclosure = Literal["plain", "round", "square", "angle"]
SamplePlace = Literal["upper", "lower"]
Adjoints = Literal["delta", "differential"]
TransposeMark = Literal["T", "sans", "top"]
Samples = Literal["columns", "rows"]
ChainOrder = Literal["cost-first", "cost-last"]
Difference = Literal["declared", "output-first"]

# field of a Notation --> the values it takes
CHOICES: dict[str, tuple[object, ...]] = {
    "layer": get_args(Enclosure),
    "sample": get_args(Enclosure),
    "time": get_args(Enclosure),
    "sample_place": get_args(SamplePlace),
    "adjoints": get_args(Adjoints),
    "index_base": (0, 1),
    "bounds": (False, True),
    "transpose": get_args(TransposeMark),
    "samples": get_args(Samples),
    "weights_transposed": (False, True),
    "chain": get_args(ChainOrder),
    "difference": get_args(Difference),
    "named_units": (False, True),
    "decimal": DECIMALS,
    "language": LANGUAGES,
}


# our names of what one sample, and one output, adds to the cost; the letter takes an index
PARTS_OF_THE_COST = ("C_i", "C_j")


@dataclass(frozen=True)
class Notation:
    """One way to write the formulas of a network.

    A letter may carry one word below: "E_total" is an E with the word total as its subscript.

    letters             our name of a quantity --> the letter of its entries
    matrix_letters      the same for whole vectors and matrices, where they differ
    single_cost         the cost where there is one sample and no mean
    layer, sample, time how such an index is enclosed: plain, round, square, angle
    sample_place        sample indices stand above (with the layer) or below (with the neuron)
    adjoints            errors are written "delta", or as differentials: dZ, dW
    index_base          neurons and samples are counted from 0 or 1
    bounds              whether sums show where their index begins and ends
    transpose           the mark of a transpose: T, a sans-serif T, or top
    samples             a vector is a column and samples are columns, or both are rows
    weights_transposed  weights are stored [k, j]: z = x W + b
    chain               the chain rule begins at the cost, ∂C/∂a · ∂a/∂z · ∂z/∂w, or ends there
    difference          a squared error is as declared, or output minus target, (a - y)²
    named_units         small networks name every unit and weight: net_h1, out_o1, w_5
    decimal, language   decimal mark and language of the words
    """

    name: NotationName = "nielsen"
    letters: Mapping[str, str] = field(default_factory=lambda: {"W": "w"}, hash=False)
    matrix_letters: Mapping[str, str] = field(default_factory=dict, hash=False)
    single_cost: str = "C"
    layer: Enclosure = "plain"
    sample: Enclosure = "plain"
    time: Enclosure = "plain"
    sample_place: SamplePlace = "upper"
    adjoints: Adjoints = "delta"
    index_base: int = 1
    bounds: bool = False
    transpose: TransposeMark = "T"
    samples: Samples = "columns"
    weights_transposed: bool = False
    chain: ChainOrder = "cost-first"
    difference: Difference = "declared"
    named_units: bool = False
    decimal: DecimalMark = "."
    language: Language = "en"

    def __post_init__(self) -> None:
        for name, values in CHOICES.items():
            given = getattr(self, name)
            if given not in values:
                known = ", ".join(map(str, values))
                raise InputError(f"notation {self.name}: {name} is one of {known}, not {given!r}")

    def find_letter(self, name: str, *, matrix: bool = False) -> str:
        """The letter of a quantity, its own name where the notation has no other.

        What one sample or one output adds to the cost has the letter of the cost.

        >>> PRESETS["mazur"].find_letter("a"), PRESETS["mazur"].find_letter("x", matrix=True)
        ('out', 'i')
        >>> PRESETS["3b1b"].find_letter("C_i")
        'C'
        """
        cost = self.letters.get("C", self.single_cost).partition("_")[0]
        letter = self.letters.get(name, cost if name in PARTS_OF_THE_COST else name)
        return self.matrix_letters.get(name, letter) if matrix else letter

    @property
    def rows(self) -> bool:
        """Whether vectors are rows: then activations stand before weights."""
        return self.samples == "rows"


PRESETS: dict[str, Notation] = {
    preset.name: preset
    for preset in (
        Notation("nielsen"),
        Notation(
            "3b1b",
            matrix_letters={"W": "W"},
            single_cost="C_0",
            layer="round",
            time="round",
            sample_place="lower",
            index_base=0,
            bounds=True,
            chain="cost-last",
            difference="output-first",
        ),
        Notation(
            "mazur",
            letters={
                "W": "w",
                "z": "net",
                "a": "out",
                "x": "i",
                "y": "target",
                "C": "E_total",
                "C_i": "E",
                "C_j": "E",
            },
            matrix_letters={"W": "W"},
            single_cost="E_total",
            sample="round",
            named_units=True,
        ),
        Notation(
            "ng",
            letters={"C": "J", "C_i": "script-L"},
            single_cost="J",
            layer="square",
            sample="round",
            time="angle",
            adjoints="differential",
        ),
        Notation(
            "rows",
            matrix_letters={"W": "W"},
            sample_place="lower",
            samples="rows",
            weights_transposed=True,
        ),
    )
}


def find_preset(name: str, **changes: Any) -> Notation:
    """The preset of that name, with some of its fields changed.

    Raises:
        InputError: no such preset (the message has the nearest), no such field, no such value.

    >>> find_preset("ng").layer, find_preset("ng", decimal=",").decimal
    ('square', ',')
    >>> find_preset("nilsen")
    Traceback (most recent call last):
    symbackprop.errors.InputError: unknown notation 'nilsen'; did you mean 'nielsen'? \
Known: nielsen, 3b1b, mazur, ng, rows
    """
    if name not in PRESETS:
        raise InputError(name_choices("notation", name, PRESETS))
    known = [f.name for f in fields(Notation)]
    for change in changes:
        if change not in known:
            raise InputError(name_choices("notation option", change, known))
    return replace(PRESETS[name], **changes)
