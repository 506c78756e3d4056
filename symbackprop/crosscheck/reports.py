"""What the judges say of the gradients: a table, a line, or JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbackprop.reference.compare import Row

# a gradient that is known no better than this is hidden by rounding
HIDDEN = 1e-3


@dataclass(frozen=True)
class Comparison:
    """The verdict of one judge on all gradients; `judge` says how it found its own."""

    judge: str
    rows: tuple[Row, ...]

    @property
    def agrees(self) -> bool:
        return all(row.agrees for row in self.rows)


@dataclass(frozen=True)
class CheckReport:
    """What every judge says of the derived gradients; `drawn` names the sizes that were drawn."""

    judgements: tuple[Comparison, ...]
    drawn: str = ""

    @property
    def agrees(self) -> bool:
        return all(j.agrees for j in self.judgements)

    @property
    def summary(self) -> str:
        """The verdict in one line.

        >>> from symbackprop import check, mlp
        >>> check(mlp([2, 3, 1], activation="tanh")).summary
        '4 gradients agree with textbook loops and complex steps'
        """
        judges = " and ".join(judgement.judge for judgement in self.judgements)
        if self.drawn:
            judges += f" on {self.drawn}"
        differing = self._list_differing()
        if differing:
            return f"{', '.join(differing)} DIFFER from {judges}"
        count = len(self.judgements[0].rows)
        return f"{count} gradient{'s agree' if count != 1 else ' agrees'} with {judges}"

    def _list_differing(self) -> list[str]:
        return sorted({r.name for j in self.judgements for r in j.rows if not r.agrees})

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary)}</p><pre>{escape(self.text)}</pre>"

    @property
    def text(self) -> str:
        """A table with a row for each parameter and judge, and a line on how sharply they see."""
        names = [row.name for judgement in self.judgements for row in judgement.rows]
        width = max(map(len, ("gradient", *names))) + 2
        lines = [
            f"{'gradient':<{width}}{'judge':<25}{'max abs diff':>13}{'max rel diff':>14}"
            f"{'sees':>10}  verdict"
        ]
        for judgement in self.judgements:
            for row in judgement.rows:
                lines.append(
                    f"{row.name:<{width}}{judgement.judge:<25}{row.absolute:>13.1e}"
                    f"{row.relative:>14.1e}{_word_sharpness(row):>10}  {_word_verdict(row)}"
                )
        lines += [
            "",
            "sees: the smallest relative mistake that would differ (-: none of a gradient of 0)",
        ]
        if self.drawn:
            lines.append(f"drawn: {self.drawn}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON; what is infinite is None."""
        return {
            "agrees": self.agrees,
            "drawn": self.drawn,
            "judgements": [
                {
                    "judge": judgement.judge,
                    "agrees": judgement.agrees,
                    "gradients": [
                        {
                            "name": row.name,
                            "agrees": row.agrees,
                            "max_abs_diff": _finite(row.absolute),
                            "max_rel_diff": _finite(row.relative),
                            "sees": _finite(row.sharpness),
                            "entries": row.count,
                        }
                        for row in judgement.rows
                    ],
                }
                for judgement in self.judgements
            ],
        }

    def __repr__(self) -> str:
        return f"CheckReport({self.summary})"


def _word_verdict(row: Row) -> str:
    if not row.agrees:
        return "DIFFERS"
    return "hidden by rounding" if HIDDEN <= row.sharpness < math.inf else "agrees"


def _word_sharpness(row: Row) -> str:
    return f"{row.sharpness:.0e}" if math.isfinite(row.sharpness) else "-"


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
