"""The numpy program of a system: one statement for each quantity, written by sympy's printer."""

from __future__ import annotations

import builtins
import inspect
import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sympy import (
    Add,
    Basic,
    Expr,
    Float,
    Function,
    Indexed,
    Integer,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    lambdify,
    log,
)
from sympy.printing.numpy import NumPyPrinter

from symbackprop.equations import (
    Equation,
    System,
    find_entries,
    indices_of,
    name_of,
    split_adjoint,
    substitute,
)
from symbackprop.errors import InputError
from symbackprop.functions import NamedFunction, Softmax
from symbackprop.matrix_forms import (
    ROWS,
    Apply,
    Elementwise,
    Form,
    Leaf,
    Power,
    Product,
    Scalar,
    Scaled,
    Series,
    SoftmaxOf,
    Spread,
    SquaredNorm,
    SumOver,
    Total,
    form_matrix,
    separate_bounds,
)
from symbackprop.programs.stable import (
    NUMPY_FUNCTIONS,
    SoftmaxColumns,
    SoftmaxRows,
    log_softmax,
    softmax,
    stabilize,
)

Key = tuple[str, tuple[Expr, ...]]


class MatrixProduct(Function):
    """a @ b."""


class Transposed(Function):
    """a.T."""


class InnerProduct(Function):
    """The sum of the products of corresponding entries."""


class SumRows(Function):
    """The sum of all rows, as one row."""


class SumColumns(Function):
    """The sum of all columns, as one column."""


class SumAll(Function):
    """The sum of all entries."""


class Repeated(Function):
    """Repeated(a, rows, columns): a filled up to that shape."""


class _Printer(NumPyPrinter):
    """numpy as one writes it by hand: a @ b.T, where(z > 0, z, 0)."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": False, "allow_unknown_functions": True})

    def _print_Float(self, number: Float) -> str:
        return repr(float(number))

    def _print_Rational(self, number: Rational) -> str:
        return f"{number.p}/{number.q}"

    def _print_Pow(self, power: Expr, rational: bool = False) -> str:
        # sympy would write x**(-1.0)
        if power.exp == -1:
            return f"(1/{self._tight(power.base)})"
        return str(super()._print_Pow(power, rational))

    def _print_Max(self, expression: Expr) -> str:
        return self._pairwise("maximum", expression)

    def _print_Min(self, expression: Expr) -> str:
        return self._pairwise("minimum", expression)

    def _pairwise(self, name: str, expression: Expr) -> str:
        first, *rest = sorted(expression.args, key=lambda a: a.is_number)
        text = self._print(first)
        for other in rest:
            text = f"{name}({text}, {self._print(other)})"
        return text

    def _print_Piecewise(self, cases: Expr) -> str:
        *branches, (last, _) = cases.args
        text = self._print_typed(last)
        for value, condition in reversed(branches):
            text = f"where({self._print(condition)}, {self._print_typed(value)}, {text})"
        return text

    def _print_typed(self, value: Expr) -> str:
        # where(z > 0, 1, 0.01) of plain numbers would be in double precision
        return f"real({self._print(value)})" if value.is_number else str(self._print(value))

    def _print_Relational(self, condition: Expr) -> str:
        left, right = self._print(condition.lhs), self._print(condition.rhs)
        return f"({left} {condition.rel_op} {right})"

    def _print_MatrixProduct(self, product: Expr) -> str:
        return f"({' @ '.join(self._tight(a) for a in product.args)})"

    def _print_Transposed(self, expression: Expr) -> str:
        return f"{self._tight(expression.args[0])}.T"

    def _tight(self, expression: Expr) -> str:
        """What a method or an @ can follow."""
        text = str(self._print(expression))
        closed = isinstance(expression, Symbol | Function) and not expression.is_Piecewise
        return text if closed else f"({text})"

    def _print_InnerProduct(self, product: Expr) -> str:
        return f"vdot({', '.join(self._print(a) for a in product.args)})"

    def _print_SumRows(self, total: Expr) -> str:
        return f"{self._tight(total.args[0])}.sum(axis=0, keepdims=True)"

    def _print_SumColumns(self, total: Expr) -> str:
        return f"{self._tight(total.args[0])}.sum(axis=1, keepdims=True)"

    def _print_SumAll(self, total: Expr) -> str:
        return f"{self._tight(total.args[0])}.sum()"

    def _print_Repeated(self, expression: Expr) -> str:
        body, rows, columns = (self._print(a) for a in expression.args)
        return (
            f"broadcast_to(real({body}), ({rows}, {columns}))"
            if (expression.args[0].is_number)
            else f"broadcast_to({body}, ({rows}, {columns}))"
        )

    def _print_SoftmaxRows(self, expression: Expr) -> str:
        return f"softmax({self._print(expression.args[0])}, axis=1)"

    def _print_SoftmaxColumns(self, expression: Expr) -> str:
        return f"softmax({self._print(expression.args[0])}, axis=0)"

    def _print_LogSoftmaxRows(self, expression: Expr) -> str:
        return f"log_softmax({self._print(expression.args[0])}, axis=1)"

    def _print_LogSoftmaxColumns(self, expression: Expr) -> str:
        return f"log_softmax({self._print(expression.args[0])}, axis=0)"

    def _print_Function(self, expression: Expr) -> str:
        function = NUMPY_FUNCTIONS.get(type(expression))
        if function is None:
            raise InputError(f"{type(expression).__name__} has no numpy form")
        return f"{function.__name__}({', '.join(self._print(a) for a in expression.args)})"

    _print_erf = _print_Function


HELPERS = {
    **{function.__name__: function for function in NUMPY_FUNCTIONS.values()},
    "softmax": softmax,
    "log_softmax": log_softmax,
}
_TAKEN = {*dir(np), *dir(builtins), *keyword.kwlist, *HELPERS, "real"}


@dataclass(frozen=True)
class Statement:
    """variable = value, for one quantity (its key) or for a repeated part of others (None)."""

    variable: Symbol
    value: Expr
    key: Key | None
    role: str


@dataclass(frozen=True)
class Script:
    """All statements of a system, with the variables that are given."""

    statements: tuple[Statement, ...]
    given: Mapping[Key, Symbol]
    sizes: Mapping[Expr, Symbol]

    def variable(self, key: Key) -> Symbol | None:
        return next((s.variable for s in self.statements if s.key == key), None)


def write_script(system: System) -> Script:
    """Write every equation of a system as a statement; layers and time are numbers already.

    Raises:
        InputError: an equation without a matrix form, or a function without a formula.
    """
    names = _Names()
    variables: dict[Key, Symbol] = {}
    for equation in system.equations:
        variables.setdefault(key_of(equation.lhs), names.choose(label_of(equation.lhs, system)))
    given: dict[Key, Symbol] = {}
    for equation in system.equations:
        for read in sorted(find_entries(equation.rhs), key=str):
            if not isinstance(read, Indexed | Symbol) or name_of(read) not in system.quantities:
                continue
            key = sequential_key(read, system)
            if key not in given and _is_free(key, system):
                given[key] = names.choose(label_of_key(key))
    sizes = {s: names.choose(f"size_{s}") for s in _list_sizes(system)}
    defined = {sequential_key(e.lhs, system): variables[key_of(e.lhs)] for e in system.equations}
    definitions = {sequential_key(e.lhs, system): e for e in system.equations}
    writer = _Writer(system, {**given, **defined}, sizes, definitions)
    statements = tuple(
        Statement(variables[key_of(e.lhs)], writer.write(e), sequential_key(e.lhs, system), e.role)
        for e in system.equations
    )
    return Script(statements, given, sizes)


def key_of(entry: Expr) -> Key:
    return name_of(entry), indices_of(entry)


def _is_free(key: Key, system: System) -> bool:
    return key[0] not in system.definitions


def sequential_key(entry: Expr, system: System) -> Key:
    """The name with the indices of layer and time: W[2, j, k] --> ("W", (2,))."""
    quantity = system.quantities.get(name_of(entry))
    kinds = quantity.kinds if quantity else ()
    rest = (i for i, k in zip(indices_of(entry), kinds, strict=False) if k in ("layer", "time"))
    return name_of(entry), tuple(rest)


def label_of_key(key: Key) -> str:
    """("W", (2,)) --> "W2"."""
    name, indices = key
    return name + "_".join(map(str, indices))


def label_of(entry: Expr, system: System) -> str:
    """The name of a variable: delta2 for the error of layer 2, gradient_W2, adjoint_a1."""
    name, indices = sequential_key(entry, system)
    split = split_adjoint(name)
    if split is None:
        return label_of_key((name, indices))
    quantity = system.quantities[split[1]]
    if quantity.role == "pre-activation":
        return label_of_key(("delta", indices))
    kind = "gradient_" if quantity.role in ("parameter", "input") else "adjoint_"
    return label_of_key((kind + split[1], indices))


class _Names:
    """Names of variables: whatever a quantity is called, its variable is an identifier."""

    def __init__(self) -> None:
        self.taken = set(_TAKEN)

    def choose(self, wanted: str) -> Symbol:
        text = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in wanted)
        if not text.isidentifier():
            text = f"quantity_{text}"
        while text in self.taken:
            text += "_"
        self.taken.add(text)
        return Symbol(text)


def _list_sizes(system: System) -> Iterator[Expr]:
    """Sizes that no number was given for: m, or the n of a graph."""
    seen: dict[Expr, None] = {}
    for equation in system.equations:
        bounds = [b for axis in equation.axes for b in (axis.low, axis.high)]
        bounds += [b for s in equation.rhs.atoms(Sum) for _, *pair in s.limits for b in pair]
        for bound in bounds:
            for part in list_sizes_in(bound, system.sizes):
                seen[part] = None
        for part in find_entries(equation.rhs):
            if name_of(part) not in system.quantities and part not in system.sizes:
                seen[part] = None
    yield from seen


def list_sizes_in(bound: Expr, known: Mapping[Expr, int]) -> Iterator[Expr]:
    if isinstance(bound, Indexed | Symbol):
        if bound not in known:
            yield bound
        return
    for argument in bound.args:
        yield from list_sizes_in(argument, known)


@dataclass(frozen=True)
class _Array:
    """An expression of arrays, and whether it reaches along rows and along columns."""

    value: Expr
    rows: bool
    columns: bool


@dataclass(frozen=True)
class _Writer:
    """From equations to expressions of variables."""

    system: System
    variables: Mapping[Key, Symbol]
    sizes: Mapping[Expr, Symbol]
    definitions: Mapping[Key, Equation]

    def write(self, equation: Equation) -> Expr:
        opened = separate_bounds(replace(equation, rhs=self.open_vanishing(equation.rhs)))
        ranges = {a.symbol: a.high - a.low + 1 for a in equation.axes}
        for total in opened.rhs.atoms(Sum):
            ranges |= {bound: high - low + 1 for bound, low, high in total.limits}
        _, form = form_matrix(opened, self.system.quantities, ROWS, self.system.sizes)
        return _evaluate_numbers(stabilize(self.fill(form, ranges)))

    def open_vanishing(self, expression: Expr) -> Expr:
        """log(a) --> log(softmax(z)), sigmoid(z)/a --> sigmoid(z)/softplus(z): an a that is
        rounded to 0 has no logarithm and no inverse, these have.
        """
        if not expression.has(log, NamedFunction):
            return expression
        return expression.replace(lambda e: isinstance(e, log), self.open).replace(
            lambda e: isinstance(e, Mul), self.open_inverses
        )

    def open_inverses(self, product: Expr) -> Expr:
        """Open what is divided by, where another factor is a function of the same."""
        read = {f.args[0] for f in product.args if isinstance(f, NamedFunction)}
        factors = []
        for factor in product.args:
            inverse = isinstance(factor, Pow) and factor.exp.is_negative
            opened = self.open(factor) if inverse else factor
            shared = any(f.args[0] in read for f in opened.atoms(NamedFunction))
            factors.append(opened if shared else factor)
        return product.func(*factors)

    def open(self, expression: Expr) -> Expr:
        """Put in for each entry the activation that it is of something."""
        opened = {read: self.find_activation(read) for read in find_entries(expression)}
        return expression.xreplace({read: found for read, found in opened.items() if found})

    def find_activation(self, read: Expr) -> Expr | None:
        """a[2, k] --> softplus(z[2, k])."""
        definition = self.definitions.get(sequential_key(read, self.system))
        if definition is None or not isinstance(definition.rhs, NamedFunction | Softmax):
            return None
        pairs = zip(definition.indices, indices_of(read), strict=True)
        renamed = {own: wanted for own, wanted in pairs if own != wanted}
        rhs = definition.rhs
        if isinstance(rhs, Softmax) and rhs.args[2] in renamed.values():
            argument, term, bound, low, high = rhs.args
            fresh = Symbol(f"{bound}_other", integer=True)
            rhs = Softmax(argument, term.xreplace({bound: fresh}), fresh, low, high)
        return substitute(rhs, renamed)

    def fill(self, form: Form, ranges: Mapping[Symbol, Expr]) -> Expr:
        """The expression of a form, filled up to the full number of rows and columns."""
        array = self.emit(form, ranges)
        short_rows = form.row is not None and not array.rows
        short_columns = form.column is not None and not array.columns
        if not (short_rows or short_columns):
            return array.value
        rows, columns = (
            self.size(ranges[place]) if place is not None else Integer(1)
            for place in (form.row, form.column)
        )
        return Repeated(array.value, rows, columns)

    def size(self, expression: Expr) -> Expr:
        known = {s: Integer(v) for s, v in self.system.sizes.items()}
        return expression.xreplace({**known, **self.sizes})

    def emit(self, form: Form, ranges: Mapping[Symbol, Expr]) -> _Array:
        rows, columns = form.row is not None, form.column is not None
        match form:
            case Leaf():
                variable = self.variables[form.name, form.indices]
                value = Transposed(variable) if form.transposed and (rows or columns) else variable
                return _Array(value, rows, columns)
            case Scalar():
                return _Array(self.write_scalar(form.expression), False, False)
            case Spread():
                return self.emit(form.body, ranges)
            case Elementwise(factors=parts):
                return _join(Mul, [self.emit(part, ranges) for part in parts])
            case Total(terms=parts):
                return _join(Add, [self.emit(part, ranges) for part in parts])
            case Scaled(coefficient=coefficient, body=body):
                return self.scale(self.fill(coefficient, ranges), body, ranges)
            case Power(body=body, exponent=exponent):
                return _join(Pow, [self.emit(body, ranges), _number(self.write_scalar(exponent))])
            case Apply(function=function, bodies=bodies):
                return self.apply(function, [self.emit(body, ranges) for body in bodies])
            case Product(left=left, right=right):
                value = self.multiply(self.fill(left, ranges), self.fill(right, ranges), form)
                return _Array(value, rows, columns)
            case SumOver(body=body, over=over):
                value = self.fill(body, ranges)
                if not rows and not columns:
                    return _number(SumAll(value))
                kind = SumRows if body.row in over else SumColumns
                return _Array(kind(value), rows, columns)
            case SquaredNorm(body=body):
                value = self.fill(body, ranges)
                return _number(InnerProduct(value, value))
            case SoftmaxOf(body=body, along=along):
                kind = SoftmaxColumns if body.row == along else SoftmaxRows
                return _Array(kind(self.fill(body, ranges)), rows, columns)
            case Series(index=index):
                raise InputError(f"the sum over {index} has no number of terms; give its size")
        raise TypeError(f"{type(form).__name__} is no form")

    def multiply(self, left: Expr, right: Expr, form: Product) -> Expr:
        if form.row is None and form.column is None:
            # entries meet in the same order, however the two vectors lie
            return InnerProduct(_untransposed(left), _untransposed(right))
        return MatrixProduct(left, right)

    def scale(self, coefficient: Expr, body: Form, ranges: Mapping[Symbol, Expr]) -> _Array:
        """The number goes to the smaller array: (1/m) (d^T a) --> (d/m)^T a."""
        rows, columns = body.row is not None, body.column is not None
        if isinstance(body, Product) and rows and columns and not coefficient.is_Integer:
            left, right = self.fill(body.left, ranges), self.fill(body.right, ranges)
            scaled = coefficient * _untransposed(left)
            if isinstance(left, Transposed):
                scaled = Transposed(scaled)
            return _Array(MatrixProduct(scaled, right), rows, columns)
        if isinstance(body, SumOver) and columns and not coefficient.is_number:
            # d/m is there already, for the weights
            return _Array(SumRows(coefficient * self.fill(body.body, ranges)), rows, columns)
        array = self.emit(body, ranges)
        return replace(array, value=coefficient * array.value)

    def apply(self, function: Any, bodies: list[_Array]) -> _Array:
        if isinstance(function, type) and issubclass(function, NamedFunction):
            if function.formula is None:
                raise InputError(
                    f"{function.spelling} has no formula; give the network an activation such as "
                    f"activation='sigmoid'"
                )
            return _join(function.apply_formula, bodies)
        return _join(function, bodies)

    def write_scalar(self, expression: Expr) -> Expr:
        """An expression of numbers, sizes and quantities that are numbers."""
        mapping: dict[Expr, Expr] = {}
        for part in find_entries(expression):
            if part in self.system.sizes:
                mapping[part] = Integer(self.system.sizes[part])
            elif part in self.sizes:
                mapping[part] = self.sizes[part]
            elif name_of(part) in self.system.quantities:
                mapping[part] = self.variables[sequential_key(part, self.system)]
        result = expression.xreplace(mapping)
        return result.replace(
            lambda e: isinstance(e, NamedFunction), lambda e: e.apply_formula(*e.args)
        )


def _number(value: Expr) -> _Array:
    return _Array(value, False, False)


def _join(operation: Callable[..., Expr], parts: list[_Array]) -> _Array:
    value = operation(*(part.value for part in parts))
    # a - a is the number 0: it reaches nowhere
    reaches = not value.is_number
    rows, columns = any(part.rows for part in parts), any(part.columns for part in parts)
    return _Array(value, reaches and rows, reaches and columns)


def _untransposed(value: Expr) -> Expr:
    return value.args[0] if isinstance(value, Transposed) else value


def _evaluate_numbers(expression: Basic) -> Basic:
    """sqrt(2) --> 1.414...: numpy's own sqrt(2) would make single precision double."""
    if isinstance(expression, Expr) and expression.is_number and not expression.is_Rational:
        return Float(expression.evalf(20), 17) if expression.is_finite else expression
    if not expression.args:
        return expression
    if isinstance(expression, Mul):
        numbers = [a for a in expression.args if a.is_number]
        if any(not a.is_Rational for a in numbers):
            rest = [_evaluate_numbers(a) for a in expression.args if not a.is_number]
            return Mul(Float(Mul(*numbers).evalf(20), 17), *rest)
    arguments = [_evaluate_numbers(a) for a in expression.args]
    if all(new is old for new, old in zip(arguments, expression.args, strict=True)):
        return expression
    return expression.func(*arguments)


def select(statements: Iterable[Statement], wanted: Iterable[Symbol]) -> tuple[Statement, ...]:
    """The statements that the wanted variables need, in order."""
    needed, kept = set(wanted), []
    for statement in reversed(tuple(statements)):
        if statement.variable in needed:
            kept.append(statement)
            needed |= statement.value.free_symbols
    return tuple(reversed(kept))


def share(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Compute once what several statements compute: it gets a variable of its own."""
    statements = tuple(statements)
    seen: set[Basic] = set()
    repeated: set[Basic] = set()

    def visit(part: Basic) -> None:
        if not isinstance(part, Expr) or not part.args or part.is_number or _is_cheap(part):
            if isinstance(part, Transposed) or not isinstance(part, Expr):
                for argument in part.args:
                    visit(argument)
            return
        if part in seen:
            repeated.add(part)
            return
        seen.add(part)
        for argument in part.args:
            visit(argument)

    for statement in statements:
        visit(statement.value)
    names = _Names()
    names.taken |= {s.name for st in statements for s in st.value.free_symbols | {st.variable}}
    variables: dict[Basic, Symbol] = {st.value: st.variable for st in statements[::-1]}
    done: set[Symbol] = set()
    result: list[Statement] = []
    count = 0

    def rebuild(part: Basic, top: bool = False) -> Basic:
        if not part.args or not isinstance(part, Basic):
            return part
        if not top and part in repeated:
            nonlocal count
            known = variables.get(part)
            if known is not None and known in done:
                return known
            count += 1
            variable = names.choose(f"shared{count}")
            value = rebuild(part, top=True)
            result.append(Statement(variable, value, None, "shared"))
            variables[part] = variable
            done.add(variable)
            return variable
        arguments = [rebuild(a) for a in part.args]
        if all(new is old for new, old in zip(arguments, part.args, strict=True)):
            return part
        return part.func(*arguments)

    for statement in statements:
        known = variables.get(statement.value)
        if known is not None and known in done and statement.value in repeated:
            value: Basic = known
        else:
            value = rebuild(statement.value, top=True)
        result.append(replace(statement, value=value))
        done.add(statement.variable)
        if statement.value in repeated:
            variables[statement.value] = statement.variable
    return tuple(result)


def _is_cheap(part: Expr) -> bool:
    """A view, a minus or a quotient of sizes is not worth a variable."""
    if isinstance(part, Transposed) or -part in part.free_symbols:
        return True
    return all(s.name.startswith("size_") for s in part.free_symbols)


def compile_statements(
    statements: tuple[Statement, ...],
    given: Iterable[Symbol],
    outputs: Iterable[Symbol],
    real: type,
) -> tuple[Callable[..., tuple[Any, ...]], str]:
    """The function of the given variables that returns the outputs, with its source."""
    replacements = [(s.variable, s.value) for s in statements]
    function = lambdify(
        tuple(given),
        tuple(outputs),
        modules=[{**HELPERS, "real": real}, "numpy"],
        printer=_Printer(),
        cse=lambda expressions: (replacements, expressions),
    )
    return function, inspect.getsource(function).replace("_lambdifygenerated", "program")
