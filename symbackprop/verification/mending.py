"""The search for the slip in one equation: undo the likeliest slips, judge again, stop in time."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from symbackprop.reading import tree
from symbackprop.verification.compare import try_scenes
from symbackprop.verification.judge import judge_statement, rests_on_guess
from symbackprop.verification.judgement import Counterexample, Judgement
from symbackprop.verification.lexicon import spell
from symbackprop.verification.meaning import BUDGET
from symbackprop.verification.slips import JOINT, LIKELY_PAIRS, SLIPS, Hand, Page, Proposal, propose
from symbackprop.verification.text import ONE_NEURON, Text, may_have_layers, writes_layers

EVERYTHING = ("value", "shape", "any")
# reading an equation costs as much as evaluating one node for so many of its characters
CHARACTERS_PER_NODE = 20
# two slips are less likely than one; but what one of them improves, the other may complete
SECOND = 1.0
IMPROVED = -1.5


@dataclass
class Effort:
    """What may still be spent, in evaluated nodes: the same on every machine."""

    left: float

    def spend(self, nodes: float) -> None:
        self.left -= nodes

    @property
    def is_spent(self) -> bool:
        return self.left <= 0

    @contextmanager
    def share(self, parts: float, most: float = math.inf) -> Iterator[Effort]:
        """One of so many parts; what is not spent of it comes back."""
        part = min(self.left / max(parts, 1), most)
        share = Effort(part)
        yield share
        self.left -= part - share.left


@dataclass(frozen=True)
class Mended:
    """An equation without its slips; `judgement` is the verdict on it."""

    text: str
    left: str
    right: str
    slips: tuple[str, ...]
    judgement: Judgement

    @property
    def holds(self) -> bool:
        return self.judgement.verdict == "holds"

    @property
    def name(self) -> str:
        """The slip, or of two the one that SLIPS has first."""
        joint = JOINT.get(frozenset(self.slips))
        return joint or min(self.slips, key=list(SLIPS).index)


@dataclass(order=True)
class _Trial:
    """An equation to be tried, in the order of what it costs to believe in it."""

    cost: float
    number: int
    text: str = field(compare=False)
    slips: tuple[str, ...] = field(compare=False)


@dataclass
class Search:
    """One document's search for slips: judging is left to the judge."""

    text: Text
    hand: Hand
    said: set[tuple[str, str]] = field(default_factory=set)
    # the last resort, on a machine that is much slower than others: when to give up
    until: float = math.inf

    def remember(self, statement: tree.Statement) -> None:
        """What an author said before: of two definitions that differ, one is the other's mend."""
        if len(statement.sides) > 1:
            self.said.add((spell(statement.sides[0]), spell(statement.sides[1])))

    def judge(self, equation: str, effort: Effort) -> Judgement | None:
        """The verdict on an equation on its own; None for one that cannot be read."""
        effort.spend(len(equation) / CHARACTERS_PER_NODE)
        try:
            formula = self.text.read(equation)
        except tree.ReadError:
            return None
        if len(formula.statements) != 1 or formula.statements[0].continues:
            return None
        return self._judge(formula.statements[0], effort)

    def mend(
        self,
        equation: str,
        effort: Effort,
        left_too: bool = True,
        only: tuple[str, ...] = (),
        definition: bool = False,
    ) -> Mended | None:
        """The likeliest one or two slips whose undoing makes an equation hold.

        An equation that is wrong even for one neuron per layer, and that can only be made to hold
        for one neuron, comes back so. `only` names the slips that come into question; with
        `definition` the equation has to become one that was said before.
        """
        opened = self._open(equation, effort, left_too)
        if opened is None:
            return None
        page, statement = opened
        layered = self._is_layered(statement)
        outcome = self._try_one_neuron(page, effort) if layered else None
        # what one neuron says is wrong: only what changes it can mend it
        is_plain = layered and isinstance(outcome, Counterexample)
        changes: tuple[str, ...] = EVERYTHING
        if layered and outcome is None:
            changes = ("shape", "any")
        elif is_plain:
            changes = ("value", "any")
        numbers = iter(range(1_000_000))
        queue: list[_Trial] = []
        seen = {equation}

        def push(page: Page, cost: float, slips: tuple[str, ...], kinds: tuple[str, ...]) -> None:
            for proposal in propose(page, kinds):
                if (only and proposal.slip not in only) or not _may_follow(slips, proposal):
                    continue
                if proposal.text not in seen:
                    seen.add(proposal.text)
                    heapq.heappush(
                        queue,
                        _Trial(
                            cost + proposal.cost,
                            next(numbers),
                            proposal.text,
                            (*slips, proposal.slip),
                        ),
                    )

        push(page, 0.0, (), changes)
        failed: list[tuple[_Trial, Page]] = []
        partly: Mended | None = None
        while not effort.is_spent and time.monotonic() < self.until:
            if not queue:
                for trial, tried in failed:
                    push(tried, trial.cost + SECOND, trial.slips, changes)
                failed = []
                if not queue:
                    break
            trial = heapq.heappop(queue)
            opened = self._open(trial.text, effort, left_too)
            if opened is None or _says_nothing(opened[0]):
                continue
            tried, changed = opened
            if layered and self._try_one_neuron(tried, effort) is not None:
                if len(trial.slips) == 1:
                    if trial.slips[0] == "missing-partial":
                        push(tried, trial.cost, trial.slips, EVERYTHING)
                    failed.append((trial, tried))
                continue
            judgement = self._judge(changed, effort)
            if judgement is None:
                continue
            mended = Mended(
                trial.text,
                tried.write(tried.left),
                tried.write(tried.right),
                trial.slips,
                judgement,
            )
            if judgement.verdict == "holds":
                if definition:
                    accepted = (spell(tried.left), spell(tried.right)) in self.said
                else:
                    accepted = not (judgement.reading or "").startswith("definition")
                if accepted:
                    return mended
                continue
            if len(trial.slips) > 1:
                continue
            if layered and not is_plain and outcome is None:
                failed.append((trial, tried))
            elif judgement.verdict == "holds-for-one-neuron":
                partly = partly or mended
                push(tried, trial.cost + IMPROVED, trial.slips, ("shape", "any"))
        return partly

    def _open(
        self, equation: str, effort: Effort, left_too: bool
    ) -> tuple[Page, tree.Statement] | None:
        effort.spend(len(equation) / CHARACTERS_PER_NODE)
        try:
            formula = self.text.read(equation)
        except tree.ReadError:
            return None
        if len(formula.statements) != 1 or len(formula.statements[0].sides) != 2:
            return None
        (statement,) = formula.statements
        if statement.continues:
            return None
        left, right = statement.sides
        return Page(equation, left, right, self.text.lexicon, self.hand, left_too), statement

    def _is_layered(self, statement: tree.Statement) -> bool:
        batches = self.text.batches
        if batches is not None and batches.concerns(self.text.name_gradients(statement)):
            # one neuron says nothing of how samples lie
            return False
        return writes_layers(self.text.lexicon, statement) or may_have_layers(self.text, statement)

    def _try_one_neuron(self, page: Page, effort: Effort) -> object:
        """None where both sides agree with one neuron per layer: quick, and most edits fail."""
        allowance = int(max(effort.left, 1))
        budget = [allowance]
        primed_by = page.left.bottom if isinstance(page.left, tree.Derivative) else None
        written = tree.Statement(page.left.span, (page.left, page.right), ("=",))
        left, right = self.text.name_gradients(written).sides
        outcome = try_scenes(
            self.text.scalar_scenes[:1], left, right, ONE_NEURON, primed_by, budget
        )
        effort.spend(allowance - budget[0] + 1)
        return outcome

    def find_guess(self, equation: str) -> str:
        """What a correction rests on that nobody said; empty where there is no such thing."""
        try:
            formula = self.text.read(equation)
        except tree.ReadError:
            return ""
        return next(filter(None, (rests_on_guess(self.text, s) for s in formula.statements)), "")

    def _judge(self, statement: tree.Statement, effort: Effort) -> Judgement:
        judgement = judge_statement(self.text, statement)
        effort.spend(BUDGET - self.text.budget[0] + 1)
        return judgement


def _may_follow(slips: tuple[str, ...], proposal: Proposal) -> bool:
    """Whether a second slip goes with the first; the same one twice seldom does."""
    if not slips:
        return True
    (first,) = slips
    kinds = SLIPS[first].changes, SLIPS[proposal.slip].changes
    if kinds == ("value", "value"):
        return frozenset((first, proposal.slip)) in LIKELY_PAIRS
    return first != proposal.slip or first in ("wrong-index", "hadamard")


def _says_nothing(page: Page) -> bool:
    """Both sides are the same, but for brackets."""
    return _bare(page.left) == _bare(page.right)


def _bare(node: tree.Node) -> str:
    while isinstance(node, tree.Group | tree.Transposed):
        node = node.body
    return spell(node)
