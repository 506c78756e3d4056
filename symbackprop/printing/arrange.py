"""From an equation to a layout: the letters of a notation, the order of a lecture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
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

from symbackprop.derivation.arguments import Step
from symbackprop.derivation.views import COST_TERM
from symbackprop.equations import (
    Equation,
    Quantity,
    System,
    find_entries,
    indices_of,
    name_of,
    peel,
    split_adjoint,
)
from symbackprop.errors import InputError, name_choices
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.notation import Notation
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.printing import layout as show
from symbackprop.printing.layout import ATOM, PRODUCT, Layout, bind, bracket, enclose
from symbackprop.printing.words import find_word

VIEWS = ("scalar", "indexed", "matrix", "component")
UPDATED = "⁺"
# what has a name for every unit in a small network
NAMED_UNITS = ("x", "y", "z", "a", "W", "b", "delta", COST_TERM)

# where the factors of a product stand, from left to right
SUMS, WEIGHTS, ERRORS, DIFFERENCES, SLOPES, TARGETS, ACTIVATIONS, TRANSPOSED_WEIGHTS = range(8)
FUNCTIONS, INDICATORS = 8, 9


def arrange_equation(
    equation: Equation, system: System, notation: Notation, view: str = "indexed"
) -> Layout:
    """The layout of an equation; the matrix view asks for the matrix form of it.

    The scalar and component views differ from the indexed one in the system only, which has
    lost its neuron indices, or has numbers for them.

    Raises:
        InputError: no such view, or no matrix form of this equation.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.notation import find_preset
    >>> from symbackprop.printing.latex import render
    >>> system = mlp().system
    >>> render(arrange_equation(system.equations[1], system, find_preset("nielsen")))
    'z^{l}_{j} = \\\\sum_{k} w^{l}_{jk} a^{l-1}_{k} + b^{l}_{j}'
    """
    if view not in VIEWS:
        raise InputError(name_choices("view", view, VIEWS))
    if view == "matrix":
        from symbackprop.printing.arrange_matrix import arrange_matrix_equation

        return arrange_matrix_equation(equation, system, notation)
    return Arranger(system, notation).relate(equation.lhs, equation.rhs, equation.role)


def arrange_step(step: Step, system: System, notation: Notation, view: str = "indexed") -> Layout:
    """The layout of one line of a derivation: left = right."""
    if view not in VIEWS:
        raise InputError(name_choices("view", view, VIEWS))
    return Arranger(system, notation).relate(step.left, step.right)


def arrange_expression(expression: Expr, system: System, notation: Notation) -> Layout:
    return Arranger(system, notation).arrange(expression)


def arrange_domain(equation: Equation, system: System, notation: Notation) -> Layout | None:
    """For which layers (or times) an equation holds, where not for all: l = 1, ..., L-1."""
    arranger = Arranger(system, notation)
    quantity = arranger.find_quantity(equation.name)
    declared = quantity.axes if quantity else ()
    parts = []
    for axis in equation.axes:
        if axis.kind not in ("layer", "time"):
            continue
        whole = next((a for a in declared if a.kind == axis.kind), None)
        if whole and (whole.low, whole.high) == (axis.low, axis.high):
            continue
        low, high = arranger.arrange_index(axis.low), arranger.arrange_index(axis.high)
        ends: tuple[Layout, ...] = (low, show.Symbol("dots"), high)
        parts.append(show.Relation((arranger.arrange_index(axis.symbol), show.Listed(ends))))
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
    sign: str = ""

    # --- equations --------------------------------------------------------------------------

    def relate(self, left: Expr, right: Expr, role: str = "") -> show.Relation:
        if role == "update" and not self.notation.named_units:
            name = name_of(left).rstrip(UPDATED)
            plain = self.arrange_entry(name, indices_of(left))
            return show.Relation((plain, self.arrange(right)), "arrow")
        return show.Relation((self.arrange(left), self.arrange(right)))

    # --- expressions ------------------------------------------------------------------------

    def arrange(self, expression: Expr) -> Layout:
        """The layout of any expression."""
        sign, layout = self.arrange_signed(expression)
        return negate(layout) if sign == "-" else layout

    def arrange_signed(self, expression: Expr) -> tuple[str, Layout]:
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
            case Indexed() | Symbol():
                return self.arrange_entry(name_of(expression), indices_of(expression))
            case Pow():
                return self.arrange_power(expression)
            case exp():
                return show.Scripted(show.Letter("e"), self.arrange(expression.args[0]))
            case NamedFunction():
                name = show.Function(expression.spelling, expression.order)
                return show.Apply(name, tuple(map(self.arrange, expression.args)))
            case Softmax():
                numerator, term, bound, low, high = expression.args
                total = self.arrange_sum(Sum(exp(term), (bound, low, high)))[1]
                return show.Fraction(self.arrange(exp(numerator)), total)
            case Partial() | Direct():
                top, bottom = map(self.arrange, expression.args)
                return show.Partial(top, bottom, direct=isinstance(expression, Direct))
            case Braced():
                body, name = expression.args
                return show.Braced(self.arrange(body), self.arrange(name))
            case KroneckerDelta():
                return indicate(show.Relation(tuple(map(self.arrange_index, expression.args))))
            case Piecewise():
                return self.arrange_cases(expression)
            case Relational():
                sides = tuple(map(self.arrange, expression.args))
                return show.Relation(sides, expression.rel_op.replace("==", "="))
            case log():
                argument = self.arrange(expression.args[0])
                bare = bind(argument) < PRODUCT and not isinstance(argument, show.Fraction)
                return show.Apply(show.Function("log"), (argument,), bare)
        if expression.is_Number:
            return self.arrange_exact(expression)
        if expression.is_NumberSymbol:
            # sympy spells Euler's number E, which in a lecture is an error
            return show.Letter({"E": "e"}.get(str(expression), str(expression)))
        other = show.Function(type(expression).__name__.lower())
        return show.Apply(other, tuple(map(self.arrange, expression.args)))

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
        return raise_layout(self.arrange(base), self.arrange(exponent))

    # --- sums and products ------------------------------------------------------------------

    def arrange_sum(self, expression: Expr) -> tuple[str, Layout]:
        body, bound, low, high = peel(expression)
        sign, inner = self.arrange_signed(body)
        if bind(inner) > PRODUCT:
            inner = enclose(inner)
        return sign, self.sum_over(bound, low, high, self.find_kind(bound, body), inner)

    def sum_over(
        self, bound: Symbol, low: Expr, high: Expr, kind: str, body: Layout
    ) -> show.SumOver:
        # steps in time and layers have no range of their own that a reader could guess
        shown = self.notation.bounds or kind in ("time", "layer")
        shift = 1 - self.notation.index_base if kind in ("neuron", "sample") else 0
        start, end = (self.arrange_bound(b - shift) if shown else None for b in (low, high))
        return show.SumOver(self.arrange_index(bound), start, end, body)

    def arrange_bound(self, bound: Expr) -> Layout:
        """n[l-1] - 1: a size, and what is added to it."""
        constant, rest = bound.as_coeff_Add()
        if isinstance(rest, Indexed) and constant:
            size = self.arrange(rest)
            number = show.Number(str(abs(int(constant))))
            return show.Total((("+", size), ("-" if constant < 0 else "+", number)), tight=True)
        return self.arrange(rest) if isinstance(rest, Indexed) else self.arrange_index(bound)

    def find_kind(self, bound: Symbol, body: Expr) -> str:
        for read in find_entries(body):
            quantity = self.find_quantity(name_of(read))
            if quantity is None:
                continue
            for index, kind in zip(indices_of(read), quantity.kinds, strict=False):
                if bound in index.free_symbols:
                    return kind
        return "neuron"

    def arrange_total(self, expression: Expr) -> tuple[str, Layout]:
        common, rest = self.split_common(expression)
        if common != 1:
            return self.arrange_factors((*Mul.make_args(common), rest))
        terms = [(*self.arrange_signed(term), term) for term in expression.args]
        minus = all(sign == "-" for sign, _, _ in terms)
        if minus:
            terms = [("+", layout, -term) for _, layout, term in terms]
        terms.sort(key=lambda t: self.rank_term(t[0], t[2], expression))
        parts = tuple((sign, bracket(layout, PRODUCT)) for sign, layout, _ in terms)
        return ("-" if minus else "+"), show.Total(parts)

    def split_common(self, expression: Expr) -> tuple[Expr, Expr]:
        """2*a/n - 2*y/n --> (2/n, a - y): what lecturers write before the bracket."""
        factors = [set(Mul.make_args(term)) for term in expression.args]
        shared = {f for f in set.intersection(*factors) if self.is_constant(f) and not f.is_Number}
        common = Mul(*shared)
        rest = Add(*(term / common for term in expression.args)) if shared else expression
        number, primitive = rest.primitive()
        simple = all(is_entry(t.as_coeff_Mul()[1]) for t in Add.make_args(primitive))
        if number != 1 and (number.is_Integer or simple or shared):
            return number * common, primitive
        return common, rest

    def rank_term(self, sign: str, term: Expr, whole: Expr) -> tuple[Any, ...]:
        """Positive terms first, penalties last; weighted sums before biases; then by index."""
        body = term.as_coeff_Mul()[1]
        if term.is_number:
            leads = whole.has(exp, NamedFunction, log) or any(
                t.could_extract_minus_sign() for t in whole.args if not t.is_number
            )
            return False, sign == "-", 0 if leads else 9, 0, ()
        kind = 1
        if any(self.role_of(e) == "constant" for e in find_entries(body)):
            kind = 2
        elif is_entry(body) and self.role_of(body) == "parameter":
            kind = 3
        adds = sum(f.is_Add for f in Mul.make_args(body))
        return kind == 2, sign == "-", kind, adds, self.order_entries(body)

    def order_entries(self, body: Expr) -> tuple[Any, ...]:
        factors = self.sort_factors(Mul.make_args(body))
        reads = [e for f in factors for e in sorted(find_entries(f), key=str)]
        return tuple(map(name_in_order, reads))

    def arrange_product(self, expression: Expr) -> tuple[str, Layout]:
        return self.arrange_factors(expression.args)

    def arrange_factors(self, factors: Sequence[Expr]) -> tuple[str, Layout]:
        """Numbers and sizes as one fraction, then the factors in the order of a lecture."""
        factors = [part for factor in factors for part in self.split_factor(factor)]
        number = Mul(*(f for f in factors if f.is_Number))
        others = [f for f in factors if not f.is_Number]
        sign = "-" if number.is_negative else "+"
        number = abs(number)
        below = [1 / f for f in others if is_inverse(f)]
        above = [f for f in others if not is_inverse(f)]
        constants = self.sort_factors([f for f in above if self.is_constant(f)])
        above = self.sort_factors([f for f in above if not self.is_constant(f)])
        sizes = self.sort_factors([f for f in below if self.is_constant(f)])
        below = self.sort_factors([f for f in below if not self.is_constant(f)])
        head: list[Layout]
        foot: list[Layout]
        if isinstance(number, Rational):
            head = [] if number.p == 1 else [show.Number(str(number.p))]
            foot = [] if number.q == 1 else [show.Number(str(number.q))]
        else:
            head, foot = [self.arrange_number(number)], []
        head += map(self.arrange, constants)
        if below and not sizes and not constants:
            # (1 - y) / (1 - a): one fraction; sums follow it
            sums = [f for f in above if isinstance(f, Sum)]
            top = head + [self.arrange(f) for f in above if f not in sums]
            bottom = foot + [self.arrange(f) for f in below]
            fraction = show.Fraction(self.join(top), self.join(bottom))
            return self.join_signed(sign, [fraction], sums)
        foot += map(self.arrange, sizes)
        if foot:
            head = [show.Fraction(self.join(head), self.join(foot))]
        if below:
            top = [self.arrange(f) for f in above]
            bottom = [self.arrange(f) for f in below]
            return sign, self.join([*head, show.Fraction(self.join(top), self.join(bottom))])
        return self.join_signed(sign, head, above)

    def join_signed(
        self, sign: str, head: Sequence[Layout], factors: Sequence[Expr]
    ) -> tuple[str, Layout]:
        """The factors after what leads them; a sum that comes last needs no brackets."""
        parts = list(head)
        for position, factor in enumerate(factors):
            inner_sign, layout = self.arrange_signed(factor)
            last = position == len(factors) - 1
            if inner_sign == "-":
                if last or bind(layout) < PRODUCT or isinstance(layout, show.Brackets):
                    sign = "-" if sign == "+" else "+"
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

    def arrange_chain(self, expression: Expr) -> tuple[str, Layout]:
        """Factors in the order of the chain rule; their braces stand level."""
        *front, last = map(self.arrange, expression.args)
        parts = [bracket(part, PRODUCT - 1) for part in front]
        parts.append(last if isinstance(last, show.SumOver) else bracket(last, PRODUCT - 1))
        return "+", show.Product(level_braces(parts), self.sign)

    # --- order ------------------------------------------------------------------------------

    def sort_factors(self, factors: Sequence[Expr]) -> list[Expr]:
        partners = {one_minus(f) for f in factors} - {None}
        return sorted(factors, key=lambda f: self.rank_factor(f, partners))

    def rank_factor(self, factor: Expr, partners: set[Expr | None]) -> tuple[Any, ...]:
        base = factor.base if isinstance(factor, Pow) else factor
        if is_entry(base):
            paired = base in partners
            place = SLOPES if paired else self.place_entry(base)
            return place, *self.rank_entry(base), 0
        if isinstance(base, NamedFunction) and base in partners:
            return SLOPES, (0,), ((), ()), 0
        other = one_minus(base)
        if isinstance(other, NamedFunction):
            return SLOPES, (0,), ((), ()), 1
        if other is not None:
            if other in partners and self.role_of(other) != "target":
                return SLOPES, *self.rank_entry(other), 1
            return TARGETS, *self.rank_entry(other), 1
        return self.place_compound(base), *self.rank_within(base), 2

    def place_entry(self, entry: Expr) -> int:
        if split_adjoint(name_of(entry)):
            return ERRORS
        role = self.role_of(entry)
        if role == "parameter":
            return TRANSPOSED_WEIGHTS if self.notation.rows else WEIGHTS
        return {"target": TARGETS, "constant": SUMS}.get(role, ACTIVATIONS)

    def place_compound(self, base: Expr) -> int:
        match base:
            case Sum():
                return SUMS
            case Partial() | Direct() | Braced() | Chain():
                return ERRORS
            case Add():
                return DIFFERENCES
            case NamedFunction() if base.order:
                return SLOPES
            case KroneckerDelta() | Piecewise():
                return INDICATORS
        return FUNCTIONS

    def rank_entry(self, entry: Expr) -> tuple[Any, ...]:
        # later layers first, as the chain rule meets them
        indices = indices_of(entry)
        steps = [-int(i.as_coeff_Add()[0]) if i.is_Add or i.is_Integer else 0 for i in indices[:1]]
        return tuple(steps) or (0,), name_in_order(entry)

    def rank_within(self, base: Expr) -> tuple[Any, ...]:
        ranks = [self.rank_entry(e) for e in find_entries(base)]
        return min(ranks) if ranks else ((0,), ((), ()))

    def is_constant(self, factor: Expr) -> bool:
        """Numbers, sizes and declared constants stand before everything else."""
        base = factor.base if isinstance(factor, Pow) else factor
        if base.is_Number:
            return True
        if not is_entry(base):
            return base.is_number
        name = name_of(base)
        if name in self.system.quantities:
            return self.role_of(base) == "constant"
        return self.find_quantity(name) is None

    # --- quantities -------------------------------------------------------------------------

    def find_quantity(self, name: str) -> Quantity | None:
        """The quantity of that name, or what an adjoint or an updated parameter belongs to."""
        quantities = self.system.quantities
        adjoint = split_adjoint(name)
        plain = adjoint[1] if adjoint else name.rstrip(UPDATED)
        return quantities.get(plain)

    def role_of(self, entry: Expr) -> str:
        quantity = self.find_quantity(name_of(entry))
        return quantity.role if quantity else "constant"

    def arrange_entry(self, name: str, indices: tuple[Expr, ...] = ()) -> Layout:
        """One entry of a quantity: its letter with its indices where the notation has them."""
        quantity = self.find_quantity(name)
        adjoint = split_adjoint(name)
        if adjoint:
            return self.arrange_adjoint(*adjoint, quantity, indices)
        if quantity is None:
            return self.arrange_size(name, indices)
        kinds = quantity.kinds
        if quantity.role == "cost" and indices:
            return self.name_cost_term(indices[-1])
        if self.notation.named_units:
            named = self.name_unit(name, indices, kinds)
            if named is not None:
                return named
        letter = self.find_letter(name.rstrip(UPDATED))
        return self.attach(letter, quantity.role, indices, kinds, name.endswith(UPDATED))

    def find_letter(self, name: str, matrix: bool = False) -> Layout:
        """The letter of a quantity; the cost of a network without samples has its own."""
        if name == self.system.cost and not self.system.sample and name == "C":
            return split_letter(self.notation.single_cost)
        return split_letter(self.notation.find_letter(name, matrix=matrix))

    def arrange_adjoint(
        self, cost: str, name: str, quantity: Quantity | None, indices: tuple[Expr, ...]
    ) -> Layout:
        kinds = quantity.kinds if quantity else ()
        if self.notation.adjoints == "differential":
            letter = show.Row((show.Letter("d"), self.find_letter(name)))
            role = quantity.role if quantity else ""
            return self.attach(letter, role, indices, kinds or ("neuron",) * len(indices))
        if quantity and quantity.role == "pre-activation":
            if self.notation.named_units:
                named = self.name_unit("delta", indices, kinds)
                if named is not None:
                    return named
            return self.attach(self.find_error_letter(name), quantity.role, indices, kinds)
        costs = self.system.quantities.get(cost)
        of = [i for i, kind in zip(indices, kinds, strict=False) if kind == "sample"]
        top = self.arrange_entry(cost, tuple(of) if costs and costs.kinds else ())
        return show.Partial(top, self.arrange_entry(name, indices))

    def find_error_letter(self, name: str) -> Layout:
        """delta; where a graph has several weighted sums, delta with the name of its own."""
        if len(self.system.names("pre-activation")) < 2:
            return show.Letter("delta")
        return add_scripts(show.Letter("delta"), None, self.find_letter(name))

    def arrange_size(self, name: str, indices: tuple[Expr, ...]) -> Layout:
        """n[l] is a width; an index or a size stands by its letter."""
        letter = split_letter(name)
        if not indices:
            return letter
        inner = join_indices([self.arrange_index(i) for i in indices])
        if self.notation.layer == "square":
            return show.Scripted(letter, wrap(inner, "square"))
        return show.Scripted(letter, None, inner)

    def attach(
        self,
        letter: Layout,
        role: str,
        indices: tuple[Expr, ...],
        kinds: tuple[str, ...],
        updated: bool = False,
    ) -> Layout:
        """Put indices above and below a letter; weights stored [k, j] show them so."""
        notation = self.notation
        by_kind: dict[str, list[Layout]] = {}
        for index, kind in zip(indices, kinds, strict=True):
            by_kind.setdefault(kind, []).append(self.arrange_index(index, kind))
        neurons = by_kind.get("neuron", [])
        if notation.weights_transposed and len(neurons) == 2 and role == "parameter":
            neurons = neurons[::-1]
        above = [
            (getattr(notation, kind), layout)
            for kind in ("layer", "time")
            for layout in by_kind.get(kind, [])
        ]
        samples = by_kind.get("sample", [])
        below = neurons
        # the cost of a sample is counted below, in every dialect
        if samples and (notation.sample_place == "lower" or role == "sample cost"):
            below = samples + neurons
        elif notation.sample == "plain":
            above = [("plain", s) for s in samples] + above
        else:
            above += [(notation.sample, s) for s in samples]
        upper = join_wrapped(above)
        if updated:
            plus = show.Symbol("plus")
            upper = show.Row((upper, plus)) if upper else plus
        return add_scripts(letter, upper, join_indices(below) if below else None)

    def arrange_index(self, index: Expr, kind: str = "") -> Layout:
        """An index: l, l-1, 3; neurons and samples count from the notation's base."""
        if index.is_Integer:
            shift = 1 - self.notation.index_base if kind in ("neuron", "sample") else 0
            return show.Number(str(int(index) - shift))
        if isinstance(index, Symbol):
            return split_letter(index.name)
        constant, rest = index.as_coeff_Add()
        if constant and constant.is_Integer:
            number = show.Number(str(abs(int(constant))))
            sign = "-" if constant < 0 else "+"
            return show.Total((("+", self.arrange_index(rest)), (sign, number)), tight=True)
        layout = self.arrange(index)
        return replace(layout, tight=True) if isinstance(layout, show.Total) else layout

    # --- small networks with a name for every unit -------------------------------------------

    def name_unit(
        self, name: str, indices: tuple[Expr, ...], kinds: tuple[str, ...]
    ) -> Layout | None:
        """net_h1, out_o1, i_2, w_5, b_1 for one or two layers of known width; else None."""
        plain = name.rstrip(UPDATED)
        widths = self.find_widths()
        if not 2 <= len(widths) <= 3 or plain not in NAMED_UNITS:
            return None
        by_kind: dict[str, list[Expr]] = {}
        for index, kind in zip(indices, kinds, strict=True):
            by_kind.setdefault(kind, []).append(index)
        layers, neurons = by_kind.get("layer", []), by_kind.get("neuron", [])
        last = len(widths) - 1
        layer = {"x": 0, "y": last, COST_TERM: last}.get(plain)
        if layer is None:
            if len(layers) != 1 or not layers[0].is_Integer:
                return None
            layer = int(layers[0])
        letter = self.find_letter("x" if (plain, layer) == ("a", 0) else plain)
        upper = join_wrapped([("round", self.arrange_index(s)) for s in by_kind.get("sample", [])])
        if name.endswith(UPDATED):
            upper = show.Symbol("plus")
        lower: Layout
        if plain == "W":
            if len(neurons) != 2 or not all(i.is_Integer for i in neurons):
                return None
            lower = show.Number(str(number_weight(widths, layer, *map(int, neurons))))
        elif not neurons:
            lower = show.Number(str(layer))
        elif layer == 0:
            lower = self.arrange_index(neurons[0])
        else:
            lower = show.Letter(("o" if layer == last else "h") + str(neurons[0]))
        return add_scripts(letter, upper, lower)

    def name_cost_term(self, neuron: Expr) -> Layout:
        """The part of the cost that one output has: E_o1."""
        letter = self.find_letter("C_i")
        if self.notation.named_units and self.find_widths():
            return add_scripts(letter, None, show.Letter(f"o{neuron}"))
        return add_scripts(letter, None, self.arrange_index(neuron, "neuron"))

    def find_widths(self) -> list[int]:
        """The widths of all layers in order, where they are known; else nothing."""
        found = {}
        for size, width in self.system.sizes.items():
            if isinstance(size, Indexed) and size.indices[0].is_Integer:
                found[int(size.indices[0])] = int(width)
        return [found[p] for p in sorted(found)] if set(found) == set(range(len(found))) else []


def number_weight(widths: Sequence[int], layer: int, j: int, k: int) -> int:
    """The number of a weight, counted row by row through the layers.

    >>> number_weight([2, 2, 2], 2, 1, 1)
    5
    """
    before = sum(widths[p] * widths[p - 1] for p in range(1, layer))
    return before + (j - 1) * widths[layer - 1] + k


# --- letters and scripts ------------------------------------------------------------------------


def split_letter(name: str) -> Layout:
    """E_total --> E with total below; w0 --> w with 0 below; delta stays.

    >>> split_letter("w0").lower
    Number(digits='0', comma=False)
    """
    stem, _, rest = name.partition("_")
    if not rest:
        found = re.fullmatch(r"([^\W\d_]+)(\d+)", name)
        if found is None:
            return show.Letter(name)
        stem, rest = found.groups()
    parts = [show.Number(p) if p.isdigit() else show.Letter(p) for p in rest.split("_") if p]
    return show.Scripted(show.Letter(stem), None, join_indices(parts)) if stem else show.Word(name)


def split_digits(name: str) -> tuple[tuple[int, int | str], ...]:
    """So that x2 comes before x10."""
    return tuple(
        (0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", name)
    )


def name_in_order(entry: Expr) -> tuple[Any, ...]:
    return split_digits(name_of(entry)), tuple(map(rank_index, indices_of(entry)))


def rank_index(index: Expr) -> tuple[int, int, str]:
    return (0, int(index), "") if index.is_Integer else (1, 0, str(index))


def join_indices(parts: Sequence[Layout]) -> Layout:
    """jk side by side, but 12,3 and j+1,k with a comma."""
    if len(parts) == 1:
        return parts[0]
    short = all(
        isinstance(p, show.Letter) or (isinstance(p, show.Number) and len(p.digits) == 1)
        for p in parts
    )
    return show.Row(tuple(parts)) if short else show.Listed(tuple(parts), tight=True)


def wrap(layout: Layout, shape: str) -> Layout:
    return layout if shape == "plain" else show.Brackets(layout, shape)


def join_wrapped(parts: Sequence[tuple[str, Layout]]) -> Layout | None:
    """[l](i) side by side, but i,l with a comma."""
    if not parts:
        return None
    wrapped = tuple(wrap(layout, shape) for shape, layout in parts)
    if len(wrapped) == 1:
        return wrapped[0]
    bare = any(shape == "plain" for shape, _ in parts[:-1])
    return show.Listed(wrapped, tight=True) if bare else show.Row(wrapped)


def add_scripts(letter: Layout, upper: Layout | None, lower: Layout | None) -> Layout:
    """Scripts on a letter that may have a word below already."""
    if upper is None and lower is None:
        return letter
    if isinstance(letter, show.Scripted) and letter.upper is None:
        kept = letter.lower
        both = tuple(part for part in (kept, lower) if part is not None)
        return show.Scripted(letter.base, upper, join_indices(both))
    return show.Scripted(letter, upper, lower)


def raise_layout(base: Layout, exponent: Layout) -> Layout:
    """A power, with brackets where the exponent would be taken for an index."""
    if isinstance(base, show.Scripted) and base.upper is None and base.base != show.Letter("e"):
        return show.Scripted(base.base, exponent, base.lower)
    if isinstance(base, show.Apply) and not base.bare:
        return show.Scripted(base, exponent)
    return show.Scripted(base if bind(base) == ATOM else enclose(base), exponent)


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


def show_number(value: Any, digits: int, comma: bool) -> Layout:
    """A number with so many decimals, trailing zeros trimmed.

    >>> from symbackprop.printing.text import render
    >>> render(show_number(0.3775, 9, False)), render(show_number(-0.5, 3, True))
    ('0.3775', '−0,5')
    >>> render(show_number(1.25e-7, 3, False))
    '1.25 · 10⁻⁷'
    """
    text = round_number(value, digits)
    mantissa, _, power = text.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    minus = mantissa.startswith("-")
    layout: Layout = show.Number(mantissa.lstrip("-"), comma)
    if mantissa.lstrip("-") in ("inf", "nan"):
        layout = show.Symbol("infinity") if "inf" in mantissa else show.Word("nan")
    if power:
        size: Layout = show.Number(str(abs(int(power))))
        exponent = show.Total((("-", size),), tight=True) if int(power) < 0 else size
        layout = show.Product((layout, show.Scripted(show.Number("10"), exponent)), "dot")
    return show.Total((("-", layout),)) if minus else layout


def round_number(value: Any, digits: int) -> str:
    """Round to so many decimals, as worked examples do; a number that would keep fewer than
    three digits so is rounded to so many significant ones. Not by way of a float.

    >>> round_number(1.1059059670597, 9), round_number(1.23456e-8, 9), round_number(12, 9)
    ('1.105905967', '1.23456e-8', '12')
    """
    number = Decimal(str(value))
    if not number.is_finite():
        return str(number).lower().replace("infinity", "inf")
    small = Decimal(10) ** (3 - digits)
    if number == 0 or small <= abs(number) < Decimal(10) ** 15:
        text = format(number, f".{digits}f")
    else:
        text = format(number, f".{digits}g")
    mantissa, e, power = text.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + power


def is_entry(expression: Expr) -> bool:
    return isinstance(expression, Indexed | Symbol)


def is_inverse(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.could_extract_minus_sign()


def one_minus(factor: Expr) -> Expr | None:
    """1 - a --> a, 1 - a^2 --> a, anything else None."""
    if not factor.is_Add or len(factor.args) != 2 or factor.args[0] != 1:
        return None
    coefficient, rest = factor.args[1].as_coeff_Mul()
    base = rest.base if isinstance(rest, Pow) else rest
    named = is_entry(base) or isinstance(base, NamedFunction)
    return base if coefficient == -1 and named else None
