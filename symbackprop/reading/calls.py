"""A name and what it is applied to: brackets, or one thing without them."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import Marks, attach, read_superscript
from symbackprop.reading.spelling import (
    BARE_FUNCTIONS,
    BRACES,
    CALLED_MACROS,
    FUNCTION_CAPITALS,
    FUNCTION_LETTERS,
    FUNCTION_WORDS,
    MOST_SCRIPTS,
    STARTS,
    UNSURE_WITH_SCRIPTS,
)
from symbackprop.reading.tree import (
    Braced,
    Call,
    Compared,
    Group,
    Listed,
    Lowered,
    Name,
    Node,
    Number,
    Product,
    Total,
    walk,
)

EXTREMES = frozenset({"max", "min", "argmax", "argmin", "sup", "inf"})
EXPECTATIONS = frozenset({"E", "P"})
# letters of steps, in time or from layer to layer
STEPS = frozenset({"t", "tau", "n", "k", "l", "ell", "i", "j", "m"})
INDICATORS = frozenset({"1", "I", "chi", "mathbbm"})


def read_call(reader: Reader, body: Node, begin: int) -> Node:
    """A name before brackets is called; \\log y and \\tanh^2 z are called without them."""
    if isinstance(body, Number):
        if not _is_indicator(reader, body):
            return body
        body = Name(body.span, base="1", style="bb")
    if not isinstance(body, Name) or body.star:
        functions = _list_composed(body)
        if functions and reader.at("open", "(") and not reader.is_words():
            return _call_composed(reader, body.span[0], functions)
        return _read_indicator(body)
    if body.base == "I" and reader.at("open", "{") and reader.spot in reader.holds_relation:
        body = replace(body, style="bb")
    if body.base == "exp" and body.upper and not _is_inverse(reader, body):
        reader.mend("exp with an exponent is read as e with it", reader.tokens[begin])
        return replace(body, base="e")
    if body.base in INDICATORS and any(isinstance(s.content, Compared) for s in body.lower):
        return _read_indicator(body)
    known = body.base in FUNCTION_WORDS or body.base in CALLED_MACROS or _is_operator(reader, begin)
    indicator = body.base in ("1", "I", "E", "P") and body.style == "bb"
    if body.base == "1" and not indicator and not reader.at("open"):
        return body
    if reader.at("open") and not reader.is_words():
        called = _call_brackets(reader, body, known or indicator)
        if called is not None:
            return called
    if (known or body.base in FUNCTION_LETTERS) and _are_labelled_brackets(reader):
        return _call_labelled(reader, body)
    if body.base in BARE_FUNCTIONS:
        return _call_bare(reader, body)
    return body


def _is_inverse(reader: Reader, body: Name) -> bool:
    """exp^2(x), and exp^{-1}(x), which may be the logarithm."""
    exponent = body.upper[0].content
    if isinstance(exponent, Total) and len(exponent.terms) == 1 and reader.at("open"):
        ((_, exponent),) = exponent.terms
    return isinstance(exponent, Number)


def _call_brackets(reader: Reader, body: Name, known: bool) -> Node | None:
    """A name and the brackets behind it; None where they only follow it."""
    bracket = reader.tokens[reader.spot].text
    if bracket == "[" and _lists_arguments(reader, body):
        bracket = "("
    end = reader.partner[reader.spot]
    if end == reader.spot + 1 and bracket == "(":
        # f() speaks of the function itself
        reader.spot += 2
        return replace(body, span=(body.span[0], reader.last_end))
    certain = known or body.base == "1"
    if bracket in ("|", "||", "<") or not (bracket == "(" or certain):
        return None
    certain = certain or body.primes > 0
    if not certain and _has_marks(reader, end + 1, body) and not _is_index(reader, end):
        # x (\\delta)^T, a (1 - a)^2 and w_k (x)_k are products: nobody marks a value so
        return body
    reader.advance()
    arguments = _gather_conditions(reader.read_list(end))
    closing = reader.advance()
    if not certain and body.base in FUNCTION_LETTERS:
        scripted = body.base in UNSURE_WITH_SCRIPTS and bool(body.lower or body.upper)
        certain = not scripted and not _mentions(arguments, body)
    call = Call((body.span[0], closing.end), body, arguments, certain)
    return _read_after_call(reader, call)


def _list_composed(body: Node) -> tuple[Name, ...]:
    r"""f and g of (f \\circ g); none of (u \\circ v), which may be a product of entries."""
    product = body.body if isinstance(body, Group) and body.bracket == "(" else None
    if not isinstance(product, Product) or set(product.signs) != {"circ"}:
        return ()
    names = tuple(factor for factor in product.factors if isinstance(factor, Name))
    functions = FUNCTION_LETTERS | FUNCTION_WORDS | FUNCTION_CAPITALS
    are_functions = all(name.base in functions for name in names)
    return names if are_functions and len(names) == len(product.factors) else ()


def _call_composed(reader: Reader, start: int, functions: tuple[Name, ...]) -> Node:
    """(f o g)(x) is f(g(x))."""
    end = reader.partner[reader.spot]
    reader.advance()
    arguments = reader.read_list(end)
    stop = reader.advance().end
    if not arguments:
        reader.refuse("these brackets are empty")
    for function in reversed(functions):
        arguments = (Call((start, stop), function, arguments, True),)
    (call,) = arguments
    assert isinstance(call, Call)
    return _read_after_call(reader, call)


def _counts(reader: Reader, end: int) -> bool:
    """x[n], w[i-k]: nothing but steps in the brackets."""
    inside = reader.tokens[reader.spot + 1 : end]
    return (
        bool(inside)
        and inside[0].kind == "letter"
        and all(token.text in STEPS or token.kind in ("plus", "number") for token in inside)
    )


def _is_index(reader: Reader, end: int) -> bool:
    """Whether brackets hold a step and no factor: X(t)^T and S(k-1)_j are marked values."""
    inside = reader.tokens[reader.spot + 1 : end]
    if not inside or inside[0].text not in STEPS:
        return False
    return [token.kind for token in inside[1:]] in ([], ["plus", "number"])


def _are_labelled_brackets(reader: Reader) -> bool:
    """Whether brackets with a brace over or under them come next."""
    if not (reader.at("macro") and reader.tokens[reader.spot].text in BRACES):
        return False
    brace, opened = reader.spot + 1, reader.peek(reader.spot + 2)
    if brace not in reader.partner or opened is None or opened.text not in ("(", "["):
        return False
    return reader.partner.get(brace + 1) == reader.partner[brace] - 1


def _call_labelled(reader: Reader, body: Name) -> Node:
    argument = reader.read_factor()
    if isinstance(argument, Braced) and isinstance(argument.body, Group):
        argument = replace(argument, body=argument.body.body)
    return Call((body.span[0], argument.span[1]), body, (argument,), True)


def _gather_conditions(arguments: tuple[Node, ...]) -> tuple[Node, ...]:
    r"""p(a, b \mid c, d): what stands before the bar, given all that is behind it."""
    given = [n for n, a in enumerate(arguments) if isinstance(a, Compared) and a.sign == "|"]
    if len(given) != 1 or len(arguments) == 1:
        return arguments
    (place,) = given
    middle = arguments[place]
    assert isinstance(middle, Compared)
    left = _list_together((*arguments[:place], middle.left))
    right = _list_together((middle.right, *arguments[place + 1 :]))
    return (Compared((left.span[0], right.span[1]), left, "|", right),)


def _list_together(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Listed((nodes[0].span[0], nodes[-1].span[1]), nodes)


def _is_operator(reader: Reader, begin: int) -> bool:
    r"""\operatorname{normalize}: whoever writes so says that it is applied to something."""
    return reader.text.startswith("\\operatorname", reader.tokens[begin].start)


def _lists_arguments(reader: Reader, body: Name) -> bool:
    """f[x, y] is a call; a[x] is a product, unless a is a letter of functions."""
    opened, end = reader.tokens[reader.spot], reader.partner[reader.spot]
    if opened.spaced or reader.script_depth:
        return False
    if body.base in FUNCTION_LETTERS | EXPECTATIONS or _counts(reader, end):
        return True
    is_capital = len(body.base) == 1 and body.base.isupper() and body.style != "text"
    if is_capital and body.base not in FUNCTION_CAPITALS:
        # W[h, x] is a matrix times a vector made of two
        return False
    depth = 0
    for token in reader.tokens[reader.spot + 1 : end]:
        depth += {"open": 1, "lbrace": 1, "close": -1, "rbrace": -1}.get(token.kind, 0)
        if token.kind == "comma" and depth == 0:
            return True
    return False


def _has_marks(reader: Reader, spot: int, body: Name) -> bool:
    token = reader.peek(spot)
    if token is None:
        return False
    if token.kind == "sub":
        return bool(body.lower)
    scripted = body.base in UNSURE_WITH_SCRIPTS and bool(body.lower or body.upper)
    return token.kind in ("sup", "prime") and (scripted or body.base not in FUNCTION_LETTERS)


def _name_indicator(name: Name) -> Name:
    """1 in whatever letters."""
    return replace(name, lower=(), style="bb" if name.base == "1" else name.style)


def _read_indicator(body: Node) -> Node:
    r"""1_{z > 0} is 1(z > 0): one where the comparison below it holds."""
    lower = body.lower if isinstance(body, Name | Lowered) else ()
    conditions = tuple(s.content for s in lower if isinstance(s.content, Compared))
    if isinstance(body, Lowered):
        is_one = isinstance(body.body, Number) and body.body.value == 1
        name: Node = Name(body.body.span, base="1", style="bb")
    else:
        is_one = isinstance(body, Name)
        name = _name_indicator(body) if isinstance(body, Name) else body
    if not is_one or len(conditions) != len(lower) or not conditions:
        return body
    return Call(body.span, name, conditions, True)


def _call_bare(reader: Reader, body: Name) -> Node:
    token = reader.token
    if token is None or reader.is_words():
        return body
    if token.kind == "plus" and token.text == "-" and not body.lower:
        following = reader.peek(reader.spot + 1)
        if following is None or following.kind not in STARTS:
            return body
        argument: Node = _read_signed_factor(reader)
    elif token.kind not in STARTS:
        return body
    elif body.lower and body.base in EXTREMES:
        # max_k w_k x_k reaches as far as a sum
        argument = reader.read_product()
    else:
        argument = reader.read_factor()
    return Call((body.span[0], argument.span[1]), body, (argument,), True)


def _read_signed_factor(reader: Reader) -> Node:
    sign = reader.advance()
    body = reader.read_factor()
    return Total((sign.start, body.span[1]), ((sign.text, body),))


def _read_after_call(reader: Reader, call: Call) -> Node:
    marks = Marks()
    count = 0
    while (token := reader.token) is not None and token.kind in ("prime", "sup", "sub"):
        count += 1
        if count > MOST_SCRIPTS:
            reader.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
        reader.advance()
        if token.kind == "prime":
            marks.primes += 1
        elif token.kind == "sup":
            read_superscript(reader, marks, False)
        else:
            marks.lower.extend(reader.read_lower())
    return attach(call, marks, (call.span[0], reader.last_end))


def _is_indicator(reader: Reader, body: Number) -> bool:
    """1(x > 0): the number one before a comparison in brackets."""
    return (
        body.value == 1
        and reader.at("open")
        and reader.spot in reader.holds_relation
        and not reader.is_words()
    )


def _mentions(arguments: tuple[Node, ...], name: Name) -> bool:
    """h(1 - h): a name in its own brackets is a factor, not a function."""
    return any(
        isinstance(node, Name) and node.base == name.base and len(node.lower) == len(name.lower)
        for argument in arguments
        for node in walk(argument)
    )
