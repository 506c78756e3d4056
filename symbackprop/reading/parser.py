"""A formula's tokens --> its statements, by recursive descent without going back."""

from __future__ import annotations

from symbackprop.reading.expressions import ExpressionReader
from symbackprop.reading.layout import arrange
from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import TRANSPOSES, find_indices
from symbackprop.reading.tokens import split_formula
from symbackprop.reading.tree import Formula, Node, ReadError, Repair, Statement

# an arrow between statements says "from this follows that"
GLOSS_ARROWS = frozenset({"rightarrow"})


def read_formula(
    text: str,
    words: frozenset[str] = frozenset(),
    transposes: frozenset[str] = TRANSPOSES,
) -> Formula:
    r"""Read one display or one inline formula, without its dollar signs.

    ``words`` are runs of letters that are one name in this document: {"caudal"}; ``transposes``
    the superscripts that transpose (see ``scripts.find_transposes``). Every mend is
    in ``repairs`` of the answer; a statement that begins with a sign has as many signs as sides.

    Raises
    ------
    ReadError
        What cannot be read, with its offset; more than 20,000 characters; more than 60 levels.

    >>> formula = read_formula(r"z^l = W^l a^{l-1} + b^l \quad a^l = \sigma(z^l)")
    >>> len(formula.statements), formula.statements[0].signs
    (2, ('=',))
    """
    repairs: list[Repair] = []
    try:
        return _read(text, words, repairs, transposes, mend_comment=False)
    except ReadError as error:
        if "%" not in text or (error.offset == 0 and len(text) > 20_000):
            raise
    repairs = []
    return _read(text, words, repairs, transposes, mend_comment=True)


def _read(
    text: str,
    words: frozenset[str],
    repairs: list[Repair],
    transposes: frozenset[str],
    mend_comment: bool,
) -> Formula:
    tokens = split_formula(text, repairs, words, mend_comment)
    paired = arrange(tokens, text, repairs)
    reader = ExpressionReader(paired, text, repairs, transposes, find_indices(text))
    statements = tuple(_read_statements(reader))
    return Formula(text, statements, tuple(sorted(set(repairs), key=lambda one: one.span)))


def _read_statements(reader: Reader) -> list[Statement]:
    found: list[Statement] = []
    label = ""
    while (token := reader.token) is not None:
        if (
            token.kind in ("sep", "row", "comma", "stop")
            or token.text in GLOSS_ARROWS
            or (token.text == "leftarrow" and reader.is_words(reader.spot + 1))
        ):
            reader.advance()
        elif token.kind == "label":
            label = token.text
            reader.advance()
            if found and not found[-1].label and _ends_row(reader):
                found[-1] = _put_label(found[-1], label)
                label = ""
        elif reader.is_words():
            words = reader.read_words()
            found.append(Statement(words.span, (words,), ()))
        else:
            statement = _read_statement(reader)
            found.append(_put_label(statement, label) if label else statement)
            label = ""
    return found


def _ends_row(reader: Reader) -> bool:
    return reader.token is None or reader.token.kind in ("row", "stop")


def _put_label(statement: Statement, label: str) -> Statement:
    return Statement(statement.span, statement.sides, statement.signs, statement.continues, label)


def _read_statement(reader: Reader) -> Statement:
    """Sides and signs until a separator, a comma, running text or a gloss arrow."""
    start = reader.token.start if reader.token is not None else 0
    sides: list[Node] = []
    signs: list[str] = []
    continues = reader.at("rel")
    if not continues:
        sides.append(_read_side(reader))
    while reader.token is not None and reader.token.kind == "rel":
        sign = reader.token.text
        if sign in GLOSS_ARROWS or (sign == "leftarrow" and reader.is_words(reader.spot + 1)):
            break
        reader.advance()
        if reader.token is not None and reader.token.kind == "row":
            reader.advance()
        if reader.at("rel") and reader.token is not None and reader.token.text == sign:
            reader.mend(f"the sign {sign} stands twice")
            continue
        signs.append(sign)
        sides.append(_read_side(reader))
    last = reader.token
    ends = ("sep", "row", "comma", "stop", "label", "rel")
    if last is not None and last.kind not in ends and not reader.is_words():
        reader.refuse(f"{last.text} cannot stand here")
    return Statement((start, reader.last_end), tuple(sides), tuple(signs), continues)


def _read_side(reader: Reader) -> Node:
    """An expression; a list where dots follow a comma: i = 1, \\ldots, n."""
    if reader.is_words():
        return reader.read_words()
    side = reader.read_expression()
    if reader.at("comma") and reader.is_dots(reader.spot + 1):
        return reader.read_row_of(side)
    return side
