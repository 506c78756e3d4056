"""Numbers as printed: whether 0.4 * 0.59327 + 0.6 = 0.83731 holds within its rounding.

A printed number with decimals stands for all that round to it: 0.593 for 0.5925 to 0.5935. Taken
of every number, that would let 0.2 + 0.3 = 0.6 pass: so a short number (at most two significant
digits) that is calculated with is exact, as the inputs and learning rates of worked examples are.
Where a calculation holds only if short numbers are rounded as well, or only because its numbers
have far fewer digits than its result, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Literal, NamedTuple

from sympy import Symbol

from symbackprop.network.activations import FUNCTIONS
from symbackprop.primitives import PRIMITIVES, Primitive
from symbackprop.reading.tree import (
    Braced,
    Call,
    Group,
    Name,
    Node,
    Number,
    Power,
    Product,
    Ratio,
    Script,
    Statement,
    Total,
    walk,
)
from symbackprop.verification.intervals import (
    ArithmeticProblem,
    Interval,
    apply,
    evaluate_formula,
    make_point,
)

__all__ = [
    "ArithmeticProblem",
    "NumberVerdict",
    "evaluate_interval",
    "is_numeric",
    "judge_numbers",
    "match_value",
]

_Z = Symbol("z", real=True)


def _list_functions() -> Iterator[tuple[str, int | None, Callable[..., Interval]]]:
    """Words for functions of numbers: how many they take (None: two or more), what they do."""
    # in numbers a σ is the sigmoid
    for word, row in (*FUNCTIONS.items(), ("sigma", FUNCTIONS["sigmoid"])):
        if isinstance(row, Primitive):
            yield word, row.arguments, partial(apply, row)
        elif (formula := row.write(_Z)) is not None and not row.varies:
            yield word, 1, partial(evaluate_formula, formula, _Z)


CALLS = {word: (count, call) for word, count, call in _list_functions()}
# sign between two sides --> whether the text says that they are only nearly equal
SIGNS = {"=": False, ":=": False, "approx": True, "approxeq": True, "simeq": True, "doteq": True}
TIMES = {"", "cdot", "*", "times", "odot", "circ", "otimes", "bigcirc", ".*", "bullet"}
OPENING = {"", "(", "[", "{"}
DEEPEST = 100
MOST_DIGITS = 1000
SHORT = 2  # significant digits
COARSE = 10  # units in the last digit of the result
NEAR = Fraction(1499, 1000)

Verdict = Literal["holds", "wrong", "not-checkable"]
IsRounded = Callable[[Number], bool]


class NumberVerdict(NamedTuple):
    """What was found of one sign between two numeric sides: 0 is the first sign of the chain."""

    link: int
    verdict: Verdict
    message: str


@dataclass(frozen=True)
class Printed:
    """A side that is one number, with its sign and power of ten, and the unit of its last digit."""

    value: Fraction
    unit: Fraction
    digits: int


def is_numeric(node: Node) -> bool:
    """Whether a node consists of numbers and known functions only (it may still be no number).

    >>> two = Number((0, 1), Fraction(2))
    >>> is_numeric(Ratio((0, 9), two, two)), is_numeric(Ratio((0, 9), two, Name((1, 2), "x")))
    (True, False)
    """
    return next(_find_foreign(node), None) is None


def evaluate_interval(node: Node, rounded: IsRounded | None = None) -> Interval:
    """What a calculation can be, each printed number being anything that rounds to it.

    Args:
        node: numbers, + - * /, powers, brackets, e^..., and the functions of the table.
        rounded: which of the numbers with decimals are rounded and not exact; None: all of them.

    Raises:
        ArithmeticProblem: something is no number, divided by zero, or too large to work out.

    >>> evaluate_interval(Number((0, 4), Fraction("0.25"), 2))
    Interval(low=Fraction(49, 200), high=Fraction(51, 200))
    """
    return _Evaluation(rounded or (lambda number: True)).evaluate(node, 0)


def match_value(interval: Interval, value: float) -> bool:
    """Whether a printed number can stand for a computed value: up to one unit in its last digit.

    A whole unit, since texts cut digits off and carry the rounding of what was printed before.

    >>> printed = evaluate_interval(Number((0, 6), Fraction("0.3775"), 4))
    >>> match_value(printed, 0.37754), match_value(printed, 0.37761)
    (True, False)
    """
    if value != value or abs(value) == float("inf"):
        return False
    exact = Fraction(value)
    # what a float cannot tell apart
    slack = abs(exact) * Fraction(1, 10**9)
    return interval.widen(interval.width / 2 + slack).meets(make_point(exact))


def judge_numbers(statement: Statement) -> list[NumberVerdict]:
    """Judge each sign between two neighbouring numeric sides of a chain.

    "=" holds when the intervals of both sides meet; where a text says "approx", or where there is
    no exact decimal number to print, as for ln 2, a result may also be cut off and not rounded:
    0.66 for 2/3, 0.69 and 0.7 for ln 2.

    >>> half, third = (Number((0, 3), Fraction(a), 1) for a in ("0.5", "0.3"))
    >>> product = Product((0, 7), (half, half), ("*",))
    >>> judge_numbers(Statement((0, 9), (product, third), ("=",)))
    [NumberVerdict(link=0, verdict='holds', message='0.25 is 0.3 within the digits printed')]
    >>> judge_numbers(Statement((0, 9), (product, half), ("=",)))
    [NumberVerdict(link=0, verdict='wrong', message='the left side is 0.25, the right side 0.5')]
    """
    found = []
    # a statement that continues one before has a sign more, at its beginning
    signs = statement.signs[len(statement.signs) - len(statement.sides) + 1 :]
    pairs = zip(statement.sides, statement.sides[1:], signs, strict=False)
    for link, (left, right, sign) in enumerate(pairs):
        if sign not in SIGNS or not (is_numeric(left) and is_numeric(right)):
            continue
        try:
            verdict, message = _judge_link(left, right, nearly=SIGNS[sign])
            if verdict == "wrong" and (_is_irrational(left) or _is_irrational(right)):
                verdict, message = _judge_link(left, right, nearly=True)
        except ArithmeticProblem as problem:
            verdict, message = "not-checkable", str(problem)
        found.append(NumberVerdict(link, verdict, message))
    return found


def _is_irrational(node: Node) -> bool:
    """Whether a value of a function stands here that no decimal number is: ln 2, e^{-1}."""
    return any(
        isinstance(n, Call) or (isinstance(n, Name) and n.base == "e" and bool(n.upper))
        for n in walk(node)
    )


def _judge_link(left: Node, right: Node, *, nearly: bool) -> tuple[Verdict, str]:
    link = _Link((left, right), (_find_printed(left), _find_printed(right)), nearly)
    exact = link.work_out(lambda number: False)
    if exact[0].meets(exact[1]):
        return "holds", link.word_equal(exact)
    likely = link.work_out(lambda number: link.has_no_result or not _is_short(number))
    if likely[0].meets(likely[1]):
        if link.is_sharp(likely):
            return "holds", link.word_equal(likely)
        return "not-checkable", (
            "the numbers calculated with have too few digits for the digits of the result"
        )
    # a short number beside a longer result is exact: else the result would be no longer
    widest = link.work_out(
        lambda number: not _is_short(number) or _count_digits(number) >= link.digits > 0
    )
    if widest[0].meets(widest[1]) and link.is_near(exact):
        return "not-checkable", "holds only if numbers of one or two digits are rounded themselves"
    return "wrong", link.word_different(exact)


@dataclass(frozen=True)
class _Link:
    """Two neighbouring sides; `results` has those that are one printed number."""

    sides: tuple[Node, Node]
    results: tuple[Printed | None, Printed | None]
    nearly: bool

    @property
    def printed(self) -> list[Printed]:
        return [result for result in self.results if result is not None]

    @property
    def has_no_result(self) -> bool:
        """Two calculations said to be nearly equal: nothing tells which of them is exact."""
        return self.nearly and not self.printed

    @property
    def digits(self) -> int:
        return min((result.digits for result in self.printed), default=0)

    @property
    def unit(self) -> Fraction:
        """The coarsest unit of a result, 0 where none is rounded."""
        return max((result.unit for result in self.printed), default=Fraction(0))

    def work_out(self, is_rounded: IsRounded) -> tuple[Interval, Interval]:
        left, right = (
            evaluate_interval(side, is_rounded) if result is None else self.take_result(result)
            for side, result in zip(self.sides, self.results, strict=True)
        )
        return left, right

    def take_result(self, result: Printed) -> Interval:
        """What rounds to a result; where sides are nearly equal, also what is cut off to it."""
        half = result.unit / 2
        # 2.97 approx 3: beside a calculation a result without decimals is rounded too
        if self.nearly and not result.unit and len(self.printed) == 1:
            half = Fraction(1, 2)
        values = make_point(result.value).widen(half)
        if not self.nearly:
            return values
        # cut off to 0.5: from 0.5 to 0.6; to -0.5: from -0.6 to -0.5
        low = result.value - (result.unit if result.value <= 0 else half)
        high = result.value + (result.unit if result.value >= 0 else half)
        return Interval(min(low, values.low), max(high, values.high))

    def is_sharp(self, values: tuple[Interval, Interval]) -> bool:
        """Whether the rounding of what is calculated with leaves the result in view."""
        calculated = self.pick_calculated(values)
        return not self.unit or all(value.width <= COARSE * self.unit for value in calculated)

    def is_near(self, exact: tuple[Interval, Interval]) -> bool:
        """Whether the result is the exact one, rounded, or its neighbour: 0.1536 and 0.16.

        0.2 + 0.3 = 0.6 is not near: nothing had to be rounded.
        """
        calculated = self.pick_calculated(exact)
        if not self.unit or all(
            value.is_point and (value.low / self.unit).denominator == 1 for value in calculated
        ):
            return False
        # a hair less than 3/2: the neighbour, never the one after it
        left, right = (
            value if result is None else make_point(result.value).widen(self.unit * NEAR)
            for value, result in zip(exact, self.results, strict=True)
        )
        return left.meets(right)

    def pick_calculated(self, values: tuple[Interval, Interval]) -> list[Interval]:
        pairs = zip(values, self.results, strict=True)
        return [value for value, result in pairs if result is None]

    def show(self, values: tuple[Interval, Interval]) -> tuple[str, str]:
        left, right = (
            _show(value, result) for value, result in zip(values, self.results, strict=True)
        )
        return left, right

    def word_equal(self, values: tuple[Interval, Interval]) -> str:
        left, right = self.show(values)
        if left == right:
            return f"both sides are {left}"
        if self.results[0] is not None and self.results[1] is None:
            left, right = right, left
        return f"{left} is {right} within the digits printed"

    def word_different(self, values: tuple[Interval, Interval]) -> str:
        left, right = self.show(values)
        return f"the left side is {left}, the right side {right}"


def _show(side: Interval, result: Printed | None) -> str:
    if result is not None:
        # 0.3000 keeps its zeros: they are digits that the text vouches for
        return _show_number(result.value, max(result.digits, 1), zeros=bool(result.unit))
    low, high = _show_number(side.low, 10), _show_number(side.high, 10)
    return low if low == high else f"{low} to {high}"


def _show_number(value: Fraction, digits: int, *, zeros: bool = False) -> str:
    """The value to that many significant digits: 1/3, 4 --> 0.3333."""
    context = Context(prec=min(digits, 30))
    shown = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    if zeros and shown:
        shown = shown.quantize(
            Decimal(1).scaleb(shown.adjusted() + 1 - context.prec), context=context
        )
    return f"{shown:f}" if -8 < shown.adjusted() < 16 else f"{shown:e}"


def _find_printed(node: Node, depth: int = 0) -> Printed | None:
    """The number that a side is: 0.95, -(0.95), 4.3 * 10^{-4}; None where it is a calculation."""
    if depth > DEEPEST:
        return None
    match node:
        case Number():
            unit = Fraction(1, 10**node.decimals) if 0 < node.decimals <= MOST_DIGITS else 0
            return Printed(_take_value(node), Fraction(unit), _count_digits(node))
        case Group(bracket=bracket, body=body) if bracket in OPENING:
            return _find_printed(body, depth + 1)
        case Braced(body=body):
            return _find_printed(body, depth + 1)
        case Total(terms=((("+" | "-") as sign, term),)):
            inner = _find_printed(term, depth + 1)
            if inner is None or sign == "+":
                return inner
            return Printed(-inner.value, inner.unit, inner.digits)
        case Product(factors=(Number() as mantissa, Power() as power), signs=(sign,)):
            scale = _find_power_of_ten(power)
            inner = _find_printed(mantissa)
            if sign in TIMES and scale is not None and inner is not None:
                return Printed(inner.value * scale, inner.unit * scale, inner.digits)
    return None


def _find_power_of_ten(power: Power) -> Fraction | None:
    if not (isinstance(power.base, Number) and power.base.value == 10):
        return None
    exponent = _find_printed(power.exponent, DEEPEST - 5)
    if exponent is None or exponent.value.denominator != 1 or abs(exponent.value) > 100:
        return None
    return Fraction(10) ** int(exponent.value)


def _take_value(number: Number) -> Fraction:
    # 3322 bits are 1000 digits
    if max(number.value.numerator.bit_length(), number.value.denominator.bit_length()) > 3322:
        raise ArithmeticProblem(f"a number of more than {MOST_DIGITS} digits")
    return number.value


def _count_digits(number: Number) -> int:
    """Significant digits as printed: 0.050 --> 2, 12 --> 2, 0.75137 --> 5."""
    whole = _take_value(number) * 10 ** min(number.decimals, MOST_DIGITS)
    return len(str(int(whole))) if whole else 1


def _is_short(number: Number) -> bool:
    return _count_digits(number) <= SHORT


def _find_foreign(node: Node) -> Iterator[Node]:
    """The parts of a node that are no numbers; a stack, since texts may nest without end."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        match part:
            case Number():
                pass
            case Total(terms=terms):
                waiting += [term for _, term in terms]
            case Product(factors=factors):
                waiting += factors
            case Ratio(top=top, bottom=bottom):
                waiting += [top, bottom]
            case Power(base=base, exponent=exponent):
                waiting += [base, exponent]
            case Group(body=body, bracket=bracket) if bracket != "<":
                waiting.append(body)
            case Braced(body=body):
                waiting.append(body)
            case Name() if (power := _find_exponent_of_e(part)) is not None:
                waiting.append(power)
            case Call(function=Number(), arguments=arguments):
                waiting += arguments
            case Call(arguments=arguments) if _find_function(part) is not None:
                waiting += arguments
            case _:
                yield part


def _find_exponent_of_e(name: Name) -> Node | None:
    match name:
        case Name(base="e", upper=(Script(content=content),), lower=(), primes=0, accent=""):
            return None if name.star else content
    return None


def _find_function(call: Call) -> str | None:
    match call.function:
        case Name(base=base, upper=(), lower=(), primes=0, accent="", star="") if base in CALLS:
            return base
    return None


@dataclass(frozen=True)
class _Evaluation:
    """One walk over a calculation, with a decision which of its numbers are rounded."""

    is_rounded: IsRounded

    def evaluate(self, node: Node, depth: int) -> Interval:
        if depth > DEEPEST:
            raise ArithmeticProblem(f"a calculation nested deeper than {DEEPEST}")
        match node:
            case Number():
                return self.take_number(node)
            case Total(terms=terms):
                return self.add(terms, depth + 1)
            case Product(factors=factors, signs=signs):
                return self.multiply(factors, signs, depth + 1)
            case Ratio(top=top, bottom=bottom):
                return self.evaluate(top, depth + 1) / self.evaluate(bottom, depth + 1)
            case Power(base=base, exponent=exponent):
                return self.raise_power(base, exponent, depth + 1)
            case Group(body=body, bracket=bracket) if bracket in OPENING:
                return self.evaluate(body, depth + 1)
            case Group(body=body, bracket="|" | "||"):
                return abs(self.evaluate(body, depth + 1))
            case Braced(body=body):
                return self.evaluate(body, depth + 1)
            case Name() if (power := _find_exponent_of_e(node)) is not None:
                return apply(PRIMITIVES["exp"], self.evaluate(power, depth + 1))
            # 0.75(1 - 0.75) may be read as a call: it is a product
            case Call(function=Number() as factor, arguments=(argument,)):
                return self.take_number(factor) * self.evaluate(argument, depth + 1)
            case Call() if (name := _find_function(node)) is not None:
                return self.call(name, node.arguments, depth + 1)
        raise ArithmeticProblem("something in the calculation is no number")

    def take_number(self, number: Number) -> Interval:
        point = make_point(_take_value(number))
        if not 0 < number.decimals <= MOST_DIGITS or not self.is_rounded(number):
            return point
        return point.widen(Fraction(1, 2 * 10**number.decimals))

    def add(self, terms: tuple[tuple[str, Node], ...], depth: int) -> Interval:
        total = make_point(0)
        for sign, term in terms:
            value = self.evaluate(term, depth)
            match sign:
                case "+" | "":
                    total += value
                case "-":
                    total -= value
                case _:
                    raise ArithmeticProblem(f"{sign} leaves open which number is meant")
        return total

    def multiply(self, factors: tuple[Node, ...], signs: tuple[str, ...], depth: int) -> Interval:
        value = self.evaluate(factors[0], depth)
        for before, sign, factor in zip(factors, signs, factors[1:], strict=False):
            if sign == "" and isinstance(before, Number) and isinstance(factor, Number):
                raise ArithmeticProblem("two numbers side by side, with no sign between them")
            if sign == "/":
                value = value / self.evaluate(factor, depth)
            elif sign in TIMES:
                value = value * self.evaluate(factor, depth)
            else:
                raise ArithmeticProblem(f"{sign} between numbers is not known")
        return value

    def raise_power(self, base: Node, exponent: Node, depth: int) -> Interval:
        power = self.evaluate(exponent, depth)
        if not power.is_point:
            raise ArithmeticProblem("a power whose exponent is rounded")
        if power.low == Fraction(1, 2):
            return apply(PRIMITIVES["sqrt"], self.evaluate(base, depth))
        if power.low.denominator != 1:
            raise ArithmeticProblem("a power whose exponent is no integer")
        # before the base is worked out: the exponent alone may be out of all bounds
        return self.evaluate(base, depth) ** int(power.low)

    def call(self, name: str, arguments: tuple[Node, ...], depth: int) -> Interval:
        count, call = CALLS[name]
        if len(arguments) != (count or max(len(arguments), 1)):
            raise ArithmeticProblem(f"{name} of {len(arguments)} numbers")
        return call(*(self.evaluate(argument, depth) for argument in arguments))
