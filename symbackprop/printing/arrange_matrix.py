"""From a matrix form to a layout: transposes, elementwise and outer products, norms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Integer, Lambda, Mul, Symbol, log
from sympy.core.function import UndefinedFunction

from symbackprop import matrix_forms as forms
from symbackprop.equations import Equation, System, indices_of, name_of, split_adjoint
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.matrix_forms import Form, form_matrix, walk_forms
from symbackprop.notation import Notation
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.printing import layout as show
from symbackprop.printing.arrange import UPDATED, Arranger, negate, raise_layout
from symbackprop.printing.layout import ATOM, PRODUCT, Layout, bind, bracket, enclose


def arrange_matrix_equation(equation: Equation, system: System, notation: Notation) -> Layout:
    """The layout of the matrix form of an equation.

    Raises:
        InputError: the equation has no matrix form; the message names the indexed view.

    >>> from symbackprop.network.network import mlp
    >>> from symbackprop.notation import find_preset
    >>> from symbackprop.printing.text import render
    >>> system = mlp().system
    >>> render(arrange_matrix_equation(system.equations[1], system, find_preset("nielsen")))
    'zˡ = wˡ aˡ⁻¹ + bˡ'
    """
    if equation.rhs.has(Partial, Direct, Chain, Braced):
        raise InputError(
            f"{equation.lhs}: a chain of partial derivatives has no matrix form; "
            f"ask for the indexed view"
        )
    stored = forms.Storage(notation.samples, notation.weights_transposed)
    left, right = form_matrix(equation, system.quantities, stored)
    arranger = MatrixArranger(system, notation)
    arrow = equation.role == "update" and not notation.named_units
    if arrow:
        left = replace(left, name=left.name.rstrip(UPDATED))
    sides = arranger.arrange(left), arranger.arrange(right)
    return show.Relation(sides, "arrow" if arrow else "=")


@dataclass(frozen=True)
class MatrixArranger:
    """Arranges matrix forms of one system in one notation."""

    system: System
    notation: Notation

    @cached_property
    def entries(self) -> Arranger:
        return Arranger(self.system, self.notation)

    def arrange(self, form: Form) -> Layout:
        sign, layout = self.arrange_signed(form)
        return negate(layout) if sign == "-" else layout

    def arrange_signed(self, form: Form) -> tuple[str, Layout]:
        """The layout of a form with its sign apart."""
        if _is_transposed(form):
            return "+", self.transpose(self.arrange(_turn(form)))
        match form:
            case forms.Scalar(expression=expression):
                return self.entries.arrange_signed(expression)
            case forms.Scaled():
                return self.arrange_scaled(form)
            case forms.Elementwise() if _has_numbers(form):
                return self.arrange_scaled(form)
            case forms.Spread(body=body):
                # a bias is added to every sample, as everybody writes it
                return self.arrange_signed(body)
            case forms.Total(terms=terms):
                return self.arrange_total(terms)
        return "+", self.arrange_unsigned(form)

    def arrange_unsigned(self, form: Form) -> Layout:
        match form:
            case forms.Leaf():
                return self.arrange_leaf(form)
            case forms.Product(left=left, right=right):
                return self.arrange_product(left, right)
            case forms.Elementwise(factors=factors):
                return self.arrange_elementwise(factors)
            case forms.Apply(function=function, bodies=bodies):
                return self.apply(function, bodies)
            case forms.Power(body=body, exponent=exponent):
                return self.raise_form(body, exponent)
            case forms.SoftmaxOf(body=body):
                return show.Apply(show.Function("softmax"), (self.arrange(body),))
            case forms.SquaredNorm(body=body):
                norm = show.Brackets(self.arrange(body), "norm")
                whole = body.row is not None and body.column is not None
                lower = show.Letter("F") if whole else None
                return show.Scripted(norm, show.Number("2"), lower)
            case forms.SumOver(body=body, over=over):
                return self.sum_over(body, over)
            case forms.Series(body=body, index=index, low=low, high=high):
                inner = bracket(self.arrange(body), PRODUCT)
                return self.entries.sum_over(index, low, high, "layer", inner)
        raise TypeError(f"no layout is known for the form {type(form).__name__}")

    # --- parts ------------------------------------------------------------------------------

    def arrange_leaf(self, leaf: forms.Leaf) -> Layout:
        """A vector or matrix by its letter, with its layer; capital where it holds a batch."""
        layout = self.arrange_name(leaf.name, leaf.indices, leaf.entry)
        return self.transpose(layout) if leaf.transposed else layout

    def transpose(self, layout: Layout) -> Layout:
        bare = bind(layout) == ATOM or _is_below(layout)
        return show.Transposed(layout if bare else enclose(layout), self.notation.transpose)

    def arrange_name(self, name: str, indices: tuple[Expr, ...], entry: Expr) -> Layout:
        entries = self.entries
        quantity = entries.find_quantity(name)
        if quantity is None or "neuron" not in quantity.kinds:
            # the cost of each sample keeps its index; numbers have no rows and columns
            return entries.arrange_entry(name, indices_of(entry))
        kinds = tuple(k for k in quantity.kinds if k not in ("neuron", "sample"))
        batch = "sample" in quantity.kinds
        adjoint = split_adjoint(name)
        if adjoint is None:
            letter = entries.find_letter(name.rstrip(UPDATED), matrix=True)
            updated = name.endswith(UPDATED)
            return entries.attach(_capitalize(letter, batch), "", indices, kinds, updated)
        cost, plain = adjoint
        letter = _capitalize(entries.find_letter(plain, matrix=True), batch)
        if self.notation.adjoints == "differential":
            return entries.attach(show.Row((show.Letter("d"), letter)), "", indices, kinds)
        if quantity.role == "pre-activation":
            return entries.attach(entries.find_error_letter(plain), "", indices, kinds)
        of = self.system.quantities.get(cost)
        samples = [
            i for i, kind in zip(indices_of(entry), quantity.kinds, strict=True) if kind == "sample"
        ]
        top = entries.arrange_entry(cost, tuple(samples) if of and of.kinds else ())
        return show.Partial(top, entries.attach(letter, "", indices, kinds))

    def arrange_scaled(self, scaled: Form) -> tuple[str, Layout]:
        """Numbers of all factors come together in front: 2/n (a - y) ⊙ ..."""
        numbers, others, body = _split_numbers(scaled)
        sign, layout = self.arrange_signed(body)
        number_sign, head = self.entries.arrange_factors(numbers)
        sign = "-" if (number_sign == "-") != (sign == "-") else "+"
        factors = [] if head == show.Number("1") else [head]
        factors += [bracket(self.arrange(form), PRODUCT - 1) for form in others]
        if not factors:
            return sign, layout
        if isinstance(layout, show.Product) and not layout.sign:
            factors += layout.factors
        else:
            factors.append(bracket(layout, PRODUCT))
        return sign, show.Product(tuple(factors))

    def arrange_total(self, terms: tuple[Form, ...]) -> tuple[str, Layout]:
        signed = [(*self.arrange_signed(term), self.rank_term(term)) for term in terms]
        minus = all(sign == "-" for sign, *_ in signed)
        if minus:
            signed = [("+", layout, rank) for _, layout, rank in signed]
        signed.sort(key=lambda s: (s[2][0], s[0] == "-", s[2][1]))
        parts = tuple((sign, bracket(layout, PRODUCT)) for sign, layout, _ in signed)
        return ("-" if minus else "+"), show.Total(parts)

    def rank_term(self, term: Form) -> tuple[bool, bool]:
        """Penalties come last, and products with 1 - a after those without."""
        numbers, _, body = _split_numbers(term)
        declared = self.system.names("constant")
        penalty = any(s.name in declared for n in numbers for s in n.atoms(Symbol))
        mixed = not isinstance(body, forms.Leaf | forms.Spread) and any(
            isinstance(part, forms.Total) for part in walk_forms(body)
        )
        return penalty, mixed

    def arrange_product(self, left: Form, right: Form) -> Layout:
        """Matrix products need no brackets among each other."""
        factors: list[Layout] = []
        for form in (left, right):
            layout = self.arrange(form)
            if isinstance(layout, show.Product) and not layout.sign:
                factors += layout.factors
            else:
                factors.append(bracket(layout, PRODUCT - 1))
        return show.Product(tuple(factors))

    def arrange_elementwise(self, factors: tuple[Form, ...]) -> Layout:
        """Factors with signs between them; what divides goes below one line."""
        above: list[Form] = []
        below: list[Form] = []
        for form in factors:
            if isinstance(form, forms.Power) and form.exponent.could_extract_minus_sign():
                below.append(replace(form, exponent=-form.exponent))
            else:
                above.append(form)
        top = self.join_elementwise(above)
        if not below:
            return top
        return show.Fraction(top, self.join_elementwise(below))

    def join_elementwise(self, factors: list[Form]) -> Layout:
        if not factors:
            return show.Number("1")
        if len(factors) == 1:
            return self.arrange(factors[0])
        ordered = sorted(factors, key=_rank_factor)
        parts = tuple(bracket(self.arrange(form), PRODUCT - 1) for form in ordered)
        return show.Product(parts, "hadamard")

    def raise_form(self, body: Form, exponent: Expr) -> Layout:
        base = self.arrange(body)
        if exponent == 1:
            return base
        if exponent.could_extract_minus_sign():
            return show.Fraction(show.Number("1"), self.raise_form(body, -exponent))
        return raise_layout(base, self.entries.arrange(exponent))

    def apply(self, function: object, bodies: tuple[Form, ...]) -> Layout:
        arguments = tuple(map(self.arrange, bodies))
        if isinstance(function, Lambda):
            shown = dict(zip(function.variables, arguments, strict=True))
            return replace(self.entries, layouts=shown).arrange(function.expr)
        if isinstance(function, type) and issubclass(function, NamedFunction):
            return show.Apply(show.Function(function.spelling, function.order), arguments)
        if function is log:
            (argument,) = arguments
            return show.Apply(show.Function("log"), arguments, bind(argument) < PRODUCT)
        dummies = tuple(Symbol(f"u{p}") for p in range(len(arguments)))
        shown = dict(zip(dummies, arguments, strict=True))
        assert isinstance(function, type | UndefinedFunction)
        return replace(self.entries, layouts=shown).arrange(function(*dummies))

    def sum_over(self, body: Form, over: tuple[Symbol, ...]) -> Layout:
        """A sum over rows or columns is a product with a vector of ones."""
        if isinstance(body, forms.Leaf):
            quantity = self.entries.find_quantity(name_of(body.entry))
            if quantity is not None and "neuron" not in quantity.kinds:
                total = self.arrange(body)
                return self.entries.sum_over(over[0], Integer(1), Integer(1), "", total)
        ones = show.Letter("one")
        inner = bracket(self.arrange(body), PRODUCT - 1)
        factors = [inner]
        if body.row in over:
            factors.insert(0, show.Transposed(ones, self.notation.transpose))
        if body.column in over:
            factors.append(ones)
        return show.Product(tuple(factors))


def _split_numbers(form: Form) -> tuple[list[Expr], list[Form], Form]:
    """2/n (a - y) --> its numbers, its other coefficients, and what they scale."""
    match form:
        case forms.Scaled(coefficient=forms.Scalar(expression=number), body=body):
            numbers, others, inner = _split_numbers(body)
            return [*Mul.make_args(number), *numbers], others, inner
        case forms.Scaled(coefficient=coefficient, body=body):
            numbers, others, inner = _split_numbers(body)
            return numbers, [coefficient, *others], inner
        case forms.Elementwise(factors=factors) if _has_numbers(form):
            parts = [_split_numbers(factor) for factor in factors]
            bodies = tuple(body for *_, body in parts)
            return (
                [n for numbers, *_ in parts for n in numbers],
                [c for _, others, _ in parts for c in others],
                replace(form, factors=bodies),
            )
    return [], [], form


def _has_numbers(form: forms.Elementwise) -> bool:
    return any(isinstance(factor, forms.Scaled) for factor in form.factors)


def _rank_factor(form: Form) -> int:
    """W^T delta, then a - y, then a and 1 - a, functions last."""
    match form:
        case forms.Product() | forms.SumOver():
            return 0
        case forms.Total(terms=terms):
            return 3 if any(isinstance(t, forms.Spread) for t in terms) else 1
        case forms.Leaf():
            return 2
    return 4


def _is_transposed(form: Form) -> bool:
    """Whether all that a sum or a function reads is transposed: then the whole is."""
    if not isinstance(form, forms.Total | forms.Elementwise | forms.Apply | forms.Power):
        return False
    leaves = [part for part in walk_forms(form) if isinstance(part, forms.Leaf)]
    turned = [leaf for leaf in leaves if {leaf.row, leaf.column} != {None}]
    mixed = any(isinstance(p, forms.Product | forms.SumOver) for p in walk_forms(form))
    return bool(turned) and not mixed and all(leaf.transposed for leaf in turned)


def _turn(form: Form) -> Form:
    """The transpose of a form that `_is_transposed`."""
    match form:
        case forms.Leaf():
            return replace(form, transposed=False, row=form.column, column=form.row)
        case forms.Scalar():
            return form
        case forms.Scaled(body=body) | forms.Spread(body=body) | forms.Power(body=body):
            return replace(form, body=_turn(body), row=form.column, column=form.row)
        case forms.Elementwise(factors=parts):
            return replace(form, factors=tuple(map(_turn, parts)))
        case forms.Total(terms=parts):
            return replace(form, terms=tuple(map(_turn, parts)))
        case forms.Apply(bodies=parts):
            return replace(form, bodies=tuple(map(_turn, parts)))
    raise TypeError(f"{type(form).__name__} is not turned")


def _is_below(layout: Layout) -> bool:
    """A letter with a script below only can carry the mark of a transpose."""
    return isinstance(layout, show.Scripted) and layout.upper is None


def _capitalize(letter: Layout, batch: bool) -> Layout:
    """a --> A where it holds a whole batch; names of several letters stay."""
    if batch and isinstance(letter, show.Letter) and len(letter.name) == 1:
        return show.Letter(letter.name.upper())
    return letter
