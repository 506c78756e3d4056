"""The whole story in one screen: declare, derive, prove, explain, show, evaluate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from symbackprop.choices import Format
from symbackprop.derivation.activations import explain_activations
from symbackprop.derivation.arguments import Argument, prove_argument, report_arguments
from symbackprop.derivation.backward import derive_backward
from symbackprop.derivation.deltas import gather_deltas
from symbackprop.derivation.fold import fold
from symbackprop.derivation.forms import write_form
from symbackprop.derivation.passes import Passes
from symbackprop.derivation.steps import explain_quantity
from symbackprop.derivation.updates import add_updates
from symbackprop.equations import System
from symbackprop.evaluation import Numbers, evaluate_declared, name_results
from symbackprop.network.declared import Declarable, Declared, choose_notation, declare
from symbackprop.printing.documents import write_display, write_sheet
from symbackprop.printing.explanations import Explanation, explain_derived
from symbackprop.printing.selection import ALL
from symbackprop.printing.sheets import begin_sheet, make_sheet, request_for
from symbackprop.proofs import Report, prove_system


@dataclass(repr=False)
class Derived(Numbers):
    """A derived and proved system: print it for its formulas; a notebook shows them as LaTeX.
    Explanations are made, and proved, when asked for. `wrt` says what is shown by default."""

    declared: Declared
    passes: Passes
    reports: list[Report]
    wrt: str = ALL
    explained: dict[str, tuple[Argument, ...]] = field(default_factory=dict)
    # (quantity, form) --> its formulas in that form
    written: dict[tuple[str, str], tuple[Argument, ...]] = field(default_factory=dict)

    @property
    def system(self) -> System:
        return self.passes.folded

    @property
    def summary(self) -> str:
        """How many equations were proved, how, and on which networks."""
        if not self.reports:
            return "forward only: there is no derivative to prove"
        return str(sum(self.reports, Report(())))

    @property
    def details(self) -> str:
        """The same, for the formulas and for each of their explanations."""
        return "\n".join(map(str, self.reports))

    def explain_quantity(self, name: str) -> tuple[Argument, ...]:
        """The derivation of ∂C/∂name, one for each case, each line proved."""
        if name not in self.explained:
            self.explained[name] = self._prove(explain_quantity(self.passes, name))
        return self.explained[name]

    def write_form(self, name: str, form: str) -> tuple[Argument, ...]:
        """∂C/∂name as a chain, with its factors, or expanded; one proved step for each case."""
        if (name, form) not in self.written:
            self.written[name, form] = self._prove(write_form(self.passes, name, form))
        return self.written[name, form]

    def _prove(self, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
        proved = tuple(prove_argument(self.system, argument) for argument in arguments)
        self.reports.append(report_arguments(proved))
        return proved

    @cached_property
    def activations(self) -> tuple[Argument, ...]:
        """The derivation of each activation's derivative, proved."""
        network = self.declared.network
        found = explain_activations(network.activations if network else ())
        self.reports += [report_arguments(found)] if found else []
        return found

    def show(self, to: Format = "text", **options: Any) -> str:
        """The formulas as text, LaTeX, a document, Markdown or slides; see `show`."""
        return show(self, to, **options)

    def explain(self, wrt: str | None = None, notation: str | None = None) -> Explanation:
        """How each formula comes about; see `explain`."""
        return explain(self, wrt, notation)

    def __str__(self) -> str:
        return self.show()

    def __repr__(self) -> str:
        return f"Derived({self.declared.title!r}: {self.summary})"

    def _repr_latex_(self) -> str:
        return write_display(make_sheet(self, request_for(self)))


def derive(net: Declarable | Derived, wrt: str = ALL) -> Derived:
    """Derive every formula and prove it.

    `net` is what `mlp` or `load` gives, a System, widths such as "2-3-1" or [2, 3, 1], or the
    path of a network file. Every formula is derived; `wrt` says which are shown: W, W1, WL,
    delta2, w1_12, several with commas.

    Raises:
        ProofError: a derived equation does not hold (a mistake of ours).
        InputError: the system is not well-formed. One with a step has no gradient: it is derived
            forward only, and asking for a gradient is the error.

    >>> from symbackprop import mlp
    >>> derived = derive(mlp())
    >>> print(derived.system.definitions["∂C/∂W"][0].rhs)
    a[l - 1, k]*∂C/∂z[l, j]
    >>> derived.summary
    '7 equations proved exactly on 4-2-3 and 3-2-5-4'
    """
    if wrt != ALL:
        derived = replace(derive(net), wrt=wrt)
        request_for(derived)  # a quantity that there is not is refused here, not when it is shown
        return derived
    if isinstance(net, Derived):
        return net
    declared = declare(net)
    if declared.is_forward_only:
        return Derived(declared, Passes(declared.system, declared.system), [])
    folded = fold(gather_deltas(derive_backward(declared.system)))
    report = prove_system(folded)
    if declared.learning_rate is not None:
        folded = add_updates(folded)
    return Derived(declared, Passes(declared.system, folded), [report])


def explain(
    net: Declarable | Derived, wrt: str | None = None, notation: str | None = None
) -> Explanation:
    """How each formula comes about, line by line with a reason, each line proved.

    `wrt` names quantities as in `derive`.

    >>> from symbackprop import mlp
    >>> first, *_ = explain(mlp(), "b")
    >>> [step.reason for step in first.steps][:2]
    ['chain rule', 'cost']
    """
    derived = derive(net)
    return explain_derived(derived, wrt or derived.wrt, notation)


def show(net: Declarable | Derived, to: Format = "text", **options: Any) -> str:
    """Print the formulas; the options are the fields of a `Request`, and notation, language and
    decimal mark by name, and how text is written: `width`, `paint`.

    >>> from symbackprop import mlp
    >>> print(show(mlp(), wrt="W"))
    network
    view: matrix (also --view scalar, indexed)
    <BLANKLINE>
    Gradients
      ∂C/∂wˡ = δˡ (aˡ⁻¹)ᵀ
    <BLANKLINE>
    """
    return "".join(show_parts(net, to, **options))


def show_parts(net: Declarable | Derived, to: Format = "text", **options: Any) -> Iterator[str]:
    """The parts of what `show` prints, each made when it is asked for: of many formulas none has
    to be kept."""
    if to == "beamer":
        # Slides uncover an argument step by step.
        options.setdefault("steps", True)
    written = {name: options.pop(name) for name in ("width", "paint") if name in options}
    derived = derive(net)
    return write_sheet(begin_sheet(derived, request_for(derived, **options)), to, **written)


def evaluate(
    net: Declarable | Derived, values: Mapping[str, Any] | None = None, everything: bool = False
) -> dict[str, Any]:
    """Forward values, cost, errors, gradients and updated parameters, by name.

    The numbers are those of `values`, such as {"x": [1.0], "W1": [[0.5]], ...}, else those of the
    network file. With `everything` the derivatives by inputs and intermediates come as well.

    Raises:
        InputError: no values, or a formula that is undefined for them: 1/0, log(-1), an overflow.

    >>> evaluate("1-1", {"x": [2.0], "y": [0.0], "W1": [[1.0]], "b1": [0.0]})
    Traceback (most recent call last):
    symbackprop.errors.InputError: 1-1: sigma has no formula to work out; give the network an \
activation such as sigmoid
    """
    declared = net.declared if isinstance(net, Derived) else declare(net)
    if values is not None:
        # imported here, since only values need the checks of a file
        from symbackprop.network.files import give_values

        declared = give_values(declared, values)
    if declared.is_forward_only:
        found = evaluate_declared(declared, declared.system)
    else:
        derived = net if isinstance(net, Derived) and values is None else derive(declared)
        found = derived.evaluation
    return name_results(found, choose_notation(declared), everything)
