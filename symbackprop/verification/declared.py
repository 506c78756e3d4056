"""What is declared of a text: its letters by the preset of a notation, its cost by a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from symbackprop.network.declared import Declared
from symbackprop.network.network import Network
from symbackprop.notation import Notation
from symbackprop.reading import tree
from symbackprop.reading.macros import NO_MACROS, Macros
from symbackprop.reading.parser import read_formula
from symbackprop.verification.given import is_presumable, write_network
from symbackprop.verification.lexicon import LAYERED, RANKS, STANDARD, Lexicon, learn

# how a notation encloses a layer --> LaTeX
LAYERS = {
    "plain": "^{{{}}}",
    "round": "^{{({})}}",
    "square": "^{{[{}]}}",
    "angle": r"^{{\langle {} \rangle}}",
}


@dataclass(frozen=True)
class Declaration:
    """The letters that are declared, and formulas that count as if they stood in the text.

    With `rows` vectors are rows. `macros` are those that the text defines. `network` has the
    formulas of a network that is none of those which layered texts are presumed to be about: they
    stand before the text, and it is judged by them alone.
    """

    lexicon: Lexicon = field(default_factory=Lexicon)
    formulas: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    rows: bool = False
    macros: Macros = field(default_factory=dict)


def declare(
    texts: Iterable[str],
    network: Declared | None = None,
    notation: Notation | None = None,
    macros: Macros = NO_MACROS,
) -> Declaration:
    r"""What a network and a notation say of the formulas of one document.

    Where the layers of a notation stand without brackets, a^2 is a layer and no square.

    >>> from symbackprop.notation import find_preset
    >>> declared = declare([], notation=find_preset("ng"))
    >>> declared.lexicon.quantities["J"], declared.formulas[0]
    ('C', 'z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}')
    """
    if network is not None and not is_presumable(network):
        return Declaration(network=write_network(network, notation), macros=macros)
    lexicon = Lexicon() if network is None else _read_network(network.network)
    if notation is None:
        return Declaration(lexicon, macros=macros)
    formulas = write_definitions(notation)
    lexicon = replace(lexicon, quantities={**STANDARD, **list_letters(notation)})
    if notation.layer == "plain" and not notation.named_units and not lexicon.declared:
        # with layers declared, what is not must be learned before
        lexicon = replace(learn(_read_all([*texts, *formulas], macros), lexicon), declared=True)
    return Declaration(lexicon, formulas, rows=notation.rows, macros=macros)


def list_letters(notation: Notation) -> dict[str, str]:
    """The letters of a notation, and the quantities that they stand for.

    Units with names of their own have no layers: there w_5^2 is a square.

    >>> from symbackprop.notation import find_preset
    >>> list_letters(find_preset("ng"))["J"], list_letters(find_preset("mazur"))
    ('C', {'i': 'x', 'target': 'y', 'E': 'C'})
    """
    return {
        notation.find_letter(name, matrix=matrix).split("_")[0]: name
        for matrix in (False, True)
        for name in RANKS
        if not (notation.named_units and name in LAYERED)
    }


def write_definitions(notation: Notation) -> tuple[str, ...]:
    """How a notation writes a weighted sum: it says how vectors lie, and weights are indexed.

    Units with names of their own have no such formula.
    """
    if notation.named_units:
        return ()
    around = LAYERS[notation.layer]
    here, before = around.format("l"), around.format("l-1")
    z, a, W, b = (notation.find_letter(name, matrix=True) for name in "zaWb")
    w = notation.find_letter("W")
    if notation.rows:
        return (
            f"{z}{here} = {a}{before} {W}{here} + {b}{here}",
            rf"{z}{here}_j = \sum_k {a}{before}_k {w}{here}_{{kj}} + {b}{here}_j",
        )
    return (
        f"{z}{here} = {W}{here} {a}{before} + {b}{here}",
        rf"{z}{here}_j = \sum_k {w}{here}_{{jk}} {a}{before}_k + {b}{here}_j",
    )


def _read_network(network: Network | None) -> Lexicon:
    assert network is not None  # only a layered network is presumable
    names = {row.name for row in network.activations}
    lexicon = Lexicon(activation=names.pop(), cost=network.cost.name, declared=True)
    if network.widths is None:
        return lexicon
    return replace(lexicon, depth=len(network.widths) - 1)


def _read_all(texts: Iterable[str], macros: Macros) -> list[tree.Formula]:
    formulas = []
    for text in texts:
        try:
            formulas.append(read_formula(text, macros=macros))
        except tree.ReadError:
            continue
    return formulas
