"""From a matrix form to a layout: transposes, elementwise and outer products, norms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sympy import Expr, Lambda, Mul, Rational, Symbol, exp, log
from sympy.core.function import UndefinedFunction

from symbackprop import matrix_forms as forms
from symbackprop.equations import (
    UPDATED,
    Equation,
    System,
    find_entries,
    indices_of,
    name_of,
    plain_name,
    split_adjoint,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction
from symbackprop.matrix_forms import Form, form_matrix, parts_of, walk_forms
from symbackprop.notation import Notation
from symbackprop.partials import Braced, Chain, Direct, Partial
from symbackprop.primitives import Abs
from symbackprop.printing import layout as show
from symbackprop.printing.arrange import Arranger, negate, turn
from symbackprop.printing.entries import Entries
from symbackprop.printing.layout import (
    ATOM,
    PRODUCT,
    Layout,
    TermSign,
    bind,
    bracket,
    enclose,
)
from symbackprop.printing.letters import differentiate_letter, raise_layout


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
    inner = Arranger(system, notation).begin(equation.lhs, equation.rhs)
    held = list_held(equation, inner)
    left, right = form_matrix(equation, system.quantities, stored, system.sizes, held)
    arranger = MatrixArranger(inner)
    arrow = equation.role == "update" and not notation.named_units
    if arrow:
        left = replace(left, name=left.name.rstrip(UPDATED))
    sides = arranger.arrange(left), arranger.arrange(right)
    return show.Relation(sides, "arrow" if arrow else "=")


def list_held(equation: Equation, inner: Arranger) -> tuple[Symbol, ...]:
    """The index of samples, where a formula writes the cost of one: it is about that sample."""
    entries = inner.entries
    reads = chain([equation.lhs], find_entries(equation.rhs))
    if not any(entries.writes_sample_cost(name_of(read)) for read in reads):
        return ()
    return tuple(s for s, kind in inner.scope.kinds.items() if kind == "sample")


@dataclass(frozen=True)
class MatrixArranger:
    """Arranges matrix forms; what has no rows and columns is left to `inner`."""

    inner: Arranger

    @property
    def system(self) -> System:
        return self.inner.system

    @property
    def notation(self) -> Notation:
        return self.inner.notation

    @property
    def entries(self) -> Entries:
        return self.inner.entries

    def arrange(self, form: Form) -> Layout:
        sign, layout = self.arrange_signed(form)
        return negate(layout) if sign == "-" else layout

    def arrange_signed(self, form: Form) -> tuple[TermSign, Layout]:
        """The layout of a form with its sign apart."""
        if _is_transposed(form):
            return "+", self.transpose(self.arrange(_turn(form)))
        match form:
            case forms.Scalar(expression=expression):
                return self.inner.arrange_signed(expression)
            case forms.Scaled():
                return self.arrange_scaled(form)
            case forms.Elementwise() | forms.Product() if _has_numbers(form):
                return self.arrange_scaled(form)
            case forms.Spread(body=body):
                return self.arrange_spread(form, body)
            case forms.Total():
                return self.arrange_total(form)
        return "+", self.arrange_unsigned(form)

    def arrange_unsigned(self, form: Form) -> Layout:
        match form:
            case forms.Leaf():
                return self.arrange_leaf(form)
            case forms.Product(left=left, right=right):
                return self.arrange_product(left, right)
            case forms.Elementwise():
                return self.arrange_elementwise(form)
            case forms.Apply(function=function, bodies=bodies):
                return self.apply(function, bodies)
            case forms.Power(body=body, exponent=exponent):
                return self.raise_form(body, exponent)
            case forms.SoftmaxOf(body=body):
                return show.Apply(show.Function("softmax"), (self.arrange(body),))
            case forms.SquaredNorm(body=body):
                return self.arrange_norm(body)
            case forms.SumOver(body=body, over=over):
                return self.sum_over(body, over)
            case forms.Series(body=body):
                inner = bracket(self.arrange(body), PRODUCT)
                return self.inner.sum_over(form.source, inner)
        raise TypeError(f"no layout is known for the form {type(form).__name__}")

    # --- parts ------------------------------------------------------------------------------

    def arrange_leaf(self, leaf: forms.Leaf) -> Layout:
        """A vector or matrix by its letter, with its layer; capital where it holds a batch."""
        layout = self.arrange_name(leaf)
        return self.transpose(layout) if leaf.transposed else layout

    def transpose(self, layout: Layout) -> Layout:
        bare = bind(layout) == ATOM or _is_below(layout)
        return show.Transposed(layout if bare else enclose(layout), self.entries.transpose_mark)

    def arrange_name(self, leaf: forms.Leaf) -> Layout:
        entries = self.entries
        quantity = entries.find_quantity(leaf.name)
        if quantity is None or "neuron" not in quantity.kinds:
            # the cost of each sample keeps its index; numbers have no rows and columns
            return entries.arrange_entry(leaf.name, indices_of(leaf.entry))
        batch = "sample" in quantity.kinds and "sample" not in leaf.kinds
        adjoint = split_adjoint(leaf.name)
        plain = plain_name(leaf.name)
        letter = _capitalize(entries.find_letter(plain, matrix=True), batch)
        if adjoint is None:
            updated = leaf.name.endswith(UPDATED)
            return entries.attach(letter, None, leaf.indices, leaf.kinds, updated)
        if self.notation.adjoints == "differential":
            letter = differentiate_letter(letter)
        elif quantity.role == "pre-activation":
            letter = entries.find_error_letter(plain)
        else:
            top = entries.arrange_cost(adjoint[0], indices_of(leaf.entry), quantity.kinds)
            return show.Partial(top, entries.attach(letter, None, leaf.indices, leaf.kinds))
        return entries.attach(letter, None, leaf.indices, leaf.kinds)

    def arrange_norm(self, body: Form) -> Layout:
        inner = self.inner.turn_difference(_source(body), self.arrange(body))
        lower = show.Letter("F") if is_matrix(body) else None
        return show.Scripted(show.Brackets(inner, "norm"), show.Number("2"), lower)

    def arrange_spread(self, form: Form, body: Form) -> tuple[TermSign, Layout]:
        """A number or vector in every row, column or both: by products with ones.

        A number is taken off as it stands, 1 - a, and a bias is added to every sample, as
        everybody writes it.
        """
        sign, layout = self.arrange_signed(body)
        is_number = body.row is None and body.column is None
        missing = {form.row, form.column} - {body.row, body.column}
        to_samples = all(self.inner.scope.kinds.get(place) == "sample" for place in missing)
        is_bias = isinstance(body, forms.Leaf) and self.entries.role_of(body.entry) == "parameter"
        if (is_bias and (is_number or to_samples)) or (
            isinstance(body, forms.Scalar) and self.inner.order.is_constant(_source(body))
        ):
            return sign, layout
        ones = show.Letter("one")
        factors = [bracket(layout, PRODUCT - 1)] if is_number else list_factors(layout)
        if form.row is not None and body.row is None:
            factors.insert(len(factors) if body.column is None else 0, ones)
        if form.column is not None and body.column is None:
            factors.append(self.transpose(ones))
        return sign, show.Product(tuple(factors))

    def arrange_scaled(self, scaled: Form) -> tuple[TermSign, Layout]:
        """Numbers of all factors come together in front: 2/n (a - y) ⊙ ..."""
        numbers, others, body = _split_numbers(scaled)
        sign, layout = self.arrange_signed(body)
        number_sign, head = self.inner.arrange_factors(numbers)
        sign = sign if number_sign == "+" else turn(sign)
        factors = [] if head == show.Number("1") else [head]
        factors += [bracket(self.arrange(form), PRODUCT - 1) for form in others]
        if not factors:
            return sign, layout
        if isinstance(layout, show.Product) and not layout.sign:
            factors += layout.factors
        else:
            factors.append(bracket(layout, PRODUCT))
        return sign, show.Product(tuple(factors))

    def arrange_total(self, form: forms.Total) -> tuple[TermSign, Layout]:
        signed = [(*self.arrange_signed(term), _source(term)) for term in form.terms]
        minus = all(sign == "-" for sign, *_ in signed)
        if minus:
            signed = [("+", layout, -source) for _, layout, source in signed]
        ordered = self.inner.order.sort_terms(signed, _source(form))
        parts = tuple((sign, bracket(layout, PRODUCT)) for sign, layout in ordered)
        return ("-" if minus else "+"), show.Total(parts)

    def arrange_product(self, left: Form, right: Form) -> Layout:
        """Matrix products need no brackets among each other."""
        factors = (*list_factors(self.arrange(left)), *list_factors(self.arrange(right)))
        return show.Product(factors)

    def arrange_elementwise(self, form: forms.Elementwise) -> Layout:
        """Factors with signs between them; what divides comes last."""
        above: list[Form] = []
        below: list[Form] = []
        for factor in _flatten(form):
            inverse = _invert(factor)
            if inverse is None:
                above.append(factor)
            else:
                below.append(inverse)
        if not below:
            return self.join_elementwise(above)
        top = self.join_elementwise(above) if above else None
        return self.divide(top, self.join_elementwise(below), form)

    def divide(self, top: Layout | None, bottom: Layout, form: Form) -> Layout:
        """Numbers have a fraction line, arrays a sign that divides them entry by entry."""
        if form.row is None and form.column is None:
            return show.Fraction(top or show.Number("1"), bottom)
        parts = top or show.Letter("one"), bottom
        return show.Product(tuple(bracket(part, PRODUCT - 1) for part in parts), "quotient")

    def join_elementwise(self, factors: list[Form]) -> Layout:
        if len(factors) == 1:
            return self.arrange(factors[0])
        ranks = self.inner.order.rank_factors([_source(form) for form in factors])
        order = sorted(range(len(factors)), key=ranks.__getitem__)
        parts = tuple(bracket(self.arrange(factors[p]), PRODUCT - 1) for p in order)
        return show.Product(parts, "hadamard")

    def raise_form(self, body: Form, exponent: Expr) -> Layout:
        if exponent == 1:
            return self.arrange(body)
        if exponent.could_extract_minus_sign():
            return self.divide(None, self.raise_form(body, -exponent), body)
        base = self.arrange(body)
        if exponent == Rational(1, 2):
            return show.Root(base)
        if not is_matrix(body):
            return raise_layout(base, self.inner.arrange(exponent))
        # a matrix squared is the product with itself; entry by entry it is another
        factor = bracket(base, PRODUCT - 1)
        if exponent == 2:
            return show.Product((factor, factor), "hadamard")
        times = show.Row((show.Symbol("hadamard"), self.inner.arrange(exponent)))
        return show.Scripted(base if bind(base) == ATOM else enclose(base), times)

    def apply(self, function: object, bodies: tuple[Form, ...]) -> Layout:
        """A function of every entry.

        Raises:
            InputError: bars would be taken for a norm, and cases for those of the whole.
        """
        if function is Abs:
            raise InputError("the absolute value is taken entry by entry; ask for the indexed view")
        arguments = tuple(map(self.arrange, bodies))
        if isinstance(function, Lambda):
            shown = dict(zip(function.variables, arguments, strict=True))
            layout = replace(self.inner, layouts=shown).arrange(function.expr)
            if isinstance(layout, show.Cases):
                raise InputError(f"{function.expr}: cases are told apart entry by entry")
            return layout
        if isinstance(function, type) and issubclass(function, NamedFunction):
            return show.Apply(show.Function(function.spelling, function.order), arguments)
        if function is log:
            (argument,) = arguments
            return show.Apply(show.Function("log"), arguments, bind(argument) < PRODUCT)
        if function is exp:
            # e to the power of a matrix is another thing than e to that of each entry
            return show.Apply(show.Function("exp"), arguments)
        dummies = tuple(Symbol(f"u{p}") for p in range(len(arguments)))
        shown = dict(zip(dummies, arguments, strict=True))
        assert isinstance(function, type | UndefinedFunction)
        return replace(self.inner, layouts=shown).arrange(function(*dummies))

    def sum_over(self, body: Form, over: tuple[Symbol, ...]) -> Layout:
        """A sum over rows or columns is a product with a vector of ones."""
        ones = show.Letter("one")
        factors = list_factors(self.arrange(body))
        if body.row in over:
            factors.insert(0, self.transpose(ones))
        if body.column in over:
            factors.append(ones)
        return show.Product(tuple(factors))


def list_factors(layout: Layout) -> list[Layout]:
    """The factors of a plain product, which need no brackets among others; else the one."""
    plain = isinstance(layout, show.Product) and not layout.sign
    factors = layout.factors if isinstance(layout, show.Product) and plain else (layout,)
    return [enclose(f) if isinstance(f, show.Product) else bracket(f, PRODUCT - 1) for f in factors]


def is_matrix(form: Form) -> bool:
    return form.row is not None and form.column is not None


def _source(form: Form) -> Expr:
    assert form.source is not None, f"{type(form).__name__} was made from no expression"
    return form.source


def _invert(form: Form) -> Form | None:
    """The form of what divides, also where that is the same in every row or column."""
    match form:
        case forms.Power(exponent=exponent) if exponent.could_extract_minus_sign():
            return replace(form, exponent=-exponent, source=1 / _source(form))
        case forms.Spread(body=forms.Power() as body):
            inner = _invert(body)
            return inner and replace(form, body=inner, source=1 / _source(form))
    return None


def _flatten(form: forms.Elementwise) -> Iterator[Form]:
    for factor in form.factors:
        if isinstance(factor, forms.Elementwise):
            yield from _flatten(factor)
        else:
            yield factor


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
        case forms.Product(left=left, right=right) if _has_numbers(form):
            (some, ones, first), (more, others, second) = map(_split_numbers, (left, right))
            return [*some, *more], [*ones, *others], replace(form, left=first, right=second)
    return [], [], form


def _has_numbers(form: forms.Elementwise | forms.Product) -> bool:
    """Whether a factor, or a factor of it, has a number before it."""
    return any(
        isinstance(part, forms.Scaled)
        or (isinstance(part, forms.Elementwise | forms.Product) and _has_numbers(part))
        for part in parts_of(form)
    )


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
