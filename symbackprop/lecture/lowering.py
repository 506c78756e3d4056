"""From a tree to a value: what each node of a formula means, index by index."""

from __future__ import annotations

from sympy import Integer, Rational, Symbol, exp

from symbackprop.lecture.applications import apply
from symbackprop.lecture.arrays import ArrayLowerer
from symbackprop.lecture.cases import indicate, lower_cases
from symbackprop.lecture.derivatives import lower_gradient, lower_quotient
from symbackprop.lecture.letters import Unclear, read_index, spell
from symbackprop.lecture.operations import (
    divide,
    lower_power,
    lower_product,
    lower_sum,
    lower_total,
    put_below,
    raise_to,
)
from symbackprop.lecture.ranks import is_one
from symbackprop.lecture.survey import bare
from symbackprop.lecture.tensors import Tensor, turn
from symbackprop.primitives import Abs
from symbackprop.reading import tree

INDICATORS = frozenset({"1", "one", "I", "H"})


class Lowerer(ArrayLowerer):
    """Lowers the sides of one statement: indices of one letter are one index in all of it."""

    def lower(self, node: tree.Node) -> Tensor:
        """The value of an expression.

        Raises:
            Unclear: something that the text does not say enough of.
            Clash: sizes that do not fit.
        """
        match node:
            case tree.Number(value=value):
                return Tensor(Rational(value.numerator, value.denominator), literal=True)
            case tree.Name():
                return self.lower_name(node)
            case tree.Transposed(body=body):
                return self.lower_transposed(body)
            case tree.Group(bracket="||"):
                raise Unclear("a norm that is not squared")
            case tree.Group(bracket="|", body=body):
                inner = self.lower(body)
                return inner.plain(Abs(inner.entry))
            case tree.Group(body=body) | tree.Braced(body=body):
                return self.lower(body)
            case tree.Primed(body=body):
                primed = self.lower(body)
                if primed.literal or isinstance(body, tree.Call):
                    raise Unclear("what a prime on a number, or behind a call, is")
                return turn(primed)
            case tree.Lowered(body=body, lower=lower):
                return self.pick(self.lower(body), [read_index(s.content) for s in lower])
            case tree.Power(base=base, exponent=exponent):
                return lower_power(self, base, exponent)
            case tree.Product():
                return lower_product(self, node)
            case tree.Total(terms=terms):
                return lower_total(self, terms)
            case tree.Ratio(top=top, bottom=bottom):
                return divide(self, self.lower(top), self.lower(bottom))
            case tree.Sum():
                return lower_sum(self, node)
            case tree.Cases(rows=rows):
                return lower_cases(self, rows)
            case tree.Call():
                return self.lower_call(node)
            case tree.Derivative() | tree.Gradient():
                return lower_quotient(self, node)
            case tree.Listed(items=items) if len(items) == 2:
                return put_below(self, *map(self.lower, items))
            case tree.Matrix(rows=((first,), (second,))):
                return put_below(self, self.lower(first), self.lower(second))
        raise Unclear(f"{spell(node)} is not understood")

    def lower_name(self, name: tree.Name) -> Tensor:
        if name.base == "e" and name.upper and not name.lower:
            inner = self.lower(name.upper[0].content)
            return inner.plain(exp(inner.entry))
        if name.base in ("1", "one") and len(name.lower) == 1:
            return indicate(self, name.lower[0].content)
        size = self.size_of(name)
        if size is not None:
            return Tensor(Integer(1) if self.context.scalar else self.algebra.write(size))
        symbol = Symbol(name.base, integer=True)
        if not (name.lower or name.upper) and (symbol in self.indices or symbol in self.bound):
            return Tensor(symbol)
        if is_one(name) and not (name.lower or name.upper):
            return self.take_ones()
        reference = self.context.letters.refer(name)
        return raise_to(self, self.take(reference), reference.power)

    def lower_transposed(self, body: tree.Node) -> Tensor:
        if isinstance(body, tree.Call) and self.is_product(body):
            # g (W)^T: the brackets are transposed
            return self.algebra.times(
                self.lower(body.function), turn(self.lower(body.arguments[0]))
            )
        return turn(self.lower(body))

    def lower_call(self, call: tree.Call) -> Tensor:
        name = call.function
        if _is_indicator(call):
            return indicate(self, call.arguments[0])
        if not isinstance(name, tree.Name):
            raise Unclear("a function that is no name")
        if self.context.ranking.is_function(name):
            exponent = _find_exponent(name)
            value = apply(self, name, call.arguments)
            return value if exponent is None else raise_to(self, value, exponent)
        if name.base == "d" and len(call.arguments) == 1:
            return lower_gradient(self, call.arguments[0])
        if self.is_product(call) and not call.certain:
            return self.algebra.times(self.lower_name(name), self.lower(call.arguments[0]))
        return self.lower_name(name)

    def is_product(self, call: tree.Call) -> bool:
        """Whether a name before brackets is a factor."""
        return (
            isinstance(call.function, tree.Name)
            and not self.context.ranking.is_function(call.function)
            and len(call.arguments) == 1
            and call.function.base != "d"
        )


def _is_indicator(call: tree.Call) -> bool:
    """1(i = j), I(z > 0)."""
    name = call.function
    one = isinstance(name, tree.Number) and name.value == 1
    letter = isinstance(name, tree.Name) and name.base in INDICATORS
    compares = len(call.arguments) == 1 and isinstance(bare(call.arguments[0]), tree.Compared)
    return (one or letter) and compares


def _find_exponent(name: tree.Name) -> tree.Number | None:
    """2 of tanh^2(z); a number in brackets, as of f^{(2)}, is a layer.

    Raises:
        Unclear: sin^{-1}(z), which may be 1/sin(z) or the inverse function.
    """
    if len(name.upper) != 1 or name.upper[0].bracket:
        return None
    inner = bare(name.upper[0].content)
    if isinstance(inner, tree.Total):
        raise Unclear(f"whether {name.base} with this exponent is a power is not said")
    return inner if isinstance(inner, tree.Number) and inner.value > 1 else None
