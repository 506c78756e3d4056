"""Read the small arithmetic grammar of a computation graph: text --> sympy expression.

    expression   sums and products of powers: + - * / ^, unary minus, brackets
    power        right-associative, above the unary minus: -x^2 is -(x^2), 2^3^x is 2^(3^x)
    number       12, 0.5, 1e-3; always exact, 0.5 --> 1/2
    quantity     x, W[j, k], h[t - 1, k]; the indices are linear in axes and sizes
    function     exp(x), max(a, b) and all of the table (primitives.py), and what the caller names
    sum          sum(k, expression), over the declared range of the axis k

Text from outside is taken apart here by hand: it is never evaluated, and its length, its nesting
and its numbers are bounded, so that hostile text is refused at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, NoReturn, TypeVar

import sympy

from symbackprop.equations import Written, skeleton
from symbackprop.errors import InputError, name_choices
from symbackprop.primitives import PRIMITIVES

MAX_LENGTH = 10_000
MAX_NESTING = 100
MAX_DIGITS = 30
MAX_EXPONENT = 64
MAX_BITS = 4096
MAX_CONSTANT = 1000
MAX_ROOTS = 20
ONE = sympy.Integer(1)

Names = Mapping[str, tuple[sympy.Basic, int]]
Axes = Mapping[str, tuple[sympy.Symbol, sympy.Expr, sympy.Expr]]
Functions = Mapping[str, Callable[..., sympy.Expr]]
Result = TypeVar("Result")

TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+(?!\w))?|\.\d+)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|\.\.|[-+*/^()\[\],])"
)

# sign that is not of the grammar --> what is written for it
INSTEAD = {
    "**": "power is ^, as in x^2",
    "·": "product is *",
    "×": "product is *",
    "−": "minus is -",
    "{": "brackets are ( )",
    "}": "brackets are ( )",
    "=": "an equation has one quantity on its left; this is an expression",
    ";": "arguments and indices are separated by commas",
    ".": "a decimal has digits on both sides of its point, as in 2.0",
    "\\": "this is plain arithmetic, not LaTeX",
}


class Lexeme(NamedTuple):
    """A word of the text: kind (number, name, sign, end), its text and where it begins."""

    kind: str
    text: str
    start: int


def parse_expression(text: str, *, names: Names, axes: Axes, functions: Functions) -> sympy.Expr:
    """Read an expression.

    `names` maps a quantity to (Symbol, 0) or (IndexedBase, rank), `axes` an axis to (symbol, low,
    high), `functions` a name to what is called with its one argument (a function that stays named).
    Sizes (the symbols in the ranges of axes) may be used as numbers and in indices.

    Raises InputError, with line, column and a caret, on anything that is not of the grammar.

    >>> x, W, a, j, k = sympy.Symbol("x"), *sympy.symbols("W a", cls=sympy.IndexedBase), *(
    ...     sympy.symbols("j k", integer=True))
    >>> n = sympy.Symbol("n", integer=True)
    >>> names = {"x": (x, 0), "W": (W, 2), "a": (a, 1)}
    >>> axes = {"j": (j, 1, n), "k": (k, 1, n)}
    >>> parse_expression("-0.5*x^2", names=names, axes=axes, functions={})
    -x**2/2
    >>> parse_expression("sum(k, W[j, k]*a[k])", names=names, axes=axes, functions={})
    Sum(W[j, k]*a[k], (k, 1, n))
    >>> parse_expression("2x", names=names, axes=axes, functions={})
    Traceback (most recent call last):
    symbackprop.errors.InputError: line 1, column 2: a * is missing; write 2*x
      2x
       ^
    """
    return parse_right_side(text, names=names, axes=axes, functions=functions)[0]


def parse_right_side(
    text: str, *, names: Names, axes: Axes, functions: Functions
) -> tuple[sympy.Expr, Written]:
    """Read an expression, and how it was written.

    >>> x, y = sympy.symbols("x y")
    >>> names = {"x": (x, 0), "y": (y, 0)}
    >>> parse_right_side("y + 2*x*y", names=names, axes={}, functions={})
    (2*x*y + y, Written(terms=(y, x*y), names=('y', 'x')))
    """
    parser = Parser(text, names, axes, functions)
    expression = parser.finish(parser.read_sum())
    return expression, Written(tuple(parser.terms), tuple(dict.fromkeys(parser.read_names)))


def parse_quantity(text: str, *, names: Names, axes: Axes) -> sympy.Expr:
    """Read a left side: a scalar `q` or an indexed quantity `h[t, j]`.

    Raises InputError on an unknown name, a wrong number of indices, or anything else.

    >>> t = sympy.Symbol("t", integer=True)
    >>> parse_quantity("h[t - 1]", names={"h": (sympy.IndexedBase("h"), 1)}, axes={"t": (t, 1, 9)})
    h[t - 1]
    """
    parser = Parser(text, names, axes, {})
    name = parser.advance()
    if name.kind != "name":
        parser.refuse(name, "a quantity is wanted here, such as q or h[t, j]")
    return parser.finish(parser.read_quantity(name))


def scan_quantity(text: str) -> tuple[str, int]:
    """Read the name of a left side and how many indices it has, before anything is declared.

    >>> scan_quantity("h[t, j]"), scan_quantity("q")
    (('h', 2), ('q', 0))
    """
    parser = Parser(text, {}, {}, {})
    name = parser.advance()
    if name.kind != "name":
        parser.refuse(name, "a quantity is wanted here, such as q or h[t, j]")
    rank = 0
    if parser.accept("["):
        rank = 1
        while not parser.accept("]"):
            token = parser.advance()
            if token.kind == "end" or token.text in ("[", "("):
                parser.refuse(token, "the bracket [ is not closed; a left side reads h[t, j]")
            rank += token.text == ","
    return parser.finish((name.text, rank))


def parse_range(
    text: str, *, names: Mapping[str, sympy.Expr] | None = None
) -> tuple[sympy.Expr, sympy.Expr]:
    """Read the range of an axis: `1..T` --> (1, T), both ends included.

    The ends are linear in integers and sizes. With `names` only these sizes are known; without,
    every name is a new size: Symbol(name, integer=True).

    >>> parse_range("0..T-1")
    (0, T - 1)
    """
    sizes = names
    if sizes is None:
        found = (token.text for token in split_tokens(text) if token.kind == "name")
        sizes = {name: sympy.Symbol(name, integer=True) for name in found}
    parser = Parser(text, {}, {}, {}, sizes)
    low = parser.read_index()
    if not parser.accept(".."):
        parser.refuse(parser.next, "a range reads low..high, as in 1..T")
    high = parser.read_index()
    parser.finish(None)
    length = high - low + 1
    if length.is_number and length <= 0:
        raise InputError(f"the range {text.strip()} ends before it begins")
    return low, high


def locate(text: str, start: int, message: str) -> str:
    """Word a complaint with its line, its column, the text and a caret below it."""
    lines = text[:start].split("\n")
    row, column = len(lines), len(lines[-1])
    line = text.split("\n")[row - 1]
    # a long line is cut to what stands around the place
    left = max(0, column - 60)
    shown = "".join(c if c.isprintable() else "?" for c in line[left : left + 90].expandtabs(1))
    caret = " " * (column - left) + "^"
    return f"line {row}, column {column + 1}: {message}\n  {shown}\n  {caret}"


def split_tokens(text: str) -> list[Lexeme]:
    """Split a text into its words; the last one is the end."""
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"the text has {len(text)} characters, at most {MAX_LENGTH} are read; "
            "name its parts by equations of their own"
        )
    tokens, start = [], 0
    while start < len(text):
        found = TOKEN.match(text, start)
        if not found or found.group() in INSTEAD:
            sign = found.group() if found else text[start]
            hint = INSTEAD.get(sign, "signs are + - * / ^ ( ) [ ] and the comma")
            raise InputError(locate(text, start, f"{sign!r} is not of this grammar; {hint}"))
        if found.lastgroup != "space":
            tokens.append(Lexeme(str(found.lastgroup), found.group(), start))
        start = found.end()
    return [*tokens, Lexeme("end", "", len(text.rstrip()))]


def is_bounded(expression: sympy.Expr) -> bool:
    """Tell whether the leading number of an expression is small enough to go on with."""
    if isinstance(expression, sympy.Rational):
        return max(expression.p.bit_length(), expression.q.bit_length()) <= MAX_BITS
    return all(
        is_bounded(number)
        for number in (expression.as_coeff_Add()[0], expression.as_coeff_Mul()[0])
        if isinstance(number, sympy.Rational)
    )


def count_roots(product: sympy.Expr) -> int:
    """Count the roots of numbers in a product; sympy compares them pair by pair.

    >>> count_roots(sympy.sqrt(2) * sympy.cbrt(5) * sympy.Symbol("x"))
    2
    """
    return sum(factor.is_Pow and factor.base.is_Rational for factor in sympy.Mul.make_args(product))


def raise_power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """Raise to a power, unless the numbers in it would grow beyond all use.

    Raises InputError, whose message has no place yet.
    """
    if any(abs(number) > MAX_EXPONENT for number in exponent.atoms(sympy.Rational)):
        raise InputError(f"an exponent holds no number beyond {MAX_EXPONENT}")
    if exponent.is_number and not exponent.is_Rational:
        raise InputError("a constant exponent is one number, such as 2, 0.5 or 1/2")
    if base.is_zero and exponent.is_negative:
        raise InputError("this divides by 0")
    leading = base if base.is_Rational else base.as_coeff_Mul()[0]
    if exponent.is_Rational and leading.is_Rational:
        bits = max(leading.p.bit_length(), leading.q.bit_length())
        # 1 takes one bit, and stays 1
        if bits > 1 and bits * abs(exponent) > MAX_BITS:
            raise InputError("this power of a number is too large to be written out")
    power = base**exponent
    for part in power.atoms(sympy.Pow):
        if any(abs(number) > MAX_EXPONENT for number in part.exp.atoms(sympy.Rational)):
            raise InputError(f"powers of powers go up to the exponent {MAX_EXPONENT}")
    return power


def raise_e(argument: sympy.Expr) -> sympy.Expr:
    """Give exp(argument); sympy would write out exp(1000000*log(9)) as a number."""
    if argument.has(sympy.log) and any(
        abs(number) > MAX_EXPONENT for number in argument.atoms(sympy.Rational)
    ):
        raise InputError(f"beside a log, exp takes no number beyond {MAX_EXPONENT}")
    return sympy.exp(argument)


def take_logarithm(argument: sympy.Expr) -> sympy.Expr:
    """Give the natural logarithm."""
    if argument.is_zero:
        raise InputError("log(0) has no value")
    return sympy.log(argument)


def take_extreme(extreme: type, *arguments: sympy.Expr) -> sympy.Expr:
    """Give Max or Min; sympy's own comparing of many arguments may take minutes."""
    return extreme(*arguments, evaluate=all(a.is_number for a in arguments))


# functions whose numbers might grow beyond all use --> what is called in their place
GUARDED: dict[str, Callable[..., sympy.Expr]] = {
    "exp": raise_e,
    "log": take_logarithm,
    "sqrt": lambda argument: raise_power(argument, sympy.Rational(1, 2)),
    "max": partial(take_extreme, sympy.Max),
    "min": partial(take_extreme, sympy.Min),
}
# name --> number of arguments (None: two or more), what is called with them
FUNCTIONS: dict[str, tuple[int | None, Callable[..., sympy.Expr]]] = {
    name: (row.arguments, GUARDED.get(row.name, row.make))
    for row in PRIMITIVES.values()
    for name in (*row.words, *row.code)
}


class Parser:
    """A recursive descent over the words of one text; each `read_` consumes what it names."""

    def __init__(
        self,
        text: str,
        names: Names,
        axes: Axes,
        functions: Functions,
        sizes: Mapping[str, sympy.Expr] | None = None,
    ) -> None:
        self.text = text
        self.tokens = split_tokens(text)
        self.position = 0
        self.nesting = 0
        self.names = names
        self.axes = axes
        # the caller's functions take one argument, as activations do
        self.functions = {**FUNCTIONS, **{name: (1, call) for name, call in functions.items()}}
        self.summed: set[str] = set()
        self.terms: list[sympy.Expr] = []
        self.read_names: list[str] = []
        self.sizes = find_sizes(axes) if sizes is None else sizes

    @property
    def next(self) -> Lexeme:
        return self.tokens[self.position]

    def advance(self) -> Lexeme:
        token = self.next
        if token.kind != "end":
            self.position += 1
        return token

    def accept(self, *signs: str) -> Lexeme | None:
        """Take the next word if it is one of these signs."""
        token = self.next
        if token.kind == "sign" and token.text in signs:
            self.position += 1
            return token
        return None

    def close(self, sign: str, opening: Lexeme) -> None:
        """Take a closing bracket, or complain of the one that is open."""
        if not self.accept(sign):
            self.refuse_juxtaposed()
            if self.next.kind == "end":
                self.refuse(opening, f"the bracket {opening.text} is not closed")
            self.refuse(self.next, f"{sign} is wanted here, not {self.next.text!r}")

    def refuse(self, token: Lexeme, message: str) -> NoReturn:
        raise InputError(locate(self.text, token.start, message))

    def finish(self, result: Result) -> Result:
        """Give the result if the text ends here."""
        self.refuse_juxtaposed()
        if self.next.kind != "end":
            self.refuse(self.next, f"the text should end here, before {self.next.text!r}")
        return result

    def refuse_juxtaposed(self) -> None:
        """Complain of 2x, of x y and of x(y)."""
        after = self.tokens[self.position - 1]
        if self.next.kind in ("name", "number") or self.next.text == "(":
            if after.kind in ("name", "number") and self.next.text != "(":
                self.refuse(self.next, f"a * is missing; write {after.text}*{self.next.text}")
            self.refuse(self.next, f"a * is missing before {self.next.text}; products are written")

    def deepen(self, token: Lexeme) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.refuse(token, f"this nests more than {MAX_NESTING} deep; name its parts")

    def read_sum(self) -> sympy.Expr:
        terms = [self.read_product()]
        while sign := self.accept("+", "-"):
            term = self.read_product()
            terms.append(term if sign.text == "+" else -term)
        if len(terms) > 1:
            self.terms += map(skeleton, terms)
        return self.combine(terms, sympy.Add) if len(terms) > 1 else terms[0]

    def read_product(self) -> sympy.Expr:
        factors = [self.read_signed()]
        while sign := self.accept("*", "/"):
            place = self.next
            factor = self.read_signed()
            if sign.text == "/":
                factor = self.attempt(place, partial(raise_power, factor, -ONE))
            factors.append(factor)
        return self.combine(factors, sympy.Mul) if len(factors) > 1 else factors[0]

    def combine(self, parts: list[sympy.Expr], operation: Callable) -> sympy.Expr:
        """Add or multiply all parts at once (pair by pair takes the square of the time)."""
        others = [part for part in parts if not part.is_Rational]
        if operation is sympy.Mul and sum(map(count_roots, others)) > MAX_ROOTS:
            self.refuse(
                self.tokens[self.position - 1],
                f"a product has at most {MAX_ROOTS} roots of numbers; write its value",
            )
        number = operation()
        for part in parts:
            if part.is_Rational:
                number = self.bound(operation(number, part))
        return self.bound(operation(number, *others))

    def bound(self, expression: sympy.Expr) -> sympy.Expr:
        # sympy gathers roots: 2^(1/7)*3^(1/7) --> 6^(1/7)
        bases = [factor.as_base_exp()[0] for factor in sympy.Mul.make_args(expression)]
        if not all(is_bounded(part) for part in [expression, *bases]):
            self.refuse(self.tokens[self.position - 1], "up to here the numbers grow too large")
        return expression

    def attempt(self, token: Lexeme, build: Callable[[], sympy.Expr]) -> sympy.Expr:
        """Build an expression; a refusal gets the place of the token."""
        try:
            return self.bound(build())
        except InputError as refusal:
            if "\n" in str(refusal):
                raise
            raise InputError(locate(self.text, token.start, str(refusal))) from None

    def read_signed(self) -> sympy.Expr:
        negative = False
        while sign := self.accept("+", "-"):
            negative ^= sign.text == "-"
        base = self.read_primary()
        if caret := self.accept("^"):
            self.deepen(caret)
            exponent = self.read_signed()
            self.nesting -= 1
            base = self.attempt(caret, lambda: raise_power(base, exponent))
        return -base if negative else base

    def read_primary(self) -> sympy.Expr:
        token = self.advance()
        if token.kind == "number":
            return self.read_number(token)
        if token.kind == "name":
            if token.text == "sum" and self.next.text == "(":
                return self.read_summation(self.advance())
            if self.next.text == "(":
                return self.read_call(token)
            return self.read_quantity(token)
        if token.text == "(":
            self.deepen(token)
            inner = self.read_sum()
            self.close(")", token)
            self.nesting -= 1
            return inner
        found = "the text ends" if token.kind == "end" else f"{token.text!r} stands"
        self.refuse(token, f"{found} where a number, a quantity or a bracket is wanted")

    def read_number(self, token: Lexeme) -> sympy.Expr:
        mantissa, _, exponent = token.text.lower().partition("e")
        if sum(character.isdigit() for character in mantissa) > MAX_DIGITS:
            self.refuse(token, f"a number has at most {MAX_DIGITS} digits")
        if exponent and (len(exponent) > 3 or abs(int(exponent)) > MAX_EXPONENT):
            self.refuse(token, f"a power of ten goes from -{MAX_EXPONENT} to {MAX_EXPONENT}")
        whole, _, decimals = mantissa.partition(".")
        shift = int(exponent or 0) - len(decimals)
        return sympy.Integer(int(whole + decimals)) * sympy.Integer(10) ** shift

    def read_call(self, name: Lexeme) -> sympy.Expr:
        opening = self.advance()
        if name.text not in self.functions or name.text in self.names:
            if name.text in self.names or name.text in self.sizes:
                self.refuse(opening, f"a * is missing; write {name.text}*( ... )")
            # of the words for a function its name is enough: log, not ln as well
            known = [n for n in self.functions if n in PRIMITIVES or n not in FUNCTIONS]
            self.refuse(name, name_choices("function", name.text, [*known, "sum"]))
        count, call = self.functions[name.text]
        self.deepen(opening)
        arguments = [self.read_sum()]
        while self.accept(","):
            arguments.append(self.read_sum())
        self.close(")", opening)
        self.nesting -= 1
        if len(arguments) != count and (count or len(arguments) < 2):
            wanted = "one argument" if count == 1 else "two or more arguments"
            self.refuse(name, f"{name.text} takes {wanted}, not {len(arguments)}")
        for argument in arguments:
            # sympy would work out a tower such as exp(exp(exp(100))) in order to compare it
            if argument.is_number and not (argument.is_Rational and abs(argument) <= MAX_CONSTANT):
                self.refuse(
                    name, f"a constant argument is one number, at most {MAX_CONSTANT} in magnitude"
                )
        return self.attempt(name, lambda: call(*arguments))

    def read_summation(self, opening: Lexeme) -> sympy.Expr:
        self.deepen(opening)
        axis = self.advance()
        if axis.text not in self.axes:
            self.refuse(axis, name_choices("axis", axis.text, self.axes))
        if axis.text in self.summed:
            self.refuse(axis, f"a sum over {axis.text} is going on here; sum over another axis")
        if not self.accept(","):
            self.refuse(self.next, f"a sum reads sum({axis.text}, expression)")
        self.summed.add(axis.text)
        inner = self.read_sum()
        self.summed.remove(axis.text)
        self.close(")", opening)
        self.nesting -= 1
        symbol, low, high = self.axes[axis.text]
        return sympy.Sum(inner, (symbol, low, high))

    def read_quantity(self, name: Lexeme) -> sympy.Expr:
        if name.text not in self.names:
            if name.text in self.axes:
                self.refuse(name, f"{name.text} is an axis: it stands in indices and in sums")
            if name.text in self.sizes:
                return self.sizes[name.text]
            if name.text in self.functions:
                self.refuse(name, f"{name.text} is a function; write {name.text}( ... )")
            self.refuse(name, name_choices("name", name.text, [*self.names, *self.sizes]))
        quantity, rank = self.names[name.text]
        self.read_names.append(name.text)
        indices = self.read_indices() if self.next.text == "[" else ()
        if len(indices) != rank:
            wanted = {0: "no index", 1: "one index"}.get(rank, f"{rank} indices")
            self.refuse(name, f"{name.text} takes {wanted}, not {len(indices)}")
        return quantity[indices] if indices else quantity

    def read_indices(self) -> tuple[sympy.Expr, ...]:
        opening = self.advance()
        indices = [self.read_index()]
        while self.accept(","):
            indices.append(self.read_index())
        if self.next.kind == "sign" and self.next.text in "*/^(":
            self.refuse(self.next, "an index is linear in axes, such as t - 1 or 2*i + r")
        self.close("]", opening)
        return tuple(indices)

    def read_index(self) -> sympy.Expr:
        """Read a linear expression in axes and sizes: t - 1, 2*i + r."""
        sign = self.accept("+", "-")
        terms = [self.read_index_term(sign)]
        while sign := self.accept("+", "-"):
            terms.append(self.read_index_term(sign))
        return sympy.Add(*terms)

    def read_index_term(self, sign: Lexeme | None) -> sympy.Expr:
        first = self.read_index_atom()
        times = self.accept("*")
        second = self.read_index_atom() if times else ONE
        if times and not (first.is_number or second.is_number):
            self.refuse(times, "an index is linear in axes, such as t - 1 or 2*i + r")
        return -first * second if sign and sign.text == "-" else first * second

    def read_index_atom(self) -> sympy.Expr:
        token = self.advance()
        if token.kind == "number":
            if not token.text.isdecimal():
                self.refuse(token, "an index is a whole number")
            return self.read_number(token)
        if token.kind != "name":
            self.refuse(token, "an index is wanted here, such as j, t - 1 or 2*i + r")
        if token.text in self.axes:
            return self.axes[token.text][0]
        if token.text not in self.sizes:
            known = [*self.axes, *self.sizes]
            self.refuse(token, name_choices("index", token.text, known))
        return self.sizes[token.text]


def find_sizes(axes: Axes) -> dict[str, sympy.Expr]:
    """Find the symbols in the ranges of axes that are no axes themselves, by name."""
    symbols = {
        symbol
        for _, low, high in axes.values()
        for bound in (low, high)
        # a bound may be a plain int
        for symbol in getattr(bound, "free_symbols", ())
        if isinstance(symbol, sympy.Symbol)
    }
    return {symbol.name: symbol for symbol in symbols if symbol.name not in axes}
