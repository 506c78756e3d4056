"""What a command of LaTeX reads: names, accents, styles, changes, labels, roots."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from symbackprop.reading.fractions import read_fraction
from symbackprop.reading.reader import Reader
from symbackprop.reading.spelling import (
    ACCENTS,
    BOXES,
    BRACES,
    COMMANDS,
    DOTS,
    FRACTIONS,
    IGNORED_LABELS,
    STARTS,
    STYLES,
    SUMS,
    SYMBOLS,
)
from symbackprop.reading.sums import read_sum, sums_its_letter
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import (
    Braced,
    Call,
    Derivative,
    Dots,
    Gradient,
    Listed,
    Lowered,
    Name,
    Node,
    Number,
    Script,
    Span,
    Transposed,
    Words,
)

# what a factor ends with
ENDS = frozenset({"letter", "word", "rbrace", "close", "prime"})


def read_command(reader: Reader, token: Token) -> Node:
    said = token.text
    span = (token.start, token.end)
    if said in FRACTIONS:
        return read_fraction(reader)
    if said in SUMS:
        return read_sum(reader)
    reader.advance()
    if said in DOTS:
        return Dots(span)
    if said in ("partial", "Delta"):
        return _read_mark(reader, token)
    if said == "nabla":
        return _read_gradient(reader, span)
    if said == "Sigma" and sums_its_letter(reader):
        reader.spot -= 1
        return read_sum(reader)
    if said in SYMBOLS:
        return Name(span, base=said, style=reader.style)
    if said == "substack":
        return reader.read_argument()
    if said in ACCENTS:
        return _read_accent(reader, token)
    if said in STYLES:
        style, reader.style = reader.style, STYLES[said] or reader.style
        body = _read_styled(reader)
        reader.style = style
        return body
    if said in BRACES:
        return _read_braced(reader, token)
    if said in BOXES:
        return _read_box(reader, token)
    if said in IGNORED_LABELS:
        return _read_labelled(reader, token)
    if said == "sqrt":
        return _read_root(reader, span)
    if said in ("binom", "dbinom", "tbinom"):
        top, bottom = reader.read_argument(), reader.read_argument()
        name = Name(span, base="binom")
        return Call((token.start, reader.last_end), name, (top, bottom), True)
    if said not in COMMANDS and reader.at("lbrace"):
        return _read_unknown(reader, token)
    return Name(span, base=said, style=reader.style)


def _read_unknown(reader: Reader, token: Token) -> Node:
    """A macro that nobody defines with several groups: what it makes of them, nobody knows."""
    arguments: list[Node] = []
    while reader.at("lbrace"):
        if reader.partner[reader.spot] == reader.spot + 1:
            reader.spot += 2
            continue
        arguments.append(reader.read_braces())
    name = Name((token.start, token.end), base=token.text)
    return Call((token.start, reader.last_end), name, tuple(arguments), True)


def _read_box(reader: Reader, token: Token) -> Node:
    """A box around something; what is struck out is struck out with its goal, \\cancelto{0}{x}."""
    if token.text == "cancelto":
        reader.read_argument()
    if reader.at("open", "["):
        reader.spot = reader.partner[reader.spot] + 1
    body = reader.read_argument()
    return Braced((token.start, reader.last_end), body)


def _read_styled(reader: Reader) -> Node:
    """The argument of \\mathbf: a minus sign alone may stand before a number there."""
    begin = reader.tokens[reader.spot - 1].start
    body = reader.read_argument()
    if isinstance(body, Number) and reader.style == "bb":
        return Name((begin, reader.last_end), base=str(body.value), style="bb")
    if reader.style == "bf":
        body = _read_ones(reader, body, begin)
    if isinstance(body, Name):
        return _replace_name(body, (begin, reader.last_end))
    return body


def _read_ones(reader: Reader, body: Node, begin: int) -> Node:
    r"""\\mathbf{1}_n, \\mathbf{1}^\\top and a \\mathbf{1} are vectors; alone it may be a number."""
    if isinstance(body, Transposed):
        return replace(body, body=_read_ones(reader, body.body, begin))
    held = body.body if isinstance(body, Lowered) else body
    if not isinstance(held, Number) or held.value not in (0, 1) or held.decimals:
        return body
    if reader.at("open") and reader.spot in reader.holds_relation:
        # an indicator, \\mathbf{1}(i = j)
        return body
    lower = body.lower if isinstance(body, Lowered) else ()
    end = reader.partner.get(reader.spot + 1, reader.spot + 1)
    above = {token.text for token in reader.tokens[reader.spot + 1 : end + 1]}
    marked = reader.at("sub") or (reader.at("sup") and bool(above & reader.transposes))
    if not (lower or marked or _is_factor(reader, begin)):
        return body
    return Name((begin, reader.last_end), base=str(held.value), lower=lower, style="bf")


def _is_factor(reader: Reader, begin: int) -> bool:
    """Whether what began there has something side by side with it."""
    after = reader.token
    if after is not None and after.kind in STARTS - {"open", "number"} and not reader.is_words():
        return True
    spot = bisect_left(reader.tokens, begin, key=lambda token: token.start) - 1
    return spot >= 0 and reader.tokens[spot].kind in ENDS


def _read_mark(reader: Reader, token: Token) -> Node:
    """\\partial w or \\Delta w: a change of what follows; alone it is a name."""
    name = Name((token.start, token.end), base=token.text, style=reader.style)
    following = reader.token
    if following is not None and following.kind == "sub" and token.text == "partial":
        return _read_short_derivative(reader, name)
    if following is None or following.kind in ("sup", "sub", "prime"):
        return name
    if following.kind not in STARTS or following.kind == "number" or reader.is_words():
        return name
    if following.kind == "open" and token.text == "Delta":
        return name
    if following.kind == "macro" and following.text in FRACTIONS | DOTS | frozenset(SUMS):
        return name
    body = reader.read_factor()
    span = (token.start, body.span[1])
    if token.text == "Delta":
        called = body.function if isinstance(body, Call) else body
        if isinstance(called, Name):
            # Δw is a quantity with w's scripts; Δw(k) its value at k.
            change = replace(called, span=span, base=f"Delta {called.base}")
            if isinstance(body, Call):
                return replace(body, function=change, span=span)
            return change
    return Call(span, name, (body,), True)


def _read_short_derivative(reader: Reader, mark: Name) -> Node:
    """\\partial_w C is the derivative of C by w."""
    reader.advance()
    content = reader.read_script_content()
    token = reader.token
    if not content:
        return mark
    by = content[0] if len(content) == 1 else Listed((content[0].span[0], reader.last_end), content)
    if token is None or token.kind not in STARTS or reader.is_words():
        return replace(mark, span=(mark.span[0], reader.last_end), lower=(Script(by),))
    body = reader.read_factor()
    return Derivative((mark.span[0], body.span[1]), body, by)


def _read_gradient(reader: Reader, span: Span) -> Node:
    by: Node | None = None
    marks = 0
    while reader.at("sub"):
        marks += 1
        if marks > 1:
            reader.refuse("two lower scripts on one nabla")
        reader.advance()
        content = reader.read_script_content()
        if content:
            whole = (content[0].span[0], content[-1].span[1])
            by = content[0] if len(content) == 1 else Listed(whole, content)
    token = reader.token
    if token is None or token.kind not in STARTS or reader.is_words():
        return Name((span[0], reader.last_end), base="nabla")
    body = reader.read_factor()
    return Gradient((span[0], body.span[1]), body, by)


def _read_accent(reader: Reader, token: Token) -> Node:
    accent = ACCENTS[token.text]
    if reader.at("open"):
        reader.mend("an accent over a bracket was skipped", token)
        return reader.read_factor()
    inner = reader.peek(reader.spot + 1) if reader.at("lbrace") else reader.token
    if inner is not None and inner.text == "nabla" and inner.kind == "macro":
        reader.spot = reader.partner[reader.spot] + 1 if reader.at("lbrace") else reader.spot + 1
        return _read_gradient(reader, (token.start, reader.last_end))
    body = reader.read_argument()
    span = (token.start, reader.last_end)
    if isinstance(body, Number) and body.decimals == 0:
        return Name(span, base=str(body.value), accent=accent, style=reader.style)
    if isinstance(body, Name) and not body.accent:
        return Name(
            span, body.base, body.upper, body.lower, body.primes, accent, body.style, body.star
        )
    if accent in ("bar", "underline"):
        name = Name((token.start, token.end), base="overline")
    else:
        name = Name((token.start, token.end), base=accent)
    return Call(span, name, (body,), True)


def _read_braced(reader: Reader, token: Token) -> Node:
    body = reader.read_argument()
    label: Node | None = None
    if reader.at("sub") or reader.at("sup"):
        reader.advance()
        _skip_sign(reader)
        content = reader.read_script_content()
        if content:
            whole = (content[0].span[0], content[-1].span[1])
            label = content[0] if len(content) == 1 else Listed(whole, content)
    if isinstance(label, Name) and label.style == "text":
        label = Words(label.span, label.base)
    return Braced((token.start, reader.last_end), body, label)


def _read_labelled(reader: Reader, token: Token) -> Node:
    """\\overset{label}{body}; over a sign the label is dropped."""
    if reader.at("lbrace"):
        end = reader.partner[reader.spot]
        mark = reader.peek(reader.spot + 1)
        reader.spot = end + 1
        label: Node = Words(
            (mark.start if mark else token.start, reader.tokens[end].start),
            reader.text[mark.start if mark else token.start : reader.tokens[end].start],
        )
    else:
        label = reader.read_single()
    body = reader.read_argument()
    return Braced((token.start, reader.last_end), body, label)


def _read_root(reader: Reader, span: Span) -> Node:
    degree: Node | None = None
    if reader.at("open", "["):
        end = reader.partner[reader.spot]
        reader.advance()
        items = reader.read_list(end)
        reader.advance()
        degree = items[0] if items else None
    body = reader.read_argument()
    arguments = (body,) if degree is None else (body, degree)
    return Call((span[0], reader.last_end), Name(span, base="sqrt"), arguments, True)


def _replace_name(name: Name, span: Span) -> Name:
    return Name(
        span, name.base, name.upper, name.lower, name.primes, name.accent, name.style, name.star
    )


def _skip_sign(reader: Reader) -> None:
    """A label may begin with a sign, {= \\delta}: only what follows it is kept."""
    following = reader.peek(reader.spot + 1)
    if reader.at("lbrace") and following is not None and following.kind == "rel":
        end = reader.partner.pop(reader.spot)
        reader.spot += 1
        # the brace now stands where the sign stood
        reader.tokens[reader.spot] = reader.tokens[reader.spot - 1]
        reader.partner[reader.spot], reader.partner[end] = end, reader.spot
