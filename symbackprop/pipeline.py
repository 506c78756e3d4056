"""The whole story in one screen: declare, derive, prove, explain, show, evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Eq, Expr, Symbol

from symbackprop.derivation.arguments import Argument, prove_argument
from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.derivation.steps import Passes, explain_activation, explain_quantity
from symbackprop.derivation.updates import add_updates
from symbackprop.equations import System
from symbackprop.evaluation import Evaluation, evaluate_declared, name_results, tell_results
from symbackprop.network.declared import Declared, choose_notation, declare
from symbackprop.network.network import Network
from symbackprop.partials import Partial
from symbackprop.printing.documents import render_sheet
from symbackprop.printing.latex import render as render_latex
from symbackprop.printing.layout import Aligned
from symbackprop.printing.sheets import DIGITS, make_sheet, request_for
from symbackprop.proofs import Report, prove_system


@dataclass
class Derived:
    """A derived and proved system that shows itself, in a notebook as LaTeX; explanations are
    made, and proved, when asked for."""

    declared: Declared
    passes: Passes
    reports: list[Report]
    explained: dict[str, tuple[Argument, ...]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.passes.folded

    def show(self, to: str = "text", **options: Any) -> str:
        """The formulas as text, LaTeX, a document, Markdown or slides; see `show`."""
        return show(self, to, **options)

    def explain(self, quantity: str) -> tuple[Argument, ...]:
        """The derivation of ∂C/∂quantity line by line, each line proved."""
        if quantity not in self.explained:
            found = explain_quantity(self.passes, quantity)
            proved = tuple(prove_argument(self.system, argument) for argument in found)
            self.reports.append(_report_steps(proved))
            self.explained[quantity] = proved
        return self.explained[quantity]

    def explain_activations(self) -> tuple[Argument, ...]:
        """The derivation of each activation's derivative, proved at random z."""
        z, a = Symbol("z", real=True), Symbol("a")
        network, found = self.declared.network, []
        for row in dict.fromkeys(network.activations if network else ()):
            if row.formula is None or row.name == "identity":
                continue
            unit = System((Eq(a, row.function(z)),))
            found.append(prove_argument(unit, explain_activation(row)))
        if found:
            self.reports.append(_report_steps(tuple(found)))
        return tuple(found)

    @property
    def summary(self) -> str:
        """How many equations were proved, how, and on which networks."""
        return str(sum(self.reports, Report(())))

    @cached_property
    def evaluation(self) -> Evaluation:
        """All numbers, where the declaration has values."""
        return evaluate_declared(self.declared, self.system)

    @cached_property
    def slopes(self) -> Evaluation:
        """The same numbers with the derivative of any entry by any other."""
        return evaluate_declared(self.declared, self.declared.system, traced=True)

    def require_values(self) -> None:
        """Say so where the declaration has no values."""
        self.evaluation  # noqa: B018

    def number(self, expression: Expr, place: Mapping[Symbol, int] | None = None) -> Any:
        """The number of an expression, also of the partial derivative of one entry by another."""
        source = self.slopes if isinstance(expression, Partial) else self.evaluation
        return source.world.value(expression, place)

    def _repr_latex_(self) -> str:
        sheet = make_sheet(self, request_for(self))
        rows = tuple(line.layout for section in sheet.sections for line in section.lines)
        return f"$${render_latex(Aligned(rows))}$$"


def _report_steps(arguments: tuple[Argument, ...]) -> Report:
    return Report(tuple(s.proof for a in arguments for s in a.steps if s.proof is not None))


def derive(net: Declared | Network | System) -> Derived:
    """Derive every formula and prove it.

    Raises:
        ProofError: a derived equation does not hold (a mistake of ours).
        InputError: the system has no gradient, or is not well-formed.

    >>> from symbackprop import mlp
    >>> derived = derive(mlp())
    >>> print(derived.system.definitions["∂C/∂W"][0].rhs)
    a[l - 1, k]*∂C/∂z[l, j]
    >>> derived.summary
    '7 equations proved exactly on 3-2-5 and 4-2-3-5'
    """
    declared = declare(net)
    raw = gather_deltas(derive_backward(declared.system))
    folded = fold(raw)
    report = prove_system(folded)
    if declared.learning_rate is not None:
        folded = add_updates(folded)
    return Derived(declared, Passes(declared.system, raw, folded), [report])


def evaluate(declared: Declared) -> dict[str, Any]:
    """Forward values, cost, errors, gradients and updated parameters, by name.

    Raises:
        InputError: a declaration without values.
    """
    if declared.is_forward_only:
        evaluation = evaluate_declared(declared, declared.system)
    else:
        evaluation = derive(declared).evaluation
    return name_results(evaluation, choose_notation(declared))


def evaluate_text(declared: Declared, digits: int | None = None) -> str:
    """The same as text, rounded on display only."""
    return tell_results(evaluate(declared), digits or declared.digits or DIGITS)


def explain(net: Declared | Network | System | Derived, quantity: str) -> tuple[Argument, ...]:
    """The derivation of ∂C/∂quantity line by line, each line proved.

    >>> from symbackprop import mlp
    >>> first, *_ = explain(mlp(), "b")
    >>> [step.reason for step in first.steps][:2]
    ['chain rule', 'cost']
    """
    derived = net if isinstance(net, Derived) else derive(net)
    return derived.explain(quantity)


def show(derived: Derived, to: str = "text", **options: Any) -> str:
    """Print the formulas of a derived system; the options are the fields of a `Request`,
    and notation, language and decimal mark by name.

    >>> from symbackprop import mlp
    >>> print(show(derive(mlp()), wrt="W"))
    network
    <BLANKLINE>
    Gradients
      ∂C/∂wˡ = δˡ (aˡ⁻¹)ᵀ
    <BLANKLINE>
    """
    if to == "beamer":
        # Slides uncover an argument step by step.
        options.setdefault("steps", True)
    return render_sheet(make_sheet(derived, request_for(derived, **options)), to)
