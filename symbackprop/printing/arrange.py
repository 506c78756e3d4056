"""From an equation to a layout: the letters of a notation, the order of a lecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or

from symbackprop.derivation.arguments import Step
from symbackprop.equations import (
    COST_TERM,
    UPDATED,
    Equation,
    System,
    Written,
    find_entries,
    indices_of,
    name_of,
    peel,
    split_adjoint,
)
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.notation import Notation
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.primitives import PRIMITIVES, Abs, find_primitive
from symbackprop.printing import layout as show
from symbackprop.printing.entries import Entries
from symbackprop.printing.indices import COUNTED, Scope, read_scope
from symbackprop.printing.layout import (
    PRODUCT,
    Layout,
    ProductSign,
    TermSign,
    bind,
    bracket,
    enclose,
)
from symbackprop.printing.letters import raise_layout
from symbackprop.printing.numbers import show_number
from symbackprop.printing.order import Order, is_entry, is_inverse
from symbackprop.printing.units import NamedEntries
from symbackprop.printing.words import find_word
from symbackprop.ranges import is_whole, kind_of


def arrange_equation(equation: Equation, system: System, notation: Notation) -> Layout:
    """The layout of an equation with its indices.

    The scalar and component views differ from the indexed one in the system only, which has
    lost its neuron indices, or has numbers for them.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.notation import find_preset
    >>> from symbackprop.printing.latex import render
    >>> system = mlp().system
    >>> render(arrange_equation(system.equations[1], system, find_preset("nielsen")))
    'z^{l}_{j} = \\\\sum_{k} w^{l}_{jk} a^{l-1}_{k} + b^{l}_{j}'
    """
    return Arranger(system, notation).relate(equation.lhs, equation.rhs, equation.role)


def arrange_step(step: Step, system: System, notation: Notation) -> Layout:
    """The layout of one line of a derivation: left = right."""
    return Arranger(system, notation).relate(step.left, step.right)


def arrange_expression(expression: Expr, system: System, notation: Notation) -> Layout:
    return Arranger(system, notation).begin(expression, expression).arrange(expression)


def arrange_domain(equation: Equation, system: System, notation: Notation) -> Layout | None:
    """For which indices an equation holds, where not for all that there are: l = 1, ..., L-1."""
    entries = Arranger(system, notation).begin(equation.lhs, equation.rhs).entries
    parts = []
    for axis in equation.axes:
        limits = (axis.low, axis.high)
        if is_whole(axis.symbol, limits, equation.lhs, system.quantities, system.sizes):
            continue
        low, high = (entries.arrange_index(end, axis.kind) for end in limits)
        between = () if axis.high - axis.low == 1 else (show.Symbol("dots"),)
        ends: tuple[Layout, ...] = (low, *between, high)
        parts.append(show.Relation((entries.arrange_letter(axis.symbol), show.Listed(ends))))
    return show.Listed(tuple(parts)) if parts else None


@dataclass(frozen=True)
class Arranger:
    """Arranges expressions of one system in one notation.

    `layouts` says how some expressions are to be shown, a number in place of an entry, say; what
    is around them keeps its order. `sign` goes between factors.
    """

    system: System
    notation: Notation
    layouts: Mapping[Expr, Layout] = field(default_factory=dict)
    digits: int = 9
    sign: ProductSign = ""
    scope: Scope = field(default_factory=Scope)
    written: Written = field(default_factory=Written)
    derived: bool = False

    @cached_property
    def entries(self) -> Entries:
        kind = NamedEntries if self.notation.named_units else Entries
        return kind(self.system, self.notation, self.scope)

    @cached_property
    def order(self) -> Order:
        return Order(self.entries, self.written, self.derived)

    def begin(self, left: Expr, right: Expr) -> Arranger:
        """The same for one formula: its indices, and how its right side was written."""
        named = isinstance(left, Indexed | Symbol)
        derived = not named or split_adjoint(name_of(left)) is not None
        scope = read_scope(self.system, self.notation, left, right)
        written = Written()
        if named:
            defined = name_of(left) if name_of(left) != COST_TERM else self.system.cost
            found = [e.written for e in self.system.definitions.get(defined, ())]
            written = Written(
                tuple(term for w in found for term in w.terms),
                tuple(name for w in found for name in w.names),
            )
        return replace(self, scope=scope, written=written, derived=derived)

    # --- equations --------------------------------------------------------------------------

    def relate(self, left: Expr, right: Expr, role: str = "") -> show.Relation:
        """The layout of left = right."""
        return self.begin(left, right).write_relation(left, right, role)

    def write_relation(self, left: Expr, right: Expr, role: str) -> show.Relation:
        if role == "update" and not self.notation.named_units:
            name = name_of(left).rstrip(UPDATED)
            plain = self.entries.arrange_entry(name, indices_of(left))
            return show.Relation((plain, self.arrange(right)), "arrow")
        return show.Relation((self.arrange(left), self.arrange(right)))

    # --- expressions ------------------------------------------------------------------------

    def arrange(self, expression: Expr) -> Layout:
        """The layout of any expression."""
        sign, layout = self.arrange_signed(expression)
        return negate(layout) if sign == "-" else layout

    def arrange_signed(self, expression: Expr) -> tuple[TermSign, Layout]:
        """The layout of an expression with its sign apart, so that sums can say minus."""
        if expression in self.layouts:
            return "+", self.layouts[expression]
        match expression:
            case Add():
                return self.arrange_total(expression)
            case Mul():
                return self.arrange_product(expression)
            case Sum():
                return self.arrange_sum(expression)
            case Chain():
                return self.arrange_chain(expression)
        if expression.is_Number and expression.is_negative:
            return "-", self.arrange_unsigned(-expression)
        return "+", self.arrange_unsigned(expression)

    def arrange_unsigned(self, expression: Expr) -> Layout:
        match expression:
            case Symbol() if expression in self.scope.kinds:
                return self.entries.arrange_index(expression)
            case Indexed() | Symbol():
                return self.entries.arrange_entry(name_of(expression), indices_of(expression))
            case Pow():
                return self.arrange_power(expression)
            case Partial() | Direct():
                top, bottom = map(self.arrange, expression.args)
                return show.Partial(top, bottom, direct=isinstance(expression, Direct))
            case Braced():
                body, name = expression.args
                return show.Braced(self.arrange(body), self.arrange(name))
            case KroneckerDelta() | Piecewise() | Relational() | And() | Or():
                return self.arrange_condition(expression)
        if expression.is_Number:
            return self.arrange_exact(expression)
        if expression.is_NumberSymbol:
            # sympy spells Euler's number E, which in a lecture is an error
            return show.Letter({"E": "e"}.get(str(expression), str(expression)))
        return self.arrange_function(expression)

    def arrange_function(self, expression: Expr) -> Layout:
        match expression:
            case exp():
                return show.Scripted(show.Letter("e"), self.arrange(expression.args[0]))
            case NamedFunction() if expression.order == 0 and expression.spelling in PRIMITIVES:
                # |z|, e^z and the root have a way of their own to be written
                return self.arrange_unsigned(expression.apply_formula(*expression.args))
            case NamedFunction():
                name = show.Function(expression.spelling, expression.order)
                return show.Apply(name, tuple(map(self.arrange, expression.args)))
            case Softmax():
                numerator, term, bound, low, high = expression.args
                total = self.arrange_sum(Sum(exp(term), (bound, low, high)))[1]
                return show.Fraction(self.arrange(exp(numerator)), total)
            case Abs():
                return show.Brackets(self.arrange(expression.args[0]), "bar")
            case log():
                argument = self.arrange(expression.args[0])
                bare = bind(argument) < PRODUCT and not isinstance(argument, show.Fraction)
                return show.Apply(show.Function("log"), (argument,), bare)
        row = find_primitive(expression)
        other = show.Function(row.name if row else type(expression).__name__)
        return show.Apply(other, tuple(map(self.arrange, expression.args)))

    def arrange_condition(self, expression: Expr) -> Layout:
        """What holds or does not hold, and what is 1 or one of several cases by that."""
        match expression:
            case KroneckerDelta():
                symbols = expression.free_symbols
                kind = next((k for s, k in self.scope.kinds.items() if s in symbols), None)
                counted = (self.entries.arrange_index(side, kind) for side in expression.args)
                return indicate(show.Relation(tuple(counted)))
            case Relational():
                sides = tuple(map(self.arrange, expression.args))
                return show.Relation(sides, expression.rel_op.replace("==", "="))
            case And() | Or():
                # however often the tree is made, its conditions keep one order
                conditions = tuple(map(self.arrange, sorted(expression.args, key=str)))
                return show.Product(conditions, "and" if isinstance(expression, And) else "or")
        return self.arrange_cases(expression)

    def arrange_exact(self, number: Expr) -> Layout:
        if isinstance(number, Rational) and number.q != 1:
            return show.Fraction(show.Number(str(number.p)), show.Number(str(number.q)))
        if number.is_infinite:
            return show.Symbol("infinity")
        return self.arrange_number(number)

    def arrange_number(self, value: Any) -> Layout:
        return show_number(value, self.digits, self.notation.decimal == ",")

    def arrange_cases(self, expression: Piecewise) -> Layout:
        rows = expression.args
        if len(rows) == 2 and rows[0][0] == 1 and rows[1][0] == 0 and rows[1][1] == True:  # noqa: E712
            return indicate(self.arrange(rows[0][1]))
        return show.Cases(
            tuple(
                (self.arrange(value), None if condition == True else self.arrange(condition))  # noqa: E712
                for value, condition in rows
            ),
            find_word("otherwise", self.notation.language),
        )

    def arrange_power(self, expression: Expr) -> Layout:
        base, exponent = expression.args
        if exponent.could_extract_minus_sign():
            bottom = self.arrange(Pow(base, -exponent))
            return show.Fraction(show.Number("1"), bottom)
        if exponent == Rational(1, 2):
            return show.Root(self.arrange(base))
        layout = self.arrange(base)
        if exponent.is_even:
            layout = self.turn_difference(base, layout)
        return raise_layout(layout, self.arrange(exponent))

    def turn_difference(self, base: Expr, layout: Layout) -> Layout:
        """(y - a)^2 --> (a - y)^2, where the notation has outputs before targets."""

        def reads_target(term: Expr) -> bool:
            return any(self.entries.role_of(e) == "target" for e in find_entries(term))

        signs = [t.could_extract_minus_sign() for t in Add.make_args(base) if reads_target(t)]
        as_declared = self.notation.difference == "declared" or signs != [False]
        if as_declared or not isinstance(layout, show.Total):
            return layout
        turned = [(turn(sign), term) for sign, term in layout.terms]
        return show.Total(tuple(sorted(turned, key=lambda term: term[0] == "-")))

    # --- sums and products ------------------------------------------------------------------

    def arrange_sum(self, expression: Expr) -> tuple[TermSign, Layout]:
        body = peel(expression)[0]
        sign, inner = self.arrange_signed(body)
        if bind(inner) > PRODUCT:
            inner = enclose(inner)
        return sign, self.sum_over(expression, inner)

    def sum_over(self, total: Expr, body: Layout) -> show.SumOver:
        """The sum sign of a sum before the layout of its body."""
        summand, bound, low, high = peel(total)
        quantities, sizes = self.system.quantities, self.system.sizes
        kind = kind_of(bound, summand, quantities)
        # steps in time and layers have no range of their own that a reader could guess
        known = kind in COUNTED and is_whole(bound, (low, high), summand, quantities, sizes)
        if known and not self.notation.bounds:
            return show.SumOver(self.entries.arrange_letter(bound), None, None, body)
        start, end = (self.entries.arrange_index(end, kind) for end in (low, high))
        return show.SumOver(self.entries.arrange_letter(bound), start, end, body)

    def arrange_total(self, expression: Expr) -> tuple[TermSign, Layout]:
        common, rest = self.split_common(expression)
        if common != 1:
            return self.arrange_factors((*Mul.make_args(common), rest))
        terms = [(*self.arrange_signed(term), term) for term in expression.args]
        minus = all(sign == "-" for sign, _, _ in terms)
        if minus:
            terms = [("+", layout, -term) for _, layout, term in terms]
        ordered = self.order.sort_terms(terms, expression)
        parts = tuple((sign, bracket(layout, PRODUCT)) for sign, layout in ordered)
        return ("-" if minus else "+"), show.Total(parts)

    def split_common(self, expression: Expr) -> tuple[Expr, Expr]:
        """2*a/n - 2*y/n --> (2/n, a - y): what lecturers write before the bracket."""
        factors = [set(Mul.make_args(term)) for term in expression.args]
        shared = {
            f for f in set.intersection(*factors) if self.order.is_constant(f) and not f.is_Number
        }
        common = Mul(*shared)
        rest = Add(*(term / common for term in expression.args)) if shared else expression
        number, primitive = rest.primitive()
        simple = all(is_entry(t.as_coeff_Mul()[1]) for t in Add.make_args(primitive))
        if number != 1 and (number.is_Integer or simple or shared):
            return number * common, primitive
        return common, rest

    def arrange_product(self, expression: Expr) -> tuple[TermSign, Layout]:
        return self.arrange_factors(expression.args)

    def arrange_factors(self, factors: Sequence[Expr]) -> tuple[TermSign, Layout]:
        """Numbers and sizes as one fraction, then the factors in the order of a lecture."""
        factors = [part for factor in factors for part in self.split_factor(factor)]
        number = Mul(*(f for f in factors if f.is_Number))
        sign: TermSign = "-" if number.is_negative else "+"
        head, foot = self.arrange_quotient(abs(number))
        others = [f for f in factors if not f.is_Number]
        constants, above = self.sort_out([f for f in others if not is_inverse(f)])
        sizes, below = self.sort_out([1 / f for f in others if is_inverse(f)])
        head += map(self.arrange, constants)
        if below and not sizes and not constants:
            # (1 - y) / (1 - a): one fraction; sums follow it
            sums = [f for f in above if isinstance(f, Sum)]
            head += (self.arrange(f) for f in above if f not in sums)
            foot += map(self.arrange, below)
            return self.join_signed(sign, [show.Fraction(self.join(head), self.join(foot))], sums)
        foot += map(self.arrange, sizes)
        if foot:
            head = [show.Fraction(self.join(head), self.join(foot))]
        if below:
            sign, top = self.join_signed(sign, [], above)
            sign, bottom = self.join_signed(sign, [], below)
            return sign, self.join([*head, show.Fraction(top, bottom)])
        return self.join_signed(sign, head, above)

    def arrange_quotient(self, number: Expr) -> tuple[list[Layout], list[Layout]]:
        """A number as what stands above and below a line; 1 stands nowhere."""
        if not isinstance(number, Rational):
            return [self.arrange_number(number)], []
        above: list[Layout] = [] if number.p == 1 else [show.Number(str(number.p))]
        below: list[Layout] = [] if number.q == 1 else [show.Number(str(number.q))]
        return above, below

    def sort_out(self, factors: Sequence[Expr]) -> tuple[list[Expr], list[Expr]]:
        """The constants among factors, and the others, each from left to right."""
        constants = [f for f in factors if self.order.is_constant(f)]
        others = [f for f in factors if not self.order.is_constant(f)]
        return self.order.sort_factors(constants), self.order.sort_factors(others)

    def join_signed(
        self, sign: TermSign, head: Sequence[Layout], factors: Sequence[Expr]
    ) -> tuple[TermSign, Layout]:
        """The factors after what leads them; a sum that comes last needs no brackets."""
        parts = list(head)
        for position, factor in enumerate(factors):
            inner_sign, layout = self.arrange_signed(factor)
            last = position == len(factors) - 1
            if inner_sign == "-":
                if last or bind(layout) < PRODUCT or isinstance(layout, show.Brackets):
                    sign = turn(sign)
                else:
                    layout = negate(layout)
            # with nothing but numbers before it a sum at the end is clear
            clear = last and (len(factors) == 1 or isinstance(factor, Chain))
            free = isinstance(layout, show.SumOver) and clear
            if not free and not isinstance(layout, show.Product):
                layout = bracket(layout, PRODUCT - 1)
            elif isinstance(layout, show.Product) and len(factors) > 1:
                layout = enclose(layout) if layout.sign != self.sign else layout
            parts.append(layout)
        return sign, self.join(parts)

    def split_factor(self, factor: Expr) -> tuple[Expr, ...]:
        """2*a - 2*y --> 2, a - y: so that its number joins the others."""
        if not factor.is_Add or factor in self.layouts:
            return (factor,)
        common, rest = self.split_common(factor)
        return (factor,) if common == 1 else (*Mul.make_args(common), rest)

    def join(self, parts: Sequence[Layout]) -> Layout:
        if not parts:
            return show.Number("1")
        if len(parts) == 1:
            return parts[0]
        return show.Product(tuple(bracket(p, PRODUCT) for p in parts), self.sign)

    def arrange_chain(self, expression: Expr) -> tuple[TermSign, Layout]:
        """Factors in the order of the chain rule, from the cost or to it; braces stand level."""
        step = 1 if self.notation.chain == "cost-first" else -1
        *front, last = map(self.arrange, expression.args[::step])
        parts = [bracket(part, PRODUCT - 1) for part in front]
        parts.append(last if isinstance(last, show.SumOver) else bracket(last, PRODUCT - 1))
        return "+", show.Product(level_braces(parts), self.sign)


def turn(sign: TermSign) -> TermSign:
    return "-" if sign == "+" else "+"


def negate(layout: Layout) -> Layout:
    return show.Total((("-", bracket(layout, PRODUCT)),))


def indicate(condition: Layout) -> Layout:
    """1 where the condition holds, else 0."""
    return show.Row((show.Letter("one"), show.Brackets(condition, "square")))


def level_braces(parts: Sequence[Layout]) -> tuple[Layout, ...]:
    """Give every brace the bodies of the others, so that their names stand on one line."""
    bodies = [p.body for p in parts if isinstance(p, show.Braced)]
    return tuple(
        replace(p, beside=tuple(b for b in bodies if b != p.body))
        if isinstance(p, show.Braced)
        else p
        for p in parts
    )
