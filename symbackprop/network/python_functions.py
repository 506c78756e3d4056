"""Read a plain Python function: its source --> a sympy expression and a printed definition.

The only file that knows latexify-py. The function is never called and nothing is evaluated: its
syntax tree is translated row by row from the tables below.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NoReturn

import sympy

from symbackprop.errors import InputError, name_choices
from symbackprop.network.grammar import raise_power
from symbackprop.primitives import PRIMITIVES

MODULES = ("math", "np", "numpy")

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a * raise_power(b, sympy.Integer(-1)),
    ast.Pow: raise_power,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: lambda a: -a,
    ast.UAdd: lambda a: a,
    ast.Not: sympy.Not,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}
LOGIC: dict[type[ast.boolop], Callable[..., Any]] = {ast.And: sympy.And, ast.Or: sympy.Or}

# name --> number of arguments (None: two or more), what it means
CALLS: dict[str, tuple[int | None, Callable[..., Any]]] = {
    **{name: (row.arguments, row.make) for row in PRIMITIVES.values() for name in row.names},
    "where": (3, lambda test, yes, no: sympy.Piecewise((yes, test), (no, True))),
}
CONSTANTS = {"pi": sympy.pi, "e": sympy.E}


def read_function(function: Callable[..., Any]) -> tuple[sympy.Expr, str]:
    r"""Read a function's expression, in Symbols named as its arguments, and its LaTeX definition.

    The body is one return, before which names may be given to parts. What it may use: + - * / **,
    comparisons, `a if test else b`, and the functions of the tables above, bare or from math or
    numpy. Numbers become exact: 0.5 --> 1/2.

    Raises InputError, naming the construct and its line, on anything else, and where latexify-py
    is missing (it needs Python before 3.14).

    >>> def square(z):
    ...     return z**2
    >>> read_function(square)
    (z**2, '\\mathrm{square}(z) = z^{2}')
    """
    latexify = import_latexify()
    name = getattr(function, "__name__", repr(function))
    if not isinstance(function, FunctionType):
        raise InputError(f"{name} is not a plain Python function; write one with def and return")
    if name == "<lambda>":
        raise InputError("a lambda is not read; write a function with def and return")
    try:
        tree = latexify.parser.parse_function(function)
    except (OSError, TypeError, SyntaxError, latexify.exceptions.LatexifyError) as failure:
        raise InputError(
            f"the source of {name} cannot be read ({failure}); put the function in a file"
        ) from None
    expression = FunctionReader(function, tree.body[0]).read()
    try:
        return expression, latexify.get_latex(function)
    except latexify.exceptions.LatexifyError as failure:
        raise InputError(f"the definition of {name} cannot be printed: {failure}") from None


def import_latexify() -> Any:
    """Import latexify, with its parser, or say what it needs."""
    try:
        import latexify
        import latexify.exceptions
        import latexify.parser
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        raise InputError(
            "to read a Python function needs latexify-py and Python < 3.14 (this is Python "
            f"{version}); give a sympy expression instead"
        ) from None
    return latexify


class FunctionReader:
    """Translates the syntax tree of one function."""

    def __init__(self, function: FunctionType, definition: ast.FunctionDef) -> None:
        self.function = function
        self.definition = definition
        self.values: dict[str, Any] = {}

    def refuse(self, node: ast.AST, message: str) -> NoReturn:
        # the tree counts from the first line of the function
        first = self.function.__code__.co_firstlineno
        line = first + getattr(node, "lineno", 1) - 1
        raise InputError(f"function {self.function.__name__}, line {line}: {message}")

    def read(self) -> sympy.Expr:
        """Read the whole function."""
        arguments = self.definition.args
        if self.definition.decorator_list:
            self.refuse(self.definition, "a decorator may change the meaning; leave it out")
        if arguments.vararg or arguments.kwarg or arguments.defaults or arguments.kwonlyargs:
            self.refuse(self.definition, "arguments are plain names, with no default and no *")
        for argument in [*arguments.posonlyargs, *arguments.args]:
            self.values[argument.arg] = sympy.Symbol(argument.arg)
        *assignments, last = self.definition.body
        if ast.get_docstring(self.definition) is not None and assignments:
            assignments = assignments[1:]
        for statement in assignments:
            self.read_assignment(statement)
        if not isinstance(last, ast.Return) or last.value is None:
            self.refuse(last, f"the body ends with a return of a value, not with {describe(last)}")
        result = self.read_expression(last.value)
        if not isinstance(result, sympy.Expr):
            self.refuse(last, "a number is returned, not a truth value")
        if result.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            self.refuse(last, "the value is not finite")
        return result

    def read_assignment(self, statement: ast.stmt) -> None:
        if not isinstance(statement, ast.Assign):
            self.refuse(
                statement,
                f"{describe(statement)} is not read; the body is assignments and one return "
                "(a case reads a if test else b)",
            )
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            self.refuse(statement, "an assignment gives one name to one value")
        self.values[statement.targets[0].id] = self.read_expression(statement.value)

    def read_expression(self, node: ast.expr) -> Any:
        """Translate one node of the tree; each kind has one reader."""
        match node:
            case ast.Constant(value=value):
                return self.read_constant(node, value)
            case ast.Name(id=name):
                return self.read_name(node, name)
            case ast.Attribute():
                return self.read_attribute(node)
            case ast.BinOp(left=left, op=operator, right=right):
                operation = self.find(BINARY, operator, node)
                operands = self.read_number(left), self.read_number(right)
                return self.attempt(node, operation, *operands)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return sympy.Not(self.read_test(operand))
            case ast.UnaryOp(op=operator, operand=operand):
                return self.find(UNARY, operator, node)(self.read_number(operand))
            case ast.BoolOp(op=operator, values=values):
                return LOGIC[type(operator)](*map(self.read_test, values))
            case ast.Compare(left=left, ops=operators, comparators=comparators):
                terms = [self.read_number(term) for term in [left, *comparators]]
                relations = [self.find(COMPARISONS, operator, node) for operator in operators]
                pairs = zip(relations, terms, terms[1:], strict=False)
                return sympy.And(*(relate(low, high) for relate, low, high in pairs))
            case ast.IfExp(test=test, body=body, orelse=other):
                case = (self.read_number(body), self.read_test(test))
                return sympy.Piecewise(case, (self.read_number(other), True))
            case ast.Call():
                return self.read_call(node)
        self.refuse(node, f"{describe(node)} is not read in a formula")

    def read_number(self, node: ast.expr) -> sympy.Expr:
        value = self.read_expression(node)
        if not isinstance(value, sympy.Expr):
            self.refuse(node, f"a number is wanted here, not the truth value {ast.unparse(node)}")
        return value

    def read_test(self, node: ast.expr) -> Any:
        value = self.read_expression(node)
        if isinstance(value, sympy.Expr):
            self.refuse(node, f"a comparison is wanted here, not the number {ast.unparse(node)}")
        return value

    def read_constant(self, node: ast.expr, value: object) -> sympy.Expr:
        if type(value) is int:
            return sympy.Integer(value)
        # the shortest decimal that is this float is what was typed: 0.1 --> 1/10
        if type(value) is float and abs(value) < float("inf"):
            return sympy.Rational(repr(value))
        self.refuse(node, f"{value!r} is no number to calculate with")

    def read_name(self, node: ast.expr, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in CONSTANTS and self.is_from_library(name):
            return CONSTANTS[name]
        self.refuse(
            node, name_choices("name", name, self.values) + "; only arguments and numbers are read"
        )

    def read_attribute(self, node: ast.Attribute) -> sympy.Expr:
        if isinstance(node.value, ast.Name) and node.value.id in MODULES and node.attr in CONSTANTS:
            return CONSTANTS[node.attr]
        self.refuse(node, f"{ast.unparse(node)} is not read; constants are math.pi and math.e")

    def read_call(self, node: ast.Call) -> Any:
        match node.func:
            case ast.Name(id=name) if name not in self.values and self.is_from_library(name):
                pass
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in MODULES:
                pass
            case _:
                self.refuse(node, f"a call of {ast.unparse(node.func)} is not read; write it out")
        if name not in CALLS:
            self.refuse(node, name_choices("function", name, CALLS))
        count, call = CALLS[name]
        fits = len(node.args) == count if count else len(node.args) >= 2
        if node.keywords or not fits or any(isinstance(a, ast.Starred) for a in node.args):
            self.refuse(node, f"{name} takes {count or 'two or more'} plain arguments")
        if name == "where":
            test, *branches = node.args
            return call(self.read_test(test), *map(self.read_number, branches))
        return self.attempt(node, call, *map(self.read_number, node.args))

    def is_from_library(self, name: str) -> bool:
        """Tell whether a bare name is not the user's own function or value.

        `from math import exp` is the exp of the table; a `def exp` beside the function is not.
        """
        bound = self.function.__globals__.get(name)
        if name in self.function.__code__.co_freevars or isinstance(bound, FunctionType):
            return False
        if name in CONSTANTS:
            # from math import pi; any other pi is the user's own
            return isinstance(bound, float) and abs(bound - float(CONSTANTS[name])) < 1e-15
        return True

    def find(self, table: Mapping[Any, Any], operator: ast.AST, node: ast.AST) -> Any:
        if type(operator) not in table:
            self.refuse(node, f"{describe(operator)} in {ast.unparse(node)} is not read")
        return table[type(operator)]

    def attempt(self, node: ast.AST, call: Callable[..., Any], *arguments: Any) -> Any:
        """Build an expression; a refusal of the numbers in it gets its line."""
        try:
            return call(*arguments)
        except InputError as refusal:
            self.refuse(node, str(refusal))


# kind of node --> what a person calls it; any other goes by its own name
WORDS = {
    "For": "a for loop",
    "While": "a while loop",
    "If": "an if statement",
    "Lambda": "a lambda",
    "Subscript": "an index",
    "FunctionDef": "a function in the function",
    "AugAssign": "an assignment such as +=",
    "AnnAssign": "an assignment with a type",
    "Mod": "the remainder %",
    "FloorDiv": "the whole division //",
    "MatMult": "the matrix product @",
    "ListComp": "a list",
    "List": "a list",
    "Tuple": "a tuple",
}


def describe(node: ast.AST) -> str:
    """Name a construct.

    >>> describe(ast.Mod())
    'the remainder %'
    """
    kind = type(node).__name__
    return WORDS.get(kind, f"the construct {kind}")
