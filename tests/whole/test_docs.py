"""The pages tell the truth: their files can be read and checked, their tables are complete."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from symbackprop import check, derive
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.declared import load
from symbackprop.network.files import TABLES
from symbackprop.network.graph_files import GRAPH_FUNCTIONS, RESERVED
from symbackprop.primitives import PRIMITIVES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "network_files.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
CODE = set(re.findall(r"`([^`]+)`", PROSE))


def complete(block: str) -> str:
    """A table [notation] alone goes with the first network of the page."""
    return block if "[network]" in block or "[graph]" in block else BLOCKS[0] + block


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_every_file_of_the_page_is_read_derived_and_checked(block: str, tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_text(complete(block), encoding="utf-8")
    declared = load(path)
    derived = derive(declared)
    assert derived.system.select("gradient")
    assert bool(declared.values) == ("[values]" in complete(block))
    if declared.values:
        assert check(declared).agrees


def test_the_page_has_every_key() -> None:
    shown = set(CODE) | {key for block in BLOCKS for key in tomllib.loads(block)}
    for table, keys in TABLES.items():
        assert table in shown or f"[{table}]" in shown
        for key in keys or ():
            # the fields of a notation have a page of their own
            assert table == "notation" or key in shown, (table, key)


@pytest.mark.parametrize(
    "name", sorted({*PRIMITIVES, *GRAPH_FUNCTIONS, *COSTS, *ACTIVATIONS, *RESERVED})
)
def test_the_page_has_every_function_cost_and_reserved_name(name: str) -> None:
    assert name in CODE or name == "η" or any(f"{name}(" in code for code in CODE)
