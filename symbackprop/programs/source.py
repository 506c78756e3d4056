"""The source of a compiled function as a module of its own: imports, helpers, and what it takes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def write_module(
    source: str, helpers: Mapping[str, Callable[..., Any]], real: type, explanation: str
) -> str:
    """The source of one function with all that it needs, and with an explanation of it.

    >>> print(write_module("def f(x):\\n    return exp(x)\\n", {}, np.float64, "e^x"))
    import numpy as np
    from numpy import exp
    <BLANKLINE>
    <BLANKLINE>
    def f(x):
        "e^x"
        return exp(x)
    <BLANKLINE>
    """
    names = _list_free_names(source)
    # a function of numpy itself needs no source
    ours = [helpers[n] for n in names if n in helpers and inspect.isfunction(helpers[n])]
    written = [textwrap.dedent(inspect.getsource(helper)) for helper in ours]
    inside = {name for text in written for name in _list_free_names(text)}
    known = {helper.__name__ for helper in ours}
    imported = sorted(n for n in names if n not in known and n != "real" and hasattr(np, n))
    lines = ["import math"] if "math" in inside else []
    lines += ["import numpy as np"]
    lines += [f"from numpy import {', '.join(imported)}"] if imported else []
    lines += [f"from numpy import {real.__name__} as real"] if "real" in names else []
    if "Array" in inside:
        lines = ["from __future__ import annotations", "", *lines]
    return "\n\n\n".join(
        ["\n".join(lines), *map(str.strip, written), _explain(source, explanation)]
    )


def _list_free_names(source: str) -> list[str]:
    """The names that a function reads and does not set itself."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [n for n in nodes if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    return sorted({n.id for n in names} - own)


def _explain(source: str, explanation: str) -> str:
    head, _, body = source.partition("\n")
    quotes = '"""' if "\n" in explanation else '"'
    said = textwrap.indent(f"{quotes}{explanation}{quotes}", "    ")
    return f"{head}\n{said}\n{body.rstrip()}\n"
