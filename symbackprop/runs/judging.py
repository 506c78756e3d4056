"""Documents judged one after the other, or several at a time in processes of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any

from symbackprop.errors import InputError
from symbackprop.interrupts import install
from symbackprop.progress import count
from symbackprop.reading.documents import STANDARD_INPUT
from symbackprop.verification.findings import Judged

# so many documents are on their way for each process: what is waiting is bounded
AHEAD = 4
ENDED = "the process that judged it has ended; it may want too much memory"

Given = str | InputError


def judge_document(given: Given, options: Mapping[str, Any]) -> Judged:
    """Judge one document; what cannot be read has a problem in place of findings."""
    import symbackprop

    if isinstance(given, InputError):
        return Judged(str(given).split(":")[0], problem=str(given))
    notes: list[str] = []
    try:
        findings = symbackprop.verify(
            given, progress=count("judging formulas"), tell=notes.append, **declare(options)
        )
    except InputError as error:
        return Judged(given, problem=str(error))
    name = findings[0].file if findings else given
    return Judged(name, tuple(findings), tuple(notes))


def declare(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of `verify`, with the network that the options of the command line declare."""
    given = dict(options)
    declared = {name: given.pop(name) for name in ("activation", "cost") if name in given}
    if declared:
        given["network"] = load_network(given.get("network", "mlp"), **declared)
    return given


@cache
def load_network(net: str, **declared: str) -> Any:
    import symbackprop

    return symbackprop.load(net, **declared)


def judge_documents(
    given: Iterable[Given], options: Mapping[str, Any], jobs: int = 1, *, in_order: bool = True
) -> Iterator[Judged]:
    """Judge documents, `jobs` at a time; as they finish where the order is none.

    No more than a few documents for each process are held at a time.
    """
    if jobs == 1:
        yield from (judge_document(one, options) for one in given)
        return
    yield from _Pool(options, jobs, in_order).judge(given)


class _Pool:
    """Processes that judge documents, and the documents that are on their way."""

    def __init__(self, options: Mapping[str, Any], jobs: int, in_order: bool) -> None:
        self.options = options
        self.jobs = jobs
        self.in_order = in_order
        self.workers = self._start(jobs)
        self.waiting: deque[tuple[Given, Future[Judged]]] = deque()

    @staticmethod
    def _start(jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(jobs, initializer=install)

    def judge(self, given: Iterable[Given]) -> Iterator[Judged]:
        try:
            for one in given:
                if len(self.waiting) >= AHEAD * self.jobs:
                    yield self._take()
                self._send(one)
            while self.waiting:
                yield self._take()
        finally:
            self.workers.shutdown(cancel_futures=True)

    def _send(self, one: Given) -> None:
        if one == STANDARD_INPUT or isinstance(one, InputError):
            future: Future[Judged] = Future()
            future.set_result(judge_document(one, self.options))
        else:
            future = self._submit(one)
        self.waiting.append((one, future))

    def _submit(self, one: str) -> Future[Judged]:
        try:
            return self.workers.submit(judge_document, one, self.options)
        except BrokenProcessPool:
            self.workers = self._start(self.jobs)
            return self.workers.submit(judge_document, one, self.options)

    def _take(self) -> Judged:
        """The first that is to come, or of all the first that is done."""
        if not self.in_order:
            done, _ = wait([future for _, future in self.waiting], return_when=FIRST_COMPLETED)
            place = next(n for n, (_, future) in enumerate(self.waiting) if future in done)
            self.waiting.rotate(-place)
        one, future = self.waiting.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            # one document ends all that were under way: each is tried alone
            return self._judge_alone(one)

    def _judge_alone(self, one: Given) -> Judged:
        with self._start(1) as worker:
            try:
                return worker.submit(judge_document, one, self.options).result()
            except BrokenProcessPool:
                return Judged(str(one), problem=f"{one}: {ENDED}")
