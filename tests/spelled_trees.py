"""Trees of formulas as one line each, the fixtures in which they are written so, and readers.

w_{jk} x --> (* w_{j k} ~ x)
"""

from __future__ import annotations

from pathlib import Path

from symbackprop.reading.expressions import ExpressionReader
from symbackprop.reading.layout import arrange
from symbackprop.reading.scripts import TRANSPOSES, find_indices
from symbackprop.reading.tokens import Token, split_formula
from symbackprop.reading.tree import (
    Braced,
    Call,
    Cases,
    Compared,
    Derivative,
    Dots,
    Formula,
    Gradient,
    Group,
    Listed,
    Lowered,
    Matrix,
    Name,
    Number,
    Power,
    Primed,
    Product,
    Ratio,
    Repair,
    Script,
    Statement,
    Sum,
    Total,
    Transposed,
    Words,
    list_children,
)

FIXTURES = Path(__file__).parent / "fixtures" / "reading"


def spell(node: object) -> str:
    """A tree as one line: (* a b) is a product, (d C w) a derivative, {..} scripts."""
    match node:
        case None:
            return "_"
        case Script():
            return node.bracket + spell(node.content)
        case Number():
            return (
                str(node.value) if not node.decimals else f"{float(node.value):.{node.decimals}f}"
            )
        case Name():
            text = f"{node.style}:" * bool(node.style) + f"{node.accent}~" * bool(node.accent)
            text += node.base + "'" * node.primes + node.star
            text += "^{" + " ".join(map(spell, node.upper)) + "}" if node.upper else ""
            return text + ("_{" + " ".join(map(spell, node.lower)) + "}" if node.lower else "")
        case Product():
            pairs = zip(("", *node.signs), node.factors, strict=True)
            said = [f"{sign or '~'} {spell(factor)}" for sign, factor in pairs]
            return "(* " + " ".join(said).removeprefix("~ ") + ")"
        case Total():
            return "(" + " ".join(sign + spell(term) for sign, term in node.terms) + ")"
        case Ratio():
            return f"(ratio {spell(node.top)} {spell(node.bottom)})"
        case Derivative():
            marks = f"{node.mark or 'nothing'}/{node.mark_below or 'nothing'}"
            body = f" of {spell(node.body)}" if node.body is not None else ""
            return f"({marks} {spell(node.top)} {spell(node.bottom)}{body})"
        case Call():
            kind = "call" if node.certain else "call?"
            return f"({' '.join([kind, spell(node.function), *map(spell, node.arguments)])})"
        case Group():
            return f"({node.bracket} {spell(node.body)})"
        case Sum():
            bounds = " ".join(map(spell, (node.index, node.low, node.high)))
            when = f" if {spell(node.condition)}" if node.condition is not None else ""
            return f"({node.kind} {bounds}{when} : {spell(node.body)})"
        case Compared():
            return f"({spell(node.left)} {node.sign} {spell(node.right)})"
        case Power():
            return f"(power {spell(node.base)} {spell(node.exponent)})"
        case Lowered():
            return f"(lowered {spell(node.body)} {' '.join(map(spell, node.lower))})"
        case Gradient():
            return f"(gradient {spell(node.body)} by {spell(node.by)})"
        case Matrix():
            rows = " ; ".join(" ".join(map(spell, row)) for row in node.rows)
            return f"(matrix{node.bracket} {rows})"
        case Cases():
            rows = " ; ".join(f"{spell(value)} if {spell(when)}" for value, when in node.rows)
            return f"(cases {rows})"
        case Words():
            return repr(node.text)
        case Dots():
            return "..."
        case Transposed() | Primed() | Listed() | Braced():
            parts = [spell(child) for child in list_children(node)]
            return f"({type(node).__name__.lower()} {' '.join(parts)})"
    raise AssertionError(f"no spelling for {type(node).__name__}")


def spell_statement(statement: Statement) -> str:
    sides = [spell(side) for side in statement.sides]
    signs = list(statement.signs)
    if not statement.continues:
        sides, first = sides[1:], sides[0]
    else:
        first = "..."
    said = first + "".join(f" {sign} {side}" for sign, side in zip(signs, sides, strict=True))
    said = f"{statement.heading!r}: {said}" if statement.heading else said
    return said + (f" [{statement.label}]" if statement.label else "")


def spell_formula(formula: Formula) -> list[str]:
    said = [spell_statement(statement) for statement in formula.statements]
    said += [f"! {repair.message}" for repair in formula.repairs]
    return said + [f"? {name}" for name in sorted(formula.unknown)]


def list_fixtures(files: str = "*") -> list[tuple[str, list[str]]]:
    """A formula at the margin, what it says indented below it."""
    found: list[tuple[str, list[str]]] = []
    for path in sorted(FIXTURES.glob(f"{files}.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    "):
                found[-1][1].append(line.strip())
            elif line and not line.startswith("#"):
                found.append((line, []))
    return found


def spell_tokens(tokens: list[Token]) -> list[str]:
    """Each token as its kind and its text: letter:a, plus:-; the text only where it is the kind."""
    return [f"{token.kind}:{token.text}" for token in tokens]


def list_tokens(latex: str, repairs: list[Repair] | None = None) -> list[Token]:
    return split_formula(latex, [] if repairs is None else repairs)


def start_reader(latex: str) -> ExpressionReader:
    """A reader that stands before the first token of a formula."""
    repairs: list[Repair] = []
    paired = arrange(list_tokens(latex, repairs), latex, repairs)
    return ExpressionReader(paired, latex, repairs, TRANSPOSES, find_indices(latex))


def read_rest(reader: ExpressionReader) -> str:
    """What the reader has not taken."""
    return "".join(token.text for token in reader.tokens[reader.spot :])
