"""A formula's tokens --> its statements, by recursive descent without going back."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.reading.braces import find_balanced
from symbackprop.reading.expansion import write_out
from symbackprop.reading.expressions import ExpressionReader
from symbackprop.reading.layout import arrange
from symbackprop.reading.macros import NO_MACROS, Macros
from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import TRANSPOSES, find_indices
from symbackprop.reading.spelling import CONNECTIVES, PREPOSITIONS, STARTS
from symbackprop.reading.sums import turn_conditions
from symbackprop.reading.tokens import LONGEST_FORMULA, Token, split_formula
from symbackprop.reading.tree import (
    Cases,
    Compared,
    Formula,
    Name,
    Node,
    ReadError,
    Repair,
    Statement,
    Words,
    relocate,
    walk,
)

# an arrow between statements says "from this follows that"
GLOSS_ARROWS = frozenset({"rightarrow"})
# what says that two sides are the same
EQUATING = frozenset({"=", "==", ":=", "approx", "equiv", "leftarrow"})
SIGNS = frozenset({"rel", "op", "plus", "prime", "comma", "stop"})


def read_formula(
    text: str,
    words: frozenset[str] = frozenset(),
    transposes: frozenset[str] = TRANSPOSES,
    macros: Macros = NO_MACROS,
) -> Formula:
    r"""Read one display or one inline formula, without its dollar signs.

    ``words`` are runs of letters that are one name in this document: {"caudal"}; ``transposes``
    the superscripts that transpose (see ``scripts.find_transposes``); ``macros`` those that the
    document defines (see ``macros.find_macros``). Every mend is in ``repairs`` of the answer; a
    statement that begins with a sign has as many signs as sides. What a macro stands for has the
    span of its use.

    Raises
    ------
    ReadError
        What cannot be read, with its offset; more than 20,000 characters; more than 60 levels.

    >>> formula = read_formula(r"z^l = W^l a^{l-1} + b^l \quad a^l = \sigma(z^l)")
    >>> len(formula.statements), formula.statements[0].signs
    (2, ('=',))
    """
    if len(text) > LONGEST_FORMULA:
        raise ReadError(f"the formula is longer than {LONGEST_FORMULA} characters", text, 0)
    written = write_out(text, macros)
    if written is None:
        return _balance(_read_plain(text, words, transposes))
    try:
        formula = _read_plain(written.text, words, transposes)
    except ReadError as error:
        offset = written.locate((error.offset, error.offset))[0]
        raise ReadError(error.reason, text, offset) from None
    return _balance(relocate(formula, text, written.locate))


def _balance(formula: Formula) -> Formula:
    r"""Let no side begin or end within braces: of a \red{+ b} the last brace belongs to it."""
    statements = tuple(_balance_sides(formula.text, one) for one in formula.statements)
    return formula if statements == formula.statements else replace(formula, statements=statements)


def _balance_sides(text: str, statement: Statement) -> Statement:
    spans = [find_balanced(text, side.span) for side in statement.sides]
    if all(side.span == span for side, span in zip(statement.sides, spans, strict=True)):
        return statement
    sides = tuple(
        replace(side, span=span) for side, span in zip(statement.sides, spans, strict=True)
    )
    start, end = min(statement.span[0], spans[0][0]), max(statement.span[1], spans[-1][1])
    return replace(statement, span=(start, end), sides=sides)


def _read_plain(text: str, words: frozenset[str], transposes: frozenset[str]) -> Formula:
    """Read a formula without macros; where a comment swallows too much, only its words."""
    try:
        return _read(text, words, transposes, mend_comment=False)
    except ReadError as error:
        if "%" not in text or (error.offset == 0 and len(text) > LONGEST_FORMULA):
            raise
    return _read(text, words, transposes, mend_comment=True)


def _read(
    text: str, words: frozenset[str], transposes: frozenset[str], mend_comment: bool
) -> Formula:
    repairs: list[Repair] = []
    unknown: set[str] = set()
    tokens = split_formula(text, repairs, words, mend_comment, unknown)
    if tokens and all(token.kind in SIGNS for token in tokens):
        # a text that speaks of a sign: $\odot$, $=$
        sign = Words((tokens[0].start, tokens[-1].end), text.strip())
        return Formula(text, (Statement(sign.span, (sign,), ()),))
    paired = arrange(tokens, text, repairs)
    reader = ExpressionReader(paired, text, repairs, transposes, find_indices(text))
    statements = tuple(map(turn_conditions, _read_statements(reader)))
    mended = tuple(sorted(set(repairs), key=lambda one: one.span))
    return Formula(text, statements, mended, frozenset(unknown))


def _read_statements(reader: Reader) -> list[Statement]:
    found: list[Statement] = []
    label = heading = ""
    arrow = introduces = False
    while (token := reader.token) is not None:
        if token.kind in ("sep", "row", "comma", "stop") or (found and reader.at("rel", ":")):
            arrow = False
            heading = heading if introduces else ""
            reader.advance()
        elif _is_gloss(reader, token):
            arrow = True
            reader.advance()
        elif token.kind == "label":
            label = token.text
            reader.advance()
            if found and not found[-1].label and _ends_row(reader):
                found[-1] = replace(found[-1], label=label)
                label = ""
        elif found and not found[-1].label and _is_equation_number(reader):
            end = reader.partner[reader.spot]
            span = (reader.tokens[reader.spot].end, reader.tokens[end].start)
            found[-1] = replace(found[-1], label=reader.text[slice(*span)].strip())
            reader.spot = end + 1
        else:
            begins_line = reader.begins_line
            words = _read_words(reader)
            if words is not None and not _is_said(reader, words):
                found.append(Statement(words.span, (words,), ()))
                introduces = reader.at("rel", ":")
                if introduces:
                    reader.advance()
                introduces = introduces or words.text.rstrip().endswith(":")
                heading = _read_heading(words, introduces) if begins_line else ""
                continue
            statement = _read_statement(reader, words)
            if arrow and found and _changes(found[-1], statement):
                target = found.pop().sides[0]
                statement = replace(
                    statement,
                    span=(target.span[0], statement.span[1]),
                    sides=(target, *statement.sides),
                    signs=("leftarrow",),
                )
            found.append(replace(statement, label=label, heading=heading))
            label = heading = ""
            arrow = False
    return found


def _is_equation_number(reader: Reader) -> bool:
    r"""a = b \qquad (3.1): a number in brackets behind a wide blank, at the end of its line."""
    if not (reader.at("open", "(") and reader.tokens[reader.spot - 1].kind == "sep"):
        return False
    end = reader.partner[reader.spot]
    after, inside = reader.peek(end + 1), reader.tokens[reader.spot + 1 : end]
    if after is not None and after.kind != "row":
        return False
    kinds = [token.kind for token in inside]
    return kinds[:1] == ["number"] and set(kinds[1:]) <= {"number", "stop", "letter"}


def _is_gloss(reader: Reader, token: Token) -> bool:
    """An arrow that says what follows from what, or where running text goes on."""
    if token.kind != "rel":
        return False
    to_words = token.text == "leftarrow" and reader.is_words(reader.spot + 1)
    return token.text in GLOSS_ARROWS or to_words


def _changes(before: Statement, after: Statement) -> bool:
    r"""w \to w - \eta g: an arrow from a name to what is computed from it assigns."""
    if len(before.sides) != 1 or len(after.sides) != 1 or before.continues or after.continues:
        return False
    name, value = before.sides[0], after.sides[0]
    if not isinstance(name, Name) or isinstance(value, Name):
        return False
    return any(node == replace(name, span=node.span) for node in walk(value) if _is_name(node))


def _is_name(node: Node) -> bool:
    return isinstance(node, Name)


def _read_words(reader: Reader) -> Words | None:
    """Running text, with what it speaks of: \\text{gradient of } W."""
    if _is_title(reader):
        start = reader.advance().start
        title = reader.advance()
        return Words((start, reader.advance().end), title.text)
    if not reader.is_words():
        return None
    words = reader.read_words()
    token = reader.token
    awaits = words.text.rstrip().rsplit(" ", 1)[-1].lower() in PREPOSITIONS and " " in words.text
    if not awaits or token is None or token.kind not in STARTS or reader.is_words():
        return words
    named = reader.read_product()
    span = (words.span[0], named.span[1])
    return Words(span, f"{words.text.rstrip()} {reader.text[slice(*named.span)]}")


def _is_title(reader: Reader) -> bool:
    """(Variance) \\sigma^2 = ...: a word in brackets in front of a formula, on its line."""
    if not (reader.at("open") and reader.begins_line):
        return False
    end = reader.partner[reader.spot]
    word, after = reader.peek(reader.spot + 1), reader.peek(end + 1)
    if end != reader.spot + 2 or word is None or after is None:
        return False
    return word.kind in ("word", "text", "roman") and after.kind in STARTS and len(word.text) > 3


def _is_said(reader: Reader, words: Words) -> bool:
    """Whether running text is said to equal something: it is the side of a statement then."""
    bare = words.text.strip(" .,:;()").lower()
    token = reader.token
    equated = token is not None and token.kind == "rel" and token.text in EQUATING
    return equated and bare not in CONNECTIVES and words.text.strip()[-1:] not in (",", ".", ";")


def _read_heading(words: Words, introduces: bool) -> str:
    """What running text says of the formula behind it; "if", "where" and "for all" say nothing."""
    bare = words.text.strip(" .,:;")
    connects = (bare.lower().split() or [""])[0] in CONNECTIVES
    return "" if connects and not (introduces and " " in bare) else bare


def _ends_row(reader: Reader) -> bool:
    return reader.token is None or reader.token.kind in ("row", "stop")


def _read_statement(reader: Reader, first: Node | None = None) -> Statement:
    """Sides and signs until a separator, a comma, running text or a gloss arrow."""
    start = reader.token.start if reader.token is not None else 0
    sides: list[Node] = []
    signs: list[str] = []
    continues = reader.at("rel") and first is None
    if first is not None:
        start = first.span[0]
        sides.append(first)
    elif not continues:
        sides.append(_read_side(reader))
    while reader.token is not None and reader.token.kind == "rel":
        if _is_gloss(reader, reader.token) and signs != [":"]:
            # but f: A \\to B says what f takes and gives
            break
        if signs and reader.at("rel", ":") and signs[-1] != "?":
            break
        token = reader.advance()
        sign = token.text
        while reader.at("row") or reader.at("sep"):
            reader.advance()
        if sign not in ("?", ":") and reader.at("rel", sign):
            reader.mend(f"the sign {sign} stands twice")
            continue
        if reader.token is None or reader.token.kind in ("label", "stop"):
            reader.mend(f"nothing stands behind the sign {sign}", token)
            break
        signs.append(sign)
        sides.append(_read_side(reader))
    last = reader.token
    ends = ("sep", "row", "comma", "stop", "label", "rel")
    if last is not None and last.kind not in ends and not reader.is_words():
        reader.refuse(f"{last.text} cannot stand here")
    if not sides:
        # a sign by itself says nothing
        span = (start, reader.last_end)
        return Statement(span, (Words(span, reader.text[slice(*span)]),), ())
    if "?" in signs:
        sides, signs = _choose(sides, signs)
    signs = ["=" if sign == "==" else sign for sign in signs]
    return Statement((start, reader.last_end), tuple(sides), tuple(signs), continues)


def _choose(sides: list[Node], signs: list[str]) -> tuple[list[Node], list[str]]:
    """da = x == a ? b : c, as code has it: da is b where x = a, else c.

    A statement that begins with its sign has no side before it: then nothing is chosen.
    """
    asked = signs.index("?")
    if signs[asked + 1 :] != [":"] or len(sides) <= asked + 2:
        return sides, signs
    first = max((n + 1 for n, sign in enumerate(signs[:asked]) if sign == "="), default=0)
    condition = sides[first]
    for sign, side in zip(signs[first:asked], sides[first + 1 : asked + 1], strict=True):
        span = (condition.span[0], side.span[1])
        condition = Compared(span, condition, "=" if sign == "==" else sign, side)
    span = (condition.span[0], sides[asked + 2].span[1])
    rows = ((sides[asked + 1], condition), (sides[asked + 2], None))
    return [*sides[:first], Cases(span, rows)], signs[:first]


def _read_side(reader: Reader) -> Node:
    """An expression; a list where dots follow a comma: i = 1, \\ldots, n."""
    if reader.is_words():
        return reader.read_words()
    side = reader.read_expression()
    if reader.at("comma") and (reader.lists_dots() or reader.lists_numbers()):
        return reader.read_row_of(side)
    return side
