"""The house stands on floors: every file imports only from below, and keeps the house rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "symbackprop"

# top-level file or folder --> (floor, place on it); same pair = siblings that never meet
FLOORS = {
    "choices": (0, 0),
    "errors": (0, 0),
    "progress": (0, 0),
    "primitives": (0, 1),
    "functions": (0, 2),
    "equations": (0, 3),
    "ranges": (0, 4),
    "partials": (0, 4),
    "notation": (0, 5),
    "matrix_forms": (0, 6),
    "number_types": (0, 7),
    "semantics": (0, 8),
    "worlds": (0, 9),
    "random_worlds": (0, 10),
    "paths": (0, 11),
    "proofs": (0, 11),
    "network": (1, 0),
    "derivation": (2, 0),
    "printing": (3, 0),
    "programs": (3, 0),
    "reading": (3, 0),
    "lecture": (4, 0),
    "verification": (5, 0),
    "evaluation": (6, 0),
    "crosscheck": (6, 1),
    "pipeline": (6, 2),
    "reports": (6, 3),
    "__init__": (7, 0),
    "integrations": (7, 1),
    "interrupts": (7, 1),
    "options": (7, 1),
    "streams": (7, 2),
    "terminal": (7, 2),
    "runs": (7, 3),
    "cli": (7, 4),
    "__main__": (7, 5),
}
# stands beside the house: imports nothing of it, and only these may look at it
REFERENCE = "reference"
READERS_OF_REFERENCE = {"crosscheck"}

MAY_IMPORT_NUMPY_AT_ONCE = {"reference", "programs"}
# loaded only when somebody's formulas are judged
JUDGES = {
    f"verification/{name}.py"
    for name in (
        "shapes",
        "meaning",
        "layers",
        "graphs",
        "fitting",
        "judgement",
        "graph_claims",
        "batches",
    )
}
READER_OF_LATEXIFY = "network/python_functions.py"
EVALUATORS = {"eval", "exec", "sympify", "parse_expr"}
IMPORTERS = {"import_module", "__import__"}


def find_violations(house: Path) -> list[str]:
    """List what breaks the rules of the house, one line each, sorted by file."""
    found = []
    for entry in sorted(house.iterdir()):
        unit = entry.name.removesuffix(".py")
        is_unit = entry.suffix == ".py" or (entry.is_dir() and any(entry.rglob("*.py")))
        if is_unit and unit not in FLOORS and unit != REFERENCE:
            found.append(f"{entry.name}: give it a floor in tests/whole/test_floors.py")
    for path in sorted(house.rglob("*.py")):
        place = path.relative_to(house)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        complaints = [
            *judge_form(place, tree, house),
            *judge_imports(place, tree, house),
            *judge_foreign_imports(place, tree),
            *judge_calls(place, tree),
        ]
        found += [f"{place.as_posix()}: {complaint}" for complaint in complaints]
    return [*found, *judge_order(house)]


def judge_order(house: Path) -> Iterator[str]:
    """Inside a folder, too, imports run one way: the files have an order, whatever it is."""
    imports = {
        path.relative_to(house).as_posix(): set(list_files_imported(path, house))
        for path in sorted(house.rglob("*.py"))
    }
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        yield f"{circle}: these import each other in a circle"


def list_files_imported(path: Path, house: Path) -> Iterator[str]:
    """List the files of its own folder that a file imports, late or for its types alone, too."""
    place = path.relative_to(house)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for _, module in list_imports(place, tree, house):
        target = house.joinpath(*module[1:])
        found = target / "__init__.py" if target.is_dir() else target.with_suffix(".py")
        imported = found.relative_to(house)
        if found.exists() and found != path and name_unit(imported) == name_unit(place):
            yield imported.as_posix()


def judge_form(place: Path, tree: ast.Module, house: Path) -> Iterator[str]:
    """A file says its purpose; a folder is a package."""
    if not ast.get_docstring(tree):
        yield "opens with no docstring"
    if not (house / place.parent / "__init__.py").exists():
        yield "lies in a folder without __init__.py"


def judge_imports(place: Path, tree: ast.Module, house: Path) -> Iterator[str]:
    """A file imports from lower floors or from its own folder."""
    importer = name_unit(place)
    for line, module in list_imports(place, tree, house):
        imported = module[1] if len(module) > 1 else "__init__"
        if imported == importer or importer not in {*FLOORS, REFERENCE}:
            continue
        if imported == REFERENCE:
            allowed = importer in READERS_OF_REFERENCE
        elif importer == REFERENCE:
            allowed = False
        else:
            # what has no floor yet is complained of by name
            allowed = imported not in FLOORS or FLOORS[imported] < FLOORS[importer]
        if not allowed:
            yield f"line {line}: {importer} must not import {imported}"


def name_unit(place: Path) -> str:
    """Name the top-level file or folder that a file belongs to."""
    return place.parts[0].removesuffix(".py")


def list_imports(place: Path, tree: ast.Module, house: Path) -> Iterator[tuple[int, list[str]]]:
    """List the imports of symbackprop, wherever they stand: (line, dotted path in parts)."""
    package = ["symbackprop", *place.parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = above + (node.module.split(".") if node.module else [])
            modules = [origin]
            # from symbackprop import equations --> symbackprop.equations
            folder = house.joinpath(*origin[1:])
            modules = [
                [*origin, alias.name]
                if (folder / alias.name).is_dir() or (folder / f"{alias.name}.py").exists()
                else origin
                for alias in node.names
            ]
        else:
            continue
        yield from ((node.lineno, parts) for parts in modules if parts[0] == "symbackprop")


def judge_foreign_imports(place: Path, tree: ast.Module) -> Iterator[str]:
    """numpy and latexify are imported late; what evaluates text is not imported at all."""
    at_once = set(list_statements_at_once(tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins, names = [alias.name for alias in node.names], []
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            origins, names = [node.module or ""], [alias.name for alias in node.names]
        else:
            continue
        roots = {origin.split(".")[0] for origin in origins}
        late = node not in at_once
        free = name_unit(place) in MAY_IMPORT_NUMPY_AT_ONCE or place.as_posix() in JUDGES
        if "numpy" in roots and not late and not free:
            yield f"line {node.lineno}: numpy is imported at module level"
        if "latexify" in roots and not (late and place.as_posix() == READER_OF_LATEXIFY):
            yield f"line {node.lineno}: latexify is imported outside of its adapter's functions"
        for name in sorted(EVALUATORS.intersection(names)):
            yield f"line {node.lineno}: {name} evaluates text; it is not imported here"


def list_statements_at_once(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """List the statements that run when a module is imported."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test):
            yield from list_statements_at_once(statement.orelse)
            continue
        yield statement
        for field in ("body", "orelse", "finalbody"):
            yield from list_statements_at_once(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", []):
            yield from list_statements_at_once(handler.body)


def judge_calls(place: Path, tree: ast.Module) -> Iterator[str]:
    """Nothing evaluates text, and floors are not gone around by importing by name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        is_method = isinstance(called, ast.Attribute)
        name = called.attr if is_method else getattr(called, "id", "")
        # Function.eval is how sympy names a method of a class; builtins.eval is not
        owner = ast.unparse(called.value) if isinstance(called, ast.Attribute) else ""
        is_sympy_method = name in {"eval", "exec"} and is_method and owner != "builtins"
        if name in EVALUATORS and not is_sympy_method:
            yield f"line {node.lineno}: {name}() evaluates text"
        if name == "S" and not all(is_number(argument) for argument in node.args):
            yield f"line {node.lineno}: S() evaluates text; say Integer, Rational or Symbol"
        if name in IMPORTERS and FLOORS.get(name_unit(place), (0, 0))[0] < 6:
            yield f"line {node.lineno}: {name}() hides an import from this test"


def is_number(node: ast.expr) -> bool:
    """Tell whether an argument is a literal number, so that no text can be in it."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def test_the_house_stands() -> None:
    assert find_violations(HOUSE) == []


RIGHT_HOUSE = {
    "__init__.py": '"""The front."""\nfrom symbackprop import pipeline',
    "__main__.py": '"""Start."""\nfrom symbackprop.cli import main',
    "cli.py": '"""Commands."""\nfrom importlib import import_module\nimport_module("symbackprop")',
    "errors.py": '"""Errors."""',
    "equations.py": '"""Equations."""\nfrom symbackprop.errors import InputError\nS(1)',
    "network/__init__.py": '"""Networks."""',
    "network/layers.py": '"""Layers."""\nfrom . import costs\nfrom ..equations import Equation',
    "network/costs.py": '"""Costs."""\ndef f():\n    import numpy\nclass A:\n    pass\nA.eval(1)',
    "network/python_functions.py": '"""Reads."""\ndef f():\n    import latexify',
    "printing/__init__.py": '"""Shows."""\nfrom symbackprop.derivation import fold',
    "programs/__init__.py": '"""Computes."""\nimport numpy as np',
    "reference/__init__.py": '"""Loops."""\nimport numpy',
    "crosscheck.py": '"""Judge."""\nfrom symbackprop import reference',
    "pipeline.py": '"""Story."""\nfrom symbackprop import crosscheck, printing',
    "derivation/__init__.py": '"""Derives."""',
    "py.typed": "",
}

# file, what is wrong in it, what the checker must say
WRONG = [
    ("errors.py", "from symbackprop.equations import Equation", "errors must not import equations"),
    ("equations.py", "from symbackprop import network", "equations must not import network"),
    ("equations.py", "def f():\n    import symbackprop.pipeline", "must not import pipeline"),
    (
        "network/layers.py",
        "from ..derivation import backward",
        "network must not import derivation",
    ),
    (
        "derivation/fold.py",
        "from symbackprop.printing import latex",
        "derivation must not import printing",
    ),
    (
        "printing/latex.py",
        "from symbackprop.programs import x",
        "printing must not import programs",
    ),
    ("printing/latex.py", "from .. import programs", "printing must not import programs"),
    ("printing/latex.py", "from symbackprop import System", "printing must not import __init__"),
    ("printing/latex.py", "import symbackprop", "printing must not import __init__"),
    (
        "printing/latex.py",
        "from symbackprop.reference import x",
        "printing must not import reference",
    ),
    ("cli.py", "from symbackprop import reference", "cli must not import reference"),
    ("reference/loops.py", "from symbackprop.errors import x", "reference must not import errors"),
    ("__init__.py", "from symbackprop.cli import main", "__init__ must not import cli"),
    ("printing/latex.py", "import numpy as np", "numpy is imported at module level"),
    (
        "printing/latex.py",
        "try:\n    from numpy.linalg import norm\nfinally:\n    pass",
        "numpy is",
    ),
    ("network/python_functions.py", "import latexify", "latexify is imported"),
    ("printing/latex.py", "def f():\n    import latexify.parser", "latexify is imported"),
    ("printing/latex.py", "x = eval('1')", "eval() evaluates text"),
    ("printing/latex.py", "import builtins\nbuiltins.exec('1')", "exec() evaluates text"),
    ("printing/latex.py", "import sympy\nsympy.sympify('1')", "sympify() evaluates text"),
    ("printing/latex.py", "from sympy import sympify as s", "sympify evaluates text"),
    ("printing/latex.py", "parse_expr('1')", "parse_expr() evaluates text"),
    ("printing/latex.py", "sympy.S('1')", "S() evaluates text"),
    ("printing/latex.py", "S(text)", "S() evaluates text"),
    ("printing/latex.py", "import_module('symbackprop.cli')", "hides an import"),
    ("printing/latex.py", None, "opens with no docstring"),
    ("helpers.py", "", "give it a floor"),
    ("utils/__init__.py", "", "give it a floor"),
    ("printing/slides/beamer.py", "", "without __init__.py"),
]


def build_house(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a small house below a folder."""
    for name, source in files.items():
        path = folder / "symbackprop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder / "symbackprop"


def test_a_right_house_is_accepted(tmp_path: Path) -> None:
    assert find_violations(build_house(tmp_path, RIGHT_HOUSE)) == []


@pytest.mark.parametrize(("name", "wrong", "complaint"), WRONG)
def test_a_wrong_house_is_refused(
    tmp_path: Path, name: str, wrong: str | None, complaint: str
) -> None:
    source = "x = 1" if wrong is None else f'"""A file."""\n{wrong}'
    violations = find_violations(build_house(tmp_path, RIGHT_HOUSE | {name: source}))
    assert len(violations) == 1, violations
    assert name.split("/")[0] in violations[0]
    assert complaint in violations[0]


CIRCLES = [
    {"network/a.py": "from symbackprop.network.b import x", "network/b.py": "from . import a"},
    {
        "network/a.py": "def f():\n    from symbackprop.network import b",
        "network/b.py": "if TYPE_CHECKING:\n    from symbackprop.network.a import A",
    },
    {
        "network/a.py": "from .b import x",
        "network/b.py": "from .c import x",
        "network/c.py": "import symbackprop.network.a",
    },
]


@pytest.mark.parametrize("files", CIRCLES)
def test_a_circle_inside_a_folder_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    sources = {name: f'"""A file."""\n{source}' for name, source in files.items()}
    (violation,) = find_violations(build_house(tmp_path, RIGHT_HOUSE | sources))
    assert "import each other in a circle" in violation
    assert all(name in violation for name in files)
