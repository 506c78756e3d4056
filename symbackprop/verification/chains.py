"""Where in a chain of equalities the slip is, and the chain without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.reading import tree
from symbackprop.verification.codes import CODES, code_of_slip
from symbackprop.verification.findings import BAD
from symbackprop.verification.mending import Effort, Mended, Search

# a definition that contradicts another has an index or a number in the place of another
ONLY = ("wrong-index",)
SIGNS = ("=", ":=", "\\equiv", "\\leftarrow", "\\gets")


@dataclass(frozen=True)
class LinkedSides:
    """The sides of a statement as text, with the signs between them.

    With `continues` the first side is what the row before ended with: it is not to be edited.
    `first` is the first side of the whole derivation.
    """

    sides: tuple[str, ...]
    signs: tuple[str, ...]
    continues: bool = False
    first: str = ""

    def write(self, sides: Sequence[str]) -> str:
        """The chain with other sides."""
        parts = [sides[0]]
        for sign, side in zip(self.signs, sides[1:], strict=True):
            parts += [sign, side]
        return " ".join(parts)


@dataclass(frozen=True)
class Named:
    """The slip in a chain: its name, what is said of it, and the equation without it.

    `end` is the last side without the slip, where the whole chain holds without it.
    """

    slip: str
    words: str = ""
    suggestion: str | None = None
    end: str | None = None


def open_chain(
    statement: tree.Statement, source: str, before: str | None, first: str
) -> LinkedSides | None:
    """The chain of a statement; None where there is nothing to compare.

    `before` is the side that a continuing statement goes on from.
    """
    sides = [_flatten(source[side.span[0] : side.span[1]]) for side in statement.sides]
    gaps = [
        _flatten(source[one.span[1] : other.span[0]])
        for one, other in zip(statement.sides, statement.sides[1:], strict=False)
    ]
    signs = [gap if gap in SIGNS else "=" for gap in gaps]
    continues = statement.continues and before is not None
    if continues and before is not None:
        sides, signs = [before, *sides], ["=", *signs]
    if len(sides) < 2:
        return None
    return LinkedSides(tuple(sides), tuple(signs), continues, first)


def _flatten(written: str) -> str:
    """One line, without the marks of alignment."""
    if "\\begin" not in written:
        written = re.sub(r"\\\\(\[[^\]]*\])?", " ", written).replace("&", " ")
    return " ".join(written.split())


def name_slip(search: Search, chain: LinkedSides, effort: Effort, definition: bool) -> Named | None:
    """The slip of the first wrong link that can be mended, else of the first side and the last.

    Where the links after it go on from the slip, they are mended with it. `definition` says that
    a definition is wrong, so that another may be right.
    """
    partly: Named | None = None
    last = len(chain.sides) - 1
    places = [(chain.sides[n], n + 1, chain.signs[n]) for n in range(last)]
    if last > 1 and not chain.continues:
        places.append((chain.sides[0], last, "="))
    if chain.continues and chain.first not in ("", chain.sides[0]):
        places.append((chain.first, last, "="))
    for number, (left, at, sign) in enumerate(places):
        if effort.is_spent:
            break
        equation = f"{left} {sign} {chain.sides[at]}"
        # the only link of a bad statement is the bad one
        if len(places) > 1 or chain.continues:
            judgement = search.judge(equation, effort)
            if judgement is None or judgement.verdict not in BAD:
                continue
        left_too = number == 0 and not chain.continues
        with effort.share(len(places) - number) as share:
            mended = search.mend(equation, share, left_too, ONLY if definition else (), definition)
        if mended is None:
            continue
        if mended.holds:
            return _compose(search, chain, at, number < last, mended, effort)
        partly = partly or Named(
            mended.name, f"with {mended.text} it holds with one neuron per layer"
        )
    return partly


def _compose(
    search: Search, chain: LinkedSides, at: int, is_link: bool, mended: Mended, effort: Effort
) -> Named:
    """The whole chain without its slip, if that holds; else the one equation that was mended."""
    words = _say_slips(mended)
    sides = list(chain.sides)
    if at == 1 and not chain.continues:
        sides[0] = mended.left
    sides[at] = mended.right
    if not is_link or (len(sides) == 2):
        end = mended.right if is_link else None
        return Named(mended.name, words, mended.text, end)
    for number in range(at + 1, len(sides)):
        equation = f"{sides[number - 1]} {chain.signs[number - 1]} {sides[number]}"
        judgement = search.judge(equation, effort)
        if judgement is not None and judgement.verdict in BAD:
            again = search.mend(equation, effort, False, mended.slips)
            if again is None or not again.holds:
                return Named(mended.name, words, mended.text)
            sides[number] = again.right
    whole = chain.write(sides)
    judged = search.judge(whole, effort)
    if judged is None or judged.verdict != "holds":
        return Named(mended.name, words, mended.text)
    return Named(mended.name, words, whole, sides[-1])


def _say_slips(mended: Mended) -> str:
    if len(mended.slips) < 2 or mended.name not in mended.slips:
        return ""
    titles = [CODES[code_of_slip(slip)].title for slip in mended.slips]
    return f"two slips: {' and '.join(titles)}"


def follows_from(search: Search, chain: LinkedSides, mended: str, effort: Effort) -> bool:
    """Whether a continuing row is right once the row before it is mended."""
    # in brackets a name alone is none that the row could define
    judgement = search.judge(chain.write([f"({mended})", *chain.sides[1:]]), effort)
    return judgement is not None and judgement.verdict == "holds"
