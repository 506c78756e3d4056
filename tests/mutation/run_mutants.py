"""Do the tests notice a mistake? Plant small ones, one at a time, and list those that survive.

Run it by itself:

    python tests/mutation/run_mutants.py derivation reference --count 40 --seed 1

A mutant is one change of one place: < becomes <=, + becomes -, a condition is turned round, a
statement is left out. It is planted in a copy of the package, never in the package itself. The
tests that matter for a module are run in turn until one fails: its doctests and the test file of
its name, then those that import it, then, with --far, all of its folder and those of the whole.
Without --far the share that is killed is a lower bound. What runs out of time is told by itself.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Literal, get_args

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "symbackprop"
EQUIVALENT = Path(__file__).parent / "equivalent.txt"
SECONDS = 300
# pytest: all passed; nothing was collected
PASSED = (0, 5)

Change = Callable[[], ast.AST | None]
Fate = Literal["killed", "survived", "out of time"]


@dataclass(frozen=True)
class Mutant:
    """One place of one file, and how it is said: "x < 1 --> x <= 1"."""

    path: str
    place: int
    line: int
    function: str
    said: str

    @property
    def name(self) -> str:
        """What stays the same when lines are added above."""
        return f"{self.path} {self.function}: {self.said}"


# --- what is changed ---------------------------------------------------------------------------

SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def list_changes(node: ast.AST) -> Iterator[Change]:
    """What may be put in place of a node; None leaves a statement out."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in SWAPS:
            yield lambda: _with(node, ops=[SWAPS[type(operator)]()])
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) if type(operator) in SWAPS:
            yield lambda: _with(node, op=SWAPS[type(operator)]())
        case ast.AugAssign(op=operator):
            yield lambda: None
            if type(operator) in SWAPS:
                yield lambda: _with(node, op=SWAPS[type(operator)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield lambda: operand
        case ast.Constant(value=bool(value)):
            yield lambda: ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield lambda: ast.Constant(value + 1)
        case ast.If() | ast.IfExp() | ast.While():
            yield lambda: _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield lambda: _with(node, ifs=[])
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield lambda: ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield lambda: None
        case ast.Continue():
            yield lambda: ast.Break()
        case ast.Break():
            yield lambda: ast.Continue()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class Planter(ast.NodeTransformer):
    """Walks a file and counts the places that can be changed; changes the wanted one."""

    def __init__(self, path: str, wanted: int | None = None) -> None:
        self.path, self.wanted = path, wanted
        self.found: list[Mutant] = []
        self.functions: list[str] = []

    def visit(self, node: ast.AST) -> ast.AST | None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.functions.append(node.name)
            # annotations and decorators are no behaviour of ours
            node.body = [kept for part in node.body if (kept := self.visit(part)) is not None]
            node.body = node.body or [ast.Pass()]
            self.functions.pop()
            return node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return node
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                node.value = self.visit(node.value)  # type: ignore[assignment]
            return node
        for change in list_changes(node):
            mutated = change()
            self.found.append(self._describe(node, mutated))
            if len(self.found) - 1 == self.wanted:
                # in a body of its own, a statement that is left out must leave something
                return ast.Pass() if mutated is None else ast.copy_location(mutated, node)
        if isinstance(node, ast.Raise | ast.JoinedStr):
            # what a message says is the matter of its own tests
            return node
        return self.generic_visit(node)

    def _describe(self, node: ast.AST, mutated: ast.AST | None) -> Mutant:
        before, after = (_spell(part) for part in (node, mutated))
        line = getattr(node, "lineno", 0)
        function = ".".join(self.functions) or "(module)"
        return Mutant(self.path, len(self.found), line, function, f"{before} --> {after}")


def _spell(node: ast.AST | None) -> str:
    """A node in one short line: of an if only its condition."""
    if node is None:
        return "(left out)"
    if isinstance(node, ast.comprehension):
        return "for " + ast.unparse(node.target) + " if" * bool(node.ifs)
    if isinstance(node, ast.If | ast.While):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(ast.fix_missing_locations(deepcopy(node))).split())


def list_mutants(path: Path) -> list[Mutant]:
    planter = Planter(path.relative_to(ROOT).as_posix())
    planter.visit(ast.parse(path.read_text(encoding="utf-8")))
    return planter.found


def plant(mutant: Mutant) -> str:
    """The source of a file with one mutant in it."""
    tree = ast.parse((ROOT / mutant.path).read_text(encoding="utf-8"))
    planted = Planter(mutant.path, mutant.place).visit(tree)
    assert planted is not None
    return ast.unparse(ast.fix_missing_locations(planted))


# --- who notices -------------------------------------------------------------------------------


def choose_tests(path: str, far: bool) -> list[list[str]]:
    """The tests that matter for a module, in the order in which they are asked."""
    module = Path(path)
    tests = Path("tests") / module.relative_to("symbackprop").parent
    dotted = ".".join(module.with_suffix("").parts)
    own = tests / f"test_{module.stem}.py"
    every = [p.relative_to(ROOT) for p in sorted((ROOT / "tests").rglob("test_*.py"))]
    readers = [p for p in every if p != own and dotted in (ROOT / p).read_text(encoding="utf-8")]
    rest = [
        p
        for p in every
        if p != own and p not in readers and p.parent in (tests, Path("tests"), Path("tests/whole"))
    ]
    first = [str(own)] if (ROOT / own).exists() else []
    return [[path, *first], [str(p) for p in readers], [str(p) for p in rest] if far else []]


def find_fate(mutant: Mutant, house: Path, seconds: int, far: bool) -> Fate:
    """Whether a test that matters fails with a mutant in a copy of the house."""
    target = house / mutant.path
    original = target.read_text(encoding="utf-8")
    target.write_text(plant(mutant), encoding="utf-8")
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    # the file that is written anew may have the age of the one before
    environment = os.environ | {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        for tests in filter(None, choose_tests(mutant.path, far)):
            result = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *tests],
                cwd=house,
                env=environment,
                capture_output=True,
                timeout=seconds,
            )
            if result.returncode not in PASSED:
                return "killed"
    except subprocess.TimeoutExpired:
        return "out of time"
    finally:
        target.write_text(original, encoding="utf-8")
    return "survived"


def copy_house(folder: Path) -> Path:
    """What the tests need, without what they leave behind."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, folder, ignore=lambda at, names: ignored(at, names) - {".ci"})
    return folder


def read_equivalent() -> set[str]:
    """The mutants that change nothing that can be seen, each with its reason below."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", " "))}


# --- the figure --------------------------------------------------------------------------------


def sample(names: list[str], count: int, seed: int) -> dict[str, list[Mutant]]:
    """So many mutants of each folder or module; the same seed chooses the same."""
    known, chosen = read_equivalent(), {}
    for name in names:
        path = PACKAGE / name
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        mutants = [m for file in files for m in list_mutants(file) if m.name not in known]
        generator = random.Random(f"{seed}/{name}")
        chosen[name] = generator.sample(mutants, min(count, len(mutants)))
    return chosen


def run(
    chosen: dict[str, list[Mutant]], jobs: int, seconds: int, far: bool
) -> dict[str, list[Fate]]:
    """What becomes of each mutant, by folder or module."""
    with tempfile.TemporaryDirectory() as place:
        houses: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            houses.put(copy_house(Path(place) / str(job)))

        def find(mutant: Mutant) -> Fate:
            house = houses.get()
            try:
                fate = find_fate(mutant, house, seconds, far)
            finally:
                houses.put(house)
            said = "" if fate == "killed" else f"{fate}: {tell(mutant)}"
            print(said or ".", end="\n" if said else "", flush=True, file=sys.stderr)
            return fate

        with ThreadPoolExecutor(jobs) as pool:
            return {name: list(pool.map(find, mutants)) for name, mutants in chosen.items()}


def tell(mutant: Mutant) -> str:
    return f"{mutant.path}:{mutant.line} {mutant.function}: {mutant.said}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="folders or modules of symbackprop: worlds")
    parser.add_argument("--count", type=int, default=30, help="mutants of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of tests, at most")
    parser.add_argument("--far", action="store_true", help="ask the tests of the whole, too")
    given = parser.parse_args()
    chosen = sample(given.names, given.count, given.seed)
    fates = run(chosen, given.jobs, given.seconds, given.far)
    print(file=sys.stderr)
    for name, mutants in chosen.items():
        count = {fate: fates[name].count(fate) for fate in get_args(Fate)}
        share = f"{count['killed'] / len(mutants):.0%}"
        late = f", {count['out of time']} out of time" if count["out of time"] else ""
        print(f"{name:<20} {count['killed']:>4} of {len(mutants):>4} killed, {share}{late}")
        for mutant, fate in zip(mutants, fates[name], strict=True):
            if fate != "killed":
                print(f"    {fate}: {tell(mutant)}")


if __name__ == "__main__":
    main()
